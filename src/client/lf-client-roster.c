/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"
#include "lf-error.h"

#define MAX_CONTACTS     20000
#define LONGEST_LEASE_US LF_MINUTE
#define MAX_WAITING      20000 /* people of a snapshot whose presence comes before their contact */

static LfRoster *
find_roster (LfClient   *self,
             const char *user)
{
  return lf_roster_lookup (self->own_roster, user) != NULL ? self->own_roster : self->roster;
}

static void
apply_contact (LfClient            *self,
               const LfWireContact *wire)
{
  LfContact *contact;
  gboolean   is_changed;

  if (lf_client_edits_has (self, wire->user) || g_strcmp0 (wire->user, lf_session_get_user (self->session)) == 0)
    return;
  is_changed = lf_roster_lookup (self->roster, wire->user) == NULL;
  contact = lf_roster_ensure (self->roster, wire->user);
  if (wire->person != NULL)
    is_changed |= lf_client_fill_contact (contact, wire->person);
  is_changed |= lf_contact_set_group (contact, wire->group);
  is_changed |= lf_contact_set_is_favourite (contact, wire->is_favourite);
  is_changed |= lf_contact_set_is_watched (contact, wire->is_watched);
  is_changed |= lf_client_dials_take (self, contact, wire->speed_dial);
  if (is_changed)
    lf_client_cache_touch (self, LF_CACHE_CONTACT, wire->user);
  lf_client_chat_take_contact (self, contact);
}

static void
apply_groups (LfClient        *self,
              const GPtrArray *wire)
{
  g_autofree LfGroup *groups = g_new (LfGroup, wire->len + 1);

  for (guint i = 0; i < wire->len; i++)
    {
      const LfWireGroup *group = wire->pdata[i];

      groups[i] = (LfGroup){ .id = group->id, .name = group->name, .position = CLAMP (group->position, 0, G_MAXINT) };
    }
  lf_roster_set_groups (self->roster, groups, wire->len);
  lf_client_edits_keep_groups (self);
  lf_client_cache_touch (self, LF_CACHE_GROUPS, LF_CACHE_SINGLE_KEY);
}

/* The calendar that is held has changed. */
static void
apply_calendar (LfClient         *self,
                LfRoster         *roster,
                const char       *user,
                const LfCalendar *calendar)
{
  g_autofree char *copy = g_strdup (user);

  if (lf_roster_apply_calendar (roster, user, calendar))
    lf_client_cache_touch (self, LF_CACHE_BUSY, copy);
}

/* The server has been set back: what is held is shown until it is pulled, and anything replaces it. */
static void
forget_calendar_rev (LfRoster  *roster,
                     LfContact *contact)
{
  g_autoptr (LfPresence) held = lf_presence_ref (lf_contact_get_presence (contact));
  LfCalendar             calendar = held->calendar;

  calendar.rev = 0;
  lf_roster_apply_calendar (roster, lf_contact_get_user (contact), &calendar);
}

/* The calendar that is held is of another revision than the server's: pulled, or dropped for none. */
static void
compare_calendar (LfClient     *self,
                  const char   *user,
                  gint64        rev,
                  LfBusyUrgency urgency)
{
  LfRoster         *roster = find_roster (self, user);
  LfContact        *contact = lf_roster_lookup (roster, user);
  const LfCalendar *held;

  if (contact == NULL || self->puller == NULL)
    return;
  held = &lf_contact_get_presence (contact)->calendar;
  if (rev == 0)
    {
      const LfCalendar none = { .known_from_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .read_at_us = LF_INSTANT_NONE };

      lf_busy_puller_forget (self->puller, user);
      if (held->rev != 0)
        apply_calendar (self, roster, user, &none);
    }
  else if (held->rev < rev || (held->rev != rev && urgency != LF_BUSY_LATER && !self->is_catching_up) ||
           (held->is_state_only && urgency != LF_BUSY_LATER)) /* a state that was kept may have ended */
    {
      if (held->rev > rev)
        forget_calendar_rev (roster, contact);
      lf_busy_puller_want (self->puller, user, urgency);
    }
}

/* A calendar that changed during a cut is no news: it is pulled as one of a snapshot. */
static LfBusyUrgency
get_urgency (LfClient *self)
{
  return self->is_catching_up ? LF_BUSY_SNAPSHOT : LF_BUSY_LATER;
}

static void
forget_contact (LfClient   *self,
                const char *user)
{
  g_autofree char *copy = g_strdup (user); /* the caller's may go with the contact */

  if (lf_client_edits_has (self, copy))
    return;
  if (self->puller != NULL)
    lf_busy_puller_forget (self->puller, copy);
  lf_roster_remove (self->roster, copy);
  lf_client_cache_touch_person (self, copy);
}

/* Whoever is not in the snapshot left the roster while the stream was cut. */
static void
remove_absent (LfClient *self)
{
  g_autoptr (GPtrArray) absent = g_ptr_array_new_with_free_func (g_free);
  guint                 n_contacts = g_list_model_get_n_items (G_LIST_MODEL (self->roster));

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (G_LIST_MODEL (self->roster), i);

      if (!g_hash_table_contains (self->sync_users, lf_contact_get_user (contact)))
        g_ptr_array_add (absent, g_strdup (lf_contact_get_user (contact)));
    }
  for (guint i = 0; i < absent->len; i++)
    forget_contact (self, absent->pdata[i]);
}

static void
end_sync (LfClient *self)
{
  g_clear_pointer (&self->sync_users, g_hash_table_unref);
  g_clear_pointer (&self->sync_waiting, g_hash_table_unref);
}

static void
presence_copy_free (gpointer presence)
{
  lf_codec_free (&lf_schema_presence, presence);
}

static void
begin_sync (LfClient *self)
{
  end_sync (self);
  self->sync_users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sync_waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, presence_copy_free);
}

static void
take_waiting (LfClient   *self,
              const char *user)
{
  g_autofree gpointer        key = NULL;
  g_autoptr (LfWirePresence) presence = NULL;

  if (self->sync_waiting != NULL && g_hash_table_steal_extended (self->sync_waiting, user, &key, (gpointer *) &presence))
    lf_client_roster_take_presence (self, presence, TRUE);
}

/**
 * lf_client_roster_take_snapshot:
 * @self: the client
 * @snapshot: one part
 *
 * Applies a part of the snapshot: contacts first, since presence is kept for contacts alone. With
 * the last part whoever was not named leaves the roster.
 */
void
lf_client_roster_take_snapshot (LfClient             *self,
                                const LfWireSnapshot *snapshot)
{
  if (snapshot->part == 0)
    {
      begin_sync (self);
      apply_groups (self, snapshot->groups);
    }
  if (self->sync_users == NULL)
    return;
  for (guint i = 0; i < snapshot->contacts->len && self->sync_users != NULL; i++)
    {
      const LfWireContact *contact = snapshot->contacts->pdata[i];

      if (g_hash_table_size (self->sync_users) >= MAX_CONTACTS)
        break;
      g_hash_table_add (self->sync_users, g_strdup (contact->user));
      apply_contact (self, contact);
      take_waiting (self, contact->user);
    }
  for (guint i = 0; i < snapshot->presence->len && self->sync_users != NULL; i++)
    {
      const LfWirePresence *presence = snapshot->presence->pdata[i];

      if (lf_roster_lookup (find_roster (self, presence->user), presence->user) != NULL)
        lf_client_roster_take_presence (self, presence, TRUE);
      else if (!snapshot->is_last && g_hash_table_size (self->sync_waiting) < MAX_WAITING)
        g_hash_table_replace (self->sync_waiting, g_strdup (presence->user),
                              lf_codec_copy (&lf_schema_presence, presence));
    }
  if (!snapshot->is_last || self->sync_users == NULL) /* a handler may have signed out */
    return;
  remove_absent (self);
  end_sync (self);
  lf_client_dials_show (self);
}

/**
 * lf_client_roster_take_presence:
 * @self: the client
 * @wire: the presence of one person
 * @is_snapshot: it replaces what is held, and is no news
 *
 * Applies phone and reachability, and asks for the calendar if that is another.
 */
void
lf_client_roster_take_presence (LfClient             *self,
                                const LfWirePresence *wire,
                                gboolean              is_snapshot)
{
  g_autoptr (LfPresence) presence = lf_wire_presence_to_value (wire);
  LfBusyUrgency          urgency = !is_snapshot ? get_urgency (self) : self->has_synced ? LF_BUSY_SNAPSHOT
                                                                                        : LF_BUSY_FIRST;

  g_hash_table_remove (self->unheard, wire->user);
  if (lf_roster_apply_presence (find_roster (self, wire->user), wire->user, presence, is_snapshot))
    lf_client_cache_touch (self, LF_CACHE_PRESENCE, wire->user);
  compare_calendar (self, wire->user, wire->calendar_rev, urgency);
}

/**
 * lf_client_roster_take_calendar:
 * @self: the client
 * @change: whose calendar has which revision
 *
 * Has the calendar pulled, jittered.
 */
void
lf_client_roster_take_calendar (LfClient                   *self,
                                const LfWireCalendarChange *change)
{
  compare_calendar (self, change->user, change->calendar_rev, get_urgency (self));
}

/**
 * lf_client_roster_take_change:
 * @self: the client
 * @change: a contact set or removed, or the groups replaced
 *
 * The roster changed on another device of the user.
 */
void
lf_client_roster_take_change (LfClient                  *self,
                              const LfWireContactChange *change)
{
  if (change->contact != NULL)
    {
      gboolean is_new = lf_roster_lookup (self->roster, change->contact->user) == NULL;

      if (!is_new || g_list_model_get_n_items (G_LIST_MODEL (self->roster)) < MAX_CONTACTS)
        apply_contact (self, change->contact);
      lf_client_dials_show (self);
      if (is_new && lf_roster_lookup (self->roster, change->contact->user) != NULL)
        lf_client_roster_fetch_presence (self, change->contact->user);
    }
  if (change->removed != NULL)
    forget_contact (self, change->removed);
  if (change->groups != NULL)
    apply_groups (self, change->groups->items);
}

static void
on_presence_fetched (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (LfClient)           self = user_data;
  g_autoptr (GError)             error = NULL;
  g_autoptr (LfWirePresenceList) list = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  if (list == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("presence not fetched: %s", error->message); /* the next event, snapshot or resume brings it */
      return;
    }
  /* While the stream is lost nothing would let it age; it is asked for again when that goes on. */
  for (guint i = 0; self->state == LF_CLIENT_ONLINE && i < list->items->len; i++)
    lf_client_roster_take_presence (self, list->items->pdata[i], FALSE);
}

/**
 * lf_client_roster_fetch_presence:
 * @self: the client
 * @user: a contact that has just come into the roster
 *
 * Asks for what no event will tell before it changes.
 */
void
lf_client_roster_fetch_presence (LfClient   *self,
                                 const char *user)
{
  g_autofree char *escaped = lf_rest_escape (user);
  g_autofree char *path = g_strconcat ("/presence?users=", escaped, NULL);

  if (!g_hash_table_contains (self->unheard, user))
    g_hash_table_add (self->unheard, g_strdup (user));
  if (self->session != NULL)
    lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, &lf_schema_presence_list, self->lifetime,
                           on_presence_fetched, g_object_ref (self));
}

/**
 * lf_client_roster_is_heard:
 * @self: the client
 * @user: who was changed here
 *
 * A contact that a server which was set back did not name, and that was put there anew by a change of it, is as
 * it was at the cut: nobody tells of it before something changes.
 *
 * Returns: %FALSE for such a contact
 */
gboolean
lf_client_roster_is_heard (LfClient   *self,
                           const char *user)
{
  LfContact *contact = lf_roster_lookup (self->roster, user);

  return contact == NULL || lf_contact_get_presence (contact)->reachability.valid_until_us == LF_INSTANT_NONE;
}

/**
 * lf_client_roster_take_cut:
 * @self: the client
 * @last_frame_us: when the last frame came, by the server's clock
 *
 * The stream is lost: what is shown ages from here.
 */
void
lf_client_roster_take_cut (LfClient *self,
                           gint64    last_frame_us)
{
  end_sync (self);
  lf_roster_mark_cut (self->roster, last_frame_us);
  lf_roster_mark_cut (self->own_roster, last_frame_us);
}

/**
 * lf_client_roster_take_resume:
 * @self: the client
 *
 * The stream goes on: what is held holds again. Whose presence could not be had meanwhile is asked for.
 */
void
lf_client_roster_take_resume (LfClient *self)
{
  guint                   n_users;
  g_autofree const char **users = (const char **) g_hash_table_get_keys_as_array (self->unheard, &n_users);

  lf_roster_mark_resumed (self->roster);
  lf_roster_mark_resumed (self->own_roster);
  for (guint i = 0; i < n_users; i++)
    lf_client_roster_fetch_presence (self, users[i]);
}

/**
 * lf_client_roster_take_kept:
 * @self: the client
 * @contents: of its cache
 *
 * Shows the people as they were when they were kept. What was leased has ended, however short the time and
 * whatever the clocks say; calendars have ends of their own.
 */
void
lf_client_roster_take_kept (LfClient              *self,
                            const LfCacheContents *contents)
{
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  const GPtrArray      *groups = contents->documents[LF_CACHE_GROUPS];
  const GPtrArray      *busy = contents->documents[LF_CACHE_BUSY];
  const GPtrArray      *presence = contents->documents[LF_CACHE_PRESENCE];
  const LfWireSnapshot  snapshot = {
     .is_last = TRUE,
     .groups = groups->len > 0 ? ((LfWireGroups *) groups->pdata[0])->items : nothing,
     .contacts = contents->documents[LF_CACHE_CONTACT],
     .presence = nothing,
     .conversations = nothing,
  };
  gint64 last_frame_us;

  lf_client_roster_take_snapshot (self, &snapshot);
  for (guint i = 0; i < busy->len; i++)
    {
      const LfWireBusy *wire = busy->pdata[i];
      LfCalendar        calendar;

      lf_busy_to_calendar (wire, &calendar);
      lf_roster_apply_calendar (find_roster (self, wire->user), wire->user, &calendar);
      lf_busy_calendar_clear (&calendar);
    }
  for (guint i = 0; i < presence->len; i++)
    {
      const LfWirePresence  *wire = presence->pdata[i];
      g_autoptr (LfPresence) value = lf_wire_presence_to_value (wire);

      lf_roster_apply_presence (find_roster (self, wire->user), wire->user, value, TRUE);
    }
  last_frame_us = lf_clock_get_now_us (self->clock) - LONGEST_LEASE_US;
  if (contents->as_of_us != LF_INSTANT_NONE)
    last_frame_us = MIN (last_frame_us, contents->as_of_us);
  lf_client_roster_take_cut (self, last_frame_us);
}

static void
on_busy (LfBusyPuller *puller,
         gpointer      data,
         gboolean      is_snapshot,
         gpointer      user_data)
{
  g_autoptr (LfClient) self = g_object_ref (user_data);
  const LfWireBusy    *busy = data;
  LfCalendar           calendar;

  lf_busy_to_calendar (busy, &calendar);
  lf_availability_set_quiet (self->availability, is_snapshot);
  apply_calendar (self, find_roster (self, busy->user), busy->user, &calendar);
  if (self->availability != NULL) /* no handler signed out */
    lf_availability_set_quiet (self->availability, FALSE);
  lf_busy_calendar_clear (&calendar);
}

/**
 * lf_client_roster_begin:
 * @self: the client, signed in
 *
 * A session begins.
 */
void
lf_client_roster_begin (LfClient *self)
{
  g_signal_connect (self->puller, "busy", G_CALLBACK (on_busy), self);
  lf_busy_puller_set_open (self->puller, self->open_user);
  lf_client_fetch_privacy (self);
}

/**
 * lf_client_roster_reset:
 * @self: the client
 *
 * Signed out: nobody is shown.
 */
void
lf_client_roster_reset (LfClient *self)
{
  end_sync (self);
  self->must_fetch_privacy = FALSE;
  lf_client_edits_reset (self);
  lf_client_dials_reset (self);
  lf_client_privacy_reset (self);
  g_clear_pointer (&self->open_user, g_free);
  if (self->roster != NULL)
    {
      lf_roster_set_groups (self->roster, NULL, 0);
      lf_roster_remove_all (self->roster);
    }
  if (self->own_roster != NULL)
    lf_roster_remove_all (self->own_roster);
}

/**
 * lf_client_get_roster:
 * @self: an #LfClient
 *
 * Returns: (transfer none): the contacts, without the user itself
 */
LfRoster *
lf_client_get_roster (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return self->roster;
}

/**
 * lf_client_get_own:
 * @self: an #LfClient
 *
 * Returns: (transfer none) (nullable): the user as the server tells the user, unfiltered; %NULL
 *   before the first snapshot
 */
LfContact *
lf_client_get_own (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return self->me != NULL ? lf_roster_lookup (self->own_roster, self->me->person.id) : NULL;
}

/**
 * lf_client_set_open_contact:
 * @self: an #LfClient
 * @contact: (nullable): whose page is open
 *
 * The calendar of that person is pulled without delay.
 */
void
lf_client_set_open_contact (LfClient  *self,
                            LfContact *contact)
{
  const char *user;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (contact == NULL || LF_IS_CONTACT (contact));

  user = contact != NULL ? lf_contact_get_user (contact) : NULL;
  if (g_strcmp0 (self->open_user, user) == 0)
    return;
  g_free (self->open_user);
  self->open_user = g_strdup (user);
  if (self->puller != NULL)
    lf_busy_puller_set_open (self->puller, user);
}

/**
 * lf_client_set_armed:
 * @self: an #LfClient
 * @contact: of the roster
 * @is_armed: whether to tell, once, when the contact becomes available
 *
 * "Tell me when free": kept on this device until it fires or the day ends.
 */
void
lf_client_set_armed (LfClient  *self,
                     LfContact *contact,
                     gboolean   is_armed)
{
  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  if (self->availability != NULL)
    lf_availability_set_armed (self->availability, contact, is_armed);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <string.h>

#include "lf-due-queue.h"
#include "lf-roster.h"

#define PHONE_GRACE_US        (30 * LF_SECOND)
#define REACHABILITY_GRACE_US (60 * LF_SECOND)

typedef struct
{
  LfDueItem  item;     /* first: the queue hands out its address; due at next_change_at */
  LfContact *contact;  /* owned */
  guint      position; /* in entries */
} Entry;

struct _LfRoster
{
  GObject parent_instance;

  LfClock    *clock;   /* owned */
  GPtrArray  *entries; /* owned; of borrowed Entry, in order of arrival */
  GHashTable *by_user; /* owned; user id, borrowed from the contact → owned Entry */
  LfDueQueue *queue;   /* owned; of Entry */

  guint  edge_call;   /* clock call, 0 while no contact has an edge to come */
  gint64 edge_at_us;  /* when it runs */
  guint  minute_call; /* clock call, 0 while there are no contacts */

  GArray *groups; /* owned; of LfGroup */
};

enum
{
  SIGNAL_STATUS_CHANGED,
  SIGNAL_TICK,
  SIGNAL_GROUPS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void lf_roster_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfRoster, lf_roster, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, lf_roster_list_model_init))

static void schedule_edge (LfRoster *self);

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->contact);
  g_free (entry);
}

static Entry *
find_entry (LfRoster   *self,
            const char *user)
{
  return g_hash_table_lookup (self->by_user, user);
}

/* Shows the contact as of @now_us. A handler may remove the entry: it is not touched afterwards. */
static void
resolve_entry (LfRoster *self,
               Entry    *entry,
               gint64    now_us,
               gboolean  is_snapshot)
{
  g_autoptr (LfContact) contact = g_object_ref (entry->contact);
  LfDisplayStatus       old = lf_contact_get_resolved (contact)->status;
  LfResolved            resolved;

  /* Queued before anybody is told, so that handlers find the roster in order. */
  lf_resolve (lf_contact_get_presence (contact), now_us, &resolved);
  lf_due_queue_set (self->queue, &entry->item, resolved.next_change_at_us);

  if (lf_contact_resolve (contact, now_us))
    g_signal_emit (self, signals[SIGNAL_STATUS_CHANGED], 0, contact, (guint) old, (guint) resolved.status, is_snapshot);
}

static gboolean
on_edge (gpointer user_data)
{
  g_autoptr (LfRoster) self = g_object_ref (LF_ROSTER (user_data));
  gint64               now_us = lf_clock_get_now_us (self->clock);
  LfDueItem           *item;

  self->edge_call = 0;
  while ((item = lf_due_queue_peek (self->queue)) != NULL && item->at_us <= now_us)
    resolve_entry (self, (Entry *) item, now_us, FALSE);
  schedule_edge (self);
  return G_SOURCE_REMOVE;
}

/* One call for all contacts. A call that comes too early does no harm, so it is moved only forward. */
static void
schedule_edge (LfRoster *self)
{
  LfDueItem *first = lf_due_queue_peek (self->queue);

  if (first == NULL)
    {
      lf_clock_cancel (self->clock, &self->edge_call);
      return;
    }
  if (self->edge_call != 0 && self->edge_at_us <= first->at_us)
    return;
  lf_clock_cancel (self->clock, &self->edge_call);
  self->edge_at_us = first->at_us;
  self->edge_call = lf_clock_call_at (self->clock, first->at_us, on_edge, self);
}

static gboolean on_minute (gpointer user_data);

static void
schedule_minute (LfRoster *self)
{
  gint64 now_us = lf_clock_get_now_us (self->clock);
  gint64 past_us = now_us % LF_MINUTE;

  if (past_us < 0)
    past_us += LF_MINUTE;
  lf_clock_cancel (self->clock, &self->minute_call);
  self->minute_call = lf_clock_call_at (self->clock, now_us - past_us + LF_MINUTE, on_minute, self);
}

static gboolean
on_minute (gpointer user_data)
{
  g_autoptr (LfRoster) self = g_object_ref (LF_ROSTER (user_data));

  self->minute_call = 0;
  schedule_minute (self);
  g_signal_emit (self, signals[SIGNAL_TICK], 0);
  return G_SOURCE_REMOVE;
}

static GType
lf_roster_get_item_type (GListModel *model)
{
  return LF_TYPE_CONTACT;
}

static guint
lf_roster_get_n_items (GListModel *model)
{
  return LF_ROSTER (model)->entries->len;
}

static gpointer
lf_roster_get_item (GListModel *model,
                    guint       position)
{
  LfRoster *self = LF_ROSTER (model);
  Entry    *entry;

  if (position >= self->entries->len)
    return NULL;
  entry = g_ptr_array_index (self->entries, position);
  return g_object_ref (entry->contact);
}

static void
lf_roster_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = lf_roster_get_item_type;
  iface->get_n_items = lf_roster_get_n_items;
  iface->get_item = lf_roster_get_item;
}

static void
lf_roster_dispose (GObject *object)
{
  LfRoster *self = LF_ROSTER (object);

  if (self->clock != NULL)
    {
      lf_clock_cancel (self->clock, &self->edge_call);
      lf_clock_cancel (self->clock, &self->minute_call);
    }
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (lf_roster_parent_class)->dispose (object);
}

static void
lf_roster_finalize (GObject *object)
{
  LfRoster *self = LF_ROSTER (object);

  lf_due_queue_free (self->queue);
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->by_user);
  g_array_unref (self->groups);

  G_OBJECT_CLASS (lf_roster_parent_class)->finalize (object);
}

static void
lf_roster_class_init (LfRosterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType         type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = lf_roster_dispose;
  object_class->finalize = lf_roster_finalize;

  signals[SIGNAL_STATUS_CHANGED] = g_signal_new ("status-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 4,
                                                 LF_TYPE_CONTACT, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_BOOLEAN);
  signals[SIGNAL_TICK] = g_signal_new ("tick", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_GROUPS_CHANGED] = g_signal_new ("groups-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 0);
}

static void
lf_roster_init (LfRoster *self)
{
  self->entries = g_ptr_array_new ();
  self->by_user = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_entry);
  self->queue = lf_due_queue_new ();
  self->groups = lf_group_array_new (NULL, 0);
}

/**
 * lf_roster_new:
 * @clock: what says what time it is; a reference is taken
 *
 * Returns: (transfer full): an empty roster
 */
LfRoster *
lf_roster_new (LfClock *clock)
{
  LfRoster *self;

  g_return_val_if_fail (LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_ROSTER, NULL);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * lf_roster_get_clock:
 * @self: a roster
 *
 * Returns: (transfer none): its clock
 */
LfClock *
lf_roster_get_clock (LfRoster *self)
{
  g_return_val_if_fail (LF_IS_ROSTER (self), NULL);

  return self->clock;
}

/**
 * lf_roster_lookup:
 * @self: a roster
 * @user: (nullable): user id
 *
 * Returns: (transfer none) (nullable): the contact of that user
 */
LfContact *
lf_roster_lookup (LfRoster   *self,
                  const char *user)
{
  Entry *entry;

  g_return_val_if_fail (LF_IS_ROSTER (self), NULL);

  entry = user != NULL ? find_entry (self, user) : NULL;
  return entry != NULL ? entry->contact : NULL;
}

/**
 * lf_roster_ensure:
 * @self: a roster
 * @user: user id
 *
 * Adds the user at the end, with an unknown presence, unless it is there.
 *
 * Returns: (transfer none): the contact of that user
 */
LfContact *
lf_roster_ensure (LfRoster   *self,
                  const char *user)
{
  Entry *entry;

  g_return_val_if_fail (LF_IS_ROSTER (self), NULL);
  g_return_val_if_fail (user != NULL, NULL);

  entry = find_entry (self, user);
  if (entry != NULL)
    return entry->contact;

  entry = g_new0 (Entry, 1);
  entry->contact = lf_contact_new (user);
  entry->position = self->entries->len;
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_user, (char *) lf_contact_get_user (entry->contact), entry);
  if (self->minute_call == 0)
    schedule_minute (self);
  g_list_model_items_changed (G_LIST_MODEL (self), entry->position, 0, 1);
  return lf_roster_lookup (self, user);
}

/**
 * lf_roster_remove:
 * @self: a roster
 * @user: user id
 *
 * Returns: %TRUE if the user was there
 */
gboolean
lf_roster_remove (LfRoster   *self,
                  const char *user)
{
  Entry *entry;
  guint  position;

  g_return_val_if_fail (LF_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (user != NULL, FALSE);

  entry = find_entry (self, user);
  if (entry == NULL)
    return FALSE;

  position = entry->position;
  g_ptr_array_remove_index (self->entries, position);
  for (guint i = position; i < self->entries->len; i++)
    ((Entry *) g_ptr_array_index (self->entries, i))->position = i;
  lf_due_queue_remove (self->queue, &entry->item);
  g_hash_table_remove (self->by_user, user);

  schedule_edge (self);
  if (self->entries->len == 0)
    lf_clock_cancel (self->clock, &self->minute_call);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return TRUE;
}

/**
 * lf_roster_remove_all:
 * @self: a roster
 *
 * Empties the roster. The groups stay.
 */
void
lf_roster_remove_all (LfRoster *self)
{
  guint n_entries;

  g_return_if_fail (LF_IS_ROSTER (self));

  n_entries = self->entries->len;
  if (n_entries == 0)
    return;
  for (guint i = 0; i < n_entries; i++)
    lf_due_queue_remove (self->queue, &((Entry *) g_ptr_array_index (self->entries, i))->item);
  g_ptr_array_set_size (self->entries, 0);
  g_hash_table_remove_all (self->by_user);

  lf_clock_cancel (self->clock, &self->edge_call);
  lf_clock_cancel (self->clock, &self->minute_call);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_entries, 0);
}

/**
 * lf_roster_apply_presence:
 * @self: a roster
 * @user: user id
 * @presence: phone and reachability of that user; its calendar is not looked at
 * @is_snapshot: whether it came in a snapshot, which replaces what is held whatever its revision
 *
 * Takes a presence as it is, validity included: a fresh one ends the ageing that lf_roster_mark_cut()
 * began. The calendar held stays, because it travels on its own.
 *
 * Returns: %TRUE if it was taken; %FALSE if it is older than what is held, or nobody knows @user
 */
gboolean
lf_roster_apply_presence (LfRoster         *self,
                          const char       *user,
                          const LfPresence *presence,
                          gboolean          is_snapshot)
{
  g_autoptr (LfPresence) merged = NULL;
  const LfPresence      *held;
  Entry                 *entry;

  g_return_val_if_fail (LF_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (user != NULL && presence != NULL, FALSE);

  entry = find_entry (self, user);
  if (entry == NULL)
    return FALSE;
  held = lf_contact_get_presence (entry->contact);
  if (!is_snapshot && presence->rev < held->rev)
    return FALSE;

  merged = lf_presence_new (&presence->phone, &held->calendar, &presence->reachability, presence->rev);
  if (lf_contact_set_presence (entry->contact, merged) && (entry = find_entry (self, user)) != NULL)
    {
      resolve_entry (self, entry, lf_clock_get_now_us (self->clock), is_snapshot);
      schedule_edge (self);
    }
  return TRUE;
}

/**
 * lf_roster_apply_calendar:
 * @self: a roster
 * @user: user id
 * @calendar: the busy periods of that user; copied
 *
 * Replaces the calendar held, unless that has a higher revision; the revision 0, which says that no
 * calendar may be seen, always replaces. The calendar goes stale a day after it was read, if not
 * earlier. Phone and reachability stay.
 *
 * Returns: %TRUE if it was taken; %FALSE if it is older than what is held, or nobody knows @user
 */
gboolean
lf_roster_apply_calendar (LfRoster         *self,
                          const char       *user,
                          const LfCalendar *calendar)
{
  g_autoptr (LfPresence) merged = NULL;
  const LfPresence      *held;
  LfCalendar             bounded;
  Entry                 *entry;

  g_return_val_if_fail (LF_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (user != NULL && calendar != NULL, FALSE);

  entry = find_entry (self, user);
  if (entry == NULL)
    return FALSE;
  held = lf_contact_get_presence (entry->contact);
  if (calendar->rev != 0 && calendar->rev < held->calendar.rev)
    return FALSE;

  bounded = *calendar;
  bounded.known_until_us = MAX (calendar->known_until_us, calendar->valid_until_us);
  bounded.valid_until_us = lf_calendar_get_expiry_us (calendar->valid_until_us, calendar->read_at_us);
  merged = lf_presence_with_calendar (held, &bounded);
  if (lf_contact_set_presence (entry->contact, merged) && (entry = find_entry (self, user)) != NULL)
    {
      resolve_entry (self, entry, lf_clock_get_now_us (self->clock), FALSE);
      schedule_edge (self);
    }
  return TRUE;
}

/* Gives every contact new ends of its leases, resolves it, and bears handlers that change the roster. */
static void
set_validity (LfRoster *self,
              gint64    phone_until_us,
              gint64    reachability_until_us,
              gboolean  is_resumed)
{
  g_autoptr (GPtrArray) contacts = g_ptr_array_new_full (self->entries->len, g_object_unref);
  gint64                now_us = lf_clock_get_now_us (self->clock);

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (contacts, g_object_ref (((Entry *) g_ptr_array_index (self->entries, i))->contact));

  for (guint i = 0; i < contacts->len; i++)
    {
      LfContact             *contact = g_ptr_array_index (contacts, i);
      const LfPresence      *held = lf_contact_get_presence (contact);
      g_autoptr (LfPresence) changed = NULL;
      Entry                 *entry;

      if (is_resumed)
        changed = lf_presence_with_validity (held, LF_INSTANT_NONE, LF_INSTANT_NONE);
      else
        changed = lf_presence_with_validity (held,
                                             lf_instant_earlier (held->phone.valid_until_us, phone_until_us),
                                             lf_instant_earlier (held->reachability.valid_until_us, reachability_until_us));
      if (!lf_contact_set_presence (contact, changed))
        continue;
      entry = find_entry (self, lf_contact_get_user (contact));
      if (entry != NULL && entry->contact == contact)
        resolve_entry (self, entry, now_us, is_resumed);
    }
  schedule_edge (self);
}

/**
 * lf_roster_mark_cut:
 * @self: a roster
 * @last_frame_us: when the last frame was received, by the clock of the roster
 *
 * The stream is gone: from now on the claims age. Phones are valid until 30 s after @last_frame_us,
 * reachability until 60 s after; calendars have ends of their own. A claim that has been ageing since
 * an earlier cut does not become younger.
 */
void
lf_roster_mark_cut (LfRoster *self,
                    gint64    last_frame_us)
{
  g_return_if_fail (LF_IS_ROSTER (self));
  g_return_if_fail (last_frame_us != LF_INSTANT_NONE);

  set_validity (self, last_frame_us + PHONE_GRACE_US, last_frame_us + REACHABILITY_GRACE_US, FALSE);
}

/**
 * lf_roster_mark_resumed:
 * @self: a roster
 *
 * The stream goes on where it was cut: what is held and was not changed by an event is as good as new,
 * so every claim is leased again.
 */
void
lf_roster_mark_resumed (LfRoster *self)
{
  g_return_if_fail (LF_IS_ROSTER (self));

  set_validity (self, LF_INSTANT_NONE, LF_INSTANT_NONE, TRUE);
}

/**
 * lf_roster_set_groups:
 * @self: a roster
 * @groups: (array length=n_groups) (nullable): the groups in any order; copied
 * @n_groups: how many
 *
 * Replaces the groups, and emits "groups-changed" if they differ.
 */
void
lf_roster_set_groups (LfRoster      *self,
                      const LfGroup *groups,
                      gsize          n_groups)
{
  g_autoptr (GArray) sorted = NULL;

  g_return_if_fail (LF_IS_ROSTER (self));
  g_return_if_fail (groups != NULL || n_groups == 0);

  sorted = lf_group_array_new (groups, n_groups);
  if (lf_group_array_equal (sorted, self->groups))
    return;
  g_array_unref (self->groups);
  self->groups = g_steal_pointer (&sorted);
  g_signal_emit (self, signals[SIGNAL_GROUPS_CHANGED], 0);
}

/**
 * lf_roster_get_groups:
 * @self: a roster
 * @n_groups: (out): how many
 *
 * Returns: (array length=n_groups) (transfer none): the groups by position, then name
 */
const LfGroup *
lf_roster_get_groups (LfRoster *self,
                      gsize    *n_groups)
{
  g_return_val_if_fail (LF_IS_ROSTER (self), NULL);
  g_return_val_if_fail (n_groups != NULL, NULL);

  *n_groups = self->groups->len;
  return (const LfGroup *) (const void *) self->groups->data;
}

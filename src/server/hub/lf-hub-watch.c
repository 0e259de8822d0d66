/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* Who hears of whom, and what of it. One encode serves everybody who may see a person. */

static void
fill_wire (LfPerson *person, const LfPresence *presence, LfWirePresence *wire)
{
  wire->user = (char *) lf_presentity_get_user (person->presentity);
  wire->rev = presence->rev;
  wire->calendar_rev = presence->calendar.rev;
  wire->phone = presence->phone;
  wire->reachability = presence->reachability;
}

/**
 * lf_hub_forget_frames:
 * @person: a person who changed
 *
 * What was encoded is out of date.
 */
void
lf_hub_forget_frames (LfPerson *person)
{
  g_clear_pointer (&person->frame, lf_ws_frame_unref);
  g_clear_pointer (&person->bare_frame, lf_ws_frame_unref);
}

static LfWsFrame *
dup_frame (LfPerson *person, gboolean has_calendar)
{
  LfWsFrame **frame = has_calendar ? &person->frame : &person->bare_frame;

  if (*frame == NULL)
    {
      LfWirePresence wire;

      fill_wire (person, lf_presentity_get_presence (person->presentity), &wire);
      if (!has_calendar)
        wire.calendar_rev = 0;
      *frame = lf_ws_frame_new_text (LF_FRAME_PRESENCE, &wire);
    }
  return lf_ws_frame_ref (*frame);
}

/**
 * lf_hub_dup_frame:
 * @watcher: who may see @person
 * @person: a person
 *
 * What everybody gets who may see the person, encoded once for each change: with the calendar's revision, or
 * without it.
 *
 * Returns: (transfer full): the frame
 */
LfWsFrame *
lf_hub_dup_frame (LfPerson *watcher, LfPerson *person)
{
  return dup_frame (person, lf_hub_get_view (watcher, person) != LF_CALENDAR_VIEW_NONE);
}

/**
 * lf_hub_dup_hidden_frame:
 * @person: a person
 *
 * What whoever may not see the person gets, in the person's latest revision.
 *
 * Returns: (transfer full): the frame
 */
LfWsFrame *
lf_hub_dup_hidden_frame (LfPerson *person)
{
  g_autoptr (LfPresence) hidden = NULL;
  LfWirePresence         wire;

  person->hidden_rev = lf_presentity_get_presence (person->presentity)->rev;
  hidden = lf_presentity_make_hidden (person->hidden_rev, lf_hub_is_starting (person->hub));
  fill_wire (person, hidden, &wire);
  return lf_ws_frame_new_text (LF_FRAME_PRESENCE, &wire);
}

static gboolean
is_blocked (LfPerson *watcher, LfPerson *person)
{
  return person->blocked != NULL && g_hash_table_contains (person->blocked, lf_presentity_get_user (watcher->presentity));
}

/**
 * lf_hub_sees:
 * @watcher: who looks
 * @person: at whom
 *
 * Returns: %FALSE if @person is invisible or has blocked @watcher; all see themselves
 */
gboolean
lf_hub_sees (LfPerson *watcher, LfPerson *person)
{
  if (watcher == person)
    return TRUE;
  return !lf_presentity_get_invisible (person->presentity) && !is_blocked (watcher, person);
}

/**
 * lf_hub_tell_presence:
 * @watcher: who hears
 * @person: of whom
 * @frame: what
 *
 * Sends a frame of presence, or of the calendar, to all streams of @watcher.
 */
void
lf_hub_tell_presence (LfPerson *watcher, LfPerson *person, LfWsFrame *frame)
{
  for (guint i = 0; i < watcher->sinks->len; i++)
    {
      LfSink *sink = watcher->sinks->pdata[i];

      sink->funcs->presence (sink, lf_presentity_get_user (person->presentity), frame);
    }
}

static LfPerson *
get_live_watcher (LfPerson *person, guint index)
{
  return g_array_index (person->live, LfLiveWatch, index).watch->watcher;
}

static void
tell_live (LfPerson *person, guint index, LfWsFrame *frame)
{
  const LfLiveWatch *live = &g_array_index (person->live, LfLiveWatch, index);

  if (live->sink != NULL)
    live->sink->funcs->presence (live->sink, lf_presentity_get_user (person->presentity), frame);
  else
    lf_hub_tell_presence (live->watch->watcher, person, frame);
}

/* To everybody who may see @person, and its own devices. @bare: for those who may not see the calendar; NULL: nothing. */
static void
fan_out (LfPerson *person, LfWsFrame *frame, LfWsFrame *bare)
{
  gboolean is_open = !lf_presentity_get_invisible (person->presentity) && person->blocked == NULL && !lf_hub_hides_calendar (person);

  for (guint i = 0; i < person->live->len; i++)
    {
      LfPerson  *watcher = get_live_watcher (person, i);
      LfWsFrame *seen = frame;

      if (!is_open && !lf_hub_sees (watcher, person))
        continue;
      if (!is_open && lf_hub_get_view (watcher, person) == LF_CALENDAR_VIEW_NONE)
        seen = bare;
      if (seen != NULL)
        tell_live (person, i, seen);
    }
  lf_hub_tell_presence (person, person, frame);
}

static gboolean
has_audience (LfPerson *person)
{
  return person->live->len > 0 || person->sinks->len > 0;
}

static void
deliver_presence (LfPerson *person)
{
  g_autoptr (LfWsFrame) frame = NULL;
  g_autoptr (LfWsFrame) bare = NULL;

  if (!has_audience (person))
    return;
  frame = dup_frame (person, TRUE);
  if (lf_hub_hides_calendar (person))
    bare = dup_frame (person, FALSE);
  fan_out (person, frame, bare);
}

static void
deliver_calendar (LfPerson *person)
{
  LfWireCalendarChange  change = { (char *) lf_presentity_get_user (person->presentity), lf_presentity_get_calendar (person->presentity) };
  g_autoptr (LfWsFrame) frame = NULL;

  if (!has_audience (person))
    return;
  frame = lf_ws_frame_new_text (LF_FRAME_CALENDAR, &change);
  fan_out (person, frame, NULL);
}

static void
deliver_frame (LfPerson *person, const LfBusEvent *event)
{
  for (guint i = 0; i < person->sinks->len; i++)
    {
      LfSink *sink = person->sinks->pdata[i];

      if (g_strcmp0 (sink->identity->session, event->except_session) != 0)
        sink->funcs->send (sink, event->type, event->frame);
    }
}

/**
 * lf_hub_on_bus_event:
 * @event: what a node published
 * @user_data: the hub
 *
 * The bus's listener: hands a change to the streams of this node.
 */
void
lf_hub_on_bus_event (const LfBusEvent *event, gpointer user_data)
{
  LfHub    *self = user_data;
  LfPerson *person = lf_hub_find_person (self, event->user);

  if (person == NULL)
    return;
  switch (event->topic)
    {
    case LF_BUS_PRESENCE:
      deliver_presence (person);
      break;
    case LF_BUS_CALENDAR:
      deliver_calendar (person);
      break;
    case LF_BUS_FRAME:
      deliver_frame (person, event);
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * lf_hub_publish_presence:
 * @self: the hub
 * @person: whose presence took a new revision
 *
 * Tells every node.
 */
void
lf_hub_publish_presence (LfHub *self, LfPerson *person)
{
  LfBusEvent event = { .topic = LF_BUS_PRESENCE, .user = lf_presentity_get_user (person->presentity) };

  self->n_changes++;
  lf_hub_forget_frames (person);
  lf_bus_publish (self->bus, &event);
}

/* The person became visible, or no longer: everybody hears anew what they may see, in a revision above
 * all before. Whoever is blocked sees nothing either way, and must not hear that anything happened. */
void
lf_hub_show_anew (LfHub *self, LfPerson *person)
{
  g_autoptr (LfWsFrame) full = NULL;
  g_autoptr (LfWsFrame) hidden = NULL;

  lf_presentity_bump (person->presentity);
  lf_hub_forget_frames (person);
  if (!has_audience (person))
    return;
  full = dup_frame (person, TRUE);
  hidden = lf_hub_dup_hidden_frame (person);
  for (guint i = 0; i < person->live->len; i++)
    {
      LfPerson             *watcher = get_live_watcher (person, i);
      g_autoptr (LfWsFrame) seen = NULL;

      if (is_blocked (watcher, person))
        continue;
      seen = lf_hub_sees (watcher, person) ? lf_hub_dup_frame (watcher, person) : lf_ws_frame_ref (hidden);
      tell_live (person, i, seen);
    }
  lf_hub_tell_presence (person, person, full);
}

/**
 * lf_hub_hide_anew:
 * @self: the hub
 * @person: a person
 *
 * Whoever may not see @person hears that it is offline now, no longer unknown, like anybody who is away.
 */
void
lf_hub_hide_anew (LfHub *self, LfPerson *person)
{
  g_autoptr (LfWsFrame) hidden = NULL;

  for (guint i = 0; i < person->live->len; i++)
    {
      if (lf_hub_sees (get_live_watcher (person, i), person))
        continue;
      if (hidden == NULL)
        {
          lf_presentity_bump (person->presentity);
          lf_hub_forget_frames (person);
          hidden = lf_hub_dup_hidden_frame (person);
        }
      tell_live (person, i, hidden);
    }
}

/* Relations */

static void
update_watch (LfWatch *watch)
{
  GArray     *live = watch->presentity->live;
  GPtrArray  *sinks = watch->watcher->sinks;
  LfLiveWatch entry = { watch, sinks->len == 1 ? sinks->pdata[0] : NULL };

  if (sinks->len == 0)
    return;
  if (watch->live_index >= 0)
    g_array_index (live, LfLiveWatch, watch->live_index) = entry;
  else
    {
      watch->live_index = (int) live->len;
      g_array_append_val (live, entry);
    }
}

static void
end_watch (LfWatch *watch)
{
  GArray *live = watch->presentity->live;

  if (watch->live_index < 0)
    return;
  g_array_remove_index_fast (live, (guint) watch->live_index);
  if ((guint) watch->live_index < live->len)
    g_array_index (live, LfLiveWatch, watch->live_index).watch->live_index = watch->live_index;
  watch->live_index = -1;
}

/* A watch came or went. There is room for every watcher, so that a stream that opens needs none. */
static void
count_watchers (LfPerson *person, int difference)
{
  guint n_live = person->live->len;

  person->n_watchers = (guint) ((int) person->n_watchers + difference);
  g_array_set_size (person->live, MAX (n_live, person->n_watchers));
  g_array_set_size (person->live, n_live);
}

/**
 * lf_hub_update_live:
 * @watcher: a person whose sinks are others now
 *
 * Enters the person's watches among the live ones of those watched, or takes them out.
 */
void
lf_hub_update_live (LfPerson *watcher)
{
  GHashTableIter iter;
  LfWatch       *watch;

  g_hash_table_iter_init (&iter, watcher->watching);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watch))
    if (watcher->sinks->len > 0)
      update_watch (watch);
    else
      end_watch (watch);
}

/* A person goes: nobody watches it any more, and it watches nobody. */
void
lf_hub_drop_watches_of (LfHub *self, LfPerson *person)
{
  GHashTableIter iter;
  LfPerson      *other;
  LfWatch       *own;

  g_hash_table_iter_init (&iter, person->watching);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &own))
    {
      end_watch (own);
      count_watchers (own->presentity, -1);
    }
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    {
      LfWatch *watch = g_hash_table_lookup (other->watching, person);

      if (watch != NULL)
        end_watch (watch);
      g_hash_table_remove (other->watching, person);
    }
}

/* TRUE if the watch is new. */
static gboolean
add_watch (LfPerson *watcher, LfPerson *presentity, LfWatchReason reason)
{
  LfWatch *watch = g_hash_table_lookup (watcher->watching, presentity);

  if (watch != NULL)
    {
      watch->reasons |= reason;
      return FALSE;
    }
  watch = g_new0 (LfWatch, 1);
  watch->watcher = watcher;
  watch->presentity = presentity;
  watch->reasons = reason;
  watch->live_index = -1;
  g_hash_table_insert (watcher->watching, presentity, watch);
  count_watchers (presentity, 1);
  update_watch (watch);
  return TRUE;
}

/**
 * lf_hub_watch_quietly:
 * @self: a hub
 * @watcher: who hears
 * @presentity: of whom
 * @reason: why
 *
 * Adds a watch without sending anything: what is there already comes by a snapshot.
 */
void
lf_hub_watch_quietly (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason)
{
  LfPerson *hearing = lf_hub_find_person (self, watcher);
  LfPerson *person = lf_hub_find_person (self, presentity);

  g_return_if_fail (LF_IS_HUB (self));

  if (hearing != NULL && person != NULL && hearing != person)
    add_watch (hearing, person, reason);
}

/**
 * lf_hub_watch:
 * @self: a hub
 * @watcher: who hears
 * @presentity: of whom
 * @reason: why
 *
 * Adds a watch. If it is new, the watcher's streams get the presence as it is.
 */
void
lf_hub_watch (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason)
{
  LfPerson             *hearing = lf_hub_find_person (self, watcher);
  LfPerson             *person = lf_hub_find_person (self, presentity);
  g_autoptr (LfWsFrame) frame = NULL;

  g_return_if_fail (LF_IS_HUB (self));

  if (hearing == NULL || person == NULL || hearing == person || !add_watch (hearing, person, reason) || hearing->sinks->len == 0)
    return;
  frame = lf_hub_encode_presence (self, watcher, presentity);
  lf_hub_tell_presence (hearing, person, frame);
}

/**
 * lf_hub_unwatch:
 * @self: a hub
 * @watcher: who heard
 * @presentity: of whom
 * @reason: what no longer holds
 *
 * Takes a reason away; with the last one, the watch ends.
 */
void
lf_hub_unwatch (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason)
{
  LfPerson *hearing = lf_hub_find_person (self, watcher);
  LfPerson *person = lf_hub_find_person (self, presentity);
  LfWatch  *watch;

  g_return_if_fail (LF_IS_HUB (self));

  if (hearing == NULL || person == NULL)
    return;
  watch = g_hash_table_lookup (hearing->watching, person);
  if (watch == NULL)
    return;
  watch->reasons &= ~(guint) reason;
  if (watch->reasons != 0)
    return;
  end_watch (watch);
  g_hash_table_remove (hearing->watching, person);
  count_watchers (person, -1);
}

/**
 * lf_hub_set_blocked:
 * @self: a hub
 * @user: who blocks
 * @other: who sees nothing of @user from then on
 * @is_blocked: whether
 *
 * Changes a block; @other's streams hear at once what they may see now.
 */
void
lf_hub_set_blocked (LfHub *self, const char *user, const char *other, gboolean is_blocked)
{
  LfPerson             *person = lf_hub_find_person (self, user);
  LfPerson             *watcher = lf_hub_find_person (self, other);
  g_autoptr (LfWsFrame) frame = NULL;
  gboolean              changed;

  g_return_if_fail (LF_IS_HUB (self));

  if (person == NULL || watcher == NULL || person == watcher)
    return;
  if (person->blocked == NULL)
    person->blocked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  changed = is_blocked ? g_hash_table_add (person->blocked, g_strdup (other)) : g_hash_table_remove (person->blocked, other);
  if (!changed || !g_hash_table_contains (watcher->watching, person) || watcher->sinks->len == 0 ||
      lf_presentity_get_invisible (person->presentity)) /* then nothing is to be seen, before and after */
    return;
  lf_presentity_bump (person->presentity);
  lf_hub_forget_frames (person);
  frame = lf_hub_sees (watcher, person) ? lf_hub_dup_frame (watcher, person) : lf_hub_dup_hidden_frame (person);
  lf_hub_tell_presence (watcher, person, frame);
}

/**
 * lf_hub_encode_presence:
 * @self: a hub
 * @watcher: who looks
 * @user: at whom
 *
 * Returns: (transfer full): a `presence` frame of what @watcher may see now
 */
LfWsFrame *
lf_hub_encode_presence (LfHub *self, const char *watcher, const char *user)
{
  LfPerson              *person = lf_hub_find_person (self, user);
  g_autoptr (LfPresence) hidden = NULL;
  LfWirePresence         wire = { .user = (char *) user };

  g_return_val_if_fail (LF_IS_HUB (self), NULL);

  if (!lf_hub_is_hidden (self, watcher, user))
    return lf_hub_dup_frame (lf_hub_find_person (self, watcher), person);
  hidden = lf_presentity_make_hidden (MAX (person != NULL ? person->hidden_rev : 0, lf_hub_get_hidden_rev (self)),
                                      lf_hub_is_starting (self));
  wire.rev = hidden->rev;
  wire.phone = hidden->phone;
  wire.reachability = hidden->reachability;
  return lf_ws_frame_new_text (LF_FRAME_PRESENCE, &wire);
}

/**
 * lf_hub_send:
 * @self: a hub
 * @user: whose streams
 * @except_session: (nullable): a session that knows already
 * @type: of the frame
 * @body: struct of its schema
 *
 * Sends a frame to all streams of a person. The body is encoded once.
 */
void
lf_hub_send (LfHub *self, const char *user, const char *except_session, LfFrameType type, gconstpointer body)
{
  LfPerson             *person = lf_hub_find_person (self, user);
  g_autoptr (LfWsFrame) frame = NULL;
  LfBusEvent            event = { .topic = LF_BUS_FRAME, .user = user, .except_session = except_session, .type = type };

  g_return_if_fail (LF_IS_HUB (self));

  if (person == NULL || person->sinks->len == 0)
    return;
  frame = lf_ws_frame_new_text (type, body);
  event.frame = frame;
  lf_bus_publish (self->bus, &event);
}

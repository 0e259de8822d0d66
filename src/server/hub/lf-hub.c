/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

G_DEFINE_FINAL_TYPE (LfHub, lf_hub, G_TYPE_OBJECT)

enum
{
  CALENDARS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static LfPerson *
person_new (LfHub *self, const char *user)
{
  LfPerson *person = g_new0 (LfPerson, 1);

  person->hub = self;
  person->presentity = lf_presentity_new (user, self->epoch);
  person->watching = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  person->live = g_array_new (FALSE, FALSE, sizeof (LfLiveWatch));
  person->sinks = g_ptr_array_new ();
  person->hidden_rev = self->epoch << 32;
  return person;
}

static void
person_free (gpointer data)
{
  LfPerson *person = data;

  g_hash_table_unref (person->watching);
  g_array_unref (person->live);
  g_clear_pointer (&person->blocked, g_hash_table_unref);
  g_ptr_array_unref (person->sinks);
  lf_hub_forget_frames (person);
  g_clear_pointer (&person->views, g_hash_table_unref);
  g_clear_pointer (&person->calendars, g_hash_table_unref);
  lf_presentity_free (person->presentity);
  g_free (person);
}

/**
 * lf_hub_find_person:
 * @self: the hub
 * @user: id
 *
 * Returns: (transfer none) (nullable): that person, if the hub knows it
 */
LfPerson *
lf_hub_find_person (LfHub *self, const char *user)
{
  return g_hash_table_lookup (self->people, user);
}

/**
 * lf_hub_ensure_person:
 * @self: the hub
 * @user: id
 *
 * Returns: (transfer none): that person, made if need be
 */
LfPerson *
lf_hub_ensure_person (LfHub *self, const char *user)
{
  LfPerson *person = g_hash_table_lookup (self->people, user);

  if (person != NULL)
    return person;
  person = person_new (self, user);
  g_hash_table_insert (self->people, g_strdup (user), person);
  return person;
}

/**
 * lf_hub_emit_calendars_changed:
 * @self: the hub
 * @user: for whom calendars are read
 */
void
lf_hub_emit_calendars_changed (LfHub *self, const char *user)
{
  g_signal_emit (self, signals[CALENDARS_CHANGED], 0, user);
}

/**
 * lf_hub_is_starting:
 * @self: the hub
 *
 * Returns: %TRUE shortly after a start: it is not known yet who is signed in
 */
gboolean
lf_hub_is_starting (LfHub *self)
{
  return self->started_us != LF_INSTANT_NONE;
}

/**
 * lf_hub_get_hidden_rev:
 * @self: the hub
 *
 * Returns: the revision of what is hidden, the same for everybody
 */
gint64
lf_hub_get_hidden_rev (LfHub *self)
{
  return (self->epoch << 32) + (lf_hub_is_starting (self) ? 0 : 1);
}

static gboolean
fold (LfHub *self, LfPerson *person)
{
  return lf_presentity_fold (person->presentity, lf_clock_get_now_us (self->clock), person->is_awaited || lf_hub_is_starting (self));
}

/* The presence is made anew; who may see it hears of it if it changed. */
void
lf_hub_refold (LfHub *self, LfPerson *person)
{
  if (fold (self, person))
    lf_hub_publish_presence (self, person);
}

static gboolean
on_restart_over (gpointer user_data)
{
  LfHub         *self = user_data;
  GHashTableIter iter;
  LfPerson      *person;

  self->started_call = 0;
  self->started_us = LF_INSTANT_NONE;
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &person))
    {
      lf_hub_refold (self, person);
      lf_hub_hide_anew (self, person);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_awaited_over (gpointer user_data)
{
  LfHub         *self = user_data;
  GHashTableIter iter;
  LfPerson      *person;

  self->awaited_call = 0;
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &person))
    if (person->is_awaited)
      {
        person->is_awaited = FALSE;
        lf_hub_refold (self, person);
      }
  return G_SOURCE_REMOVE;
}

/* The desktops have lost their streams while this machine slept, and come back as after a restart. Who was
 * not here before is still known not to be. */
static void
on_woke (LfClock *clock, gint64 slept_us, LfHub *self)
{
  GHashTableIter iter;
  LfPerson      *person;

  if (slept_us < self->config->ping_s * LF_SECOND || self->config->restart_unknown_s == 0)
    return;
  g_message ("The machine slept for %" G_GINT64_FORMAT " s: the desktops are waited for", slept_us / LF_SECOND);
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &person))
    person->is_awaited = person->is_awaited || lf_presentity_has_devices (person->presentity);
  lf_clock_cancel (self->clock, &self->awaited_call);
  self->awaited_call = lf_clock_call_after (self->clock, self->config->restart_unknown_s * LF_SECOND, on_awaited_over, self);
}

/* A clock hears of a sleep when it looks for what is due: something must be. */
static gboolean
keep_watch (gpointer user_data)
{
  LfHub *self = user_data;

  self->watch_call = lf_clock_call_after (self->clock, LF_DAY, keep_watch, self);
  return G_SOURCE_REMOVE;
}

static void
lf_hub_dispose (GObject *object)
{
  LfHub *self = LF_HUB (object);

  if (self->clock != NULL)
    {
      lf_clock_cancel (self->clock, &self->started_call);
      lf_clock_cancel (self->clock, &self->awaited_call);
      lf_clock_cancel (self->clock, &self->watch_call);
      lf_clock_cancel (self->clock, &self->doubt_call);
      lf_clock_cancel (self->clock, &self->owners_call);
      g_hash_table_remove_all (self->gone);
    }
  if (self->bus != NULL)
    lf_bus_set_listener (self->bus, NULL, NULL);
  g_clear_object (&self->bus);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (lf_hub_parent_class)->dispose (object);
}

static void
lf_hub_finalize (GObject *object)
{
  LfHub *self = LF_HUB (object);

  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->gone);
  g_ptr_array_unref (self->connectors);
  g_hash_table_unref (self->people);
  g_hash_table_unref (self->lines);
  g_hash_table_unref (self->owners);
  g_hash_table_unref (self->readers);
  g_hash_table_unref (self->troubles);
  G_OBJECT_CLASS (lf_hub_parent_class)->finalize (object);
}

static void
lf_hub_class_init (LfHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_hub_dispose;
  object_class->finalize = lf_hub_finalize;

  /* what connectors read for a person who has a stream, and how that goes */
  signals[CALENDARS_CHANGED] = g_signal_new ("calendars-changed", LF_TYPE_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lf_hub_init (LfHub *self)
{
  self->started_us = LF_INSTANT_NONE;
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, person_free);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lf_hub_free_gone);
  self->connectors = g_ptr_array_new ();
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lf_hub_free_line);
  self->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->readers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->troubles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lf_hub_free_trouble);
}

/**
 * lf_hub_new:
 * @clock: the one clock
 * @config: settings; outlive the hub
 *
 * Returns: (transfer full): a hub that knows nobody
 */
LfHub *
lf_hub_new (LfClock *clock, const LfConfig *config)
{
  LfHub *self = g_object_new (LF_TYPE_HUB, NULL);

  self->clock = g_object_ref (clock);
  self->config = config;
  self->bus = lf_local_bus_new ();
  lf_bus_set_listener (self->bus, lf_hub_on_bus_event, self);
  g_signal_connect_object (self->clock, "woke", G_CALLBACK (on_woke), self, 0);
  keep_watch (self);
  return self;
}

static void
take_pairs (LfHub *self, GPtrArray *pairs, LfWatchReason reason)
{
  for (guint i = 0; i < pairs->len; i++)
    {
      const LfPair *pair = pairs->pdata[i];

      lf_hub_watch_quietly (self, pair->owner, pair->other, reason);
    }
}

static void
take_state (LfHub *self, const LfStoreState *state)
{
  for (guint i = 0; i < state->claims->len; i++)
    lf_hub_set_claims (self, state->claims->pdata[i]);
  for (guint i = 0; i < state->blocks->len; i++)
    {
      const LfPair *pair = state->blocks->pdata[i];

      lf_hub_set_blocked (self, pair->owner, pair->other, TRUE);
    }
  for (guint i = 0; i < state->views->len; i++)
    {
      const LfCalendarException *exception = state->views->pdata[i];

      lf_hub_set_calendar_exception (self, exception->owner, exception->other, exception->view);
    }
  take_pairs (self, state->watches, LF_WATCH_CONTACT);
  take_pairs (self, state->talks, LF_WATCH_CONVERSATION);
  for (guint i = 0; i < state->lines->len; i++)
    lf_hub_set_line (self, state->lines->pdata[i]);
}

/* Whatever @known holds and @stored does not. */
static GPtrArray *
find_missing (GHashTable *known, GHashTable *stored)
{
  GPtrArray     *missing = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  const char    *id;

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, NULL))
    if (!g_hash_table_contains (stored, id))
      g_ptr_array_add (missing, g_strdup (id));
  return missing;
}

/**
 * lf_hub_reload:
 * @self: a hub
 * @state: what is stored now
 *
 * An administrator changed people or lines: takes over who is new, lets go of who is not there any
 * more, and tells the connectors.
 */
void
lf_hub_reload (LfHub *self, const LfStoreState *state)
{
  g_autoptr (GHashTable) people = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) lines = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray)  gone_people = NULL;
  g_autoptr (GPtrArray)  gone_lines = NULL;

  g_return_if_fail (LF_IS_HUB (self) && state != NULL);

  for (guint i = 0; i < state->claims->len; i++)
    g_hash_table_add (people, ((LfClaims *) state->claims->pdata[i])->user);
  for (guint i = 0; i < state->lines->len; i++)
    g_hash_table_add (lines, ((LfLineRow *) state->lines->pdata[i])->line);
  gone_people = find_missing (self->people, people);
  gone_lines = find_missing (self->lines, lines);
  for (guint i = 0; i < gone_people->len; i++)
    lf_hub_remove_person (self, gone_people->pdata[i]);
  for (guint i = 0; i < gone_lines->len; i++)
    lf_hub_remove_line (self, gone_lines->pdata[i]);
  take_state (self, state);
  lf_hub_tell_lines (self);
  lf_hub_tell_people (self);
}

/**
 * lf_hub_load:
 * @self: a hub that knows nobody
 * @state: what is stored
 *
 * Takes over people, relations and lines, before the first stream. After a restart nobody is said to
 * be offline for a while: the devices that were here come back first. A database at its first start
 * has had no devices to wait for.
 */
void
lf_hub_load (LfHub *self, const LfStoreState *state)
{
  g_return_if_fail (LF_IS_HUB (self) && state != NULL);

  self->epoch = state->epoch;
  if (state->epoch > 1 && self->config->restart_unknown_s > 0)
    {
      self->started_us = lf_clock_get_now_us (self->clock);
      self->started_call = lf_clock_call_after (self->clock, self->config->restart_unknown_s * LF_SECOND, on_restart_over, self);
    }
  take_state (self, state);
}

/**
 * lf_hub_set_claims:
 * @self: a hub
 * @claims: what the person chose, as it was stored; status, DND, visibility, calendar revision and view
 *
 * Takes over a new person, or what one changed.
 */
void
lf_hub_set_claims (LfHub *self, const LfClaims *claims)
{
  LfPerson *person;
  gboolean  was_invisible;

  g_return_if_fail (LF_IS_HUB (self) && claims != NULL && claims->user != NULL);

  person = lf_hub_ensure_person (self, claims->user);
  was_invisible = lf_presentity_get_invisible (person->presentity);
  lf_presentity_set_claims (person->presentity, claims);
  if (was_invisible != claims->visibility.is_invisible)
    {
      fold (self, person);
      lf_hub_show_anew (self, person);
    }
  else
    lf_hub_refold (self, person);
  if (claims->calendar_view != person->view)
    lf_hub_set_view (self, person, NULL, claims->calendar_view);
  if (claims->calendar_rev > lf_presentity_get_calendar (person->presentity))
    lf_hub_set_calendar (self, claims->user, claims->calendar_rev);
}

/**
 * lf_hub_remove_person:
 * @self: a hub
 * @user: who is no longer there
 *
 * Ends the person's streams and forgets it; watchers see what they would see of a stranger.
 */
void
lf_hub_remove_person (LfHub *self, const char *user)
{
  LfPerson *person = lf_hub_find_person (self, user);

  g_return_if_fail (LF_IS_HUB (self));

  if (person == NULL)
    return;
  while (person->sinks->len > 0)
    {
      g_autofree char *session = g_strdup (((LfSink *) person->sinks->pdata[0])->identity->session); /* may go with it */

      lf_hub_end_session (self, session);
    }
  lf_presentity_bump (person->presentity);
  for (guint i = 0; i < person->live->len; i++)
    {
      LfWatch              *watch = g_array_index (person->live, LfLiveWatch, i).watch;
      g_autoptr (LfWsFrame) frame = lf_hub_dup_hidden_frame (person);

      for (guint j = 0; j < watch->watcher->sinks->len; j++)
        {
          LfSink *sink = watch->watcher->sinks->pdata[j];

          sink->funcs->send (sink, LF_FRAME_PRESENCE, frame);
        }
    }
  lf_hub_drop_lines_of (self, person);
  lf_hub_drop_watches_of (self, person);
  lf_hub_forget_troubles_of_person (self, user);
  g_hash_table_remove (self->people, user);
}

/**
 * lf_hub_is_hidden:
 * @self: a hub
 * @watcher: who looks
 * @user: at whom
 *
 * Returns: %TRUE if @watcher may see nothing: invisible, blocked, or no such person
 */
gboolean
lf_hub_is_hidden (LfHub *self, const char *watcher, const char *user)
{
  LfPerson *person = lf_hub_find_person (self, user);
  LfPerson *looking = lf_hub_find_person (self, watcher);

  g_return_val_if_fail (LF_IS_HUB (self), TRUE);

  return person == NULL || looking == NULL || !lf_hub_sees (looking, person);
}

/**
 * lf_hub_dup_presence:
 * @self: a hub
 * @watcher: who looks
 * @user: at whom
 *
 * Returns: (transfer full): what @watcher may see now
 */
LfPresence *
lf_hub_dup_presence (LfHub *self, const char *watcher, const char *user)
{
  const LfPresence *presence;

  g_return_val_if_fail (LF_IS_HUB (self), lf_presence_ref (lf_presence_get_unknown ()));

  if (lf_hub_is_hidden (self, watcher, user))
    return lf_presentity_make_hidden (lf_hub_get_hidden_rev (self), lf_hub_is_starting (self));
  presence = lf_presentity_get_presence (lf_hub_find_person (self, user)->presentity);
  if (lf_hub_get_calendar_view (self, watcher, user) == LF_CALENDAR_VIEW_NONE)
    return lf_presence_with_calendar (presence, &lf_presence_get_unknown ()->calendar);
  return lf_presence_ref (presence);
}

/**
 * lf_hub_get_stats:
 * @self: a hub
 * @stats: (out): what it holds and has done
 *
 * Counts.
 */
void
lf_hub_get_stats (LfHub *self, LfHubStats *stats)
{
  GHashTableIter iter;
  LfPerson      *person;

  g_return_if_fail (LF_IS_HUB (self) && stats != NULL);

  *stats = (LfHubStats){
    .n_people = g_hash_table_size (self->people),
    .n_sessions = g_hash_table_size (self->sessions),
    .n_gone = g_hash_table_size (self->gone),
    .n_connectors = self->connectors->len,
    .n_lines = g_hash_table_size (self->lines),
    .n_line_owners = g_hash_table_size (self->owners),
    .n_changes = self->n_changes,
  };
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &person))
    {
      stats->n_watches += g_hash_table_size (person->watching);
      stats->n_live_watches += person->live->len;
    }
}

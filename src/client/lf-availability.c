/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-availability.h"

/**
 * LfAvailability:
 *
 * A Watch is kept for each contact that has something to remember: a dwell that runs, an arming, or
 * when it last fired. Times are those of the roster's clock.
 */
struct _LfAvailability
{
  GObject parent_instance;

  LfRoster   *roster;   /* owned */
  GHashTable *watches;  /* owned; user id, borrowed from the contact → Watch */
  guint       day_call; /* clock call: the end of the day, while somebody is armed */
  gboolean    is_live;
  gboolean    is_quiet;
};

G_DEFINE_FINAL_TYPE (LfAvailability, lf_availability, G_TYPE_OBJECT)

enum
{
  SIGNAL_BECAME_AVAILABLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  LfAvailability *owner;         /* borrowed */
  LfContact      *contact;       /* owned */
  guint           dwell_call;    /* clock call, 0 while no dwell runs */
  gint64          last_fired_us; /* LF_INSTANT_NONE: never */
  gboolean        was_busy_when_armed;
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  lf_clock_cancel (lf_roster_get_clock (watch->owner->roster), &watch->dwell_call);
  g_object_unref (watch->contact);
  g_free (watch);
}

static Watch *
ensure_watch (LfAvailability *self,
              LfContact      *contact)
{
  Watch *watch = g_hash_table_lookup (self->watches, lf_contact_get_user (contact));

  if (watch != NULL && watch->contact == contact)
    return watch;
  watch = g_new0 (Watch, 1);
  watch->owner = self;
  watch->contact = g_object_ref (contact);
  watch->last_fired_us = LF_INSTANT_NONE;
  g_hash_table_replace (self->watches, (char *) lf_contact_get_user (contact), watch);
  return watch;
}

static void
cancel_dwell (LfAvailability *self,
              LfContact      *contact)
{
  Watch *watch = g_hash_table_lookup (self->watches, lf_contact_get_user (contact));

  if (watch != NULL)
    lf_clock_cancel (lf_roster_get_clock (self->roster), &watch->dwell_call);
}

static gboolean
is_free (LfContact *contact)
{
  return lf_resolved_is_free_to_talk (lf_contact_get_resolved (contact));
}

/* Of somebody who shows the current state alone nothing is known from a meeting's end on until it was asked for. */
static gboolean
is_state_unsure (LfContact *contact)
{
  const LfCalendar *calendar = &lf_contact_get_presence (contact)->calendar;

  return calendar->is_state_only &&
         (calendar->busy == NULL || (lf_contact_get_resolved (contact)->stale & (1u << LF_KIND_CALENDAR)) != 0);
}

/* The status the contact left, and that it really left it: an input that was lost is no news. */
static gboolean
is_left (LfContact      *contact,
         LfDisplayStatus old)
{
  const LfResolved *resolved = lf_contact_get_resolved (contact);
  const LfPresence *presence = lf_contact_get_presence (contact);

  if (resolved->stale != 0 && !(old == LF_DISPLAY_IN_A_MEETING && is_state_unsure (contact) && resolved->stale == 1u << LF_KIND_CALENDAR))
    return FALSE;
  switch (old)
    {
    case LF_DISPLAY_ON_THE_PHONE:
      return presence->phone.state != LF_PHONE_UNKNOWN;
    case LF_DISPLAY_IN_A_MEETING:
      return presence->calendar.busy != NULL;
    case LF_DISPLAY_DO_NOT_DISTURB:
    case LF_DISPLAY_AWAY:
    case LF_DISPLAY_OFFLINE:
      return TRUE;
    case LF_DISPLAY_UNKNOWN:
    case LF_DISPLAY_IDLE:
    case LF_DISPLAY_ONLINE:
    case LF_DISPLAY_AVAILABLE:
    default:
      return FALSE;
    }
}

static gboolean on_dwell_over (gpointer user_data);

static void
dwell_until (Watch *watch,
             gint64 at_us)
{
  LfClock *clock = lf_roster_get_clock (watch->owner->roster);

  lf_clock_cancel (clock, &watch->dwell_call);
  watch->dwell_call = lf_clock_call_at (clock, at_us, on_dwell_over, watch);
}

static void
start_dwell (LfAvailability *self,
             LfContact      *contact)
{
  gint64 now_us = lf_clock_get_now_us (lf_roster_get_clock (self->roster));

  dwell_until (ensure_watch (self, contact), now_us + LF_AVAILABILITY_DWELL_US);
}

/* When a meeting starts that is too near, or LF_INSTANT_NONE. */
static gint64
find_near_meeting (LfContact *contact,
                   gint64     now_us)
{
  const LfPresence *presence = lf_contact_get_presence (contact);
  gint64            edge_us;

  if (presence->calendar.busy == NULL)
    return LF_INSTANT_NONE;
  edge_us = lf_busy_list_next_edge (presence->calendar.busy, LF_BUSY_BUSY, now_us);
  return edge_us != LF_INSTANT_NONE && edge_us <= now_us + LF_AVAILABILITY_MEETING_US ? edge_us : LF_INSTANT_NONE;
}

static gboolean
on_dwell_over (gpointer user_data)
{
  Watch                     *watch = user_data;
  g_autoptr (LfAvailability) self = g_object_ref (watch->owner);
  g_autoptr (LfContact)      contact = g_object_ref (watch->contact);
  gboolean                   is_armed = lf_contact_get_is_armed (contact);
  gint64                     now_us = lf_clock_get_now_us (lf_roster_get_clock (self->roster));
  gint64                     meeting_us;

  watch->dwell_call = 0;
  if (!self->is_live || !is_free (contact) || is_state_unsure (contact) || lf_roster_lookup (self->roster, lf_contact_get_user (contact)) != contact || !(is_armed || lf_contact_get_is_watched (contact)))
    return G_SOURCE_REMOVE;
  meeting_us = find_near_meeting (contact, now_us);
  if (meeting_us != LF_INSTANT_NONE) /* if it is called off the person is still free then */
    {
      dwell_until (watch, meeting_us + LF_SECOND);
      return G_SOURCE_REMOVE;
    }
  if (watch->last_fired_us != LF_INSTANT_NONE && now_us - watch->last_fired_us < LF_AVAILABILITY_INTERVAL_US)
    {
      if (is_armed)
        dwell_until (watch, watch->last_fired_us + LF_AVAILABILITY_INTERVAL_US);
      return G_SOURCE_REMOVE;
    }
  watch->last_fired_us = now_us;
  watch->was_busy_when_armed = FALSE;
  lf_contact_set_is_armed (contact, FALSE);
  g_signal_emit (self, signals[SIGNAL_BECAME_AVAILABLE], 0, contact, is_armed);
  return G_SOURCE_REMOVE;
}

static void
on_status_changed (LfRoster  *roster,
                   LfContact *contact,
                   guint      old,
                   guint      new_,
                   gboolean   is_snapshot,
                   gpointer   user_data)
{
  LfAvailability *self = user_data;
  Watch          *watch = g_hash_table_lookup (self->watches, lf_contact_get_user (contact));
  gboolean        is_armed = lf_contact_get_is_armed (contact);

  if (!is_free (contact) || !self->is_live)
    cancel_dwell (self, contact);
  else if (is_snapshot || self->is_quiet)
    {
      if (is_armed && watch != NULL && watch->was_busy_when_armed)
        start_dwell (self, contact);
      else
        cancel_dwell (self, contact);
    }
  else if ((watch == NULL || watch->dwell_call == 0) && (is_armed || lf_contact_get_is_watched (contact)) && is_left (contact, old))
    start_dwell (self, contact);
}

static gint64
find_end_of_day_us (gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / LF_SECOND);
  g_autoptr (GDateTime) tomorrow = NULL;
  g_autoptr (GDateTime) midnight = NULL;

  tomorrow = now != NULL ? g_date_time_add_days (now, 1) : NULL;
  if (tomorrow == NULL) /* a clock at the end of the calendar */
    return now_us + LF_DAY;
  midnight = g_date_time_new_local (g_date_time_get_year (tomorrow), g_date_time_get_month (tomorrow),
                                    g_date_time_get_day_of_month (tomorrow), 0, 0, 0);
  return midnight != NULL ? g_date_time_to_unix (midnight) * LF_SECOND : now_us + LF_DAY;
}

static gboolean
on_day_over (gpointer user_data)
{
  g_autoptr (LfAvailability) self = g_object_ref (user_data);
  g_autoptr (GPtrArray)      armed = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter             iter;
  Watch                     *watch;

  self->day_call = 0;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watch))
    if (lf_contact_get_is_armed (watch->contact))
      g_ptr_array_add (armed, g_object_ref (watch->contact));
  for (guint i = 0; i < armed->len; i++)
    lf_availability_set_armed (self, armed->pdata[i], FALSE);
  return G_SOURCE_REMOVE;
}

static void
lf_availability_dispose (GObject *object)
{
  LfAvailability *self = LF_AVAILABILITY (object);

  if (self->roster != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->roster, self);
      g_hash_table_remove_all (self->watches);
      lf_clock_cancel (lf_roster_get_clock (self->roster), &self->day_call);
    }
  g_clear_object (&self->roster);

  G_OBJECT_CLASS (lf_availability_parent_class)->dispose (object);
}

static void
lf_availability_finalize (GObject *object)
{
  LfAvailability *self = LF_AVAILABILITY (object);

  g_hash_table_unref (self->watches);

  G_OBJECT_CLASS (lf_availability_parent_class)->finalize (object);
}

static void
lf_availability_class_init (LfAvailabilityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_availability_dispose;
  object_class->finalize = lf_availability_finalize;

  signals[SIGNAL_BECAME_AVAILABLE] = g_signal_new ("became-available", LF_TYPE_AVAILABILITY, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 2, LF_TYPE_CONTACT, G_TYPE_BOOLEAN);
}

static void
lf_availability_init (LfAvailability *self)
{
  self->watches = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, watch_free);
}

/**
 * lf_availability_new:
 * @roster: the contacts to look at
 *
 * Returns: (transfer full): a monitor that waits for the first snapshot
 */
LfAvailability *
lf_availability_new (LfRoster *roster)
{
  LfAvailability *self;

  g_return_val_if_fail (LF_IS_ROSTER (roster), NULL);

  self = g_object_new (LF_TYPE_AVAILABILITY, NULL);
  self->roster = g_object_ref (roster);
  g_signal_connect (roster, "status-changed", G_CALLBACK (on_status_changed), self);
  return self;
}

/**
 * lf_availability_set_armed:
 * @self: the monitor
 * @contact: of its roster
 * @is_armed: whether to tell, once, when the contact becomes available
 *
 * Arms or disarms. It lasts until it fires or the local day ends.
 */
void
lf_availability_set_armed (LfAvailability *self,
                           LfContact      *contact,
                           gboolean        is_armed)
{
  LfClock *clock;
  gint64   now_us;

  g_return_if_fail (LF_IS_AVAILABILITY (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  clock = lf_roster_get_clock (self->roster);
  now_us = lf_clock_get_now_us (clock);
  if (!lf_contact_set_is_armed (contact, is_armed))
    return;
  ensure_watch (self, contact)->was_busy_when_armed = is_armed && !is_free (contact);
  if (is_armed && self->day_call == 0)
    self->day_call = lf_clock_call_at (clock, find_end_of_day_us (now_us), on_day_over, self);
  else if (!is_armed && !lf_contact_get_is_watched (contact))
    cancel_dwell (self, contact);
}

/**
 * lf_availability_take_snapshot:
 * @self: the monitor
 *
 * A snapshot is complete: changes are news from now on.
 */
void
lf_availability_take_snapshot (LfAvailability *self)
{
  GHashTableIter iter;
  Watch         *watch;

  g_return_if_fail (LF_IS_AVAILABILITY (self));

  self->is_live = TRUE;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watch))
    if (watch->was_busy_when_armed && lf_contact_get_is_armed (watch->contact) && is_free (watch->contact))
      start_dwell (self, watch->contact);
}

/**
 * lf_availability_take_cut:
 * @self: the monitor
 *
 * The stream is lost: whatever ran is forgotten until the next complete snapshot.
 */
void
lf_availability_take_cut (LfAvailability *self)
{
  GHashTableIter iter;
  Watch         *watch;

  g_return_if_fail (LF_IS_AVAILABILITY (self));

  self->is_live = FALSE;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watch))
    cancel_dwell (self, watch->contact);
}

/**
 * lf_availability_set_quiet:
 * @self: the monitor
 * @is_quiet: whether the changes that follow belong to a snapshot
 *
 * A calendar that is pulled because of a snapshot is no news either.
 */
void
lf_availability_set_quiet (LfAvailability *self,
                           gboolean        is_quiet)
{
  g_return_if_fail (LF_IS_AVAILABILITY (self));

  self->is_quiet = is_quiet;
}

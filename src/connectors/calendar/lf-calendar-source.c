/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-caldav.h"
#include "lf-calendar-feed.h"
#include "lf-calendar-source.h"
#include "lf-error.h"
#include "lf-instant.h"
#include "lf-timer.h"

#define DEBOUNCE_MS    500  /* editors and synchronisers write in several steps */
#define SLOW_MS        5000 /* a reading that lasts as long is slow */
#define MAX_WAIT_S     3600 /* between two tries of a source that fails */
#define REFUSED_WAIT_S 3600 /* after a refused password: it must not lock the account */

struct _LfCalendarSource
{
  GObject parent_instance;

  LfCalendarSourceConfig *config;    /* owned */
  LfClock                *clock;     /* owned */
  LfCalendarSlots        *slots;     /* owned */
  LfCalendarReader       *reader;    /* owned */
  GPtrArray              *addresses; /* owned, NULL-terminated: the person's own */
  guint                   refresh_s;

  GFileMonitor *monitor;     /* owned, nullable */
  GSource      *timer;       /* owned: the next reading */
  GCancellable *cancellable; /* owned: the reading that goes on */
  gboolean      is_started;
  gboolean      is_reading;  /* waits for a slot or holds one */
  gboolean      must_repeat; /* asked for again meanwhile */
  gboolean      is_stopped;
  gint64        started_us; /* of the reading that goes on, wall clock */
  gint64        started_mono_us;
  GSource      *patience;    /* owned, nullable: until it is slow */
  gboolean      is_slow;     /* the last one was */
  gboolean      holds_slow;  /* a slot of those for slow ones */
  gboolean      is_put_back; /* broken off, to wait for such a slot */

  LfIcalResult *result; /* owned, nullable until the first good reading */
  gint64        read_at_us;
  guint         n_failures;
  char         *complaint; /* owned, nullable: what the log was told last */
};

G_DEFINE_FINAL_TYPE (LfCalendarSource, lf_calendar_source, G_TYPE_OBJECT)

enum
{
  SIGNAL_READ,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Remembers what the log is told. FALSE: it was told that already; once is enough, not at every try. */
static gboolean
is_news (LfCalendarSource *self,
         const char       *text)
{
  if (g_strcmp0 (self->complaint, text) == 0)
    return FALSE;
  g_free (self->complaint);
  self->complaint = g_strdup (text);
  return TRUE;
}

/* It could not be read. */
static void
complain (LfCalendarSource *self,
          const GError     *error,
          guint             wait_s)
{
  char read_at[LF_INSTANT_MAX_CHARS] = "never";

  if (!is_news (self, error->message))
    return;
  if (self->read_at_us != 0)
    lf_instant_format (self->read_at_us, read_at);
  g_warning ("Calendar “%s” of “%s”: %s (last read: %s; tried again in %u s, then later and later)", self->config->name,
             self->config->user, error->message, read_at, wait_s);
}

/* It was read; @issues: (nullable): but for these. */
static void
note_read (LfCalendarSource *self,
           const char       *issues)
{
  if (!is_news (self, issues))
    return;
  if (issues != NULL)
    g_warning ("Calendar “%s” of “%s”: %s", self->config->name, self->config->user, issues);
  else
    g_message ("Calendar “%s” of “%s” is read again.", self->config->name, self->config->user);
}

static gboolean
on_time_to_read (gpointer user_data)
{
  LfCalendarSource *self = user_data;

  lf_timer_clear (&self->timer);
  lf_calendar_source_read_now (self);
  return G_SOURCE_REMOVE;
}

/* When the next reading is: at the interval, later after failures, as late as the address asks for. */
static guint
get_wait_s (LfCalendarSource *self,
            const GError     *error,
            guint             retry_after_s)
{
  guint64 wait_s = self->refresh_s;

  if (self->n_failures > 1)
    wait_s <<= MIN (self->n_failures - 1, 10);
  wait_s = MAX (MIN (wait_s, MAX_WAIT_S), retry_after_s);
  if (g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN))
    wait_s = MAX (wait_s, REFUSED_WAIT_S);
  return (guint) wait_s;
}

/* It takes long: it goes on as a slow one, or if there are enough of these, waits for its turn among them,
 * so that whoever keeps its slot keeps it from nobody else. */
static gboolean
on_reading_slow (gpointer user_data)
{
  LfCalendarSource *self = user_data;

  lf_timer_clear (&self->patience);
  self->holds_slow = lf_calendar_slots_slow_down (self->slots);
  if (self->holds_slow)
    return G_SOURCE_REMOVE;
  if (lf_calendar_slots_is_wanted (self->slots))
    {
      g_debug ("Calendar “%s” of “%s” takes long; it is read when other slow ones have been.", self->config->name, self->config->user);
      self->is_put_back = TRUE;
      g_cancellable_cancel (self->cancellable);
    }
  else
    lf_timer_start (&self->patience, SLOW_MS, on_reading_slow, self);
  return G_SOURCE_REMOVE;
}

/* Gives the slot back. */
static void
leave_slot (LfCalendarSource *self)
{
  lf_timer_clear (&self->patience);
  self->is_slow = g_get_monotonic_time () - self->started_mono_us >= SLOW_MS * G_TIME_SPAN_MILLISECOND;
  self->is_reading = FALSE;
  g_clear_object (&self->cancellable);
  lf_calendar_slots_release (self->slots, self->holds_slow);
}

/* A reading is over. */
static void
finish_reading (LfCalendarSource *self,
                const GError     *error,
                guint             retry_after_s)
{
  guint wait_s;

  leave_slot (self);
  if (self->is_stopped)
    return;
  if (error != NULL && self->is_put_back)
    {
      lf_calendar_source_read_now (self);
      return;
    }
  self->n_failures = error != NULL ? self->n_failures + 1 : 0;
  wait_s = get_wait_s (self, error, retry_after_s);
  if (error != NULL)
    {
      complain (self, error, wait_s);
      g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
    }
  else
    {
      g_autofree char *issues = lf_ical_issues_to_text (&self->result->issues);

      self->read_at_us = self->started_us;
      note_read (self, issues);
      g_signal_emit (self, signals[SIGNAL_READ], 0);
    }
  if (self->is_stopped)
    return;
  if (self->must_repeat)
    lf_calendar_source_read_now (self);
  else /* never all sources at once */
    lf_timer_start (&self->timer, wait_s * (guint) g_random_int_range (900, 1101), on_time_to_read, self);
}

static void
on_reading_over (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (LfCalendarSource) self = user_data;
  g_autoptr (GError)           error = NULL;
  LfIcalResult                *said = NULL;
  guint                        retry_after_s = 0;

  lf_calendar_reader_read_finish (self->reader, result, &said, &retry_after_s, &error);
  if (said != NULL)
    {
      g_clear_pointer (&self->result, lf_ical_result_free);
      self->result = said;
    }
  finish_reading (self, error, retry_after_s);
}

static void
on_slot_free (gpointer user_data)
{
  LfCalendarSource *self = user_data;
  LfIcalOptions     options = {
        .owner_zone = self->config->zone,
        .own_addresses = (const char *const *) self->addresses->pdata,
  };

  self->started_us = lf_clock_get_now_us (self->clock) / 1000 * 1000;
  options.from_us = lf_calendar_window_start_us (self->started_us);
  options.to_us = options.from_us + LF_CALENDAR_WINDOW_US;
  self->started_mono_us = g_get_monotonic_time ();
  self->holds_slow = self->is_slow;
  self->is_put_back = FALSE;
  if (!self->holds_slow)
    lf_timer_start (&self->patience, SLOW_MS, on_reading_slow, self);
  self->cancellable = g_cancellable_new ();
  lf_calendar_reader_read_async (self->reader, &options, self->cancellable, on_reading_over, g_object_ref (self));
}

static void
on_file_changed (GFileMonitor     *monitor,
                 GFile            *file,
                 GFile            *other,
                 GFileMonitorEvent event,
                 gpointer          user_data)
{
  LfCalendarSource *self = user_data;

  if (event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED || event == G_FILE_MONITOR_EVENT_PRE_UNMOUNT)
    return;
  if (self->is_reading)
    self->must_repeat = TRUE;
  else
    lf_timer_start (&self->timer, DEBOUNCE_MS, on_time_to_read, self);
}

static void
watch_file (LfCalendarSource *self)
{
  g_autoptr (GFile)  file = g_file_new_for_path (self->config->path);
  g_autoptr (GError) error = NULL;

  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (self->monitor == NULL)
    {
      g_message ("Calendar “%s” cannot be watched and is read every %u s: %s", self->config->name, self->refresh_s,
                 error->message);
      return;
    }
  g_signal_connect (self->monitor, "changed", G_CALLBACK (on_file_changed), self);
}

static void
set_addresses (LfCalendarSource *self,
               const char       *mail)
{
  g_ptr_array_set_size (self->addresses, 0);
  for (char **address = self->config->addresses; address != NULL && *address != NULL; address++)
    g_ptr_array_add (self->addresses, g_strdup (*address));
  if (mail != NULL && *mail != '\0')
    g_ptr_array_add (self->addresses, g_strdup (mail));
  g_ptr_array_add (self->addresses, NULL);
}

static void
lf_calendar_source_dispose (GObject *object)
{
  LfCalendarSource *self = LF_CALENDAR_SOURCE (object);

  lf_calendar_source_stop (self);
  G_OBJECT_CLASS (lf_calendar_source_parent_class)->dispose (object);
}

static void
lf_calendar_source_finalize (GObject *object)
{
  LfCalendarSource *self = LF_CALENDAR_SOURCE (object);

  lf_calendar_source_config_free (self->config);
  g_object_unref (self->clock);
  lf_calendar_slots_unref (self->slots);
  g_object_unref (self->reader);
  g_ptr_array_unref (self->addresses);
  g_clear_pointer (&self->result, lf_ical_result_free);
  g_free (self->complaint);
  G_OBJECT_CLASS (lf_calendar_source_parent_class)->finalize (object);
}

static void
lf_calendar_source_class_init (LfCalendarSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_calendar_source_dispose;
  object_class->finalize = lf_calendar_source_finalize;

  signals[SIGNAL_READ] = g_signal_new ("read", LF_TYPE_CALENDAR_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", LF_TYPE_CALENDAR_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_calendar_source_init (LfCalendarSource *self)
{
  self->addresses = g_ptr_array_new_with_free_func (g_free);
}

/**
 * lf_calendar_window_start_us:
 * @now_us: wall-clock instant
 *
 * Returns: from when on calendars are read
 */
gint64
lf_calendar_window_start_us (gint64 now_us)
{
  return now_us / LF_DAY * LF_DAY - LF_DAY;
}

/**
 * lf_calendar_source_new:
 * @config: whose calendar it is and where
 * @refresh_s: seconds between two readings
 * @clock: what time it is
 * @slots: how many may be read at once
 * @nursery: where workers come from
 *
 * Makes a source; it does nothing before lf_calendar_source_read_now().
 *
 * Returns: (transfer full): the source
 */
LfCalendarSource *
lf_calendar_source_new (const LfCalendarSourceConfig *config,
                        guint                         refresh_s,
                        LfClock                      *clock,
                        LfCalendarSlots              *slots,
                        LfCalendarNursery            *nursery)
{
  LfCalendarSource *self;

  g_return_val_if_fail (config != NULL, NULL);
  g_return_val_if_fail (refresh_s > 0, NULL);

  self = g_object_new (LF_TYPE_CALENDAR_SOURCE, NULL);
  self->config = lf_calendar_source_config_copy (config);
  self->refresh_s = refresh_s;
  self->clock = g_object_ref (clock);
  self->slots = lf_calendar_slots_ref (slots);
  self->reader = config->kind == LF_CALENDAR_CALDAV ? lf_caldav_new (config, nursery) : lf_calendar_feed_new (config, nursery);
  set_addresses (self, NULL);
  return self;
}

/**
 * lf_calendar_source_get_config:
 * @self: a source
 *
 * Returns: (transfer none): whose calendar it is and where
 */
const LfCalendarSourceConfig *
lf_calendar_source_get_config (LfCalendarSource *self)
{
  g_return_val_if_fail (LF_IS_CALENDAR_SOURCE (self), NULL);

  return self->config;
}

/**
 * lf_calendar_source_get_result:
 * @self: a source
 *
 * Returns: (transfer none) (nullable): what the calendar said at the last good reading
 */
const LfIcalResult *
lf_calendar_source_get_result (LfCalendarSource *self)
{
  g_return_val_if_fail (LF_IS_CALENDAR_SOURCE (self), NULL);

  return self->result;
}

/**
 * lf_calendar_source_get_read_at_us:
 * @self: a source
 *
 * Returns: when it was last read well or found unchanged, wall clock
 */
gint64
lf_calendar_source_get_read_at_us (LfCalendarSource *self)
{
  g_return_val_if_fail (LF_IS_CALENDAR_SOURCE (self), 0);

  return self->read_at_us;
}

/**
 * lf_calendar_source_get_is_started:
 * @self: a source
 *
 * Returns: %TRUE after the first lf_calendar_source_read_now()
 */
gboolean
lf_calendar_source_get_is_started (LfCalendarSource *self)
{
  g_return_val_if_fail (LF_IS_CALENDAR_SOURCE (self), FALSE);

  return self->is_started;
}

/**
 * lf_calendar_source_set_mail:
 * @self: a source
 * @mail: (nullable): the mail address under which the server knows the person
 *
 * Adds to the person's own addresses. If that changes them, what was read is read anew the next time.
 *
 * Returns: %TRUE if it changes them
 */
gboolean
lf_calendar_source_set_mail (LfCalendarSource *self,
                             const char       *mail)
{
  const char *last;
  guint       n_configured;

  g_return_val_if_fail (LF_IS_CALENDAR_SOURCE (self), FALSE);

  n_configured = self->config->addresses == NULL ? 0 : g_strv_length (self->config->addresses);
  last = self->addresses->len > n_configured + 1 ? g_ptr_array_index (self->addresses, n_configured) : NULL;
  if (g_strcmp0 (last, mail) == 0)
    return FALSE;
  set_addresses (self, mail);
  lf_calendar_reader_forget (self->reader);
  return TRUE;
}

/**
 * lf_calendar_source_read_now:
 * @self: a source
 *
 * Reads the calendar as soon as there is a slot, and from now on at its interval and when its file
 * changes. During a reading: once more after it.
 */
void
lf_calendar_source_read_now (LfCalendarSource *self)
{
  g_return_if_fail (LF_IS_CALENDAR_SOURCE (self));

  if (self->is_stopped)
    return;
  if (self->is_reading)
    {
      self->must_repeat = TRUE;
      return;
    }
  if (self->config->path != NULL && self->monitor == NULL)
    watch_file (self);
  lf_timer_clear (&self->timer);
  self->is_started = TRUE;
  self->is_reading = TRUE;
  self->must_repeat = FALSE;
  lf_calendar_slots_take (self->slots, self->is_slow, on_slot_free, self);
}

/**
 * lf_calendar_source_stop:
 * @self: a source
 *
 * Ends everything that goes on; for good.
 */
void
lf_calendar_source_stop (LfCalendarSource *self)
{
  g_return_if_fail (LF_IS_CALENDAR_SOURCE (self));

  self->is_stopped = TRUE;
  lf_timer_clear (&self->timer);
  lf_timer_clear (&self->patience);
  lf_calendar_slots_forget (self->slots, self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
      g_clear_object (&self->monitor);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-publisher.h"
#include "lf-error.h"
#include "lf-instant.h"
#include "lf-timer.h"
#include "lf-wire.h"

#define REFRESH_US (7 * LF_MINUTE) /* with readings every 5 min: told at each second one; clients call 15 min old */

/* What there is to tell of one source of one person, and what was told last. */
typedef struct
{
  char       *name;    /* owned: the source */
  char       *user_id; /* owned */
  LfBusyList *periods; /* owned */
  gint64      known_from_us;
  gint64      known_until_us;
  gint64      read_at_us;

  LfBusyList *told_periods; /* owned, nullable: nothing was told yet */
  gint64      told_from_us;
  gint64      told_until_us;
  gint64      told_read_at_us;

  gboolean is_queued;
} Entry;

struct _LfCalendarPublisher
{
  GObject parent_instance;

  LfRest       *rest;        /* owned */
  GHashTable   *entries;     /* set of Entry, owned; by source and person */
  GQueue        queue;       /* of Entry, borrowed from entries */
  Entry        *sending;     /* borrowed, nullable; stays in entries while it is sent, unless it is forgotten */
  Entry        *late;        /* owned, nullable: what was forgotten while it is sent */
  GCancellable *cancellable; /* owned */
  GSource      *timer;       /* owned, nullable: the back-off */
  guint         n_failures;
  gboolean      is_sending; /* one call at a time */
  gboolean      is_stopped;
};

G_DEFINE_FINAL_TYPE (LfCalendarPublisher, lf_calendar_publisher, G_TYPE_OBJECT)

enum
{
  SIGNAL_PERSON_UNKNOWN,
  SIGNAL_TOLD_LATE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void send_next (LfCalendarPublisher *self);

static guint
entry_hash (gconstpointer data)
{
  const Entry *entry = data;

  return g_str_hash (entry->name) * 31 + g_str_hash (entry->user_id);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *one = a;
  const Entry *other = b;

  return g_str_equal (one->name, other->name) && g_str_equal (one->user_id, other->user_id);
}

static Entry *
find_entry (LfCalendarPublisher *self, const char *name, const char *user_id)
{
  const Entry key = { .name = (char *) name, .user_id = (char *) user_id };

  return g_hash_table_lookup (self->entries, &key);
}

static void
entry_free (Entry *entry)
{
  g_free (entry->name);
  g_free (entry->user_id);
  g_clear_pointer (&entry->periods, lf_busy_list_unref);
  g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
  g_free (entry);
}

/* Whether the server would learn anything. */
static gboolean
is_worth_telling (const Entry *entry)
{
  return entry->told_periods == NULL || entry->known_from_us != entry->told_from_us ||
         entry->known_until_us != entry->told_until_us ||
         entry->read_at_us - entry->told_read_at_us >= REFRESH_US || entry->read_at_us < entry->told_read_at_us ||
         !lf_busy_list_equal (entry->periods, entry->told_periods);
}

static void
enqueue (LfCalendarPublisher *self,
         Entry               *entry)
{
  if (entry->is_queued || entry == self->sending)
    return;
  entry->is_queued = TRUE;
  g_queue_push_tail (&self->queue, entry);
}

static gboolean
on_back_off_over (gpointer user_data)
{
  LfCalendarPublisher *self = user_data;

  lf_timer_clear (&self->timer);
  send_next (self);
  return G_SOURCE_REMOVE;
}

/* A call failed. Troubles of the server are waited out; a refusal of this report is told and let go
 * until there is another. */
static void
handle_failure (LfCalendarPublisher *self,
                Entry               *entry,
                const GError        *error,
                guint                retry_after_s)
{
  if (g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
    {
      g_message ("The server knows no person for the calendar “%s”.", entry->name);
      g_signal_emit (self, signals[SIGNAL_PERSON_UNKNOWN], 0, entry->name);
    }
  else if (g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST) || g_error_matches (error, LF_ERROR, LF_ERROR_TOO_LARGE) ||
           g_error_matches (error, LF_ERROR, LF_ERROR_CONFLICT))
    g_warning ("The server refused the calendar “%s”: %s", entry->name, error->message);
  else
    {
      if (self->n_failures == 0)
        g_warning ("Calendars cannot be published, which is tried again: %s", error->message);
      enqueue (self, entry);
      lf_timer_start_back_off (&self->timer, &self->n_failures, retry_after_s, on_back_off_over, self);
    }
}

/* What was forgotten while it was sent may have reached the server all the same. */
static void
tell_late (LfCalendarPublisher *self)
{
  Entry *late = g_steal_pointer (&self->late);

  if (late == NULL)
    return;
  if (find_entry (self, late->name, late->user_id) == NULL)
    g_signal_emit (self, signals[SIGNAL_TOLD_LATE], 0, late->name, late->user_id);
  entry_free (late);
}

static void
on_told (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (LfCalendarPublisher) self = user_data;
  g_autoptr (GError)              error = NULL;
  Entry                          *entry = g_steal_pointer (&self->sending);
  guint                           retry_after_s = 0;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, &retry_after_s, &error);
  self->is_sending = FALSE;
  if (self->is_stopped)
    return;
  tell_late (self);
  if (entry != NULL && error != NULL)
    {
      /* who is not there today is not told the same again, or asking who is there would go round and round */
      if (!g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
        g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
      handle_failure (self, entry, error, retry_after_s);
    }
  else if (error == NULL)
    {
      if (self->n_failures > 0)
        g_message ("Calendars are published again.");
      self->n_failures = 0;
      if (entry != NULL && is_worth_telling (entry))
        enqueue (self, entry);
    }
  send_next (self);
}

/* Notes what is told, before the answer: what comes meanwhile is compared with it. */
static void
note_told (Entry *entry)
{
  g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
  entry->told_periods = lf_busy_list_ref (entry->periods);
  entry->told_from_us = entry->known_from_us;
  entry->told_until_us = entry->known_until_us;
  entry->told_read_at_us = entry->read_at_us;
}

static void
send_next (LfCalendarPublisher *self)
{
  g_autoptr (GPtrArray) periods = NULL;
  g_autofree char      *path = NULL;
  LfWireBusyReport      report = { 0 };
  const LfBusyPeriod   *list;
  gsize                 n_periods;
  Entry                *entry;

  if (self->is_stopped || self->is_sending || self->timer != NULL)
    return;
  entry = g_queue_pop_head (&self->queue);
  if (entry == NULL)
    return;
  entry->is_queued = FALSE;
  self->sending = entry;
  self->is_sending = TRUE;

  periods = g_ptr_array_new ();
  list = lf_busy_list_get (entry->periods, &n_periods);
  for (gsize i = 0; i < n_periods; i++)
    g_ptr_array_add (periods, (gpointer) &list[i]);
  report.read_at_us = entry->read_at_us;
  report.known_from_us = entry->known_from_us;
  report.known_until_us = entry->known_until_us;
  report.periods = periods;
  path = g_strdup_printf ("/users/%s/calendars/%s/busy", entry->user_id, entry->name);
  note_told (entry);
  lf_rest_call_async (self->rest, "PUT", path, NULL, &lf_schema_busy_report, &report, NULL, self->cancellable, on_told,
                      g_object_ref (self));
}

static void
lf_calendar_publisher_dispose (GObject *object)
{
  LfCalendarPublisher *self = LF_CALENDAR_PUBLISHER (object);

  lf_calendar_publisher_stop (self);
  g_clear_object (&self->rest);
  G_OBJECT_CLASS (lf_calendar_publisher_parent_class)->dispose (object);
}

static void
lf_calendar_publisher_finalize (GObject *object)
{
  LfCalendarPublisher *self = LF_CALENDAR_PUBLISHER (object);

  g_queue_clear (&self->queue);
  g_clear_pointer (&self->late, entry_free);
  g_hash_table_unref (self->entries);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (lf_calendar_publisher_parent_class)->finalize (object);
}

static void
lf_calendar_publisher_class_init (LfCalendarPublisherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_calendar_publisher_dispose;
  object_class->finalize = lf_calendar_publisher_finalize;

  signals[SIGNAL_PERSON_UNKNOWN] = g_signal_new ("person-unknown", LF_TYPE_CALENDAR_PUBLISHER, G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TOLD_LATE] = g_signal_new ("told-late", LF_TYPE_CALENDAR_PUBLISHER, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
lf_calendar_publisher_init (LfCalendarPublisher *self)
{
  self->entries = g_hash_table_new_full (entry_hash, entry_equal, (GDestroyNotify) entry_free, NULL);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->queue);
}

/**
 * lf_calendar_publisher_new:
 * @rest: calls to the server, with the connector's token
 *
 * Returns: (transfer full): a publisher
 */
LfCalendarPublisher *
lf_calendar_publisher_new (LfRest *rest)
{
  LfCalendarPublisher *self;

  g_return_val_if_fail (LF_IS_REST (rest), NULL);

  self = g_object_new (LF_TYPE_CALENDAR_PUBLISHER, NULL);
  self->rest = g_object_ref (rest);
  return self;
}

/**
 * lf_calendar_publisher_offer:
 * @self: a publisher
 * @name: of a source: its id on the server
 * @user_id: the server's id of the person
 * @result: what the source says of that person
 * @read_at_us: when it was read
 *
 * Tells the server what a source says, if that is news or its last report is seven minutes old.
 */
void
lf_calendar_publisher_offer (LfCalendarPublisher *self,
                             const char          *name,
                             const char          *user_id,
                             const LfIcalResult  *result,
                             gint64               read_at_us)
{
  Entry *entry;

  g_return_if_fail (LF_IS_CALENDAR_PUBLISHER (self));
  g_return_if_fail (name != NULL && user_id != NULL);
  g_return_if_fail (result != NULL);

  entry = find_entry (self, name, user_id);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->name = g_strdup (name);
      entry->user_id = g_strdup (user_id);
      g_hash_table_add (self->entries, entry);
    }
  g_clear_pointer (&entry->periods, lf_busy_list_unref);
  entry->periods = lf_busy_list_ref (result->periods);
  entry->known_from_us = result->known_from_us;
  entry->known_until_us = result->known_until_us;
  entry->read_at_us = read_at_us;
  if (is_worth_telling (entry))
    enqueue (self, entry);
  send_next (self);
}

/**
 * lf_calendar_publisher_tell_again:
 * @self: a publisher
 *
 * Tells everything anew: the server may have begun anew, and forgotten what is read for whom.
 */
void
lf_calendar_publisher_tell_again (LfCalendarPublisher *self)
{
  GHashTableIter iter;
  gpointer       key;

  g_return_if_fail (LF_IS_CALENDAR_PUBLISHER (self));

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Entry *entry = key;

      g_clear_pointer (&entry->told_periods, lf_busy_list_unref); /* of one that is being sent, too: once more after it */
      enqueue (self, entry);
    }
  send_next (self);
}

/**
 * lf_calendar_publisher_forget:
 * @self: a publisher
 * @name: of a source that is no longer there
 * @user_id: (nullable): the person it was of; %NULL for everybody
 *
 * Tells no more of it. What the server holds stays until its known_until. If it is being told just now,
 * "told-late" follows when that is over: then the server has heard of it after all.
 */
void
lf_calendar_publisher_forget (LfCalendarPublisher *self,
                              const char          *name,
                              const char          *user_id)
{
  GHashTableIter iter;
  gpointer       key;

  g_return_if_fail (LF_IS_CALENDAR_PUBLISHER (self));

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Entry *entry = key;

      if (!g_str_equal (entry->name, name) || (user_id != NULL && !g_str_equal (entry->user_id, user_id)))
        continue;
      g_queue_remove (&self->queue, entry);
      if (self->sending == entry)
        {
          self->sending = NULL;
          self->late = entry;
          g_hash_table_iter_steal (&iter);
        }
      else
        g_hash_table_iter_remove (&iter);
    }
}

/**
 * lf_calendar_publisher_stop:
 * @self: a publisher
 *
 * Ends everything that goes on; for good.
 */
void
lf_calendar_publisher_stop (LfCalendarPublisher *self)
{
  g_return_if_fail (LF_IS_CALENDAR_PUBLISHER (self));

  self->is_stopped = TRUE;
  g_cancellable_cancel (self->cancellable);
  lf_timer_clear (&self->timer);
}

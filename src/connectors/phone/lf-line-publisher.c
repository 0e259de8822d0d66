/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-error.h"
#include "lf-line-publisher.h"
#include "lf-log.h"
#include "lf-wire.h"

#define FIRST_BACK_OFF_US (LF_SECOND)
#define MAX_BACK_OFF_US   (60 * LF_SECOND)
#define OWNED_PAUSE_US    (30 * LF_SECOND) /* until the other connector may have gone */

/* What is to be told of a line. */
typedef struct
{
  char       *line;
  LfLineState state;
  gboolean    is_waiting; /* in the queue */
  gboolean    is_asked;   /* a request is under way */
  gboolean    is_newer;   /* and the state is another by now */
  gboolean    is_owned;   /* by another connector: the log was told, and it is tried now and then */
  gboolean    is_dropped; /* goes when the answer has come */
} Entry;

struct _LfLinePublisher
{
  GObject parent_instance;

  LfRest       *rest;        /* owned */
  LfClock      *clock;       /* owned */
  GCancellable *cancellable; /* owned */
  GHashTable   *entries;     /* owned: line → Entry, owned */
  GQueue        queue;       /* of Entry, borrowed */
  guint         n_asked;
  guint         n_failures;
  guint         pause_call;
  guint         owned_call; /* lines of other connectors are tried again then */
  gboolean      is_told;    /* that the server does not take anything */
};

G_DEFINE_FINAL_TYPE (LfLinePublisher, lf_line_publisher, G_TYPE_OBJECT)

enum
{
  LINE_UNKNOWN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A request that is under way. Its entry stays until the answer has come. */
typedef struct
{
  LfLinePublisher *publisher; /* owned */
  char            *line;
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->publisher);
  g_free (request->line);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void send_more (LfLinePublisher *self);

static gboolean
on_pause_over (gpointer user_data)
{
  LfLinePublisher *self = user_data;

  self->pause_call = 0;
  send_more (self);
  return G_SOURCE_REMOVE;
}

static void
pause_for (LfLinePublisher *self, gint64 pause_us)
{
  if (self->pause_call == 0)
    self->pause_call = lf_clock_call_after (self->clock, pause_us, on_pause_over, self);
}

static void
enqueue (LfLinePublisher *self, Entry *entry)
{
  if (entry->is_waiting)
    return;
  entry->is_waiting = TRUE;
  g_queue_push_tail (&self->queue, entry);
}

static gboolean
on_time_for_owned (gpointer user_data)
{
  LfLinePublisher *self = user_data;
  GHashTableIter   iter;
  gpointer         value;

  self->owned_call = 0;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Entry *) value)->is_owned && !((Entry *) value)->is_asked)
      enqueue (self, value);
  send_more (self);
  return G_SOURCE_REMOVE;
}

/* The line waits apart: it must not hold up those that are this connector's. */
static void
take_conflict (LfLinePublisher *self, Entry *entry)
{
  if (!entry->is_owned)
    lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "Another connector reports a line", "line", entry->line, NULL);
  entry->is_owned = TRUE;
  if (self->owned_call == 0)
    self->owned_call = lf_clock_call_after (self->clock, OWNED_PAUSE_US, on_time_for_owned, self);
}

static void
take_failure (LfLinePublisher *self, Entry *entry, const GError *error, guint retry_after_s)
{
  gint64 most_us = MIN (FIRST_BACK_OFF_US << MIN (self->n_failures, 10), MAX_BACK_OFF_US);

  enqueue (self, entry);
  if (!self->is_told)
    g_warning ("The server does not take the states of lines; they are told again: %s", error->message);
  self->is_told = TRUE;
  self->n_failures++;
  pause_for (self, (gint64) (g_random_double () * (double) most_us) + (gint64) MIN (retry_after_s, 3600) * LF_SECOND);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError)  error = NULL;
  LfLinePublisher    *self = request->publisher;
  guint               retry_after_s = 0;
  Entry              *entry = g_hash_table_lookup (self->entries, request->line);

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, &retry_after_s, &error);
  self->n_asked--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  entry->is_asked = FALSE;
  if (entry->is_dropped)
    g_hash_table_remove (self->entries, request->line);
  else if (error == NULL)
    {
      self->n_failures = 0;
      self->is_told = FALSE;
      entry->is_owned = FALSE;
      if (entry->is_newer)
        enqueue (self, entry);
    }
  else if (g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
    {
      if (entry->is_newer) /* it may have come back meanwhile */
        enqueue (self, entry);
      g_signal_emit (self, signals[LINE_UNKNOWN], 0, request->line);
    }
  else if (g_error_matches (error, LF_ERROR, LF_ERROR_CONFLICT))
    take_conflict (self, entry);
  else
    take_failure (self, entry, error, retry_after_s);
  send_more (self);
}

static void
send_entry (LfLinePublisher *self, Entry *entry)
{
  LfWireLineState body = {
    .state = entry->state.state,
    .since_us = entry->state.since_us,
    .is_unregistered = entry->state.state == LF_PHONE_UNKNOWN && !entry->state.is_registered,
    .direction = entry->state.direction,
    .peer = entry->state.peer,
    .peer_name = entry->state.peer_name,
  };
  g_autofree char *name = lf_rest_escape (entry->line);
  g_autofree char *path = g_strconcat ("/lines/", name, NULL);
  Request         *request = g_new0 (Request, 1);

  request->publisher = g_object_ref (self);
  request->line = g_strdup (entry->line);
  entry->is_asked = TRUE;
  entry->is_newer = FALSE;
  self->n_asked++;
  lf_rest_call_async (self->rest, "PUT", path, NULL, &lf_schema_line_state, &body, NULL, self->cancellable, on_answered, request);
}

static void
send_more (LfLinePublisher *self)
{
  while (self->pause_call == 0 && self->n_asked < LF_LINE_PUBLISHER_AT_ONCE && self->queue.length > 0 &&
         !g_cancellable_is_cancelled (self->cancellable))
    {
      Entry *entry = g_queue_pop_head (&self->queue);

      entry->is_waiting = FALSE;
      send_entry (self, entry);
    }
}

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  lf_line_state_clear (&entry->state);
  g_free (entry->line);
  g_free (entry);
}

static void
lf_line_publisher_dispose (GObject *object)
{
  lf_line_publisher_stop (LF_LINE_PUBLISHER (object));
  G_OBJECT_CLASS (lf_line_publisher_parent_class)->dispose (object);
}

static void
lf_line_publisher_finalize (GObject *object)
{
  LfLinePublisher *self = LF_LINE_PUBLISHER (object);

  g_queue_clear (&self->queue);
  g_hash_table_unref (self->entries);
  g_object_unref (self->cancellable);
  g_object_unref (self->rest);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (lf_line_publisher_parent_class)->finalize (object);
}

static void
lf_line_publisher_class_init (LfLinePublisherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_line_publisher_dispose;
  object_class->finalize = lf_line_publisher_finalize;

  /**
   * LfLinePublisher::line-unknown:
   * @self: the publisher
   * @line: id of a line that the server does not have
   *
   * The list of lines is to be read again. The line stays untold until it is offered again.
   */
  signals[LINE_UNKNOWN] = g_signal_new ("line-unknown", LF_TYPE_LINE_PUBLISHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lf_line_publisher_init (LfLinePublisher *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_entry);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->queue);
}

/**
 * lf_line_publisher_new:
 * @rest: to the server, with the connector's token
 * @clock: for pauses
 *
 * Returns: (transfer full): a publisher that has nothing to tell
 */
LfLinePublisher *
lf_line_publisher_new (LfRest *rest, LfClock *clock)
{
  LfLinePublisher *self = g_object_new (LF_TYPE_LINE_PUBLISHER, NULL);

  self->rest = g_object_ref (rest);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * lf_line_publisher_offer:
 * @self: the publisher
 * @line: id of a line
 * @state: its state; copied. Its strings are at most as long as on the wire
 *
 * Has the server told of a state, in place of an older one that it was not told of yet. Who reports a
 * line owns it there: so that nothing is known of a line is told only when something was known before.
 */
void
lf_line_publisher_offer (LfLinePublisher *self, const char *line, const LfLineState *state)
{
  Entry *entry;

  g_return_if_fail (LF_IS_LINE_PUBLISHER (self) && line != NULL);

  entry = g_hash_table_lookup (self->entries, line);
  if (entry == NULL && state->state == LF_PHONE_UNKNOWN && state->is_registered)
    return;
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->line = g_strdup (line);
      g_hash_table_insert (self->entries, entry->line, entry);
    }
  lf_line_state_clear (&entry->state);
  lf_line_state_copy (&entry->state, state);
  entry->is_newer = entry->is_asked;
  entry->is_dropped = FALSE;
  if (!entry->is_asked && !entry->is_owned)
    enqueue (self, entry);
  send_more (self);
}

/**
 * lf_line_publisher_forget:
 * @self: the publisher
 * @line: id of a line
 *
 * Tells nothing of the line any more.
 */
void
lf_line_publisher_forget (LfLinePublisher *self, const char *line)
{
  Entry *entry;

  g_return_if_fail (LF_IS_LINE_PUBLISHER (self));

  entry = g_hash_table_lookup (self->entries, line);
  if (entry == NULL)
    return;
  if (entry->is_waiting)
    g_queue_remove (&self->queue, entry);
  entry->is_waiting = FALSE;
  entry->is_dropped = TRUE;
  if (!entry->is_asked)
    g_hash_table_remove (self->entries, line);
}

/**
 * lf_line_publisher_stop:
 * @self: the publisher
 *
 * Tells nothing any more.
 */
void
lf_line_publisher_stop (LfLinePublisher *self)
{
  g_return_if_fail (LF_IS_LINE_PUBLISHER (self));

  g_cancellable_cancel (self->cancellable);
  lf_clock_cancel (self->clock, &self->pause_call);
  lf_clock_cancel (self->clock, &self->owned_call);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-call-reporter.h"
#include "lf-error.h"
#include "lf-wire.h"

#define FIRST_BACK_OFF_US (LF_SECOND)
#define MAX_BACK_OFF_US   (60 * LF_SECOND)

typedef struct
{
  char             *line;
  LfWireCallReport *report;  /* owned */
  GDestroyNotify    settled; /* nullable: the call may be given up */
  gpointer          settled_data;
} Entry;

struct _LfCallReporter
{
  GObject parent_instance;

  LfRest       *rest;        /* owned */
  LfClock      *clock;       /* owned */
  GCancellable *cancellable; /* owned */
  GQueue        queue;       /* of Entry, owned */
  guint         n_asked;     /* of the first ones: the request that is under way has them */
  guint         n_alone;     /* of the first ones: told one by one, as one of them is wrong */
  guint         n_failures;
  guint         pause_call;
  gboolean      is_told; /* that calls are lost, or that the server takes none */
};

G_DEFINE_FINAL_TYPE (LfCallReporter, lf_call_reporter, G_TYPE_OBJECT)

static void send_next (LfCallReporter *self);

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (entry->settled != NULL)
    entry->settled (entry->settled_data);
  lf_codec_free (&lf_schema_call_report, entry->report);
  g_free (entry->line);
  g_free (entry);
}

static gboolean
on_pause_over (gpointer user_data)
{
  LfCallReporter *self = user_data;

  self->pause_call = 0;
  send_next (self);
  return G_SOURCE_REMOVE;
}

static void
drop_first (LfCallReporter *self, guint n_entries)
{
  for (guint i = 0; i < n_entries && self->queue.length > 0; i++)
    entry_free (g_queue_pop_head (&self->queue));
}

/* A server that has no such line, or another owner of it, or that does not take what is said, never will. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND) || g_error_matches (error, LF_ERROR, LF_ERROR_CONFLICT) ||
         g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST) || g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN) ||
         g_error_matches (error, LF_ERROR, LF_ERROR_TOO_LARGE);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCallReporter) self = user_data;
  g_autoptr (GError)         error = NULL;
  guint                      retry_after_s = 0;
  guint                      n_asked = self->n_asked;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, &retry_after_s, &error);
  self->n_asked = 0;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (n_asked > 1 && g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST))
    {
      self->n_alone = n_asked;
      send_next (self);
      return;
    }
  if (error == NULL || is_final (error))
    {
      self->n_alone -= MIN (n_asked, self->n_alone);
      if (error != NULL)
        g_message ("The server does not take %u calls of a line: %s", n_asked, error->message);
      self->n_failures = 0;
      self->is_told = FALSE;
      drop_first (self, n_asked);
      send_next (self);
      return;
    }
  if (!self->is_told)
    g_warning ("The server is not told of calls that were, and is told again: %s", error->message);
  self->is_told = TRUE;
  self->pause_call = lf_clock_call_after (self->clock,
                                          (gint64) (g_random_double () * (double) MIN (FIRST_BACK_OFF_US << MIN (self->n_failures++, 10), MAX_BACK_OFF_US)) +
                                            (gint64) MIN (retry_after_s, 3600) * LF_SECOND,
                                          on_pause_over, self);
}

/* The first call that waits, with those of the same line behind it. */
static void
send_next (LfCallReporter *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  LfWireCallReports     body = { items };
  g_autofree char      *name = NULL;
  g_autofree char      *path = NULL;
  guint                 max_items = self->n_alone > 0 ? 1 : LF_CALL_REPORT_MAX;
  const char           *line;

  if (self->queue.length == 0 || self->n_asked > 0 || self->pause_call != 0 || g_cancellable_is_cancelled (self->cancellable))
    return;
  line = ((const Entry *) self->queue.head->data)->line;
  for (GList *at = self->queue.head; at != NULL && items->len < max_items && g_str_equal (((const Entry *) at->data)->line, line); at = at->next)
    g_ptr_array_add (items, ((const Entry *) at->data)->report);
  self->n_asked = items->len;
  name = lf_rest_escape (line);
  path = g_strdup_printf ("/lines/%s/calls", name);
  lf_rest_call_async (self->rest, "POST", path, NULL, &lf_schema_call_reports, &body, NULL, self->cancellable, on_answered, g_object_ref (self));
}

static void
lf_call_reporter_dispose (GObject *object)
{
  lf_call_reporter_stop (LF_CALL_REPORTER (object));
  G_OBJECT_CLASS (lf_call_reporter_parent_class)->dispose (object);
}

static void
lf_call_reporter_finalize (GObject *object)
{
  LfCallReporter *self = LF_CALL_REPORTER (object);

  g_queue_clear_full (&self->queue, entry_free);
  g_object_unref (self->cancellable);
  g_object_unref (self->rest);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (lf_call_reporter_parent_class)->finalize (object);
}

static void
lf_call_reporter_class_init (LfCallReporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_call_reporter_dispose;
  object_class->finalize = lf_call_reporter_finalize;
}

static void
lf_call_reporter_init (LfCallReporter *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_call_reporter_new:
 * @rest: to the server, with the connector's token
 * @clock: for pauses
 *
 * Returns: (transfer full): a reporter that has nothing to tell
 */
LfCallReporter *
lf_call_reporter_new (LfRest *rest, LfClock *clock)
{
  LfCallReporter *self = g_object_new (LF_TYPE_CALL_REPORTER, NULL);

  self->rest = g_object_ref (rest);
  self->clock = g_object_ref (clock);
  return self;
}

static void
cut (char **text, glong max_chars)
{
  if (*text != NULL && g_utf8_strlen (*text, -1) > max_chars)
    *g_utf8_offset_to_pointer (*text, max_chars) = '\0';
}

static void
append (LfCallReporter *self, const char *line, const LfWireCallReport *report, GDestroyNotify settled, gpointer data)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->line = g_strdup (line);
  entry->report = lf_codec_copy (&lf_schema_call_report, report);
  cut (&entry->report->call_id, LF_CALL_ID_MAX_CHARS);
  cut (&entry->report->peer_name, LF_NAME_MAX_CHARS);
  if (entry->report->peer == NULL)
    g_clear_pointer (&entry->report->peer_name, g_free);
  entry->settled = settled;
  entry->settled_data = data;
  g_queue_push_tail (&self->queue, entry);
  send_next (self);
}

/* The oldest that is not under way, and that nobody waits for. */
static void
give_up_oldest (LfCallReporter *self)
{
  GList *at = g_queue_peek_nth_link (&self->queue, self->n_asked);

  while (at != NULL && ((const Entry *) at->data)->settled != NULL)
    at = at->next;
  if (at == NULL)
    return;
  if (!self->is_told)
    g_warning ("Too many calls wait to be told: the oldest are given up.");
  self->is_told = TRUE;
  entry_free (at->data);
  g_queue_delete_link (&self->queue, at);
}

/**
 * lf_call_reporter_offer:
 * @self: the reporter
 * @line: id of a line
 * @report: a call of it; copied, with what is too long for the wire cut
 *
 * Has the server told of a call. When too many wait, the oldest that is not under way is given up.
 */
void
lf_call_reporter_offer (LfCallReporter *self, const char *line, const LfWireCallReport *report)
{
  g_return_if_fail (LF_IS_CALL_REPORTER (self) && line != NULL && report != NULL);

  if (self->queue.length >= LF_CALL_REPORTER_MAX)
    give_up_oldest (self);
  append (self, line, report, NULL, NULL);
}

/**
 * lf_call_reporter_offer_kept:
 * @self: the reporter
 * @line: id of a line
 * @report: a call of it; copied, with what is too long for the wire cut
 * @settled: called once the server has taken the call or refused it for good, or when the reporter goes
 * @data: for @settled
 *
 * Has the server told of a call that is never given up: the caller sees to it that not too many wait.
 */
void
lf_call_reporter_offer_kept (LfCallReporter *self, const char *line, const LfWireCallReport *report, GDestroyNotify settled, gpointer data)
{
  g_return_if_fail (LF_IS_CALL_REPORTER (self) && line != NULL && report != NULL && settled != NULL);

  append (self, line, report, settled, data);
}

/**
 * lf_call_reporter_get_n_waiting:
 * @self: the reporter
 *
 * Returns: how many calls the server has not taken
 */
guint
lf_call_reporter_get_n_waiting (LfCallReporter *self)
{
  g_return_val_if_fail (LF_IS_CALL_REPORTER (self), 0);

  return self->queue.length;
}

/**
 * lf_call_reporter_stop:
 * @self: the reporter
 *
 * Tells nothing any more.
 */
void
lf_call_reporter_stop (LfCallReporter *self)
{
  g_return_if_fail (LF_IS_CALL_REPORTER (self));

  g_cancellable_cancel (self->cancellable);
  lf_clock_cancel (self->clock, &self->pause_call);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-free-busy-service.h"
#include "lf-ical-rules.h"

#define MAX_TIME_CHARS 40

G_DEFINE_INTERFACE (LfFreeBusyService, lf_free_busy_service, G_TYPE_OBJECT)

static void
lf_free_busy_service_default_init (LfFreeBusyServiceInterface *iface)
{
}

static void
answer_free (LfFreeBusyAnswer *self)
{
  g_free (self->mail);
  g_clear_pointer (&self->result, lf_ical_result_free);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * lf_free_busy_service_get_max_people:
 * @self: a service
 *
 * Returns: how many people one question may be for
 */
guint
lf_free_busy_service_get_max_people (LfFreeBusyService *self)
{
  g_return_val_if_fail (LF_IS_FREE_BUSY_SERVICE (self), 1);

  return LF_FREE_BUSY_SERVICE_GET_IFACE (self)->get_max_people (self);
}

/**
 * lf_free_busy_service_query_async:
 * @self: a service
 * @mails: (array zero-terminated=1): whom to ask for, not more than it takes
 * @from_us: start of the window
 * @to_us: its end
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Asks how people are busy.
 */
void
lf_free_busy_service_query_async (LfFreeBusyService  *self,
                                  const char *const  *mails,
                                  gint64              from_us,
                                  gint64              to_us,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_return_if_fail (LF_IS_FREE_BUSY_SERVICE (self));
  g_return_if_fail (mails != NULL && from_us < to_us);

  LF_FREE_BUSY_SERVICE_GET_IFACE (self)->query_async (self, mails, from_us, to_us, cancellable, callback, user_data);
}

/**
 * lf_free_busy_service_query_finish:
 * @self: a service
 * @result: what the callback got
 * @retry_after_s: (out): seconds the service asked to wait, or 0; set on errors too
 * @error: set when the whole question failed, as lf_calendar_http_send_finish() and
 *   lf_calendar_answer_to_error() do, and to %LF_ERROR_BAD_FRAME
 *
 * Returns: (transfer full) (element-type LfFreeBusyAnswer) (nullable): one for each person, in any order
 */
GPtrArray *
lf_free_busy_service_query_finish (LfFreeBusyService *self,
                                   GAsyncResult      *result,
                                   guint             *retry_after_s,
                                   GError           **error)
{
  g_return_val_if_fail (LF_IS_FREE_BUSY_SERVICE (self), NULL);
  g_return_val_if_fail (retry_after_s != NULL, NULL);

  return LF_FREE_BUSY_SERVICE_GET_IFACE (self)->query_finish (self, result, retry_after_s, error);
}

/**
 * lf_free_busy_answers_new:
 *
 * Returns: (transfer full) (element-type LfFreeBusyAnswer): no answers yet
 */
GPtrArray *
lf_free_busy_answers_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
}

/**
 * lf_free_busy_answers_add:
 * @answers: answers
 * @mail: of whom
 * @periods: (nullable): #LfBusyPeriod, in any order
 * @error: (transfer full) (nullable): why nothing is known, in place of @periods
 * @from_us: start of what was asked for
 * @to_us: its end
 */
void
lf_free_busy_answers_add (GPtrArray    *answers,
                          const char   *mail,
                          const GArray *periods,
                          GError       *error,
                          gint64        from_us,
                          gint64        to_us)
{
  LfFreeBusyAnswer *answer;

  g_return_if_fail (answers != NULL && mail != NULL);
  g_return_if_fail (periods != NULL || error != NULL);

  answer = g_new0 (LfFreeBusyAnswer, 1);
  answer->mail = g_strdup (mail);
  answer->error = error;
  if (error == NULL)
    {
      answer->result = lf_ical_result_new (from_us, to_us);
      answer->result->n_events = periods->len;
      lf_ical_result_set_periods (answer->result, periods);
    }
  g_ptr_array_add (answers, answer);
}

/**
 * lf_free_busy_answers_add_missing:
 * @answers: answers
 * @left: of lf_free_busy_set_new(): whom the service did not tell of
 */
void
lf_free_busy_answers_add_missing (GPtrArray  *answers,
                                  GHashTable *left)
{
  GHashTableIter iter;
  gpointer       mail;

  g_return_if_fail (answers != NULL && left != NULL);

  g_hash_table_iter_init (&iter, left);
  while (g_hash_table_iter_next (&iter, &mail, NULL))
    lf_free_busy_answers_add (answers, mail, NULL, g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "The service left this person out."), 0, 0);
}

/**
 * lf_free_busy_set_new:
 * @mails: (array zero-terminated=1): whom a service was asked for
 *
 * Returns: (transfer full): a set of them
 */
GHashTable *
lf_free_busy_set_new (const char *const *mails)
{
  GHashTable *self = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *const *mail = mails; *mail != NULL; mail++)
    g_hash_table_add (self, g_ascii_strdown (*mail, -1));
  return self;
}

/**
 * lf_free_busy_set_take:
 * @self: a set
 * @mail: of whom the service tells, in letters of any case
 *
 * Returns: %TRUE if that was asked for, and is told for the first time
 */
gboolean
lf_free_busy_set_take (GHashTable *self,
                       const char *mail)
{
  g_autofree char *lower = g_ascii_strdown (mail, -1);

  return g_hash_table_remove (self, lower);
}

static gboolean
read_time (const char *text,
           gint64     *at_us)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = strlen (text) > MAX_TIME_CHARS ? NULL : g_date_time_new_from_iso8601 (text, utc);

  if (time != NULL)
    *at_us = g_date_time_to_unix (time) * G_USEC_PER_SEC;
  return time != NULL;
}

/**
 * lf_free_busy_append:
 * @periods: gets a #LfBusyPeriod, unless it is empty
 * @start: ISO 8601, in UTC where it names no zone
 * @end: the same
 * @type: how the service calls it; a whole day of it is more than a meeting
 *
 * Returns: %FALSE if a time cannot be read
 */
gboolean
lf_free_busy_append (GArray     *periods,
                     const char *start,
                     const char *end,
                     LfBusyType  type)
{
  LfBusyPeriod period = { .type = type };

  g_return_val_if_fail (periods != NULL && start != NULL && end != NULL, FALSE);

  if (!read_time (start, &period.start_us) || !read_time (end, &period.end_us))
    return FALSE;
  if (period.end_us <= period.start_us)
    return TRUE;
  period.type = lf_ical_rules_widen (type, FALSE, period.end_us - period.start_us);
  g_array_append_val (periods, period);
  return TRUE;
}

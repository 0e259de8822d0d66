/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-config.h"
#include "lf-calendar-job.h"
#include "lf-error.h"

#define MAX_ZONE_CHARS  64
#define MAX_ERROR_CHARS 300

const LfJsonLimits lf_calendar_job_limits = { LF_CALENDAR_JOB_MAX_BYTES, 200, 4 };
const LfJsonLimits lf_calendar_reply_limits = { LF_CALENDAR_REPLY_MAX_BYTES, 8 * LF_BUSY_MAX_PERIODS + 200, 6 };

static const LfField job_fields[] = {
  { .name = "zone", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfCalendarJob, zone), .max = MAX_ZONE_CHARS },
  { .name = "addresses", .kind = LF_FIELD_STRV, .offset = G_STRUCT_OFFSET (LfCalendarJob, addresses), .max = LF_CALENDAR_MAX_ADDRESSES + 1 },
  { .name = "from", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (LfCalendarJob, from_us), .is_required = TRUE },
  { .name = "to", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (LfCalendarJob, to_us), .is_required = TRUE },
  { .name = NULL }
};
const LfSchema lf_calendar_job_schema = { "job", sizeof (LfCalendarJob), job_fields };

static const LfField issue_fields[] = {
  { .name = "name", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfCalendarIssue, name), .is_required = TRUE, .max = 40 },
  { .name = "count", .kind = LF_FIELD_INT, .offset = G_STRUCT_OFFSET (LfCalendarIssue, count), .is_required = TRUE, .min = 1, .max = G_MAXINT32 },
  { .name = NULL }
};
static const LfSchema issue_schema = { "issue", sizeof (LfCalendarIssue), issue_fields };

static const LfField reply_fields[] = {
  { .name = "error", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfCalendarReply, error), .max = MAX_ERROR_CHARS },
  { .name = "report", .kind = LF_FIELD_OPTIONAL, .offset = G_STRUCT_OFFSET (LfCalendarReply, report), .schema = &lf_schema_busy_report },
  { .name = "events", .kind = LF_FIELD_INT, .offset = G_STRUCT_OFFSET (LfCalendarReply, n_events), .max = LF_ICAL_MAX_EVENTS },
  { .name = "issues", .kind = LF_FIELD_LIST, .offset = G_STRUCT_OFFSET (LfCalendarReply, issues), .schema = &issue_schema, .max = LF_N_ICAL_ISSUES },
  { .name = "named", .kind = LF_FIELD_STRV, .offset = G_STRUCT_OFFSET (LfCalendarReply, named), .max = LF_ICAL_MAX_NAMED },
  { .name = NULL }
};
const LfSchema lf_calendar_reply_schema = { "reply", sizeof (LfCalendarReply), reply_fields };

/**
 * lf_calendar_reply_encode:
 * @result: (nullable): what the calendar says
 * @now_us: when it was read
 * @error: (nullable): why it could not be read; one of the two is set
 * @out: gets the document
 */
void
lf_calendar_reply_encode (const LfIcalResult *result,
                          gint64              now_us,
                          const GError       *error,
                          GString            *out)
{
  LfWireBusyReport      report = { .read_at_us = now_us };
  LfCalendarReply       reply = { 0 };
  LfCalendarIssue       issues[LF_N_ICAL_ISSUES];
  g_autoptr (GPtrArray) issue_list = g_ptr_array_new ();
  g_autoptr (GPtrArray) periods = g_ptr_array_new ();
  const char           *named[LF_ICAL_MAX_NAMED + 1] = { NULL };

  g_return_if_fail ((result == NULL) != (error == NULL));
  g_return_if_fail (out != NULL);

  reply.issues = issue_list;
  if (result == NULL)
    reply.error = error->message;
  else
    {
      gsize               n_periods;
      const LfBusyPeriod *list = lf_busy_list_get (result->periods, &n_periods);

      for (gsize i = 0; i < n_periods; i++)
        g_ptr_array_add (periods, (gpointer) &list[i]);
      for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
        {
          issues[i] = (LfCalendarIssue){ (char *) lf_ical_issue_to_name (i), result->issues.counts[i] };
          if (issues[i].count > 0)
            g_ptr_array_add (issue_list, &issues[i]);
        }
      for (guint i = 0; i < result->issues.n_named; i++)
        named[i] = result->issues.named[i];
      reply.named = named[0] != NULL ? (char **) named : NULL;
      report.known_from_us = result->known_from_us;
      report.known_until_us = result->known_until_us;
      report.periods = periods;
      reply.report = &report;
      reply.n_events = result->n_events;
    }
  lf_codec_encode (&lf_calendar_reply_schema, &reply, out);
}

/**
 * lf_calendar_reply_decode:
 * @text: what a worker wrote
 * @length: how much
 * @error: set to %LF_ERROR_BAD_FRAME with the worker's reason, or if it is no reply
 *
 * Takes nothing a worker says on trust: it has read a stranger's bytes.
 *
 * Returns: (transfer full) (nullable): what the calendar says
 */
LfIcalResult *
lf_calendar_reply_decode (const char *text,
                          gsize       length,
                          GError    **error)
{
  g_autoptr (LfCalendarReply) reply = NULL;
  g_autoptr (LfIcalResult)    result = NULL;
  g_autoptr (GArray)          periods = NULL;

  reply = lf_codec_decode (&lf_calendar_reply_schema, text, length, &lf_calendar_reply_limits, error);
  if (reply == NULL)
    return NULL;
  if (reply->error != NULL || reply->report == NULL)
    {
      g_set_error_literal (error, LF_ERROR, LF_ERROR_BAD_FRAME,
                           reply->error != NULL ? reply->error : "The worker gave neither a report nor a reason.");
      return NULL;
    }

  periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  for (guint i = 0; i < reply->report->periods->len; i++)
    g_array_append_vals (periods, g_ptr_array_index (reply->report->periods, i), 1);
  result = g_new0 (LfIcalResult, 1);
  result->periods = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
  result->known_from_us = reply->report->known_from_us;
  result->known_until_us = reply->report->known_until_us;
  result->n_events = (guint) reply->n_events;
  for (guint i = 0; i < reply->issues->len; i++)
    {
      const LfCalendarIssue *item = g_ptr_array_index (reply->issues, i);
      LfIcalIssue            issue;

      if (lf_ical_issue_from_name (item->name, &issue))
        result->issues.counts[issue] = (guint) item->count;
    }
  for (char **uid = reply->named; uid != NULL && *uid != NULL; uid++)
    lf_ical_issues_name (&result->issues, *uid);
  return g_steal_pointer (&result);
}

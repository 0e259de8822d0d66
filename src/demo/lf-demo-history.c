/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-history.h"

#include "lf-demo-people.h"
#include "lf-instant.h"

typedef struct
{
  LfCallDirection direction;
  const char     *peer;
  gint64          ago_min;
  gint64          ring_s;
  gint64          talk_s; /* 0: nobody answered */
} PastCall;

/* Numbers that are nobody's: kept free for films in Germany. */
const char *const lf_demo_outside_numbers[] = { "+493023125042", "+494066969117", "+498999998210", "+492214710123", NULL };

/* What the visitor finds in the lists: missed calls of people who are free, on the phone and in a meeting, and of a
 * number that is nobody's here. Extensions are those of lf_demo_people_get(). */
static const PastCall past_calls[] = {
  { LF_CALL_INCOMING, "2044", 18, 14, 0 },
  { LF_CALL_INCOMING, "2041", 41, 11, 0 },
  { LF_CALL_INCOMING, "2041", 47, 16, 0 },
  { LF_CALL_OUTGOING, "2042", 75, 4, 260 },
  { LF_CALL_INCOMING, "+493023125042", 110, 19, 0 },
  { LF_CALL_INCOMING, "2401", 135, 6, 45 },
  { LF_CALL_OUTGOING, "2045", 190, 22, 0 },
  { LF_CALL_INCOMING, "2101", 26 * 60, 5, 612 },
  { LF_CALL_OUTGOING, "2047", 27 * 60, 7, 94 },
  { LF_CALL_INCOMING, "+494066969117", 29 * 60, 8, 331 },
  { LF_CALL_INCOMING, "2202", 50 * 60, 17, 0 },
  { LF_CALL_OUTGOING, "2041", 52 * 60, 5, 1210 },
};

static const char *
find_name (const char *number)
{
  for (guint i = 0; i < lf_demo_people_count (); i++)
    if (g_str_equal (lf_demo_people_get (i)->line, number))
      return lf_demo_people_get (i)->name;
  return NULL;
}

static LfWireCallReport *
make_report (const PastCall *call, guint number, gint64 now_us)
{
  LfWireCallReport *report = g_new0 (LfWireCallReport, 1);
  gint64            heard_us;

  report->call_id = g_strdup_printf ("past-%u", number);
  report->direction = call->direction;
  report->peer = g_strdup (call->peer);
  report->peer_name = g_strdup (find_name (call->peer));
  report->started_at_us = now_us - call->ago_min * LF_MINUTE;
  heard_us = report->started_at_us + call->ring_s * LF_SECOND;
  report->answered_at_us = call->talk_s > 0 ? heard_us : LF_INSTANT_NONE;
  report->ended_at_us = heard_us + call->talk_s * LF_SECOND;
  return report;
}

static void
free_report (gpointer data)
{
  lf_codec_free (&lf_schema_call_report, data);
}

/**
 * lf_demo_history_new:
 * @now_us: the instant at which the office opens
 *
 * Makes the calls that the visitor's line has had before, for POST /lines/{line}/calls. The same are made each time.
 *
 * Returns: (transfer full): array of #LfWireCallReport, the latest first
 */
GPtrArray *
lf_demo_history_new (gint64 now_us)
{
  GPtrArray *reports = g_ptr_array_new_with_free_func (free_report);

  for (guint i = 0; i < G_N_ELEMENTS (past_calls); i++)
    g_ptr_array_add (reports, make_report (&past_calls[i], i, now_us));
  return reports;
}

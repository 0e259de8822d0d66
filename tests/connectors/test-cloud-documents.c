/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-core.h"
#include "lf-oauth-service.h"
#include "lf-test-util.h"

/* What Microsoft Graph and Google Calendar may answer. */

static gint64
instant (const char *text)
{
  gint64 at_us;

  g_assert_true (lf_instant_parse (text, &at_us));
  return at_us;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* "mail: N" periods of what is known, "mail: ?" of what is not, in order of the addresses */
static char *
describe (GPtrArray *answers)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < answers->len; i++)
    {
      const LfFreeBusyAnswer *answer = g_ptr_array_index (answers, i);
      gsize                   n_periods = 0;

      g_assert_true ((answer->result != NULL) != (answer->error != NULL));
      if (answer->result != NULL)
        lf_busy_list_get (answer->result->periods, &n_periods);
      g_ptr_array_add (lines, answer->result != NULL ? g_strdup_printf ("%s: %" G_GSIZE_FORMAT, answer->mail, n_periods)
                                                     : g_strdup_printf ("%s: ?", answer->mail));
    }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("; ", (char **) lines->pdata);
}

#define ITEM(status) "{\"status\":\"" status "\",\"start\":{\"dateTime\":\"2026-11-24T10:00:00.0000000\"},\"end\":{\"dateTime\":\"2026-11-24T11:00:00.0000000\"}}"

static const struct
{
  const char        *claim;
  const LfOauthKind *kind;
  const char        *document;
  const char        *seen; /* NULL: refused as a whole */
} rows[] = {
  { "both are told of", &lf_graph_kind, "{\"value\":[{\"scheduleId\":\"a@x\",\"scheduleItems\":[]},{\"scheduleId\":\"B@X\",\"scheduleItems\":[" ITEM ("busy") "]}]}", "B@X: 1; a@x: 0" },
  { "one is left out", &lf_graph_kind, "{\"value\":[{\"scheduleId\":\"a@x\",\"scheduleItems\":[]}]}", "a@x: 0; b@x: ?" },
  { "nobody is told of", &lf_graph_kind, "{\"value\":[]}", "a@x: ?; b@x: ?" },
  { "somebody else, and twice", &lf_graph_kind, "{\"value\":[{\"scheduleId\":\"c@x\",\"scheduleItems\":[]},{\"scheduleId\":\"a@x\",\"scheduleItems\":[]},{\"scheduleId\":\"a@x\",\"scheduleItems\":[" ITEM ("busy") "]}]}", "a@x: 0; b@x: ?" },
  { "unknown is not free", &lf_graph_kind, "{\"value\":[{\"scheduleId\":\"a@x\",\"scheduleItems\":[" ITEM ("unknown") "]},{\"scheduleId\":\"b@x\",\"scheduleItems\":[" ITEM ("free") "]}]}", "a@x: ?; b@x: 0" },
  { "an item that is none", &lf_graph_kind, "{\"value\":[{\"scheduleId\":\"a@x\",\"scheduleItems\":[7]},{\"scheduleId\":\"b@x\",\"scheduleItems\":{}}]}", "a@x: ?; b@x: ?" },
  { "a schedule that is none", &lf_graph_kind, "{\"value\":[7,null,{\"scheduleId\":7}]}", "a@x: ?; b@x: ?" },
  { "not an answer", &lf_graph_kind, "{\"values\":[]}", NULL },
  { "an array", &lf_graph_kind, "[]", NULL },
  { "nothing", &lf_graph_kind, "", NULL },
  { "not JSON", &lf_graph_kind, "<html>", NULL },
  { "cut off", &lf_graph_kind, "{\"value\":[", NULL },
  { "both are told of", &lf_google_kind, "{\"calendars\":{\"a@x\":{\"busy\":[]},\"b@x\":{\"busy\":[{\"start\":\"2026-11-24T10:00:00Z\",\"end\":\"2026-11-24T11:00:00Z\"}]}}}", "a@x: 0; b@x: 1" },
  { "one may not be seen, one is left out", &lf_google_kind, "{\"calendars\":{\"a@x\":{\"busy\":[],\"errors\":[{\"reason\":\"notFound\"}]}}}", "a@x: ?; b@x: ?" },
  { "a time that is none", &lf_google_kind, "{\"calendars\":{\"a@x\":{\"busy\":[{\"start\":\"noon\",\"end\":\"2026-11-24T11:00:00Z\"}]},\"b@x\":{\"busy\":[[]]}}}", "a@x: ?; b@x: ?" },
  { "a calendar that is none", &lf_google_kind, "{\"calendars\":{\"a@x\":null,\"b@x\":[1,{}]}}", "a@x: ?; b@x: ?" },
  { "not an answer", &lf_google_kind, "{\"calendars\":[]}", NULL },
  { "nothing", &lf_google_kind, "", NULL },
};

static void
test_answers (void)
{
  static const char *const mails[] = { "a@x", "b@x", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes)    document = g_bytes_new_static (rows[i].document, strlen (rows[i].document));
      g_autoptr (GError)    error = NULL;
      g_autoptr (GPtrArray) answers = rows[i].kind->read_answer (document, mails, instant ("2026-11-23T00:00:00Z"), instant ("2026-12-09T00:00:00Z"), &error);
      g_autofree char      *seen = answers == NULL ? NULL : describe (answers);

      g_test_message ("%s", rows[i].claim);
      g_assert_cmpstr (seen, ==, rows[i].seen);
      if (answers == NULL)
        g_assert_error (error, LF_ERROR, LF_ERROR_BAD_FRAME);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/cloud/answers", test_answers);
  return g_test_run ();
}

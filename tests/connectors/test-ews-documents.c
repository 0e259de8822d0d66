/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-core.h"
#include "lf-ews.h"
#include "lf-test-util.h"

/* What Exchange is asked, and what it may answer. */

#define HEAD "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" \
             "<GetUserAvailabilityResponse xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><FreeBusyResponseArray>"
#define TAIL "</FreeBusyResponseArray></GetUserAvailabilityResponse></s:Body></s:Envelope>"
#define GOOD "<ResponseMessage ResponseClass=\"Success\"><ResponseCode>NoError</ResponseCode></ResponseMessage>"
#define VIEW(events)                                                                                         \
  "<FreeBusyResponse>" GOOD "<FreeBusyView><FreeBusyViewType xmlns=\"http://x\">FreeBusy</FreeBusyViewType>" \
  "<t:CalendarEventArray xmlns:t=\"http://x\">" events "</t:CalendarEventArray></FreeBusyView></FreeBusyResponse>"
#define EVENT(start, end, type) \
  "<t:CalendarEvent><t:StartTime>" start "</t:StartTime><t:EndTime>" end "</t:EndTime><t:BusyType>" type "</t:BusyType></t:CalendarEvent>"
#define REFUSED(code) \
  "<FreeBusyResponse><ResponseMessage ResponseClass=\"Error\"><MessageText>words</MessageText><ResponseCode>" code "</ResponseCode></ResponseMessage></FreeBusyResponse>"

static gint64
instant (const char *text)
{
  gint64 at_us;

  g_assert_true (lf_instant_parse (text, &at_us));
  return at_us;
}

static GPtrArray *
read_answer (const char *document, guint n_mails, guint *back_off_s, GError **error)
{
  static const char *const mails[] = { "a@example.org", "b@example.org", NULL };
  static const char *const one[] = { "a@example.org", NULL };
  g_autoptr (GBytes)       bytes = g_bytes_new_static (document, strlen (document));

  *back_off_s = 0;
  return lf_ews_read_answer (bytes, n_mails == 1 ? one : mails, instant ("2026-11-23T00:00:00Z"), instant ("2026-12-09T00:00:00Z"), back_off_s, error);
}

/* "10:00-11:00 busy" of what is known, "?code" of what is not */
static char *
describe (GPtrArray *answers)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < answers->len; i++)
    {
      const LfFreeBusyAnswer *answer = g_ptr_array_index (answers, i);
      gsize                   n_periods = 0;
      const LfBusyPeriod     *periods = answer->result != NULL ? lf_busy_list_get (answer->result->periods, &n_periods) : NULL;

      g_string_append_printf (out, "%s%s:", i > 0 ? "; " : "", answer->mail);
      if (answer->error != NULL)
        g_string_append_printf (out, " ?%s", answer->error->code == LF_ERROR_NOT_FOUND ? "NOT_FOUND" : answer->error->code == LF_ERROR_FORBIDDEN ? "FORBIDDEN"
                                                                                                                                                 : "UNAVAILABLE");
      for (gsize k = 0; k < n_periods; k++)
        {
          char start[LF_INSTANT_MAX_CHARS], end[LF_INSTANT_MAX_CHARS];

          lf_instant_format (periods[k].start_us, start);
          lf_instant_format (periods[k].end_us, end);
          g_string_append_printf (out, " %.16s-%.16s %s", start, end, lf_busy_type_names[periods[k].type]);
        }
    }
  return g_string_free (out, FALSE);
}

static void
test_answers (void)
{
  static const struct
  {
    const char *claim;
    const char *document;
    guint       n_mails;
    const char *seen; /* NULL: refused as a whole */
    int         code;
    guint       back_off_s;
  } rows[] = {
    { "nothing is free", HEAD VIEW ("") TAIL, 1, "a@example.org:" },
    { "types", HEAD VIEW (EVENT ("2026-11-24T10:00:00", "2026-11-24T11:00:00", "Busy") EVENT ("2026-11-24T12:00:00Z", "2026-11-24T12:30:00Z", "Tentative") EVENT ("2026-11-24T13:00:00", "2026-11-24T14:00:00", "OOF") EVENT ("2026-11-24T14:00:00", "2026-11-24T15:00:00", "WorkingElsewhere") EVENT ("2026-11-24T16:00:00", "2026-11-24T17:00:00", "Free")) TAIL, 1,
      "a@example.org: 2026-11-24T10:00-2026-11-24T11:00 busy 2026-11-24T12:00-2026-11-24T12:30 tentative 2026-11-24T13:00-2026-11-24T14:00 out_of_office 2026-11-24T14:00-2026-11-24T15:00 elsewhere" },
    { "an unknown type holds", HEAD VIEW (EVENT ("2026-11-24T10:00:00", "2026-11-24T11:00:00", "Sleeping")) TAIL, 1, "a@example.org: 2026-11-24T10:00-2026-11-24T11:00 busy" },
    { "a zone of its own", HEAD VIEW (EVENT ("2026-11-24T10:00:00+01:00", "2026-11-24T11:00:00+01:00", "Busy")) TAIL, 1, "a@example.org: 2026-11-24T09:00-2026-11-24T10:00 busy" },
    { "a whole day is no meeting", HEAD VIEW (EVENT ("2026-11-24T00:00:00", "2026-11-25T00:00:00", "Busy") EVENT ("2026-11-26T00:00:00", "2026-11-27T00:00:00", "OOF")) TAIL, 1,
      "a@example.org: 2026-11-24T00:00-2026-11-25T00:00 all_day 2026-11-26T00:00-2026-11-27T00:00 out_of_office" },
    { "cut to the window", HEAD VIEW (EVENT ("2026-11-01T10:00:00", "2026-11-01T11:00:00", "Busy") EVENT ("2026-12-08T23:00:00", "2026-12-09T01:00:00", "Busy")) TAIL, 1, "a@example.org: 2026-12-08T23:00-2026-12-09T00:00 busy" },
    { "no length", HEAD VIEW (EVENT ("2026-11-24T10:00:00", "2026-11-24T10:00:00", "Busy")) TAIL, 1, "a@example.org:" },
    { "no data is not free", HEAD VIEW (EVENT ("2026-11-24T10:00:00", "2026-11-24T11:00:00", "NoData")) TAIL, 1, "a@example.org: ?UNAVAILABLE" },
    { "a time that is none", HEAD VIEW (EVENT ("noon", "2026-11-24T11:00:00", "Busy")) TAIL, 1, "a@example.org: ?UNAVAILABLE" },
    { "an event without an end", HEAD VIEW ("<t:CalendarEvent><t:StartTime>2026-11-24T11:00:00</t:StartTime></t:CalendarEvent>") TAIL, 1, "a@example.org: ?UNAVAILABLE" },
    { "one mailbox harms no other", HEAD REFUSED ("ErrorMailRecipientNotFound") VIEW (EVENT ("2026-11-24T10:00:00", "2026-11-24T11:00:00", "Busy")) TAIL, 2,
      "a@example.org: ?NOT_FOUND"
      "; b@example.org: 2026-11-24T10:00-2026-11-24T11:00 busy" },
    { "nor the other way round", HEAD VIEW ("") REFUSED ("ErrorNoFreeBusyAccess") TAIL, 2, "a@example.org:; b@example.org: ?FORBIDDEN" },
    { "a view of nothing", HEAD "<FreeBusyResponse>" GOOD "<FreeBusyView><FreeBusyViewType>None</FreeBusyViewType></FreeBusyView></FreeBusyResponse>" TAIL, 1, "a@example.org: ?FORBIDDEN" },
    { "fewer than were asked for", HEAD VIEW ("") TAIL, 2, NULL, LF_ERROR_BAD_FRAME },
    { "more than were asked for", HEAD VIEW ("") VIEW ("") TAIL, 1, NULL, LF_ERROR_BAD_FRAME },
    { "a fault", "<s:Envelope xmlns:s=\"x\"><s:Body><s:Fault><faultstring>no</faultstring><detail><e:ResponseCode xmlns:e=\"x\">ErrorSchemaValidation</e:ResponseCode></detail></s:Fault></s:Body></s:Envelope>", 1, NULL, LF_ERROR_BAD_FRAME },
    { "a busy server", "<s:Envelope xmlns:s=\"x\"><s:Body><s:Fault><detail><e:ResponseCode xmlns:e=\"x\">ErrorServerBusy</e:ResponseCode><t:MessageXml xmlns:t=\"x\"><t:Value Name=\"BackOffMilliseconds\">297749</t:Value></t:MessageXml></detail></s:Fault></s:Body></s:Envelope>", 1, NULL, LF_ERROR_RATE_LIMITED, 298 },
    { "a busy server without a time", "<s:Envelope xmlns:s=\"x\"><s:Body><s:Fault><detail><ResponseCode>ErrorServerBusy</ResponseCode></detail></s:Fault></s:Body></s:Envelope>", 1, NULL, LF_ERROR_RATE_LIMITED },
    { "a document type", "<!DOCTYPE a><a/>", 1, NULL, LF_ERROR_BAD_FRAME },
    { "cut off", HEAD VIEW (""), 1, NULL, LF_ERROR_BAD_FRAME },
    { "a page to sign in", "<html><body>Sign in</body></html>", 1, NULL, LF_ERROR_BAD_FRAME },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)    error = NULL;
      guint                 back_off_s;
      g_autoptr (GPtrArray) answers = read_answer (rows[i].document, rows[i].n_mails, &back_off_s, &error);
      g_autofree char      *seen = answers == NULL ? NULL : describe (answers);

      g_test_message ("%s", rows[i].claim);
      g_assert_cmpstr (seen, ==, rows[i].seen);
      g_assert_cmpuint (back_off_s, ==, rows[i].back_off_s);
      if (answers == NULL)
        g_assert_error (error, LF_ERROR, rows[i].code);
    }
}

static void
test_request (void)
{
  static const char *const mails[] = { "a@example.org", "<&>@example.org", NULL };
  g_autoptr (GBytes)       request = lf_ews_write_request (mails, instant ("2026-11-23T00:00:00Z"), instant ("2026-12-09T00:00:00Z"));
  g_autofree char         *text = g_strndup (g_bytes_get_data (request, NULL), g_bytes_get_size (request));
  static const char *const order[] = { "<t:TimeZone><t:Bias>0</t:Bias>", "<t:Address>a@example.org</t:Address>", "<t:Address>&lt;&amp;&gt;@example.org</t:Address>", "<t:StartTime>2026-11-23T00:00:00</t:StartTime><t:EndTime>2026-12-09T00:00:00</t:EndTime>", "<t:RequestedView>FreeBusy</t:RequestedView>" };
  const char              *at = text;

  g_test_summary ("the parts stand in the schema's order, addresses are escaped, and nothing but free/busy is asked for");
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    {
      at = strstr (at, order[i]);
      g_assert_nonnull (at);
    }
  g_assert_null (strstr (text, "Detailed"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/ews/answers", test_answers);
  g_test_add_func ("/calendar/ews/request", test_request);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-dialog-info.h"
#include "lf-line-tracker.h"
#include "lf-phone-xml.h"
#include "lf-pidf.h"

#define NOW_US (1000 * LF_SECOND)

#define DIALOGS(version, state, rest) "<?xml version=\"1.0\"?><dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"" version "\" state=\"" state "\" entity=\"sip:201@pbx.example\">" rest "</dialog-info>"
#define DIALOG(id, attributes, state) "<dialog id=\"" id "\" " attributes "><state>" state "</state></dialog>"
#define PRESENCE(rest)                "<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"sip:201@pbx.example\">" rest "</presence>"
#define TUPLE(basic, rest)            "<tuple id=\"1\"><status><basic>" basic "</basic></status>" rest "</tuple>"

/* As Kamailio writes it: identities on both sides. */
static const char kamailio[] =
  "<?xml version=\"1.0\"?>\n"
  "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"4\" state=\"full\" entity=\"sip:202@pbx.example\">\n"
  "  <dialog id=\"a84b4c76e66710\" call-id=\"a84b4c76e66710\" local-tag=\"1\" remote-tag=\"2\" direction=\"recipient\">\n"
  "    <state>early</state>\n"
  "    <remote><identity display=\"Ada &amp; Co\">sip:201@pbx.example</identity><target uri=\"sip:201@192.0.2.1\"/></remote>\n"
  "    <local><identity>sip:202@pbx.example</identity><target uri=\"sip:202@192.0.2.2\"/></local>\n"
  "  </dialog>\n"
  "</dialog-info>\n";

static void
test_dialog_info (void)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfDialogInfo) info = lf_dialog_info_parse (kamailio, strlen (kamailio), &error);
  const LfDialog          *dialog;

  g_test_summary ("A document of dialogs is read with its version, states, directions and the other end");
  g_assert_no_error (error);
  g_assert_cmpuint (info->version, ==, 4);
  g_assert_true (info->is_full);
  g_assert_cmpuint (info->dialogs->len, ==, 1);
  dialog = info->dialogs->pdata[0];
  g_assert_cmpint (dialog->state, ==, LF_DIALOG_EARLY);
  g_assert_cmpint (dialog->direction, ==, LF_CALL_INCOMING);
  g_assert_cmpstr (dialog->peer, ==, "sip:201@pbx.example");
  g_assert_cmpstr (dialog->peer_name, ==, "Ada & Co");
}

static const struct
{
  const char *why;
  const char *text;
} bad_dialogs[] = {
  { "nothing", "" },
  { "no XML", "INVITE sip:201@pbx.example SIP/2.0\r\n\r\n" },
  { "another document", PRESENCE ("") },
  { "no version", "<dialog-info state=\"full\"/>" },
  { "a version that is no number", "<dialog-info version=\"-1\" state=\"full\"/>" },
  { "a document type", "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><dialog-info version=\"1\" state=\"full\"/>" },
  { "an entity of its own", "<dialog-info version=\"1\" state=\"full\">&a;</dialog-info>" },
  { "an unescaped Call-ID", DIALOGS ("1", "full", "<dialog id=\"<&\"><state>early</state></dialog>") },
  { "a dialog without id", DIALOGS ("1", "full", "<dialog><state>early</state></dialog>") },
  { "cut off", "<dialog-info version=\"1\" state=\"full\"><dialog id=\"1\">" },
  { "bytes that are no UTF-8", "<dialog-info version=\"1\" state=\"full\">\xff\xfe</dialog-info>" },
  { "too deep", "<dialog-info version=\"1\"><a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a></a></a></a></dialog-info>" },
};

static void
test_bad_dialog_info (void)
{
  g_autoptr (GString) many = g_string_new ("<dialog-info version=\"1\" state=\"full\">");
  g_autoptr (GString) large = g_string_new ("<dialog-info version=\"1\" state=\"full\">");
  g_autoptr (GError)  many_error = NULL;
  g_autoptr (GError)  large_error = NULL;

  g_test_summary ("What is no document of dialogs, or too much of one, is refused");
  for (guint i = 0; i < G_N_ELEMENTS (bad_dialogs); i++)
    {
      g_autoptr (GError)       error = NULL;
      g_autoptr (LfDialogInfo) info = lf_dialog_info_parse (bad_dialogs[i].text, strlen (bad_dialogs[i].text), &error);

      g_test_message ("%s", bad_dialogs[i].why);
      g_assert_null (info);
      g_assert_error (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD);
    }
  for (guint i = 0; i <= LF_DIALOG_INFO_MAX_DIALOGS; i++)
    g_string_append_printf (many, "<dialog id=\"%u\"><state>early</state></dialog>", i);
  g_string_append (many, "</dialog-info>");
  g_assert_null (lf_dialog_info_parse (many->str, many->len, &many_error));
  g_assert_error (many_error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD);
  while (large->len <= LF_PHONE_XML_MAX_BYTES)
    g_string_append (large, "                                                                ");
  g_string_append (large, "</dialog-info>");
  g_assert_null (lf_dialog_info_parse (large->str, large->len, &large_error));
  g_assert_error (large_error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD);
}

static const struct
{
  const char  *why;
  const char  *text;
  LfPhoneState state;
  gboolean     is_registered;
} presences[] = {
  { "Asterisk: free", PRESENCE ("<note>Ready</note>" TUPLE ("open", "")), LF_PHONE_ON_HOOK, TRUE },
  { "Asterisk: ringing, which it marks as busy, too", PRESENCE ("<pp:person><status><ep:activities><ep:busy/></ep:activities></status></pp:person><note>Ringing</note>" TUPLE ("open", "")), LF_PHONE_RINGING, TRUE },
  { "Asterisk: talking", PRESENCE ("<pp:person><status><ep:activities><ep:busy/></ep:activities></status></pp:person><note>On the phone</note>" TUPLE ("open", "")), LF_PHONE_OFF_HOOK, TRUE },
  { "Asterisk: on hold", PRESENCE ("<note>On hold</note>" TUPLE ("open", "")), LF_PHONE_HELD, TRUE },
  { "Asterisk: no phone", PRESENCE ("<pp:person><status><ep:activities><ep:away/></ep:activities></status></pp:person><note>Unavailable</note>" TUPLE ("closed", "")), LF_PHONE_UNKNOWN, FALSE },
  { "CUCM: free", PRESENCE (TUPLE ("open", "<ce:user-status><ce:available/></ce:user-status>")), LF_PHONE_ON_HOOK, TRUE },
  { "CUCM: ringing", PRESENCE (TUPLE ("open", "") "<dm:person><rpid:activities><ce:alerting/></rpid:activities></dm:person>"), LF_PHONE_RINGING, TRUE },
  { "CUCM: talking", PRESENCE (TUPLE ("open", "") "<dm:person><rpid:activities><rpid:on-the-phone/><ce:available/></rpid:activities></dm:person>"), LF_PHONE_OFF_HOOK, TRUE },
  { "CUCM: in use", PRESENCE (TUPLE ("open", "") "<dm:person><rpid:activities><rpid:busy/></rpid:activities></dm:person>"), LF_PHONE_OFF_HOOK, TRUE },
  { "CUCM: do not disturb, even while talking", PRESENCE (TUPLE ("open", "") "<dm:person><rpid:activities><rpid:on-the-phone/><ce:dnd/></rpid:activities></dm:person>"), LF_PHONE_DO_NOT_DISTURB, TRUE },
  { "CUCM: no phone", PRESENCE (TUPLE ("closed", "") "<dm:person><rpid:activities><ce:unavailable/></rpid:activities></dm:person>"), LF_PHONE_UNKNOWN, FALSE },
  { "nothing but open", PRESENCE (TUPLE ("open", "")), LF_PHONE_ON_HOOK, TRUE },
  { "nothing but closed", PRESENCE (TUPLE ("closed", "")), LF_PHONE_UNKNOWN, FALSE },
  { "one of two phones is there", PRESENCE (TUPLE ("closed", "") TUPLE ("open", "")), LF_PHONE_ON_HOOK, TRUE },
  { "words of a person say nothing", PRESENCE ("<note>Lunch</note>" TUPLE ("open", "")), LF_PHONE_ON_HOOK, TRUE },
  { "an empty document", PRESENCE (""), LF_PHONE_UNKNOWN, TRUE },
};

static void
test_pidf (void)
{
  g_test_summary ("Asterisk's words, Cisco's and RPID's elements are told apart; without them open or closed counts");
  for (guint i = 0; i < G_N_ELEMENTS (presences); i++)
    {
      g_autoptr (GError) error = NULL;
      LfPhoneState       state = LF_PHONE_HELD;
      gboolean           is_registered = FALSE;

      g_test_message ("%s", presences[i].why);
      g_assert_true (lf_pidf_parse (presences[i].text, strlen (presences[i].text), &state, &is_registered, &error));
      g_assert_no_error (error);
      g_assert_cmpint (state, ==, presences[i].state);
      g_assert_cmpint (is_registered, ==, presences[i].is_registered);
    }
}

static LfNotifyResult
take (LfLineTracker *tracker, LfEventPackage package, const char *text)
{
  return lf_line_tracker_take (tracker, package, lf_event_package_get_type (package), text, strlen (text), NOW_US, NULL);
}

static const struct
{
  const char     *why;
  const char     *text;
  LfPhoneState    state;
  LfCallDirection direction;
} unions[] = {
  { "no dialog", DIALOGS ("0", "full", ""), LF_PHONE_ON_HOOK, LF_CALL_NO_DIRECTION },
  { "ringing", DIALOGS ("0", "full", DIALOG ("1", "direction=\"recipient\"", "early")), LF_PHONE_RINGING, LF_CALL_INCOMING },
  { "dialling out is off-hook", DIALOGS ("0", "full", DIALOG ("1", "direction=\"initiator\"", "trying")), LF_PHONE_OFF_HOOK, LF_CALL_OUTGOING },
  { "talking", DIALOGS ("0", "full", DIALOG ("1", "direction=\"recipient\"", "confirmed")), LF_PHONE_OFF_HOOK, LF_CALL_INCOMING },
  { "an ended dialog lingers", DIALOGS ("0", "full", DIALOG ("1", "direction=\"recipient\"", "terminated")), LF_PHONE_ON_HOOK, LF_CALL_NO_DIRECTION },
  { "a state that RFC 4235 does not have", DIALOGS ("0", "full", DIALOG ("1", "", "sleeping")), LF_PHONE_ON_HOOK, LF_CALL_NO_DIRECTION },
  { "a second call comes in", DIALOGS ("0", "full", DIALOG ("1", "direction=\"recipient\"", "early") DIALOG ("2", "direction=\"initiator\"", "confirmed")), LF_PHONE_OFF_HOOK, LF_CALL_OUTGOING },
  { "held, as RFC 4235 has it", DIALOGS ("0", "full", "<dialog id=\"1\" direction=\"initiator\"><state>confirmed</state><local><target uri=\"sip:a@b\"><param pname=\"+sip.rendering\" pval=\"no\"/></target></local></dialog>"), LF_PHONE_HELD, LF_CALL_OUTGOING },
  { "held, as Asterisk writes it", DIALOGS ("0", "full", "<dialog id=\"1\"><state>confirmed</state><local><target uri=\"sip:a@b\"><param pname=\"+sip.rendering\" pvalue=\"no\"/></target></local></dialog>"), LF_PHONE_HELD, LF_CALL_NO_DIRECTION },
  { "the other end holds", DIALOGS ("0", "full", "<dialog id=\"1\"><state>confirmed</state><remote><target uri=\"sip:a@b\"><param pname=\"+sip.rendering\" pval=\"no\"/></target></remote></dialog>"), LF_PHONE_OFF_HOOK, LF_CALL_NO_DIRECTION },
  { "a talk counts before one on hold", DIALOGS ("0", "full", "<dialog id=\"1\"><state>confirmed</state><local><target uri=\"sip:a@b\"><param pname=\"+sip.rendering\" pval=\"no\"/></target></local></dialog>" DIALOG ("2", "", "confirmed")), LF_PHONE_OFF_HOOK, LF_CALL_NO_DIRECTION },
  { "names with a prefix", "<d:dialog-info xmlns:d=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\" state=\"full\"><d:dialog id=\"1\" direction=\"recipient\"><d:state>early</d:state></d:dialog></d:dialog-info>", LF_PHONE_RINGING, LF_CALL_INCOMING },
};

static void
test_union (void)
{
  g_test_summary ("The strongest of a line's dialogs makes its state: a talk, on hold, going out, coming in");
  for (guint i = 0; i < G_N_ELEMENTS (unions); i++)
    {
      g_autoptr (LfLineTracker) tracker = lf_line_tracker_new ();

      g_test_message ("%s", unions[i].why);
      g_assert_cmpint (lf_line_tracker_get_state (tracker)->state, ==, LF_PHONE_UNKNOWN);
      g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, unions[i].text), ==, LF_NOTIFY_TAKEN);
      g_assert_cmpint (lf_line_tracker_get_state (tracker)->state, ==, unions[i].state);
      g_assert_cmpint (lf_line_tracker_get_state (tracker)->direction, ==, unions[i].direction);
      g_assert_cmpint (lf_line_tracker_get_state (tracker)->since_us, ==, NOW_US);
    }
}

static void
test_versions (void)
{
  g_autoptr (LfLineTracker) tracker = lf_line_tracker_new ();

  g_test_summary ("A partial document counts in its turn alone; after a gap the full state is wanted; what is older is dropped");
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("7", "partial", "")), ==, LF_NOTIFY_GAP);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("7", "full", DIALOG ("1", "direction=\"recipient\"", "early"))), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("8", "partial", DIALOG ("2", "direction=\"initiator\"", "confirmed"))), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (lf_line_tracker_get_state (tracker)->state, ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("8", "partial", DIALOG ("2", "", "terminated"))), ==, LF_NOTIFY_OLD);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("10", "partial", DIALOG ("2", "", "terminated"))), ==, LF_NOTIFY_GAP);
  g_assert_cmpint (lf_line_tracker_get_state (tracker)->state, ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("9", "partial", DIALOG ("2", "", "terminated"))), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (lf_line_tracker_get_state (tracker)->state, ==, LF_PHONE_RINGING);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("3", "full", "")), ==, LF_NOTIFY_OLD);
  lf_line_tracker_reset (tracker, LF_PACKAGE_DIALOG);
  g_assert_cmpint (lf_line_tracker_get_state (tracker)->state, ==, LF_PHONE_RINGING);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("0", "full", "")), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (lf_line_tracker_get_state (tracker)->state, ==, LF_PHONE_ON_HOOK);
}

static void
test_both_packages (void)
{
  g_autoptr (LfLineTracker) tracker = lf_line_tracker_new ();
  const LfLineState        *state = lf_line_tracker_get_state (tracker);

  g_test_summary ("Dialogs tell of calls, presence of all else; what cannot be read, and what is of another type, changes nothing");
  g_assert_cmpint (take (tracker, LF_PACKAGE_PRESENCE, PRESENCE ("<note>Unavailable</note>" TUPLE ("closed", ""))), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("0", "full", "")), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (state->state, ==, LF_PHONE_UNKNOWN);
  g_assert_false (state->is_registered);
  g_assert_cmpint (take (tracker, LF_PACKAGE_PRESENCE, PRESENCE ("<note>Ready</note>" TUPLE ("open", ""))), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (state->state, ==, LF_PHONE_ON_HOOK);
  g_assert_true (state->is_registered);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("1", "full", DIALOG ("1", "direction=\"recipient\"", "confirmed"))), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (state->state, ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpint (take (tracker, LF_PACKAGE_PRESENCE, PRESENCE ("<note>On hold</note>" TUPLE ("open", ""))), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (state->state, ==, LF_PHONE_HELD);
  g_assert_cmpint (take (tracker, LF_PACKAGE_PRESENCE, "<presence"), ==, LF_NOTIFY_BAD);
  g_assert_cmpint (lf_line_tracker_take (tracker, LF_PACKAGE_DIALOG, LF_PIDF_TYPE, kamailio, strlen (kamailio), NOW_US, NULL), ==, LF_NOTIFY_BAD);
  g_assert_cmpint (state->state, ==, LF_PHONE_HELD);
  lf_line_tracker_lose (tracker, LF_PACKAGE_DIALOG, NOW_US);
  lf_line_tracker_lose (tracker, LF_PACKAGE_PRESENCE, NOW_US);
  g_assert_cmpint (state->state, ==, LF_PHONE_UNKNOWN);
  g_assert_cmpint (state->since_us, ==, LF_INSTANT_NONE);
}

#define RINGS     DIALOG ("1", "call-id=\"a@b\" direction=\"recipient\"", "early")
#define TALKS     DIALOG ("1", "", "confirmed")
#define DIALS     DIALOG ("1", "direction=\"initiator\"", "proceeding")
#define OVER      DIALOG ("1", "", "terminated")
#define CONNECTOR DIALOG ("1", "call-id=\"lampfield-7\" direction=\"recipient\"", "confirmed")

/* What is told of a call: "none", or direction, "answered" or not, "ended" or not. */
static void
on_call (const LfWireCallReport *report, gpointer user_data)
{
  GString *out = user_data;

  g_assert_true (report->is_provisional);
  g_string_append_printf (out, "%s %s%s%s;", report->call_id, report->direction == LF_CALL_OUTGOING ? "out" : "in",
                          report->answered_at_us != LF_INSTANT_NONE ? " answered" : "",
                          report->ended_at_us != LF_INSTANT_NONE ? " ended" : "");
}

static void
test_calls (void)
{
  static const struct
  {
    const char *claim;
    const char *bodies[4]; /* after an empty full document */
    const char *kinds[4];  /* "full", "partial", or "lost" */
    const char *calls;
  } rows[] = {
    { "nobody answers", { RINGS, OVER }, { "full", "full" }, "a@b in ended;" },
    { "somebody does", { RINGS, TALKS, OVER }, { "full", "full", "full" }, "a@b in answered ended;" },
    { "a call goes out", { DIALS, TALKS, OVER }, { "full", "full", "full" }, "1 out answered ended;" },
    { "and is not answered", { DIALS, OVER }, { "full", "full" }, "1 out ended;" },
    { "a full document has it no more", { RINGS, "" }, { "full", "full" }, "a@b in ended;" },
    { "a partial one says nothing of others", { RINGS, "", TALKS, OVER }, { "full", "partial", "partial", "partial" }, "a@b in answered ended;" },
    { "it lingers when it is over", { RINGS, OVER, OVER, OVER }, { "full", "full", "full", "full" }, "a@b in ended;" },
    { "only its end is seen", { OVER }, { "full" }, "" },
    { "nobody says who called", { DIALOG ("1", "", "early"), OVER }, { "full", "full" }, "" },
    { "a leg of a connector is none", { CONNECTOR, "" }, { "full", "full" }, "" },
    { "lost sight of while it rings", { RINGS, NULL }, { "full", "lost" }, "" },
    { "lost sight of while they talk", { RINGS, TALKS, NULL }, { "full", "full", "lost" }, "a@b in answered;" },
  };

  g_test_summary ("Each call of a line is told once, when it is over, as far as it was seen");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfLineTracker) tracker = lf_line_tracker_new ();
      g_autoptr (GString)       calls = g_string_new (NULL);

      lf_line_tracker_set_call_func (tracker, on_call, calls);
      g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("0", "full", "")), ==, LF_NOTIFY_TAKEN);
      for (guint n = 0; n < G_N_ELEMENTS (rows[i].kinds) && rows[i].kinds[n] != NULL; n++)
        {
          g_autofree char *text = g_strdup_printf (DIALOGS ("%u", "%s", "%s"), n + 1, rows[i].kinds[n], rows[i].bodies[n]);

          if (g_str_equal (rows[i].kinds[n], "lost"))
            lf_line_tracker_lose (tracker, LF_PACKAGE_DIALOG, NOW_US);
          else
            g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, text), ==, LF_NOTIFY_TAKEN);
        }
      g_test_message ("%s", rows[i].claim);
      g_assert_cmpstr (calls->str, ==, rows[i].calls);
    }
}

static void
test_call_before_the_start (void)
{
  g_autoptr (LfLineTracker) tracker = lf_line_tracker_new ();
  g_autoptr (GString)       calls = g_string_new (NULL);

  g_test_summary ("Of a call that had begun before it was watched nothing is told: its beginning is not known");
  lf_line_tracker_set_call_func (tracker, on_call, calls);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("0", "full", RINGS)), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpint (take (tracker, LF_PACKAGE_DIALOG, DIALOGS ("1", "full", OVER)), ==, LF_NOTIFY_TAKEN);
  g_assert_cmpstr (calls->str, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/phone/dialog-info/read", test_dialog_info);
  g_test_add_func ("/phone/dialog-info/bad", test_bad_dialog_info);
  g_test_add_func ("/phone/pidf", test_pidf);
  g_test_add_func ("/phone/tracker/union", test_union);
  g_test_add_func ("/phone/tracker/versions", test_versions);
  g_test_add_func ("/phone/tracker/both-packages", test_both_packages);
  g_test_add_func ("/phone/tracker/calls", test_calls);
  g_test_add_func ("/phone/tracker/call-before-the-start", test_call_before_the_start);

  return g_test_run ();
}

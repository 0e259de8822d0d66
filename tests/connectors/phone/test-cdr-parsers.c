/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-cdr-asterisk.h"
#include "lf-cdr-kamailio.h"

#define AT(hour, minute, second) ((G_GINT64_CONSTANT (1772409600) + (hour) *3600 + (minute) *60 + (second)) * LF_SECOND) /* 2026-03-02, UTC */
#define TIMES                    ",\"2026-03-02 09:15:00\",\"2026-03-02 09:15:06\",\"2026-03-02 09:16:06\",66,60,"
#define IN_VAIN                  ",\"2026-03-02 09:15:00\",,\"2026-03-02 09:15:20\",20,0,"
#define ID                       ",\"DOCUMENTATION\",\"1772442900.26\",\"\""
#define DIALLED                  "\"\",\"2041\",\"2042\",\"internal\",\"\"\"Ada\"\" <2041>\",\"PJSIP/2041-0000001a\",\"PJSIP/2042-0000001b\",\"Dial\",\"PJSIP/2042,30\""

static const struct
{
  const char *why;
  const char *line;
  LfCdr       cdr;
} good[] = {
  { "a call that was answered", DIALLED TIMES "\"ANSWERED\"" ID, { (char *) "1772442900.26", (char *) "2041", (char *) "2042", (char *) "2041", (char *) "Ada", (char *) "2042", AT (9, 15, 0), AT (9, 15, 6), AT (9, 16, 6), TRUE } },
  { "nobody picks up", DIALLED IN_VAIN "\"NO ANSWER\"" ID, { (char *) "1772442900.26", (char *) "2041", (char *) "2042", (char *) "2041", (char *) "Ada", (char *) "2042", AT (9, 15, 0), LF_INSTANT_NONE, AT (9, 15, 20), FALSE } },
  { "busy", DIALLED IN_VAIN "\"BUSY\"" ID, { (char *) "1772442900.26", (char *) "2041", (char *) "2042", (char *) "2041", (char *) "Ada", (char *) "2042", AT (9, 15, 0), LF_INSTANT_NONE, AT (9, 15, 20), FALSE } },
  { "a telephone that is not connected has no channel", "\"\",\"2041\",\"2042\",\"internal\",\"2041\",\"SIP/2041-1a\",\"\",\"Dial\",\"SIP/2042\"" IN_VAIN "\"FAILED\"" ID, { (char *) "1772442900.26", (char *) "2041", (char *) "2042", (char *) "2041", NULL, (char *) "2042", AT (9, 15, 0), LF_INSTANT_NONE, AT (9, 15, 20), FALSE } },
  { "from outside, with a name in quotation marks and commas", "\"\",\"+4930555\",\"2042\",\"in\",\"\"\"Mr \"\"X\"\", Esq\"\" <+4930555>\",\"PJSIP/trunk-2\",\"PJSIP/2042-3\",\"Dial\",\"a,b\"" TIMES "\"ANSWERED\"" ID, { (char *) "1772442900.26", (char *) "trunk", (char *) "2042", (char *) "+4930555", (char *) "Mr \"X\", Esq", (char *) "2042", AT (9, 15, 0), AT (9, 15, 6), AT (9, 16, 6), TRUE } },
  { "withheld", "\"\",\"anonymous\",\"2042\",\"in\",\"\"\"Anonymous\"\" <anonymous>\",\"PJSIP/trunk-2\",\"PJSIP/2042-3\",\"Dial\",\"a\"" IN_VAIN "\"CONGESTION\"" ID, { (char *) "1772442900.26", (char *) "trunk", (char *) "2042", NULL, (char *) "Anonymous", (char *) "2042", AT (9, 15, 0), LF_INSTANT_NONE, AT (9, 15, 20), FALSE } },
  { "the mailbox answers in place of the telephone", "\"\",\"2041\",\"2042\",\"internal\",\"2041\",\"PJSIP/2041-1\",\"\",\"VoiceMail\",\"2042@default\"" TIMES "\"ANSWERED\"" ID, { (char *) "1772442900.26", (char *) "2041", (char *) "2042", (char *) "2041", NULL, (char *) "2042", AT (9, 15, 0), AT (9, 15, 6), AT (9, 16, 6), FALSE } },
  { "an announcement is no other end", "\"\",\"2041\",\"600\",\"internal\",\"2041\",\"PJSIP/2041-1\",\"\",\"Playback\",\"demo\"" TIMES "\"ANSWERED\"" ID, { (char *) "1772442900.26", (char *) "2041", NULL, (char *) "2041", NULL, (char *) "600", AT (9, 15, 0), AT (9, 15, 6), AT (9, 16, 6), FALSE } },
  { "ways through the dial plan are no telephones", "\"\",\"2041\",\"s\",\"internal\",\"2041\",\"Local/2041@q-1;1\",\"Local/9@q-1;2\",\"Dial\",\"\"" TIMES "\"ANSWERED\"" ID, { (char *) "1772442900.26", NULL, NULL, (char *) "2041", NULL, NULL, AT (9, 15, 0), AT (9, 15, 6), AT (9, 16, 6), TRUE } },
  { "a start in the dial plan gives way to the telephone", "\"\",\"2041\",\"s\",\"internal\",\"2041\",\"PJSIP/2041-1\",\"PJSIP/2042-1\",\"Dial\",\"\"" TIMES "\"ANSWERED\"" ID, { (char *) "1772442900.26", (char *) "2041", (char *) "2042", (char *) "2041", NULL, (char *) "2042", AT (9, 15, 0), AT (9, 15, 6), AT (9, 16, 6), TRUE } },
  { "the columns of later versions", DIALLED TIMES "\"ANSWERED\"" ID ",\"\",\"1772442900.26\",4", { (char *) "1772442900.26", (char *) "2041", (char *) "2042", (char *) "2041", (char *) "Ada", (char *) "2042", AT (9, 15, 0), AT (9, 15, 6), AT (9, 16, 6), TRUE } },
};

static const struct
{
  const char *why;
  const char *line;
  const char *words;
} bad[] = {
  { "no record", "hello", "unique ID" },
  { "no unique ID", DIALLED TIMES "\"ANSWERED\",\"DOCUMENTATION\"", "loguniqueid" },
  { "an empty one", DIALLED TIMES "\"ANSWERED\",\"DOCUMENTATION\",\"\"", "loguniqueid" },
  { "a quotation mark is missing", "\"\",\"2041", "quotation" },
  { "a quotation mark too many", "\"\"x\",\"2041\"", "quotation" },
  { "no time", DIALLED ",\"yesterday\",,,20,0,\"BUSY\"" ID, "start" },
  { "a day that there is not", DIALLED ",\"2026-02-30 09:15:00\",,,20,0,\"BUSY\"" ID, "start" },
  { "more than a time", DIALLED ",\"2026-02-03 09:15:00x\",,,20,0,\"BUSY\"" ID, "start" },
  { "a negative length", DIALLED ",\"2026-03-02 09:15:00\",,,-1,0,\"BUSY\"" ID, "lengths" },
  { "longer talked than called", DIALLED ",\"2026-03-02 09:15:00\",,,20,21,\"ANSWERED\"" ID, "lengths" },
  { "longer than a month", DIALLED ",\"2026-03-02 09:15:00\",,,99999999,1,\"ANSWERED\"" ID, "lengths" },
  { "no disposition", DIALLED IN_VAIN "\"MAYBE\"" ID, "disposition" },
};

static void
check_same (const LfCdr *cdr, const LfCdr *expected)
{
  g_assert_cmpstr (cdr->call_id, ==, expected->call_id);
  g_assert_cmpstr (cdr->caller_line, ==, expected->caller_line);
  g_assert_cmpstr (cdr->callee_line, ==, expected->callee_line);
  g_assert_cmpstr (cdr->caller, ==, expected->caller);
  g_assert_cmpstr (cdr->caller_name, ==, expected->caller_name);
  g_assert_cmpstr (cdr->callee, ==, expected->callee);
  g_assert_cmpint (cdr->started_us, ==, expected->started_us);
  g_assert_cmpint (cdr->answered_us, ==, expected->answered_us);
  g_assert_cmpint (cdr->ended_us, ==, expected->ended_us);
  g_assert_cmpint (cdr->is_taken, ==, expected->is_taken);
}

static void
test_asterisk (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  g_test_summary ("A line of Master.csv says who called whom, when, and how it went; what it does not say is an error with its reason");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_auto (LfCdr) cdr = { 0 };

      g_test_message ("%s", good[i].why);
      g_assert_cmpstr (lf_cdr_asterisk_parse (good[i].line, utc, &cdr), ==, NULL);
      check_same (&cdr, &good[i].cdr);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (LfCdr) cdr = { 0 };
      const char    *fault = lf_cdr_asterisk_parse (bad[i].line, utc, &cdr);

      g_test_message ("%s: %s", bad[i].why, fault);
      g_assert_nonnull (fault);
      g_assert_nonnull (strstr (fault, bad[i].words));
      g_assert_null (cdr.call_id);
    }
}

static void
test_zone (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  g_auto (LfCdr)        summer = { 0 };

  g_test_summary ("Times are those of the zone; a call through the change to winter time is as long as its seconds say");
  g_assert_nonnull (berlin);
  g_assert_cmpstr (lf_cdr_asterisk_parse (DIALLED ",\"2026-10-25 01:59:00\",\"2026-10-25 01:59:00\",\"2026-10-25 02:10:00\",4260,4260,\"ANSWERED\"" ID, berlin, &summer), ==, NULL);
  g_assert_cmpint (summer.started_us, ==, G_GINT64_CONSTANT (1792886340) * LF_SECOND);
  g_assert_cmpint (summer.ended_us - summer.started_us, ==, 4260 * LF_SECOND);
}

/* Of Kamailio 5.6. */
#define NOTICE  " 6(15447) NOTICE: acc [acc.c:287]: acc_log_request(): ACC: transaction answered: timestamp="
#define SYSLOG  "Mar  2 10:15:00 pbx /usr/sbin/kamailio[412]: NOTICE: acc [acc.c:287]: acc_log_request(): ACC: call missed: timestamp="
#define TAGS    ";from_tag=b582c259;to_tag=657554410350b71a"
#define PARTIES ";src_user=2041;src_domain=pbx.example;dst_ouser=2042;dst_odomain=pbx.example;started=1772442900"
#define INVITE  NOTICE "1772442906;method=INVITE" TAGS ";call_id=a@b;code=200;reason=OK" PARTIES
#define BYE     NOTICE "1772442966;method=BYE" TAGS ";call_id=a@b;code=200;reason=OK;src_user=2042;src_domain=pbx.example;dst_ouser=2041-0x55;dst_odomain=192.0.2.5;started="
#define UNIX(s) (G_GINT64_CONSTANT (s) * LF_SECOND)
#define ANSWERED                                                                                                                                                                            \
  {                                                                                                                                                                                         \
    (char *) "a@b", (char *) "2041", (char *) "2042", (char *) "sip:2041@pbx.example", NULL, (char *) "sip:2042@pbx.example", UNIX (1772442900), UNIX (1772442906), UNIX (1772442966), TRUE \
  }
#define FAILED                                                                                                                                                                             \
  {                                                                                                                                                                                        \
    (char *) "a@b", (char *) "2041", (char *) "2042", (char *) "sip:2041@pbx.example", NULL, (char *) "sip:2042@pbx.example", UNIX (1772442900), LF_INSTANT_NONE, UNIX (1772442920), FALSE \
  }

static const struct
{
  const char *why;
  const char *lines[4];
  const char *words; /* of the fault of the last line; NULL: none */
  guint       n_calls;
  guint       n_open;
  LfCdr       cdr; /* of the last call */
} acc_rows[] = {
  { "answered and hung up", { INVITE, BYE }, NULL, 1, 0, ANSWERED },
  { "not hung up yet", { INVITE }, NULL, 0, 1, { 0 } },
  { "the log has other lines", { " 7(1) INFO: <core> [core/tcp_main.c:3006]: tcpconn_1st_send(): quick connect", INVITE, "", BYE }, NULL, 1, 0, ANSWERED },
  { "a change of the call, and a telephone that rang too", { INVITE, INVITE, SYSLOG "1772442907;method=INVITE" TAGS ";call_id=a@b;code=487;reason=X" PARTIES, BYE }, NULL, 1, 0, ANSWERED },
  { "given up by the caller", { SYSLOG "1772442920;method=INVITE" TAGS ";call_id=a@b;code=487;reason=Request Terminated" PARTIES }, NULL, 1, 0, FAILED },
  { "busy", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=486;reason=Busy Here" PARTIES }, NULL, 1, 0, FAILED },
  { "a question for the password", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=407;reason=Auth" PARTIES }, NULL, 0, 0, { 0 } },
  { "a BYE of a call that was not seen", { BYE }, NULL, 0, 0, { 0 } },
  { "a leg that a connector makes", { NOTICE "1772442906;method=INVITE" TAGS ";call_id=lampfield-1;code=200;reason=OK" PARTIES }, NULL, 0, 0, { 0 } },
  { "the fields of Kamailio's own example", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=486;reason=B;src_user=2041;src_domain=pbx.example;src_ip=192.0.2.4;dst_ouser=2042;dst_user=2042-0x5;dst_domain=192.0.2.5" }, NULL, 1, 0, { (char *) "a@b", (char *) "2041", (char *) "2042", (char *) "sip:2041@pbx.example", NULL, (char *) "sip:2042@pbx.example", UNIX (1772442920), LF_INSTANT_NONE, UNIX (1772442920), FALSE } },
  { "the least", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=486;reason=B;src_user=2041;dst_user=2042" }, NULL, 1, 0, { (char *) "a@b", (char *) "2041", (char *) "2042", (char *) "sip:2041@pbx.example", NULL, (char *) "sip:2042@pbx.example", UNIX (1772442920), LF_INSTANT_NONE, UNIX (1772442920), FALSE } },
  { "somebody outside whose number is like one of here", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=486;reason=B;src_user=2041;src_domain=pbx.example.evil;dst_user=2042;dst_odomain=elsewhere.example" }, NULL, 1, 0, { (char *) "a@b", NULL, NULL, (char *) "sip:2041@pbx.example.evil", NULL, (char *) "sip:2042@elsewhere.example", UNIX (1772442920), LF_INSTANT_NONE, UNIX (1772442920), FALSE } },
  { "a reason that says who called", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=486;reason=B;src_user=1;x=" PARTIES }, "twice", 0, 0, { 0 } },
  { "no log_extra", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=486;reason=B" }, "log_extra", 0, 0, { 0 } },
  { "no time", { NOTICE "soon;method=INVITE" TAGS ";call_id=a@b;code=486;reason=B" PARTIES }, "timestamp", 0, 0, { 0 } },
  { "no code", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=a@b;code=;reason=B" PARTIES }, "code", 0, 0, { 0 } },
  { "no Call-ID", { NOTICE "1772442920;method=INVITE" TAGS ";call_id=;code=200;reason=B" PARTIES }, "Call-ID", 0, 0, { 0 } },
};

typedef struct
{
  guint n_calls;
  LfCdr cdr; /* of the last one */
} Told;

static char *
dup_text (const char *text)
{
  return g_strdup (text);
}

static void
on_call (const LfCdr *cdr, LfCdrPlace *place, gpointer user_data)
{
  Told *told = user_data;

  told->n_calls++;
  lf_cdr_clear (&told->cdr);
  told->cdr = (LfCdr){ dup_text (cdr->call_id), dup_text (cdr->caller_line), dup_text (cdr->callee_line), dup_text (cdr->caller), dup_text (cdr->caller_name), dup_text (cdr->callee),
                       cdr->started_us, cdr->answered_us, cdr->ended_us, cdr->is_taken };
}

static void
count_done (gpointer user_data)
{
  (*(guint *) user_data)++;
}

static const LfPhoneConfig pbx = { .domain = (char *) "pbx.example", .host = (char *) "192.0.2.1" };

static void
test_kamailio (void)
{
  g_test_summary ("Lines of Kamailio's acc make calls: INVITE and BYE one that was answered, another end of an INVITE one that was not");
  for (guint i = 0; i < G_N_ELEMENTS (acc_rows); i++)
    {
      Told              told = { 0 };
      guint             n_done = 0;
      guint             n_lines = 0;
      LfCdrPlaces      *places = lf_cdr_places_new (count_done, &n_done);
      g_autoptr (LfAcc) acc = lf_acc_new (&pbx, on_call, &told);
      const char       *fault = NULL;

      g_test_message ("%s", acc_rows[i].why);
      for (; n_lines < 4 && acc_rows[i].lines[n_lines] != NULL; n_lines++)
        {
          g_autoptr (LfCdrPlace) place = lf_cdr_places_add (places, &(const LfCdrPosition){ 1, n_lines });

          fault = lf_acc_take (acc, acc_rows[i].lines[n_lines], place);
        }
      if (acc_rows[i].words != NULL)
        g_assert_nonnull (strstr (fault, acc_rows[i].words));
      else
        g_assert_cmpstr (fault, ==, NULL);
      g_assert_cmpuint (told.n_calls, ==, acc_rows[i].n_calls);
      g_assert_cmpuint (lf_acc_get_n_calls (acc), ==, acc_rows[i].n_open);
      g_assert_cmpuint (n_done, ==, n_lines - acc_rows[i].n_open);
      check_same (&told.cdr, &acc_rows[i].cdr);
      lf_cdr_clear (&told.cdr);
      lf_cdr_places_free (places);
    }
}

static void
take_made (LfAcc *acc, LfCdrPlaces *places, guint number, guint at_s)
{
  g_autofree char       *line = g_strdup_printf (NOTICE "%u;method=INVITE" TAGS ";call_id=%u;code=200;reason=OK" PARTIES, at_s, number);
  g_autoptr (LfCdrPlace) place = lf_cdr_places_add (places, &(const LfCdrPosition){ 1, number });

  g_assert_cmpstr (lf_acc_take (acc, line, place), ==, NULL);
}

static void
test_lost_ends (void)
{
  Told              told = { 0 };
  guint             n_done = 0;
  LfCdrPlaces      *places = lf_cdr_places_new (count_done, &n_done);
  g_autoptr (LfAcc) acc = lf_acc_new (&pbx, on_call, &told);

  g_test_summary ("Calls whose end is not told do not pile up: the oldest is told without one, and so is what began a day ago");
  for (guint i = 0; i <= LF_ACC_MAX_CALLS; i++)
    take_made (acc, places, i, 1772442906);
  g_assert_cmpuint (told.n_calls, ==, 1);
  g_assert_cmpstr (told.cdr.call_id, ==, "0");
  g_assert_cmpint (told.cdr.answered_us, ==, UNIX (1772442906));
  g_assert_cmpint (told.cdr.ended_us, ==, LF_INSTANT_NONE);
  g_assert_cmpuint (lf_acc_get_n_calls (acc), ==, LF_ACC_MAX_CALLS);
  g_assert_cmpint (lf_cdr_places_get_first (places)->offset, ==, 1);
  take_made (acc, places, LF_ACC_MAX_CALLS + 1, 1772442906 + 25 * 3600);
  g_assert_cmpuint (told.n_calls, ==, LF_ACC_MAX_CALLS + 1);
  g_assert_cmpuint (lf_acc_get_n_calls (acc), ==, 1);
  g_assert_cmpint (lf_cdr_places_get_first (places)->offset, ==, LF_ACC_MAX_CALLS + 1);
  lf_cdr_clear (&told.cdr);
  lf_cdr_places_free (places);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/phone/cdr/asterisk", test_asterisk);
  g_test_add_func ("/phone/cdr/asterisk/zone", test_zone);
  g_test_add_func ("/phone/cdr/kamailio", test_kamailio);
  g_test_add_func ("/phone/cdr/kamailio/lost-ends", test_lost_ends);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-call-outcome.h"
#include "lf-sdp.h"

static void
test_outcomes (void)
{
  static const struct
  {
    int       status;
    LfCallEnd own;
    LfCallEnd other;
  } rows[] = {
    { 302, { LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE }, { LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE } },
    { 403, { LF_CALL_FAILED, LF_CALL_REASON_REFUSED }, { LF_CALL_FAILED, LF_CALL_REASON_REFUSED } },
    { 404, { LF_CALL_FAILED, LF_CALL_REASON_NOT_REGISTERED }, { LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN } },
    { 408, { LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE }, { LF_CALL_NO_ANSWER, LF_CALL_REASON_NONE } },
    { 480, { LF_CALL_FAILED, LF_CALL_REASON_NOT_REGISTERED }, { LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE } },
    { 486, { LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE }, { LF_CALL_BUSY, LF_CALL_REASON_NONE } },
    { 500, { LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE }, { LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE } },
    { 503, { LF_CALL_FAILED, LF_CALL_REASON_LINK_LOST }, { LF_CALL_FAILED, LF_CALL_REASON_LINK_LOST } },
    { 600, { LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE }, { LF_CALL_BUSY, LF_CALL_REASON_NONE } },
    { 603, { LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE }, { LF_CALL_DECLINED, LF_CALL_REASON_NONE } },
    { 900, { LF_CALL_FAILED, LF_CALL_REASON_LINK_LOST }, { LF_CALL_FAILED, LF_CALL_REASON_LINK_LOST } },
  };

  g_test_summary ("Every answer of SIP ends a call in a way that says what to do");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfCallEnd own = lf_call_end_of_own (rows[i].status);
      LfCallEnd other = lf_call_end_of_other (rows[i].status);

      g_test_message ("%d", rows[i].status);
      g_assert_cmpint (own.state, ==, rows[i].own.state);
      g_assert_cmpint (own.reason, ==, rows[i].own.reason);
      g_assert_cmpint (other.state, ==, rows[i].other.state);
      g_assert_cmpint (other.reason, ==, rows[i].other.reason);
    }
  for (int status = 300; status < 1000; status++)
    {
      g_assert_true (lf_call_state_is_final (lf_call_end_of_own (status).state));
      g_assert_true (lf_call_state_is_final (lf_call_end_of_other (status).state));
    }
}

#define PHONE "v=0\r\no=- 5 7 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"

static void
test_sessions (void)
{
  static const struct
  {
    const char *why;
    const char *text;
  } bad[] = {
    { "nothing", "" },
    { "no description", "<xml/>" },
    { "no origin", "v=0\r\ns=-\r\n" },
  };
  g_autofree char *offer = lf_sdp_new_inactive (0);
  g_autofree char *passed = lf_sdp_take_over (PHONE, strlen (PHONE), 3);
  g_autofree char *large = g_strnfill (LF_SDP_MAX_BYTES + 1, 'a');

  g_test_summary ("What one telephone says is passed on as this connector's own, all else unchanged; what is none is not");
  g_assert_true (g_str_has_prefix (offer, "v=0\r\no="));
  g_assert_nonnull (strstr (offer, "a=inactive\r\n"));
  g_assert_nonnull (strstr (passed, "o=lampfield 1 3 IN IP4 127.0.0.1\r\n"));
  g_assert_null (strstr (passed, "5 7"));
  g_assert_true (g_str_has_suffix (passed, "s=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i].why);
      g_assert_null (lf_sdp_take_over (bad[i].text, strlen (bad[i].text), 0));
    }
  memcpy (large, "v=0\no=x\n", 8);
  g_assert_null (lf_sdp_take_over (large, LF_SDP_MAX_BYTES + 1, 0));
  g_assert_null (lf_sdp_take_over ("v=0\no=x\n\0\n", 11, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phone/calls/outcomes", test_outcomes);
  g_test_add_func ("/phone/calls/sessions", test_sessions);
  return g_test_run ();
}

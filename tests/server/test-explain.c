/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-raw.h"
#include "lf-test-util.h"
#include "lf-wire-explain.h"

/* What an administrator is told of a person, over the whole server. */

typedef struct
{
  LfRig *rig;
  char  *ada; /* user */
  char  *token;
  char  *pbx;
  char  *second_pbx;
  char  *calendars;
  char  *admin;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->ada = lf_rig_add_person (fixture->rig, "ada");
  lf_rig_add_line (fixture->rig, "2041", fixture->ada);
  lf_rig_add_line (fixture->rig, "2042", fixture->ada);
  fixture->pbx = lf_rig_add_token (fixture->rig, "phone", "PBX");
  fixture->second_pbx = lf_rig_add_token (fixture->rig, "phone", "Second PBX");
  fixture->calendars = lf_rig_add_token (fixture->rig, "calendar", "Office calendars");
  fixture->admin = lf_rig_add_token (fixture->rig, "admin", "Monitoring");
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "ada");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_free (fixture->ada);
  g_free (fixture->token);
  g_free (fixture->pbx);
  g_free (fixture->second_pbx);
  g_free (fixture->calendars);
  g_free (fixture->admin);
  lf_rig_free (fixture->rig);
}

static void
put (Fixture *fixture, const char *path, const char *token, const char *body, guint status)
{
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "PUT", path, token, body);

  g_assert_cmpuint (reply->status, ==, status);
}

static LfWireExplanation *
explain (Fixture *fixture, const char *who)
{
  g_autofree char       *path = g_strdup_printf ("/admin/people/%s/explain", who);
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "GET", path, fixture->admin, NULL);
  g_autoptr (GError)     error = NULL;
  LfWireExplanation     *explanation;

  g_assert_cmpuint (reply->status, ==, 200);
  explanation = lf_codec_decode (&lf_schema_explanation, reply->body, strlen (reply->body), &lf_json_limits_reply, &error);
  g_assert_no_error (error);
  return explanation;
}

static const LfWireClaim *
find_claim (const LfWireExplanation *explanation, const char *prefix)
{
  for (guint i = 0; i < explanation->claims->len; i++)
    if (g_str_has_prefix (((LfWireClaim *) explanation->claims->pdata[i])->id, prefix))
      return explanation->claims->pdata[i];
  g_error ("There is no claim “%s”", prefix);
}

static gboolean
beats (const LfWireClaim *claim, const char *id)
{
  return g_strv_contains ((const char *const *) claim->beats, id);
}

static void
publish (Fixture *fixture, const char *path, const char *token, gint64 start_us, gint64 end_us, guint status)
{
  gint64           now_us = g_get_real_time ();
  char             now[LF_INSTANT_MAX_CHARS];
  char             until[LF_INSTANT_MAX_CHARS];
  char             start[LF_INSTANT_MAX_CHARS];
  char             end[LF_INSTANT_MAX_CHARS];
  g_autofree char *body = NULL;

  lf_instant_format (now_us, now);
  lf_instant_format (now_us + 7 * LF_DAY, until);
  lf_instant_format (start_us, start);
  lf_instant_format (end_us, end);
  body = g_strdup_printf ("{\"read_at\":\"%s\",\"known_from\":\"%s\",\"known_until\":\"%s\",\"periods\":[{\"start\":\"%s\",\"end\":\"%s\",\"type\":\"busy\"}]}",
                          now, now, until, start, end);
  put (fixture, path, token, body, status);
}

static void
test_order (Fixture *fixture, gconstpointer unused)
{
  gint64                        now_us = g_get_real_time ();
  g_autofree char              *path = g_strdup_printf ("/users/%s/calendars/office/busy", fixture->ada);
  g_autoptr (LfRaw)             stream = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfWireExplanation) calling = NULL;
  g_autoptr (LfWireExplanation) meeting = NULL;
  g_autofree char              *device = NULL;

  g_test_summary ("Each claim says who makes it, since when and how long; the resolver says which kind wins, now and next");
  lf_raw_say (stream, "{\"t\":\"reach\",\"state\":\"online\"}");
  put (fixture, "/lines/2041", fixture->pbx, "{\"state\":\"on_hook\"}", 204);
  put (fixture, "/lines/2042", fixture->pbx, "{\"state\":\"off_hook\"}", 204);
  publish (fixture, path, fixture->calendars, now_us - LF_HOUR, now_us + LF_HOUR, 204);
  put (fixture, "/me/status", fixture->token, "{\"choice\":\"available\",\"text\":\"Quince marmalade\"}", 200);

  calling = explain (fixture, "ada");
  g_assert_cmpstr (calling->user, ==, fixture->ada);
  g_assert_true (calling->is_running);
  g_assert_cmpint (calling->now.status, ==, LF_DISPLAY_ON_THE_PHONE);
  g_assert_cmpint (calling->now.kind, ==, LF_KIND_PHONE);
  g_assert_nonnull (calling->next);
  g_assert_cmpint (calling->next->at_us, >, calling->now.at_us);
  {
    const LfWireClaim *off_hook = find_claim (calling, "phone/line/2042");
    const LfWireClaim *on_hook = find_claim (calling, "phone/line/2041");
    const LfWireClaim *calendar = find_claim (calling, "calendar/office");
    const LfWireClaim *own = find_claim (calling, "reachability/own");
    const LfWireClaim *desk = find_claim (calling, "reachability/device/");

    g_assert_cmpstr (off_hook->value, ==, "off_hook");
    g_assert_cmpstr (off_hook->source, ==, "PBX");
    g_assert_true (off_hook->decides);
    g_assert_cmpint (off_hook->lease_until_us, >, calling->now.at_us);
    g_assert_true (beats (off_hook, on_hook->id) && beats (off_hook, calendar->id) && beats (off_hook, own->id) && beats (off_hook, desk->id));
    g_assert_false (on_hook->decides || beats (on_hook, off_hook->id));
    g_assert_cmpstr (calendar->value, ==, "busy");
    g_assert_cmpstr (calendar->source, ==, "Office calendars");
    g_assert_true (calendar->decides);
    g_assert_false (beats (calendar, own->id)); /* its kind does not win now */
    g_assert_cmpstr (own->value, ==, "available");
    g_assert_true (own->decides && beats (own, desk->id));
    g_assert_cmpstr (desk->source, ==, "test");
    g_assert_cmpint (desk->heard_us, !=, LF_INSTANT_NONE);
    g_assert_cmpint (desk->lease_until_us, >, calling->now.at_us);
  }

  put (fixture, "/lines/2042", fixture->pbx, "{\"state\":\"on_hook\"}", 204);
  meeting = explain (fixture, fixture->ada);
  g_assert_cmpint (meeting->now.status, ==, LF_DISPLAY_IN_A_MEETING);
  g_assert_cmpint (meeting->next->status, ==, LF_DISPLAY_AVAILABLE);
  g_assert_cmpint (meeting->next->kind, ==, LF_KIND_REACHABILITY);
  g_assert_true (beats (find_claim (meeting, "calendar/office"), "reachability/own"));
}

static void
test_call_at_device (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)             stream = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfWireExplanation) here = NULL;
  g_autoptr (LfWireExplanation) both = NULL;

  g_test_summary ("A call at a device is a claim of that device, above a line on-hook and below one off-hook");
  lf_raw_say (stream, "{\"t\":\"reach\",\"state\":\"online\",\"on_the_phone\":true}");
  put (fixture, "/lines/2041", fixture->pbx, "{\"state\":\"on_hook\"}", 204);
  here = explain (fixture, "ada");
  g_assert_cmpint (here->now.status, ==, LF_DISPLAY_ON_THE_PHONE);
  g_assert_true (find_claim (here, "phone/device/")->decides);
  g_assert_cmpstr (find_claim (here, "phone/device/")->value, ==, "off_hook");
  g_assert_cmpstr (find_claim (here, "phone/device/")->source, ==, "test");
  g_assert_true (beats (find_claim (here, "phone/device/"), "phone/line/2041"));
  put (fixture, "/lines/2041", fixture->pbx, "{\"state\":\"off_hook\"}", 204);
  both = explain (fixture, "ada");
  g_assert_true (find_claim (both, "phone/line/2041")->decides);
  g_assert_false (find_claim (both, "phone/device/")->decides);
}

static void
test_own_and_left (Fixture *fixture, gconstpointer unused)
{
  gint64                        now_us = g_get_real_time ();
  g_autofree char              *end = NULL;
  char                          start_text[LF_INSTANT_MAX_CHARS];
  char                          end_text[LF_INSTANT_MAX_CHARS];
  char                          now_text[LF_INSTANT_MAX_CHARS];
  g_autoptr (LfWireExplanation) left = NULL;
  g_autoptr (LfWireExplanation) dnd = NULL;

  g_test_summary ("“I left early” and one's own “Do not disturb” are claims, too; without a device nobody is available");
  publish (fixture, "/me/calendars/desk/busy", fixture->token, now_us - LF_HOUR, now_us + LF_HOUR, 204);
  lf_instant_format (now_us - LF_HOUR, start_text);
  lf_instant_format (now_us + LF_HOUR, end_text);
  lf_instant_format (now_us - LF_SECOND, now_text);
  end = g_strdup_printf ("{\"start\":\"%s\",\"end\":\"%s\",\"ended_at\":\"%s\"}", start_text, end_text, now_text);
  put (fixture, "/me/calendars/early_end", fixture->token, end, 204);
  put (fixture, "/me/status", fixture->token, "{\"choice\":\"available\"}", 200);
  left = explain (fixture, "ada");
  g_assert_cmpint (left->now.status, ==, LF_DISPLAY_OFFLINE);
  g_assert_true (find_claim (left, "calendar/left_early")->decides);
  g_assert_true (beats (find_claim (left, "calendar/left_early"), "calendar/desk"));
  g_assert_false (find_claim (left, "calendar/desk")->decides);
  g_assert_nonnull (strstr (find_claim (left, "calendar/desk")->detail, "device “test”"));
  g_assert_false (find_claim (left, "reachability/own")->decides);

  put (fixture, "/me/dnd", fixture->token, "{\"on\":true}", 200);
  put (fixture, "/lines/2041", fixture->pbx, "{\"state\":\"off_hook\"}", 204);
  dnd = explain (fixture, "ada");
  g_assert_cmpint (dnd->now.status, ==, LF_DISPLAY_DO_NOT_DISTURB);
  g_assert_true (find_claim (dnd, "phone/own")->decides);
  g_assert_true (beats (find_claim (dnd, "phone/own"), "phone/line/2041"));
}

static void
test_trouble (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)             stream = lf_raw_open_live (fixture->rig, fixture->token);
  gint64                        now_us = g_get_real_time ();
  g_autoptr (LfWireExplanation) explanation = NULL;

  g_test_summary ("What went wrong last with a source is told: a report refused, a socket gone, a calendar not taken");
  lf_raw_say (stream, "{\"t\":\"reach\",\"state\":\"online\"}");
  put (fixture, "/lines/2041", fixture->pbx, "{\"state\":\"on_hook\"}", 204);
  put (fixture, "/lines/2041", fixture->second_pbx, "{\"state\":\"off_hook\"}", 409);
  put (fixture, "/lines/2042", fixture->pbx, "{\"state\":\"on_hook\"}", 204);
  put (fixture, "/lines/2042", fixture->pbx, "{\"state\":\"dancing\"}", 400);
  publish (fixture, "/me/calendars/desk/busy", fixture->token, now_us, now_us + LF_HOUR, 204);
  publish (fixture, "/me/calendars/desk/busy", fixture->token, now_us, now_us - LF_HOUR, 400);
  explanation = explain (fixture, "ada");
  g_assert_nonnull (strstr (find_claim (explanation, "phone/line/2041")->trouble, "“Second PBX” was refused"));
  g_assert_nonnull (strstr (find_claim (explanation, "phone/line/2042")->trouble, "400 bad_request"));
  g_assert_nonnull (strstr (find_claim (explanation, "calendar/desk")->trouble, "PUT /me/calendars/{source}/busy was answered with 400"));
  lf_codec_free (&lf_schema_explanation, g_steal_pointer (&explanation));

  g_clear_pointer (&stream, lf_raw_free);
  for (gint64 end_us = g_get_monotonic_time () + LF_RIG_WAIT_MS * 1000;;)
    {
      explanation = explain (fixture, "ada");
      if (find_claim (explanation, "reachability/device/")->heard_us == LF_INSTANT_NONE)
        break;
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      lf_codec_free (&lf_schema_explanation, g_steal_pointer (&explanation));
    }
  g_assert_cmpstr (find_claim (explanation, "reachability/device/")->trouble, ==, "its connection broke");
  g_assert_cmpint (find_claim (explanation, "reachability/device/")->lease_until_us, >, explanation->now.at_us);
}

static void
test_silent_connector (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfWireExplanation) explanation = NULL;
  g_autofree char              *id = NULL;

  g_test_summary ("A line whose connector lost its token is unknown, and says why");
  put (fixture, "/lines/2041", fixture->pbx, "{\"state\":\"off_hook\"}", 204);
  {
    g_autoptr (LfIdentity) identity = lf_accounts_authenticate (fixture->rig->server->accounts, fixture->pbx, NULL);

    id = g_strdup (identity->session);
  }
  lf_accounts_remove_connector (fixture->rig->server->accounts, id);
  explanation = explain (fixture, "ada");
  g_assert_cmpstr (find_claim (explanation, "phone/line/2041")->value, ==, "unknown");
  g_assert_false (find_claim (explanation, "phone/line/2041")->decides);
  g_assert_cmpstr (find_claim (explanation, "phone/line/2041")->trouble, ==, "“PBX” lost its service token");
  g_assert_nonnull (strstr (find_claim (explanation, "phone/line/2041")->detail, "no connector reports it"));
}

static void
test_access (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *path = g_strdup_printf ("/admin/people/%s/explain", fixture->ada);
  g_autoptr (LfRawReply) nobody = lf_raw_call (fixture->rig, "GET", "/admin/people/nobody/explain", fixture->admin, NULL);
  g_autoptr (LfRawReply) person = lf_raw_call (fixture->rig, "GET", path, fixture->token, NULL);
  g_autoptr (LfRawReply) connector = lf_raw_call (fixture->rig, "GET", path, fixture->pbx, NULL);
  g_autoptr (LfRawReply) stranger = lf_raw_call (fixture->rig, "GET", path, NULL, NULL);
  g_autoptr (LfRawReply) me = lf_raw_call (fixture->rig, "GET", "/me", fixture->admin, NULL);
  g_autoptr (LfRaw)      stream = lf_raw_connect (fixture->rig);
  g_autoptr (LfRawReply) upgrade = NULL;

  g_test_summary ("Explanations are for an administrator's token alone, and that is for nothing else");
  lf_raw_assert_problem (nobody, LF_PROBLEM_NOT_FOUND);
  g_assert_nonnull (strstr (nobody->body, "nobody"));
  lf_raw_assert_problem (person, LF_PROBLEM_FORBIDDEN);
  lf_raw_assert_problem (connector, LF_PROBLEM_FORBIDDEN);
  lf_raw_assert_problem (stranger, LF_PROBLEM_UNAUTHORIZED);
  lf_raw_assert_problem (me, LF_PROBLEM_FORBIDDEN);
  lf_raw_send_upgrade (stream, fixture->admin);
  upgrade = lf_raw_read_reply (stream);
  lf_raw_assert_problem (upgrade, LF_PROBLEM_FORBIDDEN);
}

static void
test_secrets (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *path = g_strdup_printf ("/admin/people/%s/explain", fixture->ada);
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("What a person wrote is not part of an explanation");
  put (fixture, "/me/status", fixture->token, "{\"choice\":\"away\",\"text\":\"Quince marmalade\"}", 200);
  reply = lf_raw_call (fixture->rig, "GET", path, fixture->admin, NULL);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_null (strstr (reply->body, "Quince"));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/explain/order", test_order);
  ADD ("/explain/call-at-device", test_call_at_device);
  ADD ("/explain/own-and-left", test_own_and_left);
  ADD ("/explain/trouble", test_trouble);
  ADD ("/explain/silent-connector", test_silent_connector);
  ADD ("/explain/access", test_access);
  ADD ("/explain/secrets", test_secrets);
  return g_test_run ();
}

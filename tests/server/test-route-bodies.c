/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-route-fixture.h"

static const struct
{
  const char *claim;
  const char *method;
  const char *path;
  const char *body;
  LfProblem   problem;
} bad_rows[] = {
  { "sign in without a password", "POST", "/auth/login", "{\"user\":\"mara\"}", LF_PROBLEM_BAD_REQUEST },
  { "sign in with a number for a name", "POST", "/auth/login", "{\"user\":7,\"password\":\"x\"}", LF_PROBLEM_BAD_REQUEST },
  { "sign in with a name that is too long", "POST", "/auth/login", "{\"user\":\"{long}\",\"password\":\"x\"}", LF_PROBLEM_BAD_REQUEST },
  { "sign in with a wrong password", "POST", "/auth/login", "{\"user\":\"mara\",\"password\":\"x\"}", LF_PROBLEM_BAD_CREDENTIALS },
  { "sign in as nobody", "POST", "/auth/login", "{\"user\":\"nobody\",\"password\":\"x\"}", LF_PROBLEM_BAD_CREDENTIALS },
  { "half a document", "POST", "/auth/login", "{\"user\":\"mara\"", LF_PROBLEM_BAD_JSON },
  { "a name twice", "POST", "/auth/login", "{\"user\":\"mara\",\"user\":\"jonas\",\"password\":\"x\"}", LF_PROBLEM_BAD_JSON },
  { "an array for an object", "POST", "/auth/login", "[]", LF_PROBLEM_BAD_REQUEST },
  { "renew with a token that is none", "POST", "/auth/refresh", "{\"refresh_token\":\"lfr_x\"}", LF_PROBLEM_UNAUTHORIZED },
  { "renew without a token", "POST", "/auth/refresh", "{}", LF_PROBLEM_BAD_REQUEST },
  { "end a session that is not there", "DELETE", "/sessions/s123", NULL, LF_PROBLEM_NOT_FOUND },
  { "a time zone that is none", "PATCH", "/me", "{\"time_zone\":\"Mars/Olympus\"}", LF_PROBLEM_BAD_REQUEST },
  { "a title that is too long", "PATCH", "/me", "{\"title\":\"{long}\"}", LF_PROBLEM_BAD_REQUEST },
  { "a status without a choice", "PUT", "/me/status", "{\"text\":\"Lunch\"}", LF_PROBLEM_BAD_REQUEST },
  { "a choice that is none", "PUT", "/me/status", "{\"choice\":\"sleepy\"}", LF_PROBLEM_BAD_REQUEST },
  { "a note that is too long", "PUT", "/me/status", "{\"choice\":\"away\",\"text\":\"{long}\"}", LF_PROBLEM_BAD_REQUEST },
  { "a status that has ended", "PUT", "/me/status", "{\"choice\":\"away\",\"expires_at\":\"2020-01-01T00:00:00Z\"}", LF_PROBLEM_BAD_REQUEST },
  { "a status that never ends by its end", "PUT", "/me/status", "{\"choice\":\"away\",\"expires_at\":\"9000-01-01T00:00:00Z\"}", LF_PROBLEM_BAD_REQUEST },
  { "an end that is no instant", "PUT", "/me/status", "{\"choice\":\"away\",\"expires_at\":\"tomorrow\"}", LF_PROBLEM_BAD_REQUEST },
  { "DND without a state", "PUT", "/me/dnd", "{}", LF_PROBLEM_BAD_REQUEST },
  { "DND by a number", "PUT", "/me/dnd", "{\"on\":1}", LF_PROBLEM_BAD_REQUEST },
  { "DND that has ended", "PUT", "/me/dnd", "{\"on\":true,\"expires_at\":\"2020-01-01T00:00:00Z\"}", LF_PROBLEM_BAD_REQUEST },
  { "visibility without a state", "PUT", "/me/visibility", "{}", LF_PROBLEM_BAD_REQUEST },
  { "a contact that is not there", "PUT", "/contacts/nobody", "{}", LF_PROBLEM_NOT_FOUND },
  { "oneself as a contact", "PUT", "/contacts/{mara}", "{}", LF_PROBLEM_BAD_REQUEST },
  { "a contact in a group that is not there", "PUT", "/contacts/{jonas}", "{\"group\":\"g9\"}", LF_PROBLEM_BAD_REQUEST },
  { "a speed dial below none", "PUT", "/contacts/{jonas}", "{\"speed_dial\":-1}", LF_PROBLEM_BAD_REQUEST },
  { "speed dials without users", "PUT", "/speed_dials", "{}", LF_PROBLEM_BAD_REQUEST },
  { "a speed dial of nobody", "PUT", "/speed_dials", "{\"users\":[\"nobody\"]}", LF_PROBLEM_BAD_REQUEST },
  { "a speed dial of oneself", "PUT", "/speed_dials", "{\"users\":[\"{mara}\"]}", LF_PROBLEM_BAD_REQUEST },
  { "a speed dial twice", "PUT", "/speed_dials", "{\"users\":[\"{jonas}\",\"{jonas}\"]}", LF_PROBLEM_BAD_REQUEST },
  { "a favourite by a text", "PUT", "/contacts/{jonas}", "{\"favourite\":\"yes\"}", LF_PROBLEM_BAD_REQUEST },
  { "remove a contact that is not there", "DELETE", "/contacts/nobody", NULL, LF_PROBLEM_NOT_FOUND },
  { "a group without a name", "PUT", "/groups/g1", "{}", LF_PROBLEM_BAD_REQUEST },
  { "a group with a blank name", "PUT", "/groups/g1", "{\"name\":\"  \"}", LF_PROBLEM_BAD_REQUEST },
  { "remove a group that is not there", "DELETE", "/groups/g9", NULL, LF_PROBLEM_NOT_FOUND },
  { "a search for one letter", "GET", "/users?q=a", NULL, LF_PROBLEM_BAD_REQUEST },
  { "a search for nothing", "GET", "/users", NULL, LF_PROBLEM_BAD_REQUEST },
  { "a page that is too large", "GET", "/users?q=ab&limit=1000", NULL, LF_PROBLEM_BAD_REQUEST },
  { "a cursor that was made up", "GET", "/users?q=ab&cursor=nonsense", NULL, LF_PROBLEM_BAD_REQUEST },
  { "somebody who is not there", "GET", "/users/nobody", NULL, LF_PROBLEM_NOT_FOUND },
  { "a conversation with nobody named", "POST", "/conversations", "{\"members\":[]}", LF_PROBLEM_BAD_REQUEST },
  { "a conversation with two", "POST", "/conversations", "{\"members\":[\"{jonas}\",\"x\"]}", LF_PROBLEM_BAD_REQUEST },
  { "a conversation with oneself", "POST", "/conversations", "{\"members\":[\"{mara}\"]}", LF_PROBLEM_BAD_REQUEST },
  { "a conversation with somebody who is not there", "POST", "/conversations", "{\"members\":[\"nobody\"]}", LF_PROBLEM_NOT_FOUND },
  { "a bad cursor of conversations", "GET", "/conversations?cursor=x", NULL, LF_PROBLEM_BAD_REQUEST },
  { "messages of a conversation that is not there", "GET", "/conversations/c1/messages", NULL, LF_PROBLEM_NOT_FOUND },
  { "messages before nothing", "GET", "/conversations/{conv}/messages?before=0", NULL, LF_PROBLEM_BAD_REQUEST },
  { "a message whose id is no UUID", "PUT", "/conversations/{conv}/messages/m1", "{\"body\":\"Hi\"}", LF_PROBLEM_BAD_REQUEST },
  { "an empty message", "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\"\"}", LF_PROBLEM_BAD_REQUEST },
  { "a blank message", "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\" \\n\\t \"}", LF_PROBLEM_BAD_REQUEST },
  { "a message without a body", "PUT", "/conversations/{conv}/messages/{uuid}", "{}", LF_PROBLEM_BAD_REQUEST },
  { "a message with a control character", "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\"a\\u0007b\"}", LF_PROBLEM_BAD_REQUEST },
  { "a message to nowhere", "PUT", "/conversations/c1/messages/{uuid}", "{\"body\":\"Hi\"}", LF_PROBLEM_NOT_FOUND },
  { "read up to a message that is not there", "PUT", "/conversations/{conv}/read", "{\"seq\":5}", LF_PROBLEM_BAD_REQUEST },
  { "read up to zero", "PUT", "/conversations/{conv}/read", "{\"seq\":0}", LF_PROBLEM_BAD_REQUEST },
  { "delivered in a conversation that is not there", "PUT", "/conversations/c1/delivered", "{\"seq\":1}", LF_PROBLEM_NOT_FOUND },
  { "block somebody who is not there", "PUT", "/me/permissions/nobody", "{\"blocked\":true}", LF_PROBLEM_NOT_FOUND },
  { "block oneself", "PUT", "/me/permissions/{mara}", "{\"blocked\":true}", LF_PROBLEM_BAD_REQUEST },
  { "privacy without a view of the calendar", "PUT", "/me/privacy", "{\"blocked\":[]}", LF_PROBLEM_BAD_REQUEST },
  { "a view that is none", "PUT", "/me/privacy", "{\"calendar\":\"titles\"}", LF_PROBLEM_BAD_REQUEST },
  { "a view by a number", "PUT", "/me/permissions/{jonas}", "{\"blocked\":false,\"calendar\":2}", LF_PROBLEM_BAD_REQUEST },
  { "a view for somebody who is not there", "PUT", "/me/permissions/nobody", "{\"blocked\":false,\"calendar\":\"state\"}", LF_PROBLEM_NOT_FOUND },
  { "a permission without a state", "PUT", "/me/permissions/{jonas}", "{}", LF_PROBLEM_BAD_REQUEST },
};

static void
test_bad (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Every bad request is answered by the problem that it is, with words for people");
  open_conversation (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (LfRawReply)    reply = call (fixture, bad_rows[i].method, bad_rows[i].path, bad_rows[i].body);
      g_autoptr (LfWireProblem) problem = NULL;

      g_test_message ("%s: %s", bad_rows[i].claim, reply->body);
      lf_raw_assert_problem (reply, bad_rows[i].problem);
      problem = decode (reply, &lf_schema_problem);
      g_assert_nonnull (problem->detail);
    }
  lf_rig_assert_alive (fixture->rig);
}

/* In this order: later rows build on earlier ones. */
static const struct
{
  const char *method;
  const char *path;
  const char *body;
  guint       status;
  const char *part; /* of the answer; NULL: it is empty */
} good_rows[] = {
  { "GET", "/auth/methods", NULL, 200, "\"password\"" },
  { "GET", "/sessions", NULL, 200, "\"current\":true" },
  { "GET", "/me", NULL, 200, "\"login\":\"mara\"" },
  { "PATCH", "/me", "{\"title\":\"Boss\"}", 200, "\"title\":\"Boss\"" },
  { "PATCH", "/me", "{\"title\":\"\",\"time_zone\":\"Europe/Berlin\"}", 200, "Europe/Berlin" },
  { "PUT", "/me/status", "{\"choice\":\"available\"}", 200, "\"choice\":\"available\"" },
  { "PUT", "/me/status", "{\"choice\":\"automatic\",\"text\":\"Ask me\",\"unknown_member\":[1]}", 200, "Ask me" },
  { "DELETE", "/me/status", NULL, 200, "\"choice\":\"automatic\"" },
  { "DELETE", "/me/status", NULL, 200, "\"choice\":\"automatic\"" },
  { "PUT", "/me/dnd", "{\"on\":true}", 200, "\"on\":true" },
  { "PUT", "/me/dnd", "{\"on\":false,\"expires_at\":\"2020-01-01T00:00:00Z\"}", 200, "\"on\":false" },
  { "PUT", "/me/visibility", "{\"invisible\":false}", 200, "\"invisible\":false" },
  { "GET", "/contacts", NULL, 200, "{jonas}" },
  { "PUT", "/groups/11111111-2222-4333-8444-555555555555", "{\"name\":\" Friends \"}", 201, "\"name\":\"Friends\"" },
  { "PUT", "/groups/11111111-2222-4333-8444-555555555555", "{\"name\":\"Team\",\"position\":4}", 200, "\"Team\"" },
  { "PUT", "/contacts/{jonas}", "{\"group\":\"11111111-2222-4333-8444-555555555555\"}", 200, "11111111-2222" },
  { "DELETE", "/groups/11111111-2222-4333-8444-555555555555", NULL, 204, NULL },
  { "DELETE", "/contacts/{jonas}", NULL, 204, NULL },
  { "PUT", "/contacts/{jonas}", "{}", 201, "\"login\":\"jonas\"" },
  { "PUT", "/speed_dials", "{\"users\":[\"{jonas}\"]}", 204, NULL },
  { "GET", "/contacts", NULL, 200, "\"speed_dial\":1" },
  { "PUT", "/speed_dials", "{\"users\":[]}", 204, NULL },
  { "GET", "/users?q=jon", NULL, 200, "{jonas}" },
  { "GET", "/users?q=xyzzy", NULL, 200, "\"items\":[]" },
  { "GET", "/users/{jonas}", NULL, 200, "\"login\":\"jonas\"" },
  { "GET", "/users/{mara}", NULL, 200, "\"login\":\"mara\"" },
  { "GET", "/conversations", NULL, 200, "\"items\":[]" },
  { "POST", "/conversations", "{\"members\":[\"{jonas}\"]}", 200, "{conv}" },
  { "GET", "/conversations/{conv}/messages", NULL, 200, "\"items\":[]" },
  { "PUT", "/conversations/{conv}/messages/" BLANK_UUID, "{\"body\":\"Gr\\u00fc\\u00dfe \\ud83d\\ude42\\nzwei\"}", 201, "Grüße" },
  { "GET", "/conversations/{conv}/messages?limit=1&before=2", NULL, 200, BLANK_UUID },
  { "GET", "/conversations", NULL, 200, "\"last_message\"" },
  { "PUT", "/conversations/{conv}/delivered", "{\"seq\":1}", 204, NULL },
  { "PUT", "/conversations/{conv}/read", "{\"seq\":1}", 204, NULL },
  { "PUT", "/me/permissions/{jonas}", "{\"blocked\":true}", 204, NULL },
  { "GET", "/me/privacy", NULL, 200, "{jonas}" },
  { "PUT", "/me/permissions/{jonas}", "{\"blocked\":false,\"calendar\":\"none\"}", 204, NULL },
  { "PUT", "/me/privacy", "{\"calendar\":\"state\",\"blocked\":[]}", 200, "\"calendar\":\"state\"" },
  { "GET", "/me/privacy", NULL, 200, "\"exceptions\":[{\"user\":\"{jonas}\",\"calendar\":\"none\"}]" },
  { "DELETE", "/me/permissions/{jonas}", NULL, 204, NULL },
  { "GET", "/me/privacy", NULL, 200, "\"blocked\":[],\"exceptions\":[]" },
  { "POST", "/auth/logout", NULL, 204, NULL },
};

static void
test_good (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Every route does what it is for");
  open_conversation (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autoptr (LfRawReply) reply = call (fixture, good_rows[i].method, good_rows[i].path, good_rows[i].body);
      g_autofree char       *part = good_rows[i].part != NULL ? fill_in (fixture, good_rows[i].part) : NULL;

      g_test_message ("%s %s: %u %s", good_rows[i].method, good_rows[i].path, reply->status, reply->body);
      g_assert_cmpuint (reply->status, ==, good_rows[i].status);
      if (part != NULL)
        g_assert_nonnull (strstr (reply->body, part));
      else
        g_assert_cmpstr (reply->body, ==, "");
    }
}

static const struct
{
  const char *method;
  const char *path;
  const char *body;
} private_rows[] = {
  { "POST", "/auth/logout", NULL },
  { "GET", "/sessions", NULL },
  { "DELETE", "/sessions/s1", NULL },
  { "GET", "/me", NULL },
  { "PATCH", "/me", "{}" },
  { "PUT", "/me/status", "{\"choice\":\"away\"}" },
  { "DELETE", "/me/status", NULL },
  { "PUT", "/me/dnd", "{\"on\":true}" },
  { "PUT", "/me/visibility", "{\"invisible\":true}" },
  { "GET", "/contacts", NULL },
  { "PUT", "/contacts/u1", "{}" },
  { "DELETE", "/contacts/u1", NULL },
  { "PUT", "/speed_dials", "{\"users\":[]}" },
  { "PUT", "/groups/g1", "{\"name\":\"x\"}" },
  { "DELETE", "/groups/g1", NULL },
  { "GET", "/users?q=ab", NULL },
  { "GET", "/users/u1", NULL },
  { "GET", "/conversations", NULL },
  { "POST", "/conversations", "{\"members\":[\"u1\"]}" },
  { "GET", "/conversations/c1/messages", NULL },
  { "PUT", "/conversations/c1/messages/" BLANK_UUID, "{\"body\":\"x\"}" },
  { "PUT", "/conversations/c1/read", "{\"seq\":1}" },
  { "PUT", "/conversations/c1/delivered", "{\"seq\":1}" },
  { "GET", "/me/privacy", NULL },
  { "PUT", "/me/privacy", "{\"calendar\":\"state\"}" },
  { "GET", "/busy?users=u1&from=2026-11-24T09:00:00Z&to=2026-11-24T10:00:00Z", NULL },
  { "PUT", "/me/permissions/u1", "{\"blocked\":true}" },
  { "DELETE", "/me/permissions/u1", NULL },
};

static void
test_private (void)
{
  LfRig           *rig = lf_rig_new ();
  g_autofree char *phone = lf_rig_add_token (rig, "phone", "PBX");
  g_autofree char *calendars = lf_rig_add_token (rig, "calendar", "calendars");

  g_test_summary ("Without a person's token nothing of a person's is answered; a connector's token is not enough");
  lf_rig_start (rig);
  for (guint i = 0; i < G_N_ELEMENTS (private_rows); i++)
    {
      g_autoptr (LfRawReply) nobody = lf_raw_call (rig, private_rows[i].method, private_rows[i].path, NULL, private_rows[i].body);
      g_autoptr (LfRawReply) made_up = lf_raw_call (rig, private_rows[i].method, private_rows[i].path, "lfa_x", private_rows[i].body);
      g_autoptr (LfRawReply) connector = lf_raw_call (rig, private_rows[i].method, private_rows[i].path, phone, private_rows[i].body);
      g_autoptr (LfRawReply) other = lf_raw_call (rig, private_rows[i].method, private_rows[i].path, calendars, private_rows[i].body);

      g_test_message ("%s %s", private_rows[i].method, private_rows[i].path);
      lf_raw_assert_problem (nobody, LF_PROBLEM_UNAUTHORIZED);
      lf_raw_assert_problem (made_up, LF_PROBLEM_UNAUTHORIZED);
      lf_raw_assert_problem (connector, LF_PROBLEM_FORBIDDEN);
      lf_raw_assert_problem (other, LF_PROBLEM_FORBIDDEN);
    }
  lf_rig_free (rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROUTE_TEST ("/route-bodies/good", test_good);
  ADD_ROUTE_TEST ("/route-bodies/bad", test_bad);
  g_test_add_func ("/route-bodies/private", test_private);

  return g_test_run ();
}

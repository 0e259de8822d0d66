/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-route-fixture.h"
#include "lf-test-util.h"

static void
test_me (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *second = lf_rig_sign_in (fixture->rig, "mara");
  g_autoptr (LfRaw)      stream = lf_raw_open_live (fixture->rig, second);
  g_autoptr (LfRawReply) status = NULL;
  g_autoptr (LfRawReply) dnd = NULL;
  g_autofree char       *first_event = NULL;
  LfWireMe              *me;

  g_test_summary ("What belongs to the person is changed, kept, and told to the other devices");
  status = call (fixture, "PUT", "/me/status", "{\"choice\":\"away\",\"text\":\" Lunch\\n\",\"emoji\":\"\360\237\215\235\"}");
  g_assert_cmpuint (status->status, ==, 200);
  me = decode (status, &lf_schema_me);
  g_assert_cmpint (me->status.choice, ==, LF_CHOICE_AWAY);
  g_assert_cmpstr (me->status.text, ==, "Lunch");
  lf_codec_free (&lf_schema_me, me);
  first_event = lf_raw_hear_type (stream, "session");
  g_assert_nonnull (strstr (first_event, "\"Lunch\""));

  call_status (fixture, fixture->mara_token, "PATCH", "/me", "{\"title\":\"Boss\",\"time_zone\":\"Europe/Berlin\"}", 200);
  call_status (fixture, fixture->mara_token, "PUT", "/me/visibility", "{\"invisible\":true}", 200);
  dnd = call (fixture, "PUT", "/me/dnd", "{\"on\":true}");
  me = decode (dnd, &lf_schema_me);
  g_assert_true (me->dnd.is_on);
  g_assert_true (me->visibility.is_invisible);
  g_assert_cmpstr (me->person.title, ==, "Boss");
  lf_codec_free (&lf_schema_me, me);

  lf_rig_restart (fixture->rig);
  {
    g_autoptr (LfRawReply) kept = call (fixture, "GET", "/me", NULL);

    me = decode (kept, &lf_schema_me);
    g_assert_cmpstr (me->status.text, ==, "Lunch");
    g_assert_true (me->dnd.is_on);
    lf_codec_free (&lf_schema_me, me);
  }
  call_status (fixture, fixture->mara_token, "DELETE", "/me/status", NULL, 200);
}

static void
test_status_ends (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) stream = lf_raw_open_live (fixture->rig, fixture->mara_token);
  g_autofree char  *set = NULL;
  g_autofree char  *ended = NULL;
  g_autofree char  *body = NULL;
  char              end[LF_INSTANT_MAX_CHARS];

  g_test_summary ("The server ends a status at its time and tells the person's devices");
  lf_instant_format (lf_clock_get_now_us (fixture->rig->clock) + 700 * 1000, end);
  body = g_strdup_printf ("{\"choice\":\"away\",\"text\":\"Lunch\",\"expires_at\":\"%s\"}", end);
  call_status (fixture, fixture->mara_token, "PUT", "/me/status", body, 200);
  set = lf_raw_hear_type (stream, "session");
  g_assert_nonnull (strstr (set, "Lunch"));
  ended = lf_raw_hear_type (stream, "session");
  g_assert_null (strstr (ended, "Lunch"));
  g_assert_nonnull (strstr (ended, "\"automatic\""));
}

static void
test_contacts (Fixture *fixture, gconstpointer unused)
{
  g_autofree char           *second = lf_rig_sign_in (fixture->rig, "mara");
  g_autoptr (LfRaw)          stream = lf_raw_open_live (fixture->rig, second);
  g_autoptr (LfRawReply)     group = call (fixture, "PUT", "/groups/g1", "{\"name\":\"Friends\",\"position\":2}");
  g_autoptr (LfRawReply)     put = NULL;
  g_autoptr (LfRawReply)     list = NULL;
  g_autoptr (LfWireContacts) roster = NULL;
  g_autofree char           *etag = NULL;
  g_autofree char           *groups_event = lf_raw_hear_type (stream, "contact");
  g_autofree char           *contact_event = NULL;
  g_autofree char           *removed_event = NULL;

  g_test_summary ("Groups and contacts are put, listed with a tag, and told to the other devices");
  g_assert_cmpuint (group->status, ==, 201);
  g_assert_nonnull (strstr (groups_event, "\"Friends\""));
  put = call (fixture, "PUT", "/contacts/{jonas}", "{\"group\":\"g1\",\"favourite\":true,\"watched\":true,\"speed_dial\":3}");
  g_assert_cmpuint (put->status, ==, 200);
  contact_event = lf_raw_hear_type (stream, "contact");
  g_assert_nonnull (strstr (contact_event, fixture->jonas));

  list = call (fixture, "GET", "/contacts", NULL);
  etag = lf_raw_get_header (list, "ETag");
  g_assert_nonnull (etag);
  roster = decode (list, &lf_schema_contacts);
  g_assert_cmpuint (roster->items->len, ==, 1);
  g_assert_cmpuint (roster->groups->len, ==, 1);
  g_assert_cmpint (((LfWireContact *) g_ptr_array_index (roster->items, 0))->speed_dial, ==, 3);

  call_status (fixture, fixture->mara_token, "DELETE", "/contacts/{jonas}", NULL, 204);
  removed_event = lf_raw_hear_type (stream, "contact");
  g_assert_nonnull (strstr (removed_event, "\"removed\""));
}

/* One request with a condition in its head. */
static LfRawReply *
call_if (Fixture *fixture, const char *method, const char *path, const char *condition, const char *body)
{
  g_autoptr (LfRaw) raw = lf_raw_connect (fixture->rig);
  g_autofree char  *full_path = fill_in (fixture, path);

  lf_raw_printf (raw, "%s " LF_API_PATH "%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n%s\r\n", method, full_path,
                 fixture->mara_token, condition);
  if (body != NULL)
    lf_raw_printf (raw, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen (body));
  lf_raw_printf (raw, "\r\n%s", body != NULL ? body : "");
  return lf_raw_read_reply (raw);
}

static void
test_conditions (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) list = call (fixture, "GET", "/contacts", NULL);
  g_autofree char       *etag = lf_raw_get_header (list, "ETag");
  g_autofree char       *match = g_strdup_printf ("If-Match: %s", etag);
  g_autofree char       *none_match = g_strdup_printf ("If-None-Match: %s", etag);
  g_autoptr (LfRawReply) same = call_if (fixture, "GET", "/contacts", none_match, NULL);
  g_autoptr (LfRawReply) fresh = call_if (fixture, "PUT", "/contacts/{jonas}", match, "{\"favourite\":true}");
  g_autoptr (LfRawReply) stale = call_if (fixture, "PUT", "/contacts/{jonas}", match, "{\"favourite\":false}");
  g_autoptr (LfRawReply) nonsense = call_if (fixture, "DELETE", "/contacts/{jonas}", "If-Match: \"r1x\"", NULL);
  g_autoptr (LfRawReply) any = call_if (fixture, "DELETE", "/contacts/{jonas}", "If-Match: *", NULL);
  g_autoptr (LfRawReply) changed = call_if (fixture, "GET", "/contacts", none_match, NULL);

  g_test_summary ("If-Match keeps two devices from undoing each other; If-None-Match spares the answer");
  g_assert_cmpuint (same->status, ==, 304);
  g_assert_cmpuint (fresh->status, ==, 200);
  lf_raw_assert_problem (stale, LF_PROBLEM_PRECONDITION_FAILED);
  lf_raw_assert_problem (nonsense, LF_PROBLEM_PRECONDITION_FAILED);
  g_assert_cmpuint (any->status, ==, 204);
  g_assert_cmpuint (changed->status, ==, 200);
}

/* Which speed dials the two contacts have. */
static void
assert_speed_dials (Fixture *fixture, const char *user, gint64 position, gint64 others)
{
  g_autoptr (LfRawReply)     list = call (fixture, "GET", "/contacts", NULL);
  g_autoptr (LfWireContacts) roster = decode (list, &lf_schema_contacts);

  g_assert_cmpuint (roster->items->len, ==, 2);
  for (guint i = 0; i < roster->items->len; i++)
    {
      const LfWireContact *contact = roster->items->pdata[i];

      g_assert_cmpint (contact->speed_dial, ==, g_str_equal (contact->user, user) ? position : others);
    }
}

static void
test_speed_dials (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *second = lf_rig_sign_in (fixture->rig, "mara");
  const char            *other = fixture->priya;
  g_autofree char       *path = g_strconcat ("/contacts/", other, NULL);
  g_autofree char       *both = g_strdup_printf ("{\"users\":[\"%s\",\"%s\"]}", fixture->jonas, other);
  g_autofree char       *turned = g_strdup_printf ("{\"users\":[\"%s\",\"%s\"]}", other, fixture->jonas);
  g_autofree char       *half = g_strdup_printf ("{\"users\":[\"%s\",\"nobody\"]}", fixture->jonas);
  g_autoptr (LfRaw)      stream = NULL;
  g_autoptr (LfRawReply) added = call (fixture, "PUT", path, "{\"speed_dial\":2}");
  g_autoptr (LfRawReply) put = call (fixture, "PUT", "/speed_dials", both);
  g_autofree char       *etag = lf_raw_get_header (put, "ETag");
  g_autofree char       *match = g_strdup_printf ("If-Match: %s", etag);
  g_autofree char       *event = NULL;

  g_test_summary ("Speed dials are put in order, all or none, and the other devices hear who has another one");
  g_assert_cmpuint (added->status, ==, 201);
  g_assert_cmpuint (put->status, ==, 204);
  assert_speed_dials (fixture, fixture->jonas, 1, 2);
  stream = lf_raw_open_live (fixture->rig, second);
  {
    g_autoptr (LfRawReply) refused = call (fixture, "PUT", "/speed_dials", half);
    g_autoptr (LfRawReply) fresh = call_if (fixture, "PUT", "/speed_dials", match, turned);
    g_autoptr (LfRawReply) stale = call_if (fixture, "PUT", "/speed_dials", match, both);

    lf_raw_assert_problem (refused, LF_PROBLEM_BAD_REQUEST);
    g_assert_cmpuint (fresh->status, ==, 204);
    lf_raw_assert_problem (stale, LF_PROBLEM_PRECONDITION_FAILED);
  }
  assert_speed_dials (fixture, fixture->jonas, 2, 1);
  g_free (lf_raw_hear_type (stream, "contact"));
  g_free (lf_raw_hear_type (stream, "contact"));
  g_assert_cmpuint (lf_raw_drop_heard (stream), ==, 0);

  call_status (fixture, fixture->mara_token, "PUT", "/speed_dials", "{\"users\":[\"{jonas}\"]}", 204);
  assert_speed_dials (fixture, fixture->jonas, 1, 0);
  event = lf_raw_hear_type (stream, "contact");
  g_assert_nonnull (strstr (event, "\"speed_dial\""));
}

static void
test_message (Fixture *fixture, gconstpointer unused)
{
  g_autofree char          *second = lf_rig_sign_in (fixture->rig, "mara");
  g_autoptr (LfRaw)         own = lf_raw_open_live (fixture->rig, second);
  g_autoptr (LfRaw)         other = lf_raw_open_live (fixture->rig, fixture->jonas_token);
  g_autoptr (LfRawReply)    first = NULL;
  g_autoptr (LfRawReply)    again = NULL;
  g_autoptr (LfRawReply)    changed = NULL;
  g_autofree char          *heard = NULL;
  g_autofree char          *own_heard = NULL;
  g_autofree char          *next = NULL;
  g_autofree char          *read = NULL;
  g_autoptr (LfWireMessage) message = NULL;

  g_test_summary ("A message is stored once, told once to everybody else's devices and the sender's other ones; marks go back");
  open_conversation (fixture);
  first = call (fixture, "PUT", "/conversations/{conv}/messages/" BLANK_UUID, "{\"body\":\"Hello\"}");
  again = call (fixture, "PUT", "/conversations/{conv}/messages/" BLANK_UUID, "{\"body\":\"Hello\"}");
  changed = call (fixture, "PUT", "/conversations/{conv}/messages/" BLANK_UUID, "{\"body\":\"Hullo\"}");
  g_assert_cmpuint (first->status, ==, 201);
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_cmpstr (first->body, ==, again->body);
  lf_raw_assert_problem (changed, LF_PROBLEM_CONFLICT);
  message = decode (first, &lf_schema_message);
  g_assert_cmpint (message->seq, ==, 1);
  g_assert_cmpstr (message->sender, ==, fixture->mara);

  heard = lf_raw_hear_type (other, "message");
  g_assert_nonnull (strstr (heard, BLANK_UUID));
  own_heard = lf_raw_hear_type (own, "message");
  g_assert_nonnull (strstr (own_heard, BLANK_UUID));

  call_status (fixture, fixture->mara_token, "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\"Second\"}", 201);
  next = lf_raw_hear_type (other, "message");
  g_assert_nonnull (strstr (next, "Second"));

  call_status (fixture, fixture->jonas_token, "PUT", "/conversations/{conv}/read", "{\"seq\":2}", 204);
  read = lf_raw_hear_type (own, "read");
  g_assert_nonnull (strstr (read, fixture->jonas));
  g_assert_nonnull (strstr (read, "\"seq\":2"));
}

static void
test_marks_of_invisible (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) stream = lf_raw_open_live (fixture->rig, fixture->mara_token);
  g_autofree char  *second = NULL;
  g_autoptr (LfRaw) own = NULL;
  g_autofree char  *read = NULL;
  g_autofree char  *heard = NULL;

  g_test_summary ("Marks of somebody who is invisible go to that person's other devices alone");
  open_conversation (fixture);
  call_status (fixture, fixture->mara_token, "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\"Hello\"}", 201);
  call_status (fixture, fixture->jonas_token, "PUT", "/me/visibility", "{\"invisible\":true}", 200);
  second = lf_rig_sign_in (fixture->rig, "jonas");
  own = lf_raw_open_live (fixture->rig, second);
  call_status (fixture, fixture->jonas_token, "PUT", "/conversations/{conv}/read", "{\"seq\":1}", 204);
  read = lf_raw_hear_type (own, "read");
  g_assert_nonnull (read);
  /* The next thing mara hears of the conversation is the next message: no mark came before it. */
  call_status (fixture, fixture->jonas_token, "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\"Boo\"}", 201);
  for (;;)
    {
      g_free (heard);
      heard = lf_raw_hear (stream);
      g_assert_null (strstr (heard, "\"t\":\"read\""));
      g_assert_null (strstr (heard, "\"t\":\"delivered\""));
      if (strstr (heard, "\"Boo\"") != NULL)
        break;
    }
}

static void
test_block (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) person = NULL;
  g_autoptr (LfRawReply) nobody = NULL;
  g_autoptr (LfRawReply) found = NULL;
  g_autoptr (LfRawReply) message = NULL;
  g_autoptr (LfRawReply) presence = NULL;
  g_autoptr (LfRawReply) privacy = NULL;
  g_autoptr (LfRaw)      stream = NULL;

  g_test_summary ("Who is blocked sees what would be seen of nobody; undoing it brings all back");
  open_conversation (fixture);
  stream = lf_raw_open_live (fixture->rig, fixture->jonas_token);
  lf_raw_say (stream, "{\"t\":\"reach\",\"state\":\"online\",\"since\":\"2026-01-01T00:00:00Z\"}");
  call_status (fixture, fixture->jonas_token, "PUT", "/me/permissions/{mara}", "{\"blocked\":true}", 204);

  person = call (fixture, "GET", "/users/{jonas}", NULL);
  nobody = call (fixture, "GET", "/users/nobody", NULL);
  g_assert_cmpuint (person->status, ==, 404);
  g_assert_cmpstr (person->body, ==, nobody->body);
  found = call (fixture, "GET", "/users?q=jonas", NULL);
  g_assert_null (strstr (found->body, fixture->jonas));
  message = call (fixture, "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\"Hi\"}");
  lf_raw_assert_problem (message, LF_PROBLEM_NOT_FOUND);
  presence = call (fixture, "GET", "/presence?users={jonas}", NULL);
  g_assert_nonnull (strstr (presence->body, "\"offline\""));
  g_assert_null (strstr (presence->body, "\"since\""));
  privacy = call_as (fixture, fixture->jonas_token, "GET", "/me/privacy", NULL);
  g_assert_nonnull (strstr (privacy->body, fixture->mara));

  call_status (fixture, fixture->jonas_token, "DELETE", "/me/permissions/{mara}", NULL, 204);
  call_status (fixture, fixture->mara_token, "GET", "/users/{jonas}", NULL, 200);
  call_status (fixture, fixture->mara_token, "PUT", "/conversations/{conv}/messages/{uuid}", "{\"body\":\"Hi\"}", 201);
}

static void
test_logout (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      stream = lf_raw_open_live (fixture->rig, fixture->mara_token);
  g_autoptr (LfRawReply) after = NULL;

  g_test_summary ("Signing out ends the token and closes the stream with 4001");
  call_status (fixture, fixture->mara_token, "POST", "/auth/logout", NULL, 204);
  g_assert_cmpuint (lf_raw_hear_close (stream), ==, LF_CLOSE_SIGNED_OUT);
  after = call (fixture, "GET", "/me", NULL);
  lf_raw_assert_problem (after, LF_PROBLEM_UNAUTHORIZED);
}

static void
test_remote_sign_out (Fixture *fixture, gconstpointer unused)
{
  g_autofree char               *second = lf_rig_sign_in (fixture->rig, "mara");
  g_autoptr (LfRaw)              stream = lf_raw_open_live (fixture->rig, second);
  g_autoptr (LfRawReply)         list = call_as (fixture, second, "GET", "/sessions", NULL);
  g_autoptr (LfWireSessionsPage) page = decode (list, &lf_schema_sessions_page);
  g_autofree char               *path = NULL;

  g_test_summary ("A device is signed out from another one, and its stream is closed with 4001; a stranger cannot do it");
  g_assert_cmpuint (page->items->len, ==, 2);
  for (guint i = 0; i < page->items->len; i++)
    {
      const LfWireSession *session = g_ptr_array_index (page->items, i);

      if (session->is_current)
        path = g_strdup_printf ("/sessions/%s", session->id);
    }
  call_status (fixture, fixture->jonas_token, "DELETE", path, NULL, 404);
  call_status (fixture, fixture->mara_token, "DELETE", path, NULL, 204);
  g_assert_cmpuint (lf_raw_hear_close (stream), ==, LF_CLOSE_SIGNED_OUT);
}

static void
test_refresh (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply)   login = lf_raw_call (fixture->rig, "POST", "/auth/login", NULL, "{\"user\":\"priya\",\"password\":\"" LF_RIG_PASSWORD "\"}");
  g_autoptr (LfWireTokens) first = decode (login, &lf_schema_tokens);
  g_autofree char         *body = g_strdup_printf ("{\"refresh_token\":\"%s\"}", first->refresh_token);
  g_autoptr (LfRawReply)   second_reply = lf_raw_call (fixture->rig, "POST", "/auth/refresh", NULL, body);
  g_autoptr (LfWireTokens) second = decode (second_reply, &lf_schema_tokens);
  g_autoptr (LfRawReply)   same_reply = lf_raw_call (fixture->rig, "POST", "/auth/refresh", NULL, body);
  g_autoptr (LfWireTokens) same = decode (same_reply, &lf_schema_tokens);
  g_autofree char         *next_body = g_strdup_printf ("{\"refresh_token\":\"%s\"}", second->refresh_token);
  g_autoptr (LfRaw)        stream = lf_raw_open_live (fixture->rig, second->access_token);
  g_autoptr (LfRawReply)   third_reply = lf_raw_call (fixture->rig, "POST", "/auth/refresh", NULL, next_body);
  g_autoptr (LfRawReply)   stolen = NULL;

  g_test_summary ("A lost answer is made good; a stolen token ends the session and closes its stream with 4001");
  g_assert_cmpstr (same->refresh_token, ==, second->refresh_token);
  g_assert_cmpuint (third_reply->status, ==, 200);
  g_test_expect_message ("lf-accounts", G_LOG_LEVEL_MESSAGE, "Audit: a refresh token of user * may be stolen: session * ends");
  stolen = lf_raw_call (fixture->rig, "POST", "/auth/refresh", NULL, body);
  g_test_assert_expected_messages ();
  lf_raw_assert_problem (stolen, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpuint (lf_raw_hear_close (stream), ==, LF_CLOSE_SIGNED_OUT);
}

static void
test_refresh_at_once (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply)   login = lf_raw_call (fixture->rig, "POST", "/auth/login", NULL, "{\"user\":\"priya\",\"password\":\"" LF_RIG_PASSWORD "\"}");
  g_autoptr (LfWireTokens) first = decode (login, &lf_schema_tokens);
  g_autofree char         *body = g_strdup_printf ("{\"refresh_token\":\"%s\"}", first->refresh_token);
  g_autoptr (GPtrArray)    raws = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_raw_free);
  g_autoptr (LfRaw)        stream = lf_raw_open_live (fixture->rig, first->access_token);
  g_autofree char         *successor = NULL;

  g_test_summary ("Who renews several times at once gets one successor, tokens that all work, and keeps the stream");
  for (guint i = 0; i < 4; i++)
    {
      LfRaw *raw = lf_raw_connect (fixture->rig);

      lf_raw_printf (raw, "POST " LF_API_PATH "/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     strlen (body), body);
      g_ptr_array_add (raws, raw);
    }
  for (guint i = 0; i < raws->len; i++)
    {
      g_autoptr (LfRawReply)   reply = lf_raw_read_reply (raws->pdata[i]);
      g_autoptr (LfWireTokens) tokens = NULL;

      g_assert_cmpuint (reply->status, ==, 200);
      tokens = decode (reply, &lf_schema_tokens);
      if (successor == NULL)
        successor = g_strdup (tokens->refresh_token);
      g_assert_cmpstr (tokens->refresh_token, ==, successor);
      call_status (fixture, tokens->access_token, "GET", "/me", NULL, 200);
    }
  lf_raw_say (stream, "{\"t\":\"ping\",\"n\":1}");
  g_free (lf_raw_hear_type (stream, "pong"));
}

static void
test_rate (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) limited = NULL;
  g_autofree char       *retry_after = NULL;

  g_test_summary ("Guessing is answered with 429 and Retry-After, after five attempts or, on a slow machine, a few more");
  for (guint i = 0; i < 5; i++)
    call_status (fixture, NULL, "POST", "/auth/login", "{\"user\":\"priya\",\"password\":\"guess\"}", 401);
  for (guint i = 0; i < 5 && (limited == NULL || limited->status != 429); i++)
    {
      g_clear_pointer (&limited, lf_raw_reply_free);
      limited = call_as (fixture, NULL, "POST", "/auth/login", "{\"user\":\"priya\",\"password\":\"guess\"}");
    }
  lf_raw_assert_problem (limited, LF_PROBLEM_RATE_LIMITED);
  retry_after = lf_raw_get_header (limited, "Retry-After");
  g_assert_cmpint (g_ascii_strtoll (retry_after, NULL, 10), >=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROUTE_TEST ("/routes/me/changes", test_me);
  ADD_ROUTE_TEST ("/routes/me/status-ends", test_status_ends);
  ADD_ROUTE_TEST ("/routes/contacts/changes", test_contacts);
  ADD_ROUTE_TEST ("/routes/contacts/speed-dials", test_speed_dials);
  ADD_ROUTE_TEST ("/routes/contacts/conditions", test_conditions);
  ADD_ROUTE_TEST ("/routes/conversations/message", test_message);
  ADD_ROUTE_TEST ("/routes/conversations/marks-of-invisible", test_marks_of_invisible);
  ADD_ROUTE_TEST ("/routes/privacy/block", test_block);
  ADD_ROUTE_TEST ("/routes/auth/logout", test_logout);
  ADD_ROUTE_TEST ("/routes/auth/remote-sign-out", test_remote_sign_out);
  ADD_ROUTE_TEST ("/routes/auth/refresh", test_refresh);
  ADD_ROUTE_TEST ("/routes/auth/refresh-at-once", test_refresh_at_once);
  ADD_ROUTE_TEST ("/routes/auth/rate", test_rate);

  return g_test_run ();
}

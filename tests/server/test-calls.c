/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-calls.h"
#include "lf-raw.h"
#include "lf-test-util.h"

/* A server with three people; mara has line 2043, jonas 2041, and a phone connector can make calls on both. */
typedef struct
{
  LfRig *rig;
  char  *mara;
  char  *jonas;
  char  *priya;
  char  *token; /* mara's */
  char  *jonas_token;
  char  *phones;
  LfRaw *connector;
  LfRaw *stream; /* mara's */
  guint  n_keys;
} Fixture;

#define CAN_ALL "{\"t\":\"capabilities\",\"call\":true,\"cancel\":true,\"dnd\":true,\"pickup\":true}"

static void
report (Fixture *fixture, const char *line, const char *body)
{
  g_autofree char       *path = g_strconcat ("/lines/", line, NULL);
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "PUT", path, fixture->phones, body);

  g_assert_cmpuint (reply->status, ==, 204);
}

static gboolean
is_callable (Fixture *fixture)
{
  g_autoptr (LfRawReply) me = lf_raw_call (fixture->rig, "GET", "/me", fixture->token, NULL);

  return strstr (me->body, "\"callable\":true") != NULL;
}

static void
open_connector (Fixture *fixture)
{
  fixture->connector = lf_raw_open_stream (fixture->rig, fixture->phones);
  lf_raw_say (fixture->connector, "{\"t\":\"start\"}");
  g_free (lf_raw_hear_type (fixture->connector, "hello"));
  lf_raw_say (fixture->connector, CAN_ALL);
  report (fixture, "2041", "{\"state\":\"on_hook\"}");
  report (fixture, "2043", "{\"state\":\"on_hook\"}");
  lf_wait_until (is_callable (fixture), LF_RIG_WAIT_MS);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->mara = lf_rig_add_person (fixture->rig, "mara");
  fixture->jonas = lf_rig_add_person (fixture->rig, "jonas");
  fixture->priya = lf_rig_add_person (fixture->rig, "priya");
  fixture->phones = lf_rig_add_token (fixture->rig, "phone", "PBX");
  lf_rig_add_contact (fixture->rig, fixture->jonas, fixture->mara);
  lf_rig_add_line (fixture->rig, "2041", fixture->jonas);
  lf_rig_add_line (fixture->rig, "2043", fixture->mara);
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "mara");
  fixture->jonas_token = lf_rig_sign_in (fixture->rig, "jonas");
  open_connector (fixture);
  fixture->stream = lf_raw_open_live (fixture->rig, fixture->token);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&fixture->stream, lf_raw_free);
  g_clear_pointer (&fixture->connector, lf_raw_free);
  g_free (fixture->mara);
  g_free (fixture->jonas);
  g_free (fixture->priya);
  g_free (fixture->token);
  g_free (fixture->jonas_token);
  g_free (fixture->phones);
  lf_rig_free (fixture->rig);
}

/* POST /calls, with a key or without. */
static void
send_request (LfRaw *raw, const char *token, const char *key, const char *body)
{
  lf_raw_printf (raw, "POST /api/v1/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n%s%s%s"
                      "Content-Type: application/json\r\nContent-Length: %u\r\n\r\n%s",
                 token, key != NULL ? "Idempotency-Key: " : "", key != NULL ? key : "", key != NULL ? "\r\n" : "", (guint) strlen (body), body);
}

static LfRawReply *
ask (Fixture *fixture, const char *token, const char *key, const char *body)
{
  g_autoptr (LfRaw) raw = lf_raw_connect (fixture->rig);

  send_request (raw, token, key, body);
  return lf_raw_read_reply (raw);
}

static char *
find_id (const char *json)
{
  const char *start = strstr (json, "\"id\":\"");

  g_assert_nonnull (start);
  start += strlen ("\"id\":\"");
  return g_strndup (start, strcspn (start, "\""));
}

/* Makes a call that the server takes: its id. */
static char *
make_call (Fixture *fixture)
{
  g_autofree char       *key = g_strdup_printf ("key-%u", fixture->n_keys++);
  g_autoptr (LfRawReply) reply = ask (fixture, fixture->token, key, "{\"address\":\"tel:2041\"}");
  g_autofree char       *command = NULL;
  char                  *id;

  g_assert_cmpuint (reply->status, ==, 202);
  id = find_id (reply->body);
  command = lf_raw_hear_type (fixture->connector, "command");
  g_assert_nonnull (strstr (command, id));
  return id;
}

static void
say_result (Fixture *fixture, const char *id, const char *state)
{
  g_autofree char *text = g_strdup_printf ("{\"t\":\"command_result\",\"id\":\"%s\",\"state\":%s}", id, state);

  lf_raw_say (fixture->connector, text);
}

/* The next frame of a call says so. */
static void
hear_state (Fixture *fixture, const char *state)
{
  g_autofree char *frame = lf_raw_hear_type (fixture->stream, "call");
  g_autofree char *member = g_strdup_printf ("\"state\":\"%s\"", state);

  if (strstr (frame, member) == NULL)
    g_error ("%s is not in %s", member, frame);
}

static void
test_way (Fixture *fixture, gconstpointer unused)
{
  static const char *const states[] = { "ringing_you", "calling", "connected", "ended" };
  g_autofree char         *id = make_call (fixture);
  g_autofree char         *next = NULL;

  g_test_summary ("A call is followed to its end, and only forwards; then the line takes another one");
  hear_state (fixture, "requested");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", states[i]);

      say_result (fixture, id, quoted);
      say_result (fixture, id, "\"ringing_you\"");
      hear_state (fixture, states[i]);
    }
  say_result (fixture, id, "\"connected\"");
  next = make_call (fixture);
  g_assert_cmpstr (next, !=, id);
  hear_state (fixture, "requested");
}

static void
test_bad (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *why;
    const char *key;
    const char *body;
    LfProblem   problem;
  } rows[] = {
    { "no key", NULL, "{\"address\":\"tel:2041\"}", LF_PROBLEM_BAD_REQUEST },
    { "a key that is none", "a b", "{\"address\":\"tel:2041\"}", LF_PROBLEM_BAD_REQUEST },
    { "nobody", "k", "{}", LF_PROBLEM_BAD_REQUEST },
    { "both", "k", "{\"address\":\"tel:2041\",\"pickup\":\"u1\"}", LF_PROBLEM_BAD_REQUEST },
    { "a code", "k", "{\"address\":\"tel:*21*0900123456#\"}", LF_PROBLEM_BAD_REQUEST },
    { "an emergency number", "k", "{\"address\":\"tel:112\"}", LF_PROBLEM_BAD_REQUEST },
    { "line ends", "k", "{\"address\":\"2041\\r\\nRoute: x\"}", LF_PROBLEM_BAD_REQUEST },
    { "the own telephone", "k", "{\"address\":\"2043\"}", LF_PROBLEM_BAD_REQUEST },
    { "a number outside", "k", "{\"address\":\"tel:+4990012345\"}", LF_PROBLEM_NUMBER_REFUSED },
    { "a SIP address elsewhere", "k", "{\"address\":\"sip:ada@example.org\"}", LF_PROBLEM_NUMBER_REFUSED },
    { "somebody else's line", "k", "{\"address\":\"tel:2041\",\"line\":\"2041\"}", LF_PROBLEM_NOT_FOUND },
    { "no such line", "k", "{\"address\":\"tel:2041\",\"line\":\"none\"}", LF_PROBLEM_NOT_FOUND },
    { "nobody's number", "k", "{\"address\":\"tel:2041\",\"user\":\"u-none\"}", LF_PROBLEM_NOT_FOUND },
    { "no call rings there", "k", "{\"pickup\":\"u-none\"}", LF_PROBLEM_NOT_FOUND },
  };

  g_test_summary ("What may not be called is refused, each with its reason, and nothing rings");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfRawReply) reply = ask (fixture, fixture->token, rows[i].key, rows[i].body);

      g_test_message ("%s", rows[i].why);
      lf_raw_assert_problem (reply, rows[i].problem);
    }
  g_assert_cmpuint (lf_raw_drop_heard (fixture->connector), ==, 0);
}

static void
test_same_request (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) first = ask (fixture, fixture->token, "once", "{\"address\":\"tel:2041\"}");
  g_autoptr (LfRawReply) again = ask (fixture, fixture->token, "once", "{\"address\":\"tel:2041\"}");
  g_autoptr (LfRawReply) other = ask (fixture, fixture->token, "once", "{\"address\":\"tel:2042\"}");
  g_autoptr (LfRawReply) busy = ask (fixture, fixture->token, "twice", "{\"address\":\"tel:2041\"}");
  g_autofree char       *first_id = find_id (first->body);
  g_autofree char       *again_id = find_id (again->body);

  g_test_summary ("The same request is one call; its key is for it alone; a line makes one call at a time");
  g_assert_cmpuint (again->status, ==, 202);
  g_assert_cmpstr (first_id, ==, again_id);
  lf_raw_assert_problem (other, LF_PROBLEM_CONFLICT);
  lf_raw_assert_problem (busy, LF_PROBLEM_CONFLICT);
  g_free (lf_raw_hear_type (fixture->connector, "command"));
  g_assert_cmpuint (lf_raw_drop_heard (fixture->connector), ==, 0);
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *id = make_call (fixture);
  g_autofree char       *path = g_strconcat ("/calls/", id, NULL);
  g_autofree char       *command = NULL;
  g_autoptr (LfRawReply) stranger = lf_raw_call (fixture->rig, "DELETE", path, fixture->jonas_token, NULL);
  g_autoptr (LfRawReply) own = lf_raw_call (fixture->rig, "DELETE", path, fixture->token, NULL);
  g_autoptr (LfRawReply) late = NULL;

  g_test_summary ("Only who made a call takes it back; the connector is asked, and says when it is done");
  lf_raw_assert_problem (stranger, LF_PROBLEM_NOT_FOUND);
  g_assert_cmpuint (own->status, ==, 204);
  command = lf_raw_hear_type (fixture->connector, "command");
  g_assert_nonnull (strstr (command, "\"cancel\""));
  hear_state (fixture, "requested");
  say_result (fixture, id, "\"cancelled\"");
  hear_state (fixture, "cancelled");
  late = lf_raw_call (fixture->rig, "DELETE", path, fixture->token, NULL);
  g_assert_cmpuint (late->status, ==, 204);
  g_assert_cmpuint (lf_raw_drop_heard (fixture->connector), ==, 0);
}

static void
test_rate (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) reply = NULL;
  g_autofree char       *retry_after = NULL;

  g_test_summary ("Nobody makes more than ten calls a minute");
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *id = make_call (fixture);

      hear_state (fixture, "requested");
      say_result (fixture, id, "\"busy\"");
      hear_state (fixture, "busy");
    }
  reply = ask (fixture, fixture->token, "one-more", "{\"address\":\"tel:2041\"}");
  lf_raw_assert_problem (reply, LF_PROBLEM_RATE_LIMITED);
  retry_after = lf_raw_get_header (reply, "Retry-After");
  g_assert_cmpstr (retry_after, ==, "10");
}

static void
test_connector_lost (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *id = make_call (fixture);
  g_autofree char       *session = NULL;
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("A connector that is gone takes its calls along, and the telephone is known not to be callable");
  hear_state (fixture, "requested");
  g_clear_pointer (&fixture->connector, lf_raw_free);
  hear_state (fixture, "failed");
  session = lf_raw_hear_type (fixture->stream, "session");
  g_assert_nonnull (strstr (session, "\"callable\":false"));
  reply = ask (fixture, fixture->token, "later", "{\"address\":\"tel:2041\"}");
  lf_raw_assert_problem (reply, LF_PROBLEM_NO_PHONE);
}

static void
test_strange_results (Fixture *fixture, gconstpointer unused)
{
  g_autofree char  *id = make_call (fixture);
  g_autoptr (LfRaw) person = lf_raw_open_live (fixture->rig, fixture->jonas_token);

  g_test_summary ("Only the connector that was asked says how far a call is; people say nothing of the kind");
  hear_state (fixture, "requested");
  say_result (fixture, "no-such-call", "\"busy\"");
  lf_raw_say (person, "{\"t\":\"command_result\",\"id\":\"x\",\"state\":\"busy\"}");
  g_assert_cmpuint (lf_raw_hear_close (person), ==, LF_CLOSE_BAD_FRAME);
  say_result (fixture, id, "\"failed\",\"reason\":\"own_phone\"");
  hear_state (fixture, "failed");
}

static void
test_peer_is_private (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) watcher = lf_raw_open_live (fixture->rig, fixture->jonas_token);
  g_autofree char  *own = NULL;
  g_autofree char  *over = NULL;
  g_autofree char  *seen = NULL;

  g_test_summary ("With whom somebody talks is told to the owner of the line, and to nobody else");
  report (fixture, "2043", "{\"state\":\"off_hook\",\"direction\":\"inbound\",\"peer\":\"sip:+4915112345678@pbx\",\"peer_name\":\"Secret\"}");
  own = lf_raw_hear_type (fixture->stream, "call");
  g_assert_nonnull (strstr (own, "+4915112345678"));
  g_assert_nonnull (strstr (own, "\"Secret\""));
  report (fixture, "2043", "{\"state\":\"on_hook\"}");
  over = lf_raw_hear_type (fixture->stream, "call");
  g_assert_null (strstr (over, "Secret"));
  for (guint i = 0; i < 2; i++) /* off the hook, and on it */
    {
      seen = lf_raw_hear_type (watcher, "presence");
      g_assert_null (strstr (seen, "Secret"));
      g_assert_null (strstr (seen, "15112345678"));
      g_clear_pointer (&seen, g_free);
    }
  g_assert_cmpuint (lf_raw_drop_heard (watcher), ==, 0);
}

static void
test_caller_is_named (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;

  g_test_summary ("The number of a colleague is known; a session that begins during the call is told of it");
  report (fixture, "2043", "{\"state\":\"ringing\",\"direction\":\"inbound\",\"peer\":\"2041\"}");
  first = lf_raw_hear_type (fixture->stream, "call");
  g_assert_nonnull (strstr (first, fixture->jonas));
  lf_raw_free (fixture->stream);
  fixture->stream = lf_raw_open_live (fixture->rig, fixture->token);
  again = lf_raw_hear_type (fixture->stream, "call");
  g_assert_cmpstr (first, ==, again);
}

static void
test_shared_line (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      others = lf_raw_open_live (fixture->rig, fixture->jonas_token);
  g_autoptr (GPtrArray)  shares = lf_line_shares_new ();
  LfLineRow              line = { (char *) "2043", (char *) "tel:2043", fixture->mara, TRUE, NULL, shares };
  g_autofree char       *heard = NULL;
  g_autofree char       *told = NULL;
  g_autoptr (LfRawReply) call = NULL;

  g_test_summary ("All whose line it is hear who calls, and may call with it");
  lf_line_shares_add (shares, fixture->jonas, FALSE);
  lf_hub_set_line (fixture->rig->server->hub, &line);
  report (fixture, "2043", "{\"state\":\"ringing\",\"direction\":\"inbound\",\"peer\":\"2099\"}");
  heard = lf_raw_hear_type (fixture->stream, "call");
  g_assert_nonnull (strstr (heard, "2099"));
  told = lf_raw_hear_type (others, "call");
  g_assert_cmpstr (heard, ==, told);
  call = ask (fixture, fixture->jonas_token, "shared", "{\"address\":\"tel:2099\",\"line\":\"2043\"}");
  g_assert_cmpuint (call->status, ==, 202);
}

static void
test_reasons (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) watcher = lf_raw_open_live (fixture->rig, fixture->jonas_token);
  g_autofree char  *unregistered = NULL;
  g_autofree char  *lost = NULL;
  g_autofree char  *back = NULL;

  g_test_summary ("Why nothing is known of a telephone is told: none is connected, or its system is away");
  report (fixture, "2043", "{\"state\":\"unknown\",\"unregistered\":true}");
  unregistered = lf_raw_hear_type (watcher, "presence");
  g_assert_nonnull (strstr (unregistered, "\"reason\":\"unregistered\""));
  lf_raw_say (fixture->connector, "{\"t\":\"health\",\"code\":\"link_lost\"}");
  lf_raw_say (fixture->connector, "{\"t\":\"ping\",\"n\":1}");
  g_free (lf_raw_hear_type (fixture->connector, "pong"));
  report (fixture, "2043", "{\"state\":\"unknown\"}");
  lost = lf_raw_hear_type (watcher, "presence");
  g_assert_nonnull (strstr (lost, "\"reason\":\"link_lost\""));
  report (fixture, "2043", "{\"state\":\"on_hook\"}");
  back = lf_raw_hear_type (watcher, "presence");
  g_assert_null (strstr (back, "reason"));
}

static void
test_dnd (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) on = lf_raw_call (fixture->rig, "PUT", "/me/dnd", fixture->token, "{\"on\":true}");
  g_autofree char       *command = lf_raw_hear_type (fixture->connector, "command");
  g_autofree char       *id = find_id (command);
  g_autofree char       *session = NULL;

  g_test_summary ("Do not disturb reaches the telephone; if it does not, the person is told that it will ring");
  g_assert_nonnull (strstr (command, "\"dnd\""));
  g_assert_nonnull (strstr (command, "\"on\":true"));
  g_assert_nonnull (strstr (on->body, "\"rings_in_dnd\":false"));
  g_free (lf_raw_hear_type (fixture->stream, "session"));
  say_result (fixture, id, "\"failed\",\"reason\":\"unsupported\"");
  session = lf_raw_hear_type (fixture->stream, "session");
  g_assert_nonnull (strstr (session, "\"rings_in_dnd\":true"));
}

static void
test_dnd_lost (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) on = lf_raw_call (fixture->rig, "PUT", "/me/dnd", fixture->token, "{\"on\":true}");
  g_autofree char       *lost = lf_raw_hear_type (fixture->connector, "command");
  g_autofree char       *again = NULL;
  g_autofree char       *id = NULL;

  g_test_summary ("Do not disturb that a connector lost is said again when it comes back; what it has done is not");
  g_clear_pointer (&fixture->connector, lf_raw_free);
  lf_wait_until (!is_callable (fixture), LF_RIG_WAIT_MS);
  open_connector (fixture);
  again = lf_raw_hear_type (fixture->connector, "command");
  g_assert_nonnull (strstr (again, "\"on\":true"));
  id = find_id (again);
  g_assert_null (strstr (lost, id));
  say_result (fixture, id, "\"ended\"");
  g_free (make_call (fixture)); /* the answer before it was taken */
  g_clear_pointer (&fixture->connector, lf_raw_free);
  lf_wait_until (!is_callable (fixture), LF_RIG_WAIT_MS);
  open_connector (fixture);
  lf_spin_for_ms (3000);
  g_free (make_call (fixture)); /* the first command that comes */
}

static void
test_silent_connector (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRawReply) on = lf_raw_call (fixture->rig, "PUT", "/me/dnd", fixture->token, "{\"on\":true}");
  g_autofree char       *told = lf_raw_hear_type (fixture->connector, "command");
  g_autofree char       *id = make_call (fixture);
  g_autofree char       *late = NULL;
  g_autofree char       *session = NULL;

  g_test_summary ("A connector that says nothing for ten seconds has failed: the call, and do not disturb");
  g_assert_nonnull (strstr (on->body, "\"rings_in_dnd\":false"));
  hear_state (fixture, "requested");
  late = lf_raw_hear_type (fixture->stream, "call");
  g_assert_nonnull (strstr (late, id));
  g_assert_nonnull (strstr (late, "\"state\":\"failed\",\"reason\":\"timeout\""));
  do
    {
      g_free (session);
      session = lf_raw_hear_type (fixture->stream, "session");
    }
  while (strstr (session, "\"rings_in_dnd\":true") == NULL);
}

static void
test_same_key_at_once (Fixture *fixture, gconstpointer unused)
{
  static const char *const bodies[] = { "{\"address\":\"tel:2041\"}", "{\"address\":\"tel:2049\"}" };
  LfRaw                   *raws[G_N_ELEMENTS (bodies)];
  guint                    n_taken = 0;

  g_test_summary ("Of two requests at once with one key, the second is refused, and one call is made");
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    raws[i] = lf_raw_connect (fixture->rig);
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    send_request (raws[i], fixture->token, "one-key", bodies[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (LfRawReply) reply = lf_raw_read_reply (raws[i]);

      if (reply->status == 202)
        n_taken++;
      else
        lf_raw_assert_problem (reply, LF_PROBLEM_CONFLICT);
      lf_raw_free (raws[i]);
    }
  g_assert_cmpuint (n_taken, ==, 1);
}

#define ADD(path, function) g_test_add ("/calls/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("way", test_way);
  ADD ("bad", test_bad);
  ADD ("same-request", test_same_request);
  ADD ("cancel", test_cancel);
  ADD ("rate", test_rate);
  ADD ("connector-lost", test_connector_lost);
  ADD ("strange-results", test_strange_results);
  ADD ("peer-is-private", test_peer_is_private);
  ADD ("caller-is-named", test_caller_is_named);
  ADD ("shared-line", test_shared_line);
  ADD ("reasons", test_reasons);
  ADD ("dnd", test_dnd);
  ADD ("dnd-lost", test_dnd_lost);
  ADD ("silent-connector", test_silent_connector);
  ADD ("same-key-at-once", test_same_key_at_once);
  return g_test_run ();
}

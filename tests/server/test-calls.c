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
static LfRawReply *
ask (Fixture *fixture, const char *token, const char *key, const char *body)
{
  g_autoptr (LfRaw) raw = lf_raw_connect (fixture->rig);

  lf_raw_printf (raw, "POST /api/v1/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n%s%s%s"
                      "Content-Type: application/json\r\nContent-Length: %u\r\n\r\n%s",
                 token, key != NULL ? "Idempotency-Key: " : "", key != NULL ? key : "", key != NULL ? "\r\n" : "", (guint) strlen (body), body);
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
post_records (Fixture *fixture, const char *items, guint status)
{
  g_autofree char       *body = g_strdup_printf ("{\"items\":[%s]}", items);
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "POST", "/lines/2043/calls", fixture->phones, body);

  if (reply->status != status)
    g_error ("%s gave %u: %s", items, reply->status, reply->body);
}

/* A report that begins @at_s ago. */
static char *
make_report (const char *call_id, const char *peer, gint64 at_s, const char *rest)
{
  char start[LF_INSTANT_MAX_CHARS];

  lf_instant_format (g_get_real_time () / LF_SECOND * LF_SECOND - at_s * LF_SECOND, start);
  return g_strdup_printf ("{\"call_id\":\"%s\",\"peer\":\"%s\",\"started_at\":\"%s\",%s}", call_id, peer, start, rest);
}

#define SEEN  "\"direction\":\"inbound\",\"provisional\":true"
#define FINAL "\"direction\":\"inbound\",\"provisional\":false"
#define OUT   "\"direction\":\"outbound\",\"provisional\":true"

static LfWireCallRecordsPage *
list_records (Fixture *fixture, const char *token, const char *query)
{
  g_autofree char       *path = g_strconcat ("/calls/history", query, NULL);
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "GET", path, token, NULL);
  g_autoptr (GError)     error = NULL;
  LfWireCallRecordsPage *page;

  g_assert_cmpuint (reply->status, ==, 200);
  page = lf_codec_decode (&lf_schema_call_records_page, reply->body, strlen (reply->body), &lf_json_limits_reply, &error);
  g_assert_no_error (error);
  return page;
}

static void
test_records (Fixture *fixture, gconstpointer unused)
{
  g_autofree char                  *missed = make_report ("a", "2041", 300, SEEN);
  g_autofree char                  *placed = make_report ("b", "sip:unknown@elsewhere", 200, OUT);
  g_autofree char                  *event = NULL;
  g_autoptr (LfWireCallRecordsPage) all = NULL;
  g_autoptr (LfWireCallRecordsPage) second = NULL;
  g_autoptr (LfWireCallRecordsPage) only = NULL;
  g_autoptr (LfWireCallRecordsPage) others = NULL;
  g_autofree char                  *query = NULL;
  const LfWireCallRecord           *record;

  g_test_summary ("Calls stand in their owner's lists, latest first, with the person whose number it is, after a restart, too");
  post_records (fixture, missed, 204);
  event = lf_raw_hear_type (fixture->stream, "call");
  g_assert_nonnull (strstr (event, "\"missed\""));
  post_records (fixture, missed, 204);
  post_records (fixture, placed, 204);
  g_clear_pointer (&fixture->stream, lf_raw_free);
  g_clear_pointer (&fixture->connector, lf_raw_free);
  lf_rig_restart (fixture->rig);
  all = list_records (fixture, fixture->token, "?limit=1");
  g_assert_cmpuint (all->items->len, ==, 1);
  record = all->items->pdata[0];
  g_assert_cmpint (record->kind, ==, LF_CALL_PLACED);
  g_assert_null (record->user);
  query = g_strconcat ("?before=", all->next, NULL);
  second = list_records (fixture, fixture->token, query);
  g_assert_cmpuint (second->items->len, ==, 1);
  g_assert_null (second->next);
  record = second->items->pdata[0];
  g_assert_cmpint (record->kind, ==, LF_CALL_MISSED);
  g_assert_cmpstr (record->user, ==, fixture->jonas);
  g_assert_cmpstr (record->name, ==, "jonas");
  only = list_records (fixture, fixture->token, "?kind=received");
  g_assert_cmpuint (only->items->len, ==, 0);
  others = list_records (fixture, fixture->jonas_token, "");
  g_assert_cmpuint (others->items->len, ==, 0);
}

static void
test_replaced (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *claim;
    const char *call_ids[2];
    const char *peers[2];
    gint64      at_s[2];
    const char *kinds[2];
    guint       n_records;
  } rows[] = {
    { "the same call", { "a", "a" }, { "2041", "2041" }, { 1000, 990 }, { SEEN, FINAL }, 1 },
    { "the same end, 4 s apart", { "a", "b" }, { "2041", "sip:2041@elsewhere" }, { 1000, 996 }, { SEEN, FINAL }, 2 },
    { "the same end in another spelling", { "a", "b" }, { "2041", "tel:20-41" }, { 1000, 996 }, { SEEN, FINAL }, 1 },
    { "the same end, 6 s apart", { "a", "b" }, { "2041", "2041" }, { 1000, 994 }, { SEEN, FINAL }, 2 },
    { "another end", { "a", "b" }, { "2041", "2042" }, { 1000, 1000 }, { SEEN, FINAL }, 2 },
    { "the other way", { "a", "b" }, { "2041", "2041" }, { 1000, 1000 }, { OUT, FINAL }, 2 },
    { "what was only seen comes later", { "a", "b" }, { "2041", "2041" }, { 1000, 1000 }, { FINAL, SEEN }, 1 },
    { "two final ones are two calls", { "a", "b" }, { "2041", "2041" }, { 1000, 998 }, { FINAL, FINAL }, 2 },
    { "no number is nobody's", { "a", "b" }, { "anonymous", "anonymous" }, { 1000, 998 }, { SEEN, FINAL }, 2 },
  };
  guint n_before = 0;

  g_test_summary ("The record of the telephone system takes the place of what was seen on the line");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfWireCallRecordsPage) page = NULL;

      for (guint k = 0; k < 2; k++)
        {
          g_autofree char *call_id = g_strdup_printf ("%u-%s", (guint) i, rows[i].call_ids[k]);
          g_autofree char *item = make_report (call_id, rows[i].peers[k], rows[i].at_s[k] + (gint64) i * 5000, rows[i].kinds[k]);

          post_records (fixture, item, 204);
        }
      page = list_records (fixture, fixture->token, "?limit=200");
      g_test_message ("%s", rows[i].claim);
      g_assert_cmpuint (page->items->len - n_before, ==, rows[i].n_records);
      n_before = page->items->len;
    }
}

static void
test_bad_records (Fixture *fixture, gconstpointer unused)
{
  g_autofree char                  *future = make_report ("a", "2041", -7200, SEEN);
  g_autofree char                  *aimless = make_report ("a", "2041", 10, "\"direction\":\"none\",\"provisional\":true");
  g_autofree char                  *backwards = make_report ("a", "2041", 10, SEEN ",\"answered_at\":\"2020-01-01T00:00:00Z\"");
  g_autofree char                  *ancient = make_report ("a", "2041", 91 * 86400, SEEN);
  g_autofree char                  *unended = make_report ("a", "2041", 10, SEEN ",\"ended_at\":\"2020-01-01T00:00:00Z\"");
  g_autoptr (LfWireCallRecordsPage) page = NULL;

  g_test_summary ("Reports that cannot be are refused; what is too old is left");
  post_records (fixture, future, 400);
  post_records (fixture, aimless, 400);
  post_records (fixture, backwards, 400);
  post_records (fixture, unended, 400);
  post_records (fixture, "{\"call_id\":\"a\"}", 400);
  post_records (fixture, ancient, 204);
  page = list_records (fixture, fixture->token, "");
  g_assert_cmpuint (page->items->len, ==, 0);
}

static void
test_blocked_name (Fixture *fixture, gconstpointer unused)
{
  g_autofree char                  *path = g_strconcat ("/me/permissions/", fixture->mara, NULL);
  g_autoptr (LfRawReply)            blocked = lf_raw_call (fixture->rig, "PUT", path, fixture->jonas_token, "{\"blocked\":true}");
  g_autofree char                  *item = make_report ("a", "2041", 10, SEEN);
  g_autoptr (LfWireCallRecordsPage) page = NULL;
  const LfWireCallRecord           *record;

  g_test_summary ("Somebody who blocks the reader is a number in the lists");
  g_assert_cmpuint (blocked->status, ==, 204);
  post_records (fixture, item, 204);
  page = list_records (fixture, fixture->token, "");
  record = page->items->pdata[0];
  g_assert_null (record->user);
  g_assert_null (record->name);
  g_assert_cmpstr (record->address, ==, "2041");
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
  ADD ("reasons", test_reasons);
  ADD ("dnd", test_dnd);
  ADD ("records", test_records);
  ADD ("replaced", test_replaced);
  ADD ("bad-records", test_bad_records);
  ADD ("blocked-name", test_blocked_name);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-raw.h"
#include "lf-streams.h"
#include "lf-test-util.h"

#define BURST 20

typedef struct
{
  LfRig *rig;
  char  *ada;
  char  *bob;
  char  *token; /* of ada's session */
  char  *bob_token;
  char  *phone;
  char  *calendar;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->ada = lf_rig_add_person (fixture->rig, "ada");
  fixture->bob = lf_rig_add_person (fixture->rig, "bob");
  fixture->phone = lf_rig_add_token (fixture->rig, "phone", "PBX");
  fixture->calendar = lf_rig_add_token (fixture->rig, "calendar", "Nextcloud");
  lf_rig_add_contact (fixture->rig, fixture->ada, fixture->bob);
  lf_rig_add_line (fixture->rig, "2041", fixture->bob);
  fixture->rig->config->device_grace_s = 1;
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "ada");
  fixture->bob_token = lf_rig_sign_in (fixture->rig, "bob");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  lf_rig_assert_alive (fixture->rig);
  g_free (fixture->token);
  g_free (fixture->bob_token);
  g_free (fixture->phone);
  g_free (fixture->calendar);
  g_free (fixture->ada);
  g_free (fixture->bob);
  lf_rig_free (fixture->rig);
}

static void
call (Fixture *fixture, guint status, const char *method, const char *path, const char *token, const char *body)
{
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, method, path, token, body);

  if (reply->status != status)
    g_error ("%s %s gave %u %s", method, path, reply->status, reply->body);
}

static void
hear (LfRaw *raw, const char *type, const char *wanted)
{
  g_autofree char *text = lf_raw_hear_type (raw, type);

  if (strstr (text, wanted) == NULL)
    g_error ("Wanted “%s” in: %s", wanted, text);
}

static void
test_hello (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_open_stream (fixture->rig, fixture->token);
  g_autofree char  *hello = NULL;
  g_autofree char  *snapshot = NULL;
  g_autofree char  *own = g_strdup_printf ("{\"user\":\"%s\"", fixture->ada);
  g_autofree char  *other = g_strdup_printf ("{\"user\":\"%s\"", fixture->bob);

  g_test_summary ("start is answered by hello, then a snapshot with everything a client starts from");
  lf_raw_say (raw, "{\"t\":\"start\"}");
  hello = lf_raw_hear (raw);
  g_assert_true (g_str_has_prefix (hello, "{\"t\":\"hello\""));
  g_assert_nonnull (strstr (hello, "\"ping_s\":20,\"window\":512"));
  g_assert_nonnull (strstr (hello, "\"resumed\":false,\"count\":0"));
  snapshot = lf_raw_hear (raw);
  g_assert_true (g_str_has_prefix (snapshot, "{\"t\":\"snapshot\",\"part\":0,\"last\":true,\"me\":{"));
  g_assert_nonnull (strstr (snapshot, "\"groups\":[]"));
  g_assert_nonnull (strstr (snapshot, own));
  g_assert_nonnull (strstr (snapshot, other));
}

static void
test_resume (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = lf_raw_open_stream (fixture->rig, fixture->token);

  g_test_summary ("resume is answered by resumed: false, a count of 0 and a snapshot");
  lf_raw_say (raw, "{\"t\":\"resume\",\"session\":\"s1\",\"count\":17}");
  hear (raw, "hello", "\"resumed\":false,\"count\":0");
  hear (raw, "snapshot", "\"part\":0");
  lf_raw_say (raw, "{\"t\":\"ack\",\"count\":1}");
  lf_raw_say (raw, "{\"t\":\"ping\",\"n\":1}");
  hear (raw, "pong", "1");
}

static void
test_events (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) ada = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfRaw) bob = lf_raw_open_live (fixture->rig, fixture->bob_token);

  g_test_summary ("A phone, a calendar, a device, a status and a roster that change are heard where they should be");

  lf_raw_say (bob, "{\"t\":\"reach\",\"state\":\"online\",\"since\":\"2026-03-02T09:00:00Z\"}");
  hear (ada, "presence", "\"reachability\":{\"state\":\"online\",\"since\":\"2026-03-02T09:00:00Z\"");
  call (fixture, 204, "PUT", "/lines/2041", fixture->phone, "{\"state\":\"ringing\",\"since\":\"2026-03-02T10:00:00Z\"}");
  hear (ada, "presence", "\"phone\":{\"state\":\"ringing\",\"since\":\"2026-03-02T10:00:00Z\",\"detail\":\"tel:2041\",\"source\":\"PBX\"}");
  call (fixture, 204, "PUT", "/me/calendars/desk/busy", fixture->bob_token,
        "{\"read_at\":\"2026-03-02T09:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-03-09T00:00:00Z\","
        "\"periods\":[{\"start\":\"2026-03-02T09:00:00Z\",\"end\":\"2026-03-02T10:00:00Z\",\"type\":\"busy\"}]}");
  hear (ada, "calendar", "\"calendar_rev\":");
  call (fixture, 204, "DELETE", "/me/calendars/desk", fixture->bob_token, NULL);
  hear (ada, "calendar", "\"calendar_rev\":");
  call (fixture, 200, "PUT", "/me/status", fixture->bob_token, "{\"choice\":\"away\",\"text\":\"Lunch\"}");
  hear (ada, "presence", "\"state\":\"away\"");
  hear (bob, "session", "\"text\":\"Lunch\"");
  call (fixture, 200, "PUT", "/me/dnd", fixture->bob_token, "{\"on\":true}");
  hear (ada, "presence", "\"state\":\"do_not_disturb\"");
}

static void
test_busy (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *path = g_strdup_printf ("/busy?users=%s,nobody&from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z", fixture->bob);
  g_autofree char       *put = g_strdup_printf ("/users/%s/calendars/nc/busy", fixture->bob);
  g_autoptr (LfRawReply) reply = NULL;
  g_autoptr (LfRawReply) after = NULL;

  g_test_summary ("What a calendar connector publishes is pulled by colleagues; somebody who is hidden has nothing");
  call (fixture, 403, "PUT", put, fixture->token, "{\"read_at\":\"2026-03-02T09:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-03-09T00:00:00Z\",\"periods\":[]}");
  call (fixture, 204, "PUT", put, fixture->calendar,
        "{\"read_at\":\"2026-03-02T09:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-03-09T00:00:00Z\","
        "\"periods\":[{\"start\":\"2026-03-02T09:00:00Z\",\"end\":\"2026-03-02T10:00:00Z\",\"type\":\"tentative\"}]}");
  call (fixture, 400, "PUT", put, fixture->calendar,
        "{\"read_at\":\"2026-03-02T09:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-03-09T00:00:00Z\","
        "\"periods\":[{\"start\":\"2026-03-02T09:00:00Z\",\"end\":\"2026-03-02T09:00:00Z\",\"type\":\"busy\"}]}");
  reply = lf_raw_call (fixture->rig, "GET", path, fixture->token, NULL);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->body, "\"type\":\"tentative\""));
  g_assert_nonnull (strstr (reply->body, "\"user\":\"nobody\",\"rev\":0,\"periods\":[]"));
  call (fixture, 200, "PUT", "/me/visibility", fixture->bob_token, "{\"invisible\":true}");
  after = lf_raw_call (fixture->rig, "GET", path, fixture->token, NULL);
  g_assert_null (strstr (after->body, "tentative"));
}

static void
test_forget (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *path = g_strdup_printf ("/busy?users=%s&from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z", fixture->bob);
  g_autofree char       *put = g_strdup_printf ("/users/%s/calendars/nc/busy", fixture->bob);
  const char            *report = "{\"read_at\":\"2026-03-02T09:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-03-09T00:00:00Z\","
                                  "\"periods\":[{\"start\":\"2026-03-02T09:00:00Z\",\"end\":\"2026-03-02T10:00:00Z\",\"type\":\"busy\"}]}";
  const char            *narrow = "{\"read_at\":\"2026-03-02T08:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-03-02T12:00:00Z\","
                                  "\"periods\":[{\"start\":\"2026-03-02T11:00:00Z\",\"end\":\"2026-03-02T12:00:00Z\",\"type\":\"elsewhere\"}]}";
  g_autoptr (LfRawReply) before = NULL;
  g_autoptr (LfRawReply) after = NULL;

  g_test_summary ("A calendar that its desktop takes back counts no more, neither as busy nor in what is known; the others stay, also what a stranger names");
  call (fixture, 204, "PUT", put, fixture->calendar, report);
  call (fixture, 204, "PUT", "/me/calendars/desk/busy", fixture->bob_token, narrow);
  before = lf_raw_call (fixture->rig, "GET", path, fixture->token, NULL);
  g_assert_nonnull (strstr (before->body, "elsewhere"));
  g_assert_nonnull (strstr (before->body, "\"known_until\":\"2026-03-02T12:00:00Z\""));

  call (fixture, 204, "DELETE", "/me/calendars/desk", fixture->token, NULL); /* somebody else's of that name */
  call (fixture, 204, "DELETE", "/me/calendars/none", fixture->bob_token, NULL);
  call (fixture, 403, "DELETE", "/me/calendars/desk", fixture->calendar, NULL);
  after = lf_raw_call (fixture->rig, "GET", path, fixture->token, NULL);
  g_assert_cmpstr (after->body, ==, before->body);

  call (fixture, 204, "DELETE", "/me/calendars/desk", fixture->bob_token, NULL);
  lf_raw_reply_free (g_steal_pointer (&after));
  after = lf_raw_call (fixture->rig, "GET", path, fixture->token, NULL);
  g_assert_null (strstr (after->body, "elsewhere"));
  g_assert_nonnull (strstr (after->body, "\"type\":\"busy\""));
  g_assert_nonnull (strstr (after->body, "\"known_until\":\"2026-03-03T00:00:00Z\""));
}

/* The store reads nothing until it is opened. */
typedef struct
{
  GMutex   mutex;
  GCond    opened;
  gboolean is_open;
} Gate;

static gboolean
run_wait (LfDb *db, gpointer data, GError **error)
{
  Gate    *gate = data;
  gint64   end_us = g_get_monotonic_time () + LF_RIG_WAIT_MS * G_TIME_SPAN_MILLISECOND;
  gboolean is_in_time = TRUE;

  g_mutex_lock (&gate->mutex);
  while (!gate->is_open && is_in_time)
    is_in_time = g_cond_wait_until (&gate->opened, &gate->mutex, end_us);
  g_mutex_unlock (&gate->mutex);
  g_assert_true (is_in_time);
  return TRUE;
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  gate->is_open = TRUE;
  g_cond_signal (&gate->opened);
  g_mutex_unlock (&gate->mutex);
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_nonnull (lf_store_run_finish (LF_STORE (source), result, NULL));
}

static guint
count_waiting (Fixture *fixture)
{
  LfStoreStats writer, reader;

  lf_store_get_stats (fixture->rig->server->store, &writer, &reader);
  return reader.n_waiting;
}

static void
test_busy_hidden_meanwhile (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *put = g_strdup_printf ("/users/%s/calendars/nc/busy", fixture->bob);
  g_autoptr (LfRaw)      raw = NULL;
  g_autoptr (LfRawReply) reply = NULL;
  static Gate            gate; /* the store's thread may still be leaving it at the end */
  LfClaims               hidden = {
                  .user = fixture->bob,
                  .status.expires_at_us = LF_INSTANT_NONE,
                  .status_since_us = LF_INSTANT_NONE,
                  .dnd.expires_at_us = LF_INSTANT_NONE,
                  .dnd_since_us = LF_INSTANT_NONE,
                  .visibility.is_invisible = TRUE,
  };

  g_test_summary ("Who hides while a calendar is being read has nothing either");
  call (fixture, 204, "PUT", put, fixture->calendar,
        "{\"read_at\":\"2026-03-02T09:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-03-09T00:00:00Z\","
        "\"periods\":[{\"start\":\"2026-03-02T09:00:00Z\",\"end\":\"2026-03-02T10:00:00Z\",\"type\":\"tentative\"}]}");
  lf_store_read_async (fixture->rig->server->store, run_wait, &gate, NULL, NULL, on_waited, NULL);
  lf_wait_until (count_waiting (fixture) == 0, LF_RIG_WAIT_MS);
  raw = lf_raw_connect (fixture->rig);
  lf_raw_printf (raw, "GET " LF_API_PATH "/busy?users=%s&from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n",
                 fixture->bob, fixture->token);
  lf_wait_until (count_waiting (fixture) == 1, LF_RIG_WAIT_MS);
  lf_hub_set_claims (fixture->rig->server->hub, &hidden);
  open_gate (&gate);
  reply = lf_raw_read_reply (raw);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_null (strstr (reply->body, "tentative"));
  g_assert_nonnull (strstr (reply->body, "\"rev\":0,\"periods\":[]"));
}

static void
test_largest_calendar (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) body = g_string_new ("{\"read_at\":\"2026-03-02T09:00:00Z\",\"known_from\":\"2026-03-02T00:00:00Z\",\"known_until\":\"2026-04-30T00:00:00Z\",\"periods\":[");

  g_test_summary ("400 periods, the most that may be published, pass the limits of a body");
  for (guint i = 0; i < LF_BUSY_MAX_PERIODS; i++)
    g_string_append_printf (body, "%s{\"start\":\"2026-03-%02uT%02u:00:00Z\",\"end\":\"2026-03-%02uT%02u:30:00Z\",\"type\":\"out_of_office\"}",
                            i > 0 ? "," : "", i / 24 + 2, i % 24, i / 24 + 2, i % 24);
  g_string_append (body, "]}");
  call (fixture, 204, "PUT", "/me/calendars/desk/busy", fixture->bob_token, body->str);
}

static void
test_early_end (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) before = g_date_time_add_minutes (now, -30);
  g_autoptr (GDateTime) after = g_date_time_add_minutes (now, 30);
  g_autofree char      *start = g_date_time_format (before, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char      *ended = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char      *end = g_date_time_format (after, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char      *body = g_strdup_printf ("{\"start\":\"%s\",\"end\":\"%s\",\"ended_at\":\"%s\"}", start, end, ended);
  g_autofree char      *wrong = g_strdup_printf ("{\"start\":\"%s\",\"end\":\"%s\",\"ended_at\":\"%s\"}", ended, start, end);
  g_autoptr (LfRaw)     ada = lf_raw_open_live (fixture->rig, fixture->token);

  g_test_summary ("“I left early” is taken for a meeting that runs, and colleagues hear that the calendar changed");
  call (fixture, 204, "PUT", "/me/calendars/early_end", fixture->bob_token, body);
  hear (ada, "calendar", fixture->bob);
  call (fixture, 400, "PUT", "/me/calendars/early_end", fixture->bob_token, wrong);
}

static void
test_connectors (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)      raw = lf_raw_open_stream (fixture->rig, fixture->phone);
  g_autoptr (LfRawReply) lines = NULL;
  g_autoptr (LfRaw)      again = lf_raw_connect (fixture->rig);
  g_autoptr (LfRawReply) unchanged = NULL;
  g_autofree char       *etag = NULL;

  g_test_summary ("A connector's stream has no snapshot; it hears of lines, and asks for them again only when they changed");
  lf_raw_say (raw, "{\"t\":\"start\"}");
  hear (raw, "hello", "\"resumed\":false");
  lines = lf_raw_call (fixture->rig, "GET", "/connector/lines", fixture->phone, NULL);
  g_assert_cmpuint (lines->status, ==, 200);
  g_assert_nonnull (strstr (lines->body, "{\"line\":\"2041\",\"address\":\"tel:2041\",\"primary_of\":\""));
  etag = lf_raw_get_header (lines, "ETag");
  lf_raw_printf (again, "GET /api/v1/connector/lines HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIf-None-Match: %s\r\n\r\n", fixture->phone, etag);
  unchanged = lf_raw_read_reply (again);
  g_assert_cmpuint (unchanged->status, ==, 304);
  lf_hub_tell_lines (fixture->rig->server->hub);
  g_free (lf_raw_hear_type (raw, "lines"));
  call (fixture, 403, "GET", "/connector/people", fixture->phone, NULL);
  call (fixture, 200, "GET", "/connector/people", fixture->calendar, NULL);
  call (fixture, 404, "PUT", "/lines/9999", fixture->phone, "{\"state\":\"on_hook\"}");
  lf_raw_say (raw, "{\"t\":\"reach\",\"state\":\"online\"}");
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_BAD_FRAME);
}

static void
open_conversation (Fixture *fixture, char **conversation)
{
  g_autofree char               *body = g_strdup_printf ("{\"members\":[\"%s\"]}", fixture->bob);
  g_autoptr (LfRawReply)         reply = lf_raw_call (fixture->rig, "POST", "/conversations", fixture->token, body);
  g_autoptr (LfWireConversation) opened = NULL;

  g_assert_cmpuint (reply->status, ==, 201);
  opened = lf_codec_decode (&lf_schema_conversation, reply->body, strlen (reply->body), &lf_json_limits_reply, NULL);
  g_assert_nonnull (opened);
  *conversation = g_strdup (opened->id);
}

static void
test_chat (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) ada = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfRaw) bob = lf_raw_open_live (fixture->rig, fixture->bob_token);
  g_autofree char  *conversation = NULL;
  g_autofree char  *put = NULL;
  g_autofree char  *typing = NULL;
  g_autofree char  *delivered = NULL;

  g_test_summary ("A message, signs of typing and marks pass between two streams; the other hears of whom it opened a chat with");
  open_conversation (fixture, &conversation);
  g_free (lf_raw_hear_type (bob, "presence")); /* ada's: they share a conversation now */
  put = g_strdup_printf ("/conversations/%s/messages/5f0c2c5e-0b7e-4bb0-9f39-1f6a0f9f8a01", conversation);
  call (fixture, 201, "PUT", put, fixture->token, "{\"body\":\"Hello\"}");
  hear (bob, "message", "\"body\":\"Hello\"");
  typing = g_strdup_printf ("{\"t\":\"typing\",\"conversation\":\"%s\"}", conversation);
  lf_raw_say (bob, typing);
  hear (ada, "typing", fixture->bob);
  delivered = g_strdup_printf ("{\"t\":\"delivered\",\"conversation\":\"%s\",\"seq\":1}", conversation);
  lf_raw_say (bob, delivered);
  hear (ada, "delivered", "\"seq\":1");
  lf_raw_say (bob, "{\"t\":\"typing\",\"conversation\":\"not-mine\"}");
  lf_raw_say (bob, "{\"t\":\"delivered\",\"conversation\":\"not-mine\",\"seq\":1}");
  lf_raw_say (bob, "{\"t\":\"ping\",\"n\":2}");
  hear (bob, "pong", "2");
}

static void
test_signed_out (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) ada = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfRaw) unstarted = NULL;
  g_autofree char  *second = lf_rig_sign_in (fixture->rig, "ada");
  gint64            start_us = g_get_monotonic_time ();

  g_test_summary ("Signing out closes the streams of that session with 4001 within a second, started or not");
  call (fixture, 204, "POST", "/auth/logout", fixture->token, NULL);
  g_assert_cmpuint (lf_raw_hear_close (ada), ==, LF_CLOSE_SIGNED_OUT);
  unstarted = lf_raw_open_stream (fixture->rig, second);
  call (fixture, 204, "POST", "/auth/logout", second, NULL);
  g_assert_cmpuint (lf_raw_hear_close (unstarted), ==, LF_CLOSE_SIGNED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 2 * G_USEC_PER_SEC);
  call (fixture, 401, "GET", "/me", fixture->token, NULL);
}

static void
test_replaced (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) older = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfRaw) newer = lf_raw_open_live (fixture->rig, fixture->token);

  g_test_summary ("A second stream of a session takes over from the first (4003)");
  g_assert_cmpuint (lf_raw_hear_close (older), ==, LF_CLOSE_REPLACED);
  lf_raw_say (newer, "{\"t\":\"ping\",\"n\":1}");
  hear (newer, "pong", "1");
}

static void
test_gone_and_bye (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) ada = lf_raw_open_live (fixture->rig, fixture->token);
  LfRaw            *bob = lf_raw_open_live (fixture->rig, fixture->bob_token);
  gint64            start_us;

  g_test_summary ("A socket that breaks makes its device offline after the grace; a bye at once");
  lf_raw_say (bob, "{\"t\":\"reach\",\"state\":\"online\"}");
  hear (ada, "presence", "\"online\"");
  start_us = g_get_monotonic_time ();
  lf_raw_free (bob);
  hear (ada, "presence", "\"offline\"");
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 900000);
  bob = lf_raw_open_live (fixture->rig, fixture->bob_token);
  lf_raw_say (bob, "{\"t\":\"reach\",\"state\":\"online\"}");
  hear (ada, "presence", "\"online\"");
  lf_raw_say (bob, "{\"t\":\"bye\",\"reason\":\"quit\"}");
  g_assert_cmpuint (lf_raw_hear_close (bob), ==, LF_CLOSE_NORMAL);
  hear (ada, "presence", "\"offline\"");
  lf_raw_free (bob);
}

static void
test_burst (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw)  ada = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfRaw)  bob = lf_raw_open_live (fixture->rig, fixture->bob_token);
  const LfPeerStats *stats = lf_streams_get_peer_stats (fixture->rig->server->streams);
  guint64            n_before = stats->n_writes;

  g_test_summary ("Changes that come together go out together: fewer writes than changes");
  for (guint i = 0; i < BURST; i++)
    lf_raw_say (bob, i % 2 == 0 ? "{\"t\":\"reach\",\"state\":\"idle\"}" : "{\"t\":\"reach\",\"state\":\"online\"}");
  for (guint i = 0; i < BURST; i++)
    hear (ada, "presence", i % 2 == 0 ? "\"idle\"" : "\"online\"");
  g_assert_cmpuint (stats->n_writes - n_before, <, BURST); /* to both of them */
}

static void
test_two_devices (Fixture *fixture, gconstpointer unused)
{
  g_autofree char  *token = lf_rig_sign_in (fixture->rig, "ada");
  g_autoptr (LfRaw) desk = lf_raw_open_live (fixture->rig, fixture->token);
  g_autoptr (LfRaw) bob = lf_raw_open_live (fixture->rig, fixture->bob_token);
  g_autoptr (LfRaw) laptop = lf_raw_open_live (fixture->rig, token);

  g_test_summary ("Each of a watcher's devices hears a change once, as long as it is there");
  lf_raw_say (bob, "{\"t\":\"reach\",\"state\":\"idle\"}");
  hear (desk, "presence", "\"idle\"");
  hear (laptop, "presence", "\"idle\"");
  lf_raw_say (desk, "{\"t\":\"bye\",\"reason\":\"quit\"}");
  g_assert_cmpuint (lf_raw_hear_close (desk), ==, LF_CLOSE_NORMAL);
  lf_raw_say (bob, "{\"t\":\"reach\",\"state\":\"online\"}");
  hear (laptop, "presence", "\"online\"");
  lf_raw_say (bob, "{\"t\":\"reach\",\"state\":\"away\"}");
  hear (laptop, "presence", "\"away\""); /* and not online once more */
}

static void
test_restart (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) bob = NULL;
  LfRaw            *ada = lf_raw_open_live (fixture->rig, fixture->token);
  gsize             rev_length = strlen ("\"rev\":8589934592");

  g_test_summary ("After a restart tokens still hold, people are unknown and revisions are above all before");
  lf_raw_free (ada);
  lf_rig_restart (fixture->rig);
  bob = lf_raw_open_stream (fixture->rig, fixture->bob_token);
  lf_raw_say (bob, "{\"t\":\"start\"}");
  {
    g_autofree char *snapshot = lf_raw_hear_type (bob, "snapshot");
    const char      *rev = strstr (snapshot, "\"rev\":");

    g_assert_nonnull (strstr (snapshot, "\"reachability\":{\"state\":\"unknown\"}"));
    g_assert_true (g_str_has_prefix (rev, "\"rev\":85899345"));
    g_assert_cmpuint (strcspn (rev, ","), ==, rev_length);
  }
}

static void
test_ping (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfRaw) raw = NULL;

  g_test_summary ("The server pings; who does not answer is closed");
  fixture->rig->config->ping_s = 1;
  fixture->rig->config->pong_timeout_s = 1;
  raw = lf_raw_open_live (fixture->rig, fixture->token);
  hear (raw, "ping", "\"n\":1");
  lf_raw_say (raw, "{\"t\":\"pong\",\"n\":1}");
  hear (raw, "ping", "\"n\":2");
  g_assert_cmpuint (lf_raw_hear_close (raw), ==, LF_CLOSE_SLOW);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/stream/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("hello", test_hello);
  ADD ("resume", test_resume);
  ADD ("events", test_events);
  ADD ("busy", test_busy);
  ADD ("busy/taken-back", test_forget);
  ADD ("busy/hidden-meanwhile", test_busy_hidden_meanwhile);
  ADD ("calendar/largest", test_largest_calendar);
  ADD ("calendar/early-end", test_early_end);
  ADD ("connectors", test_connectors);
  ADD ("chat", test_chat);
  ADD ("signed-out", test_signed_out);
  ADD ("replaced", test_replaced);
  ADD ("gone-and-bye", test_gone_and_bye);
  ADD ("burst", test_burst);
  ADD ("two-devices", test_two_devices);
  ADD ("restart", test_restart);
  ADD ("ping", test_ping);
  return g_test_run ();
}

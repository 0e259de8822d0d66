/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>

#include "lf-raw.h"
#include "lf-streams.h"
#include "lf-test-util.h"

/* Whole servers, each set up as its test needs it. */

#define N_FANS 12

static void
hear (LfRaw *raw, const char *type, const char *wanted)
{
  g_autofree char *text = lf_raw_hear_type (raw, type);

  if (strstr (text, wanted) == NULL)
    g_error ("Wanted “%s” in: %s", wanted, text);
}

static void
test_expiry (gconstpointer unused)
{
  g_autoptr (LfRig)      rig = lf_rig_new ();
  g_autofree char       *ada = lf_rig_add_person (rig, "ada");
  g_autofree char       *token = NULL;
  g_autoptr (LfRaw)      stream = NULL;
  g_autoptr (LfRaw)      late = NULL;
  g_autoptr (LfRawReply) call = NULL;
  g_autoptr (LfRawReply) upgrade = NULL;

  g_test_summary ("A token that has expired is refused, at the upgrade too; an open stream lives until its session ends");

  g_assert_finalize_object (rig->clock);
  rig->clock = lf_clock_new_manual (g_get_real_time ());
  lf_rig_start (rig);
  token = lf_rig_sign_in (rig, "ada");
  stream = lf_raw_open_live (rig, token);
  lf_clock_advance (rig->clock, LF_ACCESS_TOKEN_US);
  call = lf_raw_call (rig, "GET", "/me", token, NULL);
  lf_raw_assert_problem (call, LF_PROBLEM_TOKEN_EXPIRED);
  late = lf_raw_connect (rig);
  lf_raw_send_upgrade (late, token);
  upgrade = lf_raw_read_reply (late);
  lf_raw_assert_problem (upgrade, LF_PROBLEM_TOKEN_EXPIRED);
  lf_raw_say (stream, "{\"t\":\"ping\",\"n\":1}");
  hear (stream, "pong", "1");
  lf_clock_advance (rig->clock, LF_REFRESH_TOKEN_US);
  g_assert_cmpuint (lf_raw_hear_close (stream), ==, LF_CLOSE_SIGNED_OUT);
}

static void
test_unix_socket (gconstpointer unused)
{
  g_autoptr (LfRig) rig = lf_rig_new ();
  g_autofree char  *ada = lf_rig_add_person (rig, "ada");
  g_autofree char  *token = NULL;
  g_autofree char  *path = g_build_filename (rig->folder, "http.sock", NULL);
  g_autoptr (LfRaw) stream = NULL;
  GStatBuf          status;

  g_test_summary ("Requests and streams come by a Unix socket, too: for its owner and group, and gone with the server");

  g_free (rig->config->listen);
  rig->config->listen = g_strconcat ("unix:", path, NULL);
  lf_rig_start (rig);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0660);
  token = lf_rig_sign_in (rig, "ada");
  stream = lf_raw_open_live (rig, token);
  lf_raw_say (stream, "{\"t\":\"ping\",\"n\":1}");
  hear (stream, "pong", "1");
  g_clear_pointer (&rig->server, lf_server_free);
  g_assert_cmpint (g_stat (path, &status), ==, -1);
}

static void
test_too_many_in_all (gconstpointer unused)
{
  g_autoptr (LfRig)     rig = lf_rig_new ();
  g_autoptr (GPtrArray) raws = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_raw_free);
  g_autofree char      *phone = lf_rig_add_token (rig, "phone", "PBX");
  guint                 n_refused = 0;

  g_test_summary ("Streams and requests count together towards the limit of all connections");

  lf_rig_start (rig);
  rig->config->max_connections = 16;
  rig->config->max_streams_per_user = 100;
  for (guint i = 0; i < 16; i++)
    {
      g_ptr_array_add (raws, lf_raw_open_stream (rig, phone));
      lf_spin_for_ms (10); /* the daemon lets go of its half */
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (LfRaw) raw = lf_raw_connect (rig);

      lf_raw_send_upgrade (raw, phone);
      lf_raw_wait_closed (raw);
      n_refused += raw->in->len == 0;
    }
  g_assert_cmpuint (n_refused, ==, 3);
  g_ptr_array_set_size (raws, 0);
  lf_wait_until (lf_streams_count (rig->server->streams) == 0, LF_RIG_WAIT_MS);
  lf_rig_assert_alive (rig);
}

static void
test_long_snapshot (gconstpointer unused)
{
  g_autoptr (LfRig)     rig = lf_rig_new ();
  g_autofree char      *ada = lf_rig_add_person (rig, "ada");
  g_autofree char      *token = NULL;
  g_autoptr (LfRaw)     raw = NULL;
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (g_free);
  guint                 n_parts = 0;
  guint                 n_contacts = 0;
  gboolean              is_last = FALSE;
  LfLineRow             line = { (char *) "2041", (char *) "tel:moved", NULL, TRUE };

  g_test_summary ("A long snapshot comes in parts of at most 64 KiB; what changes meanwhile comes after the last");
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *login = g_strdup_printf ("person%u", i);
      char            *id = lf_rig_add_bare_person (rig, login);

      g_ptr_array_add (people, id);
      lf_rig_add_contact (rig, ada, id);
    }
  lf_rig_add_line (rig, "2041", people->pdata[0]);
  lf_rig_start (rig);
  token = lf_rig_sign_in (rig, "ada");
  raw = lf_raw_open_stream (rig, token);
  lf_raw_say (raw, "{\"t\":\"start\"}");
  g_free (lf_raw_hear_type (raw, "hello"));
  line.user = people->pdata[0];
  while (!is_last)
    {
      g_autofree char *text = lf_raw_hear (raw);
      g_autofree char *ack = g_strdup_printf ("{\"t\":\"ack\",\"count\":%u}", n_parts + 1);
      const char      *at = text;

      g_assert_true (g_str_has_prefix (text, "{\"t\":\"snapshot\""));
      g_assert_cmpuint (strlen (text), <=, 65536);
      while ((at = strstr (at, "\"favourite\"")) != NULL)
        {
          n_contacts++;
          at++;
        }
      is_last = strstr (text, "\"last\":true") != NULL;
      n_parts++;
      lf_hub_set_line (rig->server->hub, &line);
      lf_raw_say (raw, ack);
    }
  g_assert_cmpuint (n_contacts, ==, 400);
  g_assert_cmpuint (n_parts, >=, 3);
}

static void
test_many_watchers (gconstpointer unused)
{
  g_autoptr (LfRig)      rig = lf_rig_new ();
  g_autofree char       *bob = lf_rig_add_person (rig, "bob");
  g_autofree char       *phone = lf_rig_add_token (rig, "phone", "PBX");
  g_autoptr (GPtrArray)  streams = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_raw_free);
  g_autofree char       *first = NULL;
  g_autoptr (LfRawReply) reply = NULL;

  g_test_summary ("One change reaches every watcher, byte for byte the same, one encode for all");
  lf_rig_add_line (rig, "2041", bob);
  for (guint i = 0; i < N_FANS; i++)
    {
      g_autofree char *login = g_strdup_printf ("fan%u", i);
      g_autofree char *id = lf_rig_add_person (rig, login);

      lf_rig_add_contact (rig, id, bob);
    }
  lf_rig_start (rig);
  for (guint i = 0; i < N_FANS; i++)
    {
      g_autofree char *login = g_strdup_printf ("fan%u", i);
      g_autofree char *token = lf_rig_sign_in (rig, login);

      g_ptr_array_add (streams, lf_raw_open_live (rig, token));
    }
  reply = lf_raw_call (rig, "PUT", "/lines/2041", phone, "{\"state\":\"off_hook\"}");
  g_assert_cmpuint (reply->status, ==, 204);
  for (guint i = 0; i < streams->len; i++)
    {
      g_autofree char *text = lf_raw_hear_type (streams->pdata[i], "presence");

      if (first == NULL)
        first = g_strdup (text);
      g_assert_nonnull (strstr (text, "\"off_hook\""));
      g_assert_cmpstr (text, ==, first);
    }
}

static void
on_drained (gpointer user_data)
{
  gboolean *is_drained = user_data;

  *is_drained = TRUE;
}

static void
test_drain (gconstpointer unused)
{
  g_autoptr (LfRig) rig = lf_rig_new ();
  g_autofree char  *ada = lf_rig_add_person (rig, "ada");
  g_autofree char  *token = NULL;
  g_autofree char  *address = g_build_filename (rig->folder, "address", NULL);
  g_autoptr (LfRaw) stream = NULL;
  g_autoptr (LfRaw) open = NULL;
  gboolean          is_drained = FALSE;

  g_test_summary ("A server that stops tells its streams 4009, answers what it has, and takes nothing new");
  lf_rig_start (rig);
  token = lf_rig_sign_in (rig, "ada");
  stream = lf_raw_open_live (rig, token);
  open = lf_raw_connect (rig);
  lf_raw_send (open, "GET /api/v1/ HTTP/1.1\r\nHost: x\r\n\r\n");
  {
    g_autoptr (LfRawReply) before = lf_raw_read_reply (open);

    g_assert_cmpuint (before->status, ==, 200);
  }
  g_assert_true (g_file_test (address, G_FILE_TEST_EXISTS));
  lf_server_drain (rig->server, on_drained, &is_drained);
  g_assert_false (g_file_test (address, G_FILE_TEST_EXISTS));
  lf_raw_send (open, "GET /api/v1/ HTTP/1.1\r\nHost: x\r\n\r\n");
  {
    g_autoptr (LfRawReply) during = lf_raw_read_reply (open);
    g_autofree char       *retry = lf_raw_get_header (during, "Retry-After");

    lf_raw_assert_problem (during, LF_PROBLEM_UNAVAILABLE);
    g_assert_nonnull (retry);
  }
  g_assert_cmpuint (lf_raw_hear_close (stream), ==, LF_CLOSE_RESTART);
  lf_raw_send_frame (stream, 0x88, "\x0f\xa9", 2);
  lf_wait_until (is_drained, LF_RIG_WAIT_MS);
}

static guint
count_closed (GPtrArray *raws)
{
  guint n = 0;

  for (guint i = 0; i < raws->len; i++)
    {
      LfRaw *raw = raws->pdata[i];

      lf_raw_pump (raw);
      n += memmem (raw->in->data, raw->in->len, "\x0f\xa9", 2) != NULL; /* 4009 */
    }
  return n;
}

static void
test_drain_many (gconstpointer unused)
{
  g_autoptr (LfRig)     rig = lf_rig_new ();
  g_autofree char      *phone = lf_rig_add_token (rig, "phone", "PBX");
  g_autoptr (GPtrArray) raws = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_raw_free);
  gboolean              is_drained = FALSE;
  const guint           n = 200;

  g_test_summary ("Many streams are not told all at once that the server stops, but each is, well before it ends");
  rig->config->max_streams_per_user = n;
  lf_rig_start (rig);
  for (guint i = 0; i < n; i++)
    {
      LfRaw *raw = lf_raw_open_stream (rig, phone);

      g_ptr_array_add (raws, raw);
      lf_raw_say (raw, "{\"t\":\"start\"}");
      g_free (lf_raw_hear_type (raw, "hello"));
    }
  lf_server_drain (rig->server, on_drained, &is_drained);
  g_main_context_iteration (NULL, FALSE); /* what was said goes out; at most one look at the clock */
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (count_closed (raws), <, n / 2);
  g_assert_false (is_drained);
  lf_wait_until (count_closed (raws) == n, LF_RIG_WAIT_MS);
  g_ptr_array_set_size (raws, 0);
  lf_wait_until (is_drained, LF_RIG_WAIT_MS);
}

static void
set_clock (LfRig *rig, gint64 by_us)
{
  lf_clock_set_server_us (rig->clock, lf_clock_get_now_us (rig->clock) + by_us);
  lf_clock_advance (rig->clock, 0); /* as the system's clock does by itself: what has become due */
}

static LfPhoneState
see_phone (LfRig *rig, const char *watcher, const char *user)
{
  g_autoptr (LfPresence) seen = lf_hub_dup_presence (rig->server->hub, watcher, user);

  return seen->phone.state;
}

static void
test_clock_set (gconstpointer unused)
{
  g_autoptr (LfRig)      rig = lf_rig_new ();
  g_autofree char       *ada = lf_rig_add_person (rig, "ada");
  g_autofree char       *bob = lf_rig_add_person (rig, "bob");
  g_autofree char       *phone = lf_rig_add_token (rig, "phone", "PBX");
  g_autofree char       *ada_token = NULL;
  g_autofree char       *bob_token = NULL;
  g_autoptr (LfRaw)      bob_stream = NULL;
  g_autoptr (LfRaw)      ada_stream = NULL;
  g_autofree char       *dnd = NULL;
  g_autofree char       *next = NULL;
  gint64                 now_us = g_get_real_time ();
  char                   until[LF_INSTANT_MAX_CHARS];
  static const gint64    steps[] = { LF_HOUR, -LF_HOUR, -LF_DAY, 0 };
  g_autoptr (LfRawReply) put = NULL;
  g_autoptr (LfRawReply) expired = NULL;

  g_test_summary ("A wall clock that is set by an hour or a day moves no lease; what ends at a time of day ends by it");
  g_assert_finalize_object (rig->clock);
  rig->clock = lf_clock_new_manual (now_us);
  lf_rig_add_contact (rig, ada, bob);
  lf_rig_add_line (rig, "2041", bob);
  lf_rig_start (rig);
  ada_token = lf_rig_sign_in (rig, "ada");
  bob_token = lf_rig_sign_in (rig, "bob");
  bob_stream = lf_raw_open_live (rig, bob_token);
  lf_raw_say (bob_stream, "{\"t\":\"reach\",\"state\":\"online\"}");
  hear (bob_stream, "presence", "\"online\"");
  {
    g_autoptr (LfRawReply) line = lf_raw_call (rig, "PUT", "/lines/2041", phone, "{\"state\":\"off_hook\"}");

    g_assert_cmpuint (line->status, ==, 204);
  }
  lf_instant_format (now_us + 2 * LF_HOUR, until);
  dnd = g_strdup_printf ("{\"on\":true,\"expires_at\":\"%s\"}", until);
  put = lf_raw_call (rig, "PUT", "/me/dnd", bob_token, dnd);
  g_assert_cmpuint (put->status, ==, 200);
  ada_stream = lf_raw_open_live (rig, ada_token);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (LfPresence) seen = NULL;

      set_clock (rig, steps[i]);
      lf_raw_say (ada_stream, "{\"t\":\"ping\",\"n\":1}");
      g_free (next);
      next = lf_raw_hear (ada_stream);
      g_assert_nonnull (strstr (next, "\"pong\"")); /* nobody's presence came before it */
      seen = lf_hub_dup_presence (rig->server->hub, ada, bob);
      g_assert_cmpint (seen->phone.state, ==, LF_PHONE_DO_NOT_DISTURB);
      g_assert_cmpint (seen->reachability.state, ==, LF_REACHABILITY_ONLINE);
    }

  set_clock (rig, LF_DAY + 3 * LF_HOUR); /* past the end of DND, and of the access token */
  /* what the store says of the next end may come while the clock stands beyond it */
  lf_wait_until ((lf_clock_advance (rig->clock, 0), see_phone (rig, ada, bob) == LF_PHONE_OFF_HOOK), LF_RIG_WAIT_MS);
  hear (ada_stream, "presence", "\"off_hook\"");
  expired = lf_raw_call (rig, "GET", "/me", ada_token, NULL);
  lf_raw_assert_problem (expired, LF_PROBLEM_TOKEN_EXPIRED);
  g_assert_cmpuint (lf_streams_count (rig->server->streams), ==, 2);
  lf_clock_advance (rig->clock, 90 * LF_SECOND); /* by elapsed time the connector has been silent for too long now */
  hear (ada_stream, "presence", "\"unknown\"");
}

static void
test_second_connector (gconstpointer unused)
{
  g_autoptr (LfRig)      rig = lf_rig_new ();
  g_autofree char       *ada = lf_rig_add_person (rig, "ada");
  g_autofree char       *first = lf_rig_add_token (rig, "phone", "PBX one");
  g_autofree char       *second = lf_rig_add_token (rig, "phone", "PBX two");
  g_autoptr (LfRawReply) taken = NULL;
  g_autoptr (LfRawReply) refused = NULL;

  g_test_summary ("A line that one connector reports is refused to another");
  lf_rig_add_line (rig, "7", ada);
  lf_rig_start (rig);
  taken = lf_raw_call (rig, "PUT", "/lines/7", first, "{\"state\":\"held\"}");
  g_assert_cmpuint (taken->status, ==, 204);
  refused = lf_raw_call (rig, "PUT", "/lines/7", second, "{\"state\":\"on_hook\"}");
  lf_raw_assert_problem (refused, LF_PROBLEM_LINE_OWNED);
}

/* Characters of four bytes each: the longest there are, since control characters are refused. */
static char *
make_heavy (guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, "\xf0\x9f\x98\x80");
  return g_string_free (text, FALSE);
}

static void
put_heavy_group (LfRig *rig, const char *token, guint i)
{
  g_autofree char       *name = make_heavy (60);
  g_autofree char       *body = g_strdup_printf ("{\"name\":\"%s\",\"position\":%u}", name, i);
  g_autofree char       *path = g_strdup_printf ("/groups/%064u", i);
  g_autoptr (LfRawReply) reply = lf_raw_call (rig, "PUT", path, token, body);

  g_assert_true (reply->status == 201 || reply->status == 409); /* so many, and no more */
}

static void
send_heavy_message (LfRig *rig, const char *from_token, const char *to)
{
  g_autofree char       *members = g_strdup_printf ("{\"members\":[\"%s\"]}", to);
  g_autoptr (LfRawReply) opened = lf_raw_call (rig, "POST", "/conversations", from_token, members);
  g_autofree char       *text = make_heavy (8000);
  g_autofree char       *body = g_strdup_printf ("{\"body\":\"%s\"}", text);
  g_autofree char       *uuid = g_uuid_string_random ();
  g_autoptr (LfRawReply) sent = NULL;
  g_autofree char       *id = NULL;
  g_autofree char       *path = NULL;
  const char            *at = strstr (opened->body, "\"id\":\"");

  g_assert_nonnull (at);
  id = g_strndup (at + 6, strcspn (at + 6, "\""));
  path = g_strdup_printf ("/conversations/%s/messages/%s", id, uuid);
  sent = lf_raw_call (rig, "PUT", path, from_token, body);
  g_assert_cmpuint (sent->status, ==, 201);
}

static void
test_heavy_snapshot (gconstpointer unused)
{
  g_autoptr (LfRig) rig = lf_rig_new ();
  g_autofree char  *ada = lf_rig_add_person (rig, "ada");
  g_autofree char  *bob = lf_rig_add_person (rig, "bob");
  g_autofree char  *token = NULL;
  g_autofree char  *bob_token = NULL;
  g_autoptr (LfRaw) raw = NULL;
  gboolean          is_last = FALSE;

  g_test_summary ("However long a message and the names of groups are on the wire, no frame has more than 64 KiB");
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *login = g_strdup_printf ("person%u", i);
      g_autofree char *id = lf_rig_add_bare_person (rig, login);

      lf_rig_add_contact (rig, ada, id);
    }
  lf_rig_start (rig);
  token = lf_rig_sign_in (rig, "ada");
  bob_token = lf_rig_sign_in (rig, "bob");
  send_heavy_message (rig, bob_token, ada);
  for (guint i = 0; i < 200; i++)
    put_heavy_group (rig, bob_token, i);
  raw = lf_raw_open_stream (rig, token);
  lf_raw_say (raw, "{\"t\":\"start\"}");
  g_free (lf_raw_hear_type (raw, "hello"));
  while (!is_last)
    {
      g_autofree char *text = lf_raw_hear_type (raw, "snapshot");

      g_assert_cmpuint (strlen (text), <=, 65536);
      is_last = strstr (text, "\"last\":true") != NULL;
    }
  g_clear_pointer (&raw, lf_raw_free);
  raw = lf_raw_open_stream (rig, bob_token);
  lf_raw_say (raw, "{\"t\":\"start\"}");
  for (is_last = FALSE; !is_last;)
    {
      g_autofree char *text = lf_raw_hear_type (raw, "snapshot");

      g_assert_cmpuint (strlen (text), <=, 65536);
      is_last = strstr (text, "\"last\":true") != NULL;
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/server/second-connector", NULL, test_second_connector);
  g_test_add_data_func ("/server/drain", NULL, test_drain);
  g_test_add_data_func ("/server/drain-many", NULL, test_drain_many);
  g_test_add_data_func ("/server/clock-set", NULL, test_clock_set);
  g_test_add_data_func ("/server/expiry", NULL, test_expiry);
  g_test_add_data_func ("/server/unix-socket", NULL, test_unix_socket);
  g_test_add_data_func ("/server/too-many", NULL, test_too_many_in_all);
  g_test_add_data_func ("/server/snapshot/long", NULL, test_long_snapshot);
  g_test_add_data_func ("/server/snapshot/heavy", NULL, test_heavy_snapshot);
  g_test_add_data_func ("/server/many-watchers", NULL, test_many_watchers);
  return g_test_run ();
}

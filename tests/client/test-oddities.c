/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-client.h"
#include "lf-fake-server.h"
#include "lf-test-util.h"

/* A whole client on a server that means well and is in an odd state. */

#define PERSON(id)  "{\"id\":\"" id "\",\"login\":\"" id "\",\"name\":\"" id "\",\"addresses\":[]}"
#define CONTACT(id) "{\"user\":\"" id "\",\"person\":" PERSON (id) ",\"favourite\":true,\"watched\":true,\"speed_dial\":0}"
#define TOKENS      "{\"user\":\"u1\",\"session\":\"s1\",\"access_token\":\"a\",\"access_expires_at\":\"2026-11-24T09:15:00Z\",\"refresh_token\":\"r\",\"refresh_expires_at\":\"2026-12-24T09:00:00Z\"}"
#define HELLO       "{\"t\":\"hello\",\"session\":\"s1\",\"server_time\":\"2026-11-24T09:00:00Z\",\"ping_s\":20,\"window\":512,\"features\":[],\"resumed\":false,\"count\":0}"
#define ME_BEGUN    "{\"person\":" PERSON ("u1") ",\"status\":{\"choice\":\"automatic\"},\"dnd\":{\"on\":false},\"visibility\":{\"invisible\":false}"
#define ME          ME_BEGUN "}"
#define ME_READ(at) ME_BEGUN ",\"calendars\":[{\"source\":\"work\",\"read_at\":\"2026-11-24T" at ":00Z\"}]}"

typedef struct
{
  LfFakeServer *server;
  LfFakeConn   *stream;  /* borrowed; the last that was opened */
  LfFakeConn   *asks;    /* borrowed, nullable; waits for the list of conversations */
  LfFakeConn   *asks_me; /* borrowed, nullable; waits for what belongs to the user */
  LfClient     *client;
  guint         calendar_rev;
  gboolean      has_meeting;
  gboolean      is_signed_in;
  guint         n_streams;
  guint         n_asked; /* for conversations */
  guint         n_crowd; /* contacts that the snapshot begins with */
} World;

static void
on_request (LfFakeConn          *conn,
            const LfFakeRequest *request,
            gpointer             user_data)
{
  World           *w = user_data;
  const char      *path = request->path + strlen ("/api/v1");
  g_autofree char *busy = NULL;

  if (g_str_equal (path, "/stream"))
    lf_fake_conn_upgrade (conn, request);
  else if (g_str_has_prefix (path, "/auth/"))
    lf_fake_conn_answer (conn, 200, "", "application/json", TOKENS);
  else if (g_str_equal (path, "/me/privacy"))
    lf_fake_conn_answer (conn, 200, "", "application/json", "{\"blocked\":[]}");
  else if (g_str_equal (path, "/me"))
    w->asks_me = conn;
  else if (g_str_equal (path, "/conversations"))
    {
      w->asks = conn;
      w->n_asked++;
    }
  else if (g_str_has_prefix (path, "/busy"))
    {
      busy = g_strdup_printf ("{\"items\":[{\"user\":\"u2\",\"rev\":%u,\"known_from\":\"2026-11-23T09:00:00Z\","
                              "\"known_until\":\"2026-12-08T09:00:00Z\",\"read_at\":\"2026-11-24T09:00:00Z\",\"periods\":[%s]}]}",
                              w->calendar_rev,
                              w->has_meeting ? "{\"start\":\"2026-11-24T08:00:00Z\",\"end\":\"2026-11-24T10:00:00Z\",\"type\":\"busy\"}" : "");
      lf_fake_conn_answer (conn, 200, "", "application/json", busy);
    }
  else
    lf_fake_conn_problem (conn, 404, "", "not_found");
}

#define CROWD_A_PART 500

/* Contacts, their presence and conversations with them, @w->n_crowd each. Returns: the number of parts */
static guint
send_crowd (World      *w,
            LfFakeConn *conn)
{
  guint part = 0;

  for (guint first = 0; first < w->n_crowd; first += CROWD_A_PART, part++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      g_string_append_printf (text, "{\"t\":\"snapshot\",\"part\":%u,\"last\":false,\"groups\":[],\"contacts\":[", part);
      for (guint i = first; i < MIN (first + CROWD_A_PART, w->n_crowd); i++)
        g_string_append_printf (text, "%s{\"user\":\"c%u\",\"favourite\":false,\"watched\":false,\"speed_dial\":0}", i > first ? "," : "", i);
      g_string_append (text, "],\"presence\":[],\"conversations\":[]}");
      lf_fake_conn_text (conn, text->str);
    }
  return part;
}

static void
on_client_frame (LfFakeConn    *conn,
                 const LfFrame *frame,
                 gpointer       user_data)
{
  World           *w = user_data;
  g_autofree char *snapshot = NULL;

  if (frame->type != LF_FRAME_START && frame->type != LF_FRAME_RESUME)
    return;
  w->n_streams++;
  w->stream = conn;
  lf_fake_conn_text (conn, HELLO);
  snapshot = g_strdup_printf ("{\"t\":\"snapshot\",\"part\":%u,\"last\":true,\"me\":" ME ",\"groups\":[],"
                              "\"contacts\":[" CONTACT ("u1") "," CONTACT ("u2") "],\"presence\":["
                                                                                 "{\"user\":\"u1\",\"rev\":1,\"calendar_rev\":0,\"phone\":{\"state\":\"on_hook\"},\"reachability\":{\"state\":\"online\"}},"
                                                                                 "{\"user\":\"u2\",\"rev\":1,\"calendar_rev\":%u,\"phone\":{\"state\":\"on_hook\"},\"reachability\":{\"state\":\"online\"}}],"
                                                                                 "\"conversations\":[]}",
                              send_crowd (w, conn), w->calendar_rev);
  lf_fake_conn_text (conn, snapshot);
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  ((World *) user_data)->is_signed_in = lf_client_sign_in_finish (LF_CLIENT (source), result, NULL);
}

static void
world_begin_crowded (World *w,
                     guint  calendar_rev,
                     guint  n_crowd)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();

  *w = (World){ .client = lf_client_new (clock), .calendar_rev = calendar_rev, .has_meeting = calendar_rev != 0, .n_crowd = n_crowd };
  w->server = lf_fake_server_new (on_request, on_client_frame, w);
  lf_client_sign_in_async (w->client, lf_fake_server_get_address (w->server), "mara", "x", FALSE, NULL, on_signed_in, w);
  lf_wait_until (w->is_signed_in && lf_client_get_state (w->client) == LF_CLIENT_ONLINE, 10000);
}

static void
world_begin (World *w,
             guint  calendar_rev)
{
  world_begin_crowded (w, calendar_rev, 0);
}

static void
world_end (World *w)
{
  g_object_run_dispose (G_OBJECT (w->client));
  lf_wait_until (G_OBJECT (w->client)->ref_count == 1, 10000);
  g_assert_finalize_object (w->client);
  lf_fake_server_free (w->server);
}

static LfContact *
colleague (World *w)
{
  return lf_roster_lookup (lf_client_get_roster (w->client), "u2");
}

static gint64
get_calendar_rev (World *w)
{
  return lf_contact_get_presence (colleague (w))->calendar.rev;
}

static LfDisplayStatus
get_status (World *w)
{
  return lf_contact_get_resolved (colleague (w))->status;
}

static void
test_set_back (void)
{
  World w;

  g_test_summary ("A server restored from a backup has lower calendar revisions: what it says replaces what is held.");
  world_begin (&w, 10);
  lf_wait_until (get_calendar_rev (&w) == 10, 10000);
  g_assert_cmpint (get_status (&w), ==, LF_DISPLAY_IN_A_MEETING);

  w.calendar_rev = 3;
  w.has_meeting = FALSE;
  lf_fake_server_drop_all (w.server);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_RECONNECTING, 5000);
  lf_client_reconnect_now (w.client);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_ONLINE, 10000);
  g_assert_cmpint (get_status (&w), ==, LF_DISPLAY_IN_A_MEETING); /* until it is pulled */
  lf_client_set_open_contact (w.client, colleague (&w));
  lf_wait_until (get_calendar_rev (&w) == 3, 10000);
  g_assert_cmpint (get_status (&w), ==, LF_DISPLAY_ONLINE);
  world_end (&w);
}

static void
test_own_contact (void)
{
  World w;

  g_test_summary ("The user is no contact of the user, whatever the server says.");
  world_begin (&w, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (w.client))), ==, 1);
  g_assert_nonnull (colleague (&w));
  lf_fake_conn_text (w.stream, "{\"t\":\"contact\",\"contact\":" CONTACT ("u1") "}");
  lf_fake_conn_text (w.stream, "{\"t\":\"contact\",\"removed\":\"u2\"}");
  lf_wait_until (colleague (&w) == NULL, 5000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (w.client))), ==, 0);
  g_assert_cmpint (lf_contact_get_resolved (lf_client_get_own (w.client))->status, ==, LF_DISPLAY_ONLINE);
  world_end (&w);
}

static void
test_new_token (void)
{
  World w;

  g_test_summary ("While the token of a live stream is renewed, what is shown ages as after any cut.");
  world_begin (&w, 0);
  g_assert_cmpint (lf_client_get_as_of_us (w.client), ==, 0);
  lf_fake_conn_close_code (w.stream, 4002);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_RECONNECTING, 5000);
  g_assert_cmpint (lf_client_get_as_of_us (w.client), !=, 0);
  g_assert_cmpint (lf_contact_get_presence (colleague (&w))->phone.valid_until_us, !=, LF_INSTANT_NONE);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_ONLINE, 10000);
  g_assert_cmpuint (w.n_streams, ==, 2);
  g_assert_cmpint (lf_client_get_as_of_us (w.client), ==, 0);
  world_end (&w);
}

#define OWN_MESSAGE(conv) "{\"t\":\"message\",\"conversation\":\"" conv "\",\"id\":\"m-" conv "\",\"seq\":1,\"sender\":\"u1\",\"body\":\"Hello\",\"sent_at\":\"2026-11-24T09:00:00Z\"}"
#define CHAT(conv, user)  "{\"id\":\"" conv "\",\"created_at\":\"2026-11-24T08:00:00Z\",\"last_seq\":1,\"unread\":0,\"members\":[{\"user\":\"u1\",\"delivered_seq\":0,\"read_seq\":0},{\"user\":\"" user "\",\"delivered_seq\":0,\"read_seq\":0}]}"

static void
test_begun_elsewhere (void)
{
  World       w;
  GListModel *chats;

  g_test_summary ("A conversation begun on another device while the list was being fetched is fetched as well.");
  world_begin (&w, 0);
  chats = lf_client_get_conversations (w.client);
  lf_fake_conn_text (w.stream, OWN_MESSAGE ("c8"));
  lf_wait_until (w.n_asked == 1, 5000);
  lf_fake_conn_text (w.stream, OWN_MESSAGE ("c9"));
  lf_fake_conn_text (w.stream, "{\"t\":\"contact\",\"removed\":\"u2\"}");
  lf_wait_until (colleague (&w) == NULL, 5000);
  lf_fake_conn_answer (w.asks, 200, "", "application/json", "{\"items\":[" CHAT ("c8", "u8") "],\"next\":null}");
  lf_wait_until (w.n_asked == 2, 5000);
  g_assert_cmpuint (g_list_model_get_n_items (chats), ==, 1);
  lf_fake_conn_answer (w.asks, 200, "", "application/json", "{\"items\":[" CHAT ("c8", "u8") "," CHAT ("c9", "u9") "],\"next\":null}");
  lf_wait_until (g_list_model_get_n_items (chats) == 2, 5000);
  lf_spin_for_ms (20);
  g_assert_cmpuint (w.n_asked, ==, 2);
  world_end (&w);
}

/* Has the client ask, unless it waits for an answer. */
static LfFakeConn *
hear_refresh (World *w)
{
  w->asks_me = NULL;
  lf_wait_until ((lf_client_refresh_calendars (w->client), w->asks_me != NULL), 10000);
  return w->asks_me;
}

static gboolean
is_read_at (World *w, const char *time)
{
  const LfWireMe *me = lf_client_get_me (w->client);
  char            text[LF_INSTANT_MAX_CHARS] = "";

  if (me->calendars->len == 1)
    lf_instant_format (((const LfWireReadCalendar *) me->calendars->pdata[0])->read_at_us, text);
  return strstr (text, time) != NULL;
}

static void
test_calendars (void)
{
  World       w;
  LfFakeConn *asks;

  g_test_summary ("When calendars were read stays known if it is not told, or if the stream told of it later.");
  world_begin (&w, 0);
  lf_fake_conn_text (w.stream, "{\"t\":\"session\",\"me\":" ME_READ ("09:00") "}");
  lf_wait_until (is_read_at (&w, "T09:00"), 10000);
  lf_fake_conn_problem (hear_refresh (&w), 500, "", "internal");
  asks = hear_refresh (&w); /* so the answer before was taken */
  g_assert_true (is_read_at (&w, "T09:00"));
  lf_fake_conn_text (w.stream, "{\"t\":\"session\",\"me\":" ME_READ ("09:20") "}");
  lf_wait_until (is_read_at (&w, "T09:20"), 10000);
  lf_fake_conn_answer (asks, 200, "", "application/json", ME_READ ("09:10"));
  asks = hear_refresh (&w);
  g_assert_true (is_read_at (&w, "T09:20"));
  lf_fake_conn_answer (asks, 200, "", "application/json", ME_READ ("09:30"));
  lf_wait_until (is_read_at (&w, "T09:30"), 10000);
  world_end (&w);
}

static void
test_crowd (void)
{
  World w;

  g_test_summary ("More contacts than anybody has are not kept.");
  world_begin_crowded (&w, 0, 20100);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (w.client))), ==, 20000);
  lf_fake_conn_text (w.stream, "{\"t\":\"contact\",\"contact\":" CONTACT ("u5") "}");
  lf_fake_conn_text (w.stream, "{\"t\":\"contact\",\"removed\":\"c0\"}");
  lf_wait_until (lf_roster_lookup (lf_client_get_roster (w.client), "c0") == NULL, 5000);
  g_assert_null (lf_roster_lookup (lf_client_get_roster (w.client), "u5"));
  lf_fake_server_drop_all (w.server);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_RECONNECTING, 5000);
  w.n_crowd = 0;
  lf_client_reconnect_now (w.client);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_ONLINE, 20000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (w.client))), ==, 1);
  world_end (&w);
}

static void
sign_out (gpointer client)
{
  lf_client_sign_out_async (client, NULL, NULL, NULL);
}

static void
test_sign_out_at_cut (void)
{
  static const struct
  {
    const char *claim;
    gboolean    is_back; /* signs out when the stream is back, not when it is cut */
  } rows[] = { { "at the cut", FALSE }, { "when the stream is back", TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      World w;

      g_test_summary ("Who signs out in a handler of the cut, or of its end, is signed out.");
      world_begin (&w, 0);
      if (rows[i].is_back)
        {
          lf_fake_server_drop_all (w.server);
          lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_RECONNECTING, 5000);
        }
      g_signal_connect_swapped (w.client, "notify::as-of-us", G_CALLBACK (sign_out), w.client);
      if (rows[i].is_back)
        lf_client_reconnect_now (w.client);
      else
        lf_fake_server_drop_all (w.server);
      lf_wait_until (lf_client_get_me (w.client) == NULL, 10000);
      lf_spin_for_ms (20);
      g_test_message ("%s", rows[i].claim);
      g_assert_cmpint (lf_client_get_state (w.client), ==, LF_CLIENT_SIGNED_OUT);
      world_end (&w);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/oddities/set-back", test_set_back);
  g_test_add_func ("/oddities/own-contact", test_own_contact);
  g_test_add_func ("/oddities/new-token", test_new_token);
  g_test_add_func ("/oddities/begun-elsewhere", test_begun_elsewhere);
  g_test_add_func ("/oddities/calendars", test_calendars);
  g_test_add_func ("/oddities/crowd", test_crowd);
  g_test_add_func ("/oddities/sign-out-at-cut", test_sign_out_at_cut);
  return g_test_run ();
}

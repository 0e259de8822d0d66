/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-client.h"
#include "lf-error.h"
#include "lf-fake-server.h"
#include "lf-test-util.h"
#include "lf-wire.h"

/* A whole client on a server that lies: what it says is well-formed, mutilated, or both in turn. */

#define PERSON(id, name)               "{\"id\":\"" id "\",\"login\":\"" id "\",\"name\":\"" name "\",\"addresses\":[]}"
#define ME                             "{\"person\":" PERSON ("u1", "Mara") ",\"status\":{\"choice\":\"automatic\"},\"dnd\":{\"on\":false},\"visibility\":{\"invisible\":false}}"
#define OTHER_ME                       "{\"person\":" PERSON ("u2", "Somebody else") ",\"status\":{\"choice\":\"away\"},\"dnd\":{\"on\":true},\"visibility\":{\"invisible\":true}}"
#define TOKENS                         "{\"user\":\"u1\",\"session\":\"s1\",\"access_token\":\"a\",\"access_expires_at\":\"2026-11-24T09:15:00Z\",\"refresh_token\":\"r\",\"refresh_expires_at\":\"2026-12-24T09:00:00Z\"}"
#define HELLO                          "{\"t\":\"hello\",\"session\":\"s1\",\"server_time\":\"2026-11-24T09:00:00Z\",\"ping_s\":20,\"window\":512,\"features\":[],\"resumed\":false,\"count\":0}"
#define PRESENCE(user, rev, crev)      "{\"user\":\"" user "\",\"rev\":" #rev ",\"calendar_rev\":" #crev ",\"phone\":{\"state\":\"off_hook\"},\"reachability\":{\"state\":\"online\"}}"
#define MESSAGE(conv, id, seq, sender) "{\"conversation\":\"" conv "\",\"id\":\"" id "\",\"seq\":" #seq ",\"sender\":\"" sender "\",\"body\":\"Hello\",\"sent_at\":\"2026-11-24T09:00:00Z\"}"
#define CHAT(id, a, b)                 "{\"id\":\"" id "\",\"created_at\":\"2026-11-24T08:00:00Z\",\"last_seq\":3,\"unread\":2,\"members\":[{\"user\":\"" a "\",\"name\":\"A\",\"delivered_seq\":0,\"read_seq\":0},{\"user\":\"" b "\",\"name\":\"B\",\"delivered_seq\":9,\"read_seq\":9}],\"last_message\":" MESSAGE (id, "m3", 3, b) "}"
#define SNAPSHOT                                                                                                                                                                                          \
  "{\"t\":\"snapshot\",\"part\":0,\"last\":true,\"me\":" ME ",\"groups\":[{\"id\":\"g1\",\"name\":\"G\",\"position\":1}],"                                                                                \
  "\"contacts\":[{\"user\":\"u2\",\"person\":" PERSON ("u2", "Jonas") ",\"favourite\":true,\"watched\":true,\"speed_dial\":1},{\"user\":\"u3\",\"favourite\":false,\"watched\":false,\"speed_dial\":0}]," \
                                                                      "\"presence\":[" PRESENCE ("u1", 1, 1) "," PRESENCE ("u2", 5, 2) "," PRESENCE ("u9", 5, 2) "],\"conversations\":[" CHAT ("c1", "u1", "u2") "]}"

static const char *const frames[] = {
  "{\"t\":\"presence\",\"user\":\"u2\",\"rev\":9007199254740991,\"phone\":{\"state\":\"held\"},\"reachability\":{\"state\":\"away\"}}",
  "{\"t\":\"presence\",\"user\":\"nobody\",\"rev\":1,\"phone\":{\"state\":\"unknown\"},\"reachability\":{\"state\":\"unknown\"}}",
  "{\"t\":\"calendar\",\"user\":\"u2\",\"calendar_rev\":9007199254740991}",
  "{\"t\":\"calendar\",\"user\":\"u2\",\"calendar_rev\":0}",
  "{\"t\":\"calendar\",\"user\":\"nobody\",\"calendar_rev\":4}",
  "{\"t\":\"message\","
  "\"conversation\":\"c1\",\"id\":\"m4\",\"seq\":4,\"sender\":\"u2\",\"body\":\"Hello\",\"sent_at\":\"2026-11-24T09:00:00Z\"}",
  "{\"t\":\"message\","
  "\"conversation\":\"c1\",\"id\":\"m4\",\"seq\":5,\"sender\":\"u2\",\"body\":\"the same id\",\"sent_at\":\"2026-11-24T09:00:00Z\"}",
  "{\"t\":\"message\","
  "\"conversation\":\"c1\",\"id\":\"m5\",\"seq\":4,\"sender\":\"u2\",\"body\":\"the same place\",\"sent_at\":\"2026-11-24T09:00:00Z\"}",
  "{\"t\":\"message\","
  "\"conversation\":\"c1\",\"id\":\"m6\",\"seq\":9007199254740991,\"sender\":\"stranger\",\"body\":\"far\",\"sent_at\":\"9999-12-31T23:59:59Z\"}",
  "{\"t\":\"message\","
  "\"conversation\":\"c7\",\"id\":\"m7\",\"seq\":1,\"sender\":\"u7\",\"body\":\"a new one\",\"sent_at\":\"0001-01-01T00:00:00Z\"}",
  "{\"t\":\"message\","
  "\"conversation\":\"c8\",\"id\":\"m8\",\"seq\":1,\"sender\":\"u1\",\"body\":\"from myself\",\"sent_at\":\"2026-11-24T09:00:00Z\"}",
  "{\"t\":\"delivered\",\"conversation\":\"c1\",\"user\":\"u2\",\"seq\":9007199254740991}",
  "{\"t\":\"read\",\"conversation\":\"c1\",\"user\":\"u1\",\"seq\":9007199254740991}",
  "{\"t\":\"read\",\"conversation\":\"nowhere\",\"user\":\"u1\",\"seq\":1}",
  "{\"t\":\"typing\",\"conversation\":\"c1\",\"user\":\"u2\"}",
  "{\"t\":\"typing\",\"conversation\":\"c1\"}",
  "{\"t\":\"contact\",\"removed\":\"u2\"}",
  "{\"t\":\"contact\",\"removed\":\"nobody\"}",
  "{\"t\":\"contact\",\"contact\":{\"user\":\"u1\",\"favourite\":false,\"watched\":true,\"speed_dial\":0}}",
  "{\"t\":\"contact\",\"contact\":{\"user\":\"u4\",\"person\":" PERSON ("u5", "Another") ",\"group\":\"nowhere\",\"favourite\":false,\"watched\":true,\"speed_dial\":0}}",
  "{\"t\":\"contact\"}",
  "{\"t\":\"session\",\"me\":" OTHER_ME "}",
  "{\"t\":\"session\",\"me\":" ME "}",
  "{\"t\":\"lines\"}",
  "{\"t\":\"people\"}",
  "{\"t\":\"error\",\"code\":\"internal\",\"detail\":\"Something.\"}",
  "{\"t\":\"pong\",\"n\":7}",
};

static const char *const replies[] = {
  TOKENS,
  ME,
  "{\"blocked\":[\"u2\",\"u2\",\"nobody\"]}",
  "{\"items\":[],\"next\":null}",
  "{\"items\":[" PERSON ("u1", "Myself") "," PERSON ("u2", "Jonas") "," PERSON ("u8", "Stranger") "],\"next\":\"x\"}",
  "{\"items\":[" PRESENCE ("u2", 2, 3) "," PRESENCE ("u8", 2, 3) "]}",
  "{\"items\":[{\"user\":\"u2\",\"rev\":3,\"known_from\":\"2026-11-23T00:00:00Z\",\"known_until\":\"2026-11-22T00:00:00Z\",\"periods\":[{\"start\":\"2026-11-24T10:00:00Z\",\"end\":\"2026-11-24T09:00:00Z\",\"type\":\"busy\"}]}]}",
  "{\"items\":[" MESSAGE ("c1", "m1", 1, "u2") "," MESSAGE ("elsewhere", "m2", 2, "u2") "],\"next\":\"more\"}",
  CHAT ("c1", "u1", "u2"),
  CHAT ("c2", "u1", "u1"),
  "{\"items\":[" CHAT ("c1", "u1", "u9") "," CHAT ("c3", "u5", "u6") "],\"next\":null}",
  MESSAGE ("c1", "other", 1, "u1"),
};

typedef struct
{
  LfFakeServer *server;
  GRand        *rand;
  gboolean      is_mad; /* mutilates */
  gboolean      is_signed_in;
  guint         n_done;
  guint         n_out; /* streams that were opened */
} World;

static char *
mutilate (World      *w,
          const char *text)
{
  gsize length = strlen (text);
  char *copy = g_strdup (text);

  for (gint32 n = g_rand_int_range (w->rand, 0, 4); n > 0; n--)
    {
      gsize at = g_rand_int_range (w->rand, 0, length);

      switch (g_rand_int_range (w->rand, 0, 5))
        {
        case 0:
          copy[at] = g_rand_int_range (w->rand, 1, 256);
          break;
        case 1:
          copy[at] = '\0';
          length = MAX (at, 1);
          break;
        case 2:
          copy[at] = "{}[]\",:0-"[g_rand_int_range (w->rand, 0, 9)];
          break;
        case 3:
          memmove (copy + at, copy + at / 2, length - at);
          break;
        default:
          copy[at] ^= 1 << g_rand_int_range (w->rand, 0, 7);
          break;
        }
    }
  return copy;
}

static const char *
pick (World             *w,
      const char *const *texts,
      gsize              n_texts)
{
  return texts[g_rand_int_range (w->rand, 0, n_texts)];
}

static void
answer (World      *w,
        LfFakeConn *conn,
        const char *right)
{
  static const guint statuses[] = { 200, 200, 200, 200, 204, 304, 400, 403, 404, 409, 413, 429, 500, 503, 507 };
  g_autofree char   *body = NULL;
  const char        *text;

  if (!w->is_mad)
    {
      lf_fake_conn_answer (conn, 200, "", "application/json", right);
      return;
    }
  text = g_rand_boolean (w->rand) ? right : pick (w, replies, G_N_ELEMENTS (replies));
  body = mutilate (w, text);
  switch (g_rand_int_range (w->rand, 0, 8))
    {
    case 0:
      lf_fake_conn_close (conn);
      break;
    case 1:
      lf_fake_conn_send (conn, body, -1);
      lf_fake_conn_close (conn);
      break;
    default:
      lf_fake_conn_answer (conn, statuses[g_rand_int_range (w->rand, 0, G_N_ELEMENTS (statuses))], "",
                           g_rand_int_range (w->rand, 0, 4) > 0 ? "application/json" : "application/problem+json", body);
      break;
    }
}

static void
on_request (LfFakeConn          *conn,
            const LfFakeRequest *request,
            gpointer             user_data)
{
  World      *w = user_data;
  const char *path = request->path + strlen ("/api/v1");

  if (g_str_equal (path, "/stream"))
    lf_fake_conn_upgrade (conn, request);
  else if (g_str_has_prefix (path, "/auth/"))
    lf_fake_conn_answer (conn, 200, "", "application/json", TOKENS);
  else if (g_str_equal (path, "/me/privacy"))
    answer (w, conn, replies[2]);
  else if (g_str_has_prefix (path, "/users"))
    answer (w, conn, replies[4]);
  else if (g_str_has_prefix (path, "/presence"))
    answer (w, conn, replies[5]);
  else if (g_str_has_prefix (path, "/busy"))
    answer (w, conn, replies[6]);
  else if (strstr (path, "/messages?") != NULL)
    answer (w, conn, replies[7]);
  else if (g_str_equal (path, "/conversations"))
    answer (w, conn, g_str_equal (request->method, "POST") ? replies[8] : replies[10]);
  else
    answer (w, conn, replies[11]);
}

static void
on_client_frame (LfFakeConn    *conn,
                 const LfFrame *frame,
                 gpointer       user_data)
{
  World *w = user_data;
  gint32 n = w->is_mad ? g_rand_int_range (w->rand, 0, 40) : (gint32) G_N_ELEMENTS (frames);

  if (frame->type != LF_FRAME_START && frame->type != LF_FRAME_RESUME)
    return;
  w->n_out++;
  if (w->is_mad && g_rand_int_range (w->rand, 0, 8) == 0)
    return; /* nothing at all */
  lf_fake_conn_text (conn, HELLO);
  if (w->is_mad)
    {
      g_autofree char *snapshot = g_rand_int_range (w->rand, 0, 3) == 0 ? mutilate (w, SNAPSHOT) : g_strdup (SNAPSHOT);

      lf_fake_conn_text (conn, snapshot);
    }
  else
    lf_fake_conn_text (conn, SNAPSHOT);
  for (gint32 i = 0; i < n; i++)
    {
      const char      *right = w->is_mad ? pick (w, frames, G_N_ELEMENTS (frames)) : frames[i];
      g_autofree char *text = w->is_mad && g_rand_int_range (w->rand, 0, 10) == 0 ? mutilate (w, right) : g_strdup (right);

      lf_fake_conn_text (conn, text);
    }
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  ((World *) user_data)->is_signed_in = lf_client_sign_in_finish (LF_CLIENT (source), result, NULL);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GListModel) found = lf_client_search_finish (LF_CLIENT (source), result, NULL);

  ((World *) user_data)->n_done++;
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (LfConversation) conversation = lf_client_open_conversation_finish (LF_CLIENT (source), result, NULL);

  if (conversation != NULL)
    lf_client_send (LF_CLIENT (source), conversation, "Hello?");
  ((World *) user_data)->n_done++;
}

static void
on_history (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  lf_client_load_history_finish (LF_CLIENT (source), result, NULL);
  ((World *) user_data)->n_done++;
}

/* Everything a window may do. */
static void
use_client (World    *w,
            LfClient *client)
{
  GListModel                *chats = lf_client_get_conversations (client);
  g_autoptr (LfConversation) chat = g_list_model_get_item (chats, 0);
  g_autoptr (LfContact)      contact = g_list_model_get_item (G_LIST_MODEL (lf_client_get_roster (client)), 0);
  g_autofree char           *group = lf_client_add_group (client, "New");

  lf_client_search_async (client, "jo", NULL, on_found, w);
  lf_client_open_conversation_async (client, "u2", NULL, on_opened, w);
  lf_client_set_status (client, LF_CHOICE_AWAY, "Out", NULL, LF_INSTANT_NONE);
  lf_client_set_dnd (client, TRUE, LF_INSTANT_NONE);
  lf_client_set_invisible (client, TRUE);
  lf_client_clear_status (client);
  lf_client_leave_early (client);
  lf_client_set_reach (client, LF_REACHABILITY_IDLE, LF_INSTANT_NONE);
  if (contact != NULL)
    {
      lf_client_set_open_contact (client, contact);
      lf_client_set_favourite (client, contact, !lf_contact_get_is_favourite (contact));
      lf_client_set_armed (client, contact, TRUE);
      lf_client_move_to_group (client, contact, group);
      lf_client_set_blocked (client, contact, TRUE);
      lf_client_remove_contact (client, contact);
      lf_client_add_contact (client, contact, NULL);
    }
  if (chat != NULL)
    {
      lf_client_send (client, chat, "One");
      lf_client_tell_typing (client, chat);
      lf_client_mark_read (client, chat);
      lf_client_load_history_async (client, chat, NULL, on_history, w);
    }
}

static LfClient *
world_begin (World  *w,
             guint32 seed)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();
  LfClient           *client = lf_client_new (clock);

  *w = (World){ .rand = g_rand_new_with_seed (seed) };
  w->server = lf_fake_server_new (on_request, on_client_frame, w);
  lf_client_sign_in_async (client, lf_fake_server_get_address (w->server), "mara", "x", FALSE, NULL, on_signed_in, w);
  return client;
}

static void
world_end (World    *w,
           LfClient *client)
{
  g_object_run_dispose (G_OBJECT (client));
  lf_wait_until (G_OBJECT (client)->ref_count == 1, 10000);
  g_assert_finalize_object (client);
  lf_fake_server_free (w->server);
  g_rand_free (w->rand);
}

static void
test_lies (void)
{
  World       w;
  LfClient   *client;
  GListModel *chats;

  g_test_summary ("Well-formed nonsense is applied as far as it makes sense, and the stream stays.");
  client = world_begin (&w, 1);
  lf_wait_until (w.is_signed_in && lf_client_get_state (client) == LF_CLIENT_ONLINE, 10000);
  chats = lf_client_get_conversations (client);
  lf_wait_until (lf_client_lookup_conversation (client, "u7") != NULL, 5000);
  lf_spin_for_ms (100);
  g_assert_cmpuint (w.n_out, ==, 1); /* never lost */
  g_assert_cmpint (lf_client_get_state (client), ==, LF_CLIENT_ONLINE);
  g_assert_null (lf_roster_lookup (lf_client_get_roster (client), "u2")); /* removed */
  g_assert_null (lf_roster_lookup (lf_client_get_roster (client), "u9"));
  g_assert_cmpuint (g_list_model_get_n_items (chats), >=, 2);
  g_assert_cmpstr (lf_client_get_me (client)->person.name, ==, "Mara");
  use_client (&w, client);
  lf_wait_until (w.n_done >= 3, 10000);
  world_end (&w, client);
}

static void
test_mad (void)
{
  guint n_rounds = g_test_slow () ? 400 : 60;

  g_test_summary ("A server that mutilates at random, whatever the client does, never crashes it.");
  for (guint round = 0; round < n_rounds; round++)
    {
      World     w;
      LfClient *client = world_begin (&w, 1000 + round);

      lf_wait_until (w.is_signed_in, 10000);
      w.is_mad = TRUE;
      for (guint i = 0; i < 6; i++)
        {
          if (lf_client_get_state (client) != LF_CLIENT_SIGNED_OUT)
            use_client (&w, client);
          lf_client_reconnect_now (client);
          lf_spin_for_ms (10);
        }
      world_end (&w, client);
    }
}

static void
test_dispose (void)
{
  g_test_summary ("The client may go at any moment: signing in, connecting, in the middle of everything.");
  for (guint turns = 0; turns < 60; turns++)
    {
      World     w;
      LfClient *client = world_begin (&w, turns);

      for (guint i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      if (w.is_signed_in)
        use_client (&w, client);
      for (guint i = 0; i < turns % 7; i++)
        g_main_context_iteration (NULL, FALSE);
      world_end (&w, client);
    }
}

static void
on_any_signed_out (LfClient *client,
                   gpointer  object,
                   gpointer  user_data)
{
  lf_client_sign_out_async (client, NULL, NULL, NULL);
}

static void
test_sign_out_inside (void)
{
  static const char *const names[] = { "me-changed", "notify::state", "message-received", "notify::unread" };

  g_test_summary ("A handler of any signal may sign out.");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      World     w;
      LfClient *client = world_begin (&w, i);

      lf_wait_until (w.is_signed_in || lf_client_get_state (client) == LF_CLIENT_CONNECTING, 10000);
      g_signal_connect (client, names[i], G_CALLBACK (on_any_signed_out), NULL);
      lf_wait_until (lf_client_get_state (client) == LF_CLIENT_SIGNED_OUT, 10000);
      lf_spin_for_ms (20);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (client))), ==, 0);
      g_assert_cmpuint (g_list_model_get_n_items (lf_client_get_conversations (client)), ==, 0);
      g_assert_null (lf_client_get_me (client));
      world_end (&w, client);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hostile/lies", test_lies);
  g_test_add_func ("/hostile/mad", test_mad);
  g_test_add_func ("/hostile/dispose", test_dispose);
  g_test_add_func ("/hostile/sign-out-inside", test_sign_out_inside);
  return g_test_run ();
}

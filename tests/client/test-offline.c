/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-client-private.h"
#include "lf-error.h"
#include "lf-person.h"
#include "lf-test-util.h"

static gboolean
skip (void)
{
  if (lf_real_server_skip ())
    return TRUE;
  if (lf_person_has_keyring ())
    return FALSE;
  g_test_skip ("no keyring answers on this session bus");
  return TRUE;
}

static LfConversation *
get_chat (LfPerson   *person,
          const char *user)
{
  return lf_client_lookup_conversation (person->client, user);
}

static void
assert_body (LfConversation *conversation,
             guint           position,
             const char     *body,
             gboolean        is_pending)
{
  g_autoptr (LfMessageItem) item = g_list_model_get_item (G_LIST_MODEL (conversation), position);

  g_assert_nonnull (item);
  g_assert_cmpstr (lf_message_item_get_message (item)->body, ==, body);
  if (is_pending)
    g_assert_cmpint (lf_message_item_get_state (item), ==, LF_MESSAGE_PENDING);
  else
    g_assert_cmpint (lf_message_item_get_state (item), >=, LF_MESSAGE_SENT);
}

static void
on_published (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &person->error);
  person->is_done = TRUE;
}

/* The person is in a meeting from an hour ago for @hours. */
static void
publish_meeting (LfPerson *person,
                 gint64    hours)
{
  gint64                 now_us = lf_clock_get_now_us (lf_client_get_clock (person->client));
  LfBusyPeriod           period = { .start_us = now_us - LF_HOUR, .end_us = now_us + hours * LF_HOUR, .type = LF_BUSY_BUSY };
  g_autoptr (GPtrArray)  periods = g_ptr_array_new ();
  const LfWireBusyReport report = { .read_at_us = now_us, .known_from_us = now_us - LF_DAY, .known_until_us = now_us + 7 * LF_DAY, .periods = periods };

  g_ptr_array_add (periods, &period);
  person->is_done = FALSE;
  lf_session_call_async (person->client->session, "PUT", "/me/calendars/desk/busy", NULL, &lf_schema_busy_report, &report,
                         NULL, NULL, on_published, person);
  lf_wait_until (person->is_done, 10000);
  g_assert_no_error (person->error);
}

static void
test_list_without_server (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autofree char         *jonas_id = NULL;
  g_autofree char         *priya_id = NULL;
  LfPerson                 mara, jonas;
  LfContact               *contact;
  LfConversation          *chat;

  g_test_summary ("Without the server the people, meetings and conversations of the last time are there, as of then; nobody is available.");
  if (skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&jonas, server, "jonas");
  lf_person_sign_in_kept (&mara, server, "mara");
  publish_meeting (&jonas, 6);
  lf_client_set_favourite (mara.client, lf_person_add (&mara, "jonas"), TRUE);
  jonas_id = g_strdup (lf_person_get_user (&jonas));
  priya_id = g_strdup (lf_contact_get_user (lf_person_add (&mara, "priya")));
  contact = lf_roster_lookup (lf_client_get_roster (mara.client), jonas_id);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_IN_A_MEETING, 20000);
  lf_person_open_chat (&mara, jonas_id);
  lf_client_send (mara.client, mara.conversation, "Are you there?");
  lf_wait_until (jonas.n_received == 1, 10000);
  lf_client_send (jonas.client, get_chat (&jonas, lf_person_get_user (&mara)), "Soon.");
  lf_wait_until (mara.n_received == 1, 10000);
  lf_wait_until (lf_person_count_items (mara.conversation) == 2, 10000);
  lf_wait_until (g_queue_is_empty (&mara.client->edits), 10000); /* the server has heard of the contacts */
  lf_person_end (&mara);
  lf_person_end (&jonas);
  lf_real_server_kill (server);

  lf_person_restore (&mara, server, "mara");
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_RECONNECTING);
  g_assert_cmpint (lf_client_get_as_of_us (mara.client), >, lf_clock_get_now_us (lf_client_get_clock (mara.client)) - LF_HOUR);
  g_assert_cmpstr (lf_client_get_me (mara.client)->person.name, ==, "Mara Lind");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (mara.client))), ==, 2);
  contact = lf_roster_lookup (lf_client_get_roster (mara.client), jonas_id);
  g_assert_cmpstr (lf_contact_get_name (contact), ==, "Jonas Weberling");
  g_assert_true (lf_contact_get_is_favourite (contact));
  g_assert_cmpuint (lf_contact_get_unread (contact), ==, 1);
  g_assert_cmpint (lf_person_get_status (contact), ==, LF_DISPLAY_IN_A_MEETING); /* calendars last */
  contact = lf_roster_lookup (lf_client_get_roster (mara.client), priya_id);
  g_assert_cmpint (lf_person_get_status (contact), ==, LF_DISPLAY_UNKNOWN); /* leases do not */
  chat = get_chat (&mara, jonas_id);
  g_assert_nonnull (chat);
  assert_body (chat, 0, "Are you there?", FALSE);
  assert_body (chat, 1, "Soon.", FALSE);
  g_assert_cmpuint (lf_client_get_unread (mara.client), ==, 1);
  g_assert_cmpuint (mara.n_received + mara.n_available, ==, 0); /* no news */
  lf_client_mark_read (mara.client, chat);

  lf_real_server_start (server);
  lf_client_reconnect_now (mara.client);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 60000);
  g_assert_cmpint (lf_client_get_as_of_us (mara.client), ==, 0);
  g_assert_cmpuint (lf_client_get_unread (mara.client), ==, 0);
  g_assert_cmpuint (lf_person_count_items (chat), ==, 2);
  g_assert_cmpint (lf_contact_get_presence (contact)->reachability.valid_until_us, ==, LF_INSTANT_NONE); /* leased anew */
  g_assert_cmpuint (mara.n_received + mara.n_available + mara.n_signed_out, ==, 0);
  lf_person_end (&mara);

  lf_person_sign_in_kept (&mara, server, "mara"); /* what was read offline was told */
  lf_wait_until (lf_conversation_get_own_read_seq (get_chat (&mara, jonas_id)) == 2, 10000);
  lf_person_sign_out (&mara);
  lf_person_end (&mara);
}

static void
test_outbox_outlives_the_client (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autofree char         *jonas_id = NULL;
  g_autofree char         *priya_id = NULL;
  LfPerson                 mara, jonas;
  LfConversation          *chat;

  g_test_summary ("What is written without the server is sent after restarts, in order, each message once; to new people too.");
  if (skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&jonas, server, "jonas");
  lf_person_sign_in_kept (&mara, server, "mara");
  jonas_id = g_strdup (lf_person_get_user (&jonas));
  priya_id = g_strdup (lf_contact_get_user (lf_person_add (&mara, "priya")));
  lf_person_open_chat (&mara, jonas_id);
  lf_client_send (mara.client, mara.conversation, "0");
  lf_wait_until (jonas.n_received == 1, 10000);
  lf_person_end (&mara);
  lf_real_server_kill (server);

  for (guint start = 0; start < 2; start++)
    {
      g_autofree char *body = g_strdup_printf ("%u", start + 1);

      lf_person_restore (&mara, server, "mara");
      chat = get_chat (&mara, jonas_id);
      g_assert_cmpuint (lf_person_count_items (chat), ==, 1 + start);
      g_assert_nonnull (lf_client_send (mara.client, chat, body));
      lf_wait_until (lf_person_count_items (chat) == 2 + start, 10000);
      assert_body (chat, 1 + start, body, TRUE);
      if (start == 1)
        {
          lf_person_open_chat (&mara, priya_id);
          g_assert_nonnull (lf_client_send (mara.client, mara.conversation, "Hello"));
          lf_wait_until (lf_person_count_items (mara.conversation) == 1, 10000);
        }
      lf_person_end (&mara);
    }

  lf_person_restore (&mara, server, "mara");
  chat = get_chat (&mara, jonas_id);
  assert_body (chat, 1, "1", TRUE);
  assert_body (chat, 2, "2", TRUE);
  assert_body (get_chat (&mara, priya_id), 0, "Hello", TRUE);
  lf_real_server_start (server);
  lf_client_reconnect_now (mara.client);
  lf_client_reconnect_now (jonas.client);
  lf_wait_until (lf_conversation_get_last_seq (chat) == 3, 60000);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *body = g_strdup_printf ("%u", i);

      assert_body (chat, i, body, FALSE);
    }
  lf_wait_until (lf_conversation_get_last_seq (get_chat (&mara, priya_id)) == 1, 30000);
  lf_wait_until (lf_client_get_state (jonas.client) == LF_CLIENT_ONLINE, 60000);
  lf_wait_until (lf_person_count_items (get_chat (&jonas, lf_person_get_user (&mara))) == 3, 30000);
  lf_person_end (&mara);

  lf_person_restore (&mara, server, "mara"); /* and not again */
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 60000);
  g_assert_cmpuint (lf_person_count_items (get_chat (&mara, jonas_id)), ==, 3);
  g_assert_false (lf_conversation_has_waiting (get_chat (&mara, jonas_id)));
  g_assert_cmpuint (lf_person_count_items (get_chat (&mara, priya_id)), ==, 1);
  lf_person_sign_out (&mara);
  lf_person_end (&mara);
  lf_person_end (&jonas);
}

static void
test_sign_out_forgets (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autofree char         *path = NULL;
  LfPerson                 mara;

  g_test_summary ("Who signs out leaves nothing on the disk; who does not stay signed in never does.");
  if (skip ())
    return;
  server = lf_real_server_new ();
  path = lf_cache_make_path (lf_real_server_get_address (server), "mara");
  lf_person_sign_in (&mara, server, "mara");
  lf_person_end (&mara);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  lf_person_sign_in_kept (&mara, server, "mara");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  lf_person_sign_out (&mara);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  lf_person_end (&mara);
}

static LfMessageItem *
get_item (LfConversation *conversation,
          guint           position)
{
  g_autoptr (LfMessageItem) item = g_list_model_get_item (G_LIST_MODEL (conversation), position);

  g_assert_nonnull (item);
  return item; /* the conversation has it */
}

static void
test_refused_stays (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autofree char         *priya_id = NULL;
  LfPerson                 mara;
  LfContact               *priya;
  LfConversation          *chat;

  g_test_summary ("A refused message is shown as failed after a restart too, and can be sent again.");
  if (skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in_kept (&mara, server, "mara");
  priya = lf_person_add (&mara, "priya");
  priya_id = g_strdup (lf_contact_get_user (priya));
  lf_person_open_chat (&mara, priya_id);
  lf_client_set_blocked (mara.client, priya, TRUE); /* who is blocked is not written to */
  lf_client_send (mara.client, mara.conversation, "One");
  lf_wait_until (lf_person_count_items (mara.conversation) == 1, 10000);
  lf_wait_until (lf_message_item_get_state (get_item (mara.conversation, 0)) == LF_MESSAGE_FAILED, 10000);
  lf_person_end (&mara);

  lf_person_restore (&mara, server, "mara");
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 60000);
  chat = get_chat (&mara, priya_id);
  g_assert_nonnull (chat);
  g_assert_cmpint (lf_message_item_get_state (get_item (chat, 0)), ==, LF_MESSAGE_FAILED);
  priya = lf_roster_lookup (lf_client_get_roster (mara.client), priya_id);
  lf_wait_until (lf_client_get_is_blocked (mara.client, priya), 10000);
  lf_client_set_blocked (mara.client, priya, FALSE);
  lf_wait_until (!mara.client->is_editing, 10000);
  lf_client_resend (mara.client, chat, get_item (chat, 0));
  lf_wait_until (lf_message_item_get_state (get_item (chat, 0)) >= LF_MESSAGE_SENT, 10000);
  lf_person_end (&mara);
  lf_person_restore (&mara, server, "mara");
  g_assert_false (lf_conversation_has_waiting (get_chat (&mara, priya_id)));
  lf_person_sign_out (&mara);
  lf_person_end (&mara);
}

static void
assert_text (LfConversation *conversation,
             guint           position,
             const char     *body)
{
  g_assert_cmpstr (lf_message_item_get_message (get_item (conversation, position))->body, ==, body);
}

static void
on_history (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  LfPerson *person = user_data;

  g_assert_true (lf_client_load_history_finish (LF_CLIENT (source), result, &person->error));
  person->is_done = TRUE;
}

static void
test_server_set_back (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autofree char         *jonas_id = NULL;
  g_autofree char         *priya_id = NULL;
  LfPerson                 mara, jonas, priya;
  LfConversation          *chat;

  g_test_summary ("A server restored from a backup is believed, and gets what was written since, in a new conversation if need be.");
  if (skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&jonas, server, "jonas");
  lf_person_sign_in_kept (&mara, server, "mara");
  jonas_id = g_strdup (lf_person_get_user (&jonas));
  priya_id = g_strdup (lf_contact_get_user (lf_person_add (&mara, "priya")));
  lf_person_open_chat (&mara, jonas_id);
  lf_client_send (mara.client, mara.conversation, "Before");
  lf_wait_until (jonas.n_received == 1, 10000);
  lf_person_end (&jonas);
  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  lf_real_server_save (server);

  lf_real_server_start (server);
  lf_client_reconnect_now (mara.client);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 60000);
  chat = get_chat (&mara, jonas_id);
  for (guint i = 0; i < 3; i++)
    lf_client_send (mara.client, chat, "Lost with the disk");
  lf_wait_until (lf_conversation_get_last_seq (chat) == 4, 10000);
  lf_person_open_chat (&mara, priya_id);
  lf_client_send (mara.client, mara.conversation, "Lost with its conversation");
  lf_wait_until (lf_conversation_get_last_seq (mara.conversation) == 1, 10000);
  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  lf_client_send (mara.client, chat, "Typed 1");
  lf_client_send (mara.client, mara.conversation, "Typed 2");
  lf_client_send (mara.client, chat, "Typed 3");
  lf_wait_until (lf_outbox_get_n_pending (mara.client->outbox) == 3, 10000);
  lf_real_server_set_back (server);

  lf_real_server_start (server);
  lf_client_reconnect_now (mara.client);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 60000);
  lf_wait_until (lf_outbox_get_n_pending (mara.client->outbox) == 0, 60000);
  g_assert_cmpuint (lf_person_count_items (chat), ==, 2); /* what was held before is fetched again when it is wanted */
  mara.is_done = FALSE;
  lf_client_load_history_async (mara.client, chat, NULL, on_history, &mara);
  lf_wait_until (mara.is_done, 10000);
  g_assert_cmpuint (lf_person_count_items (chat), ==, 3);
  assert_body (chat, 0, "Before", FALSE);
  assert_body (chat, 1, "Typed 1", FALSE);
  assert_body (chat, 2, "Typed 3", FALSE);
  g_assert_cmpuint (lf_person_count_items (mara.conversation), ==, 1);
  assert_body (mara.conversation, 0, "Typed 2", FALSE);
  lf_person_sign_in (&priya, server, "priya");
  chat = get_chat (&priya, lf_person_get_user (&mara));
  g_assert_nonnull (chat);
  g_assert_cmpstr (lf_conversation_get_id (chat), ==, lf_conversation_get_id (mara.conversation));
  g_assert_cmpstr (lf_conversation_get_last_message (chat)->body, ==, "Typed 2");
  lf_person_end (&priya);
  lf_person_sign_out (&mara);
  lf_person_end (&mara);
}

static void
test_roster_set_back (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autofree char         *lost = NULL;
  g_autofree char         *made = NULL;
  LfPerson                 mara;
  LfContact               *contact;
  const LfGroup           *groups;
  gsize                    n_groups;

  g_test_summary ("A change of a contact counts although the server has lost the contact's group; a group made meanwhile is there.");
  if (skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in_kept (&mara, server, "mara");
  contact = lf_person_add (&mara, "jonas");
  lf_wait_until (mara.client->edits.length == 0, 10000);
  lf_real_server_kill (server);
  lf_real_server_save (server);
  lf_real_server_start (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 60000);
  lost = lf_client_add_group (mara.client, "Lost");
  lf_client_move_to_group (mara.client, contact, lost);
  lf_wait_until (mara.client->edits.length == 0, 10000);
  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  made = lf_client_add_group (mara.client, "Made meanwhile");
  lf_client_set_favourite (mara.client, contact, TRUE);
  lf_real_server_set_back (server);

  lf_real_server_start (server);
  lf_client_reconnect_now (mara.client);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE && mara.client->edits.length == 0, 60000);
  g_assert_true (lf_contact_get_is_favourite (contact));
  g_assert_null (lf_contact_get_group (contact));
  groups = lf_roster_get_groups (lf_client_get_roster (mara.client), &n_groups);
  g_assert_cmpuint (n_groups, ==, 1);
  g_assert_cmpstr (groups[0].id, ==, made);
  lf_person_sign_out (&mara);
  lf_person_end (&mara);
}

static void
test_server_emptied (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autofree char         *jonas_id = NULL;
  g_autofree char         *priya_id = NULL;
  LfPerson                 mara;
  LfConversation          *chat;

  g_test_summary ("A server that lost everything is believed; what was typed is still there, and shown as not sent where its addressee is gone.");
  if (skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in_kept (&mara, server, "mara");
  jonas_id = g_strdup (lf_contact_get_user (lf_person_add (&mara, "jonas")));
  lf_person_open_chat (&mara, jonas_id);
  lf_client_send (mara.client, mara.conversation, "Before");
  lf_wait_until (lf_conversation_get_last_seq (mara.conversation) == 1, 10000);
  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  lf_client_send (mara.client, mara.conversation, "Typed");
  lf_wait_until (lf_outbox_get_n_pending (mara.client->outbox) == 1, 10000);
  lf_real_server_empty (server);

  lf_real_server_start (server);
  lf_client_reconnect_now (mara.client);
  lf_wait_until (mara.n_signed_out == 1, 60000); /* nobody knows the session */
  lf_person_end (&mara);
  lf_person_sign_in_kept (&mara, server, "mara");
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 30000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (mara.client))), ==, 0);
  chat = get_chat (&mara, jonas_id);
  g_assert_nonnull (chat);
  lf_wait_until (lf_message_item_get_state (get_item (chat, 0)) == LF_MESSAGE_FAILED, 30000);
  g_assert_cmpuint (lf_person_count_items (chat), ==, 1);
  assert_text (chat, 0, "Typed");
  priya_id = g_strdup (lf_contact_get_user (lf_person_add (&mara, "priya")));
  lf_person_open_chat (&mara, priya_id); /* and life goes on */
  lf_client_send (mara.client, mara.conversation, "New");
  lf_wait_until (lf_conversation_get_last_seq (mara.conversation) == 1, 10000);
  lf_person_end (&mara);

  lf_person_restore (&mara, server, "mara");
  chat = get_chat (&mara, jonas_id);
  g_assert_nonnull (chat);
  assert_text (chat, 0, "Typed");
  g_assert_cmpint (lf_message_item_get_state (get_item (chat, 0)), ==, LF_MESSAGE_FAILED);
  lf_person_sign_out (&mara);
  lf_person_end (&mara);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = lf_test_begin_data_folder ();
  int              status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/offline/list-without-server", test_list_without_server);
  g_test_add_func ("/offline/outbox-outlives-the-client", test_outbox_outlives_the_client);
  g_test_add_func ("/offline/sign-out-forgets", test_sign_out_forgets);
  g_test_add_func ("/offline/refused-stays", test_refused_stays);
  g_test_add_func ("/offline/server-set-back", test_server_set_back);
  g_test_add_func ("/offline/roster-set-back", test_roster_set_back);
  g_test_add_func ("/offline/server-emptied", test_server_emptied);
  status = g_test_run ();
  lf_test_remove_folder (folder);
  return status;
}

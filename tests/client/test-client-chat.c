/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-person.h"
#include "lf-test-util.h"

static void
on_history (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_client_load_history_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static void
test_chat (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;
  LfPerson                 jonas;
  LfContact               *contact;
  LfMessageItem           *item;
  LfConversation          *theirs;

  g_test_summary ("A message is pending, sent, delivered and read; typing is seen; history is there later.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  lf_person_sign_in (&jonas, server, "jonas");
  contact = lf_person_add (&jonas, "mara");
  lf_person_open_chat (&mara, lf_person_get_user (&jonas));
  g_assert_cmpstr (lf_conversation_get_other_name (mara.conversation), ==, "Jonas Weberling");
  g_assert_null (lf_client_send (mara.client, mara.conversation, ""));
  item = lf_client_send (mara.client, mara.conversation, "Are you there?");
  g_assert_cmpint (lf_message_item_get_state (item), ==, LF_MESSAGE_PENDING);
  lf_wait_until (jonas.n_received == 1, 10000);
  lf_wait_until (lf_message_item_get_state (item) == LF_MESSAGE_DELIVERED, 10000);
  theirs = lf_client_lookup_conversation (jonas.client, lf_person_get_user (&mara));
  g_assert_nonnull (theirs);
  g_assert_cmpuint (lf_client_get_unread (jonas.client), ==, 1);
  g_assert_cmpuint (lf_contact_get_unread (contact), ==, 1);
  lf_client_mark_read (jonas.client, theirs);
  g_assert_cmpuint (lf_client_get_unread (jonas.client), ==, 0);
  g_assert_cmpuint (lf_contact_get_unread (contact), ==, 0);
  lf_wait_until (lf_message_item_get_state (item) == LF_MESSAGE_READ, 10000);
  lf_client_tell_typing (jonas.client, theirs);
  lf_wait_until (lf_conversation_get_is_typing (mara.conversation), 10000);
  lf_client_send (jonas.client, theirs, "Yes.");
  lf_wait_until (mara.n_received == 1, 10000);
  g_assert_false (lf_conversation_get_is_typing (mara.conversation));
  for (guint i = 0; i < 60; i++)
    lf_client_send (mara.client, mara.conversation, "…");
  lf_wait_until (lf_person_count_items (theirs) == 62, 20000);
  lf_person_end (&jonas);

  lf_person_sign_in (&jonas, server, "jonas");
  theirs = lf_client_lookup_conversation (jonas.client, lf_person_get_user (&mara));
  g_assert_nonnull (theirs);
  g_assert_cmpuint (lf_client_get_unread (jonas.client), ==, 60);
  g_assert_cmpuint (lf_person_count_items (theirs), ==, 0);
  for (guint pages = 1; pages <= 2; pages++)
    {
      g_assert_true (lf_conversation_get_has_more (theirs));
      jonas.is_done = FALSE;
      lf_client_load_history_async (jonas.client, theirs, NULL, on_history, &jonas);
      lf_wait_until (jonas.is_done, 10000);
      g_assert_no_error (jonas.error);
      g_assert_cmpuint (lf_person_count_items (theirs), ==, pages == 1 ? 50 : 62);
    }
  g_assert_false (lf_conversation_get_has_more (theirs));
  g_assert_cmpuint (lf_client_get_unread (jonas.client), ==, 60);
  g_assert_cmpuint (jonas.n_received, ==, 0); /* history is no news */
  lf_person_end (&jonas);
  lf_person_end (&mara);
}

static void
test_server_gone (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;
  LfPerson                 jonas;
  LfContact               *contact;
  LfMessageItem           *item;
  gint64                   before_us;

  g_test_summary ("Server killed: as of, nothing is lost, everything comes back by itself, each message once.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  lf_person_sign_in (&jonas, server, "jonas");
  contact = lf_person_add (&mara, "jonas");
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_person_open_chat (&mara, lf_person_get_user (&jonas));
  for (guint i = 0; i < 20; i++) /* the kill falls among them */
    lf_client_send (mara.client, mara.conversation, "before");
  lf_wait_until (jonas.n_received >= 3, 20000);
  before_us = lf_clock_get_now_us (lf_client_get_clock (mara.client));
  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  g_assert_cmpint (lf_client_get_as_of_us (mara.client), >, before_us - LF_MINUTE);
  g_assert_cmpint (lf_client_get_as_of_us (mara.client), <=, lf_clock_get_now_us (lf_client_get_clock (mara.client)));
  g_assert_cmpint (lf_person_get_status (contact), ==, LF_DISPLAY_ONLINE); /* for a minute */
  g_assert_cmpint (lf_contact_get_presence (contact)->reachability.valid_until_us, !=, LF_INSTANT_NONE);
  item = lf_client_send (mara.client, mara.conversation, "while it was gone");
  g_assert_cmpint (lf_message_item_get_state (item), ==, LF_MESSAGE_PENDING);
  lf_spin_for_ms (300);
  lf_real_server_start (server);
  lf_client_reconnect_now (mara.client);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 60000);
  g_assert_cmpint (lf_client_get_as_of_us (mara.client), ==, 0);
  lf_wait_until (lf_message_item_get_state (item) >= LF_MESSAGE_SENT, 30000);
  lf_client_reconnect_now (jonas.client);
  lf_wait_until (lf_client_get_state (jonas.client) == LF_CLIENT_ONLINE, 60000);
  lf_wait_until (lf_person_count_items (lf_client_lookup_conversation (jonas.client, lf_person_get_user (&mara))) == 21, 30000);
  g_assert_cmpuint (lf_person_count_items (mara.conversation), ==, 21);
  for (guint i = 0; i < 21; i++)
    {
      g_autoptr (LfMessageItem) sent = g_list_model_get_item (G_LIST_MODEL (mara.conversation), i);

      g_assert_cmpint (lf_message_item_get_state (sent), >=, LF_MESSAGE_SENT);
      g_assert_cmpint (lf_message_item_get_message (sent)->seq, ==, i + 1); /* in order, each once */
    }
  g_assert_cmpuint (mara.n_signed_out + jonas.n_signed_out, ==, 0);
  g_assert_cmpuint (mara.n_available, ==, 0);
  lf_person_end (&jonas);
  lf_person_end (&mara);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client-chat/marks-and-history", test_chat);
  g_test_add_func ("/client-chat/server-gone", test_server_gone);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-channel-private.h"
#include "lf-client-private.h"
#include "lf-cutter.h"
#include "lf-person.h"
#include "lf-real-server.h"
#include "lf-test-util.h"
#include "lf-timer.h"

typedef struct
{
  LfClient       *client;
  GError         *error;
  gboolean        is_done;
  GListModel     *found;        /* owned, nullable */
  LfConversation *conversation; /* owned, nullable */
  guint           n_received;
  guint           n_available;
  guint           n_snapshots;
  guint           n_resumed;
  guint           n_caught_up;
} Person;

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Person *person = user_data;

  lf_client_sign_in_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static void
on_received (LfClient       *client,
             LfConversation *conversation,
             LfMessageItem  *item,
             Person         *person)
{
  person->n_received++;
}

static void
on_available (LfClient  *client,
              LfContact *contact,
              Person    *person)
{
  person->n_available++;
}

static void
on_hello (LfChannel         *channel,
          const LfWireHello *hello,
          Person            *person)
{
  if (hello->is_resumed)
    person->n_resumed++;
}

static void
on_caught_up (LfChannel *channel,
              Person    *person)
{
  person->n_caught_up++;
}

static void
on_frame (LfChannel     *channel,
          const LfFrame *frame,
          Person        *person)
{
  if (frame->type == LF_FRAME_SNAPSHOT)
    person->n_snapshots++;
}

static void
sign_in (Person     *person,
         const char *address,
         const char *login,
         LfClock    *clock)
{
  *person = (Person){ .client = lf_client_new (clock) };
  g_signal_connect (person->client, "message-received", G_CALLBACK (on_received), person);
  g_signal_connect (person->client, "became-available", G_CALLBACK (on_available), person);
  lf_client_sign_in_async (person->client, address, login, LF_REAL_PASSWORD, FALSE, NULL, on_signed_in, person);
  lf_wait_until (person->is_done, 20000);
  g_assert_no_error (person->error);
  lf_wait_until (lf_client_get_state (person->client) == LF_CLIENT_ONLINE, 20000);
  g_signal_connect (person->client->channel, "hello", G_CALLBACK (on_hello), person);
  g_signal_connect (person->client->channel, "caught-up", G_CALLBACK (on_caught_up), person);
  g_signal_connect (person->client->channel, "frame", G_CALLBACK (on_frame), person);
}

static void
end (Person *person)
{
  g_clear_object (&person->conversation);
  g_clear_object (&person->found);
  g_signal_handlers_disconnect_by_data (person->client->channel, person);
  g_signal_handlers_disconnect_by_data (person->client, person);
  g_object_run_dispose (G_OBJECT (person->client));
  lf_wait_until (G_OBJECT (person->client)->ref_count == 1, 5000); /* calls in flight end as cancelled */
  g_assert_finalize_object (person->client);
  g_clear_error (&person->error);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Person *person = user_data;

  person->found = lf_client_search_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

/* Returns: (transfer none): a contact of the roster, found in the directory and added */
static LfContact *
add (Person     *person,
     const char *words)
{
  g_autoptr (LfContact) found = NULL;

  person->is_done = FALSE;
  lf_client_search_async (person->client, words, NULL, on_found, person);
  lf_wait_until (person->is_done, 10000);
  g_assert_no_error (person->error);
  found = g_list_model_get_item (person->found, 0);
  lf_client_add_contact (person->client, found, NULL);
  return lf_roster_lookup (lf_client_get_roster (person->client), lf_contact_get_user (found));
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Person *person = user_data;

  person->conversation = lf_client_open_conversation_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static LfDisplayStatus
get_status (LfContact *contact)
{
  return lf_contact_get_resolved (contact)->status;
}

static guint
count_items (LfConversation *conversation)
{
  return g_list_model_get_n_items (G_LIST_MODEL (conversation));
}

static LfMessageState
get_state (LfConversation *conversation,
           guint           position)
{
  g_autoptr (LfMessageItem) item = g_list_model_get_item (G_LIST_MODEL (conversation), position);

  return lf_message_item_get_state (item);
}

static void
renew (Person *person)
{
  /* as when the token has run out: the next use is refused, and refreshed */
  lf_rest_set_token (lf_session_get_rest (person->client->session), "lfa_expired");
}

static void
come_back (Person   *mara,
           LfCutter *cutter)
{
  guint n_caught_up = mara->n_caught_up;

  lf_cutter_set_is_blocked (cutter, FALSE);
  lf_channel_reconnect_now (mara->client->channel);
  lf_wait_until (mara->n_caught_up > n_caught_up, 20000);
}

static void
test_goes_on (gconstpointer with_new_token)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (LfClock)      system = lf_clock_new_system ();
  g_autoptr (LfClock)      clock = lf_clock_new_manual (g_get_real_time ()); /* runs the 20 s of being free at once */
  g_autoptr (LfCutter)     cutter = NULL;
  Person                   mara;
  Person                   jonas;
  LfContact               *contact;
  LfConversation          *chat;

  g_test_summary ("What happens during a cut is there afterwards, once each, without a snapshot, and is no news; with a renewed token, too");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  cutter = lf_cutter_new (lf_real_server_get_address (server));
  sign_in (&jonas, lf_real_server_get_address (server), "jonas", system);
  sign_in (&mara, lf_cutter_get_address (cutter), "mara", clock);
  contact = add (&mara, "jonas");
  lf_client_set_watched (mara.client, contact, TRUE);
  lf_wait_until (mara.client->edits.length == 0, 10000); /* a cut would undo it */
  lf_client_set_dnd (jonas.client, TRUE, LF_INSTANT_NONE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  jonas.is_done = FALSE;
  lf_client_open_conversation_async (jonas.client, lf_client_get_me (mara.client)->person.id, NULL, on_opened, &jonas);
  lf_wait_until (jonas.is_done, 10000);
  g_assert_no_error (jonas.error);
  lf_client_send (jonas.client, jonas.conversation, "before");
  lf_wait_until (mara.n_received == 1, 10000);
  chat = g_list_model_get_item (lf_client_get_conversations (mara.client), 0);

  for (guint round = 1; round <= 3; round++)
    {
      lf_cutter_set_is_blocked (cutter, TRUE);
      lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
      if (GPOINTER_TO_INT (with_new_token))
        renew (&mara);
      lf_client_send (jonas.client, jonas.conversation, "meanwhile");
      lf_wait_until (count_items (jonas.conversation) == 1 + round && get_state (jonas.conversation, round) >= LF_MESSAGE_SENT, 10000);
      lf_client_set_dnd (jonas.client, round % 2 == 0, LF_INSTANT_NONE);
      lf_wait_until (get_status (lf_client_get_own (jonas.client)) == (round % 2 == 0 ? LF_DISPLAY_DO_NOT_DISTURB : LF_DISPLAY_ONLINE), 10000);
      come_back (&mara, cutter);
      g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_ONLINE);
      g_assert_cmpint (lf_client_get_as_of_us (mara.client), ==, 0);
      g_assert_cmpuint (mara.n_resumed, ==, round);
      g_assert_cmpuint (mara.n_received, ==, 1 + round);
      g_assert_cmpuint (count_items (chat), ==, 1 + round);
      g_assert_true (lf_roster_lookup (lf_client_get_roster (mara.client), lf_contact_get_user (contact)) == contact);
      g_assert_cmpint (get_status (contact), ==, round % 2 == 0 ? LF_DISPLAY_DO_NOT_DISTURB : LF_DISPLAY_ONLINE);
      g_assert_cmpint (lf_contact_get_presence (contact)->phone.valid_until_us, ==, LF_INSTANT_NONE);
      g_assert_cmpint (lf_contact_get_presence (contact)->reachability.valid_until_us, ==, LF_INSTANT_NONE);
      lf_clock_advance (clock, 25 * LF_SECOND);
      g_assert_cmpuint (mara.n_available, ==, 0);
    }
  lf_client_send (jonas.client, jonas.conversation, "after");
  lf_wait_until (mara.n_received == 5, 10000);
  g_assert_cmpuint (mara.n_snapshots, ==, 0);
  lf_client_set_dnd (jonas.client, TRUE, LF_INSTANT_NONE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  lf_client_set_dnd (jonas.client, FALSE, LF_INSTANT_NONE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_clock_advance (clock, 25 * LF_SECOND);
  g_assert_cmpuint (mara.n_available, ==, 1); /* that was news */
  g_object_unref (chat);
  end (&mara);
  end (&jonas);
}

static void
test_added_meanwhile (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (LfClock)      system = lf_clock_new_system ();
  g_autoptr (LfCutter)     cutter = NULL;
  g_autoptr (LfContact)    found = NULL;
  const char              *user;
  Person                   mara;
  Person                   jonas;
  LfContact               *contact;

  g_test_summary ("A contact that is added while the stream is lost is shown as it is when the stream goes on");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  cutter = lf_cutter_new (lf_real_server_get_address (server));
  sign_in (&jonas, lf_real_server_get_address (server), "jonas", system);
  sign_in (&mara, lf_cutter_get_address (cutter), "mara", system);
  user = lf_client_get_me (jonas.client)->person.id;
  found = lf_contact_new (user);
  mara.is_done = FALSE;
  lf_client_open_conversation_async (mara.client, user, NULL, on_opened, &mara); /* from here on the server tells of him */
  lf_wait_until (mara.is_done, 10000);
  g_assert_no_error (mara.error);
  lf_cutter_set_is_blocked (cutter, TRUE);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  lf_timer_clear (&mara.client->channel->wait_timer); /* the stream stays away, calls get through */
  lf_cutter_set_is_blocked (cutter, FALSE);
  lf_client_add_contact (mara.client, found, NULL);
  contact = lf_roster_lookup (lf_client_get_roster (mara.client), user);
  lf_wait_until (mara.client->edits.length == 0, 10000);
  lf_spin_for_ms (200); /* what is asked about the contact is answered */
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_RECONNECTING);
  come_back (&mara, cutter);
  g_assert_cmpuint (mara.n_resumed, ==, 1);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  end (&mara);
  end (&jonas);
}

static void
test_begins_anew (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (LfClock)      system = lf_clock_new_system ();
  g_autoptr (LfCutter)     cutter = NULL;
  Person                   mara;

  g_test_summary ("A server that was killed has nothing to resume: the client takes the snapshot");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  cutter = lf_cutter_new (lf_real_server_get_address (server));
  sign_in (&mara, lf_cutter_get_address (cutter), "mara", system);
  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  lf_real_server_start (server);
  lf_channel_reconnect_now (mara.client->channel);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 30000);
  g_assert_cmpuint (mara.n_resumed, ==, 0);
  g_assert_cmpuint (mara.n_snapshots, ==, 1);
  end (&mara);
}

static void
on_resolved (LfContact *contact,
             guint     *n_offline)
{
  *n_offline += get_status (contact) == LF_DISPLAY_OFFLINE;
}

static void
test_restart (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (LfClock)      system = lf_clock_new_system ();
  g_autoptr (LfClock)      clock = lf_clock_new_manual (g_get_real_time ());
  Person                   mara;
  Person                   jonas;
  Person                   priya;
  LfContact               *free_one;
  LfContact               *busy_one;
  guint                    n_offline = 0;

  g_test_summary ("A server that is killed and started again makes nobody offline, and nobody is told to be available now");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  sign_in (&jonas, lf_real_server_get_address (server), "jonas", system);
  sign_in (&priya, lf_real_server_get_address (server), "priya", system);
  sign_in (&mara, lf_real_server_get_address (server), "mara", clock);
  free_one = add (&mara, "jonas");
  g_clear_object (&mara.found);
  busy_one = add (&mara, "priya");
  lf_client_set_watched (mara.client, free_one, TRUE);
  lf_client_set_watched (mara.client, busy_one, TRUE);
  lf_wait_until (mara.client->edits.length == 0, 10000);
  lf_client_set_dnd (priya.client, TRUE, LF_INSTANT_NONE);
  lf_wait_until (get_status (free_one) == LF_DISPLAY_ONLINE && get_status (busy_one) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  g_signal_connect (free_one, "resolved", G_CALLBACK (on_resolved), &n_offline);
  g_signal_connect (busy_one, "resolved", G_CALLBACK (on_resolved), &n_offline);

  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  lf_real_server_start (server);
  lf_channel_reconnect_now (mara.client->channel);
  lf_wait_until (mara.n_snapshots > 0 && lf_client_get_state (mara.client) == LF_CLIENT_ONLINE, 30000);
  g_assert_cmpint (get_status (busy_one), ==, LF_DISPLAY_DO_NOT_DISTURB); /* it is the person's, and stored */
  lf_channel_reconnect_now (jonas.client->channel);
  lf_channel_reconnect_now (priya.client->channel);
  lf_wait_until (get_status (free_one) == LF_DISPLAY_ONLINE, 30000);
  lf_wait_until (lf_client_get_state (priya.client) == LF_CLIENT_ONLINE, 30000);
  lf_clock_advance (clock, 25 * LF_SECOND);
  g_assert_cmpuint (n_offline, ==, 0);
  g_assert_cmpuint (mara.n_available, ==, 0);
  g_signal_handlers_disconnect_by_data (free_one, &n_offline);
  g_signal_handlers_disconnect_by_data (busy_one, &n_offline);
  end (&mara);
  end (&jonas);
  end (&priya);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/resume/goes-on", GINT_TO_POINTER (FALSE), test_goes_on);
  g_test_add_data_func ("/resume/goes-on/new-token", GINT_TO_POINTER (TRUE), test_goes_on);
  g_test_add_func ("/resume/added-meanwhile", test_added_meanwhile);
  g_test_add_func ("/resume/begins-anew", test_begins_anew);
  g_test_add_func ("/resume/restart", test_restart);
  return g_test_run ();
}

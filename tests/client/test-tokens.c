/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-channel-private.h"
#include "lf-client-private.h"
#include "lf-error.h"
#include "lf-person.h"
#include "lf-test-util.h"

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_session_refresh_finish (LF_SESSION (source), result, &person->error);
  person->is_done = TRUE;
}

static void
refresh (LfPerson *person)
{
  person->is_done = FALSE;
  lf_session_refresh_async (person->client->session, NULL, on_refreshed, person);
  lf_wait_until (person->is_done, 20000);
  g_assert_no_error (person->error);
}

static void
on_adopted (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  guint *n_answers = user_data;

  g_assert_true (lf_session_adopt_finish (LF_SESSION (source), result, NULL));
  (*n_answers)++;
}

static void
test_expired_mid_stream (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara, jonas;
  gint64                   count;

  g_test_summary ("A token that is no longer taken is renewed, for calls and for the stream, which goes on where it was cut.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&jonas, server, "jonas");
  lf_person_sign_in (&mara, server, "mara");
  lf_person_open_chat (&mara, lf_person_get_user (&jonas));
  lf_client_send (mara.client, mara.conversation, "One");
  lf_wait_until (jonas.n_received == 1, 10000);
  refresh (&jonas); /* the next token is there; the one in use is spoilt as by a clock */
  count = jonas.client->channel->count;
  lf_rest_set_token (lf_session_get_rest (jonas.client->session), "spoilt");
  lf_channel_lose (jonas.client->channel, LF_CLOSE_NORMAL, g_error_new_literal (LF_ERROR, LF_ERROR_UNAVAILABLE, "Cut."));
  lf_client_send (mara.client, mara.conversation, "Two");
  lf_client_reconnect_now (jonas.client);
  lf_wait_until (lf_client_get_state (jonas.client) == LF_CLIENT_ONLINE, 30000);
  lf_wait_until (jonas.n_received == 2, 10000);
  g_assert_cmpint (jonas.client->channel->count, >, count); /* not counted from nothing: resumed */
  g_assert_cmpuint (jonas.n_signed_out, ==, 0);
  g_assert_cmpstr (lf_rest_get_token (lf_session_get_rest (jonas.client->session)), !=, "spoilt");
  lf_person_end (&mara);
  lf_person_end (&jonas);
}

static void
test_two_refreshes_at_once (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (LfSession)    first = NULL;
  g_autoptr (LfSession)    second = NULL;
  g_autofree char         *token = NULL;
  LfClock                 *clock;
  LfPerson                 mara;
  guint                    n_answers = 0;

  g_test_summary ("Two programs that renew one token at once get the same successor, and the stream goes on.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  clock = lf_client_get_clock (mara.client);
  token = g_strdup (lf_session_get_refresh_token (mara.client->session));
  first = lf_session_new (lf_real_server_get_address (server), clock, NULL);
  second = lf_session_new (lf_real_server_get_address (server), clock, NULL);
  lf_session_adopt_async (first, token, NULL, on_adopted, &n_answers);
  lf_session_adopt_async (second, token, NULL, on_adopted, &n_answers);
  refresh (&mara);
  lf_wait_until (n_answers == 2, 20000);
  g_assert_cmpstr (lf_session_get_refresh_token (first), ==, lf_session_get_refresh_token (second));
  g_assert_cmpstr (lf_session_get_refresh_token (first), ==, lf_session_get_refresh_token (mara.client->session));
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_ONLINE);
  g_assert_cmpuint (mara.n_signed_out, ==, 0);
  lf_person_end (&mara);
}

static void
on_stolen (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  LfPerson          *person = user_data;
  g_autoptr (GError) error = NULL; /* the person's own may be there already: the client comes back by itself */

  g_assert_false (lf_session_adopt_finish (LF_SESSION (source), result, &error));
  g_assert_error (error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  person->is_done = TRUE;
}

static void
test_stolen (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (LfSession)    thief = NULL;
  g_autofree char         *spent = NULL;
  g_autofree char         *jonas_id = NULL;
  LfPerson                 mara, jonas;

  g_test_summary ("A spent token that somebody uses ends the session: the user is told, and what waited is sent after the next sign-in.");
  if (lf_real_server_skip ())
    return;
  if (!lf_person_has_keyring ())
    {
      g_test_skip ("no keyring answers on this session bus");
      return;
    }
  server = lf_real_server_new ();
  lf_person_sign_in (&jonas, server, "jonas");
  lf_person_sign_in_kept (&mara, server, "mara");
  jonas_id = g_strdup (lf_person_get_user (&jonas));
  lf_person_open_chat (&mara, jonas_id);
  spent = g_strdup (lf_session_get_refresh_token (mara.client->session));
  refresh (&mara);
  refresh (&mara); /* the successor was used: the first one is spent for good */

  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  lf_client_send (mara.client, mara.conversation, "Typed before the theft was noticed");
  lf_wait_until (lf_person_count_items (mara.conversation) == 1, 10000);
  lf_real_server_start (server);

  thief = lf_session_new (lf_real_server_get_address (server), lf_client_get_clock (mara.client), NULL);
  mara.is_done = FALSE;
  lf_session_adopt_async (thief, spent, NULL, on_stolen, &mara);
  lf_wait_until (mara.is_done, 20000);
  lf_client_reconnect_now (mara.client);
  lf_wait_until (mara.n_signed_out == 1, 60000);
  g_assert_error (mara.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_SIGNED_OUT);
  lf_wait_until (!lf_person_is_kept (server, "mara"), 20000);
  lf_person_end (&mara);

  lf_person_sign_in_kept (&mara, server, "mara");
  lf_client_reconnect_now (jonas.client);
  lf_wait_until (lf_outbox_get_n_pending (mara.client->outbox) == 0, 60000);
  lf_wait_until (lf_client_get_unread (jonas.client) == 1, 60000); /* live or by the snapshot */
  g_assert_cmpuint (lf_person_count_items (lf_client_lookup_conversation (mara.client, jonas_id)), ==, 1);
  lf_person_sign_out (&mara);
  lf_person_end (&mara);
  lf_person_end (&jonas);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = lf_test_begin_data_folder ();
  int              status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tokens/expired-mid-stream", test_expired_mid_stream);
  g_test_add_func ("/tokens/two-refreshes-at-once", test_two_refreshes_at_once);
  g_test_add_func ("/tokens/stolen", test_stolen);
  status = g_test_run ();
  lf_test_remove_folder (folder);
  return status;
}

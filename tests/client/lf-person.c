/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-error.h"
#include "lf-keyring.h"
#include "lf-person.h"
#include "lf-test-util.h"

/**
 * lf_person_on_signed_in:
 *
 * Ends lf_client_sign_in_async() for a person.
 */
void
lf_person_on_signed_in (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_client_sign_in_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static void
on_received (LfClient       *client,
             LfConversation *conversation,
             LfMessageItem  *item,
             LfPerson       *person)
{
  person->n_received++;
}

static void
on_available (LfClient  *client,
              LfContact *contact,
              LfPerson  *person)
{
  person->n_available++;
}

static void
on_signed_out (LfClient     *client,
               const GError *error,
               LfPerson     *person)
{
  person->n_signed_out++;
  g_clear_error (&person->error);
  person->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_notice (LfClient     *client,
           const GError *error,
           LfPerson     *person)
{
  person->n_notices++;
  g_clear_error (&person->notice);
  person->notice = g_error_copy (error);
}

static void
on_me_changed (LfClient *client,
               LfPerson *person)
{
  person->n_me_changed++;
}

/**
 * lf_person_begin_at:
 *
 * A client that is signed out, with a clock of the test's own.
 */
void
lf_person_begin_at (LfPerson *person,
                    LfClock  *clock)
{
  *person = (LfPerson){ .client = lf_client_new (clock) };
  g_signal_connect (person->client, "message-received", G_CALLBACK (on_received), person);
  g_signal_connect (person->client, "became-available", G_CALLBACK (on_available), person);
  g_signal_connect (person->client, "signed-out", G_CALLBACK (on_signed_out), person);
  g_signal_connect (person->client, "notice", G_CALLBACK (on_notice), person);
  g_signal_connect (person->client, "me-changed", G_CALLBACK (on_me_changed), person);
}

/**
 * lf_person_begin:
 *
 * A client that is signed out.
 */
void
lf_person_begin (LfPerson *person)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();

  lf_person_begin_at (person, clock);
}

/**
 * lf_person_end:
 *
 * Lets the client go, whatever it does; it must be finalised.
 */
void
lf_person_end (LfPerson *person)
{
  g_clear_object (&person->conversation);
  g_clear_object (&person->found);
  g_signal_handlers_disconnect_by_data (person->client, person);
  g_object_run_dispose (G_OBJECT (person->client));
  lf_wait_until (G_OBJECT (person->client)->ref_count == 1, 5000); /* calls in flight end as cancelled */
  g_assert_finalize_object (person->client);
  g_clear_error (&person->error);
  g_clear_error (&person->notice);
}

static void
sign_in_at (LfPerson   *person,
            const char *address,
            const char *login,
            gboolean    is_kept)
{
  lf_client_sign_in_async (person->client, address, login, LF_REAL_PASSWORD, is_kept, NULL, lf_person_on_signed_in,
                           person);
  lf_wait_until (person->is_done, 20000);
  g_assert_no_error (person->error);
  lf_wait_until (lf_client_get_state (person->client) == LF_CLIENT_ONLINE, 20000);
}

static void
sign_in (LfPerson     *person,
         LfRealServer *server,
         const char   *login,
         gboolean      is_kept)
{
  lf_person_begin (person);
  sign_in_at (person, lf_real_server_get_address (server), login, is_kept);
}

typedef struct
{
  gboolean is_done;
  char    *token; /* owned, nullable */
  GError  *error; /* owned, nullable */
} Lookup;

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Lookup *lookup = user_data;

  lookup->token = lf_keyring_lookup_finish (result, &lookup->error);
  lookup->is_done = TRUE;
}

static void
look_up (Lookup     *lookup,
         const char *server,
         const char *login)
{
  *lookup = (Lookup){ FALSE, NULL, NULL };
  lf_keyring_lookup_async (server, login, 20000, NULL, on_looked_up, lookup);
  lf_wait_until (lookup->is_done, 30000);
}

static void
lookup_clear (Lookup *lookup)
{
  g_free (lookup->token);
  g_clear_error (&lookup->error);
}

/**
 * lf_person_has_keyring:
 *
 * Returns: whether an unlocked keyring answers
 */
gboolean
lf_person_has_keyring (void)
{
  Lookup   lookup;
  gboolean has_keyring;

  look_up (&lookup, "http://127.0.0.1:1", "nobody");
  has_keyring = g_error_matches (lookup.error, LF_ERROR, LF_ERROR_NOT_FOUND);
  lookup_clear (&lookup);
  return has_keyring;
}

/**
 * lf_person_is_kept:
 *
 * Returns: whether the keyring holds a token of that account
 */
gboolean
lf_person_is_kept (LfRealServer *server,
                   const char   *login)
{
  Lookup   lookup;
  gboolean is_kept;

  look_up (&lookup, lf_real_server_get_address (server), login);
  is_kept = lookup.token != NULL;
  lookup_clear (&lookup);
  return is_kept;
}

/**
 * lf_person_sign_in:
 *
 * Signs in, and waits until the client is online.
 */
void
lf_person_sign_in (LfPerson     *person,
                   LfRealServer *server,
                   const char   *login)
{
  sign_in (person, server, login, FALSE);
}

/**
 * lf_person_sign_in_at:
 *
 * The same for a client that is there, at an address that leads to a server.
 */
void
lf_person_sign_in_at (LfPerson   *person,
                      const char *address,
                      const char *login)
{
  sign_in_at (person, address, login, FALSE);
}

/**
 * lf_person_sign_in_kept:
 *
 * The same, and stays signed in: token in the keyring, people and letters on disk.
 */
void
lf_person_sign_in_kept (LfPerson     *person,
                        LfRealServer *server,
                        const char   *login)
{
  sign_in (person, server, login, TRUE);
  lf_wait_until (lf_person_is_kept (server, login), 20000);
}

static void
on_restored (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_client_restore_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

/**
 * lf_person_restore:
 *
 * Starts again with a session that was kept, whether or not the server is there.
 */
void
lf_person_restore (LfPerson     *person,
                   LfRealServer *server,
                   const char   *login)
{
  lf_person_begin (person);
  lf_client_restore_async (person->client, lf_real_server_get_address (server), login, NULL, on_restored, person);
  lf_wait_until (person->is_done, 20000);
  g_assert_no_error (person->error);
}

static void
on_signed_out_by_hand (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_client_sign_out_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

/**
 * lf_person_sign_out:
 *
 * Signs out by hand.
 */
void
lf_person_sign_out (LfPerson *person)
{
  person->is_done = FALSE;
  lf_client_sign_out_async (person->client, NULL, on_signed_out_by_hand, person);
  lf_wait_until (person->is_done, 20000);
  g_assert_no_error (person->error);
}

/**
 * lf_person_on_found:
 *
 * Ends lf_client_search_async() for a person.
 */
void
lf_person_on_found (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  LfPerson *person = user_data;

  person->found = lf_client_search_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

/**
 * lf_person_find:
 *
 * Returns: (transfer full): the only one whom the directory finds
 */
LfContact *
lf_person_find (LfPerson   *person,
                const char *words)
{
  person->is_done = FALSE;
  g_clear_object (&person->found);
  lf_client_search_async (person->client, words, NULL, lf_person_on_found, person);
  lf_wait_until (person->is_done, 10000);
  g_assert_no_error (person->error);
  g_assert_cmpuint (g_list_model_get_n_items (person->found), ==, 1);
  return g_list_model_get_item (person->found, 0);
}

/**
 * lf_person_add:
 *
 * Returns: (transfer none): a contact of the roster, found in the directory and added
 */
LfContact *
lf_person_add (LfPerson   *person,
               const char *words)
{
  g_autoptr (LfContact) found = lf_person_find (person, words);

  lf_client_add_contact (person->client, found, NULL);
  return lf_roster_lookup (lf_client_get_roster (person->client), lf_contact_get_user (found));
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  LfPerson *person = user_data;

  person->conversation = lf_client_open_conversation_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

/**
 * lf_person_open_chat:
 *
 * Opens @person->conversation.
 */
void
lf_person_open_chat (LfPerson   *person,
                     const char *user)
{
  person->is_done = FALSE;
  g_clear_object (&person->conversation);
  lf_client_open_conversation_async (person->client, user, NULL, on_opened, person);
  lf_wait_until (person->is_done, 10000);
  g_assert_no_error (person->error);
}

/**
 * lf_person_get_status:
 *
 * Returns: what is displayed of a contact
 */
LfDisplayStatus
lf_person_get_status (LfContact *contact)
{
  return lf_contact_get_resolved (contact)->status;
}

/**
 * lf_person_get_user:
 *
 * Returns: the id of the person
 */
const char *
lf_person_get_user (LfPerson *person)
{
  return lf_client_get_me (person->client)->person.id;
}

/**
 * lf_person_count_items:
 *
 * Returns: how many messages are held
 */
guint
lf_person_count_items (LfConversation *conversation)
{
  return g_list_model_get_n_items (G_LIST_MODEL (conversation));
}

/**
 * lf_real_server_skip:
 *
 * Returns: %TRUE if there is no server to test against, and the test is skipped
 */
gboolean
lf_real_server_skip (void)
{
  if (lf_real_server_is_built ())
    return FALSE;
  g_test_skip ("lampfield-server is not built");
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-client.h"
#include "lf-error.h"
#include "lf-real-server.h"
#include "lf-rest.h"
#include "lf-test-util.h"
#include "lf-wire.h"

/* A person at a desktop. */
typedef struct
{
  LfClient       *client;
  GError         *error; /* of the last call */
  gboolean        is_done;
  LfConversation *conversation; /* owned, nullable */
  GListModel     *found;        /* owned, nullable */
  guint           n_received;
  guint           n_available;
  guint           n_signed_out;
  guint           n_notices;
  guint           n_me_changed;
  GError         *notice; /* the last */
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
on_signed_out (LfClient     *client,
               const GError *error,
               Person       *person)
{
  person->n_signed_out++;
  g_clear_error (&person->error);
  person->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_notice (LfClient     *client,
           const GError *error,
           Person       *person)
{
  person->n_notices++;
  g_clear_error (&person->notice);
  person->notice = g_error_copy (error);
}

static void
on_me_changed (LfClient *client,
               Person   *person)
{
  person->n_me_changed++;
}

static void
begin (Person *person)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();

  *person = (Person){ .client = lf_client_new (clock) };
  g_signal_connect (person->client, "message-received", G_CALLBACK (on_received), person);
  g_signal_connect (person->client, "became-available", G_CALLBACK (on_available), person);
  g_signal_connect (person->client, "signed-out", G_CALLBACK (on_signed_out), person);
  g_signal_connect (person->client, "notice", G_CALLBACK (on_notice), person);
  g_signal_connect (person->client, "me-changed", G_CALLBACK (on_me_changed), person);
}

static void
end (Person *person)
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
sign_in (Person       *person,
         LfRealServer *server,
         const char   *login)
{
  begin (person);
  lf_client_sign_in_async (person->client, lf_real_server_get_address (server), login, LF_REAL_PASSWORD, FALSE, NULL,
                           on_signed_in, person);
  lf_wait_until (person->is_done, 20000);
  g_assert_no_error (person->error);
  lf_wait_until (lf_client_get_state (person->client) == LF_CLIENT_ONLINE, 20000);
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

/* Returns: (transfer full): the only one found */
static LfContact *
find (Person     *person,
      const char *words)
{
  person->is_done = FALSE;
  g_clear_object (&person->found);
  lf_client_search_async (person->client, words, NULL, on_found, person);
  lf_wait_until (person->is_done, 10000);
  g_assert_no_error (person->error);
  g_assert_cmpuint (g_list_model_get_n_items (person->found), ==, 1);
  return g_list_model_get_item (person->found, 0);
}

/* Returns: (transfer none): a contact of the roster, found in the directory and added */
static LfContact *
add (Person     *person,
     const char *words)
{
  g_autoptr (LfContact) found = find (person, words);

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

static void
open_chat (Person     *person,
           const char *user)
{
  person->is_done = FALSE;
  g_clear_object (&person->conversation);
  lf_client_open_conversation_async (person->client, user, NULL, on_opened, person);
  lf_wait_until (person->is_done, 10000);
  g_assert_no_error (person->error);
}

static LfDisplayStatus
get_status (LfContact *contact)
{
  return lf_contact_get_resolved (contact)->status;
}

static const char *
get_user (Person *person)
{
  return lf_client_get_me (person->client)->person.id;
}

static guint
count_items (LfConversation *conversation)
{
  return g_list_model_get_n_items (G_LIST_MODEL (conversation));
}

static gboolean
is_skipped (void)
{
  if (lf_real_server_is_built ())
    return FALSE;
  g_test_skip ("lampfield-server is not built");
  return TRUE;
}

static void
test_sign_in (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   person;

  g_test_summary ("Signing in says what is wrong; then the user is online, and sees itself.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  begin (&person);
  lf_client_sign_in_async (person.client, lf_real_server_get_address (server), "mara", "wrong", FALSE, NULL,
                           on_signed_in, &person);
  g_assert_cmpint (lf_client_get_state (person.client), ==, LF_CLIENT_SIGNING_IN);
  lf_wait_until (person.is_done, 20000);
  g_assert_error (person.error, LF_ERROR, LF_ERROR_BAD_CREDENTIALS);
  g_assert_cmpint (lf_client_get_state (person.client), ==, LF_CLIENT_SIGNED_OUT);
  end (&person);

  begin (&person);
  lf_client_sign_in_async (person.client, "http://lampfield.example.org", "mara", LF_REAL_PASSWORD, FALSE, NULL,
                           on_signed_in, &person);
  lf_wait_until (person.is_done, 20000);
  g_assert_error (person.error, LF_ERROR, LF_ERROR_INSECURE);
  end (&person);

  sign_in (&person, server, "mara");
  g_assert_cmpstr (lf_client_get_me (person.client)->person.name, ==, "Mara Lind");
  g_assert_cmpstr (lf_contact_get_name (lf_client_get_own (person.client)), ==, "Mara Lind");
  lf_wait_until (get_status (lf_client_get_own (person.client)) == LF_DISPLAY_ONLINE, 5000);
  g_assert_cmpint (lf_client_get_as_of_us (person.client), ==, 0);
  end (&person);
}

static void
test_presence (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   mara;
  Person                   jonas;
  LfContact               *contact;
  g_autofree char         *token = NULL;
  g_autoptr (LfRest)       phones = NULL;
  const LfWireLineState    off_hook = { .state = LF_PHONE_OFF_HOOK, .since_us = LF_INSTANT_NONE };
  const LfWireLineState    on_hook = { .state = LF_PHONE_ON_HOOK, .since_us = LF_INSTANT_NONE };

  g_test_summary ("A colleague who is added is seen: away, on the phone, with a note, gone.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&mara, server, "mara");
  contact = add (&mara, "jonas");
  g_assert_nonnull (contact);
  g_assert_cmpstr (lf_contact_get_name (contact), ==, "Jonas Weberling");
  sign_in (&jonas, server, "jonas");
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);

  lf_client_set_reach (jonas.client, LF_REACHABILITY_IDLE, LF_INSTANT_NONE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_IDLE, 10000);
  lf_client_set_reach (jonas.client, LF_REACHABILITY_ONLINE, LF_INSTANT_NONE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);

  token = lf_real_server_administrate (server, "token", "create", "--connector", "phone", "--name", "Desk phones", NULL);
  phones = lf_rest_new (lf_real_server_get_address (server), NULL);
  lf_rest_set_token (phones, token);
  lf_rest_call_async (phones, "PUT", "/lines/2041", NULL, &lf_schema_line_state, &off_hook, NULL, NULL, NULL, NULL);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ON_THE_PHONE, 10000);
  lf_rest_call_async (phones, "PUT", "/lines/2041", NULL, &lf_schema_line_state, &on_hook, NULL, NULL, NULL, NULL);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);

  lf_client_set_status (jonas.client, LF_CHOICE_AWAY, "Lunch", "🍲", LF_INSTANT_NONE);
  g_assert_cmpint (lf_client_get_me (jonas.client)->status.choice, ==, LF_CHOICE_AWAY); /* at once */
  lf_wait_until (get_status (contact) == LF_DISPLAY_AWAY, 10000);
  g_assert_cmpstr (lf_contact_get_resolved (contact)->note, ==, "Lunch");
  lf_client_clear_status (jonas.client);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_client_set_dnd (jonas.client, TRUE, LF_INSTANT_NONE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  lf_wait_until (get_status (lf_client_get_own (jonas.client)) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  lf_client_set_dnd (jonas.client, FALSE, LF_INSTANT_NONE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_client_set_invisible (jonas.client, TRUE);
  lf_wait_until (get_status (contact) == LF_DISPLAY_OFFLINE, 10000);
  g_assert_cmpuint (jonas.n_notices, ==, 0);
  g_assert_cmpuint (mara.n_notices, ==, 0);
  g_assert_cmpuint (mara.n_available, ==, 0); /* nobody is watched */
  end (&jonas);
  end (&mara);
}

/* What another device of the user shows of a contact, or NULL. */
static LfContact *
mirror (Person    *person,
        LfContact *contact)
{
  return lf_roster_lookup (lf_client_get_roster (person->client), lf_contact_get_user (contact));
}

static void
test_roster (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   mara;
  Person                   laptop;
  LfContact               *contact;
  g_autoptr (LfContact)    removed = NULL;
  g_autofree char         *group = NULL;
  const LfGroup           *groups;
  gsize                    n_groups;

  g_test_summary ("What the user changes of the roster is seen at once, on other devices, and later.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&mara, server, "mara");
  sign_in (&laptop, server, "mara");
  contact = add (&mara, "priya");
  lf_client_set_favourite (mara.client, contact, TRUE);
  lf_client_set_watched (mara.client, contact, TRUE);
  group = lf_client_add_group (mara.client, "Design");
  lf_client_move_to_group (mara.client, contact, group);
  g_assert_true (lf_contact_get_is_favourite (contact));
  g_assert_cmpstr (lf_contact_get_group (contact), ==, group);
  g_assert_null (lf_client_add_group (mara.client, ""));
  lf_client_set_blocked (mara.client, contact, TRUE);
  g_assert_true (lf_client_get_is_blocked (mara.client, contact));
  lf_wait_until (mirror (&laptop, contact) != NULL && g_strcmp0 (lf_contact_get_group (mirror (&laptop, contact)), group) == 0, 10000);
  g_assert_true (lf_contact_get_is_favourite (mirror (&laptop, contact)));
  g_assert_true (lf_contact_get_is_watched (mirror (&laptop, contact)));
  groups = lf_roster_get_groups (lf_client_get_roster (laptop.client), &n_groups);
  g_assert_cmpuint (n_groups, ==, 1);
  g_assert_cmpstr (groups[0].name, ==, "Design");

  removed = g_object_ref (contact);
  lf_client_remove_contact (mara.client, contact);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (mara.client))), ==, 0);
  lf_wait_until (mirror (&laptop, removed) == NULL, 10000);
  contact = add (&mara, "jonas");
  lf_wait_until (mirror (&laptop, contact) != NULL, 10000);
  g_assert_cmpuint (mara.n_notices + laptop.n_notices, ==, 0);
  end (&laptop);
  end (&mara);

  sign_in (&mara, server, "mara");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (mara.client))), ==, 1);
  groups = lf_roster_get_groups (lf_client_get_roster (mara.client), &n_groups);
  g_assert_cmpuint (n_groups, ==, 1);
  {
    g_autoptr (LfContact) found = find (&mara, "jonas");

    g_assert_true (mirror (&mara, found) == found); /* the roster's own object */
  }
  lf_wait_until (lf_client_get_is_blocked (mara.client, removed), 5000);
  end (&mara);
}

static void
test_refused (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   mara;
  g_autofree char         *long_text = g_strnfill (LF_NOTE_MAX_CHARS + 1, 'x');
  LfContact               *contact;

  g_test_summary ("A change that the server refuses is taken back, with a notice.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&mara, server, "mara");
  lf_client_set_status (mara.client, LF_CHOICE_AWAY, long_text, NULL, LF_INSTANT_NONE);
  g_assert_cmpint (lf_client_get_me (mara.client)->status.choice, ==, LF_CHOICE_AWAY);
  lf_wait_until (mara.n_notices == 1, 10000);
  g_assert_cmpint (lf_client_get_me (mara.client)->status.choice, ==, LF_CHOICE_AUTOMATIC);
  g_assert_null (lf_client_get_me (mara.client)->status.text);

  contact = add (&mara, "jonas");
  lf_client_move_to_group (mara.client, contact, "no-such-group");
  lf_wait_until (mara.n_notices == 2, 10000);
  g_assert_null (lf_contact_get_group (contact));
  end (&mara);
}

static void
test_search (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (LfContact)    found = NULL;
  Person                   mara;
  Person                   jonas;

  g_test_summary ("The directory finds people with their presence; a search can be given up.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&jonas, server, "jonas");
  sign_in (&mara, server, "mara");
  found = find (&mara, "weber");
  g_assert_cmpstr (lf_contact_get_login (found), ==, "jonas");
  g_assert_cmpint (get_status (found), ==, LF_DISPLAY_ONLINE);
  g_assert_null (lf_roster_lookup (lf_client_get_roster (mara.client), lf_contact_get_user (found)));

  mara.is_done = FALSE;
  g_clear_object (&mara.found);
  lf_client_search_async (mara.client, "weber", cancellable, on_found, &mara);
  g_cancellable_cancel (cancellable);
  lf_wait_until (mara.is_done, 5000);
  g_assert_error (mara.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&mara.error);

  mara.is_done = FALSE;
  lf_client_search_async (mara.client, "w", NULL, on_found, &mara);
  lf_wait_until (mara.is_done, 5000);
  g_assert_error (mara.error, LF_ERROR, LF_ERROR_BAD_REQUEST);
  end (&jonas);
  end (&mara);
}

static void
on_history (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Person *person = user_data;

  lf_client_load_history_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static void
test_chat (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   mara;
  Person                   jonas;
  LfContact               *contact;
  LfMessageItem           *item;
  LfConversation          *theirs;

  g_test_summary ("A message is pending, sent, delivered and read; typing is seen; history is there later.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&mara, server, "mara");
  sign_in (&jonas, server, "jonas");
  contact = add (&jonas, "mara");
  open_chat (&mara, get_user (&jonas));
  g_assert_cmpstr (lf_conversation_get_other_name (mara.conversation), ==, "Jonas Weberling");
  g_assert_null (lf_client_send (mara.client, mara.conversation, ""));
  item = lf_client_send (mara.client, mara.conversation, "Are you there?");
  g_assert_cmpint (lf_message_item_get_state (item), ==, LF_MESSAGE_PENDING);
  lf_wait_until (jonas.n_received == 1, 10000);
  lf_wait_until (lf_message_item_get_state (item) == LF_MESSAGE_DELIVERED, 10000);
  theirs = lf_client_lookup_conversation (jonas.client, get_user (&mara));
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
  lf_wait_until (count_items (theirs) == 62, 20000);
  end (&jonas);

  sign_in (&jonas, server, "jonas");
  theirs = lf_client_lookup_conversation (jonas.client, get_user (&mara));
  g_assert_nonnull (theirs);
  g_assert_cmpuint (lf_client_get_unread (jonas.client), ==, 60);
  g_assert_cmpuint (count_items (theirs), ==, 0);
  for (guint pages = 1; pages <= 2; pages++)
    {
      g_assert_true (lf_conversation_get_has_more (theirs));
      jonas.is_done = FALSE;
      lf_client_load_history_async (jonas.client, theirs, NULL, on_history, &jonas);
      lf_wait_until (jonas.is_done, 10000);
      g_assert_no_error (jonas.error);
      g_assert_cmpuint (count_items (theirs), ==, pages == 1 ? 50 : 62);
    }
  g_assert_false (lf_conversation_get_has_more (theirs));
  g_assert_cmpuint (lf_client_get_unread (jonas.client), ==, 60);
  g_assert_cmpuint (jonas.n_received, ==, 0); /* history is no news */
  end (&jonas);
  end (&mara);
}

static void
on_reported (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Person *person = user_data;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &person->error);
  person->is_done = TRUE;
}

static void
test_calendar (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   mara;
  Person                   jonas;
  LfContact               *contact;
  LfContact               *own;
  g_autofree char         *token = NULL;
  g_autofree char         *path = NULL;
  g_autoptr (LfRest)       calendars = NULL;
  g_autoptr (GPtrArray)    periods = g_ptr_array_new ();
  gint64                   now_us;
  LfBusyPeriod             period;
  LfWireBusyReport         report = { .periods = periods };

  g_test_summary ("A calendar that changes is pulled, and the meeting is seen; who leaves early is free again.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&mara, server, "mara");
  sign_in (&jonas, server, "jonas");
  contact = add (&mara, "jonas");
  own = lf_client_get_own (jonas.client);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_client_set_open_contact (mara.client, contact);

  token = lf_real_server_administrate (server, "token", "create", "--connector", "calendar", "--name", "Calendars", NULL);
  calendars = lf_rest_new (lf_real_server_get_address (server), NULL);
  lf_rest_set_token (calendars, token);
  now_us = lf_clock_get_now_us (lf_client_get_clock (mara.client)) / 1000 * 1000;
  period = (LfBusyPeriod){ now_us - 10 * LF_MINUTE, now_us + 50 * LF_MINUTE, LF_BUSY_BUSY };
  g_ptr_array_add (periods, &period);
  report.read_at_us = now_us;
  report.known_from_us = now_us - LF_DAY;
  report.known_until_us = now_us + 14 * LF_DAY;
  path = g_strdup_printf ("/users/%s/calendars/work/busy", lf_contact_get_user (contact));
  jonas.is_done = FALSE;
  lf_rest_call_async (calendars, "PUT", path, NULL, &lf_schema_busy_report, &report, NULL, NULL, on_reported, &jonas);
  lf_wait_until (jonas.is_done, 10000);
  g_assert_no_error (jonas.error);
  lf_wait_until (get_status (contact) == LF_DISPLAY_IN_A_MEETING, 15000);
  g_assert_cmpint (lf_contact_get_resolved (contact)->until_us, ==, period.end_us);
  lf_wait_until (get_status (own) == LF_DISPLAY_IN_A_MEETING, 15000);

  lf_client_leave_early (jonas.client);
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 15000);
  lf_wait_until (get_status (own) == LF_DISPLAY_ONLINE, 15000);
  g_assert_cmpuint (mara.n_notices + jonas.n_notices, ==, 0);
  end (&jonas);
  end (&mara);
}

static void
test_server_gone (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   mara;
  Person                   jonas;
  LfContact               *contact;
  LfMessageItem           *item;
  gint64                   before_us;

  g_test_summary ("Server killed: as of, nothing is lost, everything comes back by itself, each message once.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&mara, server, "mara");
  sign_in (&jonas, server, "jonas");
  contact = add (&mara, "jonas");
  lf_wait_until (get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  open_chat (&mara, get_user (&jonas));
  for (guint i = 0; i < 20; i++) /* the kill falls among them */
    lf_client_send (mara.client, mara.conversation, "before");
  lf_wait_until (jonas.n_received >= 3, 20000);
  before_us = lf_clock_get_now_us (lf_client_get_clock (mara.client));
  lf_real_server_kill (server);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  g_assert_cmpint (lf_client_get_as_of_us (mara.client), >, before_us - LF_MINUTE);
  g_assert_cmpint (lf_client_get_as_of_us (mara.client), <=, lf_clock_get_now_us (lf_client_get_clock (mara.client)));
  g_assert_cmpint (get_status (contact), ==, LF_DISPLAY_ONLINE); /* for a minute */
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
  lf_wait_until (count_items (lf_client_lookup_conversation (jonas.client, get_user (&mara))) == 21, 30000);
  g_assert_cmpuint (count_items (mara.conversation), ==, 21);
  for (guint i = 0; i < 21; i++)
    {
      g_autoptr (LfMessageItem) sent = g_list_model_get_item (G_LIST_MODEL (mara.conversation), i);

      g_assert_cmpint (lf_message_item_get_state (sent), >=, LF_MESSAGE_SENT);
      g_assert_cmpint (lf_message_item_get_message (sent)->seq, ==, i + 1); /* in order, each once */
    }
  g_assert_cmpuint (mara.n_signed_out + jonas.n_signed_out, ==, 0);
  g_assert_cmpuint (mara.n_available, ==, 0);
  end (&jonas);
  end (&mara);
}

static void
on_signed_out_done (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Person *person = user_data;

  lf_client_sign_out_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static void
test_sign_out (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   mara;

  g_test_summary ("Signing out empties the client at once; a person who is blocked is signed out by the server.");
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  sign_in (&mara, server, "mara");
  add (&mara, "jonas");
  mara.is_done = FALSE;
  lf_client_sign_out_async (mara.client, NULL, on_signed_out_done, &mara);
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_SIGNED_OUT);
  g_assert_null (lf_client_get_me (mara.client));
  g_assert_null (lf_client_get_own (mara.client));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (mara.client))), ==, 0);
  lf_wait_until (mara.is_done, 10000);
  g_assert_no_error (mara.error);
  g_assert_cmpuint (mara.n_signed_out, ==, 0); /* it was asked for */
  end (&mara);

  sign_in (&mara, server, "mara");
  g_free (lf_real_server_administrate (server, "user", "block", "mara", NULL));
  lf_wait_until (mara.n_signed_out == 1, 10000);
  g_assert_error (mara.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_SIGNED_OUT);
  end (&mara);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/sign-in", test_sign_in);
  g_test_add_func ("/client/presence", test_presence);
  g_test_add_func ("/client/roster", test_roster);
  g_test_add_func ("/client/refused", test_refused);
  g_test_add_func ("/client/search", test_search);
  g_test_add_func ("/client/chat", test_chat);
  g_test_add_func ("/client/calendar", test_calendar);
  g_test_add_func ("/client/server-gone", test_server_gone);
  g_test_add_func ("/client/sign-out", test_sign_out);
  return g_test_run ();
}

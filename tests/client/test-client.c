/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-person.h"
#include "lf-rest.h"
#include "lf-test-util.h"
#include "lf-wire.h"

static void
test_sign_in (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 person;

  g_test_summary ("Signing in says what is wrong; then the user is online, and sees itself.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_begin (&person);
  lf_client_sign_in_async (person.client, lf_real_server_get_address (server), "mara", "wrong", FALSE, NULL,
                           lf_person_on_signed_in, &person);
  g_assert_cmpint (lf_client_get_state (person.client), ==, LF_CLIENT_SIGNING_IN);
  lf_wait_until (person.is_done, 20000);
  g_assert_error (person.error, LF_ERROR, LF_ERROR_BAD_CREDENTIALS);
  g_assert_cmpint (lf_client_get_state (person.client), ==, LF_CLIENT_SIGNED_OUT);
  lf_person_end (&person);

  lf_person_begin (&person);
  lf_client_sign_in_async (person.client, "http://lampfield.example.org", "mara", LF_REAL_PASSWORD, FALSE, NULL,
                           lf_person_on_signed_in, &person);
  lf_wait_until (person.is_done, 20000);
  g_assert_error (person.error, LF_ERROR, LF_ERROR_INSECURE);
  lf_person_end (&person);

  lf_person_sign_in (&person, server, "mara");
  g_assert_cmpstr (lf_client_get_me (person.client)->person.name, ==, "Mara Lind");
  g_assert_cmpstr (lf_contact_get_name (lf_client_get_own (person.client)), ==, "Mara Lind");
  lf_wait_until (lf_person_get_status (lf_client_get_own (person.client)) == LF_DISPLAY_ONLINE, 5000);
  g_assert_cmpint (lf_client_get_as_of_us (person.client), ==, 0);
  lf_person_end (&person);
}

static void
test_presence (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;
  LfPerson                 jonas;
  LfContact               *contact;
  g_autofree char         *token = NULL;
  g_autoptr (LfRest)       phones = NULL;
  const LfWireLineState    off_hook = { .state = LF_PHONE_OFF_HOOK, .since_us = LF_INSTANT_NONE };
  const LfWireLineState    on_hook = { .state = LF_PHONE_ON_HOOK, .since_us = LF_INSTANT_NONE };

  g_test_summary ("A colleague who is added is seen: away, on the phone, with a note, gone.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  contact = lf_person_add (&mara, "jonas");
  g_assert_nonnull (contact);
  g_assert_cmpstr (lf_contact_get_name (contact), ==, "Jonas Weberling");
  lf_person_sign_in (&jonas, server, "jonas");
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);

  lf_client_set_reach (jonas.client, LF_REACHABILITY_IDLE, LF_INSTANT_NONE);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_IDLE, 10000);
  lf_client_set_reach (jonas.client, LF_REACHABILITY_ONLINE, LF_INSTANT_NONE);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_client_set_is_on_the_phone (jonas.client, TRUE);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ON_THE_PHONE, 10000);
  lf_client_reconnect_now (jonas.client);
  lf_client_set_reach (jonas.client, LF_REACHABILITY_AWAY, LF_INSTANT_NONE); /* does not end the call */
  lf_wait_until (lf_contact_get_presence (contact)->reachability.state == LF_REACHABILITY_AWAY, 10000);
  g_assert_cmpint (lf_person_get_status (contact), ==, LF_DISPLAY_ON_THE_PHONE);
  lf_client_set_reach (jonas.client, LF_REACHABILITY_ONLINE, LF_INSTANT_NONE);
  lf_client_set_is_on_the_phone (jonas.client, FALSE);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);

  token = lf_real_server_administrate (server, "token", "create", "--connector", "phone", "--name", "Desk phones", NULL);
  phones = lf_rest_new (lf_real_server_get_address (server), NULL);
  lf_rest_set_token (phones, token);
  lf_rest_call_async (phones, "PUT", "/lines/2041", NULL, &lf_schema_line_state, &off_hook, NULL, NULL, NULL, NULL);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ON_THE_PHONE, 10000);
  lf_rest_call_async (phones, "PUT", "/lines/2041", NULL, &lf_schema_line_state, &on_hook, NULL, NULL, NULL, NULL);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);

  lf_client_set_status (jonas.client, LF_CHOICE_AWAY, "Lunch", "🍲", LF_INSTANT_NONE);
  g_assert_cmpint (lf_client_get_me (jonas.client)->status.choice, ==, LF_CHOICE_AWAY); /* at once */
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_AWAY, 10000);
  g_assert_cmpstr (lf_contact_get_resolved (contact)->note, ==, "Lunch");
  lf_client_clear_status (jonas.client);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_client_set_dnd (jonas.client, TRUE, LF_INSTANT_NONE);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  lf_wait_until (lf_person_get_status (lf_client_get_own (jonas.client)) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  lf_client_set_dnd (jonas.client, FALSE, LF_INSTANT_NONE);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_client_set_invisible (jonas.client, TRUE);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_OFFLINE, 10000);
  g_assert_cmpuint (jonas.n_notices, ==, 0);
  g_assert_cmpuint (mara.n_notices, ==, 0);
  g_assert_cmpuint (mara.n_available, ==, 0); /* nobody is watched */
  lf_person_end (&jonas);
  lf_person_end (&mara);
}

/* What another device of the user shows of a contact, or NULL. */
static LfContact *
mirror (LfPerson  *person,
        LfContact *contact)
{
  return lf_roster_lookup (lf_client_get_roster (person->client), lf_contact_get_user (contact));
}

static void
test_roster (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;
  LfPerson                 laptop;
  LfContact               *contact;
  g_autoptr (LfContact)    removed = NULL;
  g_autofree char         *group = NULL;
  const LfGroup           *groups;
  gsize                    n_groups;

  g_test_summary ("What the user changes of the roster is seen at once, on other devices, and later.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  lf_person_sign_in (&laptop, server, "mara");
  contact = lf_person_add (&mara, "priya");
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
  contact = lf_person_add (&mara, "jonas");
  lf_wait_until (mirror (&laptop, contact) != NULL, 10000);
  g_assert_cmpuint (mara.n_notices + laptop.n_notices, ==, 0);
  lf_person_end (&laptop);
  lf_person_end (&mara);

  lf_person_sign_in (&mara, server, "mara");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (mara.client))), ==, 1);
  groups = lf_roster_get_groups (lf_client_get_roster (mara.client), &n_groups);
  g_assert_cmpuint (n_groups, ==, 1);
  {
    g_autoptr (LfContact) found = lf_person_find (&mara, "jonas");

    g_assert_true (mirror (&mara, found) == found); /* the roster's own object */
  }
  lf_wait_until (lf_client_get_is_blocked (mara.client, removed), 5000);
  lf_person_end (&mara);
}

static void
test_refused (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;
  g_autofree char         *long_text = g_strnfill (LF_NOTE_MAX_CHARS + 1, 'x');
  LfContact               *contact;

  g_test_summary ("A change that the server refuses is taken back, with a notice.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  lf_client_set_status (mara.client, LF_CHOICE_AWAY, long_text, NULL, LF_INSTANT_NONE);
  g_assert_cmpint (lf_client_get_me (mara.client)->status.choice, ==, LF_CHOICE_AWAY);
  lf_wait_until (mara.n_notices == 1, 10000);
  g_assert_cmpint (lf_client_get_me (mara.client)->status.choice, ==, LF_CHOICE_AUTOMATIC);
  g_assert_null (lf_client_get_me (mara.client)->status.text);

  contact = lf_person_add (&mara, "jonas");
  lf_client_move_to_group (mara.client, contact, "no-such-group");
  lf_wait_until (mara.n_notices == 2, 10000);
  g_assert_null (lf_contact_get_group (contact));
  lf_person_end (&mara);
}

static void
on_settled (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  LfPerson *person = user_data;

  g_clear_error (&person->error);
  person->is_done = TRUE;
  g_assert_cmpint (lf_client_settle_finish (LF_CLIENT (source), result, &person->error), ==, person->error == NULL);
}

/* Waits for the answers to what was set: -1, or the code of LfError. */
static int
settle (LfPerson *person)
{
  person->is_done = FALSE;
  lf_client_settle_async (person->client, NULL, on_settled, person);
  lf_wait_until (person->is_done, 20000);
  return person->error != NULL ? person->error->code : -1;
}

static void
test_settle (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;
  g_autofree char         *long_text = g_strnfill (LF_NOTE_MAX_CHARS + 1, 'x');
  gint64                   since_us;

  g_test_summary ("Whoever sets a status can wait for the server's word on it.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  g_assert_cmpint (settle (&mara), ==, -1); /* nothing was set */
  lf_client_set_status (mara.client, LF_CHOICE_AWAY, "Lunch", NULL, LF_INSTANT_NONE);
  lf_client_set_status (mara.client, LF_CHOICE_AWAY, "Coffee", NULL, LF_INSTANT_NONE); /* while that is on its way */
  lf_client_set_dnd (mara.client, TRUE, LF_INSTANT_NONE);
  g_assert_cmpint (settle (&mara), ==, -1);
  g_assert_cmpstr (lf_client_get_me (mara.client)->status.text, ==, "Coffee");
  since_us = lf_client_get_me (mara.client)->note_since_us;
  g_assert_cmpint (since_us, >, lf_clock_get_now_us (lf_client_get_clock (mara.client)) - LF_MINUTE);
  lf_client_set_status (mara.client, LF_CHOICE_AUTOMATIC, "Coffee", NULL, LF_INSTANT_NONE);
  g_assert_cmpint (lf_client_get_me (mara.client)->note_since_us, ==, since_us);
  lf_client_set_status (mara.client, LF_CHOICE_AUTOMATIC, NULL, NULL, LF_INSTANT_NONE);
  g_assert_cmpint (lf_client_get_me (mara.client)->note_since_us, ==, LF_INSTANT_NONE);
  lf_client_set_status (mara.client, LF_CHOICE_AWAY, "Coffee", NULL, LF_INSTANT_NONE);
  g_assert_cmpint (settle (&mara), ==, -1);
  lf_client_set_status (mara.client, LF_CHOICE_AWAY, long_text, NULL, LF_INSTANT_NONE);
  g_assert_cmpint (settle (&mara), ==, LF_ERROR_BAD_REQUEST);
  g_assert_cmpstr (lf_client_get_me (mara.client)->status.text, ==, "Coffee");
  lf_real_server_kill (server);
  lf_client_clear_status (mara.client);
  g_assert_cmpint (settle (&mara), ==, LF_ERROR_UNAVAILABLE);

  lf_client_clear_status (mara.client);
  mara.is_done = FALSE;
  lf_client_settle_async (mara.client, NULL, on_settled, &mara);
  lf_client_sign_out_async (mara.client, NULL, NULL, NULL);
  lf_wait_until (mara.is_done, 10000);
  g_assert_error (mara.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_cmpint (settle (&mara), ==, LF_ERROR_UNAUTHORIZED);
  lf_person_end (&mara);
}

static void
test_search (void)
{
  g_autoptr (LfRealServer) server = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (LfContact)    found = NULL;
  LfPerson                 mara;
  LfPerson                 jonas;

  g_test_summary ("The directory finds people with their presence; a search can be given up.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&jonas, server, "jonas");
  lf_person_sign_in (&mara, server, "mara");
  found = lf_person_find (&mara, "weber");
  g_assert_cmpstr (lf_contact_get_login (found), ==, "jonas");
  g_assert_cmpint (lf_person_get_status (found), ==, LF_DISPLAY_ONLINE);
  g_assert_null (lf_roster_lookup (lf_client_get_roster (mara.client), lf_contact_get_user (found)));

  mara.is_done = FALSE;
  g_clear_object (&mara.found);
  lf_client_search_async (mara.client, "weber", cancellable, lf_person_on_found, &mara);
  g_cancellable_cancel (cancellable);
  lf_wait_until (mara.is_done, 5000);
  g_assert_error (mara.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&mara.error);

  mara.is_done = FALSE;
  lf_client_search_async (mara.client, "w", NULL, lf_person_on_found, &mara);
  lf_wait_until (mara.is_done, 5000);
  g_assert_error (mara.error, LF_ERROR, LF_ERROR_BAD_REQUEST);
  lf_person_end (&jonas);
  lf_person_end (&mara);
}

static void
on_reported (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &person->error);
  person->is_done = TRUE;
}

static void
test_calendar (void)
{
  g_autoptr (LfRealServer)  server = NULL;
  LfPerson                  mara;
  LfPerson                  jonas;
  LfContact                *contact;
  LfContact                *own;
  g_autofree char          *token = NULL;
  g_autofree char          *path = NULL;
  g_autoptr (LfRest)        calendars = NULL;
  g_autoptr (GPtrArray)     periods = g_ptr_array_new ();
  gint64                    now_us;
  LfBusyPeriod              period;
  LfBusyPeriod              next;
  LfBusyPeriod              left;
  const LfWireReadCalendar *read;
  LfWireBusyReport          report = { .periods = periods };

  g_test_summary ("A calendar that changes is pulled, and meetings without a gap are seen as one; who leaves early is free until the next one");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  lf_person_sign_in (&jonas, server, "jonas");
  contact = lf_person_add (&mara, "jonas");
  own = lf_client_get_own (jonas.client);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 10000);
  lf_client_set_open_contact (mara.client, contact);

  token = lf_real_server_administrate (server, "token", "create", "--connector", "calendar", "--name", "Calendars", NULL);
  calendars = lf_rest_new (lf_real_server_get_address (server), NULL);
  lf_rest_set_token (calendars, token);
  now_us = lf_clock_get_now_us (lf_client_get_clock (mara.client)) / 1000 * 1000;
  period = (LfBusyPeriod){ now_us - 10 * LF_MINUTE, now_us + 50 * LF_MINUTE, LF_BUSY_BUSY };
  next = (LfBusyPeriod){ period.end_us, period.end_us + LF_HOUR, LF_BUSY_BUSY };
  g_ptr_array_add (periods, &period);
  g_ptr_array_add (periods, &next);
  report.read_at_us = now_us;
  report.known_from_us = now_us - LF_DAY;
  report.known_until_us = now_us + 14 * LF_DAY;
  path = g_strdup_printf ("/users/%s/calendars/work/busy", lf_contact_get_user (contact));
  jonas.is_done = FALSE;
  lf_rest_call_async (calendars, "PUT", path, NULL, &lf_schema_busy_report, &report, NULL, NULL, on_reported, &jonas);
  lf_wait_until (jonas.is_done, 10000);
  g_assert_no_error (jonas.error);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_IN_A_MEETING, 15000);
  g_assert_cmpint (lf_contact_get_resolved (contact)->until_us, ==, next.end_us);
  lf_wait_until (lf_person_get_status (own) == LF_DISPLAY_IN_A_MEETING, 15000);

  /* the owner is told which calendar is read, and nobody else */
  lf_wait_until (lf_client_get_me (jonas.client)->calendars->len == 1, 10000);
  read = lf_client_get_me (jonas.client)->calendars->pdata[0];
  g_assert_cmpstr (read->source, ==, "work");
  g_assert_cmpint (read->read_at_us, ==, now_us);
  g_assert_cmpint (read->code, ==, LF_CALENDAR_CODE_OK);
  g_assert_cmpuint (lf_client_get_me (mara.client)->calendars->len, ==, 0);

  lf_client_leave_early (jonas.client);
  lf_wait_until (lf_person_get_status (contact) == LF_DISPLAY_ONLINE, 15000);
  lf_wait_until (lf_person_get_status (own) == LF_DISPLAY_ONLINE, 15000);
  g_assert_true (lf_busy_list_meeting_at (lf_contact_get_presence (contact)->calendar.busy, next.start_us, &left));
  g_assert_cmpint (left.start_us, ==, next.start_us);
  g_assert_cmpint (left.end_us, ==, next.end_us);
  g_assert_cmpint (lf_contact_get_resolved (contact)->next_change_at_us, ==, next.start_us);
  g_assert_cmpuint (mara.n_notices + jonas.n_notices, ==, 0);
  lf_person_end (&jonas);
  lf_person_end (&mara);
}

/* Reads the user's calendar at @read_at_us, as the connector of @rest. */
static void
read_calendar (LfPerson *person,
               LfRest   *rest,
               gint64    read_at_us)
{
  g_autofree char       *path = g_strdup_printf ("/users/%s/calendars/work/busy", lf_person_get_user (person));
  g_autoptr (GPtrArray)  none = g_ptr_array_new ();
  const LfWireBusyReport report = { read_at_us, read_at_us, read_at_us + LF_DAY, none };

  person->is_done = FALSE;
  lf_rest_call_async (rest, "PUT", path, NULL, &lf_schema_busy_report, &report, NULL, NULL, on_reported, person);
  lf_wait_until (person->is_done, 10000);
  g_assert_no_error (person->error);
}

/* When it was read, as far as the user is shown. */
static gint64
get_read_at_us (LfPerson *person)
{
  const LfWireMe *me = lf_client_get_me (person->client);

  return me->calendars->len == 1 ? ((const LfWireReadCalendar *) me->calendars->pdata[0])->read_at_us : LF_INSTANT_NONE;
}

static void
test_read_again (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;
  g_autofree char         *token = NULL;
  g_autoptr (LfRest)       calendars = NULL;
  gint64                   first_us;
  guint                    n_told;

  g_test_summary ("When a calendar was read again is told to who asks; without an answer what was known stays");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  token = lf_real_server_administrate (server, "token", "create", "--connector", "calendar", "--name", "Calendars", NULL);
  calendars = lf_rest_new (lf_real_server_get_address (server), NULL);
  lf_rest_set_token (calendars, token);
  first_us = lf_clock_get_now_us (lf_client_get_clock (mara.client)) / LF_SECOND * LF_SECOND - LF_HOUR;
  read_calendar (&mara, calendars, first_us);
  lf_wait_until (get_read_at_us (&mara) == first_us, 10000);

  n_told = mara.n_me_changed;
  read_calendar (&mara, calendars, first_us + LF_MINUTE);
  lf_client_refresh_calendars (mara.client);
  lf_client_refresh_calendars (mara.client); /* nothing more: one is on its way */
  g_assert_cmpint (get_read_at_us (&mara), ==, first_us);
  lf_wait_until (get_read_at_us (&mara) == first_us + LF_MINUTE, 10000);
  g_assert_cmpuint (mara.n_me_changed, ==, n_told + 1);

  lf_real_server_kill (server);
  lf_client_refresh_calendars (mara.client);
  lf_wait_until (lf_client_get_state (mara.client) == LF_CLIENT_RECONNECTING, 10000);
  g_assert_cmpint (get_read_at_us (&mara), ==, first_us + LF_MINUTE);
  g_assert_cmpuint (mara.n_notices, ==, 0);
  lf_person_end (&mara);
}

static void
on_signed_out_done (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  LfPerson *person = user_data;

  lf_client_sign_out_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static void
test_sign_out (void)
{
  g_autoptr (LfRealServer) server = NULL;
  LfPerson                 mara;

  g_test_summary ("Signing out empties the client at once; a person who is blocked is signed out by the server.");
  if (lf_real_server_skip ())
    return;
  server = lf_real_server_new ();
  lf_person_sign_in (&mara, server, "mara");
  lf_person_add (&mara, "jonas");
  mara.is_done = FALSE;
  lf_client_sign_out_async (mara.client, NULL, on_signed_out_done, &mara);
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_SIGNED_OUT);
  g_assert_null (lf_client_get_me (mara.client));
  g_assert_null (lf_client_get_own (mara.client));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (mara.client))), ==, 0);
  lf_wait_until (mara.is_done, 10000);
  g_assert_no_error (mara.error);
  g_assert_cmpuint (mara.n_signed_out, ==, 0); /* it was asked for */
  lf_person_end (&mara);

  lf_person_sign_in (&mara, server, "mara");
  g_free (lf_real_server_administrate (server, "user", "block", "mara", NULL));
  lf_wait_until (mara.n_signed_out == 1, 10000);
  g_assert_error (mara.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_cmpint (lf_client_get_state (mara.client), ==, LF_CLIENT_SIGNED_OUT);
  lf_person_end (&mara);
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
  g_test_add_func ("/client/settle", test_settle);
  g_test_add_func ("/client/search", test_search);
  g_test_add_func ("/client/calendar", test_calendar);
  g_test_add_func ("/client/read-again", test_read_again);
  g_test_add_func ("/client/sign-out", test_sign_out);
  return g_test_run ();
}

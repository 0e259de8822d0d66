/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-demo-phones.h"
#include "lf-person.h"
#include "lf-test-util.h"

#define WAIT_MS   20000
#define JONAS     0 /* indexes of colleagues, with lines 2041 and 2042 */
#define PRIYA     1
#define N_PAST    12
#define N_ENTRIES 4 /* of the past calls: jonas, who has most of the lines here, priya, two numbers outside */

/* The real server with the lines of the sample office, its telephones in time of the test's own, and mara, the
 * visitor, at the desktop. All tests share one, for so many lines take seconds to assign; together they make fewer
 * calls than a person may begin in a minute. */
typedef struct
{
  LfRealServer *server;
  LfClock      *clock;
  GRand        *random;
  LfDemoPhones *phones;
  LfPerson      mara;
  LfTelephone  *telephone; /* borrowed */
  LfDemoHabit   habit;     /* of everybody */
  GError       *error;     /* of the last call */
  gboolean      is_done;
} Office;

static void
assign (Office *office, const LfDemoPerson *person, const char *login, const char *rank)
{
  g_autofree char *address = g_strconcat ("tel:", person->line, NULL);
  g_autofree char *out = lf_real_server_administrate (office->server, "line", "assign", person->line, login, "--address", address,
                                                      "--pickup-group", person->department, rank, NULL);
}

static LfDemoHabit
get_habit (guint person, gpointer user_data)
{
  return ((const Office *) user_data)->habit;
}

static void
begin (Office *office)
{
  g_autofree char   *token = NULL;
  g_autoptr (GError) error = NULL;

  memset (office, 0, sizeof *office);
  office->server = lf_real_server_new ();
  assign (office, lf_demo_people_visitor (), "mara", NULL);
  assign (office, lf_demo_people_get (JONAS), "jonas", NULL);
  assign (office, lf_demo_people_get (PRIYA), "priya", NULL);
  for (guint i = PRIYA + 1; i < lf_demo_people_count (); i++)
    assign (office, lf_demo_people_get (i), "jonas", "--secondary");
  token = lf_real_server_administrate (office->server, "token", "create", "--connector", "phone", "--name", "PBX", NULL);
  office->clock = lf_clock_new_manual (g_get_real_time () / LF_SECOND * LF_SECOND);
  office->random = g_rand_new_with_seed (7);
  office->phones = lf_demo_phones_new (lf_real_server_get_address (office->server), token, office->clock, office->random, &error);
  g_assert_no_error (error);
  lf_demo_phones_set_habits (office->phones, get_habit, office);
  lf_demo_phones_start (office->phones);
  lf_wait_until (lf_demo_phones_is_live (office->phones), WAIT_MS);
  lf_person_begin (&office->mara);
  lf_person_sign_in (&office->mara, office->server, "mara");
  office->telephone = lf_client_get_telephone (office->mara.client);
  lf_wait_until (lf_telephone_can_call (office->telephone), WAIT_MS);
}

static void
finish (Office *office)
{
  lf_person_end (&office->mara);
  lf_demo_phones_stop (office->phones);
  lf_wait_until (G_OBJECT (office->phones)->ref_count == 1, WAIT_MS); /* requests end as cancelled */
  g_assert_finalize_object (office->phones);
  g_assert_finalize_object (office->clock);
  g_rand_free (office->random);
  g_clear_error (&office->error);
  lf_real_server_free (office->server);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Office *office = user_data;

  lf_telephone_call_finish (LF_TELEPHONE (source), result, &office->error);
  g_assert_no_error (office->error);
  office->is_done = TRUE;
}

static void
call (Office *office, const char *address)
{
  office->is_done = FALSE;
  lf_telephone_call_async (office->telephone, address, NULL, NULL, on_called, office);
  lf_wait_until (office->is_done, WAIT_MS);
}

static void
await (Office *office, LfCallState state)
{
  lf_wait_until (lf_telephone_get_call (office->telephone) != NULL && lf_telephone_get_call (office->telephone)->state == state, WAIT_MS);
}

static const LfWireCallRecord *
get_latest (Office *office)
{
  GListModel             *entries = lf_call_log_get_entries (lf_telephone_get_log (office->telephone));
  g_autoptr (LfCallEntry) entry = g_list_model_get_item (entries, 0);

  return entry != NULL ? lf_call_entry_get_latest (entry) : NULL; /* the list holds it */
}

static void
await_record (Office *office, LfCallKind kind, const char *address, gint64 behind_us)
{
  lf_wait_until (get_latest (office) != NULL && get_latest (office)->started_at_us >= behind_us, WAIT_MS);
  g_assert_cmpint (get_latest (office)->kind, ==, kind);
  g_assert_cmpstr (get_latest (office)->address, ==, address);
}

static guint
count_calls (LfCallLog *log)
{
  GListModel *entries = lf_call_log_get_entries (log);
  guint       n_calls = 0;

  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (LfCallEntry) entry = g_list_model_get_item (entries, i);

      n_calls += lf_call_entry_get_n_calls (entry);
    }
  return n_calls;
}

static void
test_history (gconstpointer data)
{
  static const guint n_of_kind[LF_N_CALL_KINDS] = { [LF_CALL_MISSED] = 5, [LF_CALL_RECEIVED] = 3, [LF_CALL_PLACED] = 4 };
  Office            *office = (Office *) data;
  LfCallLog         *log;

  g_test_summary ("the visitor finds calls of the last days, missed ones among them, each of them once");
  if (lf_real_server_skip ())
    return;
  log = lf_telephone_get_log (office->telephone);
  lf_wait_until (lf_call_log_is_read (log), WAIT_MS);
  g_assert_cmpuint (g_list_model_get_n_items (lf_call_log_get_entries (log)), ==, N_ENTRIES);
  g_assert_cmpuint (count_calls (log), ==, N_PAST);
  for (int kind = LF_CALL_MISSED; kind < LF_N_CALL_KINDS; kind++)
    {
      lf_call_log_set_kind (log, kind);
      g_assert_cmpuint (count_calls (log), ==, n_of_kind[kind]);
    }
  lf_call_log_set_kind (log, LF_CALL_LOG_ALL);
  g_assert_true (lf_telephone_rings_in_dnd (office->telephone));
}

static void
test_calls (gconstpointer data)
{
  static const struct
  {
    const char  *what;
    LfDemoHabit  habit;
    gboolean     is_busy;
    LfCallState  state;      /* behind calling */
    LfPhoneState their_line; /* while it rings */
  } rows[] = {
    { "somebody at the desk picks up", LF_DEMO_PICKS_UP, FALSE, LF_CALL_CONNECTED, LF_PHONE_RINGING },
    { "nobody is there", LF_DEMO_LETS_RING, FALSE, LF_CALL_NO_ANSWER, LF_PHONE_RINGING },
    { "not now", LF_DEMO_DECLINES, FALSE, LF_CALL_DECLINED, LF_PHONE_RINGING },
    { "the line is busy", LF_DEMO_PICKS_UP, TRUE, LF_CALL_BUSY, LF_PHONE_OFF_HOOK },
  };
  Office *office = (Office *) data;

  g_test_summary ("a call that is asked for goes through its stages, ends as the other one pleases, and stands in the list");
  if (lf_real_server_skip ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 start_us = lf_clock_get_now_us (office->clock);

      g_test_message ("%s", rows[i].what);
      office->habit = rows[i].habit;
      lf_demo_phones_set (office->phones, PRIYA, rows[i].is_busy ? LF_PHONE_OFF_HOOK : LF_PHONE_ON_HOOK, start_us);
      call (office, "tel:2042");
      await (office, LF_CALL_RINGING_YOU);
      lf_clock_advance (office->clock, 2 * LF_SECOND);
      await (office, LF_CALL_CALLING);
      g_assert_cmpint (lf_demo_phones_get (office->phones, PRIYA), ==, rows[i].their_line);
      lf_clock_advance (office->clock, 12 * LF_SECOND);
      await (office, rows[i].state);
      if (rows[i].state == LF_CALL_CONNECTED)
        {
          g_assert_cmpint (lf_demo_phones_get (office->phones, PRIYA), ==, LF_PHONE_OFF_HOOK);
          g_assert_false (lf_demo_phones_end_call (office->phones, PRIYA));
          lf_clock_advance (office->clock, 90 * LF_SECOND);
          await (office, LF_CALL_ENDED);
        }
      await_record (office, LF_CALL_PLACED, "2042", start_us);
      g_assert_cmpint (get_latest (office)->answered_at_us != LF_INSTANT_NONE, ==, rows[i].state == LF_CALL_CONNECTED);
      if (!rows[i].is_busy)
        g_assert_cmpint (lf_demo_phones_get (office->phones, PRIYA), ==, LF_PHONE_ON_HOOK);
    }
  lf_demo_phones_end_call (office->phones, PRIYA);
}

static void
test_failures_and_cancel (gconstpointer data)
{
  Office *office = (Office *) data;
  gint64  start_us;

  g_test_summary ("a number that nobody has fails; a call can be taken back while it rings and hung up when connected");
  if (lf_real_server_skip ())
    return;
  office->habit = LF_DEMO_PICKS_UP;
  call (office, "2999");
  await (office, LF_CALL_FAILED);
  g_assert_cmpint (lf_telephone_get_call (office->telephone)->reason, ==, LF_CALL_REASON_NUMBER_UNKNOWN);

  call (office, "2041");
  await (office, LF_CALL_RINGING_YOU);
  lf_telephone_cancel (office->telephone);
  await (office, LF_CALL_CANCELLED);

  start_us = lf_clock_get_now_us (office->clock);
  call (office, "2041");
  await (office, LF_CALL_RINGING_YOU);
  lf_clock_advance (office->clock, 2 * LF_SECOND);
  await (office, LF_CALL_CALLING);
  lf_clock_advance (office->clock, 12 * LF_SECOND);
  await (office, LF_CALL_CONNECTED);
  lf_telephone_cancel (office->telephone);
  await (office, LF_CALL_ENDED);
  await_record (office, LF_CALL_PLACED, "2041", start_us);
  g_assert_cmpint (lf_demo_phones_get (office->phones, JONAS), ==, LF_PHONE_ON_HOOK);
}

static void
test_incoming (gconstpointer data)
{
  Office *office = (Office *) data;
  gint64  start_us;

  g_test_summary ("a colleague calls the visitor, whose phone cannot be used meanwhile, and it becomes a missed call");
  if (lf_real_server_skip ())
    return;
  start_us = lf_clock_get_now_us (office->clock);
  g_assert_true (lf_demo_phones_call_visitor (office->phones, JONAS));
  g_assert_false (lf_demo_phones_call_visitor (office->phones, PRIYA));
  lf_wait_until (lf_telephone_get_incoming (office->telephone) != NULL, WAIT_MS);
  g_assert_cmpstr (lf_telephone_get_incoming (office->telephone)->peer, ==, "2041");
  call (office, "2042");
  await (office, LF_CALL_FAILED);
  g_assert_cmpint (lf_telephone_get_call (office->telephone)->reason, ==, LF_CALL_REASON_OWN_PHONE);
  lf_clock_advance (office->clock, 12 * LF_SECOND);
  lf_wait_until (lf_telephone_get_incoming (office->telephone) == NULL, WAIT_MS);
  await_record (office, LF_CALL_MISSED, "2041", start_us);
  g_assert_cmpint (lf_demo_phones_get (office->phones, JONAS), ==, LF_PHONE_ON_HOOK);
}

static void
test_pick_up (gconstpointer data)
{
  Office    *office = (Office *) data;
  LfContact *priya;
  gint64     start_us;

  g_test_summary ("a call from outside that rings at a colleague's is picked up, and only there it is over");
  if (lf_real_server_skip ())
    return;
  priya = lf_person_add (&office->mara, "priya");
  lf_wait_until (lf_telephone_can_pick_up (office->telephone, lf_contact_get_user (priya)), WAIT_MS);
  start_us = lf_clock_get_now_us (office->clock);
  g_assert_true (lf_demo_phones_begin_call (office->phones, PRIYA));
  lf_wait_until (lf_contact_get_presence (priya)->phone.state == LF_PHONE_RINGING, WAIT_MS);
  office->is_done = FALSE;
  lf_telephone_pick_up_async (office->telephone, lf_contact_get_user (priya), NULL, on_called, office);
  lf_wait_until (office->is_done, WAIT_MS);
  await (office, LF_CALL_CONNECTED);
  g_assert_cmpint (lf_demo_phones_get (office->phones, PRIYA), ==, LF_PHONE_ON_HOOK);
  lf_clock_advance (office->clock, 60 * LF_SECOND); /* nothing of the old call is left */
  g_assert_cmpint (lf_demo_phones_get (office->phones, PRIYA), ==, LF_PHONE_ON_HOOK);
  lf_telephone_cancel (office->telephone);
  await (office, LF_CALL_ENDED);
  lf_wait_until (get_latest (office)->started_at_us >= start_us, WAIT_MS);
  g_assert_cmpint (get_latest (office)->kind, ==, LF_CALL_RECEIVED);
}

int
main (int argc, char **argv)
{
  Office office;
  int    status;

  g_test_init (&argc, &argv, NULL);
  if (lf_real_server_is_built ())
    begin (&office);
  g_test_add_data_func ("/demo/phones/history", &office, test_history);
  g_test_add_data_func ("/demo/phones/calls", &office, test_calls);
  g_test_add_data_func ("/demo/phones/failures-and-cancel", &office, test_failures_and_cancel);
  g_test_add_data_func ("/demo/phones/incoming", &office, test_incoming);
  g_test_add_data_func ("/demo/phones/pick-up", &office, test_pick_up);
  status = g_test_run ();
  if (lf_real_server_is_built ())
    finish (&office);
  return status;
}

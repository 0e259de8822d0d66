/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-expiry.h"
#include "lf-server-fixture.h"
#include "lf-store-calls.h"
#include "lf-store-presence.h"
#include "lf-test-util.h"

#define HOUR(n) (LF_TEST_NOW_US + (n) *LF_HOUR)

typedef struct
{
  LfDb *db;
  char *mara;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->db = lf_test_db_new ();
  fixture->mara = lf_test_db_add (fixture->db, "mara", "Mara Klein", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_free (fixture->mara);
  lf_db_close (fixture->db);
}

static LfClaims *
get_claims (Fixture *fixture, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  LfClaims          *claims = lf_store_presence_get_claims (fixture->db, fixture->mara, now_us, &error);

  g_assert_no_error (error);
  return claims;
}

static void
test_status (Fixture *fixture, gconstpointer unused)
{
  LfWireStatus         lunch = { .choice = LF_CHOICE_AWAY, .text = (char *) "Lunch", .expires_at_us = HOUR (1) };
  LfWireStatus         still = { .choice = LF_CHOICE_AWAY, .text = (char *) "Long lunch", .expires_at_us = HOUR (2) };
  g_autoptr (LfClaims) none = get_claims (fixture, HOUR (0));
  g_autoptr (LfClaims) during = NULL;
  g_autoptr (LfClaims) later = NULL;
  g_autoptr (LfClaims) same_note = NULL;
  g_autoptr (LfClaims) over = NULL;

  g_test_summary ("A status is one act with an end; its since stays while the choice does, that of the note while the note does");
  g_assert_cmpint (none->status.choice, ==, LF_CHOICE_AUTOMATIC);
  g_assert_cmpint (none->status_since_us, ==, LF_INSTANT_NONE);
  g_assert_true (lf_store_presence_set_status (fixture->db, fixture->mara, &lunch, HOUR (0), NULL));
  during = get_claims (fixture, HOUR (0));
  g_assert_cmpint (during->status.choice, ==, LF_CHOICE_AWAY);
  g_assert_cmpstr (during->status.text, ==, "Lunch");
  g_assert_cmpint (during->status_since_us, ==, HOUR (0));
  g_assert_cmpint (during->note_since_us, ==, HOUR (0));
  g_assert_true (lf_store_presence_set_status (fixture->db, fixture->mara, &still, HOUR (0) + LF_MINUTE, NULL));
  later = get_claims (fixture, HOUR (1));
  g_assert_cmpstr (later->status.text, ==, "Long lunch");
  g_assert_cmpint (later->status_since_us, ==, HOUR (0));
  g_assert_cmpint (later->note_since_us, ==, HOUR (0) + LF_MINUTE);
  still.choice = LF_CHOICE_AUTOMATIC;
  g_assert_true (lf_store_presence_set_status (fixture->db, fixture->mara, &still, HOUR (1), NULL));
  same_note = get_claims (fixture, HOUR (1));
  g_assert_cmpint (same_note->status_since_us, ==, HOUR (1));
  g_assert_cmpint (same_note->note_since_us, ==, HOUR (0) + LF_MINUTE);
  over = get_claims (fixture, HOUR (2));
  g_assert_cmpint (over->status.choice, ==, LF_CHOICE_AUTOMATIC);
  g_assert_null (over->status.text);
  g_assert_cmpint (over->note_since_us, ==, LF_INSTANT_NONE);
}

static void
test_expire (Fixture *fixture, gconstpointer unused)
{
  LfWireStatus          lunch = { .choice = LF_CHOICE_AWAY, .text = (char *) "Lunch", .expires_at_us = HOUR (1) };
  LfWireDnd             dnd = { .is_on = TRUE, .expires_at_us = HOUR (2) };
  gint64                next_us = 0;
  g_autoptr (GPtrArray) early = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;

  g_test_summary ("What ends is ended one by one, and the next end is known");
  lf_store_presence_set_status (fixture->db, fixture->mara, &lunch, HOUR (0), NULL);
  lf_store_presence_set_dnd (fixture->db, fixture->mara, &dnd, HOUR (0), NULL);
  early = lf_store_presence_expire (fixture->db, HOUR (1) - 1, &next_us, NULL);
  g_assert_cmpuint (early->len, ==, 0);
  g_assert_cmpint (next_us, ==, HOUR (1));
  first = lf_store_presence_expire (fixture->db, HOUR (1), &next_us, NULL);
  g_assert_cmpuint (first->len, ==, 1);
  g_assert_true (((LfClaims *) g_ptr_array_index (first, 0))->dnd.is_on);
  g_assert_cmpint (((LfClaims *) g_ptr_array_index (first, 0))->status.choice, ==, LF_CHOICE_AUTOMATIC);
  g_assert_cmpint (next_us, ==, HOUR (2));
  second = lf_store_presence_expire (fixture->db, HOUR (3), &next_us, NULL);
  g_assert_cmpuint (second->len, ==, 1);
  g_assert_false (((LfClaims *) g_ptr_array_index (second, 0))->dnd.is_on);
  g_assert_cmpint (next_us, ==, LF_INSTANT_NONE);
}

typedef struct
{
  const char *user;
  gint64      until_us;
} Lunch;

static gboolean
run_set_lunch (LfDb *db, gpointer data, GError **error)
{
  const Lunch *lunch = data;
  LfWireStatus status = { .choice = LF_CHOICE_AWAY, .text = (char *) "Lunch", .expires_at_us = lunch->until_us };

  return lf_store_presence_set_status (db, lunch->user, &status, HOUR (0), error);
}

static void
on_expired (LfExpiry *expiry, const LfClaims *claims, guint *n_expired)
{
  g_assert_cmpint (claims->status.choice, ==, LF_CHOICE_AUTOMATIC);
  (*n_expired)++;
}

static void
test_timer (void)
{
  char              *folder = lf_test_folder_new ();
  g_autoptr (GError) error = NULL;
  LfStore           *store = lf_store_new (folder, &error);
  LfClock           *clock = lf_clock_new_manual (HOUR (0));
  g_autofree char   *mara = lf_test_store_add (store, "mara", "Mara Klein", NULL);
  Lunch              stored = { mara, HOUR (1) };
  Lunch              told = { mara, HOUR (2) };
  LfExpiry          *expiry;
  guint              n_expired = 0;

  g_test_summary ("One timer ends a status at its time, set by what is stored or by what is told");
  g_assert_true (lf_store_run_sync (store, run_set_lunch, &stored, &error));
  expiry = lf_expiry_new (store, clock);
  g_signal_connect (expiry, "expired", G_CALLBACK (on_expired), &n_expired);
  lf_clock_advance (clock, 0);
  lf_spin_for_ms (100);
  g_assert_cmpuint (n_expired, ==, 0);
  lf_clock_advance (clock, LF_HOUR);
  lf_wait_until (n_expired == 1, 5000);

  g_assert_true (lf_store_run_sync (store, run_set_lunch, &told, &error));
  lf_expiry_expect (expiry, HOUR (2));
  lf_clock_advance (clock, LF_HOUR);
  lf_wait_until (n_expired == 2, 5000);

  lf_expiry_close (expiry);
  lf_store_close (store);
  lf_spin_for_ms (20);
  g_assert_finalize_object (expiry);
  g_assert_finalize_object (store);
  g_assert_finalize_object (clock);
  lf_test_folder_free (folder);
}

static void
test_load (Fixture *fixture, gconstpointer unused)
{
  g_autofree char         *jonas = lf_test_db_add (fixture->db, "jonas", "Jonas Weber", NULL);
  g_autofree char         *closed = lf_test_db_add (fixture->db, "closed", "Closed Account", NULL);
  g_autoptr (LfStoreState) first = NULL;
  g_autoptr (LfStoreState) second = NULL;

  g_test_summary ("Each start raises the epoch and finds people, blocks and lines; closed accounts are not loaded");
  g_assert_true (lf_store_accounts_set_blocked (fixture->db, closed, TRUE, NULL));
  g_assert_true (lf_store_presence_set_blocked (fixture->db, fixture->mara, jonas, TRUE, NULL, NULL));
  g_assert_true (lf_store_lines_assign (fixture->db, "2041", "tel:2041", fixture->mara, TRUE, NULL, NULL));
  g_assert_true (lf_store_lines_assign (fixture->db, "2042", "tel:2042", fixture->mara, TRUE, NULL, NULL));
  first = lf_store_presence_load (fixture->db, HOUR (0), NULL);
  second = lf_store_presence_load (fixture->db, HOUR (0), NULL);
  g_assert_cmpint (first->epoch, ==, 1);
  g_assert_cmpint (second->epoch, ==, 2);
  g_assert_cmpuint (first->claims->len, ==, 2);
  g_assert_cmpuint (first->blocks->len, ==, 1);
  g_assert_cmpuint (first->lines->len, ==, 2);
  g_assert_false (((LfLineRow *) g_ptr_array_index (first->lines, 0))->is_primary);
  g_assert_true (((LfLineRow *) g_ptr_array_index (first->lines, 1))->is_primary);
}

static gboolean
has_primary (Fixture *fixture, const char *user, const char *but)
{
  gboolean result = FALSE;

  g_assert_true (lf_store_lines_has_primary (fixture->db, user, but, &result, NULL));
  return result;
}

static void
test_shares (Fixture *fixture, gconstpointer unused)
{
  g_autofree char      *jonas = lf_test_db_add (fixture->db, "jonas", "Jonas Weber", NULL);
  g_autoptr (LfLineRow) line = NULL;
  g_autoptr (LfLineRow) other = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError)    unknown = NULL;
  g_autoptr (GError)    own = NULL;
  g_autoptr (GError)    none = NULL;

  g_test_summary ("A line is shared; whoever it is, a person has one first line, shared or not");
  g_assert_true (lf_store_lines_assign (fixture->db, "2041", "tel:2041", fixture->mara, TRUE, NULL, NULL));
  g_assert_true (lf_store_lines_assign (fixture->db, "2042", "tel:2042", jonas, TRUE, NULL, NULL));
  g_assert_false (has_primary (fixture, jonas, "2042"));
  g_assert_true (lf_store_lines_share (fixture->db, "2041", jonas, FALSE, NULL));
  g_assert_false (has_primary (fixture, jonas, "2042"));
  g_assert_true (lf_store_lines_share (fixture->db, "2041", jonas, TRUE, NULL));
  g_assert_true (has_primary (fixture, jonas, "2042"));
  line = lf_store_lines_get (fixture->db, "2041", NULL);
  other = lf_store_lines_get (fixture->db, "2042", NULL);
  g_assert_true (line->is_primary);
  g_assert_true (lf_line_shares_find (line->shares, jonas)->is_primary);
  g_assert_null (lf_line_shares_find (line->shares, fixture->mara));
  g_assert_false (other->is_primary);
  g_assert_null (other->shares);
  addresses = lf_store_calls_list_addresses (fixture->db, NULL);
  g_assert_cmpuint (addresses->len, ==, 3);

  g_assert_false (lf_store_lines_share (fixture->db, "9", jonas, FALSE, &unknown));
  g_assert_error (unknown, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
  g_assert_false (lf_store_lines_share (fixture->db, "2041", fixture->mara, FALSE, &own));
  g_assert_error (own, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT);
  g_assert_true (lf_store_lines_assign (fixture->db, "2041", "tel:2041", jonas, TRUE, NULL, NULL));
  g_assert_false (lf_store_lines_unshare (fixture->db, "2041", jonas, &none));
  g_assert_error (none, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
  g_assert_true (lf_store_lines_share (fixture->db, "2041", fixture->mara, TRUE, NULL));
  g_assert_true (lf_store_lines_unshare (fixture->db, "2041", fixture->mara, NULL));
  g_assert_false (has_primary (fixture, fixture->mara, "none"));
}

static void
test_shares_end (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)    full = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (LfLineRow) again = NULL;

  g_test_summary ("So many people share a line and no more; a line that is removed is shared by nobody when it returns");
  g_assert_true (lf_store_lines_assign (fixture->db, "2041", "tel:2041", fixture->mara, TRUE, NULL, NULL));
  for (guint i = 0; i <= LF_LINE_MAX_SHARES; i++)
    {
      g_autofree char *login = g_strdup_printf ("person%u", i);
      g_autofree char *user = lf_test_db_add (fixture->db, login, login, NULL);

      g_assert_true (lf_store_lines_share (fixture->db, "2041", user, TRUE, i < LF_LINE_MAX_SHARES ? NULL : &full) == (i < LF_LINE_MAX_SHARES));
    }
  g_assert_error (full, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT);
  lines = lf_store_lines_list (fixture->db, NULL);
  g_assert_cmpuint (((LfLineRow *) lines->pdata[0])->shares->len, ==, LF_LINE_MAX_SHARES);
  g_assert_true (lf_store_lines_remove (fixture->db, "2041", NULL));
  g_assert_true (lf_store_lines_assign (fixture->db, "2041", "tel:2041", fixture->mara, TRUE, NULL, NULL));
  again = lf_store_lines_get (fixture->db, "2041", NULL);
  g_assert_null (again->shares);
}

static LfWireBusyReport *
make_report (gint64 read_at_us, gint64 from_us, gint64 until_us)
{
  LfWireBusyReport *report = g_new0 (LfWireBusyReport, 1);

  report->read_at_us = read_at_us;
  report->known_from_us = from_us;
  report->known_until_us = until_us;
  report->periods = g_ptr_array_new_with_free_func (g_free);
  return report;
}

static void
add_period (LfWireBusyReport *report, gint64 start_us, gint64 end_us, LfBusyType type)
{
  LfBusyPeriod period = { start_us, end_us, type };

  g_ptr_array_add (report->periods, g_memdup2 (&period, sizeof period));
}

/* Frees @report. Returns whether the revision rose. */
static gboolean
put (Fixture *fixture, const char *source, LfWireBusyReport *report, gint64 *calendar_rev)
{
  g_autoptr (GError) error = NULL;
  gboolean           changed = FALSE;

  g_assert_true (lf_store_busy_put (fixture->db, fixture->mara, source, source, report, calendar_rev, &changed, &error));
  g_assert_no_error (error);
  g_ptr_array_unref (report->periods);
  g_free (report);
  return changed;
}

static LfWireBusy *
read_busy (Fixture *fixture, gint64 from_us, gint64 to_us)
{
  g_autoptr (GError) error = NULL;
  LfWireBusy        *busy = lf_store_busy_read (fixture->db, fixture->mara, from_us, to_us, &error);

  g_assert_no_error (error);
  return busy;
}

static void
test_busy_ahead (Fixture *fixture, gconstpointer unused)
{
  LfWireBusyReport      *work = make_report (HOUR (0), HOUR (0), HOUR (24 * 14));
  g_autoptr (LfWireBusy) busy = NULL;
  gint64                 rev = 0;

  g_test_summary ("All that was read of the days to come is told, with the moment of the reading: its age is the asker's to judge");
  add_period (work, HOUR (24 * 10), HOUR (24 * 10 + 1), LF_BUSY_BUSY);
  g_assert_true (put (fixture, "work", work, &rev));
  busy = read_busy (fixture, HOUR (0), HOUR (24 * 20));
  g_assert_cmpint (busy->known_until_us, ==, HOUR (24 * 14));
  g_assert_cmpint (busy->read_at_us, ==, HOUR (0));
  g_assert_cmpuint (busy->periods->len, ==, 1);
}

static void
test_busy_merge (Fixture *fixture, gconstpointer unused)
{
  LfWireBusyReport      *work = make_report (HOUR (0), HOUR (-1), HOUR (10));
  LfWireBusyReport      *home = make_report (HOUR (-1), HOUR (0), HOUR (8));
  g_autoptr (LfWireBusy) nothing = read_busy (fixture, HOUR (0), HOUR (24));
  g_autoptr (LfWireBusy) busy = NULL;
  const LfBusyPeriod    *period;
  gint64                 rev = 0;
  gint64                 first = 0;

  g_test_summary ("Busy is what any source says, known is what all of them know; the oldest reading counts");
  g_assert_cmpint (nothing->known_from_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (nothing->rev, ==, 0);
  add_period (work, HOUR (1), HOUR (3), LF_BUSY_BUSY);
  add_period (home, HOUR (2), HOUR (4), LF_BUSY_BUSY);
  add_period (home, HOUR (7), HOUR (9), LF_BUSY_TENTATIVE);
  g_assert_true (put (fixture, "work", work, &first));
  g_assert_true (put (fixture, "home", home, &rev));
  g_assert_cmpint (rev, >, first);
  busy = read_busy (fixture, HOUR (-5), HOUR (24));
  g_assert_cmpint (busy->rev, ==, rev);
  g_assert_cmpint (busy->known_from_us, ==, HOUR (0));
  g_assert_cmpint (busy->known_until_us, ==, HOUR (8));
  g_assert_cmpint (busy->read_at_us, ==, HOUR (-1));
  g_assert_cmpstr (busy->source, ==, "home, work");
  g_assert_cmpuint (busy->periods->len, ==, 2);
  period = g_ptr_array_index (busy->periods, 0);
  g_assert_cmpint (period->start_us, ==, HOUR (1));
  g_assert_cmpint (period->end_us, ==, HOUR (4));
  period = g_ptr_array_index (busy->periods, 1);
  g_assert_cmpint (period->end_us, ==, HOUR (8));
}

static LfWireBusyReport *
make_meeting (gint64 read_at_us)
{
  LfWireBusyReport *report = make_report (read_at_us, HOUR (0), HOUR (300));

  add_period (report, HOUR (1), HOUR (3), LF_BUSY_BUSY);
  return report;
}

static void
test_busy_revision (Fixture *fixture, gconstpointer unused)
{
  gint64            before_ms = g_get_real_time () / 1000;
  gint64            rev = 0;
  gint64            first = 0;
  gint64            second = 0;
  LfWireBusyReport *other = make_report (HOUR (0) + 21 * LF_MINUTE, HOUR (0), HOUR (300));

  g_test_summary ("Reading the same again tells nobody, but every ten minutes; anything new tells at once. No revision comes twice, also after a backup");
  g_assert_true (put (fixture, "work", make_meeting (HOUR (0)), &first));
  g_assert_cmpint (first, >=, before_ms);
  g_assert_false (put (fixture, "work", make_meeting (HOUR (0) + 5 * LF_MINUTE), &rev));
  g_assert_cmpint (rev, ==, first);
  g_assert_true (put (fixture, "work", make_meeting (HOUR (0) + 10 * LF_MINUTE), &second));
  g_assert_cmpint (second, >, first);
  g_assert_false (put (fixture, "work", make_meeting (HOUR (0) + 15 * LF_MINUTE), &rev));
  g_assert_cmpint (rev, ==, second);
  g_assert_true (put (fixture, "work", other, &rev));
  g_assert_cmpint (rev, >, second);
}

static void
test_busy_given_up (Fixture *fixture, gconstpointer unused)
{
  gint64                 rev = 0;
  g_autoptr (LfWireBusy) busy = NULL;

  g_test_summary ("A source that was not read for a week no longer stands in the way of the others");
  put (fixture, "old laptop", make_report (HOUR (-24 * 8), HOUR (-24 * 8), HOUR (-24 * 7)), &rev);
  put (fixture, "work", make_meeting (HOUR (0)), &rev);
  busy = read_busy (fixture, HOUR (0), HOUR (24));
  g_assert_cmpint (busy->known_from_us, ==, HOUR (0));
  g_assert_cmpuint (busy->periods->len, ==, 1);
}

static void
test_early_end (Fixture *fixture, gconstpointer unused)
{
  LfWireEarlyEnd         end = { .start_us = HOUR (1), .end_us = HOUR (3), .ended_at_us = HOUR (2) };
  gint64                 rev = 0;
  gint64                 first = 0;
  g_autoptr (LfWireBusy) busy = NULL;
  const LfBusyPeriod    *period;

  g_test_summary ("Who left early is busy until then, and stays free when the calendar is read again");
  put (fixture, "work", make_meeting (HOUR (0)), &first);
  g_assert_true (lf_store_busy_end_early (fixture->db, fixture->mara, &end, &rev, NULL));
  g_assert_cmpint (rev, >, first);
  put (fixture, "work", make_meeting (HOUR (2)), &rev);
  busy = read_busy (fixture, HOUR (0), HOUR (24));
  g_assert_cmpuint (busy->periods->len, ==, 1);
  period = g_ptr_array_index (busy->periods, 0);
  g_assert_cmpint (period->start_us, ==, HOUR (1));
  g_assert_cmpint (period->end_us, ==, HOUR (2));
}

static void
test_early_end_of_one (Fixture *fixture, gconstpointer unused)
{
  LfWireBusyReport      *work = make_report (HOUR (0), HOUR (0), HOUR (300));
  LfWireBusyReport      *desk = make_report (HOUR (0), HOUR (0), HOUR (300));
  LfWireEarlyEnd         end = { .start_us = HOUR (1), .end_us = HOUR (2), .ended_at_us = HOUR (1) + 20 * LF_MINUTE };
  gint64                 rev = 0;
  g_autoptr (LfWireBusy) before = NULL;
  g_autoptr (LfWireBusy) after = NULL;
  const LfBusyPeriod    *period;

  g_test_summary ("Of meetings without a gap only the one that was left ends, whichever of two calendars they are in");
  add_period (work, HOUR (1), HOUR (2), LF_BUSY_BUSY);
  add_period (work, HOUR (2), HOUR (3), LF_BUSY_BUSY);
  add_period (desk, HOUR (2), HOUR (3), LF_BUSY_BUSY); /* the same meeting */
  add_period (desk, HOUR (3), HOUR (4), LF_BUSY_BUSY);
  put (fixture, "work", work, &rev);
  put (fixture, "desk", desk, &rev);
  before = read_busy (fixture, HOUR (0), HOUR (24));
  g_assert_cmpuint (before->periods->len, ==, 3);
  g_assert_true (lf_store_busy_end_early (fixture->db, fixture->mara, &end, &rev, NULL));
  after = read_busy (fixture, HOUR (0), HOUR (24));
  g_assert_cmpuint (after->periods->len, ==, 3);
  period = g_ptr_array_index (after->periods, 0);
  g_assert_cmpint (period->end_us, ==, end.ended_at_us);
  for (guint i = 1; i < 3; i++)
    {
      period = g_ptr_array_index (after->periods, i);
      g_assert_cmpint (period->start_us, ==, HOUR (1 + i));
      g_assert_cmpint (period->end_us, ==, HOUR (2 + i));
    }
}

static gint64
get_rev (Fixture *fixture)
{
  g_autoptr (LfWireBusy) busy = read_busy (fixture, HOUR (0), HOUR (24));

  return busy->rev;
}

static void
test_view (Fixture *fixture, gconstpointer unused)
{
  g_autofree char           *jonas = lf_test_db_add (fixture->db, "jonas", "Jonas Weber", NULL);
  g_autoptr (LfStoreState)   state = NULL;
  g_autoptr (GPtrArray)      none = NULL;
  const LfCalendarException *exception;
  gint64                     first = 0;
  gint64                     rev = 0;

  g_test_summary ("Who sees what of a calendar is stored, and raises its revision when it changes, if there is one");
  g_assert_true (lf_store_presence_set_calendar_view (fixture->db, fixture->mara, LF_CALENDAR_VIEW_STATE, NULL));
  g_assert_true (lf_store_privacy_set_exception (fixture->db, fixture->mara, jonas, LF_CALENDAR_VIEW_STATE, &rev, NULL));
  g_assert_cmpint (rev, ==, 0);
  g_assert_cmpint (get_rev (fixture), ==, 0);

  put (fixture, "work", make_meeting (HOUR (0)), &first);
  g_assert_true (lf_store_presence_set_calendar_view (fixture->db, fixture->mara, LF_CALENDAR_VIEW_STATE, NULL));
  g_assert_cmpint (get_rev (fixture), ==, first);
  g_assert_true (lf_store_presence_set_calendar_view (fixture->db, fixture->mara, LF_CALENDAR_VIEW_NONE, NULL));
  g_assert_cmpint (get_rev (fixture), >, first);
  first = get_rev (fixture);
  g_assert_true (lf_store_privacy_set_exception (fixture->db, fixture->mara, jonas, LF_CALENDAR_VIEW_STATE, &rev, NULL));
  g_assert_cmpint (rev, ==, 0);
  g_assert_true (lf_store_privacy_set_exception (fixture->db, fixture->mara, jonas, LF_CALENDAR_VIEW_PERIODS, &rev, NULL));
  g_assert_cmpint (rev, >, first);
  g_assert_cmpint (get_rev (fixture), ==, rev);

  state = lf_store_presence_read (fixture->db, HOUR (0), NULL);
  g_assert_cmpuint (state->views->len, ==, 1);
  exception = state->views->pdata[0];
  g_assert_cmpstr (exception->owner, ==, fixture->mara);
  g_assert_cmpstr (exception->other, ==, jonas);
  g_assert_cmpint (exception->view, ==, LF_CALENDAR_VIEW_PERIODS);
  for (guint i = 0; i < state->claims->len; i++)
    {
      const LfClaims *claims = state->claims->pdata[i];

      g_assert_cmpint (claims->calendar_view, ==,
                       g_str_equal (claims->user, jonas) ? LF_CALENDAR_VIEW_DEFAULT : LF_CALENDAR_VIEW_NONE);
    }

  g_assert_true (lf_store_privacy_set_exception (fixture->db, fixture->mara, jonas, LF_CALENDAR_VIEW_DEFAULT, &rev, NULL));
  none = lf_store_privacy_list_exceptions (fixture->db, fixture->mara, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (lf_calendar_view_from_number (77), ==, LF_CALENDAR_VIEW_NONE);
}

static void
test_sources_bounded (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gint64             rev = 0;
  gboolean           changed = FALSE;
  LfWireBusyReport  *report = make_meeting (HOUR (0));

  g_test_summary ("A person has eight sources at most");
  for (guint i = 0; i < LF_STORE_BUSY_MAX_SOURCES; i++)
    {
      g_autofree char *source = g_strdup_printf ("source%u", i);

      put (fixture, source, make_meeting (HOUR (0)), &rev);
    }
  g_assert_false (lf_store_busy_put (fixture->db, fixture->mara, "one more", NULL, report, &rev, &changed, &error));
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT);
  g_ptr_array_unref (report->periods);
  g_free (report);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store-presence/status", test_status);
  ADD ("/store-presence/expire", test_expire);
  g_test_add_func ("/store-presence/timer", test_timer);
  ADD ("/store-presence/load", test_load);
  ADD ("/store-presence/shares", test_shares);
  ADD ("/store-presence/shares-end", test_shares_end);
  ADD ("/store-presence/busy/merge", test_busy_merge);
  ADD ("/store-presence/busy/ahead", test_busy_ahead);
  ADD ("/store-presence/busy/revision", test_busy_revision);
  ADD ("/store-presence/busy/given-up", test_busy_given_up);
  ADD ("/store-presence/busy/early-end", test_early_end);
  ADD ("/store-presence/busy/early-end/of-one", test_early_end_of_one);
  ADD ("/store-presence/busy/view", test_view);
  ADD ("/store-presence/busy/sources-bounded", test_sources_bounded);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-server-fixture.h"
#include "lf-store-calls.h"
#include "lf-test-util.h"

typedef struct
{
  LfDb      *db;
  char      *mara;
  GPtrArray *outcomes; /* of LfCallOutcome */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->db = lf_test_db_new ();
  fixture->mara = lf_test_db_add (fixture->db, "mara", "Mara Klein", NULL);
  fixture->outcomes = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_call_outcome_free);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_ptr_array_unref (fixture->outcomes);
  g_free (fixture->mara);
  lf_db_close (fixture->db);
}

/* A missed call of the number @n, that began @at_us. */
static void
put_call (Fixture *fixture, guint n, gint64 at_us)
{
  g_autoptr (GError)     error = NULL;
  g_autofree char       *call_id = g_strdup_printf ("call-%u", n);
  g_autofree char       *peer = g_strdup_printf ("%u", 10000 + n);
  const LfWireCallReport report = {
    .call_id = call_id,
    .direction = LF_CALL_INCOMING,
    .peer = peer,
    .started_at_us = at_us,
    .answered_at_us = LF_INSTANT_NONE,
    .ended_at_us = at_us + LF_SECOND,
    .is_provisional = TRUE,
  };
  const LfCallRow row = { .user = fixture->mara, .line = "2041", .report = &report, .normal = peer };

  lf_store_calls_put (fixture->db, &row, LF_TEST_NOW_US, fixture->outcomes, &error);
  g_assert_no_error (error);
}

static guint
count_calls (Fixture *fixture, gint64 *latest_us, gint64 *oldest_us)
{
  g_autofree char *before = NULL;
  guint            n_calls = 0;

  do
    {
      g_autoptr (LfWireCallRecordsPage) page = lf_store_calls_list (fixture->db, fixture->mara, -1, before, 200, NULL);

      g_assert_nonnull (page);
      if (page->items->len > 0)
        {
          if (n_calls == 0)
            *latest_us = ((const LfWireCallRecord *) page->items->pdata[0])->started_at_us;
          *oldest_us = ((const LfWireCallRecord *) page->items->pdata[page->items->len - 1])->started_at_us;
        }
      n_calls += page->items->len;
      g_free (before);
      before = g_strdup (page->next);
    }
  while (before != NULL);
  return n_calls;
}

static void
test_most (Fixture *fixture, gconstpointer unused)
{
  const guint n_calls = LF_CALLS_MAX_PER_PERSON + 50;
  gint64      latest_us = 0;
  gint64      oldest_us = 0;
  guint       n_removed = 0;

  g_test_summary ("A person has so many calls in the lists; the oldest go, and each is told to be gone");
  g_assert_true (lf_db_exec (fixture->db, NULL, "BEGIN"));
  for (guint i = 0; i < n_calls; i++)
    put_call (fixture, i, LF_TEST_NOW_US - (n_calls - i) * LF_MINUTE);
  g_assert_true (lf_db_exec (fixture->db, NULL, "COMMIT"));
  g_assert_cmpuint (count_calls (fixture, &latest_us, &oldest_us), ==, LF_CALLS_MAX_PER_PERSON);
  g_assert_cmpint (latest_us, ==, LF_TEST_NOW_US - LF_MINUTE);
  g_assert_cmpint (oldest_us, ==, LF_TEST_NOW_US - LF_CALLS_MAX_PER_PERSON * LF_MINUTE);
  for (guint i = 0; i < fixture->outcomes->len; i++)
    n_removed += ((const LfCallOutcome *) fixture->outcomes->pdata[i])->removed != NULL;
  g_assert_cmpuint (n_removed, ==, 50);
}

static void
test_age (Fixture *fixture, gconstpointer unused)
{
  const gint64          limit_us = LF_TEST_NOW_US - LF_CALLS_MAX_AGE_US;
  g_autoptr (GPtrArray) audit = NULL;
  gint64                latest_us = 0;
  gint64                oldest_us = 0;

  g_test_summary ("Calls, and what the audit says of them, are kept for their time to the second");
  put_call (fixture, 1, limit_us - LF_SECOND);
  put_call (fixture, 2, limit_us);
  g_assert_true (lf_store_audit_add (fixture->db, fixture->mara, "called 1", limit_us - LF_SECOND, NULL));
  g_assert_true (lf_store_audit_add (fixture->db, fixture->mara, "called 2", limit_us, NULL));
  g_assert_true (lf_store_calls_expire (fixture->db, limit_us, NULL));
  g_assert_cmpuint (count_calls (fixture, &latest_us, &oldest_us), ==, 1);
  g_assert_cmpint (oldest_us, ==, limit_us);
  audit = lf_store_audit_list (fixture->db, 10, NULL);
  g_assert_cmpuint (audit->len, ==, 1);
  g_assert_cmpint (((const LfAuditRow *) audit->pdata[0])->at_us, ==, limit_us);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/store-calls/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("most", test_most);
  ADD ("age", test_age);
  return g_test_run ();
}

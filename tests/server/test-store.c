/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>

#include "lf-server-fixture.h"
#include "lf-store-lane.h"
#include "lf-test-util.h"

typedef struct
{
  char    *folder;
  LfStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = lf_test_folder_new ();
  fixture->store = lf_store_new (fixture->folder, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->store != NULL)
    lf_store_close (fixture->store);
  if (fixture->store != NULL)
    g_assert_finalize_object (fixture->store);
  lf_test_folder_free (fixture->folder);
}

/* A job that stores a number under a name, or fails after it did so. */
typedef struct
{
  char      name[16];
  gint64    value;
  gboolean  fails;
  gboolean  settles; /* first */
  LfProblem problem; /* out: of the answer */
  gboolean  is_good; /* out */
  gboolean  is_done; /* out */
  guint     order;   /* out: of the answer */
} Write;

static guint n_answers;

static gboolean
run_write (LfDb *db, gpointer data, GError **error)
{
  const Write *write = data;

  if (write->settles)
    lf_db_settle (db);
  if (!lf_db_exec (db, error, "INSERT INTO counters (name, value) VALUES (?1, ?2)", LF_TEXT (write->name), LF_INT (write->value)))
    return FALSE;
  if (!write->fails)
    return TRUE;

  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "as the test wants");
  return FALSE;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Write             *write = user_data;
  g_autoptr (GError) error = NULL;

  write->is_good = lf_store_run_finish (LF_STORE (source), result, &error) != NULL;
  write->problem = error != NULL ? lf_server_error_to_problem (error) : LF_PROBLEM_INTERNAL;
  write->is_done = TRUE;
  write->order = n_answers++;
}

typedef struct
{
  const char *name;
  gint64      value; /* out: -1: nothing there */
} Read;

static gboolean
run_read (LfDb *db, gpointer data, GError **error)
{
  Read              *job = data;
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT value FROM counters WHERE name = ?1", LF_TEXT (job->name));

  job->value = rows != NULL && lf_rows_next (rows, error) ? lf_rows_get_int (rows, 0) : -1;
  return TRUE;
}

static gint64
read_value (LfStore *store, const char *name)
{
  Read job = { name, 0 };

  g_assert_true (lf_store_run_sync (store, run_read, &job, NULL));
  return job.value;
}

/* Holds the writer until the test lets it go, so that what follows waits together. */
typedef struct
{
  GMutex   mutex;
  GCond    wake;
  gboolean is_inside;
  gboolean may_go;
} Gate;

static gboolean
run_gate (LfDb *db, gpointer data, GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->mutex);
  gate->is_inside = TRUE;
  g_cond_broadcast (&gate->wake);
  while (!gate->may_go)
    g_cond_wait (&gate->wake, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return TRUE;
}

static void
gate_close (Gate *gate, LfStore *store)
{
  g_mutex_init (&gate->mutex);
  g_cond_init (&gate->wake);
  lf_store_write_async (store, run_gate, gate, NULL, NULL, NULL, NULL);
  g_mutex_lock (&gate->mutex);
  while (!gate->is_inside)
    g_cond_wait (&gate->wake, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

static void
gate_open (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  gate->may_go = TRUE;
  g_cond_broadcast (&gate->wake);
  g_mutex_unlock (&gate->mutex);
}

static void
test_group (Fixture *fixture, gconstpointer unused)
{
  Write writes[40] = { 0 };
  Gate  gate = { 0 };

  g_test_summary ("A job that fails is taken back alone; the others of its group are stored and answered in order");
  n_answers = 0;
  gate_close (&gate, fixture->store);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_snprintf (writes[i].name, sizeof writes[i].name, "w%u", i);
      writes[i].value = i;
      writes[i].fails = i % 5 == 2;
      lf_store_write_async (fixture->store, run_write, &writes[i], NULL, NULL, on_written, &writes[i]);
    }
  gate_open (&gate);
  lf_wait_until (writes[39].is_done, 10000);

  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_assert_true (writes[i].is_done);
      g_assert_cmpuint (writes[i].order, ==, i);
      g_assert_cmpint (writes[i].is_good, ==, !writes[i].fails);
      g_assert_cmpint (read_value (fixture->store, writes[i].name), ==, writes[i].fails ? -1 : (gint64) i);
      if (writes[i].fails)
        g_assert_cmpint (writes[i].problem, ==, LF_PROBLEM_NOT_FOUND);
    }
}

static void
test_settled (Fixture *fixture, gconstpointer unused)
{
  Write writes[7] = { 0 };
  Write later = { .name = "later", .value = 1, .settles = TRUE };
  Gate  gate = { 0 };

  g_test_summary ("A job that has settled is stored like any other; if it fails all the same, nothing of its group is stored");
  g_test_expect_message ("lf-store", G_LOG_LEVEL_WARNING, "*took others with it: as the test wants*");
  gate_close (&gate, fixture->store);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_snprintf (writes[i].name, sizeof writes[i].name, "w%u", i);
      writes[i].settles = i % 2 == 0;
      writes[i].fails = i == 4;
      lf_store_write_async (fixture->store, run_write, &writes[i], NULL, NULL, on_written, &writes[i]);
    }
  gate_open (&gate);
  lf_wait_until (writes[6].is_done, 10000);
  g_test_assert_expected_messages ();

  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_assert_true (writes[i].is_done);
      g_assert_false (writes[i].is_good);
      g_assert_cmpint (writes[i].problem, ==, i == 4 ? LF_PROBLEM_NOT_FOUND : LF_PROBLEM_UNAVAILABLE);
      g_assert_cmpint (read_value (fixture->store, writes[i].name), ==, -1);
    }
  lf_store_write_async (fixture->store, run_write, &later, NULL, NULL, on_written, &later);
  lf_wait_until (later.is_done, 10000);
  g_assert_true (later.is_good);
  g_assert_cmpint (read_value (fixture->store, "later"), ==, 1);
}

static void
test_broken_constraint (Fixture *fixture, gconstpointer unused)
{
  Write first = { .name = "same", .value = 1 };
  Write second = { .name = "same", .value = 2 };

  g_test_summary ("A broken constraint is a conflict of its job alone");
  lf_store_write_async (fixture->store, run_write, &first, NULL, NULL, on_written, &first);
  lf_store_write_async (fixture->store, run_write, &second, NULL, NULL, on_written, &second);
  lf_wait_until (second.is_done, 10000);
  g_assert_true (first.is_good);
  g_assert_false (second.is_good);
  g_assert_cmpint (second.problem, ==, LF_PROBLEM_CONFLICT);
  g_assert_cmpint (read_value (fixture->store, "same"), ==, 1);
}

static void
test_full_queue (Fixture *fixture, gconstpointer unused)
{
  g_autofree Write *writes = g_new0 (Write, LF_STORE_LANE_MAX_JOBS + 1);
  Gate              gate = { 0 };

  g_test_summary ("The queue is bounded: what does not fit is refused as unavailable, the rest is stored");
  gate_close (&gate, fixture->store);
  for (guint i = 0; i <= LF_STORE_LANE_MAX_JOBS; i++)
    {
      g_snprintf (writes[i].name, sizeof writes[i].name, "q%u", i);
      lf_store_write_async (fixture->store, run_write, &writes[i], NULL, NULL, on_written, &writes[i]);
    }
  lf_wait_until (writes[LF_STORE_LANE_MAX_JOBS].is_done, 10000);
  g_assert_false (writes[LF_STORE_LANE_MAX_JOBS].is_good);
  g_assert_cmpint (writes[LF_STORE_LANE_MAX_JOBS].problem, ==, LF_PROBLEM_UNAVAILABLE);
  g_assert_false (writes[0].is_done);

  gate_open (&gate);
  lf_wait_until (writes[LF_STORE_LANE_MAX_JOBS - 1].is_done, 30000);
  for (guint i = 0; i < LF_STORE_LANE_MAX_JOBS; i++)
    g_assert_true (writes[i].is_good);
}

static void
test_close (Fixture *fixture, gconstpointer unused)
{
  Write              write = { .name = "last", .value = 7 };
  Write              late = { .name = "late" };
  g_autoptr (GError) error = NULL;

  g_test_summary ("Closing stores what waits; later work is refused; the next one finds everything");
  lf_store_write_async (fixture->store, run_write, &write, NULL, NULL, on_written, &write);
  lf_store_close (fixture->store);
  lf_store_write_async (fixture->store, run_write, &late, NULL, NULL, on_written, &late);
  lf_wait_until (write.is_done && late.is_done, 10000);
  g_assert_true (write.is_good);
  g_assert_cmpint (late.problem, ==, LF_PROBLEM_UNAVAILABLE);
  g_assert_finalize_object (fixture->store);

  fixture->store = lf_store_new (fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read_value (fixture->store, "last"), ==, 7);
}

static void
test_cancelled (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Write                    write = { .name = "never" };
  Gate                     gate = { 0 };

  g_test_summary ("A job that is cancelled before it began does not run");
  gate_close (&gate, fixture->store);
  lf_store_write_async (fixture->store, run_write, &write, NULL, cancellable, on_written, &write);
  g_cancellable_cancel (cancellable);
  gate_open (&gate);
  lf_wait_until (write.is_done, 10000);
  g_assert_false (write.is_good);
  g_assert_cmpint (read_value (fixture->store, "never"), ==, -1);
}

static void
test_second_holder (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfStore) second = lf_store_new (fixture->folder, &error);

  g_test_summary ("A second server on the same folder is refused with a message that names the first");
  g_assert_null (second);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT);
  g_assert_nonnull (strstr (error->message, "in use by another lampfield-server"));
}

static gboolean
run_raise_version (LfDb *db, gpointer data, GError **error)
{
  return lf_db_exec (db, error, "INSERT INTO migrations (version, name, applied_at) VALUES (900, 'from the future', 0)");
}

static void
test_newer (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_test_summary ("A database of a newer program is refused and left alone");
  g_assert_true (lf_store_run_sync (fixture->store, run_raise_version, NULL, &error));
  g_assert_finalize_object (fixture->store);
  fixture->store = lf_store_new (fixture->folder, &error);
  g_assert_null (fixture->store);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL);
  g_assert_nonnull (strstr (error->message, "newer lampfield-server"));
}

static gboolean
run_limit_size (LfDb *db, gpointer data, GError **error)
{
  g_autofree char   *sql = NULL;
  g_autoptr (LfRows) rows = lf_db_query (db, error, "PRAGMA page_count");
  g_autoptr (LfRows) limit = NULL;

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;
  sql = g_strdup_printf ("PRAGMA max_page_count = %" G_GINT64_FORMAT, lf_rows_get_int (rows, 0));
  limit = lf_db_query (db, error, sql);
  return limit != NULL && lf_rows_next (limit, error);
}

static gboolean
run_fill (LfDb *db, gpointer data, GError **error)
{
  g_autofree char *name = g_strnfill (100000, 'x');

  return lf_db_exec (db, error, "INSERT INTO counters (name, value) VALUES (?1, 1)", LF_TEXT (name));
}

static void
test_full_disk (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  Write              small = { .name = "small", .value = 3 };

  g_test_summary ("A full disk is its own problem, and the store goes on when there is room for what is asked");
  g_assert_true (lf_store_run_sync (fixture->store, run_limit_size, NULL, &error));
  g_test_expect_message ("lf-store", G_LOG_LEVEL_MESSAGE, "*disk*full*room*"); /* once, for the administrator */
  for (guint i = 0; i < 3; i++)
    {
      g_clear_error (&error);
      g_assert_false (lf_store_run_sync (fixture->store, run_fill, NULL, &error));
      g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_STORAGE_FULL);
    }
  lf_store_write_async (fixture->store, run_write, &small, NULL, NULL, on_written, &small);
  lf_wait_until (small.is_done, 10000);
  g_assert_true (small.is_good);
  g_test_assert_expected_messages (); /* the thread had told it before it took the next job */
}

static gboolean
run_bad_read (LfDb *db, gpointer data, GError **error)
{
  return lf_db_exec (db, error, "DELETE FROM counters");
}

static void
on_bad_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_null (lf_store_run_finish (LF_STORE (source), result, error));
}

static void
test_reader (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  int                dummy = 0;

  g_test_summary ("The thread that reads cannot write");
  lf_store_read_async (fixture->store, run_bad_read, &dummy, NULL, NULL, on_bad_read, &error);
  lf_wait_until (error != NULL, 10000);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL);
}

static void
test_settings (void)
{
  static const struct
  {
    const char *sql;
    gint64      value;
  } rows[] = {
    { "PRAGMA foreign_keys", 1 },
    { "PRAGMA trusted_schema", 0 },
    { "PRAGMA synchronous", 2 },
  };
  g_autoptr (LfDb) db = lf_test_db_new ();

  g_test_summary ("Foreign keys hold, the schema is not trusted, every commit is synced in full");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfRows) found = lf_db_query (db, NULL, rows[i].sql);

      g_assert_true (lf_rows_next (found, NULL));
      g_assert_cmpint (lf_rows_get_int (found, 0), ==, rows[i].value);
    }
}

static void
test_migrate_twice (void)
{
  g_autoptr (LfDb)   db = lf_test_db_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LfRows) rows = NULL;

  g_test_summary ("Migrations run once");
  g_assert_true (lf_db_migrate (db, LF_TEST_NOW_US + 1, &error));
  g_assert_no_error (error);
  rows = lf_db_query (db, NULL, "SELECT COUNT (*), MAX (applied_at) FROM migrations");
  g_assert_true (lf_rows_next (rows, NULL));
  g_assert_cmpint (lf_rows_get_int (rows, 0), >=, 1);
  g_assert_cmpint (lf_rows_get_int (rows, 1), ==, LF_TEST_NOW_US);
}

static void
test_same_query_twice (void)
{
  g_autoptr (LfDb)   db = lf_test_db_new ();
  g_autoptr (LfRows) outer = NULL;
  g_autoptr (LfRows) inner = NULL;

  g_test_summary ("A query that is open may be asked again: the rows do not meet");
  outer = lf_db_query (db, NULL, "SELECT name FROM migrations");
  g_assert_true (lf_rows_next (outer, NULL));
  inner = lf_db_query (db, NULL, "SELECT name FROM migrations");
  g_assert_true (lf_rows_next (inner, NULL));
  g_assert_cmpstr (lf_rows_get_text (outer, 0), ==, lf_rows_get_text (inner, 0));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/group/a-failure-harms-nobody", test_group);
  ADD ("/store/group/settled", test_settled);
  ADD ("/store/group/broken-constraint", test_broken_constraint);
  ADD ("/store/queue/full", test_full_queue);
  ADD ("/store/queue/cancelled", test_cancelled);
  ADD ("/store/close", test_close);
  ADD ("/store/folder/second-holder", test_second_holder);
  ADD ("/store/folder/newer-database", test_newer);
  ADD ("/store/disk/full", test_full_disk);
  ADD ("/store/reader/cannot-write", test_reader);
  g_test_add_func ("/store/db/settings", test_settings);
  g_test_add_func ("/store/db/migrate-twice", test_migrate_twice);
  g_test_add_func ("/store/db/same-query-twice", test_same_query_twice);

  return g_test_run ();
}

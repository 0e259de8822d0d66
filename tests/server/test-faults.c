/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "lf-fault-vfs.h"
#include "lf-raw.h"
#include "lf-server-fixture.h"
#include "lf-store-chat.h"
#include "lf-test-util.h"

/* A disk that fails under the store: at each call of a fixed piece of work in turn, and under a server. */

#define N_MESSAGES 4
#define MAX_CALLS  400 /* of one kind, in one run of the work */
#define FOLDER     "LF_FAULT_FOLDER"

typedef struct
{
  char *mara;
  char *jonas;
  char *conversation;
  char *id;         /* of the message to be stored */
  guint n_found;    /* out: how often it is there */
  guint n_messages; /* out: in all */
} Work;

static gboolean
run_open (LfDb *db, gpointer data, GError **error)
{
  Work                          *work = data;
  gboolean                       is_new = FALSE;
  g_autoptr (LfWireConversation) conversation = NULL;

  work->mara = lf_test_db_add (db, "mara", "Mara Klein", NULL);
  work->jonas = lf_test_db_add (db, "jonas", "Jonas Weber", NULL);
  conversation = lf_store_chat_open (db, work->mara, work->jonas, LF_TEST_NOW_US, &is_new, error);
  if (conversation == NULL)
    return FALSE;
  work->conversation = g_strdup (conversation->id);
  return TRUE;
}

static gboolean
run_put (LfDb *db, gpointer data, GError **error)
{
  Work                     *work = data;
  gboolean                  is_new = FALSE;
  g_auto (GStrv)            members = NULL;
  g_autoptr (LfWireMessage) message = lf_store_chat_put (db, work->mara, work->conversation, work->id, "body", LF_TEST_NOW_US, &is_new, &members, error);

  return message != NULL;
}

static gboolean
run_count (LfDb *db, gpointer data, GError **error)
{
  Work              *work = data;
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT client_id FROM messages");
  g_autoptr (GError) failure = NULL;

  work->n_found = 0;
  work->n_messages = 0;
  while (rows != NULL && lf_rows_next (rows, &failure))
    {
      work->n_found += g_str_equal (lf_rows_get_text (rows, 0), work->id);
      work->n_messages++;
    }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return rows != NULL && (error == NULL || *error == NULL);
}

static void
work_clear (Work *work)
{
  g_free (work->mara);
  g_free (work->jonas);
  g_free (work->conversation);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static LfStore *
open_store (const char *folder)
{
  g_autoptr (GError) error = NULL;
  LfStore           *store = lf_store_new (folder, &error);

  g_assert_no_error (error);
  return store;
}

static gboolean
put (LfStore *store, Work *work, const char *id, GError **error)
{
  work->id = (char *) id;
  return lf_store_run_sync (store, run_put, work, error);
}

static void
assert_there_once (LfStore *store, Work *work, const char *id)
{
  g_autoptr (GError) error = NULL;

  work->id = (char *) id;
  lf_store_run_sync (store, run_count, work, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (work->n_found, ==, 1);
}

/* One run with the @nth call failing. Returns: FALSE if there were not so many calls. */
static gboolean
run_with_fault (const char *folder, Work *work, LfFault fault, guint nth)
{
  LfStore  *store = open_store (folder);
  char     *ids[N_MESSAGES];
  gboolean  is_acked[N_MESSAGES];
  guint     n_failed;
  LfProblem problem = fault == LF_FAULT_FULL ? LF_PROBLEM_STORAGE_FULL : LF_PROBLEM_UNAVAILABLE;

  lf_fault_vfs_arm (fault, nth, FALSE);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (GError) error = NULL;

      ids[i] = g_uuid_string_random ();
      is_acked[i] = put (store, work, ids[i], &error);
      if (!is_acked[i])
        g_assert_error (error, LF_SERVER_ERROR, (int) problem);
    }
  lf_store_close (store); /* folds the log of writes into the database: the fault may come here, too */
  g_object_unref (store);
  n_failed = lf_fault_vfs_disarm ();

  store = open_store (folder);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (GError) error = NULL;

      if (is_acked[i])
        assert_there_once (store, work, ids[i]);
      put (store, work, ids[i], &error); /* sent again, as from an outbox */
      g_assert_no_error (error);
      assert_there_once (store, work, ids[i]);
      g_free (ids[i]);
    }
  lf_store_close (store);
  g_object_unref (store);
  return n_failed > 0;
}

static void
test_each_call (gconstpointer data)
{
  LfFault            fault = GPOINTER_TO_INT (data);
  g_autofree char   *folder = lf_test_folder_new ();
  LfStore           *store = open_store (folder);
  g_auto (Work)      work = { 0 };
  g_autoptr (GError) error = NULL;
  guint              nth = 1;

  g_test_summary ("Whichever call of the disk fails: what was acknowledged is there once, what was not can be sent again");
  lf_store_run_sync (store, run_open, &work, &error);
  g_assert_no_error (error);
  lf_store_close (store);
  g_object_unref (store);
  while (run_with_fault (folder, &work, fault, nth))
    g_assert_cmpuint (++nth, <, MAX_CALLS);
  g_test_message ("%u calls failed in turn", nth - 1);
  g_assert_cmpuint (nth, >, 1);
  lf_test_folder_free (g_steal_pointer (&folder));
}

/* In a process of its own: writes down what was acknowledged, until a sync fails. */
static void
test_sync_inside (gconstpointer nth)
{
  const char         *folder = g_getenv (FOLDER);
  g_autofree char    *path = g_build_filename (folder, "acknowledged", NULL);
  LfStore            *store = open_store (folder);
  g_auto (Work)       work = { 0 };
  g_autoptr (GError)  error = NULL;
  g_autoptr (GString) acked = g_string_new (NULL);

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR); /* the process must end by itself */
  lf_store_run_sync (store, run_open, &work, &error);
  g_assert_no_error (error);
  lf_fault_vfs_arm (LF_FAULT_SYNC, GPOINTER_TO_UINT (nth), FALSE);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autofree char *id = g_uuid_string_random ();

      put (store, &work, id, &error);
      g_assert_no_error (error); /* a failed sync is never told as an error: nobody knows what is stored */
      g_string_append_printf (acked, "%s\n", id);
      g_file_set_contents (path, acked->str, -1, NULL);
    }
}

static void
test_sync (gconstpointer unused)
{
  g_test_summary ("When a sync fails the process ends, says why, and has acknowledged nothing that is lost");
  for (guint nth = 1; nth <= N_MESSAGES; nth++)
    {
      g_autofree char *folder = lf_test_folder_new ();
      g_autofree char *path = g_build_filename (folder, "acknowledged", NULL);
      g_autofree char *inside = g_strdup_printf ("/faults/sync/subprocess/%u", nth);
      g_autofree char *text = NULL;
      g_auto (GStrv)   ids = NULL;
      g_auto (Work)    work = { 0 };
      LfStore         *store;

      g_setenv (FOLDER, folder, TRUE);
      g_test_trap_subprocess (inside, 60 * G_USEC_PER_SEC, 0);
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*The disk did not take what was written (fsync:*the server ends*");

      store = open_store (folder);
      if (g_file_get_contents (path, &text, NULL, NULL))
        ids = g_strsplit (g_strchomp (text), "\n", -1);
      for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
        assert_there_once (store, &work, ids[i]);
      g_assert_cmpuint (ids != NULL ? g_strv_length (ids) : 0, <, N_MESSAGES);
      lf_store_close (store);
      g_object_unref (store);
      g_unsetenv (FOLDER);
      lf_test_folder_free (g_steal_pointer (&folder));
    }
}

/* A server whose disk fails */

typedef struct
{
  LfRig *rig;
  char  *token;
  char  *path; /* of a conversation */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autofree char               *jonas = NULL;
  g_autofree char               *body = NULL;
  g_autoptr (LfRawReply)         opened = NULL;
  g_autoptr (LfWireConversation) conversation = NULL;

  fixture->rig = lf_rig_new ();
  g_free (lf_rig_add_person (fixture->rig, "mara"));
  jonas = lf_rig_add_person (fixture->rig, "jonas");
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "mara");
  body = g_strdup_printf ("{\"members\":[\"%s\"]}", jonas);
  opened = lf_raw_call (fixture->rig, "POST", "/conversations", fixture->token, body);
  conversation = lf_codec_decode (&lf_schema_conversation, opened->body, strlen (opened->body), &lf_json_limits_reply, NULL);
  fixture->path = g_strdup_printf ("/conversations/%s/messages", conversation->id);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  lf_fault_vfs_disarm ();
  lf_rig_free (fixture->rig);
  g_free (fixture->token);
  g_free (fixture->path);
}

static LfRawReply *
send (Fixture *fixture, const char *id)
{
  g_autofree char *path = g_strdup_printf ("%s/%s", fixture->path, id);

  return lf_raw_call (fixture->rig, "PUT", path, fixture->token, "{\"body\":\"hello\"}");
}

static void
assert_refused (const LfRawReply *reply, LfProblem problem)
{
  g_autofree char *retry = lf_raw_get_header (reply, "Retry-After");

  lf_raw_assert_problem (reply, problem);
  g_assert_nonnull (retry);
}

static guint
count_messages (Fixture *fixture)
{
  g_autoptr (LfRawReply)         reply = lf_raw_call (fixture->rig, "GET", fixture->path, fixture->token, NULL);
  g_autoptr (LfWireMessagesPage) page = NULL;

  g_assert_cmpuint (reply->status, ==, 200);
  page = lf_codec_decode (&lf_schema_messages_page, reply->body, strlen (reply->body), &lf_json_limits_reply, NULL);
  return page->items->len;
}

static void
test_server (Fixture *fixture, gconstpointer data)
{
  LfFault                fault = GPOINTER_TO_INT (data);
  g_autofree char       *id = g_uuid_string_random ();
  g_autofree char       *before = g_uuid_string_random ();
  g_autoptr (LfRawReply) stored = send (fixture, before);

  g_test_summary ("A disk that is full or fails: 507 or 503 with Retry-After, nothing stored; reads live on; then all is well again");
  g_assert_cmpuint (stored->status, ==, 201);
  lf_fault_vfs_arm (fault, 1, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (LfRawReply) refused = send (fixture, id);

      assert_refused (refused, fault == LF_FAULT_FULL ? LF_PROBLEM_STORAGE_FULL : LF_PROBLEM_UNAVAILABLE);
      g_assert_cmpuint (count_messages (fixture), ==, 1);
    }
  g_assert_cmpuint (lf_fault_vfs_disarm (), >=, 3);
  {
    g_autoptr (LfRawReply) again = send (fixture, id);

    g_assert_cmpuint (again->status, ==, 201);
    g_assert_cmpuint (count_messages (fixture), ==, 2);
  }
}

static void
test_server_reads (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *id = g_uuid_string_random ();
  g_autoptr (LfRawReply) stored = send (fixture, id);
  g_autoptr (LfRawReply) refused = NULL;

  g_test_summary ("What cannot be read is answered with 503, and can be read when the disk is well again");
  g_assert_cmpuint (stored->status, ==, 201);
  lf_fault_vfs_arm (LF_FAULT_READ, 1, TRUE); /* what was written just now is not in the reader's memory */
  refused = lf_raw_call (fixture->rig, "GET", fixture->path, fixture->token, NULL);
  assert_refused (refused, LF_PROBLEM_UNAVAILABLE);
  lf_fault_vfs_disarm ();
  g_assert_cmpuint (count_messages (fixture), ==, 1);
}

static void
test_locked (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *path = g_build_filename (fixture->rig->folder, "lampfield.db", NULL);
  g_autofree char       *id = g_uuid_string_random ();
  g_autoptr (LfRawReply) refused = NULL;
  g_autoptr (LfRawReply) again = NULL;
  sqlite3               *other = NULL;

  g_test_summary ("While another program writes to the database, changes are refused with 503 and reads live on");
  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  refused = send (fixture, id);
  assert_refused (refused, LF_PROBLEM_UNAVAILABLE);
  g_assert_nonnull (strstr (refused->body, "held by another program"));
  g_assert_cmpuint (count_messages (fixture), ==, 0);
  sqlite3_close (other);
  again = send (fixture, id);
  g_assert_cmpuint (again->status, ==, 201);
  g_assert_cmpuint (count_messages (fixture), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  lf_fault_vfs_install ();

  g_test_add_data_func ("/faults/each-call/write", GINT_TO_POINTER (LF_FAULT_WRITE), test_each_call);
  g_test_add_data_func ("/faults/each-call/full", GINT_TO_POINTER (LF_FAULT_FULL), test_each_call);
  g_test_add_data_func ("/faults/each-call/read", GINT_TO_POINTER (LF_FAULT_READ), test_each_call);
  g_test_add_data_func ("/faults/sync", NULL, test_sync);
  for (guint nth = 1; nth <= N_MESSAGES; nth++) /* run by test_sync() alone */
    {
      g_autofree char *path = g_strdup_printf ("/faults/sync/subprocess/%u", nth);

      g_test_add_data_func (path, GUINT_TO_POINTER (nth), test_sync_inside);
    }
  g_test_add ("/faults/server/write", Fixture, GINT_TO_POINTER (LF_FAULT_WRITE), set_up, test_server, tear_down);
  g_test_add ("/faults/server/full", Fixture, GINT_TO_POINTER (LF_FAULT_FULL), set_up, test_server, tear_down);
  g_test_add ("/faults/server/read", Fixture, NULL, set_up, test_server_reads, tear_down);
  g_test_add ("/faults/server/locked", Fixture, NULL, set_up, test_locked, tear_down);
  return g_test_run ();
}

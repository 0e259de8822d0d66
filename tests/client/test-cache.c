/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "lf-cache-file.h"
#include "lf-cache.h"
#include "lf-error.h"
#include "lf-test-util.h"

#define SERVER "https://talk.sample.invalid"
#define LOGIN  (g_test_get_path ()) /* a file for each test */

typedef struct
{
  LfCache         *cache;
  LfCacheContents *contents; /* owned, nullable */
  gboolean         is_done;
  GError          *error; /* owned, nullable */
} World;

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  World *w = user_data;

  w->contents = lf_cache_read_finish (w->cache, result);
  w->is_done = TRUE;
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  World *w = user_data;

  lf_cache_write_finish (w->cache, result, &w->error);
  w->is_done = TRUE;
}

static void
begin (World *w)
{
  *w = (World){ .cache = lf_cache_new (SERVER, LOGIN) };
  lf_cache_read_async (w->cache, on_read, w);
  lf_wait_until (w->is_done, 20000);
  g_assert_nonnull (w->contents);
}

static void
end (World *w)
{
  g_clear_pointer (&w->contents, lf_cache_contents_free);
  g_clear_error (&w->error);
  g_assert_finalize_object (w->cache);
}

static void
write_changes (World     *w,
               GPtrArray *changes)
{
  w->is_done = FALSE;
  g_clear_error (&w->error);
  lf_cache_write_async (w->cache, changes, TRUE, on_written, w);
  lf_wait_until (w->is_done, 20000);
}

static GPtrArray *
new_changes (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) lf_cache_change_free);
}

static void
add_contact (GPtrArray  *changes,
             const char *user)
{
  const LfWireContact contact = { .user = (char *) user, .is_favourite = TRUE };

  g_ptr_array_add (changes, lf_cache_change_new_document (LF_CACHE_CONTACT, user, &contact));
}

static void
add_message (GPtrArray  *changes,
             const char *conversation,
             gint64      seq)
{
  g_autofree char    *id = g_strdup_printf ("m-%" G_GINT64_FORMAT, seq);
  const LfWireMessage message = { .conversation = (char *) conversation, .id = id, .seq = seq, .sender = (char *) "u2", .body = (char *) "Hello", .sent_at_us = 1000000 };

  g_ptr_array_add (changes, lf_cache_change_new_message (&message));
}

static void
add_letter (GPtrArray  *changes,
            const char *id,
            const char *body)
{
  LfCacheChange *change = lf_cache_change_new (LF_CACHE_ADD_LETTER, NULL);

  change->letter = lf_letter_new (id, "c1", "u2", body, 2000000);
  g_ptr_array_add (changes, change);
}

static void
act (GPtrArray    *changes,
     LfCacheAction action,
     const char   *key,
     const char   *text)
{
  LfCacheChange *change = lf_cache_change_new (action, key);

  change->text = g_strdup (text);
  g_ptr_array_add (changes, change);
}

static void
write_sample (World *w)
{
  GPtrArray *changes = new_changes ();

  add_contact (changes, "u1");
  add_contact (changes, "u2");
  add_message (changes, "c1", 1);
  add_letter (changes, "a", "first");
  add_letter (changes, "b", "second");
  write_changes (w, changes);
  g_assert_no_error (w->error);
}

static void
assert_letters (World      *w,
                const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < w->contents->letters->len; i++)
    {
      const LfLetter *letter = w->contents->letters->pdata[i];

      g_string_append_printf (found, "%s%s→%s ", letter->id, letter->is_failed ? "!" : "", letter->conversation);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
run_sql (const char *sql)
{
  g_autofree char *path = lf_cache_make_path (SERVER, LOGIN);
  sqlite3         *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

static void
test_keeps (void)
{
  World            w;
  g_autofree char *path = lf_cache_make_path (SERVER, LOGIN);
  g_autofree char *folder = g_path_get_dirname (path);
  GStatBuf         info;

  g_test_summary ("What was written is read again, in order, from a file for its owner alone.");
  begin (&w);
  g_assert_cmpuint (w.contents->documents[LF_CACHE_CONTACT]->len, ==, 0);
  write_sample (&w);
  end (&w);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);

  begin (&w);
  g_assert_cmpuint (w.contents->documents[LF_CACHE_CONTACT]->len, ==, 2);
  g_assert_true (((LfWireContact *) w.contents->documents[LF_CACHE_CONTACT]->pdata[0])->is_favourite);
  g_assert_cmpuint (w.contents->messages->len, ==, 1);
  g_assert_cmpint (w.contents->as_of_us, ==, LF_INSTANT_NONE);
  assert_letters (&w, "a→c1 b→c1 ");
  end (&w);
}

static void
test_letters (void)
{
  World      w;
  GPtrArray *changes = new_changes ();

  g_test_summary ("A letter leaves when it has arrived, stays when refused, goes to the end when sent again, and moves.");
  begin (&w);
  write_sample (&w);
  add_letter (changes, "c", "third");
  act (changes, LF_CACHE_DROP_LETTER, "b", NULL);
  act (changes, LF_CACHE_FAIL_LETTER, "a", NULL);
  write_changes (&w, changes);
  end (&w);
  begin (&w);
  assert_letters (&w, "a!→c1 c→c1 ");
  changes = new_changes ();
  add_letter (changes, "a", "first");
  act (changes, LF_CACHE_MOVE_LETTERS, "c1", "c2");
  write_changes (&w, changes);
  g_assert_no_error (w.error);
  end (&w);
  begin (&w);
  assert_letters (&w, "c→c2 a→c2 ");
  end (&w);
}

static void
test_bounds (void)
{
  World      w;
  GPtrArray *changes = new_changes ();

  g_test_summary ("Of a conversation the newest messages are kept, and not every refused letter for ever.");
  begin (&w);
  for (gint64 seq = 1; seq <= LF_CACHE_MAX_MESSAGES + 20; seq++)
    add_message (changes, "c1", seq);
  add_message (changes, "c2", 7);
  for (guint i = 0; i < LF_CACHE_MAX_FAILED + 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("l-%u", i);

      add_letter (changes, id, "x");
      act (changes, LF_CACHE_FAIL_LETTER, id, NULL);
    }
  add_letter (changes, "waits", "x");
  write_changes (&w, changes);
  g_assert_no_error (w.error);
  end (&w);
  begin (&w);
  g_assert_cmpuint (w.contents->messages->len, ==, LF_CACHE_MAX_MESSAGES + 1);
  g_assert_cmpint (((LfWireMessage *) w.contents->messages->pdata[0])->seq, ==, 21);
  g_assert_cmpuint (w.contents->letters->len, ==, LF_CACHE_MAX_FAILED + 1);
  g_assert_cmpstr (((LfLetter *) w.contents->letters->pdata[0])->id, ==, "l-5");
  end (&w);
}

static gboolean
apply_letters (LfCacheFile *file,
               const char  *prefix,
               guint        n_letters,
               GError     **error)
{
  g_autoptr (GPtrArray) changes = new_changes ();
  g_autofree char      *body = g_strnfill (6000, 'x');

  for (guint i = 0; i < n_letters; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%u", prefix, i);

      add_letter (changes, id, body);
    }
  return lf_cache_file_apply (file, changes, TRUE, error);
}

static void
test_full (void)
{
  g_autoptr (LfCacheContents) contents = NULL;
  g_autoptr (GPtrArray)       changes = new_changes ();
  g_autoptr (GError)          error = NULL;
  g_autofree char            *path = lf_cache_make_path (SERVER, LOGIN);
  LfCacheFile                *file = lf_cache_file_open (path, &error);

  g_test_summary ("Where there is no room, messages that the server has make it for what the user wrote.");
  g_assert_no_error (error);
  for (gint64 seq = 1; seq <= LF_CACHE_MAX_MESSAGES; seq++)
    add_message (changes, "c1", seq);
  g_assert_true (lf_cache_file_apply (file, changes, FALSE, &error));
  lf_cache_file_set_max_pages (file, 9);
  g_assert_true (apply_letters (file, "a", 1, &error));
  g_assert_no_error (error);
  g_assert_false (apply_letters (file, "b", 20, &error));
  g_assert_error (error, LF_ERROR, LF_ERROR_STORAGE);
  g_clear_error (&error);
  contents = lf_cache_file_read (file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contents->messages->len, ==, 0);
  g_assert_cmpuint (contents->letters->len, ==, 1); /* all of a write, or none of it */
  lf_cache_file_close (file);
}

static void
test_set_aside (gconstpointer data)
{
  World            w;
  g_autofree char *path = lf_cache_make_path (SERVER, LOGIN);
  g_autofree char *aside = g_strconcat (path, ".set-aside", NULL);
  const char      *fault = data;

  g_test_summary ("A file that is damaged, or of another program or version, is set aside and begun anew.");
  begin (&w);
  write_sample (&w);
  end (&w);
  if (g_str_equal (fault, "no database"))
    g_assert_true (g_file_set_contents (path, "This is not a database, though it is long enough to be one.", -1, NULL));
  else if (g_str_equal (fault, "page"))
    {
      g_autofree char *bytes = NULL;
      gsize            length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      memset (bytes + 4096, 0xa5, length - 4096);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
    }
  else
    run_sql (fault);

  begin (&w);
  g_assert_cmpuint (w.contents->documents[LF_CACHE_CONTACT]->len, ==, 0);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  write_sample (&w);
  end (&w);
  begin (&w);
  g_assert_cmpuint (w.contents->documents[LF_CACHE_CONTACT]->len, ==, 2);
  end (&w);
}

static void
test_bad_rows (void)
{
  World w;

  g_test_summary ("A row that is not understood is left out; the others are read.");
  begin (&w);
  write_sample (&w);
  end (&w);
  run_sql ("UPDATE document SET body = '{\"user\": 7' WHERE key = 'u1'; UPDATE letter SET id = '../../auth/logout' WHERE id = 'a';"
           "INSERT INTO document VALUES ('contact', 'u3', x'ff00'), ('weather', '', '{}'), ('me', '', '[]');"
           "INSERT INTO message VALUES ('c1', 9, ''), ('c9', 0, 'null')");
  begin (&w);
  g_assert_cmpuint (w.contents->documents[LF_CACHE_CONTACT]->len, ==, 1);
  g_assert_cmpuint (w.contents->documents[LF_CACHE_ME]->len, ==, 0);
  g_assert_cmpuint (w.contents->messages->len, ==, 1);
  assert_letters (&w, "b→c1 ");
  end (&w);
}

static void
test_held (void)
{
  World      first, second;
  GPtrArray *changes;

  g_test_summary ("Two programs do not send the same letters: the second has no cache.");
  begin (&first);
  write_sample (&first);
  begin (&second);
  g_assert_cmpuint (second.contents->letters->len, ==, 0);
  changes = new_changes ();
  add_letter (changes, "z", "x");
  write_changes (&second, changes);
  g_assert_error (second.error, LF_ERROR, LF_ERROR_STORAGE);
  end (&second);
  end (&first);
  begin (&first);
  assert_letters (&first, "a→c1 b→c1 ");
  end (&first);
}

static void
test_no_folder (void)
{
  World            w;
  GPtrArray       *changes = new_changes ();
  g_autofree char *path = lf_cache_make_path (SERVER, LOGIN);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *above = g_path_get_dirname (folder);

  g_test_summary ("Where no file can be made nothing is kept, and nothing breaks.");
  g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  begin (&w);
  add_letter (changes, "a", "x");
  write_changes (&w, changes);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_STORAGE);
  end (&w);
  g_assert_cmpint (g_unlink (folder), ==, 0);
}

static void
test_wipe (void)
{
  World            w;
  g_autofree char *path = lf_cache_make_path (SERVER, LOGIN);

  g_test_summary ("Nothing is left of an account that is forgotten.");
  begin (&w);
  write_sample (&w);
  lf_cache_wipe (w.cache);
  end (&w);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  begin (&w);
  g_assert_cmpuint (w.contents->letters->len, ==, 0);
  end (&w);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = lf_test_begin_data_folder ();
  int              status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cache/a-folder-in-the-way", test_no_folder); /* first: later there is one */
  g_test_add_func ("/cache/keeps", test_keeps);
  g_test_add_func ("/cache/letters", test_letters);
  g_test_add_func ("/cache/bounds", test_bounds);
  g_test_add_func ("/cache/full", test_full);
  g_test_add_data_func ("/cache/set-aside/no-database", "no database", test_set_aside);
  g_test_add_data_func ("/cache/set-aside/page", "page", test_set_aside);
  g_test_add_data_func ("/cache/set-aside/newer", "PRAGMA user_version = 99", test_set_aside);
  g_test_add_data_func ("/cache/set-aside/another-program", "PRAGMA application_id = 7", test_set_aside);
  g_test_add_data_func ("/cache/set-aside/no-table", "DROP TABLE letter", test_set_aside);
  g_test_add_func ("/cache/bad-rows", test_bad_rows);
  g_test_add_func ("/cache/held-by-another", test_held);
  g_test_add_func ("/cache/wipe", test_wipe);
  status = g_test_run ();
  lf_test_remove_folder (folder);
  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "lf-cache-file.h"
#include "lf-error.h"

/* One file an account:
 *
 *   document (kind, key) → body     kind: a name of lf_cache_kind_names; body: JSON of its schema
 *   message (conversation, seq) → body
 *   letter (position) → id, conversation, user, body, written_at, is_failed
 *   PRAGMA application_id, user_version: whose file it is, and the number of the schema
 *   document ("as_of", "") → body   microseconds since 1970, in digits
 */
#define APPLICATION_ID 0x4c664361 /* "LfCa" */
#define MAX_PAGES      65536      /* 256 MiB of 4 KiB */

#define SUFFIX_ASIDE ".set-aside"

struct _LfCacheFile
{
  sqlite3 *handle; /* owned */
};

/* What makes schema N of schema N - 1, the first of an empty file. */
static const char *const steps[LF_CACHE_SCHEMA_VERSION] = {
  "CREATE TABLE document (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;"
  "CREATE TABLE message (conversation TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (conversation, seq)) WITHOUT ROWID;"
  "CREATE TABLE letter (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, conversation TEXT NOT NULL, user TEXT NOT NULL,"
  " body TEXT NOT NULL, written_at INTEGER NOT NULL, is_failed INTEGER NOT NULL DEFAULT 0);"
};

static gboolean
fail (LfCacheFile *self,
      int          result,
      GError     **error)
{
  int code = result & 0xff;

  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR) /* the last: a table is missing */
    g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "It is damaged: %s.", sqlite3_errmsg (self->handle));
  else if (code == SQLITE_BUSY)
    g_set_error_literal (error, LF_ERROR, LF_ERROR_STORAGE, "Another Lampfield uses it.");
  else
    g_set_error (error, LF_ERROR, LF_ERROR_STORAGE, "It cannot be used: %s.", sqlite3_errmsg (self->handle));
  return FALSE;
}

static gboolean
run (LfCacheFile *self,
     const char  *sql,
     GError     **error)
{
  int result = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  return result == SQLITE_OK || fail (self, result, error);
}

static sqlite3_stmt *
prepare (LfCacheFile *self,
         const char  *sql,
         GError     **error)
{
  sqlite3_stmt *statement = NULL;
  int           result = sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL);

  if (result != SQLITE_OK)
    fail (self, result, error);
  return statement;
}

/* Runs a statement that answers with nothing, or with what nobody wants. Takes @statement. */
static gboolean
finish (LfCacheFile  *self,
        sqlite3_stmt *statement,
        GError      **error)
{
  int result;

  do
    result = sqlite3_step (statement);
  while (result == SQLITE_ROW);
  if (result != SQLITE_DONE)
    fail (self, result, error);
  sqlite3_finalize (statement);
  return result == SQLITE_DONE;
}

static gboolean
read_number (LfCacheFile *self,
             const char  *sql,
             gint64      *number,
             GError     **error)
{
  sqlite3_stmt *statement = prepare (self, sql, error);

  if (statement == NULL)
    return FALSE;
  *number = sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  return finish (self, statement, error);
}

/* Makes the schema of an empty file, or brings an older one up to date; refuses what is not ours. */
static gboolean
prepare_schema (LfCacheFile *self,
                GError     **error)
{
  gint64 application_id, version, n_tables;

  if (!read_number (self, "PRAGMA application_id", &application_id, error) || !read_number (self, "PRAGMA user_version", &version, error) || !read_number (self, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;
  if (n_tables > 0 && (application_id != APPLICATION_ID || version < 1 || version > LF_CACHE_SCHEMA_VERSION))
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "It is of another program or version (%" G_GINT64_FORMAT ").", version);
      return FALSE;
    }
  if (n_tables == 0)
    version = 0;
  if (!run (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (gint64 i = version; i < LF_CACHE_SCHEMA_VERSION; i++)
    if (!run (self, steps[i], error))
      return FALSE;
  if (version < LF_CACHE_SCHEMA_VERSION)
    {
      g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
                                               LF_CACHE_SCHEMA_VERSION);

      if (!run (self, mark, error))
        return FALSE;
    }
  return run (self, "COMMIT", error);
}

/* The mode is right from the first moment; what SQLite puts beside the file follows it. */
static gboolean
make_private (const char *path,
              GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = g_mkdir_with_parents (folder, 0700) == 0 ? open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

  if (fd >= 0 && fchmod (fd, 0600) == 0)
    return close (fd) == 0;
  g_set_error (error, LF_ERROR, LF_ERROR_STORAGE, "It cannot be made: %s.", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return FALSE;
}

/**
 * lf_cache_file_set_max_pages:
 * @self: a file
 * @max_pages: how many pages of 4 KiB it may have
 *
 * Bounds the file, for a test more narrowly than usual.
 */
void
lf_cache_file_set_max_pages (LfCacheFile *self,
                             guint        max_pages)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %u", max_pages);

  run (self, sql, NULL);
}

/**
 * lf_cache_file_open:
 * @path: the file; made with mode 0600 when missing
 * @error: return location
 *
 * Opens the file for this process alone: two that send the same letters would be one too many.
 *
 * Returns: (transfer full) (nullable): it; %LF_ERROR_BAD_FRAME for what is damaged or not ours,
 *   %LF_ERROR_STORAGE if another process holds it, or there is no room or no right
 */
LfCacheFile *
lf_cache_file_open (const char *path,
                    GError    **error)
{
  static const char settings[] =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON;"
    "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = FAST; PRAGMA temp_store = MEMORY";
  LfCacheFile *self;
  int          result;

  if (!make_private (path, error))
    return NULL;
  self = g_new0 (LfCacheFile, 1);
  result = sqlite3_open_v2 (path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
  if (result == SQLITE_OK ? run (self, settings, error) && prepare_schema (self, error) : fail (self, result, error))
    {
      lf_cache_file_set_max_pages (self, MAX_PAGES);
      return self;
    }
  lf_cache_file_close (self);
  return NULL;
}

/**
 * lf_cache_file_close:
 * @self: (transfer full): a file
 */
void
lf_cache_file_close (LfCacheFile *self)
{
  if (sqlite3_close (self->handle) != SQLITE_OK)
    g_debug ("the cache was closed in the middle of something");
  g_free (self);
}

/* A row that the codec does not take is as good as none. */
static gpointer
decode (const LfSchema *schema,
        sqlite3_stmt   *row,
        int             column)
{
  g_autoptr (GError) error = NULL;
  const char        *text = (const char *) sqlite3_column_text (row, column);
  gpointer           value = NULL;

  if (text != NULL)
    value = lf_codec_decode (schema, text, (gsize) sqlite3_column_bytes (row, column), &lf_json_limits_reply, &error);
  if (value == NULL)
    g_debug ("a row of the cache is not understood: %s", error != NULL ? error->message : "nothing there");
  return value;
}

static void
take_document (LfCacheContents *contents,
               sqlite3_stmt    *row)
{
  const char *name = (const char *) sqlite3_column_text (row, 0);

  if (g_strcmp0 (name, "as_of") == 0)
    contents->as_of_us = sqlite3_column_int64 (row, 2);
  for (guint kind = 0; kind < LF_N_CACHE_KINDS; kind++)
    if (g_strcmp0 (name, lf_cache_kind_names[kind]) == 0)
      {
        gpointer document = decode (lf_cache_kind_schemas[kind], row, 2);

        if (document != NULL)
          g_ptr_array_add (contents->documents[kind], document);
      }
}

static void
take_message (LfCacheContents *contents,
              sqlite3_stmt    *row)
{
  LfWireMessage *message = decode (&lf_schema_message, row, 0);

  if (message != NULL)
    g_ptr_array_add (contents->messages, message);
}

static void
take_letter (LfCacheContents *contents,
             sqlite3_stmt    *row)
{
  const char *texts[4];
  LfLetter   *letter;

  for (int i = 0; i < 4; i++)
    {
      texts[i] = (const char *) sqlite3_column_text (row, i);
      if (texts[i] == NULL || (i < 3 ? !lf_codec_id_is_valid (texts[i]) : !lf_message_body_is_valid (texts[i])))
        return;
    }
  letter = lf_letter_new (texts[0], texts[1], texts[2], texts[3], sqlite3_column_int64 (row, 4));
  letter->is_failed = sqlite3_column_int (row, 5) != 0;
  g_ptr_array_add (contents->letters, letter);
}

static gboolean
read_rows (LfCacheFile *self,
           const char  *sql,
           void (*take) (LfCacheContents *contents, sqlite3_stmt *row),
           LfCacheContents *contents,
           GError         **error)
{
  sqlite3_stmt *statement = prepare (self, sql, error);
  int           result;

  if (statement == NULL)
    return FALSE;
  while ((result = sqlite3_step (statement)) == SQLITE_ROW)
    take (contents, statement);
  if (result != SQLITE_DONE)
    fail (self, result, error);
  sqlite3_finalize (statement);
  return result == SQLITE_DONE;
}

/**
 * lf_cache_file_read:
 * @self: a file
 * @error: return location
 *
 * Reads all of it. Single rows that are not understood are left out.
 *
 * Returns: (transfer full) (nullable): what it holds; errors as lf_cache_file_open()
 */
LfCacheContents *
lf_cache_file_read (LfCacheFile *self,
                    GError     **error)
{
  g_autoptr (LfCacheContents) contents = lf_cache_contents_new ();

  if (read_rows (self, "SELECT kind, key, body FROM document", take_document, contents, error) && read_rows (self, "SELECT body FROM message ORDER BY conversation, seq", take_message, contents, error) && read_rows (self, "SELECT id, conversation, user, body, written_at, is_failed FROM letter ORDER BY position", take_letter, contents, error))
    return g_steal_pointer (&contents);
  return NULL;
}

/* The SQL of each action, with what is bound to its parameters: k(ey), t(ext), n(umber), d(ocument's kind),
 * and of a letter i(d), c(onversation), u(ser), b(ody), w(ritten at). */
static const struct
{
  const char *sql;
  const char *bound;
} actions[] = {
  [LF_CACHE_SET] = { "INSERT OR REPLACE INTO document (kind, key, body) VALUES (?, ?, ?)", "dkt" },
  [LF_CACHE_UNSET] = { "DELETE FROM document WHERE kind = ? AND key = ?", "dk" },
  [LF_CACHE_AS_OF] = { "INSERT OR REPLACE INTO document (kind, key, body) VALUES ('as_of', '', ?)", "n" },
  [LF_CACHE_ADD_MESSAGE] = { "INSERT OR REPLACE INTO message (conversation, seq, body) VALUES (?, ?, ?)", "knt" },
  [LF_CACHE_DROP_MESSAGES] = { "DELETE FROM message WHERE conversation = ?", "k" },
  [LF_CACHE_CLEAR_DOCUMENTS] = { "DELETE FROM document", "" },
  [LF_CACHE_CLEAR_MESSAGES] = { "DELETE FROM message", "" },
  [LF_CACHE_MOVE_LETTERS] = { "UPDATE letter SET conversation = ? WHERE conversation = ?", "tk" },
  [LF_CACHE_ADD_LETTER] = { "INSERT OR REPLACE INTO letter (id, conversation, user, body, written_at) VALUES (?, ?, ?, ?, ?)", "icubw" },
  [LF_CACHE_FAIL_LETTER] = { "UPDATE letter SET is_failed = 1 WHERE id = ?", "k" },
  [LF_CACHE_DROP_LETTER] = { "DELETE FROM letter WHERE id = ?", "k" },
};

static void
bind_change (sqlite3_stmt        *statement,
             const char          *bound,
             const LfCacheChange *change)
{
  for (int i = 0; bound[i] != '\0'; i++)
    {
      const char *text = bound[i] == 'd'   ? lf_cache_kind_names[change->kind]
                         : bound[i] == 'k' ? change->key
                         : bound[i] == 't' ? change->text
                         : bound[i] == 'i' ? change->letter->id
                         : bound[i] == 'c' ? change->letter->conversation
                         : bound[i] == 'u' ? change->letter->user
                         : bound[i] == 'b' ? change->letter->body
                                           : NULL;

      if (text != NULL)
        sqlite3_bind_text (statement, i + 1, text, -1, SQLITE_STATIC);
      else
        sqlite3_bind_int64 (statement, i + 1, bound[i] == 'w' ? change->letter->written_at_us : change->number);
    }
}

/* Old messages can be fetched again, and refused letters were seen. */
static gboolean
trim (LfCacheFile *self,
      GHashTable  *grown,
      gboolean     has_failed,
      GError     **error)
{
  GHashTableIter iter;
  gpointer       conversation;

  g_hash_table_iter_init (&iter, grown);
  while (g_hash_table_iter_next (&iter, &conversation, NULL))
    {
      sqlite3_stmt *statement = prepare (self,
                                         "DELETE FROM message WHERE conversation = ?1 AND seq <= (SELECT seq FROM message WHERE"
                                         " conversation = ?1 ORDER BY seq DESC LIMIT 1 OFFSET " G_STRINGIFY (LF_CACHE_MAX_MESSAGES) ")",
                                         error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_text (statement, 1, conversation, -1, SQLITE_STATIC);
      if (!finish (self, statement, error))
        return FALSE;
    }
  return !has_failed || run (self,
                             "DELETE FROM letter WHERE is_failed AND position <= (SELECT position FROM letter WHERE is_failed"
                             " ORDER BY position DESC LIMIT 1 OFFSET " G_STRINGIFY (LF_CACHE_MAX_FAILED) ")",
                             error);
}

static gboolean
apply_all (LfCacheFile *self,
           GPtrArray   *changes,
           GError     **error)
{
  g_autoptr (GHashTable) grown = g_hash_table_new (g_str_hash, g_str_equal);
  sqlite3_stmt          *statements[G_N_ELEMENTS (actions)] = { NULL };
  gboolean               is_good = run (self, "BEGIN IMMEDIATE", error);
  gboolean               has_failed = FALSE;

  for (guint i = 0; is_good && i < changes->len; i++)
    {
      const LfCacheChange *change = changes->pdata[i];
      sqlite3_stmt       **statement = &statements[change->action];
      int                  result;

      if (*statement == NULL && (*statement = prepare (self, actions[change->action].sql, error)) == NULL)
        {
          is_good = FALSE;
          break;
        }
      bind_change (*statement, actions[change->action].bound, change);
      result = sqlite3_step (*statement);
      is_good = result == SQLITE_DONE || fail (self, result, error);
      sqlite3_reset (*statement);
      sqlite3_clear_bindings (*statement);
      if (change->action == LF_CACHE_ADD_MESSAGE)
        g_hash_table_add (grown, change->key);
      has_failed |= change->action == LF_CACHE_FAIL_LETTER;
    }
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    sqlite3_finalize (statements[i]);
  return is_good && trim (self, grown, has_failed, error) && run (self, "COMMIT", error);
}

/**
 * lf_cache_file_apply:
 * @self: a file
 * @changes: (element-type LfCacheChange): what to do, in this order, all or nothing
 * @is_durable: it must outlive a power cut, not only this process
 * @error: return location
 *
 * Writes changes. Where there is no room, the messages kept for reading offline make it: the server has
 * them.
 *
 * Returns: %TRUE if they are in the file; else errors as lf_cache_file_open(), and nothing is changed
 */
gboolean
lf_cache_file_apply (LfCacheFile *self,
                     GPtrArray   *changes,
                     gboolean     is_durable,
                     GError     **error)
{
  g_autoptr (GError) cause = NULL;
  gboolean           was_full;

  if (!run (self, is_durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error))
    return FALSE;
  if (apply_all (self, changes, &cause))
    return TRUE;
  was_full = (sqlite3_errcode (self->handle) & 0xff) == SQLITE_FULL;
  if (!sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
  if (was_full && run (self, "DELETE FROM message", NULL))
    {
      if (apply_all (self, changes, error))
        return TRUE;
      if (!sqlite3_get_autocommit (self->handle))
        sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/**
 * lf_cache_file_is_broken:
 * @error: (nullable): of a function here
 *
 * Returns: whether the file is damaged, or of another program or version
 */
gboolean
lf_cache_file_is_broken (const GError *error)
{
  return g_error_matches (error, LF_ERROR, LF_ERROR_BAD_FRAME);
}

static const char *const companions[] = { "", "-wal", "-shm", "-journal" };

/**
 * lf_cache_file_set_aside:
 * @path: a file that is closed
 * @error: why
 *
 * Gives it another name, so that a new one can be begun; one set aside before makes room.
 */
void
lf_cache_file_set_aside (const char   *path,
                         const GError *error)
{
  g_message ("The cache “%s” is set aside as “%s" SUFFIX_ASIDE "” and begun anew. %s", path, path, error->message);
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *from = g_strconcat (path, companions[i], NULL);
      g_autofree char *to = g_strconcat (path, SUFFIX_ASIDE, companions[i], NULL);

      if (g_rename (from, to) == 0)
        continue;
      if (i == 0) /* it stays, and there is no cache */
        return;
      g_unlink (to); /* none of this kind now: none of the one before either */
    }
}

/**
 * lf_cache_file_remove:
 * @path: a file that is closed
 *
 * Removes it, with what was set aside.
 */
void
lf_cache_file_remove (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *own = g_strconcat (path, companions[i], NULL);
      g_autofree char *aside = g_strconcat (path, SUFFIX_ASIDE, companions[i], NULL);

      g_unlink (own);
      g_unlink (aside);
    }
}

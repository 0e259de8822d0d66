/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-chat.h"

static gboolean
is_shown_to_others (LfDb *db, const char *user, const char *conversation, gboolean *is_shown, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT 1 FROM claims WHERE user_id = ?1 AND is_invisible = 1 UNION ALL"
                                         " SELECT 1 FROM blocks JOIN members ON members.user_id = blocks.other_id"
                                         " WHERE blocks.user_id = ?1 AND members.conversation_id = ?2",
                                         LF_TEXT (user), LF_TEXT (conversation));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  *is_shown = !lf_rows_next (rows, &failure);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
check_seq (LfDb *db, const char *conversation, gint64 seq, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT last_seq FROM conversations WHERE id = ?1", LF_TEXT (conversation));

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;
  if (seq <= lf_rows_get_int (rows, 0))
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "Member “seq” names a message that is not there: the last one is %" G_GINT64_FORMAT ".",
               lf_rows_get_int (rows, 0));
  return FALSE;
}

/* @raise: an UPDATE of ?1 conversation, ?2 user, ?3 seq; @show: one that lets the others see it. */
static gboolean
raise_mark (LfDb       *db,
            const char *user,
            const char *conversation,
            gint64      seq,
            const char *raise,
            LfChatMark *mark,
            GError    **error)
{
  g_auto (GStrv) members = lf_store_chat_list_members (db, user, conversation, error);
  gboolean       is_shown = FALSE;
  gboolean       changed;

  if (members == NULL || !check_seq (db, conversation, seq, error) ||
      !lf_db_exec (db, error, raise, LF_TEXT (conversation), LF_TEXT (user), LF_INT (seq)))
    return FALSE;
  changed = lf_db_get_changes (db) > 0;

  if (!is_shown_to_others (db, user, conversation, &is_shown, error))
    return FALSE;
  if (is_shown && !lf_db_exec (db, error,
                               "UPDATE members SET shown_delivered_seq = delivered_seq, shown_read_seq = read_seq"
                               " WHERE conversation_id = ?1 AND user_id = ?2",
                               LF_TEXT (conversation), LF_TEXT (user)))
    return FALSE;

  mark->seq = seq;
  mark->changed = changed;
  mark->is_shown = is_shown;
  mark->members = g_steal_pointer (&members);
  return TRUE;
}

/**
 * lf_chat_mark_clear:
 * @mark: a mark, filled or all zero
 */
void
lf_chat_mark_clear (LfChatMark *mark)
{
  g_clear_pointer (&mark->members, g_strfreev);
}

/**
 * lf_store_chat_mark_delivered:
 * @db: a connection that writes
 * @user: on whose device
 * @conversation: id
 * @seq: the last message that arrived there
 * @mark: (out caller-allocates): what became of it
 * @error: return location
 *
 * Raises the mark; a lower one changes nothing.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND or %LF_PROBLEM_BAD_REQUEST
 */
gboolean
lf_store_chat_mark_delivered (LfDb *db, const char *user, const char *conversation, gint64 seq, LfChatMark *mark, GError **error)
{
  return raise_mark (db, user, conversation, seq,
                     "UPDATE members SET delivered_seq = ?3 WHERE conversation_id = ?1 AND user_id = ?2 AND delivered_seq < ?3",
                     mark, error);
}

/**
 * lf_store_chat_mark_read:
 * @db: a connection that writes
 * @user: who read
 * @conversation: id
 * @seq: the last message seen
 * @mark: (out caller-allocates): what became of it
 * @error: return location
 *
 * Raises the mark, and with it the delivered one; a lower one changes nothing.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND or %LF_PROBLEM_BAD_REQUEST
 */
gboolean
lf_store_chat_mark_read (LfDb *db, const char *user, const char *conversation, gint64 seq, LfChatMark *mark, GError **error)
{
  return raise_mark (db, user, conversation, seq,
                     "UPDATE members SET read_seq = ?3, delivered_seq = CASE WHEN delivered_seq < ?3 THEN ?3 ELSE delivered_seq END"
                     " WHERE conversation_id = ?1 AND user_id = ?2 AND read_seq < ?3",
                     mark, error);
}

/**
 * lf_shown_marks_free:
 * @self: (transfer full) (nullable): marks
 */
void
lf_shown_marks_free (LfShownMarks *self)
{
  if (self == NULL)
    return;
  g_free (self->conversation);
  g_strfreev (self->members);
  g_free (self);
}

/**
 * lf_store_chat_show_marks:
 * @db: a connection that writes
 * @user: who may be seen from now on, by all or by somebody
 * @shown: (nullable) (element-type LfShownMarks): gets what the others are to be told, conversation by
 *   conversation; frees its elements by lf_shown_marks_free()
 * @error: return location
 *
 * Lets the others see marks that rose while they might not.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_chat_show_marks (LfDb *db, const char *user, GPtrArray *shown, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "UPDATE members SET shown_delivered_seq = delivered_seq, shown_read_seq = read_seq"
                                         " WHERE user_id = ?1"
                                         " AND (shown_delivered_seq < delivered_seq OR shown_read_seq < read_seq)"
                                         " AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.user_id = ?1 AND is_invisible = 1)"
                                         " AND NOT EXISTS (SELECT 1 FROM blocks JOIN members others ON others.user_id = blocks.other_id"
                                         " WHERE blocks.user_id = ?1 AND others.conversation_id = members.conversation_id)"
                                         " RETURNING conversation_id, delivered_seq, read_seq",
                                         LF_TEXT (user));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  while (lf_rows_next (rows, &failure))
    {
      LfShownMarks *marks = shown != NULL ? g_new0 (LfShownMarks, 1) : NULL;

      if (marks == NULL)
        continue;
      marks->conversation = g_strdup (lf_rows_get_text (rows, 0));
      marks->delivered_seq = lf_rows_get_int (rows, 1);
      marks->read_seq = lf_rows_get_int (rows, 2);
      g_ptr_array_add (shown, marks);
    }
  for (guint i = 0; failure == NULL && shown != NULL && i < shown->len; i++)
    {
      LfShownMarks *marks = shown->pdata[i];

      marks->members = lf_store_chat_list_members (db, user, marks->conversation, &failure);
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* A sign of typing goes where a message may go. */
static gboolean
is_welcome (LfDb *db, const char *user, const char *conversation, gboolean *result, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT 1 FROM blocks JOIN members ON members.user_id = blocks.user_id"
                                         " WHERE blocks.other_id = ?1 AND members.conversation_id = ?2",
                                         LF_TEXT (user), LF_TEXT (conversation));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  *result = !lf_rows_next (rows, &failure);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * lf_store_chat_get_members:
 * @db: the connection
 * @user: who asks
 * @conversation: id
 * @is_shown: (out): whether the others may see that @user types there: neither side hides from the other
 * @error: return location
 *
 * Returns: (transfer full) (nullable): ids of all members, %NULL with %LF_PROBLEM_NOT_FOUND
 */
GStrv
lf_store_chat_get_members (LfDb *db, const char *user, const char *conversation, gboolean *is_shown, GError **error)
{
  g_auto (GStrv) members = lf_store_chat_list_members (db, user, conversation, error);
  gboolean       shown = FALSE;
  gboolean       welcome = FALSE;

  if (members == NULL || !is_shown_to_others (db, user, conversation, &shown, error) ||
      !is_welcome (db, user, conversation, &welcome, error))
    return NULL;

  *is_shown = shown && welcome;
  return g_steal_pointer (&members);
}

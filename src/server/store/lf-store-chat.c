/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-accounts.h"
#include "lf-store-chat.h"
#include "lf-store-text.h"
#include "lf-store.h"

#define MESSAGE_COLUMNS "conversation_id, client_id, seq, sender_id, body, sent_at"

static void
set_not_found (GError **error)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no such conversation.");
}

static LfWireMessage *
message_from_row (LfRows *rows)
{
  LfWireMessage *message = g_new0 (LfWireMessage, 1);

  message->conversation = g_strdup (lf_rows_get_text (rows, 0));
  message->id = g_strdup (lf_rows_get_text (rows, 1));
  message->seq = lf_rows_get_int (rows, 2);
  message->sender = g_strdup (lf_rows_get_text (rows, 3));
  message->body = g_strdup (lf_rows_get_text (rows, 4));
  message->sent_at_us = lf_rows_get_int (rows, 5);

  return message;
}

/* TRUE with @message NULL when there is none. */
static gboolean
read_message (LfRows *rows, LfWireMessage **message, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  *message = lf_rows_next (rows, &failure) ? message_from_row (rows) : NULL;
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* The marks of the others are those they let be seen; one's own are as they are. */
static GPtrArray *
read_members (LfDb *db, const char *user, const char *conversation, gint64 *own_read_seq, GError **error)
{
  g_autoptr (LfWireConversation) holder = g_new0 (LfWireConversation, 1);
  g_autoptr (LfRows)             rows = lf_db_query (db, error,
                                                     "SELECT m.user_id, users.name, m.delivered_seq, m.read_seq, m.shown_delivered_seq, m.shown_read_seq"
                                                                 " FROM members m JOIN users ON users.id = m.user_id WHERE m.conversation_id = ?1 ORDER BY m.user_id",
                                                     LF_TEXT (conversation));
  g_autoptr (GError)             failure = NULL;

  holder->members = g_ptr_array_new ();
  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfWireMember *member = g_new0 (LfWireMember, 1);
      gboolean      is_own = g_strcmp0 (lf_rows_get_text (rows, 0), user) == 0;

      member->user = g_strdup (lf_rows_get_text (rows, 0));
      member->name = g_strdup (lf_rows_get_text (rows, 1));
      member->delivered_seq = lf_rows_get_int (rows, is_own ? 2 : 4);
      member->read_seq = lf_rows_get_int (rows, is_own ? 3 : 5);
      if (is_own)
        *own_read_seq = member->read_seq;
      g_ptr_array_add (holder->members, member);
    }
  if (failure == NULL)
    return g_steal_pointer (&holder->members);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
count_unread (LfDb *db, const char *user, const char *conversation, gint64 read_seq, gint64 *unread, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT COUNT (*) FROM messages WHERE conversation_id = ?1 AND seq > ?2 AND sender_id <> ?3",
                                         LF_TEXT (conversation), LF_INT (read_seq), LF_TEXT (user));

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;

  *unread = lf_rows_get_int (rows, 0);
  return TRUE;
}

/* Fills a conversation whose id, created_at and last_seq are there. */
static gboolean
complete (LfDb *db, const char *user, LfWireConversation *conversation, GError **error)
{
  g_autoptr (LfRows) rows = NULL;
  gint64             own_read_seq = 0;

  conversation->members = read_members (db, user, conversation->id, &own_read_seq, error);
  if (conversation->members == NULL || !count_unread (db, user, conversation->id, own_read_seq, &conversation->unread, error))
    return FALSE;

  rows = lf_db_query (db, error, "SELECT " MESSAGE_COLUMNS " FROM messages WHERE conversation_id = ?1 AND seq = ?2",
                      LF_TEXT (conversation->id), LF_INT (conversation->last_seq));
  return read_message (rows, &conversation->last_message, error);
}

static char *
make_pair_key (const char *user, const char *other)
{
  return strcmp (user, other) < 0 ? g_strdup_printf ("%s %s", user, other) : g_strdup_printf ("%s %s", other, user);
}

static gboolean
add_member (LfDb *db, const char *conversation, const char *user, GError **error)
{
  return lf_db_exec (db, error,
                     "INSERT INTO members (conversation_id, user_id, delivered_seq, read_seq, shown_delivered_seq, shown_read_seq)"
                     " VALUES (?1, ?2, 0, 0, 0, 0)",
                     LF_TEXT (conversation), LF_TEXT (user));
}

static gboolean
find_pair (LfDb *db, const char *pair_key, char **id, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT id FROM conversations WHERE pair_key = ?1", LF_TEXT (pair_key));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  if (lf_rows_next (rows, &failure))
    *id = g_strdup (lf_rows_get_text (rows, 0));
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * lf_store_chat_open:
 * @db: a connection that writes
 * @user: who asks
 * @other: the other side
 * @now_us: wall-clock instant
 * @is_new: (out): whether it was made now
 * @error: return location
 *
 * Gives the one conversation of a pair, made at the first call.
 *
 * Returns: (transfer full) (nullable): it, %NULL with %LF_PROBLEM_NOT_FOUND when @user may not see
 *   @other, or %LF_PROBLEM_BAD_REQUEST for oneself
 */
LfWireConversation *
lf_store_chat_open (LfDb *db, const char *user, const char *other, gint64 now_us, gboolean *is_new, GError **error)
{
  g_autofree char *pair_key = make_pair_key (user, other);
  g_autofree char *id = NULL;

  if (g_str_equal (user, other))
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "Name another person: a conversation has two sides.");
      return NULL;
    }
  if (!lf_store_accounts_check_talkable (db, user, other, error) || !find_pair (db, pair_key, &id, error))
    return NULL;

  *is_new = id == NULL;
  if (id == NULL)
    {
      id = lf_store_make_id ('c');
      if (!lf_db_exec (db, error,
                       "INSERT INTO conversations (id, pair_key, created_at, last_seq, active_at) VALUES (?1, ?2, ?3, 0, ?3)",
                       LF_TEXT (id), LF_TEXT (pair_key), LF_INT (now_us)) ||
          !add_member (db, id, user, error) || !add_member (db, id, other, error))
        return NULL;
    }

  return lf_store_chat_get (db, user, id, error);
}

/**
 * lf_store_chat_get:
 * @db: the connection
 * @user: who asks
 * @conversation: id
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the conversation as @user sees it, %NULL with
 *   %LF_PROBLEM_NOT_FOUND when it is not there or @user is no member
 */
LfWireConversation *
lf_store_chat_get (LfDb *db, const char *user, const char *conversation, GError **error)
{
  g_autoptr (LfWireConversation) found = NULL;
  g_autoptr (LfRows)             rows = lf_db_query (db, error,
                                                     "SELECT c.id, c.created_at, c.last_seq FROM conversations c JOIN members m"
                                                                 " ON m.conversation_id = c.id AND m.user_id = ?1 WHERE c.id = ?2",
                                                     LF_TEXT (user), LF_TEXT (conversation));
  g_autoptr (GError)             failure = NULL;

  if (rows == NULL)
    return NULL;
  if (!lf_rows_next (rows, &failure))
    {
      if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      else
        set_not_found (error);
      return NULL;
    }

  found = g_new0 (LfWireConversation, 1);
  found->id = g_strdup (lf_rows_get_text (rows, 0));
  found->created_at_us = lf_rows_get_int (rows, 1);
  found->last_seq = lf_rows_get_int (rows, 2);

  return complete (db, user, found, error) ? g_steal_pointer (&found) : NULL;
}

static gboolean
parse_list_cursor (const char *cursor, gint64 *active_at_us, char **id, GError **error)
{
  g_auto (GStrv) parts = NULL;
  char          *end = NULL;

  *active_at_us = G_MAXINT64;
  if (!lf_cursor_parse (cursor, 2, &parts, error))
    return FALSE;
  if (cursor != NULL)
    {
      *active_at_us = g_ascii_strtoll (parts[0], &end, 10);
      if (end == parts[0] || *end != '\0')
        {
          g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST,
                               "The cursor is not one that this server gave; begin again at the first page.");
          return FALSE;
        }
    }

  *id = g_strdup (parts[1]);
  return TRUE;
}

/**
 * lf_store_chat_list:
 * @db: the connection
 * @user: who asks
 * @cursor: (nullable): `next` of the page before
 * @limit: items a page
 * @error: return location
 *
 * Lists the conversations in which something was said, the latest first.
 *
 * Returns: (transfer full) (nullable): a page, %NULL with %LF_PROBLEM_BAD_REQUEST for a bad @cursor
 */
LfWireConversationsPage *
lf_store_chat_list (LfDb *db, const char *user, const char *cursor, gint64 limit, GError **error)
{
  g_autoptr (LfWireConversationsPage) page = g_new0 (LfWireConversationsPage, 1);
  g_autoptr (LfRows)                  rows = NULL;
  g_autoptr (GError)                  failure = NULL;
  g_autofree char                    *after_id = NULL;
  gint64                              after_us = 0;
  gint64                              last_active_us = 0;

  page->items = g_ptr_array_new ();
  if (!parse_list_cursor (cursor, &after_us, &after_id, error))
    return NULL;

  rows = lf_db_query (db, error,
                      "SELECT c.id, c.created_at, c.last_seq, c.active_at FROM members m JOIN conversations c ON c.id = m.conversation_id"
                      " WHERE m.user_id = ?1 AND c.last_seq > 0 AND (c.active_at < ?2 OR (c.active_at = ?2 AND c.id > ?3))"
                      " ORDER BY c.active_at DESC, c.id LIMIT ?4",
                      LF_TEXT (user), LF_INT (after_us), LF_TEXT (after_id), LF_INT (limit + 1));
  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfWireConversation *conversation;

      if (page->items->len == (guint) limit)
        {
          LfWireConversation *last = g_ptr_array_index (page->items, page->items->len - 1);
          g_autofree char    *active_text = g_strdup_printf ("%" G_GINT64_FORMAT, last_active_us);

          page->next = lf_cursor_make (active_text, last->id, NULL);
          break;
        }
      conversation = g_new0 (LfWireConversation, 1);
      conversation->id = g_strdup (lf_rows_get_text (rows, 0));
      conversation->created_at_us = lf_rows_get_int (rows, 1);
      conversation->last_seq = lf_rows_get_int (rows, 2);
      last_active_us = lf_rows_get_int (rows, 3);
      g_ptr_array_add (page->items, conversation);
      if (!complete (db, user, conversation, error))
        return NULL;
    }
  if (failure == NULL)
    return g_steal_pointer (&page);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_chat_list_members:
 * @db: the connection
 * @user: who asks
 * @conversation: id
 * @error: return location
 *
 * Returns: (transfer full) (nullable): ids of all members, %NULL with %LF_PROBLEM_NOT_FOUND when there
 *   is no such conversation or @user is no member
 */
GStrv
lf_store_chat_list_members (LfDb *db, const char *user, const char *conversation, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (LfRows)       rows = lf_db_query (db, error, "SELECT user_id FROM members WHERE conversation_id = ?1 ORDER BY user_id",
                                               LF_TEXT (conversation));
  g_autoptr (GError)       failure = NULL;
  gboolean                 is_member = FALSE;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      is_member = is_member || g_str_equal (lf_rows_get_text (rows, 0), user);
      g_strv_builder_add (builder, lf_rows_get_text (rows, 0));
    }
  if (failure == NULL && is_member)
    return g_strv_builder_end (builder);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    set_not_found (error);
  return NULL;
}

/* A conversation as it stands before somebody writes into it. */
typedef struct
{
  GStrv    members; /* owned: ids of all, the writer among them */
  gint64   last_seq;
  gboolean is_refused;  /* another member has closed the account, or has blocked the writer */
  gboolean has_blocked; /* the writer has blocked another member */
} Floor;

static gboolean
read_floor (LfDb *db, const char *user, const char *conversation, Floor *floor, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (LfRows)       rows = lf_db_query (db, error,
                                               "SELECT m.user_id, c.last_seq, u.is_blocked,"
                                                     " EXISTS (SELECT 1 FROM blocks WHERE user_id = m.user_id AND other_id = ?2),"
                                                     " EXISTS (SELECT 1 FROM blocks WHERE user_id = ?2 AND other_id = m.user_id)"
                                                     " FROM conversations c JOIN members m ON m.conversation_id = c.id JOIN users u ON u.id = m.user_id"
                                                     " WHERE c.id = ?1 ORDER BY m.user_id",
                                               LF_TEXT (conversation), LF_TEXT (user));
  g_autoptr (GError)       failure = NULL;
  gboolean                 is_member = FALSE;

  if (rows == NULL)
    return FALSE;
  while (lf_rows_next (rows, &failure))
    {
      gboolean is_own = g_str_equal (lf_rows_get_text (rows, 0), user);

      is_member = is_member || is_own;
      floor->last_seq = lf_rows_get_int (rows, 1);
      floor->is_refused = floor->is_refused || (!is_own && (lf_rows_get_int (rows, 2) != 0 || lf_rows_get_int (rows, 3) != 0));
      floor->has_blocked = floor->has_blocked || (!is_own && lf_rows_get_int (rows, 4) != 0);
      g_strv_builder_add (builder, lf_rows_get_text (rows, 0));
    }
  if (failure == NULL && is_member)
    {
      floor->members = g_strv_builder_end (builder);
      return TRUE;
    }

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    set_not_found (error);
  return FALSE;
}

/* Somebody who is blocked finds nobody there; somebody who blocked is told to undo it first. */
static void
set_may_not_write (const Floor *floor, GError **error)
{
  if (floor->is_refused)
    g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no such person.");
  else
    g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT, "You have blocked this person; unblock to write.");
}

/* FALSE in @is_new: there is a message of that id already, and nothing was changed. Whether the user may
 * write has been looked at: from here on only the disk can refuse. */
static gboolean
insert_message (LfDb *db, const LfWireMessage *message, gboolean *is_new, GError **error)
{
  lf_db_settle (db);
  if (!lf_db_exec (db, error, "INSERT INTO messages (" MESSAGE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (conversation_id, client_id) DO NOTHING",
                   LF_TEXT (message->conversation), LF_TEXT (message->id), LF_INT (message->seq), LF_TEXT (message->sender),
                   LF_TEXT (message->body), LF_INT (message->sent_at_us)))
    return FALSE;

  *is_new = lf_db_get_changes (db) > 0;
  return !*is_new || lf_db_exec (db, error, "UPDATE conversations SET last_seq = ?2, active_at = ?3 WHERE id = ?1",
                                 LF_TEXT (message->conversation), LF_INT (message->seq), LF_INT (message->sent_at_us));
}

/* The message that has @client_id already; @stored stays NULL when there is none. */
static gboolean
find_message (LfDb *db, const char *conversation, const char *client_id, LfWireMessage **stored, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT " MESSAGE_COLUMNS " FROM messages WHERE conversation_id = ?1 AND client_id = ?2",
                                         LF_TEXT (conversation), LF_TEXT (client_id));

  return read_message (rows, stored, error);
}

static LfWireMessage *
check_repeated (LfWireMessage *stored, const char *user, const char *body, GError **error)
{
  if (g_str_equal (stored->sender, user) && g_str_equal (stored->body, body))
    return stored;

  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT,
                       "Another message was sent under this id already; a new message needs a new id.");
  lf_codec_free (&lf_schema_message, stored);
  return NULL;
}

/**
 * lf_store_chat_put:
 * @db: a connection that writes
 * @user: who writes
 * @conversation: id
 * @client_id: the message's identity, made by the client
 * @body: the text
 * @now_us: wall-clock instant
 * @is_new: (out): %FALSE: it was stored before, and is given again
 * @members: (out) (transfer full): ids of all members, the writer among them
 * @error: return location
 *
 * Stores a message, once however often it is sent.
 *
 * Returns: (transfer full) (nullable): the message with its sequence number, %NULL with
 *   %LF_PROBLEM_NOT_FOUND, or %LF_PROBLEM_CONFLICT when the id stands for another message
 */
LfWireMessage *
lf_store_chat_put (LfDb       *db,
                   const char *user,
                   const char *conversation,
                   const char *client_id,
                   const char *body,
                   gint64      now_us,
                   gboolean   *is_new,
                   GStrv      *members,
                   GError    **error)
{
  Floor                     floor = { 0 };
  g_auto (GStrv)            found = NULL;
  g_autoptr (LfWireMessage) message = NULL;
  g_autoptr (LfWireMessage) stored = NULL;
  gboolean                  may_write;

  if (!read_floor (db, user, conversation, &floor, error))
    return NULL;
  found = floor.members;
  may_write = !floor.is_refused && !floor.has_blocked;

  message = g_new0 (LfWireMessage, 1);
  message->conversation = g_strdup (conversation);
  message->id = g_strdup (client_id);
  message->seq = floor.last_seq + 1;
  message->sender = g_strdup (user);
  message->body = g_strdup (body);
  message->sent_at_us = now_us;
  *is_new = FALSE;
  if (may_write && !insert_message (db, message, is_new, error))
    return NULL;
  if (!*is_new && !find_message (db, conversation, client_id, &stored, error))
    return NULL;

  if (*is_new)
    stored = g_steal_pointer (&message);
  else if (stored != NULL)
    stored = check_repeated (g_steal_pointer (&stored), user, body, error);
  else
    set_may_not_write (&floor, error);
  if (stored != NULL)
    *members = g_steal_pointer (&found);
  return g_steal_pointer (&stored);
}

/**
 * lf_store_chat_history:
 * @db: the connection
 * @user: who asks
 * @conversation: id
 * @before: messages with a lower sequence number, 0: from the end
 * @limit: items a page
 * @error: return location
 *
 * Returns: (transfer full) (nullable): messages, the latest first; `next` is the next `before`; %NULL with
 *   %LF_PROBLEM_NOT_FOUND
 */
LfWireMessagesPage *
lf_store_chat_history (LfDb *db, const char *user, const char *conversation, gint64 before, gint64 limit, GError **error)
{
  g_auto (GStrv)                 members = lf_store_chat_list_members (db, user, conversation, error);
  g_autoptr (LfWireMessagesPage) page = g_new0 (LfWireMessagesPage, 1);
  g_autoptr (LfRows)             rows = NULL;
  g_autoptr (GError)             failure = NULL;

  page->items = g_ptr_array_new ();
  if (members == NULL)
    return NULL;
  rows = lf_db_query (db, error,
                      "SELECT " MESSAGE_COLUMNS " FROM messages WHERE conversation_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
                      LF_TEXT (conversation), LF_INT (before > 0 ? before : G_MAXINT64), LF_INT (limit + 1));
  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      if (page->items->len == (guint) limit)
        {
          LfWireMessage *last = g_ptr_array_index (page->items, page->items->len - 1);

          page->next = g_strdup_printf ("%" G_GINT64_FORMAT, last->seq);
          break;
        }
      g_ptr_array_add (page->items, message_from_row (rows));
    }
  if (failure == NULL)
    return g_steal_pointer (&page);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-server-fixture.h"
#include "lf-store-chat.h"
#include "lf-store-presence.h"
#include "lf-store-roster.h"

#define FIRST_ID  "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
#define SECOND_ID "6ba7b811-9dad-41d1-80b4-00c04fd430c8"

typedef struct
{
  LfDb *db;
  char *mara;
  char *jonas;
  char *priya;
  char *conversation; /* of mara and jonas */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfWireConversation) opened = NULL;
  g_autoptr (GError)             error = NULL;
  gboolean                       is_new = FALSE;

  fixture->db = lf_test_db_new ();
  fixture->mara = lf_test_db_add (fixture->db, "mara", "Mara Klein", NULL);
  fixture->jonas = lf_test_db_add (fixture->db, "jonas", "Jonas Weber", NULL);
  fixture->priya = lf_test_db_add (fixture->db, "priya", "Priya Nair", NULL);
  opened = lf_store_chat_open (fixture->db, fixture->mara, fixture->jonas, LF_TEST_NOW_US, &is_new, &error);
  g_assert_no_error (error);
  g_assert_true (is_new);
  fixture->conversation = g_strdup (opened->id);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_free (fixture->mara);
  g_free (fixture->jonas);
  g_free (fixture->priya);
  g_free (fixture->conversation);
  lf_db_close (fixture->db);
}

/* Returns the sequence number, or minus the problem. */
static gint64
put (Fixture *fixture, const char *user, const char *client_id, const char *body, gboolean *is_new)
{
  g_auto (GStrv)            members = NULL;
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfWireMessage) message = lf_store_chat_put (fixture->db, user, fixture->conversation, client_id, body, LF_TEST_NOW_US,
                                                         is_new, &members, &error);

  if (message == NULL)
    return -(gint64) lf_server_error_to_problem (error);
  g_assert_cmpuint (g_strv_length (members), ==, 2);
  return message->seq;
}

static LfWireConversation *
get (Fixture *fixture, const char *user)
{
  g_autoptr (GError)  error = NULL;
  LfWireConversation *conversation = lf_store_chat_get (fixture->db, user, fixture->conversation, &error);

  g_assert_no_error (error);
  return conversation;
}

static const LfWireMember *
find_member (const LfWireConversation *conversation, const char *user)
{
  for (guint i = 0; i < conversation->members->len; i++)
    {
      const LfWireMember *member = g_ptr_array_index (conversation->members, i);

      if (g_str_equal (member->user, user))
        return member;
    }
  g_assert_not_reached ();
}

static void
mark_read (Fixture *fixture, const char *user, gint64 seq, gboolean changed, gboolean is_shown)
{
  LfChatMark         mark = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (lf_store_chat_mark_read (fixture->db, user, fixture->conversation, seq, &mark, &error));
  g_assert_no_error (error);
  g_assert_cmpint (mark.changed, ==, changed);
  g_assert_cmpint (mark.is_shown, ==, is_shown);
  lf_chat_mark_clear (&mark);
}

static void
test_open (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)                  error = NULL;
  gboolean                            is_new = TRUE;
  g_autoptr (LfWireConversation)      again = lf_store_chat_open (fixture->db, fixture->jonas, fixture->mara, LF_TEST_NOW_US, &is_new, &error);
  g_autoptr (LfWireConversation)      nobody = NULL;
  g_autoptr (LfWireConversation)      oneself = NULL;
  g_autoptr (LfWireConversationsPage) page = NULL;

  g_test_summary ("A pair has one conversation, whoever opens it; nobody sees it before something was said");
  g_assert_false (is_new);
  g_assert_cmpstr (again->id, ==, fixture->conversation);
  nobody = lf_store_chat_open (fixture->db, fixture->mara, "nobody", LF_TEST_NOW_US, &is_new, &error);
  g_assert_null (nobody);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
  g_clear_error (&error);
  oneself = lf_store_chat_open (fixture->db, fixture->mara, fixture->mara, LF_TEST_NOW_US, &is_new, &error);
  g_assert_null (oneself);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
  page = lf_store_chat_list (fixture->db, fixture->jonas, NULL, 10, NULL);
  g_assert_cmpuint (page->items->len, ==, 0);
}

static void
test_once (Fixture *fixture, gconstpointer unused)
{
  gboolean is_new = FALSE;

  g_test_summary ("A message is stored once; its id with another body, or of another person, is a conflict");
  g_assert_cmpint (put (fixture, fixture->mara, FIRST_ID, "Hello", &is_new), ==, 1);
  g_assert_true (is_new);
  g_assert_cmpint (put (fixture, fixture->mara, FIRST_ID, "Hello", &is_new), ==, 1);
  g_assert_false (is_new);
  g_assert_cmpint (put (fixture, fixture->mara, FIRST_ID, "Hello!", &is_new), ==, -LF_PROBLEM_CONFLICT);
  g_assert_cmpint (put (fixture, fixture->jonas, FIRST_ID, "Hello", &is_new), ==, -LF_PROBLEM_CONFLICT);
  g_assert_cmpint (put (fixture, fixture->jonas, SECOND_ID, "Hi", &is_new), ==, 2);
  g_assert_cmpint (put (fixture, fixture->priya, SECOND_ID, "Hi", &is_new), ==, -LF_PROBLEM_NOT_FOUND);
}

static void
test_unread (Fixture *fixture, gconstpointer unused)
{
  gboolean                       is_new = FALSE;
  g_autoptr (LfWireConversation) before = NULL;
  g_autoptr (LfWireConversation) after = NULL;
  g_autoptr (LfWireConversation) seen = NULL;

  g_test_summary ("Unread are the other's messages behind one's own mark; marks only rise");
  put (fixture, fixture->mara, FIRST_ID, "Hello", &is_new);
  put (fixture, fixture->mara, SECOND_ID, "Are you there?", &is_new);
  before = get (fixture, fixture->jonas);
  g_assert_cmpint (before->unread, ==, 2);
  g_assert_cmpstr (before->last_message->body, ==, "Are you there?");
  mark_read (fixture, fixture->jonas, 2, TRUE, TRUE);
  mark_read (fixture, fixture->jonas, 1, FALSE, TRUE);
  after = get (fixture, fixture->jonas);
  g_assert_cmpint (after->unread, ==, 0);
  seen = get (fixture, fixture->mara);
  g_assert_cmpint (seen->unread, ==, 0);
  g_assert_cmpint (find_member (seen, fixture->jonas)->read_seq, ==, 2);
  g_assert_cmpint (find_member (seen, fixture->jonas)->delivered_seq, ==, 2);
}

static void
test_mark_too_high (Fixture *fixture, gconstpointer unused)
{
  LfChatMark         mark = { 0 };
  gboolean           is_new = FALSE;
  g_autoptr (GError) error = NULL;

  g_test_summary ("A mark for a message that is not there is refused, and so is a stranger's");
  put (fixture, fixture->mara, FIRST_ID, "Hello", &is_new);
  g_assert_false (lf_store_chat_mark_delivered (fixture->db, fixture->jonas, fixture->conversation, 2, &mark, &error));
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_false (lf_store_chat_mark_delivered (fixture->db, fixture->priya, fixture->conversation, 1, &mark, &error));
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
}

static void
test_invisible_marks (Fixture *fixture, gconstpointer unused)
{
  gboolean                       is_new = FALSE;
  g_autoptr (LfWireConversation) hidden = NULL;
  g_autoptr (LfWireConversation) shown = NULL;
  g_autoptr (GPtrArray)          told = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_shown_marks_free);
  const LfShownMarks            *marks;

  g_test_summary ("Marks of an invisible person are kept, not shown; they appear when the person does, and that is to be told");
  put (fixture, fixture->mara, FIRST_ID, "Hello", &is_new);
  g_assert_true (lf_store_presence_set_visibility (fixture->db, fixture->jonas, TRUE, NULL, NULL));
  mark_read (fixture, fixture->jonas, 1, TRUE, FALSE);
  hidden = get (fixture, fixture->mara);
  g_assert_cmpint (find_member (hidden, fixture->jonas)->read_seq, ==, 0);
  g_assert_cmpint (find_member (hidden, fixture->jonas)->delivered_seq, ==, 0);
  g_assert_true (lf_store_presence_set_visibility (fixture->db, fixture->jonas, FALSE, told, NULL));
  g_assert_cmpuint (told->len, ==, 1);
  marks = told->pdata[0];
  g_assert_cmpstr (marks->conversation, ==, fixture->conversation);
  g_assert_cmpint (marks->delivered_seq, ==, 1);
  g_assert_cmpint (marks->read_seq, ==, 1);
  g_assert_cmpuint (g_strv_length (marks->members), ==, 2);
  shown = get (fixture, fixture->mara);
  g_assert_cmpint (find_member (shown, fixture->jonas)->read_seq, ==, 1);
}

static void
test_block (Fixture *fixture, gconstpointer unused)
{
  gboolean                       is_new = FALSE;
  gboolean                       is_shown = TRUE;
  g_auto (GStrv)                 members = NULL;
  g_autoptr (LfWireConversation) reopened = NULL;
  g_autoptr (GError)             error = NULL;

  g_test_summary ("Who is blocked finds nobody to write to; who blocked is told to undo it; history stays");
  put (fixture, fixture->mara, FIRST_ID, "Hello", &is_new);
  g_assert_true (lf_store_presence_set_blocked (fixture->db, fixture->jonas, fixture->mara, TRUE, NULL, NULL));
  g_assert_cmpint (put (fixture, fixture->mara, SECOND_ID, "Why?", &is_new), ==, -LF_PROBLEM_NOT_FOUND);
  g_assert_cmpint (put (fixture, fixture->jonas, SECOND_ID, "No", &is_new), ==, -LF_PROBLEM_CONFLICT);
  g_assert_cmpint (put (fixture, fixture->mara, FIRST_ID, "Hello", &is_new), ==, 1);
  members = lf_store_chat_get_members (fixture->db, fixture->jonas, fixture->conversation, &is_shown, NULL);
  g_assert_false (is_shown);
  g_clear_pointer (&members, g_strfreev);
  members = lf_store_chat_get_members (fixture->db, fixture->mara, fixture->conversation, &is_shown, NULL);
  g_assert_false (is_shown);
  mark_read (fixture, fixture->jonas, 1, TRUE, FALSE);
  reopened = lf_store_chat_open (fixture->db, fixture->mara, fixture->jonas, LF_TEST_NOW_US, &is_new, &error);
  g_assert_null (reopened);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);

  g_assert_true (lf_store_presence_set_blocked (fixture->db, fixture->jonas, fixture->mara, FALSE, NULL, NULL));
  g_assert_cmpint (put (fixture, fixture->mara, SECOND_ID, "Why?", &is_new), ==, 2);
}

static void
test_history (Fixture *fixture, gconstpointer unused)
{
  gint64   before = 0;
  gint64   expected = 25;
  guint    n_pages = 0;
  gboolean is_new = FALSE;

  g_test_summary ("History goes back page by page, without gap and without doubles");
  for (guint i = 1; i <= 25; i++)
    {
      g_autofree char *id = g_uuid_string_random ();
      g_autofree char *body = g_strdup_printf ("message %u", i);

      g_assert_cmpint (put (fixture, i % 2 ? fixture->mara : fixture->jonas, id, body, &is_new), ==, i);
    }
  do
    {
      g_autoptr (GError)             error = NULL;
      g_autoptr (LfWireMessagesPage) page = lf_store_chat_history (fixture->db, fixture->jonas, fixture->conversation, before, 10, &error);

      g_assert_no_error (error);
      for (guint i = 0; i < page->items->len; i++)
        g_assert_cmpint (((LfWireMessage *) g_ptr_array_index (page->items, i))->seq, ==, expected--);
      n_pages++;
      before = page->next != NULL ? g_ascii_strtoll (page->next, NULL, 10) : 0;
    }
  while (before != 0);
  g_assert_cmpint (expected, ==, 0);
  g_assert_cmpuint (n_pages, ==, 3);
}

static void
test_list (void)
{
  g_autoptr (LfDb)                    db = lf_test_db_new ();
  g_autofree char                    *mara = lf_test_db_add (db, "mara", "Mara Klein", NULL);
  g_autofree char                    *cursor = NULL;
  g_autoptr (GHashTable)              seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError)                  error = NULL;
  g_autoptr (LfWireConversationsPage) bad = NULL;

  g_test_summary ("Conversations are listed latest first, page by page, though several are equally late");
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char               *login = g_strdup_printf ("p%u", i);
      g_autofree char               *other = lf_test_db_add (db, login, login, NULL);
      g_autofree char               *id = g_uuid_string_random ();
      gboolean                       is_new = FALSE;
      g_auto (GStrv)                 members = NULL;
      g_autoptr (LfWireConversation) opened = lf_store_chat_open (db, mara, other, LF_TEST_NOW_US, &is_new, NULL);
      g_autoptr (LfWireMessage)      message = lf_store_chat_put (db, mara, opened->id, id, "x", LF_TEST_NOW_US + (i / 4) * LF_SECOND, &is_new, &members, NULL);

      g_assert_nonnull (message);
    }
  do
    {
      g_autoptr (LfWireConversationsPage) page = lf_store_chat_list (db, mara, cursor, 5, &error);
      gint64                              last_us = G_MAXINT64;

      g_assert_no_error (error);
      for (guint i = 0; i < page->items->len; i++)
        {
          const LfWireConversation *conversation = g_ptr_array_index (page->items, i);

          g_assert_cmpint (conversation->last_message->sent_at_us, <=, last_us);
          last_us = conversation->last_message->sent_at_us;
          g_assert_true (g_hash_table_add (seen, g_strdup (conversation->id)));
        }
      g_free (cursor);
      cursor = g_strdup (page->next);
    }
  while (cursor != NULL);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 12);

  bad = lf_store_chat_list (db, mara, "made-up", 5, &error);
  g_assert_null (bad);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
}

static void
test_snapshot (Fixture *fixture, gconstpointer unused)
{
  LfWireContact       contact = { .user = fixture->jonas, .is_favourite = TRUE };
  LfWireGroup         group = { .id = (char *) "g1", .name = (char *) "Friends" };
  gint64              revision = 0;
  gboolean            is_new = FALSE;
  g_autoptr (GError)  error = NULL;
  g_autoptr (GBytes)  text = NULL;
  g_autoptr (LfFrame) frame = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  LfWireSnapshot     *snapshot;

  g_test_summary ("What a snapshot needs is read in one go, and stands on the wire");
  put (fixture, fixture->jonas, FIRST_ID, "Hello", &is_new);
  g_assert_true (lf_store_roster_put (fixture->db, fixture->mara, &contact, -1, LF_TEST_NOW_US, &revision, &is_new, &error));
  g_assert_true (lf_store_roster_put_group (fixture->db, fixture->mara, &group, -1, &revision, &is_new, &error));
  snapshot = lf_store_read_snapshot (fixture->db, fixture->mara, LF_TEST_NOW_US, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (snapshot->me->person.login, ==, "mara");
  g_assert_cmpuint (snapshot->groups->len, ==, 1);
  g_assert_cmpuint (snapshot->contacts->len, ==, 1);
  g_assert_cmpuint (snapshot->conversations->len, ==, 1);
  g_assert_cmpint (((LfWireConversation *) g_ptr_array_index (snapshot->conversations, 0))->unread, ==, 1);
  lf_frame_encode (LF_FRAME_SNAPSHOT, snapshot, out);
  frame = lf_frame_decode (out->str, out->len, &lf_json_limits_frame, &error);
  g_assert_no_error (error);
  lf_codec_free (lf_frame_get_schema (LF_FRAME_SNAPSHOT), snapshot);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store-chat/open", test_open);
  ADD ("/store-chat/put/once", test_once);
  ADD ("/store-chat/put/block", test_block);
  ADD ("/store-chat/marks/unread", test_unread);
  ADD ("/store-chat/marks/too-high", test_mark_too_high);
  ADD ("/store-chat/marks/invisible", test_invisible_marks);
  ADD ("/store-chat/history", test_history);
  g_test_add_func ("/store-chat/list", test_list);
  ADD ("/store-chat/snapshot", test_snapshot);

  return g_test_run ();
}

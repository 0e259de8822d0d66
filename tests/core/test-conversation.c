/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-conversation.h"
#include "lf-test-util.h"

typedef struct
{
  LfConversation *chat;
  GString        *log;    /* properties that changed */
  GPtrArray      *mirror; /* what a view would show, kept by items-changed alone */
} Fixture;

static void
on_notify (LfConversation *chat,
           GParamSpec     *pspec,
           Fixture        *fixture)
{
  g_string_append_printf (fixture->log, "%s ", pspec->name);
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Fixture    *fixture)
{
  if (n_removed > 0)
    g_ptr_array_remove_range (fixture->mirror, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (fixture->mirror, (int) (position + i), g_list_model_get_item (model, position + i));
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->chat = lf_conversation_new ("c1", "me", "anna");
  fixture->log = g_string_new (NULL);
  fixture->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (fixture->chat, "notify", G_CALLBACK (on_notify), fixture);
  g_signal_connect (fixture->chat, "items-changed", G_CALLBACK (on_items_changed), fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_assert_finalize_object (fixture->chat);
  g_ptr_array_unref (fixture->mirror);
  g_string_free (fixture->log, TRUE);
}

#define assert_log(fixture, expected)                    \
  G_STMT_START                                           \
  {                                                      \
    g_assert_cmpstr ((fixture)->log->str, ==, expected); \
    g_string_truncate ((fixture)->log, 0);               \
  }                                                      \
  G_STMT_END

static gboolean
apply (Fixture    *fixture,
       const char *id,
       const char *sender,
       gint64      seq)
{
  g_autoptr (LfMessage) message = lf_message_new (id, "c1", sender, "text", seq, seq * LF_SECOND);

  return lf_conversation_apply_message (fixture->chat, message);
}

static LfMessageItem *
add_pending (Fixture    *fixture,
             const char *id)
{
  g_autoptr (LfMessage) message = lf_message_new (id, "c1", "me", "text", 0, 99 * LF_SECOND);

  return lf_conversation_add_pending (fixture->chat, message);
}

static void
summarise (Fixture    *fixture,
           gint64      last_seq,
           guint       unread,
           const char *last_id)
{
  g_autoptr (LfMessage) message = NULL;

  if (last_id != NULL)
    message = lf_message_new (last_id, "c1", "anna", "text", last_seq, 0);
  lf_conversation_apply_summary (fixture->chat, last_seq, lf_conversation_get_own_read_seq (fixture->chat), unread, message);
}

/* The ids in order, as the model has them and as a view that followed it has them; own ones with
 * their state: p(ending), f(ailed), s(ent), d(elivered), r(ead). */
static void
assert_items (Fixture    *fixture,
              const char *expected)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  GListModel         *model = G_LIST_MODEL (fixture->chat);
  guint               n_items = g_list_model_get_n_items (model);

  g_assert_cmpuint (n_items, ==, fixture->mirror->len);
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (LfMessageItem) item = g_list_model_get_item (model, i);

      g_assert_true (item == g_ptr_array_index (fixture->mirror, i));
      g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", lf_message_item_get_message (item)->id);
      if (lf_message_item_get_is_own (item))
        g_string_append_c (ids, "pfsdr"[lf_message_item_get_state (item)]);
      else
        g_assert_cmpint (lf_message_item_get_state (item), ==, LF_MESSAGE_SENT);
    }
  g_assert_null (g_list_model_get_item (model, n_items));
  g_assert_cmpstr (ids->str, ==, expected);
}

static const char *
last_id (Fixture *fixture)
{
  LfMessage *last = lf_conversation_get_last_message (fixture->chat);

  return last != NULL ? last->id : NULL;
}

static void
test_order (Fixture      *fixture,
            gconstpointer data)
{
  g_test_summary ("Messages stand by sequence number, however they arrive, and each once");
  g_assert_true (apply (fixture, "m5", "anna", 5));
  g_assert_true (apply (fixture, "m6", "me", 6));
  g_assert_true (apply (fixture, "m3", "anna", 3));
  g_assert_true (apply (fixture, "m4", "me", 4));
  g_assert_false (apply (fixture, "m4", "me", 4));
  g_assert_false (apply (fixture, "m4", "me", 7));
  assert_items (fixture, "m3 m4s m5 m6s");
  g_assert_cmpint (lf_conversation_get_oldest_seq (fixture->chat), ==, 3);
  g_assert_cmpint (lf_conversation_get_last_seq (fixture->chat), ==, 6);
  g_assert_cmpstr (last_id (fixture), ==, "m6");
  g_assert_nonnull (lf_conversation_lookup (fixture->chat, "m3"));
  g_assert_null (lf_conversation_lookup (fixture->chat, "m9"));
}

static void
test_hostile (Fixture      *fixture,
              gconstpointer data)
{
  g_test_summary ("A second message with a number that is taken, or with none, is ignored");
  apply (fixture, "m1", "anna", 1);
  g_assert_false (apply (fixture, "other", "anna", 1));
  g_assert_false (apply (fixture, "zero", "anna", 0));
  assert_items (fixture, "m1");
  g_assert_null (lf_conversation_lookup (fixture->chat, "other"));

  /* Somebody else uses the id of what we are about to send: ours stays ours. */
  add_pending (fixture, "mine");
  g_assert_false (apply (fixture, "mine", "anna", 2));
  assert_items (fixture, "m1 minep");
}

static void
test_pending (Fixture      *fixture,
              gconstpointer data)
{
  LfMessageItem *a, *b;

  g_test_summary ("What waits stands at the end and takes its place when the server has stored it");
  apply (fixture, "m1", "anna", 1);
  a = add_pending (fixture, "a");
  b = add_pending (fixture, "b");
  g_assert_true (add_pending (fixture, "a") == a);
  assert_items (fixture, "m1 ap bp");
  g_assert_cmpstr (last_id (fixture), ==, "b");

  /* Another's message comes before what still waits; the second is stored first. */
  apply (fixture, "m2", "anna", 2);
  assert_items (fixture, "m1 m2 ap bp");
  g_assert_false (apply (fixture, "b", "me", 3));
  assert_items (fixture, "m1 m2 bs ap");
  g_assert_true (lf_conversation_lookup (fixture->chat, "b") == b);
  g_assert_cmpint (lf_message_item_get_message (b)->sent_at_us, ==, 3 * LF_SECOND);
  g_assert_false (apply (fixture, "a", "me", 4));
  assert_items (fixture, "m1 m2 bs as");
  g_assert_false (apply (fixture, "a", "me", 4));
  assert_items (fixture, "m1 m2 bs as");
  g_assert_cmpstr (last_id (fixture), ==, "a");
}

static void
test_failed (Fixture      *fixture,
             gconstpointer data)
{
  g_test_summary ("A refused message says so, may be sent again, and is not refused once it is stored");
  add_pending (fixture, "a");
  lf_conversation_set_failed (fixture->chat, "a");
  assert_items (fixture, "af");
  lf_conversation_set_pending (fixture->chat, "a");
  assert_items (fixture, "ap");
  apply (fixture, "a", "me", 1);
  lf_conversation_set_failed (fixture->chat, "a");
  lf_conversation_set_pending (fixture->chat, "a");
  lf_conversation_set_failed (fixture->chat, "nobody");
  assert_items (fixture, "as");
}

static void
test_restart (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (LfMessage) same = lf_message_new ("a", "c1", "me", "Hello", 1, 0);
  g_autoptr (LfMessage) other = lf_message_new ("z", "c1", "anna", "Hello", 1, 0);
  LfMessageItem        *item;

  g_test_summary ("A server that was set back contradicts; what it held is forgotten, what waits stays in order, under the new id");
  apply (fixture, "a", "me", 1);
  apply (fixture, "b", "anna", 2);
  lf_conversation_apply_summary (fixture->chat, 2, 0, 1, NULL);
  lf_conversation_apply_read (fixture->chat, "anna", 2);
  add_pending (fixture, "c");
  add_pending (fixture, "d");
  lf_conversation_set_failed (fixture->chat, "c");
  g_assert_false (lf_conversation_contradicts (fixture->chat, same));
  g_assert_true (lf_conversation_contradicts (fixture->chat, other));

  lf_conversation_restart (fixture->chat, "c2");
  assert_items (fixture, "cf dp");
  g_assert_cmpstr (lf_conversation_get_id (fixture->chat), ==, "c2");
  g_assert_cmpint (lf_conversation_get_last_seq (fixture->chat), ==, 0);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 0);
  item = lf_conversation_lookup (fixture->chat, "d");
  g_assert_cmpstr (lf_message_item_get_message (item)->conversation, ==, "c2");
  g_assert_true (lf_conversation_has_waiting (fixture->chat));
  g_assert_false (lf_conversation_contradicts (fixture->chat, other));
  apply (fixture, "z", "anna", 1);
  apply (fixture, "d", "me", 2); /* not read: the marks are forgotten as well */
  assert_items (fixture, "z ds cf");
  lf_conversation_restart (fixture->chat, "c2");
  assert_items (fixture, "cf");
}

static void
test_marks (Fixture      *fixture,
            gconstpointer data)
{
  g_test_summary ("The other side's marks move own messages on, never back, and hold for later ones");
  apply (fixture, "m1", "me", 1);
  apply (fixture, "m2", "anna", 2);
  apply (fixture, "m3", "me", 3);
  apply (fixture, "m4", "me", 4);
  lf_conversation_apply_delivered (fixture->chat, "anna", 3);
  assert_items (fixture, "m1d m2 m3d m4s");
  lf_conversation_apply_read (fixture->chat, "anna", 1);
  assert_items (fixture, "m1r m2 m3d m4s");
  lf_conversation_apply_read (fixture->chat, "anna", 4);
  lf_conversation_apply_delivered (fixture->chat, "anna", 4);
  lf_conversation_apply_read (fixture->chat, "anna", 2);
  assert_items (fixture, "m1r m2 m3r m4r");
  lf_conversation_apply_delivered (fixture->chat, "me", 9);
  lf_conversation_apply_read (fixture->chat, "somebody", 9);
  lf_conversation_apply_delivered (fixture->chat, "anna", 6);
  apply (fixture, "m5", "me", 5);
  apply (fixture, "m7", "me", 7);
  assert_items (fixture, "m1r m2 m3r m4r m5d m7s");
  add_pending (fixture, "m6");
  apply (fixture, "m6", "me", 6);
  assert_items (fixture, "m1r m2 m3r m4r m5d m6d m7s");
}

static void
test_unread (Fixture      *fixture,
             gconstpointer data)
{
  g_test_summary ("Another's new message is unread; own ones, history and what was read elsewhere are not");
  summarise (fixture, 10, 3, "m10");
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 3);
  for (int seq = 10; seq > 5; seq--)
    {
      g_autofree char *id = g_strdup_printf ("m%d", seq);

      apply (fixture, id, "anna", seq); /* history */
    }
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 3);
  apply (fixture, "m11", "anna", 11);
  apply (fixture, "m12", "me", 12);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 4);

  lf_conversation_apply_read (fixture->chat, "me", 9);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 2); /* 10 and 11 */
  lf_conversation_apply_read (fixture->chat, "me", 8);
  g_assert_cmpint (lf_conversation_get_own_read_seq (fixture->chat), ==, 9);
  lf_conversation_apply_read (fixture->chat, "me", 12);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 0);
  summarise (fixture, 12, 3, NULL); /* the server has not heard of it yet */
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 0);

  lf_conversation_apply_read (fixture->chat, "me", 13); /* read elsewhere before it arrives here */
  apply (fixture, "m13", "anna", 13);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 0);
}

static void
test_unread_estimate (Fixture      *fixture,
                      gconstpointer data)
{
  g_test_summary ("Where not everything after the read mark is held, unread is bounded by what can be");
  summarise (fixture, 100, 40, "m100");
  lf_conversation_apply_read (fixture->chat, "me", 50);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 40);
  lf_conversation_apply_read (fixture->chat, "me", 95);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 5);
  lf_conversation_apply_read (fixture->chat, "me", 100);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 0);
}

/* A server that was set back forgot that the first was read, and got the third before its snapshot. */
static void
test_unread_read_here (Fixture      *fixture,
                       gconstpointer data)
{
  g_test_summary ("What was read here, and the server has not heard of, is not counted by it");
  apply (fixture, "m1", "anna", 1);
  lf_conversation_apply_read (fixture->chat, "me", 1);
  apply (fixture, "m3", "me", 3);
  lf_conversation_apply_summary (fixture->chat, 3, 0, 1, NULL);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 0);
  lf_conversation_apply_summary (fixture->chat, 3, 0, 2, NULL);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 1);
  apply (fixture, "m2", "anna", 2);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 1);
}

static void
test_unread_gap_filled (Fixture      *fixture,
                        gconstpointer data)
{
  g_test_summary ("An estimate ends when everything after the read mark is held");
  apply (fixture, "m1", "anna", 1);
  lf_conversation_apply_read (fixture->chat, "me", 1);
  apply (fixture, "m4", "me", 4);
  lf_conversation_apply_summary (fixture->chat, 4, 1, 2, NULL);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 2);
  apply (fixture, "m3", "me", 3);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 2);
  apply (fixture, "m2", "anna", 2);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 1);
}

static void
test_unread_old_list (Fixture      *fixture,
                      gconstpointer data)
{
  g_test_summary ("A list that is older than what came live meanwhile does not take it back");
  apply (fixture, "m1", "anna", 1);
  apply (fixture, "m2", "anna", 2);
  apply (fixture, "m3", "me", 3);
  summarise (fixture, 1, 1, "m1");
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 2);
  apply (fixture, "m4", "anna", 4);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 3);

  apply (fixture, "m21", "anna", 21); /* what lies before it is not held */
  apply (fixture, "m22", "anna", 22);
  summarise (fixture, 20, 12, NULL);
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 14);
  lf_conversation_apply_read (fixture->chat, "me", 21);
  summarise (fixture, 20, 12, NULL); /* asked before it was read */
  g_assert_cmpuint (lf_conversation_get_unread (fixture->chat), ==, 1);
}

static void
test_last_message (Fixture      *fixture,
                   gconstpointer data)
{
  g_test_summary ("The last message is the newest heard of, and before all what the user has just written");
  g_assert_null (lf_conversation_get_last_message (fixture->chat));
  summarise (fixture, 0, 0, NULL);
  g_assert_null (lf_conversation_get_last_message (fixture->chat));
  summarise (fixture, 10, 0, "m10");
  g_assert_cmpstr (last_id (fixture), ==, "m10");
  assert_items (fixture, "");
  apply (fixture, "m9", "anna", 9);
  g_assert_cmpstr (last_id (fixture), ==, "m10");
  apply (fixture, "m11", "anna", 11);
  g_assert_cmpstr (last_id (fixture), ==, "m11");
  summarise (fixture, 10, 0, "m10");
  g_assert_cmpstr (last_id (fixture), ==, "m11");
  add_pending (fixture, "mine");
  g_assert_cmpstr (last_id (fixture), ==, "mine");
}

static void
test_gap (Fixture      *fixture,
          gconstpointer data)
{
  g_test_summary ("What a cut stream missed is found, newest hole first; older history is no hole");
  g_assert_cmpint (lf_conversation_get_gap_before (fixture->chat), ==, 0);
  summarise (fixture, 9, 0, NULL);
  g_assert_cmpint (lf_conversation_get_gap_before (fixture->chat), ==, 0);
  apply (fixture, "m9", "anna", 9);
  apply (fixture, "m10", "anna", 10);
  g_assert_cmpint (lf_conversation_get_gap_before (fixture->chat), ==, 0);
  summarise (fixture, 20, 0, NULL);
  g_assert_cmpint (lf_conversation_get_gap_before (fixture->chat), ==, 21);
  apply (fixture, "m20", "anna", 20);
  apply (fixture, "m19", "anna", 19);
  g_assert_cmpint (lf_conversation_get_gap_before (fixture->chat), ==, 19);
  add_pending (fixture, "mine");
  g_assert_cmpint (lf_conversation_get_gap_before (fixture->chat), ==, 19);
  for (int seq = 11; seq < 19; seq++)
    {
      g_autofree char *id = g_strdup_printf ("m%d", seq);

      apply (fixture, id, "anna", seq);
    }
  g_assert_cmpint (lf_conversation_get_gap_before (fixture->chat), ==, 0);
}

static void
test_properties (Fixture      *fixture,
                 gconstpointer data)
{
  g_autofree char *other_name = NULL;
  guint            unread = 0;

  g_test_summary ("Properties are notified on change alone");
  g_assert_cmpstr (lf_conversation_get_id (fixture->chat), ==, "c1");
  g_assert_cmpstr (lf_conversation_get_other (fixture->chat), ==, "anna");
  g_assert_cmpstr (lf_conversation_get_other_name (fixture->chat), ==, "anna");
  for (guint round = 0; round < 2; round++)
    {
      lf_conversation_set_other_name (fixture->chat, "Anna Lind");
      lf_conversation_set_draft (fixture->chat, "Hel");
      lf_conversation_set_has_more (fixture->chat, TRUE);
      assert_log (fixture, round == 0 ? "other-name draft has-more " : "");
    }
  lf_conversation_set_draft (fixture->chat, "");
  g_assert_null (lf_conversation_get_draft (fixture->chat));
  assert_log (fixture, "draft ");
  g_assert_true (lf_conversation_get_has_more (fixture->chat));

  apply (fixture, "m1", "anna", 1);
  assert_log (fixture, "unread last-message ");
  g_object_get (fixture->chat, "other-name", &other_name, "unread", &unread, NULL);
  g_assert_cmpstr (other_name, ==, "Anna Lind");
  g_assert_cmpuint (unread, ==, 1);
}

static void
test_typing (Fixture      *fixture,
             gconstpointer data)
{
  g_test_summary ("Typing is told once, and ends with a message of the other side, not with an own one");
  lf_conversation_apply_typing (fixture->chat);
  lf_conversation_apply_typing (fixture->chat);
  g_assert_true (lf_conversation_get_is_typing (fixture->chat));
  assert_log (fixture, "is-typing ");
  apply (fixture, "m1", "me", 1);
  g_assert_true (lf_conversation_get_is_typing (fixture->chat));
  apply (fixture, "m2", "anna", 2);
  g_assert_false (lf_conversation_get_is_typing (fixture->chat));
  lf_conversation_apply_typing (fixture->chat); /* the timer goes with the conversation */
}

static void
test_typing_ends (Fixture      *fixture,
                  gconstpointer data)
{
  gint64 start_us = g_get_monotonic_time ();

  g_test_summary ("Typing ends by itself 6 s after the last sign");
  lf_conversation_apply_typing (fixture->chat);
  lf_wait_until (!lf_conversation_get_is_typing (fixture->chat), 30000);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 6 * LF_SECOND - 10000);
  assert_log (fixture, "is-typing is-typing ");
}

static void
test_random (Fixture      *fixture,
             gconstpointer data)
{
  enum
  {
    N_MESSAGES = 60,
  };
  gboolean is_stored[N_MESSAGES + 1] = { FALSE };

  g_test_summary ("After any arrivals and acknowledgements a view that follows has the same list, in order");
  for (guint step = 0; step < 2000; step++)
    {
      int              seq = g_test_rand_int_range (1, N_MESSAGES + 1);
      gboolean         is_own = seq % 2 == 0;
      g_autofree char *id = g_strdup_printf ("m%d", seq);
      gint64           before = 0;
      GListModel      *model = G_LIST_MODEL (fixture->chat);

      if (is_own && !is_stored[seq] && g_test_rand_bit ())
        add_pending (fixture, id);
      else if (g_test_rand_int_range (0, 10) == 0)
        {
          apply (fixture, id, is_own ? "me" : "anna", seq);
          is_stored[seq] = TRUE;
        }

      g_assert_cmpuint (g_list_model_get_n_items (model), ==, fixture->mirror->len);
      for (guint i = 0; i < fixture->mirror->len; i++)
        {
          g_autoptr (LfMessageItem) item = g_list_model_get_item (model, i);
          gint64                    at = lf_message_item_get_message (item)->seq;

          g_assert_true (item == g_ptr_array_index (fixture->mirror, i));
          if (at == 0)
            before = G_MAXINT64; /* nothing with a number comes after this */
          else
            {
              g_assert_cmpint (at, >, before);
              before = at;
            }
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/conversation/order", test_order);
  ADD ("/conversation/hostile", test_hostile);
  ADD ("/conversation/pending", test_pending);
  ADD ("/conversation/failed", test_failed);
  ADD ("/conversation/restart", test_restart);
  ADD ("/conversation/marks", test_marks);
  ADD ("/conversation/unread/count", test_unread);
  ADD ("/conversation/unread/estimate", test_unread_estimate);
  ADD ("/conversation/unread/read-here", test_unread_read_here);
  ADD ("/conversation/unread/gap-filled", test_unread_gap_filled);
  ADD ("/conversation/unread/old-list", test_unread_old_list);
  ADD ("/conversation/last-message", test_last_message);
  ADD ("/conversation/gap", test_gap);
  ADD ("/conversation/properties", test_properties);
  ADD ("/conversation/typing/told", test_typing);
  ADD ("/conversation/typing/ends", test_typing_ends);
  ADD ("/conversation/random", test_random);
#undef ADD
  return g_test_run ();
}

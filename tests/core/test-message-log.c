/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-message-log.h"

static LfMessageItem *
add (LfMessageLog *log,
     const char   *id,
     gint64        seq)
{
  g_autoptr (LfMessage) message = lf_message_new (id, "c1", "me", "text", seq, 0);
  LfMessageItem        *item = lf_message_item_new (message, LF_MESSAGE_PENDING, TRUE);

  lf_message_log_add (log, item);
  return item;
}

static char *
describe (LfMessageLog *log)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lf_message_log_get_n_items (log); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            lf_message_item_get_message (lf_message_log_get_item (log, i))->id);
  return g_string_free (text, FALSE);
}

#define assert_log(log, expected)                \
  G_STMT_START                                   \
  {                                              \
    g_autofree char *described = describe (log); \
    g_assert_cmpstr (described, ==, expected);   \
  }                                              \
  G_STMT_END

static void
test_find (void)
{
  g_autoptr (LfMessageLog) log = lf_message_log_new ();

  g_test_summary ("A sequence number is found where it is, or where it would be, before what waits");
  g_assert_cmpuint (lf_message_log_find (log, 5), ==, 0);
  add (log, "waits", 0);
  g_assert_cmpuint (lf_message_log_find (log, 5), ==, 0);
  add (log, "m7", 7);
  add (log, "m3", 3);
  assert_log (log, "m3 m7 waits");
  g_assert_cmpuint (lf_message_log_get_n_sequenced (log), ==, 2);
  g_assert_cmpuint (lf_message_log_find (log, 3), ==, 0);
  g_assert_cmpuint (lf_message_log_find (log, 4), ==, 1);
  g_assert_cmpuint (lf_message_log_find (log, 8), ==, 2);
  g_assert_true (lf_message_log_has_seq (log, 7));
  g_assert_false (lf_message_log_has_seq (log, 5));
  g_assert_false (lf_message_log_has_seq (log, 0));
  g_assert_cmpint (lf_message_log_get_seq (log, 1), ==, 7);
  g_assert_cmpint (lf_message_log_get_seq (log, 2), ==, 0);
  g_assert_null (lf_message_log_get_item (log, 3));
  g_assert_nonnull (lf_message_log_lookup (log, "waits"));
}

static void
test_move_up (void)
{
  g_autoptr (LfMessageLog) log = lf_message_log_new ();
  g_autoptr (LfMessage)    stored = lf_message_new ("b", "c1", "me", "text", 4, 0);
  LfMessageItem           *item;
  guint                    from;

  g_test_summary ("What gets its number moves from where it waited to its place");
  add (log, "m3", 3);
  add (log, "m5", 5);
  add (log, "a", 0);
  item = add (log, "b", 0);
  assert_log (log, "m3 m5 a b");
  lf_message_item_set_message (item, stored);
  g_assert_cmpuint (lf_message_log_move_up (log, item, &from), ==, 1);
  g_assert_cmpuint (from, ==, 3);
  assert_log (log, "m3 b m5 a");
  g_assert_cmpuint (lf_message_log_get_n_sequenced (log), ==, 3);
  g_assert_true (lf_message_log_lookup (log, "b") == item);
}

static void
test_gap (void)
{
  g_autoptr (LfMessageLog) log = lf_message_log_new ();

  g_test_summary ("The newest hole is found first, that behind the last item before all");
  g_assert_cmpint (lf_message_log_get_gap_before (log, 9), ==, 0);
  add (log, "m1", 1);
  add (log, "m4", 4);
  add (log, "m5", 5);
  add (log, "m8", 8);
  g_assert_cmpint (lf_message_log_get_gap_before (log, 9), ==, 10);
  g_assert_cmpint (lf_message_log_get_gap_before (log, 8), ==, 8);
  add (log, "m7", 7);
  add (log, "m6", 6);
  g_assert_cmpint (lf_message_log_get_gap_before (log, 8), ==, 4);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-log/find", test_find);
  g_test_add_func ("/message-log/move-up", test_move_up);
  g_test_add_func ("/message-log/gap", test_gap);
  return g_test_run ();
}

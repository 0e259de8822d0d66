/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-message.h"

static void
test_copies (void)
{
  char                  body[] = "Hello";
  g_autoptr (LfMessage) message = lf_message_new ("m1", "c1", "anna", body, 3, 4 * LF_SECOND);
  g_autoptr (LfMessage) same = g_boxed_copy (LF_TYPE_MESSAGE, message);

  g_test_summary ("A message keeps its own strings; a boxed copy is the same message");
  body[0] = 'X';
  g_assert_cmpstr (message->body, ==, "Hello");
  g_assert_cmpstr (message->id, ==, "m1");
  g_assert_cmpstr (message->conversation, ==, "c1");
  g_assert_cmpstr (message->sender, ==, "anna");
  g_assert_cmpint (message->seq, ==, 3);
  g_assert_cmpint (message->sent_at_us, ==, 4 * LF_SECOND);
  g_assert_true (same == message);
}

static void
test_body (void)
{
  g_autofree char    *longest = g_strnfill (LF_MESSAGE_MAX_CHARS, 'x');
  g_autofree char    *too_long = g_strnfill (LF_MESSAGE_MAX_CHARS + 1, 'x');
  g_autoptr (GString) wide = g_string_new (NULL);

  g_test_summary ("A body has 1 to 8000 characters, not bytes, is UTF-8 and not blank");
  g_assert_true (lf_message_body_is_valid ("x"));
  g_assert_true (lf_message_body_is_valid (" x\n"));
  g_assert_true (lf_message_body_is_valid (longest));
  g_assert_false (lf_message_body_is_valid (too_long));
  g_assert_false (lf_message_body_is_valid (NULL));
  g_assert_false (lf_message_body_is_valid (""));
  g_assert_false (lf_message_body_is_valid (" \t\n"));
  g_assert_false (lf_message_body_is_valid ("\xc2\xa0"));     /* a no-break space */
  g_assert_false (lf_message_body_is_valid ("caf\xe9"));      /* Latin-1 */
  g_assert_false (lf_message_body_is_valid ("\xed\xa0\x80")); /* half a surrogate pair */

  for (guint i = 0; i < LF_MESSAGE_MAX_CHARS; i++)
    g_string_append (wide, "😀");
  g_assert_true (lf_message_body_is_valid (wide->str));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/copies", test_copies);
  g_test_add_func ("/message/body", test_body);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-test-util.h"

/* Runs presence-vectors on a file of tests/data; (out) everything it said. Returns its exit code. */
static int
run (const char *name,
     char      **output,
     char      **complaint)
{
  g_autofree char   *program = g_test_build_filename (G_TEST_BUILT, "presence-vectors", NULL);
  g_autofree char   *file = lf_test_data_path (name);
  const char        *argv[] = { program, file, NULL };
  g_autoptr (GError) error = NULL;
  int                status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, output, complaint, &status, &error);
  g_assert_no_error (error);
  if (g_spawn_check_wait_status (status, &error))
    return 0;
  g_assert_error (error, G_SPAWN_EXIT_ERROR, error->code);
  return error->code;
}

static void
test_right (void)
{
  g_autofree char *output = NULL;
  g_autofree char *complaint = NULL;

  g_test_summary ("All cases of the project's vectors pass");
  g_assert_cmpint (run ("presence-vectors.json", &output, &complaint), ==, 0);
  g_assert_cmpstr (output, ==, "300 passed, 0 failed\n");
  g_assert_cmpstr (complaint, ==, "");
}

static void
test_wrong (void)
{
  g_autofree char *output = NULL;
  g_autofree char *complaint = NULL;

  g_test_summary ("A case that expects what must not be is named, counted, and ends with 1");
  g_assert_cmpint (run ("presence-vectors-wrong.json", &output, &complaint), ==, 1);
  g_assert_nonnull (strstr (output, "FAILED: wrong: a call is no meeting\n"));
  g_assert_nonnull (strstr (output, "status: expected in_a_meeting, got on_the_phone\n"));
  g_assert_true (g_str_has_suffix (output, "1 passed, 1 failed\n"));
}

static void
test_other (void)
{
  static const char *const names[] = { "README.md", "no-such-file.json" };

  g_test_summary ("Another file, or none, is refused with 2 and a message");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *output = NULL;
      g_autofree char *complaint = NULL;

      g_assert_cmpint (run (names[i], &output, &complaint), ==, 2);
      g_assert_cmpstr (output, ==, "");
      g_assert_nonnull (strstr (complaint, "is not a file of presence vectors: "));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vector-runner/right", test_right);
  g_test_add_func ("/vector-runner/wrong", test_wrong);
  g_test_add_func ("/vector-runner/other", test_other);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-fuzz.h"

/* Runs a target over the files of folders, without clang: every input that once was a finding, and
 * the examples from which the fuzzer starts. */

typedef struct
{
  char  *text;
  gsize  length;
  char **folders;
} Replay;

static void
run_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  g_autofree guint8 *exact = NULL;
  gsize              length;

  g_test_message ("%s", path);
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  exact = g_memdup2 (text, length); /* without the NUL behind it */
  g_assert_cmpint (LLVMFuzzerTestOneInput (exact, length), ==, 0);
}

static void
test_folder (gconstpointer data)
{
  const char           *folder = data;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GDir)      dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_test_summary ("Every committed input is refused or read, and what it gives holds");
  g_assert_no_error (error);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    if (!g_str_has_suffix (name, ".json")) /* what the calendars beside them mean */
      g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_assert_cmpuint (names->len, >, 0);
  g_ptr_array_sort (names, (GCompareFunc) (void (*) (void)) strcmp);
  for (guint i = 0; i < names->len; i++)
    run_file (g_ptr_array_index (names, i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *base = g_path_get_basename (argv[i]);
      g_autofree char *path = g_strconcat ("/fuzz/", base, "/seeds", NULL);

      g_test_add_data_func (path, argv[i], test_folder);
    }
  return g_test_run ();
}

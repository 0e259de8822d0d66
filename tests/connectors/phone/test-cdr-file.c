/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "lf-cdr-file.h"
#include "lf-test-util.h"

#define WAIT_MS 10000

typedef struct
{
  char         *folder;
  char         *path;
  LfCdrFile    *file;
  GString      *lines; /* that were told, each with "|" */
  LfCdrPosition first; /* of the last line */
  LfCdrPosition read;
  guint         n_emptied;
  guint         n_good;
  guint         n_faults;
  int           fault; /* code of GIOErrorEnum */
  gboolean      is_holding;
} Fixture;

static void
on_line (gpointer user_data, const char *line, const LfCdrPosition *at)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->lines, "%s|", line);
  fixture->first = *at;
  if (fixture->is_holding)
    lf_cdr_file_hold (fixture->file, TRUE);
}

static void
on_read (gpointer user_data, const LfCdrPosition *at)
{
  ((Fixture *) user_data)->read = *at;
}

static void
on_emptied (gpointer user_data, guint64 inode)
{
  ((Fixture *) user_data)->n_emptied++;
}

static void
on_state (gpointer user_data, const GError *error)
{
  Fixture *fixture = user_data;

  if (error == NULL)
    fixture->n_good++;
  else
    {
      fixture->n_faults++;
      fixture->fault = error->code;
    }
}

static const LfCdrFileFuncs funcs = { on_line, on_read, on_emptied, on_state };

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("lampfield-cdr-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "Master.csv", NULL);
  fixture->lines = g_string_new (NULL);
}

static void
stop (Fixture *fixture)
{
  lf_cdr_file_stop (fixture->file);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->file);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  stop (fixture);
  lf_test_remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_string_free (fixture->lines, TRUE);
}

static void
append (Fixture *fixture, const char *text)
{
  FILE *file = g_fopen (fixture->path, "a");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (text, 1, strlen (text), file), ==, strlen (text));
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
rotate (Fixture *fixture)
{
  g_autofree char *old = g_strconcat (fixture->path, ".1", NULL);

  g_assert_cmpint (g_rename (fixture->path, old), ==, 0);
}

static void
start (Fixture *fixture, const LfCdrPosition *from)
{
  g_string_truncate (fixture->lines, 0);
  fixture->n_good = 0;
  fixture->file = lf_cdr_file_new (fixture->path, from, &funcs, fixture);
  lf_cdr_file_start (fixture->file);
}

static void
expect (Fixture *fixture, const char *lines)
{
  lf_wait_until (strlen (fixture->lines->str) >= strlen (lines), WAIT_MS);
  g_assert_cmpstr (fixture->lines->str, ==, lines);
}

static void
test_follows (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("What is in the file at first is left out; each line that is added is told once it is whole, through renaming and emptying");
  append (fixture, "old\n");
  start (fixture, NULL);
  lf_wait_until (fixture->n_good == 1, WAIT_MS);
  g_assert_cmpint (fixture->read.offset, ==, 4);
  append (fixture, "one\r\n\ntwo\nth");
  expect (fixture, "one|two|");
  g_assert_cmpint (fixture->first.offset, ==, 10);
  lf_wait_until (fixture->read.offset == 14, WAIT_MS);
  append (fixture, "ree\n");
  expect (fixture, "one|two|three|");
  rotate (fixture);
  append (fixture, "four\n");
  expect (fixture, "one|two|three|four|");
  g_assert_cmpint (fixture->first.offset, ==, 0);
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  lf_wait_until (fixture->n_emptied == 1, WAIT_MS);
  append (fixture, "five\n");
  expect (fixture, "one|two|three|four|five|");
  g_assert_cmpuint (fixture->n_faults, ==, 0);
}

static void
test_bounds (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *longest = g_strnfill (LF_CDR_LINE_MAX_BYTES, 'a');
  g_autofree char *longer = g_strnfill (LF_CDR_LINE_MAX_BYTES + 1, 'b');
  g_autofree char *huge = g_strnfill (200 * 1000, 'c');
  g_autofree char *text = g_strconcat (longest, "\n", longer, "\n\xff\xfe\n", huge, "\nend\n", NULL);
  g_autofree char *expected = g_strconcat (longest, "|end|", NULL);

  g_test_summary ("Lines that are too long or not UTF-8 are left out, and the next one is read");
  append (fixture, "");
  g_test_expect_message ("lf-phone", G_LOG_LEVEL_WARNING, "*left out, 1 by now*");
  start (fixture, NULL);
  lf_wait_until (fixture->n_good == 1, WAIT_MS);
  append (fixture, text);
  expect (fixture, expected);
  g_test_assert_expected_messages ();
}

static void
test_comes_late (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A file that is not there, or is none, is told as a fault; when it comes it is read from its begin");
  start (fixture, NULL);
  lf_wait_until (fixture->n_faults == 1, WAIT_MS);
  g_assert_cmpint (fixture->fault, ==, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  lf_wait_until (fixture->n_faults == 2, WAIT_MS);
  g_assert_cmpint (fixture->fault, ==, G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
  append (fixture, "one\n");
  expect (fixture, "one|");
  g_assert_cmpuint (fixture->n_good, ==, 1);
}

static void
test_folder_comes_late (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "cdr-csv", NULL);

  g_test_summary ("The folder may come later, too");
  g_free (fixture->path);
  fixture->path = g_build_filename (folder, "Master.csv", NULL);
  start (fixture, NULL);
  lf_wait_until (fixture->n_faults == 1, WAIT_MS);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  append (fixture, "one\n");
  expect (fixture, "one|");
}

static void
test_goes_on (Fixture *fixture, gconstpointer unused)
{
  LfCdrPosition from;

  g_test_summary ("After a restart nothing is missing and nothing is told twice, even of a file that was renamed meanwhile");
  append (fixture, "");
  start (fixture, NULL);
  lf_wait_until (fixture->n_good == 1, WAIT_MS);
  append (fixture, "one\ntwo\n");
  expect (fixture, "one|two|");
  lf_wait_until (fixture->read.offset == 8, WAIT_MS);
  from = fixture->read;
  stop (fixture);
  append (fixture, "three\n");
  start (fixture, &from);
  expect (fixture, "three|");
  lf_wait_until (fixture->read.offset == 14, WAIT_MS);
  from = fixture->read;
  stop (fixture);
  append (fixture, "four\n");
  rotate (fixture);
  append (fixture, "five\n");
  start (fixture, &from);
  expect (fixture, "four|five|");
  append (fixture, "six\n");
  expect (fixture, "four|five|six|");
}

static void
test_other_file (Fixture *fixture, gconstpointer unused)
{
  LfCdrPosition from = { 0, 0 };

  g_test_summary ("A position that cannot be of this file does not hide what is in it");
  append (fixture, "");
  start (fixture, NULL);
  lf_wait_until (fixture->n_good == 1, WAIT_MS);
  from = fixture->read;
  stop (fixture);
  append (fixture, "one\ntwo\n");
  from.offset = 100;
  start (fixture, &from);
  expect (fixture, "one|two|");
  stop (fixture);
  from.offset = 6; /* in the middle of a line */
  start (fixture, &from);
  expect (fixture, "one|two|");
  stop (fixture);
  from = (LfCdrPosition){ from.inode + 1000000, 4 };
  start (fixture, &from);
  expect (fixture, "one|two|");
}

static void
test_begins_in_a_line (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("The rest of a line that was being written at the first start is no line");
  append (fixture, "old\nha");
  start (fixture, NULL);
  lf_wait_until (fixture->n_good == 1, WAIT_MS);
  append (fixture, "lf\nwhole\n");
  expect (fixture, "whole|");
}

static void
test_holds (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *piece = g_strnfill (4000, 'a');

  g_test_summary ("While it is held no more than a piece of the file is read, and then the rest");
  append (fixture, "");
  start (fixture, NULL);
  lf_wait_until (fixture->n_good == 1, WAIT_MS);
  fixture->is_holding = TRUE;
  for (guint i = 0; i < 100; i++)
    {
      append (fixture, piece);
      append (fixture, "\n");
    }
  lf_wait_until (fixture->lines->len > 0, WAIT_MS);
  lf_spin_for_ms (300);
  g_assert_cmpuint (fixture->lines->len, <, 40 * 1000);
  fixture->is_holding = FALSE;
  lf_cdr_file_hold (fixture->file, FALSE);
  lf_wait_until (fixture->lines->len == 100 * 4001, WAIT_MS);
}

static void
test_positions (Fixture *fixture, gconstpointer unused)
{
  static const char *const bad[] = {
    "", "no keys", "[position]\nfile=/a\ninode=1\n", "[position]\nfile=/b\ninode=1\noffset=2\n", "[position]\nfile=/a\ninode=0\noffset=2\n",
    "[position]\nfile=/a\ninode=1\noffset=-2\n", "[position]\nfile=/a\ninode=x\noffset=2\n", "[position]\nfile=/a\ninode=1\noffset=99999999999999999999\n"
  };
  LfCdrPosition      position = { 7, 8 };
  g_autoptr (GBytes) bytes = lf_cdr_position_save ("/a", &(const LfCdrPosition){ G_MAXUINT64, 123456789012 });

  g_test_summary ("A position is read as it was kept; whatever else is in its place is none");
  start (fixture, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_true (g_file_set_contents (fixture->path, bad[i], -1, NULL));
      g_assert_false (lf_cdr_position_load (fixture->path, "/a", &position));
    }
  g_assert_cmpint (position.offset, ==, 8);
  g_assert_true (g_file_set_contents (fixture->path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  g_assert_true (lf_cdr_position_load (fixture->path, "/a", &position));
  g_assert_cmpuint (position.inode, ==, G_MAXUINT64);
  g_assert_cmpint (position.offset, ==, 123456789012);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/phone/cdr/file/follows", Fixture, NULL, set_up, test_follows, tear_down);
  g_test_add ("/phone/cdr/file/bounds", Fixture, NULL, set_up, test_bounds, tear_down);
  g_test_add ("/phone/cdr/file/comes-late", Fixture, NULL, set_up, test_comes_late, tear_down);
  g_test_add ("/phone/cdr/file/folder-comes-late", Fixture, NULL, set_up, test_folder_comes_late, tear_down);
  g_test_add ("/phone/cdr/file/goes-on", Fixture, NULL, set_up, test_goes_on, tear_down);
  g_test_add ("/phone/cdr/file/other-file", Fixture, NULL, set_up, test_other_file, tear_down);
  g_test_add ("/phone/cdr/file/begins-in-a-line", Fixture, NULL, set_up, test_begins_in_a_line, tear_down);
  g_test_add ("/phone/cdr/file/holds", Fixture, NULL, set_up, test_holds, tear_down);
  g_test_add ("/phone/cdr/file/positions", Fixture, NULL, set_up, test_positions, tear_down);

  return g_test_run ();
}

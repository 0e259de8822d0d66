/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>

#include "lf-calendar-config.h"
#include "lf-config.h"
#include "lf-csv.h"
#include "lf-error.h"
#include "lf-fuzz.h"
#include "lf-people-file.h"
#include "lf-server-address.h"

/* What people write by hand. The first line says which: "people", a CSV file of accounts; "server" and
 * "calendar", key files; "address", a server's address as somebody types it. */

/* A file in memory, so that an input costs no disk. */
typedef struct
{
  int  descriptor;
  char path[64];
} MemoryFile;

static MemoryFile
memory_file_new (gconstpointer text, gsize length)
{
  MemoryFile file = { .descriptor = memfd_create ("lf-fuzz", 0) };

  g_assert_cmpint (file.descriptor, >=, 0);
  g_assert_cmpint (fchmod (file.descriptor, 0600), ==, 0);
  g_assert_cmpint (write (file.descriptor, text, length), ==, (gssize) length);
  g_snprintf (file.path, sizeof file.path, "/proc/self/fd/%d", file.descriptor);
  return file;
}

static char *
quote_rows (const GPtrArray *rows)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const LfCsvRow *row = g_ptr_array_index (rows, i);

      for (guint j = 0; row->fields[j] != NULL; j++)
        {
          g_auto (GStrv)   pieces = g_strsplit (row->fields[j], "\"", -1);
          g_autofree char *doubled = g_strjoinv ("\"\"", pieces);

          g_string_append_printf (out, "%s\"%s\"", j > 0 ? "," : "", doubled);
        }
      g_string_append (out, "\r\n");
    }
  return g_string_free (out, FALSE);
}

/* What was read, written with every field in quotes, reads the same. */
static void
try_csv (const char *text, gsize length)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) rows = lf_csv_parse (text, length, &error);
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char      *quoted = NULL;

  if (rows == NULL)
    {
      g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
      return;
    }
  quoted = quote_rows (rows);
  again = lf_csv_parse (quoted, strlen (quoted), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, rows->len);
  for (guint i = 0; i < rows->len; i++)
    g_assert_true (g_strv_equal ((const char *const *) ((LfCsvRow *) g_ptr_array_index (rows, i))->fields,
                                 (const char *const *) ((LfCsvRow *) g_ptr_array_index (again, i))->fields));
}

static void
try_people (const char *text, gsize length)
{
  g_autoptr (LfAdminOrder) order = g_new0 (LfAdminOrder, 1);
  g_autoptr (GError)       error = NULL;
  g_autofree char         *lower = g_ascii_strdown (text, (gssize) length);

  try_csv (text, length);
  if (g_strstr_len (lower, (gssize) length, "password") != NULL) /* hashing one takes as long as a thousand inputs */
    return;
  if (!lf_people_file_read (text, length, order, &error))
    {
      g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
      g_assert_nonnull (strstr (error->message, "Line "));
      return;
    }
  g_assert_no_error (error);
  for (guint i = 0; i < order->people->len; i++)
    {
      LfAdminPerson *person = g_ptr_array_index (order->people, i);

      g_assert_true (g_utf8_validate (person->person.login, -1, NULL));
      g_assert_cmpint (g_utf8_strlen (person->person.login, -1), <=, LF_LOGIN_MAX_CHARS);
      g_assert_cmpint (g_utf8_strlen (person->person.name, -1), <=, LF_NAME_MAX_CHARS);
    }
}

static void
try_server (const guint8 *text, gsize length)
{
  g_autoptr (GError)   error = NULL;
  MemoryFile           file = memory_file_new (text, length);
  g_autoptr (LfConfig) config = lf_config_load (file.path, &error);

  close (file.descriptor);
  g_assert_true ((config == NULL) == (error != NULL));
  if (config != NULL && !lf_config_validate (config, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
try_calendar (const guint8 *text, gsize length)
{
  static const char            token[] = "lfc_a-token-that-nobody-has\n";
  g_autoptr (GError)           error = NULL;
  MemoryFile                   file = memory_file_new (text, length);
  MemoryFile                   token_file = memory_file_new (token, strlen (token)); /* the input must not choose what is read */
  g_autoptr (LfCalendarConfig) config = lf_calendar_config_load (file.path, NULL, token_file.path, &error);

  close (file.descriptor);
  close (token_file.descriptor);
  g_assert_true ((config == NULL) == (error != NULL));
}

static void
try_address (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *server = lf_server_address_normalise (text, &error);
  g_autofree char   *again = NULL;

  if (server == NULL)
    {
      g_assert_true (g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST) || g_error_matches (error, LF_ERROR, LF_ERROR_INSECURE));
      return;
    }
  g_assert_true (g_str_has_prefix (server, "https://") || lf_server_address_is_loopback (server));
  again = lf_server_address_normalise (server, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, server);
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: a kind and a text
 * @size: their bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *kind = NULL;
  g_autofree char *text = NULL;
  const guint8    *rest;
  gsize            length;

  if (!lf_fuzz_split_line (data, size, &kind, &rest, &length))
    return 0;
  text = g_strndup ((const char *) rest, length);
  if (g_str_equal (kind, "people"))
    try_people ((const char *) rest, length);
  else if (g_str_equal (kind, "server"))
    try_server (rest, length);
  else if (g_str_equal (kind, "calendar"))
    try_calendar (rest, length);
  else if (g_str_equal (kind, "address") && g_utf8_validate (text, -1, NULL))
    try_address (text);
  return 0;
}

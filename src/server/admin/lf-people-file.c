/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include <string.h>

#include "lf-csv.h"
#include "lf-password.h"
#include "lf-people-file.h"

/* The first line of the file names its columns, in any order: login and name are required; a phone
 * (or address) cell holds one or more, separated by ";". */
typedef enum
{
  COLUMN_LOGIN,
  COLUMN_NAME,
  COLUMN_MAIL,
  COLUMN_TITLE,
  COLUMN_DEPARTMENT,
  COLUMN_PHONE,
  COLUMN_ADDRESSES,
  COLUMN_TIME_ZONE,
  COLUMN_PASSWORD,
  N_COLUMNS,
} Column;

static const char *const column_names[N_COLUMNS] = {
  "login", "name", "mail", "title", "department", "phone", "addresses", "time_zone", "password"
};

#define ABSENT -1

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, guint line, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "Line %u: %s", line, message);
  return FALSE;
}

static int
find_column (const char *name)
{
  for (int column = 0; column < N_COLUMNS; column++)
    if (g_ascii_strcasecmp (column_names[column], name) == 0)
      return column;

  return ABSENT;
}

static gboolean
read_header (const LfCsvRow *row, int places[N_COLUMNS], GError **error)
{
  for (int column = 0; column < N_COLUMNS; column++)
    places[column] = ABSENT;
  for (int place = 0; row->fields[place] != NULL; place++)
    {
      g_autofree char *name = g_strstrip (g_strdup (row->fields[place]));
      int              column = find_column (name);

      if (column == ABSENT)
        return refuse (error, row->line,
                       "there is no column “%s”; the columns are login, name, mail, title, department, phone, addresses, time_zone and password.",
                       name);
      if (places[column] != ABSENT)
        return refuse (error, row->line, "the column “%s” is there twice.", name);
      places[column] = place;
    }

  if (places[COLUMN_LOGIN] == ABSENT || places[COLUMN_NAME] == ABSENT)
    return refuse (error, row->line, "the first line must name the columns, “login” and “name” among them.");
  return TRUE;
}

/* Returns: (transfer full) (nullable): the trimmed cell, NULL for an empty one */
static char *
get_cell (const LfCsvRow *row, const int places[N_COLUMNS], Column column)
{
  g_autofree char *cell = NULL;

  if (places[column] == ABSENT)
    return NULL;
  cell = g_strstrip (g_strdup (row->fields[places[column]]));

  return *cell != '\0' ? g_steal_pointer (&cell) : NULL;
}

static gboolean
append_addresses (GPtrArray *addresses, const LfCsvRow *row, const int places[N_COLUMNS], Column column, GError **error)
{
  g_autofree char *cell = get_cell (row, places, column);
  g_auto (GStrv)   parts = cell != NULL ? g_strsplit (cell, ";", -1) : NULL;

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      char *address;

      if (*g_strstrip (parts[i]) == '\0')
        continue;
      address = lf_admin_make_address (parts[i], error);
      if (address == NULL)
        {
          g_prefix_error (error, "Line %u: ", row->line);
          return FALSE;
        }
      g_ptr_array_add (addresses, address);
    }

  return TRUE;
}

static gboolean
read_addresses (LfAdminPerson *person, const LfCsvRow *row, const int places[N_COLUMNS], GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

  if (!append_addresses (addresses, row, places, COLUMN_PHONE, error) ||
      !append_addresses (addresses, row, places, COLUMN_ADDRESSES, error))
    return FALSE;

  g_ptr_array_add (addresses, NULL);
  g_ptr_array_set_free_func (addresses, NULL);
  person->person.addresses = (GStrv) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
  return TRUE;
}

/* Everything but the password's hash. */
static gboolean
read_person (LfAdminPerson *person, const LfCsvRow *row, const int places[N_COLUMNS], GError **error)
{
  person->row = row->line;
  person->person.id = g_strdup ("new"); /* the store makes the real one */
  person->person.login = get_cell (row, places, COLUMN_LOGIN);
  person->person.name = get_cell (row, places, COLUMN_NAME);
  person->person.mail = get_cell (row, places, COLUMN_MAIL);
  person->person.title = get_cell (row, places, COLUMN_TITLE);
  person->person.department = get_cell (row, places, COLUMN_DEPARTMENT);
  person->time_zone = get_cell (row, places, COLUMN_TIME_ZONE);
  if (!read_addresses (person, row, places, error))
    return FALSE;
  if (lf_admin_person_check (person, error))
    return TRUE;

  g_prefix_error (error, "Line %u: ", row->line);
  return FALSE;
}

static gboolean
hash_password (LfAdminPerson *person, const LfCsvRow *row, const int places[N_COLUMNS], GError **error)
{
  g_autofree char *password = get_cell (row, places, COLUMN_PASSWORD);

  if (password == NULL)
    return TRUE;
  if (!lf_people_check_password (password, error))
    {
      g_prefix_error (error, "Line %u: ", row->line);
      return FALSE;
    }

  person->password_hash = lf_password_hash (password, error);
  return person->password_hash != NULL;
}

static gboolean
check_rows (const GPtrArray *rows, GError **error)
{
  const LfCsvRow *header = rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;

  if (header == NULL)
    return refuse (error, 1, "the file is empty.");
  if (rows->len == 1)
    return refuse (error, header->line, "nobody is named after the first line.");
  for (guint i = 1; i < rows->len; i++)
    {
      const LfCsvRow *row = g_ptr_array_index (rows, i);

      if (g_strv_length (row->fields) != g_strv_length (header->fields))
        return refuse (error, row->line, "there are %u columns, the first line names %u.", g_strv_length (row->fields),
                       g_strv_length (header->fields));
    }

  return TRUE;
}

/**
 * lf_people_check_password:
 * @password: what somebody chose
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_BAD_REQUEST when it is too short, too long or not one line
 */
gboolean
lf_people_check_password (const char *password, GError **error)
{
  glong n_chars = g_utf8_validate (password, -1, NULL) ? g_utf8_strlen (password, -1) : 0;

  if (n_chars >= LF_PASSWORD_MIN_CHARS && n_chars <= LF_PASSWORD_MAX_CHARS && strpbrk (password, "\r\n\t") == NULL)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "a password has %d to %d characters, in UTF-8 and on one line.",
               LF_PASSWORD_MIN_CHARS, LF_PASSWORD_MAX_CHARS);
  return FALSE;
}

static GStrv
list_columns (const int places[N_COLUMNS])
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (int column = 0; column < N_COLUMNS; column++)
    if (places[column] != ABSENT)
      g_strv_builder_add (builder, column_names[column]);

  return g_strv_builder_end (builder);
}

/**
 * lf_people_file_read:
 * @text: a CSV file
 * @length: its bytes
 * @order: whose people and columns are filled, in the file's order
 * @error: return location
 *
 * Reads accounts. All rows are checked before the first password is hashed.
 *
 * Returns: %FALSE with %LF_PROBLEM_BAD_REQUEST, the message names the line
 */
gboolean
lf_people_file_read (const char *text, gsize length, LfAdminOrder *order, GError **error)
{
  g_autoptr (GPtrArray)    rows = lf_csv_parse (text, length, error);
  g_autoptr (LfAdminOrder) holder = g_new0 (LfAdminOrder, 1);
  int                      places[N_COLUMNS];

  g_return_val_if_fail (order != NULL && order->people == NULL, FALSE);

  holder->people = g_ptr_array_new ();
  if (rows == NULL || !check_rows (rows, error) || !read_header (g_ptr_array_index (rows, 0), places, error))
    return FALSE;

  for (guint i = 1; i < rows->len; i++)
    {
      LfAdminPerson *person = g_new0 (LfAdminPerson, 1);

      g_ptr_array_add (holder->people, person);
      if (!read_person (person, g_ptr_array_index (rows, i), places, error))
        return FALSE;
    }
  for (guint i = 1; i < rows->len; i++)
    if (!hash_password (g_ptr_array_index (holder->people, i - 1), g_ptr_array_index (rows, i), places, error))
      return FALSE;

  order->people = g_steal_pointer (&holder->people);
  order->columns = list_columns (places);
  return TRUE;
}

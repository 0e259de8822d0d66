/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include <string.h>

#include "lf-csv.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

typedef struct
{
  const char *place;
  const char *end;
  guint       line;
} Reader;

static void
csv_row_free (LfCsvRow *row)
{
  g_strfreev (row->fields);
  g_free (row);
}

static gboolean
refuse (GError **error, guint line, const char *what)
{
  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "Line %u: %s.", line, what);
  return FALSE;
}

static gboolean
is_at_line_end (const Reader *reader)
{
  return reader->place == reader->end || *reader->place == '\n' || *reader->place == '\r';
}

/* After the opening quote: up to the closing one; a doubled quote stands for one. */
static gboolean
read_quoted (Reader *reader, GString *field, GError **error)
{
  guint first_line = reader->line;

  for (; reader->place < reader->end; reader->place++)
    {
      if (*reader->place == '"')
        {
          if (reader->place + 1 < reader->end && reader->place[1] == '"')
            {
              reader->place++;
            }
          else
            {
              reader->place++;
              if (!is_at_line_end (reader) && *reader->place != ',')
                return refuse (error, reader->line, "after a closing quote a comma or the end of the line is expected");
              return TRUE;
            }
        }
      if (*reader->place == '\n')
        reader->line++;
      g_string_append_c (field, *reader->place);
    }

  return refuse (error, first_line, "a quoted field that begins here is never closed");
}

static gboolean
read_plain (Reader *reader, GString *field, GError **error)
{
  for (; !is_at_line_end (reader) && *reader->place != ','; reader->place++)
    {
      if (*reader->place == '"')
        return refuse (error, reader->line, "a quote stands inside a field that is not quoted; quote the field and double the quote");
      g_string_append_c (field, *reader->place);
    }

  return TRUE;
}

/* LF, CRLF, or a lone CR at the end of what is left of a record. */
static void
skip_line_end (Reader *reader)
{
  if (reader->place < reader->end && *reader->place == '\r')
    reader->place++;
  if (reader->place < reader->end && *reader->place == '\n')
    reader->place++;
  reader->line++;
}

static LfCsvRow *
read_row (Reader *reader, GError **error)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  guint                 line = reader->line;
  LfCsvRow             *row;

  for (;;)
    {
      g_autoptr (GString) field = g_string_new (NULL);
      gboolean            is_quoted = reader->place < reader->end && *reader->place == '"';

      if (is_quoted)
        reader->place++;
      if (!(is_quoted ? read_quoted (reader, field, error) : read_plain (reader, field, error)))
        return NULL;
      g_ptr_array_add (fields, g_strdup (field->str));
      if (fields->len > LF_CSV_MAX_COLUMNS)
        {
          refuse (error, line, "there are too many columns");
          return NULL;
        }
      if (reader->place == reader->end || *reader->place != ',')
        break;
      reader->place++;
    }
  skip_line_end (reader);

  g_ptr_array_add (fields, NULL);
  g_ptr_array_set_free_func (fields, NULL);
  row = g_new0 (LfCsvRow, 1);
  row->line = line;
  row->fields = (GStrv) g_ptr_array_free (g_steal_pointer (&fields), FALSE);
  return row;
}

/**
 * lf_csv_parse:
 * @text: a file
 * @length: its bytes
 * @error: return location
 *
 * Reads comma-separated values. Lines end with CRLF or LF; empty lines are skipped; the mark that
 * some programs write before UTF-8 is, too.
 *
 * Source: RFC 4180.
 *
 * Returns: (transfer full) (element-type LfCsvRow) (nullable): the records; %NULL with
 *   %LF_PROBLEM_BAD_REQUEST, the message names the line
 */
GPtrArray *
lf_csv_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) csv_row_free);
  Reader                reader = { text, text + length, 1 };
  const char           *bad = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate_len (text, length, &bad))
    {
      for (const char *place = text; place < bad; place++)
        reader.line += *place == '\n';
      refuse (error, reader.line, "the text is not UTF-8");
      return NULL;
    }

  if (length >= strlen (BYTE_ORDER_MARK) && memcmp (text, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    reader.place += strlen (BYTE_ORDER_MARK);
  while (reader.place < reader.end)
    {
      LfCsvRow *row;

      if (is_at_line_end (&reader))
        {
          skip_line_end (&reader);
          continue;
        }
      row = read_row (&reader, error);
      if (row == NULL)
        return NULL;
      g_ptr_array_add (rows, row);
    }

  return g_steal_pointer (&rows);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include <string.h>

#include "lf-store-text.h"

#define MAX_CURSOR_BYTES 2000

/**
 * lf_text_fold:
 * @text: UTF-8
 *
 * Makes texts comparable: without case, accents and doubled spaces, so that “Zoë  KLEIN” is found as
 * "zoe klein". A letter that has no simpler form stays.
 *
 * Returns: (transfer full): the folded text
 */
char *
lf_text_fold (const char *text)
{
  g_autofree char *folded = NULL;
  g_autofree char *parts = NULL;
  GString         *out = g_string_new (NULL);

  g_return_val_if_fail (text != NULL, NULL);

  folded = g_utf8_casefold (text, -1);
  parts = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
  for (const char *place = parts; place != NULL && *place != '\0'; place = g_utf8_next_char (place))
    {
      gunichar letter = g_utf8_get_char (place);

      if (g_unichar_isspace (letter))
        {
          if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c (out, ' ');
        }
      else if (!g_unichar_ismark (letter))
        {
          g_string_append_unichar (out, letter);
        }
    }
  if (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);

  return g_string_free (out, FALSE);
}

/**
 * lf_text_to_pattern:
 * @word: any text
 *
 * Makes the pattern of LIKE … ESCAPE '\' that finds @word anywhere, whatever signs it has.
 *
 * Returns: (transfer full): the pattern
 */
char *
lf_text_to_pattern (const char *word)
{
  GString *out = g_string_new ("%");

  g_return_val_if_fail (word != NULL, NULL);

  for (; *word != '\0'; word++)
    {
      if (strchr ("%_\\", *word) != NULL)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *word);
    }
  g_string_append_c (out, '%');

  return g_string_free (out, FALSE);
}

/**
 * lf_cursor_make:
 * @first: first part of a row's key; no part has a line end
 * @second: second part
 * @...: more, then %NULL
 *
 * Makes a keyset cursor: opaque to clients, it names the last row of a page.
 *
 * Returns: (transfer full): the cursor
 */
char *
lf_cursor_make (const char *first, const char *second, ...)
{
  g_autoptr (GString) joined = g_string_new (first);
  const char         *part = second;
  char               *cursor;
  va_list             args;

  va_start (args, second);
  for (; part != NULL; part = va_arg (args, const char *))
    g_string_append_printf (joined, "\n%s", part);
  va_end (args);

  cursor = g_base64_encode ((const guchar *) joined->str, joined->len);
  g_strdelimit (cursor, "+", '-');
  g_strdelimit (cursor, "/", '_');
  g_strdelimit (cursor, "=", '~');
  return cursor;
}

/**
 * lf_cursor_parse:
 * @cursor: (nullable): what a client gave back
 * @n_parts: how many parts the key has
 * @parts: (out) (transfer full): the parts, all "" without a cursor
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_BAD_REQUEST for one that lf_cursor_make() did not make
 */
gboolean
lf_cursor_parse (const char *cursor, guint n_parts, GStrv *parts, GError **error)
{
  g_autofree char   *text = NULL;
  g_autofree guchar *bytes = NULL;
  g_auto (GStrv)     found = NULL;
  gsize              length = 0;

  if (cursor == NULL)
    {
      *parts = g_new0 (char *, n_parts + 1);
      for (guint i = 0; i < n_parts; i++)
        (*parts)[i] = g_strdup ("");
      return TRUE;
    }

  if (strlen (cursor) <= MAX_CURSOR_BYTES)
    {
      text = g_strdup (cursor);
      g_strdelimit (text, "-", '+');
      g_strdelimit (text, "_", '/');
      g_strdelimit (text, "~", '=');
      bytes = g_base64_decode (text, &length);
      if (length > 0 && g_utf8_validate ((const char *) bytes, (gssize) length, NULL))
        {
          g_autofree char *joined = g_strndup ((const char *) bytes, length);

          found = g_strsplit (joined, "\n", -1);
        }
    }
  if (found == NULL || g_strv_length (found) != n_parts)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST,
                           "The cursor is not one that this server gave; begin again at the first page.");
      return FALSE;
    }

  *parts = g_steal_pointer (&found);
  return TRUE;
}

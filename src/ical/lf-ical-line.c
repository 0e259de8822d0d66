/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include "lf-ical-line.h"

/* Ends the name at its first character that cannot belong to one, in upper case; the character. */
static char
take_name (char **cursor)
{
  char *at = *cursor;
  char  end;

  while (g_ascii_isalnum (*at) || *at == '-' || *at == '_')
    {
      *at = g_ascii_toupper (*at);
      at++;
    }
  end = at == *cursor ? '\0' : *at;
  *at = '\0';
  *cursor = at + 1;
  return end;
}

/* Takes a parameter's value with what follows a comma; the character that ended it. */
static char
take_param_value (char       **cursor,
                  const char **value)
{
  char *at = *cursor;
  char  end;

  if (*at == '"')
    {
      char *close = strchr (at + 1, '"');

      if (close == NULL)
        return '\0';
      *value = at + 1;
      *close = '\0';
      at = close + 1;
      if (*at == ',')
        at += strcspn (at, ";:"); /* further values: none of ours takes more than one */
    }
  else
    {
      *value = at;
      at += strcspn (at, ";:");
    }
  end = *at;
  *at = '\0';
  *cursor = at + 1;
  return end;
}

/**
 * lf_ical_line_parse:
 * @text: one unfolded line without its line end; changed, and borrowed by @line
 * @line: (out caller-allocates): its parts
 *
 * Cuts a content line into name, parameters and value. Parameters past the first
 * %LF_ICAL_LINE_MAX_PARAMS are passed over.
 *
 * Returns: %FALSE if the text is no content line
 */
gboolean
lf_ical_line_parse (char       *text,
                    LfIcalLine *line)
{
  char *cursor = text;
  char  end;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (line != NULL, FALSE);

  line->name = cursor;
  line->n_params = 0;
  end = take_name (&cursor);
  while (end == ';')
    {
      const char *name = cursor;
      const char *value = "";

      if (take_name (&cursor) != '=')
        return FALSE;
      end = take_param_value (&cursor, &value);
      if (line->n_params < LF_ICAL_LINE_MAX_PARAMS)
        {
          line->params[line->n_params].name = name;
          line->params[line->n_params].value = value;
          line->n_params++;
        }
    }
  line->value = cursor;
  return end == ':';
}

/**
 * lf_ical_line_get_param:
 * @self: a line
 * @name: of the parameter, upper case
 *
 * Returns: (transfer none) (nullable): its value, %NULL without it
 */
const char *
lf_ical_line_get_param (const LfIcalLine *self,
                        const char       *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->n_params; i++)
    {
      if (g_str_equal (self->params[i].name, name))
        return self->params[i].value;
    }
  return NULL;
}

/**
 * lf_ical_line_value_is:
 * @self: a line
 * @word: a value
 *
 * Returns: %TRUE if the value is @word, in any letter case
 */
gboolean
lf_ical_line_value_is (const LfIcalLine *self,
                       const char       *word)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (word != NULL, FALSE);

  return g_ascii_strcasecmp (self->value, word) == 0;
}

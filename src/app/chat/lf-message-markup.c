/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <string.h>

#include "lf-message-markup.h"

#define SNIPPET_MAX_CHARS 120

/* Characters of a URI, RFC 3986 section 2, without the quotation mark '. Anything else ends a link:
 * letters beyond ASCII too, since they can imitate another address. */
static gboolean
is_uri_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("-._~:/?#[]@!$&()*+,;=%", c) != NULL);
}

static gboolean
is_word_char (const char *body,
              const char *at)
{
  const char *before = at == body ? NULL : g_utf8_find_prev_char (body, at);

  return before != NULL && g_unichar_isalnum (g_utf8_get_char (before));
}

/* A sentence may go on behind the link: its punctuation is not part of it, nor is a bracket that
 * was opened before it. */
static gsize
trim_link (const char *link,
           gsize       length)
{
  while (length > 0)
    {
      char last = link[length - 1];
      int  depth = 0;

      if (strchr (".,;:!?", last) != NULL)
        {
          length--;
          continue;
        }
      if (last != ')' && last != ']')
        break;
      for (gsize i = 0; i < length; i++)
        {
          if (link[i] == (last == ')' ? '(' : '['))
            depth++;
          else if (link[i] == last)
            depth--;
        }
      if (depth >= 0)
        break;
      length--;
    }
  return length;
}

/* Length in bytes of a link that starts at @at, or 0. */
static gsize
measure_link (const char *body,
              const char *at)
{
  gsize scheme, length;

  if (g_ascii_strncasecmp (at, "https://", 8) == 0)
    scheme = 8;
  else if (g_ascii_strncasecmp (at, "http://", 7) == 0)
    scheme = 7;
  else
    return 0;
  if (is_word_char (body, at))
    return 0;
  length = scheme;
  while (is_uri_char (at[length]))
    length++;
  length = trim_link (at, length);
  return length > scheme && g_ascii_isalnum (at[scheme]) ? length : 0;
}

/* Overrides of the direction of writing can make an address read as another one. */
static gboolean
is_override (gunichar c)
{
  return c == 0x202D || c == 0x202E;
}

static char *
drop_overrides (const char *body)
{
  GString *text = g_string_new (NULL);

  for (const char *at = body; *at != '\0'; at = g_utf8_next_char (at))
    if (!is_override (g_utf8_get_char (at)))
      g_string_append_unichar (text, g_utf8_get_char (at));
  return g_string_free (text, FALSE);
}

/**
 * lf_message_markup_format:
 * @body: text of a message, UTF-8
 *
 * Makes Pango markup of @body: everything is escaped, addresses of the web become links whose
 * target is what they show. Overrides of the direction of writing are left out.
 *
 * Returns: (transfer full): markup
 */
char *
lf_message_markup_format (const char *body)
{
  GString         *markup = g_string_new (NULL);
  g_autofree char *text = NULL;
  const char      *plain = NULL;
  const char      *at = NULL;

  g_return_val_if_fail (body != NULL, g_string_free (markup, FALSE));

  text = drop_overrides (body);
  plain = at = text;
  while (*at != '\0')
    {
      gsize            length = *at == 'h' || *at == 'H' ? measure_link (text, at) : 0;
      g_autofree char *before = NULL;
      g_autofree char *link = NULL;

      if (length == 0)
        {
          at = g_utf8_next_char (at);
          continue;
        }
      before = g_markup_escape_text (plain, at - plain);
      link = g_markup_escape_text (at, (gssize) length);
      g_string_append_printf (markup, "%s<a href=\"%s\">%s</a>", before, link, link);
      at += length;
      plain = at;
    }
  if (at > plain)
    {
      g_autofree char *rest = g_markup_escape_text (plain, at - plain);

      g_string_append (markup, rest);
    }
  return g_string_free (markup, FALSE);
}

/**
 * lf_message_markup_snippet:
 * @body: text of a message, UTF-8
 *
 * Makes one short line of @body, plain text: white space of any kind becomes a single space.
 *
 * Returns: (transfer full): at most 120 characters
 */
char *
lf_message_markup_snippet (const char *body)
{
  GString *line = g_string_new (NULL);
  gsize    n_chars = 0;
  gboolean has_gap = FALSE;

  g_return_val_if_fail (body != NULL, g_string_free (line, FALSE));

  for (const char *at = body; *at != '\0' && n_chars < SNIPPET_MAX_CHARS; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (is_override (c))
        continue;
      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          has_gap = line->len > 0;
          continue;
        }
      if (has_gap)
        {
          g_string_append_c (line, ' ');
          n_chars++;
        }
      has_gap = FALSE;
      g_string_append_unichar (line, c);
      n_chars++;
    }
  return g_string_free (line, FALSE);
}

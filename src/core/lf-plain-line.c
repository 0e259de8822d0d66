/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-plain-line.h"

#define MAX_MARKS 6 /* accents on one letter; living languages need fewer */

/* What turns the text round it, or is not seen at all. Joiners stay: emoji and scripts need them. */
static gboolean
is_trick (gunichar c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || /* embeddings, overrides, isolates */
         c == 0x200B || c == 0x2060 || c == 0xFEFF;                      /* of no width */
}

/**
 * lf_plain_line_new:
 * @text: (nullable): a name or the like as somebody else wrote it, UTF-8
 *
 * Makes one line of it that stays in its place: white space and control characters become single
 * spaces, characters that turn the direction of what stands beside them, or that have no width, go,
 * and so do accents piled up to reach into other lines.
 *
 * Source: Unicode Standard Annex 9, section 2 (directional formatting characters).
 *
 * Returns: (transfer full) (nullable): the line, perhaps empty; %NULL for %NULL
 */
char *
lf_plain_line_new (const char *text)
{
  GString *line;
  guint    n_marks = 0;
  gboolean has_gap = FALSE;

  if (text == NULL)
    return NULL;

  line = g_string_sized_new (32);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (is_trick (c))
        continue;
      if (g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029)
        {
          has_gap = line->len > 0;
          continue;
        }
      n_marks = g_unichar_ismark (c) ? n_marks + 1 : 0;
      if (n_marks > MAX_MARKS)
        continue;
      if (has_gap)
        g_string_append_c (line, ' ');
      has_gap = FALSE;
      g_string_append_unichar (line, c);
    }
  return g_string_free (line, FALSE);
}

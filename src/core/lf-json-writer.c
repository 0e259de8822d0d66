/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-instant.h"
#include "lf-json.h"

/**
 * lf_json_writer_init:
 * @self: (out caller-allocates): a writer
 * @out: where to append; borrowed until the last call
 */
void
lf_json_writer_init (LfJsonWriter *self, GString *out)
{
  self->out = out;
  self->needs_comma = FALSE;
}

static void
write_comma (LfJsonWriter *self)
{
  if (self->needs_comma)
    g_string_append_c (self->out, ',');
  self->needs_comma = TRUE;
}

/**
 * lf_json_writer_begin:
 * @self: a writer
 * @bracket: '{' or '['
 *
 * Opens an object or an array, as a value of what is open.
 */
void
lf_json_writer_begin (LfJsonWriter *self, char bracket)
{
  write_comma (self);
  g_string_append_c (self->out, bracket);
  self->needs_comma = FALSE;
}

/**
 * lf_json_writer_end:
 * @self: a writer
 * @bracket: '}' or ']', matching the last one open
 */
void
lf_json_writer_end (LfJsonWriter *self, char bracket)
{
  g_string_append_c (self->out, bracket);
  self->needs_comma = TRUE;
}

/**
 * lf_json_writer_name:
 * @self: a writer inside an object
 * @name: member name; written as it is, so without characters that need an escape
 *
 * Starts a member; its value is the next thing written.
 */
void
lf_json_writer_name (LfJsonWriter *self, const char *name)
{
  write_comma (self);
  g_string_append_c (self->out, '"');
  g_string_append (self->out, name);
  g_string_append_len (self->out, "\":", 2);
  self->needs_comma = FALSE;
}

/**
 * lf_json_writer_string:
 * @self: a writer
 * @text: (nullable): valid UTF-8; %NULL writes null
 */
void
lf_json_writer_string (LfJsonWriter *self, const char *text)
{
  const char *run = text;

  write_comma (self);
  if (text == NULL)
    {
      g_string_append_len (self->out, "null", 4);
      return;
    }
  g_string_append_c (self->out, '"');
  for (; *text != '\0'; text++)
    {
      guchar byte = (guchar) *text;

      if (byte >= 0x20 && byte != '"' && byte != '\\')
        continue;
      g_string_append_len (self->out, run, text - run);
      run = text + 1;
      if (byte == '"' || byte == '\\')
        {
          g_string_append_c (self->out, '\\');
          g_string_append_c (self->out, *text);
        }
      else if (byte == '\n')
        g_string_append_len (self->out, "\\n", 2);
      else
        g_string_append_printf (self->out, "\\u%04x", byte);
    }
  g_string_append_len (self->out, run, text - run);
  g_string_append_c (self->out, '"');
}

/**
 * lf_json_writer_int:
 * @self: a writer
 * @value: within 2^53 either way, or the other end refuses it
 */
void
lf_json_writer_int (LfJsonWriter *self, gint64 value)
{
  char    digits[24];
  char   *first = digits + sizeof digits;
  guint64 rest = value < 0 ? 0 - (guint64) value : (guint64) value;

  write_comma (self);
  do
    {
      *--first = (char) ('0' + rest % 10);
      rest /= 10;
    }
  while (rest > 0);
  if (value < 0)
    *--first = '-';
  g_string_append_len (self->out, first, digits + sizeof digits - first);
}

/**
 * lf_json_writer_bool:
 * @self: a writer
 * @value: true or false
 */
void
lf_json_writer_bool (LfJsonWriter *self, gboolean value)
{
  write_comma (self);
  g_string_append (self->out, value ? "true" : "false");
}

/**
 * lf_json_writer_instant:
 * @self: a writer
 * @instant_us: microseconds since 1970-01-01 UTC; %LF_INSTANT_NONE writes null
 */
void
lf_json_writer_instant (LfJsonWriter *self, gint64 instant_us)
{
  char text[LF_INSTANT_MAX_CHARS];

  if (instant_us != LF_INSTANT_NONE)
    lf_instant_format (instant_us, text);
  lf_json_writer_string (self, instant_us != LF_INSTANT_NONE ? text : NULL);
}

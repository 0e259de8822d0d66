/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lf-instant.h"
#include "lf-log.h"

#define KEY_PREFIX "LAMPFIELD_"
#define MAX_FIELDS 12

static const char *
get_level_name (GLogLevelFlags level)
{
  if ((level & G_LOG_LEVEL_ERROR) != 0)
    return "error";
  if ((level & G_LOG_LEVEL_CRITICAL) != 0)
    return "critical";
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return "warning";
  if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    return "notice";
  return (level & G_LOG_LEVEL_INFO) != 0 ? "info" : "debug";
}

/* syslog(3): what the journal sorts by. */
static const char *
get_priority (GLogLevelFlags level)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return "3";
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return "4";
  if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    return "5";
  return (level & G_LOG_LEVEL_INFO) != 0 ? "6" : "7";
}

static gboolean
breaks_line (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029;
}

/* Whatever a stranger has put into a value, it stays one value on one line. */
static void
append_quoted (GString *line, const char *text, gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);

  g_string_append_c (line, '"');
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '"' || c == '\\')
        g_string_append_printf (line, "\\%c", (char) c);
      else if (breaks_line (c))
        g_string_append_printf (line, "\\u%04x", c);
      else
        g_string_append_unichar (line, c);
    }
  g_string_append_c (line, '"');
}

static const GLogField *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, key))
      return &fields[i];
  return NULL;
}

static void
append_own_fields (GString *line, const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      g_autofree char *key = NULL;

      if (!g_str_has_prefix (fields[i].key, KEY_PREFIX))
        continue;
      key = g_ascii_strdown (fields[i].key + strlen (KEY_PREFIX), -1);
      g_string_append_printf (line, " %s=", key);
      append_quoted (line, fields[i].value, fields[i].length);
    }
}

static GLogWriterOutput
write_line (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const GLogField    *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  const GLogField    *message = find_field (fields, n_fields, "MESSAGE");
  g_autoptr (GString) line = NULL;
  char                time[LF_INSTANT_MAX_CHARS];

  if (g_log_writer_default_would_drop (level, domain != NULL ? domain->value : NULL))
    return G_LOG_WRITER_HANDLED;
  if (g_log_writer_is_journald (fileno (stderr)) && g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  lf_instant_format (g_get_real_time () / 1000 * 1000, time);
  line = g_string_sized_new (256);
  g_string_append_printf (line, "time=%s level=%s domain=%s message=", time, get_level_name (level),
                          domain != NULL ? (const char *) domain->value : "none");
  append_quoted (line, message != NULL ? message->value : "", message != NULL ? message->length : 0);
  append_own_fields (line, fields, n_fields);
  g_string_append_c (line, '\n');
  fwrite (line->str, 1, line->len, stderr);
  fflush (stderr);
  return G_LOG_WRITER_HANDLED;
}

/**
 * lf_log_start:
 *
 * Has every message of this process written as a line of keys and values, or to the journal where
 * standard error leads there. Once, before there are threads.
 */
void
lf_log_start (void)
{
  g_log_set_writer_func (write_line, NULL, NULL);
}

/**
 * lf_log_event:
 * @domain: %G_LOG_DOMAIN
 * @level: as for g_log()
 * @message: a sentence without values
 * @...: pairs of a key in lower case and a text, then %NULL; a pair whose text is %NULL is left out
 *
 * Logs an event with what belongs to it in fields of their own. Any thread.
 */
void
lf_log_event (const char *domain, GLogLevelFlags level, const char *message, ...)
{
  GLogField             fields[MAX_FIELDS] = { { "MESSAGE", message, -1 }, { "PRIORITY", get_priority (level), -1 }, { "GLIB_DOMAIN", domain, -1 } };
  gsize                 n_fields = 3;
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  const char           *key;
  va_list               pairs;

  g_return_if_fail (domain != NULL && message != NULL);

  va_start (pairs, message);
  while ((key = va_arg (pairs, const char *)) != NULL && n_fields < MAX_FIELDS)
    {
      const char      *value = va_arg (pairs, const char *);
      g_autofree char *upper = g_ascii_strup (key, -1);

      if (value == NULL)
        continue;
      g_ptr_array_add (keys, g_strconcat (KEY_PREFIX, upper, NULL));
      fields[n_fields++] = (GLogField){ g_ptr_array_index (keys, keys->len - 1), value, -1 };
    }
  va_end (pairs);
  g_log_structured_array (level, fields, n_fields);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-people.h"
#include "lf-service-error.h"
#include "lf-service-options.h"

#define MAX_EMOJI_CHARS 16
#define MAX_SHOWN_CHARS 40
#define MAX_AHEAD_US    (400 * LF_DAY) /* of an end, as the server takes it */

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LF_SERVICE_ERROR, LF_SERVICE_ERROR_BAD_ARGUMENT, message);

  return FALSE;
}

static gboolean
has_controls (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)) || g_utf8_get_char (text) == 0x2028 || g_utf8_get_char (text) == 0x2029)
      return TRUE;

  return FALSE;
}

static gboolean
is_line (const char *text, glong max_chars)
{
  return g_utf8_validate (text, -1, NULL) && g_utf8_strlen (text, -1) <= max_chars && !has_controls (text);
}

static gboolean
read_option (const char *name, GVariant *value, gboolean has_note, gint64 now_us, LfServiceOptions *read, GError **error)
{
  gint64 end_us;

  if (has_note && g_str_equal (name, "note"))
    {
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) || !is_line (g_variant_get_string (value, NULL), LF_NOTE_MAX_CHARS))
        return refuse (error, _("The option “note” is one line of at most 140 characters."));
      read->note = g_variant_get_string (value, NULL);
      return TRUE;
    }
  if (has_note && g_str_equal (name, "emoji"))
    {
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) || !is_line (g_variant_get_string (value, NULL), MAX_EMOJI_CHARS))
        return refuse (error, _("The option “emoji” is one emoji."));
      read->emoji = g_variant_get_string (value, NULL);
      return TRUE;
    }
  if (g_str_equal (name, "for"))
    {
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32) || g_variant_get_uint32 (value) == 0)
        return refuse (error, _("The option “for” is a number of seconds, as a 32-bit number without a sign."));
      end_us = now_us + g_variant_get_uint32 (value) * LF_SECOND;
    }
  else if (g_str_equal (name, "until"))
    {
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) || !lf_instant_parse (g_variant_get_string (value, NULL), &end_us))
        return refuse (error, _("The option “until” is an instant like “2026-11-30T12:00:00Z”."));
    }
  else
    {
      g_autofree char *shown = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), MAX_SHOWN_CHARS));

      g_set_error (error, LF_SERVICE_ERROR, LF_SERVICE_ERROR_BAD_ARGUMENT, _("There is no option “%s” here."), shown);
      return FALSE;
    }

  if (read->until_us != LF_INSTANT_NONE)
    return refuse (error, _("There is one end: give “for” or “until”."));
  if (end_us <= now_us || end_us > now_us + MAX_AHEAD_US)
    return refuse (error, _("The end lies in the future, and within 400 days."));
  read->until_us = end_us;

  return TRUE;
}

/**
 * lf_service_options_read:
 * @options: an `a{sv}` from another program; outlives @read
 * @has_note: whether a note can be given
 * @now_us: now, microseconds since 1970-01-01 UTC
 * @read: (out caller-allocates): what they say; untouched on failure
 * @error: return location
 *
 * Reads options strictly: one that is not known, or of another type, is refused. Sets
 * %LF_SERVICE_ERROR_BAD_ARGUMENT.
 *
 * Returns: %TRUE if all of them were understood
 */
gboolean
lf_service_options_read (GVariant *options, gboolean has_note, gint64 now_us, LfServiceOptions *read, GError **error)
{
  LfServiceOptions all = { NULL, NULL, LF_INSTANT_NONE };
  GVariantIter     iter;
  const char      *name;
  GVariant        *value;

  g_return_val_if_fail (g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT), FALSE);

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (!read_option (name, value, has_note, now_us, &all, error))
        return FALSE;
    }
  *read = all;

  return TRUE;
}

/**
 * lf_service_options_read_who:
 * @who: what somebody is to be found by, from another program
 * @error: return location
 *
 * Sets %LF_SERVICE_ERROR_BAD_ARGUMENT for what cannot name anybody.
 *
 * Returns: (transfer full) (nullable): what to look for
 */
char *
lf_service_options_read_who (const char *who, GError **error)
{
  g_autofree char *stripped = NULL;

  g_return_val_if_fail (who != NULL, NULL);

  if (is_line (who, LF_PEOPLE_MAX_CHARS))
    stripped = g_strstrip (g_strdup (who));
  if (stripped == NULL || *stripped == '\0')
    {
      refuse (error, _("Somebody is named by 1 to 100 characters in one line: a name, a login, a mail address or a number."));
      return NULL;
    }

  return g_steal_pointer (&stripped);
}

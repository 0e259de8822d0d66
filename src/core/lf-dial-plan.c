/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "lf-dial-plan.h"

#define MAX_DIGITS    15 /* E.164 section 6.2.1 */
#define MAX_EXTENSION 8

/* What a setting is made of, and where it goes. */
typedef enum
{
  PREFIX,    /* digits */
  NUMBER,    /* + and digits */
  DIALLED,   /* digits, * and # */
  WORDS,     /* a list */
  RANGE,     /* "3-4", "4" */
  HOW_MANY,  /* digits of a number */
  YES_OR_NO, /* "true", "false" */
} Kind;

static const struct
{
  const char *key;
  Kind        kind;
  gsize       offset;
} settings[] = {
  { "country-code", PREFIX, G_STRUCT_OFFSET (LfDialPlan, country_code) },
  { "area-code", PREFIX, G_STRUCT_OFFSET (LfDialPlan, area_code) },
  { "trunk-prefix", PREFIX, G_STRUCT_OFFSET (LfDialPlan, trunk_prefix) },
  { "international-prefix", PREFIX, G_STRUCT_OFFSET (LfDialPlan, international_prefix) },
  { "outside-prefix", DIALLED, G_STRUCT_OFFSET (LfDialPlan, outside_prefix) },
  { "main-number", NUMBER, G_STRUCT_OFFSET (LfDialPlan, main_number) },
  { "extension-digits", RANGE, G_STRUCT_OFFSET (LfDialPlan, min_extension) },
  { "national-digits", HOW_MANY, G_STRUCT_OFFSET (LfDialPlan, n_national) },
  { "domains", WORDS, G_STRUCT_OFFSET (LfDialPlan, domains) },
  { "emergency", WORDS, G_STRUCT_OFFSET (LfDialPlan, emergency) },
  { "signalled-outside-prefix", YES_OR_NO, G_STRUCT_OFFSET (LfDialPlan, has_signalled_prefix) },
  { "dial-e164", YES_OR_NO, G_STRUCT_OFFSET (LfDialPlan, is_e164) },
  { "allow", WORDS, G_STRUCT_OFFSET (LfDialPlan, allow) },
  { "refuse", WORDS, G_STRUCT_OFFSET (LfDialPlan, refuse) },
};

/**
 * lf_dial_plan_new:
 *
 * Makes the plan of a site of which nothing is known: extensions have two to six digits, nothing but
 * extensions may be called, and the usual emergency numbers are none.
 *
 * Returns: (transfer full): the plan
 */
LfDialPlan *
lf_dial_plan_new (void)
{
  LfDialPlan *self = g_new0 (LfDialPlan, 1);

  self->country_code = g_strdup ("");
  self->area_code = g_strdup ("");
  self->trunk_prefix = g_strdup ("0");
  self->international_prefix = g_strdup ("00");
  self->outside_prefix = g_strdup ("");
  self->main_number = g_strdup ("");
  self->min_extension = 2;
  self->max_extension = 6;
  self->domains = g_new0 (char *, 1);
  self->emergency = g_strsplit ("110;112;911;999;000", ";", -1);
  self->allow = g_strsplit ("extensions", ";", -1);
  self->refuse = g_new0 (char *, 1);
  return self;
}

/**
 * lf_dial_plan_free:
 * @self: (transfer full) (nullable): a plan
 */
void
lf_dial_plan_free (LfDialPlan *self)
{
  if (self == NULL)
    return;

  g_free (self->country_code);
  g_free (self->area_code);
  g_free (self->trunk_prefix);
  g_free (self->international_prefix);
  g_free (self->outside_prefix);
  g_free (self->main_number);
  g_strfreev (self->domains);
  g_strfreev (self->emergency);
  g_strfreev (self->allow);
  g_strfreev (self->refuse);
  g_free (self);
}

static gboolean
set_text (char **place, const char *value, const char *characters, gboolean has_plus)
{
  const char *rest = value;

  if (has_plus && *value != '\0' && *rest++ != '+')
    return FALSE;
  if (strlen (rest) > MAX_DIGITS || strspn (rest, characters) != strlen (rest))
    return FALSE;
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}

static gboolean
set_words (char ***place, const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, ";", -1);
  guint          n_words = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *word = g_strstrip (words[i]);

      if (*word == '\0')
        g_free (word);
      else
        words[n_words++] = word;
    }
  words[n_words] = NULL;
  g_strfreev (*place);
  *place = g_steal_pointer (&words);
  return TRUE;
}

static gboolean
read_count (const char *text, guint most, guint *count)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, most, &value, NULL))
    return FALSE;
  *count = (guint) value;
  return TRUE;
}

static gboolean
set_range (LfDialPlan *self, const char *value)
{
  g_auto (GStrv) ends = g_strsplit (value, "-", 2);
  guint          least;
  guint          most;

  if (ends[0] == NULL || !read_count (ends[0], MAX_EXTENSION, &least) || least == 0)
    return FALSE;
  most = least;
  if (ends[1] != NULL && (!read_count (ends[1], MAX_EXTENSION, &most) || most < least))
    return FALSE;
  self->min_extension = least;
  self->max_extension = most;
  return TRUE;
}

static gboolean
set_switch (gboolean *place, const char *value)
{
  if (!g_str_equal (value, "true") && !g_str_equal (value, "false"))
    return FALSE;
  *place = g_str_equal (value, "true");
  return TRUE;
}

static gboolean
set_value (LfDialPlan *self, Kind kind, gpointer place, const char *value)
{
  switch (kind)
    {
    case PREFIX:
      return set_text (place, value, "0123456789", FALSE);
    case NUMBER:
      return set_text (place, value, "0123456789", TRUE);
    case DIALLED:
      return set_text (place, value, "0123456789*#", FALSE);
    case WORDS:
      return set_words (place, value);
    case RANGE:
      return set_range (self, value);
    case HOW_MANY:
      return read_count (value, MAX_DIGITS, place);
    case YES_OR_NO:
      return set_switch (place, value);
    default:
      g_assert_not_reached ();
    }
}

/**
 * lf_dial_plan_set:
 * @self: a plan
 * @key: of a setting: "country-code"
 * @value: as it stands in a key file; lists are divided by semicolons
 * @error: a place for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Sets what an administrator has written. docs/phones.md says what each setting means.
 *
 * Returns: %FALSE if there is no such setting, or @value is none for it
 */
gboolean
lf_dial_plan_set (LfDialPlan *self, const char *key, const char *value, GError **error)
{
  g_return_val_if_fail (self != NULL && key != NULL && value != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (g_str_equal (settings[i].key, key))
      {
        if (set_value (self, settings[i].kind, G_STRUCT_MEMBER_P (self, settings[i].offset), value))
          return TRUE;
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "[dial-plan] %s cannot be “%s”.", key, value);
        return FALSE;
      }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "[dial-plan] has no setting “%s”.", key);
  return FALSE;
}

static gboolean
refuse (const char *words, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "[dial-plan] %s", words);
  return FALSE;
}

/* "extensions", "sip:*@host", or + and digits, and then perhaps a star */
static gboolean
is_pattern (const char *pattern)
{
  gsize n_digits;

  if (g_str_equal (pattern, "extensions") || (g_str_has_prefix (pattern, "sip:*@") && pattern[6] != '\0'))
    return TRUE;
  if (*pattern != '+')
    return FALSE;
  n_digits = strspn (pattern + 1, "0123456789");
  return pattern[n_digits + 1] == '\0' || g_str_equal (pattern + n_digits + 1, "*");
}

static gboolean
check_patterns (char **patterns, const char *key, GError **error)
{
  for (guint i = 0; patterns[i] != NULL; i++)
    if (!is_pattern (patterns[i]))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     "[dial-plan] %s: “%s” is not “extensions”, “+49*” or “sip:*@example.org”.", key, patterns[i]);
        return FALSE;
      }
  return TRUE;
}

/**
 * lf_dial_plan_validate:
 * @self: a plan
 * @error: a place for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Checks what no single setting can say.
 *
 * Returns: %TRUE if the settings go together
 */
gboolean
lf_dial_plan_validate (const LfDialPlan *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (*self->country_code == '\0' && (*self->area_code != '\0' || self->n_national > 0))
    return refuse ("area-code and national-digits need a country-code.", error);
  if (*self->country_code == '0')
    return refuse ("country-code stands without + and without zeros: 49.", error);
  if (*self->main_number != '\0' && strlen (self->main_number) + self->max_extension > MAX_DIGITS + 1)
    return refuse ("main-number and an extension together have more than 15 digits.", error);
  for (guint i = 0; self->emergency[i] != NULL; i++)
    if (strspn (self->emergency[i], "0123456789") != strlen (self->emergency[i]))
      return refuse ("emergency has something that is no number.", error);
  return check_patterns (self->allow, "allow", error) && check_patterns (self->refuse, "refuse", error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include <string.h>

#include "lf-admin-order.h"

#define MAIL_MAX_CHARS 254

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, message);
  return FALSE;
}

/* One line of printable text of at most so many characters. */
static gboolean
check_line (const char *what, const char *text, glong min_chars, glong max_chars, GError **error)
{
  glong n_chars = text != NULL ? g_utf8_strlen (text, -1) : 0;

  if (n_chars < min_chars && n_chars == 0)
    return refuse (error, "the %s is missing.", what);
  if (n_chars > max_chars)
    return refuse (error, "the %s has more than %ld characters.", what, max_chars);
  for (const char *place = text; place != NULL && *place != '\0'; place = g_utf8_next_char (place))
    if (g_unichar_iscntrl (g_utf8_get_char (place)))
      return refuse (error, "the %s has a control character or a line end.", what);

  return TRUE;
}

static gboolean
check_login (const char *login, GError **error)
{
  if (!check_line ("login", login, 1, LF_LOGIN_MAX_CHARS, error))
    return FALSE;
  for (const char *place = login; *place != '\0'; place = g_utf8_next_char (place))
    if (!g_unichar_isalnum (g_utf8_get_char (place)) && strchr ("._-+@", *place) == NULL)
      return refuse (error, "the login “%s” may have letters, digits and “._-+@” alone.", login);

  return TRUE;
}

static gboolean
check_mail (const char *mail, GError **error)
{
  const char *at = mail != NULL ? strchr (mail, '@') : NULL;

  if (mail == NULL)
    return TRUE;
  if (!check_line ("mail address", mail, 0, MAIL_MAX_CHARS, error))
    return FALSE;
  if (at == NULL || at == mail || at[1] == '\0' || strchr (mail, ' ') != NULL)
    return refuse (error, "“%s” is no mail address.", mail);

  return TRUE;
}

static gboolean
check_address (const char *address, GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (address);

  if (!check_line ("phone address", address, 1, LF_ADDRESS_MAX_CHARS, error))
    return FALSE;
  if (scheme == NULL || strchr (address, ' ') != NULL || address[strlen (scheme) + 1] == '\0' ||
      !(g_ascii_strcasecmp (scheme, "tel") == 0 || g_ascii_strcasecmp (scheme, "sip") == 0 || g_ascii_strcasecmp (scheme, "sips") == 0))
    return refuse (error, "“%s” is no address to call: write “tel:+49301234” or “sip:2041@pbx.example”.", address);

  return TRUE;
}

static gboolean
check_time_zone (const char *name, GError **error)
{
  g_autoptr (GTimeZone) zone = name != NULL ? g_time_zone_new_identifier (name) : NULL;

  return name == NULL || zone != NULL || refuse (error, "“%s” is no time zone: write a name such as “Europe/Berlin”.", name);
}

/**
 * lf_admin_person_check:
 * @person: an account to be made
 * @error: return location
 *
 * Checks every field, where the row is read and again where it is stored.
 *
 * Returns: %FALSE with %LF_PROBLEM_BAD_REQUEST
 */
gboolean
lf_admin_person_check (const LfAdminPerson *person, GError **error)
{
  const LfWirePerson *fields = &person->person;

  if (!check_login (fields->login, error) || !check_line ("name", fields->name, 1, LF_NAME_MAX_CHARS, error) ||
      !check_line ("title", fields->title, 0, LF_NAME_MAX_CHARS, error) ||
      !check_line ("department", fields->department, 0, LF_NAME_MAX_CHARS, error) || !check_mail (fields->mail, error) ||
      !check_time_zone (person->time_zone, error))
    return FALSE;

  if (fields->addresses != NULL && g_strv_length (fields->addresses) > LF_MAX_ADDRESSES)
    return refuse (error, "there are more than %d phone addresses.", LF_MAX_ADDRESSES);
  for (guint i = 0; fields->addresses != NULL && fields->addresses[i] != NULL; i++)
    if (!check_address (fields->addresses[i], error))
      return FALSE;

  return TRUE;
}

/**
 * lf_admin_make_address:
 * @text: a number or a URI
 * @error: return location
 *
 * Makes an address to call: "+49 30 1234" becomes "tel:+49301234", a URI stays.
 *
 * Source: RFC 3966 section 3 (tel).
 *
 * Returns: (transfer full) (nullable): the address, %NULL with %LF_PROBLEM_BAD_REQUEST
 */
char *
lf_admin_make_address (const char *text, GError **error)
{
  g_autofree char    *stripped = g_strstrip (g_strdup (text));
  g_autoptr (GString) address = NULL;

  if (strchr (stripped, ':') != NULL)
    {
      address = g_string_new (stripped);
    }
  else
    {
      address = g_string_new ("tel:");
      for (const char *place = stripped; *place != '\0'; place++)
        {
          if (strchr (" -/().", *place) != NULL)
            continue;
          if (!g_ascii_isdigit (*place) && strchr ("+*#", *place) == NULL)
            {
              refuse (error, "“%s” is no phone number.", stripped);
              return NULL;
            }
          g_string_append_c (address, *place);
        }
    }

  return check_address (address->str, error) ? g_strdup (address->str) : NULL;
}

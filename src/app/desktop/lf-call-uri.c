/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <string.h>

#include "lf-call-uri.h"
#include "lf-error.h"
#include "lf-wire.h"

#define MAX_TEL_CHARS    40
#define MAX_QUOTED_CHARS 60

/* Digits and what people write between them; the latter is left out of the URI. */
static char *
make_tel (const char *number)
{
  g_autoptr (GString) uri = g_string_new ("tel:");

  for (const char *at = number; *at != '\0'; at++)
    {
      if (g_ascii_isdigit (*at) || *at == '*' || *at == '#' || (*at == '+' && at == number))
        g_string_append_c (uri, *at);
      else if (strchr (" -.()/", *at) == NULL)
        return NULL;
    }
  if (uri->len <= strlen ("tel:+") || uri->len > MAX_TEL_CHARS)
    return NULL;
  return g_string_free (g_steal_pointer (&uri), FALSE);
}

static gboolean
is_escaped (const char *at)
{
  return at[0] == '%' && g_ascii_isxdigit (at[1]) && g_ascii_isxdigit (at[2]);
}

static gboolean
is_user_part (const char *text,
              gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("-_.!~*'()&=+$,/", text[i]) == NULL &&
        !(text[i] == '%' && i + 2 < length && is_escaped (text + i)))
      return FALSE;
  return length > 0;
}

static gboolean
is_host_part (const char *text)
{
  const char *at = text;

  if (*at == '[')
    {
      const char *end = strchr (at, ']');

      if (end == NULL || end == at + 1 ||
          strspn (at + 1, "0123456789abcdefABCDEF:.") != (gsize) (end - at - 1))
        return FALSE;
      at = end + 1;
    }
  else
    {
      while (g_ascii_isalnum (*at) || *at == '-' || *at == '.')
        at++;
      if (at == text || *text == '-' || *text == '.')
        return FALSE;
    }
  if (*at == ':')
    {
      gsize n_digits = strspn (at + 1, "0123456789");

      return n_digits >= 1 && n_digits <= 5 && at[1 + n_digits] == '\0';
    }
  return *at == '\0';
}

/* An address alone: parameters and headers of a SIP URI could make the softphone do more than
 * call, so one that carries them is refused. */
static gboolean
is_sip (const char *rest)
{
  const char *at = strchr (rest, '@');

  if (at == NULL)
    return is_host_part (rest);
  return is_user_part (rest, (gsize) (at - rest)) && is_host_part (at + 1);
}

/**
 * lf_call_uri_new:
 * @address: what a directory says: "tel:+49 30 1234", "sip:2041@pbx.example", or a bare number
 * @error: return location
 *
 * Makes the URI that is handed to the desktop's program for calls. Only numbers and plain SIP
 * addresses pass. Sets %LF_ERROR_BAD_REQUEST.
 *
 * Source: RFC 3966 section 3 (tel), RFC 3261 section 19.1 (sip, sips).
 *
 * Returns: (transfer full) (nullable): the URI, or %NULL with @error set
 */
char *
lf_call_uri_new (const char *address,
                 GError    **error)
{
  g_autofree char *stripped = NULL;
  char            *uri = NULL;

  g_return_val_if_fail (address != NULL, NULL);

  if (strlen (address) <= LF_ADDRESS_MAX_CHARS)
    {
      stripped = g_strstrip (g_strdup (address));
      if (g_ascii_strncasecmp (stripped, "tel:", 4) == 0)
        uri = make_tel (stripped + 4);
      else if (g_ascii_strncasecmp (stripped, "sip:", 4) == 0 && is_sip (stripped + 4))
        uri = g_strconcat ("sip:", stripped + 4, NULL);
      else if (g_ascii_strncasecmp (stripped, "sips:", 5) == 0 && is_sip (stripped + 5))
        uri = g_strconcat ("sips:", stripped + 5, NULL);
      else if (strchr (stripped, ':') == NULL)
        uri = make_tel (stripped);
    }
  if (uri == NULL)
    {
      glong            n_chars = g_utf8_validate (address, -1, NULL) ? g_utf8_strlen (address, -1) : 0;
      g_autofree char *quoted = n_chars > 0 ? g_utf8_substring (address, 0, MIN (n_chars, MAX_QUOTED_CHARS)) : g_strdup ("?");

      g_set_error (error, LF_ERROR, LF_ERROR_BAD_REQUEST, "“%s” is not a number that can be called", quoted);
    }
  return uri;
}

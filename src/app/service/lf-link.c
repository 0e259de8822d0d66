/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <string.h>

#include "lf-call-uri.h"
#include "lf-error.h"
#include "lf-link.h"
#include "lf-people.h"

/* link    = "lampfield:" ( "chat" / "person" ) "?user=" value
 *         / "lampfield:call?" ( "user=" / "number=" ) value
 *         / "tel:" number
 * value   = 1 to 100 characters of UTF-8, percent-encoded, in one line
 *
 * Whoever writes a link is not the user. It says where to look, and nothing that would be sent, set or done; there is
 * no other parameter, and nothing behind it. */

#define MAX_BYTES 1024

static LfLink *
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LF_ERROR, LF_ERROR_BAD_REQUEST, message);

  return NULL;
}

static LfLink *
make (LfLinkKind kind, char *target)
{
  LfLink *self = g_new0 (LfLink, 1);

  self->kind = kind;
  self->target = target;

  return self;
}

/* Strict: what is not allowed in a query stands escaped, and is UTF-8 of one line without the escapes. */
static char *
read_value (const char *escaped)
{
  g_autofree char *value = NULL;

  for (const char *at = escaped; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-._~%@+!*'():", *at) == NULL)
      return NULL;
  value = g_uri_unescape_string (escaped, NULL);
  if (value == NULL || *value == '\0' || !g_utf8_validate (value, -1, NULL) || g_utf8_strlen (value, -1) > LF_PEOPLE_MAX_CHARS)
    return NULL;
  for (const char *at = value; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)))
      return NULL;

  return g_steal_pointer (&value);
}

static LfLink *
parse_number (const char *number, GError **error)
{
  g_autofree char *uri = lf_call_uri_new (number, NULL);

  /* Codes with * and # change how a telephone is set: who writes links does not do that. */
  if (uri == NULL || !g_str_has_prefix (uri, "tel:") || strpbrk (uri, "*#") != NULL)
    return refuse (error, "This link holds no telephone number.");

  return make (LF_LINK_CALL_NUMBER, g_steal_pointer (&uri));
}

static LfLink *
parse_own (const char *rest, GError **error)
{
  static const struct
  {
    const char *prefix;
    LfLinkKind  kind;
  } ways[] = {
    { "chat?user=", LF_LINK_CHAT },
    { "person?user=", LF_LINK_PERSON },
    { "call?user=", LF_LINK_CALL_PERSON },
    { "call?number=", LF_LINK_CALL_NUMBER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *value = NULL;

      if (!g_str_has_prefix (rest, ways[i].prefix))
        continue;
      value = read_value (rest + strlen (ways[i].prefix));
      if (value == NULL)
        return refuse (error, "This link names nobody.");
      if (ways[i].kind == LF_LINK_CALL_NUMBER)
        return parse_number (value, error);
      return make (ways[i].kind, g_steal_pointer (&value));
    }

  return refuse (error, "This is none of the links that Lampfield knows.");
}

/**
 * lf_link_parse:
 * @uri: what somebody clicked
 * @error: return location
 *
 * Reads a link strictly. Sets %LF_ERROR_BAD_REQUEST.
 *
 * Source: RFC 3986 section 2.1 (percent-encoding), RFC 3966 section 3 (tel).
 *
 * Returns: (transfer full) (nullable): where it leads
 */
LfLink *
lf_link_parse (const char *uri, GError **error)
{
  g_return_val_if_fail (uri != NULL, NULL);

  if (strlen (uri) > MAX_BYTES)
    return refuse (error, "This link is too long.");
  if (g_ascii_strncasecmp (uri, "tel:", 4) == 0)
    {
      g_autofree char *number = read_value (uri + 4);

      return number != NULL ? parse_number (number, error) : refuse (error, "This link holds no telephone number.");
    }
  if (g_ascii_strncasecmp (uri, "lampfield:", 10) == 0)
    return parse_own (uri + 10, error);

  return refuse (error, "This is none of the links that Lampfield knows.");
}

/**
 * lf_link_free:
 * @self: a link
 *
 * Frees it.
 */
void
lf_link_free (LfLink *self)
{
  g_free (self->target);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "lf-error.h"
#include "lf-server-address.h"

#define MAX_ADDRESS_CHARS 300
#define MAX_QUOTED_CHARS  100

static gboolean
host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

/* A name as it is asked for (RFC 1123, international ones encoded), or an address. */
static char *
normalise_host (const char *host)
{
  g_autofree char *ascii = NULL;

  if (host == NULL || host[0] == '\0')
    return NULL;
  if (g_hostname_is_ip_address (host))
    return g_ascii_strdown (host, -1);
  ascii = g_hostname_to_ascii (host);
  for (const char *c = ascii; c != NULL && *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-._", *c) == NULL)
      return NULL;
  return ascii != NULL ? g_ascii_strdown (ascii, -1) : NULL;
}

/* As much of it as a message has room for, in whole characters. */
static char *
quote (const char *text)
{
  return g_utf8_validate (text, -1, NULL) ? g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_QUOTED_CHARS)) : g_strdup ("?");
}

static gboolean
refuse (const char *text,
        GError    **error)
{
  g_autofree char *quoted = quote (text);

  g_set_error (error, LF_ERROR, LF_ERROR_BAD_REQUEST,
               "“%s” is not a server address; write it like https://lampfield.example.org.", quoted);
  return FALSE;
}

static gboolean
check_parts (GUri       *uri,
             const char *text,
             GError    **error)
{
  g_autofree char *host = normalise_host (g_uri_get_host (uri));
  const char      *path = g_uri_get_path (uri);
  const char      *scheme = g_uri_get_scheme (uri);
  g_autofree char *quoted = quote (text);

  if (host == NULL || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL || (path[0] != '\0' && !g_str_equal (path, "/")))
    return refuse (text, error);
  if (g_str_equal (scheme, "https"))
    return TRUE;
  if (!g_str_equal (scheme, "http"))
    return refuse (text, error);
  if (host_is_loopback (host))
    return TRUE;
  g_set_error (error, LF_ERROR, LF_ERROR_INSECURE,
               "“%s” would send the password in clear text; use https://.", quoted);
  return FALSE;
}

/**
 * lf_server_address_normalise:
 * @text: what a person typed: "https://host[:port]", "host[:port]" (https is meant), or
 *   "http://" with a loopback host
 * @error: return location
 *
 * Makes the one form in which a server is named, compared and stored.
 *
 * Returns: (transfer full) (nullable): "scheme://host[:port]"; %LF_ERROR_BAD_REQUEST for what is no
 *   address, %LF_ERROR_INSECURE for http to another machine
 */
char *
lf_server_address_normalise (const char *text,
                             GError    **error)
{
  g_autofree char *stripped = NULL;
  g_autofree char *with_scheme = NULL;
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GUri) bare = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *host = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  stripped = g_strstrip (g_strdup (text));
  if (stripped[0] == '\0' || strlen (stripped) > MAX_ADDRESS_CHARS)
    {
      refuse (stripped, error);
      return NULL;
    }
  with_scheme = strstr (stripped, "://") != NULL ? g_strdup (stripped) : g_strconcat ("https://", stripped, NULL);
  uri = g_uri_parse (with_scheme, G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  if (uri == NULL)
    {
      refuse (stripped, error);
      return NULL;
    }
  if (!check_parts (uri, stripped, error))
    return NULL;
  host = normalise_host (g_uri_get_host (uri));
  bare = g_uri_build (G_URI_FLAGS_SCHEME_NORMALIZE, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri), "", NULL,
                      NULL);
  whole = g_uri_to_string (bare);
  if (g_str_has_suffix (whole, "/"))
    whole[strlen (whole) - 1] = '\0';
  return g_steal_pointer (&whole);
}

/**
 * lf_server_address_is_loopback:
 * @server: a normalised address
 *
 * Returns: %TRUE if it names this machine
 */
gboolean
lf_server_address_is_loopback (const char *server)
{
  g_autoptr (GUri) uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && host_is_loopback (g_uri_get_host (uri));
}

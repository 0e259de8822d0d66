/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-guard.h"
#include "lf-error.h"

/* Addresses come from people's calendars settings and from redirects: without a guard the connector
 * could be made to ask services of its own machine or network. What counts is the address that is
 * connected to, so that is what is checked, for each connection: a name may resolve to another
 * address every time it is asked for. */

/* Networks that are not the open internet (RFC 6890 and its registries). GInetAddress knows the
 * loopback, link-local, private, multicast and any ones itself. */
static const char *const special_networks[] = {
  "0.0.0.0/8",       /* this network */
  "100.64.0.0/10",   /* shared by providers */
  "192.0.0.0/24",    /* protocol assignments */
  "192.0.2.0/24",    /* documentation */
  "192.88.99.0/24",  /* old 6to4 relays */
  "198.18.0.0/15",   /* benchmarks */
  "198.51.100.0/24", /* documentation */
  "203.0.113.0/24",  /* documentation */
  "240.0.0.0/4",     /* reserved, broadcast */
  "::/96",           /* unspecified, loopback, old IPv4-compatible */
  "64:ff9b::/96",    /* NAT64: an IPv4 address in disguise */
  "64:ff9b:1::/48",  /* the same, local */
  "100::/64",        /* discard */
  "2001::/23",       /* protocol assignments, Teredo */
  "2001:db8::/32",   /* documentation */
  "2002::/16",       /* 6to4: an IPv4 address in disguise */
  "fc00::/7",        /* unique local */
};

/* An IPv4 address inside an IPv6 one (::ffff:a.b.c.d) is judged as what it is. */
static GInetAddress *
unwrap (GInetAddress *address)
{
  static const guint8 prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8       *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 && memcmp (bytes, prefix, sizeof prefix) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof prefix, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (address);
}

/**
 * lf_calendar_guard_is_public:
 * @address: an address
 *
 * Returns: %TRUE if it belongs to the open internet
 */
gboolean
lf_calendar_guard_is_public (GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = NULL;

  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  plain = unwrap (address);
  if (g_inet_address_get_is_any (plain) || g_inet_address_get_is_loopback (plain) ||
      g_inet_address_get_is_link_local (plain) || g_inet_address_get_is_site_local (plain) ||
      g_inet_address_get_is_multicast (plain))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (special_networks); i++)
    {
      g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (special_networks[i], NULL);

      if (g_inet_address_mask_matches (mask, plain))
        return FALSE;
    }
  return TRUE;
}

/**
 * lf_calendar_guard_check_uri:
 * @uri: where a calendar is, or where a redirect points to
 * @error: set to %LF_ERROR_INSECURE for anything but https, and http on loopback
 *
 * Returns: %TRUE if it may be asked at all
 */
gboolean
lf_calendar_guard_check_uri (GUri    *uri,
                             GError **error)
{
  const char *host = g_uri_get_host (uri);

  g_return_val_if_fail (uri != NULL, FALSE);

  if (host != NULL && *host != '\0')
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

      if (g_str_equal (g_uri_get_scheme (uri), "https"))
        return TRUE;
      if (g_str_equal (g_uri_get_scheme (uri), "http") &&
          (address != NULL ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (host, "localhost") == 0))
        return TRUE;
    }
  g_set_error (error, LF_ERROR, LF_ERROR_INSECURE, "Calendars are read by https alone; http is for this machine.");
  return FALSE;
}

/**
 * lf_calendar_guard_check_endpoint:
 * @connection: a connection that is being made
 * @error: set to %LF_ERROR_FORBIDDEN if it goes to this machine or a private network
 *
 * Returns: %TRUE if it goes to the open internet
 */
gboolean
lf_calendar_guard_check_endpoint (GIOStream *connection,
                                  GError   **error)
{
  g_autoptr (GSocketAddress) remote = NULL;

  if (G_IS_SOCKET_CONNECTION (connection))
    remote = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
  if (remote != NULL && G_IS_INET_SOCKET_ADDRESS (remote) &&
      lf_calendar_guard_is_public (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote))))
    return TRUE;
  g_set_error (error, LF_ERROR, LF_ERROR_FORBIDDEN,
               "The address is one of this machine or a private network; “allow-private=true” in its group allows that.");
  return FALSE;
}

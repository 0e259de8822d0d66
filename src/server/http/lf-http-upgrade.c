/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-http"

#include "config.h"

#include <string.h>

#include "lf-http-private.h"

#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_CHARS      24 /* 16 bytes in base64 */

static gboolean
is_key (const char *key)
{
  g_autofree guchar *bytes = NULL;
  gsize              length = 0;

  if (key == NULL || strlen (key) != KEY_CHARS)
    return FALSE;
  bytes = g_base64_decode (key, &length);
  return length == 16;
}

/* Judges the head of a request for the stream; FALSE with words for people. RFC 6455 section 4.2.1. */
gboolean
lf_http_upgrade_check (LfHttpRequest *self, const char **detail)
{
  const char *version = lf_http_request_get_header (self, "Sec-WebSocket-Version");

  *detail = NULL;
  if (!lf_http_has_token (lf_http_request_get_header (self, "Upgrade"), "websocket") ||
      !lf_http_has_token (lf_http_request_get_header (self, "Connection"), "upgrade"))
    *detail = "This is no WebSocket upgrade.";
  else if (version == NULL || !g_str_equal (version, "13"))
    *detail = "Sec-WebSocket-Version must be 13.";
  else if (!is_key (lf_http_request_get_header (self, "Sec-WebSocket-Key")))
    *detail = "Sec-WebSocket-Key must be 16 bytes in base64.";
  else if (!lf_http_has_token (lf_http_request_get_header (self, "Sec-WebSocket-Protocol"), LF_SUBPROTOCOL))
    *detail = "The subprotocol lampfield.v1 must be offered.";
  return *detail == NULL;
}

static char *
make_accept (const char *key)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8                digest[20];
  gsize                 length = sizeof digest;

  g_checksum_update (sum, (const guchar *) key, (gssize) strlen (key));
  g_checksum_update (sum, (const guchar *) WEBSOCKET_GUID, (gssize) strlen (WEBSOCKET_GUID));
  g_checksum_get_digest (sum, digest, &length);
  return g_base64_encode (digest, length);
}

/* Answers 101; @handler is called with the socket once the answer is on its way. */
enum MHD_Result
lf_http_upgrade_send (LfHttpRequest *self, MHD_UpgradeHandler handler, gpointer user_data)
{
  g_autofree char     *accept = make_accept (lf_http_request_get_header (self, "Sec-WebSocket-Key"));
  struct MHD_Response *response = MHD_create_response_for_upgrade (handler, user_data);
  enum MHD_Result      result;

  if (response == NULL)
    return MHD_NO;
  MHD_add_response_header (response, "Upgrade", "websocket");
  MHD_add_response_header (response, "Sec-WebSocket-Accept", accept);
  MHD_add_response_header (response, "Sec-WebSocket-Protocol", LF_SUBPROTOCOL);
  result = MHD_queue_response (self->connection->mhd, MHD_HTTP_SWITCHING_PROTOCOLS, response);
  MHD_destroy_response (response);
  return result;
}

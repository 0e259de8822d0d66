/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-sdp.h"

/* The origin of what this connector sends; only the version of a session changes (RFC 8866 section 5.2). */
#define ORIGIN "o=lampfield 1 %u IN IP4 127.0.0.1\r\n"

/**
 * lf_sdp_new_inactive:
 * @version: of the session
 *
 * Makes an offer to a telephone that is to be connected later: one audio stream that is not active.
 *
 * Source: RFC 3725 section 4, RFC 8866.
 *
 * Returns: (transfer full): the offer
 */
char *
lf_sdp_new_inactive (guint version)
{
  return g_strdup_printf ("v=0\r\n" ORIGIN "s=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                          "m=audio 9 RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=inactive\r\n",
                          version);
}

/**
 * lf_sdp_take_over:
 * @text: (array length=length): what a telephone offers or answers
 * @length: in bytes
 * @version: of the session in which it is passed on
 *
 * Puts this connector's origin in place of the telephone's, for the other telephone takes all that it gets of
 * a call for one session.
 *
 * Source: RFC 3264 section 8.
 *
 * Returns: (transfer full) (nullable): the text to pass on; %NULL if it is no description of a session
 */
char *
lf_sdp_take_over (const char *text, gsize length, guint version)
{
  g_autofree char    *copy = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv)      lines = NULL;
  gboolean            has_origin = FALSE;

  if (text == NULL || length > LF_SDP_MAX_BYTES || memchr (text, '\0', length) != NULL)
    return NULL;
  copy = g_strndup (text, length);
  if (!g_str_has_prefix (copy, "v=0"))
    return NULL;
  lines = g_strsplit (copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strchomp (lines[i]);
      if (g_str_has_prefix (lines[i], "o="))
        {
          g_string_append_printf (out, ORIGIN, version);
          has_origin = TRUE;
        }
      else if (*lines[i] != '\0')
        g_string_append_printf (out, "%s\r\n", lines[i]);
    }
  return has_origin ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

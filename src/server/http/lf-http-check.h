/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>

#include "lf-problem.h"

G_BEGIN_DECLS

#define LF_HTTP_MAX_BODY (64 * 1024)

/**
 * LfHttpHeaders:
 *
 * The headers of one request that decide what becomes of it, and how often each was there. Strings
 * are borrowed from the connection.
 */
typedef struct
{
  guint       n_fields;
  guint       n_host;
  guint       n_length;
  guint       n_encoding;
  guint       n_origin;
  guint       n_authorization;
  guint       n_type;
  gboolean    is_malformed; /* a name is no token, or a value holds a NUL */
  const char *length;
  const char *authorization;
  const char *type;
  const char *expect;
  const char *forwarded_for; /* of the last such header */
  guint64     body_bytes;    /* Content-Length, once checked */
} LfHttpHeaders;

void        lf_http_headers_read (LfHttpHeaders *self, struct MHD_Connection *connection);
gboolean    lf_http_headers_check (LfHttpHeaders *self, LfProblem *problem, const char **detail);
gboolean    lf_http_headers_are_json (const LfHttpHeaders *self);
const char *lf_http_headers_get_bearer (const LfHttpHeaders *self);
gboolean    lf_http_has_token (const char *list, const char *token);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "lf-codec.h"
#include "lf-problem.h"

G_BEGIN_DECLS

/**
 * LfReply:
 * @status: HTTP status
 * @etag: (nullable): owned
 * @location: (nullable): where a redirect points; owned
 * @retry_after_s: seconds the server asked to wait, or 0
 * @is_json: the content type is application/json
 * @is_problem: the content type is application/problem+json
 * @has_problem: @problem is set
 * @problem: the code the server gave
 * @schema: (nullable): of @body
 * @body: (nullable): the decoded answer; owned until taken
 *
 * The answer to a REST call, head first, then the body checked and decoded.
 */
typedef struct
{
  guint           status;
  char           *etag;
  char           *location;
  guint           retry_after_s;
  gboolean        is_json;
  gboolean        is_problem;
  gboolean        has_problem;
  LfProblem       problem;
  const LfSchema *schema;
  gpointer        body;
} LfReply;

void     lf_reply_clear (LfReply *self);
void     lf_reply_set_head (LfReply *self, guint status, SoupMessageHeaders *headers);
gboolean lf_reply_decode (LfReply *self, const char *server, const char *text, gsize length, const LfSchema *schema, GError **error);
guint    lf_reply_parse_retry_after (const char *value, gint64 now_s);
GError  *lf_reply_explain_transport (const char *server, const GError *cause);

G_END_DECLS

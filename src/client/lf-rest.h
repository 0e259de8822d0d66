/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-codec.h"
#include "lf-problem.h"

G_BEGIN_DECLS

#define LF_REST_DEADLINE_MS 30000 /* of one call, from its start to the last byte of the answer */

#define LF_TYPE_REST (lf_rest_get_type ())

/**
 * LfRest:
 *
 * REST calls to one server with one bearer token: libsoup underneath, deadlines on every call,
 * answers checked by the strict JSON check before they are decoded, problem+json turned into
 * #LF_ERROR. Used by the desktop client, the connectors and the sample office alike.
 */
G_DECLARE_FINAL_TYPE (LfRest, lf_rest, LF, REST, GObject)

/* @server: "https://host[:port]" or "http://127.0.0.1:port" (http for loopback alone: LF_ERROR_INSECURE) */
LfRest     *lf_rest_new (const char *server, GError **error);
const char *lf_rest_get_server (LfRest *self);
gboolean    lf_rest_token_is_valid (const char *token); /* visible ASCII alone: strip what a file brought */
void        lf_rest_set_token (LfRest *self, const char *token);
const char *lf_rest_get_token (LfRest *self);
void        lf_rest_set_deadline_ms (LfRest *self, guint deadline_ms); /* default LF_REST_DEADLINE_MS */

/* One call. @path is below /api/v1, already escaped where needed ("/users?q=mara"). @body_schema and
 * @body are NULL for calls without a body; @reply_schema NULL when the answer's body does not matter.
 * @headers: NULL, or name, value, ..., NULL. */
void lf_rest_call_async (LfRest *self, const char *method, const char *path, const char *const *headers, const LfSchema *body_schema, gconstpointer body, const LfSchema *reply_schema, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): the decoded reply: free it by lf_codec_free(); NULL with no error when
 * there was none to decode (no @reply_schema, or 304 to If-None-Match). @etag: (out) (optional) (transfer full) (nullable).
 * @retry_after_s: (out) (optional): seconds the server asked to wait, or 0; set on errors too. */
gpointer lf_rest_call_finish (LfRest *self, GAsyncResult *result, guint *status, char **etag, guint *retry_after_s, GError **error);
/* The code the server gave with an error; FALSE when there was none. Before or after lf_rest_call_finish(). */
gboolean lf_rest_call_get_problem (LfRest *self, GAsyncResult *result, LfProblem *problem);

/* A path segment or query value, escaped (transfer full). */
char *lf_rest_escape (const char *text);

G_END_DECLS

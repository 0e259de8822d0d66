/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-accounts.h"
#include "lf-codec.h"
#include "lf-problem.h"

G_BEGIN_DECLS

/**
 * LfHttpRequest:
 *
 * One request that passed every check: route found, identity known and allowed, body decoded. It is
 * suspended until it is answered, once, by one of the respond functions; a second answer is ignored,
 * and so is one to a client that is gone. One that nobody answers in time gets 503. Main thread only.
 */
typedef struct _LfHttpRequest LfHttpRequest;

LfHttpRequest *lf_http_request_ref (LfHttpRequest *self);
void           lf_http_request_unref (LfHttpRequest *self);

const char *lf_http_request_get_param (LfHttpRequest *self, const char *name);  /* of the pattern; a valid id, never NULL */
const char *lf_http_request_get_query (LfHttpRequest *self, const char *name);  /* decoded, valid UTF-8; nullable */
const char *lf_http_request_get_header (LfHttpRequest *self, const char *name); /* nullable */
gpointer    lf_http_request_get_body (LfHttpRequest *self);                     /* struct of the route's schema; borrowed */
LfIdentity *lf_http_request_get_identity (LfHttpRequest *self);                 /* transfer none; NULL on public routes */
const char *lf_http_request_get_user (LfHttpRequest *self);                     /* of the identity; NULL for connectors */
const char *lf_http_request_get_session (LfHttpRequest *self);                  /* of the identity */
const char *lf_http_request_get_address (LfHttpRequest *self);                  /* the client's, behind proxies; never NULL */

/* An integer of the query in [min, max]; absent: fallback. FALSE: it has been answered with 400. */
gboolean lf_http_request_read_int (LfHttpRequest *self, const char *name, gint64 min, gint64 max, gint64 fallback, gint64 *value);
/* An instant of the query. FALSE: absent or malformed, it has been answered with 400. */
gboolean lf_http_request_read_instant (LfHttpRequest *self, const char *name, gint64 *instant_us);
/* Comma-separated ids of the query, 1 to max, without doubles. NULL: it has been answered with 400. */
GStrv lf_http_request_read_ids (LfHttpRequest *self, const char *name, guint max);

/* Before respond: ETag of the answer, without its quotes. */
void lf_http_request_set_etag (LfHttpRequest *self, const char *etag);
/* If-None-Match names @etag (without quotes): answer 304 by respond_empty. */
gboolean lf_http_request_none_match (LfHttpRequest *self, const char *etag);
/* If-Match is absent, "*" or names @etag; otherwise answer LF_PROBLEM_PRECONDITION_FAILED. */
gboolean lf_http_request_match (LfHttpRequest *self, const char *etag);

/* What a stranger did: see lf_http_server_log(). */
void lf_http_request_log (LfHttpRequest *self, const char *words);

gboolean lf_http_request_is_answered (LfHttpRequest *self);
void     lf_http_request_respond (LfHttpRequest *self, guint status, const LfSchema *schema, gconstpointer value);
/* 200. @media_type: static. @text: transfer full. */
void lf_http_request_respond_text (LfHttpRequest *self, const char *media_type, GString *text);
void lf_http_request_respond_empty (LfHttpRequest *self, guint status);
/* @detail: nullable, for people, no secrets. @retry_after_s: 0 for none. */
void lf_http_request_respond_problem (LfHttpRequest *self, LfProblem problem, const char *detail, guint retry_after_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfHttpRequest, lf_http_request_unref)

G_END_DECLS

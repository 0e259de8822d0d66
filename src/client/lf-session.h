/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-clock.h"
#include "lf-rest.h"

G_BEGIN_DECLS

#define LF_TYPE_SESSION (lf_session_get_type ())

/**
 * LfSession:
 *
 * A person's signed-in session on one server: login, rotation of the refresh token before the
 * access token expires and when the server says so, and REST calls that survive an expiry.
 * Made anew for each sign-in. Services with a static token use #LfRest alone.
 *
 * Signals:
 * - "rotated": the refresh token changed; whoever keeps it stores the new one.
 * - "ended" (GError *): the server ended the session (LF_ERROR_UNAUTHORIZED).
 */
G_DECLARE_FINAL_TYPE (LfSession, lf_session, LF, SESSION, GObject)

LfSession  *lf_session_new (const char *server, LfClock *clock, GError **error);
LfRest     *lf_session_get_rest (LfSession *self);          /* transfer none */
LfClock    *lf_session_get_clock (LfSession *self);         /* transfer none */
const char *lf_session_get_user (LfSession *self);          /* the user's id; nullable before sign-in */
const char *lf_session_get_refresh_token (LfSession *self); /* nullable */
gboolean    lf_session_get_is_signed_in (LfSession *self);

/* LF_ERROR_BAD_CREDENTIALS, LF_ERROR_UNAVAILABLE, LF_ERROR_RATE_LIMITED, LF_ERROR_VERSION, LF_ERROR_BAD_FRAME */
void     lf_session_login_async (LfSession *self, const char *login, const char *password, const char *device, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_session_login_finish (LfSession *self, GAsyncResult *result, GError **error);
/* With a refresh token from elsewhere. LF_ERROR_UNAUTHORIZED when the server no longer takes it. */
void     lf_session_adopt_async (LfSession *self, const char *refresh_token, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_session_adopt_finish (LfSession *self, GAsyncResult *result, GError **error);
/* With what was kept of a session; the server is asked when it can be. Before anything else. */
void lf_session_keep (LfSession *self, const char *user, const char *refresh_token);
/* A new access token; joins a refresh that is already on its way. */
void     lf_session_refresh_async (LfSession *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_session_refresh_finish (LfSession *self, GAsyncResult *result, GError **error);
void     lf_session_logout_async (LfSession *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_session_logout_finish (LfSession *self, GAsyncResult *result, GError **error);

/* As lf_rest_call_async(), with a fresh token, and once more after a refresh when it was expired. */
void     lf_session_call_async (LfSession *self, const char *method, const char *path, const char *const *headers, const LfSchema *body_schema, gconstpointer body, const LfSchema *reply_schema, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gpointer lf_session_call_finish (LfSession *self, GAsyncResult *result, guint *status, guint *retry_after_s, GError **error);
/* Before or after lf_session_call_finish(); nullable. */
const char *lf_session_call_get_etag (LfSession *self, GAsyncResult *result);

G_END_DECLS

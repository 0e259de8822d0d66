/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-expiry.h"
#include "lf-identity.h"
#include "lf-store-sessions.h"
#include "lf-store.h"

G_BEGIN_DECLS

#define LF_ACCESS_TOKEN_US  (15 * LF_MINUTE)
#define LF_REFRESH_TOKEN_US (30 * LF_DAY)
#define LF_REFRESH_GRACE_US (60 * LF_SECOND)
#define LF_MAX_SESSIONS     50 /* of one person; the one unseen for longest gives way */

/**
 * LfAccountsStats:
 * @n_sessions: sessions now
 * @n_connectors: service tokens now
 * @n_hashes_waiting: passwords that wait to be checked now
 * @n_hashes: passwords checked
 * @n_logins: sign-ins that succeeded
 * @n_logins_wrong: that failed: an unknown user or a wrong password
 * @n_logins_slowed: that were put off: too many attempts
 * @n_logins_failed: that the server could not answer
 * @n_refreshes: sessions renewed
 * @n_refreshes_refused: refresh tokens that are unknown or over
 * @n_reused: sessions ended because a refresh token was used twice
 *
 * What happened since the start.
 */
typedef struct
{
  guint   n_sessions;
  guint   n_connectors;
  guint   n_hashes_waiting;
  guint   n_hashes;
  guint64 n_logins;
  guint64 n_logins_wrong;
  guint64 n_logins_slowed;
  guint64 n_logins_failed;
  guint64 n_refreshes;
  guint64 n_refreshes_refused;
  guint64 n_reused;
} LfAccountsStats;

#define LF_TYPE_ACCOUNTS (lf_accounts_get_type ())

/**
 * LfAccounts:
 *
 * Sign-in, sessions and tokens. The access tokens in force are held in memory, so a bearer token is
 * checked without a wait.
 *
 * Signal "session-ended" (const char *session): signed out, revoked, its account blocked or its
 * refresh token expired: its stream is to be closed (4001) at once.
 */
G_DECLARE_FINAL_TYPE (LfAccounts, lf_accounts, LF, ACCOUNTS, GObject)

/* Loads sessions and tokens: blocks, so before the main loop runs. */
LfAccounts *lf_accounts_new (LfStore *store, LfClock *clock, GError **error);
LfStore    *lf_accounts_get_store (LfAccounts *self);
LfClock    *lf_accounts_get_clock (LfAccounts *self);
/* Ends statuses at their time: its "expired" is for the hub, and for the person's own streams. */
LfExpiry *lf_accounts_get_expiry (LfAccounts *self);
/* Stops the hashing thread and the timers. */
void lf_accounts_close (LfAccounts *self);

/* @token: what follows "Bearer ". LF_SERVER_ERROR: TOKEN_EXPIRED, or UNAUTHORIZED for anything else. */
LfIdentity *lf_accounts_authenticate (LfAccounts *self, const char *token, GError **error);

/* BAD_CREDENTIALS (the same for an unknown user, after the same work), RATE_LIMITED, UNAVAILABLE.
 * @retry_after_s: seconds to wait, when rate-limited. */
void          lf_accounts_login_async (LfAccounts *self, const LfWireLogin *login, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfWireTokens *lf_accounts_login_finish (LfAccounts *self, GAsyncResult *result, guint *retry_after_s, GError **error);
void          lf_accounts_refresh_async (LfAccounts *self, const char *refresh_token, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfWireTokens *lf_accounts_refresh_finish (LfAccounts *self, GAsyncResult *result, GError **error);
/* Ends a session of @user: NOT_FOUND when it is not there or another's. */
void     lf_accounts_end_session_async (LfAccounts *self, const char *user, const char *session, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_accounts_end_session_finish (LfAccounts *self, GAsyncResult *result, GError **error);

/* After an administrator's commit: sessions that are no longer stored, those made (of
 * LfAccessRow: one token each, and the session ends with it), connector tokens that are or were. */
void lf_accounts_drop_sessions (LfAccounts *self, const char *const *sessions);
void lf_accounts_add_sessions (LfAccounts *self, const GPtrArray *access);
void lf_accounts_add_connector (LfAccounts *self, const LfTokenRow *token);
void lf_accounts_remove_connector (LfAccounts *self, const char *id);
/* Whether the service token of that id is in force. */
gboolean lf_accounts_has_connector (LfAccounts *self, const char *id);
void     lf_accounts_get_stats (LfAccounts *self, LfAccountsStats *stats);
/* For tests: passwords hashed so far. */
guint lf_accounts_count_hashes (LfAccounts *self);

G_END_DECLS

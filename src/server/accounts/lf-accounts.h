/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-store.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfIdentityKind:
 * @LF_IDENTITY_PERSON: an access token of a session
 * @LF_IDENTITY_PHONE: a phone connector's service token
 * @LF_IDENTITY_CALENDAR: a calendar connector's service token
 *
 * Whose token it is, and so which routes it may use.
 */
typedef enum
{
  LF_IDENTITY_PERSON,
  LF_IDENTITY_PHONE,
  LF_IDENTITY_CALENDAR,
} LfIdentityKind;

/**
 * LfIdentity:
 * @kind: what it may do
 * @user: user id of a person, else %NULL
 * @session: session id of a person; token id of a connector
 * @name: name of a connector's token, else %NULL
 * @expires_at_us: of the access token; %LF_INSTANT_NONE for connectors
 *
 * Who is behind a bearer token. Immutable, reference-counted (g_atomic_rc_box).
 */
typedef struct
{
  LfIdentityKind kind;
  char          *user;
  char          *session;
  char          *name;
  gint64         expires_at_us;
} LfIdentity;

LfIdentity *lf_identity_ref (const LfIdentity *self);
void        lf_identity_unref (LfIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIdentity, lf_identity_unref)

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

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lf-accounts-jobs.h"
#include "lf-accounts-private.h"
#include "lf-store-text.h"

#define UNNAMED_DEVICE "unnamed device"

/* Sign-in: find the account, check the password, start the session. */

/* One sign-in on its way. */
typedef struct
{
  char *login;         /* owned, folded: the account of the back-off */
  char *address;       /* owned */
  char *password;      /* owned, wiped */
  char *device;        /* owned */
  char *user;          /* owned, nullable until found */
  char *password_hash; /* owned, nullable: nobody, or one who cannot sign in */
  guint retry_after_s;
} Login;

static void
login_free (Login *login)
{
  sodium_memzero (login->password, strlen (login->password));
  g_free (login->password);
  g_free (login->login);
  g_free (login->address);
  g_free (login->device);
  g_free (login->user);
  g_free (login->password_hash);
  g_free (login);
}

static void
on_session_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LfAccounts       *self = g_task_get_source_object (task);
  GError           *error = NULL;
  LfStartJob       *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (job == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  lf_accounts_take_tokens (self, job->tokens, job->access_hash);
  lf_accounts_drop_sessions (self, (const char *const *) job->ended);
  g_task_return_pointer (task, g_steal_pointer (&job->tokens), NULL);
}

static void
start_session (GTask *task)
{
  LfAccounts  *self = g_task_get_source_object (task);
  const Login *login = g_task_get_task_data (task);
  LfStartJob  *job = g_new0 (LfStartJob, 1);

  job->user = g_strdup (login->user);
  job->password_hash = g_strdup (login->password_hash);
  job->device = g_strdup (login->device);
  job->now_us = lf_clock_get_now_us (self->clock);
  lf_store_write_async (self->store, lf_accounts_job_start, job, (GDestroyNotify) lf_start_job_free, NULL, on_session_started,
                        g_object_ref (task));
}

static void
on_password_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LfAccounts       *self = g_task_get_source_object (task);
  const Login      *login = g_task_get_task_data (task);
  GError           *error = NULL;
  gboolean          is_right = FALSE;

  if (!lf_password_hasher_verify_finish (self->hasher, result, &is_right, &error))
    {
      lf_backoff_take_back (self->backoff, login->login, login->address);
      g_task_return_error (task, error);
      return;
    }
  if (!is_right)
    {
      g_task_return_new_error (task, LF_SERVER_ERROR, LF_PROBLEM_BAD_CREDENTIALS, "The user or the password is wrong.");
      return;
    }

  lf_backoff_succeeded (self->backoff, login->login, login->address);
  start_session (task);
}

static void
on_account_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LfAccounts       *self = g_task_get_source_object (task);
  Login            *login = g_task_get_task_data (task);
  GError           *error = NULL;
  LfFindJob        *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (job == NULL || self->hasher == NULL)
    {
      lf_backoff_take_back (self->backoff, login->login, login->address);
      if (job == NULL)
        g_task_return_error (task, error);
      else
        g_task_return_new_error (task, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "The server is shutting down; try again in a moment.");
      return;
    }

  if (job->account != NULL && !job->account->is_blocked)
    {
      login->user = g_strdup (job->account->person.id);
      login->password_hash = g_steal_pointer (&job->account->password_hash);
    }
  lf_password_hasher_verify_async (self->hasher, login->password_hash, login->password, g_task_get_cancellable (task), on_password_checked,
                                   g_object_ref (task));
}

/* Renewal, and the end */

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LfAccounts       *self = g_task_get_source_object (task);
  GError           *error = NULL;
  LfRefreshJob     *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (job == NULL)
    {
      if (g_error_matches (error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED))
        self->stats.n_refreshes_refused++;
      g_task_return_error (task, error);
      return;
    }
  if (job->revoked != NULL)
    {
      self->stats.n_reused++;
      g_message ("Audit: a refresh token of user %s was used again when it was spent, and may be stolen: session %s ends", job->user, job->revoked);
      lf_accounts_drop_sessions (self, (const char *const[]){ job->revoked, NULL });
      g_task_return_new_error (task, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED, "The session has ended; sign in again.");
      return;
    }

  self->stats.n_refreshes++;
  lf_accounts_take_tokens (self, job->tokens, job->access_hash);
  g_task_return_pointer (task, g_steal_pointer (&job->tokens), NULL);
}

static void
on_session_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LfAccounts       *self = g_task_get_source_object (task);
  GError           *error = NULL;
  const LfEndJob   *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (job == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  lf_accounts_drop_sessions (self, (const char *const[]){ job->session, NULL });
  g_task_return_boolean (task, TRUE);
}

/**
 * lf_accounts_login_async:
 * @self: accounts
 * @login: who, the password, the device
 * @address: the client's, for the back-off
 * @cancellable: (nullable): skips what has not begun
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Signs in. An unknown user, a blocked one and a wrong password take the same way, hash included.
 */
void
lf_accounts_login_async (LfAccounts         *self,
                         const LfWireLogin  *login,
                         const char         *address,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Login            *data = g_new0 (Login, 1);
  LfFindJob        *job;

  g_return_if_fail (LF_IS_ACCOUNTS (self) && login != NULL && address != NULL);

  g_task_set_source_tag (task, lf_accounts_login_async);
  g_task_set_check_cancellable (task, FALSE);
  data->login = lf_text_fold (login->user);
  data->address = g_strdup (address);
  data->password = g_strdup (login->password);
  data->device = g_strdup (login->device != NULL && *login->device != '\0' ? login->device : UNNAMED_DEVICE);
  g_task_set_task_data (task, data, (GDestroyNotify) login_free);

  data->retry_after_s = lf_backoff_attempt (self->backoff, data->login, data->address, lf_clock_get_mono_us (self->clock));
  if (data->retry_after_s > 0)
    {
      g_task_return_new_error (task, LF_SERVER_ERROR, LF_PROBLEM_RATE_LIMITED,
                               "There were too many attempts to sign in; wait %u seconds and try again.", data->retry_after_s);
      return;
    }

  job = g_new0 (LfFindJob, 1);
  job->login = g_strdup (login->user);
  lf_store_read_async (self->store, lf_accounts_job_find, job, (GDestroyNotify) lf_find_job_free, cancellable, on_account_found,
                       g_steal_pointer (&task));
}

static void
count_login (LfAccounts *self, gboolean is_in, const GError *error)
{
  if (is_in)
    self->stats.n_logins++;
  else if (g_error_matches (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_CREDENTIALS))
    self->stats.n_logins_wrong++;
  else if (g_error_matches (error, LF_SERVER_ERROR, LF_PROBLEM_RATE_LIMITED))
    self->stats.n_logins_slowed++;
  else
    self->stats.n_logins_failed++;
}

/**
 * lf_accounts_login_finish:
 * @self: accounts
 * @result: what the callback got
 * @retry_after_s: (out): seconds to wait when rate-limited, else 0
 * @error: return location
 *
 * Returns: (transfer full) (nullable): tokens of a new session; %NULL with %LF_PROBLEM_BAD_CREDENTIALS,
 *   %LF_PROBLEM_RATE_LIMITED, %LF_PROBLEM_UNAVAILABLE or %LF_PROBLEM_STORAGE_FULL
 */
LfWireTokens *
lf_accounts_login_finish (LfAccounts *self, GAsyncResult *result, guint *retry_after_s, GError **error)
{
  g_autoptr (GError) failure = NULL;
  LfWireTokens      *tokens;
  const Login       *login;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  login = g_task_get_task_data (G_TASK (result));
  *retry_after_s = login->retry_after_s;
  tokens = g_task_propagate_pointer (G_TASK (result), &failure);
  count_login (self, tokens != NULL, failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));

  return tokens;
}

/**
 * lf_accounts_refresh_async:
 * @self: accounts
 * @refresh_token: of a session
 * @cancellable: (nullable): skips what has not begun
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Renews a session: a new access token, and the next refresh token.
 */
void
lf_accounts_refresh_async (LfAccounts         *self,
                           const char         *refresh_token,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  LfRefreshJob     *job = g_new0 (LfRefreshJob, 1);

  g_return_if_fail (LF_IS_ACCOUNTS (self) && refresh_token != NULL);

  g_task_set_source_tag (task, lf_accounts_refresh_async);
  g_task_set_check_cancellable (task, FALSE);
  job->token = g_strdup (refresh_token);
  job->now_us = lf_clock_get_now_us (self->clock);
  lf_store_write_async (self->store, lf_accounts_job_refresh, job, (GDestroyNotify) lf_refresh_job_free, cancellable, on_refreshed,
                        g_steal_pointer (&task));
}

/**
 * lf_accounts_refresh_finish:
 * @self: accounts
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the tokens; %NULL with %LF_PROBLEM_UNAUTHORIZED when the
 *   session has ended, perhaps just now because the token was used before
 */
LfWireTokens *
lf_accounts_refresh_finish (LfAccounts *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lf_accounts_end_session_async:
 * @self: accounts
 * @user: whose it must be
 * @session: which
 * @cancellable: (nullable): skips what has not begun
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Signs a device out.
 */
void
lf_accounts_end_session_async (LfAccounts         *self,
                               const char         *user,
                               const char         *session,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  LfEndJob         *job = g_new0 (LfEndJob, 1);

  g_return_if_fail (LF_IS_ACCOUNTS (self) && user != NULL && session != NULL);

  g_task_set_source_tag (task, lf_accounts_end_session_async);
  g_task_set_check_cancellable (task, FALSE);
  job->user = g_strdup (user);
  job->session = g_strdup (session);
  lf_store_write_async (self->store, lf_accounts_job_end, job, (GDestroyNotify) lf_end_job_free, cancellable, on_session_removed,
                        g_steal_pointer (&task));
}

/**
 * lf_accounts_end_session_finish:
 * @self: accounts
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such session of that person
 */
gboolean
lf_accounts_end_session_finish (LfAccounts *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-error.h"
#include "lf-session-private.h"
#include "lf-timer.h"
#include "lf-wire.h"

#define REFRESH_BEFORE_US (2 * LF_MINUTE) /* before the access token expires */
#define SHORTEST_LIFE_US  (1 * LF_MINUTE) /* what the clocks' difference may make of a lifetime */
#define LONGEST_LIFE_US   (1 * LF_DAY)
#define USUAL_LIFE_US     (15 * LF_MINUTE)

/* An answer that got lost has rotated the token: repeated within the server's 60 s of grace. */
#define REFRESH_DEADLINE_MS 12000
#define REFRESH_TRIES       4
#define REFRESH_PAUSE_MS    1000

G_DEFINE_FINAL_TYPE (LfSession, lf_session, G_TYPE_OBJECT)

enum
{
  SIGNAL_ROTATED,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void send_refresh (LfSession *self);

static void
answer_waiters (LfSession    *self,
                const GError *error)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->is_refreshing = FALSE;
  self->tries = 0;
  for (guint i = 0; i < waiters->len; i++)
    {
      if (error != NULL)
        g_task_return_error (waiters->pdata[i], g_error_copy (error));
      else
        g_task_return_boolean (waiters->pdata[i], TRUE);
    }
}

static void
forget_tokens (LfSession *self)
{
  self->is_over = TRUE;
  lf_timer_clear (&self->timer);
  g_clear_pointer (&self->refresh, g_free);
  lf_rest_set_token (self->rest, NULL);
  if (self->is_refreshing && !self->has_request)
    {
      g_autoptr (GError) over = g_error_new_literal (LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");

      answer_waiters (self, over);
    }
}

static gboolean
on_refresh_due (gpointer user_data)
{
  LfSession *self = user_data;

  lf_timer_clear (&self->timer);
  if (self->is_refreshing)
    send_refresh (self);
  else
    lf_session_refresh_async (self, self->lifetime, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* Lifetimes are told as the server's instants; before the clocks are compared they may be nonsense. */
static void
take_tokens (LfSession          *self,
             const LfWireTokens *tokens)
{
  gint64   life_us = tokens->access_expires_at_us - lf_clock_get_now_us (self->clock);
  gint64   wait_us;
  gboolean has_rotated = g_strcmp0 (self->refresh, tokens->refresh_token) != 0;

  if (tokens->access_expires_at_us == LF_INSTANT_NONE || life_us < SHORTEST_LIFE_US || life_us > LONGEST_LIFE_US)
    life_us = USUAL_LIFE_US;
  self->expires_at_mono_us = g_get_monotonic_time () + life_us;
  wait_us = life_us > 2 * REFRESH_BEFORE_US ? life_us - REFRESH_BEFORE_US : life_us / 2;
  wait_us -= g_random_int_range (0, MAX (wait_us / LF_SECOND / 10, 1)) * LF_SECOND;
  g_free (self->user);
  self->user = g_strdup (tokens->user);
  g_free (self->refresh);
  self->refresh = g_strdup (tokens->refresh_token);
  lf_rest_set_token (self->rest, tokens->access_token);
  lf_timer_start (&self->timer, wait_us / 1000, on_refresh_due, self);
  if (has_rotated)
    g_signal_emit (self, signals[SIGNAL_ROTATED], 0);
}

/* The tokens of an answer, or NULL with @error. One that cannot stand in a header would end the
 * session later, without a reason. */
static LfWireTokens *
finish_tokens (LfSession    *self,
               GAsyncResult *result,
               GError      **error)
{
  GError                  *cause = NULL;
  g_autoptr (LfWireTokens) tokens = lf_rest_call_finish (self->auth, result, NULL, NULL, NULL, &cause);

  if (tokens != NULL && self->user != NULL && !g_str_equal (tokens->user, self->user))
    {
      g_set_error_literal (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The server gave the token of somebody else.");
      return NULL;
    }
  if (tokens != NULL && lf_rest_token_is_valid (tokens->access_token) && lf_rest_token_is_valid (tokens->refresh_token))
    return g_steal_pointer (&tokens);
  if (cause != NULL)
    g_propagate_error (error, cause);
  else if (tokens == NULL)
    g_propagate_error (error, lf_session_make_empty_error (self));
  else
    g_set_error_literal (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The server gave a token that cannot be used.");
  return NULL;
}

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (LfSession)    self = user_data;
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfWireTokens) tokens = finish_tokens (self, result, &error);

  self->has_request = FALSE;
  if (self->is_over)
    {
      g_autoptr (GError) over = g_error_new_literal (LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");

      answer_waiters (self, over);
    }
  else if (tokens != NULL)
    {
      take_tokens (self, tokens);
      answer_waiters (self, NULL);
    }
  else if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAUTHORIZED))
    {
      answer_waiters (self, error);
      lf_session_end (self, error);
    }
  else if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAVAILABLE) && self->tries < REFRESH_TRIES)
    lf_timer_start (&self->timer, REFRESH_PAUSE_MS, on_refresh_due, self);
  else
    {
      /* The timer asks again; so does whoever needs the token before. */
      lf_timer_start (&self->timer, LF_MINUTE / 1000, on_refresh_due, self);
      answer_waiters (self, error);
    }
}

static void
send_refresh (LfSession *self)
{
  LfWireRefresh body = { .refresh_token = self->refresh };

  self->tries++;
  self->has_request = TRUE;
  lf_timer_clear (&self->timer);
  lf_rest_call_async (self->auth, "POST", "/auth/refresh", NULL, &lf_schema_refresh, &body, &lf_schema_tokens,
                      self->lifetime, on_refreshed, g_object_ref (self));
}

static void
on_logged_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask)        task = user_data;
  LfSession               *self = g_task_get_source_object (task);
  GError                  *error = NULL;
  g_autoptr (LfWireTokens) tokens = finish_tokens (self, result, &error);

  if (tokens == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->is_over = FALSE;
  take_tokens (self, tokens);
  g_task_return_boolean (task, TRUE);
}

static void
on_logged_out (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &error);
  if (error == NULL || g_error_matches (error, LF_ERROR, LF_ERROR_UNAUTHORIZED))
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
lf_session_dispose (GObject *object)
{
  LfSession *self = LF_SESSION (object);

  g_cancellable_cancel (self->lifetime);
  forget_tokens (self);

  G_OBJECT_CLASS (lf_session_parent_class)->dispose (object);
}

static void
lf_session_finalize (GObject *object)
{
  LfSession *self = LF_SESSION (object);

  g_clear_object (&self->rest);
  g_clear_object (&self->auth);
  g_clear_object (&self->clock);
  g_clear_object (&self->lifetime);
  g_ptr_array_unref (self->waiters);
  g_free (self->user);
  g_free (self->refresh);

  G_OBJECT_CLASS (lf_session_parent_class)->finalize (object);
}

static void
lf_session_class_init (LfSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_session_dispose;
  object_class->finalize = lf_session_finalize;

  signals[SIGNAL_ROTATED] = g_signal_new ("rotated", LF_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", LF_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_session_init (LfSession *self)
{
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->lifetime = g_cancellable_new ();
}

/**
 * lf_session_new:
 * @server: as lf_rest_new() takes it
 * @clock: what time it is
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a session that is not signed in yet; errors of lf_rest_new()
 */
LfSession *
lf_session_new (const char *server,
                LfClock    *clock,
                GError    **error)
{
  g_autoptr (LfRest) rest = NULL;
  g_autoptr (LfRest) auth = NULL;
  LfSession         *self;

  g_return_val_if_fail (server != NULL, NULL);
  g_return_val_if_fail (LF_IS_CLOCK (clock), NULL);

  rest = lf_rest_new (server, error);
  if (rest == NULL)
    return NULL;
  auth = lf_rest_new (server, error);
  if (auth == NULL)
    return NULL;
  self = g_object_new (LF_TYPE_SESSION, NULL);
  lf_rest_set_deadline_ms (auth, REFRESH_DEADLINE_MS);
  self->rest = g_steal_pointer (&rest);
  self->auth = g_steal_pointer (&auth);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * lf_session_get_rest:
 * @self: an #LfSession
 *
 * Returns: (transfer none): the caller that carries the access token
 */
LfRest *
lf_session_get_rest (LfSession *self)
{
  g_return_val_if_fail (LF_IS_SESSION (self), NULL);

  return self->rest;
}

/**
 * lf_session_get_user:
 * @self: an #LfSession
 *
 * Returns: (nullable): the user's id; %NULL before the sign-in
 */
const char *
lf_session_get_user (LfSession *self)
{
  g_return_val_if_fail (LF_IS_SESSION (self), NULL);

  return self->user;
}

/**
 * lf_session_get_refresh_token:
 * @self: an #LfSession
 *
 * Returns: (nullable): the token that is valid now; a secret
 */
const char *
lf_session_get_refresh_token (LfSession *self)
{
  g_return_val_if_fail (LF_IS_SESSION (self), NULL);

  return self->refresh;
}

/**
 * lf_session_get_is_signed_in:
 * @self: an #LfSession
 *
 * Returns: %TRUE from the sign-in to the end of the session
 */
gboolean
lf_session_get_is_signed_in (LfSession *self)
{
  g_return_val_if_fail (LF_IS_SESSION (self), FALSE);

  return !self->is_over && self->refresh != NULL && self->user != NULL;
}

/**
 * lf_session_login_async:
 * @self: an #LfSession
 * @login: login name
 * @password: password; not kept
 * @device: words for the list of devices
 * @cancellable: (nullable): cancels the call
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Signs in by password.
 */
void
lf_session_login_async (LfSession          *self,
                        const char         *login,
                        const char         *password,
                        const char         *device,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  LfWireLogin       body = { .user = (char *) login, .password = (char *) password, .device = (char *) device };

  g_return_if_fail (LF_IS_SESSION (self));
  g_return_if_fail (login != NULL && password != NULL && device != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_session_login_async);
  lf_rest_call_async (self->auth, "POST", "/auth/login", NULL, &lf_schema_login, &body, &lf_schema_tokens, cancellable,
                      on_logged_in, g_steal_pointer (&task));
}

/**
 * lf_session_login_finish:
 * @self: an #LfSession
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if signed in; %LF_ERROR_BAD_CREDENTIALS, %LF_ERROR_RATE_LIMITED,
 *   %LF_ERROR_UNAVAILABLE, %LF_ERROR_INSECURE or %LF_ERROR_BAD_FRAME
 */
gboolean
lf_session_login_finish (LfSession    *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_session_adopt_async:
 * @self: an #LfSession that is not signed in
 * @refresh_token: from the keyring or another process
 * @cancellable: (nullable): cancels the wait
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Signs in by a refresh token.
 */
void
lf_session_adopt_async (LfSession          *self,
                        const char         *refresh_token,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_return_if_fail (LF_IS_SESSION (self));
  g_return_if_fail (refresh_token != NULL);

  g_free (self->refresh);
  self->refresh = g_strdup (refresh_token);
  self->is_over = FALSE;
  lf_session_refresh_async (self, cancellable, callback, user_data);
}

/**
 * lf_session_adopt_finish:
 * @self: an #LfSession
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if signed in; %LF_ERROR_UNAUTHORIZED when the server no longer takes the token
 */
gboolean
lf_session_adopt_finish (LfSession    *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return lf_session_refresh_finish (self, result, error);
}

/**
 * lf_session_keep:
 * @self: an #LfSession that is not signed in
 * @user: whose token it is
 * @refresh_token: from the keyring
 *
 * Goes on with a session that was kept, without asking the server: it may be away. The first call does.
 */
void
lf_session_keep (LfSession  *self,
                 const char *user,
                 const char *refresh_token)
{
  g_return_if_fail (LF_IS_SESSION (self));
  g_return_if_fail (user != NULL && refresh_token != NULL);

  self->user = g_strdup (user);
  self->refresh = g_strdup (refresh_token);
}

/**
 * lf_session_refresh_async:
 * @self: an #LfSession
 * @cancellable: (nullable): ends this wait, not the refresh
 * @callback: (nullable): called when there is a new access token
 * @user_data: for @callback
 *
 * Gets a new access token, or joins a refresh that is under way. An answer that gets lost is asked
 * for again at once with the same token, which the server takes for 60 s.
 */
void
lf_session_refresh_async (LfSession          *self,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LF_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_session_refresh_async);
  if (lf_session_refuse_when_over (self, task))
    return;
  g_ptr_array_add (self->waiters, g_steal_pointer (&task));
  if (self->is_refreshing)
    return;
  self->is_refreshing = TRUE;
  send_refresh (self);
}

/**
 * lf_session_refresh_finish:
 * @self: an #LfSession
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if there is a new access token; %LF_ERROR_UNAUTHORIZED, %LF_ERROR_UNAVAILABLE,
 *   %LF_ERROR_RATE_LIMITED or %LF_ERROR_BAD_FRAME
 */
gboolean
lf_session_refresh_finish (LfSession    *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_session_logout_async:
 * @self: an #LfSession
 * @cancellable: (nullable): cancels the call
 * @callback: (nullable): called when the call is done
 * @user_data: for @callback
 *
 * Tells the server to end the session. Here it is over at once, whatever the server says.
 */
void
lf_session_logout_async (LfSession          *self,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LF_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_session_logout_async);
  if (self->is_over || lf_rest_get_token (self->rest) == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  lf_rest_call_async (self->rest, "POST", "/auth/logout", NULL, NULL, NULL, NULL, cancellable, on_logged_out,
                      g_steal_pointer (&task));
  forget_tokens (self);
}

/**
 * lf_session_logout_finish:
 * @self: an #LfSession
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if the server ended the session
 */
gboolean
lf_session_logout_finish (LfSession    *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* For the other file of the class. */

/**
 * lf_session_end:
 * @self: the session
 * @error: why
 *
 * The server ended the session: there are no tokens any more, and "ended" says so, once.
 */
void
lf_session_end (LfSession    *self,
                const GError *error)
{
  if (self->is_over)
    return;
  forget_tokens (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, error);
}

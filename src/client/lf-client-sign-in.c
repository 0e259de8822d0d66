/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-client-private.h"
#include "lf-error.h"
#include "lf-keyring.h"

#define MAX_DEVICE_CHARS 60

static void
on_forgotten (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!lf_keyring_clear_finish (result, &error))
    g_debug ("the keyring kept a token that is no longer valid: %s", error->message);
}

/**
 * lf_client_forget_token:
 * @self: the client
 *
 * Takes the token out of the keyring, if it was put there.
 */
void
lf_client_forget_token (LfClient *self)
{
  if (self->is_remembered && self->server != NULL && self->login != NULL)
    lf_keyring_clear_async (self->server, self->login, LF_KEYRING_DEADLINE_MS, NULL, on_forgotten, NULL);
}

static void
on_token_stored (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;
  g_autoptr (GError)   error = NULL;

  if (lf_keyring_store_finish (result, &error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_remembered = FALSE;
  lf_client_emit_notice (self, error);
}

/**
 * lf_client_remember_token:
 * @self: the client
 *
 * Puts the token that is valid now into the keyring, if the user wants that.
 */
void
lf_client_remember_token (LfClient *self)
{
  const char *token = self->session != NULL ? lf_session_get_refresh_token (self->session) : NULL;

  if (self->is_remembered && token != NULL)
    lf_keyring_store_async (self->server, self->login, token, LF_KEYRING_DEADLINE_MS, self->lifetime, on_token_stored,
                            g_object_ref (self));
}

typedef struct
{
  LfSession       *session;  /* owned, nullable */
  char            *server;   /* owned; as given */
  char            *login;    /* owned, nullable */
  char            *token;    /* owned, nullable; from the keyring: a secret */
  LfCache         *cache;    /* owned, nullable: nothing is kept */
  LfCacheContents *contents; /* owned, nullable until read */
  gboolean         is_remembered;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  g_clear_object (&sign_in->session);
  g_free (sign_in->server);
  g_free (sign_in->login);
  if (sign_in->token != NULL)
    explicit_bzero (sign_in->token, strlen (sign_in->token));
  g_free (sign_in->token);
  g_clear_object (&sign_in->cache);
  g_clear_pointer (&sign_in->contents, lf_cache_contents_free);
  g_free (sign_in);
}

/* Returns: (nullable): the task, or NULL if it has been answered: bad address, or signed in already */
static GTask *
begin_sign_in (LfClient           *self,
               gpointer            source_tag,
               const char         *server,
               const char         *login,
               gboolean            is_remembered,
               GCancellable       *cancellable,
               GAsyncReadyCallback callback,
               gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError           *error = NULL;
  SignIn           *sign_in = g_new0 (SignIn, 1);

  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, sign_in, sign_in_free);
  sign_in->login = g_strdup (login);
  sign_in->is_remembered = is_remembered;
  if (self->state != LF_CLIENT_SIGNED_OUT)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_CONFLICT, "Sign out first.");
      return NULL;
    }
  sign_in->session = lf_session_new (server, self->clock, &error);
  if (sign_in->session == NULL)
    {
      g_task_return_error (task, error);
      return NULL;
    }
  sign_in->server = g_strdup (lf_rest_get_server (lf_session_get_rest (sign_in->session)));
  lf_client_set_state (self, LF_CLIENT_SIGNING_IN);
  return g_steal_pointer (&task);
}

/* Takes @error; NULL: signed in. A task that was cancelled has signed nobody in. */
static void
end_sign_in (GTask  *task,
             GError *error)
{
  LfClient *self = g_task_get_source_object (task);
  SignIn   *sign_in = g_task_get_task_data (task);

  if (error == NULL && (self->is_disposed || g_cancellable_is_cancelled (g_task_get_cancellable (task))))
    {
      lf_session_logout_async (sign_in->session, NULL, NULL, NULL);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled.");
    }
  if (error == NULL)
    {
      lf_client_begin_session (self, g_steal_pointer (&sign_in->session), sign_in->login, sign_in->is_remembered,
                               sign_in->cache, sign_in->contents);
      g_task_return_boolean (task, TRUE);
      return;
    }
  lf_client_set_state (self, LF_CLIENT_SIGNED_OUT);
  g_task_return_error (task, error);
}

/* What was kept is read before the session begins. Takes @task. */
static void
read_cache (GTask              *task,
            GAsyncReadyCallback on_read)
{
  SignIn *sign_in = g_task_get_task_data (task);

  sign_in->cache = lf_cache_new (sign_in->server, sign_in->login);
  lf_cache_read_async (sign_in->cache, on_read, task);
}

static void
on_read_at_sign_in (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn           *sign_in = g_task_get_task_data (task);

  sign_in->contents = lf_cache_read_finish (sign_in->cache, result);
  end_sign_in (task, NULL);
}

static void
on_logged_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn           *sign_in = g_task_get_task_data (task);
  GError           *error = NULL;

  if (lf_session_login_finish (LF_SESSION (source), result, &error) && sign_in->is_remembered)
    read_cache (g_steal_pointer (&task), on_read_at_sign_in);
  else
    end_sign_in (task, error);
}

static void
on_adopted (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn           *sign_in = g_task_get_task_data (task);
  GError           *error = NULL;

  lf_session_adopt_finish (LF_SESSION (source), result, &error);
  if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAUTHORIZED) && sign_in->is_remembered)
    lf_keyring_clear_async (sign_in->server, sign_in->login, LF_KEYRING_DEADLINE_MS, NULL, on_forgotten, NULL);
  end_sign_in (task, error);
}

/* Where there is a list to show, it is shown now, and the server is asked afterwards. */
static void
on_read_at_restore (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn           *sign_in = g_task_get_task_data (task);
  const GPtrArray  *me;

  sign_in->contents = lf_cache_read_finish (sign_in->cache, result);
  me = sign_in->contents->documents[LF_CACHE_ME];
  if (me->len > 0)
    {
      lf_session_keep (sign_in->session, ((const LfWireMe *) me->pdata[0])->person.id, sign_in->token);
      end_sign_in (task, NULL);
    }
  else
    lf_session_adopt_async (sign_in->session, sign_in->token, g_task_get_cancellable (task), on_adopted,
                            g_object_ref (task));
}

static void
on_token_found (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn           *sign_in = g_task_get_task_data (task);
  GError           *error = NULL;

  sign_in->token = lf_keyring_lookup_finish (result, &error);
  if (sign_in->token == NULL)
    end_sign_in (task, error);
  else
    read_cache (g_steal_pointer (&task), on_read_at_restore);
}

static void
on_logged_out (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;

  if (lf_session_logout_finish (LF_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * lf_client_sign_in_async:
 * @self: a signed-out #LfClient
 * @server: as a person types it
 * @login: login name
 * @password: password; not kept
 * @remember: keep the refresh token in the keyring
 * @cancellable: (nullable): cancels the sign-in
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Signs in by password. Going online follows by itself.
 */
void
lf_client_sign_in_async (LfClient           *self,
                         const char         *server,
                         const char         *login,
                         const char         *password,
                         gboolean            remember,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autofree char *device = NULL;
  SignIn          *sign_in;
  GTask           *task;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (server != NULL && login != NULL && password != NULL);

  task = begin_sign_in (self, lf_client_sign_in_async, server, login, remember, cancellable, callback, user_data);
  if (task == NULL)
    return;
  sign_in = g_task_get_task_data (task);
  device = g_utf8_make_valid (g_get_host_name (), MIN (strlen (g_get_host_name ()), MAX_DEVICE_CHARS));
  lf_session_login_async (sign_in->session, login, password, device, cancellable, on_logged_in, task);
}

/**
 * lf_client_sign_in_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if signed in; %LF_ERROR_BAD_CREDENTIALS, %LF_ERROR_INSECURE,
 *   %LF_ERROR_UNAVAILABLE, %LF_ERROR_RATE_LIMITED, %LF_ERROR_BAD_REQUEST for what is no address,
 *   %LF_ERROR_BAD_FRAME for what is no Lampfield server, %LF_ERROR_CONFLICT when signed in already
 */
gboolean
lf_client_sign_in_finish (LfClient     *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_client_restore_async:
 * @self: a signed-out #LfClient
 * @server: which server
 * @login: which user
 * @cancellable: (nullable): cancels the sign-in
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Signs in by the token in the keyring. What was kept on this computer is shown at once, whether or not
 * the server answers.
 */
void
lf_client_restore_async (LfClient           *self,
                         const char         *server,
                         const char         *login,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  SignIn *sign_in;
  GTask  *task;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (server != NULL && login != NULL);

  task = begin_sign_in (self, lf_client_restore_async, server, login, TRUE, cancellable, callback, user_data);
  if (task == NULL)
    return;
  sign_in = g_task_get_task_data (task);
  lf_keyring_lookup_async (sign_in->server, login, LF_KEYRING_DEADLINE_MS, cancellable, on_token_found, task);
}

/**
 * lf_client_restore_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if signed in; %LF_ERROR_NOT_FOUND when nothing is stored, %LF_ERROR_KEYRING,
 *   %LF_ERROR_UNAUTHORIZED when the stored session has ended (it is forgotten), %LF_ERROR_UNAVAILABLE
 */
gboolean
lf_client_restore_finish (LfClient     *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_client_resume_with_token_async:
 * @self: a signed-out #LfClient
 * @server: which server
 * @refresh_token: from elsewhere
 * @cancellable: (nullable): cancels the sign-in
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Signs in by a token that was handed over. Nothing is stored.
 */
void
lf_client_resume_with_token_async (LfClient           *self,
                                   const char         *server,
                                   const char         *refresh_token,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  SignIn *sign_in;
  GTask  *task;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (server != NULL && refresh_token != NULL);

  task = begin_sign_in (self, lf_client_resume_with_token_async, server, NULL, FALSE, cancellable, callback, user_data);
  if (task == NULL)
    return;
  sign_in = g_task_get_task_data (task);
  lf_session_adopt_async (sign_in->session, refresh_token, cancellable, on_adopted, task);
}

/**
 * lf_client_resume_with_token_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if signed in; %LF_ERROR_UNAUTHORIZED, %LF_ERROR_UNAVAILABLE
 */
gboolean
lf_client_resume_with_token_finish (LfClient     *self,
                                    GAsyncResult *result,
                                    GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_client_sign_out_async:
 * @self: an #LfClient
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called when the server has been told
 * @user_data: for @callback
 *
 * Ends the session on the server, forgets the token and what was kept on disk, unsent messages included,
 * and is signed out here at once.
 */
void
lf_client_sign_out_async (LfClient           *self,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LF_IS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_client_sign_out_async);
  if (self->session == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  lf_client_forget_token (self);
  lf_client_cache_forget (self);
  g_signal_handlers_disconnect_by_data (self->session, self);
  lf_session_logout_async (self->session, cancellable, on_logged_out, g_steal_pointer (&task));
  lf_client_reset (self);
}

/**
 * lf_client_sign_out_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if the server has ended the session; on an error it is signed out here all the same
 */
gboolean
lf_client_sign_out_finish (LfClient     *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include <libsecret/secret.h>

#include "lf-error.h"
#include "lf-keyring.h"
#include "lf-timer.h"

static const SecretSchema schema = {
  LF_APP_ID ".Session",
  SECRET_SCHEMA_NONE,
  {
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "login", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

#define RETRY_MS  50
#define MAX_TRIES 40 /* and no more than the deadline lets */

/* A call with a cancellable of its own, pulled by the deadline and by the caller's. */
typedef struct
{
  void (*start) (GTask *task);
  char         *server; /* owned */
  char         *login;  /* owned */
  char         *token;  /* owned, nullable; a secret */
  guint         n_tries;
  GCancellable *cancellable; /* owned */
  GCancellable *outer;       /* owned, nullable */
  gulong        outer_id;
  GSource      *deadline; /* owned, nullable */
  GSource      *pause;    /* owned, nullable: before the next try; holds the task */
  gboolean      has_timed_out;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  lf_timer_clear (&call->deadline);
  if (call->outer_id != 0)
    g_cancellable_disconnect (call->outer, call->outer_id);
  g_clear_object (&call->outer);
  g_clear_object (&call->cancellable);
  g_free (call->server);
  g_free (call->login);
  if (call->token != NULL)
    explicit_bzero (call->token, strlen (call->token));
  g_free (call->token);
  g_free (call);
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  Call *call = user_data;

  lf_timer_clear (&call->deadline);
  call->has_timed_out = TRUE;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* Makes the call: @start is called with its task, perhaps more than once. */
static void
begin (gpointer source_tag,
       void (*start) (GTask *task),
       const char         *server,
       const char         *login,
       const char         *token,
       guint               deadline_ms,
       GCancellable       *cancellable,
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Call             *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, source_tag);
  call->start = start;
  call->server = g_strdup (server);
  call->login = g_strdup (login);
  call->token = g_strdup (token);
  call->cancellable = g_cancellable_new ();
  if (cancellable != NULL)
    {
      call->outer = g_object_ref (cancellable);
      call->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                              g_object_ref (call->cancellable), g_object_unref);
    }
  lf_timer_start (&call->deadline, deadline_ms, on_deadline_passed, call);
  g_task_set_task_data (task, call, call_free);
  start (task);
}

static gboolean
on_pause_over (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call             *call = g_task_get_task_data (task);

  lf_timer_clear (&call->pause);
  call->start (task);
  return G_SOURCE_REMOVE;
}

/* Takes @cause. Calls that begin together share libsecret's way to the service, and all fail when the
 * first of them is cancelled: the others are made again. Not at once, as that way is still the cancelled one. */
static void
take_failure (GTask  *task,
              GError *cause)
{
  Call *call = g_task_get_task_data (task);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_cancellable_is_cancelled (call->cancellable) && ++call->n_tries < MAX_TRIES)
    {
      g_error_free (cause);
      lf_timer_start (&call->pause, RETRY_MS, on_pause_over, g_object_ref (task));
      return;
    }
  lf_timer_clear (&call->deadline);
  if (call->has_timed_out)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_KEYRING,
                             "The keyring does not answer; you stay signed in until Lampfield ends.");
  else
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_KEYRING,
                             "No keyring can be used; you stay signed in until Lampfield ends (%s).", cause->message);
  g_error_free (cause);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    take_failure (task, error);
}

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;
  char             *token = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    take_failure (task, error);
  else if (token == NULL)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_NOT_FOUND, "Nothing is stored for this server and user.");
  else
    g_task_return_pointer (task, token, (GDestroyNotify) secret_password_free);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    take_failure (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
start_store (GTask *task)
{
  Call            *call = g_task_get_task_data (task);
  g_autofree char *label = g_strdup_printf ("Lampfield: %s at %s", call->login, call->server);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, call->token, call->cancellable, on_stored,
                         g_object_ref (task), "server", call->server, "login", call->login, NULL);
}

static void
start_lookup (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  secret_password_lookup (&schema, call->cancellable, on_looked_up, g_object_ref (task), "server", call->server,
                          "login", call->login, NULL);
}

static void
start_clear (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  secret_password_clear (&schema, call->cancellable, on_cleared, g_object_ref (task), "server", call->server, "login",
                         call->login, NULL);
}

/**
 * lf_keyring_store_async:
 * @server: normalised address
 * @login: login name
 * @token: refresh token
 * @deadline_ms: how long it may take
 * @cancellable: (nullable): cancels the call
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Keeps a token in the default keyring, in place of an older one.
 */
void
lf_keyring_store_async (const char         *server,
                        const char         *login,
                        const char         *token,
                        guint               deadline_ms,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_return_if_fail (server != NULL && login != NULL && token != NULL);

  begin (lf_keyring_store_async, start_store, server, login, token, deadline_ms, cancellable, callback, user_data);
}

/**
 * lf_keyring_store_finish:
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if it is stored; %LF_ERROR_KEYRING
 */
gboolean
lf_keyring_store_finish (GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_keyring_lookup_async:
 * @server: normalised address
 * @login: login name
 * @deadline_ms: how long it may take
 * @cancellable: (nullable): cancels the call
 * @callback: called when the call is done
 * @user_data: for @callback
 *
 * Looks for a token. A locked keyring asks the person for its password.
 */
void
lf_keyring_lookup_async (const char         *server,
                         const char         *login,
                         guint               deadline_ms,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_return_if_fail (server != NULL && login != NULL);

  begin (lf_keyring_lookup_async, start_lookup, server, login, NULL, deadline_ms, cancellable, callback, user_data);
}

/**
 * lf_keyring_lookup_finish:
 * @result: of the callback
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the token; %LF_ERROR_NOT_FOUND or %LF_ERROR_KEYRING
 */
char *
lf_keyring_lookup_finish (GAsyncResult *result,
                          GError      **error)
{
  char *secret = g_task_propagate_pointer (G_TASK (result), error);
  char *token = g_strdup (secret);

  if (secret != NULL)
    secret_password_free (secret);
  return token;
}

/**
 * lf_keyring_clear_async:
 * @server: normalised address
 * @login: login name
 * @deadline_ms: how long it may take
 * @cancellable: (nullable): cancels the call
 * @callback: (nullable): called when the call is done
 * @user_data: for @callback
 *
 * Forgets a token.
 */
void
lf_keyring_clear_async (const char         *server,
                        const char         *login,
                        guint               deadline_ms,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_return_if_fail (server != NULL && login != NULL);

  begin (lf_keyring_clear_async, start_clear, server, login, NULL, deadline_ms, cancellable, callback, user_data);
}

/**
 * lf_keyring_clear_finish:
 * @result: of the callback
 * @error: return location
 *
 * Returns: %TRUE if nothing is stored any more; %LF_ERROR_KEYRING
 */
gboolean
lf_keyring_clear_finish (GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

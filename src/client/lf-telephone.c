/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-error.h"
#include "lf-telephone.h"

#define N_TRIES 3 /* of a request that the network may have swallowed: it has a key, so it counts once */

struct _LfTelephone
{
  GObject parent_instance;

  LfSession      *session;  /* owned, nullable */
  GCancellable   *lifetime; /* owned; pulled when the session goes */
  LfWireOwnPhone *phone;    /* owned, nullable */
  LfWireCall     *call;     /* owned, nullable */
  GHashTable     *lines;    /* owned: line → LfWireLineCall, owned: those with a call */
  LfCallLog      *log;      /* owned */
};

G_DEFINE_FINAL_TYPE (LfTelephone, lf_telephone, G_TYPE_OBJECT)

enum
{
  SIGNAL_CALL_CHANGED,
  SIGNAL_INCOMING_CHANGED,
  SIGNAL_LINES_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A call that is asked for. */
typedef struct
{
  LfWireCallRequest *body; /* owned */
  char              *key;
  guint              n_tries;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  lf_codec_free (&lf_schema_call_request, request->body);
  g_free (request->key);
  g_free (request);
}

static void
free_line (gpointer data)
{
  lf_codec_free (&lf_schema_line_call, data);
}

static void
set_call (LfTelephone *self, const LfWireCall *call)
{
  lf_codec_free (&lf_schema_call, self->call);
  self->call = call != NULL ? lf_codec_copy (&lf_schema_call, call) : NULL;
  g_signal_emit (self, signals[SIGNAL_CALL_CHANGED], 0);
}

static void
clear (LfTelephone *self)
{
  gboolean had_lines = g_hash_table_size (self->lines) > 0;

  g_hash_table_remove_all (self->lines);
  if (had_lines)
    g_signal_emit (self, signals[SIGNAL_INCOMING_CHANGED], 0);
  if (self->call != NULL)
    set_call (self, NULL);
}

static void
lf_telephone_dispose (GObject *object)
{
  lf_telephone_set_session (LF_TELEPHONE (object), NULL);
  G_OBJECT_CLASS (lf_telephone_parent_class)->dispose (object);
}

static void
lf_telephone_finalize (GObject *object)
{
  LfTelephone *self = LF_TELEPHONE (object);

  lf_codec_free (&lf_schema_own_phone, self->phone);
  lf_codec_free (&lf_schema_call, self->call);
  g_hash_table_unref (self->lines);
  g_object_unref (self->log);
  g_object_unref (self->lifetime);
  G_OBJECT_CLASS (lf_telephone_parent_class)->finalize (object);
}

static void
lf_telephone_class_init (LfTelephoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_telephone_dispose;
  object_class->finalize = lf_telephone_finalize;
  signals[SIGNAL_CALL_CHANGED] = g_signal_new ("call-changed", LF_TYPE_TELEPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_INCOMING_CHANGED] = g_signal_new ("incoming-changed", LF_TYPE_TELEPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LINES_CHANGED] = g_signal_new ("lines-changed", LF_TYPE_TELEPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lf_telephone_init (LfTelephone *self)
{
  self->lifetime = g_cancellable_new ();
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_line);
}

/**
 * lf_telephone_new:
 * @roster: who is known
 * @clock: what time it is
 *
 * Returns: (transfer full): a telephone without a session
 */
LfTelephone *
lf_telephone_new (LfRoster *roster, LfClock *clock)
{
  LfTelephone *self = g_object_new (LF_TYPE_TELEPHONE, NULL);

  self->log = lf_call_log_new (roster, clock);
  return self;
}

/**
 * lf_telephone_set_session:
 * @self: a telephone
 * @session: (nullable): of the user who has signed in; %NULL: nobody has any more, and all is forgotten
 *
 * Sets whose telephone it is.
 */
void
lf_telephone_set_session (LfTelephone *self, LfSession *session)
{
  g_return_if_fail (LF_IS_TELEPHONE (self));

  g_cancellable_cancel (self->lifetime);
  g_object_unref (self->lifetime);
  self->lifetime = g_cancellable_new ();
  g_set_object (&self->session, session);
  lf_call_log_set_session (self->log, session);
  if (session != NULL)
    return;
  clear (self);
  lf_telephone_take_own_phone (self, NULL);
}

/**
 * lf_telephone_take_own_phone:
 * @self: a telephone
 * @phone: (nullable): what the server says of the user's lines; %NULL: there is none
 *
 * Takes what the telephones can do.
 */
void
lf_telephone_take_own_phone (LfTelephone *self, const LfWireOwnPhone *phone)
{
  gboolean had_line;

  g_return_if_fail (LF_IS_TELEPHONE (self));

  if (phone == NULL && self->phone == NULL)
    return;
  had_line = self->phone != NULL;
  lf_codec_free (&lf_schema_own_phone, self->phone);
  self->phone = phone != NULL ? lf_codec_copy (&lf_schema_own_phone, phone) : NULL;
  if (!had_line)
    lf_call_log_refresh (self->log);
  g_signal_emit (self, signals[SIGNAL_LINES_CHANGED], 0);
}

static gboolean
is_in_call (LfPhoneState state)
{
  return state == LF_PHONE_RINGING || state == LF_PHONE_OFF_HOOK || state == LF_PHONE_HELD;
}

static void
take_line (LfTelephone *self, const LfWireLineCall *line)
{
  if (is_in_call (line->state))
    g_hash_table_replace (self->lines, g_strdup (line->line), lf_codec_copy (&lf_schema_line_call, line));
  else
    g_hash_table_remove (self->lines, line->line);
  g_signal_emit (self, signals[SIGNAL_INCOMING_CHANGED], 0);
}

/* An older call that ends does not take the place of the one that is being made. */
static void
take_call (LfTelephone *self, const LfWireCall *call)
{
  gboolean is_same = self->call != NULL && g_strcmp0 (self->call->id, call->id) == 0;

  if (is_same || self->call == NULL || lf_call_state_is_final (self->call->state) || call->started_at_us >= self->call->started_at_us)
    set_call (self, call);
}

/**
 * lf_telephone_take_change:
 * @self: a telephone
 * @change: of the stream
 *
 * Takes what the server tells of the user's own telephones.
 */
void
lf_telephone_take_change (LfTelephone *self, const LfWireCallChange *change)
{
  g_return_if_fail (LF_IS_TELEPHONE (self) && change != NULL);

  if (change->call != NULL)
    take_call (self, change->call);
  if (change->line != NULL)
    take_line (self, change->line);
  if (change->record != NULL)
    lf_call_log_take_record (self->log, change->record);
  if (change->removed != NULL)
    lf_call_log_take_removed (self->log, change->removed);
}

/**
 * lf_telephone_take_snapshot:
 * @self: a telephone
 *
 * A stream has begun anew: what the server does not tell of again is over, and the lists are read again.
 */
void
lf_telephone_take_snapshot (LfTelephone *self)
{
  g_return_if_fail (LF_IS_TELEPHONE (self));

  clear (self);
  if (self->phone != NULL)
    lf_call_log_refresh (self->log);
}

/**
 * lf_telephone_has_line:
 * @self: a telephone
 *
 * Returns: %TRUE if the user has a line at all
 */
gboolean
lf_telephone_has_line (LfTelephone *self)
{
  g_return_val_if_fail (LF_IS_TELEPHONE (self), FALSE);

  return self->phone != NULL && self->phone->lines->len > 0;
}

/**
 * lf_telephone_can_call:
 * @self: a telephone
 *
 * Returns: %TRUE if the user's own telephone can be made to call now
 */
gboolean
lf_telephone_can_call (LfTelephone *self)
{
  g_return_val_if_fail (LF_IS_TELEPHONE (self), FALSE);

  for (guint i = 0; self->phone != NULL && i < self->phone->lines->len; i++)
    if (((const LfWireOwnLine *) self->phone->lines->pdata[i])->is_callable)
      return TRUE;
  return FALSE;
}

/**
 * lf_telephone_can_pick_up:
 * @self: a telephone
 * @user: id of a person
 *
 * Returns: %TRUE if a call that rings there may be picked up here
 */
gboolean
lf_telephone_can_pick_up (LfTelephone *self, const char *user)
{
  g_return_val_if_fail (LF_IS_TELEPHONE (self) && user != NULL, FALSE);

  return self->phone != NULL && self->phone->pickup != NULL && g_strv_contains ((const char *const *) self->phone->pickup, user);
}

/**
 * lf_telephone_rings_in_dnd:
 * @self: a telephone
 *
 * Returns: %TRUE if “do not disturb” does not reach it
 */
gboolean
lf_telephone_rings_in_dnd (LfTelephone *self)
{
  g_return_val_if_fail (LF_IS_TELEPHONE (self), FALSE);

  return self->phone != NULL && self->phone->is_ringing_in_dnd;
}

/**
 * lf_telephone_get_call:
 * @self: a telephone
 *
 * Returns: (transfer none) (nullable): the call that was asked for last, by this device or another one
 */
const LfWireCall *
lf_telephone_get_call (LfTelephone *self)
{
  g_return_val_if_fail (LF_IS_TELEPHONE (self), NULL);

  return self->call;
}

/**
 * lf_telephone_get_incoming:
 * @self: a telephone
 *
 * Returns: (transfer none) (nullable): the call that rings at one of the user's lines
 */
const LfWireLineCall *
lf_telephone_get_incoming (LfTelephone *self)
{
  GHashTableIter  iter;
  LfWireLineCall *line;

  g_return_val_if_fail (LF_IS_TELEPHONE (self), NULL);

  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line))
    if (line->state == LF_PHONE_RINGING && line->direction != LF_CALL_OUTGOING)
      return line;
  return NULL;
}

/**
 * lf_telephone_get_log:
 * @self: a telephone
 *
 * Returns: (transfer none): the lists of calls
 */
LfCallLog *
lf_telephone_get_log (LfTelephone *self)
{
  g_return_val_if_fail (LF_IS_TELEPHONE (self), NULL);

  return self->log;
}

static void send_request (GTask *task);

static void
on_request_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)      task = user_data;
  LfTelephone           *self = g_task_get_source_object (task);
  Request               *request = g_task_get_task_data (task);
  GError                *error = NULL;
  guint                  status = 0;
  g_autoptr (LfWireCall) call = lf_session_call_finish (LF_SESSION (source), result, &status, NULL, &error);

  if (call == NULL && status == 0 && g_error_matches (error, LF_ERROR, LF_ERROR_UNAVAILABLE) && ++request->n_tries < N_TRIES &&
      LF_SESSION (source) == self->session)
    {
      g_error_free (error);
      send_request (task);
      return;
    }
  if (call == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (LF_SESSION (source) == self->session && (self->call == NULL || g_strcmp0 (self->call->id, call->id) != 0))
    take_call (self, call);
  g_task_return_boolean (task, TRUE);
}

static void
send_request (GTask *task)
{
  LfTelephone      *self = g_task_get_source_object (task);
  const Request    *request = g_task_get_task_data (task);
  const char *const headers[] = { "Idempotency-Key", request->key, NULL };

  lf_session_call_async (self->session, "POST", "/calls", headers, &lf_schema_call_request, request->body, &lf_schema_call,
                         self->lifetime, on_request_answered, g_object_ref (task));
}

static void
ask (LfTelephone *self, const LfWireCallRequest *body, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request          *request;

  g_task_set_source_tag (task, ask);
  if (self->session == NULL)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");
      return;
    }
  request = g_new0 (Request, 1);
  request->body = lf_codec_copy (&lf_schema_call_request, body);
  request->key = g_uuid_string_random ();
  g_task_set_task_data (task, request, request_free);
  send_request (task);
}

/**
 * lf_telephone_call_async:
 * @self: a telephone
 * @address: a number, or a `tel:` or `sip:` URI
 * @user: (nullable): whose it is
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the server has asked the telephone to ring, or refused
 * @user_data: for @callback
 *
 * Has the user's own telephone call somebody. How it goes is told by "call-changed".
 */
void
lf_telephone_call_async (LfTelephone *self, const char *address, const char *user, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const LfWireCallRequest body = { .address = (char *) address, .user = (char *) user };

  g_return_if_fail (LF_IS_TELEPHONE (self) && address != NULL);

  ask (self, &body, cancellable, callback, user_data);
}

/**
 * lf_telephone_pick_up_async:
 * @self: a telephone
 * @user: whose ringing telephone
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the server has asked the telephone to ring, or refused
 * @user_data: for @callback
 *
 * Takes a call that rings elsewhere.
 */
void
lf_telephone_pick_up_async (LfTelephone *self, const char *user, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const LfWireCallRequest body = { .pickup = (char *) user };

  g_return_if_fail (LF_IS_TELEPHONE (self) && user != NULL);

  ask (self, &body, cancellable, callback, user_data);
}

/**
 * lf_telephone_call_finish:
 * @self: a telephone
 * @result: what the callback was given
 * @error: return location; see the top of the class
 *
 * Returns: %TRUE if the telephone is being made to ring
 */
gboolean
lf_telephone_call_finish (LfTelephone *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_telephone_cancel:
 * @self: a telephone
 *
 * Takes the call back, or hangs up; "call-changed" tells when it is done.
 */
void
lf_telephone_cancel (LfTelephone *self)
{
  g_autofree char *path = NULL;

  g_return_if_fail (LF_IS_TELEPHONE (self));

  if (self->call == NULL || self->session == NULL || lf_call_state_is_final (self->call->state))
    return;
  path = g_strconcat ("/calls/", self->call->id, NULL);
  lf_session_call_async (self->session, "DELETE", path, NULL, NULL, NULL, NULL, self->lifetime, NULL, NULL);
}

/**
 * lf_telephone_dismiss:
 * @self: a telephone
 *
 * Forgets a call that is over.
 */
void
lf_telephone_dismiss (LfTelephone *self)
{
  g_return_if_fail (LF_IS_TELEPHONE (self));

  if (self->call != NULL && lf_call_state_is_final (self->call->state))
    set_call (self, NULL);
}

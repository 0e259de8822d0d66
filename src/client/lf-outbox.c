/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-error.h"
#include "lf-outbox.h"
#include "lf-timer.h"

#define PAUSE_FIRST_MS 1000
#define PAUSE_MAX_MS   30000

struct _LfOutbox
{
  GObject parent_instance;

  LfSession    *session;  /* owned */
  GQueue        letters;  /* of Letter, owned; the head is on its way when @is_sending */
  GCancellable *lifetime; /* owned; pulled by dispose */
  GSource      *pause;    /* owned, nullable: until the next try */
  guint         pause_ms;
  gboolean      is_sending;
  gboolean      is_wanted; /* while sending: try again at once if that fails */
};

G_DEFINE_FINAL_TYPE (LfOutbox, lf_outbox, G_TYPE_OBJECT)

enum
{
  SIGNAL_SENT,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  char *conversation;
  char *id;
  char *body;
} Letter;

static void send_head (LfOutbox *self);

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  g_free (letter->conversation);
  g_free (letter->id);
  g_free (letter->body);
  g_free (letter);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Letter, letter_free)

/* Everything else may be different the next time. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST) || g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN) || g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND) || g_error_matches (error, LF_ERROR, LF_ERROR_CONFLICT) || g_error_matches (error, LF_ERROR, LF_ERROR_TOO_LARGE);
}

static gboolean
on_pause_over (gpointer user_data)
{
  LfOutbox *self = user_data;

  lf_timer_clear (&self->pause);
  send_head (self);
  return G_SOURCE_REMOVE;
}

static void
pause_sending (LfOutbox *self,
               guint     retry_after_s)
{
  guint wait_ms = MAX (self->pause_ms, retry_after_s * 1000);

  if (self->is_wanted && retry_after_s == 0)
    wait_ms = PAUSE_FIRST_MS / 4;
  self->is_wanted = FALSE;
  self->pause_ms = MIN (self->pause_ms * 2, PAUSE_MAX_MS);
  lf_timer_start (&self->pause, wait_ms + g_random_int_range (0, wait_ms / 4 + 1), on_pause_over, self);
}

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (LfOutbox)      self = user_data;
  g_autoptr (GError)        error = NULL;
  guint                     retry_after_s;
  g_autoptr (LfWireMessage) message = lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);
  g_autoptr (Letter)        done = NULL;
  const Letter             *letter;

  self->is_sending = FALSE;
  if (g_cancellable_is_cancelled (self->lifetime))
    return;
  letter = g_queue_peek_head (&self->letters);
  if (message != NULL && (!g_str_equal (message->id, letter->id) || !g_str_equal (message->conversation, letter->conversation)))
    {
      g_debug ("the server acknowledged another message");
      g_clear_pointer (&message, lf_schema_message_cleanup);
    }
  if (message == NULL && (error == NULL || !is_final (error)))
    {
      if (lf_session_get_is_signed_in (self->session))
        pause_sending (self, retry_after_s);
      return;
    }
  done = g_queue_pop_head (&self->letters);
  self->pause_ms = PAUSE_FIRST_MS;
  self->is_wanted = FALSE;
  if (message != NULL)
    g_signal_emit (self, signals[SIGNAL_SENT], 0, message);
  else
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, done->conversation, done->id, error);
  send_head (self);
}

static void
send_head (LfOutbox *self)
{
  const Letter     *letter = g_queue_peek_head (&self->letters);
  g_autofree char  *path = NULL;
  LfWireMessageBody body;

  if (letter == NULL || self->is_sending || self->pause != NULL || g_cancellable_is_cancelled (self->lifetime))
    return;
  self->is_sending = TRUE;
  body.body = letter->body;
  path = g_strdup_printf ("/conversations/%s/messages/%s", letter->conversation, letter->id);
  lf_session_call_async (self->session, "PUT", path, NULL, &lf_schema_message_body, &body, &lf_schema_message,
                         self->lifetime, on_answered, g_object_ref (self));
}

static void
lf_outbox_dispose (GObject *object)
{
  LfOutbox *self = LF_OUTBOX (object);

  lf_timer_clear (&self->pause);
  g_cancellable_cancel (self->lifetime);

  G_OBJECT_CLASS (lf_outbox_parent_class)->dispose (object);
}

static void
lf_outbox_finalize (GObject *object)
{
  LfOutbox *self = LF_OUTBOX (object);

  g_queue_clear_full (&self->letters, letter_free);
  g_clear_object (&self->session);
  g_clear_object (&self->lifetime);

  G_OBJECT_CLASS (lf_outbox_parent_class)->finalize (object);
}

static void
lf_outbox_class_init (LfOutboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_outbox_dispose;
  object_class->finalize = lf_outbox_finalize;

  signals[SIGNAL_SENT] = g_signal_new ("sent", LF_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_POINTER);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", LF_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
lf_outbox_init (LfOutbox *self)
{
  g_queue_init (&self->letters);
  self->lifetime = g_cancellable_new ();
  self->pause_ms = PAUSE_FIRST_MS;
}

/**
 * lf_outbox_new:
 * @session: a signed-in session
 *
 * Returns: (transfer full): an empty outbox
 */
LfOutbox *
lf_outbox_new (LfSession *session)
{
  LfOutbox *self;

  g_return_val_if_fail (LF_IS_SESSION (session), NULL);

  self = g_object_new (LF_TYPE_OUTBOX, NULL);
  self->session = g_object_ref (session);
  return self;
}

/**
 * lf_outbox_add:
 * @self: an #LfOutbox
 * @conversation: id of the conversation
 * @id: id of the message, made where it was written; its identity for ever
 * @body: text
 *
 * Sends a message as soon as those before it are stored.
 *
 * Returns: %FALSE if %LF_OUTBOX_MAX_MESSAGES wait already
 */
gboolean
lf_outbox_add (LfOutbox   *self,
               const char *conversation,
               const char *id,
               const char *body)
{
  Letter *letter;

  g_return_val_if_fail (LF_IS_OUTBOX (self), FALSE);
  g_return_val_if_fail (conversation != NULL && id != NULL && body != NULL, FALSE);

  if (self->letters.length >= LF_OUTBOX_MAX_MESSAGES)
    return FALSE;
  letter = g_new0 (Letter, 1);
  letter->conversation = g_strdup (conversation);
  letter->id = g_strdup (id);
  letter->body = g_strdup (body);
  g_queue_push_tail (&self->letters, letter);
  send_head (self);
  return TRUE;
}

/**
 * lf_outbox_get_n_pending:
 * @self: an #LfOutbox
 *
 * Returns: how many messages are not acknowledged
 */
guint
lf_outbox_get_n_pending (LfOutbox *self)
{
  g_return_val_if_fail (LF_IS_OUTBOX (self), 0);

  return self->letters.length;
}

/**
 * lf_outbox_retry_now:
 * @self: an #LfOutbox
 *
 * Tells that the server is reachable again.
 */
void
lf_outbox_retry_now (LfOutbox *self)
{
  g_return_if_fail (LF_IS_OUTBOX (self));

  self->is_wanted = self->is_sending;
  self->pause_ms = PAUSE_FIRST_MS;
  lf_timer_clear (&self->pause);
  send_head (self);
}

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
  GQueue        letters;  /* of Waiting, owned; the head is on its way when @is_sending */
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
  SIGNAL_REOPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A letter in the queue. */
typedef struct
{
  LfLetter *letter;       /* owned */
  gboolean  has_reopened; /* its conversation was asked for anew */
} Waiting;

static void send_head (LfOutbox *self);

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  lf_letter_free (waiting->letter);
  g_free (waiting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiting, waiting_free)

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

/* The head has got its final answer: it is stored as @message, or refused with @error. */
static void
end_head (LfOutbox            *self,
          const LfWireMessage *message,
          const GError        *error)
{
  g_autoptr (Waiting) done = g_queue_pop_head (&self->letters);

  self->pause_ms = PAUSE_FIRST_MS;
  self->is_wanted = FALSE;
  if (message != NULL)
    g_signal_emit (self, signals[SIGNAL_SENT], 0, message);
  else
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, done->letter->conversation, done->letter->id, error);
  send_head (self);
}

/* Returns: the head, now that an answer for it has come; NULL if nobody wants that any more */
static Waiting *
take_answer (LfOutbox *self)
{
  self->is_sending = FALSE;
  return g_cancellable_is_cancelled (self->lifetime) ? NULL : g_queue_peek_head (&self->letters);
}

static void
on_reopened (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (LfOutbox)           self = user_data;
  g_autoptr (GError)             error = NULL;
  guint                          retry_after_s;
  g_autoptr (LfWireConversation) wire = lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);
  g_autofree char               *old = NULL;
  Waiting                       *head = take_answer (self);

  if (head == NULL)
    return;
  if (wire == NULL && is_final (error))
    end_head (self, NULL, error);
  else if (wire == NULL && lf_session_get_is_signed_in (self->session))
    pause_sending (self, retry_after_s);
  if (wire == NULL)
    return;
  head->has_reopened = TRUE;
  old = g_strdup (head->letter->conversation);
  if (!g_str_equal (old, wire->id))
    g_signal_emit (self, signals[SIGNAL_REOPENED], 0, wire, old);
  send_head (self);
}

/* The server does not know the conversation: it has another with that person, or makes one. */
static void
reopen (LfOutbox *self,
        Waiting  *head)
{
  const char                     *members[] = { head->letter->user, NULL };
  const LfWireConversationRequest body = { .members = (char **) members };

  self->is_sending = TRUE;
  lf_session_call_async (self->session, "POST", "/conversations", NULL, &lf_schema_conversation_request, &body,
                         &lf_schema_conversation, self->lifetime, on_reopened, g_object_ref (self));
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
  Waiting                  *head = take_answer (self);

  if (head == NULL)
    return;
  if (message != NULL && (!g_str_equal (message->id, head->letter->id) || !g_str_equal (message->conversation, head->letter->conversation)))
    {
      g_debug ("the server acknowledged another message");
      g_clear_pointer (&message, lf_schema_message_cleanup);
    }
  if (message == NULL && (error == NULL || !is_final (error)))
    {
      if (lf_session_get_is_signed_in (self->session))
        pause_sending (self, retry_after_s);
    }
  else if (g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND) && !head->has_reopened)
    reopen (self, head);
  else
    end_head (self, message, error);
}

static void
send_head (LfOutbox *self)
{
  const Waiting    *head = g_queue_peek_head (&self->letters);
  g_autofree char  *path = NULL;
  LfWireMessageBody body;

  if (head == NULL || self->is_sending || self->pause != NULL || g_cancellable_is_cancelled (self->lifetime))
    return;
  self->is_sending = TRUE;
  body.body = head->letter->body;
  path = g_strdup_printf ("/conversations/%s/messages/%s", head->letter->conversation, head->letter->id);
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

  g_queue_clear_full (&self->letters, waiting_free);
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
  signals[SIGNAL_REOPENED] = g_signal_new ("reopened", LF_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
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
 * @letter: what to send, to whom; copied
 *
 * Sends a message as soon as those before it are stored.
 *
 * Returns: %FALSE if %LF_OUTBOX_MAX_MESSAGES wait already
 */
gboolean
lf_outbox_add (LfOutbox       *self,
               const LfLetter *letter)
{
  Waiting *waiting;

  g_return_val_if_fail (LF_IS_OUTBOX (self), FALSE);
  g_return_val_if_fail (letter != NULL, FALSE);

  if (self->letters.length >= LF_OUTBOX_MAX_MESSAGES)
    return FALSE;
  waiting = g_new0 (Waiting, 1);
  waiting->letter = lf_letter_copy (letter);
  g_queue_push_tail (&self->letters, waiting);
  send_head (self);
  return TRUE;
}

/**
 * lf_outbox_move:
 * @self: an #LfOutbox
 * @old: id of a conversation that the server does not know
 * @conversation: id of the one that took its place
 *
 * What was written for the one goes to the other.
 */
void
lf_outbox_move (LfOutbox   *self,
                const char *old,
                const char *conversation)
{
  g_return_if_fail (LF_IS_OUTBOX (self));
  g_return_if_fail (old != NULL && conversation != NULL);

  for (GList *l = self->letters.head; l != NULL; l = l->next)
    {
      LfLetter *letter = ((Waiting *) l->data)->letter;

      if (!g_str_equal (letter->conversation, old))
        continue;
      g_free (letter->conversation);
      letter->conversation = g_strdup (conversation);
    }
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-message.h"

G_DEFINE_BOXED_TYPE (LfMessage, lf_message, lf_message_ref, lf_message_unref)

static void
clear_message (gpointer data)
{
  LfMessage *self = data;

  g_free (self->id);
  g_free (self->conversation);
  g_free (self->sender);
  g_free (self->body);
}

/**
 * lf_message_new:
 * @id: the sending client's UUID
 * @conversation: id of the conversation
 * @sender: user id
 * @body: text, UTF-8
 * @seq: position in the conversation from 1, or 0 while pending
 * @sent_at_us: the server's instant, or the client's while pending
 *
 * All strings are copied.
 *
 * Returns: (transfer full): an immutable message
 */
LfMessage *
lf_message_new (const char *id,
                const char *conversation,
                const char *sender,
                const char *body,
                gint64      seq,
                gint64      sent_at_us)
{
  LfMessage *self;

  g_return_val_if_fail (id != NULL && conversation != NULL && sender != NULL && body != NULL, NULL);
  g_return_val_if_fail (seq >= 0, NULL);

  self = g_atomic_rc_box_new (LfMessage);
  self->id = g_strdup (id);
  self->conversation = g_strdup (conversation);
  self->sender = g_strdup (sender);
  self->body = g_strdup (body);
  self->seq = seq;
  self->sent_at_us = sent_at_us;
  return self;
}

/**
 * lf_message_ref:
 * @self: a message
 *
 * May be called on any thread.
 *
 * Returns: (transfer full): @self
 */
LfMessage *
lf_message_ref (const LfMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire ((LfMessage *) self);
}

/**
 * lf_message_unref:
 * @self: (transfer full): a message
 *
 * May be called on any thread.
 */
void
lf_message_unref (LfMessage *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_message);
}

/**
 * lf_message_body_is_valid:
 * @body: (nullable): what somebody wants to send
 *
 * Both ends ask this one function.
 *
 * Returns: %TRUE if @body is UTF-8 of at most %LF_MESSAGE_MAX_CHARS characters, and not blank
 */
gboolean
lf_message_body_is_valid (const char *body)
{
  gboolean is_blank = TRUE;
  glong    n_chars = 0;

  if (body == NULL || !g_utf8_validate (body, -1, NULL))
    return FALSE;
  for (const char *at = body; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (++n_chars > LF_MESSAGE_MAX_CHARS)
        return FALSE;
      is_blank = is_blank && g_unichar_isspace (g_utf8_get_char (at));
    }
  return !is_blank;
}

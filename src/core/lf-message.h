/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "lf-instant.h"

G_BEGIN_DECLS

/**
 * LfMessageState:
 * @LF_MESSAGE_PENDING: not yet acknowledged by the server
 * @LF_MESSAGE_FAILED: the server refused it; the person may send it again
 * @LF_MESSAGE_SENT: stored by the server
 * @LF_MESSAGE_DELIVERED: on a device of the other side
 * @LF_MESSAGE_READ: seen by the other side
 *
 * The mark beside an own message. Others' messages are always sent.
 */
typedef enum
{
  LF_MESSAGE_PENDING,
  LF_MESSAGE_FAILED,
  LF_MESSAGE_SENT,
  LF_MESSAGE_DELIVERED,
  LF_MESSAGE_READ,
} LfMessageState;

#define LF_MESSAGE_MAX_CHARS 8000

#define LF_TYPE_MESSAGE (lf_message_get_type ())

/**
 * LfMessage:
 * @id: the sending client's UUID; identity
 * @conversation: id of the conversation
 * @sender: user id
 * @body: text, UTF-8, at most %LF_MESSAGE_MAX_CHARS characters
 * @seq: position in the conversation from 1, or 0 while pending
 * @sent_at_us: the server's instant, or the client's while pending
 *
 * One chat message: immutable, boxed, reference-counted.
 */
typedef struct
{
  char  *id;
  char  *conversation;
  char  *sender;
  char  *body;
  gint64 seq;
  gint64 sent_at_us;
} LfMessage;

GType      lf_message_get_type (void);
LfMessage *lf_message_new (const char *id, const char *conversation, const char *sender, const char *body, gint64 seq, gint64 sent_at_us);
LfMessage *lf_message_ref (const LfMessage *self);
void       lf_message_unref (LfMessage *self);
gboolean   lf_message_body_is_valid (const char *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfMessage, lf_message_unref)

G_END_DECLS

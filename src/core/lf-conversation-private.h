/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-conversation.h"
#include "lf-message-log.h"

/* What LfConversation holds. It is one class in three files: lf-conversation.c applies what the server
 * and the user say, lf-conversation-restart.c begins anew, lf-conversation-fields.c tells. */

struct _LfConversation
{
  GObject parent_instance;

  char    *id;         /* owned */
  char    *own_user;   /* owned */
  char    *other;      /* owned; user id */
  char    *other_name; /* owned, nullable */
  char    *draft;      /* owned, nullable */
  gboolean has_more;
  guint    unread;
  guint    typing_source; /* 0 while nobody types */

  LfMessageLog *log; /* owned */

  LfMessage *summary; /* owned, nullable; the last message as the server summed it up */
  LfMessage *last;    /* owned, nullable; what "last-message" says */

  gint64 last_seq;
  gint64 own_read_seq;
  gint64 other_read_seq;
  gint64 other_delivered_seq;
};

/* lf-conversation-restart.c */
void lf_conversation_update_last (LfConversation *self);

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client-private.h"

G_BEGIN_DECLS

/**
 * LfChat:
 *
 * What the client keeps beside a conversation.
 */
typedef struct
{
  LfClient       *client;       /* borrowed */
  LfConversation *conversation; /* owned */
  gint64          created_at_us;
  gint64          told_delivered;   /* sequence number the server knows */
  gint64          wanted_delivered; /* what it should know */
  gint64          told_us;          /* monotonic: when it was told; 0: not by this client */
  gint64          wanted_read;      /* sequence number to tell; 0: told */
  gint64          typing_told_us;   /* monotonic; 0: not lately */
  gint64          floor_seq;        /* what a snapshot must at least know of, unless the server was set back */
  gboolean        is_named;         /* by the server, since the snapshot began */
  gboolean        is_reading;       /* a read mark is on its way */
  gboolean        is_filling;       /* a gap is being fetched */
} LfChat;

/* lf-client-chat.c */
LfChat *lf_client_ensure_chat (LfClient *self, const char *id, const char *other);
LfChat *lf_client_get_chat (LfClient *self, LfConversation *conversation);
LfChat *lf_client_take_conversation (LfClient *self, const LfWireConversation *wire);
LfChat *lf_client_apply_message (LfClient *self, const LfWireMessage *wire);

void   lf_client_place_chat (LfClient *self, LfChat *chat);
gint64 lf_client_get_latest_us (LfClient *self, LfConversation *conversation);

/* lf-client-restart.c */
void lf_client_restart_chat (LfClient *self, LfChat *chat, const char *id);

/* lf-client-history.c */
void lf_client_send_read (LfClient *self, LfChat *chat);
void lf_client_fill_gap (LfClient *self, LfChat *chat);
void lf_client_fetch_conversations (LfClient *self);

G_END_DECLS

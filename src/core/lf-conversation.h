/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-message-item.h"

G_BEGIN_DECLS

#define LF_TYPE_CONVERSATION (lf_conversation_get_type ())

/**
 * LfConversation:
 *
 * A chat: a #GListModel of #LfMessageItem, oldest first: those with a sequence number in its order,
 * then pending and failed ones in the order they were written. De-duplicated by message id.
 *
 * Properties: "id", "other" (user id of the other side), "other-name" (strings), "unread" (uint),
 * "last-message" (boxed, nullable), "is-typing" (the other side types; falls back by itself 6 s
 * after the last sign, or with a message), "has-more" (older history can be fetched), "draft".
 */
G_DECLARE_FINAL_TYPE (LfConversation, lf_conversation, LF, CONVERSATION, GObject)

LfConversation *lf_conversation_new (const char *id, const char *own_user, const char *other_user);
const char     *lf_conversation_get_id (LfConversation *self);
const char     *lf_conversation_get_other (LfConversation *self);
const char     *lf_conversation_get_other_name (LfConversation *self);
guint           lf_conversation_get_unread (LfConversation *self);
LfMessage      *lf_conversation_get_last_message (LfConversation *self); /* transfer none, nullable */
gboolean        lf_conversation_get_is_typing (LfConversation *self);
gboolean        lf_conversation_get_has_more (LfConversation *self);
const char     *lf_conversation_get_draft (LfConversation *self);      /* nullable */
gint64          lf_conversation_get_oldest_seq (LfConversation *self); /* 0: none held */
gint64          lf_conversation_get_last_seq (LfConversation *self);   /* highest seen of anybody */
gint64          lf_conversation_get_own_read_seq (LfConversation *self);
gint64          lf_conversation_get_other_read_seq (LfConversation *self);
gint64          lf_conversation_get_other_delivered_seq (LfConversation *self);
LfMessage      *lf_conversation_get_summary (LfConversation *self); /* transfer none, nullable: newest the server holds */
gboolean        lf_conversation_has_waiting (LfConversation *self); /* pending or failed messages */
/* Another message is held under this one's sequence number: the server was set back. */
gboolean lf_conversation_contradicts (LfConversation *self, const LfMessage *message);
/* Where to fetch history (`before`) to close the newest hole in what is held; 0: there is none. */
gint64 lf_conversation_get_gap_before (LfConversation *self);

void           lf_conversation_set_other_name (LfConversation *self, const char *name);
void           lf_conversation_set_draft (LfConversation *self, const char *draft);
void           lf_conversation_set_has_more (LfConversation *self, gboolean has_more);
LfMessageItem *lf_conversation_add_pending (LfConversation *self, const LfMessage *message); /* transfer none */
void           lf_conversation_place_pending (LfConversation *self, LfMessageItem *item);    /* made before */
LfMessageItem *lf_conversation_lookup (LfConversation *self, const char *message_id);        /* transfer none, nullable */
/* A message with a sequence number: new, or the acknowledgement of a pending one. TRUE if it was new here. */
gboolean lf_conversation_apply_message (LfConversation *self, const LfMessage *message);
/* From live lists: counts as unread when it is new, another's and after own read mark. */
void lf_conversation_set_failed (LfConversation *self, const char *message_id);
void lf_conversation_set_pending (LfConversation *self, const char *message_id);
void lf_conversation_apply_delivered (LfConversation *self, const char *user, gint64 seq);
void lf_conversation_apply_read (LfConversation *self, const char *user, gint64 seq);
void lf_conversation_apply_summary (LfConversation *self, gint64 last_seq, gint64 read_seq, guint unread, const LfMessage *last_message);
void lf_conversation_apply_typing (LfConversation *self);
/* The server was set back: only what waits is kept, under the id the conversation has now. */
void lf_conversation_restart (LfConversation *self, const char *id);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-message-item.h"

G_BEGIN_DECLS

/**
 * LfMessageLog:
 *
 * The order of a conversation, inside LfConversation: first the items that have a sequence number, by
 * it, then those that wait, in the order they were written. No id and no sequence number is there twice.
 */
typedef struct _LfMessageLog LfMessageLog;

LfMessageLog  *lf_message_log_new (void);
void           lf_message_log_free (LfMessageLog *self);
guint          lf_message_log_get_n_items (LfMessageLog *self);
guint          lf_message_log_get_n_sequenced (LfMessageLog *self);
LfMessageItem *lf_message_log_get_item (LfMessageLog *self, guint position);
gint64         lf_message_log_get_seq (LfMessageLog *self, guint position);
LfMessageItem *lf_message_log_lookup (LfMessageLog *self, const char *message_id);
guint          lf_message_log_find (LfMessageLog *self, gint64 seq);
gboolean       lf_message_log_has_seq (LfMessageLog *self, gint64 seq);
gint64         lf_message_log_get_gap_before (LfMessageLog *self, gint64 last_seq);
guint          lf_message_log_add (LfMessageLog *self, LfMessageItem *item);
guint          lf_message_log_move_up (LfMessageLog *self, LfMessageItem *item, guint *from);
guint          lf_message_log_forget (LfMessageLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfMessageLog, lf_message_log_free)

G_END_DECLS

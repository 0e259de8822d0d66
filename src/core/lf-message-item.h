/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-message.h"

G_BEGIN_DECLS

#define LF_TYPE_MESSAGE_ITEM (lf_message_item_get_type ())

/**
 * LfMessageItem:
 *
 * A place in a conversation: "message" (boxed #LfMessage), its "state" (uint, #LfMessageState), which
 * both change while it stays the same item, and "is-own" (whether the user wrote it).
 */
G_DECLARE_FINAL_TYPE (LfMessageItem, lf_message_item, LF, MESSAGE_ITEM, GObject)

LfMessage     *lf_message_item_get_message (LfMessageItem *self); /* transfer none */
LfMessageState lf_message_item_get_state (LfMessageItem *self);
gboolean       lf_message_item_get_is_own (LfMessageItem *self);

/* For LfConversation, which owns its items and alone changes them. */
LfMessageItem *lf_message_item_new (const LfMessage *message, LfMessageState state, gboolean is_own);
gboolean       lf_message_item_set_message (LfMessageItem *self, const LfMessage *message);
gboolean       lf_message_item_set_state (LfMessageItem *self, LfMessageState state);

G_END_DECLS

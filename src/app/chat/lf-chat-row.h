/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_CHAT_ROW (lf_chat_row_get_type ())

/**
 * LfChatRow:
 *
 * A conversation in the list of chats: who, the last message, when, how many are unread, and the
 * badge of the other side. Bound to one conversation after another by the list.
 */
G_DECLARE_FINAL_TYPE (LfChatRow, lf_chat_row, LF, CHAT_ROW, AdwBin)

GtkWidget  *lf_chat_row_new (void);
void        lf_chat_row_bind (LfChatRow *self, LfClient *client, LfConversation *conversation);
void        lf_chat_row_rebind (LfChatRow *self);
void        lf_chat_row_unbind (LfChatRow *self);
void        lf_chat_row_update (LfChatRow *self);
const char *lf_chat_row_get_user (LfChatRow *self);
void        lf_chat_row_set_is_open (LfChatRow *self, gboolean is_open);
char       *lf_chat_row_dup_words (LfChatRow *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_CHAT_VIEW (lf_chat_view_get_type ())

/**
 * LfChatView:
 *
 * The chat with one person: transcript, typing line, composer. A conversation that is not there yet
 * is made with the first message. What is in front of the user (the window focused, the end of the
 * transcript in view) is marked read.
 */
G_DECLARE_FINAL_TYPE (LfChatView, lf_chat_view, LF, CHAT_VIEW, AdwBin)

GtkWidget      *lf_chat_view_new (void);
void            lf_chat_view_set_client (LfChatView *self, LfClient *client);
void            lf_chat_view_set_contact (LfChatView *self, LfContact *contact);
LfConversation *lf_chat_view_get_conversation (LfChatView *self);
gboolean        lf_chat_view_is_in_front (LfChatView *self);
void            lf_chat_view_take_focus (LfChatView *self);

G_END_DECLS

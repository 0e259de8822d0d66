/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_CHAT_LIST (lf_chat_list_get_type ())

/**
 * LfChatList:
 *
 * The conversations, latest first, with their unread counts; a row acts by win.chat, and the one whose
 * page is open is marked. It shows its own empty state.
 */
G_DECLARE_FINAL_TYPE (LfChatList, lf_chat_list, LF, CHAT_LIST, AdwBin)

void lf_chat_list_set_client (LfChatList *self, LfClient *client);
void lf_chat_list_set_open (LfChatList *self, const char *user);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-chat-list.h"

struct _LfChatList
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (LfChatList, lf_chat_list, ADW_TYPE_BIN)

static void
lf_chat_list_class_init (LfChatListClass *klass)
{
}

static void
lf_chat_list_init (LfChatList *self)
{
}

void
lf_chat_list_set_client (LfChatList *self, LfClient *client)
{
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/* Conversations of two. A person sees the other's marks as they were when last allowed to. */
LfWireConversation      *lf_store_chat_open (LfDb *db, const char *user, const char *other, gint64 now_us, gboolean *is_new, GError **error);
LfWireConversation      *lf_store_chat_get (LfDb *db, const char *user, const char *conversation, GError **error);
LfWireConversationsPage *lf_store_chat_list (LfDb *db, const char *user, const char *cursor, gint64 limit, GError **error);
/* Stores once: the same client id with the same body gives the stored message again (@is_new FALSE),
 * with another body CONFLICT. @members: the users of the conversation. */
LfWireMessage      *lf_store_chat_put (LfDb *db, const char *user, const char *conversation, const char *client_id, const char *body, gint64 now_us, gboolean *is_new, GStrv *members, GError **error);
LfWireMessagesPage *lf_store_chat_history (LfDb *db, const char *user, const char *conversation, gint64 before, gint64 limit, GError **error);

GStrv lf_store_chat_list_members (LfDb *db, const char *user, const char *conversation, GError **error);

/* What became of a mark. @changed: it rose. @is_shown: the others may see it (not invisible, no block). */
typedef struct
{
  gint64   seq;
  gboolean changed;
  gboolean is_shown;
  GStrv    members; /* owned */
} LfChatMark;

void     lf_chat_mark_clear (LfChatMark *self);
gboolean lf_store_chat_mark_delivered (LfDb *db, const char *user, const char *conversation, gint64 seq, LfChatMark *mark, GError **error);
gboolean lf_store_chat_mark_read (LfDb *db, const char *user, const char *conversation, gint64 seq, LfChatMark *mark, GError **error);
/* The marks of @user in one conversation, as the others may see them from now on. */
typedef struct
{
  char  *conversation; /* owned */
  GStrv  members;      /* owned */
  gint64 delivered_seq;
  gint64 read_seq;
} LfShownMarks;

void lf_shown_marks_free (LfShownMarks *self);
/* Shows what may be seen of the marks that rose while they might not. @shown: gets LfShownMarks; nullable. */
gboolean lf_store_chat_show_marks (LfDb *db, const char *user, GPtrArray *shown, GError **error);
/* lf-store-marks.c. The last is for typing: @is_shown: whether the others may see it. */
GStrv lf_store_chat_get_members (LfDb *db, const char *user, const char *conversation, gboolean *is_shown, GError **error);

G_END_DECLS

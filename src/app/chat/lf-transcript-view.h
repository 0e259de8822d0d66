/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_TRANSCRIPT_VIEW (lf_transcript_view_get_type ())

/**
 * LfTranscriptView:
 *
 * The messages of one conversation. At the end it stays there when messages come; scrolled up, what
 * is seen stays in place, and near the top older messages are shown, then fetched. Property
 * "is-at-end" (boolean): the latest message is in view.
 */
G_DECLARE_FINAL_TYPE (LfTranscriptView, lf_transcript_view, LF, TRANSCRIPT_VIEW, AdwBin)

void     lf_transcript_view_set_conversation (LfTranscriptView *self, LfClient *client, LfConversation *conversation, const char *name);
void     lf_transcript_view_set_unread_seq (LfTranscriptView *self, gint64 read_seq);
void     lf_transcript_view_scroll_to_end (LfTranscriptView *self);
gboolean lf_transcript_view_get_is_at_end (LfTranscriptView *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_TRANSCRIPT_LINE (lf_transcript_line_get_type ())

/**
 * LfTranscriptLine:
 *
 * One message as it stands in a transcript. Property "layout" (uint): flags of #LfLineLayout, which
 * change while it stays the same line.
 */
G_DECLARE_FINAL_TYPE (LfTranscriptLine, lf_transcript_line, LF, TRANSCRIPT_LINE, GObject)

/**
 * LfLineLayout:
 * @LF_LINE_STARTS_DAY: the first message of a day: a separator stands above it
 * @LF_LINE_STARTS_UNREAD: the first unread message: the divider stands above it
 * @LF_LINE_STARTS_GROUP: the first of several by one sender: name and time stand above it
 */
typedef enum
{
  LF_LINE_STARTS_DAY = 1 << 0,
  LF_LINE_STARTS_UNREAD = 1 << 1,
  LF_LINE_STARTS_GROUP = 1 << 2,
} LfLineLayout;

LfMessageItem *lf_transcript_line_get_item (LfTranscriptLine *self); /* transfer none */
guint          lf_transcript_line_get_layout (LfTranscriptLine *self);

#define LF_TYPE_TRANSCRIPT (lf_transcript_get_type ())

/**
 * LfTranscript:
 *
 * The end of a conversation: a #GListModel of #LfTranscriptLine that shows the latest messages and
 * is extended upwards on demand, so that a view never makes widgets for a whole history.
 */
G_DECLARE_FINAL_TYPE (LfTranscript, lf_transcript, LF, TRANSCRIPT, GObject)

LfTranscript *lf_transcript_new (LfConversation *conversation, guint n_shown);
gboolean      lf_transcript_extend (LfTranscript *self, guint n_more);
void          lf_transcript_trim (LfTranscript *self, guint n_shown);
void          lf_transcript_set_unread_seq (LfTranscript *self, gint64 read_seq);

G_END_DECLS

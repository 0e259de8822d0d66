/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-transcript.h"

G_BEGIN_DECLS

#define LF_TYPE_MESSAGE_ROW (lf_message_row_get_type ())

/**
 * LfMessageRow:
 *
 * One message of a transcript, with what stands above it (day, divider, sender and time) and the
 * mark of how far an own message has come. Signal "resend" (LfMessageItem *): the user wants a
 * failed one sent again.
 */
G_DECLARE_FINAL_TYPE (LfMessageRow, lf_message_row, LF, MESSAGE_ROW, AdwBin)

GtkWidget  *lf_message_row_new (LfTranscriptLine *line, const char *sender_name, LfClock *clock);
const char *lf_message_row_get_words (LfMessageRow *self);

G_END_DECLS

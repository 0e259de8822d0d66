/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_TYPE_METERED_INPUT (lf_metered_input_get_type ())

/**
 * LfMeteredInput:
 *
 * The reading half of a connection, with a limit on what is read between two signs that it was good
 * for something. libsoup 3.2 bounds one WebSocket frame, but neither a message of many fragments nor
 * what it reads in one turn of the main loop: a peer that never ends a message, or never stops
 * sending, would fill the memory. This stream pauses each turn and fails beyond the limit.
 */
G_DECLARE_FINAL_TYPE (LfMeteredInput, lf_metered_input, LF, METERED_INPUT, GInputStream)

/* @read_ahead: bytes of @base that were read already */
GIOStream *lf_metered_stream_new (GIOStream *base, GBytes *read_ahead, gsize turn_bytes, gsize max_bytes, LfMeteredInput **input);
void       lf_metered_input_reset (LfMeteredInput *self); /* a message was whole */

G_END_DECLS

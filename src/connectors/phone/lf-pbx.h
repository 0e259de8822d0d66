/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-phone-ua.h"

G_BEGIN_DECLS

#define LF_TYPE_PBX (lf_pbx_get_type ())

/**
 * LfPbx:
 *
 * The telephone system as the connector watches it: a subscription for each line and event package,
 * begun at a bearable pace, kept, and begun anew when the PBX has been away. It emits "line-changed" (the
 * line's id, #LfLineState) when the state of a line is other than it was, "call-ended" (the line's id,
 * #LfWireCallReport) for each call that was seen from its beginning, and "health" (#LfHealth, the line's id or
 * %NULL) when something is wrong, or no longer.
 */
G_DECLARE_FINAL_TYPE (LfPbx, lf_pbx, LF, PBX, GObject)

LfPbx             *lf_pbx_new (const LfPhoneConfig *config, LfClock *clock, GError **error);
LfPhoneUa         *lf_pbx_get_ua (LfPbx *self);
void               lf_pbx_set_line (LfPbx *self, const char *line, const char *address);
void               lf_pbx_keep_lines (LfPbx *self, GHashTable *lines);
const LfLineState *lf_pbx_get_state (LfPbx *self, const char *line);
void               lf_pbx_resync (LfPbx *self);
void               lf_pbx_stop (LfPbx *self);

G_END_DECLS

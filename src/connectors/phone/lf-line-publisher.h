/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-line-state.h"
#include "lf-rest.h"

G_BEGIN_DECLS

#define LF_TYPE_LINE_PUBLISHER (lf_line_publisher_get_type ())

/**
 * LfLinePublisher:
 *
 * Tells the server the states of lines: each once, the latest only, so many at a time. What the server
 * does not take is told again later. It emits "line-unknown" when the server has no such line.
 */
G_DECLARE_FINAL_TYPE (LfLinePublisher, lf_line_publisher, LF, LINE_PUBLISHER, GObject)

#define LF_LINE_PUBLISHER_AT_ONCE 32 /* requests that are not answered yet */

LfLinePublisher *lf_line_publisher_new (LfRest *rest, LfClock *clock);
void             lf_line_publisher_offer (LfLinePublisher *self, const char *line, const LfLineState *state);
void             lf_line_publisher_forget (LfLinePublisher *self, const char *line);
void             lf_line_publisher_stop (LfLinePublisher *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_CALENDAR_SILENCE_S 20 /* after which nothing more is expected */

/**
 * LfCalendarStage:
 * @LF_CALENDAR_STAGE_CONNECTING: nothing was asked yet
 * @LF_CALENDAR_STAGE_ASKED: the question was sent, no answer has come
 * @LF_CALENDAR_STAGE_ANSWERED: an answer has begun
 *
 * How far a request came.
 */
typedef enum
{
  LF_CALENDAR_STAGE_CONNECTING,
  LF_CALENDAR_STAGE_ASKED,
  LF_CALENDAR_STAGE_ANSWERED,
} LfCalendarStage;

GError *lf_calendar_trouble_explain (const GError *error, GUri *uri, LfCalendarStage stage);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-channel.h"

G_BEGIN_DECLS

/**
 * LfCalendarHealth:
 *
 * What is wrong with the calendars, told to the server for its administrator: when it changes, and all of
 * it when a stream begins.
 */
typedef struct _LfCalendarHealth LfCalendarHealth;

LfCalendarHealth *lf_calendar_health_new (void);
void              lf_calendar_health_free (LfCalendarHealth *self);
void              lf_calendar_health_set_channel (LfCalendarHealth *self, LfChannel *channel);
void              lf_calendar_health_send_all (LfCalendarHealth *self);
void              lf_calendar_health_note (LfCalendarHealth *self, const char *source, const char *user_id, const GError *error);
void              lf_calendar_health_drop (LfCalendarHealth *self, const char *source, const char *user_id);
void              lf_calendar_health_set_people (LfCalendarHealth *self, const GPtrArray *people);
void              lf_calendar_health_forget (LfCalendarHealth *self);

G_END_DECLS

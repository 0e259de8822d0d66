/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-config.h"
#include "lf-clock.h"
#include "lf-wire.h"

G_BEGIN_DECLS

#define LF_TYPE_CALENDAR_DOMAIN (lf_calendar_domain_get_type ())

/**
 * LfCalendarDomain:
 *
 * A service that knows the calendars of many people, asked for as many of them at a time as it takes, one
 * question after the other, spread over the interval. What it says of one person is that person's alone: a
 * mailbox that cannot be read harms no other.
 *
 * Signal "failed" (const char *user id or NULL, GError or NULL): nothing is known of somebody, or of anybody;
 *   or that is over.
 * Signal "told" (const char *user id, LfIcalResult *result, gint64 read_at_us): how somebody is busy.
 */
G_DECLARE_FINAL_TYPE (LfCalendarDomain, lf_calendar_domain, LF, CALENDAR_DOMAIN, GObject)

LfCalendarDomain             *lf_calendar_domain_new (const LfCalendarSourceConfig *config, guint refresh_s, LfClock *clock);
LfCalendarDomain             *lf_calendar_domain_steal_same (GPtrArray *domains, const LfCalendarSourceConfig *config);
const LfCalendarSourceConfig *lf_calendar_domain_get_config (LfCalendarDomain *self);
void                          lf_calendar_domain_set_people (LfCalendarDomain *self, const GPtrArray *people);
void                          lf_calendar_domain_read_now (LfCalendarDomain *self);
void                          lf_calendar_domain_stop (LfCalendarDomain *self);

G_END_DECLS

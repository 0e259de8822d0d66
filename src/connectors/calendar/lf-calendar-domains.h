/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-domain.h"
#include "lf-calendar-health.h"
#include "lf-calendar-publisher.h"

G_BEGIN_DECLS

/**
 * LfCalendarDomains:
 *
 * The services of a configuration that know many people's calendars, and where goes what they say.
 */
typedef struct _LfCalendarDomains LfCalendarDomains;

LfCalendarDomains *lf_calendar_domains_new (LfClock *clock, LfCalendarHealth *health);
void               lf_calendar_domains_free (LfCalendarDomains *self);
void               lf_calendar_domains_set_publisher (LfCalendarDomains *self, LfCalendarPublisher *publisher);
void               lf_calendar_domains_take_groups (LfCalendarDomains *self, const GPtrArray *groups, guint refresh_s, const GPtrArray *people);
void               lf_calendar_domains_set_people (LfCalendarDomains *self, const GPtrArray *people);
void               lf_calendar_domains_clear (LfCalendarDomains *self);

G_END_DECLS

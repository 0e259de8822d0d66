/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-busy.h"
#include "lf-ical-issue.h"

G_BEGIN_DECLS

#define LF_ICAL_MAX_EVENTS 100000

/* How to read a calendar; strings borrowed for the life of the reader. */
typedef struct
{
  const char        *owner_zone;    /* IANA name, nullable: this machine's */
  const char *const *own_addresses; /* mail addresses of the owner, nullable */
  gint64             from_us;       /* the window */
  gint64             to_us;
  GHashTable        *zone_cache; /* nullable, of lf_ical_zone_cache_new(), for who reads many calendars */
} LfIcalOptions;

/**
 * LfIcalResult:
 * @periods: what holds the owner, united per type, at most %LF_BUSY_MAX_PERIODS
 * @known_from_us: from here on the calendar was read
 * @known_until_us: up to here; earlier than asked for if there are too many periods, or if the
 *   calendar is a free/busy answer that covers less
 * @n_events: how many events, free/busy answers and availabilities were read
 * @issues: what was wrong
 *
 * What a calendar says.
 */
typedef struct
{
  LfBusyList  *periods;
  gint64       known_from_us;
  gint64       known_until_us;
  guint        n_events;
  LfIcalIssues issues;
} LfIcalResult;

/**
 * LfIcalReader:
 *
 * Reads one calendar: bytes in, typed busy periods out. Hostile calendars cost bounded memory;
 * bounded time is the business of the process that runs it.
 */
typedef struct _LfIcalReader LfIcalReader;

LfIcalOptions *lf_ical_options_copy (const LfIcalOptions *self);
void           lf_ical_options_free (LfIcalOptions *self);
LfIcalReader  *lf_ical_reader_new (const LfIcalOptions *options);
void           lf_ical_reader_free (LfIcalReader *self);
gboolean       lf_ical_reader_feed (LfIcalReader *self, const char *bytes, gsize length, GError **error);
LfIcalResult  *lf_ical_reader_finish (LfIcalReader *self, GError **error);
LfIcalResult  *lf_ical_result_new (gint64 from_us, gint64 to_us);
void           lf_ical_result_set_periods (LfIcalResult *self, const GArray *periods);
void           lf_ical_result_free (LfIcalResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalOptions, lf_ical_options_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalReader, lf_ical_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalResult, lf_ical_result_free)

G_END_DECLS

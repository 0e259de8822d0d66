/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-issue.h"
#include "lf-ical-time.h"

G_BEGIN_DECLS

#define LF_ICAL_MAX_ZONES 200 /* distinct TZIDs of one calendar; real ones have a handful */

/**
 * LfIcalZone:
 *
 * Converts between the wall clock of one zone and UTC. Belongs to its #LfIcalZones.
 */
typedef struct _LfIcalZone LfIcalZone;

/**
 * LfIcalZones:
 *
 * The zones of one calendar by TZID. A TZID is looked up as an IANA name, then in the calendar's own
 * VTIMEZONEs (exporters often truncate those, so the IANA name goes first), then by its tail
 * ("/prefix/x/Europe/Berlin"), then as a Windows name; what is still unknown is read in the owner's
 * zone, and counted.
 */
typedef struct _LfIcalZones LfIcalZones;

GHashTable  *lf_ical_zone_cache_new (void);
LfIcalZones *lf_ical_zones_new (const char *owner_zone, LfIcalIssues *issues, GHashTable *cache);
void         lf_ical_zones_free (LfIcalZones *self);
void         lf_ical_zones_define (LfIcalZones *self, char *text);
LfIcalZone  *lf_ical_zones_get_owner (LfIcalZones *self);
LfIcalZone  *lf_ical_zones_get_utc (LfIcalZones *self);
LfIcalZone  *lf_ical_zones_lookup (LfIcalZones *self, const char *tzid);

gint64   lf_ical_zone_to_utc_s (LfIcalZone *self, gint64 civil_s);
gint64   lf_ical_zone_to_civil_s (LfIcalZone *self, gint64 utc_s);
gboolean lf_ical_zone_is_known (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalZones, lf_ical_zones_free)

G_END_DECLS

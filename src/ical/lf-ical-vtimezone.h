/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfIcalVtimezone:
 *
 * A VTIMEZONE as a table of transitions: what the wall clock's offset is from each onset on.
 *
 * Source: RFC 5545 section 3.6.5.
 */
typedef struct _LfIcalVtimezone LfIcalVtimezone;

LfIcalVtimezone *lf_ical_vtimezone_new (char *text);
void             lf_ical_vtimezone_free (LfIcalVtimezone *self);
const char      *lf_ical_vtimezone_get_id (const LfIcalVtimezone *self);
int              lf_ical_vtimezone_get_offset (const LfIcalVtimezone *self, gint64 utc_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIcalVtimezone, lf_ical_vtimezone_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-config.h"
#include "lf-free-busy-service.h"

G_BEGIN_DECLS

#define LF_EWS_MAX_PEOPLE 100

#define LF_TYPE_EWS (lf_ews_get_type ())

/**
 * LfEws:
 *
 * Exchange Web Services: GetUserAvailability, with the view FreeBusy, which holds no subject.
 */
G_DECLARE_FINAL_TYPE (LfEws, lf_ews, LF, EWS, GObject)

LfFreeBusyService *lf_ews_new (const LfCalendarSourceConfig *config);

/* The document that asks, and the reading of the one that answers. */
GBytes    *lf_ews_write_request (const char *const *mails, gint64 from_us, gint64 to_us);
GPtrArray *lf_ews_read_answer (GBytes *document, const char *const *mails, gint64 from_us, gint64 to_us, guint *back_off_s, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

/* The one place that turns presence into translated words. All results are new strings in the
 * language of the user; instants are shown in the local zone. */

/* "On the phone": the state alone, for badges and menus. Static. */
const char *lf_status_words_get_name (LfDisplayStatus status);
/* "On the phone · 4 min", "In a meeting until 11:00", "Available": the words of a row. */
char *lf_status_words_format (const LfResolved *resolved, gint64 now_us);
/* The note with its emoji, "🍕 Lunch", or NULL when there is none. */
char *lf_status_words_format_note (const LfResolved *resolved);

/* One kind alone, for the why-card: "On hold", "Tentative", "Out of office", "Away". Never NULL. */
char *lf_status_words_format_kind (const LfPresence *presence, LfKind kind, gint64 now_us);
/* How long, or until when, that kind has been so: "4 min", "until 11:00", or NULL when not known. */
char *lf_status_words_format_span (const LfPresence *presence, LfKind kind, gint64 now_us);
/* What is wrong with what that kind says: "phone link lost 3 min ago", "calendar last read 09:50", or NULL. */
char *lf_status_words_format_caveat (const LfPresence *presence, LfKind kind, gint64 now_us);

/* "4 min", "2 h", "3 days"; NULL for less than a minute or an unknown since. */
char *lf_status_words_format_age (gint64 since_us, gint64 now_us);
/* "10:42"; on another day "tomorrow 10:42", "Fri 10:42", "24 Nov 10:42". */
char *lf_status_words_format_time (gint64 at_us, gint64 now_us);
/* "today", "yesterday", "Friday", "24 November": the day alone, for separators. */
char *lf_status_words_format_day (gint64 at_us, gint64 now_us);
/* "Today", "Tomorrow", "Monday, 30 November": a day at the head of something. */
char *lf_status_words_format_date (gint64 at_us, gint64 now_us);
/* "as of 10:42" */
char *lf_status_words_format_as_of (gint64 at_us, gint64 now_us);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-call-entry.h"
#include "lf-session.h"

G_BEGIN_DECLS

#define LF_TYPE_CALL_LOG (lf_call_log_get_type ())

#define LF_CALL_LOG_MAX  500 /* calls that are held, the latest */
#define LF_CALL_LOG_ALL  (-1)
#define LF_CALL_LOG_PAGE 100

/**
 * LfCallLog:
 *
 * Missed, received and placed calls, grouped by person or number, the latest first. It is read once there is a
 * session, and follows the stream.
 *
 * Properties: "n-missed" (uint): missed calls that came behind lf_call_log_set_seen_us().
 */
G_DECLARE_FINAL_TYPE (LfCallLog, lf_call_log, LF, CALL_LOG, GObject)

LfCallLog  *lf_call_log_new (LfRoster *roster, LfClock *clock);
void        lf_call_log_set_session (LfCallLog *self, LfSession *session); /* nullable: forgets all */
GListModel *lf_call_log_get_entries (LfCallLog *self);                     /* transfer none; of LfCallEntry */
void        lf_call_log_set_kind (LfCallLog *self, int kind);              /* LfCallKind, or LF_CALL_LOG_ALL */
guint       lf_call_log_get_n_missed (LfCallLog *self);
void        lf_call_log_set_seen_us (LfCallLog *self, gint64 seen_us);
gboolean    lf_call_log_is_read (LfCallLog *self);
void        lf_call_log_refresh (LfCallLog *self);
void        lf_call_log_read_more (LfCallLog *self); /* the page behind, if there is one */
void        lf_call_log_take_record (LfCallLog *self, const LfWireCallRecord *record);
void        lf_call_log_take_removed (LfCallLog *self, const char *id);

G_END_DECLS

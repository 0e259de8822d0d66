/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-line-state.h"

G_BEGIN_DECLS

/**
 * LfEventPackage:
 * @LF_PACKAGE_DIALOG: calls of the line (RFC 4235)
 * @LF_PACKAGE_PRESENCE: its presence (RFC 3856)
 *
 * What a PBX is asked for a line.
 */
typedef enum
{
  LF_PACKAGE_DIALOG,
  LF_PACKAGE_PRESENCE,
} LfEventPackage;

#define LF_N_PACKAGES 2

const char *lf_event_package_get_name (LfEventPackage package);
const char *lf_event_package_get_type (LfEventPackage package);

/**
 * LfNotifyResult:
 * @LF_NOTIFY_TAKEN: the state is as the document says
 * @LF_NOTIFY_OLD: it is older than what is known, and was dropped
 * @LF_NOTIFY_GAP: a document is missing before it: the full state is to be asked for
 * @LF_NOTIFY_BAD: it cannot be read, and was dropped
 *
 * What became of the body of a NOTIFY.
 */
typedef enum
{
  LF_NOTIFY_TAKEN,
  LF_NOTIFY_OLD,
  LF_NOTIFY_GAP,
  LF_NOTIFY_BAD,
} LfNotifyResult;

/**
 * LfLineTracker:
 *
 * Makes one state of a line from all documents that the PBX sent of it, of both packages. What is known
 * stays until something newer comes, or until it is told that nothing is known any more.
 */
typedef struct _LfLineTracker LfLineTracker;

/**
 * LfLineCallFunc:
 * @report: a call of the line that is over; provisional; borrowed
 * @user_data: of lf_line_tracker_set_call_func()
 *
 * Is told of calls as they end.
 */
typedef void (*LfLineCallFunc) (const LfWireCallReport *report, gpointer user_data);

LfLineTracker     *lf_line_tracker_new (void);
void               lf_line_tracker_free (LfLineTracker *self);
void               lf_line_tracker_set_call_func (LfLineTracker *self, LfLineCallFunc func, gpointer user_data);
void               lf_line_tracker_reset (LfLineTracker *self, LfEventPackage package);
LfNotifyResult     lf_line_tracker_take (LfLineTracker *self, LfEventPackage package, const char *content_type, const char *body, gsize length, gint64 now_us, GError **error);
void               lf_line_tracker_lose (LfLineTracker *self, LfEventPackage package, gint64 now_us);
const LfLineState *lf_line_tracker_get_state (LfLineTracker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfLineTracker, lf_line_tracker_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-clock.h"
#include "lf-session.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfBusyUrgency:
 * @LF_BUSY_LATER: after a random 0 to 5 s, with whoever else changed
 * @LF_BUSY_SNAPSHOT: the same, and what comes counts as part of the snapshot
 * @LF_BUSY_FIRST: at once, and part of the snapshot: nothing is shown yet
 */
typedef enum
{
  LF_BUSY_LATER,
  LF_BUSY_SNAPSHOT,
  LF_BUSY_FIRST,
} LfBusyUrgency;

#define LF_TYPE_BUSY_PULLER (lf_busy_puller_get_type ())

/**
 * LfBusyPuller:
 *
 * Pulls busy periods: a day back, 14 days on, of up to 200 people in one call. Whose calendar
 * changed is told to it; it pulls again by itself before what it got runs out, jittered. Nothing is
 * asked while it is not live.
 *
 * Signal "busy" (const LfWireBusy *, gboolean is_snapshot): the periods of one person.
 */
G_DECLARE_FINAL_TYPE (LfBusyPuller, lf_busy_puller, LF, BUSY_PULLER, GObject)

LfBusyPuller *lf_busy_puller_new (LfSession *session, LfClock *clock);
void          lf_busy_puller_set_live (LfBusyPuller *self, gboolean is_live);
void          lf_busy_puller_want (LfBusyPuller *self, const char *user, LfBusyUrgency urgency);
void          lf_busy_puller_forget (LfBusyPuller *self, const char *user);
/* Pulled without delay when it changes, and when what is held is old. Nullable. */
void lf_busy_puller_set_open (LfBusyPuller *self, const char *user);

char *lf_busy_make_path (const char *const *users, gsize n_users, gint64 now_us); /* GET /busy of them */

G_END_DECLS

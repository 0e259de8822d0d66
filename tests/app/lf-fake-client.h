/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

/* An LfClient without a server, for tests of widgets: it has the functions of lf-client.h, linked in
 * their place, keeps everything in memory and notes what it was asked to do. */

void lf_fake_client_set_state (LfClient *self, LfClientState state, gint64 as_of_us);
/* The next sign-in, restore or search fails so; without it they succeed. Codes of LF_ERROR. */
void lf_fake_client_fail_next (LfClient *self, LfError code);
/* The first call of the next client made fails so. */
void lf_fake_client_fail_at_start (LfError code);
/* What was asked last: "set-dnd 1", "sign-in https://… mara remember". Never NULL. */
const char *lf_fake_client_get_last (LfClient *self);
/* Signed in and online as Mara Lind with a roster of 12 in two groups, in every display status. */
void lf_fake_client_fill (LfClient *self);
/* @n made-up contacts more. */
void lf_fake_client_fill_many (LfClient *self, guint n);
void lf_fake_client_set_phone (LfClient *self, const char *user, LfPhoneState state);
void lf_fake_client_set_reach (LfClient *self, const char *user, LfReachabilityState state, const char *note);
/* Known from yesterday on, for two weeks; "mara" is the user. */
void lf_fake_client_set_busy (LfClient *self, const char *user, const LfBusyPeriod *periods, gsize n_periods, gboolean is_state_only);
/* Days of several people, free together now and then. */
void lf_fake_client_fill_days (LfClient *self);
/* A line that can be made to call, and that rings in “do not disturb”; calls of all kinds. */
void lf_fake_client_fill_calls (LfClient *self);
/* The call that was asked for last. */
void lf_fake_client_set_call (LfClient *self, const char *user, LfCallState state, LfCallReason reason);
/* What the server reads for the user: one calendar more. No @source: there are none. */
void lf_fake_client_add_calendar (LfClient *self, const char *source, gint64 read_at_us, LfCalendarCode code);
/* How often it was asked when they were read. */
guint lf_fake_client_count_refreshes (LfClient *self);
void  lf_fake_client_add_people (LfClient *self, const char *const *names); /* to the directory */

#define LF_FAKE_NOW_US (G_GINT64_CONSTANT (1795516800) * LF_SECOND) /* 2026-11-24 10:40 UTC */

G_END_DECLS

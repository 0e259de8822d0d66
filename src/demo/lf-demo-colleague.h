/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"
#include "lf-demo-people.h"

G_BEGIN_DECLS

#define LF_TYPE_DEMO_COLLEAGUE (lf_demo_colleague_get_type ())

/**
 * LfDemoColleague:
 *
 * One colleague at a desktop: a whole client without a window, which reports input or the lack of
 * it, sets statuses, and answers chat as a person would.
 */
G_DECLARE_FINAL_TYPE (LfDemoColleague, lf_demo_colleague, LF, DEMO_COLLEAGUE, GObject)

LfDemoColleague    *lf_demo_colleague_new (guint person, LfClock *clock, GRand *random);
const LfDemoPerson *lf_demo_colleague_get_person (LfDemoColleague *self);
gboolean            lf_demo_colleague_is_online (LfDemoColleague *self);
gboolean            lf_demo_colleague_is_signed_out (LfDemoColleague *self);
LfReachabilityState lf_demo_colleague_get_reach (LfDemoColleague *self);
LfDisplayStatus     lf_demo_colleague_get_displayed (LfDemoColleague *self);
gboolean            lf_demo_colleague_has_note (LfDemoColleague *self);
void                lf_demo_colleague_set_reach (LfDemoColleague *self, LfReachabilityState state, gint64 since_us);
void                lf_demo_colleague_set_status (LfDemoColleague *self, LfChoice choice, const char *text, const char *emoji);
void                lf_demo_colleague_leave_meeting (LfDemoColleague *self);
void                lf_demo_colleague_set_dnd (LfDemoColleague *self, gboolean is_on);
void                lf_demo_colleague_sign_in_async (LfDemoColleague *self, const char *server, const char *password, GAsyncReadyCallback callback, gpointer user_data);
gboolean            lf_demo_colleague_sign_in_finish (LfDemoColleague *self, GAsyncResult *result, GError **error);
void                lf_demo_colleague_leave (LfDemoColleague *self);
void                lf_demo_colleague_write_to (LfDemoColleague *self, const char *user, const char *body);

G_END_DECLS

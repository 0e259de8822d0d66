/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-demo-line.h"
#include "lf-rest.h"

G_BEGIN_DECLS

#define LF_TYPE_DEMO_PHONES (lf_demo_phones_get_type ())

/**
 * LfDemoPhones:
 *
 * The telephone system of the sample office, seen as a phone connector: it owns the lines, reports
 * their states with its token, and repeats them after each new connection. It makes the calls that people
 * ask for, and reports those that were. Calls go through their stages by human timings.
 */
G_DECLARE_FINAL_TYPE (LfDemoPhones, lf_demo_phones, LF, DEMO_PHONES, GObject)

typedef LfDemoHabit (*LfDemoHabitFunc) (guint person, gpointer user_data);

LfDemoPhones *lf_demo_phones_new (const char *server, const char *token, LfClock *clock, GRand *random, GError **error);
void          lf_demo_phones_set_habits (LfDemoPhones *self, LfDemoHabitFunc habit, gpointer user_data);
void          lf_demo_phones_start (LfDemoPhones *self);
gboolean      lf_demo_phones_is_live (LfDemoPhones *self);
void          lf_demo_phones_stop (LfDemoPhones *self);
LfPhoneState  lf_demo_phones_get (LfDemoPhones *self, guint person);
void          lf_demo_phones_set (LfDemoPhones *self, guint person, LfPhoneState state, gint64 since_us);
gboolean      lf_demo_phones_begin_call (LfDemoPhones *self, guint person);
gboolean      lf_demo_phones_call_visitor (LfDemoPhones *self, guint person);
gboolean      lf_demo_phones_end_call (LfDemoPhones *self, guint person);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_SLEEP_DELAY_MAX_MS 2000 /* login1 itself waits 5 s, unless told otherwise */

#define LF_TYPE_SLEEP_DELAY (lf_sleep_delay_get_type ())

/**
 * LfSleepDelay:
 *
 * Holds the machine's sleep off for a moment, so that what is to be told before it gets out: a
 * "delay" lock of login1. Without login1 there is none, and nothing is held off.
 *
 * Source: org.freedesktop.login1(5), Inhibit().
 */
G_DECLARE_FINAL_TYPE (LfSleepDelay, lf_sleep_delay, LF, SLEEP_DELAY, GObject)

LfSleepDelay *lf_sleep_delay_new (GDBusConnection *system);
void          lf_sleep_delay_take (LfSleepDelay *self);
void          lf_sleep_delay_let_go (LfSleepDelay *self);
void          lf_sleep_delay_let_go_soon (LfSleepDelay *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The log of programs that run without a window: one line an event, on standard error:
 *
 *   time=2026-03-02T09:00:00.000Z level=notice domain=lf-http message="A request was cut" address="192.0.2.7"
 *
 * Under systemd the journal gets the same as fields: MESSAGE, PRIORITY, GLIB_DOMAIN, LAMPFIELD_ADDRESS. */

void lf_log_start (void);
/* Pairs of a key (lower case) and its value follow; the last key is NULL. A NULL value is left out. */
void lf_log_event (const char *domain, GLogLevelFlags level, const char *message, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS

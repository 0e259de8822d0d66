/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lf_notify_send (const char *state);
guint    lf_notify_get_watchdog_ms (void);

G_END_DECLS

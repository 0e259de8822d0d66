/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One-shot timers on the thread-default main context, monotonic. */
void lf_timer_start (GSource **timer, guint delay_ms, GSourceFunc function, gpointer user_data);
/* Before a failed call is repeated: longer each time, and as long as the server asked for. */
void lf_timer_start_back_off (GSource **timer, guint *n_failures, guint retry_after_s, GSourceFunc function, gpointer user_data);
void lf_timer_clear (GSource **timer);

G_END_DECLS

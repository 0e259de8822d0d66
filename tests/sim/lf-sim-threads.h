/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-sim-world.h"

G_BEGIN_DECLS

/* What other threads do, so that it takes virtual time and comes in one order: those of the server's store,
 * and GIO's. A new kind of worker in the product has to be added here. */

void     lf_sim_threads_start (LfSimWorld *world);
void     lf_sim_threads_stop (void);
gboolean lf_sim_threads_run (void); /* whether there was anything to do */
/* Until told otherwise: what waits when the store is closed is never done, as by kill -9. */
void lf_sim_threads_set_is_killed (gboolean is_killed);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-config.h"
#include "lf-stream.h"

G_BEGIN_DECLS

/**
 * LfParking:
 *
 * Streams whose socket is gone and whose client may come back: each for the same time, the oldest
 * first. How many there are and how much they keep is bounded; beyond it the oldest go.
 */
typedef struct _LfParking LfParking;

LfParking *lf_parking_new (const LfConfig *config, LfClock *clock);
void       lf_parking_free (LfParking *self);
void       lf_parking_add (LfParking *self, LfStream *stream);     /* transfer full */
void       lf_parking_weigh (LfParking *self, LfStream *stream);   /* it keeps more than before */
void       lf_parking_discard (LfParking *self, LfStream *stream); /* it keeps nothing any more: goes soon */
void       lf_parking_remove (LfParking *self, LfStream *stream);  /* lets go of it, if it is here */
guint      lf_parking_count (LfParking *self);
gsize      lf_parking_get_bytes (LfParking *self);
/* Since the start: their time was over; there was no room for them. */
void lf_parking_count_lost (LfParking *self, guint64 *n_expired, guint64 *n_evicted);

G_END_DECLS

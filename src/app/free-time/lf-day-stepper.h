/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define LF_DAY_STEPPER_MAX_DAYS 13 /* calendars are known for 14 days, counted from now */

#define LF_TYPE_DAY_STEPPER (lf_day_stepper_get_type ())

/**
 * LfDayStepper:
 *
 * Goes from day to day: "‹ Today ›". Property "days" (int, 0 to %LF_DAY_STEPPER_MAX_DAYS): how many
 * days after today.
 */
G_DECLARE_FINAL_TYPE (LfDayStepper, lf_day_stepper, LF, DAY_STEPPER, AdwBin)

int         lf_day_stepper_get_days (LfDayStepper *self);
gboolean    lf_day_stepper_set_days (LfDayStepper *self, int days);
const char *lf_day_stepper_get_words (LfDayStepper *self); /* transfer none: "Today" */
void        lf_day_stepper_update (LfDayStepper *self, gint64 at_us, gint64 now_us);

G_END_DECLS

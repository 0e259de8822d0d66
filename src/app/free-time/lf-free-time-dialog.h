/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-window.h"

G_BEGIN_DECLS

#define LF_FREE_TIME_MAX_PEOPLE 20

#define LF_TYPE_FREE_TIME_DIALOG (lf_free_time_dialog_get_type ())

/**
 * LfFreeTimeDialog:
 *
 * Finds the next times at which the user and chosen people are free, and shows their days one below
 * the other. It follows the calendars while it is open.
 */
G_DECLARE_FINAL_TYPE (LfFreeTimeDialog, lf_free_time_dialog, LF, FREE_TIME_DIALOG, AdwWindow)

LfFreeTimeDialog *lf_free_time_dialog_new (LfWindow *window, LfContact *contact);

G_END_DECLS

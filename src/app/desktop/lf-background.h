/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LF_TYPE_BACKGROUND (lf_background_get_type ())

/**
 * LfBackground:
 *
 * What closing the window means: with "run-in-background" set it is only hidden and the program
 * goes on, else it ends. Signal "kept-running": this happened for the first time, so it is to be
 * said ("has-told-background" remembers).
 */
G_DECLARE_FINAL_TYPE (LfBackground, lf_background, LF, BACKGROUND, GObject)

LfBackground *lf_background_new (GtkApplication *application, GSettings *settings);

G_END_DECLS

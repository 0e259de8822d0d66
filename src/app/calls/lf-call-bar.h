/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_CALL_BAR (lf_call_bar_get_type ())

/**
 * LfCallBar:
 *
 * A line at the bottom of the window: how far a call is that the user asked for, or who is calling. It comes and
 * goes by itself.
 */
G_DECLARE_FINAL_TYPE (LfCallBar, lf_call_bar, LF, CALL_BAR, GtkWidget)

void lf_call_bar_set_client (LfCallBar *self, LfClient *client);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LF_TYPE_VIEW_BUTTON (lf_view_button_get_type ())

/**
 * LfViewButton:
 *
 * A button of the bar that chooses what the sidebar lists: a symbol, a word below it, and how much waits there.
 *
 * Properties: "symbol" (string: name of an icon), "title" (string: the word).
 */
G_DECLARE_FINAL_TYPE (LfViewButton, lf_view_button, LF, VIEW_BUTTON, GtkToggleButton)

void lf_view_button_set_count (LfViewButton *self, guint count, const char *told);

G_END_DECLS

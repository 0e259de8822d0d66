/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LF_TYPE_SPINNER (lf_spinner_get_type ())

/**
 * LfSpinner:
 *
 * Says that something is waited for, once it has taken a while: what is there soon comes without a
 * flicker before it, and a start without a spinner needs no librsvg. It turns while it is mapped.
 */
G_DECLARE_FINAL_TYPE (LfSpinner, lf_spinner, LF, SPINNER, GtkWidget)

G_END_DECLS

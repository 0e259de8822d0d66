/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void lf_help_show (GtkWindow *parent, const char *page);

G_END_DECLS

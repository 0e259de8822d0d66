/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-lamp-grid.h"
#include "lf-lamp.h"

/* The grid in two files: lf-lamp-grid.c shows the lamps, lf-lamp-grid-keys.c is what the user does with them. */

G_BEGIN_DECLS

struct _LfLampGrid
{
  GtkWidget parent_instance;

  LfClient  *client; /* owned, nullable until set */
  gboolean   is_compact;
  gboolean   is_dense;   /* compact as wanted, or as there are many lamps */
  GtkWidget *menu;       /* the popover, nullable until first shown */
  LfContact *menu_owner; /* owned, nullable: whose menu it is */

  GtkStack    *stack;
  GtkGridView *grid_view;
};

void     lf_lamp_grid_install_keys (LfLampGrid *self);
void     lf_lamp_grid_install_actions (GtkWidgetClass *widget_class);
void     lf_lamp_grid_make_movable (LfLampGrid *self, LfLamp *lamp);
gboolean lf_lamp_grid_focus_position (LfLampGrid *self, int position);

G_END_DECLS

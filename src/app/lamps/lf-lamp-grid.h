/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_LAMP_GRID (lf_lamp_grid_get_type ())

/**
 * LfLampGrid:
 *
 * The user's speed dials, as many in a row as fit: a click or Enter calls, dragging or Alt with an arrow key sorts,
 * the secondary button or the Menu key has the rest.
 *
 * Properties: "is-compact" (low, narrow lamps), "is-dense" (they are so: as wanted, or as there are many).
 */
G_DECLARE_FINAL_TYPE (LfLampGrid, lf_lamp_grid, LF, LAMP_GRID, GtkWidget)

void lf_lamp_grid_set_client (LfLampGrid *self, LfClient *client);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_BANNER (lf_banner_get_type ())

/**
 * LfBanner:
 *
 * One calm line at the top of the sidebar while something is not as usual: the connection is being
 * made again, the phones are not known, or the own note has stood for hours and may have been
 * forgotten. Nothing is shown for what heals within two seconds.
 */
G_DECLARE_FINAL_TYPE (LfBanner, lf_banner, LF, BANNER, GtkWidget)

void lf_banner_set_client (LfBanner *self, LfClient *client, GSettings *settings);

G_END_DECLS

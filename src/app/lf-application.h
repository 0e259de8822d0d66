/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_APPLICATION (lf_application_get_type ())

/**
 * LfApplication:
 *
 * The program: command line, the client, the settings, the window. It stays alive as long as it
 * has a window or is held (background).
 */
G_DECLARE_FINAL_TYPE (LfApplication, lf_application, LF, APPLICATION, AdwApplication)

LfApplication *lf_application_new (void);
LfClient      *lf_application_get_client (LfApplication *self);   /* transfer none */
GSettings     *lf_application_get_settings (LfApplication *self); /* transfer none */
GtkWindow     *lf_application_get_window (LfApplication *self);   /* transfer none, nullable */
int            lf_application_get_exit_status (LfApplication *self);
/* Makes the window if there is none, and brings it to the front. */
void lf_application_present (LfApplication *self);

G_END_DECLS

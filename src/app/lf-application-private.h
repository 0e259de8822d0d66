/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-application.h"
#include "lf-desktop.h"

G_BEGIN_DECLS

/* The program's own view: nothing outside its two files includes it. */

LfDesktop *lf_application_get_desktop (LfApplication *self); /* transfer none, nullable */
void       lf_application_install_actions (LfApplication *self);

G_END_DECLS

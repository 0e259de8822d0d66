/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-client.h"

G_BEGIN_DECLS

GMenuModel *lf_lamp_menu_new (LfClient *client, LfContact *contact); /* transfer full */

G_END_DECLS

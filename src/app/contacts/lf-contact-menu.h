/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

GMenuModel *lf_contact_menu_new (LfRoster *roster, LfContact *contact);

G_END_DECLS

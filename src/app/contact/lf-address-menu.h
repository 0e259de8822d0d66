/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-contact.h"

G_BEGIN_DECLS

GMenuModel *lf_address_menu_new (LfContact *contact);
void        lf_address_menu_append_call (GMenu *menu, LfContact *contact);

G_END_DECLS

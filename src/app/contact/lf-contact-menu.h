/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-contact.h"

G_BEGIN_DECLS

GMenuModel *lf_contact_menu_new               (LfContact *contact, gboolean is_in_roster);
GMenuModel *lf_contact_menu_new_for_addresses (LfContact *contact);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

int      lf_contact_order_rank (LfContact *contact);
char    *lf_contact_order_make_key (LfContact *contact);
gboolean lf_contact_order_matches (LfContact *contact, const char *query);
char    *lf_contact_order_read_number (const char *query); /* transfer full, nullable */

G_END_DECLS

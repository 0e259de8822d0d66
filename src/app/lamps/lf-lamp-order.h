/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

/* Changes of the user's speed dials, one lamp at a time. */
gboolean lf_lamp_order_add (LfClient *client, LfContact *contact); /* FALSE: there are as many as can be */
void     lf_lamp_order_remove (LfClient *client, LfContact *contact);
gboolean lf_lamp_order_move (LfClient *client, LfContact *contact, int position); /* FALSE: it stands there */
int      lf_lamp_order_find (LfClient *client, LfContact *contact);               /* from 0; -1: no lamp */

G_END_DECLS

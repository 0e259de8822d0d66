/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_TYPE_NETWORK_HINT (lf_network_hint_get_type ())

/**
 * LfNetworkHint:
 *
 * Tells when it is worth trying to connect at once: the network came back or is another, or the machine
 * woke. It is a hint and no more: whether the server can be reached only the stream's ping can say.
 *
 * Signal "hint": at most one a second, and a second after the last reason, when the network is up.
 */
G_DECLARE_FINAL_TYPE (LfNetworkHint, lf_network_hint, LF, NETWORK_HINT, GObject)

LfNetworkHint *lf_network_hint_new (GNetworkMonitor *monitor);
void           lf_network_hint_wake (LfNetworkHint *self); /* the machine woke from sleep */

G_END_DECLS

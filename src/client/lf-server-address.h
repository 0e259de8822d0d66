/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char    *lf_server_address_normalise (const char *text, GError **error);
gboolean lf_server_address_is_loopback (const char *server);

G_END_DECLS

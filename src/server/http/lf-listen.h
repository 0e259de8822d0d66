/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/socket.h>

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean lf_listen_check (const char *listen, gboolean is_insecure_direct, GError **error);
int      lf_listen_open (const char *listen, gboolean is_insecure_direct, char **url, GError **error);
gboolean lf_listen_write_address (const char *folder, const char *name, const char *url, GError **error);
char    *lf_listen_name_peer (const struct sockaddr *address, gsize length);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-accounts.h"

G_BEGIN_DECLS

/* The command line: `lampfield-server user|line|token …`. Whether argv[1] is one of its words. */
gboolean lf_admin_is_command (const char *word);
/* Runs it and returns the exit status: 0, 1 on failure, 2 on wrong usage. Works on the data folder
 * itself, or through DATA/admin.sock when a server holds it. */
int lf_admin_run (int argc, char **argv);

/* The other end, in the server: listens on FOLDER/admin.sock (mode 0600). "changed" tells what to load again. */
#define LF_TYPE_ADMIN_SOCKET (lf_admin_socket_get_type ())
/* Signals: "people-changed", "lines-changed", "tokens-changed": an administrator changed accounts, lines or tokens. */
G_DECLARE_FINAL_TYPE (LfAdminSocket, lf_admin_socket, LF, ADMIN_SOCKET, GObject)

LfAdminSocket *lf_admin_socket_new (LfAccounts *accounts, GError **error);
void           lf_admin_socket_close (LfAdminSocket *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-admin-socket.h"

G_BEGIN_DECLS

/* The command line: `lampfield-server user|line|token|session|explain …`. Whether argv[1] is one of its words. */
gboolean lf_admin_is_command (const char *word);
/* Runs it and returns the exit status: 0, 1 on failure, 2 on wrong usage. Works on the data folder
 * itself, or through DATA/admin.sock when a server holds it. */
int lf_admin_run (int argc, char **argv);

G_END_DECLS

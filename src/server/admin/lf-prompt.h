/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-server-error.h"

G_BEGIN_DECLS

/* A password from the terminal, asked twice and not shown, or the first line of standard input.
 * Returns: (transfer full) (nullable): BAD_REQUEST when there is none, or the two differ. */
char *lf_prompt_read_password (gboolean is_stdin, GError **error);

G_END_DECLS

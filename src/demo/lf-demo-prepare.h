/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean lf_demo_prepare (const char *server_program, const char *data, const char *folder, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lf_key_file_escapes_are_known (GKeyFile *file, const char *group, const char *key);

G_END_DECLS

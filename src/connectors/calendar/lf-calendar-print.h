/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int lf_calendar_print (const char *path, const char *zone, const char *const *addresses, gint64 now_us);

G_END_DECLS

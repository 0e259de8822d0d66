/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lf_time_of_day_format_has_halves (const char *format);
char    *lf_time_of_day_format (GDateTime *at, gboolean has_halves);
int      lf_time_of_day_get_hour (int hour, gboolean has_halves);
gboolean lf_time_of_day_has_halves (void);

G_END_DECLS

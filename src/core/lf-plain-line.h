/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *lf_plain_line_new (const char *text); /* transfer full, nullable */

G_END_DECLS

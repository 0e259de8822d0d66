/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What strangers write, made safe to show: nothing in it is markup but the links made here. */
char *lf_message_markup_format (const char *body);
char *lf_message_markup_snippet (const char *body);

G_END_DECLS

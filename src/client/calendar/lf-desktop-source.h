/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libecal/libecal.h>

G_BEGIN_DECLS

#define LF_DESKTOP_SOURCE_ID_CHARS 24 /* "desktop-" and 16 hexadecimal digits */

/* What the desktop's description of a calendar says. */
gboolean lf_desktop_source_is_own (ESource *source, ESource *account);
gboolean lf_desktop_source_is_foreign (const char *text);
char    *lf_desktop_source_dup_machine (void);
char    *lf_desktop_source_make_id (const char *machine, const char *uid);
GStrv    lf_desktop_source_list_own_addresses (ESourceRegistry *registry);

G_END_DECLS

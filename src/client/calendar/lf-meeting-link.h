/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libecal/libecal.h>

G_BEGIN_DECLS

#define LF_MEETING_LINK_MAX_BYTES 2048

char    *lf_meeting_link_find (ICalComponent *event);
gboolean lf_meeting_link_is_safe (const char *uri);

G_END_DECLS

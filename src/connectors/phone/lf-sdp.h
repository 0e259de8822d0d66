/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_SDP_TYPE      "application/sdp"
#define LF_SDP_MAX_BYTES (16 * 1024)

char *lf_sdp_new_inactive (guint version);
char *lf_sdp_take_over (const char *text, gsize length, guint version);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-line-state.h"

G_BEGIN_DECLS

#define LF_PIDF_TYPE "application/pidf+xml"

gboolean lf_pidf_parse (const char *text, gsize length, LfPhoneState *state, gboolean *is_registered, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *lf_call_uri_new (const char *address, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LfServer LfServer;

/* Everything that the server counts, as text: see lf-exposition.h. */
GString *lf_metrics_render (LfServer *server);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-router.h"

G_BEGIN_DECLS

typedef struct _LfServer LfServer;

/**
 * LfMetricsHttp:
 *
 * GET /metrics on a listener of its own, without a token: only the machine itself, or whoever may open
 * the Unix socket, gets there.
 */
typedef struct _LfMetricsHttp LfMetricsHttp;

extern const LfRoute lf_routes_metrics[];

LfMetricsHttp *lf_metrics_http_new (LfServer *server);
gboolean       lf_metrics_http_start (LfMetricsHttp *self, GError **error);
const char    *lf_metrics_http_get_url (LfMetricsHttp *self);
void           lf_metrics_http_free (LfMetricsHttp *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-server.h"

G_BEGIN_DECLS

/**
 * LfRouteDone:
 * @server: everything else
 * @request: the request; its client may be gone by now
 * @data: what the job filled
 *
 * Answers, and tells others: what @data says is on disk.
 */
typedef void (*LfRouteDone) (LfServer *server, LfHttpRequest *request, gpointer data);

/* Runs @job with @data (owned: freed by @destroy) and then @done; a failure is answered as a problem.
 * @data may borrow from @request (body, user, parameters): the request is kept until the end. */
void lf_route_read (LfServer *server, LfHttpRequest *request, LfStoreJob job, gpointer data, GDestroyNotify destroy, LfRouteDone done);
void lf_route_write (LfServer *server, LfHttpRequest *request, LfStoreJob job, gpointer data, GDestroyNotify destroy, LfRouteDone done);

/* Answers with the problem that @error stands for. @retry_after_s: 0: what suits the problem. */
void lf_route_respond_error (LfHttpRequest *request, const GError *error, guint retry_after_s);

G_END_DECLS

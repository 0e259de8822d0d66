/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-http.h"
#include "lf-dav-multistatus.h"

G_BEGIN_DECLS

/* The four questions that are asked of a CalDAV server, each answered by a multistatus. */

/* What the resource at @url is, and with @depth "1" those below it. */
void lf_caldav_describe_async (LfCalendarHttp *http, const char *url, const char *depth, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The addresses and tags of all objects of a calendar. */
void lf_caldav_list_async (LfCalendarHttp *http, const char *url, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Those that changed since @token (RFC 6578); all of them for "". */
void lf_caldav_changes_async (LfCalendarHttp *http, const char *url, const char *token, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The contents of some objects. */
void lf_caldav_fetch_async (LfCalendarHttp *http, const char *url, const char *const *hrefs, guint n_hrefs, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

LfDavMultistatus *lf_caldav_finish (GAsyncResult *result, char **url, guint *retry_after_s, GError **error);
gboolean          lf_caldav_was_refused (GAsyncResult *result);

G_END_DECLS

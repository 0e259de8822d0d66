/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-http.h"

G_BEGIN_DECLS

/**
 * LfCaldavPlace:
 * @url: the person's calendars, or one calendar
 * @is_home: the calendars lie below @url
 * @principal: (nullable): path of who is signed in
 *
 * What a CalDAV server was found to have for somebody.
 */
typedef struct
{
  char    *url;
  gboolean is_home;
  char    *principal;
} LfCaldavPlace;

void           lf_caldav_discover_async (LfCalendarHttp *http, const char *url, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfCaldavPlace *lf_caldav_discover_finish (GAsyncResult *result, guint *retry_after_s, GError **error);
void           lf_caldav_place_free (LfCaldavPlace *self);

/* The address that @href means in an answer from @base; NULL: none that may be asked. */
char *lf_caldav_resolve (const char *base, const char *href);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCaldavPlace, lf_caldav_place_free)

G_END_DECLS

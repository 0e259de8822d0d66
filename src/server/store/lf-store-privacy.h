/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfCalendarException:
 *
 * @other sees @view of @owner's calendar, whatever everybody sees.
 */
typedef struct
{
  char          *owner;
  char          *other;
  LfCalendarView view;
} LfCalendarException;

LfCalendarView lf_calendar_view_from_number (gint64 number); /* as it was stored */

/* LF_CALENDAR_VIEW_DEFAULT: no exception. @calendar_rev: raised, and to be told to the hub; 0: nothing to tell. */
gboolean lf_store_privacy_set_exception (LfDb *db, const char *user, const char *other, LfCalendarView view, gint64 *calendar_rev, GError **error);
/* Those of @user, or of everybody (NULL): LfCalendarException, owned. */
GPtrArray *lf_store_privacy_list_exceptions (LfDb *db, const char *user, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-desktop-view.h"

/* LfDesktopView is one class in two files: lf-desktop-view.c (opening, reading, trouble) and
 * lf-desktop-view-objects.c (the events as they come and go). What they call of each other stands here. */

G_BEGIN_DECLS

#define LF_DESKTOP_VIEW_SETTLE_MS 500

struct _LfDesktopView
{
  GObject parent_instance;

  ESource        *source;        /* owned */
  LfClock        *clock;         /* owned */
  ECalClient     *client;        /* owned, nullable */
  ECalClientView *view;          /* owned, nullable */
  GCancellable   *cancellable;   /* owned; another after each failure */
  GPtrArray      *own_addresses; /* owned; of char *, NULL-terminated */

  GHashTable *objects; /* owned; "uid\nrid" → LfDesktopObject */
  GHashTable *zones;   /* owned; TZID → VTIMEZONE, "" while it is asked for or when there is none */
  GHashTable *doubted; /* owned; uid of what is asked for anew → whether something else was heard of it since */
  gsize       n_bytes; /* of all objects */
  guint       n_asked; /* zones and events that are asked for */
  gint64      from_us; /* start of the window */

  LfDesktopReading *reading; /* owned, nullable: the last good one */
  LfDesktopTrouble  trouble;
  GSource          *settle;   /* owned, nullable */
  GSource          *again;    /* owned, nullable */
  GSource          *retry;    /* owned, nullable */
  GSource          *patience; /* owned, nullable */
  GSource          *doubt;    /* owned, nullable: an empty calendar is not believed yet */
  guint             n_failures;
  gboolean          is_connecting;
  gboolean          is_complete; /* all objects of the window are there */
  gboolean          is_local;    /* a file: what it does not hold is not there */
  gboolean          is_believed; /* it held something since it was opened, or stayed empty for long enough */
  gboolean          is_reading;
  gboolean          is_changed; /* since the reading began */
  gboolean          is_stopped;
};

/* lf-desktop-view.c */
void lf_desktop_view_settle (LfDesktopView *self);
void lf_desktop_view_fail (LfDesktopView *self, const GError *error);

/* lf-desktop-view-objects.c */
void lf_desktop_view_follow (LfDesktopView *self);
void lf_desktop_view_forget_objects (LfDesktopView *self);
void lf_desktop_view_copy_objects (LfDesktopView *self, GPtrArray **objects, GPtrArray **zones);

G_END_DECLS

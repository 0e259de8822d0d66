/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-busy.h"
#include "lf-session.h"

G_BEGIN_DECLS

#define LF_TYPE_DESKTOP_PUBLISHER (lf_desktop_publisher_get_type ())

/**
 * LfDesktopPublisher:
 *
 * Tells the server what the calendars of the desktop say, in the name of whoever is signed in: at once when that
 * changed, else about every seven minutes; one call at a time, later and later while they fail. Signed out it tells
 * nothing.
 *
 * Signals, each with the name of a source:
 * - "telling": it is told of for the first time in this session.
 * - "retracted": the server has nothing of it any more.
 * - "answered" (#GError *, nullable): how the server took it; an error is one that no waiting mends.
 */
G_DECLARE_FINAL_TYPE (LfDesktopPublisher, lf_desktop_publisher, LF, DESKTOP_PUBLISHER, GObject)

LfDesktopPublisher *lf_desktop_publisher_new (void);
void                lf_desktop_publisher_set_session (LfDesktopPublisher *self, LfSession *session); /* nullable */
void                lf_desktop_publisher_offer (LfDesktopPublisher *self, const char *source, LfBusyList *periods, gint64 known_from_us, gint64 known_until_us, gint64 read_at_us);
void                lf_desktop_publisher_retract (LfDesktopPublisher *self, const char *source);

G_END_DECLS

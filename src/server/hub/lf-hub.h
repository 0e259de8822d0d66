/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lampfield-core.h"
#include "lf-store-presence.h"

G_BEGIN_DECLS

#define LF_TYPE_HUB (lf_hub_get_type ())

/**
 * LfHub:
 *
 * Knows every person's presence, who watches whom among those with a stream, and sends each change
 * to them. It holds no database: what is stored is told to it, at start by lf_hub_add_person() and
 * lf_hub_set_line(), later by the routes after each commit.
 */
G_DECLARE_FINAL_TYPE (LfHub, lf_hub, LF, HUB, GObject)

/* People and lines, as stored. Claims (status, DND, visibility, calendar_rev) that will expire are
 * ended by the hub itself at their time, without another call. */
void lf_hub_load (LfHub *self, const LfStoreState *state);
void lf_hub_set_claims (LfHub *self, const LfClaims *claims); /* a new person, or what changed: routes call it after the commit */
void lf_hub_remove_person (LfHub *self, const char *user);
void lf_hub_set_calendar (LfHub *self, const char *user, gint64 calendar_rev); /* sends `calendar` if it rose */
void lf_hub_set_line (LfHub *self, const LfLineRow *line);
void lf_hub_remove_line (LfHub *self, const char *line);
void lf_hub_tell_lines (LfHub *self);  /* connectors get `lines`: the assignment changed */
void lf_hub_tell_people (LfHub *self); /* connectors get `people` */

/**
 * LfWatchReason:
 * @LF_WATCH_CONTACT: @presentity stands in the watcher's roster
 * @LF_WATCH_CONVERSATION: they share a conversation
 *
 * Why a watcher hears of a presentity. Each is set and cleared by itself.
 */
typedef enum
{
  LF_WATCH_CONTACT = 1 << 0,
  LF_WATCH_CONVERSATION = 1 << 1,
} LfWatchReason;

/* Relations, after the commit. A new watch sends the presence of @presentity to the watcher's streams. */
void lf_hub_watch (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason);
void lf_hub_unwatch (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason);
/* @user blocked @other, or no longer: @other sees nothing of @user from then on. */
void lf_hub_set_blocked (LfHub *self, const char *user, const char *other, gboolean is_blocked);

/* What @watcher may see of @user now. An unknown person, a blocked watcher and an invisible person
 * all give phone unknown, reachability offline, no calendar. The person itself sees everything. */
LfPresence *lf_hub_dup_presence (LfHub *self, const char *watcher, const char *user); /* transfer full, never NULL */
gboolean    lf_hub_is_hidden (LfHub *self, const char *watcher, const char *user);    /* invisible, blocked or unknown */

/* Frames to all streams of a person, but one session (nullable: to all). The body is encoded once.
 * A typing frame is dropped where the queue is half full; others are never lost unless the stream is closed. */
void lf_hub_send (LfHub *self, const char *user, const char *except_session, LfFrameType type, gconstpointer body);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

/**
 * LfNotifierChoice:
 * @LF_NOTIFIER_OPEN: the notification itself was clicked, or "Open" on it
 * @LF_NOTIFIER_CHAT: "Chat"
 * @LF_NOTIFIER_CALL: "Call"
 *
 * What the user chose on a notification.
 */
typedef enum
{
  LF_NOTIFIER_OPEN,
  LF_NOTIFIER_CHAT,
  LF_NOTIFIER_CALL,
} LfNotifierChoice;

#define LF_TYPE_NOTIFIER (lf_notifier_get_type ())

/**
 * LfNotifier:
 *
 * Desktop notifications, at most one alive per person: a newer one takes the place of the older.
 * While it is quiet nothing pops up; that somebody has become available is told afterwards, if it
 * is still true. Without a notification server nothing is shown, which is logged once.
 *
 * Signal "chosen" (const char *user, #LfNotifierChoice choice as uint, const char *token): the user
 * acted on a notification; @token (nullable) lets a window come to the front.
 */
G_DECLARE_FINAL_TYPE (LfNotifier, lf_notifier, LF, NOTIFIER, GObject)

LfNotifier *lf_notifier_new (void);
void        lf_notifier_set_is_quiet (LfNotifier *self, gboolean is_quiet);
void        lf_notifier_set_shows_text (LfNotifier *self, gboolean shows_text);
void        lf_notifier_tell_available (LfNotifier *self, LfContact *contact);
void        lf_notifier_tell_message (LfNotifier *self, const char *user, const char *name, const char *body, guint n_unread);
void        lf_notifier_tell_background (LfNotifier *self);
void        lf_notifier_withdraw (LfNotifier *self, const char *user);
void        lf_notifier_withdraw_message (LfNotifier *self, const char *user);
void        lf_notifier_withdraw_all (LfNotifier *self);

G_END_DECLS

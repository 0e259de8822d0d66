/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-call-log.h"

G_BEGIN_DECLS

#define LF_TYPE_TELEPHONE (lf_telephone_get_type ())

/**
 * LfTelephone:
 *
 * The user's own telephones, as the server moves and sees them: a call that was asked for, who is calling, and
 * the lists of calls.
 *
 * Signals:
 * - "call-changed": lf_telephone_get_call() is another, or in another state.
 * - "incoming-changed": lf_telephone_get_incoming() is another.
 * - "lines-changed": what the telephones can do is another thing.
 */
G_DECLARE_FINAL_TYPE (LfTelephone, lf_telephone, LF, TELEPHONE, GObject)

LfTelephone *lf_telephone_new (LfRoster *roster, LfClock *clock);
/* While signed in; NULL forgets all. */
void lf_telephone_set_session (LfTelephone *self, LfSession *session);
void lf_telephone_take_own_phone (LfTelephone *self, const LfWireOwnPhone *phone); /* nullable: no line */
void lf_telephone_take_change (LfTelephone *self, const LfWireCallChange *change);
void lf_telephone_take_snapshot (LfTelephone *self); /* what is going on is told anew behind it */

gboolean lf_telephone_has_line (LfTelephone *self);
gboolean lf_telephone_can_call (LfTelephone *self);
gboolean lf_telephone_can_pick_up (LfTelephone *self, const char *user);
gboolean lf_telephone_rings_in_dnd (LfTelephone *self);

const LfWireCall     *lf_telephone_get_call (LfTelephone *self);     /* nullable; until another one, or lf_telephone_dismiss() */
const LfWireLineCall *lf_telephone_get_incoming (LfTelephone *self); /* nullable: nobody calls */
LfCallLog            *lf_telephone_get_log (LfTelephone *self);      /* transfer none */

/* Has the own telephone ring and then call. LF_ERROR_NOT_FOUND: no telephone can be made to; LF_ERROR_FORBIDDEN: the
 * number is not allowed; LF_ERROR_BAD_REQUEST: it is none; LF_ERROR_CONFLICT: another call is being made;
 * LF_ERROR_RATE_LIMITED; LF_ERROR_UNAVAILABLE. The messages are the server's, for people. */
void     lf_telephone_call_async (LfTelephone *self, const char *address, const char *user, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void     lf_telephone_pick_up_async (LfTelephone *self, const char *user, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_telephone_call_finish (LfTelephone *self, GAsyncResult *result, GError **error);
/* Takes the call back, or hangs up. */
void lf_telephone_cancel (LfTelephone *self);
/* A call that is over need not be shown any more. */
void lf_telephone_dismiss (LfTelephone *self);

G_END_DECLS

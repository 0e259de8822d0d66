/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-session.h"
#include "lf-wire.h"

G_BEGIN_DECLS

#define LF_OUTBOX_MAX_MESSAGES 1000

#define LF_TYPE_OUTBOX (lf_outbox_get_type ())

/**
 * LfOutbox:
 *
 * The messages the server has not acknowledged, in the order they were written, in memory. One is
 * on its way at a time; it is sent again with the same id until the server answers, so it is stored
 * exactly once whatever gets lost.
 *
 * Signals: "sent" (const LfWireMessage *): stored, with its sequence number. "refused" (const char
 * *conversation, const char *id, GError *): the server will never take it.
 */
G_DECLARE_FINAL_TYPE (LfOutbox, lf_outbox, LF, OUTBOX, GObject)

LfOutbox *lf_outbox_new (LfSession *session);
/* FALSE when it is full. */
gboolean lf_outbox_add (LfOutbox *self, const char *conversation, const char *id, const char *body);
guint    lf_outbox_get_n_pending (LfOutbox *self);
/* The server is reachable again: ends a pause early. */
void lf_outbox_retry_now (LfOutbox *self);

G_END_DECLS

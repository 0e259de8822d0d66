/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-cache-change.h"
#include "lf-session.h"
#include "lf-wire.h"

G_BEGIN_DECLS

#define LF_OUTBOX_MAX_MESSAGES 1000

#define LF_TYPE_OUTBOX (lf_outbox_get_type ())

/**
 * LfOutbox:
 *
 * The messages the server has not acknowledged, in the order they were written. One is on its way at a
 * time; it is sent again with the same id until the server answers, so it is stored exactly once whatever
 * gets lost. A conversation that the server does not know, because it was set back or because it was begun
 * without a network, is opened anew with the same person.
 *
 * Signals: "sent" (const LfWireMessage *): stored, with its sequence number. "refused" (const char
 * *conversation, const char *id, GError *): the server will never take it. "reopened" (const
 * LfWireConversation *, const char *old): that person's conversation is this one; who keeps letters to
 * the old one says lf_outbox_move().
 */
G_DECLARE_FINAL_TYPE (LfOutbox, lf_outbox, LF, OUTBOX, GObject)

LfOutbox *lf_outbox_new (LfSession *session);
/* FALSE when it is full. */
gboolean lf_outbox_add (LfOutbox *self, const LfLetter *letter);
void     lf_outbox_move (LfOutbox *self, const char *old, const char *conversation);
guint    lf_outbox_get_n_pending (LfOutbox *self);
/* The server is reachable again: ends a pause early. */
void lf_outbox_retry_now (LfOutbox *self);

G_END_DECLS

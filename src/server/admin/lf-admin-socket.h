/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-accounts.h"
#include "lf-admin-order.h"

G_BEGIN_DECLS

#define LF_TYPE_ADMIN_SOCKET (lf_admin_socket_get_type ())

/**
 * LfAdminSocket:
 *
 * Takes orders of the administrator while the server holds the data folder: on FOLDER/admin.sock,
 * mode 0600, from processes of the server's own user or of root.
 *
 * Signals, after the commit: "person-changed" (const LfClaims *): an account is new, or open again;
 * "explain" (LfAdminOutcome *): its reply wants what is in memory of a person, or of connectors;
 * "person-removed" (const char *user): one was blocked; "people-changed": after either of them, or
 * a changed profile; "line-changed" (const LfLineRow *); "line-removed" (const char *line).
 * Sessions and tokens are put right in #LfAccounts by itself.
 */
G_DECLARE_FINAL_TYPE (LfAdminSocket, lf_admin_socket, LF, ADMIN_SOCKET, GObject)

LfAdminSocket *lf_admin_socket_new (LfAccounts *accounts, GError **error);
void           lf_admin_socket_close (LfAdminSocket *self);

/* The other end: sends @order to the server that holds @folder and waits for its reply. Blocks.
 * UNAVAILABLE when nobody listens there. */
LfAdminReply *lf_admin_socket_ask (const char *folder, const LfAdminOrder *order, GError **error);

G_END_DECLS

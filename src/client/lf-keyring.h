/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_KEYRING_DEADLINE_MS 60000 /* a person may have to type the keyring's password */

/* One refresh token per server and login, in the Secret Service (libsecret). Every failure but a
 * cancelled call is LF_ERROR_KEYRING, with a sentence for the person. */
void     lf_keyring_store_async (const char *server, const char *login, const char *token, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_keyring_store_finish (GAsyncResult *result, GError **error);
/* LF_ERROR_NOT_FOUND when nothing is stored; transfer full */
void     lf_keyring_lookup_async (const char *server, const char *login, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char    *lf_keyring_lookup_finish (GAsyncResult *result, GError **error);
void     lf_keyring_clear_async (const char *server, const char *login, guint deadline_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_keyring_clear_finish (GAsyncResult *result, GError **error);

G_END_DECLS

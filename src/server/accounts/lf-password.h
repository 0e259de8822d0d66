/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-server-error.h"

G_BEGIN_DECLS

#define LF_PASSWORD_MAX_WAITING 64

/**
 * LfPasswordHasher:
 *
 * One thread that checks and makes password hashes (argon2id), with a bounded queue: a flood of
 * sign-ins costs one core and 19 MiB, not the server.
 */
typedef struct _LfPasswordHasher LfPasswordHasher;

LfPasswordHasher *lf_password_hasher_new (void);
void              lf_password_hasher_free (LfPasswordHasher *self);
/* @hash: NULL: there is nothing to compare with; the same work is done and the answer is FALSE. */
void     lf_password_hasher_verify_async (LfPasswordHasher *self, const char *hash, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_password_hasher_verify_finish (LfPasswordHasher *self, GAsyncResult *result, gboolean *is_right, GError **error);
/* How many hashes have been computed for verify, right, wrong or against nothing. */
guint lf_password_hasher_count (LfPasswordHasher *self);
guint lf_password_hasher_count_waiting (LfPasswordHasher *self);

/* Blocks for some 50 ms: command line alone. Returns: (transfer full) (nullable): NULL when memory is short. */
char *lf_password_hash (const char *password, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPasswordHasher, lf_password_hasher_free)

G_END_DECLS

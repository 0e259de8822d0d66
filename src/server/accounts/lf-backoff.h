/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBackoff:
 *
 * Slows down who guesses passwords: after some failures each further attempt has to wait, twice as
 * long each time, up to a limit of minutes. Nobody is locked out: the wait ends by itself, and what
 * a stranger does from elsewhere delays a person by seconds at most. Instants are monotonic.
 */
typedef struct _LfBackoff LfBackoff;

LfBackoff *lf_backoff_new (void);
void       lf_backoff_free (LfBackoff *self);
/* Seconds to wait before an attempt on @account from @address may be made; 0: now, and it counts as
 * failed until lf_backoff_succeeded() says otherwise. */
guint lf_backoff_attempt (LfBackoff *self, const char *account, const char *address, gint64 mono_us);
void  lf_backoff_succeeded (LfBackoff *self, const char *account, const char *address);
/* The attempt was not made after all. */
void lf_backoff_take_back (LfBackoff *self, const char *account, const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfBackoff, lf_backoff_free)

G_END_DECLS

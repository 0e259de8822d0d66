/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-accounts.h"
#include "lf-backoff.h"
#include "lf-password.h"

G_BEGIN_DECLS

/* What the two files of #LfAccounts share: lf-accounts.c (tokens in force) and
 * lf-accounts-login.c (sign-in, renewal, sign-out). */
struct _LfAccounts
{
  GObject parent_instance;

  LfStore          *store;      /* owned */
  LfClock          *clock;      /* owned */
  LfPasswordHasher *hasher;     /* owned, NULL once closed */
  LfBackoff        *backoff;    /* owned */
  LfExpiry         *expiry;     /* owned */
  GHashTable       *sessions;   /* id (owned) → what lf-accounts.c knows of it (owned) */
  GHashTable       *access;     /* hash (owned) → LfIdentity (owned) */
  GHashTable       *connectors; /* hash (owned) → LfIdentity (owned) */
  guint             expiry_id;  /* call of the clock, 0: none */
  LfAccountsStats   stats;      /* but what is counted when it is asked for */
};

void lf_accounts_take_tokens (LfAccounts *self, const LfWireTokens *tokens, const char *access_hash);

G_END_DECLS

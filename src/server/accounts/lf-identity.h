/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-instant.h"

G_BEGIN_DECLS

/**
 * LfIdentityKind:
 * @LF_IDENTITY_PERSON: an access token of a session
 * @LF_IDENTITY_PHONE: a phone connector's service token
 * @LF_IDENTITY_CALENDAR: a calendar connector's service token
 * @LF_IDENTITY_ADMIN: an administrator's service token
 *
 * Whose token it is, and so which routes it may use.
 */
typedef enum
{
  LF_IDENTITY_PERSON,
  LF_IDENTITY_PHONE,
  LF_IDENTITY_CALENDAR,
  LF_IDENTITY_ADMIN,
} LfIdentityKind;

/**
 * LfIdentity:
 * @kind: what it may do
 * @user: user id of a person, else %NULL
 * @session: session id of a person; id of a service token
 * @name: name of a service token, else %NULL
 * @expires_at_us: of the access token; %LF_INSTANT_NONE for a service token
 *
 * Who is behind a bearer token. Immutable, reference-counted.
 */
typedef struct
{
  LfIdentityKind kind;
  char          *user;
  char          *session;
  char          *name;
  gint64         expires_at_us;
} LfIdentity;

/* "phone", "calendar" or "admin" to its kind; FALSE for any other word. */
gboolean    lf_identity_kind_from_service (const char *name, LfIdentityKind *kind);
LfIdentity *lf_identity_new (LfIdentityKind kind, const char *user, const char *session, const char *name, gint64 expires_at_us);
LfIdentity *lf_identity_ref (const LfIdentity *self);
void        lf_identity_unref (LfIdentity *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfIdentity, lf_identity_unref)

G_END_DECLS

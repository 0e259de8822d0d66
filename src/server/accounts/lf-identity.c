/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include "lf-identity.h"

static void
clear_identity (gpointer data)
{
  LfIdentity *self = data;

  g_free (self->user);
  g_free (self->session);
  g_free (self->name);
}

/**
 * lf_identity_kind_from_service:
 * @name: (nullable): what a service token is for, as it is stored
 * @kind: (out): its kind
 *
 * Returns: %FALSE if there is no such service
 */
gboolean
lf_identity_kind_from_service (const char *name, LfIdentityKind *kind)
{
  static const char *const services[] = {
    [LF_IDENTITY_PHONE] = "phone",
    [LF_IDENTITY_CALENDAR] = "calendar",
    [LF_IDENTITY_ADMIN] = "admin",
  };

  for (guint i = LF_IDENTITY_PHONE; i < G_N_ELEMENTS (services); i++)
    if (g_strcmp0 (services[i], name) == 0)
      {
        *kind = (LfIdentityKind) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * lf_identity_new:
 * @kind: what it may do
 * @user: (nullable): of a person
 * @session: session, or id of a service token
 * @name: (nullable): of a service token
 * @expires_at_us: when it ends, or %LF_INSTANT_NONE
 *
 * Returns: (transfer full): the identity
 */
LfIdentity *
lf_identity_new (LfIdentityKind kind, const char *user, const char *session, const char *name, gint64 expires_at_us)
{
  LfIdentity *self = g_atomic_rc_box_new0 (LfIdentity);

  self->kind = kind;
  self->user = g_strdup (user);
  self->session = g_strdup (session);
  self->name = g_strdup (name);
  self->expires_at_us = expires_at_us;

  return self;
}

/**
 * lf_identity_ref:
 * @self: an identity
 *
 * Returns: (transfer full): @self
 */
LfIdentity *
lf_identity_ref (const LfIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire ((LfIdentity *) self);
}

/**
 * lf_identity_unref:
 * @self: an identity
 */
void
lf_identity_unref (LfIdentity *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_identity);
}

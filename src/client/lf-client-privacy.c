/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"

/* Who is blocked, as the server has it. */

static void
on_privacy_fetched (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (LfClient)      self = user_data;
  g_autoptr (GError)        error = NULL;
  guint                     retry_after_s = 0;
  g_autoptr (LfWirePrivacy) privacy = lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);

  if (privacy == NULL)
    {
      if (LF_SESSION (source) != self->session)
        return;
      g_debug ("who is blocked was not fetched: %s", error->message);
      self->must_fetch_privacy = TRUE;
      lf_client_repeat_errand (self, error, retry_after_s);
      return;
    }
  g_hash_table_remove_all (self->blocked);
  for (gsize i = 0; privacy->blocked != NULL && privacy->blocked[i] != NULL; i++)
    g_hash_table_add (self->blocked, g_strdup (privacy->blocked[i]));
}

/**
 * lf_client_fetch_privacy:
 * @self: the client, signed in
 *
 * Asks who is blocked.
 */
void
lf_client_fetch_privacy (LfClient *self)
{
  self->must_fetch_privacy = FALSE;
  lf_session_call_async (self->session, "GET", "/me/privacy", NULL, NULL, NULL, &lf_schema_privacy, self->lifetime,
                         on_privacy_fetched, g_object_ref (self));
}

/**
 * lf_client_get_is_blocked:
 * @self: an #LfClient
 * @contact: anybody
 *
 * Returns: %TRUE if the user blocked that person
 */
gboolean
lf_client_get_is_blocked (LfClient  *self,
                          LfContact *contact)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (LF_IS_CONTACT (contact), FALSE);

  return g_hash_table_contains (self->blocked, lf_contact_get_user (contact));
}

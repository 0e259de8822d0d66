/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-window-private.h"

/* Whom an action can name: the roster, those met in a search, those who have written. */

/* Somebody who is no contact may have written: known by the conversation alone. */
static LfContact *
meet_by_chat (LfWindow *self, const char *user)
{
  LfConversation       *conversation = lf_client_lookup_conversation (lf_window_get_client (self), user);
  g_autoptr (LfContact) contact = NULL;

  if (conversation == NULL)
    return NULL;

  contact = lf_contact_new (user);
  lf_contact_set_person (contact, &(LfPersonFields){ .user = user, .name = lf_conversation_get_other_name (conversation) });
  lf_window_remember_contact (self, contact);

  return g_hash_table_lookup (lf_window_get_met (self), user);
}

/**
 * lf_window_lookup_contact:
 * @self: the window
 * @user: id of a person
 *
 * Finds a person of the roster, one met in a search since the sign-in, or one who has written.
 *
 * Returns: (transfer none) (nullable): a contact
 */
LfContact *
lf_window_lookup_contact (LfWindow *self, const char *user)
{
  LfContact *contact;
  guint      position;

  g_return_val_if_fail (LF_IS_WINDOW (self) && user != NULL, NULL);

  contact = lf_roster_lookup (lf_client_get_roster (lf_window_get_client (self)), user);
  if (contact == NULL)
    contact = g_hash_table_lookup (lf_window_get_met (self), user);
  if (contact != NULL)
    return contact;

  position = lf_contact_model_find (lf_contact_list_get_model (lf_window_get_contact_list (self)), user);
  contact = lf_contact_model_get_contact (lf_contact_list_get_model (lf_window_get_contact_list (self)), position);
  if (contact != NULL)
    lf_window_remember_contact (self, contact);

  return contact != NULL ? contact : meet_by_chat (self, user);
}

/**
 * lf_window_remember_contact:
 * @self: the window
 * @contact: a person found in the directory
 *
 * Keeps somebody who is not in the roster, so that actions can name this person.
 */
void
lf_window_remember_contact (LfWindow *self, LfContact *contact)
{
  g_return_if_fail (LF_IS_WINDOW (self) && LF_IS_CONTACT (contact));

  g_hash_table_replace (lf_window_get_met (self), g_strdup (lf_contact_get_user (contact)), g_object_ref (contact));
}

/**
 * lf_window_has_unsent:
 * @self: the window
 *
 * Returns: %TRUE if there is a message that the user wrote and the server does not have
 */
gboolean
lf_window_has_unsent (LfWindow *self)
{
  GListModel *conversations = lf_client_get_conversations (lf_window_get_client (self));
  guint       n_conversations = g_list_model_get_n_items (conversations);

  for (guint i = 0; i < n_conversations; i++)
    {
      g_autoptr (LfConversation) conversation = g_list_model_get_item (conversations, i);

      if (lf_conversation_has_waiting (conversation))
        return TRUE;
    }

  return FALSE;
}

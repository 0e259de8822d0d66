/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-lamp-order.h"

/* The lamps as they are, but for @contact, which stands at @position; nowhere if that is negative. */
static void
put (LfClient *client, LfContact *contact, int position)
{
  GListModel           *lamps = lf_client_get_speed_dials (client);
  guint                 n_lamps = g_list_model_get_n_items (lamps);
  g_autoptr (GPtrArray) users = g_ptr_array_new ();

  for (guint i = 0; i < n_lamps; i++)
    {
      g_autoptr (LfContact) lamp = g_list_model_get_item (lamps, i);

      if (lamp != contact)
        g_ptr_array_add (users, (char *) lf_contact_get_user (lamp));
    }
  if (position >= 0)
    g_ptr_array_insert (users, MIN (position, (int) users->len), (char *) lf_contact_get_user (contact));
  g_ptr_array_add (users, NULL);
  lf_client_set_speed_dials (client, (const char *const *) users->pdata);
}

/**
 * lf_lamp_order_add:
 * @client: whose lamps
 * @contact: a person or place, of the roster or found in the directory: then it becomes a contact
 *
 * Puts a lamp behind the others, unless there is one.
 *
 * Returns: %FALSE if there are as many as can be
 */
gboolean
lf_lamp_order_add (LfClient *client, LfContact *contact)
{
  guint      n_lamps;
  LfContact *own;

  g_return_val_if_fail (LF_IS_CLIENT (client) && LF_IS_CONTACT (contact), FALSE);

  n_lamps = g_list_model_get_n_items (lf_client_get_speed_dials (client));
  own = lf_roster_lookup (lf_client_get_roster (client), lf_contact_get_user (contact));
  if (own != NULL && lf_lamp_order_find (client, own) >= 0)
    return TRUE;
  if (n_lamps >= LF_SPEED_DIAL_MAX)
    return FALSE;
  if (own == NULL)
    lf_client_add_contact (client, contact, NULL);
  put (client, own != NULL ? own : contact, (int) n_lamps);
  return TRUE;
}

/**
 * lf_lamp_order_remove:
 * @client: whose lamps
 * @contact: of the roster
 *
 * Takes a lamp away; the contact stays.
 */
void
lf_lamp_order_remove (LfClient *client, LfContact *contact)
{
  g_return_if_fail (LF_IS_CLIENT (client) && LF_IS_CONTACT (contact));

  if (lf_lamp_order_find (client, contact) >= 0)
    put (client, contact, -1);
}

/**
 * lf_lamp_order_move:
 * @client: whose lamps
 * @contact: one of them
 * @position: from 0; beyond the ends is at the end
 *
 * Moves a lamp; those between its old place and its new one move up.
 *
 * Returns: %FALSE if it stands there already, or is no lamp
 */
gboolean
lf_lamp_order_move (LfClient *client, LfContact *contact, int position)
{
  int now, n_lamps;

  g_return_val_if_fail (LF_IS_CLIENT (client) && LF_IS_CONTACT (contact), FALSE);

  now = lf_lamp_order_find (client, contact);
  n_lamps = (int) g_list_model_get_n_items (lf_client_get_speed_dials (client));
  position = CLAMP (position, 0, MAX (n_lamps - 1, 0));
  if (now < 0 || now == position)
    return FALSE;
  put (client, contact, position);
  return TRUE;
}

/**
 * lf_lamp_order_find:
 * @client: whose lamps
 * @contact: a person or place
 *
 * Returns: where its lamp stands, from 0; -1 if it has none
 */
int
lf_lamp_order_find (LfClient *client, LfContact *contact)
{
  GListModel *lamps;
  guint       n_lamps;

  g_return_val_if_fail (LF_IS_CLIENT (client) && LF_IS_CONTACT (contact), -1);

  lamps = lf_client_get_speed_dials (client);
  n_lamps = g_list_model_get_n_items (lamps);
  for (guint i = 0; i < n_lamps; i++)
    {
      g_autoptr (LfContact) lamp = g_list_model_get_item (lamps, i);

      if (lamp == contact)
        return (int) i;
    }
  return -1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-address-menu.h"
#include "lf-lamp-menu.h"
#include "lf-lamp-order.h"
#include "lf-lamp.h"

static void
append (GMenu *menu, const char *label, const char *action, LfContact *contact)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", lf_contact_get_user (contact));
  g_menu_append_item (menu, item);
}

static void
append_section (GMenu *menu, GMenu *section)
{
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

/**
 * lf_lamp_menu_new:
 * @client: whose lamps
 * @contact: whose lamp it is
 *
 * Makes the menu of a lamp as it is now: a call can be picked up while it rings, where the telephone system
 * lets the user do so; nobody chats with a place. Its items act by the window's actions and the grid's.
 *
 * Returns: (transfer full): a new menu
 */
GMenuModel *
lf_lamp_menu_new (LfClient *client, LfContact *contact)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) reach = g_menu_new ();
  g_autoptr (GMenu) order = g_menu_new ();
  g_autoptr (GMenu) leave = g_menu_new ();
  int               position, n_lamps;

  g_return_val_if_fail (LF_IS_CLIENT (client) && LF_IS_CONTACT (contact), NULL);

  position = lf_lamp_order_find (client, contact);
  n_lamps = (int) g_list_model_get_n_items (lf_client_get_speed_dials (client));
  if (lf_lamp_is_ringing (contact, lf_clock_get_now_us (lf_client_get_clock (client))) &&
      lf_telephone_can_pick_up (lf_client_get_telephone (client), lf_contact_get_user (contact)))
    append (reach, _("Pick up"), LF_ACTION_PICK_UP, contact);
  lf_address_menu_append_call (reach, contact);
  if (!lf_contact_get_is_place (contact))
    append (reach, _("Chat"), LF_ACTION_CHAT, contact);
  append_section (menu, reach);

  if (position > 0)
    append (order, _("Move to the beginning"), LF_ACTION_LAMP_FIRST, contact);
  if (position < n_lamps - 1)
    append (order, _("Move to the end"), LF_ACTION_LAMP_LAST, contact);
  append_section (menu, order);

  append (leave, _("Remove from lamps"), LF_ACTION_TOGGLE_LAMP, contact);
  append_section (menu, leave);

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

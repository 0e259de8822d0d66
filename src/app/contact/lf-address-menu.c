/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include <string.h>

#include "lf-actions.h"
#include "lf-address-menu.h"
#include "lf-contact-menu.h"

/* "+49 30 1234" of "tel:+49-30-1234", "2041@pbx.example" of "sip:2041@pbx.example". */
static char *
format_address (const char *address)
{
  const char *colon = strchr (address, ':');

  return g_strdup (colon == NULL || colon[1] == '\0' ? address : colon + 1);
}

/**
 * lf_address_menu_new:
 * @contact: a contact
 *
 * Makes the menu of the numbers by which a person can be called.
 *
 * Returns: (transfer full): a menu, one item an address
 */
GMenuModel *
lf_address_menu_new (LfContact *contact)
{
  GMenu             *menu = g_menu_new ();
  const char *const *addresses;

  g_return_val_if_fail (LF_IS_CONTACT (contact), G_MENU_MODEL (menu));

  addresses = lf_contact_get_addresses (contact);
  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    {
      g_autofree char      *address = format_address (addresses[i]);
      g_autofree char      *label = lf_contact_menu_escape (address);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, LF_ACTION_CALL_ADDRESS, "s", addresses[i]);
      g_menu_append_item (menu, item);
    }
  return G_MENU_MODEL (menu);
}

/**
 * lf_address_menu_append_call:
 * @menu: a menu of what can be done with somebody
 * @contact: a contact
 *
 * Appends the item that calls; where there are several numbers, it opens a menu of them.
 */
void
lf_address_menu_append_call (GMenu *menu, LfContact *contact)
{
  const char *const    *addresses;
  g_autoptr (GMenuItem) item = NULL;

  g_return_if_fail (G_IS_MENU (menu) && LF_IS_CONTACT (contact));

  addresses = lf_contact_get_addresses (contact);
  item = g_menu_item_new (_("Call"), NULL);
  if (addresses != NULL && addresses[0] != NULL && addresses[1] != NULL)
    {
      g_autoptr (GMenuModel) numbers = lf_address_menu_new (contact);

      g_menu_item_set_submenu (item, numbers);
    }
  else
    g_menu_item_set_action_and_target (item, LF_ACTION_CALL, "s", lf_contact_get_user (contact));
  g_menu_append_item (menu, item);
}

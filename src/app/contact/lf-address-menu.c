/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

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

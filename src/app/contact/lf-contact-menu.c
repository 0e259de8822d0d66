/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-actions.h"
#include "lf-contact-menu.h"

static void
append_item (GMenu      *section,
             const char *label,
             const char *action,
             const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (section, item);
}

/**
 * lf_contact_menu_new:
 * @contact: a contact
 * @is_in_roster: whether it is one of the user's contacts
 *
 * Makes the menu of what can be done with a person beside calling and writing.
 *
 * Returns: (transfer full): a menu of the window's actions
 */
GMenuModel *
lf_contact_menu_new (LfContact *contact,
                     gboolean   is_in_roster)
{
  const char       *user;
  GMenu            *menu = g_menu_new ();
  g_autoptr (GMenu) keep = g_menu_new ();
  g_autoptr (GMenu) part = g_menu_new ();

  g_return_val_if_fail (LF_IS_CONTACT (contact), G_MENU_MODEL (menu));

  user = lf_contact_get_user (contact);
  if (is_in_roster)
    {
      append_item (keep, lf_contact_get_is_favourite (contact) ? _("Remove from Favourites") : _("Add to Favourites"), LF_ACTION_TOGGLE_FAVOURITE, user);
      append_item (keep, _("Move to New Group…"), LF_ACTION_NEW_GROUP, user);
      append_item (part, _("Remove from Contacts…"), LF_ACTION_REMOVE, user);
    }
  else
    append_item (keep, _("Add to Contacts"), LF_ACTION_ADD, user);
  append_item (part, _("Block…"), LF_ACTION_BLOCK, user);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (keep));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (part));
  return G_MENU_MODEL (menu);
}

/* "+49 30 1234" of "tel:+49-30-1234", "2041@pbx.example" of "sip:2041@pbx.example". */
static char *
format_address (const char *address)
{
  const char *colon = strchr (address, ':');

  return g_strdup (colon == NULL || colon[1] == '\0' ? address : colon + 1);
}

/**
 * lf_contact_menu_new_for_addresses:
 * @contact: a contact
 *
 * Makes the menu of the numbers by which a person can be called.
 *
 * Returns: (transfer full): a menu, one item an address
 */
GMenuModel *
lf_contact_menu_new_for_addresses (LfContact *contact)
{
  GMenu             *menu = g_menu_new ();
  const char *const *addresses;

  g_return_val_if_fail (LF_IS_CONTACT (contact), G_MENU_MODEL (menu));

  addresses = lf_contact_get_addresses (contact);
  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    {
      g_autofree char *label = format_address (addresses[i]);

      append_item (menu, label, LF_ACTION_CALL_ADDRESS, addresses[i]);
    }
  return G_MENU_MODEL (menu);
}

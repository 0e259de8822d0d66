/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-address-menu.h"
#include "lf-contact-menu.h"

static void
append (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

static void
append_section (GMenu *menu, GMenu *section)
{
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

static GMenu *
make_groups (LfRoster *roster, LfContact *contact)
{
  g_autoptr (GMenu) groups_menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();
  const char       *user = lf_contact_get_user (contact);
  const char       *own = lf_contact_get_group (contact);
  gsize             n_groups;
  const LfGroup    *groups = lf_roster_get_groups (roster, &n_groups);

  for (gsize i = 0; i < n_groups; i++)
    if (g_strcmp0 (groups[i].id, own) != 0)
      {
        g_autofree char *label = lf_contact_menu_escape (groups[i].name);

        append (section, label, LF_ACTION_MOVE_TO_GROUP, g_variant_new ("(ss)", user, groups[i].id));
      }
  append_section (groups_menu, section);

  if (own != NULL)
    append (more, _("No group"), LF_ACTION_MOVE_TO_GROUP, g_variant_new ("(ss)", user, ""));
  append (more, _("New group…"), LF_ACTION_NEW_GROUP, g_variant_new_string (user));
  append_section (groups_menu, more);

  return g_steal_pointer (&groups_menu);
}

/**
 * lf_contact_menu_escape:
 * @text: what a menu item shall show as it is
 *
 * An underscore in the label of a menu item underlines the letter behind it and is not shown.
 *
 * Returns: (transfer full): a label that shows @text
 */
char *
lf_contact_menu_escape (const char *text)
{
  GString *label;

  g_return_val_if_fail (text != NULL, NULL);

  label = g_string_new (text);
  g_string_replace (label, "_", "__", 0);

  return g_string_free (label, FALSE);
}

/**
 * lf_contact_menu_new:
 * @roster: the user's contacts and groups
 * @contact: a person, of the roster or not
 *
 * Makes the menu of a person. Its items act by the window's actions.
 *
 * Returns: (transfer full): a new menu
 */
GMenuModel *
lf_contact_menu_new (LfRoster *roster, LfContact *contact)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) reach = g_menu_new ();
  g_autoptr (GMenu) keep = g_menu_new ();
  g_autoptr (GMenu) leave = g_menu_new ();
  const char       *user;

  g_return_val_if_fail (LF_IS_ROSTER (roster) && LF_IS_CONTACT (contact), NULL);

  user = lf_contact_get_user (contact);
  if (!lf_contact_get_is_place (contact))
    append (reach, _("Chat"), LF_ACTION_CHAT, g_variant_new_string (user));
  lf_address_menu_append_call (reach, contact);
  if (!lf_contact_get_is_place (contact))
    append (reach, _("Find a time…"), LF_ACTION_FIND_TIME, g_variant_new_string (user));
  append_section (menu, reach);

  if (lf_roster_lookup (roster, user) == NULL)
    {
      append (keep, _("Add to contacts"), LF_ACTION_ADD, g_variant_new_string (user));
      append_section (menu, keep);

      return G_MENU_MODEL (g_steal_pointer (&menu));
    }

  append (keep, lf_contact_get_is_watched (contact) ? _("Stop notifying me") : _("Notify me when available"), LF_ACTION_TOGGLE_WATCHED, g_variant_new_string (user));
  append (keep, lf_contact_get_is_favourite (contact) ? _("Remove from favourites") : _("Add to favourites"), LF_ACTION_TOGGLE_FAVOURITE, g_variant_new_string (user));
  append (keep, lf_contact_get_speed_dial (contact) > 0 ? _("Remove from lamps") : _("Add to lamps"), LF_ACTION_TOGGLE_LAMP, g_variant_new_string (user));
  {
    g_autoptr (GMenu) groups = make_groups (roster, contact);

    g_menu_append_submenu (keep, _("Move to group"), G_MENU_MODEL (groups));
  }
  append_section (menu, keep);

  append (leave, _("Remove from contacts…"), LF_ACTION_REMOVE, g_variant_new_string (user));
  append (leave, _("Block…"), LF_ACTION_BLOCK, g_variant_new_string (user));
  append_section (menu, leave);

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static gboolean
leave_closed_menu (gpointer data)
{
  GtkWidget *popover = data;
  GtkWidget *home = g_object_get_data (G_OBJECT (popover), "home");
  GtkRoot   *root = gtk_widget_get_root (popover);
  GtkWidget *focused = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focused == NULL || gtk_widget_get_mapped (popover) || !gtk_widget_is_ancestor (focused, popover))
    return G_SOURCE_REMOVE;

  gtk_root_set_focus (root, NULL);
  gtk_widget_grab_focus (home);
  return G_SOURCE_REMOVE;
}

static void
on_menu_closed (GtkPopover *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, leave_closed_menu, g_object_ref (popover), g_object_unref);
}

/**
 * lf_contact_menu_keep_focus:
 * @popover: a popover with the menu
 * @home: an ancestor of @popover: takes the focus when the menu is closed
 *
 * GTK 4.8 leaves the focus inside of a menu that is closed while a submenu is open: no key would
 * be heard until something is clicked.
 */
void
lf_contact_menu_keep_focus (GtkPopover *popover, GtkWidget *home)
{
  g_return_if_fail (GTK_IS_POPOVER (popover) && GTK_IS_WIDGET (home));
  g_return_if_fail (gtk_widget_is_ancestor (GTK_WIDGET (popover), home));

  g_object_set_data (G_OBJECT (popover), "home", home);
  g_signal_connect (popover, "closed", G_CALLBACK (on_menu_closed), NULL);
}

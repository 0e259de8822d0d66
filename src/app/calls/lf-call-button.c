/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-address-menu.h"
#include "lf-call-button.h"

struct _LfCallButton
{
  GtkWidget parent_instance;

  GtkWidget *button; /* a GtkButton, or a GtkMenuButton where there are several numbers; nullable at first */
};

G_DEFINE_FINAL_TYPE (LfCallButton, lf_call_button, GTK_TYPE_WIDGET)

static GtkWidget *
make_menu_button (LfContact *contact)
{
  GtkWidget             *button = gtk_menu_button_new ();
  g_autoptr (GMenuModel) menu = lf_address_menu_new (contact);

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "call-start-symbolic");
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  return button;
}

static GtkWidget *
make_button (LfContact *contact)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("call-start-symbolic");

  gtk_widget_set_focus_on_click (button, FALSE);
  /* The target first: an action that wants one complains of a button without. */
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", lf_contact_get_user (contact));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), LF_ACTION_CALL);
  return button;
}

static void
lf_call_button_dispose (GObject *object)
{
  g_clear_pointer (&LF_CALL_BUTTON (object)->button, gtk_widget_unparent);
  G_OBJECT_CLASS (lf_call_button_parent_class)->dispose (object);
}

static void
lf_call_button_class_init (LfCallButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_call_button_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lf_call_button_init (LfCallButton *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/**
 * lf_call_button_new:
 * @contact: whom to call
 *
 * Returns: (transfer floating): a button
 */
GtkWidget *
lf_call_button_new (LfContact *contact)
{
  LfCallButton *self = g_object_new (LF_TYPE_CALL_BUTTON, NULL);

  lf_call_button_set_contact (self, contact);
  return GTK_WIDGET (self);
}

/**
 * lf_call_button_set_contact:
 * @self: a button
 * @contact: whom to call
 *
 * Makes it the button of somebody else, or of the numbers as they are now.
 */
void
lf_call_button_set_contact (LfCallButton *self, LfContact *contact)
{
  const char *const *addresses;
  gboolean           has_several;

  g_return_if_fail (LF_IS_CALL_BUTTON (self) && LF_IS_CONTACT (contact));

  addresses = lf_contact_get_addresses (contact);
  has_several = addresses != NULL && addresses[0] != NULL && addresses[1] != NULL;
  if (!has_several && GTK_IS_BUTTON (self->button))
    {
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", lf_contact_get_user (contact));
      return;
    }
  g_clear_pointer (&self->button, gtk_widget_unparent);
  self->button = has_several ? make_menu_button (contact) : make_button (contact);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "circular");
  gtk_widget_set_tooltip_text (self->button, _("Call"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Call"), -1);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

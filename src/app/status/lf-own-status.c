/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-own-status-menu.h"
#include "lf-own-status.h"
#include "lf-portrait.h"
#include "lf-status-words.h"

struct _LfOwnStatus
{
  GtkWidget parent_instance;

  LfClient  *client;   /* owned, nullable */
  GSettings *settings; /* owned, nullable */
  LfContact *own;      /* owned, nullable: whose signals are heard */

  LfDesktopCalendars *calendars; /* owned, nullable */

  gulong tick_handler;

  GtkWidget       *button;
  LfPortrait      *portrait;
  GtkLabel        *name_label;
  GtkLabel        *words_label;
  LfOwnStatusMenu *menu; /* nullable: made when it is first opened */
};

G_DEFINE_FINAL_TYPE (LfOwnStatus, lf_own_status, GTK_TYPE_WIDGET)

static void
update_button (LfOwnStatus *self, const LfWireMe *me)
{
  const LfResolved *resolved = lf_contact_get_resolved (self->own);
  const char       *name = lf_contact_get_name (self->own);
  g_autofree char  *words = me->visibility.is_invisible ? g_strdup (_("Appearing offline"))
                                                        : lf_status_words_format (resolved, lf_clock_get_now_us (lf_client_get_clock (self->client)));
  g_autofree char *note = lf_status_words_format_note (resolved);
  g_autofree char *line = note != NULL ? g_strdup_printf (C_("state and note", "%s · %s"), words, note) : g_strdup (words);
  g_autofree char *told = g_strdup_printf (_("Your status: %s"), line);

  lf_portrait_set_name (self->portrait, name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->words_label, line);
  if (me->visibility.is_invisible)
    lf_badge_set_status (lf_portrait_get_badge (self->portrait), LF_DISPLAY_OFFLINE, FALSE);
  else
    lf_badge_set_resolved (lf_portrait_get_badge (self->portrait), resolved);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
}

static void
update (LfOwnStatus *self)
{
  const LfWireMe *me = self->client != NULL ? lf_client_get_me (self->client) : NULL;

  if (me == NULL || self->own == NULL)
    return;

  update_button (self, me);
  if (self->menu != NULL)
    lf_own_status_menu_update (self->menu);
}

static void
on_me_changed (LfOwnStatus *self)
{
  LfContact *own = lf_client_get_own (self->client);

  if (self->own != own)
    {
      if (self->own != NULL)
        g_signal_handlers_disconnect_by_data (self->own, self);
      g_set_object (&self->own, own);
      if (own != NULL)
        {
          g_signal_connect_object (own, "resolved", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
          g_signal_connect_object (own, "notify::name", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
        }
    }
  gtk_widget_set_sensitive (self->button, own != NULL);
  update (self);
}

/* For the button, each time that it is pressed. */
static void
make_menu (GtkMenuButton *button, gpointer user_data)
{
  LfOwnStatus *self = user_data;

  if (self->menu != NULL || self->client == NULL)
    return;
  self->menu = LF_OWN_STATUS_MENU (lf_own_status_menu_new (self->client, self->settings, self->calendars));
  gtk_menu_button_set_popover (button, GTK_WIDGET (self->menu));
}

static void
lf_own_status_map (GtkWidget *widget)
{
  LfOwnStatus *self = LF_OWN_STATUS (widget);

  GTK_WIDGET_CLASS (lf_own_status_parent_class)->map (widget);
  if (self->client != NULL && self->tick_handler == 0)
    self->tick_handler = g_signal_connect_swapped (lf_client_get_roster (self->client), "tick", G_CALLBACK (update), self);
  update (self);
}

static void
lf_own_status_unmap (GtkWidget *widget)
{
  LfOwnStatus *self = LF_OWN_STATUS (widget);

  if (self->client != NULL)
    g_clear_signal_handler (&self->tick_handler, lf_client_get_roster (self->client));
  GTK_WIDGET_CLASS (lf_own_status_parent_class)->unmap (widget);
}

static void
lf_own_status_dispose (GObject *object)
{
  LfOwnStatus *self = LF_OWN_STATUS (object);
  GtkWidget   *child;

  if (self->client != NULL)
    g_clear_signal_handler (&self->tick_handler, lf_client_get_roster (self->client));
  if (self->menu != NULL)
    gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), NULL); /* it may be open */
  self->menu = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->own);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  g_clear_object (&self->calendars);
  G_OBJECT_CLASS (lf_own_status_parent_class)->dispose (object);
}

static void
lf_own_status_class_init (LfOwnStatusClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_own_status_dispose;
  widget_class->map = lf_own_status_map;
  widget_class->unmap = lf_own_status_unmap;

  g_type_ensure (LF_TYPE_PORTRAIT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/status/lf-own-status.ui");
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatus, button);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatus, portrait);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatus, name_label);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatus, words_label);
}

static void
lf_own_status_init (LfOwnStatus *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->button), make_menu, self, NULL);
}

/**
 * lf_own_status_set_client:
 * @self: the widget
 * @client: whose user it is
 * @settings: where custom statuses are kept
 *
 * Follows the user of a client. Once.
 */
void
lf_own_status_set_client (LfOwnStatus *self, LfClient *client, GSettings *settings)
{
  g_return_if_fail (LF_IS_OWN_STATUS (self) && LF_IS_CLIENT (client) && G_IS_SETTINGS (settings));
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (client, "me-changed", G_CALLBACK (on_me_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_me_changed), self, G_CONNECT_SWAPPED);
  on_me_changed (self);
}

/**
 * lf_own_status_set_calendars:
 * @self: the widget
 * @calendars: those of this computer
 *
 * Where a meeting is found that the user can join. Before the choices are opened first.
 */
void
lf_own_status_set_calendars (LfOwnStatus *self, LfDesktopCalendars *calendars)
{
  g_return_if_fail (LF_IS_OWN_STATUS (self) && LF_IS_DESKTOP_CALENDARS (calendars));

  g_set_object (&self->calendars, calendars);
}

/**
 * lf_own_status_popup:
 * @self: the widget
 *
 * Opens the choices.
 */
void
lf_own_status_popup (LfOwnStatus *self)
{
  g_return_if_fail (LF_IS_OWN_STATUS (self));

  gtk_menu_button_popup (GTK_MENU_BUTTON (self->button));
}

/**
 * lf_own_status_get_popover:
 * @self: the widget
 *
 * Returns: (transfer none) (nullable): the popover with the choices; %NULL before there is a client
 */
GtkWidget *
lf_own_status_get_popover (LfOwnStatus *self)
{
  g_return_val_if_fail (LF_IS_OWN_STATUS (self), NULL);

  make_menu (GTK_MENU_BUTTON (self->button), self);
  return GTK_WIDGET (self->menu);
}

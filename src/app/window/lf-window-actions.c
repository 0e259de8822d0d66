/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-calling.h"
#include "lf-find-dialog.h"
#include "lf-free-time-dialog.h"
#include "lf-lamp-order.h"
#include "lf-window-private.h"

static LfContact *
get_target (LfWindow *self, GVariant *parameter)
{
  return lf_window_lookup_contact (self, g_variant_get_string (parameter, NULL));
}

static void
open_contact (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow     *self = LF_WINDOW (widget);
  LfContact    *contact = get_target (self, parameter);
  LfWindowFocus focus = LF_WINDOW_FOCUS_PAGE;

  if (g_str_equal (action, LF_ACTION_CHAT))
    focus = LF_WINDOW_FOCUS_COMPOSER;
  else if (g_str_equal (action, LF_ACTION_WHY))
    focus = LF_WINDOW_FOCUS_WHY;
  if (contact != NULL)
    lf_window_open_contact (self, contact, focus);
}

static void
call (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfContact *contact = get_target (LF_WINDOW (widget), parameter);

  if (contact != NULL)
    lf_calling_call_contact (LF_WINDOW (widget), contact);
}

static void
pick_up (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfContact *contact = get_target (LF_WINDOW (widget), parameter);

  if (contact != NULL)
    lf_calling_pick_up (LF_WINDOW (widget), contact);
}

static void
call_address (GtkWidget *widget, const char *action, GVariant *parameter)
{
  lf_calling_call_address (LF_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow        *self = LF_WINDOW (widget);
  LfContact       *contact = get_target (self, parameter);
  g_autofree char *words = NULL;

  if (contact == NULL)
    return;

  lf_client_add_contact (lf_window_get_client (self), contact, NULL);
  words = g_strdup_printf (_("%s is now one of your contacts"), lf_contact_get_name (contact));
  lf_window_toast (self, words);
}

static void
toggle (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow  *self = LF_WINDOW (widget);
  LfContact *contact = get_target (self, parameter);
  LfClient  *client = lf_window_get_client (self);

  if (contact == NULL)
    return;

  if (g_str_equal (action, LF_ACTION_TOGGLE_FAVOURITE))
    lf_client_set_favourite (client, contact, !lf_contact_get_is_favourite (contact));
  else if (g_str_equal (action, LF_ACTION_TOGGLE_WATCHED))
    lf_client_set_watched (client, contact, !lf_contact_get_is_watched (contact));
  else
    lf_client_set_armed (client, contact, !lf_contact_get_is_armed (contact));
}

static void
move_to_group (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow   *self = LF_WINDOW (widget);
  const char *user, *group;
  LfContact  *contact;

  g_variant_get (parameter, "(&s&s)", &user, &group);
  contact = lf_window_lookup_contact (self, user);
  if (contact != NULL)
    lf_client_move_to_group (lf_window_get_client (self), contact, *group != '\0' ? group : NULL);
}

static void
toggle_lamp (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow  *self = LF_WINDOW (widget);
  LfContact *contact = get_target (self, parameter);
  LfClient  *client = lf_window_get_client (self);

  if (contact != NULL && lf_lamp_order_find (client, contact) >= 0)
    lf_lamp_order_remove (client, contact);
  else if (contact != NULL && !lf_lamp_order_add (client, contact))
    lf_window_toast (self, _("There are as many lamps as can be. Remove one first."));
}

/* ---- questions ---- */

static AdwMessageDialog *
ask (LfWindow *self, LfContact *contact, const char *heading, const char *body, const char *response, const char *label, AdwResponseAppearance appearance)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), heading, body));

  adw_message_dialog_add_responses (dialog, "cancel", _("Cancel"), response, label, NULL);
  adw_message_dialog_set_response_appearance (dialog, response, appearance);
  adw_message_dialog_set_default_response (dialog, appearance == ADW_RESPONSE_SUGGESTED ? response : "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "contact", g_object_ref (contact), g_object_unref);

  return dialog;
}

static void
on_group_named (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  LfWindow        *self = LF_WINDOW (gtk_window_get_transient_for (GTK_WINDOW (dialog)));
  GtkEditable     *entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  g_autofree char *group = NULL;

  if (!g_str_equal (response, "create") || *name == '\0' || self == NULL)
    return;

  group = lf_client_add_group (lf_window_get_client (self), name);
  if (group != NULL)
    lf_client_move_to_group (lf_window_get_client (self), g_object_get_data (G_OBJECT (dialog), "contact"), group);
}

static void
on_group_name_changed (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "create", *name != '\0');
}

static void
new_group (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow         *self = LF_WINDOW (widget);
  LfContact        *contact = get_target (self, parameter);
  AdwMessageDialog *dialog;
  GtkWidget        *entry;

  if (contact == NULL)
    return;

  dialog = ask (self, contact, _("New group"), NULL, "create", _("Create"), ADW_RESPONSE_SUGGESTED);
  entry = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (entry), LF_GROUP_MAX_CHARS);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("Name of the group"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the group"), -1);
  adw_message_dialog_set_extra_child (dialog, entry);
  adw_message_dialog_set_response_enabled (dialog, "create", FALSE);
  g_signal_connect (entry, "changed", G_CALLBACK (on_group_name_changed), dialog);
  g_signal_connect (dialog, "response", G_CALLBACK (on_group_named), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_leave_answered (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  LfWindow  *self = LF_WINDOW (gtk_window_get_transient_for (GTK_WINDOW (dialog)));
  LfContact *contact = g_object_get_data (G_OBJECT (dialog), "contact");

  if (self == NULL)
    return;
  if (g_str_equal (response, "block"))
    lf_client_set_blocked (lf_window_get_client (self), contact, TRUE);
  else if (g_str_equal (response, "remove"))
    lf_client_remove_contact (lf_window_get_client (self), contact);
}

static void
leave (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow         *self = LF_WINDOW (widget);
  LfContact        *contact = get_target (self, parameter);
  g_autofree char  *heading = NULL;
  AdwMessageDialog *dialog;

  if (contact == NULL)
    return;

  if (g_str_equal (action, LF_ACTION_BLOCK))
    {
      heading = g_strdup_printf (_("Block %s?"), lf_contact_get_name (contact));
      dialog = ask (self, contact, heading,
                    _("Blocked people see you as offline and cannot send you messages. They are not told."),
                       "block", _("Block"), ADW_RESPONSE_DESTRUCTIVE);
    }
  else
    {
      heading = g_strdup_printf (_("Remove %s?"), lf_contact_get_name (contact));
      dialog = ask (self, contact, heading, _("This person leaves your contact list. Your chat stays, and you can add the person again at any time."), "remove", _("Remove"), ADW_RESPONSE_DESTRUCTIVE);
    }
  g_signal_connect (dialog, "response", G_CALLBACK (on_leave_answered), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- the window itself ---- */

/* Of the dialogs of that type over the window. */
static void
close_dialogs_of_type (LfWindow *self, GType type)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *l = toplevels; l != NULL; l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type) && gtk_window_get_transient_for (l->data) == GTK_WINDOW (self))
      gtk_window_destroy (l->data);
}

/* The search of the desktop asks again and again: the newest words count. */
static void
find (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow     *self = LF_WINDOW (widget);
  LfClientState state = lf_client_get_state (lf_window_get_client (self));

  if (state == LF_CLIENT_SIGNED_OUT || state == LF_CLIENT_SIGNING_IN)
    return;

  close_dialogs_of_type (self, LF_TYPE_FIND_DIALOG);
  gtk_window_present (GTK_WINDOW (lf_find_dialog_new (self, parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL)));
}

static void
find_time (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow     *self = LF_WINDOW (widget);
  LfClientState state = lf_client_get_state (lf_window_get_client (self));

  if (state != LF_CLIENT_SIGNED_OUT && state != LF_CLIENT_SIGNING_IN)
    gtk_window_present (GTK_WINDOW (lf_free_time_dialog_new (self, get_target (self, parameter))));
}

static void
add_lamp (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (lf_find_dialog_new_for_lamps (LF_WINDOW (widget))));
}

static void
filter (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfWindow *self = LF_WINDOW (widget);

  lf_window_show_view (self, "contacts");
  lf_contact_list_start_search (lf_window_get_contact_list (self));
}

static void
view (GtkWidget *widget, const char *action, GVariant *parameter)
{
  lf_window_show_view (LF_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
own_status (GtkWidget *widget, const char *action, GVariant *parameter)
{
  lf_own_status_popup (lf_window_get_own_status (LF_WINDOW (widget)));
}

static void
back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  lf_window_go_back (LF_WINDOW (widget));
}

static void
reconnect (GtkWidget *widget, const char *action, GVariant *parameter)
{
  lf_client_reconnect_now (lf_window_get_client (LF_WINDOW (widget)));
}

/**
 * lf_window_close_dialogs:
 * @self: the window
 *
 * Closes what was asked of the user about people who are not shown any more. Preferences are of the
 * program, and stay.
 */
void
lf_window_close_dialogs (LfWindow *self)
{
  close_dialogs_of_type (self, LF_TYPE_FIND_DIALOG);
  close_dialogs_of_type (self, LF_TYPE_FREE_TIME_DIALOG);
  close_dialogs_of_type (self, ADW_TYPE_MESSAGE_DIALOG);
}

/* Made when it is first wanted: as GTK's automatic resource it would be made with every window. */
static void
shortcuts (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkApplicationWindow *window = GTK_APPLICATION_WINDOW (widget);

  if (gtk_application_window_get_help_overlay (window) == NULL)
    {
      g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/lampfield/Lampfield/window/help-overlay.ui");

      gtk_application_window_set_help_overlay (window, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
    }
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

/**
 * lf_window_install_actions:
 * @widget_class: the class of #LfWindow
 *
 * Gives the window the actions named in lf-actions.h.
 */
void
lf_window_install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char                 *name;
    const char                 *parameter;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { LF_ACTION_OPEN_CONTACT, "s", open_contact },
    { LF_ACTION_CHAT, "s", open_contact },
    { LF_ACTION_WHY, "s", open_contact },
    { LF_ACTION_CALL, "s", call },
    { LF_ACTION_PICK_UP, "s", pick_up },
    { LF_ACTION_CALL_ADDRESS, "s", call_address },
    { LF_ACTION_ADD, "s", add },
    { LF_ACTION_TOGGLE_FAVOURITE, "s", toggle },
    { LF_ACTION_TOGGLE_WATCHED, "s", toggle },
    { LF_ACTION_TOGGLE_ARMED, "s", toggle },
    { LF_ACTION_TOGGLE_LAMP, "s", toggle_lamp },
    { LF_ACTION_ADD_LAMP, NULL, add_lamp },
    { LF_ACTION_MOVE_TO_GROUP, "(ss)", move_to_group },
    { LF_ACTION_NEW_GROUP, "s", new_group },
    { LF_ACTION_REMOVE, "s", leave },
    { LF_ACTION_BLOCK, "s", leave },
    { LF_ACTION_FIND, NULL, find },
    { LF_ACTION_FIND_FOR, "s", find },
    { LF_ACTION_FIND_TIME, "s", find_time },
    { LF_ACTION_FILTER, NULL, filter },
    { LF_ACTION_VIEW, "s", view },
    { LF_ACTION_OWN_STATUS, NULL, own_status },
    { LF_ACTION_SHORTCUTS, NULL, shortcuts },
    { LF_ACTION_BACK, NULL, back },
    { LF_ACTION_RECONNECT, NULL, reconnect },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].parameter, actions[i].activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, LF_ACTION_BACK, NULL);
}

/**
 * lf_window_install_keys:
 * @application: the program
 *
 * Gives the actions their keys; help-overlay.ui tells them to the user.
 */
void
lf_window_install_keys (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } keys[] = {
    { LF_ACTION_FIND, { "<Control>k", NULL } },
    { LF_ACTION_FIND_TIME "::", { "<Control>t", NULL } },
    { LF_ACTION_FILTER, { "<Control>f", NULL } },
    { LF_ACTION_VIEW "::contacts", { "<Control>1", NULL } },
    { LF_ACTION_VIEW "::chats", { "<Control>2", NULL } },
    { LF_ACTION_VIEW "::calls", { "<Control>3", NULL } },
    { LF_ACTION_VIEW "::lamps", { "<Control>4", NULL } },
    { LF_ACTION_OWN_STATUS, { "<Control><Shift>s", NULL } },
    { LF_ACTION_APP_DND, { "<Control>d", NULL } },
    { LF_ACTION_APP_PREFERENCES, { "<Control>comma", NULL } },
    { LF_ACTION_APP_HELP, { "F1", NULL } },
    { LF_ACTION_APP_QUIT, { "<Control>q", NULL } },
    { LF_ACTION_SHORTCUTS, { "<Control>question", NULL } },
    { "window.close", { "<Control>w", NULL } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (application, keys[i].action, keys[i].accels);
}

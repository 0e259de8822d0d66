/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-application-private.h"
#include "lf-help.h"
#include "lf-preferences.h"
#include "lf-window-private.h"

static void
forward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LfApplication   *self = user_data;
  g_autofree char *name = g_strconcat ("win.", g_action_get_name (G_ACTION (action)), NULL);
  GtkWindow       *window;

  lf_application_present (self);
  window = lf_application_get_window (self);
  if (window != NULL)
    gtk_widget_activate_action_variant (GTK_WIDGET (window), name, parameter);
}

static void
toggle_dnd (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LfApplication  *self = user_data;
  const LfWireMe *me = lf_client_get_me (lf_application_get_client (self));

  if (me != NULL)
    lf_client_set_dnd (lf_application_get_client (self), !me->dnd.is_on, LF_INSTANT_NONE);
}

static void
show_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LfApplication *self = user_data;

  gtk_window_present (GTK_WINDOW (lf_preferences_new (lf_application_get_window (self), lf_application_get_settings (self), lf_application_get_client (self), lf_desktop_get_calendars (lf_application_get_desktop (self)), G_OBJECT (lf_application_get_desktop (self)))));
}

static void
show_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = lf_application_get_window (user_data);

  if (window != NULL)
    lf_help_show (window, NULL);
}

static void
show_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LfApplication *self = user_data;
  const char    *developers[] = { _("The Lampfield contributors"), NULL };

  adw_show_about_window (lf_application_get_window (self),
                         "application-name", "Lampfield",
                         "application-icon", LF_APP_ID,
                         "developer-name", _("The Lampfield contributors"), "developers", developers, "version", LF_VERSION, "comments", _("See who can be reached before you call."), "license-type", GTK_LICENSE_GPL_3_0, "copyright", "© 2026 The Lampfield contributors", NULL);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!lf_client_sign_out_finish (LF_CLIENT (source), result, &error))
    g_debug ("sign-out: %s", error->message);
}

static void
on_sign_out_answered (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  LfApplication *self = user_data;

  if (g_str_equal (response, "sign-out"))
    lf_client_sign_out_async (lf_application_get_client (self), NULL, on_signed_out, NULL);
}

static void
sign_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LfApplication *self = user_data;
  GtkWindow     *window = lf_application_get_window (self);
  GtkWidget     *dialog;

  if (window == NULL || lf_client_get_state (lf_application_get_client (self)) == LF_CLIENT_SIGNED_OUT)
    return;

  dialog = adw_message_dialog_new (window, _("Sign out?"),
                                              lf_window_has_unsent (LF_WINDOW (window))
                                              ? _("Messages that are not sent yet will be lost, and you will need your password to come back.")
                                              : _("Colleagues will see you as offline, and you will need your password to come back."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "sign-out", _("Sign out"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sign_out_answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * lf_application_install_actions:
 * @self: the program
 *
 * Gives it the actions of its menus and notifications (lf-actions.h), and the keys.
 */
void
lf_application_install_actions (LfApplication *self)
{
  static const GActionEntry entries[] = {
    { .name = "chat", .activate = forward, .parameter_type = "s" },
    { .name = "call", .activate = forward, .parameter_type = "s" },
    { .name = "open-contact", .activate = forward, .parameter_type = "s" },
    { .name = "do-not-disturb", .activate = toggle_dnd },
    { .name = "preferences", .activate = show_preferences },
    { .name = "help", .activate = show_help },
    { .name = "about", .activate = show_about },
    { .name = "sign-out", .activate = sign_out },
  };
  GSettings          *settings = lf_application_get_settings (self);
  g_autoptr (GAction) available_first = g_settings_create_action (settings, "available-first");
  g_autoptr (GAction) is_compact = g_settings_create_action (settings, "is-compact");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), available_first);
  g_action_map_add_action (G_ACTION_MAP (self), is_compact);
  lf_window_install_keys (GTK_APPLICATION (self));
}

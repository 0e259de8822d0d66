/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-calendars-group.h"
#include "lf-microphone.h"
#include "lf-preferences.h"
#include "lf-privacy-group.h"
#include "lf-read-calendars-group.h"

struct _LfPreferences
{
  AdwPreferencesWindow parent_instance;

  GtkWidget    *compact_switch;
  GtkWidget    *first_switch;
  GtkWidget    *available_switch;
  GtkWidget    *messages_switch;
  GtkWidget    *text_switch;
  GtkWidget    *background_switch;
  AdwActionRow *idle_row;
  GtkWidget    *call_row;
  GtkWidget    *microphone_row;
  GtkWidget    *microphone_switch;

  LfPrivacyGroup       *privacy_group;
  LfReadCalendarsGroup *read_calendars_group;
  LfCalendarsGroup     *calendars_group;
};

/* In the order of the row. */
static const char *const ways[] = { "desk-phone", "softphone", "ask", NULL };

G_DEFINE_FINAL_TYPE (LfPreferences, lf_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static gboolean
read_way (GValue *value, GVariant *variant, gpointer unused)
{
  for (guint i = 0; ways[i] != NULL; i++)
    if (g_str_equal (ways[i], g_variant_get_string (variant, NULL)))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
write_way (const GValue *value, const GVariantType *type, gpointer unused)
{
  return g_variant_new_string (ways[MIN (g_value_get_uint (value), G_N_ELEMENTS (ways) - 2)]);
}

static void
lf_preferences_class_init (LfPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (LF_TYPE_CALENDARS_GROUP);
  g_type_ensure (LF_TYPE_PRIVACY_GROUP);
  g_type_ensure (LF_TYPE_READ_CALENDARS_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, compact_switch);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, first_switch);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, available_switch);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, messages_switch);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, text_switch);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, background_switch);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, idle_row);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, call_row);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, microphone_row);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, microphone_switch);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, privacy_group);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, read_calendars_group);
  gtk_widget_class_bind_template_child (widget_class, LfPreferences, calendars_group);
}

static void
lf_preferences_init (LfPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_preferences_new:
 * @parent: the window it belongs to
 * @settings: what it changes on this computer
 * @client: what it changes on the server
 * @calendars: those of this computer
 * @desktop: (nullable): its property "idle-source" says what tells that nobody is at the computer, for people
 *
 * Makes the preferences window.
 *
 * Returns: (transfer none): a new window, owned by GTK
 */
LfPreferences *
lf_preferences_new (GtkWindow *parent, GSettings *settings, LfClient *client, LfDesktopCalendars *calendars, GObject *desktop)
{
  LfPreferences *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (LF_TYPE_PREFERENCES, "transient-for", parent, NULL);
  g_settings_bind (settings, "is-compact", self->compact_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "available-first", self->first_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notify-available", self->available_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notify-messages", self->messages_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notify-message-text", self->text_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "run-in-background", self->background_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notify-messages", self->text_switch, "sensitive", G_SETTINGS_BIND_GET);
  g_settings_bind_with_mapping (settings, "call-with", self->call_row, "selected", G_SETTINGS_BIND_DEFAULT, read_way, write_way, NULL, NULL);
  g_settings_bind (settings, "microphone-is-a-call", self->microphone_switch, "active", G_SETTINGS_BIND_DEFAULT);
  gtk_widget_set_visible (self->microphone_row, lf_microphone_is_supported ());
  if (desktop != NULL)
    g_object_bind_property (desktop, "idle-source", self->idle_row, "subtitle", G_BINDING_SYNC_CREATE);
  lf_privacy_group_set_client (self->privacy_group, client);
  lf_read_calendars_group_set_client (self->read_calendars_group, client);
  lf_calendars_group_set_calendars (self->calendars_group, calendars);

  return self;
}

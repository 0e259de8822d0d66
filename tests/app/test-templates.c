/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-banner.h"
#include "lf-chat-list.h"
#include "lf-contact-list.h"
#include "lf-contact-page.h"
#include "lf-contact-row.h"
#include "lf-find-dialog.h"
#include "lf-lamp-grid.h"
#include "lf-lamp.h"
#include "lf-own-status-menu.h"
#include "lf-own-status.h"
#include "lf-preferences.h"
#include "lf-privacy-group.h"
#include "lf-read-calendars-group.h"
#include "lf-sign-in-page.h"
#include "lf-spinner.h"
#include "lf-status-editor.h"

typedef GType (*GetType) (void);

static const GetType types[] = {
  lf_banner_get_type,
  lf_chat_list_get_type,
  lf_contact_list_get_type,
  lf_contact_page_get_type,
  lf_contact_row_get_type,
  lf_find_dialog_get_type,
  lf_lamp_get_type,
  lf_lamp_grid_get_type,
  lf_own_status_get_type,
  lf_own_status_menu_get_type,
  lf_preferences_get_type,
  lf_privacy_group_get_type,
  lf_read_calendars_group_get_type,
  lf_sign_in_page_get_type,
  lf_spinner_get_type,
  lf_status_editor_get_type,
  lf_window_get_type,
};

static void
test_templates (void)
{
  g_test_summary ("Every template can be made, and goes without a trace");
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GType      type = types[i]();
      GtkWidget *widget = g_object_ref_sink (g_object_new (type, NULL));

      g_test_message ("%s", g_type_name (type));
      if (GTK_IS_WINDOW (widget))
        gtk_window_destroy (GTK_WINDOW (widget));
      g_assert_finalize_object (widget);
    }
}

static void
test_shortcuts (void)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/lampfield/Lampfield/window/help-overlay.ui");
  GtkWidget             *overlay = GTK_WIDGET (gtk_builder_get_object (builder, "help_overlay"));

  g_test_summary ("The window of keyboard shortcuts can be made");
  g_assert_true (GTK_IS_SHORTCUTS_WINDOW (overlay));
  gtk_window_destroy (GTK_WINDOW (overlay));
}

static void
test_spinner (void)
{
  GtkWidget *spinner = g_object_new (LF_TYPE_SPINNER, NULL);
  GtkWidget *window = lf_app_test_show (spinner, 100, 100);
  gint64     begin_us = g_get_monotonic_time ();

  g_test_summary ("A spinner shows itself when waiting takes long, and no more once it is out of sight");
  g_assert_null (gtk_widget_get_first_child (spinner));
  lf_wait_until (gtk_widget_get_first_child (spinner) != NULL, 5000);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 500 * 1000);
  g_assert_true (gtk_spinner_get_spinning (GTK_SPINNER (gtk_widget_get_first_child (spinner))));
  gtk_widget_set_visible (spinner, FALSE);
  g_assert_null (gtk_widget_get_first_child (spinner));
  gtk_widget_set_visible (spinner, TRUE); /* it goes while it waits */
  lf_app_test_close (window);
}

static void
test_icons (void)
{
  static const char *const names[] = {
    LF_APP_ID, "lf-bell-symbolic", "lf-chat-symbolic", "lf-lamps-symbolic", "lf-people-symbolic"
  };
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());

  g_test_summary ("The icons of the program are in it");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (gtk_icon_theme_has_icon (theme, names[i]));
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);

  g_test_add_func ("/templates/all", test_templates);
  g_test_add_func ("/templates/shortcuts", test_shortcuts);
  g_test_add_func ("/templates/spinner", test_spinner);
  g_test_add_func ("/templates/icons", test_icons);

  return g_test_run ();
}

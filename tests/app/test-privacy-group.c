/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-fake-client.h"
#include "lf-privacy-group.h"

static void
test_calendar (void)
{
  g_autoptr (LfClock) clock = lf_clock_new_manual (LF_FAKE_NOW_US);
  LfClient           *client = lf_client_new (clock);
  LfPrivacyGroup     *group = g_object_new (LF_TYPE_PRIVACY_GROUP, NULL);
  GtkWidget          *window = lf_app_test_show (GTK_WIDGET (group), 400, 200);
  AdwComboRow        *row = ADW_COMBO_ROW (lf_app_test_find (GTK_WIDGET (group), ADW_TYPE_COMBO_ROW, NULL));

  g_test_summary ("What colleagues see of the calendar is not chosen before it is known, changed at once, and followed");
  lf_privacy_group_set_client (group, client);
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (row)));
  adw_combo_row_set_selected (row, 1);
  g_assert_cmpint (lf_client_get_calendar_view (client), ==, LF_CALENDAR_VIEW_DEFAULT);
  lf_client_set_calendar_view (client, LF_CALENDAR_VIEW_PERIODS); /* known now */
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (row)));
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  adw_combo_row_set_selected (row, 1);
  g_assert_cmpint (lf_client_get_calendar_view (client), ==, LF_CALENDAR_VIEW_STATE);
  adw_combo_row_set_selected (row, 2);
  g_assert_cmpint (lf_client_get_calendar_view (client), ==, LF_CALENDAR_VIEW_NONE);
  lf_client_set_calendar_view (client, LF_CALENDAR_VIEW_STATE); /* refused, or by another device */
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 1);
  lf_app_test_close (window);
  g_assert_finalize_object (client);
}

int
main (int   argc,
      char *argv[])
{
  lf_app_test_init (&argc, &argv);

  g_test_add_func ("/privacy-group/calendar", test_calendar);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-fake-client.h"
#include "lf-read-calendars-group.h"

typedef struct
{
  const char    *source;
  gint64         read_at_us;
  LfCalendarCode code;
  const char    *words;
} Row;

static const Row rows[] = {
  { "work", LF_FAKE_NOW_US - 50 * LF_MINUTE, LF_CALENDAR_CODE_OK, "Read 09:50" },
  { "new", LF_INSTANT_NONE, LF_CALENDAR_CODE_OK, "Not read yet" },
  { "refused", LF_FAKE_NOW_US - LF_HOUR, LF_CALENDAR_CODE_REFUSED, "The password was refused. Tell your administrator, or give it anew." },
  { "gone", LF_FAKE_NOW_US - LF_HOUR, LF_CALENDAR_CODE_GONE, "There is no such calendar any more. Tell your administrator where it is now." },
  { "away", LF_FAKE_NOW_US - 50 * LF_MINUTE, LF_CALENDAR_CODE_UNREADABLE, "Cannot be reached since 09:50. It is tried again by itself; if it stays so, tell your administrator." },
  { "never_read", LF_INSTANT_NONE, LF_CALENDAR_CODE_UNREADABLE, "Cannot be reached. It is tried again by itself; if it stays so, tell your administrator." },
};

/* The row of that title below @root. */
static GtkWidget *
find_row (GtkWidget *root, const char *title)
{
  if (ADW_IS_ACTION_ROW (root) && g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (root)), title) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The warning in a row; NULL: none that can be seen. */
static GtkWidget *
find_warning (GtkWidget *root)
{
  if (GTK_IS_IMAGE (root) && g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (root)), "dialog-warning-symbolic") == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_warning (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Whether the row of @title says @words. */
static gboolean
says (LfReadCalendarsGroup *group, const char *title, const char *words)
{
  GtkWidget *row = find_row (GTK_WIDGET (group), title);

  return row != NULL && g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), words) == 0;
}

static void
test_opened (void)
{
  g_autoptr (LfClock)   clock = lf_clock_new_manual (LF_FAKE_NOW_US);
  LfClient             *client = lf_client_new (clock);
  LfReadCalendarsGroup *group = g_object_new (LF_TYPE_READ_CALENDARS_GROUP, NULL);
  GtkWidget            *window = lf_app_test_show (GTK_WIDGET (group), 500, 600);

  g_test_summary ("Preferences that are opened show what is known, ask when it was read, and show the answer");
  lf_fake_client_fill (client);
  lf_fake_client_add_calendar (client, "work", LF_FAKE_NOW_US - 50 * LF_MINUTE, LF_CALENDAR_CODE_OK);
  lf_read_calendars_group_set_client (group, client);
  g_assert_true (says (group, "work", "Read 09:50"));
  g_assert_cmpuint (lf_fake_client_count_refreshes (client), ==, 1);
  lf_fake_client_add_calendar (client, NULL, LF_INSTANT_NONE, LF_CALENDAR_CODE_OK);
  lf_fake_client_add_calendar (client, "work", LF_FAKE_NOW_US - 2 * LF_MINUTE, LF_CALENDAR_CODE_OK);
  g_assert_true (says (group, "work", "Read 10:38"));
  lf_app_test_close (window);
  g_assert_finalize_object (client);
}

static void
test_rows (void)
{
  g_autoptr (LfClock)   clock = lf_clock_new_manual (LF_FAKE_NOW_US);
  LfClient             *client = lf_client_new (clock);
  LfReadCalendarsGroup *group = g_object_new (LF_TYPE_READ_CALENDARS_GROUP, NULL);
  GtkWidget            *window = lf_app_test_show (GTK_WIDGET (group), 500, 600);

  g_test_summary ("Each calendar that the server reads has a row that says how it is and what to do; without any there is no group");
  lf_read_calendars_group_set_client (group, client);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (group)));
  lf_fake_client_fill (client);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (group)));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    lf_fake_client_add_calendar (client, rows[i].source, rows[i].read_at_us, rows[i].code);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (group)));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *row = find_row (GTK_WIDGET (group), rows[i].source);
      GtkWidget *warning;

      g_assert_nonnull (row);
      g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, rows[i].words);
      warning = find_warning (row);
      g_assert_cmpint (warning != NULL, ==, rows[i].code != LF_CALENDAR_CODE_OK);
      if (warning != NULL)
        {
          gtk_test_accessible_assert_role (warning, GTK_ACCESSIBLE_ROLE_IMG);
          gtk_test_accessible_assert_property (warning, GTK_ACCESSIBLE_PROPERTY_LABEL, "It cannot be read");
        }
    }
  lf_fake_client_add_calendar (client, NULL, LF_INSTANT_NONE, LF_CALENDAR_CODE_OK); /* all are gone */
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (group)));
  g_assert_null (find_row (GTK_WIDGET (group), "work"));
  lf_app_test_close (window);
  g_assert_finalize_object (client);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  lf_app_test_init (&argc, &argv);

  g_test_add_func ("/read-calendars-group/rows", test_rows);
  g_test_add_func ("/read-calendars-group/opened", test_opened);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-app-test.h"
#include "lf-calendars-group.h"
#include "lf-fake-calendars.h"

typedef struct
{
  LfDesktopCalendars *calendars;
  GtkWidget          *group;
  GtkWidget          *window;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->calendars = lf_desktop_calendars_new (NULL, NULL);
  f->group = g_object_new (LF_TYPE_CALENDARS_GROUP, NULL);
  lf_calendars_group_set_calendars (LF_CALENDARS_GROUP (f->group), f->calendars);
  f->window = lf_app_test_show (f->group, 420, 400);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  lf_app_test_close (f->window);
  g_assert_finalize_object (f->calendars);
}

static LfDesktopCalendar *
add (Fixture *f, const char *name, const char *account, const char *colour, gboolean is_own)
{
  LfDesktopCalendar *calendar = lf_desktop_calendar_new (name);

  lf_desktop_calendar_set_words (calendar, name, account, colour);
  lf_desktop_calendar_set_state (calendar, is_own, is_own);
  lf_fake_calendars_add (f->calendars, calendar);
  return calendar;
}

static GtkWidget *
find_shown (GtkWidget *root, const char *text)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (GTK_IS_LABEL (root) && g_strcmp0 (gtk_label_get_text (GTK_LABEL (root)), text) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_shown (child, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkSwitch *
find_switch (Fixture *f, const char *name)
{
  GtkWidget *label = find_shown (f->group, name);

  g_assert_nonnull (label);
  return GTK_SWITCH (lf_app_test_find (gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW), GTK_TYPE_SWITCH, NULL));
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  static const struct
  {
    LfDesktopState state;
    const char    *words;
  } cases[] = {
    { LF_DESKTOP_STATE_LOADING, "Looking for calendars…" },
    { LF_DESKTOP_STATE_READY, "No calendars yet" },
    { LF_DESKTOP_STATE_ABSENT, "This desktop keeps no calendars" },
    { LF_DESKTOP_STATE_SIGNED_OUT, "Sign in to choose the calendars that count" },
    { LF_DESKTOP_STATE_UNSUPPORTED, "This version of Lampfield does not read them" },
  };

  g_test_summary ("Where there is nothing to switch, it says why");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      lf_fake_calendars_set_state (f->calendars, cases[i].state);
      lf_wait_until (find_shown (f->group, cases[i].words) != NULL, 5000);
    }
  lf_fake_calendars_set_state (f->calendars, LF_DESKTOP_STATE_READY);
  add (f, "Work", NULL, NULL, TRUE);
  lf_wait_until (find_shown (f->group, "Work") != NULL, 5000);
  g_assert_null (find_shown (f->group, "No calendars yet"));
}

static void
test_rows (Fixture *f, gconstpointer data)
{
  LfDesktopCalendar *work, *team;

  g_test_summary ("Each calendar has its account and a switch that lets it count");
  lf_fake_calendars_set_state (f->calendars, LF_DESKTOP_STATE_READY);
  work = add (f, "Work <b>", "mara@sample.invalid", "#3584e4", TRUE);
  team = add (f, "Team", "mara@sample.invalid", NULL, FALSE);
  lf_wait_until (find_shown (f->group, "Work <b>") != NULL && find_shown (f->group, "Team") != NULL, 5000);
  g_assert_nonnull (find_shown (f->group, "mara@sample.invalid"));
  g_assert_true (gtk_switch_get_active (find_switch (f, "Work <b>")));
  g_assert_false (gtk_switch_get_active (find_switch (f, "Team")));
  gtk_switch_set_active (find_switch (f, "Team"), TRUE);
  g_assert_true (lf_desktop_calendar_get_is_ticked (team));
  gtk_switch_set_active (find_switch (f, "Work <b>"), FALSE);
  g_assert_false (lf_desktop_calendar_get_is_ticked (work));
  lf_desktop_calendar_set_state (work, TRUE, TRUE); /* elsewhere */
  g_assert_true (gtk_switch_get_active (find_switch (f, "Work <b>")));
  lf_app_test_take_picture (f->window, "calendars-group");
}

static void
test_trouble (Fixture *f, gconstpointer data)
{
  LfDesktopCalendar *work;
  const char        *words;

  g_test_summary ("What stands in the way of a calendar is said, and goes when it goes");
  lf_fake_calendars_set_state (f->calendars, LF_DESKTOP_STATE_READY);
  work = add (f, "Work", "mara@sample.invalid", "#3584e4", TRUE);
  for (guint i = 1; i < LF_N_DESKTOP_TROUBLES; i++)
    {
      lf_desktop_calendar_set_trouble (work, (LfDesktopTrouble) i);
      lf_wait_until (find_shown (f->group, "Work") != NULL && find_shown (f->group, "mara@sample.invalid") == NULL, 5000);
      words = adw_action_row_get_subtitle (ADW_ACTION_ROW (gtk_widget_get_ancestor (find_shown (f->group, "Work"), ADW_TYPE_ACTION_ROW)));
      g_assert_true (g_str_has_prefix (words, "mara@sample.invalid\n")); /* which account it is */
      g_assert_cmpuint (strlen (words), >, 30);
      g_assert_true (gtk_widget_get_mapped (lf_app_test_find (f->group, GTK_TYPE_IMAGE, "warning")));
    }
  lf_app_test_take_picture (f->window, "calendars-group-trouble");
  lf_desktop_calendar_set_trouble (work, LF_DESKTOP_TROUBLE_NONE);
  lf_wait_until (find_shown (f->group, "mara@sample.invalid") != NULL, 5000);
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/calendars-group/empty", test_empty);
  ADD ("/calendars-group/rows", test_rows);
  ADD ("/calendars-group/trouble", test_trouble);
#undef ADD
  return g_test_run ();
}

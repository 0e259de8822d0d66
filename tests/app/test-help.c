/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "lf-actions.h"
#include "lf-app-test.h"
#include "lf-fake-client.h"
#include "lf-window-private.h"
#include "lf-window-test.h"

static char *viewer; /* the program that opens help: links here */
static char *viewed; /* the file it writes the link to */
static char *home;   /* folder of both, and of the desktop's settings */

static void
write_file (const char *path, const char *text)
{
  g_autofree char   *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* Before GLib reads where the desktop's settings are. */
static void
install_viewer (void)
{
  g_autofree char *data = NULL;
  g_autofree char *desktop = NULL;
  g_autofree char *associations = NULL;
  g_autofree char *script = NULL;
  g_autofree char *entry = NULL;

  home = g_dir_make_tmp ("lf-help-XXXXXX", NULL);
  g_assert_nonnull (home);
  data = g_build_filename (home, "data", NULL);
  viewer = g_build_filename (home, "viewer", NULL);
  viewed = g_build_filename (home, "viewed", NULL);
  desktop = g_build_filename (data, "applications", "lf-viewer.desktop", NULL);
  associations = g_build_filename (home, "mimeapps.list", NULL);
  script = g_strdup_printf ("#!/bin/sh\nprintf %%s \"$1\" > '%s.new' && mv '%s.new' '%s'\n", viewed, viewed, viewed);
  entry = g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Viewer\nExec=%s %%u\nMimeType=x-scheme-handler/help;\n", viewer);

  write_file (viewer, script);
  g_assert_cmpint (g_chmod (viewer, 0700), ==, 0);
  write_file (desktop, entry);
  write_file (associations, "[Default Applications]\nx-scheme-handler/help=lf-viewer.desktop\n");
  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
}

static void
remove_viewer (void)
{
  g_autofree char *data = g_build_filename (home, "data", NULL);
  g_autofree char *applications = g_build_filename (data, "applications", NULL);
  g_autofree char *desktop = g_build_filename (applications, "lf-viewer.desktop", NULL);
  g_autofree char *associations = g_build_filename (home, "mimeapps.list", NULL);
  const char      *paths[] = { viewer, viewed, desktop, associations, applications, data, home };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    g_remove (paths[i]);
  g_free (viewer);
  g_free (viewed);
  g_free (home);
}

static gboolean
has_viewed (const char *uri)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (viewed, &text, NULL, NULL) && g_str_equal (text, uri);
}

static void
test_viewer (LfWindowTest *f)
{
  g_auto (GStrv) help = gtk_application_get_accels_for_action (GTK_APPLICATION (f->application), LF_ACTION_APP_HELP);
  g_auto (GStrv) shortcuts = gtk_application_get_accels_for_action (GTK_APPLICATION (f->application), LF_ACTION_SHORTCUTS);

  g_test_summary ("F1 opens the help in the desktop's viewer; Ctrl+? stays with the shortcuts");
  g_assert_cmpstr (help[0], ==, "F1");
  g_assert_null (help[1]);
  g_assert_cmpstr (shortcuts[0], ==, "<Control>question");
  g_assert_null (shortcuts[1]);

  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_APP_HELP, NULL);
  lf_wait_until (has_viewed ("help:lampfield"), 5000);
  g_assert_null (lf_window_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG));
}

static void
test_no_viewer (LfWindowTest *f)
{
  GtkWidget *dialog;

  g_test_summary ("Where no viewer starts, a dialog says what to install");
  if (adw_get_minor_version () >= 5)
    {
      g_test_skip ("this libadwaita has deprecated AdwMessageDialog, whose labels warn of their own width");
      return;
    }
  g_assert_cmpint (g_remove (viewer), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (f->window), LF_ACTION_APP_HELP, NULL);
  lf_wait_until (lf_window_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG) != NULL, 5000);
  dialog = lf_window_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "Yelp"));
  g_assert_true (gtk_window_get_transient_for (GTK_WINDOW (dialog)) == GTK_WINDOW (f->window));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_destroy (GTK_WINDOW (dialog)); /* a press would have closed it first */
}

int
main (int argc, char **argv)
{
  int status;

  install_viewer ();
  lf_app_test_init (&argc, &argv);

  lf_window_test_add ("/help/viewer", test_viewer);
  lf_window_test_add ("/help/no-viewer", test_no_viewer);

  status = g_test_run ();
  remove_viewer ();

  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-fake-client.h"
#include "lf-test-util.h"
#include "lf-window-private.h"
#include "lf-window-test.h"

typedef struct
{
  LfWindowTest     f;
  LfWindowTestBody body;
  gboolean         is_kept;
  LfError          failure; /* 0: none */
} Run;

static void
on_activated (LfApplication *application, gpointer data)
{
  Run *run = data;

  run->f.application = application;
  run->f.client = lf_application_get_client (application);
  run->f.window = LF_WINDOW (gtk_application_get_windows (GTK_APPLICATION (application))->data);
  gtk_window_set_default_size (GTK_WINDOW (run->f.window), 1000, 700);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (run->f.window));
  run->body (&run->f);
  lf_window_close_dialogs (run->f.window);
  g_application_quit (G_APPLICATION (application));
}

static void
run_test (gconstpointer data)
{
  Run                  *run = (Run *) data;
  g_autoptr (GSettings) settings = g_settings_new (LF_APP_ID);
  LfApplication        *application;

  g_settings_set_string (settings, "server", run->is_kept ? "https://lampfield.example.org" : "");
  g_settings_set_string (settings, "user", run->is_kept ? "mara" : "");
  if (run->failure != 0)
    lf_fake_client_fail_at_start (run->failure);
  application = lf_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_signal_connect_after (application, "activate", G_CALLBACK (on_activated), run);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  g_assert_finalize_object (application);
}

static void
add (const char *path, gboolean is_kept, LfError failure, LfWindowTestBody body)
{
  Run *run = g_new0 (Run, 1);

  run->is_kept = is_kept;
  run->failure = failure;
  run->body = body;
  g_test_add_data_func_full (path, run, run_test, g_free);
}

void
lf_window_test_add (const char *path, LfWindowTestBody body)
{
  add (path, FALSE, 0, body);
}

void
lf_window_test_add_kept (const char *path, LfError failure, LfWindowTestBody body)
{
  add (path, TRUE, failure, body);
}

/* The window or dialog of that type. */
GtkWidget *
lf_window_test_find_toplevel (GType type)
{
  g_autoptr (GListModel) toplevels = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (toplevel, type))
        return toplevel;
    }
  return NULL;
}

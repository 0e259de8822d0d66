/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-background.h"

struct _LfBackground
{
  GObject parent_instance;

  GSettings *settings; /* owned */
};

G_DEFINE_FINAL_TYPE (LfBackground, lf_background, G_TYPE_OBJECT)

enum
{
  SIGNAL_KEPT_RUNNING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* A hidden window stays a window of the application, which therefore goes on. */
static gboolean
on_close_request (GtkWindow    *window,
                  LfBackground *self)
{
  if (!g_settings_get_boolean (self->settings, "run-in-background"))
    return FALSE;
  gtk_widget_hide (GTK_WIDGET (window));
  if (!g_settings_get_boolean (self->settings, "has-told-background"))
    {
      g_settings_set_boolean (self->settings, "has-told-background", TRUE);
      g_signal_emit (self, signals[SIGNAL_KEPT_RUNNING], 0);
    }
  return TRUE;
}

static void
on_window_added (GtkApplication *application,
                 GtkWindow      *window,
                 LfBackground   *self)
{
  /* Dialogs close as dialogs do. */
  if (GTK_IS_APPLICATION_WINDOW (window))
    g_signal_connect_object (window, "close-request", G_CALLBACK (on_close_request), self, 0);
}

static void
lf_background_dispose (GObject *object)
{
  LfBackground *self = LF_BACKGROUND (object);

  g_clear_object (&self->settings);
  G_OBJECT_CLASS (lf_background_parent_class)->dispose (object);
}

static void
lf_background_class_init (LfBackgroundClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_background_dispose;

  signals[SIGNAL_KEPT_RUNNING] = g_signal_new ("kept-running", LF_TYPE_BACKGROUND, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 0);
}

static void
lf_background_init (LfBackground *self)
{
}

/**
 * lf_background_new:
 * @application: whose windows are meant: those there are, and those to come
 * @settings: of the program
 *
 * Returns: (transfer full): to be kept while the program runs
 */
LfBackground *
lf_background_new (GtkApplication *application,
                   GSettings      *settings)
{
  LfBackground *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (LF_TYPE_BACKGROUND, NULL);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self, 0);
  for (GList *at = gtk_application_get_windows (application); at != NULL; at = at->next)
    on_window_added (application, at->data, self);
  return self;
}

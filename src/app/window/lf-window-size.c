/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-window-private.h"

#define MIN_WIDTH  360 /* pixels; nothing smaller is kept */
#define MIN_HEIGHT 294

/**
 * lf_window_restore_size:
 * @self: the window, with its settings
 *
 * Makes it as large as it was the last time.
 */
void
lf_window_restore_size (LfWindow *self)
{
  GSettings *settings = lf_window_get_settings (self);

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "is-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

/**
 * lf_window_save_size:
 * @self: the window, with its settings
 *
 * Keeps the size for the next time.
 */
void
lf_window_save_size (LfWindow *self)
{
  GSettings *settings = lf_window_get_settings (self);
  int        width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (width >= MIN_WIDTH && height >= MIN_HEIGHT)
    {
      g_settings_set_int (settings, "window-width", width);
      g_settings_set_int (settings, "window-height", height);
    }
  g_settings_set_boolean (settings, "is-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "lf-help.h"

/* What is missing stays on screen until it was read: it names a program to be installed. */
static void
tell_failure (GtkWindow *parent)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, _("The help cannot be shown"),
                                                         _("No program that shows help pages could be started. Install the help viewer Yelp, then press F1 again."));

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("Close"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) parent = user_data;
  g_autoptr (GError)    error = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    return;

  g_debug ("help: %s", error->message);
  if (gtk_widget_get_visible (GTK_WIDGET (parent))) /* else it was closed meanwhile */
    tell_failure (parent);
}

/**
 * lf_help_show:
 * @parent: the window that is helped with
 * @page: (nullable): the id of a page in help/C, or %NULL for the first one
 *
 * Opens a page of the help in the desktop's viewer. Where there is none, or it does not start, a dialog over
 * @parent says what to install.
 */
void
lf_help_show (GtkWindow *parent, const char *page)
{
  g_autofree char *uri = NULL;

  g_return_if_fail (GTK_IS_WINDOW (parent));

  uri = page != NULL ? g_strconcat ("help:lampfield/", page, NULL) : g_strdup ("help:lampfield");
  gtk_show_uri_full (parent, uri, GDK_CURRENT_TIME, NULL, on_shown, g_object_ref (parent));
}

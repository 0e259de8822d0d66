/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-error-words.h"
#include "lf-sign-in-page.h"

struct _LfSignInPage
{
  GtkWidget parent_instance;

  LfClient     *client;      /* owned, nullable */
  GSettings    *settings;    /* owned, nullable */
  GCancellable *cancellable; /* owned, nullable: signing in */

  GtkRevealer *error_revealer;
  GtkLabel    *error_label;
  GtkWidget   *fields;
  GtkEditable *server_row;
  GtkEditable *user_row;
  GtkEditable *password_row;
  GtkSwitch   *remember_switch;
  GtkWidget   *sign_in_button;
  GtkStack    *button_stack;
  GtkSpinner  *spinner;
};

G_DEFINE_FINAL_TYPE (LfSignInPage, lf_sign_in_page, GTK_TYPE_WIDGET)

static char *
dup_server (LfSignInPage *self)
{
  char *server = g_strstrip (g_strdup (gtk_editable_get_text (self->server_row)));
  gsize length = strlen (server);

  while (length > 0 && server[length - 1] == '/')
    server[--length] = '\0';
  if (length > 0 && strstr (server, "://") == NULL)
    {
      char *with_scheme = g_strconcat ("https://", server, NULL);

      g_free (server);
      return with_scheme;
    }

  return server;
}

static void
update (LfSignInPage *self)
{
  gboolean         is_busy = self->cancellable != NULL;
  g_autofree char *server = dup_server (self);
  g_autofree char *user = g_strstrip (g_strdup (gtk_editable_get_text (self->user_row)));

  gtk_widget_set_sensitive (self->fields, !is_busy);
  gtk_widget_set_sensitive (self->sign_in_button,
                            !is_busy && *server != '\0' && *user != '\0' &&
                              *gtk_editable_get_text (self->password_row) != '\0');
  gtk_stack_set_visible_child_name (self->button_stack, is_busy ? "busy" : "ready");
  gtk_spinner_set_spinning (self->spinner, is_busy);
}

static void
on_changed (LfSignInPage *self)
{
  gtk_revealer_set_reveal_child (self->error_revealer, FALSE);
  update (self);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfSignInPage) self = user_data;
  g_autoptr (GError)       error = NULL;

  lf_client_sign_in_finish (LF_CLIENT (source), result, &error);
  g_clear_object (&self->cancellable);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  update (self);
  if (error != NULL)
    {
      lf_sign_in_page_show_error (self, error);
      gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
      return;
    }

  gtk_editable_set_text (self->password_row, "");
}

static void
on_sign_in (LfSignInPage *self)
{
  g_autofree char *server = dup_server (self);
  g_autofree char *user = g_strstrip (g_strdup (gtk_editable_get_text (self->user_row)));
  gboolean         remember = gtk_switch_get_active (self->remember_switch);

  g_return_if_fail (self->client != NULL);
  if (self->cancellable != NULL)
    return;

  g_settings_set_string (self->settings, "server", server);
  g_settings_set_string (self->settings, "user", user);
  gtk_revealer_set_reveal_child (self->error_revealer, FALSE);
  /* No entry keeps the focus while it cannot be used, nor when this page goes. */
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
  self->cancellable = g_cancellable_new ();
  lf_client_sign_in_async (self->client, server, user, gtk_editable_get_text (self->password_row), remember,
                           self->cancellable, on_signed_in, g_object_ref (self));
  update (self);
}

/* The first field that is still empty: who comes here can type at once. */
static void
focus_what_is_missing (LfSignInPage *self)
{
  GtkEditable *rows[] = { self->server_row, self->user_row, self->password_row };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (*gtk_editable_get_text (rows[i]) == '\0')
      {
        gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
        return;
      }
}

static void
on_mapped (LfSignInPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root))
    gtk_window_set_default_widget (GTK_WINDOW (root), self->sign_in_button);
  focus_what_is_missing (self);
}

static void
on_unmapped (LfSignInPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root))
    gtk_window_set_default_widget (GTK_WINDOW (root), NULL);
}

static void
lf_sign_in_page_dispose (GObject *object)
{
  LfSignInPage *self = LF_SIGN_IN_PAGE (object);
  GtkWidget    *child;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (lf_sign_in_page_parent_class)->dispose (object);
}

static void
lf_sign_in_page_class_init (LfSignInPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_sign_in_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, error_revealer);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, fields);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, server_row);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, user_row);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, password_row);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, remember_switch);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, button_stack);
  gtk_widget_class_bind_template_child (widget_class, LfSignInPage, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
}

static void
lf_sign_in_page_init (LfSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (on_mapped), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmapped), NULL);
}

/**
 * lf_sign_in_page_set_client:
 * @self: the page
 * @client: what signs in
 * @settings: where server and user name are kept
 *
 * Fills in what was used last.
 */
void
lf_sign_in_page_set_client (LfSignInPage *self, LfClient *client, GSettings *settings)
{
  g_autofree char *server = NULL;
  g_autofree char *user = NULL;

  g_return_if_fail (LF_IS_SIGN_IN_PAGE (self) && LF_IS_CLIENT (client) && G_IS_SETTINGS (settings));

  g_set_object (&self->client, client);
  g_set_object (&self->settings, settings);
  server = g_settings_get_string (settings, "server");
  user = g_settings_get_string (settings, "user");
  gtk_editable_set_text (self->server_row, server);
  gtk_editable_set_text (self->user_row, user);
  g_settings_bind (settings, "remember", self->remember_switch, "active", G_SETTINGS_BIND_DEFAULT);
}

/**
 * lf_sign_in_page_show_error:
 * @self: the page
 * @error: (nullable): what went wrong
 *
 * Says in words what went wrong, until something is typed.
 */
void
lf_sign_in_page_show_error (LfSignInPage *self, const GError *error)
{
  g_autofree char *words = NULL;

  g_return_if_fail (LF_IS_SIGN_IN_PAGE (self));

  if (error != NULL)
    {
      words = lf_error_words_for_sign_in (error);
      gtk_label_set_label (self->error_label, words);
    }
  gtk_revealer_set_reveal_child (self->error_revealer, error != NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "lf-application-private.h"
#include "lf-front-desk.h"
#include "lf-launch.h"
#include "lf-order.h"
#include "lf-window-private.h"

#define FIRST_RETRY_S 4 /* of a kept session whose server does not answer; doubled to the longest */
#define MAX_RETRY_S   60

struct _LfApplication
{
  AdwApplication parent_instance;

  LfClient  *client;   /* owned, from startup on */
  GSettings *settings; /* owned, from startup on */
  LfDesktop *desktop;  /* owned, from startup on */

  LfFrontDesk *front_desk; /* owned */

  LfLaunch launch;
  int      exit_status;
  char  ***arguments;    /* borrowed while the command line is read: what no option has taken */
  gboolean has_options;  /* they could be read */
  gboolean has_begun;    /* a session was looked for */
  gboolean is_restoring; /* the keyring or the server is being asked */
  gboolean has_left;     /* the user chose to sign in anew */
  guint    n_retries;    /* of the kept session */
  guint    retry_id;
  guint    signal_ids[3]; /* see end_signals */
};

/* What asks a program to end: the session at its end, a terminal, Ctrl+C. */
static const int end_signals[] = { SIGTERM, SIGHUP, SIGINT };

G_DEFINE_FINAL_TYPE (LfApplication, lf_application, ADW_TYPE_APPLICATION)

static LfWindow *
find_window (LfApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (LF_IS_WINDOW (l->data))
      return l->data;

  return NULL;
}

/* ---- the session at start ---- */

static void restore_session (LfApplication *self);

static void
show_restore_error (LfApplication *self, const GError *error)
{
  LfWindow *window = find_window (self);

  if (window == NULL)
    return;

  lf_window_set_is_waiting (window, FALSE);
  lf_window_set_is_restoring (window, FALSE);
  if (error != NULL && !g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
    lf_window_show_sign_in_error (window, error);
}

static gboolean
on_retry_due (gpointer user_data)
{
  LfApplication *self = user_data;

  self->retry_id = 0;
  restore_session (self);

  return G_SOURCE_REMOVE;
}

/* A server that is away comes back: the password is not asked for meanwhile. */
static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfApplication) self = user_data;
  g_autoptr (GError)        error = NULL;
  LfWindow                 *window = find_window (self);

  lf_client_restore_finish (LF_CLIENT (source), result, &error);
  self->is_restoring = FALSE;
  if (self->client == NULL) /* the program has ended meanwhile */
    return;

  if ((g_error_matches (error, LF_ERROR, LF_ERROR_UNAVAILABLE) || g_error_matches (error, LF_ERROR, LF_ERROR_RATE_LIMITED)) &&
      !self->has_left)
    {
      guint delay_s = MIN (MAX_RETRY_S, FIRST_RETRY_S << MIN (self->n_retries, 5));

      self->n_retries++;
      self->retry_id = g_timeout_add_seconds ((guint) g_random_int_range ((gint32) delay_s / 2, (gint32) delay_s + 1), on_retry_due, self);
      if (window != NULL)
        lf_window_set_is_waiting (window, TRUE);
      return;
    }

  show_restore_error (self, error);
}

static void
restore_session (LfApplication *self)
{
  g_autofree char *server = g_settings_get_string (self->settings, "server");
  g_autofree char *user = g_settings_get_string (self->settings, "user");

  if (self->is_restoring || self->has_left)
    return;

  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->is_restoring = TRUE;
  lf_client_restore_async (self->client, server, user, NULL, on_restored, g_object_ref (self));
}

static void
on_resumed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfApplication) self = user_data;
  g_autoptr (GError)        error = NULL;

  if (!lf_client_resume_with_token_finish (LF_CLIENT (source), result, &error))
    g_printerr ("lampfield: %s\n", error->message);
  show_restore_error (self, error);
}

static void
begin_session (LfApplication *self, LfWindow *window)
{
  g_autofree char *server = NULL;
  g_autofree char *user = NULL;

  if (self->has_begun)
    return;

  self->has_begun = TRUE;
  if (self->launch.refresh_token != NULL)
    {
      lf_window_set_is_restoring (window, TRUE);
      lf_client_resume_with_token_async (self->client, self->launch.server, self->launch.refresh_token, NULL,
                                         on_resumed, g_object_ref (self));
      g_clear_pointer (&self->launch.refresh_token, g_free);
      return;
    }

  server = g_settings_get_string (self->settings, "server");
  user = g_settings_get_string (self->settings, "user");
  if (*server == '\0' || *user == '\0' || !g_settings_get_boolean (self->settings, "remember"))
    return;

  lf_window_set_is_restoring (window, TRUE);
  restore_session (self);
}

static void
on_pictured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfApplication) self = user_data;
  g_autoptr (GError)        error = NULL;

  if (!lf_screenshot_take_finish (result, &error))
    {
      g_printerr ("lampfield: no screenshot: %s\n", error->message);
      self->exit_status = 1;
    }
  g_application_quit (G_APPLICATION (self));
}

/* It is there, and the session with it, before it is shown. */
static LfWindow *
make_window (LfApplication *self)
{
  LfWindow *window = lf_window_new (self);

  lf_window_set_calendars (window, lf_desktop_get_calendars (self->desktop));
  begin_session (self, window);
  if (self->launch.shot.path != NULL)
    {
      if (self->launch.shot.width > 0)
        gtk_window_set_default_size (GTK_WINDOW (window), self->launch.shot.width, self->launch.shot.height);
      lf_screenshot_take_async (window, &self->launch.shot, on_pictured, g_object_ref (self));
    }

  return window;
}

/* ---- actions that change how it runs; lf-application-actions.c has the others ---- */

static void
retry_session (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  restore_session (user_data);
}

static void
leave_session (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LfApplication *self = user_data;

  self->has_left = TRUE;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  show_restore_error (self, NULL);
}

static void
quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LfApplication *self = user_data;

  lf_client_disconnect (self->client);
  g_application_quit (G_APPLICATION (self));
}

/* As by the menu: the server hears of it, and what waits is on the disk. A picture that is not taken is a failure. */
static gboolean
on_told_to_end (gpointer user_data)
{
  LfApplication *self = user_data;

  if (self->launch.shot.path != NULL)
    self->exit_status = 1;
  quit (NULL, NULL, self);

  return G_SOURCE_CONTINUE; /* shutdown removes it */
}

static void
install_actions (LfApplication *self)
{
  static const GActionEntry entries[] = {
    { .name = "retry-session", .activate = retry_session },
    { .name = "leave-session", .activate = leave_session },
    { .name = "quit", .activate = quit },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  lf_application_install_actions (self);
}

/* ---- the command line ---- */

/* Who forgets the quotes round a name does not mean everybody of the first one. */
static gboolean
refuse_rest (LfApplication *self)
{
  g_autofree char *word = NULL;
  g_autofree char *words = NULL;

  if (self->arguments == NULL || (*self->arguments)[0] == NULL || (*self->arguments)[1] == NULL)
    return FALSE;

  word = g_filename_display_name ((*self->arguments)[1]);
  /* Translators: the argument is a word of a command line, of which nothing is known. */
  words = g_strdup_printf (_("“%s” is one word too many. Put quotes round several words that belong together."), word);
  g_printerr ("lampfield: %s\n", words);

  return TRUE;
}

/* A program that holds the name and is stuck keeps nobody from working: this one goes on beside it. */
static gboolean
runs_already (GApplication *application)
{
  g_autoptr (GError) error = NULL;

  if (g_application_register (application, NULL, &error))
    return g_application_get_is_remote (application);

  g_printerr (_("lampfield: the Lampfield that is running does not answer (%s); another window is opened\n"), error->message);
  g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  return FALSE;
}

static int
lf_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  LfApplication     *self = LF_APPLICATION (application);
  g_autoptr (GError) error = NULL;
  g_auto (LfOrder)   order = { LF_ORDER_NONE };

  self->has_options = TRUE;
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("lampfield %s\n", LF_VERSION);
      return 0;
    }
  if (!lf_order_read (&order, options, g_get_real_time (), &error))
    {
      g_printerr ("lampfield: %s\n", error->message);
      return LF_ORDER_USAGE;
    }
  if (order.kind != LF_ORDER_NONE)
    return refuse_rest (self) ? LF_ORDER_USAGE : lf_order_run (&order);
  if (!lf_launch_read (&self->launch, options))
    return 2;
  /* A session from elsewhere and a picture are this process's own business. */
  if (self->launch.refresh_token != NULL || self->launch.shot.path != NULL)
    g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  /* Whoever starts it in the background wants it to run, not to see it. */
  if (runs_already (application) && self->launch.is_hidden && self->launch.shot.path == NULL)
    return 0;

  return -1;
}

/* GApplication has one exit code for all that fails. */
static gboolean
lf_application_local_command_line (GApplication *application, char ***arguments, int *exit_status)
{
  LfApplication *self = LF_APPLICATION (application);
  gboolean       is_done;

  self->arguments = arguments;
  is_done = G_APPLICATION_CLASS (lf_application_parent_class)->local_command_line (application, arguments, exit_status);
  self->arguments = NULL;
  if (is_done && !self->has_options && *exit_status != 0)
    *exit_status = LF_ORDER_USAGE;

  return is_done;
}

/* ---- GApplication ---- */

/* Before the name is taken: whoever sees it finds the service. */
static gboolean
lf_application_dbus_register (GApplication *application, GDBusConnection *bus, const char *path, GError **error)
{
  return G_APPLICATION_CLASS (lf_application_parent_class)->dbus_register (application, bus, path, error) &&
         lf_front_desk_export (LF_APPLICATION (application)->front_desk, bus, path, error);
}

static void
lf_application_dbus_unregister (GApplication *application, GDBusConnection *bus, const char *path)
{
  LfApplication *self = LF_APPLICATION (application);

  if (self->front_desk != NULL)
    lf_front_desk_withdraw (self->front_desk);
  G_APPLICATION_CLASS (lf_application_parent_class)->dbus_unregister (application, bus, path);
}

static void
lf_application_startup (GApplication *application)
{
  LfApplication      *self = LF_APPLICATION (application);
  g_autoptr (LfClock) clock = lf_clock_new_system ();

  G_APPLICATION_CLASS (lf_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (LF_APP_ID);
  self->settings = g_settings_new (LF_APP_ID);
  if (self->launch.server != NULL && self->launch.refresh_token == NULL)
    g_settings_set_string (self->settings, "server", self->launch.server);
  self->client = lf_client_new (clock);
  install_actions (self);
  for (gsize i = 0; i < G_N_ELEMENTS (end_signals); i++)
    self->signal_ids[i] = g_unix_signal_add (end_signals[i], on_told_to_end, self);
  self->desktop = lf_desktop_new (self);
  lf_front_desk_begin (self->front_desk);
}

static void
lf_application_activate (GApplication *application)
{
  LfApplication *self = LF_APPLICATION (application);

  if (self->launch.is_hidden && self->launch.shot.path == NULL && find_window (self) == NULL)
    make_window (self);
  else
    lf_application_present (self);
}

/* One link at a time is clicked. */
static void
lf_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  g_autofree char *uri = g_file_get_uri (files[0]);

  lf_front_desk_open_link (LF_APPLICATION (application)->front_desk, uri);
}

static void
lf_application_shutdown (GApplication *application)
{
  LfApplication *self = LF_APPLICATION (application);
  LfWindow      *window = find_window (self);

  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  g_clear_handle_id (&self->retry_id, g_source_remove);
  for (gsize i = 0; i < G_N_ELEMENTS (end_signals); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  lf_front_desk_end (self->front_desk);
  g_clear_object (&self->desktop);
  if (self->client != NULL)
    lf_client_disconnect (self->client);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  G_APPLICATION_CLASS (lf_application_parent_class)->shutdown (application);
}

static void
lf_application_finalize (GObject *object)
{
  LfApplication *self = LF_APPLICATION (object);

  g_clear_object (&self->front_desk); /* what GApplication takes from the bus behind this knows it */
  lf_launch_clear (&self->launch);
  G_OBJECT_CLASS (lf_application_parent_class)->finalize (object);
}

static void
lf_application_class_init (LfApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->dbus_register = lf_application_dbus_register;
  application_class->dbus_unregister = lf_application_dbus_unregister;
  application_class->local_command_line = lf_application_local_command_line;
  application_class->handle_local_options = lf_application_handle_local_options;
  application_class->startup = lf_application_startup;
  application_class->activate = lf_application_activate;
  application_class->open = lf_application_open;
  application_class->shutdown = lf_application_shutdown;
  G_OBJECT_CLASS (klass)->finalize = lf_application_finalize;
}

static void
lf_application_init (LfApplication *self)
{
  self->front_desk = lf_front_desk_new (self);
  lf_order_add_options (G_APPLICATION (self));
  lf_launch_add_options (G_APPLICATION (self));
}

/**
 * lf_application_new:
 *
 * Makes the program.
 *
 * Returns: (transfer full): a new application
 */
LfApplication *
lf_application_new (void)
{
  return g_object_new (LF_TYPE_APPLICATION,
                       "application-id", LF_APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/lampfield/Lampfield",
                       NULL);
}

/**
 * lf_application_get_client:
 * @self: the program
 *
 * Returns: (transfer none) (nullable): the client, from startup to shutdown
 */
LfClient *
lf_application_get_client (LfApplication *self)
{
  g_return_val_if_fail (LF_IS_APPLICATION (self), NULL);

  return self->client;
}

/**
 * lf_application_get_settings:
 * @self: the program
 *
 * Returns: (transfer none) (nullable): the settings, from startup to shutdown
 */
GSettings *
lf_application_get_settings (LfApplication *self)
{
  g_return_val_if_fail (LF_IS_APPLICATION (self), NULL);

  return self->settings;
}

/**
 * lf_application_get_desktop:
 * @self: the program
 *
 * Returns: (transfer none) (nullable): what surrounds it, from startup to shutdown
 */
LfDesktop *
lf_application_get_desktop (LfApplication *self)
{
  g_return_val_if_fail (LF_IS_APPLICATION (self), NULL);

  return self->desktop;
}

/**
 * lf_application_get_window:
 * @self: the program
 *
 * Returns: (transfer none) (nullable): the #LfWindow, from the first lf_application_present() until it is closed
 */
GtkWindow *
lf_application_get_window (LfApplication *self)
{
  g_return_val_if_fail (LF_IS_APPLICATION (self), NULL);

  return GTK_WINDOW (find_window (self));
}

/**
 * lf_application_get_exit_status:
 * @self: the program
 *
 * Tells what main() shall return where GApplication knows of no failure.
 *
 * Returns: 0, or 1 when what the command line asked for failed
 */
int
lf_application_get_exit_status (LfApplication *self)
{
  g_return_val_if_fail (LF_IS_APPLICATION (self), 1);

  return self->exit_status;
}

/**
 * lf_application_present:
 * @self: the program, started
 *
 * Makes the window if there is none, and brings it to the front.
 */
void
lf_application_present (LfApplication *self)
{
  LfWindow *window;

  g_return_if_fail (LF_IS_APPLICATION (self));

  window = find_window (self);
  gtk_window_present (GTK_WINDOW (window != NULL ? window : make_window (self)));
}

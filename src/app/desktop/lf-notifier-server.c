/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-notifier-private.h"

#define SERVER_NAME        "org.freedesktop.Notifications"
#define SERVER_PATH        "/org/freedesktop/Notifications"
#define SERVER_DEADLINE_MS 3000

/* ---- the server ----
 * By D-Bus and not by libnotify, which waits for the server on the main loop: every call here has
 * a deadline and is waited for by nobody.
 * Source: Desktop Notifications Specification 1.2, section "D-BUS Protocol". */

/**
 * lf_notifier_close_on_screen:
 * @self: a notifier
 * @id: what the server called the notification; 0 for none
 *
 * Takes a notification from the screen; whether the server does it is not waited for.
 */
void
lf_notifier_close_on_screen (LfNotifier *self,
                             guint32     id)
{
  if (id > 0 && self->bus != NULL)
    g_dbus_connection_call (self->bus, SERVER_NAME, SERVER_PATH, SERVER_NAME,
                            "CloseNotification", g_variant_new ("(u)", id), NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, SERVER_DEADLINE_MS, NULL, NULL, NULL);
}

static Notice *
find_by_id (LfNotifier *self,
            guint32     id)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->notices);
  while (id != 0 && g_hash_table_iter_next (&iter, NULL, &value))
    if (((Notice *) value)->id == id)
      return value;
  return NULL;
}

static void
on_closed (LfNotifier *self,
           Notice     *notice)
{
  notice->id = 0;
  if (!notice->is_due && notice->serial == 0)
    g_hash_table_remove (self->notices, notice->user);
}

static void
on_action (LfNotifier *self,
           Notice     *notice,
           const char *action)
{
  g_autofree char *user = g_strdup (notice->user);
  g_autofree char *token = g_strdup (notice->token);
  LfNotifierChoice choice = LF_NOTIFIER_OPEN;

  if (strcmp (action, "call") == 0)
    choice = LF_NOTIFIER_CALL;
  else if (strcmp (action, "chat") == 0)
    choice = LF_NOTIFIER_CHAT;
  g_signal_emit_by_name (self, "chosen", user, (guint) choice, token);
}

static void
on_server_signal (GDBusConnection *bus,
                  const char      *sender,
                  const char      *path,
                  const char      *interface,
                  const char      *name,
                  GVariant        *parameters,
                  gpointer         user_data)
{
  g_autoptr (LfNotifier) self = g_object_ref (user_data);
  const char            *words = NULL;
  guint32                id = 0;
  Notice                *notice;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    g_variant_get (parameters, "(u&s)", &id, &words);
  else if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uu)")))
    g_variant_get (parameters, "(uu)", &id, NULL);
  notice = find_by_id (self, id);
  if (notice == NULL)
    return;
  if (g_str_equal (name, "NotificationClosed"))
    on_closed (self, notice);
  else if (words != NULL && g_str_equal (name, "ActionInvoked"))
    on_action (self, notice, words);
  else if (words != NULL && g_str_equal (name, "ActivationToken"))
    {
      g_free (notice->token);
      notice->token = g_strdup (words);
    }
}

/* ---- showing ---- */

static GVariant *
make_call (const Notice *notice,
           gboolean      takes_markup)
{
  g_autofree char *body = takes_markup && notice->body != NULL ? g_markup_escape_text (notice->body, -1)
                                                               : g_strdup (notice->body);
  GVariantBuilder  actions;
  GVariantBuilder  hints;

  g_variant_builder_init (&actions, G_VARIANT_TYPE ("as"));
  g_variant_builder_add (&actions, "s", "default");
  g_variant_builder_add (&actions, "s", _("Open"));
  switch (notice->kind)
    {
    case NOTICE_AVAILABLE:
      g_variant_builder_add (&actions, "s", "call");
      g_variant_builder_add (&actions, "s", _("Call"));
      g_variant_builder_add (&actions, "s", "chat");
      g_variant_builder_add (&actions, "s", _("Chat"));
      break;
    case NOTICE_MESSAGE:
      g_variant_builder_add (&actions, "s", "open");
      g_variant_builder_add (&actions, "s", _("Open"));
      break;
    case NOTICE_BACKGROUND:
    default:
      break;
    }
  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (LF_APP_ID));
  g_variant_builder_add (&hints, "{sv}", "category",
                         g_variant_new_string (notice->kind == NOTICE_MESSAGE ? "im.received" : "presence.online"));
  return g_variant_new ("(susssasa{sv}i)", _("Lampfield"), notice->id, LF_APP_ID, notice->summary,
                                              body != NULL ? body : "", &actions, &hints, -1);
}

/* A call that is on its way to the server. */
typedef struct
{
  LfNotifier *notifier; /* owned */
  char       *user;     /* owned */
  guint       serial;
} Showing;

static void
showing_free (Showing *showing)
{
  g_object_unref (showing->notifier);
  g_free (showing->user);
  g_free (showing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Showing, showing_free)

/* What was withdrawn while it was on its way goes from the screen at once. */
static void
on_shown (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Showing)  showing = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  LfNotifier          *self = showing->notifier;
  Notice              *notice = g_hash_table_lookup (self->notices, showing->user);
  guint32              id = 0;

  if (reply == NULL)
    g_debug ("notification: %s", error->message);
  else
    g_variant_get (reply, "(u)", &id);
  if (notice == NULL || notice->serial != showing->serial)
    {
      lf_notifier_close_on_screen (self, id);
      return;
    }
  notice->serial = 0;
  notice->id = id;
  if (notice->is_due)
    lf_notifier_flush (self);
  else if (id == 0)
    g_hash_table_remove (self->notices, showing->user);
}

static void
show (LfNotifier *self,
      Notice     *notice)
{
  Showing *showing = g_new0 (Showing, 1);

  notice->is_due = FALSE;
  notice->serial = ++self->last_serial == 0 ? ++self->last_serial : self->last_serial;
  showing->notifier = g_object_ref (self);
  showing->user = g_strdup (notice->user);
  showing->serial = notice->serial;
  g_dbus_connection_call (self->bus, SERVER_NAME, SERVER_PATH, SERVER_NAME, "Notify",
                          make_call (notice, self->takes_markup), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, SERVER_DEADLINE_MS, NULL, on_shown, showing);
}

static void
log_absence (LfNotifier   *self,
             const GError *error)
{
  if (self->has_logged)
    return;
  self->has_logged = TRUE;
  g_info ("No notification server answers, so there are no notifications: %s", error->message);
}

static void
drop_due (LfNotifier *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->notices);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Notice *) value)->is_due)
      g_hash_table_iter_remove (&iter);
}

static void
show_due (LfNotifier *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->notices);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Notice *) value)->is_due && ((Notice *) value)->serial == 0)
      show (self, value);
}

static void
on_capabilities (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (LfNotifier)  self = user_data;
  g_autoptr (GError)      error = NULL;
  g_autoptr (GVariant)    reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree const char **names = NULL;

  self->is_asking = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (reply == NULL)
    {
      log_absence (self, error);
      drop_due (self);
      return;
    }
  g_variant_get (reply, "(^a&s)", &names);
  self->takes_markup = g_strv_contains ((const char *const *) names, "body-markup");
  show_due (self);
}

/* Each time: the server may be another one by now. */
static void
ask_server (LfNotifier *self)
{
  g_dbus_connection_call (self->bus, SERVER_NAME, SERVER_PATH, SERVER_NAME, "GetCapabilities", NULL,
                          G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, SERVER_DEADLINE_MS,
                          self->cancellable, on_capabilities, g_object_ref (self));
}

static void
on_bus (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (LfNotifier)      self = user_data;
  g_autoptr (GError)          error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (bus == NULL)
    {
      self->is_asking = FALSE;
      log_absence (self, error);
      drop_due (self);
      return;
    }
  g_set_object (&self->bus, bus);
  if (self->subscription == 0)
    self->subscription = g_dbus_connection_signal_subscribe (bus, SERVER_NAME, SERVER_NAME, NULL, SERVER_PATH, NULL,
                                                             G_DBUS_SIGNAL_FLAGS_NONE, on_server_signal, self, NULL);
  ask_server (self);
}

/**
 * lf_notifier_flush:
 * @self: a notifier
 *
 * Asks the server whether it is there; what is due is shown when it answers, and dropped when it
 * does not.
 */
void
lf_notifier_flush (LfNotifier *self)
{
  if (self->is_asking)
    return;
  self->is_asking = TRUE;
  if (self->bus != NULL)
    ask_server (self);
  else
    g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_bus, g_object_ref (self));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libnotify/notify.h>
#include <string.h>

#include "lf-message-markup.h"
#include "lf-notifier.h"
#include "lf-status-words.h"

#define SERVER_NAME        "org.freedesktop.Notifications"
#define SERVER_PATH        "/org/freedesktop/Notifications"
#define SERVER_DEADLINE_MS 3000
#define BACKGROUND_USER    "" /* key of the one that is about nobody */

typedef enum
{
  NOTICE_AVAILABLE,
  NOTICE_MESSAGE,
  NOTICE_BACKGROUND,
} NoticeKind;

/* One person's notification: what it says, and the one on the screen, if any. */
typedef struct
{
  LfNotifier         *notifier; /* borrowed: it owns this */
  char               *user;     /* owned */
  NoticeKind          kind;
  char               *summary;      /* owned */
  char               *body;         /* owned; plain text */
  NotifyNotification *notification; /* owned, nullable until shown */
  gboolean            is_due;       /* to be shown at the next answer of the server */
} Notice;

struct _LfNotifier
{
  GObject parent_instance;

  GHashTable      *notices;     /* owned; user id → Notice, owned */
  GHashTable      *deferred;    /* owned; user id → LfContact, owned: available while quiet */
  GDBusConnection *bus;         /* owned, nullable until asked for */
  GCancellable    *cancellable; /* owned */
  gboolean         is_asking;   /* the server was asked whether it is there */
  gboolean         is_quiet;
  gboolean         shows_text; /* the text of messages may be read on the screen */
  gboolean         has_logged; /* that there is no server */
};

G_DEFINE_FINAL_TYPE (LfNotifier, lf_notifier, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void on_closed (NotifyNotification *notification,
                       Notice             *notice);

/* Without waiting: libnotify's own close would block on a server that hangs. */
static void
close_on_screen (Notice *notice)
{
  int id = 0;

  if (notice->notification == NULL)
    return;
  g_signal_handlers_disconnect_by_func (notice->notification, on_closed, notice);
  g_object_get (notice->notification, "id", &id, NULL);
  if (id > 0 && notice->notifier->bus != NULL)
    g_dbus_connection_call (notice->notifier->bus, SERVER_NAME, SERVER_PATH, SERVER_NAME,
                            "CloseNotification", g_variant_new ("(u)", (guint32) id), NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, SERVER_DEADLINE_MS, NULL, NULL, NULL);
  notify_notification_clear_actions (notice->notification);
  g_clear_object (&notice->notification);
}

static void
notice_free (Notice *notice)
{
  close_on_screen (notice);
  g_free (notice->user);
  g_free (notice->summary);
  g_free (notice->body);
  g_free (notice);
}

static void
on_closed (NotifyNotification *notification,
           Notice             *notice)
{
  g_signal_handlers_disconnect_by_func (notification, on_closed, notice);
  g_clear_object (&notice->notification);
  g_hash_table_remove (notice->notifier->notices, notice->user);
}

typedef struct
{
  LfNotifier      *notifier; /* owned */
  char            *user;     /* owned */
  char            *token;    /* owned, nullable */
  LfNotifierChoice choice;
} Chosen;

static void
chosen_free (Chosen *chosen)
{
  g_object_unref (chosen->notifier);
  g_free (chosen->user);
  g_free (chosen->token);
  g_free (chosen);
}

static gboolean
on_chosen_idle (gpointer user_data)
{
  Chosen *chosen = user_data;

  g_signal_emit (chosen->notifier, signals[SIGNAL_CHOSEN], 0, chosen->user, (guint) chosen->choice,
                 chosen->token);
  return G_SOURCE_REMOVE;
}

/* Acting may end the notification, which libnotify still uses when this returns: act a moment later. */
static void
on_action (NotifyNotification *notification,
           char               *action,
           gpointer            user_data)
{
  Notice *notice = user_data;
  Chosen *chosen = g_new0 (Chosen, 1);

  chosen->notifier = g_object_ref (notice->notifier);
  chosen->user = g_strdup (notice->user);
  chosen->token = g_strdup (notify_notification_get_activation_token (notification));
  chosen->choice = LF_NOTIFIER_OPEN;
  if (strcmp (action, "call") == 0)
    chosen->choice = LF_NOTIFIER_CALL;
  else if (strcmp (action, "chat") == 0)
    chosen->choice = LF_NOTIFIER_CHAT;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_chosen_idle, chosen, (GDestroyNotify) chosen_free);
}

static void
add_actions (Notice *notice)
{
  NotifyNotification *notification = notice->notification;

  notify_notification_clear_actions (notification);
  notify_notification_add_action (notification, "default", _("Open"), on_action, notice, NULL);
  switch (notice->kind)
    {
    case NOTICE_AVAILABLE:
      notify_notification_add_action (notification, "call", _("Call"), on_action, notice, NULL);
      notify_notification_add_action (notification, "chat", _("Chat"), on_action, notice, NULL);
      break;
    case NOTICE_MESSAGE:
      notify_notification_add_action (notification, "open", _("Open"), on_action, notice, NULL);
      break;
    case NOTICE_BACKGROUND:
    default:
      break;
    }
}

static void
show (Notice  *notice,
      gboolean is_markup)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *body = is_markup && notice->body != NULL ? g_markup_escape_text (notice->body, -1)
                                                              : g_strdup (notice->body);

  notice->is_due = FALSE;
  if (notice->notification == NULL)
    {
      notice->notification = notify_notification_new (notice->summary, body, LF_APP_ID);
      g_signal_connect (notice->notification, "closed", G_CALLBACK (on_closed), notice);
    }
  else
    notify_notification_update (notice->notification, notice->summary, body, LF_APP_ID);
  notify_notification_set_hint (notice->notification, "desktop-entry", g_variant_new_string (LF_APP_ID));
  notify_notification_set_category (notice->notification,
                                    notice->kind == NOTICE_MESSAGE ? "im.received" : "presence.online");
  add_actions (notice);
  if (!notify_notification_show (notice->notification, &error))
    g_debug ("notification: %s", error->message);
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

/* Showing may end a notice of the table, so the due ones are listed first. */
static void
show_due (LfNotifier *self,
          gboolean    is_markup)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter        iter;
  gpointer              value;

  if (!notify_is_initted () && !notify_init (_("Lampfield")))
    return;
  g_hash_table_iter_init (&iter, self->notices);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Notice *) value)->is_due)
      g_ptr_array_add (users, g_strdup (((Notice *) value)->user));
  for (guint i = 0; i < users->len; i++)
    {
      Notice *notice = g_hash_table_lookup (self->notices, g_ptr_array_index (users, i));

      if (notice != NULL)
        show (notice, is_markup);
    }
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
  show_due (self, g_strv_contains ((const char *const *) names, "body-markup"));
}

/* libnotify waits for the server without a deadline: it is used only once the server has answered. */
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
  ask_server (self);
}

static void
flush (LfNotifier *self)
{
  if (self->is_asking)
    return;
  self->is_asking = TRUE;
  if (self->bus != NULL)
    ask_server (self);
  else
    g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_bus, g_object_ref (self));
}

static void
tell (LfNotifier *self,
      const char *user,
      NoticeKind  kind,
      char       *summary,
      char       *body)
{
  Notice *notice = g_hash_table_lookup (self->notices, user);

  if (notice == NULL)
    {
      notice = g_new0 (Notice, 1);
      notice->notifier = self;
      notice->user = g_strdup (user);
      g_hash_table_insert (self->notices, notice->user, notice);
    }
  g_free (notice->summary);
  g_free (notice->body);
  notice->kind = kind;
  notice->summary = summary;
  notice->body = body;
  notice->is_due = TRUE;
  flush (self);
}

static void
lf_notifier_dispose (GObject *object)
{
  LfNotifier *self = LF_NOTIFIER (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->notices);
  g_hash_table_remove_all (self->deferred);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (lf_notifier_parent_class)->dispose (object);
}

static void
lf_notifier_finalize (GObject *object)
{
  LfNotifier *self = LF_NOTIFIER (object);

  g_clear_pointer (&self->notices, g_hash_table_unref);
  g_clear_pointer (&self->deferred, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (lf_notifier_parent_class)->finalize (object);
}

static void
lf_notifier_class_init (LfNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_notifier_dispose;
  object_class->finalize = lf_notifier_finalize;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", LF_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
}

static void
lf_notifier_init (LfNotifier *self)
{
  self->notices = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) notice_free);
  self->deferred = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->cancellable = g_cancellable_new ();
  self->shows_text = TRUE;
}

/**
 * lf_notifier_new:
 *
 * Returns: (transfer full): a notifier that is not quiet
 */
LfNotifier *
lf_notifier_new (void)
{
  return g_object_new (LF_TYPE_NOTIFIER, NULL);
}

/**
 * lf_notifier_set_is_quiet:
 * @self: a notifier
 * @is_quiet: %TRUE while the user does not want to be disturbed, or is on the phone
 *
 * Stops notifications, or lets them through again: then those who became available meanwhile, and
 * still are free to talk, are told.
 */
void
lf_notifier_set_is_quiet (LfNotifier *self,
                          gboolean    is_quiet)
{
  GHashTableIter iter;
  gpointer       contact;

  g_return_if_fail (LF_IS_NOTIFIER (self));

  if (self->is_quiet == is_quiet)
    return;
  self->is_quiet = is_quiet;
  if (is_quiet)
    return;
  g_hash_table_iter_init (&iter, self->deferred);
  while (g_hash_table_iter_next (&iter, NULL, &contact))
    if (lf_resolved_is_free_to_talk (lf_contact_get_resolved (contact)))
      lf_notifier_tell_available (self, contact);
  g_hash_table_remove_all (self->deferred);
}

/**
 * lf_notifier_set_shows_text:
 * @self: a notifier
 * @shows_text: whether the text of messages may stand on the screen
 *
 * Without it a notification says only who has written.
 */
void
lf_notifier_set_shows_text (LfNotifier *self,
                            gboolean    shows_text)
{
  g_return_if_fail (LF_IS_NOTIFIER (self));

  self->shows_text = shows_text;
}

/**
 * lf_notifier_tell_available:
 * @self: a notifier
 * @contact: who has become available
 *
 * Tells that @contact can be talked to, with "Call" and "Chat".
 */
void
lf_notifier_tell_available (LfNotifier *self,
                            LfContact  *contact)
{
  const LfResolved *resolved;

  g_return_if_fail (LF_IS_NOTIFIER (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  if (self->is_quiet)
    {
      g_hash_table_replace (self->deferred, g_strdup (lf_contact_get_user (contact)),
                            g_object_ref (contact));
      return;
    }
  resolved = lf_contact_get_resolved (contact);
  tell (self, lf_contact_get_user (contact), NOTICE_AVAILABLE,
        /* Translators: title of a notification; the argument is a person's name */
        g_strdup_printf (_("%s is free to talk"), lf_contact_get_name (contact)),
                         g_strdup (lf_status_words_get_name (resolved->status)));
}

/**
 * lf_notifier_tell_message:
 * @self: a notifier
 * @user: who has written
 * @name: the same, for people
 * @body: the message
 * @n_unread: how many of this person are unread
 *
 * Tells of a message, with "Open".
 */
void
lf_notifier_tell_message (LfNotifier *self,
                          const char *user,
                          const char *name,
                          const char *body,
                          guint       n_unread)
{
  g_return_if_fail (LF_IS_NOTIFIER (self));
  g_return_if_fail (user != NULL && name != NULL && body != NULL);

  if (self->is_quiet)
    return;
  tell (self, user, NOTICE_MESSAGE,
        n_unread > 1
          /* Translators: title of a notification: a person's name, and how many messages of theirs are unread */
          ? g_strdup_printf (ngettext ("%s (%u message)", "%s (%u messages)", n_unread), name, n_unread)
          : g_strdup (name),
        self->shows_text ? lf_message_markup_snippet (body) : g_strdup (_("New message")));
}

/**
 * lf_notifier_tell_background:
 * @self: a notifier
 *
 * Tells that the program goes on without its window, and how to end it.
 */
void
lf_notifier_tell_background (LfNotifier *self)
{
  g_return_if_fail (LF_IS_NOTIFIER (self));

  tell (self, BACKGROUND_USER, NOTICE_BACKGROUND, g_strdup (_("Lampfield keeps running")), g_strdup (_("You are still told of messages and of colleagues who become available. "
                    "To end it, open the window and choose Quit in its menu.")));
}

/**
 * lf_notifier_withdraw:
 * @self: a notifier
 * @user: a user id
 *
 * Takes the notification about @user from the screen, if there is one.
 */
void
lf_notifier_withdraw (LfNotifier *self,
                      const char *user)
{
  g_return_if_fail (LF_IS_NOTIFIER (self));
  g_return_if_fail (user != NULL);

  g_hash_table_remove (self->notices, user);
  g_hash_table_remove (self->deferred, user);
}

/**
 * lf_notifier_withdraw_message:
 * @self: a notifier
 * @user: a user id
 *
 * Takes the notification from the screen if it is about a message of @user: it has been read.
 */
void
lf_notifier_withdraw_message (LfNotifier *self,
                              const char *user)
{
  Notice *notice;

  g_return_if_fail (LF_IS_NOTIFIER (self));
  g_return_if_fail (user != NULL);

  notice = g_hash_table_lookup (self->notices, user);
  if (notice != NULL && notice->kind == NOTICE_MESSAGE)
    g_hash_table_remove (self->notices, user);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-message-markup.h"
#include "lf-notifier-private.h"
#include "lf-status-words.h"

#define BACKGROUND_USER "" /* key of the one that is about nobody */

G_DEFINE_FINAL_TYPE (LfNotifier, lf_notifier, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
notice_free (Notice *notice)
{
  g_free (notice->user);
  g_free (notice->summary);
  g_free (notice->body);
  g_free (notice->token);
  g_free (notice);
}

static void
drop_notice (LfNotifier *self,
             const char *user)
{
  Notice *notice = g_hash_table_lookup (self->notices, user);

  if (notice == NULL)
    return;
  lf_notifier_close_on_screen (self, notice->id);
  g_hash_table_remove (self->notices, user);
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
      notice->user = g_strdup (user);
      g_hash_table_insert (self->notices, notice->user, notice);
    }
  g_free (notice->summary);
  g_free (notice->body);
  notice->kind = kind;
  notice->summary = summary;
  notice->body = body;
  notice->is_due = TRUE;
  lf_notifier_flush (self);
}

static void
lf_notifier_dispose (GObject *object)
{
  LfNotifier *self = LF_NOTIFIER (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  lf_notifier_withdraw_all (self);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
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

  drop_notice (self, user);
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
    drop_notice (self, user);
}

/**
 * lf_notifier_withdraw_all:
 * @self: a notifier
 *
 * Takes everything from the screen and forgets what was to be told: it is nobody's business any
 * more, because the user has signed out.
 */
void
lf_notifier_withdraw_all (LfNotifier *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_return_if_fail (LF_IS_NOTIFIER (self));

  g_hash_table_iter_init (&iter, self->notices);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    lf_notifier_close_on_screen (self, ((Notice *) value)->id);
  g_hash_table_remove_all (self->notices);
  g_hash_table_remove_all (self->deferred);
}

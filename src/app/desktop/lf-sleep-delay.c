/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "lf-sleep-delay.h"

#define DEADLINE_MS 3000

struct _LfSleepDelay
{
  GObject parent_instance;

  GDBusConnection *system;      /* owned */
  GCancellable    *cancellable; /* owned, nullable: the lock is being asked for */
  int              lock_fd;     /* owned; -1: none is held */
  guint            let_go_id;   /* main loop source */
};

G_DEFINE_FINAL_TYPE (LfSleepDelay, lf_sleep_delay, G_TYPE_OBJECT)

static void
on_inhibited (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (LfSleepDelay) self = user_data;
  g_autoptr (GError)       error = NULL;
  g_autoptr (GUnixFDList)  fds = NULL;
  g_autoptr (GVariant)     reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result, &error);
  int                      index;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (reply != NULL && fds != NULL)
    {
      g_variant_get (reply, "(h)", &index);
      if (index >= 0 && index < g_unix_fd_list_get_length (fds))
        self->lock_fd = g_unix_fd_list_get (fds, index, &error);
    }
  if (error != NULL)
    g_debug ("login1, Inhibit: %s", error->message);
}

static gboolean
on_let_go (gpointer user_data)
{
  LfSleepDelay *self = user_data;

  self->let_go_id = 0;
  lf_sleep_delay_let_go (self);
  return G_SOURCE_REMOVE;
}

static void
lf_sleep_delay_dispose (GObject *object)
{
  LfSleepDelay *self = LF_SLEEP_DELAY (object);

  lf_sleep_delay_let_go (self);
  g_clear_object (&self->system);
  G_OBJECT_CLASS (lf_sleep_delay_parent_class)->dispose (object);
}

static void
lf_sleep_delay_class_init (LfSleepDelayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_sleep_delay_dispose;
}

static void
lf_sleep_delay_init (LfSleepDelay *self)
{
  self->lock_fd = -1;
}

/**
 * lf_sleep_delay_new:
 * @system: the system bus
 *
 * Returns: (transfer full): a delay that holds nothing off yet
 */
LfSleepDelay *
lf_sleep_delay_new (GDBusConnection *system)
{
  LfSleepDelay *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (system), NULL);

  self = g_object_new (LF_TYPE_SLEEP_DELAY, NULL);
  self->system = g_object_ref (system);
  return self;
}

/**
 * lf_sleep_delay_take:
 * @self: a delay
 *
 * Asks for the lock, unless it is held: at the start, and after each sleep.
 */
void
lf_sleep_delay_take (LfSleepDelay *self)
{
  g_return_if_fail (LF_IS_SLEEP_DELAY (self));

  g_clear_handle_id (&self->let_go_id, g_source_remove);
  if (self->lock_fd >= 0 || self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call_with_unix_fd_list (self->system, "org.freedesktop.login1", "/org/freedesktop/login1",
                                            "org.freedesktop.login1.Manager", "Inhibit",
                                            g_variant_new ("(ssss)", "sleep", "Lampfield",
                                                           _("Telling your colleagues that you are away"), "delay"),
                                                           G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, DEADLINE_MS, NULL,
                                                           self->cancellable, on_inhibited, g_object_ref (self));
}

/**
 * lf_sleep_delay_let_go:
 * @self: a delay
 *
 * The machine may sleep now.
 */
void
lf_sleep_delay_let_go (LfSleepDelay *self)
{
  g_return_if_fail (LF_IS_SLEEP_DELAY (self));

  g_clear_handle_id (&self->let_go_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

/**
 * lf_sleep_delay_let_go_soon:
 * @self: a delay
 *
 * The machine may sleep after %LF_SLEEP_DELAY_MAX_MS, or once lf_sleep_delay_let_go() says so.
 */
void
lf_sleep_delay_let_go_soon (LfSleepDelay *self)
{
  g_return_if_fail (LF_IS_SLEEP_DELAY (self));

  if (self->lock_fd < 0)
    lf_sleep_delay_let_go (self); /* a lock that is asked for comes too late, and would hold up for nothing */
  else if (self->let_go_id == 0)
    self->let_go_id = g_timeout_add (LF_SLEEP_DELAY_MAX_MS, on_let_go, self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <gdk/wayland/gdkwayland.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <wayland-client.h>

#include "ext-idle-notify-v1-client-protocol.h"
#include "lf-idle-source.h"

#define DEADLINE_MS 3000

/* A Wayland compositor that has the protocol ext-idle-notify-v1 tells when a duration has passed
 * without input, and when the user is back: nothing is asked in between. The objects live on GTK's
 * own connection, and GTK dispatches what comes for them. Where something keeps the screen awake,
 * a film for instance, the compositor takes the user to be there. */
#define LF_TYPE_IDLE_WAYLAND (lf_idle_wayland_get_type ())
G_DECLARE_FINAL_TYPE (LfIdleWayland, lf_idle_wayland, LF, IDLE_WAYLAND, GObject)

struct _LfIdleWayland
{
  GObject parent_instance;

  GdkDisplay *display; /* owned, nullable until started */
  GdkSeat    *seat;    /* borrowed from display, nullable; whose input counts */
  GTask      *task;    /* owned, nullable: the start, while it waits for the compositor */
  guint       deadline_id;
  guint       thresholds_ms[LF_IDLE_N_THRESHOLDS];
  LfIdleLevel level;

  struct wl_registry              *registry; /* owned, nullable, as are the next three */
  struct wl_callback              *sync;     /* answered once all globals were named */
  struct ext_idle_notifier_v1     *notifier;
  struct ext_idle_notification_v1 *notifications[LF_IDLE_N_THRESHOLDS];
  guint32                          notifier_name; /* of the global */
};

static void lf_idle_wayland_source_init (LfIdleSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfIdleWayland, lf_idle_wayland, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_IDLE_SOURCE, lf_idle_wayland_source_init))

static void
drop_objects (LfIdleWayland *self)
{
  for (guint i = 0; i < LF_IDLE_N_THRESHOLDS; i++)
    g_clear_pointer (&self->notifications[i], ext_idle_notification_v1_destroy);
  g_clear_pointer (&self->notifier, ext_idle_notifier_v1_destroy);
  g_clear_pointer (&self->sync, wl_callback_destroy);
  g_clear_pointer (&self->registry, wl_registry_destroy);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
}

/* It will say nothing more: told to who waits for the start, or to who watches. */
static void
end (LfIdleWayland *self,
     GIOErrorEnum   code,
     const char    *why)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  gboolean          was_live = self->notifier != NULL;

  drop_objects (self);
  if (task != NULL)
    g_task_return_new_error (task, G_IO_ERROR, code, "%s", why);
  else if (was_live)
    lf_idle_source_emit_lost (LF_IDLE_SOURCE (self));
}

static void
reach_level (LfIdleWayland *self,
             LfIdleLevel    level,
             gint64         idle_ms)
{
  if (self->level == level)
    return;
  self->level = level;
  lf_idle_source_emit_changed (LF_IDLE_SOURCE (self), level, idle_ms);
}

static void
on_idled (gpointer                         data,
          struct ext_idle_notification_v1 *notification)
{
  LfIdleWayland *self = data;

  if (notification == self->notifications[1])
    reach_level (self, LF_IDLE_LONG, self->thresholds_ms[1]);
  else if (self->level == LF_IDLE_ACTIVE)
    reach_level (self, LF_IDLE_SHORT, self->thresholds_ms[0]);
}

/* Each notification says so that had said idle. */
static void
on_resumed (gpointer                         data,
            struct ext_idle_notification_v1 *notification)
{
  reach_level (data, LF_IDLE_ACTIVE, 0);
}

static const struct ext_idle_notification_v1_listener notification_listener = { on_idled, on_resumed };

static void
on_global (gpointer            data,
           struct wl_registry *registry,
           guint32             name,
           const char         *interface,
           guint32             version)
{
  LfIdleWayland *self = data;

  if (self->notifier != NULL || strcmp (interface, ext_idle_notifier_v1_interface.name) != 0)
    return;
  self->notifier_name = name;
  self->notifier = wl_registry_bind (registry, name, &ext_idle_notifier_v1_interface, 1);
}

static void
on_global_remove (gpointer            data,
                  struct wl_registry *registry,
                  guint32             name)
{
  LfIdleWayland *self = data;

  if (self->notifier != NULL && self->notifier_name == name)
    end (self, G_IO_ERROR_NOT_SUPPORTED, "The compositor has withdrawn ext-idle-notify-v1");
}

static const struct wl_registry_listener registry_listener = { on_global, on_global_remove };

static void
on_all_globals (gpointer            data,
                struct wl_callback *callback,
                guint32             serial)
{
  LfIdleWayland    *self = data;
  struct wl_seat   *seat = self->seat == NULL ? NULL : gdk_wayland_seat_get_wl_seat (self->seat);
  g_autoptr (GTask) task = NULL;

  if (self->notifier == NULL || seat == NULL)
    {
      end (self, G_IO_ERROR_NOT_SUPPORTED, "The compositor does not offer ext-idle-notify-v1");
      return;
    }
  g_clear_pointer (&self->sync, wl_callback_destroy);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  for (guint i = 0; i < LF_IDLE_N_THRESHOLDS; i++)
    {
      self->notifications[i] = ext_idle_notifier_v1_get_idle_notification (self->notifier, self->thresholds_ms[i], seat);
      ext_idle_notification_v1_add_listener (self->notifications[i], &notification_listener, self);
    }
  task = g_steal_pointer (&self->task);
  g_task_return_boolean (task, TRUE);
}

static const struct wl_callback_listener sync_listener = { on_all_globals };

static gboolean
on_deadline (gpointer user_data)
{
  LfIdleWayland *self = user_data;

  self->deadline_id = 0;
  end (self, G_IO_ERROR_TIMED_OUT, "The compositor does not answer");
  return G_SOURCE_REMOVE;
}

static void
on_display_closed (GdkDisplay    *display,
                   gboolean       is_error,
                   LfIdleWayland *self)
{
  end (self, G_IO_ERROR_CLOSED, "The display was closed");
}

static void
on_seat_removed (GdkDisplay    *display,
                 GdkSeat       *seat,
                 LfIdleWayland *self)
{
  if (seat != self->seat)
    return;
  self->seat = NULL;
  end (self, G_IO_ERROR_CLOSED, "The seat is gone");
}

static void
lf_idle_wayland_start_async (LfIdleSource       *source,
                             const guint        *thresholds_ms,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  LfIdleWayland     *self = LF_IDLE_WAYLAND (source);
  GdkDisplay        *display = gdk_display_get_default ();
  struct wl_display *connection;
  g_autoptr (GTask)  task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, lf_idle_wayland_start_async);
  for (guint i = 0; i < LF_IDLE_N_THRESHOLDS; i++)
    self->thresholds_ms[i] = thresholds_ms[i];
  if (display == NULL || !GDK_IS_WAYLAND_DISPLAY (display))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "This is no Wayland display");
      return;
    }
  g_set_object (&self->display, display);
  self->seat = gdk_display_get_default_seat (display);
  g_signal_connect_object (display, "closed", G_CALLBACK (on_display_closed), self, 0);
  g_signal_connect_object (display, "seat-removed", G_CALLBACK (on_seat_removed), self, 0);
  connection = gdk_wayland_display_get_wl_display (display);
  self->registry = wl_display_get_registry (connection);
  wl_registry_add_listener (self->registry, &registry_listener, self);
  self->sync = wl_display_sync (connection);
  wl_callback_add_listener (self->sync, &sync_listener, self);
  self->deadline_id = g_timeout_add (DEADLINE_MS, on_deadline, self);
  self->task = g_steal_pointer (&task);
}

static const char *
lf_idle_wayland_get_name (LfIdleSource *source)
{
  return _("the Wayland compositor");
}

static void
lf_idle_wayland_source_init (LfIdleSourceInterface *iface)
{
  iface->start_async = lf_idle_wayland_start_async;
  iface->get_name = lf_idle_wayland_get_name;
}

static void
lf_idle_wayland_dispose (GObject *object)
{
  LfIdleWayland *self = LF_IDLE_WAYLAND (object);

  drop_objects (self);
  self->seat = NULL;
  g_clear_object (&self->display);
  G_OBJECT_CLASS (lf_idle_wayland_parent_class)->dispose (object);
}

static void
lf_idle_wayland_class_init (LfIdleWaylandClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_idle_wayland_dispose;
}

static void
lf_idle_wayland_init (LfIdleWayland *self)
{
}

/**
 * lf_idle_wayland_new:
 *
 * Returns: (transfer full): a source that asks the Wayland compositor
 */
LfIdleSource *
lf_idle_wayland_new (void)
{
  return g_object_new (LF_TYPE_IDLE_WAYLAND, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-idle-source.h"

#define MUTTER_NAME "org.gnome.Mutter.IdleMonitor"
#define MUTTER_PATH "/org/gnome/Mutter/IdleMonitor/Core"
#define DEADLINE_MS 3000

/* The compositor of GNOME tells when a duration has passed, and when the user is back: nothing is
 * asked in between. */
#define LF_TYPE_IDLE_MUTTER (lf_idle_mutter_get_type ())
G_DECLARE_FINAL_TYPE (LfIdleMutter, lf_idle_mutter, LF, IDLE_MUTTER, GObject)

struct _LfIdleMutter
{
  GObject parent_instance;

  GDBusConnection *bus;         /* owned, nullable until started */
  GCancellable    *cancellable; /* owned; of calls that go on after the start */
  guint            fired_id;    /* subscription to WatchFired */
  guint            name_id;     /* watch of the compositor's name */
  guint            thresholds_ms[LF_IDLE_N_THRESHOLDS];
  guint32          watches[LF_IDLE_N_THRESHOLDS]; /* ids given by the compositor, 0: none */
  guint32          active_watch;                  /* the same, for the return of the user */
  gboolean         is_started;
};

static void lf_idle_mutter_source_init (LfIdleSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfIdleMutter, lf_idle_mutter, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_IDLE_SOURCE, lf_idle_mutter_source_init))

static void
call (LfIdleMutter       *self,
      const char         *method,
      GVariant           *parameters,
      const char         *reply_type,
      GAsyncReadyCallback callback,
      gpointer            user_data)
{
  g_dbus_connection_call (self->bus, MUTTER_NAME, MUTTER_PATH, MUTTER_NAME, method, parameters,
                          G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NO_AUTO_START, DEADLINE_MS,
                          self->cancellable, callback, user_data);
}

static void
on_active_watch_added (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (LfIdleMutter) self = user_data;
  g_autoptr (GVariant)     reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply != NULL)
    g_variant_get (reply, "(u)", &self->active_watch);
}

static void
reach_level (LfIdleMutter *self,
             LfIdleLevel   level,
             gint64        idle_ms)
{
  if (level != LF_IDLE_ACTIVE && self->active_watch == 0)
    call (self, "AddUserActiveWatch", NULL, "(u)", on_active_watch_added, g_object_ref (self));
  lf_idle_source_emit_changed (LF_IDLE_SOURCE (self), level, idle_ms);
}

static void
on_watch_fired (GDBusConnection *bus,
                const char      *sender,
                const char      *path,
                const char      *interface,
                const char      *signal,
                GVariant        *parameters,
                gpointer         user_data)
{
  LfIdleMutter *self = user_data;
  guint32       id;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(u)")))
    return;
  g_variant_get (parameters, "(u)", &id);
  if (id == 0)
    return;
  if (id == self->active_watch)
    {
      self->active_watch = 0;
      reach_level (self, LF_IDLE_ACTIVE, 0);
    }
  else if (id == self->watches[0])
    reach_level (self, LF_IDLE_SHORT, self->thresholds_ms[0]);
  else if (id == self->watches[1])
    reach_level (self, LF_IDLE_LONG, self->thresholds_ms[1]);
}

typedef struct
{
  LfIdleMutter *self;  /* owned */
  guint         index; /* of the threshold */
  GTask        *task;  /* owned, nullable: the start waits for this one */
} Watch;

static void
watch_free (Watch *watch)
{
  g_object_unref (watch->self);
  g_clear_object (&watch->task);
  g_free (watch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watch, watch_free)

static void
on_watch_added (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (Watch)    watch = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_variant_get (reply, "(u)", &watch->self->watches[watch->index]);
  if (watch->task == NULL)
    return;
  if (reply == NULL)
    g_task_return_error (watch->task, g_steal_pointer (&error));
  else
    {
      watch->self->is_started = TRUE;
      g_task_return_boolean (watch->task, TRUE);
    }
}

static void
add_watches (LfIdleMutter *self,
             GTask        *task)
{
  for (guint i = 0; i < LF_IDLE_N_THRESHOLDS; i++)
    {
      Watch *watch = g_new0 (Watch, 1);

      watch->self = g_object_ref (self);
      watch->index = i;
      if (i == LF_IDLE_N_THRESHOLDS - 1 && task != NULL)
        watch->task = g_object_ref (task);
      call (self, "AddIdleWatch", g_variant_new ("(t)", (guint64) self->thresholds_ms[i]), "(u)",
            on_watch_added, watch);
    }
}

static void
on_idle_time (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask)    task = user_data;
  LfIdleMutter        *self = g_task_get_source_object (task);
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint64              idle_ms;
  LfIdleLevel          level;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_variant_get (reply, "(t)", &idle_ms);
  level = lf_idle_level_of ((gint64) MIN (idle_ms, (guint64) G_MAXINT64), self->thresholds_ms);
  add_watches (self, task);
  if (level != LF_IDLE_ACTIVE)
    reach_level (self, level, (gint64) idle_ms);
}

static void
on_name_appeared (GDBusConnection *bus,
                  const char      *name,
                  const char      *owner,
                  gpointer         user_data)
{
  LfIdleMutter *self = user_data;

  /* The compositor was restarted: it has forgotten the watches. */
  if (self->is_started && self->watches[0] == 0)
    add_watches (self, NULL);
}

static void
on_name_vanished (GDBusConnection *bus,
                  const char      *name,
                  gpointer         user_data)
{
  LfIdleMutter *self = user_data;

  self->watches[0] = self->watches[1] = self->active_watch = 0;
}

static void
on_bus (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask)           task = user_data;
  LfIdleMutter               *self = g_task_get_source_object (task);
  g_autoptr (GError)          error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_set_object (&self->bus, bus);
  self->fired_id = g_dbus_connection_signal_subscribe (bus, MUTTER_NAME, MUTTER_NAME, "WatchFired",
                                                       MUTTER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                       on_watch_fired, self, NULL);
  self->name_id = g_bus_watch_name_on_connection (bus, MUTTER_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                  on_name_appeared, on_name_vanished, self, NULL);
  call (self, "GetIdletime", NULL, "(t)", on_idle_time, g_steal_pointer (&task));
}

static void
lf_idle_mutter_start_async (LfIdleSource       *source,
                            const guint        *thresholds_ms,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  LfIdleMutter     *self = LF_IDLE_MUTTER (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, lf_idle_mutter_start_async);
  for (guint i = 0; i < LF_IDLE_N_THRESHOLDS; i++)
    self->thresholds_ms[i] = thresholds_ms[i];
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, g_steal_pointer (&task));
}

static const char *
lf_idle_mutter_get_name (LfIdleSource *source)
{
  return _("the idle monitor of GNOME");
}

static void
lf_idle_mutter_source_init (LfIdleSourceInterface *iface)
{
  iface->start_async = lf_idle_mutter_start_async;
  iface->get_name = lf_idle_mutter_get_name;
}

static void
lf_idle_mutter_dispose (GObject *object)
{
  LfIdleMutter *self = LF_IDLE_MUTTER (object);

  g_cancellable_cancel (self->cancellable);
  if (self->fired_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->fired_id);
  self->fired_id = 0;
  g_clear_handle_id (&self->name_id, g_bus_unwatch_name);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (lf_idle_mutter_parent_class)->dispose (object);
}

static void
lf_idle_mutter_finalize (GObject *object)
{
  LfIdleMutter *self = LF_IDLE_MUTTER (object);

  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (lf_idle_mutter_parent_class)->finalize (object);
}

static void
lf_idle_mutter_class_init (LfIdleMutterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_idle_mutter_dispose;
  object_class->finalize = lf_idle_mutter_finalize;
}

static void
lf_idle_mutter_init (LfIdleMutter *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_idle_mutter_new:
 *
 * Returns: (transfer full): a source that asks the compositor of GNOME
 */
LfIdleSource *
lf_idle_mutter_new (void)
{
  return g_object_new (LF_TYPE_IDLE_MUTTER, NULL);
}

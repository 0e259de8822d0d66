/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-idle-source.h"

#define SAVER_NAME        "org.freedesktop.ScreenSaver"
#define SAVER_PATH        "/org/freedesktop/ScreenSaver"
#define DEADLINE_MS       3000
#define UNDECIDED_LOOK_MS 30000
#define MAX_FAILURES      3
#define SURE_AFTER        2
#define MAX_ZEROS         10 /* readings on end: this one does not count at all */

/* The screen saver of the desktop says how long nothing has been touched, some in seconds, some in
 * milliseconds. Which one it is shows in how fast the number grows; until it has grown, the user is
 * taken to be active. */
#define LF_TYPE_IDLE_SCREENSAVER (lf_idle_screensaver_get_type ())
G_DECLARE_FINAL_TYPE (LfIdleScreensaver, lf_idle_screensaver, LF, IDLE_SCREENSAVER, GObject)

struct _LfIdleScreensaver
{
  GObject parent_instance;

  GDBusConnection *bus;         /* owned, nullable until started */
  GCancellable    *cancellable; /* owned */
  guint            look_id;     /* timeout of the next look */
  guint            thresholds_ms[LF_IDLE_N_THRESHOLDS];
  LfIdleLevel      level;
  guint            n_failures;   /* on end */
  guint32          last_reading; /* as it came */
  gint64           last_mono_us; /* when it came; 0: never */
  guint            unit_ms;      /* 1 or 1000; 0: not known yet */
  guint            n_seconds;    /* how often on end it grew like seconds */
  guint            n_zeros;      /* readings of nothing, on end */
};

static void lf_idle_screensaver_source_init (LfIdleSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfIdleScreensaver, lf_idle_screensaver, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_IDLE_SOURCE, lf_idle_screensaver_source_init))

static void look (LfIdleScreensaver *self);

static gboolean
on_look (gpointer user_data)
{
  LfIdleScreensaver *self = user_data;

  self->look_id = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (LfIdleScreensaver *self,
          guint              delay_ms)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  self->look_id = g_timeout_add (delay_ms, on_look, self);
}

/* Faster than the clock: milliseconds. As fast as the clock: seconds, if that is no accident. */
static void
learn_unit (LfIdleScreensaver *self,
            guint32            reading,
            gint64             mono_us)
{
  gint64 elapsed_s = (mono_us - self->last_mono_us) / G_USEC_PER_SEC;
  gint64 growth = (gint64) reading - self->last_reading;

  if (self->unit_ms == 0 && self->last_mono_us != 0)
    {
      if (growth > elapsed_s + 2)
        self->unit_ms = 1;
      else if (elapsed_s > 5 && growth >= elapsed_s - 2)
        self->n_seconds++;
      else
        self->n_seconds = 0;
      if (self->n_seconds >= SURE_AFTER)
        self->unit_ms = 1000;
    }
  self->last_reading = reading;
  self->last_mono_us = mono_us;
}

static void
take_reading (LfIdleScreensaver *self,
              guint32            reading)
{
  gint64      idle_ms;
  LfIdleLevel level;

  self->n_zeros = reading == 0 ? self->n_zeros + 1 : 0;
  if (self->unit_ms == 0 && self->n_zeros >= MAX_ZEROS)
    {
      lf_idle_source_emit_lost (LF_IDLE_SOURCE (self));
      return;
    }
  learn_unit (self, reading, g_get_monotonic_time ());
  if (self->unit_ms == 0)
    {
      schedule (self, MIN (UNDECIDED_LOOK_MS, self->thresholds_ms[0]));
      return;
    }
  idle_ms = (gint64) reading * self->unit_ms;
  level = lf_idle_level_of (idle_ms, self->thresholds_ms);
  schedule (self, lf_idle_next_look_ms (idle_ms, self->thresholds_ms));
  if (level == self->level)
    return;
  self->level = level;
  lf_idle_source_emit_changed (LF_IDLE_SOURCE (self), level, idle_ms);
}

static void
on_reading (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (LfIdleScreensaver) self = user_data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (GVariant)          reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint32                       reading;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      self->n_failures++;
      if (self->n_failures >= MAX_FAILURES)
        lf_idle_source_emit_lost (LF_IDLE_SOURCE (self));
      else
        schedule (self, UNDECIDED_LOOK_MS);
      return;
    }
  self->n_failures = 0;
  g_variant_get (reply, "(u)", &reading);
  take_reading (self, reading);
}

static void
ask (LfIdleScreensaver  *self,
     GAsyncReadyCallback callback,
     gpointer            user_data)
{
  g_dbus_connection_call (self->bus, SAVER_NAME, SAVER_PATH, SAVER_NAME, "GetSessionIdleTime", NULL,
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, DEADLINE_MS,
                          self->cancellable, callback, user_data);
}

static void
look (LfIdleScreensaver *self)
{
  ask (self, on_reading, g_object_ref (self));
}

static void
on_first_reading (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask)    task = user_data;
  LfIdleScreensaver   *self = g_task_get_source_object (task);
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint32              reading;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_variant_get (reply, "(u)", &reading);
  take_reading (self, reading);
  g_task_return_boolean (task, TRUE);
}

static void
on_bus (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask)           task = user_data;
  LfIdleScreensaver          *self = g_task_get_source_object (task);
  g_autoptr (GError)          error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_set_object (&self->bus, bus);
  ask (self, on_first_reading, g_steal_pointer (&task));
}

static void
lf_idle_screensaver_start_async (LfIdleSource       *source,
                                 const guint        *thresholds_ms,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  LfIdleScreensaver *self = LF_IDLE_SCREENSAVER (source);
  g_autoptr (GTask)  task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, lf_idle_screensaver_start_async);
  for (guint i = 0; i < LF_IDLE_N_THRESHOLDS; i++)
    self->thresholds_ms[i] = thresholds_ms[i];
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, g_steal_pointer (&task));
}

static const char *
lf_idle_screensaver_get_name (LfIdleSource *source)
{
  return _("the screen saver of the desktop");
}

static void
lf_idle_screensaver_source_init (LfIdleSourceInterface *iface)
{
  iface->start_async = lf_idle_screensaver_start_async;
  iface->get_name = lf_idle_screensaver_get_name;
}

static void
lf_idle_screensaver_dispose (GObject *object)
{
  LfIdleScreensaver *self = LF_IDLE_SCREENSAVER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (lf_idle_screensaver_parent_class)->dispose (object);
}

static void
lf_idle_screensaver_finalize (GObject *object)
{
  LfIdleScreensaver *self = LF_IDLE_SCREENSAVER (object);

  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (lf_idle_screensaver_parent_class)->finalize (object);
}

static void
lf_idle_screensaver_class_init (LfIdleScreensaverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_idle_screensaver_dispose;
  object_class->finalize = lf_idle_screensaver_finalize;
}

static void
lf_idle_screensaver_init (LfIdleScreensaver *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_idle_screensaver_new:
 *
 * Returns: (transfer full): a source that asks the screen saver of the desktop
 */
LfIdleSource *
lf_idle_screensaver_new (void)
{
  return g_object_new (LF_TYPE_IDLE_SCREENSAVER, NULL);
}

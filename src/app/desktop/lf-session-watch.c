/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <string.h>

#include "lf-session-watch.h"
#include "lf-sleep-delay.h"

#define LOGIN_NAME    "org.freedesktop.login1"
#define LOGIN_PATH    "/org/freedesktop/login1"
#define LOGIN_MANAGER "org.freedesktop.login1.Manager"
#define LOGIN_SESSION "org.freedesktop.login1.Session"
#define PROPERTIES    "org.freedesktop.DBus.Properties"
#define DEADLINE_MS   3000
#define N_SAVERS      2

/* A screen saver of the session: one interface, under two names. */
static const struct
{
  const char *name;
  const char *path;
} savers[N_SAVERS] = {
  { "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver" },
  { "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver" },
};

struct _LfSessionWatch
{
  GObject parent_instance;

  GDBusConnection *system;      /* owned, nullable */
  GDBusConnection *session;     /* owned, nullable */
  GCancellable    *cancellable; /* owned */
  LfSleepDelay    *delay;       /* owned, nullable */
  guint            sleep_id;    /* subscriptions */
  guint            hint_id;
  guint            saver_ids[N_SAVERS];
  gboolean         is_hinted; /* what login1 says of the lock */
  gboolean         is_saver_active[N_SAVERS];
  gboolean         is_locked; /* what is told: any of them */
  gboolean         is_asleep;
};

G_DEFINE_FINAL_TYPE (LfSessionWatch, lf_session_watch, G_TYPE_OBJECT)

enum
{
  PROP_IS_LOCKED = 1,
  PROP_IS_ASLEEP,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
update_lock (LfSessionWatch *self)
{
  gboolean is_locked = self->is_hinted;

  for (guint i = 0; i < N_SAVERS; i++)
    is_locked = is_locked || self->is_saver_active[i];
  if (self->is_locked == is_locked)
    return;
  self->is_locked = is_locked;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_LOCKED]);
}

static void
on_sleep (GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *signal,
          GVariant        *parameters,
          gpointer         user_data)
{
  LfSessionWatch *self = user_data;
  gboolean        is_asleep;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &is_asleep);
  if (self->is_asleep == is_asleep)
    return;
  self->is_asleep = is_asleep;
  if (is_asleep)
    lf_sleep_delay_let_go_soon (self->delay);
  else
    lf_sleep_delay_take (self->delay);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_ASLEEP]);
}

static void
on_session_properties (GDBusConnection *bus,
                       const char      *sender,
                       const char      *path,
                       const char      *interface,
                       const char      *signal,
                       GVariant        *parameters,
                       gpointer         user_data)
{
  LfSessionWatch      *self = user_data;
  const char          *changed_interface;
  g_autoptr (GVariant) changed = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (parameters, "(&s@a{sv}as)", &changed_interface, &changed, NULL);
  if (strcmp (changed_interface, LOGIN_SESSION) == 0 &&
      g_variant_lookup (changed, "LockedHint", "b", &self->is_hinted))
    update_lock (self);
}

static void
on_locked_hint (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (LfSessionWatch) self = user_data;
  g_autoptr (GVariant)       reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant)       value = NULL;

  if (reply == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_variant_get (reply, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return;
  self->is_hinted = g_variant_get_boolean (value);
  update_lock (self);
}

static void
on_login_session (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (LfSessionWatch) self = user_data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (GVariant)       reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char                *path;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (reply == NULL)
    {
      g_debug ("login1: %s", error->message);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  self->hint_id = g_dbus_connection_signal_subscribe (self->system, LOGIN_NAME, PROPERTIES, "PropertiesChanged",
                                                      path, LOGIN_SESSION, G_DBUS_SIGNAL_FLAGS_NONE,
                                                      on_session_properties, self, NULL);
  g_dbus_connection_call (self->system, LOGIN_NAME, path, PROPERTIES, "Get",
                          g_variant_new ("(ss)", LOGIN_SESSION, "LockedHint"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, DEADLINE_MS, self->cancellable, on_locked_hint,
                          g_object_ref (self));
}

static void
on_system_bus (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (LfSessionWatch)  self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  const char                 *id = g_getenv ("XDG_SESSION_ID");

  if (bus == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_set_object (&self->system, bus);
  self->delay = lf_sleep_delay_new (bus);
  lf_sleep_delay_take (self->delay);
  self->sleep_id = g_dbus_connection_signal_subscribe (bus, LOGIN_NAME, LOGIN_MANAGER, "PrepareForSleep",
                                                       LOGIN_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_sleep,
                                                       self, NULL);
  /* A program started by the user's service manager belongs to no session itself: "auto" then
   * names the one on the screen. */
  g_dbus_connection_call (bus, LOGIN_NAME, LOGIN_PATH, LOGIN_MANAGER, "GetSession",
                          g_variant_new ("(s)", id != NULL && *id != '\0' ? id : "auto"), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, DEADLINE_MS, self->cancellable, on_login_session,
                          g_object_ref (self));
}

typedef struct
{
  LfSessionWatch *self;  /* owned */
  guint           index; /* of the saver */
} SaverCall;

static void
saver_call_free (SaverCall *call)
{
  g_object_unref (call->self);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SaverCall, saver_call_free)

static void
set_saver_active (LfSessionWatch *self,
                  guint           index,
                  GVariant       *parameters)
{
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &self->is_saver_active[index]);
  update_lock (self);
}

static void
on_saver_state (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (SaverCall) call = user_data;
  g_autoptr (GVariant)  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply != NULL && !g_cancellable_is_cancelled (call->self->cancellable))
    set_saver_active (call->self, call->index, reply);
}

static void
on_saver_changed (GDBusConnection *bus,
                  const char      *sender,
                  const char      *path,
                  const char      *interface,
                  const char      *signal,
                  GVariant        *parameters,
                  gpointer         user_data)
{
  LfSessionWatch *self = user_data;

  for (guint i = 0; i < N_SAVERS; i++)
    if (strcmp (interface, savers[i].name) == 0)
      set_saver_active (self, i, parameters);
}

static void
on_session_bus (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (LfSessionWatch)  self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_set_object (&self->session, bus);
  for (guint i = 0; i < N_SAVERS; i++)
    {
      SaverCall *call = g_new0 (SaverCall, 1);

      call->self = g_object_ref (self);
      call->index = i;
      self->saver_ids[i] = g_dbus_connection_signal_subscribe (bus, savers[i].name, savers[i].name, "ActiveChanged",
                                                               NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                               on_saver_changed, self, NULL);
      g_dbus_connection_call (bus, savers[i].name, savers[i].path, savers[i].name, "GetActive", NULL,
                              G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, DEADLINE_MS,
                              self->cancellable, on_saver_state, call);
    }
}

static void
lf_session_watch_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  LfSessionWatch *self = LF_SESSION_WATCH (object);

  switch (prop_id)
    {
    case PROP_IS_LOCKED:
      g_value_set_boolean (value, self->is_locked);
      break;
    case PROP_IS_ASLEEP:
      g_value_set_boolean (value, self->is_asleep);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
unsubscribe (GDBusConnection *bus,
             guint           *id)
{
  if (*id != 0)
    g_dbus_connection_signal_unsubscribe (bus, *id);
  *id = 0;
}

static void
lf_session_watch_dispose (GObject *object)
{
  LfSessionWatch *self = LF_SESSION_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  unsubscribe (self->system, &self->sleep_id);
  unsubscribe (self->system, &self->hint_id);
  for (guint i = 0; i < N_SAVERS; i++)
    unsubscribe (self->session, &self->saver_ids[i]);
  if (self->delay != NULL)
    g_object_run_dispose (G_OBJECT (self->delay)); /* an answer on its way still holds it */
  g_clear_object (&self->delay);
  g_clear_object (&self->system);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (lf_session_watch_parent_class)->dispose (object);
}

static void
lf_session_watch_finalize (GObject *object)
{
  LfSessionWatch *self = LF_SESSION_WATCH (object);

  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (lf_session_watch_parent_class)->finalize (object);
}

static void
lf_session_watch_class_init (LfSessionWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_session_watch_get_property;
  object_class->dispose = lf_session_watch_dispose;
  object_class->finalize = lf_session_watch_finalize;

  props[PROP_IS_LOCKED] = g_param_spec_boolean ("is-locked", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_IS_ASLEEP] = g_param_spec_boolean ("is-asleep", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_session_watch_init (LfSessionWatch *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_session_watch_new:
 *
 * Returns: (transfer full): a watch that is not started yet
 */
LfSessionWatch *
lf_session_watch_new (void)
{
  return g_object_new (LF_TYPE_SESSION_WATCH, NULL);
}

/**
 * lf_session_watch_start:
 * @self: a watch
 *
 * Asks for the lock as it is, and listens from now on.
 */
void
lf_session_watch_start (LfSessionWatch *self)
{
  g_return_if_fail (LF_IS_SESSION_WATCH (self));

  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_system_bus, g_object_ref (self));
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_session_bus, g_object_ref (self));
}

/**
 * lf_session_watch_let_sleep:
 * @self: a watch
 *
 * What was to be told before the machine sleeps is told.
 */
void
lf_session_watch_let_sleep (LfSessionWatch *self)
{
  g_return_if_fail (LF_IS_SESSION_WATCH (self));

  if (self->delay != NULL && self->is_asleep)
    lf_sleep_delay_let_go (self->delay);
}

/**
 * lf_session_watch_get_is_locked:
 * @self: a watch
 *
 * Returns: %TRUE while the screen is locked
 */
gboolean
lf_session_watch_get_is_locked (LfSessionWatch *self)
{
  g_return_val_if_fail (LF_IS_SESSION_WATCH (self), FALSE);

  return self->is_locked;
}

/**
 * lf_session_watch_get_is_asleep:
 * @self: a watch
 *
 * Returns: %TRUE from when the machine goes to sleep until it is awake again
 */
gboolean
lf_session_watch_get_is_asleep (LfSessionWatch *self)
{
  g_return_val_if_fail (LF_IS_SESSION_WATCH (self), FALSE);

  return self->is_asleep;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <gio/gio.h>

#include "lf-launcher-count.h"

#define ENTRY_PATH      "/org/lampfield/Lampfield/launcher"
#define ENTRY_INTERFACE "com.canonical.Unity.LauncherEntry"
#define ENTRY_URI       "application://" LF_APP_ID ".desktop"

struct _LfLauncherCount
{
  GObject parent_instance;

  LfClient        *client;      /* owned */
  LfCallLog       *log;         /* owned */
  GDBusConnection *bus;         /* owned, nullable until it is there */
  GCancellable    *cancellable; /* owned */
  gint64           n_told;      /* what the docks show */
};

G_DEFINE_FINAL_TYPE (LfLauncherCount, lf_launcher_count, G_TYPE_OBJECT)

static void
tell (LfLauncherCount *self, gint64 count)
{
  g_autoptr (GError) error = NULL;
  GVariantBuilder    entry;

  if (self->bus == NULL || count == self->n_told)
    return;

  self->n_told = count;
  g_variant_builder_init (&entry, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&entry, "{sv}", "count", g_variant_new_int64 (count));
  g_variant_builder_add (&entry, "{sv}", "count-visible", g_variant_new_boolean (count > 0));
  if (!g_dbus_connection_emit_signal (self->bus, NULL, ENTRY_PATH, ENTRY_INTERFACE, "Update",
                                      g_variant_new ("(sa{sv})", ENTRY_URI, &entry), &error))
    g_debug ("launcher: %s", error->message);
}

static void
update (LfLauncherCount *self)
{
  tell (self, (gint64) lf_client_get_unread (self->client) + lf_call_log_get_n_missed (self->log));
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfLauncherCount) self = user_data;
  g_autoptr (GError)          error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_debug ("launcher: %s", error->message);
      return;
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  self->bus = g_steal_pointer (&bus);
  update (self);
}

static void
on_count_changed (GObject *counted, GParamSpec *pspec, LfLauncherCount *self)
{
  update (self);
}

static void
lf_launcher_count_dispose (GObject *object)
{
  LfLauncherCount *self = LF_LAUNCHER_COUNT (object);

  g_cancellable_cancel (self->cancellable);
  tell (self, 0); /* who does not run counts nothing */
  g_clear_object (&self->bus);
  g_clear_object (&self->log);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_launcher_count_parent_class)->dispose (object);
}

static void
lf_launcher_count_finalize (GObject *object)
{
  LfLauncherCount *self = LF_LAUNCHER_COUNT (object);

  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (lf_launcher_count_parent_class)->finalize (object);
}

static void
lf_launcher_count_class_init (LfLauncherCountClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_launcher_count_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_launcher_count_finalize;
}

static void
lf_launcher_count_init (LfLauncherCount *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_launcher_count_new:
 * @client: whose messages and calls
 *
 * Has the icon tell what waits to be looked at.
 *
 * Returns: (transfer full): to be kept while the program runs
 */
LfLauncherCount *
lf_launcher_count_new (LfClient *client)
{
  LfLauncherCount *self;

  g_return_val_if_fail (LF_IS_CLIENT (client), NULL);

  self = g_object_new (LF_TYPE_LAUNCHER_COUNT, NULL);
  self->client = g_object_ref (client);
  self->log = g_object_ref (lf_telephone_get_log (lf_client_get_telephone (client)));
  g_signal_connect_object (self->client, "notify::unread", G_CALLBACK (on_count_changed), self, 0);
  g_signal_connect_object (self->log, "notify::n-missed", G_CALLBACK (on_count_changed), self, 0);
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_bus, g_object_ref (self));

  return self;
}

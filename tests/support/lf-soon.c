/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into lampfield, this has the compositor of GNOME tell of idleness a hundred times sooner: the two durations
 * in which nothing is touched become 3 and 9 seconds. All else is between the program and the real compositor. */
#include <dlfcn.h>
#include <gio/gio.h>
#include <string.h>

#define SOONER 100

typedef void (*Call) (GDBusConnection *, const char *, const char *, const char *, const char *, GVariant *, const GVariantType *, GDBusCallFlags, int, GCancellable *, GAsyncReadyCallback, gpointer);

void
g_dbus_connection_call (GDBusConnection    *connection,
                        const char         *bus_name,
                        const char         *path,
                        const char         *interface,
                        const char         *method,
                        GVariant           *parameters,
                        const GVariantType *reply_type,
                        GDBusCallFlags      flags,
                        int                 timeout_ms,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  static Call real;
  guint64     duration_ms;

  if (real == NULL)
    real = (Call) dlsym (RTLD_NEXT, "g_dbus_connection_call");
  if (strcmp (method, "AddIdleWatch") == 0)
    {
      g_autoptr (GVariant) asked = g_variant_ref_sink (parameters);

      g_variant_get (asked, "(t)", &duration_ms);
      parameters = g_variant_new ("(t)", duration_ms / SOONER);
    }
  real (connection, bus_name, path, interface, method, parameters, reply_type, flags, timeout_ms, cancellable, callback, user_data);
}

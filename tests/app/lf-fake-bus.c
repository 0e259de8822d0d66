/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <poll.h>
#include <unistd.h>

#include "lf-fake-bus.h"
#include "lf-test-util.h"

static GTestDBus *volatile kept; /* never read: or the compiler leaves it out */

typedef struct
{
  LfFakeBus   *bus; /* borrowed */
  LfFakeAnswer answer;
  gpointer     user_data;
} Service;

/* The services answer on a thread of their own: the program may wait for them. */
static gpointer
run_services (gpointer data)
{
  LfFakeBus *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

LfFakeBus *
lf_fake_bus_new (void)
{
  LfFakeBus         *self = g_new0 (LfFakeBus, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char   *display = g_strdup (g_getenv ("DISPLAY"));

  self->lock_fd = -1;
  self->calls = g_ptr_array_new_with_free_func (g_free);
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  /* GTestDBus takes the display away, too. */
  if (display != NULL)
    g_setenv ("DISPLAY", display, TRUE);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (self->bus), TRUE);
  self->service = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->bus),
                                                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                            G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                          NULL, NULL, &error);
  g_assert_no_error (error);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("services", run_services, self);
  return self;
}

void
lf_fake_bus_free (LfFakeBus *self)
{
  g_main_context_invoke (self->context, on_quit, self->loop);
  g_thread_join (self->thread);
  g_dbus_connection_close_sync (self->service, NULL, NULL);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_object_unref (self->service);
  /* Stopped, but not let go of: that would wait for GTK's connection, which lives as long as the program. */
  g_test_dbus_stop (self->bus);
  kept = self->bus;
  g_ptr_array_unref (self->calls);
  g_free (self);
}

/* A lock of login1 lasts as long as the file that stands for it is open. */
static void
answer_inhibit (LfFakeBus             *self,
                GDBusMethodInvocation *invocation)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int                     ends[2];
  g_autoptr (GError)      error = NULL;

  g_unix_open_pipe (ends, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  g_unix_fd_list_append (fds, ends[1], &error);
  g_assert_no_error (error);
  close (ends[1]);
  g_mutex_lock (&self->lock);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = ends[0];
  g_mutex_unlock (&self->lock);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), fds);
}

static void
on_call (GDBusConnection       *connection,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *parameters,
         GDBusMethodInvocation *invocation,
         gpointer               user_data)
{
  Service         *service = user_data;
  g_autofree char *arguments = g_variant_print (parameters, FALSE);
  GVariant        *answer = NULL;

  g_mutex_lock (&service->bus->lock);
  g_ptr_array_add (service->bus->calls, g_strconcat (method, arguments, NULL));
  g_mutex_unlock (&service->bus->lock);
  if (g_str_equal (method, "Inhibit"))
    {
      answer_inhibit (service->bus, invocation);
      return;
    }
  answer = service->answer (service->bus, interface, method, parameters, service->user_data);
  if (answer == NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.UnknownMethod", "not here");
  else
    g_dbus_method_invocation_return_value (invocation, answer);
}

static GVariant *
on_get_property (GDBusConnection *connection,
                 const char      *sender,
                 const char      *path,
                 const char      *interface,
                 const char      *property,
                 GError         **error,
                 gpointer         user_data)
{
  Service *service = user_data;

  return service->answer (service->bus, interface, property, NULL, service->user_data);
}

typedef struct
{
  LfFakeBus     *bus;
  const char    *path;
  GDBusNodeInfo *node;
  LfFakeAnswer   answer;
  gpointer       user_data;
  GAsyncQueue   *done;
} Registration;

/* Objects answer on the thread that registers them. */
static gboolean
on_register (gpointer user_data)
{
  static const GDBusInterfaceVTable vtable = { on_call, on_get_property, NULL, { NULL } };
  Registration                     *registration = user_data;
  g_autoptr (GError)                error = NULL;

  for (guint i = 0; registration->node->interfaces[i] != NULL; i++)
    {
      Service *service = g_new0 (Service, 1);

      service->bus = registration->bus;
      service->answer = registration->answer;
      service->user_data = registration->user_data;
      g_dbus_connection_register_object (registration->bus->service, registration->path,
                                         registration->node->interfaces[i], &vtable, service, g_free, &error);
      g_assert_no_error (error);
    }
  g_async_queue_push (registration->done, registration);
  return G_SOURCE_REMOVE;
}

void
lf_fake_bus_serve (LfFakeBus   *self,
                   const char  *name,
                   const char  *path,
                   const char  *xml,
                   LfFakeAnswer answer,
                   gpointer     user_data)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);
  g_autoptr (GVariant)      reply = NULL;
  g_autoptr (GAsyncQueue)   done = g_async_queue_new ();
  Registration              registration = { self, path, node, answer, user_data, done };

  g_assert_no_error (error);
  g_main_context_invoke (self->context, on_register, &registration);
  g_assert_nonnull (g_async_queue_timeout_pop (done, 5 * G_USEC_PER_SEC));
  reply = g_dbus_connection_call_sync (self->service, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName", g_variant_new ("(su)", name, 4),
                                       NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, &error);
  g_assert_no_error (error);
}

void
lf_fake_bus_emit (LfFakeBus  *self,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant   *parameters)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->service, NULL, path, interface, signal, parameters, &error);
  g_assert_no_error (error);
}

guint
lf_fake_bus_count (LfFakeBus  *self,
                   const char *prefix)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->calls->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (self->calls, i), prefix) ? 1 : 0;
  g_mutex_unlock (&self->lock);
  return n;
}

gboolean
lf_fake_bus_called (LfFakeBus  *self,
                    const char *prefix)
{
  return lf_fake_bus_count (self, prefix) > 0;
}

/* Whether a lock was given and is held. */
gboolean
lf_fake_bus_is_inhibited (LfFakeBus *self)
{
  struct pollfd end = { .events = POLLIN };
  gboolean      is_held;

  g_mutex_lock (&self->lock);
  end.fd = self->lock_fd;
  is_held = self->lock_fd >= 0 && poll (&end, 1, 0) == 0;
  g_mutex_unlock (&self->lock);
  return is_held;
}

void
lf_fake_bus_forget (LfFakeBus *self)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->calls, 0);
  g_mutex_unlock (&self->lock);
}

/* The name is nobody's any more; the objects stay, unheard of. */
void
lf_fake_bus_release (LfFakeBus  *self,
                     const char *name)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = NULL;

  reply = g_dbus_connection_call_sync (self->service, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "ReleaseName", g_variant_new ("(s)", name),
                                       NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, &error);
  g_assert_no_error (error);
  lf_fake_bus_forget (self);
}

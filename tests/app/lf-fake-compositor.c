/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib-unix.h>
#include <string.h>
#include <wayland-server.h>

#include "ext-idle-notify-v1-server-protocol.h"
#include "lf-fake-compositor.h"
#include "xdg-shell-server-protocol.h"

#define N_GLOBALS 4 /* beside the seat, wl_shm and the idle notifier */

typedef struct
{
  struct wl_resource *notification; /* borrowed: the entry goes with it */
  guint               timeout_ms;
  gboolean            is_idle;
} Watch;

struct _LfFakeCompositor
{
  struct wl_display *display;            /* owned, as are the globals */
  struct wl_global  *globals[N_GLOBALS]; /* what GTK asks for */
  struct wl_global  *seat;               /* nullable once withdrawn */
  struct wl_global  *idle;               /* nullable */
  GArray            *watches;            /* owned; Watch */
  gint               n_watches;          /* of watches; read on the test's thread */
  GSource           *source;             /* owned, nullable while deaf */
  GMainContext      *context;            /* owned; everything but the counts lives on it */
  GMainLoop         *loop;               /* owned */
  GThread           *thread;             /* owned */
};

/* What the thread is to do; the test waits until it is done. */
typedef struct
{
  LfFakeCompositor *self;
  void (*act) (LfFakeCompositor *self, guint value);
  guint    value;
  gboolean is_done;
  GMutex   lock;
  GCond    cond;
} Order;

static void
on_resource_gone (struct wl_resource *resource)
{
  LfFakeCompositor *self = wl_resource_get_user_data (resource);

  for (guint i = self->watches->len; i-- > 0;)
    if (g_array_index (self->watches, Watch, i).notification == resource)
      g_array_remove_index (self->watches, i);
  g_atomic_int_set (&self->n_watches, (int) self->watches->len);
}

static int dispatch (const void *implementation, void *target, guint32 opcode, const struct wl_message *message, union wl_argument *arguments);

static struct wl_resource *
make_resource (LfFakeCompositor          *self,
               struct wl_client          *client,
               const struct wl_interface *interface,
               guint32                    version,
               guint32                    id)
{
  struct wl_resource *resource = wl_resource_create (client, interface, (int) version, id);

  wl_resource_set_dispatcher (resource, dispatch, NULL, self, on_resource_gone);
  return resource;
}

/* Every request of every object: what it is to make is made, what it is to end is ended. */
static int
dispatch (const void              *implementation,
          void                    *target,
          guint32                  opcode,
          const struct wl_message *message,
          union wl_argument       *arguments)
{
  struct wl_resource *resource = target;
  LfFakeCompositor   *self = wl_resource_get_user_data (resource);
  guint               i = 0;

  for (const char *c = message->signature; *c != '\0'; c++)
    {
      if (g_ascii_isdigit (*c) || *c == '?')
        continue;
      if (*c == 'n')
        {
          struct wl_resource *made = make_resource (self, wl_resource_get_client (resource), message->types[i],
                                                    (guint32) wl_resource_get_version (resource), arguments[i].n);

          if (message->types[i] == &ext_idle_notification_v1_interface)
            {
              Watch watch = { made, arguments[i + 1].u, FALSE };

              g_array_append_val (self->watches, watch);
              g_atomic_int_set (&self->n_watches, (int) self->watches->len);
            }
        }
      i++;
    }
  if (g_str_equal (message->name, "destroy") || g_str_equal (message->name, "release"))
    wl_resource_destroy (resource);
  return 0;
}

#define DEFINE_BIND(name)                                                                     \
  static void bind_##name (struct wl_client *client, void *data, guint32 version, guint32 id) \
  {                                                                                           \
    make_resource (data, client, &name##_interface, version, id);                             \
  }

DEFINE_BIND (wl_compositor)
DEFINE_BIND (wl_subcompositor)
DEFINE_BIND (wl_data_device_manager)
DEFINE_BIND (xdg_wm_base)
DEFINE_BIND (ext_idle_notifier_v1)

static void
bind_seat (struct wl_client *client,
           void             *data,
           guint32           version,
           guint32           id)
{
  wl_seat_send_capabilities (make_resource (data, client, &wl_seat_interface, version, id), 0);
}

static gboolean
on_request (int          fd,
            GIOCondition condition,
            gpointer     user_data)
{
  LfFakeCompositor *self = user_data;

  wl_event_loop_dispatch (wl_display_get_event_loop (self->display), 0);
  wl_display_flush_clients (self->display);
  return G_SOURCE_CONTINUE;
}

static void
set_is_deaf (LfFakeCompositor *self,
             guint             is_deaf)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  if (is_deaf)
    return;
  self->source = g_unix_fd_source_new (wl_event_loop_get_fd (wl_display_get_event_loop (self->display)), G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_request), self, NULL);
  g_source_attach (self->source, self->context);
}

static void
offer_idle (LfFakeCompositor *self,
            guint             unused)
{
  g_assert_null (self->idle);
  self->idle = wl_global_create (self->display, &ext_idle_notifier_v1_interface, 1, self, bind_ext_idle_notifier_v1);
}

static void
withdraw_idle (LfFakeCompositor *self,
               guint             unused)
{
  g_clear_pointer (&self->idle, wl_global_destroy);
}

static void
withdraw_seat (LfFakeCompositor *self,
               guint             unused)
{
  g_clear_pointer (&self->seat, wl_global_destroy);
}

static void
pass_ms (LfFakeCompositor *self,
         guint             idle_ms)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = &g_array_index (self->watches, Watch, i);

      if (watch->is_idle || watch->timeout_ms > idle_ms)
        continue;
      watch->is_idle = TRUE;
      ext_idle_notification_v1_send_idled (watch->notification);
    }
}

static void
touch (LfFakeCompositor *self,
       guint             unused)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = &g_array_index (self->watches, Watch, i);

      if (watch->is_idle)
        ext_idle_notification_v1_send_resumed (watch->notification);
      watch->is_idle = FALSE;
    }
}

static void
drop_clients (LfFakeCompositor *self,
              guint             unused)
{
  wl_display_destroy_clients (self->display);
}

static void
quit (LfFakeCompositor *self,
      guint             unused)
{
  set_is_deaf (self, TRUE);
  wl_display_destroy_clients (self->display);
  wl_display_destroy (self->display);
  g_main_loop_quit (self->loop);
}

static gboolean
on_order (gpointer user_data)
{
  Order            *order = user_data;
  LfFakeCompositor *self = order->self;

  order->act (self, order->value);
  if (order->act != quit)
    wl_display_flush_clients (self->display);
  g_mutex_lock (&order->lock);
  order->is_done = TRUE;
  g_cond_signal (&order->cond);
  g_mutex_unlock (&order->lock);
  return G_SOURCE_REMOVE;
}

static void
give_order (LfFakeCompositor *self,
            void (*act) (LfFakeCompositor *self, guint value),
            guint value)
{
  Order order = { self, act, value };

  g_mutex_init (&order.lock);
  g_cond_init (&order.cond);
  g_main_context_invoke (self->context, on_order, &order);
  g_mutex_lock (&order.lock);
  while (!order.is_done)
    g_cond_wait (&order.cond, &order.lock);
  g_mutex_unlock (&order.lock);
  g_mutex_clear (&order.lock);
  g_cond_clear (&order.cond);
}

static gpointer
run_compositor (gpointer data)
{
  LfFakeCompositor *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

LfFakeCompositor *
lf_fake_compositor_new (void)
{
  LfFakeCompositor *self = g_new0 (LfFakeCompositor, 1);
  const char       *name;

  self->watches = g_array_new (FALSE, FALSE, sizeof (Watch));
  self->display = wl_display_create ();
  name = wl_display_add_socket_auto (self->display);
  g_assert_nonnull (name);
  g_setenv ("WAYLAND_DISPLAY", name, TRUE);
  wl_display_init_shm (self->display);
  self->globals[0] = wl_global_create (self->display, &wl_compositor_interface, 4, self, bind_wl_compositor);
  self->globals[1] = wl_global_create (self->display, &wl_subcompositor_interface, 1, self, bind_wl_subcompositor);
  self->globals[2] = wl_global_create (self->display, &wl_data_device_manager_interface, 3, self, bind_wl_data_device_manager);
  self->globals[3] = wl_global_create (self->display, &xdg_wm_base_interface, 1, self, bind_xdg_wm_base);
  self->seat = wl_global_create (self->display, &wl_seat_interface, 5, self, bind_seat);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  set_is_deaf (self, FALSE);
  self->thread = g_thread_new ("compositor", run_compositor, self);
  return self;
}

void
lf_fake_compositor_free (LfFakeCompositor *self)
{
  give_order (self, quit, 0);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_array_unref (self->watches);
  g_free (self);
}

void
lf_fake_compositor_offer_idle (LfFakeCompositor *self)
{
  give_order (self, offer_idle, 0);
}

void
lf_fake_compositor_withdraw_idle (LfFakeCompositor *self)
{
  give_order (self, withdraw_idle, 0);
}

void
lf_fake_compositor_withdraw_seat (LfFakeCompositor *self)
{
  give_order (self, withdraw_seat, 0);
}

guint
lf_fake_compositor_count_watches (LfFakeCompositor *self)
{
  return (guint) g_atomic_int_get (&self->n_watches);
}

void
lf_fake_compositor_pass_ms (LfFakeCompositor *self,
                            guint             idle_ms)
{
  give_order (self, pass_ms, idle_ms);
}

void
lf_fake_compositor_touch (LfFakeCompositor *self)
{
  give_order (self, touch, 0);
}

void
lf_fake_compositor_set_is_deaf (LfFakeCompositor *self,
                                gboolean          is_deaf)
{
  give_order (self, set_is_deaf, is_deaf);
}

void
lf_fake_compositor_drop_clients (LfFakeCompositor *self)
{
  give_order (self, drop_clients, 0);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lf-sim-disk.h"
#include "lf-sim-threads.h"
#include "lf-sim-world.h"

#define MAX_ROUNDS 20000 /* at one instant: more is a loop that never waits */

typedef struct
{
  gint64          due_us;
  guint64         number; /* those of one instant come in the order they were asked for */
  GSourceOnceFunc function;
  gpointer        user_data; /* borrowed */
} Event;

#define MAX_NESTED 8

static LfSimNode *current; /* for the poll function, which has no other way to it */
static LfSimNode *outer[MAX_NESTED];
static guint      n_outer;
static GRand     *sodium_random;

/* libsodium's source of ids, tokens and salts */

static const char *
sodium_name (void)
{
  return "simulation";
}

static guint32
sodium_draw (void)
{
  return g_rand_int (sodium_random);
}

static void
sodium_fill (void *const bytes, const size_t length)
{
  char name[16] = "";

  /* The thread that hashes passwords draws at a time of its own. Nobody here has a password. */
  pthread_getname_np (pthread_self (), name, sizeof name);
  if (g_str_equal (name, "lf-hasher"))
    {
      memset (bytes, 1, length);
      return;
    }
  for (size_t i = 0; i < length; i++)
    ((guint8 *) bytes)[i] = (guint8) g_rand_int_range (sodium_random, 0, 256);
}

static randombytes_implementation sodium_source = {
  .implementation_name = sodium_name,
  .random = sodium_draw,
  .buf = sodium_fill,
};

/* Looks without waiting; remembers what the machine would have waited for. */
static int
poll_now (GPollFD *fds, guint n_fds, int timeout_ms)
{
  int n_ready = poll ((struct pollfd *) fds, n_fds, 0);

  if (current == NULL || n_ready != 0)
    return n_ready;
  current->is_waiting = TRUE;
  g_array_set_size (current->fds, 0);
  g_array_append_vals (current->fds, fds, n_fds);
  current->due_us = timeout_ms < 0 ? G_MAXINT64 : lf_sim_clock_get_us () + timeout_ms * G_GINT64_CONSTANT (1000);
  return 0;
}

/* GLib moves all timers that count in seconds by a part of one that it takes from the session bus's address,
 * so that desktops beside each other do not wake at once. Here it comes from the seed, like everything. */
static void
set_timer_phase (guint32 seed)
{
  g_autofree char *address = g_strdup_printf ("unix:path=/simulation/%u", seed);

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
}

/**
 * lf_sim_world_new:
 * @seed: of everything that is drawn
 * @is_traced: whether the trace is printed
 *
 * Begins virtual time. There is one world in a process.
 *
 * Returns: (transfer full): a world without machines
 */
LfSimWorld *
lf_sim_world_new (guint32 seed, gboolean is_traced)
{
  LfSimWorld        *self = g_new0 (LfSimWorld, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = NULL;

  set_timer_phase (seed);
  self->random = g_rand_new_with_seed (seed);
  sodium_random = g_rand_new_with_seed (seed + 1);
  g_random_set_seed (seed + 2);
  randombytes_set_implementation (&sodium_source);
  self->folder = g_dir_make_tmp ("lampfield-sim-XXXXXX", &error);
  if (self->folder == NULL)
    g_error ("%s", error->message);
  lf_sim_disk_start (self->folder);
  lf_sim_clock_start (); /* from here on no name is drawn from the time */
  path = g_build_filename (self->folder, "http.sock", NULL);
  self->trace = lf_sim_trace_new (is_traced);
  self->net = lf_sim_net_new (path, seed + 3, self->trace);
  self->nodes = g_ptr_array_new ();
  self->events = g_ptr_array_new_with_free_func (g_free);
  lf_sim_threads_start (self);
  return self;
}

static void
node_free (LfSimNode *node)
{
  g_main_context_unref (node->context);
  g_array_unref (node->fds);
  g_free (node->name);
  g_free (node);
}

/**
 * lf_sim_world_free:
 * @self: a world whose machines have nothing left
 */
void
lf_sim_world_free (LfSimWorld *self)
{
  lf_sim_threads_stop ();
  lf_sim_net_free (self->net);
  for (guint i = 0; i < self->nodes->len; i++)
    node_free (self->nodes->pdata[i]);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->events);
  lf_sim_trace_free (self->trace);
  g_rand_free (self->random);
  g_clear_pointer (&sodium_random, g_rand_free);
  g_free (self->folder);
  g_free (self);
}

/**
 * lf_sim_world_add_node:
 * @self: a world
 * @name: for the trace
 * @context: (nullable): where its code runs; %NULL for a new one
 *
 * Returns: (transfer none): a machine that is awake, with a quick way to the server
 */
LfSimNode *
lf_sim_world_add_node (LfSimWorld *self, const char *name, GMainContext *context)
{
  LfSimNode *node = g_new0 (LfSimNode, 1);

  node->name = g_strdup (name);
  node->context = context != NULL ? g_main_context_ref (context) : g_main_context_new ();
  node->asleep_since_us = -1;
  node->due_us = G_MAXINT64;
  node->fds = g_array_new (FALSE, FALSE, sizeof (GPollFD));
  node->is_runnable = TRUE;
  lf_sim_world_mend (self, node);
  g_main_context_set_poll_func (node->context, poll_now);
  g_ptr_array_add (self->nodes, node);
  return node;
}

static void
take_place (LfSimWorld *self, LfSimNode *node)
{
  current = node;
  lf_sim_clock_enter (node != NULL ? &node->machine : NULL);
  lf_sim_net_enter (self->net, node != NULL ? node->name : NULL, node != NULL ? &node->road : NULL);
}

/**
 * lf_sim_world_enter:
 * @self: a world
 * @node: whose code runs from now on
 *
 * May be nested, as what one machine does may be looked at by another's eyes.
 */
void
lf_sim_world_enter (LfSimWorld *self, LfSimNode *node)
{
  g_assert (n_outer < MAX_NESTED);
  outer[n_outer++] = current;
  take_place (self, node);
  g_main_context_push_thread_default (node->context);
}

/**
 * lf_sim_world_leave:
 * @self: a world
 * @node: whose code has run
 */
void
lf_sim_world_leave (LfSimWorld *self, LfSimNode *node)
{
  g_assert (current == node && n_outer > 0);
  g_main_context_pop_thread_default (node->context);
  take_place (self, outer[--n_outer]);
  node->is_runnable = TRUE;
}

/**
 * lf_sim_world_suspend:
 * @self: a world
 * @node: a machine that is awake
 *
 * The lid is closed: nothing of it runs, and nothing reaches it.
 */
void
lf_sim_world_suspend (LfSimWorld *self, LfSimNode *node)
{
  lf_sim_trace_add (self->trace, "%s sleeps", node->name);
  node->asleep_since_us = lf_sim_clock_get_us ();
  node->road.is_open = FALSE;
}

/**
 * lf_sim_world_resume:
 * @self: a world
 * @node: a machine that sleeps
 *
 * Its monotonic clock goes on from where it stood, its other clocks have gone on.
 */
void
lf_sim_world_resume (LfSimWorld *self, LfSimNode *node)
{
  gint64 slept_us = lf_sim_clock_get_us () - node->asleep_since_us;

  lf_sim_trace_add (self->trace, "%s wakes", node->name);
  node->machine.asleep_us += slept_us;
  if (node->due_us != G_MAXINT64)
    node->due_us += slept_us;
  node->asleep_since_us = -1;
  node->road.is_open = TRUE;
  node->is_runnable = TRUE;
}

/**
 * lf_sim_world_mend:
 * @self: a world
 * @node: a machine
 *
 * Its wall clock is right, and the way to the server is quick.
 */
void
lf_sim_world_mend (LfSimWorld *self, LfSimNode *node)
{
  node->machine.wall_us = 0;
  node->road = (LfSimRoad){ .is_open = TRUE, .delay_us = 500, .spread_us = 20000 };
}

/**
 * lf_sim_world_at:
 * @self: a world
 * @due_us: the world's time
 * @function: called then
 * @user_data: for @function; lives until then
 *
 * Something will happen.
 */
void
lf_sim_world_at (LfSimWorld *self, gint64 due_us, GSourceOnceFunc function, gpointer user_data)
{
  Event *event = g_new (Event, 1);
  guint  at = self->events->len;

  *event = (Event){ MAX (due_us, lf_sim_clock_get_us ()), ++self->last_event, function, user_data };
  while (at > 0 && ((Event *) self->events->pdata[at - 1])->due_us > event->due_us)
    at--;
  g_ptr_array_insert (self->events, (int) at, event);
}

static gboolean
run_events (LfSimWorld *self)
{
  gboolean has_run = FALSE;

  while (self->events->len > 0 && ((Event *) self->events->pdata[0])->due_us <= lf_sim_clock_get_us ())
    {
      g_autofree Event *event = g_ptr_array_steal_index (self->events, 0);

      event->function (event->user_data);
      has_run = TRUE;
    }
  return has_run;
}

/* One look at what every machine waits for. */
static void
find_runnable (LfSimWorld *self)
{
  static GArray *all;
  guint          at = 0;

  if (all == NULL)
    all = g_array_new (FALSE, FALSE, sizeof (GPollFD));
  g_array_set_size (all, 0);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      LfSimNode *node = self->nodes->pdata[i];

      g_array_append_vals (all, node->fds->data, node->fds->len);
    }
  if (all->len > 0 && poll ((struct pollfd *) all->data, all->len, 0) < 0)
    g_error ("poll fails");
  for (guint i = 0; i < self->nodes->len; i++)
    {
      LfSimNode *node = self->nodes->pdata[i];

      node->is_runnable = node->is_runnable || node->due_us <= lf_sim_clock_get_us ();
      for (guint n = 0; n < node->fds->len; n++)
        node->is_runnable = node->is_runnable || g_array_index (all, GPollFD, at + n).revents != 0;
      at += node->fds->len;
    }
}

static gboolean
turn_nodes (LfSimWorld *self)
{
  gboolean has_run = FALSE;

  find_runnable (self);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      LfSimNode *node = self->nodes->pdata[i];
      gboolean   has_dispatched;

      if (!node->is_runnable || node->asleep_since_us >= 0)
        continue;
      self->n_turns++;
      node->is_waiting = FALSE;
      lf_sim_world_enter (self, node);
      has_dispatched = g_main_context_iteration (node->context, TRUE); /* never waits: poll_now() */
      lf_sim_world_leave (self, node);
      node->is_runnable = has_dispatched || !node->is_waiting;
      has_run = TRUE;
    }
  return has_run;
}

/* Everything happens that can happen now. */
static void
settle (LfSimWorld *self)
{
  gboolean has_run = TRUE;

  for (guint n = 0; has_run; n++)
    {
      if (n > MAX_ROUNDS)
        lf_sim_world_fail (self, "something runs for ever without letting time pass");
      has_run = turn_nodes (self);
      has_run |= lf_sim_threads_run ();
      has_run |= lf_sim_net_pump (self->net);
      has_run |= run_events (self);
      if (has_run && self->watch != NULL)
        self->watch (self->watch_data);
    }
}

static gint64
find_next_us (LfSimWorld *self)
{
  gint64 next_us = MIN (lf_sim_clock_get_next_us (), lf_sim_net_get_next_us (self->net));

  if (self->events->len > 0)
    next_us = MIN (next_us, ((Event *) self->events->pdata[0])->due_us);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      LfSimNode *node = self->nodes->pdata[i];

      if (node->asleep_since_us < 0)
        next_us = MIN (next_us, node->due_us);
    }
  return next_us;
}

/**
 * lf_sim_world_run_until:
 * @self: a world
 * @is_true: what is waited for; looked at whenever nothing is left to do at an instant
 * @user_data: for @is_true
 * @deadline_us: the world's time
 *
 * Lets time pass.
 *
 * Returns: %FALSE if the deadline passed
 */
gboolean
lf_sim_world_run_until (LfSimWorld *self, gboolean (*is_true) (gpointer), gpointer user_data, gint64 deadline_us)
{
  for (;;)
    {
      gint64 next_us;

      settle (self);
      if (self->tick != NULL)
        self->tick (self->watch_data);
      if (is_true != NULL && is_true (user_data))
        return TRUE;
      if (lf_sim_clock_get_us () >= deadline_us)
        return FALSE;
      next_us = find_next_us (self);
      lf_sim_clock_advance_to (MIN (next_us, deadline_us));
    }
}

/**
 * lf_sim_world_run:
 * @self: a world
 * @for_us: how long
 *
 * Lets time pass.
 */
void
lf_sim_world_run (LfSimWorld *self, gint64 for_us)
{
  lf_sim_world_run_until (self, NULL, NULL, lf_sim_clock_get_us () + for_us);
}

/**
 * lf_sim_world_fail:
 * @self: a world
 * @format: as for printf(): what is wrong
 *
 * Something is not as it must be: prints how it came about, and ends the process.
 */
void
lf_sim_world_fail (LfSimWorld *self, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list          arguments;

  va_start (arguments, format);
  words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  lf_sim_trace_add (self->trace, "WRONG: %s", words);
  lf_sim_trace_print_tail (self->trace);
  fflush (stdout);
  _Exit (1);
}

/**
 * lf_sim_world_draw:
 * @self: a world
 * @least: the least
 * @most: the most
 *
 * Returns: a random number
 */
gint64
lf_sim_world_draw (LfSimWorld *self, gint64 least, gint64 most)
{
  return least + (gint64) (g_rand_double (self->random) * (double) (most - least + 1));
}

/**
 * lf_sim_world_toss:
 * @self: a world
 * @percent: how often
 *
 * Returns: %TRUE in so many of a hundred cases
 */
gboolean
lf_sim_world_toss (LfSimWorld *self, guint percent)
{
  return lf_sim_world_draw (self, 0, 99) < percent;
}

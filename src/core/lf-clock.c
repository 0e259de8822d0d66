/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <time.h>

#include "lf-clock.h"
#include "lf-due-queue.h"

/* The main loop's timers stand still while the machine sleeps, and know nothing of a wall clock that
 * is set: so a system clock looks at least this often whether a call has become due. */
#define MAX_SLEEP_US (30 * LF_SECOND)

typedef struct
{
  LfDueItem   item; /* first: the queue hands out its address */
  guint       id;
  GSourceFunc function;
  gpointer    user_data; /* borrowed */
} Call;

struct _LfClock
{
  GObject parent_instance;

  gboolean is_manual;
  gboolean has_server_time;
  gint64   now_us; /* manual: wall time; system: the server's at base_elapsed_us */
  gint64   base_elapsed_us;
  gint64   mono_us; /* manual only */

  LfDueQueue *queue; /* owned; of Call */
  GHashTable *calls; /* owned; id → owned Call */
  guint       last_id;
  GSource    *source; /* owned, nullable; system only, while calls wait */
};

typedef struct
{
  GSource  parent;
  LfClock *clock; /* borrowed: the clock destroys its source first */
} ClockSource;

G_DEFINE_FINAL_TYPE (LfClock, lf_clock, G_TYPE_OBJECT)

/* Microseconds since boot, time asleep included. */
static gint64
read_elapsed_us (void)
{
  struct timespec elapsed;

  if (clock_gettime (CLOCK_BOOTTIME, &elapsed) != 0)
    return g_get_monotonic_time ();
  return (gint64) elapsed.tv_sec * LF_SECOND + elapsed.tv_nsec / 1000;
}

/* Takes out the first call that is due at @now_us, or returns NULL. */
static Call *
take_due_call (LfClock *self,
               gint64   now_us)
{
  LfDueItem *item = lf_due_queue_peek (self->queue);
  Call      *call = (Call *) item;

  if (item == NULL || item->at_us > now_us)
    return NULL;
  lf_due_queue_remove (self->queue, item);
  g_hash_table_steal (self->calls, GUINT_TO_POINTER (call->id));
  return call;
}

static void
run_call (Call *call)
{
  GSourceFunc function = call->function;
  gpointer    user_data = call->user_data;

  g_free (call);
  function (user_data);
}

/* Wakes the main loop for the first call that waits. */
static void
arm_source (LfClock *self)
{
  LfDueItem *first;
  gint64     wait_us;

  if (self->source == NULL)
    return;
  first = lf_due_queue_peek (self->queue);
  if (first == NULL)
    {
      g_source_set_ready_time (self->source, -1);
      return;
    }
  wait_us = first->at_us - lf_clock_get_now_us (self);
  g_source_set_ready_time (self->source, g_get_monotonic_time () + CLAMP (wait_us, 0, MAX_SLEEP_US));
}

static gboolean
on_source_ready (GSource    *source,
                 GSourceFunc callback,
                 gpointer    user_data)
{
  g_autoptr (LfClock) self = g_object_ref (((ClockSource *) source)->clock);
  gint64              now_us = lf_clock_get_now_us (self);
  guint               n_left = g_hash_table_size (self->calls);
  Call               *call;

  /* At most as many as wait now: one that comes again at once cannot hold up the loop. */
  while (n_left-- > 0 && self->source != NULL && (call = take_due_call (self, now_us)) != NULL)
    run_call (call);
  arm_source (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs clock_source_funcs = { NULL, NULL, on_source_ready, NULL };

static void
ensure_source (LfClock *self)
{
  g_autoptr (GMainContext) context = NULL;

  if (self->is_manual || self->source != NULL)
    return;
  context = g_main_context_ref_thread_default ();
  self->source = g_source_new (&clock_source_funcs, sizeof (ClockSource));
  ((ClockSource *) self->source)->clock = self;
  g_source_set_static_name (self->source, "LfClock");
  g_source_attach (self->source, context);
}

static void
lf_clock_dispose (GObject *object)
{
  LfClock *self = LF_CLOCK (object);

  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);

  G_OBJECT_CLASS (lf_clock_parent_class)->dispose (object);
}

static void
lf_clock_finalize (GObject *object)
{
  LfClock *self = LF_CLOCK (object);

  lf_due_queue_free (self->queue);
  g_hash_table_unref (self->calls);

  G_OBJECT_CLASS (lf_clock_parent_class)->finalize (object);
}

static void
lf_clock_class_init (LfClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_clock_dispose;
  object_class->finalize = lf_clock_finalize;
}

static void
lf_clock_init (LfClock *self)
{
  self->queue = lf_due_queue_new ();
  self->calls = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

/**
 * lf_clock_new_system:
 *
 * Its calls run on the thread-default main context of whoever makes the first one.
 *
 * Returns: (transfer full): a clock that goes by itself
 */
LfClock *
lf_clock_new_system (void)
{
  return g_object_new (LF_TYPE_CLOCK, NULL);
}

/**
 * lf_clock_new_manual:
 * @now_us: wall-clock instant, microseconds
 *
 * Returns: (transfer full): a clock that stands still at @now_us until it is advanced
 */
LfClock *
lf_clock_new_manual (gint64 now_us)
{
  LfClock *self = g_object_new (LF_TYPE_CLOCK, NULL);

  self->is_manual = TRUE;
  self->now_us = now_us;
  return self;
}

/**
 * lf_clock_get_now_us:
 * @self: a clock
 *
 * Until the server's time is learnt, a system clock says what the local wall clock says. From then on
 * it goes on evenly from there, also through suspend, whoever sets the local clock.
 *
 * Returns: wall-clock microseconds since 1970-01-01 UTC
 */
gint64
lf_clock_get_now_us (LfClock *self)
{
  g_return_val_if_fail (LF_IS_CLOCK (self), 0);

  if (self->is_manual)
    return self->now_us;
  if (!self->has_server_time)
    return g_get_real_time ();
  return self->now_us + (read_elapsed_us () - self->base_elapsed_us);
}

/**
 * lf_clock_get_mono_us:
 * @self: a clock
 *
 * For durations. A system clock gives g_get_monotonic_time(), which stands still in suspend.
 *
 * Returns: microseconds since some instant
 */
gint64
lf_clock_get_mono_us (LfClock *self)
{
  g_return_val_if_fail (LF_IS_CLOCK (self), 0);

  return self->is_manual ? self->mono_us : g_get_monotonic_time ();
}

/**
 * lf_clock_set_server_us:
 * @self: a clock
 * @server_now_us: what the server's clock says now
 *
 * Takes over the server's time. Calls that have become due by this run on the next turn of the main
 * loop, or at the next lf_clock_advance() of a manual clock.
 */
void
lf_clock_set_server_us (LfClock *self,
                        gint64   server_now_us)
{
  g_return_if_fail (LF_IS_CLOCK (self));

  self->now_us = server_now_us;
  if (self->is_manual)
    return;
  self->base_elapsed_us = read_elapsed_us ();
  self->has_server_time = TRUE;
  arm_source (self);
}

/**
 * lf_clock_advance:
 * @self: a manual clock
 * @step_us: how far, from 0
 *
 * Moves time forward and runs every call that becomes due on the way, in order: during each the clock
 * stands at the instant it was asked for. Calls that these make run as well, if their time comes.
 */
void
lf_clock_advance (LfClock *self,
                  gint64   step_us)
{
  g_autoptr (LfClock) guard = NULL;
  gint64              end_us;
  Call               *call;

  g_return_if_fail (LF_IS_CLOCK (self));
  g_return_if_fail (self->is_manual);
  g_return_if_fail (step_us >= 0);

  guard = g_object_ref (self);
  end_us = self->now_us + step_us;
  while ((call = take_due_call (self, end_us)) != NULL)
    {
      gint64 at_us = MAX (call->item.at_us, self->now_us);

      self->mono_us += at_us - self->now_us;
      self->now_us = at_us;
      run_call (call);
    }
  self->mono_us += MAX (end_us - self->now_us, 0);
  self->now_us = MAX (end_us, self->now_us);
}

/**
 * lf_clock_call_at:
 * @self: a clock
 * @at_us: wall-clock instant, microseconds; one that has passed is due at once, yet never before
 *   this function returns
 * @function: called once; what it returns is ignored
 * @user_data: (nullable): for @function; cancel the call before it is freed
 *
 * The clock keeps nothing alive, and forgets its calls when it goes.
 *
 * Returns: an id for lf_clock_cancel(), never 0; clear yours when @function runs
 */
guint
lf_clock_call_at (LfClock    *self,
                  gint64      at_us,
                  GSourceFunc function,
                  gpointer    user_data)
{
  Call *call;

  g_return_val_if_fail (LF_IS_CLOCK (self), 0);
  g_return_val_if_fail (at_us != LF_INSTANT_NONE, 0);
  g_return_val_if_fail (function != NULL, 0);

  do
    self->last_id++;
  while (self->last_id == 0 || g_hash_table_contains (self->calls, GUINT_TO_POINTER (self->last_id)));

  call = g_new0 (Call, 1);
  call->id = self->last_id;
  call->function = function;
  call->user_data = user_data;
  g_hash_table_insert (self->calls, GUINT_TO_POINTER (call->id), call);
  lf_due_queue_set (self->queue, &call->item, at_us);

  ensure_source (self);
  if (lf_due_queue_peek (self->queue) == &call->item)
    arm_source (self);
  return call->id;
}

/**
 * lf_clock_cancel:
 * @self: a clock
 * @call_id: (inout): what lf_clock_call_at() returned, or 0; set to 0
 *
 * Forgets a call. One that has run already is no error.
 */
void
lf_clock_cancel (LfClock *self,
                 guint   *call_id)
{
  Call *call;

  g_return_if_fail (LF_IS_CLOCK (self));
  g_return_if_fail (call_id != NULL);

  call = g_hash_table_lookup (self->calls, GUINT_TO_POINTER (*call_id));
  *call_id = 0;
  if (call == NULL)
    return;
  lf_due_queue_remove (self->queue, &call->item);
  g_hash_table_remove (self->calls, GUINT_TO_POINTER (call->id));
}

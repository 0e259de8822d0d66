/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "lf-clock.h"
#include "lf-due-queue.h"

/* A system clock waits with a timer of the kernel's that counts time asleep too, so that what became
 * due meanwhile runs as soon as the machine wakes; the timers of the main loop stand still then. Nobody
 * tells when the wall clock is set: so it looks at least this often. */
#define MAX_SLEEP_US (30 * LF_SECOND)

#define ASLEEP_MIN_US LF_SECOND /* less may come of reading two clocks one after the other */

typedef struct
{
  LfDueItem   item;  /* first: the queue hands out its address */
  LfDueQueue *queue; /* borrowed; the one it waits in */
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

  LfDueQueue *by_wall;    /* owned; of Call, by wall time */
  LfDueQueue *by_elapsed; /* owned; of Call, by time elapsed */
  GHashTable *calls;      /* owned; id → owned Call */
  guint       last_id;
  GSource    *source;    /* owned, nullable; system only, while calls wait */
  gint64      asleep_us; /* how long the machine has been asleep, as last seen */
};

enum
{
  SIGNAL_WOKE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  GSource  parent;
  LfClock *clock; /* borrowed: the clock destroys its source first */
  int      timer; /* owned; a timerfd, or -1 when there is none to be had */
} ClockSource;

G_DEFINE_FINAL_TYPE (LfClock, lf_clock, G_TYPE_OBJECT)

/* Microseconds since boot, time asleep included; of a manual clock, since it was made. */
static gint64
read_elapsed_us (LfClock *self)
{
  struct timespec elapsed;

  if (self->is_manual)
    return self->mono_us;
  if (clock_gettime (CLOCK_BOOTTIME, &elapsed) != 0)
    return g_get_monotonic_time ();
  return (gint64) elapsed.tv_sec * LF_SECOND + elapsed.tv_nsec / 1000;
}

/* The call that is due first, or NULL; (out) how long it has to wait, negative if it is late. */
static Call *
find_first (LfClock *self,
            gint64  *wait_us)
{
  LfDueItem *wall = lf_due_queue_peek (self->by_wall);
  LfDueItem *elapsed = lf_due_queue_peek (self->by_elapsed);
  gint64     wall_wait_us = wall != NULL ? wall->at_us - lf_clock_get_now_us (self) : G_MAXINT64;
  gint64     elapsed_wait_us = elapsed != NULL ? elapsed->at_us - read_elapsed_us (self) : G_MAXINT64;

  *wait_us = MIN (wall_wait_us, elapsed_wait_us);
  return (Call *) (wall_wait_us <= elapsed_wait_us ? wall : elapsed);
}

static void
forget_call (LfClock *self,
             Call    *call)
{
  lf_due_queue_remove (call->queue, &call->item);
  g_hash_table_steal (self->calls, GUINT_TO_POINTER (call->id));
}

static void
run_call (LfClock *self,
          Call    *call)
{
  GSourceFunc function = call->function;
  gpointer    user_data = call->user_data;

  forget_call (self, call);
  g_free (call);
  function (user_data);
}

/* Wakes the main loop for the first call that waits. */
static void
arm_source (LfClock *self)
{
  ClockSource      *source = (ClockSource *) self->source;
  struct itimerspec setting = { 0 };
  gboolean          has_call;
  gint64            wait_us;

  if (source == NULL)
    return;
  has_call = find_first (self, &wait_us) != NULL;
  wait_us = CLAMP (wait_us, 0, MAX_SLEEP_US);
  if (source->timer < 0)
    {
      g_source_set_ready_time (self->source, has_call ? g_get_monotonic_time () + wait_us : -1);
      return;
    }
  if (has_call)
    {
      setting.it_value.tv_sec = wait_us / LF_SECOND;
      setting.it_value.tv_nsec = wait_us % LF_SECOND * 1000 + 1; /* all zero would stop the timer */
    }
  timerfd_settime (source->timer, 0, &setting, NULL);
}

static gint64
read_asleep_us (LfClock *self)
{
  return read_elapsed_us (self) - g_get_monotonic_time ();
}

/* Told before the calls that became due meanwhile: what they rest on may have ended in the sleep. */
static void
tell_if_woke (LfClock *self)
{
  gint64 asleep_us = read_asleep_us (self);
  gint64 slept_us;

  if (asleep_us - self->asleep_us < ASLEEP_MIN_US)
    return;
  slept_us = asleep_us - self->asleep_us;
  self->asleep_us = asleep_us;
  g_signal_emit (self, signals[SIGNAL_WOKE], 0, slept_us);
}

static gboolean
on_source_ready (GSource    *source,
                 GSourceFunc callback,
                 gpointer    user_data)
{
  ClockSource        *clock_source = (ClockSource *) source;
  g_autoptr (LfClock) self = g_object_ref (clock_source->clock);
  guint64             n_expirations;
  guint               n_left;
  gint64              wait_us;
  Call               *call;

  if (clock_source->timer >= 0 && read (clock_source->timer, &n_expirations, sizeof n_expirations) < 0)
    g_debug ("the timer was set anew after it had expired"); /* whether anything is due is seen below */
  tell_if_woke (self);

  /* At most as many as wait now: one that comes again at once cannot hold up the loop. */
  n_left = g_hash_table_size (self->calls);
  while (n_left-- > 0 && self->source != NULL && (call = find_first (self, &wait_us)) != NULL && wait_us <= 0)
    run_call (self, call);
  arm_source (self);
  return G_SOURCE_CONTINUE;
}

static void
on_source_finalized (GSource *source)
{
  ClockSource *clock_source = (ClockSource *) source;

  if (clock_source->timer >= 0)
    close (clock_source->timer);
}

static GSourceFuncs clock_source_funcs = { NULL, NULL, on_source_ready, on_source_finalized };

static void
ensure_source (LfClock *self)
{
  g_autoptr (GMainContext) context = NULL;
  ClockSource             *clock_source;

  if (self->is_manual || self->source != NULL)
    return;
  context = g_main_context_ref_thread_default ();
  self->source = g_source_new (&clock_source_funcs, sizeof (ClockSource));
  clock_source = (ClockSource *) self->source;
  clock_source->clock = self;
  clock_source->timer = timerfd_create (CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (clock_source->timer >= 0)
    g_source_add_unix_fd (self->source, clock_source->timer, G_IO_IN);
  g_source_set_static_name (self->source, "LfClock");
  g_source_attach (self->source, context);
  self->asleep_us = read_asleep_us (self);
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

  lf_due_queue_free (self->by_wall);
  lf_due_queue_free (self->by_elapsed);
  g_hash_table_unref (self->calls);

  G_OBJECT_CLASS (lf_clock_parent_class)->finalize (object);
}

static void
lf_clock_class_init (LfClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_clock_dispose;
  object_class->finalize = lf_clock_finalize;

  signals[SIGNAL_WOKE] = g_signal_new ("woke", LF_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
lf_clock_init (LfClock *self)
{
  self->by_wall = lf_due_queue_new ();
  self->by_elapsed = lf_due_queue_new ();
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
  return self->now_us + (read_elapsed_us (self) - self->base_elapsed_us);
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
  self->base_elapsed_us = read_elapsed_us (self);
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
  gint64              wait_us;
  Call               *call;

  g_return_if_fail (LF_IS_CLOCK (self));
  g_return_if_fail (self->is_manual);
  g_return_if_fail (step_us >= 0);

  guard = g_object_ref (self);
  while ((call = find_first (self, &wait_us)) != NULL && wait_us <= step_us)
    {
      wait_us = MAX (wait_us, 0);
      self->now_us += wait_us;
      self->mono_us += wait_us;
      step_us -= wait_us;
      run_call (self, call);
    }
  self->now_us += step_us;
  self->mono_us += step_us;
}

static guint
add_call (LfClock    *self,
          LfDueQueue *queue,
          gint64      at_us,
          GSourceFunc function,
          gpointer    user_data)
{
  Call *call = g_new0 (Call, 1);

  do
    self->last_id++;
  while (self->last_id == 0 || g_hash_table_contains (self->calls, GUINT_TO_POINTER (self->last_id)));

  call->id = self->last_id;
  call->queue = queue;
  call->function = function;
  call->user_data = user_data;
  g_hash_table_insert (self->calls, GUINT_TO_POINTER (call->id), call);
  lf_due_queue_set (queue, &call->item, at_us);

  ensure_source (self);
  if (lf_due_queue_peek (queue) == &call->item)
    arm_source (self);
  return call->id;
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
  g_return_val_if_fail (LF_IS_CLOCK (self), 0);
  g_return_val_if_fail (at_us != LF_INSTANT_NONE, 0);
  g_return_val_if_fail (function != NULL, 0);

  return add_call (self, self->by_wall, MAX (at_us, 0), function, user_data);
}

/**
 * lf_clock_call_after:
 * @self: a clock
 * @delay_us: how long to wait, microseconds from 0; time asleep counts
 * @function: called once; what it returns is ignored
 * @user_data: (nullable): for @function; cancel the call before it is freed
 *
 * For durations, such as a lease or a grace: it comes in time also when somebody sets the wall clock,
 * or the server's time is learnt. Otherwise like lf_clock_call_at().
 *
 * Returns: an id for lf_clock_cancel(), never 0; clear yours when @function runs
 */
guint
lf_clock_call_after (LfClock    *self,
                     gint64      delay_us,
                     GSourceFunc function,
                     gpointer    user_data)
{
  g_return_val_if_fail (LF_IS_CLOCK (self), 0);
  g_return_val_if_fail (delay_us >= 0, 0);
  g_return_val_if_fail (function != NULL, 0);

  return add_call (self, self->by_elapsed, read_elapsed_us (self) + delay_us, function, user_data);
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
  forget_call (self, call);
  g_free (call);
}

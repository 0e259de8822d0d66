/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dlfcn.h>

#include "lf-sim-threads.h"
#include "lf-store-lane.h"

/* The linker puts these in the place of the lane's own (--wrap): a job waits here for its turn, takes a
 * random time, and is then done by the lane's thread while everything else stands still. */

#define SLOWEST_US (30 * 1000)

gboolean __wrap_lf_store_lane_push (LfStoreLane *lane, LfStoreJob job, gpointer data, GTask *task, GError **error);
gboolean __real_lf_store_lane_push (LfStoreLane *lane, LfStoreJob job, gpointer data, GTask *task, GError **error);
void     __wrap_lf_store_lane_close (LfStoreLane *lane);
void     __real_lf_store_lane_close (LfStoreLane *lane);

typedef struct
{
  gsize        number;
  gint64       due_us;
  LfStoreLane *lane; /* borrowed: it is closed before it goes */
  LfStoreJob   job;
  gpointer     data; /* owned by the task */
  GTask       *task; /* owned */
} Waiting;

typedef struct
{
  GThreadPool *pool; /* borrowed */
  gpointer     data;
} Errand;

static LfSimWorld *world;
static GQueue      errands = G_QUEUE_INIT; /* of Errand, owned */
static GQueue      waiting = G_QUEUE_INIT; /* of Waiting, owned; each has an event of the world */
static gsize       last_number;
static gboolean    is_killed;

static gboolean
do_nothing (LfDb *db, gpointer data, GError **error)
{
  return TRUE;
}

/* What is answered with a group is answered before the next group begins: two, to be sure of one between. */
static void
wait_for_lane (LfStoreLane *lane)
{
  lf_store_lane_run_sync (lane, do_nothing, NULL, NULL);
  lf_store_lane_run_sync (lane, do_nothing, NULL, NULL);
}

static void
run (Waiting *item)
{
  g_autoptr (GError) error = NULL;

  if (__real_lf_store_lane_push (item->lane, item->job, item->data, item->task, &error))
    wait_for_lane (item->lane);
  else
    g_task_return_error (item->task, g_steal_pointer (&error));
}

static void
waiting_free (Waiting *item)
{
  g_object_unref (item->task);
  g_free (item);
}

/* Its time has come, unless it went with its lane. */
static void
on_due (gpointer user_data)
{
  for (GList *link = waiting.head; link != NULL; link = link->next)
    {
      Waiting *item = link->data;

      if (item->number != GPOINTER_TO_SIZE (user_data))
        continue;
      g_queue_delete_link (&waiting, link);
      run (item);
      waiting_free (item);
      return;
    }
}

/* A lane keeps its order; the lanes overtake each other. */
static gint64
choose_due_us (LfStoreLane *lane)
{
  gint64 due_us = lf_sim_clock_get_us () + lf_sim_world_draw (world, 0, SLOWEST_US);

  for (const GList *link = waiting.head; link != NULL; link = link->next)
    {
      const Waiting *item = link->data;

      if (item->lane == lane)
        due_us = MAX (due_us, item->due_us);
    }
  return due_us;
}

gboolean
__wrap_lf_store_lane_push (LfStoreLane *lane, LfStoreJob job, gpointer data, GTask *task, GError **error)
{
  Waiting *item = g_new (Waiting, 1);

  *item = (Waiting){ ++last_number, choose_due_us (lane), lane, job, data, g_object_ref (task) };
  g_queue_push_tail (&waiting, item);
  lf_sim_world_at (world, item->due_us, on_due, GSIZE_TO_POINTER (item->number));
  return TRUE;
}

static gboolean
on_never_done (gpointer user_data)
{
  g_task_return_new_error (user_data, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE, "The server was killed.");
  return G_SOURCE_REMOVE;
}

void
__wrap_lf_store_lane_close (LfStoreLane *lane)
{
  for (GList *link = waiting.head; link != NULL;)
    {
      GList   *next = link->next;
      Waiting *item = link->data;

      if (item->lane == lane)
        {
          g_queue_delete_link (&waiting, link);
          if (is_killed)
            g_idle_add_full (G_PRIORITY_DEFAULT, on_never_done, g_object_ref (item->task), g_object_unref);
          else
            run (item);
          waiting_free (item);
        }
      link = next;
    }
  __real_lf_store_lane_close (lane);
}

/* GIO gives what may block (the end of a custom stream, for one) to threads of a pool. Here it is done
 * between the turns of the machines. */
gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  gboolean (*real_push) (GThreadPool *, gpointer, GError **) = NULL;
  Errand *errand;

  if (world == NULL)
    {
      *(void **) &real_push = dlsym (RTLD_NEXT, "g_thread_pool_push");
      return real_push (pool, data, error);
    }
  errand = g_new (Errand, 1);
  *errand = (Errand){ pool, data };
  g_queue_push_tail (&errands, errand);
  return TRUE;
}

/**
 * lf_sim_threads_run:
 *
 * Does what was given to a pool.
 *
 * Returns: %TRUE if there was anything
 */
gboolean
lf_sim_threads_run (void)
{
  guint n = errands.length;

  for (guint i = 0; i < n; i++)
    {
      g_autofree Errand *errand = g_queue_pop_head (&errands);

      errand->pool->func (errand->data, errand->pool->user_data);
    }
  return n > 0;
}

/**
 * lf_sim_threads_start:
 * @for_world: whose time it takes
 */
void
lf_sim_threads_start (LfSimWorld *for_world)
{
  world = for_world;
}

/**
 * lf_sim_threads_stop:
 *
 * Every store has been closed.
 */
void
lf_sim_threads_stop (void)
{
  g_assert (waiting.length == 0 && errands.length == 0);
  world = NULL;
}

/**
 * lf_sim_threads_set_is_killed:
 * @is_it: whether what waits at the end of a store is never done
 */
void
lf_sim_threads_set_is_killed (gboolean is_it)
{
  is_killed = is_it;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-slots.h"

typedef struct
{
  LfCalendarSlotFunc function;
  gpointer           user_data;
} Waiter;

/* Both queues are of Waiter. */
struct _LfCalendarSlots
{
  int    ref_count;
  guint  n_free;
  guint  n_slow; /* slots that slow ones hold */
  guint  max_slow;
  GQueue waiters;
  GQueue slow_waiters;
};

/* Whether a slow one is next: always one if there are any, more if nobody else waits. */
static gboolean
is_slow_next (LfCalendarSlots *self)
{
  return !g_queue_is_empty (&self->slow_waiters) && self->n_slow < self->max_slow &&
         (self->n_slow == 0 || g_queue_is_empty (&self->waiters));
}

/* Gives free slots to those who wait. */
static void
hand_out (LfCalendarSlots *self)
{
  while (self->n_free > 0)
    {
      gboolean           is_slow = is_slow_next (self);
      g_autofree Waiter *waiter = g_queue_pop_head (is_slow ? &self->slow_waiters : &self->waiters);

      if (waiter == NULL)
        return;
      self->n_free--;
      self->n_slow += is_slow;
      waiter->function (waiter->user_data);
    }
}

static gboolean
forget_in (GQueue  *waiters,
           gpointer user_data)
{
  for (GList *link = waiters->head; link != NULL; link = link->next)
    {
      Waiter *waiter = link->data;

      if (waiter->user_data == user_data)
        {
          g_queue_delete_link (waiters, link);
          g_free (waiter);
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * lf_calendar_slots_new:
 * @n_slots: how many may go on at once
 * @max_slow: how many of them may be slow ones
 *
 * Returns: (transfer full): free slots
 */
LfCalendarSlots *
lf_calendar_slots_new (guint n_slots,
                       guint max_slow)
{
  LfCalendarSlots *self;

  g_return_val_if_fail (max_slow > 0 && max_slow <= n_slots, NULL);

  self = g_new0 (LfCalendarSlots, 1);
  self->ref_count = 1;
  self->n_free = n_slots;
  self->max_slow = max_slow;
  g_queue_init (&self->waiters);
  g_queue_init (&self->slow_waiters);
  return self;
}

/**
 * lf_calendar_slots_ref:
 * @self: slots
 *
 * Returns: (transfer full): the same
 */
LfCalendarSlots *
lf_calendar_slots_ref (LfCalendarSlots *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  self->ref_count++;
  return self;
}

/**
 * lf_calendar_slots_unref:
 * @self: (transfer full): slots
 */
void
lf_calendar_slots_unref (LfCalendarSlots *self)
{
  g_return_if_fail (self != NULL);

  if (--self->ref_count > 0)
    return;
  g_queue_clear_full (&self->waiters, g_free);
  g_queue_clear_full (&self->slow_waiters, g_free);
  g_free (self);
}

/**
 * lf_calendar_slots_take:
 * @self: slots
 * @is_slow: it took long the last time
 * @function: (scope async): called when there is a slot, at once or later; its slot is given back by
 *   lf_calendar_slots_release()
 * @user_data: for @function
 */
void
lf_calendar_slots_take (LfCalendarSlots   *self,
                        gboolean           is_slow,
                        LfCalendarSlotFunc function,
                        gpointer           user_data)
{
  Waiter *waiter;

  g_return_if_fail (self != NULL);
  g_return_if_fail (function != NULL);

  waiter = g_new (Waiter, 1);
  waiter->function = function;
  waiter->user_data = user_data;
  g_queue_push_tail (is_slow ? &self->slow_waiters : &self->waiters, waiter);
  hand_out (self);
}

/**
 * lf_calendar_slots_forget:
 * @self: slots
 * @user_data: of somebody who waits for a slot
 *
 * Returns: %TRUE if it waited, and will not be called any more
 */
gboolean
lf_calendar_slots_forget (LfCalendarSlots *self,
                          gpointer         user_data)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return forget_in (&self->waiters, user_data) || forget_in (&self->slow_waiters, user_data);
}

/**
 * lf_calendar_slots_slow_down:
 * @self: slots
 *
 * One that holds a slot takes long.
 *
 * Returns: %TRUE if its slot is one of a slow one from now on; %FALSE if there are as many of these as may be
 */
gboolean
lf_calendar_slots_slow_down (LfCalendarSlots *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->n_slow >= self->max_slow)
    return FALSE;
  self->n_slow++;
  return TRUE;
}

/**
 * lf_calendar_slots_is_wanted:
 * @self: slots
 *
 * Returns: %TRUE if somebody who is not slow waits for a slot
 */
gboolean
lf_calendar_slots_is_wanted (LfCalendarSlots *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !g_queue_is_empty (&self->waiters);
}

/**
 * lf_calendar_slots_release:
 * @self: slots
 * @is_slow: it is one of a slow one
 *
 * Gives a slot back; the first who waits gets it.
 */
void
lf_calendar_slots_release (LfCalendarSlots *self,
                           gboolean         is_slow)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!is_slow || self->n_slow > 0);

  self->n_free++;
  self->n_slow -= is_slow ? 1 : 0;
  hand_out (self);
}

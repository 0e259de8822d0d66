/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-slots.h"

typedef struct
{
  LfCalendarSlotFunc function;
  gpointer           user_data;
} Waiter;

struct _LfCalendarSlots
{
  int    ref_count;
  guint  n_free;
  GQueue waiters; /* of Waiter */
};

/**
 * lf_calendar_slots_new:
 * @n_slots: how many may go on at once
 *
 * Returns: (transfer full): free slots
 */
LfCalendarSlots *
lf_calendar_slots_new (guint n_slots)
{
  LfCalendarSlots *self;

  g_return_val_if_fail (n_slots > 0, NULL);

  self = g_new0 (LfCalendarSlots, 1);
  self->ref_count = 1;
  self->n_free = n_slots;
  g_queue_init (&self->waiters);
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
  g_free (self);
}

/**
 * lf_calendar_slots_take:
 * @self: slots
 * @function: (scope async): called when there is a slot, at once or later; its slot is given back by
 *   lf_calendar_slots_release()
 * @user_data: for @function
 */
void
lf_calendar_slots_take (LfCalendarSlots   *self,
                        LfCalendarSlotFunc function,
                        gpointer           user_data)
{
  Waiter *waiter;

  g_return_if_fail (self != NULL);
  g_return_if_fail (function != NULL);

  if (self->n_free > 0)
    {
      self->n_free--;
      function (user_data);
      return;
    }
  waiter = g_new (Waiter, 1);
  waiter->function = function;
  waiter->user_data = user_data;
  g_queue_push_tail (&self->waiters, waiter);
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

  for (GList *link = self->waiters.head; link != NULL; link = link->next)
    {
      Waiter *waiter = link->data;

      if (waiter->user_data == user_data)
        {
          g_queue_delete_link (&self->waiters, link);
          g_free (waiter);
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * lf_calendar_slots_release:
 * @self: slots
 *
 * Gives a slot back; the first who waits gets it.
 */
void
lf_calendar_slots_release (LfCalendarSlots *self)
{
  g_autofree Waiter *waiter = NULL;

  g_return_if_fail (self != NULL);

  waiter = g_queue_pop_head (&self->waiters);
  if (waiter == NULL)
    self->n_free++;
  else
    waiter->function (waiter->user_data);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-phone-turns.h"

#define TURN_US (LF_SECOND / 10) /* so many begin together, ten times a second */

struct _LfPhoneTurns
{
  LfClock    *clock;  /* owned */
  GQueue      queue;  /* of LfSubscription, borrowed */
  GHashTable *places; /* owned: LfSubscription → its link in the queue */
  guint       per_turn;
  guint       call; /* of the clock, or 0 */
  gboolean    is_held;
  gboolean    is_careful; /* one at a time */
};

static void schedule (LfPhoneTurns *self);

static gboolean
on_turn (gpointer user_data)
{
  LfPhoneTurns *self = user_data;

  self->call = 0;
  for (guint i = 0; i < (self->is_careful ? 1 : self->per_turn) && self->queue.length > 0; i++)
    {
      LfSubscription *subscription = g_queue_pop_head (&self->queue);

      g_hash_table_remove (self->places, subscription);
      lf_subscription_begin (subscription);
    }
  schedule (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (LfPhoneTurns *self)
{
  if (self->queue.length == 0 || self->is_held)
    lf_clock_cancel (self->clock, &self->call);
  else if (self->call == 0)
    self->call = lf_clock_call_after (self->clock, TURN_US, on_turn, self);
}

/**
 * lf_phone_turns_new:
 * @clock: for the pace
 * @per_s: how many may begin in a second, at least 1; fewer than 10 count as 10
 *
 * Returns: (transfer full): turns for which nobody waits
 */
LfPhoneTurns *
lf_phone_turns_new (LfClock *clock, guint per_s)
{
  LfPhoneTurns *self = g_new0 (LfPhoneTurns, 1);

  self->clock = g_object_ref (clock);
  self->per_turn = MAX (1, per_s / 10);
  self->places = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->queue);
  return self;
}

/**
 * lf_phone_turns_free:
 * @self: (transfer full) (nullable): turns
 *
 * Nobody begins any more.
 */
void
lf_phone_turns_free (LfPhoneTurns *self)
{
  if (self == NULL)
    return;

  lf_clock_cancel (self->clock, &self->call);
  g_queue_clear (&self->queue);
  g_hash_table_unref (self->places);
  g_object_unref (self->clock);
  g_free (self);
}

/**
 * lf_phone_turns_add:
 * @self: turns
 * @subscription: who waits; borrowed until its turn, or until lf_phone_turns_remove()
 *
 * Puts a subscription at the end, unless it waits already.
 */
void
lf_phone_turns_add (LfPhoneTurns *self, LfSubscription *subscription)
{
  if (g_hash_table_contains (self->places, subscription))
    return;
  g_queue_push_tail (&self->queue, subscription);
  g_hash_table_insert (self->places, subscription, self->queue.tail);
  schedule (self);
}

/**
 * lf_phone_turns_remove:
 * @self: turns
 * @subscription: who does not wait any more; one that does not is passed over
 *
 * Takes a subscription out.
 */
void
lf_phone_turns_remove (LfPhoneTurns *self, LfSubscription *subscription)
{
  GList *place = g_hash_table_lookup (self->places, subscription);

  if (place == NULL)
    return;
  g_queue_delete_link (&self->queue, place);
  g_hash_table_remove (self->places, subscription);
  schedule (self);
}

/**
 * lf_phone_turns_set_held:
 * @self: turns
 * @is_held: whether nobody may begin
 *
 * Holds all of them, or lets them go on.
 */
void
lf_phone_turns_set_held (LfPhoneTurns *self, gboolean is_held)
{
  self->is_held = is_held;
  schedule (self);
}

/**
 * lf_phone_turns_set_careful:
 * @self: turns
 * @is_careful: whether one alone begins in each turn
 *
 * As long as it is not known whether the PBX takes the password, few shall try it.
 */
void
lf_phone_turns_set_careful (LfPhoneTurns *self, gboolean is_careful)
{
  self->is_careful = is_careful;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-line-state.h"

/**
 * lf_line_state_copy:
 * @self: (out caller-allocates): cleared or zeroed before; lf_line_state_clear() frees it
 * @other: what to copy
 *
 * Makes @self a copy of @other with strings of its own.
 */
void
lf_line_state_copy (LfLineState *self, const LfLineState *other)
{
  *self = *other;
  self->peer = g_strdup (other->peer);
  self->peer_name = g_strdup (other->peer_name);
}

/**
 * lf_line_state_clear:
 * @self: a state
 *
 * Frees its strings; it is unknown afterwards.
 */
void
lf_line_state_clear (LfLineState *self)
{
  g_free (self->peer);
  g_free (self->peer_name);
  *self = (LfLineState){ .since_us = LF_INSTANT_NONE };
}

/**
 * lf_line_state_equal:
 * @a: a state
 * @b: another
 *
 * Returns: %TRUE if both say the same, down to the instant
 */
gboolean
lf_line_state_equal (const LfLineState *a, const LfLineState *b)
{
  return a->state == b->state && a->is_registered == b->is_registered && a->direction == b->direction &&
         a->since_us == b->since_us && g_strcmp0 (a->peer, b->peer) == 0 && g_strcmp0 (a->peer_name, b->peer_name) == 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-cdr.h"

/**
 * lf_cdr_clear:
 * @self: a record
 *
 * Frees its strings; nothing is left in it.
 */
void
lf_cdr_clear (LfCdr *self)
{
  g_free (self->call_id);
  g_free (self->caller_line);
  g_free (self->callee_line);
  g_free (self->caller);
  g_free (self->caller_name);
  g_free (self->callee);
  *self = (LfCdr){ 0 };
}

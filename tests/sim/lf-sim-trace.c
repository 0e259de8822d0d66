/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lf-sim-clock.h"
#include "lf-sim-trace.h"

#define TAIL_LINES 200

struct _LfSimTrace
{
  GQueue   tail; /* of owned lines */
  guint64  hash;
  gboolean is_printed;
};

/**
 * lf_sim_digest:
 * @digest: of what came before
 * @bytes: (array length=length): more
 * @length: how much
 *
 * Returns: the digest of all of it (FNV-1a)
 */
guint64
lf_sim_digest (guint64 digest, gconstpointer bytes, gsize length)
{
  const guint8 *at = bytes;

  while (length-- > 0)
    digest = (digest ^ *at++) * G_GUINT64_CONSTANT (0x100000001b3);
  return digest;
}

/**
 * lf_sim_trace_new:
 * @is_printed: whether each line is printed at once
 *
 * Returns: (transfer full): an empty trace
 */
LfSimTrace *
lf_sim_trace_new (gboolean is_printed)
{
  LfSimTrace *self = g_new0 (LfSimTrace, 1);

  g_queue_init (&self->tail);
  self->hash = LF_SIM_DIGEST;
  self->is_printed = is_printed;
  return self;
}

/**
 * lf_sim_trace_free:
 * @self: a trace
 */
void
lf_sim_trace_free (LfSimTrace *self)
{
  g_queue_clear_full (&self->tail, g_free);
  g_free (self);
}

/**
 * lf_sim_trace_add:
 * @self: a trace
 * @format: as for printf()
 *
 * Something happened now.
 */
void
lf_sim_trace_add (LfSimTrace *self, const char *format, ...)
{
  GString *line = g_string_new (NULL);
  gint64   now_us = lf_sim_clock_get_us ();
  va_list  arguments;

  g_string_printf (line, "%7" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT " ", now_us / G_USEC_PER_SEC, now_us % G_USEC_PER_SEC);
  va_start (arguments, format);
  g_string_append_vprintf (line, format, arguments);
  va_end (arguments);
  if (self->is_printed)
    printf ("%s\n", line->str);
  self->hash = lf_sim_digest (self->hash, line->str, line->len + 1);
  g_queue_push_tail (&self->tail, g_string_free (line, FALSE));
  if (self->tail.length > TAIL_LINES)
    g_free (g_queue_pop_head (&self->tail));
}

/**
 * lf_sim_trace_print_tail:
 * @self: a trace
 *
 * Prints the last lines, unless all have been.
 */
void
lf_sim_trace_print_tail (LfSimTrace *self)
{
  for (const GList *l = self->tail.head; !self->is_printed && l != NULL; l = l->next)
    printf ("%s\n", (const char *) l->data);
}

/**
 * lf_sim_trace_get_hash:
 * @self: a trace
 *
 * Returns: the hash of all lines so far
 */
guint64
lf_sim_trace_get_hash (LfSimTrace *self)
{
  return self->hash;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lf-fuzz.h"

#define MAX_LINE 64

/* GLib ends a program by SIGTRAP for what is fatal in its log. libFuzzer keeps the input of an abort. */
static void
on_trap (int number)
{
  abort ();
}

/**
 * LLVMFuzzerInitialize:
 * @argc: of the program
 * @argv: of the program
 *
 * What a programmer did wrong is a finding, as a crash is.
 *
 * Returns: 0
 */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  signal (SIGTRAP, on_trap);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  return 0;
}

/**
 * lf_fuzz_take_byte:
 * @self: an input
 *
 * Returns: the next byte, or 0
 */
guint8
lf_fuzz_take_byte (LfFuzzInput *self)
{
  return self->at < self->end ? *self->at++ : 0;
}

/**
 * lf_fuzz_take_short:
 * @self: an input
 *
 * Returns: the next two bytes, the higher one first
 */
guint16
lf_fuzz_take_short (LfFuzzInput *self)
{
  guint high = lf_fuzz_take_byte (self);

  return (guint16) (high << 8 | lf_fuzz_take_byte (self));
}

/**
 * lf_fuzz_split_line:
 * @data: an input
 * @size: its bytes
 * @line: (out) (transfer full): its first line, at most 64 bytes
 * @rest: (out): what follows
 * @rest_size: (out): its bytes
 *
 * Returns: %FALSE if there is no such line
 */
gboolean
lf_fuzz_split_line (const guint8 *data, gsize size, char **line, const guint8 **rest, gsize *rest_size)
{
  const guint8 *end = size > 0 ? memchr (data, '\n', MIN (size, MAX_LINE + 1)) : NULL;

  if (end == NULL)
    return FALSE;
  *line = g_strndup ((const char *) data, (gsize) (end - data));
  *rest = end + 1;
  *rest_size = size - (gsize) (end + 1 - data);
  return TRUE;
}

/**
 * lf_fuzz_rand_new:
 * @data: an input
 * @size: its bytes
 *
 * Returns: (transfer full): random numbers that depend on the input alone
 */
GRand *
lf_fuzz_rand_new (const guint8 *data, gsize size)
{
  guint32 seed = 5381;

  for (gsize i = 0; i < size; i++)
    seed = seed * 33 + data[i];
  return g_rand_new_with_seed (seed);
}

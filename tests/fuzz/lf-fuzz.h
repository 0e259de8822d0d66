/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each fuzz-TARGET.c defines the one function that libFuzzer calls with its inputs, and that
 * lf-fuzz-replay.c calls with the committed ones. Inputs need no structure: whatever comes must be
 * refused or read, never crash, leak, hang or break what the target asserts. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Takes numbers from an input; zeros once it is used up. */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
} LfFuzzInput;

guint8  lf_fuzz_take_byte (LfFuzzInput *self);
guint16 lf_fuzz_take_short (LfFuzzInput *self);

/* What stands before the first line end, and what behind it; FALSE if there is none. */
gboolean lf_fuzz_split_line (const guint8 *data, gsize size, char **line, const guint8 **rest, gsize *rest_size);

/* The same input gives the same numbers: where to cut it. */
GRand *lf_fuzz_rand_new (const guint8 *data, gsize size);

G_END_DECLS

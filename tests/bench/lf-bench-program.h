/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchProgram:
 * @pid: its process
 * @port: where it listens, of 127.0.0.1
 *
 * The program that is measured, in a process of its own: the server, or the baseline beside it.
 */
typedef struct
{
  GPid  pid;
  int   clock; /* of its CPU time */
  guint port;
} LfBenchProgram;

/* As many descriptors as the system gives; returns how many. */
guint lf_bench_raise_descriptors (void);

/* From here on what is measured has the first processor, and who measures the others, and does not
 * sleep while it waits. A scheduler that puts both on one lets each interrupt the other, and whoever
 * sleeps is woken by a send(), at the sender's cost: watchers are on other machines. Where there is one
 * processor alone they share it, and sleep. */
void     lf_bench_keep_apart (void);
gboolean lf_bench_is_apart (void);

/* Blocks until it listens: on @port again, or on a free one if that is 0. */
void lf_bench_program_start_server (LfBenchProgram *self, const char *path, const char *folder, guint port);
/* @frame_bytes: what it sends to each watcher for each trigger */
void lf_bench_program_start_broadcaster (LfBenchProgram *self, const char *path, gsize frame_bytes);
/* Sends the signal and waits for the end. */
void lf_bench_program_stop (LfBenchProgram *self, int signal_number);

double  lf_bench_program_get_cpu_us (const LfBenchProgram *self);      /* of all its threads, since its start */
guint64 lf_bench_program_get_private_kib (const LfBenchProgram *self); /* memory of its own */
guint   lf_bench_program_count_descriptors (const LfBenchProgram *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A connection to PipeWire that knows one thing: whether a program records from a microphone. Both
 * functions are called from the main context; @lost once, and nothing after it. */
typedef struct _LfPipewire LfPipewire;

typedef struct
{
  void (*changed) (LfPipewire *pipewire, gboolean is_recording, gpointer user_data);
  void (*lost) (LfPipewire *pipewire, gpointer user_data); /* may free @pipewire */
} LfPipewireFuncs;

LfPipewire *lf_pipewire_connect (const LfPipewireFuncs *funcs, gpointer user_data);
void        lf_pipewire_free (LfPipewire *self);

G_END_DECLS

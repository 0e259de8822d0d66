/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-sim-office.h"

G_BEGIN_DECLS

/**
 * LfSimScene:
 * @name: for the command line
 * @run: plays it, in an office in which nothing runs yet
 *
 * Something that takes hours or days and need not be drawn. The rest of what happens depends on the seed.
 * What each shows is said in test-simulation.c.
 */
typedef struct
{
  const char *name;
  void (*run) (LfSimOffice *office);
} LfSimScene;

const LfSimScene *lf_sim_scene_find (const char *name); /* nullable */

G_END_DECLS

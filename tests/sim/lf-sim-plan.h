/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-sim-office.h"

G_BEGIN_DECLS

/**
 * LfSimAct:
 * @name: for the trace
 * @weight: how often, beside the others
 * @act: does it
 *
 * Something that people do (lf-sim-acts.c), or that happens to machines (lf-sim-faults.c). To add one,
 * write a function and a row of the table.
 */
typedef struct
{
  const char *name;
  guint       weight;
  void (*act) (LfSimOffice *office);
} LfSimAct;

extern const LfSimAct lf_sim_acts[];   /* until name is NULL */
extern const LfSimAct lf_sim_faults[]; /* the same */

/* A running desktop that is signed in, or NULL. */
LfSimDevice *lf_sim_plan_draw_device (LfSimOffice *office);
const char  *lf_sim_plan_draw_user (LfSimOffice *office);

void lf_sim_plan_write (LfSimOffice *office); /* one of the acts */

void lf_sim_plan_begin (LfSimOffice *office);
void lf_sim_plan_compare (LfSimOffice *office); /* after all faults have ended */
void lf_sim_plan_work (LfSimOffice *office, guint n_steps);
void lf_sim_plan_run (LfSimOffice *office, guint n_steps);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-sim-plan.h"

#define STEPS_A_ROUND 25
#define FAULT_PERCENT 25
#define QUIET_US      (15 * LF_MINUTE) /* all faults are over: by then everybody is online again */
#define SETTLE_US     (2 * LF_MINUTE)  /* leases, graces and the pulls of calendars are over then */
#define EQUAL_US      (3 * LF_MINUTE)  /* then nothing may differ any more */

/**
 * lf_sim_plan_draw_device:
 * @office: an office
 *
 * Returns: (transfer none) (nullable): a desktop; %NULL if the one drawn is not in use
 */
LfSimDevice *
lf_sim_plan_draw_device (LfSimOffice *office)
{
  LfSimDevice *device = office->devices[lf_sim_world_draw (office->world, 0, LF_SIM_N_DEVICES - 1)];
  gboolean     is_used = device->client != NULL && device->node->asleep_since_us < 0 && device->client->session != NULL && device->client->me != NULL;

  return is_used ? device : NULL;
}

/**
 * lf_sim_plan_draw_user:
 * @office: an office
 *
 * Returns: somebody's user id
 */
const char *
lf_sim_plan_draw_user (LfSimOffice *office)
{
  return office->people[lf_sim_world_draw (office->world, 0, LF_SIM_N_PEOPLE - 1)].id;
}

static void
act (LfSimOffice *office, const LfSimAct *acts)
{
  guint  total = 0;
  gint64 drawn;
  guint  n = 0;

  for (guint i = 0; acts[i].name != NULL; i++)
    total += acts[i].weight;
  drawn = lf_sim_world_draw (office->world, 0, total - 1);
  while (drawn >= acts[n].weight)
    drawn -= acts[n++].weight;
  lf_sim_trace_add (office->world->trace, "act: %s", acts[n].name);
  acts[n].act (office);
}

static void
mend (LfSimOffice *office)
{
  lf_sim_trace_add (office->world->trace, "all faults end");
  for (guint i = 0; i < office->world->nodes->len; i++)
    {
      LfSimNode *node = office->world->nodes->pdata[i];

      if (node->asleep_since_us >= 0)
        lf_sim_world_resume (office->world, node);
      lf_sim_world_mend (office->world, node);
    }
  lf_sim_office_start_server (office);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    lf_sim_device_start (office->devices[i]);
}

static gboolean
is_quiet (gpointer user_data)
{
  LfSimOffice *office = user_data;

  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    if (!lf_sim_device_is_quiet (office->devices[i]))
      return FALSE;
  return lf_sim_service_is_quiet (office->phones) && lf_sim_service_is_quiet (office->calendars);
}

static void
explain_noise (LfSimOffice *office)
{
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    if (!lf_sim_device_is_quiet (office->devices[i]))
      lf_sim_world_fail (office->world, "%s does not come to rest", office->devices[i]->node->name);
  lf_sim_world_fail (office->world, "a connector does not come to rest");
}

static void
expect_equal (LfSimOffice *office)
{
  gint64           deadline_us = lf_sim_clock_get_us () + EQUAL_US;
  g_autofree char *difference = NULL;

  for (guint i = 0; i < LF_SIM_N_DEVICES;)
    {
      g_free (difference);
      difference = lf_sim_oracle_compare (office->oracle, office->devices[i]);
      if (difference == NULL)
        i++;
      else if (lf_sim_clock_get_us () < deadline_us)
        lf_sim_world_run (office->world, LF_SECOND);
      else
        lf_sim_world_fail (office->world, "%s: %s", office->devices[i]->node->name, difference);
    }
  lf_sim_oracle_check_messages (office->oracle);
  lf_sim_trace_add (office->world->trace, "all views are equal");
}

/**
 * lf_sim_plan_compare:
 * @office: an office
 *
 * Everything that was broken works again: after a while everybody sees what is true.
 */
void
lf_sim_plan_compare (LfSimOffice *office)
{
  mend (office);
  if (!lf_sim_world_run_until (office->world, is_quiet, office, lf_sim_clock_get_us () + QUIET_US))
    explain_noise (office);
  lf_sim_world_run (office->world, SETTLE_US);
  if (!lf_sim_world_run_until (office->world, is_quiet, office, lf_sim_clock_get_us () + QUIET_US))
    explain_noise (office);
  expect_equal (office);
}

static void
let_time_pass (LfSimOffice *office)
{
  gint64 most_us = lf_sim_world_toss (office->world, 50) ? LF_SECOND / 2 : lf_sim_world_toss (office->world, 80) ? 10 * LF_SECOND
                                                                                                                 : LF_MINUTE;

  lf_sim_world_run (office->world, lf_sim_world_draw (office->world, 0, most_us));
}

/**
 * lf_sim_plan_begin:
 * @office: an office in which nothing runs yet
 *
 * Starts everything, and waits until all views are equal.
 */
void
lf_sim_plan_begin (LfSimOffice *office)
{
  lf_sim_office_start_server (office);
  lf_sim_service_start (office->phones);
  lf_sim_service_start (office->calendars);
  lf_sim_plan_compare (office);
}

/**
 * lf_sim_plan_work:
 * @office: a running office
 * @n_steps: how much is to happen
 *
 * Lets people work and machines fail.
 */
void
lf_sim_plan_work (LfSimOffice *office, guint n_steps)
{
  for (guint step = 0; step < n_steps; step++)
    {
      act (office, lf_sim_world_toss (office->world, FAULT_PERCENT) ? lf_sim_faults : lf_sim_acts);
      let_time_pass (office);
    }
}

/**
 * lf_sim_plan_run:
 * @office: an office in which nothing runs yet
 * @n_steps: how much is to happen
 *
 * Lets people work and machines fail, and compares all views again and again.
 */
void
lf_sim_plan_run (LfSimOffice *office, guint n_steps)
{
  lf_sim_plan_begin (office);
  for (guint left = n_steps; left > 0;)
    {
      guint n = MIN (left, STEPS_A_ROUND);

      lf_sim_plan_work (office, n);
      lf_sim_plan_compare (office);
      left -= n;
    }
}

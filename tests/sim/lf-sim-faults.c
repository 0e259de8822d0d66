/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-sim-plan.h"

/* What happens to machines. All of it is mended before the views are compared. */

#define LONG_S      900
#define VERY_LONG_S 14400

static LfSimDevice *
draw_any (LfSimOffice *office)
{
  return office->devices[lf_sim_world_draw (office->world, 0, LF_SIM_N_DEVICES - 1)];
}

static LfSimNode *
draw_node (LfSimOffice *office)
{
  gint64 n = lf_sim_world_draw (office->world, 0, LF_SIM_N_DEVICES + 1);

  if (n == LF_SIM_N_DEVICES)
    return lf_sim_service_get_node (office->phones);
  return n > LF_SIM_N_DEVICES ? lf_sim_service_get_node (office->calendars) : office->devices[n]->node;
}

static void
harm_one (LfSimOffice *office)
{
  LfSimNode *node = draw_node (office);
  guint      n_links = lf_sim_net_count_of (office->world->net, node->name);
  LfSimHarm  harm = (LfSimHarm) lf_sim_world_draw (office->world, 0, LF_SIM_N_HARMS - 1);

  if (n_links > 0)
    lf_sim_net_harm (office->world->net, node->name, (guint) lf_sim_world_draw (office->world, 0, n_links - 1), harm,
                     lf_sim_world_draw (office->world, 0, G_MAXINT32));
}

static void
harm_machine (LfSimOffice *office)
{
  lf_sim_net_harm_all (office->world->net, draw_node (office)->name, lf_sim_world_toss (office->world, 50) ? LF_SIM_CUT : LF_SIM_HALF_OPEN);
}

static void
change_network (LfSimOffice *office)
{
  lf_sim_net_harm_all (office->world->net, NULL, lf_sim_world_toss (office->world, 50) ? LF_SIM_CUT : LF_SIM_HALF_OPEN);
}

static void
change_road (LfSimOffice *office)
{
  LfSimNode *node = draw_node (office);

  if (node->asleep_since_us >= 0)
    return;
  switch (lf_sim_world_draw (office->world, 0, 3))
    {
    case 0:
      node->road.is_open = FALSE;
      break;
    case 1:
      node->road.is_refused = TRUE;
      break;
    case 2:
      node->road.delay_us = lf_sim_world_draw (office->world, 0, 2 * LF_SECOND);
      node->road.spread_us = lf_sim_world_draw (office->world, 0, 3 * LF_SECOND);
      break;
    default:
      lf_sim_world_mend (office->world, node);
      break;
    }
  lf_sim_trace_add (office->world->trace, "%s road %d %d", node->name, node->road.is_open, node->road.is_refused);
}

static void
restart_server (LfSimOffice *office)
{
  if (lf_sim_world_toss (office->world, 50))
    lf_sim_office_stop_server (office);
  else
    lf_sim_office_kill_server (office);
  lf_sim_world_run (office->world, lf_sim_world_draw (office->world, 0, lf_sim_world_toss (office->world, 80) ? 5 : 120) * LF_SECOND);
  lf_sim_office_start_server (office);
}

/* From here on the backup is what the server will be set back to. */
static void
keep_backup (LfSimOffice *office)
{
  lf_sim_office_stop_server (office);
  lf_sim_office_keep_backup (office);
  lf_sim_office_start_server (office);
}

/* The programs run on. */
static void
take_backup (LfSimOffice *office)
{
  if (!office->has_backup)
    return;
  lf_sim_office_kill_server (office);
  lf_sim_office_take_backup (office);
  lf_sim_office_start_server (office);
}

static void
stop_program (LfSimOffice *office)
{
  LfSimDevice *device = draw_any (office);

  if (device->node->asleep_since_us < 0)
    lf_sim_device_stop (device, lf_sim_world_toss (office->world, 50));
}

static void
start_program (LfSimOffice *office)
{
  LfSimDevice *device = draw_any (office);

  if (device->node->asleep_since_us < 0)
    lf_sim_device_start (device);
}

static void
close_lid (LfSimOffice *office)
{
  LfSimNode *node = draw_any (office)->node;

  if (node->asleep_since_us >= 0)
    lf_sim_world_resume (office->world, node);
  else
    lf_sim_world_suspend (office->world, node);
}

static void
set_wall_clock (LfSimOffice *office)
{
  LfSimNode *node = lf_sim_world_toss (office->world, 20) ? office->node : draw_node (office);

  node->machine.wall_us = lf_sim_world_draw (office->world, -12, 12) * LF_HOUR;
  lf_sim_trace_add (office->world->trace, "%s wall clock %+d h", node->name, (int) (node->machine.wall_us / LF_HOUR));
}

static void
wait_long (LfSimOffice *office)
{
  lf_sim_world_run (office->world, lf_sim_world_draw (office->world, 60, lf_sim_world_toss (office->world, 80) ? LONG_S : VERY_LONG_S) * LF_SECOND);
}

static void
hurry_reconnects (LfSimOffice *office)
{
  LfSimDevice *device = lf_sim_plan_draw_device (office);

  if (device == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_reconnect_now (device->client);
  lf_sim_world_leave (office->world, device->node);
}

const LfSimAct lf_sim_faults[] = {
  { "harm one", 20, harm_one },
  { "harm machine", 8, harm_machine },
  { "change network", 2, change_network },
  { "change road", 10, change_road },
  { "restart server", 3, restart_server },
  { "keep backup", 1, keep_backup },
  { "take backup", 1, take_backup },
  { "stop program", 4, stop_program },
  { "start program", 4, start_program },
  { "close lid", 4, close_lid },
  { "set wall clock", 3, set_wall_clock },
  { "wait long", 2, wait_long },
  { "hurry", 4, hurry_reconnects },
  { NULL }
};

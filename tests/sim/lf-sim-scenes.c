/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-sim-plan.h"
#include "lf-sim-scenes.h"

/* What everybody's desktop showed since the scene began. */
typedef struct
{
  LfSimOffice *office;
  guint        n_offline; /* how often somebody was called offline */
  guint        n_told;    /* notifications */
} Sight;

static void
on_status (LfRoster *roster, LfContact *contact, guint old, guint status, gboolean is_snapshot, Sight *sight)
{
  if (status != LF_DISPLAY_OFFLINE)
    return;
  lf_sim_trace_add (sight->office->world->trace, "somebody sees %s go offline", lf_contact_get_login (contact));
  sight->n_offline++;
}

static guint
count_told (LfSimOffice *office)
{
  guint n = 0;

  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    n += office->devices[i]->n_told;
  return n;
}

/* Everybody is at the desk, and wants to be told of everybody. */
static void
begin (LfSimOffice *office)
{
  lf_sim_plan_begin (office);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    {
      LfClient   *client = office->devices[i]->client;
      GListModel *roster = G_LIST_MODEL (lf_client_get_roster (client));

      lf_sim_world_enter (office->world, office->devices[i]->node);
      lf_client_set_reach (client, LF_REACHABILITY_ONLINE, lf_clock_get_now_us (lf_client_get_clock (client)));
      for (guint n = 0; n < g_list_model_get_n_items (roster); n++)
        {
          g_autoptr (LfContact) contact = g_list_model_get_item (roster, n);

          lf_client_set_watched (client, contact, TRUE);
        }
      lf_sim_world_leave (office->world, office->devices[i]->node);
    }
  lf_sim_plan_compare (office);
}

static void
look (LfSimOffice *office, Sight *sight)
{
  *sight = (Sight){ .office = office, .n_told = count_told (office) };
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    g_signal_connect (lf_client_get_roster (office->devices[i]->client), "status-changed", G_CALLBACK (on_status), sight);
}

static void
look_away (LfSimOffice *office, Sight *sight)
{
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    g_signal_handlers_disconnect_by_data (lf_client_get_roster (office->devices[i]->client), sight);
  if (sight->n_offline > 0)
    lf_sim_world_fail (office->world, "somebody was called offline %u times, though nobody went", sight->n_offline);
  if (count_told (office) > sight->n_told)
    lf_sim_world_fail (office->world, "there were %u notifications of people who had been there all the time", count_told (office) - sight->n_told);
}

static void
set_roads (LfSimOffice *office, gboolean is_open, gboolean is_refused)
{
  for (guint i = 0; i < office->world->nodes->len; i++)
    {
      LfSimNode *node = office->world->nodes->pdata[i];

      node->road.is_open = is_open;
      node->road.is_refused = is_refused;
    }
}

/* Nothing reaches it. A connection that is tried meanwhile leads to nowhere for good, where a real one is
 * tried again by the system: so the last of them are refused, as by a router. */
static void
sleep_server (LfSimOffice *office, gint64 for_us)
{
  lf_sim_world_suspend (office->world, office->node);
  set_roads (office, FALSE, FALSE);
  lf_sim_world_run (office->world, for_us - LF_MINUTE);
  set_roads (office, FALSE, TRUE);
  lf_sim_world_run (office->world, LF_MINUTE);
  set_roads (office, TRUE, FALSE);
  lf_sim_world_resume (office->world, office->node);
}

/* The person @n has one meeting. */
static void
publish_meeting (LfSimOffice *office, guint n, gint64 start_us, gint64 end_us)
{
  g_autofree char      *path = g_strdup_printf ("/users/%s/calendars/sim/busy", office->people[n].id);
  gint64                now_us = g_get_real_time () / 1000 * 1000;
  LfBusyPeriod          period = { now_us + start_us, now_us + end_us, LF_BUSY_BUSY };
  g_autoptr (GPtrArray) periods = g_ptr_array_new ();
  LfWireBusyReport      body = { now_us, now_us - LF_DAY, now_us + 14 * LF_DAY, periods };

  g_ptr_array_add (periods, &period);
  lf_sim_service_say (office->calendars, n, path, &lf_schema_busy_report, &body);
}

static void
expect_meeting (LfSimOffice *office, guint n, gboolean is_in_it)
{
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    {
      LfContact *contact = lf_roster_lookup (lf_client_get_roster (office->devices[i]->client), office->people[n].id);

      if (contact != NULL && (lf_contact_get_resolved (contact)->status == LF_DISPLAY_IN_A_MEETING) != is_in_it)
        lf_sim_world_fail (office->world, "%s shows person %u as %s", office->devices[i]->node->name, n,
                           lf_display_status_to_name (lf_contact_get_resolved (contact)->status));
    }
}

static void
expect_equal (LfSimOffice *office, LfSimDevice *device)
{
  g_autofree char *difference = lf_sim_oracle_compare (office->oracle, device);

  if (difference != NULL)
    lf_sim_world_fail (office->world, "%s: %s", device->node->name, difference);
}

static void
run_server_sleeps (LfSimOffice *office)
{
  Sight sight;

  begin (office);
  publish_meeting (office, 0, 30 * LF_MINUTE, 2 * LF_HOUR);
  publish_meeting (office, 1, 10 * LF_MINUTE, 50 * LF_MINUTE);
  publish_meeting (office, 2, LF_HOUR + LF_MINUTE + 30 * LF_SECOND, 2 * LF_HOUR);
  lf_sim_world_run (office->world, LF_MINUTE);
  look (office, &sight);
  sleep_server (office, LF_HOUR);
  lf_sim_world_run (office->world, LF_MINUTE);
  expect_meeting (office, 0, TRUE);
  expect_meeting (office, 1, FALSE);
  expect_meeting (office, 2, TRUE);
  lf_sim_world_run (office->world, 2 * LF_MINUTE);
  look_away (office, &sight);
  lf_sim_plan_compare (office);
}

static void
run_server_away (LfSimOffice *office)
{
  Sight sight;

  begin (office);
  look (office, &sight);
  lf_sim_office_kill_server (office);
  lf_sim_world_run (office->world, LF_HOUR);
  lf_sim_office_start_server (office);
  lf_sim_world_run (office->world, 3 * LF_MINUTE);
  look_away (office, &sight);
  lf_sim_plan_compare (office);
}

static void
run_desktop_sleeps (LfSimOffice *office)
{
  LfSimDevice *sleeper = office->devices[2]; /* the only one of its person, who knows the people 3 to 0 */

  begin (office);
  publish_meeting (office, 3, 0, 2 * LF_HOUR);
  lf_sim_world_run (office->world, LF_MINUTE);
  lf_sim_world_suspend (office->world, sleeper->node);
  lf_sim_world_run (office->world, LF_HOUR / 2);
  publish_meeting (office, 3, -LF_HOUR, 0); /* left early */
  publish_meeting (office, 4, 0, 2 * LF_HOUR);
  lf_sim_world_run (office->world, LF_HOUR / 2);
  lf_sim_world_resume (office->world, sleeper->node);
  lf_sim_world_run (office->world, LF_MINUTE);
  expect_meeting (office, 3, FALSE);
  expect_meeting (office, 4, TRUE);
  expect_equal (office, sleeper);
  lf_sim_plan_compare (office);
}

static void
set_wall_clock (LfSimOffice *office, LfSimNode *node, gint64 off_us)
{
  node->machine.wall_us = off_us;
  lf_sim_trace_add (office->world->trace, "%s wall clock %+d h", node->name, (int) (off_us / LF_HOUR));
}

static void
run_clocks_off (LfSimOffice *office)
{
  static const gint64 offs_us[] = { LF_HOUR, -LF_HOUR, LF_DAY, -LF_DAY };
  Sight               sight;

  begin (office);
  publish_meeting (office, 3, 0, 3 * LF_HOUR);
  lf_sim_world_run (office->world, LF_MINUTE);
  look (office, &sight);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (offs_us); i++)
    {
      set_wall_clock (office, office->devices[i]->node, offs_us[i % G_N_ELEMENTS (offs_us)]);
      lf_sim_world_run (office->world, LF_SECOND);
    }
  lf_sim_world_run (office->world, LF_MINUTE);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    expect_equal (office, office->devices[i]);
  expect_meeting (office, 3, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (offs_us); i++)
    {
      set_wall_clock (office, office->node, offs_us[i]);
      lf_sim_world_run (office->world, 5 * LF_MINUTE + lf_sim_world_draw (office->world, 0, 60) * LF_SECOND);
      set_wall_clock (office, office->node, 0);
      lf_sim_world_run (office->world, LF_MINUTE);
      expect_meeting (office, 3, TRUE);
      for (guint n = 0; n < LF_SIM_N_DEVICES; n++)
        expect_equal (office, office->devices[n]);
    }
  look_away (office, &sight);
  lf_sim_plan_compare (office);
}

/* How many messages the conversation shows, which must be the first of those that were typed. */
static guint
count_typed (LfSimOffice *office, LfSimDevice *device, const char *other)
{
  LfConversation *conversation = lf_client_lookup_conversation (device->client, other);
  guint           n_items = conversation != NULL ? g_list_model_get_n_items (G_LIST_MODEL (conversation)) : 0;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (LfMessageItem) item = g_list_model_get_item (G_LIST_MODEL (conversation), i);
      g_autofree char          *body = g_strdup_printf ("day %u", i);

      if (!g_str_equal (lf_message_item_get_message (item)->body, body))
        lf_sim_world_fail (office->world, "%s shows “%s” where “%s” belongs", device->node->name,
                           lf_message_item_get_message (item)->body, body);
    }
  return n_items;
}

static void
type (LfSimOffice *office, LfSimDevice *device, const char *other, guint day)
{
  g_autofree char *body = g_strdup_printf ("day %u", day);

  lf_sim_world_enter (office->world, device->node);
  lf_sim_device_send (device, lf_sim_device_get_conversation (device, other), body);
  lf_sim_world_leave (office->world, device->node);
}

static void
run_days_offline (LfSimOffice *office)
{
  LfSimDevice *writer = office->devices[2];
  LfSimDevice *reader = office->devices[3];

  begin (office);
  lf_sim_world_enter (office->world, writer->node);
  lf_sim_device_get_conversation (writer, office->people[reader->person].id); /* asks for it */
  lf_sim_world_leave (office->world, writer->node);
  lf_sim_world_run (office->world, LF_MINUTE);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    if (office->devices[i] != writer)
      lf_sim_device_stop (office->devices[i], FALSE);
  lf_sim_service_stop (office->phones);
  lf_sim_service_stop (office->calendars);
  writer->node->road.is_refused = TRUE;
  lf_sim_net_harm_all (office->world->net, writer->node->name, LF_SIM_CUT);
  for (guint day = 0; day < 3; day++)
    {
      type (office, writer, office->people[reader->person].id, day);
      lf_sim_office_kill_server (office);
      lf_sim_office_start_server (office);
      lf_sim_world_run (office->world, LF_DAY);
    }
  writer->node->road.is_refused = FALSE;
  lf_sim_service_start (office->phones);
  lf_sim_service_start (office->calendars);
  lf_sim_plan_compare (office);
  if (count_typed (office, writer, office->people[reader->person].id) != 3 || count_typed (office, reader, office->people[writer->person].id) != 3)
    lf_sim_world_fail (office->world, "three messages were typed, and others are shown");
}

static void
run_set_back (LfSimOffice *office)
{
  lf_sim_plan_begin (office);
  for (guint i = 0; i < 6; i++)
    {
      lf_sim_plan_work (office, 10);
      lf_sim_office_stop_server (office);
      lf_sim_office_keep_backup (office);
      lf_sim_office_start_server (office);
      lf_sim_plan_work (office, 20);
      if (i % 2 == 0) /* else what was lost is in part replaced by other things before everybody is back */
        lf_sim_plan_compare (office);
      lf_sim_office_kill_server (office);
      lf_sim_plan_work (office, 5);
      lf_sim_office_kill_server (office);
      lf_sim_office_take_backup (office);
      lf_sim_office_start_server (office);
      lf_sim_plan_compare (office);
    }
}

static void
restart_programs (LfSimOffice *office)
{
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    if (office->devices[i]->node->asleep_since_us < 0 && lf_sim_world_toss (office->world, 60))
      {
        lf_sim_device_stop (office->devices[i], lf_sim_world_toss (office->world, 50));
        lf_sim_device_start (office->devices[i]);
      }
}

static void
run_restarts (LfSimOffice *office)
{
  lf_sim_plan_begin (office);
  for (guint n = 0; n < 60; n++) /* who is written to for the first time has to be asked for */
    lf_sim_plan_write (office);
  lf_sim_world_run (office->world, LF_MINUTE);
  for (guint i = 0; i < 6; i++)
    {
      lf_sim_plan_work (office, 10);
      lf_sim_office_kill_server (office);
      restart_programs (office); /* from what they have kept */
      for (guint n = 0; n < 20; n++)
        lf_sim_plan_write (office);
      lf_sim_world_run (office->world, LF_SECOND);
      restart_programs (office);
      lf_sim_world_run (office->world, lf_sim_world_draw (office->world, 0, 3) * LF_SECOND);
      lf_sim_office_start_server (office);
      lf_sim_plan_work (office, 10);
      restart_programs (office);
      lf_sim_plan_compare (office);
    }
}

static const LfSimScene scenes[] = {
  { "server-sleeps", run_server_sleeps },
  { "server-away", run_server_away },
  { "desktop-sleeps", run_desktop_sleeps },
  { "clocks-off", run_clocks_off },
  { "days-offline", run_days_offline },
  { "set-back", run_set_back },
  { "restarts", run_restarts },
};

/**
 * lf_sim_scene_find:
 * @name: of a scene
 *
 * Returns: (nullable): it
 */
const LfSimScene *
lf_sim_scene_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (g_str_equal (scenes[i].name, name))
      return &scenes[i];
  return NULL;
}

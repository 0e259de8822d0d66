/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-sim-plan.h"

/* What people do. Each function does one thing, with whom and how drawn at random. */

#define N_WORDS 4

static const char *const words[N_WORDS] = { "Lunch", "Back soon", "In the workshop", "Grüße aus Köln" };

/* When a status ends, or never. */
static gint64
draw_end_us (LfSimOffice *office, LfSimDevice *device)
{
  gint64 now_us = lf_clock_get_now_us (lf_client_get_clock (device->client));

  return lf_sim_world_toss (office->world, 50) ? LF_INSTANT_NONE : now_us + lf_sim_world_draw (office->world, 10, 1800) * LF_SECOND;
}

static void
change_reach (LfSimOffice *office)
{
  static const LfReachabilityState states[] = { LF_REACHABILITY_ONLINE, LF_REACHABILITY_IDLE, LF_REACHABILITY_AWAY };
  LfSimDevice                     *device = lf_sim_plan_draw_device (office);

  if (device == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_set_reach (device->client, states[lf_sim_world_draw (office->world, 0, 2)], lf_clock_get_now_us (lf_client_get_clock (device->client)));
  lf_client_set_is_on_the_phone (device->client, lf_sim_world_toss (office->world, 20));
  lf_sim_world_leave (office->world, device->node);
}

static void
change_line (LfSimOffice *office)
{
  guint            n = (guint) lf_sim_world_draw (office->world, 0, LF_SIM_N_PEOPLE - 1);
  g_autofree char *path = g_strconcat ("/lines/", office->people[n].line, NULL);
  LfWireLineState  body = { .state = (LfPhoneState) lf_sim_world_draw (office->world, LF_PHONE_ON_HOOK, LF_PHONE_DO_NOT_DISTURB), .since_us = LF_INSTANT_NONE };

  if (lf_sim_world_toss (office->world, 40))
    body.state = LF_PHONE_ON_HOOK;
  lf_sim_service_say (office->phones, n, path, &lf_schema_line_state, &body);
}

static void
change_status (LfSimOffice *office)
{
  LfSimDevice *device = lf_sim_plan_draw_device (office);
  gint64       end_us = device != NULL ? draw_end_us (office, device) : 0;
  gint64       choice = lf_sim_world_draw (office->world, LF_CHOICE_AUTOMATIC, LF_CHOICE_AWAY);
  const char  *text = words[lf_sim_world_draw (office->world, 0, N_WORDS - 1)];

  if (device == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  if (lf_sim_world_toss (office->world, 40))
    lf_client_clear_status (device->client);
  else
    lf_client_set_status (device->client, (LfChoice) choice, text, NULL, end_us);
  lf_sim_world_leave (office->world, device->node);
}

static void
change_dnd (LfSimOffice *office)
{
  LfSimDevice *device = lf_sim_plan_draw_device (office);
  gint64       end_us = device != NULL ? draw_end_us (office, device) : 0;

  if (device == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_set_dnd (device->client, lf_sim_world_toss (office->world, 40), end_us);
  lf_sim_world_leave (office->world, device->node);
}

static void
change_visibility (LfSimOffice *office)
{
  LfSimDevice *device = lf_sim_plan_draw_device (office);

  if (device == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_set_invisible (device->client, lf_sim_world_toss (office->world, 40));
  lf_sim_world_leave (office->world, device->node);
}

static gint64
round_ms (gint64 at_us)
{
  return at_us - at_us % 1000;
}

static void
publish_calendar (LfSimOffice *office)
{
  guint                 n = (guint) lf_sim_world_draw (office->world, 0, LF_SIM_N_PEOPLE - 1);
  g_autofree char      *path = g_strdup_printf ("/users/%s/calendars/sim/busy", office->people[n].id);
  gint64                now_us = round_ms (g_get_real_time ());
  g_autoptr (GPtrArray) periods = g_ptr_array_new_with_free_func (g_free);
  gint64                at_us = now_us - lf_sim_world_draw (office->world, 0, 1800) * LF_SECOND;
  LfWireBusyReport      body = { now_us, now_us - LF_DAY, now_us + 14 * LF_DAY, periods };

  for (gint64 left = lf_sim_world_draw (office->world, 0, 4); left > 0; left--)
    {
      LfBusyPeriod period = { at_us, at_us + lf_sim_world_draw (office->world, 10, 3600) * LF_SECOND, (LfBusyType) lf_sim_world_draw (office->world, LF_BUSY_BUSY, LF_BUSY_ELSEWHERE) };

      if (lf_sim_world_toss (office->world, 60))
        period.type = LF_BUSY_BUSY;
      g_ptr_array_add (periods, g_memdup2 (&period, sizeof period));
      at_us = period.end_us + lf_sim_world_draw (office->world, 0, 1200) * LF_SECOND;
    }
  lf_sim_service_say (office->calendars, n, path, &lf_schema_busy_report, &body);
}

/**
 * lf_sim_plan_write:
 * @office: an office
 *
 * Somebody writes to somebody.
 */
void
lf_sim_plan_write (LfSimOffice *office)
{
  static guint     n_messages;
  LfSimDevice     *device = lf_sim_plan_draw_device (office);
  const char      *user = lf_sim_plan_draw_user (office);
  g_autofree char *body = g_strdup_printf ("message %u", ++n_messages);
  LfConversation  *conversation;

  if (device == NULL || g_str_equal (user, office->people[device->person].id))
    return;
  lf_sim_world_enter (office->world, device->node);
  conversation = lf_sim_device_get_conversation (device, user);
  if (conversation != NULL)
    lf_sim_device_send (device, conversation, body);
  lf_sim_world_leave (office->world, device->node);
}

static LfConversation *
draw_conversation (LfSimOffice *office, LfSimDevice *device)
{
  GListModel *conversations = lf_client_get_conversations (device->client);
  guint       n = g_list_model_get_n_items (conversations);

  return n > 0 ? g_list_model_get_item (conversations, (guint) lf_sim_world_draw (office->world, 0, n - 1)) : NULL;
}

static void
read_messages (LfSimOffice *office)
{
  LfSimDevice               *device = lf_sim_plan_draw_device (office);
  g_autoptr (LfConversation) conversation = device != NULL ? draw_conversation (office, device) : NULL;

  if (conversation == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_mark_read (device->client, conversation);
  lf_sim_world_leave (office->world, device->node);
}

static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  lf_client_load_history_finish (LF_CLIENT (source), result, NULL); /* what is missing then is asked for again */
}

static void
look_back (LfSimOffice *office)
{
  LfSimDevice               *device = lf_sim_plan_draw_device (office);
  g_autoptr (LfConversation) conversation = device != NULL ? draw_conversation (office, device) : NULL;

  if (conversation == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_load_history_async (device->client, conversation, NULL, on_history, NULL);
  lf_client_tell_typing (device->client, conversation);
  lf_sim_world_leave (office->world, device->node);
}

/* A contact of a desktop that is signed in, or NULL. */
static LfContact *
draw_contact (LfSimOffice *office, LfSimDevice **device)
{
  GListModel *roster;
  guint       n;

  *device = lf_sim_plan_draw_device (office);
  if (*device == NULL)
    return NULL;
  roster = G_LIST_MODEL (lf_client_get_roster ((*device)->client));
  n = g_list_model_get_n_items (roster);
  return n > 0 ? g_list_model_get_item (roster, (guint) lf_sim_world_draw (office->world, 0, n - 1)) : NULL;
}

static void
edit_contact (LfSimOffice *office)
{
  LfSimDevice          *device;
  g_autoptr (LfContact) contact = draw_contact (office, &device);
  g_autofree char      *group = NULL;

  if (contact == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  switch (lf_sim_world_draw (office->world, 0, 3))
    {
    case 0:
      lf_client_set_favourite (device->client, contact, !lf_contact_get_is_favourite (contact));
      break;
    case 1:
      lf_client_set_watched (device->client, contact, !lf_contact_get_is_watched (contact));
      break;
    case 2:
      group = lf_client_add_group (device->client, "Colleagues");
      lf_client_move_to_group (device->client, contact, group);
      break;
    default:
      lf_client_remove_contact (device->client, contact);
      break;
    }
  lf_sim_world_leave (office->world, device->node);
}

static void
add_contact (LfSimOffice *office)
{
  LfSimDevice          *device = lf_sim_plan_draw_device (office);
  g_autoptr (LfContact) contact = lf_contact_new (lf_sim_plan_draw_user (office));

  if (device == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_add_contact (device->client, contact, NULL);
  lf_sim_world_leave (office->world, device->node);
}

static void
block (LfSimOffice *office)
{
  LfSimDevice          *device;
  g_autoptr (LfContact) contact = draw_contact (office, &device);

  if (contact == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_set_blocked (device->client, contact, lf_sim_world_toss (office->world, 40));
  lf_sim_world_leave (office->world, device->node);
}

static void
arm (LfSimOffice *office)
{
  LfSimDevice          *device;
  g_autoptr (LfContact) contact = draw_contact (office, &device);

  if (contact == NULL)
    return;
  lf_sim_world_enter (office->world, device->node);
  lf_client_set_armed (device->client, contact, TRUE);
  lf_sim_world_leave (office->world, device->node);
  g_hash_table_add (device->armed, g_strdup (lf_contact_get_user (contact)));
}

const LfSimAct lf_sim_acts[] = {
  { "change reach", 10, change_reach },
  { "change line", 12, change_line },
  { "change status", 5, change_status },
  { "change dnd", 4, change_dnd },
  { "change visibility", 4, change_visibility },
  { "publish calendar", 6, publish_calendar },
  { "send message", 20, lf_sim_plan_write },
  { "read messages", 8, read_messages },
  { "look back", 4, look_back },
  { "edit contact", 6, edit_contact },
  { "add contact", 4, add_contact },
  { "block", 3, block },
  { "arm", 3, arm },
  { NULL }
};

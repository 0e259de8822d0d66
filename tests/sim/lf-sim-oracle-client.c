/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-sim-office.h"
#include "lf-sim-oracle.h"

/* What a client shows, as its models tell it. */

#define SHOWN_US (7 * LF_DAY) /* of the calendar, from now on */

static guint
find_person (LfSimOffice *office, const char *user)
{
  guint n = 0;

  while (n < LF_SIM_N_PEOPLE && !g_str_equal (office->people[n].id, user))
    n++;
  return n;
}

static int
compare_contacts (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (lf_contact_get_user (*(LfContact **) a), lf_contact_get_user (*(LfContact **) b));
}

static int
compare_conversations (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (lf_conversation_get_other (*(LfConversation **) a), lf_conversation_get_other (*(LfConversation **) b));
}

static GPtrArray *
list_sorted (GListModel *model, GCompareFunc compare)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (items, g_list_model_get_item (model, i));
  g_ptr_array_sort (items, compare);
  return items;
}

static void
add_calendar (GString *text, const LfCalendar *calendar, gint64 now_us)
{
  g_autoptr (LfBusyList) cut = calendar->rev != 0 && calendar->busy != NULL ? lf_busy_list_cut (calendar->busy, now_us, now_us + SHOWN_US) : NULL;
  gsize                  n_periods = 0;
  const LfBusyPeriod    *periods = cut != NULL ? lf_busy_list_get (cut, &n_periods) : NULL;

  for (gsize i = 0; i < n_periods; i++)
    g_string_append_printf (text, " %d:%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, (int) periods[i].type, periods[i].start_us == now_us ? 0 : periods[i].start_us, periods[i].end_us);
}

/**
 * lf_sim_oracle_add_presence:
 * @text: appended to
 * @name: of whom
 * @presence: phone, reachability and calendar
 * @shown: the display status
 * @now_us: the time
 *
 * Writes a presence, and what is shown of it.
 */
void
lf_sim_oracle_add_presence (GString *text, const char *name, const LfPresence *presence, LfDisplayStatus shown, gint64 now_us)
{
  g_string_append_printf (text, "presence %s phone %s reachability %s note %s calendar %" G_GINT64_FORMAT " shows %s:", name,
                          lf_phone_state_to_name (presence->phone.state), lf_reachability_state_to_name (presence->reachability.state),
                          presence->reachability.note.text != NULL ? presence->reachability.note.text : "-", presence->calendar.rev,
                          lf_display_status_to_name (shown));
  add_calendar (text, &presence->calendar, now_us);
  g_string_append_c (text, '\n');
}

static void
see_contacts (LfSimOffice *office, LfClient *client, gint64 now_us, GString *text)
{
  g_autoptr (GPtrArray) contacts = list_sorted (G_LIST_MODEL (lf_client_get_roster (client)), compare_contacts);

  for (guint i = 0; i < contacts->len; i++)
    {
      LfContact       *contact = contacts->pdata[i];
      g_autofree char *name = g_strdup_printf ("%u", find_person (office, lf_contact_get_user (contact)));

      g_string_append_printf (text, "contact %s group %s favourite %d watched %d\n", name,
                              lf_contact_get_group (contact) != NULL ? lf_contact_get_group (contact) : "-",
                              lf_contact_get_is_favourite (contact), lf_contact_get_is_watched (contact));
      lf_sim_oracle_add_presence (text, name, lf_contact_get_presence (contact),
                                  lf_contact_get_resolved (contact)->status, now_us);
    }
}

/* One that the server refused is nobody's but the writer's. */
static void
see_message (guint other, LfMessageItem *item, GString *text)
{
  const LfMessage *message = lf_message_item_get_message (item);

  if (lf_message_item_get_state (item) == LF_MESSAGE_FAILED)
    return;
  g_string_append_printf (text, "message %u %" G_GINT64_FORMAT " %s %s “%s” %d\n", other, message->seq, message->id,
                          lf_message_item_get_is_own (item) ? "own" : "theirs", message->body,
                          (int) lf_message_item_get_state (item));
}

static void
see_conversations (LfSimOffice *office, LfClient *client, GString *text)
{
  g_autoptr (GPtrArray) conversations = list_sorted (lf_client_get_conversations (client), compare_conversations);

  for (guint i = 0; i < conversations->len; i++)
    {
      LfConversation *conversation = conversations->pdata[i];
      guint           other = find_person (office, lf_conversation_get_other (conversation));

      if (lf_conversation_get_last_seq (conversation) > 0)
        g_string_append_printf (text, "conversation %u last %" G_GINT64_FORMAT " unread %u read %" G_GINT64_FORMAT " delivered 1\n", other,
                                lf_conversation_get_last_seq (conversation), lf_conversation_get_unread (conversation),
                                lf_conversation_get_own_read_seq (conversation));
      for (guint n = 0; n < g_list_model_get_n_items (G_LIST_MODEL (conversation)); n++)
        {
          g_autoptr (LfMessageItem) item = g_list_model_get_item (G_LIST_MODEL (conversation), n);

          see_message (other, item, text);
        }
    }
}

/**
 * lf_sim_oracle_see_client:
 * @office: an office
 * @device: whose client is signed in
 *
 * Returns: (transfer full): what it shows
 */
char *
lf_sim_oracle_see_client (LfSimOffice *office, LfSimDevice *device)
{
  GString        *text = g_string_new (NULL);
  const LfWireMe *me = lf_client_get_me (device->client);
  gint64          now_us = lf_sim_office_get_now_us (office);
  LfPresence     *own = lf_contact_get_presence (lf_client_get_own (device->client));

  g_string_append_printf (text, "own phone %s reachability %s note %s\n", lf_phone_state_to_name (own->phone.state),
                          lf_reachability_state_to_name (own->reachability.state),
                          own->reachability.note.text != NULL ? own->reachability.note.text : "-");
  g_string_append_printf (text, "me choice %d text %s dnd %d invisible %d\n", (int) me->status.choice,
                          me->status.text != NULL ? me->status.text : "-", me->dnd.is_on, me->visibility.is_invisible);
  see_contacts (office, device->client, now_us, text);
  see_conversations (office, device->client, text);
  return g_string_free (text, FALSE);
}

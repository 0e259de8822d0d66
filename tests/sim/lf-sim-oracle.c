/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-sim-office.h"
#include "lf-sim-oracle.h"
#include "lf-store-busy.h"

#define RECENT_US (LF_MINUTE)      /* what a server's clock said of late */
#define AGED_US   (75 * LF_SECOND) /* nothing heard for so long: nobody is shown as present */

/* What is known of one person, unfiltered. */
typedef struct
{
  gint64      calendar_rev;
  LfBusyList *busy; /* nullable */
} Truth;

struct _LfSimOracle
{
  LfSimOffice *office; /* borrowed */
  Truth        truths[LF_SIM_N_PEOPLE];
  /* When the first last saw that the second was not free to talk, or LF_INSTANT_NONE: never. */
  gint64      busy_us[LF_SIM_N_PEOPLE][LF_SIM_N_PEOPLE];
  GHashTable *acknowledged; /* id → body of messages */
  GHashTable *letters;      /* id of a message → LfSimDevice on whose disk it waited */
};

typedef struct
{
  const char *user;
  gint64      now_us;
  LfBusyList *busy;
} BusyJob;

static gboolean
run_read_busy (LfDb *db, gpointer data, GError **error)
{
  BusyJob               *job = data;
  g_autoptr (LfWireBusy) busy = lf_store_busy_read (db, job->user, job->now_us - LF_DAY, job->now_us + 7 * LF_DAY, error);
  g_autoptr (GArray)     periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));

  for (guint i = 0; busy != NULL && i < busy->periods->len; i++)
    g_array_append_vals (periods, busy->periods->pdata[i], 1);
  if (busy != NULL)
    {
      /* what was read vouches for a day, however far it reaches */
      g_autoptr (LfBusyList) all = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);

      job->busy = lf_busy_list_cut (all, G_MININT64, lf_calendar_get_expiry_us (busy->known_until_us, busy->read_at_us));
    }
  return busy != NULL;
}

static void
follow_calendar (LfSimOracle *self, guint n, gint64 rev, gint64 now_us)
{
  Truth  *truth = &self->truths[n];
  BusyJob job = { self->office->people[n].id, now_us, NULL };

  if (truth->calendar_rev == rev)
    return;
  g_clear_pointer (&truth->busy, lf_busy_list_unref);
  truth->calendar_rev = rev;
  lf_sim_office_run (self->office, run_read_busy, &job);
  truth->busy = job.busy;
}

static gboolean
is_free (LfSimOracle *self, guint n, gint64 now_us)
{
  const char            *user = self->office->people[n].id;
  g_autoptr (LfPresence) presence = lf_hub_dup_presence (self->office->server->hub, user, user);
  LfResolved             resolved;

  follow_calendar (self, n, presence->calendar.rev, now_us);
  lf_resolve (presence, now_us, &resolved);
  return lf_resolved_is_free_to_talk (&resolved) && (self->truths[n].busy == NULL || !lf_busy_list_covers (self->truths[n].busy, LF_BUSY_BUSY, now_us, NULL));
}

static void
follow_people (LfSimOracle *self)
{
  LfSimOffice *office = self->office;
  gint64       world_us = lf_sim_clock_get_us ();
  gint64       now_us = lf_sim_office_get_now_us (office);

  for (guint n = 0; n < LF_SIM_N_PEOPLE; n++)
    {
      gboolean is_free_now = is_free (self, n, now_us);

      for (guint i = 0; i < LF_SIM_N_PEOPLE; i++)
        if (!is_free_now || lf_hub_is_hidden (office->server->hub, office->people[i].id, office->people[n].id))
          self->busy_us[i][n] = world_us;
    }
}

/* Whoever hears nothing must not go on showing people as present. */
static void
judge_ages (LfSimOracle *self, LfSimDevice *device)
{
  LfClient   *client = device->client;
  GListModel *roster = client != NULL ? G_LIST_MODEL (lf_client_get_roster (client)) : NULL;
  gint64      silence_us = client != NULL && client->channel != NULL ? lf_channel_get_silence_us (client->channel) : -1;

  if (silence_us < AGED_US || device->node->asleep_since_us >= 0)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (roster); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);
      LfReachabilityState   state = lf_contact_get_resolved (contact)->reachability;

      if (state != LF_REACHABILITY_UNKNOWN)
        lf_sim_world_fail (self->office->world, "%s shows %s as %s, though it has heard nothing for %" G_GINT64_FORMAT " s",
                           device->node->name, lf_contact_get_login (contact), lf_reachability_state_to_name (state),
                           silence_us / LF_SECOND);
    }
}

/**
 * lf_sim_oracle_new:
 * @office: which
 *
 * Returns: (transfer full): it
 */
LfSimOracle *
lf_sim_oracle_new (LfSimOffice *office)
{
  LfSimOracle *self = g_new0 (LfSimOracle, 1);

  self->office = office;
  self->acknowledged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->letters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < LF_SIM_N_PEOPLE; i++)
    for (guint n = 0; n < LF_SIM_N_PEOPLE; n++)
      self->busy_us[i][n] = LF_INSTANT_NONE;
  return self;
}

/**
 * lf_sim_oracle_free:
 * @self: an oracle
 */
void
lf_sim_oracle_free (LfSimOracle *self)
{
  for (guint n = 0; n < LF_SIM_N_PEOPLE; n++)
    g_clear_pointer (&self->truths[n].busy, lf_busy_list_unref);
  g_hash_table_unref (self->acknowledged);
  g_hash_table_unref (self->letters);
  g_free (self);
}

/**
 * lf_sim_oracle_tick:
 * @self: an oracle
 *
 * Looks at everything, whenever nothing is left to do at an instant.
 */
void
lf_sim_oracle_tick (LfSimOracle *self)
{
  if (self->office->server != NULL)
    follow_people (self);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    judge_ages (self, self->office->devices[i]);
}

/**
 * lf_sim_oracle_get_world_us:
 * @self: an oracle
 * @server_us: what the server's clock said within the last minute
 *
 * Returns: the world's time then
 */
gint64
lf_sim_oracle_get_world_us (LfSimOracle *self, gint64 server_us)
{
  gint64 world_us = lf_sim_clock_get_us ();
  gint64 age_us = self->office->server != NULL ? lf_sim_office_get_now_us (self->office) - server_us : 0;

  return world_us - CLAMP (age_us, 0, RECENT_US);
}

static guint
find_person (LfSimOffice *office, const char *user)
{
  guint n = 0;

  while (n < LF_SIM_N_PEOPLE && !g_str_equal (office->people[n].id, user))
    n++;
  return n;
}

/**
 * lf_sim_oracle_judge_available:
 * @self: an oracle
 * @device: who was told
 * @contact: who became available
 * @is_armed: whether the person had asked to be told once
 *
 * Whoever became free before the server last said hello is part of the snapshot, or of the resume, that
 * followed: no news, but for whoever asked for it.
 */
void
lf_sim_oracle_judge_available (LfSimOracle *self, LfSimDevice *device, LfContact *contact, gboolean is_armed)
{
  guint  n = find_person (self->office, lf_contact_get_user (contact));
  gint64 busy_us = self->busy_us[device->person][n];

  if (lf_client_get_state (device->client) != LF_CLIENT_ONLINE || device->client->is_catching_up)
    lf_sim_world_fail (self->office->world, "%s was told that %s is available while it could not know",
                       device->node->name, lf_contact_get_login (contact));
  if (!lf_resolved_is_free_to_talk (lf_contact_get_resolved (contact)))
    lf_sim_world_fail (self->office->world, "%s was told that %s is available, and shows otherwise",
                       device->node->name, lf_contact_get_login (contact));
  if (!is_armed && busy_us < device->hello_us)
    lf_sim_world_fail (self->office->world, "%s was told that %s is available, who has been free since before the last hello",
                       device->node->name, lf_contact_get_login (contact));
}

/**
 * lf_sim_oracle_compare:
 * @self: an oracle
 * @device: a desktop that is online
 *
 * Returns: (transfer full) (nullable): the first line that differs, on the server and here; %NULL if all
 *   are equal
 */
char *
lf_sim_oracle_compare (LfSimOracle *self, LfSimDevice *device)
{
  g_autofree char *server = lf_sim_oracle_see_server (self->office, device);
  g_autofree char *client = lf_sim_oracle_see_client (self->office, device);
  g_auto (GStrv)   on_server = g_strsplit (server, "\n", -1);
  g_auto (GStrv)   on_client = g_strsplit (client, "\n", -1);
  guint            n = 0;

  while (on_server[n] != NULL && on_client[n] != NULL && g_str_equal (on_server[n], on_client[n]))
    n++;
  if (on_server[n] == NULL && on_client[n] == NULL)
    return NULL;
  return g_strdup_printf ("should show “%s”, shows “%s”", on_server[n] != NULL ? on_server[n] : "",
                          on_client[n] != NULL ? on_client[n] : "");
}

/**
 * lf_sim_oracle_expect_message:
 * @self: an oracle
 * @item: an own message that was acknowledged
 */
void
lf_sim_oracle_expect_message (LfSimOracle *self, LfMessageItem *item)
{
  const LfMessage *message = lf_message_item_get_message (item);

  g_hash_table_insert (self->acknowledged, g_strdup (message->id), g_strdup (message->body));
}

/**
 * lf_sim_oracle_expect_letter:
 * @self: an oracle
 * @device: a desktop whose program ends
 * @message: an own one that waits on its disk
 */
void
lf_sim_oracle_expect_letter (LfSimOracle *self, LfSimDevice *device, const LfMessage *message)
{
  lf_sim_trace_add (self->office->world->trace, "message “%s” waits on the disk of %s", message->body, device->node->name);
  g_hash_table_insert (self->letters, g_strdup (message->id), device);
}

static gboolean
is_shown_refused (LfSimDevice *device, const char *id)
{
  GHashTableIter iter;
  gpointer       chat;

  g_hash_table_iter_init (&iter, device->client->chats);
  while (g_hash_table_iter_next (&iter, NULL, &chat))
    {
      LfMessageItem *item = lf_conversation_lookup (((LfChat *) chat)->conversation, id);

      if (item != NULL)
        return lf_message_item_get_state (item) == LF_MESSAGE_FAILED;
    }
  return FALSE;
}

static void
check_letters (LfSimOracle *self, GHashTable *stored)
{
  GHashTableIter iter;
  const char    *id;
  LfSimDevice   *device;

  g_hash_table_iter_init (&iter, self->letters);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, (gpointer *) &device))
    if (g_hash_table_contains (stored, id))
      {
        g_hash_table_insert (self->acknowledged, g_strdup (id), g_strdup (g_hash_table_lookup (stored, id)));
        g_hash_table_iter_remove (&iter);
      }
    else if (!is_shown_refused (device, id))
      lf_sim_world_fail (self->office->world, "message %s waited on the disk of %s, and is neither stored nor refused", id, device->node->name);
}

static gboolean
run_check_messages (LfDb *db, gpointer data, GError **error)
{
  LfSimOracle           *self = data;
  g_autoptr (LfRows)     rows = lf_db_query (db, error, "SELECT client_id, body FROM messages");
  g_autoptr (GHashTable) stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char            *body;
  guint                  n_found = 0;

  while (rows != NULL && lf_rows_next (rows, error))
    {
      body = g_hash_table_lookup (self->acknowledged, lf_rows_get_text (rows, 0));
      n_found += body != NULL;
      g_hash_table_insert (stored, g_strdup (lf_rows_get_text (rows, 0)), g_strdup (lf_rows_get_text (rows, 1)));
      if (body != NULL && !g_str_equal (body, lf_rows_get_text (rows, 1)))
        lf_sim_world_fail (self->office->world, "the message “%s” was stored as “%s”", body, lf_rows_get_text (rows, 1));
    }
  if (n_found != g_hash_table_size (self->acknowledged))
    lf_sim_world_fail (self->office->world, "%u messages were acknowledged, %u of them are stored",
                       g_hash_table_size (self->acknowledged), n_found);
  check_letters (self, stored);
  return rows != NULL;
}

/**
 * lf_sim_oracle_check_messages:
 * @self: an oracle whose server runs
 *
 * Every message that was ever acknowledged must be stored, once and as it was.
 */
void
lf_sim_oracle_check_messages (LfSimOracle *self)
{
  lf_sim_office_run (self->office, run_check_messages, self);
}

/**
 * lf_sim_oracle_forget_messages:
 * @self: an oracle
 *
 * The database is an older one: what was acknowledged since is lost, and rightly.
 */
void
lf_sim_oracle_forget_messages (LfSimOracle *self)
{
  g_hash_table_remove_all (self->acknowledged);
  g_hash_table_remove_all (self->letters);
}

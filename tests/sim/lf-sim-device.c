/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-error.h"
#include "lf-sim-device.h"
#include "lf-sim-disk.h"
#include "lf-sim-office.h"
#include "lf-sim-oracle.h"

#define RETRY_US (5 * LF_SECOND)

static void
on_client_gone (gpointer user_data, GObject *where)
{
  LfSimDevice *self = user_data;

  self->n_alive--;
}

static void
on_received (LfClient *client, LfConversation *conversation, LfMessageItem *item, LfSimDevice *self)
{
  const LfMessage *message = lf_message_item_get_message (item);

  lf_sim_trace_add (self->office->world->trace, "%s is told of message “%s”", self->node->name, message->body);
  self->n_told++;
  if (g_str_equal (message->sender, self->office->people[self->person].id))
    lf_sim_world_fail (self->office->world, "%s was told of an own message", self->node->name);
  if (!g_hash_table_add (self->notified, g_strdup (message->id)))
    lf_sim_world_fail (self->office->world, "%s was told twice of a message", self->node->name);
}

static void
on_available (LfClient *client, LfContact *contact, LfSimDevice *self)
{
  gboolean is_armed = g_hash_table_remove (self->armed, lf_contact_get_user (contact));

  lf_sim_trace_add (self->office->world->trace, "%s is told that %s is available", self->node->name, lf_contact_get_login (contact));
  self->n_told++;
  lf_sim_oracle_judge_available (self->office->oracle, self, contact, is_armed);
}

static void
on_signed_out (LfClient *client, const GError *error, LfSimDevice *self)
{
  lf_sim_trace_add (self->office->world->trace, "%s is signed out: %s", self->node->name, error != NULL ? error->message : "");
}

static void
on_notice (LfClient *client, const GError *error, LfSimDevice *self)
{
  lf_sim_trace_add (self->office->world->trace, "%s reads: %s", self->node->name, error->message);
}

static void
on_state (LfClient *client, GParamSpec *pspec, LfSimDevice *self)
{
  lf_sim_trace_add (self->office->world->trace, "%s state %d", self->node->name, (int) lf_client_get_state (client));
}

static void sign_in (LfSimDevice *self);

static void
on_retry (gpointer user_data)
{
  LfSimDevice *self = user_data;

  self->is_signing_in = FALSE;
  if (self->client != NULL)
    sign_in (self);
}

static void
retry_later (LfSimDevice *self)
{
  self->is_signing_in = TRUE;
  lf_sim_world_at (self->office->world, lf_sim_clock_get_us () + RETRY_US, on_retry, self);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LfSimDevice       *self = user_data;
  g_autoptr (GError) error = NULL;

  lf_client_restore_finish (LF_CLIENT (source), result, &error);
  if (LF_CLIENT (source) != self->client)
    return;
  self->is_signing_in = FALSE;
  if (error == NULL)
    return;
  lf_sim_trace_add (self->office->world->trace, "%s cannot sign in: %s", self->node->name, error->message);
  retry_later (self);
}

/* The machine's name stands for the login: two desktops of a person have a keyring and a cache each. */
static void
sign_in (LfSimDevice *self)
{
  const char *login = self->node->name;

  if (self->is_signing_in || lf_client_get_state (self->client) != LF_CLIENT_SIGNED_OUT)
    return;
  if (lf_sim_disk_get_token (login) == NULL && self->office->server != NULL)
    {
      g_autofree char *token = lf_sim_office_sign_in (self->office, self->person);

      lf_sim_disk_set_token (login, token);
    }
  if (lf_sim_disk_get_token (login) == NULL)
    {
      retry_later (self);
      return;
    }
  self->is_signing_in = TRUE;
  lf_sim_world_enter (self->office->world, self->node);
  lf_client_restore_async (self->client, LF_SIM_SERVER, login, NULL, on_signed_in, self);
  lf_sim_world_leave (self->office->world, self->node);
}

/**
 * lf_sim_device_new:
 * @office: where it stands
 * @name: of the machine
 * @person: whose
 *
 * Returns: (transfer full): a desktop on which nothing runs
 */
LfSimDevice *
lf_sim_device_new (LfSimOffice *office, const char *name, guint person)
{
  LfSimDevice *self = g_new0 (LfSimDevice, 1);

  self->office = office;
  self->node = lf_sim_world_add_node (office->world, name, NULL);
  self->person = person;
  self->revs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->notified = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sent = g_ptr_array_new_with_free_func (g_object_unref);
  self->armed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * lf_sim_device_free:
 * @self: a desktop on which nothing runs any more
 */
void
lf_sim_device_free (LfSimDevice *self)
{
  if (self->n_alive > 0)
    lf_sim_world_fail (self->office->world, "%u clients of %s were never freed", self->n_alive, self->node->name);
  g_hash_table_unref (self->revs);
  g_hash_table_unref (self->notified);
  g_hash_table_unref (self->armed);
  g_ptr_array_unref (self->sent);
  g_free (self);
}

/**
 * lf_sim_device_start:
 * @self: a desktop
 *
 * Starts the program, if it does not run; it signs in with the token it has kept.
 */
void
lf_sim_device_start (LfSimDevice *self)
{
  g_autoptr (LfClock) clock = NULL;

  if (self->client != NULL)
    return;
  lf_sim_trace_add (self->office->world->trace, "%s starts", self->node->name);
  lf_sim_world_enter (self->office->world, self->node);
  clock = lf_clock_new_system ();
  self->client = lf_client_new (clock);
  self->n_alive++;
  g_object_weak_ref (G_OBJECT (self->client), on_client_gone, self);
  g_signal_connect (self->client, "message-received", G_CALLBACK (on_received), self);
  g_signal_connect (self->client, "became-available", G_CALLBACK (on_available), self);
  g_signal_connect (self->client, "signed-out", G_CALLBACK (on_signed_out), self);
  g_signal_connect (self->client, "notice", G_CALLBACK (on_notice), self);
  g_signal_connect (self->client, "notify::state", G_CALLBACK (on_state), self);
  lf_sim_world_leave (self->office->world, self->node);
  g_hash_table_remove_all (self->revs);
  g_hash_table_remove_all (self->armed);
  sign_in (self);
}

/* What waits and is shown is on disk: it will be sent when the program runs again. */
static void
keep_promises (LfSimDevice *self)
{
  for (guint i = 0; i < self->sent->len; i++)
    {
      LfMessageItem   *item = self->sent->pdata[i];
      const LfMessage *message = lf_message_item_get_message (item);
      const LfChat    *chat = g_hash_table_lookup (self->client->chats, message->conversation);

      if (chat != NULL && lf_message_item_get_state (item) == LF_MESSAGE_PENDING && lf_conversation_lookup (chat->conversation, message->id) == item)
        lf_sim_oracle_expect_letter (self->office->oracle, self, message);
    }
  g_ptr_array_set_size (self->sent, 0);
}

/**
 * lf_sim_device_stop:
 * @self: a desktop
 * @is_crash: without a word to the server
 *
 * Ends the program, if it runs.
 */
void
lf_sim_device_stop (LfSimDevice *self, gboolean is_crash)
{
  if (self->client == NULL)
    return;
  lf_sim_trace_add (self->office->world->trace, "%s %s", self->node->name, is_crash ? "crashes" : "quits");
  keep_promises (self);
  lf_sim_world_enter (self->office->world, self->node);
  lf_sim_disk_set_is_crashing (is_crash);
  if (!is_crash)
    lf_client_disconnect (self->client);
  g_signal_handlers_disconnect_by_data (self->client, self);
  if (self->client->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->client->channel, self);
  g_object_run_dispose (G_OBJECT (self->client));
  g_clear_object (&self->client);
  lf_sim_disk_set_is_crashing (FALSE);
  lf_sim_world_leave (self->office->world, self->node);
  self->watched = NULL;
  self->is_signing_in = FALSE;
  if (is_crash)
    lf_sim_net_harm_all (self->office->world->net, self->node->name, LF_SIM_CUT);
}

/**
 * lf_sim_device_is_quiet:
 * @self: a desktop
 *
 * Returns: %TRUE if the program is online and has nothing on its way
 */
gboolean
lf_sim_device_is_quiet (LfSimDevice *self)
{
  const LfClient *client = self->client;

  return client != NULL && client->state == LF_CLIENT_ONLINE && !client->is_catching_up && !client->is_editing &&
         client->edits.length == 0 && lf_outbox_get_n_pending (client->outbox) == 0;
}

static void
on_hello (LfChannel *channel, gpointer hello, LfSimDevice *self)
{
  const LfWireHello *said = hello;

  lf_sim_trace_add (self->office->world->trace, "%s hello%s", self->node->name, said->is_resumed ? " again" : "");
  self->hello_us = lf_sim_oracle_get_world_us (self->office->oracle, said->server_time_us);
}

static void
on_frame (LfChannel *channel, gpointer data, LfSimDevice *self)
{
  const LfFrame *frame = data;

  lf_sim_trace_add (self->office->world->trace, "%s frame %s", self->node->name, lf_frame_get_name (frame->type));
  if (frame->type == LF_FRAME_SNAPSHOT) /* replaces, whatever its revisions */
    g_hash_table_remove_all (self->revs);
}

/* Each session has a channel of its own. */
static void
watch_channel (LfSimDevice *self)
{
  LfChannel *channel = self->client->channel;

  if (channel == self->watched)
    return;
  self->watched = channel;
  if (channel == NULL)
    return;
  g_signal_connect (channel, "hello", G_CALLBACK (on_hello), self);
  g_signal_connect (channel, "frame", G_CALLBACK (on_frame), self);
}

static void
check_revs (LfSimDevice *self)
{
  GListModel *roster = G_LIST_MODEL (lf_client_get_roster (self->client));

  for (guint i = 0; i < g_list_model_get_n_items (roster); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);
      const char           *user = lf_contact_get_user (contact);
      gint64                rev = lf_contact_get_presence (contact)->rev;
      gint64               *held = g_hash_table_lookup (self->revs, user);

      if (held == NULL)
        {
          g_hash_table_insert (self->revs, g_strdup (user), g_memdup2 (&rev, sizeof rev));
          continue;
        }
      if (rev < *held && rev != 0) /* 0: removed and added anew */
        lf_sim_world_fail (self->office->world, "%s went back from revision %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " of %s",
                           self->node->name, *held, rev, lf_contact_get_login (contact));
      *held = rev;
    }
}

static void
check_sent (LfSimDevice *self)
{
  for (guint i = self->sent->len; i > 0; i--)
    {
      LfMessageItem *item = self->sent->pdata[i - 1];

      if (lf_message_item_get_state (item) == LF_MESSAGE_PENDING)
        continue;
      lf_sim_trace_add (self->office->world->trace, "%s message “%s” %s", self->node->name,
                        lf_message_item_get_message (item)->body, lf_message_item_get_state (item) == LF_MESSAGE_FAILED ? "failed" : "acknowledged");
      if (lf_message_item_get_state (item) != LF_MESSAGE_FAILED)
        lf_sim_oracle_expect_message (self->office->oracle, item);
      g_ptr_array_remove_index (self->sent, i - 1);
    }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (LfConversation) conversation = lf_client_open_conversation_finish (LF_CLIENT (source), result, &error);

  if (conversation == NULL)
    g_debug ("no conversation: %s", error->message);
}

/**
 * lf_sim_device_get_conversation:
 * @self: a desktop that is signed in
 * @user: with whom
 *
 * Returns: (transfer none) (nullable): the conversation; %NULL if it had to be asked for
 */
LfConversation *
lf_sim_device_get_conversation (LfSimDevice *self, const char *user)
{
  LfConversation *conversation = lf_client_lookup_conversation (self->client, user);

  if (conversation == NULL)
    lf_client_open_conversation_async (self->client, user, NULL, on_opened, NULL);
  return conversation;
}

/**
 * lf_sim_device_send:
 * @self: a desktop that is signed in
 * @conversation: where
 * @body: text
 *
 * Sends a message, and looks what becomes of it.
 */
void
lf_sim_device_send (LfSimDevice *self, LfConversation *conversation, const char *body)
{
  LfMessageItem *item = lf_client_send (self->client, conversation, body);

  if (item != NULL)
    g_ptr_array_add (self->sent, g_object_ref (item));
}

/**
 * lf_sim_device_watch:
 * @self: a desktop
 *
 * Looks for what must never be.
 */
void
lf_sim_device_watch (LfSimDevice *self)
{
  if (self->client == NULL)
    return;
  watch_channel (self);
  check_revs (self);
  check_sent (self);
  if (lf_client_get_state (self->client) == LF_CLIENT_SIGNED_OUT && lf_sim_disk_get_token (self->node->name) == NULL)
    sign_in (self);
}

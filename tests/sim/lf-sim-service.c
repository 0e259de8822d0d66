/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-channel.h"
#include "lf-sim-service.h"
#include "lf-timer.h"

#define RETRY_MS 3000

typedef struct
{
  LfSimService   *service; /* borrowed */
  char           *path;
  const LfSchema *schema;
  gpointer        body; /* owned, nullable */
  gboolean        is_dirty;
  gboolean        is_in_flight;
} Slot;

struct _LfSimService
{
  LfSimWorld   *world;
  LfSimNode    *node;
  char         *server;
  char         *token;
  LfRest       *rest;    /* nullable: stopped */
  LfChannel    *channel; /* nullable: stopped */
  GCancellable *lifetime;
  GSource      *retry;
  Slot         *slots;
  guint         n_slots;
};

static void send (LfSimService *self);

static gboolean
on_retry (gpointer user_data)
{
  LfSimService *self = user_data;

  lf_timer_clear (&self->retry);
  send (self);
  return G_SOURCE_REMOVE;
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Slot              *slot = user_data;
  LfSimService      *self = slot->service;
  g_autoptr (GError) error = NULL;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &error);
  if (LF_REST (source) != self->rest) /* of a life before this one */
    return;
  slot->is_in_flight = FALSE;
  if (error != NULL)
    {
      lf_sim_trace_add (self->world->trace, "%s %s not taken: %s", self->node->name, slot->path, error->message);
      slot->is_dirty = TRUE;
      lf_timer_start (&self->retry, RETRY_MS, on_retry, self);
    }
  else
    send (self);
}

static void
send (LfSimService *self)
{
  if (self->rest == NULL || self->retry != NULL)
    return;
  for (guint i = 0; i < self->n_slots; i++)
    {
      Slot *slot = &self->slots[i];

      if (!slot->is_dirty || slot->is_in_flight)
        continue;
      slot->is_dirty = FALSE;
      slot->is_in_flight = TRUE;
      lf_rest_call_async (self->rest, "PUT", slot->path, NULL, slot->schema, slot->body, NULL, self->lifetime, on_taken, slot);
    }
}

static void
on_hello (LfChannel *channel, gpointer hello, LfSimService *self)
{
  for (guint i = 0; i < self->n_slots; i++)
    self->slots[i].is_dirty = self->slots[i].body != NULL;
  send (self);
}

static void
on_stopped (LfChannel *channel, const GError *error, LfSimService *self)
{
  lf_sim_world_fail (self->world, "%s was turned away: %s", self->node->name, error->message);
}

/**
 * lf_sim_service_new:
 * @world: a world
 * @name: of its machine
 * @server: address of the server
 * @token: its service token
 * @n_slots: how many things it reports
 *
 * Returns: (transfer full): a connector that is not started
 */
LfSimService *
lf_sim_service_new (LfSimWorld *world, const char *name, const char *server, const char *token, guint n_slots)
{
  LfSimService *self = g_new0 (LfSimService, 1);

  self->world = world;
  self->node = lf_sim_world_add_node (world, name, NULL);
  self->server = g_strdup (server);
  self->token = g_strdup (token);
  self->slots = g_new0 (Slot, n_slots);
  self->n_slots = n_slots;
  for (guint i = 0; i < n_slots; i++)
    self->slots[i].service = self;
  return self;
}

/**
 * lf_sim_service_free:
 * @self: a stopped connector whose calls have ended
 */
void
lf_sim_service_free (LfSimService *self)
{
  for (guint i = 0; i < self->n_slots; i++)
    {
      if (self->slots[i].body != NULL)
        lf_codec_free (self->slots[i].schema, self->slots[i].body);
      g_free (self->slots[i].path);
    }
  g_free (self->slots);
  g_free (self->server);
  g_free (self->token);
  g_free (self);
}

/**
 * lf_sim_service_start:
 * @self: a stopped connector
 */
void
lf_sim_service_start (LfSimService *self)
{
  lf_sim_world_enter (self->world, self->node);
  self->lifetime = g_cancellable_new ();
  self->rest = lf_rest_new (self->server, NULL);
  lf_rest_set_token (self->rest, self->token);
  self->channel = lf_channel_new (self->rest);
  g_signal_connect (self->channel, "hello", G_CALLBACK (on_hello), self);
  g_signal_connect (self->channel, "stopped", G_CALLBACK (on_stopped), self);
  lf_channel_start (self->channel);
  lf_sim_world_leave (self->world, self->node);
}

/**
 * lf_sim_service_stop:
 * @self: a connector
 *
 * Ends it without a word to the server.
 */
void
lf_sim_service_stop (LfSimService *self)
{
  if (self->rest == NULL)
    return;
  lf_sim_world_enter (self->world, self->node);
  g_cancellable_cancel (self->lifetime);
  lf_timer_clear (&self->retry);
  g_signal_handlers_disconnect_by_data (self->channel, self);
  g_object_run_dispose (G_OBJECT (self->channel));
  g_clear_object (&self->channel);
  g_clear_object (&self->rest);
  g_clear_object (&self->lifetime);
  for (guint i = 0; i < self->n_slots; i++)
    self->slots[i].is_in_flight = FALSE;
  lf_sim_world_leave (self->world, self->node);
}

/**
 * lf_sim_service_get_node:
 * @self: a connector
 *
 * Returns: (transfer none): its machine
 */
LfSimNode *
lf_sim_service_get_node (LfSimService *self)
{
  return self->node;
}

/**
 * lf_sim_service_say:
 * @self: a connector
 * @slot: what it is about
 * @path: of the PUT
 * @schema: of @body
 * @body: copied
 *
 * Says something new, started or not.
 */
void
lf_sim_service_say (LfSimService *self, guint slot, const char *path, const LfSchema *schema, gconstpointer body)
{
  Slot *said = &self->slots[slot];

  if (said->body != NULL)
    lf_codec_free (said->schema, said->body);
  g_free (said->path);
  said->path = g_strdup (path);
  said->schema = schema;
  said->body = lf_codec_copy (schema, body);
  said->is_dirty = TRUE;
  lf_sim_world_enter (self->world, self->node);
  send (self);
  lf_sim_world_leave (self->world, self->node);
}

/**
 * lf_sim_service_get:
 * @self: a connector
 * @slot: what it is about
 *
 * Returns: (nullable): what was said last
 */
gconstpointer
lf_sim_service_get (LfSimService *self, guint slot)
{
  return self->slots[slot].body;
}

/**
 * lf_sim_service_is_quiet:
 * @self: a connector
 *
 * Returns: %TRUE if it is connected and nothing waits
 */
gboolean
lf_sim_service_is_quiet (LfSimService *self)
{
  if (self->channel == NULL || (lf_channel_get_state (self->channel) != LF_CHANNEL_LIVE && lf_channel_get_state (self->channel) != LF_CHANNEL_SYNCING))
    return FALSE;
  for (guint i = 0; i < self->n_slots; i++)
    if (self->slots[i].is_dirty || self->slots[i].is_in_flight)
      return FALSE;
  return TRUE;
}

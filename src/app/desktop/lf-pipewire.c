/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <pipewire/impl.h>
#include <pipewire/pipewire.h>

#include "lf-pipewire.h"

#define MAX_OBJECTS 4096 /* nodes and links that are kept in mind, each */

typedef enum
{
  NODE_SOURCE, /* a microphone, or what stands for one */
  NODE_STREAM, /* a program that takes sound in */
} NodeKind;

typedef struct
{
  LfPipewire     *pipewire; /* borrowed: it owns this */
  NodeKind        kind;
  struct pw_node *proxy;    /* owned, nullable: of streams */
  struct spa_hook listener; /* of proxy */
  gboolean        is_running;
  gboolean        is_left_out;
} Node;

typedef struct
{
  guint32 output; /* ids of nodes */
  guint32 input;
} Link;

struct _LfPipewire
{
  LfPipewireFuncs     funcs;
  gpointer            user_data;
  struct pw_loop     *loop;     /* owned, as are the next three */
  struct pw_context  *context;  /* nullable while it is made */
  struct pw_core     *core;     /* nullable while it is made */
  struct pw_registry *registry; /* nullable while it is made */
  struct spa_hook     core_listener;
  struct spa_hook     registry_listener;
  GHashTable         *nodes; /* owned; id → Node (owned) */
  GHashTable         *links; /* owned; id → Link (owned) */
  guint               ready_id;
  gboolean            is_lost;
  gboolean            is_recording; /* as told last */
};

static void
free_node (gpointer data)
{
  Node *node = data;

  if (node->proxy != NULL)
    {
      spa_hook_remove (&node->listener);
      pw_proxy_destroy ((struct pw_proxy *) node->proxy);
    }
  g_free (node);
}

static gboolean
is_true (const struct spa_dict *props,
         const char            *key)
{
  const char *value = props != NULL ? spa_dict_lookup (props, key) : NULL;

  return value != NULL && spa_atob (value);
}

/* What takes sound in without a person who speaks: a meter of levels, what listens to a loudspeaker, and the near
 * end of a filter, whose far end is a source of its own. */
static gboolean
is_left_out (const struct spa_dict *props)
{
  return is_true (props, PW_KEY_STREAM_MONITOR) || is_true (props, PW_KEY_STREAM_CAPTURE_SINK) || is_true (props, "resample.peaks") ||
         (props != NULL && spa_dict_lookup (props, "node.link-group") != NULL);
}

static void
on_node_info (void                      *data,
              const struct pw_node_info *info)
{
  Node *node = data;

  if ((info->change_mask & PW_NODE_CHANGE_MASK_STATE) != 0)
    node->is_running = info->state == PW_NODE_STATE_RUNNING;
  if ((info->change_mask & PW_NODE_CHANGE_MASK_PROPS) != 0)
    node->is_left_out = is_left_out (info->props);
}

static const struct pw_node_events node_events = { .version = PW_VERSION_NODE_EVENTS, .info = on_node_info };

static void
add_node (LfPipewire            *self,
          guint32                id,
          const struct spa_dict *props)
{
  const char *class = props != NULL ? spa_dict_lookup (props, PW_KEY_MEDIA_CLASS) : NULL;
  gboolean is_stream = g_strcmp0 (class, "Stream/Input/Audio") == 0;
  Node    *node;

  if (class == NULL || g_hash_table_size (self->nodes) >= MAX_OBJECTS ||
      !(is_stream || g_str_has_prefix (class, "Audio/Source") || g_str_equal (class, "Audio/Duplex")))
    return;
  node = g_new0 (Node, 1);
  node->pipewire = self;
  node->kind = is_stream ? NODE_STREAM : NODE_SOURCE;
  if (is_stream)
    node->proxy = pw_registry_bind (self->registry, id, PW_TYPE_INTERFACE_Node, PW_VERSION_NODE, 0);
  if (node->proxy != NULL)
    pw_node_add_listener (node->proxy, &node->listener, &node_events, node);
  g_hash_table_replace (self->nodes, GUINT_TO_POINTER (id), node);
}

static void
add_link (LfPipewire            *self,
          guint32                id,
          const struct spa_dict *props)
{
  const char *output = props != NULL ? spa_dict_lookup (props, PW_KEY_LINK_OUTPUT_NODE) : NULL;
  const char *input = props != NULL ? spa_dict_lookup (props, PW_KEY_LINK_INPUT_NODE) : NULL;
  Link       *link;

  if (output == NULL || input == NULL || g_hash_table_size (self->links) >= MAX_OBJECTS)
    return;
  link = g_new0 (Link, 1);
  link->output = (guint32) g_ascii_strtoull (output, NULL, 10);
  link->input = (guint32) g_ascii_strtoull (input, NULL, 10);
  g_hash_table_replace (self->links, GUINT_TO_POINTER (id), link);
}

static void
on_global (void                  *data,
           uint32_t               id,
           uint32_t               permissions,
           const char            *type,
           uint32_t               version,
           const struct spa_dict *props)
{
  LfPipewire *self = data;

  if (g_str_equal (type, PW_TYPE_INTERFACE_Node))
    add_node (self, id, props);
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Link))
    add_link (self, id, props);
}

static void
on_global_remove (void    *data,
                  uint32_t id)
{
  LfPipewire *self = data;

  g_hash_table_remove (self->nodes, GUINT_TO_POINTER (id));
  g_hash_table_remove (self->links, GUINT_TO_POINTER (id));
}

static const struct pw_registry_events registry_events = {
  .version = PW_VERSION_REGISTRY_EVENTS,
  .global = on_global,
  .global_remove = on_global_remove,
};

static void
on_core_error (void       *data,
               uint32_t    id,
               int         sequence,
               int         result,
               const char *message)
{
  LfPipewire *self = data;

  if (id == PW_ID_CORE && result == -EPIPE)
    self->is_lost = TRUE;
}

static const struct pw_core_events core_events = { .version = PW_VERSION_CORE_EVENTS, .error = on_core_error };

static gboolean
find_recording (LfPipewire *self)
{
  GHashTableIter iter;
  Link          *link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &link))
    {
      const Node *source = g_hash_table_lookup (self->nodes, GUINT_TO_POINTER (link->output));
      const Node *stream = g_hash_table_lookup (self->nodes, GUINT_TO_POINTER (link->input));

      if (source != NULL && stream != NULL && source->kind == NODE_SOURCE && stream->kind == NODE_STREAM &&
          stream->is_running && !stream->is_left_out)
        return TRUE;
    }
  return FALSE;
}

/* What came is taken in, and then told: nothing is freed while the library is at work. */
static gboolean
on_ready (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  LfPipewire *self = user_data;
  gboolean    is_recording;

  pw_loop_enter (self->loop);
  if (pw_loop_iterate (self->loop, 0) < 0 && errno != EINTR)
    self->is_lost = TRUE;
  pw_loop_leave (self->loop);
  if (self->is_lost)
    {
      self->ready_id = 0;
      self->funcs.lost (self, self->user_data);
      return G_SOURCE_REMOVE;
    }
  is_recording = find_recording (self);
  if (self->is_recording != is_recording)
    {
      self->is_recording = is_recording;
      self->funcs.changed (self, is_recording, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

/* No more than the protocol: the files that configure clients start threads for sound, which is not wanted here. */
static gboolean
connect_core (LfPipewire *self)
{
  self->context = pw_context_new (self->loop, pw_properties_new (PW_KEY_CONFIG_NAME, "null", NULL), 0);
  if (self->context == NULL ||
      pw_context_load_module (self->context, "libpipewire-module-protocol-native", NULL, NULL) == NULL)
    return FALSE;
  self->core = pw_context_connect (self->context, NULL, 0);
  if (self->core == NULL)
    return FALSE;
  pw_core_add_listener (self->core, &self->core_listener, &core_events, self);
  self->registry = pw_core_get_registry (self->core, PW_VERSION_REGISTRY, 0);
  if (self->registry == NULL)
    return FALSE;
  pw_registry_add_listener (self->registry, &self->registry_listener, &registry_events, self);
  return TRUE;
}

/**
 * lf_pipewire_connect:
 * @funcs: what to call
 * @user_data: for @funcs
 *
 * Connects to the sound server of the session. Until @funcs say otherwise nobody records.
 *
 * Returns: (transfer full) (nullable): the connection, %NULL if there is no sound server
 */
LfPipewire *
lf_pipewire_connect (const LfPipewireFuncs *funcs,
                     gpointer               user_data)
{
  LfPipewire *self = g_new0 (LfPipewire, 1);
  gboolean    is_connected;

  pw_init (NULL, NULL);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->nodes = g_hash_table_new_full (NULL, NULL, NULL, free_node);
  self->links = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->loop = pw_loop_new (NULL);
  if (self->loop == NULL)
    {
      lf_pipewire_free (self);
      return NULL;
    }
  pw_loop_enter (self->loop);
  is_connected = connect_core (self);
  pw_loop_leave (self->loop);
  if (!is_connected)
    {
      lf_pipewire_free (self);
      return NULL;
    }
  self->ready_id = g_unix_fd_add (pw_loop_get_fd (self->loop), G_IO_IN, on_ready, self);
  return self;
}

/**
 * lf_pipewire_free:
 * @self: (nullable): a connection
 *
 * Ends it.
 */
void
lf_pipewire_free (LfPipewire *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->ready_id, g_source_remove);
  g_hash_table_unref (self->nodes);
  g_hash_table_unref (self->links);
  if (self->registry != NULL)
    {
      spa_hook_remove (&self->registry_listener);
      pw_proxy_destroy ((struct pw_proxy *) self->registry);
    }
  if (self->core != NULL)
    {
      spa_hook_remove (&self->core_listener);
      pw_core_disconnect (self->core);
    }
  g_clear_pointer (&self->context, pw_context_destroy);
  g_clear_pointer (&self->loop, pw_loop_destroy);
  pw_deinit ();
  g_free (self);
}

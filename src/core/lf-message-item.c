/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-message-item.h"

struct _LfMessageItem
{
  GObject parent_instance;

  LfMessage     *message; /* owned */
  LfMessageState state;
  gboolean       is_own;
};

enum
{
  PROP_MESSAGE = 1,
  PROP_STATE,
  PROP_IS_OWN,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (LfMessageItem, lf_message_item, G_TYPE_OBJECT)

static void
lf_message_item_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  LfMessageItem *self = LF_MESSAGE_ITEM (object);

  switch (prop_id)
    {
    case PROP_MESSAGE:
      g_value_set_boxed (value, self->message);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_IS_OWN:
      g_value_set_boolean (value, self->is_own);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_message_item_finalize (GObject *object)
{
  LfMessageItem *self = LF_MESSAGE_ITEM (object);

  g_clear_pointer (&self->message, lf_message_unref);

  G_OBJECT_CLASS (lf_message_item_parent_class)->finalize (object);
}

static void
lf_message_item_class_init (LfMessageItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lf_message_item_get_property;
  object_class->finalize = lf_message_item_finalize;

  props[PROP_MESSAGE] = g_param_spec_boxed ("message", NULL, NULL, LF_TYPE_MESSAGE, flags);
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, LF_MESSAGE_READ, LF_MESSAGE_PENDING, flags);
  props[PROP_IS_OWN] = g_param_spec_boolean ("is-own", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_message_item_init (LfMessageItem *self)
{
}

/**
 * lf_message_item_get_message:
 * @self: an item
 *
 * Returns: (transfer none): its message
 */
LfMessage *
lf_message_item_get_message (LfMessageItem *self)
{
  g_return_val_if_fail (LF_IS_MESSAGE_ITEM (self), NULL);

  return self->message;
}

/**
 * lf_message_item_get_state:
 * @self: an item
 *
 * Returns: how far an own message has come; another's is always %LF_MESSAGE_SENT
 */
LfMessageState
lf_message_item_get_state (LfMessageItem *self)
{
  g_return_val_if_fail (LF_IS_MESSAGE_ITEM (self), LF_MESSAGE_SENT);

  return self->state;
}

/**
 * lf_message_item_get_is_own:
 * @self: an item
 *
 * Returns: whether the user wrote it
 */
gboolean
lf_message_item_get_is_own (LfMessageItem *self)
{
  g_return_val_if_fail (LF_IS_MESSAGE_ITEM (self), FALSE);

  return self->is_own;
}

/**
 * lf_message_item_new:
 * @message: a message; a reference is taken
 * @state: how far it has come
 * @is_own: whether the user wrote it
 *
 * Returns: (transfer full): an item
 */
LfMessageItem *
lf_message_item_new (const LfMessage *message,
                     LfMessageState   state,
                     gboolean         is_own)
{
  LfMessageItem *self;

  g_return_val_if_fail (message != NULL, NULL);

  self = g_object_new (LF_TYPE_MESSAGE_ITEM, NULL);
  self->message = lf_message_ref (message);
  self->state = state;
  self->is_own = is_own;
  return self;
}

/**
 * lf_message_item_set_message:
 * @self: an item
 * @message: what the server made of it; a reference is taken
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_message_item_set_message (LfMessageItem   *self,
                             const LfMessage *message)
{
  g_autoptr (LfMessage) old = NULL;

  g_return_val_if_fail (LF_IS_MESSAGE_ITEM (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (self->message == message)
    return FALSE;
  old = self->message;
  self->message = lf_message_ref (message);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MESSAGE]);
  return TRUE;
}

/**
 * lf_message_item_set_state:
 * @self: an item
 * @state: how far it has come
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_message_item_set_state (LfMessageItem *self,
                           LfMessageState state)
{
  g_return_val_if_fail (LF_IS_MESSAGE_ITEM (self), FALSE);

  if (self->state == state)
    return FALSE;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  return TRUE;
}

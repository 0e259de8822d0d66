/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-conversation-private.h"
#include "lf-plain-line.h"

#define TYPING_MS 6000

enum
{
  PROP_ID = 1,
  PROP_OTHER,
  PROP_OTHER_NAME,
  PROP_UNREAD,
  PROP_LAST_MESSAGE,
  PROP_IS_TYPING,
  PROP_HAS_MORE,
  PROP_DRAFT,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void lf_conversation_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfConversation, lf_conversation, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, lf_conversation_list_model_init))

static void
notify (LfConversation *self,
        guint           prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static LfMessageState
get_own_state (LfConversation *self,
               gint64          seq)
{
  if (seq <= self->other_read_seq)
    return LF_MESSAGE_READ;
  return seq <= self->other_delivered_seq ? LF_MESSAGE_DELIVERED : LF_MESSAGE_SENT;
}

static void
set_unread (LfConversation *self,
            guint           unread)
{
  if (self->unread == unread)
    return;
  self->unread = unread;
  notify (self, PROP_UNREAD);
}

/* Own messages in (@from_seq, @to_seq] have come further. */
static void
update_states (LfConversation *self,
               gint64          from_seq,
               gint64          to_seq)
{
  guint n_sequenced = lf_message_log_get_n_sequenced (self->log);

  for (guint i = lf_message_log_find (self->log, from_seq + 1); i < n_sequenced; i++)
    {
      LfMessageItem *item = lf_message_log_get_item (self->log, i);
      gint64         seq = lf_message_log_get_seq (self->log, i);

      if (seq > to_seq)
        break;
      if (lf_message_item_get_is_own (item))
        lf_message_item_set_state (item, get_own_state (self, seq));
    }
}

/* The other side's messages after @seq, of those that are held. */
static guint
count_others_after (LfConversation *self,
                    gint64          seq)
{
  guint n_sequenced = lf_message_log_get_n_sequenced (self->log);
  guint n_others = 0;

  for (guint i = lf_message_log_find (self->log, seq + 1); i < n_sequenced; i++)
    if (!lf_message_item_get_is_own (lf_message_log_get_item (self->log, i)))
      n_others++;
  return n_others;
}

/* Counted where everything after the own read mark is held, else @unread, as far as that can be. */
static void
recount_unread (LfConversation *self,
                guint           unread)
{
  guint  n_sequenced = lf_message_log_get_n_sequenced (self->log);
  guint  first = lf_message_log_find (self->log, self->own_read_seq + 1);
  gint64 n_after = self->last_seq - self->own_read_seq;

  if (n_after <= 0)
    set_unread (self, 0);
  else if (n_sequenced - first < n_after)
    set_unread (self, (guint) MIN ((gint64) unread, n_after));
  else
    set_unread (self, count_others_after (self, self->own_read_seq));
}

static void
stop_typing (LfConversation *self)
{
  if (self->typing_source == 0)
    return;
  g_clear_handle_id (&self->typing_source, g_source_remove);
  notify (self, PROP_IS_TYPING);
}

static gboolean
on_typing_ended (gpointer user_data)
{
  LfConversation *self = LF_CONVERSATION (user_data);

  self->typing_source = 0;
  notify (self, PROP_IS_TYPING);
  return G_SOURCE_REMOVE;
}

/* The server has stored what waited: it moves up to its place among those with a number. */
static void
acknowledge (LfConversation  *self,
             LfMessageItem   *item,
             const LfMessage *message)
{
  guint from, to;

  lf_message_item_set_message (item, message);
  lf_message_item_set_state (item, get_own_state (self, message->seq));
  self->last_seq = MAX (self->last_seq, message->seq);
  to = lf_message_log_move_up (self->log, item, &from);
  if (from != to)
    g_list_model_items_changed (G_LIST_MODEL (self), to, from - to + 1, from - to + 1);
}

static GType
lf_conversation_get_item_type (GListModel *model)
{
  return LF_TYPE_MESSAGE_ITEM;
}

static guint
lf_conversation_get_n_items (GListModel *model)
{
  return lf_message_log_get_n_items (LF_CONVERSATION (model)->log);
}

static gpointer
lf_conversation_get_item (GListModel *model,
                          guint       position)
{
  LfMessageItem *item = lf_message_log_get_item (LF_CONVERSATION (model)->log, position);

  return item != NULL ? g_object_ref (item) : NULL;
}

static void
lf_conversation_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = lf_conversation_get_item_type;
  iface->get_n_items = lf_conversation_get_n_items;
  iface->get_item = lf_conversation_get_item;
}

static void
lf_conversation_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  LfConversation *self = LF_CONVERSATION (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_OTHER:
      g_value_set_string (value, self->other);
      break;
    case PROP_OTHER_NAME:
      g_value_set_string (value, lf_conversation_get_other_name (self));
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    case PROP_LAST_MESSAGE:
      g_value_set_boxed (value, self->last);
      break;
    case PROP_IS_TYPING:
      g_value_set_boolean (value, self->typing_source != 0);
      break;
    case PROP_HAS_MORE:
      g_value_set_boolean (value, self->has_more);
      break;
    case PROP_DRAFT:
      g_value_set_string (value, self->draft);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_conversation_dispose (GObject *object)
{
  LfConversation *self = LF_CONVERSATION (object);

  g_clear_handle_id (&self->typing_source, g_source_remove);

  G_OBJECT_CLASS (lf_conversation_parent_class)->dispose (object);
}

static void
lf_conversation_finalize (GObject *object)
{
  LfConversation *self = LF_CONVERSATION (object);

  lf_message_log_free (self->log);
  g_clear_pointer (&self->summary, lf_message_unref);
  g_clear_pointer (&self->last, lf_message_unref);
  g_free (self->id);
  g_free (self->own_user);
  g_free (self->other);
  g_free (self->other_name);
  g_free (self->draft);

  G_OBJECT_CLASS (lf_conversation_parent_class)->finalize (object);
}

static void
lf_conversation_class_init (LfConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lf_conversation_get_property;
  object_class->dispose = lf_conversation_dispose;
  object_class->finalize = lf_conversation_finalize;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_OTHER] = g_param_spec_string ("other", NULL, NULL, NULL, flags);
  props[PROP_OTHER_NAME] = g_param_spec_string ("other-name", NULL, NULL, NULL, flags);
  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_LAST_MESSAGE] = g_param_spec_boxed ("last-message", NULL, NULL, LF_TYPE_MESSAGE, flags);
  props[PROP_IS_TYPING] = g_param_spec_boolean ("is-typing", NULL, NULL, FALSE, flags);
  props[PROP_HAS_MORE] = g_param_spec_boolean ("has-more", NULL, NULL, FALSE, flags);
  props[PROP_DRAFT] = g_param_spec_string ("draft", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_conversation_init (LfConversation *self)
{
  self->log = lf_message_log_new ();
}

/**
 * lf_conversation_new:
 * @id: id of the conversation
 * @own_user: user id of the user
 * @other_user: user id of the other side
 *
 * Returns: (transfer full): an empty conversation
 */
LfConversation *
lf_conversation_new (const char *id,
                     const char *own_user,
                     const char *other_user)
{
  LfConversation *self;

  g_return_val_if_fail (id != NULL && own_user != NULL && other_user != NULL, NULL);

  self = g_object_new (LF_TYPE_CONVERSATION, NULL);
  self->id = g_strdup (id);
  self->own_user = g_strdup (own_user);
  self->other = g_strdup (other_user);
  return self;
}

/**
 * lf_conversation_set_other_name:
 * @self: a conversation
 * @name: (nullable): what to call the other side
 */
void
lf_conversation_set_other_name (LfConversation *self,
                                const char     *name)
{
  g_autofree char *old = NULL;
  g_autofree char *line = NULL;

  g_return_if_fail (LF_IS_CONVERSATION (self));

  line = lf_plain_line_new (name);
  if (g_strcmp0 (self->other_name, line) == 0)
    return;
  old = self->other_name;
  self->other_name = g_steal_pointer (&line);
  notify (self, PROP_OTHER_NAME);
}

/**
 * lf_conversation_set_draft:
 * @self: a conversation
 * @draft: (nullable): what the user has begun to write; an empty text is none
 */
void
lf_conversation_set_draft (LfConversation *self,
                           const char     *draft)
{
  g_autofree char *old = NULL;

  g_return_if_fail (LF_IS_CONVERSATION (self));

  if (draft != NULL && *draft == '\0')
    draft = NULL;
  if (g_strcmp0 (self->draft, draft) == 0)
    return;
  old = self->draft;
  self->draft = g_strdup (draft);
  notify (self, PROP_DRAFT);
}

/**
 * lf_conversation_set_has_more:
 * @self: a conversation
 * @has_more: whether the server holds older messages
 */
void
lf_conversation_set_has_more (LfConversation *self,
                              gboolean        has_more)
{
  g_return_if_fail (LF_IS_CONVERSATION (self));

  if (self->has_more == !!has_more)
    return;
  self->has_more = !!has_more;
  notify (self, PROP_HAS_MORE);
}

/**
 * lf_conversation_add_pending:
 * @self: a conversation
 * @message: what the user has written, without a sequence number; a reference is taken
 *
 * Returns: (transfer none): the item at its end, or the one that has this id already
 */
LfMessageItem *
lf_conversation_add_pending (LfConversation  *self,
                             const LfMessage *message)
{
  LfMessageItem *item;

  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);
  g_return_val_if_fail (message != NULL && message->seq == 0, NULL);

  item = lf_conversation_lookup (self, message->id);
  if (item != NULL)
    return item;
  item = lf_message_item_new (message, LF_MESSAGE_PENDING, TRUE);
  lf_conversation_place_pending (self, item);
  g_object_unref (item); /* the log has it */
  return item;
}

/**
 * lf_conversation_lookup:
 * @self: a conversation
 * @message_id: id of a message
 *
 * Returns: (transfer none) (nullable): the item of that message
 */
LfMessageItem *
lf_conversation_lookup (LfConversation *self,
                        const char     *message_id)
{
  g_return_val_if_fail (LF_IS_CONVERSATION (self), NULL);
  g_return_val_if_fail (message_id != NULL, NULL);

  return lf_message_log_lookup (self->log, message_id);
}

/**
 * lf_conversation_apply_message:
 * @self: a conversation
 * @message: what the server has stored; a reference is taken
 *
 * Puts a message in its place, whether it comes live, from history or as the acknowledgement of one
 * that was pending. It counts as unread if it is another's and newer than everything heard of: what
 * is older was counted by the summary. A message without a sequence number, or with one that another
 * message has, is not what a server sends, and ignored.
 *
 * Returns: %TRUE if it was new here
 */
gboolean
lf_conversation_apply_message (LfConversation  *self,
                               const LfMessage *message)
{
  LfMessageItem *item;
  gboolean       is_own, is_newest;

  g_return_val_if_fail (LF_IS_CONVERSATION (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (message->seq <= 0 || lf_message_log_has_seq (self->log, message->seq))
    return FALSE;

  is_own = g_str_equal (message->sender, self->own_user);
  item = lf_conversation_lookup (self, message->id);
  if (item != NULL)
    {
      if (is_own && lf_message_item_get_message (item)->seq == 0)
        acknowledge (self, item, message);
      lf_conversation_update_last (self);
      return FALSE;
    }

  is_newest = message->seq > self->last_seq;
  self->last_seq = MAX (self->last_seq, message->seq);
  item = lf_message_item_new (message, is_own ? get_own_state (self, message->seq) : LF_MESSAGE_SENT, is_own);
  g_list_model_items_changed (G_LIST_MODEL (self), lf_message_log_add (self->log, item), 0, 1);

  if (is_newest && !is_own)
    {
      stop_typing (self);
      if (message->seq > self->own_read_seq)
        set_unread (self, self->unread + 1);
    }
  else if (!is_newest && message->seq > self->own_read_seq) /* perhaps the last that was missing */
    recount_unread (self, self->unread);
  lf_conversation_update_last (self);
  return TRUE;
}

static void
set_waiting_state (LfConversation *self,
                   const char     *message_id,
                   LfMessageState  state)
{
  LfMessageItem *item = lf_conversation_lookup (self, message_id);

  if (item != NULL && lf_message_item_get_message (item)->seq == 0)
    lf_message_item_set_state (item, state);
}

/**
 * lf_conversation_set_failed:
 * @self: a conversation
 * @message_id: id of a pending message
 *
 * The server refused it. One that was stored meanwhile stays as it is.
 */
void
lf_conversation_set_failed (LfConversation *self,
                            const char     *message_id)
{
  g_return_if_fail (LF_IS_CONVERSATION (self));
  g_return_if_fail (message_id != NULL);

  set_waiting_state (self, message_id, LF_MESSAGE_FAILED);
}

/**
 * lf_conversation_set_pending:
 * @self: a conversation
 * @message_id: id of a failed message
 *
 * It is sent again.
 */
void
lf_conversation_set_pending (LfConversation *self,
                             const char     *message_id)
{
  g_return_if_fail (LF_IS_CONVERSATION (self));
  g_return_if_fail (message_id != NULL);

  set_waiting_state (self, message_id, LF_MESSAGE_PENDING);
}

/**
 * lf_conversation_apply_delivered:
 * @self: a conversation
 * @user: user id
 * @seq: a device of @user has everything up to this sequence number
 */
void
lf_conversation_apply_delivered (LfConversation *self,
                                 const char     *user,
                                 gint64          seq)
{
  gint64 old_seq;

  g_return_if_fail (LF_IS_CONVERSATION (self));
  g_return_if_fail (user != NULL);

  old_seq = self->other_delivered_seq;
  if (!g_str_equal (user, self->other) || seq <= old_seq)
    return;
  self->other_delivered_seq = seq;
  update_states (self, old_seq, seq);
}

/**
 * lf_conversation_apply_read:
 * @self: a conversation
 * @user: user id; the user's own moves the unread count
 * @seq: @user has read everything up to this sequence number
 */
void
lf_conversation_apply_read (LfConversation *self,
                            const char     *user,
                            gint64          seq)
{
  gint64 old_seq;

  g_return_if_fail (LF_IS_CONVERSATION (self));
  g_return_if_fail (user != NULL);

  if (g_str_equal (user, self->own_user) && seq > self->own_read_seq)
    {
      self->own_read_seq = seq;
      recount_unread (self, self->unread);
    }
  old_seq = self->other_read_seq;
  if (!g_str_equal (user, self->other) || seq <= old_seq)
    return;
  self->other_read_seq = seq;
  update_states (self, old_seq, seq);
}

/**
 * lf_conversation_apply_summary:
 * @self: a conversation
 * @last_seq: highest sequence number that the server holds
 * @read_seq: the user's read mark as the server knows it; what was read here may be further
 * @unread: how many messages the user has not read, as the server counts: after @read_seq
 * @last_message: (nullable): the message with @last_seq; a reference is taken
 *
 * Takes what a snapshot or the list of conversations says. A list may be older than what came live
 * meanwhile: that is counted on top. The last message shows as "last-message" and joins the items
 * with its history.
 */
void
lf_conversation_apply_summary (LfConversation  *self,
                               gint64           last_seq,
                               gint64           read_seq,
                               guint            unread,
                               const LfMessage *last_message)
{
  guint n_read_here;

  g_return_if_fail (LF_IS_CONVERSATION (self));

  self->last_seq = MAX (self->last_seq, last_seq);
  if (last_message != NULL && (self->summary == NULL || last_message->seq > self->summary->seq))
    {
      g_clear_pointer (&self->summary, lf_message_unref);
      self->summary = lf_message_ref (last_message);
    }
  n_read_here = read_seq < self->own_read_seq ? count_others_after (self, read_seq) - count_others_after (self, self->own_read_seq) : 0;
  unread -= MIN (unread, n_read_here);
  recount_unread (self, unread + count_others_after (self, MAX (last_seq, self->own_read_seq)));
  lf_conversation_update_last (self);
}

/**
 * lf_conversation_apply_typing:
 * @self: a conversation
 *
 * The other side gave a sign that it types.
 */
void
lf_conversation_apply_typing (LfConversation *self)
{
  gboolean was_typing;

  g_return_if_fail (LF_IS_CONVERSATION (self));

  was_typing = self->typing_source != 0;
  g_clear_handle_id (&self->typing_source, g_source_remove);
  self->typing_source = g_timeout_add (TYPING_MS, on_typing_ended, self);
  if (!was_typing)
    notify (self, PROP_IS_TYPING);
}

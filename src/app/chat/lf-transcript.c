/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-transcript.h"

#define GROUP_US (5 * LF_MINUTE) /* a longer pause starts a new group */

struct _LfTranscriptLine
{
  GObject parent_instance;

  LfMessageItem *item;   /* owned */
  guint          layout; /* LfLineLayout */
};

G_DEFINE_FINAL_TYPE (LfTranscriptLine, lf_transcript_line, G_TYPE_OBJECT)

enum
{
  PROP_LAYOUT = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
lf_transcript_line_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  LfTranscriptLine *self = LF_TRANSCRIPT_LINE (object);

  switch (prop_id)
    {
    case PROP_LAYOUT:
      g_value_set_uint (value, self->layout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_transcript_line_dispose (GObject *object)
{
  LfTranscriptLine *self = LF_TRANSCRIPT_LINE (object);

  g_clear_object (&self->item);
  G_OBJECT_CLASS (lf_transcript_line_parent_class)->dispose (object);
}

static void
lf_transcript_line_class_init (LfTranscriptLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_transcript_line_get_property;
  object_class->dispose = lf_transcript_line_dispose;

  props[PROP_LAYOUT] = g_param_spec_uint ("layout", NULL, NULL, 0, G_MAXUINT, 0,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                            G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_transcript_line_init (LfTranscriptLine *self)
{
}

/**
 * lf_transcript_line_get_item:
 * @self: a line
 *
 * Returns: (transfer none): the message it shows
 */
LfMessageItem *
lf_transcript_line_get_item (LfTranscriptLine *self)
{
  g_return_val_if_fail (LF_IS_TRANSCRIPT_LINE (self), NULL);

  return self->item;
}

/**
 * lf_transcript_line_get_layout:
 * @self: a line
 *
 * Returns: flags of #LfLineLayout
 */
guint
lf_transcript_line_get_layout (LfTranscriptLine *self)
{
  g_return_val_if_fail (LF_IS_TRANSCRIPT_LINE (self), 0);

  return self->layout;
}

struct _LfTranscript
{
  GObject parent_instance;

  LfConversation *conversation; /* owned */
  GPtrArray      *lines;        /* owned; LfTranscriptLine, one per message */
  guint           first;        /* lines before it are not shown */
  gint64          read_seq;     /* the divider stands above the first later one; -1: none */
};

static void lf_transcript_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfTranscript, lf_transcript, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, lf_transcript_list_model_init))

static gboolean
is_same_day (gint64 a_us,
             gint64 b_us)
{
  g_autoptr (GDateTime) a = g_date_time_new_from_unix_local (a_us / LF_SECOND);
  g_autoptr (GDateTime) b = g_date_time_new_from_unix_local (b_us / LF_SECOND);

  return a != NULL && b != NULL &&
         g_date_time_get_year (a) == g_date_time_get_year (b) &&
         g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

static gboolean
is_unread (LfTranscript     *self,
           LfTranscriptLine *line)
{
  return self->read_seq >= 0 && !lf_message_item_get_is_own (line->item) &&
         lf_message_item_get_message (line->item)->seq > self->read_seq;
}

static guint
compute_layout (LfTranscript *self,
                guint         position,
                gboolean      is_unread_before)
{
  LfTranscriptLine *line = g_ptr_array_index (self->lines, position);
  LfTranscriptLine *before = position == 0 ? NULL : g_ptr_array_index (self->lines, position - 1);
  const LfMessage  *message = lf_message_item_get_message (line->item);
  const LfMessage  *message_before = NULL;
  guint             layout = 0;

  if (before != NULL)
    message_before = lf_message_item_get_message (before->item);
  if (message_before == NULL || !is_same_day (message_before->sent_at_us, message->sent_at_us))
    layout |= LF_LINE_STARTS_DAY;
  if (!is_unread_before && is_unread (self, line))
    layout |= LF_LINE_STARTS_UNREAD;
  if (layout != 0 || g_strcmp0 (message_before->sender, message->sender) != 0 ||
      message->sent_at_us - message_before->sent_at_us > GROUP_US)
    layout |= LF_LINE_STARTS_GROUP;
  return layout;
}

/* Lays out the lines in [@start, @end): those added, and the one behind them. */
static void
lay_out (LfTranscript *self,
         guint         start,
         guint         end)
{
  gboolean is_unread_before = FALSE;

  for (guint i = 0; i < start && !is_unread_before; i++)
    is_unread_before = is_unread (self, g_ptr_array_index (self->lines, i));
  for (guint i = start; i < MIN (end, self->lines->len); i++)
    {
      LfTranscriptLine *line = g_ptr_array_index (self->lines, i);
      guint             layout = compute_layout (self, i, is_unread_before);

      is_unread_before = is_unread_before || is_unread (self, line);
      if (line->layout == layout)
        continue;
      line->layout = layout;
      g_object_notify_by_pspec (G_OBJECT (line), props[PROP_LAYOUT]);
    }
}

static void
on_items_changed (GListModel   *conversation,
                  guint         position,
                  guint         n_removed,
                  guint         n_added,
                  LfTranscript *self)
{
  guint first = self->first;

  if (n_removed > 0)
    g_ptr_array_remove_range (self->lines, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    {
      LfTranscriptLine *line = g_object_new (LF_TYPE_TRANSCRIPT_LINE, NULL);

      line->item = g_list_model_get_item (conversation, position + i);
      g_ptr_array_insert (self->lines, (int) (position + i), line);
    }
  lay_out (self, position, position + n_added + 1);
  /* What is put in right above the first line shown is history: it stays hidden, to be asked for. */
  if (first > 0 && position + n_removed <= first)
    self->first = first - n_removed + n_added;
  else if (position >= first)
    g_list_model_items_changed (G_LIST_MODEL (self), position - first, n_removed, n_added);
  else
    {
      self->first = position;
      g_list_model_items_changed (G_LIST_MODEL (self), 0, position + n_removed - first, n_added);
    }
}

static GType
lf_transcript_get_item_type (GListModel *model)
{
  return LF_TYPE_TRANSCRIPT_LINE;
}

static guint
lf_transcript_get_n_items (GListModel *model)
{
  LfTranscript *self = LF_TRANSCRIPT (model);

  return self->lines->len - self->first;
}

static gpointer
lf_transcript_get_item (GListModel *model,
                        guint       position)
{
  LfTranscript *self = LF_TRANSCRIPT (model);

  if (position >= self->lines->len - self->first)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->lines, self->first + position));
}

static void
lf_transcript_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = lf_transcript_get_item_type;
  iface->get_n_items = lf_transcript_get_n_items;
  iface->get_item = lf_transcript_get_item;
}

static void
lf_transcript_dispose (GObject *object)
{
  LfTranscript *self = LF_TRANSCRIPT (object);

  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_func (self->conversation, on_items_changed, self);
  g_clear_object (&self->conversation);
  G_OBJECT_CLASS (lf_transcript_parent_class)->dispose (object);
}

static void
lf_transcript_finalize (GObject *object)
{
  LfTranscript *self = LF_TRANSCRIPT (object);

  g_clear_pointer (&self->lines, g_ptr_array_unref);
  G_OBJECT_CLASS (lf_transcript_parent_class)->finalize (object);
}

static void
lf_transcript_class_init (LfTranscriptClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_transcript_dispose;
  object_class->finalize = lf_transcript_finalize;
}

static void
lf_transcript_init (LfTranscript *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_object_unref);
  self->read_seq = -1;
}

/**
 * lf_transcript_new:
 * @conversation: a conversation
 * @n_shown: how many of its latest messages are shown at first
 *
 * Returns: (transfer full): a transcript that follows @conversation
 */
LfTranscript *
lf_transcript_new (LfConversation *conversation,
                   guint           n_shown)
{
  LfTranscript *self;

  g_return_val_if_fail (LF_IS_CONVERSATION (conversation), NULL);

  self = g_object_new (LF_TYPE_TRANSCRIPT, NULL);
  self->conversation = g_object_ref (conversation);
  on_items_changed (G_LIST_MODEL (conversation), 0, 0,
                    g_list_model_get_n_items (G_LIST_MODEL (conversation)), self);
  lf_transcript_trim (self, n_shown);
  g_signal_connect_object (conversation, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  return self;
}

/**
 * lf_transcript_extend:
 * @self: a transcript
 * @n_more: how many more messages to show
 *
 * Shows messages above the first one shown, as far as the conversation holds them.
 *
 * Returns: %FALSE if there were none: the history is to be fetched
 */
gboolean
lf_transcript_extend (LfTranscript *self,
                      guint         n_more)
{
  guint n_shown;

  g_return_val_if_fail (LF_IS_TRANSCRIPT (self), FALSE);

  n_shown = MIN (n_more, self->first);
  if (n_shown == 0)
    return FALSE;
  self->first -= n_shown;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_shown);
  return TRUE;
}

/**
 * lf_transcript_trim:
 * @self: a transcript
 * @n_shown: how many of the latest messages to go on showing
 *
 * Takes away what lies further up than the latest @n_shown.
 */
void
lf_transcript_trim (LfTranscript *self,
                    guint         n_shown)
{
  guint n_held;

  g_return_if_fail (LF_IS_TRANSCRIPT (self));

  n_held = self->lines->len - self->first;
  if (n_held <= n_shown)
    return;
  self->first += n_held - n_shown;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_held - n_shown, 0);
}

/**
 * lf_transcript_set_unread_seq:
 * @self: a transcript
 * @read_seq: sequence number of the last message read, or -1 for no divider
 *
 * Puts the divider of unread messages above the first of the other side after @read_seq.
 */
void
lf_transcript_set_unread_seq (LfTranscript *self,
                              gint64        read_seq)
{
  g_return_if_fail (LF_IS_TRANSCRIPT (self));

  if (self->read_seq == read_seq)
    return;
  self->read_seq = read_seq;
  lay_out (self, 0, self->lines->len);
}

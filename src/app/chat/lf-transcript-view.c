/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-message-row.h"
#include "lf-transcript-view.h"
#include "lf-transcript.h"

#define SHOWN_LINES 60  /* rows made at first, and each time the top is reached */
#define TRIM_LINES  200 /* more than these are taken away at the end of the transcript */
#define NEAR_TOP_PX 200 /* so close to the top, older messages are shown */
#define NEAR_END_PX 24  /* so close to the end counts as being there */
#define FIRST_PAGE  20  /* a conversation with fewer messages fetches history at once */

struct _LfTranscriptView
{
  AdwBin parent_instance;

  LfClient       *client;        /* owned, nullable */
  LfConversation *conversation;  /* owned, nullable */
  LfTranscript   *transcript;    /* owned with the conversation */
  GCancellable   *cancellable;   /* owned with the conversation */
  char           *name;          /* owned, nullable; of the other side */
  guint           settle_id;     /* tick callback that follows a change of height */
  double          last_upper;    /* height of the transcript before the last change, px */
  double          last_page;     /* height of the view, px */
  double          shift;         /* by which what is seen has moved down, px */
  gboolean        is_at_end;     /* the user looks at the latest message */
  gboolean        is_growing_up; /* rows were put in above: keep what is seen in place */
  gboolean        is_loading;

  GtkScrolledWindow *scroller;        /* template */
  GtkWidget         *history_box;     /* template */
  GtkSpinner        *history_spinner; /* template */
  GtkLabel          *history_label;   /* template */
  GtkWidget         *history_button;  /* template */
  GtkListBox        *list_box;        /* template */
  GtkLabel          *empty_label;     /* template */
  GtkRevealer       *end_revealer;    /* template */
};

G_DEFINE_FINAL_TYPE (LfTranscriptView, lf_transcript_view, ADW_TYPE_BIN)

enum
{
  PROP_IS_AT_END = 1,
  N_PROPS,
};

enum
{
  SIGNAL_END_WANTED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static void
set_is_at_end (LfTranscriptView *self,
               gboolean          is_at_end)
{
  if (self->is_at_end == is_at_end)
    return;
  self->is_at_end = is_at_end;
  gtk_revealer_set_reveal_child (self->end_revealer, !is_at_end);
  gtk_widget_set_can_target (GTK_WIDGET (self->end_revealer), !is_at_end);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_AT_END]);
}

static void
show_history_state (LfTranscriptView *self,
                    gboolean          is_loading,
                    const char       *problem)
{
  self->is_loading = is_loading;
  gtk_widget_set_visible (self->history_box, is_loading || problem != NULL);
  gtk_spinner_set_spinning (self->history_spinner, is_loading);
  gtk_widget_set_visible (GTK_WIDGET (self->history_spinner), is_loading);
  gtk_widget_set_visible (self->history_button, problem != NULL);
  gtk_label_set_label (self->history_label, problem == NULL ? _("Older messages…") : problem);
}

static void
update_empty (LfTranscriptView *self)
{
  gboolean is_empty = self->transcript == NULL ||
                      g_list_model_get_n_items (G_LIST_MODEL (self->transcript)) == 0;
  g_autofree char *words = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->empty_label),
                          is_empty && !self->is_loading && self->name != NULL);
  if (self->name == NULL)
    return;
  /* Translators: the argument is a person's name */
  words = g_strdup_printf (_("No messages with %s yet"), self->name);
  gtk_label_set_label (self->empty_label, words);
}

static void
on_history_loaded (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (LfTranscriptView) self = user_data;
  g_autoptr (GError)           error = NULL;

  lf_client_load_history_finish (LF_CLIENT (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->conversation == NULL)
    return;
  show_history_state (self, FALSE, error == NULL ? NULL : _("Older messages could not be read."));
  if (error != NULL)
    g_debug ("history: %s", error->message);
  else
    self->is_growing_up = lf_transcript_extend (self->transcript, SHOWN_LINES) && !self->is_at_end;
  update_empty (self);
}

static void
load_history (LfTranscriptView *self)
{
  if (self->is_loading || self->conversation == NULL || !lf_conversation_get_has_more (self->conversation))
    return;
  show_history_state (self, TRUE, NULL);
  lf_client_load_history_async (self->client, self->conversation, self->cancellable, on_history_loaded,
                                g_object_ref (self));
}

static void
show_older (LfTranscriptView *self)
{
  if (self->transcript == NULL || self->is_growing_up)
    return;
  self->is_growing_up = lf_transcript_extend (self->transcript, SHOWN_LINES);
  if (!self->is_growing_up && !gtk_widget_get_visible (self->history_button))
    load_history (self);
}

/* Scrolling while heights are given out would be lost: it is done before the next frame. */
static gboolean
on_settle (GtkWidget     *widget,
           GdkFrameClock *frame_clock,
           gpointer       user_data)
{
  LfTranscriptView *self = LF_TRANSCRIPT_VIEW (widget);
  GtkAdjustment    *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double            shift = self->shift;

  self->settle_id = 0;
  self->shift = 0;
  if (self->is_at_end)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  else if (shift != 0)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + shift);
  return G_SOURCE_REMOVE;
}

static void
settle (LfTranscriptView *self)
{
  if (self->settle_id == 0)
    self->settle_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_settle, NULL, NULL);
}

static void
on_height_changed (GtkAdjustment    *adjustment,
                   GParamSpec       *pspec,
                   LfTranscriptView *self)
{
  double upper = gtk_adjustment_get_upper (adjustment);

  if (self->is_growing_up && upper != self->last_upper)
    {
      self->shift += upper - self->last_upper;
      self->is_growing_up = FALSE;
    }
  self->last_upper = upper;
  self->last_page = gtk_adjustment_get_page_size (adjustment);
  settle (self);
}

static void
on_value_changed (GtkAdjustment    *adjustment,
                  LfTranscriptView *self)
{
  double value = gtk_adjustment_get_value (adjustment);

  if (self->settle_id != 0) /* not the user's doing */
    return;
  set_is_at_end (self, value + self->last_page >= self->last_upper - NEAR_END_PX);
  if (value < NEAR_TOP_PX && self->last_upper > self->last_page)
    show_older (self);
}

static void
on_resend (LfMessageRow     *row,
           LfMessageItem    *item,
           LfTranscriptView *self)
{
  if (self->conversation != NULL)
    lf_client_resend (self->client, self->conversation, item);
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  LfTranscriptView *self = user_data;
  GtkWidget        *content = lf_message_row_new (item, self->name, lf_client_get_clock (self->client));
  GtkWidget        *row = gtk_list_box_row_new ();

  g_signal_connect_object (content, "resend", G_CALLBACK (on_resend), self, 0);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), content);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  lf_message_row_get_words (LF_MESSAGE_ROW (content)), -1);
  return row;
}

static void
on_lines_changed (GListModel       *transcript,
                  guint             position,
                  guint             n_removed,
                  guint             n_added,
                  LfTranscriptView *self)
{
  update_empty (self);
  if (self->is_at_end && n_added > 0 && g_list_model_get_n_items (transcript) > TRIM_LINES)
    lf_transcript_trim (self->transcript, SHOWN_LINES);
}

static void
on_history_clicked (GtkButton        *button,
                    LfTranscriptView *self)
{
  load_history (self);
}

static void
on_end_clicked (GtkButton        *button,
                LfTranscriptView *self)
{
  lf_transcript_view_scroll_to_end (self);
  g_signal_emit (self, signals[SIGNAL_END_WANTED], 0);
}

static void
drop_conversation (LfTranscriptView *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->transcript != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->transcript, self);
      gtk_list_box_bind_model (self->list_box, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->transcript);
  g_clear_object (&self->conversation);
  g_clear_object (&self->client);
  g_clear_pointer (&self->name, g_free);
}

static void
lf_transcript_view_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  LfTranscriptView *self = LF_TRANSCRIPT_VIEW (object);

  switch (prop_id)
    {
    case PROP_IS_AT_END:
      g_value_set_boolean (value, self->is_at_end);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_transcript_view_dispose (GObject *object)
{
  LfTranscriptView *self = LF_TRANSCRIPT_VIEW (object);

  if (self->scroller != NULL)
    {
      g_signal_handlers_disconnect_by_data (gtk_scrolled_window_get_vadjustment (self->scroller), self);
      drop_conversation (self);
    }
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_TRANSCRIPT_VIEW);
  G_OBJECT_CLASS (lf_transcript_view_parent_class)->dispose (object);
}

static void
lf_transcript_view_class_init (LfTranscriptViewClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lf_transcript_view_get_property;
  object_class->dispose = lf_transcript_view_dispose;

  props[PROP_IS_AT_END] = g_param_spec_boolean ("is-at-end", NULL, NULL, TRUE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_END_WANTED] = g_signal_new ("end-wanted", LF_TYPE_TRANSCRIPT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/chat/lf-transcript-view.ui");
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, scroller);
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, history_box);
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, history_spinner);
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, history_label);
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, history_button);
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, list_box);
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, empty_label);
  gtk_widget_class_bind_template_child (widget_class, LfTranscriptView, end_revealer);
  gtk_widget_class_bind_template_callback (widget_class, on_history_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_end_clicked);
}

static void
lf_transcript_view_init (LfTranscriptView *self)
{
  GtkAdjustment *adjustment;

  self->is_at_end = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect (adjustment, "notify::upper", G_CALLBACK (on_height_changed), self);
  g_signal_connect (adjustment, "notify::page-size", G_CALLBACK (on_height_changed), self);
  g_signal_connect (adjustment, "value-changed", G_CALLBACK (on_value_changed), self);
}

/**
 * lf_transcript_view_set_conversation:
 * @self: a view
 * @client: (nullable): what fetches history
 * @conversation: (nullable): what to show; %NULL if there is none yet
 * @name: (nullable): of the other side; %NULL for nobody
 *
 * Shows the end of @conversation. Messages unread then stand below a divider.
 */
void
lf_transcript_view_set_conversation (LfTranscriptView *self,
                                     LfClient         *client,
                                     LfConversation   *conversation,
                                     const char       *name)
{
  g_return_if_fail (LF_IS_TRANSCRIPT_VIEW (self));

  drop_conversation (self);
  self->is_growing_up = FALSE;
  self->name = g_strdup (name);
  show_history_state (self, FALSE, NULL);
  if (conversation != NULL && client != NULL)
    {
      self->client = g_object_ref (client);
      self->conversation = g_object_ref (conversation);
      self->cancellable = g_cancellable_new ();
      self->transcript = lf_transcript_new (conversation, SHOWN_LINES);
      if (lf_conversation_get_unread (conversation) > 0)
        lf_transcript_set_unread_seq (self->transcript, lf_conversation_get_own_read_seq (conversation));
      gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (self->transcript), make_row, self, NULL);
      g_signal_connect_object (self->transcript, "items-changed", G_CALLBACK (on_lines_changed), self, 0);
      if (g_list_model_get_n_items (G_LIST_MODEL (conversation)) < FIRST_PAGE)
        load_history (self);
    }
  update_empty (self);
  lf_transcript_view_scroll_to_end (self);
}

/**
 * lf_transcript_view_set_unread_seq:
 * @self: a view
 * @read_seq: sequence number of the last message read, or -1 for no divider
 *
 * Moves the divider of unread messages.
 */
void
lf_transcript_view_set_unread_seq (LfTranscriptView *self,
                                   gint64            read_seq)
{
  g_return_if_fail (LF_IS_TRANSCRIPT_VIEW (self));

  if (self->transcript != NULL)
    lf_transcript_set_unread_seq (self->transcript, read_seq);
}

/**
 * lf_transcript_view_scroll_to_end:
 * @self: a view
 *
 * Brings the latest message into view.
 */
void
lf_transcript_view_scroll_to_end (LfTranscriptView *self)
{
  g_return_if_fail (LF_IS_TRANSCRIPT_VIEW (self));

  set_is_at_end (self, TRUE);
  settle (self);
}

/**
 * lf_transcript_view_get_is_at_end:
 * @self: a view
 *
 * Returns: %TRUE if the latest message is in view
 */
gboolean
lf_transcript_view_get_is_at_end (LfTranscriptView *self)
{
  g_return_val_if_fail (LF_IS_TRANSCRIPT_VIEW (self), FALSE);

  return self->is_at_end;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-message-markup.h"
#include "lf-message-row.h"
#include "lf-status-words.h"

struct _LfMessageRow
{
  AdwBin parent_instance;

  LfTranscriptLine *line;          /* owned */
  LfClock          *clock;         /* owned */
  char             *sender_name;   /* owned */
  char             *words;         /* owned; for screen readers */
  GtkLabel         *day_label;     /* template */
  GtkWidget        *unread_box;    /* template */
  GtkLabel         *head_label;    /* template */
  GtkWidget        *line_box;      /* template */
  GtkLabel         *body_label;    /* template */
  GtkLabel         *mark_label;    /* template */
  GtkWidget        *failed_box;    /* template */
  GtkButton        *resend_button; /* template */
};

G_DEFINE_FINAL_TYPE (LfMessageRow, lf_message_row, ADW_TYPE_BIN)

enum
{
  SIGNAL_RESEND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Told apart by shape; the words are the tooltip and what a screen reader says. */
static const char *
get_mark (LfMessageState state)
{
  switch (state)
    {
    case LF_MESSAGE_PENDING:
      return "○";
    case LF_MESSAGE_SENT:
      return "✓";
    case LF_MESSAGE_DELIVERED:
    case LF_MESSAGE_READ:
      return "✓✓";
    case LF_MESSAGE_FAILED:
      return "!";
    default:
      return "";
    }
}

static const char *
get_mark_words (LfMessageState state)
{
  switch (state)
    {
    case LF_MESSAGE_PENDING:
      return C_("message", "waiting to be sent");
    case LF_MESSAGE_SENT:
      return C_("message", "sent");
    case LF_MESSAGE_DELIVERED:
      return C_("message", "delivered");
    case LF_MESSAGE_READ:
      return C_("message", "read");
    case LF_MESSAGE_FAILED:
      return C_("message", "not sent");
    default:
      return "";
    }
}

static void
set_css_class (gpointer    widget,
               const char *name,
               gboolean    is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
update_mark (LfMessageRow  *self,
             LfMessageState state,
             gboolean       is_own)
{
  const char *mark_words = get_mark_words (state);

  gtk_widget_set_visible (GTK_WIDGET (self->mark_label), is_own);
  gtk_widget_set_visible (self->failed_box, is_own && state == LF_MESSAGE_FAILED);
  if (!is_own)
    return;
  gtk_label_set_label (self->mark_label, get_mark (state));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->mark_label), mark_words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark_label),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, mark_words, -1);
  set_css_class (self->mark_label, "lf-mark-read", state == LF_MESSAGE_READ);
  set_css_class (self->mark_label, "error", state == LF_MESSAGE_FAILED);
}

static void
update_head (LfMessageRow *self,
             gboolean      is_own,
             const char   *time)
{
  guint            layout = lf_transcript_line_get_layout (self->line);
  const LfMessage *message = lf_message_item_get_message (lf_transcript_line_get_item (self->line));
  g_autofree char *day = lf_status_words_format_day (message->sent_at_us,
                                                     lf_clock_get_now_us (self->clock));
  g_autofree char *head = is_own ? g_strdup (time)
                                 : g_strdup_printf ("%s · %s", self->sender_name, time);

  gtk_label_set_label (self->day_label, day);
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), (layout & LF_LINE_STARTS_DAY) != 0);
  gtk_widget_set_visible (self->unread_box, (layout & LF_LINE_STARTS_UNREAD) != 0);
  gtk_label_set_label (self->head_label, head);
  gtk_widget_set_visible (GTK_WIDGET (self->head_label), (layout & LF_LINE_STARTS_GROUP) != 0);
}

static void
update (LfMessageRow *self)
{
  LfMessageItem   *item = lf_transcript_line_get_item (self->line);
  const LfMessage *message = lf_message_item_get_message (item);
  gboolean         is_own = lf_message_item_get_is_own (item);
  LfMessageState   state = lf_message_item_get_state (item);
  g_autofree char *markup = lf_message_markup_format (message->body);
  /* The day stands above, so the time of day is enough: it is told as of the message's own day. */
  g_autofree char *time = lf_status_words_format_time (message->sent_at_us, message->sent_at_us);
  const char      *sender = is_own ? _("You") : self->sender_name;

  if (g_strcmp0 (gtk_label_get_label (self->body_label), markup) != 0)
    gtk_label_set_label (self->body_label, markup);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->body_label), time);
  update_mark (self, state, is_own);
  update_head (self, is_own, time);

  g_free (self->words);
  self->words = is_own
    /* Translators: sender, time, text, how far it has come: for screen readers */
    ? g_strdup_printf (_("%s, %s: %s (%s)"), sender, time, message->body,
                          get_mark_words (state))
    /* Translators: sender, time, text: for screen readers */
    : g_strdup_printf (_("%s, %s: %s"), sender, time, message->body);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
  /* The row of the list is what takes the focus: it says the same. */
  if (GTK_IS_LIST_BOX_ROW (gtk_widget_get_parent (GTK_WIDGET (self))))
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (self))),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
}

static void
on_changed (GObject      *object,
            GParamSpec   *pspec,
            LfMessageRow *self)
{
  if (self->line != NULL) /* not while it is being taken down */
    update (self);
}

static void
on_resend_clicked (GtkButton    *button,
                   LfMessageRow *self)
{
  g_signal_emit (self, signals[SIGNAL_RESEND], 0, lf_transcript_line_get_item (self->line));
}

static void
lf_message_row_dispose (GObject *object)
{
  LfMessageRow *self = LF_MESSAGE_ROW (object);

  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_MESSAGE_ROW);
  g_clear_object (&self->line);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (lf_message_row_parent_class)->dispose (object);
}

static void
lf_message_row_finalize (GObject *object)
{
  LfMessageRow *self = LF_MESSAGE_ROW (object);

  g_clear_pointer (&self->sender_name, g_free);
  g_clear_pointer (&self->words, g_free);
  G_OBJECT_CLASS (lf_message_row_parent_class)->finalize (object);
}

static void
lf_message_row_class_init (LfMessageRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_message_row_dispose;
  object_class->finalize = lf_message_row_finalize;

  signals[SIGNAL_RESEND] = g_signal_new ("resend", LF_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, LF_TYPE_MESSAGE_ITEM);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/chat/lf-message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, day_label);
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, unread_box);
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, head_label);
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, line_box);
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, body_label);
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, mark_label);
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, failed_box);
  gtk_widget_class_bind_template_child (widget_class, LfMessageRow, resend_button);
  gtk_widget_class_bind_template_callback (widget_class, on_resend_clicked);
}

static void
lf_message_row_init (LfMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_message_row_new:
 * @line: a line of a transcript
 * @sender_name: name of the other side
 * @clock: what says which day is today
 *
 * Returns: (transfer floating): a row that follows @line
 */
GtkWidget *
lf_message_row_new (LfTranscriptLine *line,
                    const char       *sender_name,
                    LfClock          *clock)
{
  LfMessageRow  *self;
  LfMessageItem *item;
  gboolean       is_own;

  g_return_val_if_fail (LF_IS_TRANSCRIPT_LINE (line), NULL);
  g_return_val_if_fail (sender_name != NULL, NULL);
  g_return_val_if_fail (LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_MESSAGE_ROW, NULL);
  item = lf_transcript_line_get_item (line);
  is_own = lf_message_item_get_is_own (item);
  self->line = g_object_ref (line);
  self->clock = g_object_ref (clock);
  self->sender_name = g_strdup (sender_name);
  gtk_widget_set_halign (self->line_box, is_own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_set_halign (GTK_WIDGET (self->head_label), is_own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self), is_own ? "lf-own" : "lf-theirs");
  g_signal_connect_object (line, "notify::layout", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (item, "notify::message", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (item, "notify::state", G_CALLBACK (on_changed), self, 0);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * lf_message_row_get_words:
 * @self: a row
 *
 * Returns: (transfer none): the message as a screen reader says it
 */
const char *
lf_message_row_get_words (LfMessageRow *self)
{
  g_return_val_if_fail (LF_IS_MESSAGE_ROW (self), NULL);

  return self->words;
}

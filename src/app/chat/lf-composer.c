/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-composer.h"
#include "lf-emoji-button.h"
#include "lf-message.h"

#define WARN_CHARS 500 /* from this many left on, they are counted */

struct _LfComposer
{
  AdwBin parent_instance;

  GtkTextBuffer *buffer;       /* borrowed from text_view */
  gboolean       is_composing; /* an input method holds unfinished text */
  gboolean       is_setting;   /* the text comes from the program, not from keys */
  GtkLabel      *limit_label;  /* template */
  GtkTextView   *text_view;    /* template */
  GtkWidget     *placeholder;  /* template */
  GtkMenuButton *emoji_button; /* template */
  GtkWidget     *send_button;  /* template */
};

G_DEFINE_FINAL_TYPE (LfComposer, lf_composer, ADW_TYPE_BIN)

enum
{
  SIGNAL_SEND,
  SIGNAL_TYPING,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
is_blank (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isspace (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static gboolean
can_send (LfComposer *self,
          const char *text)
{
  return !is_blank (text) && gtk_text_buffer_get_char_count (self->buffer) <= LF_MESSAGE_MAX_CHARS;
}

static void
update_limit (LfComposer *self)
{
  int              n_left = LF_MESSAGE_MAX_CHARS - gtk_text_buffer_get_char_count (self->buffer);
  g_autofree char *words = NULL;

  if (n_left < 0)
    words = g_strdup_printf (ngettext ("Too long to send by %d character",
                                       "Too long to send by %d characters", (gulong) -n_left),
                             -n_left);
  else
    words = g_strdup_printf (ngettext ("%d character left", "%d characters left", (gulong) n_left),
                             n_left);
  gtk_label_set_label (self->limit_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->limit_label), n_left < WARN_CHARS);
  if (n_left < 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->limit_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->limit_label), "error");
}

static void
send (LfComposer *self)
{
  g_autofree char *text = lf_composer_dup_text (self);

  if (can_send (self, text))
    g_signal_emit (self, signals[SIGNAL_SEND], 0, text);
}

static void
on_buffer_changed (GtkTextBuffer *buffer,
                   LfComposer    *self)
{
  g_autofree char *text = lf_composer_dup_text (self);

  gtk_widget_set_visible (self->placeholder, *text == '\0' && !self->is_composing);
  gtk_widget_set_sensitive (self->send_button, can_send (self, text));
  update_limit (self);
  if (self->is_setting)
    return;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (*text != '\0')
    g_signal_emit (self, signals[SIGNAL_TYPING], 0);
}

static void
on_preedit_changed (GtkTextView *text_view,
                    const char  *preedit,
                    LfComposer  *self)
{
  self->is_composing = preedit != NULL && *preedit != '\0';
  gtk_widget_set_visible (self->placeholder, !self->is_composing &&
                                               gtk_text_buffer_get_char_count (self->buffer) == 0);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                LfComposer            *self)
{
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  /* The input method takes Enter to finish a word; with a modifier it is somebody else's. */
  if (self->is_composing || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  send (self);
  return GDK_EVENT_STOP;
}

static void
on_send_clicked (GtkButton  *button,
                 LfComposer *self)
{
  send (self);
  lf_composer_take_focus (self);
}

static void
on_emoji_picked (gpointer    object,
                 const char *emoji)
{
  LfComposer *self = object;

  gtk_text_buffer_insert_at_cursor (self->buffer, emoji, -1);
  lf_composer_take_focus (self);
}

static gboolean
lf_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (LF_COMPOSER (widget)->text_view));
}

static void
lf_composer_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_COMPOSER);
  G_OBJECT_CLASS (lf_composer_parent_class)->dispose (object);
}

static void
lf_composer_class_init (LfComposerClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_composer_dispose;
  widget_class->grab_focus = lf_composer_grab_focus;

  signals[SIGNAL_SEND] = g_signal_new ("send", LF_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TYPING] = g_signal_new ("typing", LF_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LF_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/chat/lf-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, LfComposer, limit_label);
  gtk_widget_class_bind_template_child (widget_class, LfComposer, text_view);
  gtk_widget_class_bind_template_child (widget_class, LfComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, LfComposer, emoji_button);
  gtk_widget_class_bind_template_child (widget_class, LfComposer, send_button);
  gtk_widget_class_bind_template_callback (widget_class, on_preedit_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_send_clicked);
}

static void
lf_composer_init (LfComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->buffer = gtk_text_view_get_buffer (self->text_view);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (on_buffer_changed), self, 0);
  lf_emoji_button_init (self->emoji_button, on_emoji_picked, self);
  lf_composer_set_name (self, NULL);
}

/**
 * lf_composer_new:
 *
 * Returns: (transfer floating): an empty composer
 */
GtkWidget *
lf_composer_new (void)
{
  return g_object_new (LF_TYPE_COMPOSER, NULL);
}

/**
 * lf_composer_dup_text:
 * @self: a composer
 *
 * Returns: (transfer full): what is written so far
 */
char *
lf_composer_dup_text (LfComposer *self)
{
  GtkTextIter start, end;

  g_return_val_if_fail (LF_IS_COMPOSER (self), NULL);

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

/**
 * lf_composer_set_text:
 * @self: a composer
 * @text: (nullable): a draft, or %NULL to clear
 *
 * Replaces what is written. Does not count as typing.
 */
void
lf_composer_set_text (LfComposer *self,
                      const char *text)
{
  g_return_if_fail (LF_IS_COMPOSER (self));

  self->is_setting = TRUE;
  gtk_text_buffer_set_text (self->buffer, text == NULL ? "" : text, -1);
  self->is_setting = FALSE;
}

/**
 * lf_composer_set_name:
 * @self: a composer
 * @name: (nullable): to whom the message goes
 *
 * Names the text field for screen readers and in its placeholder.
 */
void
lf_composer_set_name (LfComposer *self,
                      const char *name)
{
  g_autofree char *words = name == NULL ? g_strdup (_("Message"))
                                        /* Translators: the argument is a person's name */
                                        : g_strdup_printf (_("Message to %s"), name);

  g_return_if_fail (LF_IS_COMPOSER (self));

  gtk_label_set_label (GTK_LABEL (self->placeholder), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text_view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  GTK_ACCESSIBLE_PROPERTY_MULTI_LINE, TRUE, -1);
}

/**
 * lf_composer_take_focus:
 * @self: a composer
 *
 * Puts the keyboard focus into the text.
 */
void
lf_composer_take_focus (LfComposer *self)
{
  g_return_if_fail (LF_IS_COMPOSER (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
}

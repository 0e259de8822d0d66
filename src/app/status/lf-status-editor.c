/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-emoji-button.h"
#include "lf-status-editor.h"
#include "lf-time-entry.h"

struct _LfStatusEditor
{
  GtkWidget parent_instance;

  char *emoji; /* owned, nullable */

  GtkWidget     *set_button;
  GtkMenuButton *emoji_button;
  GtkStack      *emoji_stack;
  GtkLabel      *emoji_label;
  GtkEditable   *entry;
  GtkDropDown   *clear_after;
  LfTimeEntry   *time_entry;
  GtkSwitch     *away_switch;
};

G_DEFINE_FINAL_TYPE (LfStatusEditor, lf_status_editor, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_DONE,
  SIGNAL_CANCELLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
is_complete (LfStatusEditor *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  return *text != '\0' || self->emoji != NULL;
}

static void
on_changed (LfStatusEditor *self)
{
  gtk_widget_set_sensitive (self->set_button, is_complete (self));
}

static void
set_emoji (LfStatusEditor *self, const char *emoji)
{
  g_free (self->emoji);
  self->emoji = g_strdup (emoji);
  gtk_label_set_label (self->emoji_label, emoji != NULL ? emoji : "");
  gtk_stack_set_visible_child_name (self->emoji_stack, emoji != NULL ? "emoji" : "none");
  on_changed (self);
}

static void
on_emoji_picked (gpointer object, const char *emoji)
{
  LfStatusEditor *self = object;

  set_emoji (self, emoji);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
on_clear_after_selected (LfStatusEditor *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->time_entry), gtk_drop_down_get_selected (self->clear_after) == LF_CLEAR_AFTER_AT_TIME);
}

static void
on_back (LfStatusEditor *self)
{
  g_signal_emit (self, signals[SIGNAL_CANCELLED], 0);
}

static void
on_set (LfStatusEditor *self)
{
  if (is_complete (self))
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static gboolean
lf_status_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (LF_STATUS_EDITOR (widget)->entry));
}

static void
lf_status_editor_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (lf_status_editor_parent_class)->dispose (object);
}

static void
lf_status_editor_finalize (GObject *object)
{
  g_free (LF_STATUS_EDITOR (object)->emoji);
  G_OBJECT_CLASS (lf_status_editor_parent_class)->finalize (object);
}

static void
lf_status_editor_class_init (LfStatusEditorClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_status_editor_dispose;
  object_class->finalize = lf_status_editor_finalize;
  widget_class->grab_focus = lf_status_editor_grab_focus;

  signals[SIGNAL_DONE] = g_signal_new ("done", LF_TYPE_STATUS_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CANCELLED] = g_signal_new ("cancelled", LF_TYPE_STATUS_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (LF_TYPE_TIME_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/status/lf-status-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, set_button);
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, emoji_button);
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, emoji_stack);
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, emoji_label);
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, entry);
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, clear_after);
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, time_entry);
  gtk_widget_class_bind_template_child (widget_class, LfStatusEditor, away_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_after_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_set);
}

static void
lf_status_editor_init (LfStatusEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lf_emoji_button_init (self->emoji_button, on_emoji_picked, self);
}

/**
 * lf_status_editor_reset:
 * @self: the editor
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * Empties it for a new status, which ends with the day unless the user says otherwise.
 */
void
lf_status_editor_reset (LfStatusEditor *self, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / LF_SECOND);

  g_return_if_fail (LF_IS_STATUS_EDITOR (self));

  gtk_editable_set_text (self->entry, "");
  set_emoji (self, NULL);
  gtk_switch_set_active (self->away_switch, FALSE);
  gtk_drop_down_set_selected (self->clear_after, LF_CLEAR_AFTER_TODAY);
  if (now != NULL) /* the hour after the next one that begins */
    lf_time_entry_set_minutes (self->time_entry, (guint) (g_date_time_get_hour (now) + 2) % 24 * 60);
}

/**
 * lf_status_editor_get_text:
 * @self: the editor
 *
 * Returns: (transfer none): the words typed, white space at the ends not yet stripped
 */
const char *
lf_status_editor_get_text (LfStatusEditor *self)
{
  g_return_val_if_fail (LF_IS_STATUS_EDITOR (self), NULL);

  return gtk_editable_get_text (self->entry);
}

/**
 * lf_status_editor_get_emoji:
 * @self: the editor
 *
 * Returns: (transfer none) (nullable): the emoji picked
 */
const char *
lf_status_editor_get_emoji (LfStatusEditor *self)
{
  g_return_val_if_fail (LF_IS_STATUS_EDITOR (self), NULL);

  return self->emoji;
}

/**
 * lf_status_editor_get_is_away:
 * @self: the editor
 *
 * Returns: %TRUE if the status also says Away
 */
gboolean
lf_status_editor_get_is_away (LfStatusEditor *self)
{
  g_return_val_if_fail (LF_IS_STATUS_EDITOR (self), FALSE);

  return gtk_switch_get_active (self->away_switch);
}

/**
 * lf_status_editor_get_expiry:
 * @self: the editor
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * Returns: when the status shall end, or %LF_INSTANT_NONE
 */
gint64
lf_status_editor_get_expiry (LfStatusEditor *self, gint64 now_us)
{
  LfClearAfter clear_after;

  g_return_val_if_fail (LF_IS_STATUS_EDITOR (self), LF_INSTANT_NONE);

  clear_after = (LfClearAfter) gtk_drop_down_get_selected (self->clear_after);
  return clear_after == LF_CLEAR_AFTER_AT_TIME ? lf_clear_after_get_next (lf_time_entry_get_minutes (self->time_entry), now_us)
                                               : lf_clear_after_get_expiry (clear_after, now_us);
}

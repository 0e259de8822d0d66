/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-free-time-row.h"
#include "lf-status-words.h"

struct _LfFreeTimeRow
{
  AdwActionRow parent_instance;

  LfFreeTime time;
  char      *text; /* owned; what is copied */

  GtkWidget *copy_button; /* template */
};

G_DEFINE_FINAL_TYPE (LfFreeTimeRow, lf_free_time_row, ADW_TYPE_ACTION_ROW)

enum
{
  SIGNAL_COPIED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_copy_clicked (LfFreeTimeRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text);
  g_signal_emit (self, signals[SIGNAL_COPIED], 0, self->text);
}

static void
lf_free_time_row_finalize (GObject *object)
{
  g_free (LF_FREE_TIME_ROW (object)->text);
  G_OBJECT_CLASS (lf_free_time_row_parent_class)->finalize (object);
}

static void
lf_free_time_row_class_init (LfFreeTimeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lf_free_time_row_finalize;
  signals[SIGNAL_COPIED] = g_signal_new ("copied", LF_TYPE_FREE_TIME_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/free-time/lf-free-time-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeRow, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
lf_free_time_row_init (LfFreeTimeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* "Friday, 27 November, 14:00–14:30": said to somebody on another day, or in another zone. */
static char *
format_for_others (gint64 start_us,
                   gint64 end_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (start_us / LF_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char      *start = lf_status_words_format_time (start_us, start_us);
  g_autofree char      *end = lf_status_words_format_time (end_us, start_us);
  g_autofree char      *day = g_date_time_format (local, _("%A, %-d %B"));
  g_autofree char      *zone = g_date_time_format (local, "%Z");

  /* Translators: a day, two times and the time zone: "Friday, 27 November, 14:00–14:30 (CET)" */
  return g_strdup_printf (_("%s, %s–%s (%s)"), day, start, end, zone);
}

/**
 * lf_free_time_format_length:
 * @length_us: a length of time; whole minutes
 *
 * Returns: (transfer full): "30 min", "2 h", "1 h 30 min"
 */
char *
lf_free_time_format_length (gint64 length_us)
{
  int hours = (int) (length_us / LF_HOUR);
  int minutes = (int) (length_us % LF_HOUR / LF_MINUTE);

  if (hours == 0)
    return g_strdup_printf (_("%d min"), minutes);
  if (minutes == 0)
    /* Translators: hours. */
    return g_strdup_printf (_("%d h"), hours);
  /* Translators: hours and minutes. */
  return g_strdup_printf (_("%d h %d min"), hours, minutes);
}

/**
 * lf_free_time_row_new:
 * @time: when everybody is free
 * @length_us: how much of it is wanted
 * @doubtful: (nullable): the names of those who may be busy then
 * @now_us: now
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
lf_free_time_row_new (const LfFreeTime *time,
                      gint64            length_us,
                      const char       *doubtful,
                      gint64            now_us)
{
  LfFreeTimeRow   *self;
  g_autofree char *day = NULL;
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *copy_words = NULL;

  g_return_val_if_fail (time != NULL, NULL);

  self = g_object_new (LF_TYPE_FREE_TIME_ROW, NULL);
  self->time = *time;
  self->text = format_for_others (time->start_us, time->start_us + length_us);
  day = lf_status_words_format_date (time->start_us, now_us);
  start = lf_status_words_format_time (time->start_us, time->start_us);
  end = lf_status_words_format_time (time->end_us, time->start_us);
  /* Translators: a day and two times: "Today, 14:00–15:30" */
  title = g_strdup_printf (_("%s, %s–%s"), day, start, end);
  if (doubtful != NULL)
    /* Translators: names of people who may be busy then. */
    subtitle = g_strdup_printf (_("Perhaps without %s"), doubtful);
  else
    subtitle = lf_free_time_format_length (time->end_us - time->start_us);
  copy_words = g_strdup_printf (_("Copy “%s”"), self->text);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_widget_set_tooltip_text (self->copy_button, copy_words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, copy_words, -1);
  return GTK_WIDGET (self);
}

/**
 * lf_free_time_row_get_time:
 * @self: a row
 *
 * Returns: (transfer none): when everybody is free
 */
const LfFreeTime *
lf_free_time_row_get_time (LfFreeTimeRow *self)
{
  g_return_val_if_fail (LF_IS_FREE_TIME_ROW (self), NULL);

  return &self->time;
}

/**
 * lf_free_time_row_get_text:
 * @self: a row
 *
 * Returns: (transfer none): what its button copies
 */
const char *
lf_free_time_row_get_text (LfFreeTimeRow *self)
{
  g_return_val_if_fail (LF_IS_FREE_TIME_ROW (self), NULL);

  return self->text;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-time-entry.h"
#include "lf-time-of-day.h"

#define MINUTE_STEP 5

struct _LfTimeEntry
{
  GtkWidget parent_instance;

  GtkSpinButton *hour;
  GtkSpinButton *minute;
  GtkDropDown   *half; /* nullable: hours are counted to 24 */
};

G_DEFINE_FINAL_TYPE (LfTimeEntry, lf_time_entry, GTK_TYPE_WIDGET)

static gboolean
show_two_digits (GtkSpinButton *spin, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static GtkSpinButton *
add_spin (LfTimeEntry *self, int min, int max, int step, const char *name)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (min, max, 1);

  gtk_spin_button_set_increments (GTK_SPIN_BUTTON (spin), step, step * 2);
  gtk_spin_button_set_wrap (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 2);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_parent (spin, GTK_WIDGET (self));
  return GTK_SPIN_BUTTON (spin);
}

/* What the locale calls the halves of a day. */
static GtkDropDown *
add_half (LfTimeEntry *self)
{
  GtkStringList *names = gtk_string_list_new (NULL);
  GtkWidget     *half;

  for (int hour = 6; hour < 24; hour += 12)
    {
      g_autoptr (GDateTime) at = g_date_time_new_utc (2026, 1, 1, hour, 0, 0);
      g_autofree char      *name = g_date_time_format (at, "%p");

      gtk_string_list_append (names, name);
    }
  half = gtk_drop_down_new (G_LIST_MODEL (names), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (half), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Half of the day"), -1);
  gtk_widget_set_parent (half, GTK_WIDGET (self));
  return GTK_DROP_DOWN (half);
}

static void
remove_parts (LfTimeEntry *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

static void
lf_time_entry_dispose (GObject *object)
{
  remove_parts (LF_TIME_ENTRY (object));
  G_OBJECT_CLASS (lf_time_entry_parent_class)->dispose (object);
}

static void
lf_time_entry_class_init (LfTimeEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_time_entry_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
lf_time_entry_init (LfTimeEntry *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 3);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR); /* as times are written everywhere */
  lf_time_entry_set_has_halves (self, lf_time_of_day_has_halves ());
}

/**
 * lf_time_entry_set_has_halves:
 * @self: the entry
 * @has_halves: whether hours are counted to 12
 *
 * Makes its parts, in place of those that the locale wants.
 */
void
lf_time_entry_set_has_halves (LfTimeEntry *self, gboolean has_halves)
{
  GtkWidget *colon = gtk_label_new (":");

  g_return_if_fail (LF_IS_TIME_ENTRY (self));

  remove_parts (self);
  self->half = NULL;
  self->hour = add_spin (self, has_halves ? 1 : 0, has_halves ? 12 : 23, 1, _("Hour"));
  gtk_widget_set_parent (colon, GTK_WIDGET (self));
  self->minute = add_spin (self, 0, 59, MINUTE_STEP, _("Minute"));
  g_signal_connect (self->minute, "output", G_CALLBACK (show_two_digits), NULL);
  if (has_halves)
    self->half = add_half (self);
  else
    g_signal_connect (self->hour, "output", G_CALLBACK (show_two_digits), NULL);
}

/**
 * lf_time_entry_set_minutes:
 * @self: the entry
 * @minutes: since midnight, 0 to 1439
 *
 * Shows a time.
 */
void
lf_time_entry_set_minutes (LfTimeEntry *self, guint minutes)
{
  g_return_if_fail (LF_IS_TIME_ENTRY (self) && minutes < 24 * 60);

  gtk_spin_button_set_value (self->hour, lf_time_of_day_get_hour ((int) minutes / 60, self->half != NULL));
  gtk_spin_button_set_value (self->minute, minutes % 60);
  if (self->half != NULL)
    gtk_drop_down_set_selected (self->half, minutes / (12 * 60));
}

/**
 * lf_time_entry_get_minutes:
 * @self: the entry
 *
 * Takes what is typed.
 *
 * Returns: minutes since midnight, 0 to 1439
 */
guint
lf_time_entry_get_minutes (LfTimeEntry *self)
{
  guint hour;

  g_return_val_if_fail (LF_IS_TIME_ENTRY (self), 0);

  gtk_spin_button_update (self->hour);
  gtk_spin_button_update (self->minute);
  hour = (guint) gtk_spin_button_get_value_as_int (self->hour);
  if (self->half != NULL)
    hour = hour % 12 + 12 * gtk_drop_down_get_selected (self->half);
  return hour * 60 + (guint) gtk_spin_button_get_value_as_int (self->minute);
}

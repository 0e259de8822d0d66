/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-free-time-person.h"
#include "lf-portrait.h"

struct _LfFreeTimePerson
{
  GtkListBoxRow parent_instance;

  LfContact *contact; /* owned */

  LfPortrait  *portrait;     /* template */
  GtkLabel    *name_label;   /* template */
  LfBusyStrip *strip;        /* template */
  GtkWidget   *leave_button; /* template */
};

G_DEFINE_FINAL_TYPE (LfFreeTimePerson, lf_free_time_person, GTK_TYPE_LIST_BOX_ROW)

enum
{
  SIGNAL_LEFT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_leave_clicked (LfFreeTimePerson *self)
{
  g_signal_emit (self, signals[SIGNAL_LEFT], 0);
}

static void
lf_free_time_person_dispose (GObject *object)
{
  LfFreeTimePerson *self = LF_FREE_TIME_PERSON (object);

  g_clear_object (&self->contact);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_FREE_TIME_PERSON);
  G_OBJECT_CLASS (lf_free_time_person_parent_class)->dispose (object);
}

static void
lf_free_time_person_class_init (LfFreeTimePersonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_free_time_person_dispose;
  g_type_ensure (LF_TYPE_PORTRAIT);
  g_type_ensure (LF_TYPE_BUSY_STRIP);
  signals[SIGNAL_LEFT] = g_signal_new ("left", LF_TYPE_FREE_TIME_PERSON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/free-time/lf-free-time-person.ui");
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimePerson, portrait);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimePerson, name_label);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimePerson, strip);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimePerson, leave_button);
  gtk_widget_class_bind_template_callback (widget_class, on_leave_clicked);
}

static void
lf_free_time_person_init (LfFreeTimePerson *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_free_time_person_new:
 * @contact: who
 * @name: how that person is called here
 *
 * Returns: (transfer floating): a row with an empty strip
 */
GtkWidget *
lf_free_time_person_new (LfContact  *contact,
                         const char *name)
{
  LfFreeTimePerson *self;
  g_autofree char  *leave_words = NULL;

  g_return_val_if_fail (LF_IS_CONTACT (contact), NULL);

  self = g_object_new (LF_TYPE_FREE_TIME_PERSON, NULL);
  self->contact = g_object_ref (contact);
  lf_portrait_set_name (self->portrait, lf_contact_get_name (contact));
  gtk_label_set_label (self->name_label, name);
  leave_words = g_strdup_printf (_("Without %s"), name);
  gtk_widget_set_tooltip_text (self->leave_button, leave_words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->leave_button), GTK_ACCESSIBLE_PROPERTY_LABEL, leave_words, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (self);
}

/**
 * lf_free_time_person_get_contact:
 * @self: a row
 *
 * Returns: (transfer none): who it is
 */
LfContact *
lf_free_time_person_get_contact (LfFreeTimePerson *self)
{
  g_return_val_if_fail (LF_IS_FREE_TIME_PERSON (self), NULL);

  return self->contact;
}

/**
 * lf_free_time_person_get_name:
 * @self: a row
 *
 * Returns: (transfer none): how that person is called here
 */
const char *
lf_free_time_person_get_name (LfFreeTimePerson *self)
{
  g_return_val_if_fail (LF_IS_FREE_TIME_PERSON (self), NULL);

  return gtk_label_get_label (self->name_label);
}

/**
 * lf_free_time_person_get_strip:
 * @self: a row
 *
 * Returns: (transfer none): the strip of its day
 */
LfBusyStrip *
lf_free_time_person_get_strip (LfFreeTimePerson *self)
{
  g_return_val_if_fail (LF_IS_FREE_TIME_PERSON (self), NULL);

  return self->strip;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-day-stepper.h"
#include "lf-status-words.h"

struct _LfDayStepper
{
  AdwBin parent_instance;

  int days;

  GtkWidget *back_button;    /* template */
  GtkLabel  *day_label;      /* template */
  GtkWidget *forward_button; /* template */
};

G_DEFINE_FINAL_TYPE (LfDayStepper, lf_day_stepper, ADW_TYPE_BIN)

enum
{
  PROP_DAYS = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
on_back_clicked (LfDayStepper *self)
{
  lf_day_stepper_set_days (self, self->days - 1);
}

static void
on_forward_clicked (LfDayStepper *self)
{
  lf_day_stepper_set_days (self, self->days + 1);
}

static void
lf_day_stepper_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  if (prop_id == PROP_DAYS)
    g_value_set_int (value, LF_DAY_STEPPER (object)->days);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
lf_day_stepper_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  if (prop_id == PROP_DAYS)
    lf_day_stepper_set_days (LF_DAY_STEPPER (object), g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
lf_day_stepper_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_DAY_STEPPER);
  G_OBJECT_CLASS (lf_day_stepper_parent_class)->dispose (object);
}

static void
lf_day_stepper_class_init (LfDayStepperClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lf_day_stepper_get_property;
  object_class->set_property = lf_day_stepper_set_property;
  object_class->dispose = lf_day_stepper_dispose;

  props[PROP_DAYS] = g_param_spec_int ("days", NULL, NULL, 0, LF_DAY_STEPPER_MAX_DAYS, 0,
                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/free-time/lf-day-stepper.ui");
  gtk_widget_class_bind_template_child (widget_class, LfDayStepper, back_button);
  gtk_widget_class_bind_template_child (widget_class, LfDayStepper, day_label);
  gtk_widget_class_bind_template_child (widget_class, LfDayStepper, forward_button);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_forward_clicked);
}

static void
lf_day_stepper_init (LfDayStepper *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_sensitive (self->back_button, FALSE);
}

/**
 * lf_day_stepper_get_days:
 * @self: a stepper
 *
 * Returns: how many days after today is chosen
 */
int
lf_day_stepper_get_days (LfDayStepper *self)
{
  g_return_val_if_fail (LF_IS_DAY_STEPPER (self), 0);

  return self->days;
}

/**
 * lf_day_stepper_set_days:
 * @self: a stepper
 * @days: how many days after today; cut to what can be chosen
 *
 * Returns: %TRUE if that is another day
 */
gboolean
lf_day_stepper_set_days (LfDayStepper *self,
                         int           days)
{
  g_return_val_if_fail (LF_IS_DAY_STEPPER (self), FALSE);

  days = CLAMP (days, 0, LF_DAY_STEPPER_MAX_DAYS);
  if (self->days == days)
    return FALSE;
  self->days = days;
  gtk_widget_set_sensitive (self->back_button, days > 0);
  gtk_widget_set_sensitive (self->forward_button, days < LF_DAY_STEPPER_MAX_DAYS);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DAYS]);
  return TRUE;
}

/**
 * lf_day_stepper_get_words:
 * @self: a stepper
 *
 * Returns: (transfer none): which day it says is chosen
 */
const char *
lf_day_stepper_get_words (LfDayStepper *self)
{
  g_return_val_if_fail (LF_IS_DAY_STEPPER (self), NULL);

  return gtk_label_get_label (self->day_label);
}

/**
 * lf_day_stepper_update:
 * @self: a stepper
 * @at_us: an instant of the day chosen
 * @now_us: now
 *
 * Says which day that is.
 */
void
lf_day_stepper_update (LfDayStepper *self,
                       gint64        at_us,
                       gint64        now_us)
{
  g_autofree char *words = lf_status_words_format_date (at_us, now_us);

  g_return_if_fail (LF_IS_DAY_STEPPER (self));

  gtk_label_set_label (self->day_label, words);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-spinner.h"

#define DELAY_MS 700 /* shorter waits are not worth a word */

struct _LfSpinner
{
  GtkWidget parent_instance;

  GtkWidget *spinner; /* child, nullable: until it has taken a while */
  guint      timeout;
};

G_DEFINE_FINAL_TYPE (LfSpinner, lf_spinner, GTK_TYPE_WIDGET)

static gboolean
on_late (gpointer user_data)
{
  LfSpinner *self = user_data;

  self->timeout = 0;
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_parent (self->spinner, GTK_WIDGET (self));
  gtk_spinner_start (GTK_SPINNER (self->spinner));
  return G_SOURCE_REMOVE;
}

static void
stop (LfSpinner *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_pointer (&self->spinner, gtk_widget_unparent);
}

static void
lf_spinner_map (GtkWidget *widget)
{
  LfSpinner *self = LF_SPINNER (widget);

  GTK_WIDGET_CLASS (lf_spinner_parent_class)->map (widget);
  self->timeout = g_timeout_add (DELAY_MS, on_late, self);
}

static void
lf_spinner_unmap (GtkWidget *widget)
{
  stop (LF_SPINNER (widget));
  GTK_WIDGET_CLASS (lf_spinner_parent_class)->unmap (widget);
}

static void
lf_spinner_dispose (GObject *object)
{
  stop (LF_SPINNER (object));
  G_OBJECT_CLASS (lf_spinner_parent_class)->dispose (object);
}

static void
lf_spinner_class_init (LfSpinnerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_spinner_dispose;
  widget_class->map = lf_spinner_map;
  widget_class->unmap = lf_spinner_unmap;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
lf_spinner_init (LfSpinner *self)
{
}

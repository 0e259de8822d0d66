/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-view-button.h"

#define MAX_SHOWN 99

struct _LfViewButton
{
  GtkToggleButton parent_instance;

  GtkImage *image;
  GtkLabel *title_label;
  GtkLabel *count_label;
};

G_DEFINE_FINAL_TYPE (LfViewButton, lf_view_button, GTK_TYPE_TOGGLE_BUTTON)

enum
{
  PROP_SYMBOL = 1,
  PROP_TITLE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
lf_view_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfViewButton *self = LF_VIEW_BUTTON (object);

  switch (id)
    {
    case PROP_SYMBOL:
      g_value_set_string (value, gtk_image_get_icon_name (self->image));
      break;
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_label (self->title_label));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_view_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LfViewButton *self = LF_VIEW_BUTTON (object);

  switch (id)
    {
    case PROP_SYMBOL:
      gtk_image_set_from_icon_name (self->image, g_value_get_string (value));
      break;
    case PROP_TITLE:
      gtk_label_set_label (self->title_label, g_value_get_string (value));
      lf_view_button_set_count (self, 0, NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_view_button_class_init (LfViewButtonClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lf_view_button_get_property;
  object_class->set_property = lf_view_button_set_property;
  props[PROP_SYMBOL] = g_param_spec_string ("symbol", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-view-button.ui");
  gtk_widget_class_bind_template_child (widget_class, LfViewButton, image);
  gtk_widget_class_bind_template_child (widget_class, LfViewButton, title_label);
  gtk_widget_class_bind_template_child (widget_class, LfViewButton, count_label);
}

static void
lf_view_button_init (LfViewButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_view_button_set_count:
 * @self: a button
 * @count: what waits there; 0 shows nothing
 * @told: (nullable): what a screen reader says then: "Chats, 3 unread messages"
 *
 * Shows how much there is to look at.
 */
void
lf_view_button_set_count (LfViewButton *self, guint count, const char *told)
{
  g_autofree char *text = g_strdup_printf ("%u", MIN (count, MAX_SHOWN));

  g_return_if_fail (LF_IS_VIEW_BUTTON (self));

  gtk_label_set_label (self->count_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count_label), count > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  count > 0 && told != NULL ? told : gtk_label_get_label (self->title_label), -1);
}

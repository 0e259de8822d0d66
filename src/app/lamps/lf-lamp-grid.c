/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-actions.h"
#include "lf-lamp-grid-private.h"

G_DEFINE_FINAL_TYPE (LfLampGrid, lf_lamp_grid, GTK_TYPE_WIDGET)

#define MANY 60 /* lamps: more are compact by themselves, so that a hundred are in view on a laptop */

enum
{
  PROP_IS_COMPACT = 1,
  PROP_IS_DENSE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
update_density (LfLampGrid *self, guint n_lamps)
{
  gboolean is_dense = self->is_compact || n_lamps > MANY;

  if (self->is_dense == is_dense)
    return;
  self->is_dense = is_dense;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_DENSE]);
}

static void
update_page (LfLampGrid *self)
{
  guint n_lamps = self->client != NULL ? g_list_model_get_n_items (lf_client_get_speed_dials (self->client)) : 0;

  gtk_stack_set_visible_child_name (self->stack, n_lamps > 0 ? "lamps" : "empty");
  update_density (self, n_lamps);
}

static void
on_setup (LfLampGrid *self, GtkListItem *item)
{
  GtkWidget *lamp = lf_lamp_new (lf_client_get_roster (self->client));

  g_object_bind_property (self, "is-dense", lamp, "is-compact", G_BINDING_SYNC_CREATE);
  lf_lamp_grid_make_movable (self, LF_LAMP (lamp));
  gtk_list_item_set_child (item, lamp);
}

static void
on_bind (LfLampGrid *self, GtkListItem *item)
{
  lf_lamp_set_contact (LF_LAMP (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (LfLampGrid *self, GtkListItem *item)
{
  lf_lamp_set_contact (LF_LAMP (gtk_list_item_get_child (item)), NULL);
}

static void
on_activate (LfLampGrid *self, guint position)
{
  g_autoptr (LfContact) contact = g_list_model_get_item (lf_client_get_speed_dials (self->client), position);

  if (contact != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_CALL, "s", lf_contact_get_user (contact));
}

/* A closed menu is no place for the keyboard, though the focus was there last. */
static gboolean
lf_lamp_grid_focus (GtkWidget *widget, GtkDirectionType direction)
{
  LfLampGrid *self = LF_LAMP_GRID (widget);

  if (self->menu != NULL && gtk_widget_get_mapped (self->menu))
    return GTK_WIDGET_CLASS (lf_lamp_grid_parent_class)->focus (widget, direction);
  return gtk_widget_child_focus (GTK_WIDGET (self->stack), direction);
}

static void
lf_lamp_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_IS_COMPACT:
      g_value_set_boolean (value, LF_LAMP_GRID (object)->is_compact);
      break;
    case PROP_IS_DENSE:
      g_value_set_boolean (value, LF_LAMP_GRID (object)->is_dense);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_lamp_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LfLampGrid *self = LF_LAMP_GRID (object);

  switch (id)
    {
    case PROP_IS_COMPACT:
      if (self->is_compact == g_value_get_boolean (value))
        return;
      self->is_compact = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, props[PROP_IS_COMPACT]);
      update_page (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_lamp_grid_dispose (GObject *object)
{
  LfLampGrid *self = LF_LAMP_GRID (object);
  GtkWidget  *child;

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  if (self->grid_view != NULL)
    gtk_grid_view_set_model (self->grid_view, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->menu_owner);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_lamp_grid_parent_class)->dispose (object);
}

static void
lf_lamp_grid_class_init (LfLampGridClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lf_lamp_grid_get_property;
  object_class->set_property = lf_lamp_grid_set_property;
  object_class->dispose = lf_lamp_grid_dispose;
  widget_class->focus = lf_lamp_grid_focus;

  props[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_IS_DENSE] = g_param_spec_boolean ("is-dense", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/lamps/lf-lamp-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, LfLampGrid, stack);
  gtk_widget_class_bind_template_child (widget_class, LfLampGrid, grid_view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  lf_lamp_grid_install_actions (widget_class);
}

static void
lf_lamp_grid_init (LfLampGrid *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lf_lamp_grid_install_keys (self);
}

/**
 * lf_lamp_grid_set_client:
 * @self: the grid, without a client until now
 * @client: whose speed dials
 *
 * Shows the lamps of the user.
 */
void
lf_lamp_grid_set_client (LfLampGrid *self, LfClient *client)
{
  g_autoptr (GtkSelectionModel)  model = NULL;
  g_autoptr (GtkListItemFactory) factory = NULL;
  GListModel                    *lamps;

  g_return_if_fail (LF_IS_LAMP_GRID (self) && LF_IS_CLIENT (client));
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  lamps = lf_client_get_speed_dials (client);
  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, G_CONNECT_SWAPPED);
  gtk_grid_view_set_factory (self->grid_view, factory);
  model = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (lamps)));
  gtk_grid_view_set_model (self->grid_view, model);
  g_signal_connect_object (lamps, "items-changed", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  update_page (self);
}

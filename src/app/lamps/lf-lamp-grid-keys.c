/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-actions.h"
#include "lf-lamp-grid-private.h"
#include "lf-lamp-menu.h"
#include "lf-lamp-order.h"

/* ---- where lamps are ---- */

static LfLamp *
find_lamp (LfLampGrid *self, LfContact *contact)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->grid_view)); item != NULL; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *lamp = gtk_widget_get_first_child (item);

      if (LF_IS_LAMP (lamp) && lf_lamp_get_contact (LF_LAMP (lamp)) == contact)
        return LF_LAMP (lamp);
    }

  return NULL;
}

static LfLamp *
get_focused_lamp (LfLampGrid *self)
{
  GtkWidget *item = gtk_widget_get_focus_child (GTK_WIDGET (self->grid_view));
  GtkWidget *lamp = item != NULL ? gtk_widget_get_first_child (item) : NULL;

  return LF_IS_LAMP (lamp) && lf_lamp_get_contact (LF_LAMP (lamp)) != NULL ? LF_LAMP (lamp) : NULL;
}

/* All columns have the width of an item. */
static int
count_columns (LfLampGrid *self, LfLamp *lamp)
{
  int width = gtk_widget_get_allocated_width (gtk_widget_get_parent (GTK_WIDGET (lamp)));

  return width > 0 ? MAX (gtk_widget_get_width (GTK_WIDGET (self->grid_view)) / width, 1) : 1;
}

/**
 * lf_lamp_grid_focus_position:
 * @self: the grid
 * @position: of a lamp
 *
 * Brings a lamp into view and puts the keyboard on it.
 *
 * Returns: %TRUE if it has the focus now
 */
gboolean
lf_lamp_grid_focus_position (LfLampGrid *self, int position)
{
  g_autoptr (LfContact) contact = g_list_model_get_item (lf_client_get_speed_dials (self->client), (guint) position);
  LfLamp               *lamp;

  if (contact == NULL)
    return FALSE;

  gtk_widget_activate_action (GTK_WIDGET (self->grid_view), "list.scroll-to-item", "u", (guint) position);
  lamp = find_lamp (self, contact);

  return lamp != NULL && gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (lamp)));
}

/* ---- sorting ---- */

static gboolean
move_lamp (LfLampGrid *self, LfContact *contact, int position)
{
  if (!lf_lamp_order_move (self->client, contact, position))
    return FALSE;

  lf_lamp_grid_focus_position (self, lf_lamp_order_find (self->client, contact));
  return TRUE;
}

static gboolean
move_by_key (LfLampGrid *self, LfLamp *lamp, guint key)
{
  LfContact *contact = lf_lamp_get_contact (lamp);
  int        position = lf_lamp_order_find (self->client, contact);
  int        forward = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? -1 : 1;
  int        n_lamps = (int) g_list_model_get_n_items (lf_client_get_speed_dials (self->client));
  int        to;

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      to = position - forward;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      to = position + forward;
      break;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      to = position - count_columns (self, lamp);
      break;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      to = position + count_columns (self, lamp);
      break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      to = 0;
      break;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      to = n_lamps - 1;
      break;
    default:
      return FALSE;
    }
  if (to >= 0 && to < n_lamps)
    move_lamp (self, contact, to);

  return TRUE;
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, LfLamp *lamp)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (lamp));
  g_autoptr (GdkPaintable) still = gdk_paintable_get_current_image (picture);

  if (lf_lamp_get_contact (lamp) == NULL)
    return NULL;

  gtk_drag_source_set_icon (source, still, (int) x, (int) y);
  return gdk_content_provider_new_typed (LF_TYPE_CONTACT, lf_lamp_get_contact (lamp));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LfLampGrid *self)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  LfContact *dragged = g_value_get_object (value);
  int        position = G_MAXINT; /* behind the last lamp */

  if (LF_IS_LAMP (widget) && lf_lamp_get_contact (LF_LAMP (widget)) != NULL)
    position = lf_lamp_order_find (self->client, lf_lamp_get_contact (LF_LAMP (widget)));

  return dragged != NULL && move_lamp (self, dragged, position);
}

static void
add_drop_target (LfLampGrid *self, GtkWidget *widget)
{
  GtkDropTarget *target = gtk_drop_target_new (LF_TYPE_CONTACT, GDK_ACTION_MOVE);

  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}

/**
 * lf_lamp_grid_make_movable:
 * @self: the grid
 * @lamp: one of its lamps
 *
 * Lets a lamp be dragged, and others be dropped in its place.
 */
void
lf_lamp_grid_make_movable (LfLampGrid *self, LfLamp *lamp)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), lamp);
  gtk_widget_add_controller (GTK_WIDGET (lamp), GTK_EVENT_CONTROLLER (source));
  add_drop_target (self, GTK_WIDGET (lamp));
}

static void
move_to_end (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LfLampGrid *self = LF_LAMP_GRID (widget);
  LfContact  *contact = lf_roster_lookup (lf_client_get_roster (self->client), g_variant_get_string (parameter, NULL));

  if (contact != NULL)
    move_lamp (self, contact, g_str_equal (action, LF_ACTION_LAMP_FIRST) ? 0 : G_MAXINT);
}

/* ---- menu and keys ---- */

/* The keyboard goes back to the lamp, unless an item of the menu has led it elsewhere. */
static void
on_menu_closed (LfLampGrid *self)
{
  GtkRoot   *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focused = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focused == NULL || gtk_widget_is_ancestor (focused, self->menu))
    lf_lamp_grid_focus_position (self, lf_lamp_order_find (self->client, self->menu_owner));
}

static void
show_menu (LfLampGrid *self, LfLamp *lamp, double x, double y)
{
  g_autoptr (GMenuModel) model = lf_lamp_menu_new (self->client, lf_lamp_get_contact (lamp));

  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (NULL);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      g_signal_connect_swapped (self->menu, "closed", G_CALLBACK (on_menu_closed), self);
    }
  g_set_object (&self->menu_owner, lf_lamp_get_contact (lamp));
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, LfLampGrid *self)
{
  GtkWidget       *picked = gtk_widget_pick (GTK_WIDGET (self->grid_view), x, y, GTK_PICK_DEFAULT);
  GtkWidget       *lamp = picked != NULL ? gtk_widget_get_ancestor (picked, LF_TYPE_LAMP) : NULL;
  graphene_point_t point;

  if (lamp == NULL || lf_lamp_get_contact (LF_LAMP (lamp)) == NULL)
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (gtk_widget_get_parent (lamp)); /* where the keyboard is when the menu is closed */
  if (gtk_widget_compute_point (GTK_WIDGET (self->grid_view), GTK_WIDGET (self), &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    show_menu (self, LF_LAMP (lamp), point.x, point.y);
}

static gboolean
on_key_pressed (LfLampGrid *self, guint key, guint code, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  LfLamp         *lamp = get_focused_lamp (self);
  graphene_rect_t bounds;

  if (lamp == NULL)
    return FALSE;
  if (modifiers == GDK_ALT_MASK)
    return move_by_key (self, lamp, key);
  if (!(key == GDK_KEY_Menu && modifiers == 0) && !(key == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK))
    return FALSE;
  if (gtk_widget_compute_bounds (GTK_WIDGET (lamp), GTK_WIDGET (self), &bounds))
    show_menu (self, lamp, bounds.origin.x + 12, bounds.origin.y + bounds.size.height - 8);

  return TRUE;
}

/**
 * lf_lamp_grid_install_keys:
 * @self: the grid, its template made
 *
 * Makes the grid hear keys, the secondary button, and what is dropped beside the lamps.
 */
void
lf_lamp_grid_install_keys (LfLampGrid *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture         *menu = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->grid_view), keys);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->grid_view), GTK_EVENT_CONTROLLER (menu));

  add_drop_target (self, GTK_WIDGET (self->grid_view));
}

/**
 * lf_lamp_grid_install_actions:
 * @widget_class: the class of #LfLampGrid
 *
 * Gives the grid its actions named in lf-actions.h.
 */
void
lf_lamp_grid_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, LF_ACTION_LAMP_FIRST, "s", move_to_end);
  gtk_widget_class_install_action (widget_class, LF_ACTION_LAMP_LAST, "s", move_to_end);
}

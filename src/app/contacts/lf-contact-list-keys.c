/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-actions.h"
#include "lf-contact-list-private.h"
#include "lf-contact-menu.h"

#define PAGE_ROWS 10 /* contacts that Page Up and Page Down go */

/* ---- rows and selection ---- */

/**
 * lf_contact_list_find_row:
 * @self: the list
 * @position: of a contact's line
 *
 * Finds the widget that shows a contact now.
 *
 * Returns: (transfer none) (nullable): a row, or %NULL when the line is out of view
 */
GtkWidget *
lf_contact_list_find_row (LfContactList *self, guint position)
{
  LfContact *contact = lf_contact_model_get_contact (self->model, position);

  if (contact == NULL)
    return NULL;

  for (GtkWidget *item = gtk_widget_get_first_child (self->list_view); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (LF_IS_CONTACT_ROW (row) && lf_contact_row_get_contact (LF_CONTACT_ROW (row)) == contact)
        return row;
    }

  return NULL;
}

/**
 * lf_contact_list_get_selected:
 * @self: the list
 *
 * Returns: (transfer none) (nullable): whose row is selected
 */
LfContact *
lf_contact_list_get_selected (LfContactList *self)
{
  return self->selection != NULL
           ? lf_contact_model_get_contact (self->model, gtk_single_selection_get_selected (self->selection))
           : NULL;
}

/**
 * lf_contact_list_select_quietly:
 * @self: the list
 * @position: of a line, or %GTK_INVALID_LIST_POSITION for none
 *
 * Selects a row without opening the page of its contact.
 */
void
lf_contact_list_select_quietly (LfContactList *self, guint position)
{
  self->is_quiet = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->is_quiet = FALSE;
}

/**
 * lf_contact_list_scroll_to:
 * @self: the list
 * @position: of a line
 *
 * Brings a line into view, and with the first one the header above it.
 */
void
lf_contact_list_scroll_to (LfContactList *self, guint position)
{
  /* The header above the first line belongs to it. */
  gtk_widget_activate_action (self->list_view, "list.scroll-to-item", "u", position == 1 ? 0 : position);
}

/**
 * lf_contact_list_focus_position:
 * @self: the list
 * @position: of a line
 *
 * Puts the keyboard on a row that is in view.
 *
 * Returns: %TRUE if the row has the focus now
 */
gboolean
lf_contact_list_focus_position (LfContactList *self, guint position)
{
  GtkWidget *row = lf_contact_list_find_row (self, position);

  return row != NULL && gtk_widget_grab_focus (gtk_widget_get_parent (row));
}

/**
 * lf_contact_list_move_selection:
 * @self: the list
 * @step: how many contacts to go, down when positive; not 0
 * @takes_focus: %FALSE while the keyboard stays in the search entry: then nothing is opened
 *
 * Selects another row and brings it into view; headers are skipped.
 *
 * Returns: %TRUE if there was a row to go to
 */
gboolean
lf_contact_list_move_selection (LfContactList *self, int step, gboolean takes_focus)
{
  guint position;

  if (self->selection == NULL)
    return FALSE;

  position = lf_contact_model_move (self->model, gtk_single_selection_get_selected (self->selection), step);
  if (position == GTK_INVALID_LIST_POSITION)
    return FALSE;

  if (takes_focus)
    gtk_single_selection_set_selected (self->selection, position);
  else
    lf_contact_list_select_quietly (self, position);
  lf_contact_list_scroll_to (self, position);
  if (takes_focus)
    lf_contact_list_focus_position (self, position);

  return TRUE;
}

/**
 * lf_contact_list_activate_on_selected:
 * @self: the list
 * @action: an action of lf-actions.h that takes a user id
 *
 * Does something with the selected contact; nothing when there is none.
 */
void
lf_contact_list_activate_on_selected (LfContactList *self, const char *action)
{
  LfContact *contact = lf_contact_list_get_selected (self);

  if (contact != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), action, "s", lf_contact_get_user (contact));
}

/* ---- menu and keys ---- */

static void
show_menu (LfContactList *self, GtkWidget *row, double x, double y)
{
  LfContact             *contact = lf_contact_row_get_contact (LF_CONTACT_ROW (row));
  g_autoptr (GMenuModel) model = NULL;

  if (contact == NULL)
    return;

  model = lf_contact_menu_new (lf_client_get_roster (self->client), contact);
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (NULL);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      lf_contact_menu_keep_focus (GTK_POPOVER (self->menu), GTK_WIDGET (self));
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, LfContactList *self)
{
  GtkWidget       *picked = gtk_widget_pick (self->list_view, x, y, GTK_PICK_DEFAULT);
  GtkWidget       *row = picked != NULL ? gtk_widget_get_ancestor (picked, LF_TYPE_CONTACT_ROW) : NULL;
  graphene_point_t point;

  /* Between the row and the edge of its item. */
  if (row == NULL && picked != NULL && LF_IS_CONTACT_ROW (gtk_widget_get_first_child (picked)))
    row = gtk_widget_get_first_child (picked);
  if (row == NULL || lf_contact_row_get_contact (LF_CONTACT_ROW (row)) == NULL)
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (gtk_widget_compute_point (self->list_view, GTK_WIDGET (self), &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    show_menu (self, row, point.x, point.y);
}

static gboolean
show_menu_by_key (LfContactList *self)
{
  GtkWidget      *row = lf_contact_list_get_selected (self) != NULL
                          ? lf_contact_list_find_row (self, gtk_single_selection_get_selected (self->selection))
                          : NULL;
  graphene_rect_t bounds;

  if (row == NULL || !gtk_widget_compute_bounds (row, GTK_WIDGET (self), &bounds))
    return FALSE;

  show_menu (self, row, bounds.origin.x + 48, bounds.origin.y + bounds.size.height - 4);

  return TRUE;
}

/* What was typed within the delay of the search counts, too. */
static void
apply_query_now (LfContactList *self)
{
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));
  const char      *applied = lf_contact_model_get_query (self->model);

  if (!g_str_equal (words, applied != NULL ? applied : ""))
    lf_contact_list_apply_search (self);
}

static gboolean
move_by_key (LfContactList *self, guint key, gboolean is_in_entry)
{
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return lf_contact_list_move_selection (self, -1, !is_in_entry) || !is_in_entry;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return lf_contact_list_move_selection (self, 1, !is_in_entry) || !is_in_entry;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      return lf_contact_list_move_selection (self, -PAGE_ROWS, !is_in_entry);
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      return lf_contact_list_move_selection (self, PAGE_ROWS, !is_in_entry);
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      return !is_in_entry && lf_contact_list_move_selection (self, -G_MAXINT, TRUE);
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      return !is_in_entry && lf_contact_list_move_selection (self, G_MAXINT, TRUE);
    default:
      return FALSE;
    }
}

static gboolean
on_key_pressed (LfContactList *self, guint key, guint code, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  GtkWidget      *focused = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean        is_in_entry = focused != NULL && gtk_widget_is_ancestor (focused, self->search_entry);
  gboolean        is_in_list = focused != NULL && (focused == self->list_view || gtk_widget_is_ancestor (focused, self->list_view));
  gboolean        is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;

  if (!is_in_entry && !is_in_list)
    return FALSE;

  if (modifiers == 0 && move_by_key (self, key, is_in_entry))
    return TRUE;
  if (is_enter && modifiers == GDK_CONTROL_MASK)
    lf_contact_list_activate_on_selected (self, LF_ACTION_CALL);
  else if (is_enter && modifiers == GDK_ALT_MASK)
    lf_contact_list_activate_on_selected (self, LF_ACTION_WHY);
  else if (is_enter && modifiers == 0 && is_in_entry)
    {
      apply_query_now (self);
      lf_contact_list_activate_on_selected (self, LF_ACTION_CHAT);
      if (lf_contact_list_get_selected (self) != NULL)
        g_object_set (self, "is-searching", FALSE, NULL);
    }
  else if (is_in_list && ((key == GDK_KEY_Menu && modifiers == 0) || (key == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK)))
    return show_menu_by_key (self);
  else
    return FALSE;

  return TRUE;
}

/**
 * lf_contact_list_install_keys:
 * @self: the list, its template made
 *
 * Makes the list hear keys and the secondary button.
 */
void
lf_contact_list_install_keys (LfContactList *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture         *menu = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (self->list_view, GTK_EVENT_CONTROLLER (menu));
}

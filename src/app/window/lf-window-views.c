/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-window-private.h"

#define SIDEBAR_WIDTH    344  /* pixels, as in the template */
#define OWN_STATUS_WIDTH 246  /* pixels: the sidebar without its two buttons */
#define FOLDED_MAX_WIDTH 4000 /* pixels: all there is */

/* Which list is shown, and how much of the window it has. */

/**
 * lf_window_shows_lamps:
 * @self: the window
 *
 * Returns: %TRUE if the lamps are in view, which take the whole window
 */
gboolean
lf_window_shows_lamps (LfWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "lamps") == 0;
}

/**
 * lf_window_update_open_contact:
 * @self: the window
 *
 * The calendar of whom the user looks at is pulled without delay.
 */
void
lf_window_update_open_contact (LfWindow *self)
{
  if (self->client != NULL)
    lf_client_set_open_contact (self->client, lf_window_get_open_contact (self));
}

/**
 * lf_window_update_room:
 * @self: the window
 *
 * Gives the lamps all of the window. Beside a page the width of a list stands still, whatever names and notes are
 * shown.
 */
void
lf_window_update_room (LfWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);
  gboolean has_lamps = lf_window_shows_lamps (self);
  gboolean is_wide = folded || has_lamps;

  gtk_widget_set_visible (self->separator, !has_lamps);
  gtk_widget_set_visible (GTK_WIDGET (self->content), !has_lamps);
  gtk_widget_set_hexpand (self->sidebar, has_lamps);
  /* The buttons of the views stay where they are. */
  gtk_widget_set_halign (self->view_bar, has_lamps ? GTK_ALIGN_START : GTK_ALIGN_FILL);
  gtk_widget_set_size_request (self->view_bar, has_lamps ? SIDEBAR_WIDTH : -1, -1);
  adw_header_bar_set_show_end_title_buttons (self->sidebar_header, is_wide);
  adw_clamp_set_maximum_size (self->sidebar_clamp, is_wide ? FOLDED_MAX_WIDTH : SIDEBAR_WIDTH);
  adw_clamp_set_tightening_threshold (self->sidebar_clamp, is_wide ? FOLDED_MAX_WIDTH : SIDEBAR_WIDTH);
  /* The bar offers half of its room to what stands at the start; the other half is wanted by window buttons alone. */
  gtk_widget_set_size_request (GTK_WIDGET (self->own_status), is_wide ? -1 : OWN_STATUS_WIDTH, -1);
  g_object_set (self->contact_list, "follows-selection", !folded, NULL);
  lf_window_update_open_contact (self);
}

/**
 * lf_window_follow_view:
 * @self: the window
 *
 * Another list is shown: its button, which has its name, is the one that is pressed.
 */
void
lf_window_follow_view (LfWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->views);

  self->is_from_lamps = FALSE;
  gtk_widget_set_visible (self->search_button, g_strcmp0 (name, "contacts") == 0);
  gtk_widget_set_visible (self->add_lamp_button, lf_window_shows_lamps (self));
  lf_window_update_room (self);
  for (GtkWidget *button = gtk_widget_get_first_child (self->view_bar); button != NULL; button = gtk_widget_get_next_sibling (button))
    if (g_strcmp0 (gtk_widget_get_name (button), name) == 0)
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

/**
 * lf_window_follow_view_button:
 * @self: the window
 * @button: of a view, with its name
 *
 * A button was pressed, or another one in its place.
 */
void
lf_window_follow_view_button (LfWindow *self, GtkToggleButton *button)
{
  if (gtk_toggle_button_get_active (button))
    gtk_stack_set_visible_child_name (self->views, gtk_widget_get_name (GTK_WIDGET (button)));
}

/**
 * lf_window_show_view:
 * @self: the window
 * @view: "contacts", "chats", "calls", "lamps"; another is ignored
 *
 * Shows one of the lists, with the keyboard in it.
 */
void
lf_window_show_view (LfWindow *self, const char *view)
{
  if (gtk_stack_get_child_by_name (self->views, view) == NULL)
    return;

  adw_leaflet_set_visible_child_name (self->leaflet, "sidebar");
  gtk_stack_set_visible_child_name (self->views, view);
  gtk_widget_child_focus (gtk_stack_get_visible_child (self->views), GTK_DIR_TAB_FORWARD);
}

/**
 * lf_window_go_back:
 * @self: the window
 *
 * Goes from a page back to the list, in a narrow window; elsewhere the keyboard goes there.
 *
 * Returns: %TRUE if another page is in view now
 */
gboolean
lf_window_go_back (LfWindow *self)
{
  gboolean went = adw_leaflet_get_folded (self->leaflet) &&
                  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);

  if (self->is_from_lamps)
    lf_window_show_view (self, "lamps");
  else if (g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "contacts") == 0)
    lf_contact_list_grab_row (self->contact_list);
  else
    gtk_widget_child_focus (gtk_stack_get_visible_child (self->views), GTK_DIR_TAB_FORWARD);

  return went;
}

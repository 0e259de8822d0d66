/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-found-list.h"

/* The list has no focus that would be scrolled to. */
static void
scroll_to (GtkListBox *list, GtkListBoxRow *row)
{
  GtkWidget      *viewport = gtk_widget_get_ancestor (GTK_WIDGET (list), GTK_TYPE_VIEWPORT);
  GtkAdjustment  *adjustment = viewport != NULL ? gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (viewport)) : NULL;
  graphene_rect_t bounds;

  if (adjustment != NULL && gtk_widget_compute_bounds (GTK_WIDGET (row), viewport, &bounds))
    gtk_adjustment_clamp_page (adjustment, gtk_adjustment_get_value (adjustment) + bounds.origin.y,
                               gtk_adjustment_get_value (adjustment) + bounds.origin.y + bounds.size.height);
}

/**
 * lf_found_list_set_up:
 * @entry: where the words are typed
 *
 * Lets no more into it than can be looked for: a page that is pasted by mistake would hold the program up.
 */
void
lf_found_list_set_up (GtkEditable *entry)
{
  GtkEditable *text;

  g_return_if_fail (GTK_IS_EDITABLE (entry));

  text = gtk_editable_get_delegate (entry);
  gtk_text_set_max_length (GTK_TEXT (text != NULL ? text : entry), LF_FOUND_MAX_CHARS);
}

/**
 * lf_found_list_step:
 * @list: those found
 * @key: a key pressed in the entry
 *
 * Up and Down choose among those found while the words are being typed; whom they choose is seen.
 *
 * Returns: %TRUE if @key is one of them, and somebody was found
 */
gboolean
lf_found_list_step (GtkListBox *list, guint key)
{
  GtkListBoxRow *row;
  int            step = 0;

  g_return_val_if_fail (GTK_IS_LIST_BOX (list), FALSE);

  row = gtk_list_box_get_selected_row (list);
  if (key == GDK_KEY_Down || key == GDK_KEY_KP_Down)
    step = 1;
  if (key == GDK_KEY_Up || key == GDK_KEY_KP_Up)
    step = -1;
  if (step == 0 || row == NULL)
    return FALSE;

  row = gtk_list_box_get_row_at_index (list, gtk_list_box_row_get_index (row) + step);
  if (row != NULL)
    {
      gtk_list_box_select_row (list, row);
      scroll_to (list, row);
    }

  return TRUE;
}

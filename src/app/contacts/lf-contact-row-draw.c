/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-badge-draw.h"
#include "lf-contact-row-private.h"

#define SPACING             10 /* pixels between the parts */
#define AVATAR_SIZE         36
#define AVATAR_SIZE_COMPACT 24
#define BADGE_SIZE          13
#define BADGE_SIZE_COMPACT  12

static gboolean
is_rtl (LfContactRow *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/* Of the list: all rows have its fonts, and a context of each one's own would cost more than its text. */
static PangoContext *
get_fonts (LfContactRow *self)
{
  return gtk_widget_get_pango_context (self->item != NULL ? gtk_widget_get_parent (self->item) : GTK_WIDGET (self));
}

static void
get_badge_place (LfContactRow *self, GdkRectangle *place)
{
  int portrait = lf_contact_row_get_portrait_size (self);

  place->width = place->height = self->is_compact ? BADGE_SIZE_COMPACT : BADGE_SIZE;
  place->x = is_rtl (self) ? gtk_widget_get_width (GTK_WIDGET (self)) - portrait : portrait - place->width;
  place->y = (gtk_widget_get_height (GTK_WIDGET (self)) - portrait) / 2 + portrait - place->height;
}

static void
snapshot_badge (LfContactRow *self, GtkSnapshot *snapshot)
{
  GtkStateFlags flags = self->item != NULL ? gtk_widget_get_state_flags (self->item) : 0;
  gboolean      is_pointed = (flags & GTK_STATE_FLAG_PRELIGHT) != 0;
  const char   *ground = is_pointed ? "under_badge_hover" : "under_badge";
  GdkRectangle  place;
  GdkRGBA       color, under;
  cairo_t      *cr;

  if ((flags & GTK_STATE_FLAG_SELECTED) != 0)
    ground = is_pointed ? "under_badge_selected_hover" : "under_badge_selected";
  get_badge_place (self, &place);
  lf_badge_look_up_color (GTK_WIDGET (self), self->status, &color);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) (place.x - LF_BADGE_RING),
                                                                 (float) (place.y - LF_BADGE_RING),
                                                                 (float) (place.width + 2 * LF_BADGE_RING),
                                                                 (float) (place.height + 2 * LF_BADGE_RING)));
  cairo_translate (cr, place.x, place.y);
  if (gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), ground, &under))
    lf_badge_draw_ring (cr, self->status, place.width, &under);
  lf_badge_draw (cr, self->status, self->is_hollow && lf_badge_has_hollow_form (self->status), place.width, &color);
  cairo_destroy (cr);
}

/**
 * lf_contact_row_snapshot:
 * @widget: the row
 * @snapshot: where to draw
 *
 * Draws portrait, badge, text and parts. Source: GtkWidget.snapshot.
 */
void
lf_contact_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);
  GdkRGBA       color;

  if (self->contact == NULL)
    return;

  gtk_widget_snapshot_child (widget, GTK_WIDGET (self->portrait), snapshot);
  snapshot_badge (self, snapshot);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  lf_row_text_snapshot (self->text, snapshot, get_fonts (self), &color, &self->text_area, is_rtl (self));
  for (int i = 0; i < N_PARTS; i++)
    if (self->parts[i] != NULL)
      gtk_widget_snapshot_child (widget, self->parts[i], snapshot);
}

/**
 * lf_contact_row_measure:
 * @widget: the row
 * @orientation: which way
 * @for_size: not looked at: text is cut, not wrapped
 * @minimum: (out): pixels
 * @natural: (out): pixels
 * @minimum_baseline: (out): -1
 * @natural_baseline: (out): -1
 *
 * Tells the size of portrait, text and parts side by side. Source: GtkWidget.measure.
 */
void
lf_contact_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);
  int           portrait = lf_contact_row_get_portrait_size (self);
  int           text_width, text_height;

  lf_row_text_measure (self->text, get_fonts (self), &text_width, &text_height);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? portrait + SPACING + text_width : MAX (portrait, text_height);
  *natural = *minimum;
  *minimum_baseline = *natural_baseline = -1;
  for (int i = 0; i < N_PARTS; i++)
    {
      int part_minimum, part_natural;

      if (self->parts[i] == NULL || !gtk_widget_should_layout (self->parts[i]))
        continue;
      gtk_widget_measure (self->parts[i], orientation, -1, &part_minimum, &part_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        {
          *minimum += SPACING + part_minimum;
          *natural += SPACING + part_natural;
          continue;
        }
      *minimum = MAX (*minimum, part_minimum);
      *natural = MAX (*natural, part_natural);
    }
}

static void
place_child (LfContactRow *self, GtkWidget *child, int x, int y, int width, int height)
{
  if (is_rtl (self))
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x - width;
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, width, height }, -1);
}

/**
 * lf_contact_row_size_allocate:
 * @widget: the row
 * @width: pixels
 * @height: pixels
 * @baseline: not looked at
 *
 * Places portrait and parts, from the right where text runs to the left; what is between is the text's.
 * Source: GtkWidget.size_allocate.
 */
void
lf_contact_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);
  int           portrait = lf_contact_row_get_portrait_size (self);
  int           end = width;
  GdkRectangle  area;

  place_child (self, GTK_WIDGET (self->portrait), 0, (height - portrait) / 2, portrait, portrait);
  for (int i = N_PARTS; i-- > 0;)
    if (self->parts[i] != NULL && gtk_widget_should_layout (self->parts[i]))
      {
        int part_width;

        gtk_widget_measure (self->parts[i], GTK_ORIENTATION_HORIZONTAL, -1, NULL, &part_width, NULL, NULL);
        end -= part_width;
        place_child (self, self->parts[i], end, 0, part_width, height);
        end -= SPACING;
      }

  area = (GdkRectangle){ portrait + SPACING, 0, MAX (end - portrait - SPACING, 0), height };
  if (is_rtl (self))
    area.x = width - area.x - area.width;
  if (!gdk_rectangle_equal (&area, &self->text_area))
    gtk_widget_queue_draw (widget);
  self->text_area = area;
}

/**
 * lf_contact_row_get_portrait_size:
 * @self: the row
 *
 * Returns: width and height of the portrait, pixels
 */
int
lf_contact_row_get_portrait_size (LfContactRow *self)
{
  return self->is_compact ? AVATAR_SIZE_COMPACT : AVATAR_SIZE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <math.h>

#include "lf-badge-draw.h"

/* Everything is drawn on a field of 12 by 12 units, at 12 pixels one unit each: shapes are chosen
 * to be told apart there, in one colour. A glyph stands on its shape in the ink colour; hollow, the
 * shape is an outline and the glyph has the colour of the state. */
#define UNITS   12.0
#define CENTRE  6.0
#define OUTLINE 1.3

typedef struct
{
  cairo_t *cr;
  GdkRGBA  color; /* of the state */
  GdkRGBA  ink;   /* of glyphs on the filled shape */
  gboolean is_hollow;
} Pen;

static void
fill_disc (Pen *pen)
{
  gdk_cairo_set_source_rgba (pen->cr, &pen->color);
  if (pen->is_hollow)
    {
      cairo_set_line_width (pen->cr, OUTLINE);
      cairo_arc (pen->cr, CENTRE, CENTRE, CENTRE - OUTLINE / 2, 0, 2 * G_PI);
      cairo_stroke (pen->cr);
      return;
    }

  cairo_arc (pen->cr, CENTRE, CENTRE, CENTRE, 0, 2 * G_PI);
  cairo_fill (pen->cr);
}

static void
stroke_ring (Pen *pen, double width)
{
  gdk_cairo_set_source_rgba (pen->cr, &pen->color);
  cairo_set_line_width (pen->cr, width);
  cairo_arc (pen->cr, CENTRE, CENTRE, CENTRE - width / 2, 0, 2 * G_PI);
  cairo_stroke (pen->cr);
}

static void
take_ink (Pen *pen, double width)
{
  gdk_cairo_set_source_rgba (pen->cr, pen->is_hollow ? &pen->color : &pen->ink);
  cairo_set_line_width (pen->cr, width);
  cairo_set_line_cap (pen->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (pen->cr, CAIRO_LINE_JOIN_ROUND);
}

static void
trace_rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static void
draw_available (Pen *pen)
{
  fill_disc (pen);
  take_ink (pen, 1.7);
  cairo_move_to (pen->cr, 3.4, 6.3);
  cairo_line_to (pen->cr, 5.2, 8.1);
  cairo_line_to (pen->cr, 8.7, 4.1);
  cairo_stroke (pen->cr);
}

static void
draw_idle (Pen *pen)
{
  stroke_ring (pen, 1.5);
  cairo_arc (pen->cr, CENTRE, CENTRE, CENTRE - 0.5, 0, G_PI);
  cairo_close_path (pen->cr);
  cairo_fill (pen->cr);
}

static void
draw_away (Pen *pen)
{
  fill_disc (pen);
  take_ink (pen, 1.5);
  cairo_move_to (pen->cr, 6, 2.9);
  cairo_line_to (pen->cr, 6, 6.3);
  cairo_line_to (pen->cr, 8.3, 7.7);
  cairo_stroke (pen->cr);
}

/* A handset lying slantwise: a bowed grip with an ear and a mouth piece. */
static void
draw_phone (Pen *pen)
{
  fill_disc (pen);
  take_ink (pen, 1.6);
  cairo_save (pen->cr);
  cairo_translate (pen->cr, 5.5, 6.5);
  cairo_rotate (pen->cr, -0.75 * G_PI);
  cairo_set_line_cap (pen->cr, CAIRO_LINE_CAP_BUTT);
  cairo_move_to (pen->cr, -3.2, 0.6);
  cairo_curve_to (pen->cr, -2.2, -1.5, 2.2, -1.5, 3.2, 0.6);
  cairo_stroke (pen->cr);
  trace_rounded (pen->cr, -4.1, -0.2, 2.3, 2.1, 0.6);
  trace_rounded (pen->cr, 1.8, -0.2, 2.3, 2.1, 0.6);
  cairo_fill (pen->cr);
  cairo_restore (pen->cr);
}

/* A leaf of a calendar: square, with its head and two days. */
static void
draw_meeting (Pen *pen)
{
  cairo_t *cr = pen->cr;

  gdk_cairo_set_source_rgba (cr, &pen->color);
  if (pen->is_hollow)
    {
      cairo_set_line_width (cr, OUTLINE);
      trace_rounded (cr, 0.5 + OUTLINE / 2, 0.5 + OUTLINE / 2, 11 - OUTLINE, 11 - OUTLINE, 1.6);
      cairo_stroke (cr);
    }
  else
    {
      trace_rounded (cr, 0.5, 0.5, 11, 11, 2.2);
      cairo_fill (cr);
    }

  take_ink (pen, 1);
  cairo_rectangle (cr, 2.2, 3.1, 7.6, 1.3);
  cairo_rectangle (cr, 2.6, 6.4, 2.6, 2.6);
  cairo_rectangle (cr, 6.8, 6.4, 2.6, 2.6);
  cairo_fill (cr);
}

static void
draw_do_not_disturb (Pen *pen)
{
  fill_disc (pen);
  take_ink (pen, 2.2);
  cairo_move_to (pen->cr, 3.5, 6);
  cairo_line_to (pen->cr, 8.5, 6);
  cairo_stroke (pen->cr);
}

static void
draw_unknown (Pen *pen)
{
  const double radius = CENTRE - 0.6;
  const double dash = 2 * G_PI * radius / 12;
  const double dashes[] = { dash * 1.15, dash * 0.85 };
  cairo_t     *cr = pen->cr;

  gdk_cairo_set_source_rgba (cr, &pen->color);
  cairo_set_line_width (cr, 1.1);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_arc (cr, CENTRE, CENTRE, radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);

  cairo_set_line_width (cr, 1.3);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, 4.4, 4.6);
  cairo_curve_to (cr, 4.5, 2.6, 7.6, 2.7, 7.5, 4.7);
  cairo_curve_to (cr, 7.4, 5.7, 6, 5.7, 6, 7);
  cairo_stroke (cr);
  cairo_arc (cr, 6, 9, 0.85, 0, 2 * G_PI);
  cairo_fill (cr);
}

/* Light or dark, whichever stands out from @color (relative luminance as in WCAG 2, roughly). */
static void
choose_ink (const GdkRGBA *color, GdkRGBA *ink)
{
  double luminance = 0.2126 * pow (color->red, 2.2) + 0.7152 * pow (color->green, 2.2) +
                     0.0722 * pow (color->blue, 2.2);

  *ink = luminance > 0.32 ? (GdkRGBA){ 0.12, 0.1, 0.1, 1 } : (GdkRGBA){ 1, 1, 1, 1 };
}

/**
 * lf_badge_has_hollow_form:
 * @status: a state
 *
 * Tells whether it is drawn hollow for a person who is signed out: only what is busy is. Signed out and
 * away is plainly offline.
 *
 * Returns: %TRUE if there is such a drawing
 */
gboolean
lf_badge_has_hollow_form (LfDisplayStatus status)
{
  return status == LF_DISPLAY_ON_THE_PHONE || status == LF_DISPLAY_IN_A_MEETING ||
         status == LF_DISPLAY_DO_NOT_DISTURB;
}

/**
 * lf_badge_look_up_color:
 * @widget: in whose style to look
 * @status: a state
 * @color: (out): its colour
 *
 * Finds the colour of a state among the named colours of the style.
 */
void
lf_badge_look_up_color (GtkWidget *widget, LfDisplayStatus status, GdkRGBA *color)
{
  static const char *const names[LF_N_DISPLAY_STATUSES] = {
    [LF_DISPLAY_UNKNOWN] = "lamp_grey",
    [LF_DISPLAY_OFFLINE] = "lamp_grey",
    [LF_DISPLAY_AWAY] = "lamp_yellow",
    [LF_DISPLAY_IDLE] = "lamp_green",
    [LF_DISPLAY_ONLINE] = "lamp_green",
    [LF_DISPLAY_AVAILABLE] = "lamp_green",
    [LF_DISPLAY_IN_A_MEETING] = "lamp_orange",
    [LF_DISPLAY_ON_THE_PHONE] = "lamp_red",
    [LF_DISPLAY_DO_NOT_DISTURB] = "lamp_purple",
  };
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  if (!gtk_style_context_lookup_color (style, names[status], color))
    gtk_style_context_get_color (style, color);
}

/**
 * lf_badge_draw_ring:
 * @cr: where to draw; the badge has its corner at the origin
 * @status: the state
 * @size: width and height of the badge, pixels
 * @color: of what it stands on
 *
 * Sets a badge off from what is below it: fills its place and %LF_BADGE_RING pixels round it.
 */
void
lf_badge_draw_ring (cairo_t *cr, LfDisplayStatus status, double size, const GdkRGBA *color)
{
  double outer = size + 2 * LF_BADGE_RING;
  double radius = status == LF_DISPLAY_IN_A_MEETING ? 3 + LF_BADGE_RING : outer / 2;

  gdk_cairo_set_source_rgba (cr, color);
  trace_rounded (cr, -LF_BADGE_RING, -LF_BADGE_RING, outer, outer, radius);
  cairo_fill (cr);
}

/**
 * lf_badge_draw:
 * @cr: where to draw, from the origin
 * @status: the state
 * @is_hollow: outlines, for a person who is signed out
 * @size: width and height, pixels
 * @color: of the state
 *
 * Draws the shape of one state.
 */
void
lf_badge_draw (cairo_t *cr, LfDisplayStatus status, gboolean is_hollow, double size, const GdkRGBA *color)
{
  Pen pen = { .cr = cr, .color = *color, .is_hollow = is_hollow };

  choose_ink (color, &pen.ink);
  cairo_save (cr);
  cairo_scale (cr, size / UNITS, size / UNITS);

  switch (status)
    {
    case LF_DISPLAY_ONLINE:
      fill_disc (&pen);
      break;
    case LF_DISPLAY_AVAILABLE:
      draw_available (&pen);
      break;
    case LF_DISPLAY_IDLE:
      draw_idle (&pen);
      break;
    case LF_DISPLAY_AWAY:
      draw_away (&pen);
      break;
    case LF_DISPLAY_ON_THE_PHONE:
      draw_phone (&pen);
      break;
    case LF_DISPLAY_IN_A_MEETING:
      draw_meeting (&pen);
      break;
    case LF_DISPLAY_DO_NOT_DISTURB:
      draw_do_not_disturb (&pen);
      break;
    case LF_DISPLAY_OFFLINE:
      stroke_ring (&pen, 1.9);
      break;
    case LF_DISPLAY_UNKNOWN:
    default:
      draw_unknown (&pen);
      break;
    }

  cairo_restore (cr);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "lf-busy-strip.h"
#include "lf-status-words.h"
#include "lf-time-of-day.h"

/* From top to bottom: the head of the now marker, the bar, the hours. */
#define HEAD_PX         5
#define BAR_PX          18
#define HOURS_PX        16
#define MIN_WIDTH_PX    160
#define HATCH_STEP_PX   6
#define MIN_HOUR_GAP_PX 34

struct _LfBusyStrip
{
  GtkWidget parent_instance;

  LfBusyPlan *plan;          /* owned, nullable until the first update */
  char       *summary;       /* owned, nullable until the first update */
  gint64      mark_start_us; /* not before mark_end_us: nothing is marked */
  gint64      mark_end_us;
};

G_DEFINE_FINAL_TYPE (LfBusyStrip, lf_busy_strip, GTK_TYPE_WIDGET)

enum
{
  PROP_SUMMARY = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* Colours of the style sheet, in the order of LfBusyType; the first is that of the badge "In a
 * meeting". */
static const char *const type_colors[LF_N_BUSY_TYPES] = {
  "lamp_orange", "lamp_orange", "lamp_purple", "accent_color", "lamp_grey"
};

static void
set_color (cairo_t       *cr,
           const GdkRGBA *color,
           double         alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
}

static void
add_round_rectangle (cairo_t *cr,
                     double   x,
                     double   y,
                     double   width,
                     double   height,
                     double   radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

/* Lines at 45 degrees across a rectangle, on one grid for the whole strip. */
static void
draw_hatch (cairo_t *cr,
            double   x,
            double   y,
            double   width,
            double   height,
            double   line_width,
            gboolean is_rising)
{
  double first = floor ((x - height) / HATCH_STEP_PX) * HATCH_STEP_PX;

  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  cairo_set_line_width (cr, line_width);
  for (double left = first; left < x + width + height; left += HATCH_STEP_PX)
    {
      cairo_move_to (cr, left, is_rising ? y + height : y);
      cairo_line_to (cr, left + height, is_rising ? y : y + height);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

static double
get_x (LfBusyStrip *self,
       gint64       at_us)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double x = lf_busy_plan_position (self->plan, at_us) * width;

  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? width - x : x;
}

static void
get_span (LfBusyStrip *self,
          gint64       start_us,
          gint64       end_us,
          double      *x,
          double      *width)
{
  double a = get_x (self, start_us);
  double b = get_x (self, end_us);

  *x = MIN (a, b);
  *width = fabs (b - a);
}

static void
draw_unknown (LfBusyStrip   *self,
              cairo_t       *cr,
              const GdkRGBA *foreground,
              gint64         start_us,
              gint64         end_us)
{
  double x, width;

  get_span (self, start_us, end_us, &x, &width);
  if (width <= 0)
    return;
  set_color (cr, foreground, 0.28);
  draw_hatch (cr, x, HEAD_PX, width, BAR_PX, 1, FALSE);
}

static void
draw_period (LfBusyStrip        *self,
             cairo_t            *cr,
             const LfBusyPeriod *period,
             const GdkRGBA      *foreground)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA          color;
  double           x, width;

  get_span (self, period->start_us, period->end_us, &x, &width);
  width = MAX (width, 2);
  if (!gtk_style_context_lookup_color (style, type_colors[period->type], &color))
    color = *foreground;
  set_color (cr, &color, 1);
  switch (period->type)
    {
    case LF_BUSY_BUSY: /* solid */
      add_round_rectangle (cr, x + 0.5, HEAD_PX, width - 1, BAR_PX, 3);
      cairo_fill (cr);
      break;
    case LF_BUSY_TENTATIVE: /* striped, outlined */
      draw_hatch (cr, x + 1, HEAD_PX + 1, width - 2, BAR_PX - 2, 2, TRUE);
      add_round_rectangle (cr, x + 1, HEAD_PX + 0.5, MAX (width - 2, 1), BAR_PX - 1, 3);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
      break;
    case LF_BUSY_OUT_OF_OFFICE: /* crossed */
      draw_hatch (cr, x, HEAD_PX, width, BAR_PX, 1.2, TRUE);
      draw_hatch (cr, x, HEAD_PX, width, BAR_PX, 1.2, FALSE);
      break;
    case LF_BUSY_ELSEWHERE: /* the lower half, solid */
      cairo_rectangle (cr, x, HEAD_PX + BAR_PX - 7, width, 7);
      cairo_fill (cr);
      break;
    case LF_BUSY_ALL_DAY: /* a line along the top */
      cairo_rectangle (cr, x, HEAD_PX, width, 3);
      cairo_fill (cr);
      break;
    default:
      break;
    }
}

static void
draw_bar (LfBusyStrip   *self,
          cairo_t       *cr,
          const GdkRGBA *foreground)
{
  /* Meetings last, so that they lie on top. */
  static const LfBusyType order[LF_N_BUSY_TYPES] = {
    LF_BUSY_OUT_OF_OFFICE, LF_BUSY_ELSEWHERE, LF_BUSY_ALL_DAY, LF_BUSY_TENTATIVE, LF_BUSY_BUSY
  };
  const LfBusyPlan *plan = self->plan;
  double            width = gtk_widget_get_width (GTK_WIDGET (self));

  cairo_save (cr);
  add_round_rectangle (cr, 0, HEAD_PX, width, BAR_PX, 5);
  cairo_clip (cr);
  set_color (cr, foreground, 0.09);
  cairo_paint (cr);
  draw_unknown (self, cr, foreground, plan->from_us, plan->known_from_us);
  draw_unknown (self, cr, foreground, plan->known_until_us, plan->until_us);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint j = 0; j < plan->periods->len; j++)
      {
        const LfBusyPeriod *period = &g_array_index (plan->periods, LfBusyPeriod, j);

        if (period->type == order[i])
          draw_period (self, cr, period, foreground);
      }
  cairo_restore (cr);
}

static void
draw_now (LfBusyStrip   *self,
          cairo_t       *cr,
          const GdkRGBA *foreground)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double x = CLAMP (round (get_x (self, self->plan->at_us)), 4, width - 4);

  if (!self->plan->day.is_today)
    return;
  set_color (cr, foreground, 1);
  cairo_rectangle (cr, x - 1, 1, 2, HEAD_PX + BAR_PX + 1);
  cairo_fill (cr);
  cairo_move_to (cr, x - 4, 0);
  cairo_line_to (cr, x + 4, 0);
  cairo_line_to (cr, x, HEAD_PX);
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* A frame round the time that is spoken of, above everything but now. */
static void
draw_mark (LfBusyStrip   *self,
           cairo_t       *cr,
           const GdkRGBA *foreground)
{
  gint64  start_us = MAX (self->mark_start_us, self->plan->from_us);
  gint64  end_us = MIN (self->mark_end_us, self->plan->until_us);
  GdkRGBA color;
  double  x, width;

  if (start_us >= end_us)
    return;
  get_span (self, start_us, end_us, &x, &width);
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_color", &color))
    color = *foreground;
  add_round_rectangle (cr, x + 1, HEAD_PX + 1, MAX (width - 2, 3), BAR_PX - 2, 4);
  set_color (cr, &color, 0.18);
  cairo_fill_preserve (cr);
  set_color (cr, &color, 1);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}

static void
draw_hours (LfBusyStrip   *self,
            GtkSnapshot   *snapshot,
            const GdkRGBA *foreground)
{
  const LfBusyPlan *plan = self->plan;
  GtkWidget        *widget = GTK_WIDGET (self);
  double            width = gtk_widget_get_width (widget);
  int               n_hours = plan->day.last_hour - plan->day.first_hour;
  int               step = 1;
  gboolean          has_halves = lf_time_of_day_has_halves ();
  GdkRGBA           dim = *foreground;

  dim.alpha *= 0.6;
  while (width / n_hours * step < MIN_HOUR_GAP_PX && step < n_hours)
    step++;
  for (int i = 0; i <= n_hours; i += step)
    {
      g_autoptr (PangoLayout)   layout = NULL;
      g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
      char                      text[16];
      int                       text_width;
      double                    x = width * i / n_hours;

      if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
        x = width - x;
      g_snprintf (text, sizeof text, "%d", lf_time_of_day_get_hour (plan->day.first_hour + i, has_halves));
      layout = gtk_widget_create_pango_layout (widget, text);
      pango_attr_list_insert (attributes, pango_attr_scale_new (0.78));
      pango_layout_set_attributes (layout, attributes);
      pango_layout_get_pixel_size (layout, &text_width, NULL);
      x = CLAMP (x - text_width / 2.0, 0, width - text_width);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, HEAD_PX + BAR_PX + 2));
      gtk_snapshot_append_layout (snapshot, layout, &dim);
      gtk_snapshot_restore (snapshot);
    }
}

static void
on_dark_changed (AdwStyleManager *manager,
                 GParamSpec      *pspec,
                 LfBusyStrip     *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
lf_busy_strip_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH_PX;
      *natural = 2 * MIN_WIDTH_PX;
    }
  else
    *minimum = *natural = HEAD_PX + BAR_PX + HOURS_PX;
}

static void
lf_busy_strip_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  LfBusyStrip *self = LF_BUSY_STRIP (widget);
  GdkRGBA      foreground;
  cairo_t     *cr;

  if (self->plan == NULL || gtk_widget_get_width (widget) <= 0)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &foreground);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget),
                                                                 HEAD_PX + BAR_PX + 2));
  draw_bar (self, cr, &foreground);
  draw_mark (self, cr, &foreground);
  draw_now (self, cr, &foreground);
  cairo_destroy (cr);
  draw_hours (self, snapshot, &foreground);
}

static void
lf_busy_strip_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  LfBusyStrip *self = LF_BUSY_STRIP (object);

  switch (prop_id)
    {
    case PROP_SUMMARY:
      g_value_set_string (value, self->summary);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_busy_strip_finalize (GObject *object)
{
  LfBusyStrip *self = LF_BUSY_STRIP (object);

  g_clear_pointer (&self->plan, lf_busy_plan_free);
  g_clear_pointer (&self->summary, g_free);
  G_OBJECT_CLASS (lf_busy_strip_parent_class)->finalize (object);
}

static void
lf_busy_strip_class_init (LfBusyStripClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lf_busy_strip_get_property;
  object_class->finalize = lf_busy_strip_finalize;
  widget_class->measure = lf_busy_strip_measure;
  widget_class->snapshot = lf_busy_strip_snapshot;

  props[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                               G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "busystrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
lf_busy_strip_init (LfBusyStrip *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (on_dark_changed), self, 0);
}

/**
 * lf_busy_strip_new:
 *
 * Returns: (transfer floating): an empty strip
 */
GtkWidget *
lf_busy_strip_new (void)
{
  return g_object_new (LF_TYPE_BUSY_STRIP, NULL);
}

/**
 * lf_busy_strip_update:
 * @self: a strip
 * @calendar: what is known of the calendar
 * @day: what to show of it
 * @now_us: now; the marker stands there
 *
 * Lays the day out anew: when the calendar changed, and when a minute has passed.
 */
void
lf_busy_strip_update (LfBusyStrip      *self,
                      const LfCalendar *calendar,
                      const LfBusyDay  *day,
                      gint64            now_us)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char      *date = NULL;
  g_autofree char      *label = NULL;
  g_autofree char      *description = NULL;
  g_autofree char      *summary = NULL;

  g_return_if_fail (LF_IS_BUSY_STRIP (self));
  g_return_if_fail (calendar != NULL && day != NULL);

  g_clear_pointer (&self->plan, lf_busy_plan_free);
  self->plan = lf_busy_plan_new (calendar, day, zone);
  date = lf_status_words_format_day (day->at_us, now_us);
  /* Translators: a day: "Calendar today", "Calendar Friday" */
  label = g_strdup_printf (_("Calendar %s"), date);
  description = lf_busy_plan_describe (self->plan, calendar);
  summary = lf_busy_plan_summarise (self->plan, calendar);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (g_strcmp0 (self->summary, summary) == 0)
    return;
  g_free (self->summary);
  self->summary = g_steal_pointer (&summary);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUMMARY]);
}

/**
 * lf_busy_strip_set_mark:
 * @self: a strip
 * @start_us: where the mark begins
 * @end_us: where it ends; not after @start_us: nowhere
 *
 * Frames a part of the strip, where it is on the day shown.
 */
void
lf_busy_strip_set_mark (LfBusyStrip *self,
                        gint64       start_us,
                        gint64       end_us)
{
  g_return_if_fail (LF_IS_BUSY_STRIP (self));

  if (self->mark_start_us == start_us && self->mark_end_us == end_us)
    return;
  self->mark_start_us = start_us;
  self->mark_end_us = end_us;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * lf_busy_strip_get_summary:
 * @self: a strip
 *
 * Returns: (nullable) (transfer none): "free until 11:00", or %NULL before the first update
 */
const char *
lf_busy_strip_get_summary (LfBusyStrip *self)
{
  g_return_val_if_fail (LF_IS_BUSY_STRIP (self), NULL);

  return self->summary;
}

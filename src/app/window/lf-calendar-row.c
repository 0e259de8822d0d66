/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-calendar-row.h"

struct _LfCalendarRow
{
  AdwActionRow parent_instance;

  LfDesktopCalendars *calendars; /* owned */
  LfDesktopCalendar  *calendar;  /* owned */

  GtkDrawingArea *colour_area;
  GtkWidget      *trouble_icon;
  GtkSwitch      *tick_switch;
};

G_DEFINE_FINAL_TYPE (LfCalendarRow, lf_calendar_row, ADW_TYPE_ACTION_ROW)

/* What the user can do about it, where there is anything. */
static const char *
get_trouble_words (LfDesktopTrouble trouble)
{
  switch (trouble)
    {
    case LF_DESKTOP_TROUBLE_WAITING:
      return _("Waiting for its account to answer");
    case LF_DESKTOP_TROUBLE_OFFLINE:
      return _("Its account cannot be reached; what was read last still counts");
    case LF_DESKTOP_TROUBLE_CREDENTIALS:
      return _("Its account asks for a password: see Online Accounts in the settings of your desktop");
    case LF_DESKTOP_TROUBLE_CERTIFICATE:
      return _("Its server is not trusted: see Online Accounts in the settings of your desktop");
    case LF_DESKTOP_TROUBLE_REFUSED:
      return _("Its account may not read it");
    case LF_DESKTOP_TROUBLE_TOO_LARGE:
      return _("It holds too many events to be read");
    case LF_DESKTOP_TROUBLE_TOO_MANY:
      return _("The server takes no more calendars of you: switch another one off");
    case LF_DESKTOP_TROUBLE_SERVER:
      return _("The server did not take it");
    case LF_DESKTOP_TROUBLE_FAILED:
      return _("It cannot be read; what was read last still counts");
    case LF_DESKTOP_TROUBLE_NONE:
    default:
      return NULL;
    }
}

static void
update (LfCalendarRow *self)
{
  const char      *trouble = get_trouble_words (lf_desktop_calendar_get_trouble (self->calendar));
  const char      *account = lf_desktop_calendar_get_account (self->calendar);
  g_autofree char *words = g_strconcat (account != NULL ? account : "", account != NULL && trouble != NULL ? "\n" : "", trouble, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), lf_desktop_calendar_get_name (self->calendar));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words);
  gtk_widget_set_visible (self->trouble_icon, trouble != NULL);
  gtk_switch_set_active (self->tick_switch, lf_desktop_calendar_get_is_ticked (self->calendar));
  gtk_widget_queue_draw (GTK_WIDGET (self->colour_area));
}

static void
on_switched (LfCalendarRow *self)
{
  if (self->calendar != NULL)
    lf_desktop_calendars_set_ticked (self->calendars, self->calendar, gtk_switch_get_active (self->tick_switch));
}

/* The colour that calendar programs show it in; a ring where it has none. */
static void
draw_colour (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  LfCalendarRow *self = user_data;
  const char    *colour = lf_desktop_calendar_get_colour (self->calendar);
  GdkRGBA        rgba;
  gboolean       is_known = colour != NULL && gdk_rgba_parse (&rgba, colour);

  if (!is_known)
    gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &rgba);
  gdk_cairo_set_source_rgba (cr, &rgba);
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0 - 1, 0, 2 * G_PI);
  if (is_known)
    cairo_fill (cr);
  else
    cairo_stroke (cr);
}

static void
lf_calendar_row_dispose (GObject *object)
{
  LfCalendarRow *self = LF_CALENDAR_ROW (object);

  g_clear_object (&self->calendar);
  g_clear_object (&self->calendars);

  G_OBJECT_CLASS (lf_calendar_row_parent_class)->dispose (object);
}

static void
lf_calendar_row_class_init (LfCalendarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_calendar_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-calendar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LfCalendarRow, colour_area);
  gtk_widget_class_bind_template_child (widget_class, LfCalendarRow, trouble_icon);
  gtk_widget_class_bind_template_child (widget_class, LfCalendarRow, tick_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_switched);
}

static void
lf_calendar_row_init (LfCalendarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_calendar_row_new:
 * @calendars: where it is switched
 * @calendar: one of these
 *
 * Returns: (transfer floating): a row that follows @calendar
 */
GtkWidget *
lf_calendar_row_new (LfDesktopCalendars *calendars, LfDesktopCalendar *calendar)
{
  LfCalendarRow *self;

  g_return_val_if_fail (LF_IS_DESKTOP_CALENDARS (calendars) && LF_IS_DESKTOP_CALENDAR (calendar), NULL);

  self = g_object_new (LF_TYPE_CALENDAR_ROW, NULL);
  self->calendars = g_object_ref (calendars);
  self->calendar = g_object_ref (calendar);
  gtk_drawing_area_set_draw_func (self->colour_area, draw_colour, self, NULL);
  g_signal_connect_object (calendar, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

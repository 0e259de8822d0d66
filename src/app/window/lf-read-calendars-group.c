/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-read-calendars-group.h"
#include "lf-status-words.h"

struct _LfReadCalendarsGroup
{
  AdwPreferencesGroup parent_instance;

  LfClient  *client; /* owned, nullable until it is set */
  GPtrArray *rows;   /* of GtkWidget, borrowed from the group */
};

G_DEFINE_FINAL_TYPE (LfReadCalendarsGroup, lf_read_calendars_group, ADW_TYPE_PREFERENCES_GROUP)

/* How a calendar is, and what to do about it. */
static char *
describe (const LfWireReadCalendar *calendar, gint64 now_us)
{
  gboolean         was_read = calendar->read_at_us != LF_INSTANT_NONE;
  g_autofree char *time = was_read ? lf_status_words_format_time (calendar->read_at_us, now_us) : NULL;

  switch (calendar->code)
    {
    case LF_CALENDAR_CODE_REFUSED:
      return g_strdup (_("The password was refused. Tell your administrator, or give it anew."));
    case LF_CALENDAR_CODE_GONE:
      return g_strdup (_("There is no such calendar any more. Tell your administrator where it is now."));
    case LF_CALENDAR_CODE_UNREADABLE:
      /* Translators: a time. */
      return was_read ? g_strdup_printf (_("Cannot be reached since %s. It is tried again by itself; if it stays so, tell your administrator."), time)
                      : g_strdup (_("Cannot be reached. It is tried again by itself; if it stays so, tell your administrator."));
    case LF_CALENDAR_CODE_OK:
    default:
      /* Translators: a time: “Read 09:50”. */
      return was_read ? g_strdup_printf (_("Read %s"), time) : g_strdup (_("Not read yet"));
    }
}

static GtkWidget *
make_row (const LfWireReadCalendar *calendar, gint64 now_us)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *words = describe (calendar, now_us);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), calendar->source);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (calendar->code != LF_CALENDAR_CODE_OK)
    {
      GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", "dialog-warning-symbolic", "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);

      gtk_widget_add_css_class (icon, "warning");
      gtk_widget_set_tooltip_text (icon, _("It cannot be read"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, _("It cannot be read"), -1);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
    }
  return row;
}

static void
update (LfReadCalendarsGroup *self)
{
  const LfWireMe *me = lf_client_get_me (self->client);
  guint           n_calendars = me != NULL && me->calendars != NULL ? me->calendars->len : 0;
  gint64          now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < n_calendars; i++)
    {
      GtkWidget *row = make_row (me->calendars->pdata[i], now_us);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), n_calendars > 0);
}

static void
lf_read_calendars_group_dispose (GObject *object)
{
  LfReadCalendarsGroup *self = LF_READ_CALENDARS_GROUP (object);

  g_clear_object (&self->client);

  G_OBJECT_CLASS (lf_read_calendars_group_parent_class)->dispose (object);
}

static void
lf_read_calendars_group_finalize (GObject *object)
{
  g_ptr_array_unref (LF_READ_CALENDARS_GROUP (object)->rows);

  G_OBJECT_CLASS (lf_read_calendars_group_parent_class)->finalize (object);
}

static void
lf_read_calendars_group_class_init (LfReadCalendarsGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_read_calendars_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_read_calendars_group_finalize;
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass), "/org/lampfield/Lampfield/window/lf-read-calendars-group.ui");
}

static void
lf_read_calendars_group_init (LfReadCalendarsGroup *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_read_calendars_group_set_client:
 * @self: a new group
 * @client: whose user's calendars they are
 *
 * Shows what is known, asks when the calendars were read, and follows that from then on.
 */
void
lf_read_calendars_group_set_client (LfReadCalendarsGroup *self, LfClient *client)
{
  g_return_if_fail (LF_IS_READ_CALENDARS_GROUP (self) && self->client == NULL);
  g_return_if_fail (LF_IS_CLIENT (client));

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "me-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  lf_client_refresh_calendars (client);
}

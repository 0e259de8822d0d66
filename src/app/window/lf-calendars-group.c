/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-calendar-row.h"
#include "lf-calendars-group.h"

struct _LfCalendarsGroup
{
  AdwPreferencesGroup parent_instance;

  LfDesktopCalendars *calendars; /* owned, nullable until it is set */
  GPtrArray          *rows;      /* owned; of GtkWidget, owned by the group */
  AdwActionRow       *empty_row; /* template */
};

G_DEFINE_FINAL_TYPE (LfCalendarsGroup, lf_calendars_group, ADW_TYPE_PREFERENCES_GROUP)

/* Why there is nothing to switch, and what could be done. */
static const char *
get_empty_words (LfDesktopState state, const char **advice)
{
  *advice = "";
  switch (state)
    {
    case LF_DESKTOP_STATE_SIGNED_OUT:
      return _("Sign in to choose the calendars that count");
    case LF_DESKTOP_STATE_LOADING:
      return _("Looking for calendars…");
    case LF_DESKTOP_STATE_READY:
      *advice = _("Add your account under Online Accounts in the settings of your desktop");
      return _("No calendars yet");
    case LF_DESKTOP_STATE_ABSENT:
      *advice = _("Evolution Data Server is not installed; your administrator can have the server read your calendar");
      return _("This desktop keeps no calendars");
    case LF_DESKTOP_STATE_UNSUPPORTED:
    default:
      *advice = _("Your administrator can have the server read your calendar");
      return _("This version of Lampfield does not read them");
    }
}

static void
update_empty (LfCalendarsGroup *self)
{
  const char *advice;
  const char *words = get_empty_words (lf_desktop_calendars_get_state (self->calendars), &advice);

  gtk_widget_set_visible (GTK_WIDGET (self->empty_row), g_list_model_get_n_items (G_LIST_MODEL (self->calendars)) == 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->empty_row), words);
  adw_action_row_set_subtitle (self->empty_row, advice);
}

/* There are few: all rows are made anew. */
static void
update_rows (LfCalendarsGroup *self)
{
  GListModel *model = G_LIST_MODEL (self->calendars);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (LfDesktopCalendar) calendar = g_list_model_get_item (model, i);
      GtkWidget                    *row = lf_calendar_row_new (self->calendars, calendar);

      g_ptr_array_add (self->rows, row);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
    }
  update_empty (self);
}

static void
lf_calendars_group_dispose (GObject *object)
{
  LfCalendarsGroup *self = LF_CALENDARS_GROUP (object);

  if (self->calendars != NULL)
    g_signal_handlers_disconnect_by_data (self->calendars, self);
  g_clear_object (&self->calendars);

  G_OBJECT_CLASS (lf_calendars_group_parent_class)->dispose (object);
}

static void
lf_calendars_group_finalize (GObject *object)
{
  g_ptr_array_unref (LF_CALENDARS_GROUP (object)->rows);

  G_OBJECT_CLASS (lf_calendars_group_parent_class)->finalize (object);
}

static void
lf_calendars_group_class_init (LfCalendarsGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_calendars_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_calendars_group_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-calendars-group.ui");
  gtk_widget_class_bind_template_child (widget_class, LfCalendarsGroup, empty_row);
}

static void
lf_calendars_group_init (LfCalendarsGroup *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_calendars_group_set_calendars:
 * @self: a new group
 * @calendars: those of this computer
 *
 * Shows them, and changes which of them count from then on.
 */
void
lf_calendars_group_set_calendars (LfCalendarsGroup *self, LfDesktopCalendars *calendars)
{
  g_return_if_fail (LF_IS_CALENDARS_GROUP (self) && self->calendars == NULL);
  g_return_if_fail (LF_IS_DESKTOP_CALENDARS (calendars));

  self->calendars = g_object_ref (calendars);
  g_signal_connect_object (calendars, "items-changed", G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (calendars, "notify::state", G_CALLBACK (update_empty), self, G_CONNECT_SWAPPED);
  update_rows (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-privacy-group.h"

struct _LfPrivacyGroup
{
  AdwPreferencesGroup parent_instance;

  LfClient    *client;       /* owned, nullable until it is set */
  AdwComboRow *calendar_row; /* template */
};

/* In the order of the row. */
static const LfCalendarView views[] = { LF_CALENDAR_VIEW_PERIODS, LF_CALENDAR_VIEW_STATE, LF_CALENDAR_VIEW_NONE };

G_DEFINE_FINAL_TYPE (LfPrivacyGroup, lf_privacy_group, ADW_TYPE_PREFERENCES_GROUP)

static void
update (LfPrivacyGroup *self)
{
  LfCalendarView view = lf_client_get_calendar_view (self->client);

  gtk_widget_set_sensitive (GTK_WIDGET (self->calendar_row), view != LF_CALENDAR_VIEW_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    if (views[i] == view)
      adw_combo_row_set_selected (self->calendar_row, i);
}

static void
on_calendar_selected (LfPrivacyGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->calendar_row);

  if (self->client == NULL || selected >= G_N_ELEMENTS (views) ||
      lf_client_get_calendar_view (self->client) == LF_CALENDAR_VIEW_DEFAULT)
    return;
  lf_client_set_calendar_view (self->client, views[selected]);
}

static void
lf_privacy_group_dispose (GObject *object)
{
  LfPrivacyGroup *self = LF_PRIVACY_GROUP (object);

  g_clear_object (&self->client);

  G_OBJECT_CLASS (lf_privacy_group_parent_class)->dispose (object);
}

static void
lf_privacy_group_class_init (LfPrivacyGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_privacy_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-privacy-group.ui");
  gtk_widget_class_bind_template_child (widget_class, LfPrivacyGroup, calendar_row);
  gtk_widget_class_bind_template_callback (widget_class, on_calendar_selected);
}

static void
lf_privacy_group_init (LfPrivacyGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_privacy_group_set_client:
 * @self: a new group
 * @client: whose user's calendar it is about
 *
 * Shows what is known, and changes it from then on.
 */
void
lf_privacy_group_set_client (LfPrivacyGroup *self, LfClient *client)
{
  g_return_if_fail (LF_IS_PRIVACY_GROUP (self) && self->client == NULL);
  g_return_if_fail (LF_IS_CLIENT (client));

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "me-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

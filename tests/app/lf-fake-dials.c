/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-fake-client.h"

/* The speed dials of both fake clients, and what others see of the calendar: changed at once, and never refused. And how
 * often it was asked when calendars were read. */

#define DIALS_KEY "lf-fake-dials"
#define VIEW_KEY  "lf-fake-view"
#define ASKED_KEY "lf-fake-asked"

GListModel *
lf_client_get_speed_dials (LfClient *self)
{
  GListStore *dials = g_object_get_data (G_OBJECT (self), DIALS_KEY);

  if (dials == NULL)
    {
      dials = g_list_store_new (LF_TYPE_CONTACT);
      g_object_set_data_full (G_OBJECT (self), DIALS_KEY, dials, g_object_unref);
    }
  return G_LIST_MODEL (dials);
}

void
lf_client_set_speed_dials (LfClient *self, const char *const *users)
{
  GListStore           *dials = G_LIST_STORE (lf_client_get_speed_dials (self));
  guint                 n_before = g_list_model_get_n_items (G_LIST_MODEL (dials));
  g_autoptr (GPtrArray) contacts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_before; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (G_LIST_MODEL (dials), i);

      lf_contact_set_speed_dial (contact, 0);
    }
  for (; *users != NULL; users++)
    {
      LfContact *contact = lf_roster_lookup (lf_client_get_roster (self), *users);

      if (contact == NULL)
        continue;
      g_ptr_array_add (contacts, g_object_ref (contact));
      lf_contact_set_speed_dial (contact, (int) contacts->len);
    }
  g_list_store_splice (dials, 0, n_before, contacts->pdata, contacts->len);
}

LfCalendarView
lf_client_get_calendar_view (LfClient *self)
{
  return (LfCalendarView) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (self), VIEW_KEY));
}

void
lf_client_set_calendar_view (LfClient *self, LfCalendarView view)
{
  g_object_set_data (G_OBJECT (self), VIEW_KEY, GINT_TO_POINTER (view));
  g_signal_emit_by_name (self, "me-changed");
}

void
lf_client_refresh_calendars (LfClient *self)
{
  g_object_set_data (G_OBJECT (self), ASKED_KEY, GUINT_TO_POINTER (lf_fake_client_count_refreshes (self) + 1));
}

guint
lf_fake_client_count_refreshes (LfClient *self)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (self), ASKED_KEY));
}

/* No fake client has one. */
LfSession *
lf_client_get_session (LfClient *self)
{
  return NULL;
}

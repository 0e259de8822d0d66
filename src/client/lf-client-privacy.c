/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"

/* Who is blocked and what others see of the calendar, as the server has it. */

static void send_view (LfClient *self);

static void
take_view (LfClient      *self,
           LfCalendarView view)
{
  gboolean is_other = self->view != view;

  self->view = self->confirmed_view = view;
  if (is_other)
    lf_client_emit_me_changed (self);
}

static void
on_privacy_fetched (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (LfClient)      self = user_data;
  g_autoptr (GError)        error = NULL;
  guint                     retry_after_s = 0;
  g_autoptr (LfWirePrivacy) privacy = lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);

  if (privacy == NULL)
    {
      if (LF_SESSION (source) != self->session)
        return;
      g_debug ("who sees what was not fetched: %s", error->message);
      self->must_fetch_privacy = TRUE;
      lf_client_repeat_errand (self, error, retry_after_s);
      return;
    }
  g_hash_table_remove_all (self->blocked);
  for (gsize i = 0; privacy->blocked != NULL && privacy->blocked[i] != NULL; i++)
    g_hash_table_add (self->blocked, g_strdup (privacy->blocked[i]));
  g_hash_table_remove_all (self->exceptions);
  for (guint i = 0; i < privacy->exceptions->len; i++)
    {
      const LfWireException *exception = privacy->exceptions->pdata[i];

      g_hash_table_replace (self->exceptions, g_strdup (exception->user), GINT_TO_POINTER (exception->calendar));
    }
  if (!self->view_put.is_in_flight)
    take_view (self, privacy->calendar);
}

/**
 * lf_client_fetch_privacy:
 * @self: the client, signed in
 *
 * Asks who sees what.
 */
void
lf_client_fetch_privacy (LfClient *self)
{
  self->must_fetch_privacy = FALSE;
  lf_session_call_async (self->session, "GET", "/me/privacy", NULL, NULL, NULL, &lf_schema_privacy, self->lifetime,
                         on_privacy_fetched, g_object_ref (self));
}

/**
 * lf_client_privacy_reset:
 * @self: the client
 *
 * Signed out: nothing is known of whom and what.
 */
void
lf_client_privacy_reset (LfClient *self)
{
  self->must_fetch_privacy = FALSE;
  self->view = self->confirmed_view = LF_CALENDAR_VIEW_DEFAULT;
  self->view_put = (LfOwnPut){ FALSE, FALSE };
  g_hash_table_remove_all (self->blocked);
  g_hash_table_remove_all (self->exceptions);
}

static void
on_view_answered (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (LfClient)      self = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfWirePrivacy) privacy = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  if (LF_SESSION (source) != self->session)
    return;
  self->view_put.is_in_flight = FALSE;
  if (self->view_put.is_dirty)
    {
      send_view (self);
      return;
    }
  take_view (self, privacy != NULL ? privacy->calendar : self->confirmed_view);
  if (error != NULL)
    lf_client_emit_notice (self, error);
}

static void
send_view (LfClient *self)
{
  const LfWirePrivacy body = { .calendar = self->view };

  self->view_put = (LfOwnPut){ .is_in_flight = TRUE };
  lf_session_call_async (self->session, "PUT", "/me/privacy", NULL, &lf_schema_privacy_request, &body,
                         &lf_schema_privacy, self->lifetime, on_view_answered, g_object_ref (self));
}

/**
 * lf_client_get_calendar_view:
 * @self: an #LfClient
 *
 * Returns: what others see of the user's calendar, but for single exceptions; %LF_CALENDAR_VIEW_DEFAULT
 *   when that is not known
 */
LfCalendarView
lf_client_get_calendar_view (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), LF_CALENDAR_VIEW_DEFAULT);

  return self->view;
}

/**
 * lf_client_set_calendar_view:
 * @self: an #LfClient
 * @view: what others are to see of the user's calendar
 *
 * Changes it for everybody without an exception.
 */
void
lf_client_set_calendar_view (LfClient      *self,
                             LfCalendarView view)
{
  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (view != LF_CALENDAR_VIEW_DEFAULT);

  if (self->session == NULL || self->view == view)
    return;
  self->view = view;
  lf_client_emit_me_changed (self);
  if (self->view_put.is_in_flight)
    self->view_put.is_dirty = TRUE;
  else if (self->session != NULL) /* no handler signed out */
    send_view (self);
}

/**
 * lf_client_get_is_blocked:
 * @self: an #LfClient
 * @contact: anybody
 *
 * Returns: %TRUE if the user blocked that person
 */
gboolean
lf_client_get_is_blocked (LfClient  *self,
                          LfContact *contact)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (LF_IS_CONTACT (contact), FALSE);

  return g_hash_table_contains (self->blocked, lf_contact_get_user (contact));
}

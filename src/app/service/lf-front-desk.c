/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-actions.h"
#include "lf-calling.h"
#include "lf-front-desk.h"
#include "lf-link-opener.h"
#include "lf-search-provider.h"
#include "lf-service.h"

struct _LfFrontDesk
{
  GObject parent_instance;

  LfApplication *application; /* borrowed: it owns this */
  LfService     *service;     /* owned */

  LfSearchProvider *search_provider; /* owned */
  LfLinkOpener     *link_opener;     /* owned */
};

G_DEFINE_FINAL_TYPE (LfFrontDesk, lf_front_desk, G_TYPE_OBJECT)

/* The window, in front, where a person of the directory can be named as well as a contact. */
static LfWindow *
present_window (LfFrontDesk *self, LfContact *contact)
{
  LfWindow *window;

  lf_application_present (self->application);
  window = LF_WINDOW (lf_application_get_window (self->application));
  if (contact != NULL && lf_window_lookup_contact (window, lf_contact_get_user (contact)) == NULL)
    lf_window_remember_contact (window, contact);

  return window;
}

static void
on_chat (LfFrontDesk *self, LfContact *contact)
{
  lf_window_open_contact (present_window (self, contact), contact, LF_WINDOW_FOCUS_COMPOSER);
}

static void
on_call (LfFrontDesk *self, LfContact *contact, const char *address)
{
  LfWindow *window = present_window (self, contact);

  if (contact != NULL)
    lf_calling_call_contact (window, contact);
  else
    lf_calling_call_address (window, address);
}

static void
on_result_call (LfFrontDesk *self, LfContact *contact)
{
  on_call (self, contact, NULL);
}

static void
on_search (LfFrontDesk *self, const char *words)
{
  LfWindow *window = present_window (self, NULL);

  gtk_widget_activate_action (GTK_WIDGET (window), LF_ACTION_FIND_FOR, "s", words);
}

static void
lf_front_desk_dispose (GObject *object)
{
  LfFrontDesk *self = LF_FRONT_DESK (object);

  if (self->service != NULL)
    g_object_run_dispose (G_OBJECT (self->service)); /* a question may wait for the server */
  g_clear_object (&self->service);
  if (self->search_provider != NULL)
    g_object_run_dispose (G_OBJECT (self->search_provider));
  g_clear_object (&self->search_provider);
  if (self->link_opener != NULL)
    g_object_run_dispose (G_OBJECT (self->link_opener));
  g_clear_object (&self->link_opener);
  G_OBJECT_CLASS (lf_front_desk_parent_class)->dispose (object);
}

static void
lf_front_desk_class_init (LfFrontDeskClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_front_desk_dispose;
}

static void
lf_front_desk_init (LfFrontDesk *self)
{
  self->service = lf_service_new ();
  self->search_provider = lf_search_provider_new ();
  g_signal_connect_object (self->search_provider, "chat", G_CALLBACK (on_chat), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_provider, "call", G_CALLBACK (on_result_call), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_provider, "search", G_CALLBACK (on_search), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->service, "chat", G_CALLBACK (on_chat), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->service, "call", G_CALLBACK (on_call), self, G_CONNECT_SWAPPED);
}

/**
 * lf_front_desk_new:
 * @application: the program; it outlives the result
 *
 * Returns: (transfer full): a front desk that is on no bus
 */
LfFrontDesk *
lf_front_desk_new (LfApplication *application)
{
  LfFrontDesk *self = g_object_new (LF_TYPE_FRONT_DESK, NULL);

  self->application = application;
  self->link_opener = lf_link_opener_new (application);

  return self;
}

/**
 * lf_front_desk_export:
 * @self: a front desk
 * @bus: the session bus
 * @path: of the application's object
 * @error: return location
 *
 * Puts on the bus what other programs may ask.
 *
 * Returns: %TRUE if it is there
 */
gboolean
lf_front_desk_export (LfFrontDesk *self, GDBusConnection *bus, const char *path, GError **error)
{
  g_autofree char *search_path = NULL;

  g_return_val_if_fail (LF_IS_FRONT_DESK (self), FALSE);

  search_path = g_strconcat (path, "/SearchProvider", NULL);

  return lf_service_export (self->service, bus, path, error) &&
         lf_search_provider_export (self->search_provider, bus, search_path, error);
}

/**
 * lf_front_desk_withdraw:
 * @self: a front desk
 *
 * Takes it from the bus.
 */
void
lf_front_desk_withdraw (LfFrontDesk *self)
{
  g_return_if_fail (LF_IS_FRONT_DESK (self));

  lf_service_withdraw (self->service);
  lf_search_provider_withdraw (self->search_provider);
}

/**
 * lf_front_desk_begin:
 * @self: a front desk
 *
 * The application has a client: questions are answered.
 */
void
lf_front_desk_begin (LfFrontDesk *self)
{
  g_return_if_fail (LF_IS_FRONT_DESK (self));

  lf_service_set_client (self->service, lf_application_get_client (self->application));
  lf_search_provider_set_client (self->search_provider, lf_application_get_client (self->application));
  lf_link_opener_set_client (self->link_opener, lf_application_get_client (self->application));
}

/**
 * lf_front_desk_end:
 * @self: a front desk
 *
 * The application ends: what waits for an answer gets one.
 */
void
lf_front_desk_end (LfFrontDesk *self)
{
  g_return_if_fail (LF_IS_FRONT_DESK (self));

  lf_service_set_client (self->service, NULL);
  lf_search_provider_set_client (self->search_provider, NULL);
  lf_link_opener_set_client (self->link_opener, NULL);
}

/**
 * lf_front_desk_open_link:
 * @self: a front desk that has begun
 * @uri: what was clicked in another program
 *
 * Shows where the link leads.
 */
void
lf_front_desk_open_link (LfFrontDesk *self, const char *uri)
{
  g_return_if_fail (LF_IS_FRONT_DESK (self));

  lf_link_opener_open (self->link_opener, uri);
}

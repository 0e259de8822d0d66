/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-calling.h"
#include "lf-error-words.h"
#include "lf-link-opener.h"
#include "lf-link.h"
#include "lf-people.h"
#include "lf-plain-line.h"

#define RESPONSE_CALL   "call"
#define RESPONSE_CANCEL "cancel"

struct _LfLinkOpener
{
  GObject parent_instance;

  LfApplication *application; /* borrowed: it owns what owns this */
  LfClient      *client;      /* owned, nullable before the start and after the end */
  GCancellable  *cancellable; /* owned; pulled at the end */
  LfLink        *waiting;     /* owned, nullable: the newest link, until somebody is signed in */
  LfLink        *followed;    /* owned, nullable: whose person is being looked for */
  GtkWidget     *question;    /* borrowed, nullable: whether to call */
};

G_DEFINE_FINAL_TYPE (LfLinkOpener, lf_link_opener, G_TYPE_OBJECT)

static LfWindow *
present_window (LfLinkOpener *self)
{
  lf_application_present (self->application);

  return LF_WINDOW (lf_application_get_window (self->application));
}

/* ---- calls: never without the user's own click ---- */

static void
on_answered (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  LfWindow   *window = LF_WINDOW (gtk_window_get_transient_for (GTK_WINDOW (dialog)));
  LfContact  *contact = g_object_get_data (G_OBJECT (dialog), "contact");
  const char *address = g_object_get_data (G_OBJECT (dialog), "address");

  if (window == NULL || !g_str_equal (response, RESPONSE_CALL))
    return;
  /* What was shown is called, whatever number the person has meanwhile. */
  if (contact != NULL && g_strcmp0 (lf_contact_get_addresses (contact)[0], address) == 0)
    lf_calling_call_contact (window, contact);
  else
    lf_calling_call_address (window, address);
}

/* One question at a time: a page with many links does not bury the screen. */
static void
ask_to_call (LfLinkOpener *self, LfContact *contact, const char *address)
{
  LfWindow         *window = present_window (self);
  const char       *colon = strchr (address, ':');
  const char       *number = colon != NULL ? colon + 1 : address;
  g_autofree char  *name = contact != NULL ? lf_plain_line_new (lf_contact_get_name (contact)) : g_strdup (number);
  AdwMessageDialog *dialog;

  if (self->question != NULL)
    return;

  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (window), NULL, NULL));
  adw_message_dialog_format_heading (dialog, _("Call %s?"), name);
  adw_message_dialog_format_body (dialog, _("A link in another program asks for a call to %s."), number);
  adw_message_dialog_add_responses (dialog, RESPONSE_CANCEL, _("Cancel"), RESPONSE_CALL, _("_Call"), NULL);
  adw_message_dialog_set_default_response (dialog, RESPONSE_CANCEL);
  adw_message_dialog_set_close_response (dialog, RESPONSE_CANCEL);
  if (contact != NULL)
    g_object_set_data_full (G_OBJECT (dialog), "contact", g_object_ref (contact), g_object_unref);
  g_object_set_data_full (G_OBJECT (dialog), "address", g_strdup (address), g_free);
  g_signal_connect (dialog, "response", G_CALLBACK (on_answered), NULL);
  g_set_weak_pointer (&self->question, GTK_WIDGET (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- people ---- */

static void
show_person (LfLinkOpener *self, LfLinkKind kind, LfContact *contact)
{
  const char *const *addresses = lf_contact_get_addresses (contact);
  LfWindow          *window = present_window (self);

  if (lf_window_lookup_contact (window, lf_contact_get_user (contact)) == NULL)
    lf_window_remember_contact (window, contact);
  if (kind == LF_LINK_CALL_PERSON && addresses != NULL && addresses[0] != NULL)
    ask_to_call (self, contact, addresses[0]);
  else if (kind == LF_LINK_CALL_PERSON)
    lf_calling_call_contact (window, contact); /* says that no number is known */
  else
    lf_window_open_contact (window, contact, kind == LF_LINK_CHAT ? LF_WINDOW_FOCUS_COMPOSER : LF_WINDOW_FOCUS_PAGE);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfLinkOpener) self = user_data;
  g_autoptr (GError)       error = NULL;
  g_autoptr (GPtrArray)    people = lf_people_find_finish (result, &error);
  g_autoptr (LfLink)       link = g_steal_pointer (&self->followed);

  if (self->client == NULL || link == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (people == NULL)
    {
      g_autofree char *words = lf_error_words_for_notice (error);

      lf_window_toast (present_window (self), words);
    }
  else if (people->len != 1 || people->pdata[0] == lf_client_get_own (self->client))
    lf_window_toast (present_window (self), _("This link leads to nobody whom you can see."));
  else
    show_person (self, link->kind, people->pdata[0]);
}

static void
follow (LfLinkOpener *self, LfLink *link)
{
  if (link->kind == LF_LINK_CALL_NUMBER)
    {
      ask_to_call (self, NULL, link->target);
      lf_link_free (link);
      return;
    }
  if (self->followed != NULL) /* one after the other; who clicks again means the same */
    {
      lf_link_free (link);
      return;
    }
  self->followed = link;
  lf_people_find_async (self->client, link->target, LF_PEOPLE_MATCH_IDENTITY, self->cancellable, on_found, g_object_ref (self));
}

static void
follow_waiting (LfLinkOpener *self)
{
  if (self->waiting != NULL && lf_people_are_known (self->client))
    follow (self, g_steal_pointer (&self->waiting));
}

static void
lf_link_opener_dispose (GObject *object)
{
  LfLinkOpener *self = LF_LINK_OPENER (object);

  lf_link_opener_set_client (self, NULL);
  g_clear_weak_pointer (&self->question);
  G_OBJECT_CLASS (lf_link_opener_parent_class)->dispose (object);
}

static void
lf_link_opener_finalize (GObject *object)
{
  LfLinkOpener *self = LF_LINK_OPENER (object);

  g_clear_pointer (&self->waiting, lf_link_free);
  g_clear_pointer (&self->followed, lf_link_free);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (lf_link_opener_parent_class)->finalize (object);
}

static void
lf_link_opener_class_init (LfLinkOpenerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_link_opener_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_link_opener_finalize;
}

static void
lf_link_opener_init (LfLinkOpener *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_link_opener_new:
 * @application: the program; it outlives the result
 *
 * Returns: (transfer full): what follows links once there is a client
 */
LfLinkOpener *
lf_link_opener_new (LfApplication *application)
{
  LfLinkOpener *self = g_object_new (LF_TYPE_LINK_OPENER, NULL);

  self->application = application;

  return self;
}

/**
 * lf_link_opener_set_client:
 * @self: a link opener
 * @client: (nullable): whose people links lead to; %NULL at the end
 *
 * Begins and ends to follow links.
 */
void
lf_link_opener_set_client (LfLinkOpener *self, LfClient *client)
{
  g_return_if_fail (LF_IS_LINK_OPENER (self));

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, client);
  if (client != NULL)
    {
      g_signal_connect_object (client, "me-changed", G_CALLBACK (follow_waiting), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "notify::state", G_CALLBACK (follow_waiting), self, G_CONNECT_SWAPPED);
    }
  else
    {
      g_cancellable_cancel (self->cancellable);
    }
}

/**
 * lf_link_opener_open:
 * @self: a link opener with a client
 * @uri: what was clicked, by whomever it was written
 *
 * Brings the window to the front and follows the link: at once, or when somebody is signed in.
 */
void
lf_link_opener_open (LfLinkOpener *self, const char *uri)
{
  g_autoptr (GError) error = NULL;
  LfWindow          *window;
  LfLink            *link;

  g_return_if_fail (LF_IS_LINK_OPENER (self) && uri != NULL && self->client != NULL);

  window = present_window (self);
  link = lf_link_parse (uri, &error);
  if (link == NULL)
    {
      g_debug ("link: %s", error->message);
      lf_window_toast (window, _("Lampfield does not know what this link means, and did nothing."));
      return;
    }
  if (lf_people_are_known (self->client))
    {
      follow (self, link);
      return;
    }
  g_clear_pointer (&self->waiting, lf_link_free);
  self->waiting = link;
  lf_window_toast (window, _("The link is opened as soon as you are signed in."));
}

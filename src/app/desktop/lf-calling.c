/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-call-uri.h"
#include "lf-call-words.h"
#include "lf-calling.h"

#define RESPONSE_COPY      "copy"
#define RESPONSE_CLOSE     "close"
#define RESPONSE_DESK      "desk"
#define RESPONSE_SOFTPHONE "softphone"

static void
on_launched (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_response (AdwMessageDialog *dialog,
             const char       *response,
             char             *number)
{
  if (strcmp (response, RESPONSE_COPY) == 0)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), number);
}

typedef struct
{
  GtkWindow *window;  /* owned */
  char      *address; /* owned */
  char      *user;    /* owned, nullable: whose address it is */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->window);
  g_free (call->address);
  g_free (call->user);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
on_call_launched (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (Call)   call = user_data;
  g_autoptr (GError) error = NULL;

  if (lf_calling_launch_finish (result, &error))
    return;
  g_debug ("call: %s", error->message);
  gtk_window_present (GTK_WINDOW (lf_calling_explain (call->window, call->address, error)));
}

static Call *
call_new (LfWindow *window, const char *address, const char *user)
{
  Call *call = g_new0 (Call, 1);

  call->window = g_object_ref (GTK_WINDOW (window));
  call->address = g_strdup (address);
  call->user = g_strdup (user);
  return call;
}

static void
on_desk_phone_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call)   call = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char   *words = NULL;

  if (lf_telephone_call_finish (LF_TELEPHONE (source), result, &error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_debug ("call: %s", error->message);
  words = lf_call_words_format_refusal (error, call->address);
  lf_window_toast (LF_WINDOW (call->window), words);
}

static void
call_by_desk_phone (Call *call)
{
  LfTelephone *telephone = lf_client_get_telephone (lf_window_get_client (LF_WINDOW (call->window)));

  lf_telephone_call_async (telephone, call->address, call->user, NULL, on_desk_phone_asked, call);
}

static void
call_by_softphone (Call *call)
{
  lf_calling_launch_async (call->window, call->address, NULL, on_call_launched, call);
}

static void
on_way_chosen (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Call *call = g_object_steal_data (G_OBJECT (dialog), "call");

  if (strcmp (response, RESPONSE_DESK) == 0)
    call_by_desk_phone (call);
  else if (strcmp (response, RESPONSE_SOFTPHONE) == 0)
    call_by_softphone (call);
  else
    call_free (call);
}

static void
ask_for_way (Call *call)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (call->window, _("Call with"), NULL));

  adw_message_dialog_format_body (dialog, _("Which phone shall call %s?"), strchr (call->address, ':') != NULL ? strchr (call->address, ':') + 1 : call->address);
  adw_message_dialog_add_responses (dialog, RESPONSE_CLOSE, _("Cancel"), RESPONSE_SOFTPHONE, _("This _computer"), RESPONSE_DESK, _("My desk _phone"), NULL);
  adw_message_dialog_set_default_response (dialog, RESPONSE_DESK);
  adw_message_dialog_set_close_response (dialog, RESPONSE_CLOSE);
  g_object_set_data_full (G_OBJECT (dialog), "call", call, (GDestroyNotify) call_free);
  g_signal_connect (dialog, "response", G_CALLBACK (on_way_chosen), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The desk phone can only be made to call when there is one, and its connector. */
static void
start (Call *call)
{
  LfWindow        *window = LF_WINDOW (call->window);
  g_autofree char *way = g_settings_get_string (lf_window_get_settings (window), "call-with");

  if (strcmp (way, "softphone") == 0 || !lf_telephone_can_call (lf_client_get_telephone (lf_window_get_client (window))))
    call_by_softphone (call);
  else if (strcmp (way, "ask") == 0)
    ask_for_way (call);
  else
    call_by_desk_phone (call);
}

/**
 * lf_calling_call_contact:
 * @window: the window in which what goes wrong is said
 * @contact: whom to call
 *
 * Calls the first address of @contact.
 */
void
lf_calling_call_contact (LfWindow  *window,
                         LfContact *contact)
{
  const char *const *addresses;

  g_return_if_fail (LF_IS_CONTACT (contact));

  addresses = lf_contact_get_addresses (contact);
  if (addresses == NULL || addresses[0] == NULL)
    {
      /* Translators: the argument is a person's name */
      g_autofree char *words = g_strdup_printf (_("No number is known for %s"),
                                                   lf_contact_get_name (contact));

      lf_window_toast (window, words);
      return;
    }
  start (call_new (window, addresses[0], lf_contact_get_user (contact)));
}

/**
 * lf_calling_call_address:
 * @window: the window in which what goes wrong is said
 * @uri: an address: "tel:…", "sip:…", or a number of a call
 *
 * Calls @uri.
 */
void
lf_calling_call_address (LfWindow   *window,
                         const char *uri)
{
  g_return_if_fail (LF_IS_WINDOW (window));
  g_return_if_fail (uri != NULL);

  start (call_new (window, uri, NULL));
}

/**
 * lf_calling_pick_up:
 * @window: the window in which what goes wrong is said
 * @contact: whose telephone rings
 *
 * Takes a call that rings at somebody in one's pickup group.
 */
void
lf_calling_pick_up (LfWindow  *window,
                    LfContact *contact)
{
  LfTelephone *telephone = lf_client_get_telephone (lf_window_get_client (window));

  g_return_if_fail (LF_IS_WINDOW (window) && LF_IS_CONTACT (contact));

  lf_telephone_pick_up_async (telephone, lf_contact_get_user (contact), NULL, on_desk_phone_asked,
                              call_new (window, lf_contact_get_name (contact), NULL));
}

static void
on_other_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_app_info_launch_uris_finish (G_APP_INFO (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
is_this_program (GAppInfo *program)
{
  return program != NULL && g_strcmp0 (g_app_info_get_id (program), LF_APP_ID ".desktop") == 0;
}

/* The program that opens telephone links may be this one: then it is the next that calls, or the link would come back
 * for ever. */
static void
launch (const char *uri, GAppLaunchContext *context, GTask *task)
{
  g_autofree char     *scheme = g_uri_parse_scheme (uri);
  g_autofree char     *type = g_strconcat ("x-scheme-handler/", scheme, NULL);
  g_autoptr (GAppInfo) program = g_app_info_get_default_for_uri_scheme (scheme);
  g_autoptr (GList)    uris = g_list_append (NULL, (gpointer) uri);
  GList               *all;

  if (!is_this_program (program))
    {
      g_app_info_launch_default_for_uri_async (uri, context, g_task_get_cancellable (task), on_launched, task);
      return;
    }

  g_clear_object (&program);
  all = g_app_info_get_all_for_type (type);
  for (GList *l = all; l != NULL && program == NULL; l = l->next)
    if (!is_this_program (l->data))
      program = g_object_ref (l->data);
  g_list_free_full (all, g_object_unref);
  if (program != NULL)
    {
      g_app_info_launch_uris_async (program, uris, context, g_task_get_cancellable (task), on_other_launched, task);
      return;
    }
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "No other program opens “%s” links", scheme);
  g_object_unref (task);
}

/**
 * lf_calling_launch_async:
 * @window: (nullable): from where the call is started
 * @address: an address: "tel:…", "sip:…", "sips:…"
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the program was started, or could not be
 * @user_data: for @callback
 *
 * Hands @address to the desktop's program for calls.
 */
void
lf_calling_launch_async (GtkWindow          *window,
                         const char         *address,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask)               task = g_task_new (window, cancellable, callback, user_data);
  g_autoptr (GdkAppLaunchContext) context = NULL;
  g_autofree char                *uri = NULL;
  GError                         *error = NULL;

  g_return_if_fail (address != NULL);

  g_task_set_source_tag (task, lf_calling_launch_async);
  uri = lf_call_uri_new (address, &error);
  if (uri == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (window != NULL)
    context = gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (window)));
  launch (uri, G_APP_LAUNCH_CONTEXT (context), g_steal_pointer (&task));
}

/**
 * lf_calling_launch_finish:
 * @result: what the callback was given
 * @error: return location
 *
 * Ends lf_calling_launch_async(). Sets %LF_ERROR_BAD_REQUEST for what is no address,
 * %G_IO_ERROR_NOT_SUPPORTED when there is no program for calls.
 *
 * Returns: %TRUE if the program was started
 */
gboolean
lf_calling_launch_finish (GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_calling_explain:
 * @window: parent of the dialog
 * @address: what was to be called
 * @error: why it was not
 *
 * Makes a dialog that says why there is no call, what to do about it, and offers the number to be
 * copied: it can still be dialled by hand.
 *
 * Returns: (transfer none): the dialog, not shown yet
 */
GtkWidget *
lf_calling_explain (GtkWindow    *window,
                    const char   *address,
                    const GError *error)
{
  const char       *colon = strchr (address, ':');
  const char       *number = colon == NULL ? address : colon + 1;
  AdwMessageDialog *dialog;

  if (g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST))
    {
      dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, _("This address cannot be called"), NULL));
      adw_message_dialog_format_body (dialog, _("“%s” is neither a telephone number nor a SIP address. "
                                                "Ask the administrator of your server to correct it."),
                                                 address);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, _("No program for calls"), NULL));
      adw_message_dialog_format_body (dialog, _("Lampfield hands calls to the program that opens telephone links, and there is none. "
                                                "Install a softphone such as GNOME Calls or Linphone, or dial %s on your phone."),
                                                 number);
    }
  else
    {
      dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, _("The call could not be started"), NULL));
      adw_message_dialog_format_body (dialog, _("The program for calls did not start: %s. You can dial %s on your phone."),
                                                 error->message, number);
    }
  adw_message_dialog_add_responses (dialog, RESPONSE_COPY, _("_Copy number"), RESPONSE_CLOSE, _("C_lose"), NULL);
  adw_message_dialog_set_default_response (dialog, RESPONSE_CLOSE);
  adw_message_dialog_set_close_response (dialog, RESPONSE_CLOSE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), g_strdup (number),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  return GTK_WIDGET (dialog);
}

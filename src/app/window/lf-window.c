/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-error-words.h"
#include "lf-sign-in-page.h"
#include "lf-spinner.h"
#include "lf-window-private.h"

G_DEFINE_FINAL_TYPE (LfWindow, lf_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- what is in view ---- */

static gboolean
content_is_in_view (LfWindow *self)
{
  return !lf_window_shows_lamps (self) &&
         g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "main") == 0 &&
         (!adw_leaflet_get_folded (self->leaflet) ||
          g_strcmp0 (adw_leaflet_get_visible_child_name (self->leaflet), "content") == 0);
}

/* Pages that a start may do without are made when they are first shown: the sign-in page for whoever has a session, the
 * contact page for all. */
static LfSignInPage *
ensure_sign_in_page (LfWindow *self)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->pages, "sign-in");

  if (page == NULL)
    {
      page = g_object_new (LF_TYPE_SIGN_IN_PAGE, NULL);
      lf_sign_in_page_set_client (LF_SIGN_IN_PAGE (page), self->client, self->settings);
      gtk_stack_add_named (self->pages, page, "sign-in");
    }

  return LF_SIGN_IN_PAGE (page);
}

static void
show_contact (LfWindow *self, LfContact *contact)
{
  if (self->contact_page == NULL && contact != NULL)
    {
      self->contact_page = g_object_new (LF_TYPE_CONTACT_PAGE, NULL);
      g_object_bind_property (self->leaflet, "folded", self->contact_page, "is-folded", G_BINDING_SYNC_CREATE);
      lf_contact_page_set_client (self->contact_page, self->client);
      gtk_stack_add_named (self->content, GTK_WIDGET (self->contact_page), "contact");
    }
  if (self->contact_page != NULL)
    lf_contact_page_set_contact (self->contact_page, contact);
  gtk_stack_set_visible_child_name (self->content, contact != NULL ? "contact" : "nobody");
  lf_contact_list_select (self->contact_list, contact);
  lf_chat_list_set_open (self->chat_list, contact != NULL ? lf_contact_get_user (contact) : NULL);
}

static LfContact *
get_shown_contact (LfWindow *self)
{
  return self->contact_page != NULL ? lf_contact_page_get_contact (self->contact_page) : NULL;
}

static void
on_search_clicked (LfWindow *self)
{
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->search_button)))
    lf_contact_list_start_search (self->contact_list);
}

/* Up and Down lead to the list from wherever in the sidebar they are of no use; before GtkWindow
 * takes them to move the focus. */
static gboolean
on_key_pressed (LfWindow *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *focused = gtk_window_get_focus (GTK_WINDOW (self));

  if ((key != GDK_KEY_Up && key != GDK_KEY_Down) || (state & gtk_accelerator_get_default_mod_mask ()) != 0 ||
      !gtk_widget_get_mapped (GTK_WIDGET (self->contact_list)))
    return FALSE;
  if (focused != NULL && (!gtk_widget_is_ancestor (focused, self->sidebar) ||
                          gtk_widget_is_ancestor (focused, GTK_WIDGET (self->contact_list)) ||
                          gtk_widget_get_ancestor (focused, GTK_TYPE_POPOVER) != NULL))
    return FALSE;

  return lf_contact_list_grab_row (self->contact_list);
}

/* ---- the client ---- */

static void
on_state_changed (LfWindow *self)
{
  LfClientState state = lf_client_get_state (self->client);
  const char   *page = "main";

  if (state == LF_CLIENT_SIGNED_OUT || state == LF_CLIENT_SIGNING_IN)
    {
      page = self->is_restoring ? "wait" : "sign-in";
      if (!self->is_restoring)
        ensure_sign_in_page (self);
      lf_window_close_dialogs (self);
      show_contact (self, NULL);
      g_hash_table_remove_all (self->met);
      adw_leaflet_set_visible_child_name (self->leaflet, "sidebar");
      g_object_set (self->contact_list, "is-searching", FALSE, NULL);
    }
  gtk_stack_set_visible_child_name (self->pages, page);
}

static void
on_signed_out (LfWindow *self, const GError *error)
{
  lf_sign_in_page_show_error (ensure_sign_in_page (self), error);
}

static void
on_notice (LfWindow *self, const GError *error)
{
  g_autofree char *words = error != NULL ? lf_error_words_for_notice (error) : NULL;

  if (words != NULL)
    lf_window_toast (self, words);
}

/* Somebody left the roster: the page must not show what is no longer told. */
static void
on_roster_changed (LfWindow *self)
{
  LfContact *contact = get_shown_contact (self);

  if (contact != NULL && lf_roster_lookup (lf_client_get_roster (self->client), lf_contact_get_user (contact)) == NULL &&
      !g_hash_table_contains (self->met, lf_contact_get_user (contact)))
    show_contact (self, NULL);
}

/* Only now the first page is chosen: by then it is known whether there is a session. */
static void
lf_window_map (GtkWidget *widget)
{
  if (LF_WINDOW (widget)->client != NULL)
    on_state_changed (LF_WINDOW (widget));
  GTK_WIDGET_CLASS (lf_window_parent_class)->map (widget);
}

static void
lf_window_unmap (GtkWidget *widget)
{
  if (LF_WINDOW (widget)->settings != NULL)
    lf_window_save_size (LF_WINDOW (widget));
  GTK_WIDGET_CLASS (lf_window_parent_class)->unmap (widget);
}

static void
lf_window_dispose (GObject *object)
{
  LfWindow *self = LF_WINDOW (object);

  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (lf_window_parent_class)->dispose (object);
}

static void
lf_window_finalize (GObject *object)
{
  LfWindow *self = LF_WINDOW (object);

  g_hash_table_unref (self->met);
  G_OBJECT_CLASS (lf_window_parent_class)->finalize (object);
}

static void
lf_window_class_init (LfWindowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_window_dispose;
  object_class->finalize = lf_window_finalize;
  widget_class->map = lf_window_map;
  widget_class->unmap = lf_window_unmap;

  g_type_ensure (LF_TYPE_OWN_STATUS);
  g_type_ensure (LF_TYPE_BANNER);
  g_type_ensure (LF_TYPE_CONTACT_LIST);
  g_type_ensure (LF_TYPE_CHAT_LIST);
  g_type_ensure (LF_TYPE_CALL_LIST);
  g_type_ensure (LF_TYPE_CALL_BAR);
  g_type_ensure (LF_TYPE_LAMP_GRID);
  g_type_ensure (LF_TYPE_SPINNER);
  g_type_ensure (LF_TYPE_VIEW_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-window.ui");
  gtk_widget_class_bind_template_child (widget_class, LfWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, wait_box);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, sidebar_clamp);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, own_status);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, add_lamp_button);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, separator);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, sidebar_header);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, views);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, view_bar);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, chats_button);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, calls_button);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, contact_list);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, chat_list);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, call_list);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, call_bar);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, lamp_grid);
  gtk_widget_class_bind_template_child (widget_class, LfWindow, content);
  gtk_widget_class_bind_template_callback (widget_class, lf_window_update_room);
  gtk_widget_class_bind_template_callback (widget_class, lf_window_update_open_contact);
  gtk_widget_class_bind_template_callback (widget_class, lf_window_follow_view);
  gtk_widget_class_bind_template_callback (widget_class, lf_window_follow_view_button);
  gtk_widget_class_bind_template_callback (widget_class, on_search_clicked);
  lf_window_install_actions (widget_class);
}

static void
lf_window_init (LfWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->met = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  lf_window_update_room (self);
}

/**
 * lf_window_new:
 * @application: whose window it is
 *
 * Makes the window; it follows the application's client.
 *
 * Returns: (transfer none): a new window, owned by GTK
 */
LfWindow *
lf_window_new (LfApplication *application)
{
  LfWindow *self;

  g_return_val_if_fail (LF_IS_APPLICATION (application), NULL);

  self = g_object_new (LF_TYPE_WINDOW, "application", application, NULL);
  self->client = g_object_ref (lf_application_get_client (application));
  self->settings = g_object_ref (lf_application_get_settings (application));

  lf_own_status_set_client (self->own_status, self->client, self->settings);
  lf_banner_set_client (self->banner, self->client, self->settings);
  lf_contact_list_set_client (self->contact_list, self->client);
  lf_chat_list_set_client (self->chat_list, self->client);
  lf_call_list_set_client (self->call_list, self->client, self->settings);
  lf_call_bar_set_client (self->call_bar, self->client);
  lf_lamp_grid_set_client (self->lamp_grid, self->client);

  g_settings_bind (self->settings, "available-first", self->contact_list, "available-first", G_SETTINGS_BIND_GET);
  g_settings_bind (self->settings, "is-compact", self->contact_list, "is-compact", G_SETTINGS_BIND_GET);
  g_settings_bind (self->settings, "is-compact", self->lamp_grid, "is-compact", G_SETTINGS_BIND_GET);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "signed-out", G_CALLBACK (on_signed_out), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notice", G_CALLBACK (on_notice), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lf_client_get_roster (self->client), "items-changed", G_CALLBACK (on_roster_changed), self, G_CONNECT_SWAPPED);
  lf_window_restore_size (self);
  lf_window_follow_counts (self->client, self->chats_button, self->calls_button);

  return self;
}

/**
 * lf_window_set_calendars:
 * @self: the window
 * @calendars: those of this computer
 *
 * Where the meeting is found that the user can join.
 */
void
lf_window_set_calendars (LfWindow *self, LfDesktopCalendars *calendars)
{
  g_return_if_fail (LF_IS_WINDOW (self));

  lf_own_status_set_calendars (self->own_status, calendars);
}

/**
 * lf_window_get_client:
 * @self: the window
 *
 * Returns: (transfer none): the client it follows
 */
LfClient *
lf_window_get_client (LfWindow *self)
{
  g_return_val_if_fail (LF_IS_WINDOW (self), NULL);

  return self->client;
}

/**
 * lf_window_get_settings:
 * @self: the window
 *
 * Returns: (transfer none): the settings of the program
 */
GSettings *
lf_window_get_settings (LfWindow *self)
{
  g_return_val_if_fail (LF_IS_WINDOW (self), NULL);

  return self->settings;
}

/**
 * lf_window_get_open_contact:
 * @self: the window
 *
 * Tells whose page the user can see in the window, whether or not the window is in front.
 *
 * Returns: (transfer none) (nullable): a contact
 */
LfContact *
lf_window_get_open_contact (LfWindow *self)
{
  g_return_val_if_fail (LF_IS_WINDOW (self), NULL);

  return content_is_in_view (self) ? get_shown_contact (self) : NULL;
}

/**
 * lf_window_open_contact:
 * @self: the window
 * @contact: whose page to show
 * @focus: where the keyboard goes
 *
 * Shows a person's page, beside the list or in its place.
 */
void
lf_window_open_contact (LfWindow *self, LfContact *contact, LfWindowFocus focus)
{
  g_return_if_fail (LF_IS_WINDOW (self) && LF_IS_CONTACT (contact));

  show_contact (self, contact);
  if (lf_window_shows_lamps (self))
    {
      gtk_stack_set_visible_child_name (self->views, "contacts");
      self->is_from_lamps = TRUE;
    }
  adw_leaflet_set_visible_child_name (self->leaflet, "content");
  lf_window_update_open_contact (self);

  switch (focus)
    {
    case LF_WINDOW_FOCUS_COMPOSER:
      lf_contact_page_focus_composer (self->contact_page);
      break;
    case LF_WINDOW_FOCUS_WHY:
      lf_contact_page_focus_why (self->contact_page);
      break;
    case LF_WINDOW_FOCUS_PAGE:
    default:
      break;
    }
}

/**
 * lf_window_toast:
 * @self: the window
 * @text: a sentence, plain text
 *
 * Says something that needs no answer, at the lower edge, for some seconds.
 */
void
lf_window_toast (LfWindow *self, const char *text)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (LF_IS_WINDOW (self) && text != NULL);

  escaped = g_markup_escape_text (text, -1); /* a toast's title is markup */
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* ---- for the other files of the window, and lf-application.c ---- */

/**
 * lf_window_get_met:
 * @self: the window
 *
 * Returns: (transfer none) (element-type utf8 LfContact): user id → person met outside the roster
 *   since the sign-in
 */
GHashTable *
lf_window_get_met (LfWindow *self)
{
  return self->met;
}

/**
 * lf_window_get_contact_list:
 * @self: the window
 *
 * Returns: (transfer none): the list of contacts
 */
LfContactList *
lf_window_get_contact_list (LfWindow *self)
{
  return self->contact_list;
}

/**
 * lf_window_get_own_status:
 * @self: the window
 *
 * Returns: (transfer none): the button with the own status
 */
LfOwnStatus *
lf_window_get_own_status (LfWindow *self)
{
  return self->own_status;
}

/**
 * lf_window_get_is_folded:
 * @self: the window
 *
 * Returns: %TRUE if list and page take turns: the window is narrow
 */
gboolean
lf_window_get_is_folded (LfWindow *self)
{
  return adw_leaflet_get_folded (self->leaflet);
}

/**
 * lf_window_set_is_restoring:
 * @self: the window
 * @is_restoring: a kept session is being opened: no sign-in page meanwhile
 *
 * Chooses between waiting and asking for a password.
 */
void
lf_window_set_is_restoring (LfWindow *self, gboolean is_restoring)
{
  g_return_if_fail (LF_IS_WINDOW (self));

  self->is_restoring = is_restoring;
  on_state_changed (self);
}

/**
 * lf_window_set_is_waiting:
 * @self: the window
 * @is_waiting: the server of the kept session does not answer
 *
 * Says so on the page that waits, with what can be done.
 */
void
lf_window_set_is_waiting (LfWindow *self, gboolean is_waiting)
{
  g_return_if_fail (LF_IS_WINDOW (self));

  gtk_widget_set_visible (self->wait_box, is_waiting);
}

/**
 * lf_window_show_sign_in_error:
 * @self: the window
 * @error: why there is no session
 *
 * Says on the sign-in page what went wrong.
 */
void
lf_window_show_sign_in_error (LfWindow *self, const GError *error)
{
  g_return_if_fail (LF_IS_WINDOW (self));

  lf_sign_in_page_show_error (ensure_sign_in_page (self), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-address-menu.h"
#include "lf-chat-view.h"
#include "lf-contact-menu.h"
#include "lf-contact-page.h"
#include "lf-portrait.h"
#include "lf-status-words.h"
#include "lf-why-card.h"

struct _LfContactPage
{
  AdwBin parent_instance;

  LfClient  *client;    /* owned, nullable */
  LfContact *contact;   /* owned, nullable */
  gboolean   is_folded; /* the leaflet shows one page */

  AdwWindowTitle   *title;             /* template */
  GtkMenuButton    *menu_button;       /* template */
  GtkWidget        *call_button;       /* template */
  AdwSplitButton   *call_menu_button;  /* template */
  AdwButtonContent *call_content;      /* template */
  AdwButtonContent *call_menu_content; /* template */
  GtkStack         *stack;             /* template */
  LfPortrait       *portrait;          /* template */
  GtkLabel         *name_label;        /* template */
  GtkLabel         *status_label;      /* template */
  GtkLabel         *note_label;        /* template */
  GtkLabel         *role_label;        /* template */
  GtkToggleButton  *why_button;        /* template */
  LfWhyCard        *why_card;          /* template */
  GtkWidget        *watch_box;         /* template */
  GtkToggleButton  *armed_button;      /* template */
  GtkToggleButton  *watched_button;    /* template */
  GtkWidget        *add_button;        /* template */
  LfChatView       *chat_view;         /* template */
};

G_DEFINE_FINAL_TYPE (LfContactPage, lf_contact_page, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
  PROP_CONTACT,
  PROP_IS_FOLDED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static gboolean
is_in_roster (LfContactPage *self)
{
  return self->client != NULL &&
         lf_roster_lookup (lf_client_get_roster (self->client),
                           lf_contact_get_user (self->contact)) != NULL;
}

static void
set_label (GtkLabel   *label,
           const char *text)
{
  gtk_label_set_label (label, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
update_status (LfContactPage *self)
{
  const LfResolved *resolved = lf_contact_get_resolved (self->contact);
  gint64            now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
  g_autofree char  *words = lf_status_words_format (resolved, now_us);
  g_autofree char  *note = lf_status_words_format_note (resolved);
  gboolean          is_armed = lf_contact_get_is_armed (self->contact);
  gboolean          is_free = lf_resolved_is_free_to_talk (resolved);

  lf_badge_set_resolved (lf_portrait_get_badge (self->portrait), resolved);
  set_label (self->status_label, words);
  set_label (self->note_label, note);
  gtk_toggle_button_set_active (self->armed_button, is_armed);
  gtk_widget_set_sensitive (GTK_WIDGET (self->armed_button), is_armed || !is_free);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->armed_button),
                               is_free && !is_armed ? _("Free to talk now")
                                                    : _("Tell me once, as soon as this person is free to talk"));
  gtk_toggle_button_set_active (self->watched_button, lf_contact_get_is_watched (self->contact));
}

static char *
format_role (LfContact *contact)
{
  const char *title = lf_contact_get_title (contact);
  const char *department = lf_contact_get_department (contact);

  if (title == NULL || *title == '\0')
    return g_strdup (department);
  if (department == NULL || *department == '\0')
    return g_strdup (title);
  return g_strdup_printf ("%s · %s", title, department);
}

static void
update_calling (LfContactPage *self)
{
  const char *const     *addresses = lf_contact_get_addresses (self->contact);
  guint                  n_addresses = addresses == NULL ? 0 : g_strv_length ((char **) addresses);
  const char            *user = lf_contact_get_user (self->contact);
  g_autoptr (GMenuModel) menu = lf_address_menu_new (self->contact);

  gtk_widget_set_visible (self->call_button, n_addresses < 2);
  gtk_widget_set_visible (GTK_WIDGET (self->call_menu_button), n_addresses > 1);
  adw_split_button_set_menu_model (self->call_menu_button, menu);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->call_button), "s", user);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->call_menu_button), "s", user);
  gtk_widget_set_tooltip_text (self->call_button,
                               n_addresses > 0 ? addresses[0] : _("No number is known to call"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->call_menu_button),
                               n_addresses > 0 ? addresses[0] : NULL);
}

static void
update (LfContactPage *self)
{
  g_autoptr (GMenuModel) menu = NULL;
  g_autofree char       *role = NULL;
  gboolean               is_known;

  gtk_stack_set_visible_child_name (self->stack, self->contact == NULL ? "nobody" : "contact");
  gtk_widget_set_visible (GTK_WIDGET (self->menu_button), self->contact != NULL);
  if (self->contact == NULL || self->client == NULL)
    {
      adw_window_title_set_title (self->title, "");
      gtk_widget_hide (self->call_button);
      gtk_widget_hide (GTK_WIDGET (self->call_menu_button));
      return;
    }
  is_known = is_in_roster (self);
  role = format_role (self->contact);
  adw_window_title_set_title (self->title, lf_contact_get_name (self->contact));
  lf_portrait_set_name (self->portrait, lf_contact_get_name (self->contact));
  gtk_label_set_label (self->name_label, lf_contact_get_name (self->contact));
  set_label (self->role_label, role);
  menu = lf_contact_menu_new (lf_client_get_roster (self->client), self->contact);
  gtk_menu_button_set_menu_model (self->menu_button, menu);
  lf_contact_menu_keep_focus (gtk_menu_button_get_popover (self->menu_button), GTK_WIDGET (self->menu_button));
  gtk_widget_set_visible (self->watch_box, is_known);
  gtk_widget_set_visible (self->add_button, !is_known);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->add_button), "s",
                                    lf_contact_get_user (self->contact));
  gtk_widget_set_visible (GTK_WIDGET (self->chat_view), !lf_contact_get_is_place (self->contact)); /* nobody reads there */
  update_calling (self);
  update_status (self);
}

static void
on_contact_notify (LfContact     *contact,
                   GParamSpec    *pspec,
                   LfContactPage *self)
{
  if (g_strcmp0 (pspec->name, "presence") != 0 && g_strcmp0 (pspec->name, "unread") != 0)
    update (self);
}

static void
on_contact_resolved (LfContact     *contact,
                     LfContactPage *self)
{
  update_status (self);
}

static void
on_tick (LfRoster      *roster,
         LfContactPage *self)
{
  if (self->contact != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    update_status (self);
}

static void
on_roster_changed (GListModel    *roster,
                   guint          position,
                   guint          n_removed,
                   guint          n_added,
                   LfContactPage *self)
{
  if (self->contact != NULL)
    update (self);
}

static void
on_armed_clicked (GtkToggleButton *button,
                  LfContactPage   *self)
{
  lf_client_set_armed (self->client, self->contact, gtk_toggle_button_get_active (button));
  update_status (self);
}

static void
on_watched_clicked (GtkToggleButton *button,
                    LfContactPage   *self)
{
  lf_client_set_watched (self->client, self->contact, gtk_toggle_button_get_active (button));
  update_status (self);
}

static void
lf_contact_page_map (GtkWidget *widget)
{
  LfContactPage *self = LF_CONTACT_PAGE (widget);

  GTK_WIDGET_CLASS (lf_contact_page_parent_class)->map (widget);
  if (self->contact != NULL && self->client != NULL)
    update_status (self);
}

static void
lf_contact_page_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  LfContactPage *self = LF_CONTACT_PAGE (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_CONTACT:
      g_value_set_object (value, self->contact);
      break;
    case PROP_IS_FOLDED:
      g_value_set_boolean (value, self->is_folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_contact_page_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  LfContactPage *self = LF_CONTACT_PAGE (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      lf_contact_page_set_client (self, g_value_get_object (value));
      break;
    case PROP_CONTACT:
      lf_contact_page_set_contact (self, g_value_get_object (value));
      break;
    case PROP_IS_FOLDED:
      if (self->is_folded == g_value_get_boolean (value))
        break;
      self->is_folded = g_value_get_boolean (value);
      /* No room for words there: the name stands beside the picture instead. */
      gtk_widget_set_visible (GTK_WIDGET (self->title), !self->is_folded);
      if (self->is_folded)
        gtk_widget_remove_css_class (GTK_WIDGET (self->status_label), "title-4");
      else
        gtk_widget_add_css_class (GTK_WIDGET (self->status_label), "title-4");
      adw_button_content_set_label (self->call_content, self->is_folded ? "" : _("Call"));
      adw_button_content_set_label (self->call_menu_content, self->is_folded ? "" : _("Call"));
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_contact_page_dispose (GObject *object)
{
  LfContactPage *self = LF_CONTACT_PAGE (object);

  if (self->stack != NULL)
    {
      lf_contact_page_set_contact (self, NULL);
      lf_contact_page_set_client (self, NULL);
    }
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_CONTACT_PAGE);
  G_OBJECT_CLASS (lf_contact_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/contact/lf-contact-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, title);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, menu_button);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, call_button);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, call_menu_button);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, call_content);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, call_menu_content);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, stack);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, portrait);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, name_label);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, note_label);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, role_label);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, why_button);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, why_card);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, watch_box);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, armed_button);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, watched_button);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, add_button);
  gtk_widget_class_bind_template_child (widget_class, LfContactPage, chat_view);
  gtk_widget_class_bind_template_callback (widget_class, on_armed_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_watched_clicked);
}

static void
lf_contact_page_class_init (LfContactPageClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lf_contact_page_get_property;
  object_class->set_property = lf_contact_page_set_property;
  object_class->dispose = lf_contact_page_dispose;
  widget_class->map = lf_contact_page_map;

  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, LF_TYPE_CLIENT,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                              G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_CONTACT] = g_param_spec_object ("contact", NULL, NULL, LF_TYPE_CONTACT,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                               G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_IS_FOLDED] = g_param_spec_boolean ("is-folded", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                  G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (LF_TYPE_PORTRAIT);
  g_type_ensure (LF_TYPE_CHAT_VIEW);
  g_type_ensure (LF_TYPE_WHY_CARD);
  bind_template (widget_class);
}

static void
lf_contact_page_init (LfContactPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

/**
 * lf_contact_page_set_client:
 * @self: a page
 * @client: (nullable): the client whose contacts it shows
 *
 * Sets the client; to be done before a contact is shown.
 */
void
lf_contact_page_set_client (LfContactPage *self,
                            LfClient      *client)
{
  g_return_if_fail (LF_IS_CONTACT_PAGE (self));

  if (self->client == client)
    return;
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (lf_client_get_roster (self->client), self);
  g_set_object (&self->client, client);
  lf_chat_view_set_client (self->chat_view, client);
  lf_why_card_set_clock (self->why_card, client == NULL ? NULL : lf_client_get_clock (client));
  if (client != NULL)
    {
      g_signal_connect_object (lf_client_get_roster (client), "tick", G_CALLBACK (on_tick), self, 0);
      g_signal_connect_object (lf_client_get_roster (client), "items-changed",
                               G_CALLBACK (on_roster_changed), self, 0);
    }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CLIENT]);
}

/**
 * lf_contact_page_get_contact:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): whom it shows
 */
LfContact *
lf_contact_page_get_contact (LfContactPage *self)
{
  g_return_val_if_fail (LF_IS_CONTACT_PAGE (self), NULL);

  return self->contact;
}

/**
 * lf_contact_page_set_contact:
 * @self: a page
 * @contact: (nullable): whom to show
 *
 * Shows @contact, its calendar without delay, and the conversation with it.
 */
void
lf_contact_page_set_contact (LfContactPage *self,
                             LfContact     *contact)
{
  g_return_if_fail (LF_IS_CONTACT_PAGE (self));

  if (self->contact == contact)
    return;
  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_set_object (&self->contact, contact);
  if (contact != NULL)
    {
      g_signal_connect_object (contact, "notify", G_CALLBACK (on_contact_notify), self, 0);
      g_signal_connect_object (contact, "resolved", G_CALLBACK (on_contact_resolved), self, 0);
    }
  if (self->client != NULL)
    lf_client_set_open_contact (self->client, contact);
  lf_why_card_set_contact (self->why_card, contact);
  lf_chat_view_set_contact (self->chat_view, contact);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONTACT]);
}

/**
 * lf_contact_page_focus_composer:
 * @self: a page
 *
 * Puts the keyboard focus where a message is written.
 */
void
lf_contact_page_focus_composer (LfContactPage *self)
{
  g_return_if_fail (LF_IS_CONTACT_PAGE (self));

  if (self->contact != NULL && lf_contact_get_is_place (self->contact))
    lf_contact_page_focus_why (self);
  else
    lf_chat_view_take_focus (self->chat_view);
}

/**
 * lf_contact_page_focus_why:
 * @self: a page
 *
 * Opens the why-card and puts the keyboard focus on it, so that it is read out.
 */
void
lf_contact_page_focus_why (LfContactPage *self)
{
  g_return_if_fail (LF_IS_CONTACT_PAGE (self));

  gtk_toggle_button_set_active (self->why_button, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->why_card));
}

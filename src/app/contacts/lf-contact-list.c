/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-contact-list-private.h"
#include "lf-found-list.h"
#include "lf-list-header.h"
#include "lf-spinner.h"

#define MIN_DIRECTORY_CHARS 2

G_DEFINE_FINAL_TYPE (LfContactList, lf_contact_list, GTK_TYPE_WIDGET)

enum
{
  PROP_IS_SEARCHING = 1,
  PROP_IS_COMPACT,
  PROP_AVAILABLE_FIRST,
  PROP_FOLLOWS_SELECTION,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* ---- what is in view ---- */

static void
update_page (LfContactList *self)
{
  const char *page = "list";
  gboolean    has_lines;

  /* Never a frame that says "no contacts" while their lines are only waiting to be made. */
  if (self->model != NULL)
    lf_contact_model_flush (self->model);
  has_lines = self->model != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0;

  if (!has_lines && self->model != NULL && lf_contact_model_get_query (self->model) != NULL)
    page = self->search != NULL ? "loading" : "nobody";
  else if (!has_lines && self->client != NULL && lf_client_get_state (self->client) == LF_CLIENT_ONLINE)
    page = "empty";
  else if (!has_lines)
    page = "loading";

  gtk_stack_set_visible_child_name (self->stack, page);
}

/* People who were kept on disk come at once; those of the first snapshot in parts. */
static void
update_filling (LfContactList *self)
{
  lf_contact_model_set_is_filling (self->model, lf_client_get_state (self->client) == LF_CLIENT_CONNECTING &&
                                                  lf_client_get_as_of_us (self->client) == 0);
}

static void
update_held (LfContactList *self)
{
  if (self->model != NULL)
    lf_contact_model_set_is_held (self->model,
                                  gtk_event_controller_motion_contains_pointer (GTK_EVENT_CONTROLLER_MOTION (self->motion)) ||
                                    gtk_event_controller_focus_contains_focus (GTK_EVENT_CONTROLLER_FOCUS (self->focus)));
}

/* ---- search ---- */

static void
stop_directory (LfContactList *self)
{
  g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
}

static void
select_first_match (LfContactList *self)
{
  guint first = lf_contact_model_move (self->model, GTK_INVALID_LIST_POSITION, 1);

  if (first != GTK_INVALID_LIST_POSITION)
    {
      lf_contact_list_select_quietly (self, first);
      lf_contact_list_scroll_to (self, first);
    }
}

static void
on_directory_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfContactList) self = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (GListModel)    people = lf_client_search_finish (LF_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->search);
  if (error != NULL)
    g_debug ("directory: %s", error->message);
  if (self->model != NULL)
    {
      gboolean had_lines = g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0;

      lf_contact_model_set_directory (self->model, people);
      if (!had_lines)
        select_first_match (self);
    }
  update_page (self);
}

/**
 * lf_contact_list_apply_search:
 * @self: the list
 *
 * Searches for what stands in the entry, also before the delay of the entry is over.
 */
void
lf_contact_list_apply_search (LfContactList *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  if (self->model == NULL)
    return;

  stop_directory (self);
  lf_contact_model_set_query (self->model, words);
  if (lf_contact_model_get_query (self->model) != NULL)
    {
      select_first_match (self);
      if (g_utf8_strlen (lf_contact_model_get_query (self->model), -1) >= MIN_DIRECTORY_CHARS)
        {
          self->search = g_cancellable_new ();
          lf_client_search_async (self->client, lf_contact_model_get_query (self->model), self->search,
                                  on_directory_found, g_object_ref (self));
        }
    }
  update_page (self);
}

static void
on_stop_search (LfContactList *self)
{
  guint selected = self->selection != NULL ? gtk_single_selection_get_selected (self->selection) : 0;

  g_object_set (self, "is-searching", FALSE, NULL);
  if (self->selection != NULL && !lf_contact_list_focus_position (self, selected))
    gtk_widget_grab_focus (self->list_view);
}

static void
on_search_directory (LfContactList *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_FIND_FOR, "s",
                              gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

/* ---- the list view ---- */

static void
on_row_activated (LfContactList *self, guint position)
{
  LfContact *contact = lf_contact_model_get_contact (self->model, position);

  if (contact != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), LF_ACTION_CHAT, "s", lf_contact_get_user (contact));
}

static void
on_selected (LfContactList *self)
{
  if (!self->is_quiet && self->follows_selection)
    lf_contact_list_activate_on_selected (self, LF_ACTION_OPEN_CONTACT);
}

static void
on_row_released (GtkGestureClick *gesture, int n_press, double x, double y, LfContactList *self)
{
  LfContactRow *row = LF_CONTACT_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
  LfContact    *contact = lf_contact_row_get_contact (row);

  if (contact != NULL && n_press == 1)
    gtk_widget_activate_action (GTK_WIDGET (row), LF_ACTION_OPEN_CONTACT, "s", lf_contact_get_user (contact));
}

static GtkWidget *
make_row (LfContactList *self)
{
  GtkWidget  *row = lf_contact_row_new (lf_client_get_roster (self->client));
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "released", G_CALLBACK (on_row_released), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));

  return row;
}

/* Nothing is made at "setup": only now it is known what the line is. Few lines change from one kind to the other. */
static void
on_line_bind (GtkSignalListItemFactory *factory, GtkListItem *item, LfContactList *self)
{
  LfListEntry *entry = gtk_list_item_get_item (item);
  LfContact   *contact = lf_list_entry_get_contact (entry);
  GtkWidget   *child = gtk_list_item_get_child (item);

  gtk_list_item_set_selectable (item, contact != NULL);
  gtk_list_item_set_activatable (item, contact != NULL);
  if (contact == NULL)
    {
      if (!LF_IS_LIST_HEADER (child))
        gtk_list_item_set_child (item, child = lf_list_header_new ());
      lf_list_header_set_entry (LF_LIST_HEADER (child), entry);
      return;
    }

  if (!LF_IS_CONTACT_ROW (child))
    gtk_list_item_set_child (item, child = make_row (self));
  lf_contact_row_set_is_compact (LF_CONTACT_ROW (child), self->is_compact);
  lf_contact_row_set_contact (LF_CONTACT_ROW (child), contact);
}

static void
on_line_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, LfContactList *self)
{
  GtkWidget *child = gtk_list_item_get_child (item);

  if (LF_IS_CONTACT_ROW (child))
    lf_contact_row_set_contact (LF_CONTACT_ROW (child), NULL);
  else if (LF_IS_LIST_HEADER (child))
    lf_list_header_set_entry (LF_LIST_HEADER (child), NULL);
}

/* The focus enters at a header when the list was never used: go to the contact below. */
static void
on_focus_entered (LfContactList *self)
{
  GtkWidget *focused = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *child = focused != NULL ? gtk_widget_get_first_child (focused) : NULL;

  update_held (self);
  if (self->selection != NULL && LF_IS_LIST_HEADER (child))
    lf_contact_list_grab_row (self);
}

/* ---- GObject ---- */

static void
set_is_compact (LfContactList *self, gboolean is_compact)
{
  if (self->is_compact == is_compact)
    return;

  self->is_compact = is_compact;
  for (GtkWidget *item = gtk_widget_get_first_child (self->list_view); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (LF_IS_CONTACT_ROW (row))
        lf_contact_row_set_is_compact (LF_CONTACT_ROW (row), is_compact);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_COMPACT]);
}

static void
set_is_searching (LfContactList *self, gboolean is_searching)
{
  if (self->is_searching == is_searching)
    return;

  self->is_searching = is_searching;
  if (!is_searching)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
      lf_contact_list_apply_search (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_SEARCHING]);
}

static void
lf_contact_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfContactList *self = LF_CONTACT_LIST (object);

  switch (id)
    {
    case PROP_IS_SEARCHING:
      g_value_set_boolean (value, self->is_searching);
      break;
    case PROP_IS_COMPACT:
      g_value_set_boolean (value, self->is_compact);
      break;
    case PROP_AVAILABLE_FIRST:
      g_value_set_boolean (value, self->available_first);
      break;
    case PROP_FOLLOWS_SELECTION:
      g_value_set_boolean (value, self->follows_selection);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_contact_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LfContactList *self = LF_CONTACT_LIST (object);

  switch (id)
    {
    case PROP_IS_SEARCHING:
      set_is_searching (self, g_value_get_boolean (value));
      break;
    case PROP_IS_COMPACT:
      set_is_compact (self, g_value_get_boolean (value));
      break;
    case PROP_AVAILABLE_FIRST:
      self->available_first = g_value_get_boolean (value);
      if (self->model != NULL)
        lf_contact_model_set_available_first (self->model, self->available_first);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_FOLLOWS_SELECTION:
      self->follows_selection = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_contact_list_dispose (GObject *object)
{
  LfContactList *self = LF_CONTACT_LIST (object);
  GtkWidget     *child;

  stop_directory (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_contact_list_parent_class)->dispose (object);
}

static gboolean
lf_contact_list_grab_focus (GtkWidget *widget)
{
  return lf_contact_list_grab_row (LF_CONTACT_LIST (widget));
}

static void
lf_contact_list_class_init (LfContactListClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lf_contact_list_get_property;
  object_class->set_property = lf_contact_list_set_property;
  object_class->dispose = lf_contact_list_dispose;
  widget_class->grab_focus = lf_contact_list_grab_focus;

  props[PROP_IS_SEARCHING] = g_param_spec_boolean ("is-searching", NULL, NULL, FALSE, flags);
  props[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE, flags);
  props[PROP_AVAILABLE_FIRST] = g_param_spec_boolean ("available-first", NULL, NULL, FALSE, flags);
  props[PROP_FOLLOWS_SELECTION] = g_param_spec_boolean ("follows-selection", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (LF_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/contacts/lf-contact-list.ui");
  gtk_widget_class_bind_template_child (widget_class, LfContactList, search_bar);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, search_entry);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, stack);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, scroller);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, list_view);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_search_changed", G_CALLBACK (lf_contact_list_apply_search));
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_directory);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
lf_contact_list_init (LfContactList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lf_found_list_set_up (GTK_EDITABLE (self->search_entry));
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->search_bar), GTK_EDITABLE (self->search_entry));

  lf_contact_list_install_keys (self);

  self->motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (self->motion, "notify::contains-pointer", G_CALLBACK (update_held), self);
  gtk_widget_add_controller (self->list_view, self->motion);
  self->focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (self->focus, "enter", G_CALLBACK (on_focus_entered), self);
  g_signal_connect_swapped (self->focus, "leave", G_CALLBACK (update_held), self);
  gtk_widget_add_controller (self->list_view, self->focus);
}

/**
 * lf_contact_list_set_client:
 * @self: the list
 * @client: whose roster to show
 *
 * Shows the contacts of a client. Once.
 */
void
lf_contact_list_set_client (LfContactList *self, LfClient *client)
{
  g_autoptr (GtkListItemFactory) factory = NULL;

  g_return_if_fail (LF_IS_CONTACT_LIST (self) && LF_IS_CLIENT (client));
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->model = lf_contact_model_new (lf_client_get_roster (client));
  lf_contact_model_set_available_first (self->model, self->available_first);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->model)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (update_page), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (update_filling), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::as-of-us", G_CALLBACK (update_filling), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);

  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "bind", G_CALLBACK (on_line_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_line_unbind), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list_view), factory);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list_view), GTK_SELECTION_MODEL (self->selection));
  update_filling (self);
  update_page (self);
}

/**
 * lf_contact_list_select:
 * @self: the list
 * @contact: (nullable): whose page is in view
 *
 * Marks a row without opening it.
 */
void
lf_contact_list_select (LfContactList *self, LfContact *contact)
{
  guint position = GTK_INVALID_LIST_POSITION;

  g_return_if_fail (LF_IS_CONTACT_LIST (self));

  if (self->selection == NULL)
    return;
  if (contact != NULL)
    position = lf_contact_model_find (self->model, lf_contact_get_user (contact));
  if (position == gtk_single_selection_get_selected (self->selection))
    return;

  lf_contact_list_select_quietly (self, position);
  if (position != GTK_INVALID_LIST_POSITION)
    lf_contact_list_scroll_to (self, position);
}

/**
 * lf_contact_list_start_search:
 * @self: the list
 *
 * Opens the search with the keyboard in it.
 */
void
lf_contact_list_start_search (LfContactList *self)
{
  g_return_if_fail (LF_IS_CONTACT_LIST (self));

  set_is_searching (self, TRUE);
  gtk_widget_grab_focus (self->search_entry);
}

/**
 * lf_contact_list_grab_row:
 * @self: the list
 *
 * Puts the keyboard on the selected row, or on the first.
 *
 * Returns: %TRUE if there was one
 */
gboolean
lf_contact_list_grab_row (LfContactList *self)
{
  guint position;

  g_return_val_if_fail (LF_IS_CONTACT_LIST (self), FALSE);

  if (self->selection == NULL)
    return FALSE;

  position = gtk_single_selection_get_selected (self->selection);
  if (lf_contact_model_get_contact (self->model, position) == NULL)
    position = lf_contact_model_move (self->model, GTK_INVALID_LIST_POSITION, 1);

  return position != GTK_INVALID_LIST_POSITION && lf_contact_list_focus_position (self, position);
}

/**
 * lf_contact_list_get_model:
 * @self: the list
 *
 * Returns: (transfer none) (nullable): the lines, or %NULL before there is a client
 */
LfContactModel *
lf_contact_list_get_model (LfContactList *self)
{
  g_return_val_if_fail (LF_IS_CONTACT_LIST (self), NULL);

  return self->model;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-contact-list.h"
#include "lf-contact-menu.h"
#include "lf-list-cell.h"

#define PAGE_ROWS           10 /* contacts that Page Up and Page Down go */
#define MIN_DIRECTORY_CHARS 2

struct _LfContactList
{
  GtkWidget parent_instance;

  LfClient           *client;    /* owned, nullable */
  LfContactModel     *model;     /* owned, nullable */
  GtkSingleSelection *selection; /* owned, nullable */
  GCancellable       *search;    /* owned, nullable: the directory is being asked */
  GtkWidget          *menu;      /* nullable until first asked for */
  GtkEventController *motion;    /* borrowed from the list view */
  GtkEventController *focus;     /* borrowed from the list view */
  gboolean            is_searching;
  gboolean            is_compact;
  gboolean            available_first;
  gboolean            follows_selection;
  gboolean            is_quiet; /* the selection is being set from here */

  GtkWidget *search_bar;
  GtkWidget *search_entry;
  GtkStack  *stack;
  GtkWidget *scroller;
  GtkWidget *list_view;
};

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

/* ---- cells and selection ---- */

static LfListCell *
find_cell (LfContactList *self, guint position)
{
  g_autoptr (LfListEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  for (GtkWidget *item = gtk_widget_get_first_child (self->list_view); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *cell = gtk_widget_get_first_child (item);

      if (LF_IS_LIST_CELL (cell) && entry != NULL && lf_list_cell_get_entry (LF_LIST_CELL (cell)) == entry)
        return LF_LIST_CELL (cell);
    }

  return NULL;
}

static LfContact *
get_selected (LfContactList *self)
{
  return self->selection != NULL
           ? lf_contact_model_get_contact (self->model, gtk_single_selection_get_selected (self->selection))
           : NULL;
}

static void
select_quietly (LfContactList *self, guint position)
{
  self->is_quiet = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->is_quiet = FALSE;
}

static void
scroll_to (LfContactList *self, guint position)
{
  /* The header above the first line belongs to it. */
  if (position == 1)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
  else
    gtk_widget_activate_action (self->list_view, "list.scroll-to-item", "u", position);
}

static gboolean
focus_position (LfContactList *self, guint position)
{
  LfListCell *cell = find_cell (self, position);
  GtkWidget  *item = cell != NULL ? gtk_widget_get_parent (GTK_WIDGET (cell)) : NULL;

  return item != NULL && gtk_widget_grab_focus (item);
}

static gboolean
move_selection (LfContactList *self, int step, gboolean takes_focus)
{
  guint position;

  if (self->selection == NULL)
    return FALSE;

  position = lf_contact_model_move (self->model, gtk_single_selection_get_selected (self->selection), step);
  if (position == GTK_INVALID_LIST_POSITION)
    return FALSE;

  if (takes_focus)
    gtk_single_selection_set_selected (self->selection, position);
  else
    select_quietly (self, position);
  scroll_to (self, position);
  if (takes_focus)
    focus_position (self, position);

  return TRUE;
}

static void
activate_on_selected (LfContactList *self, const char *action)
{
  LfContact *contact = get_selected (self);

  if (contact != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), action, "s", lf_contact_get_user (contact));
}

/* ---- what is in view ---- */

static void
update_page (LfContactList *self)
{
  const char *page = "list";
  gboolean    has_lines = self->model != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0;

  if (!has_lines && self->model != NULL && lf_contact_model_get_query (self->model) != NULL)
    page = self->search != NULL ? "loading" : "nobody";
  else if (!has_lines && self->client != NULL && lf_client_get_state (self->client) == LF_CLIENT_ONLINE)
    page = "empty";
  else if (!has_lines)
    page = "loading";

  gtk_stack_set_visible_child_name (self->stack, page);
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
      select_quietly (self, first);
      scroll_to (self, first);
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

static void
on_search_changed (LfContactList *self)
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
  if (self->selection != NULL && !focus_position (self, selected))
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
    activate_on_selected (self, LF_ACTION_OPEN_CONTACT);
}

static void
on_cell_setup (GtkSignalListItemFactory *factory, GtkListItem *item, LfContactList *self)
{
  GtkWidget *cell = lf_list_cell_new (lf_client_get_roster (self->client));

  lf_list_cell_set_is_compact (LF_LIST_CELL (cell), self->is_compact);
  gtk_list_item_set_child (item, cell);
}

static void
on_cell_bind (GtkSignalListItemFactory *factory, GtkListItem *item, LfContactList *self)
{
  LfListEntry *entry = gtk_list_item_get_item (item);
  LfListCell  *cell = LF_LIST_CELL (gtk_list_item_get_child (item));
  gboolean     is_contact = lf_list_entry_get_contact (entry) != NULL;

  gtk_list_item_set_selectable (item, is_contact);
  gtk_list_item_set_activatable (item, is_contact);
  lf_list_cell_set_is_compact (cell, self->is_compact);
  lf_list_cell_set_entry (cell, entry);
}

static void
on_cell_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, LfContactList *self)
{
  lf_list_cell_set_entry (LF_LIST_CELL (gtk_list_item_get_child (item)), NULL);
}

/* ---- keys and menu ---- */

static void
show_menu (LfContactList *self, LfListCell *cell, double x, double y)
{
  LfContact             *contact = lf_list_cell_get_contact (cell);
  g_autoptr (GMenuModel) model = NULL;

  if (contact == NULL)
    return;

  model = lf_contact_menu_new (lf_client_get_roster (self->client), contact);
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (NULL);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, LfContactList *self)
{
  GtkWidget       *picked = gtk_widget_pick (self->list_view, x, y, GTK_PICK_DEFAULT);
  GtkWidget       *cell = picked != NULL ? gtk_widget_get_ancestor (picked, LF_TYPE_LIST_CELL) : NULL;
  graphene_point_t point;

  /* Between the cell and the edge of its item. */
  if (cell == NULL && picked != NULL && LF_IS_LIST_CELL (gtk_widget_get_first_child (picked)))
    cell = gtk_widget_get_first_child (picked);
  if (cell == NULL || lf_list_cell_get_contact (LF_LIST_CELL (cell)) == NULL)
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (gtk_widget_compute_point (self->list_view, GTK_WIDGET (self), &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    show_menu (self, LF_LIST_CELL (cell), point.x, point.y);
}

static gboolean
show_menu_by_key (LfContactList *self)
{
  LfListCell     *cell = get_selected (self) != NULL
                           ? find_cell (self, gtk_single_selection_get_selected (self->selection))
                           : NULL;
  graphene_rect_t bounds;

  if (cell == NULL || !gtk_widget_compute_bounds (GTK_WIDGET (cell), GTK_WIDGET (self), &bounds))
    return FALSE;

  show_menu (self, cell, bounds.origin.x + 48, bounds.origin.y + bounds.size.height - 4);

  return TRUE;
}

/* What was typed within the delay of the search counts, too. */
static void
apply_query_now (LfContactList *self)
{
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));
  const char      *applied = lf_contact_model_get_query (self->model);

  if (!g_str_equal (words, applied != NULL ? applied : ""))
    on_search_changed (self);
}

static gboolean
move_by_key (LfContactList *self, guint key, gboolean is_in_entry)
{
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return move_selection (self, -1, !is_in_entry) || !is_in_entry;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return move_selection (self, 1, !is_in_entry) || !is_in_entry;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      return move_selection (self, -PAGE_ROWS, !is_in_entry);
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      return move_selection (self, PAGE_ROWS, !is_in_entry);
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      return !is_in_entry && move_selection (self, -G_MAXINT, TRUE);
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      return !is_in_entry && move_selection (self, G_MAXINT, TRUE);
    default:
      return FALSE;
    }
}

static gboolean
on_key_pressed (LfContactList *self, guint key, guint code, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  GtkWidget      *focused = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean        is_in_entry = focused != NULL && gtk_widget_is_ancestor (focused, self->search_entry);
  gboolean        is_in_list = focused != NULL && (focused == self->list_view || gtk_widget_is_ancestor (focused, self->list_view));
  gboolean        is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;

  if (!is_in_entry && !is_in_list)
    return FALSE;

  if (modifiers == 0 && move_by_key (self, key, is_in_entry))
    return TRUE;
  if (is_enter && modifiers == GDK_CONTROL_MASK)
    activate_on_selected (self, LF_ACTION_CALL);
  else if (is_enter && modifiers == GDK_ALT_MASK)
    activate_on_selected (self, LF_ACTION_WHY);
  else if (is_enter && modifiers == 0 && is_in_entry)
    {
      apply_query_now (self);
      activate_on_selected (self, LF_ACTION_CHAT);
    }
  else if (is_in_list && ((key == GDK_KEY_Menu && modifiers == 0) || (key == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK)))
    return show_menu_by_key (self);
  else
    return FALSE;

  return TRUE;
}

/* The focus enters at a header when the list was never used: go to the contact below. */
static void
on_focus_entered (LfContactList *self)
{
  GtkWidget *focused = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *cell = focused != NULL ? gtk_widget_get_first_child (focused) : NULL;

  update_held (self);
  if (self->selection == NULL || !LF_IS_LIST_CELL (cell) || lf_list_cell_get_contact (LF_LIST_CELL (cell)) != NULL)
    return;

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
      GtkWidget *cell = gtk_widget_get_first_child (item);

      if (LF_IS_LIST_CELL (cell))
        lf_list_cell_set_is_compact (LF_LIST_CELL (cell), is_compact);
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
      on_search_changed (self);
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

  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/contacts/lf-contact-list.ui");
  gtk_widget_class_bind_template_child (widget_class, LfContactList, search_bar);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, search_entry);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, stack);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, scroller);
  gtk_widget_class_bind_template_child (widget_class, LfContactList, list_view);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_directory);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
lf_contact_list_init (LfContactList *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture         *menu = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->search_bar), GTK_EDITABLE (self->search_entry));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (self->list_view, GTK_EVENT_CONTROLLER (menu));

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
  g_signal_connect_object (client, "notify::state", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);

  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_cell_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_cell_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_cell_unbind), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list_view), factory);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list_view), GTK_SELECTION_MODEL (self->selection));
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

  select_quietly (self, position);
  if (position != GTK_INVALID_LIST_POSITION)
    scroll_to (self, position);
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

  return position != GTK_INVALID_LIST_POSITION && focus_position (self, position);
}

LfContactModel *
lf_contact_list_get_model (LfContactList *self)
{
  g_return_val_if_fail (LF_IS_CONTACT_LIST (self), NULL);

  return self->model;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-call-button.h"
#include "lf-contact-row-private.h"
#include "lf-status-words.h"

#define BADGE_SIZE       13 /* of the portrait, which shows none here */
#define MAX_UNREAD_SHOWN 99

G_DEFINE_FINAL_TYPE (LfContactRow, lf_contact_row, GTK_TYPE_WIDGET)

enum
{
  PROP_CONTACT = 1,
  PROP_IS_COMPACT,
  PROP_WORDS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* ---- what is said ---- */

/* The words as they are, the note after them dimmer: one line, cut at its end. Compact, the name stands
 * before them. */
static void
show_words (LfContactRow *self, const char *words, const char *note)
{
  const char      *name = lf_contact_get_name (self->contact);
  g_autofree char *joined = NULL;
  const char      *said = words;
  gboolean         is_new;

  if (note != NULL)
    /* Translators: the state and the note of a person in a list: "Away · Lunch". */
    said = joined = g_strdup_printf (C_("state and note", "%s · %s"), words, note);
  if (self->is_compact)
    {
      g_autofree char *line = g_strdup_printf ("%s   %s", name, said);

      is_new = lf_row_text_set_head (self->text, line, strlen (name));
      is_new |= lf_row_text_set_body (self->text, NULL, 0);
    }
  else
    {
      is_new = lf_row_text_set_head (self->text, name, strlen (name));
      is_new |= lf_row_text_set_body (self->text, said, g_str_has_prefix (said, words) ? strlen (words) : strlen (said));
    }
  if (is_new)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The item of the list view is what takes the focus: it says what the row says. */
static void
tell_item (LfContactRow *self)
{
  if (self->item != NULL && self->contact != NULL && self->told != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->item), GTK_ACCESSIBLE_PROPERTY_LABEL, self->told, -1);
}

static gboolean
is_told_when_free (LfContactRow *self)
{
  return lf_contact_get_is_watched (self->contact) || lf_contact_get_is_armed (self->contact);
}

/* "Ada Lovelace, On the phone · 4 min, Back at 3, 2 unread messages, you are told when available" */
static void
update_accessible (LfContactRow *self, const char *words, const char *note)
{
  g_autoptr (GString) told = g_string_new (lf_contact_get_name (self->contact));
  guint               unread = lf_contact_get_unread (self->contact);

  g_string_append_printf (told, ", %s", words);
  if (lf_contact_get_resolved (self->contact)->is_signed_out &&
      lf_contact_get_resolved (self->contact)->kind != LF_KIND_REACHABILITY)
    g_string_append_printf (told, ", %s", _("signed out"));
  if (note != NULL)
    g_string_append_printf (told, ", %s", note);
  if (unread > 0)
    {
      g_string_append (told, ", ");
      g_string_append_printf (told, ngettext ("%u unread message", "%u unread messages", unread), unread);
    }
  if (is_told_when_free (self))
    g_string_append_printf (told, ", %s", _("you are told when available"));

  if (g_strcmp0 (self->told, told->str) == 0)
    return;

  g_free (self->told);
  self->told = g_strdup (told->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->told, -1);
  tell_item (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WORDS]);
}

static void
show_badge (LfContactRow *self, const LfResolved *resolved)
{
  if (self->status == resolved->status && self->is_hollow == resolved->is_signed_out)
    return;

  self->status = resolved->status;
  self->is_hollow = resolved->is_signed_out;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update_status (LfContactRow *self)
{
  const LfResolved *resolved;
  g_autofree char  *words = NULL;
  g_autofree char  *note = NULL;

  if (self->contact == NULL)
    return;

  resolved = lf_contact_get_resolved (self->contact);
  words = lf_status_words_format (resolved, lf_clock_get_now_us (lf_roster_get_clock (self->roster)));
  note = lf_status_words_format_note (resolved);

  self->is_stale = FALSE;
  show_badge (self, resolved);
  show_words (self, words, note);
  update_accessible (self, words, note);
}

/* ---- the parts behind the text ---- */

/* A part that is seen the first time; also the order for whoever goes through the children. */
static void
add_part (LfContactRow *self, Part part, GtkWidget *widget)
{
  GtkWidget *before = GTK_WIDGET (self->portrait);

  for (int i = 0; i < (int) part; i++)
    if (self->parts[i] != NULL)
      before = self->parts[i];
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  self->parts[part] = widget;
  gtk_widget_insert_after (widget, GTK_WIDGET (self), before);
}

static void
show_bell (LfContactRow *self, gboolean is_shown)
{
  if (self->parts[PART_BELL] == NULL && is_shown)
    {
      GtkWidget *bell = gtk_image_new_from_icon_name ("lf-bell-symbolic");

      gtk_widget_set_tooltip_text (bell, _("You are told when this person becomes available"));
      gtk_widget_add_css_class (bell, "dim-label");
      add_part (self, PART_BELL, bell);
    }
  if (self->parts[PART_BELL] != NULL)
    gtk_widget_set_visible (self->parts[PART_BELL], is_shown);
}

static void
show_unread (LfContactRow *self, guint unread)
{
  GtkWidget       *label = self->parts[PART_UNREAD];
  g_autofree char *count = NULL;

  if (label == NULL && unread == 0)
    return;

  if (label == NULL)
    {
      label = gtk_label_new (NULL);
      gtk_widget_add_css_class (label, "unread");
      gtk_widget_add_css_class (label, "numeric");
      add_part (self, PART_UNREAD, label);
    }
  count = unread > MAX_UNREAD_SHOWN ? g_strdup_printf ("%d+", MAX_UNREAD_SHOWN) : g_strdup_printf ("%u", unread);
  gtk_widget_set_visible (label, unread > 0);
  gtk_label_set_label (GTK_LABEL (label), count);
}

static void
update_person (LfContactRow *self)
{
  if (self->contact == NULL)
    return;

  lf_portrait_set_name (self->portrait, lf_contact_get_name (self->contact));
  show_bell (self, is_told_when_free (self));
  show_unread (self, lf_contact_get_unread (self->contact));
  update_status (self);
}

static GtkWidget *
make_action (LfContactRow *self, const char *icon, const char *action, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_set_focus_on_click (button, FALSE);
  /* The target first: an action that wants one complains of a button without. */
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", lf_contact_get_user (self->contact));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  return button;
}

/* Nobody reads in a place. */
static void
offer_chat (LfContactRow *self)
{
  gtk_widget_set_visible (gtk_widget_get_last_child (self->parts[PART_ACTIONS]), !lf_contact_get_is_place (self->contact));
}

static void
ensure_actions (LfContactRow *self)
{
  GtkWidget *actions;

  if (self->parts[PART_ACTIONS] != NULL)
    return;

  actions = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (actions, "row-actions");
  gtk_box_append (GTK_BOX (actions), lf_call_button_new (self->contact));
  gtk_box_append (GTK_BOX (actions), make_action (self, "lf-chat-symbolic", LF_ACTION_CHAT, _("Chat")));
  add_part (self, PART_ACTIONS, actions);
  offer_chat (self);
}

static void
aim_actions (LfContactRow *self)
{
  if (self->parts[PART_ACTIONS] == NULL || self->contact == NULL)
    return;

  lf_call_button_set_contact (LF_CALL_BUTTON (gtk_widget_get_first_child (self->parts[PART_ACTIONS])), self->contact);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (gtk_widget_get_last_child (self->parts[PART_ACTIONS])), "s", lf_contact_get_user (self->contact));
  offer_chat (self);
}

static void
update_pointed (LfContactRow *self)
{
  GtkStateFlags flags = self->item != NULL ? gtk_widget_get_state_flags (self->item) : 0;
  gboolean      is_pointed = self->contact != NULL &&
                        (flags & (GTK_STATE_FLAG_PRELIGHT | GTK_STATE_FLAG_FOCUS_WITHIN)) != 0;

  if (is_pointed)
    ensure_actions (self);
  if (self->parts[PART_ACTIONS] != NULL)
    gtk_widget_set_visible (self->parts[PART_ACTIONS], is_pointed);
}

/* Fonts may be others, or of another list. */
static void
forget_text (LfContactRow *self)
{
  lf_row_text_forget (self->text);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
lf_contact_row_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (lf_contact_row_parent_class)->css_changed (widget, change);
  /* What changed is not told. At first there is nothing to forget. */
  lf_row_text_forget (LF_CONTACT_ROW (widget)->text);
}

static void
lf_contact_row_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (lf_contact_row_parent_class)->system_setting_changed (widget, setting);
  forget_text (LF_CONTACT_ROW (widget));
}

static void
lf_contact_row_direction_changed (GtkWidget *widget, GtkTextDirection before)
{
  GTK_WIDGET_CLASS (lf_contact_row_parent_class)->direction_changed (widget, before);
  forget_text (LF_CONTACT_ROW (widget));
}

/* ---- the item of a list view ---- */

static void
on_item_state_changed (LfContactRow *self)
{
  update_pointed (self);
  gtk_widget_queue_draw (GTK_WIDGET (self)); /* the badge stands on another colour */
}

static void
lf_contact_row_root (GtkWidget *widget)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);
  GtkWidget    *parent = gtk_widget_get_parent (widget);

  GTK_WIDGET_CLASS (lf_contact_row_parent_class)->root (widget);
  if (parent == NULL || !GTK_IS_LIST_VIEW (gtk_widget_get_parent (parent)))
    return;

  self->item = parent;
  self->state_handler = g_signal_connect_swapped (parent, "state-flags-changed", G_CALLBACK (on_item_state_changed), self);
  lf_row_text_forget (self->text);
  tell_item (self);
  update_pointed (self);
}

static void
lf_contact_row_unroot (GtkWidget *widget)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);

  if (self->item != NULL)
    g_clear_signal_handler (&self->state_handler, self->item);
  self->item = NULL;
  lf_row_text_forget (self->text);
  GTK_WIDGET_CLASS (lf_contact_row_parent_class)->unroot (widget);
}

/* ---- the person ---- */

static void
on_contact_notify (LfContact *contact, GParamSpec *pspec, gpointer user_data)
{
  const char *name = g_param_spec_get_name (pspec);

  /* Presence arrives by "resolved", when it changes what is seen. */
  if (!g_str_equal (name, "presence") && !g_str_equal (name, "display-status"))
    update_person (LF_CONTACT_ROW (user_data));
}

static void
lf_contact_row_map (GtkWidget *widget)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);

  GTK_WIDGET_CLASS (lf_contact_row_parent_class)->map (widget);
  if (self->roster != NULL && self->tick_handler == 0)
    self->tick_handler = g_signal_connect_swapped (self->roster, "tick", G_CALLBACK (update_status), self);
  if (self->is_stale)
    update_status (self);
}

static void
lf_contact_row_unmap (GtkWidget *widget)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);

  if (self->roster != NULL)
    g_clear_signal_handler (&self->tick_handler, self->roster);
  self->is_stale = TRUE;
  GTK_WIDGET_CLASS (lf_contact_row_parent_class)->unmap (widget);
}

static void
lf_contact_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfContactRow *self = LF_CONTACT_ROW (object);

  switch (id)
    {
    case PROP_CONTACT:
      g_value_set_object (value, self->contact);
      break;
    case PROP_IS_COMPACT:
      g_value_set_boolean (value, self->is_compact);
      break;
    case PROP_WORDS:
      g_value_set_string (value, self->told);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_contact_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LfContactRow *self = LF_CONTACT_ROW (object);

  switch (id)
    {
    case PROP_CONTACT:
      lf_contact_row_set_contact (self, g_value_get_object (value));
      break;
    case PROP_IS_COMPACT:
      lf_contact_row_set_is_compact (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_contact_row_dispose (GObject *object)
{
  LfContactRow *self = LF_CONTACT_ROW (object);
  GtkWidget    *child;

  lf_contact_row_set_contact (self, NULL);
  if (self->roster != NULL)
    g_clear_signal_handler (&self->tick_handler, self->roster);
  g_clear_object (&self->roster);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (lf_contact_row_parent_class)->dispose (object);
}

static void
lf_contact_row_finalize (GObject *object)
{
  LfContactRow *self = LF_CONTACT_ROW (object);

  g_free (self->told);
  lf_row_text_free (self->text);
  G_OBJECT_CLASS (lf_contact_row_parent_class)->finalize (object);
}

static void
lf_contact_row_class_init (LfContactRowClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lf_contact_row_get_property;
  object_class->set_property = lf_contact_row_set_property;
  object_class->dispose = lf_contact_row_dispose;
  object_class->finalize = lf_contact_row_finalize;
  widget_class->map = lf_contact_row_map;
  widget_class->unmap = lf_contact_row_unmap;
  widget_class->root = lf_contact_row_root;
  widget_class->unroot = lf_contact_row_unroot;
  widget_class->measure = lf_contact_row_measure;
  widget_class->size_allocate = lf_contact_row_size_allocate;
  widget_class->snapshot = lf_contact_row_snapshot;
  widget_class->css_changed = lf_contact_row_css_changed;
  widget_class->system_setting_changed = lf_contact_row_system_setting_changed;
  widget_class->direction_changed = lf_contact_row_direction_changed;

  props[PROP_CONTACT] = g_param_spec_object ("contact", NULL, NULL, LF_TYPE_CONTACT, flags);
  props[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE, flags);
  props[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL,
                                           G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

/* No template: its parts would be looked up anew for each of the 205 rows, a fifth of the time that a
 * long list takes to appear. */
static void
lf_contact_row_init (LfContactRow *self)
{
  self->text = lf_row_text_new ();
  gtk_widget_add_css_class (GTK_WIDGET (self), "contact-row");
  self->portrait = LF_PORTRAIT (lf_portrait_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->portrait), GTK_WIDGET (self));
}

/**
 * lf_contact_row_new:
 * @roster: whose clock and minutes to follow
 *
 * Makes a row without a person.
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
lf_contact_row_new (LfRoster *roster)
{
  LfContactRow *self;

  g_return_val_if_fail (LF_IS_ROSTER (roster), NULL);

  self = g_object_new (LF_TYPE_CONTACT_ROW, NULL);
  self->roster = g_object_ref (roster);

  return GTK_WIDGET (self);
}

/**
 * lf_contact_row_get_contact:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): whom it shows
 */
LfContact *
lf_contact_row_get_contact (LfContactRow *self)
{
  g_return_val_if_fail (LF_IS_CONTACT_ROW (self), NULL);

  return self->contact;
}

/**
 * lf_contact_row_set_contact:
 * @self: a row
 * @contact: (nullable): whom to show
 *
 * Shows a person and follows what changes, until another is set.
 */
void
lf_contact_row_set_contact (LfContactRow *self, LfContact *contact)
{
  g_return_if_fail (LF_IS_CONTACT_ROW (self));
  g_return_if_fail (contact == NULL || LF_IS_CONTACT (contact));

  if (self->contact == contact)
    return;

  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_set_object (&self->contact, contact);
  if (contact != NULL)
    {
      g_signal_connect_object (contact, "resolved", G_CALLBACK (update_status), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (contact, "notify", G_CALLBACK (on_contact_notify), self, 0);
      update_person (self);
      aim_actions (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONTACT]);
}

/**
 * lf_contact_row_set_is_compact:
 * @self: a row
 * @is_compact: 36 pixels high with everything on one line, instead of 52 with two
 *
 * Chooses the height.
 */
void
lf_contact_row_set_is_compact (LfContactRow *self, gboolean is_compact)
{
  g_return_if_fail (LF_IS_CONTACT_ROW (self));

  is_compact = is_compact != FALSE;
  if (self->is_compact == is_compact)
    return;

  self->is_compact = is_compact;
  lf_portrait_set_size (self->portrait, lf_contact_row_get_portrait_size (self), BADGE_SIZE);
  if (is_compact)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "compact");
  update_status (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_COMPACT]);
}

/**
 * lf_contact_row_get_texts:
 * @self: a row
 *
 * Tells what can be read in the row: its lines, joined by line feeds.
 *
 * Returns: (transfer full): a text
 */
char *
lf_contact_row_get_texts (LfContactRow *self)
{
  const char *head, *body;

  g_return_val_if_fail (LF_IS_CONTACT_ROW (self), NULL);

  head = lf_row_text_get_head (self->text);
  body = lf_row_text_get_body (self->text);

  return g_strjoin ("\n", head != NULL ? head : "", body, NULL);
}

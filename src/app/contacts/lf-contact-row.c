/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-contact-row.h"
#include "lf-portrait.h"
#include "lf-status-words.h"

#define SPACING             10 /* pixels between the parts */
#define AVATAR_SIZE         36
#define AVATAR_SIZE_COMPACT 24
#define BADGE_SIZE          13
#define BADGE_SIZE_COMPACT  12
#define DIM_WORDS           0.75 /* alpha of what stands behind the name */
#define DIM_NOTE            0.62
#define MAX_UNREAD_SHOWN    99

struct _LfContactRow
{
  GtkWidget parent_instance;

  LfRoster  *roster;  /* owned */
  LfContact *contact; /* owned, nullable */
  char      *told;    /* owned, nullable: the accessible name as it is */
  gulong     tick_handler;
  gboolean   is_compact;

  LfPortrait     *portrait;
  GtkWidget      *text;
  GtkInscription *name;
  GtkInscription *words;

  /* Not in the template: a list makes some 205 rows, of which few have these. */
  GtkWidget *actions; /* nullable until pointed at */
  GtkWidget *bell;    /* nullable until watched */
  GtkWidget *unread;  /* nullable until something is unread */
};

G_DEFINE_FINAL_TYPE (LfContactRow, lf_contact_row, GTK_TYPE_WIDGET)

enum
{
  PROP_CONTACT = 1,
  PROP_IS_COMPACT,
  PROP_WORDS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
dim_from (PangoAttrList *attributes, gsize start_index, double alpha)
{
  PangoAttribute *dim = pango_attr_foreground_alpha_new ((guint16) (G_MAXUINT16 * alpha));

  dim->start_index = (guint) start_index;
  pango_attr_list_insert (attributes, dim);
}

static void
show_text (GtkInscription *inscription, const char *text, PangoAttrList *attributes)
{
  if (g_strcmp0 (gtk_inscription_get_text (inscription), text) == 0)
    return;

  gtk_inscription_set_text (inscription, text);
  /* Not for nothing: it makes a layout of a text that may never be drawn. */
  if (attributes != NULL || gtk_inscription_get_attributes (inscription) != NULL)
    gtk_inscription_set_attributes (inscription, attributes);
}

/* The words as they are, the note after them dimmer: one line, cut at its end. Compact, the name stands
 * before them. */
static void
show_words (LfContactRow *self, const char *words, const char *note)
{
  const char               *name = lf_contact_get_name (self->contact);
  g_autoptr (PangoAttrList) attributes = self->is_compact || note != NULL ? pango_attr_list_new () : NULL;
  g_autofree char          *said = NULL;
  g_autofree char          *line = NULL;

  /* Translators: the state and the note of a person in a list: "Away · Lunch". */
  said = note != NULL ? g_strdup_printf (C_("state and note", "%s · %s"), words, note) : g_strdup (words);
  if (self->is_compact)
    {
      PangoAttribute *weight = pango_attr_weight_new (PANGO_WEIGHT_NORMAL);

      line = g_strdup_printf ("%s   %s", name, said);
      weight->start_index = (guint) strlen (name);
      pango_attr_list_insert (attributes, weight);
      dim_from (attributes, strlen (name), DIM_WORDS);
      show_text (self->name, line, attributes);
      return;
    }

  if (note != NULL && g_str_has_prefix (said, words))
    dim_from (attributes, strlen (words), DIM_NOTE);
  show_text (self->name, name, NULL);
  show_text (self->words, said, attributes);
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
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WORDS]);
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

  lf_badge_set_resolved (lf_portrait_get_badge (self->portrait), resolved);
  show_words (self, words, note);
  update_accessible (self, words, note);
}

static void
show_bell (LfContactRow *self, gboolean is_shown)
{
  if (self->bell == NULL && is_shown)
    {
      self->bell = gtk_image_new_from_icon_name ("lf-bell-symbolic");
      gtk_widget_set_tooltip_text (self->bell, _("You are told when this person becomes available"));
      gtk_widget_add_css_class (self->bell, "dim-label");
      gtk_widget_insert_after (self->bell, GTK_WIDGET (self), self->actions != NULL ? self->actions : self->text);
    }
  if (self->bell != NULL)
    gtk_widget_set_visible (self->bell, is_shown);
}

static void
show_unread (LfContactRow *self, guint unread)
{
  g_autofree char *count = unread > MAX_UNREAD_SHOWN ? g_strdup_printf ("%d+", MAX_UNREAD_SHOWN)
                                                     : g_strdup_printf ("%u", unread);

  if (self->unread == NULL && unread > 0)
    {
      self->unread = gtk_label_new (NULL);
      gtk_widget_set_valign (self->unread, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (self->unread, "unread");
      gtk_widget_add_css_class (self->unread, "numeric");
      gtk_widget_set_parent (self->unread, GTK_WIDGET (self));
    }
  if (self->unread == NULL)
    return;

  gtk_widget_set_visible (self->unread, unread > 0);
  gtk_label_set_label (GTK_LABEL (self->unread), count);
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

static void
ensure_actions (LfContactRow *self)
{
  if (self->actions != NULL)
    return;

  self->actions = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->actions, "row-actions");
  gtk_box_append (GTK_BOX (self->actions),
                  make_action (self, "call-start-symbolic", LF_ACTION_CALL, _("Call")));
  gtk_box_append (GTK_BOX (self->actions),
                  make_action (self, "lf-chat-symbolic", LF_ACTION_CHAT, _("Chat")));
  gtk_widget_insert_after (self->actions, GTK_WIDGET (self), self->text);
}

static void
aim_actions (LfContactRow *self)
{
  if (self->actions == NULL || self->contact == NULL)
    return;

  for (GtkWidget *child = gtk_widget_get_first_child (self->actions); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_actionable_set_action_target (GTK_ACTIONABLE (child), "s", lf_contact_get_user (self->contact));
}

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
  update_status (self);
}

static void
lf_contact_row_unmap (GtkWidget *widget)
{
  LfContactRow *self = LF_CONTACT_ROW (widget);

  if (self->roster != NULL)
    g_clear_signal_handler (&self->tick_handler, self->roster);
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

  props[PROP_CONTACT] = g_param_spec_object ("contact", NULL, NULL, LF_TYPE_CONTACT, flags);
  props[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE, flags);
  props[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL,
                                           G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

/* An inscription: a label lays its text out to be measured, in all 205 rows. */
static GtkInscription *
add_line (LfContactRow *self, const char *css_class)
{
  GtkWidget *line = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (line), GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_widget_add_css_class (line, css_class);
  gtk_box_append (GTK_BOX (self->text), line);

  return GTK_INSCRIPTION (line);
}

/* No template: its parts would be looked up anew for each of the 205 rows, a fifth of the time that a
 * long list takes to appear. */
static void
lf_contact_row_init (LfContactRow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (widget)), SPACING);
  gtk_widget_add_css_class (widget, "contact-row");
  self->portrait = LF_PORTRAIT (lf_portrait_new ());
  lf_portrait_set_size (self->portrait, AVATAR_SIZE, BADGE_SIZE);
  gtk_widget_set_valign (GTK_WIDGET (self->portrait), GTK_ALIGN_CENTER);
  gtk_widget_set_parent (GTK_WIDGET (self->portrait), widget);
  self->text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_valign (self->text, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (self->text, TRUE);
  gtk_widget_set_parent (self->text, widget);
  self->name = add_line (self, "name");
  self->words = add_line (self, "words");
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "caption");
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
  lf_portrait_set_size (self->portrait, is_compact ? AVATAR_SIZE_COMPACT : AVATAR_SIZE,
                        is_compact ? BADGE_SIZE_COMPACT : BADGE_SIZE);
  gtk_widget_set_visible (GTK_WIDGET (self->words), !is_compact);
  if (is_compact)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "compact");
  update_status (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_COMPACT]);
}

/**
 * lf_contact_row_set_is_pointed:
 * @self: a row
 * @is_pointed: whether the pointer is over it, or the keyboard on it
 *
 * Shows or hides Call and Chat.
 */
void
lf_contact_row_set_is_pointed (LfContactRow *self, gboolean is_pointed)
{
  g_return_if_fail (LF_IS_CONTACT_ROW (self));

  if (is_pointed && self->contact != NULL)
    ensure_actions (self);
  if (self->actions != NULL)
    gtk_widget_set_visible (self->actions, is_pointed);
}

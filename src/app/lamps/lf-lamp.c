/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-badge.h"
#include "lf-lamp.h"
#include "lf-status-words.h"

struct _LfLamp
{
  GtkWidget parent_instance;

  LfRoster   *roster;      /* owned */
  LfContact  *contact;     /* owned, nullable */
  char       *told;        /* owned, nullable: the accessible name as it is */
  const char *state_class; /* static, nullable: the CSS class of the state */
  GtkWidget  *item;        /* borrowed from the grid view while in it: the parent, nullable */
  gboolean    is_compact;
  gboolean    is_stale; /* minutes may have passed out of sight */
  gulong      tick_handler;

  LfBadge  *badge;
  GtkLabel *name_label;
  GtkLabel *words_label;
};

G_DEFINE_FINAL_TYPE (LfLamp, lf_lamp, GTK_TYPE_WIDGET)

enum
{
  PROP_CONTACT = 1,
  PROP_IS_COMPACT,
  PROP_WORDS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static const char *const state_classes[LF_N_DISPLAY_STATUSES] = {
  [LF_DISPLAY_UNKNOWN] = "unknown",
  [LF_DISPLAY_OFFLINE] = "offline",
  [LF_DISPLAY_AWAY] = "away",
  [LF_DISPLAY_IDLE] = "idle",
  [LF_DISPLAY_ONLINE] = "online",
  [LF_DISPLAY_AVAILABLE] = "available",
  [LF_DISPLAY_IN_A_MEETING] = "in-a-meeting",
  [LF_DISPLAY_ON_THE_PHONE] = "on-the-phone",
  [LF_DISPLAY_DO_NOT_DISTURB] = "do-not-disturb",
};

/* ---- what is said ---- */

/* The state and, where that tells something, for how long. */
static void
format_state (LfContact *contact, gint64 now_us, char **state, char **age)
{
  const LfResolved *resolved = lf_contact_get_resolved (contact);
  const LfPresence *presence = lf_contact_get_presence (contact);

  *age = NULL;
  if (lf_lamp_is_ringing (contact, now_us))
    {
      *state = lf_status_words_format_kind (presence, LF_KIND_PHONE, now_us);
      *age = lf_status_words_format_age (presence->phone.since_us, now_us);
    }
  else if (resolved->status == LF_DISPLAY_ON_THE_PHONE || resolved->status == LF_DISPLAY_IDLE || resolved->status == LF_DISPLAY_AWAY)
    {
      *state = g_strdup (lf_status_words_get_name (resolved->status));
      *age = lf_status_words_format_age (resolved->since_us, now_us);
    }
  else if (lf_contact_get_is_place (contact) && resolved->kind == LF_KIND_REACHABILITY && resolved->status == LF_DISPLAY_ONLINE)
    *state = lf_status_words_format_kind (presence, LF_KIND_PHONE, now_us);
  else
    *state = lf_status_words_format (resolved, now_us);
}

/* The item of the grid view is what takes the focus: it says what the lamp says. */
static void
tell_item (LfLamp *self)
{
  if (self->item != NULL && self->told != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->item), GTK_ACCESSIBLE_PROPERTY_LABEL, self->told, -1);
}

/* "Jonas Weber, On the phone, 4 min, signed out, Back at 3" */
static void
update_accessible (LfLamp *self, const char *state, const char *age)
{
  const LfResolved   *resolved = lf_contact_get_resolved (self->contact);
  g_autoptr (GString) told = g_string_new (lf_contact_get_name (self->contact));
  g_autofree char    *note = lf_status_words_format_note (resolved);

  g_string_append_printf (told, ", %s", state);
  if (age != NULL)
    g_string_append_printf (told, ", %s", age);
  if (resolved->is_signed_out && resolved->kind != LF_KIND_REACHABILITY && !lf_contact_get_is_place (self->contact))
    g_string_append_printf (told, ", %s", _("signed out"));
  if (note != NULL)
    g_string_append_printf (told, ", %s", note);
  if (g_strcmp0 (self->told, told->str) == 0)
    return;

  g_free (self->told);
  self->told = g_strdup (told->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->told, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->told);
  tell_item (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WORDS]);
}

static void
set_state_class (LfLamp *self, const char *state_class)
{
  if (self->state_class == state_class)
    return;

  if (self->state_class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->state_class);
  self->state_class = state_class;
  if (state_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), state_class);
}

static void
update (LfLamp *self)
{
  const LfResolved *resolved;
  g_autofree char  *state = NULL;
  g_autofree char  *age = NULL;
  g_autofree char  *words = NULL;
  gint64            now_us;
  gboolean          is_ringing;

  if (self->contact == NULL)
    return;

  now_us = lf_clock_get_now_us (lf_roster_get_clock (self->roster));
  resolved = lf_contact_get_resolved (self->contact);
  is_ringing = lf_lamp_is_ringing (self->contact, now_us);
  format_state (self->contact, now_us, &state, &age);
  /* Translators: a state, and for how long: "On the phone · 4 min". */
  words = age != NULL ? g_strdup_printf (C_("state and age", "%s · %s"), state, age) : g_strdup (state);

  self->is_stale = FALSE;
  /* The handset without its fill, as the call has not begun. */
  lf_badge_set_status (self->badge, is_ringing ? LF_DISPLAY_ON_THE_PHONE : resolved->status,
                       is_ringing || (resolved->is_signed_out && !lf_contact_get_is_place (self->contact)));
  set_state_class (self, is_ringing ? "ringing" : state_classes[resolved->status]);
  gtk_label_set_label (self->name_label, lf_contact_get_name (self->contact));
  gtk_label_set_label (self->words_label, words);
  update_accessible (self, state, age);
}

/* ---- the person, or the place ---- */

static void
set_is_compact (LfLamp *self, gboolean is_compact)
{
  if (self->is_compact == is_compact)
    return;

  self->is_compact = is_compact;
  if (is_compact)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "compact");
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_COMPACT]);
}

static void
lf_lamp_map (GtkWidget *widget)
{
  LfLamp *self = LF_LAMP (widget);

  GTK_WIDGET_CLASS (lf_lamp_parent_class)->map (widget);
  self->tick_handler = g_signal_connect_swapped (self->roster, "tick", G_CALLBACK (update), self);
  if (self->is_stale)
    update (self);
}

static void
lf_lamp_unmap (GtkWidget *widget)
{
  LfLamp *self = LF_LAMP (widget);

  g_clear_signal_handler (&self->tick_handler, self->roster);
  self->is_stale = TRUE;
  GTK_WIDGET_CLASS (lf_lamp_parent_class)->unmap (widget);
}

static void
lf_lamp_root (GtkWidget *widget)
{
  LfLamp    *self = LF_LAMP (widget);
  GtkWidget *parent = gtk_widget_get_parent (widget);

  GTK_WIDGET_CLASS (lf_lamp_parent_class)->root (widget);
  if (parent != NULL && GTK_IS_GRID_VIEW (gtk_widget_get_parent (parent)))
    self->item = parent;
  tell_item (self);
}

static void
lf_lamp_unroot (GtkWidget *widget)
{
  LF_LAMP (widget)->item = NULL;
  GTK_WIDGET_CLASS (lf_lamp_parent_class)->unroot (widget);
}

static void
lf_lamp_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfLamp *self = LF_LAMP (object);

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
lf_lamp_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_CONTACT:
      lf_lamp_set_contact (LF_LAMP (object), g_value_get_object (value));
      break;
    case PROP_IS_COMPACT:
      set_is_compact (LF_LAMP (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_lamp_dispose (GObject *object)
{
  LfLamp    *self = LF_LAMP (object);
  GtkWidget *child;

  lf_lamp_set_contact (self, NULL);
  g_clear_object (&self->roster);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (lf_lamp_parent_class)->dispose (object);
}

static void
lf_lamp_finalize (GObject *object)
{
  g_free (LF_LAMP (object)->told);
  G_OBJECT_CLASS (lf_lamp_parent_class)->finalize (object);
}

static void
lf_lamp_class_init (LfLampClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lf_lamp_get_property;
  object_class->set_property = lf_lamp_set_property;
  object_class->dispose = lf_lamp_dispose;
  object_class->finalize = lf_lamp_finalize;
  widget_class->map = lf_lamp_map;
  widget_class->unmap = lf_lamp_unmap;
  widget_class->root = lf_lamp_root;
  widget_class->unroot = lf_lamp_unroot;

  props[PROP_CONTACT] = g_param_spec_object ("contact", NULL, NULL, LF_TYPE_CONTACT, flags);
  props[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE, flags);
  props[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL,
                                           G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (LF_TYPE_BADGE);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "lamp");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/lamps/lf-lamp.ui");
  gtk_widget_class_bind_template_child (widget_class, LfLamp, badge);
  gtk_widget_class_bind_template_child (widget_class, LfLamp, name_label);
  gtk_widget_class_bind_template_child (widget_class, LfLamp, words_label);
}

static void
lf_lamp_init (LfLamp *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_lamp_new:
 * @roster: whose clock and minutes to follow
 *
 * Returns: (transfer floating): a lamp of nobody
 */
GtkWidget *
lf_lamp_new (LfRoster *roster)
{
  LfLamp *self;

  g_return_val_if_fail (LF_IS_ROSTER (roster), NULL);

  self = g_object_new (LF_TYPE_LAMP, NULL);
  self->roster = g_object_ref (roster);

  return GTK_WIDGET (self);
}

/**
 * lf_lamp_get_contact:
 * @self: the lamp
 *
 * Returns: (transfer none) (nullable): whose lamp it is
 */
LfContact *
lf_lamp_get_contact (LfLamp *self)
{
  g_return_val_if_fail (LF_IS_LAMP (self), NULL);

  return self->contact;
}

/**
 * lf_lamp_set_contact:
 * @self: the lamp
 * @contact: (nullable): whose state to show
 *
 * Makes it the lamp of a person or a place.
 */
void
lf_lamp_set_contact (LfLamp *self, LfContact *contact)
{
  g_return_if_fail (LF_IS_LAMP (self));
  g_return_if_fail (contact == NULL || LF_IS_CONTACT (contact));

  if (self->contact == contact)
    return;

  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_set_object (&self->contact, contact);
  if (contact != NULL)
    {
      g_signal_connect_swapped (contact, "resolved", G_CALLBACK (update), self);
      g_signal_connect_swapped (contact, "notify::name", G_CALLBACK (update), self);
      g_signal_connect_swapped (contact, "notify::is-place", G_CALLBACK (update), self);
      update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONTACT]);
}

/**
 * lf_lamp_is_ringing:
 * @contact: a person or a place
 * @now_us: now, microseconds since 1970-01-01 UTC
 *
 * Returns: %TRUE if a call rings there that nobody has answered
 */
gboolean
lf_lamp_is_ringing (LfContact *contact, gint64 now_us)
{
  const LfPhone *phone;

  g_return_val_if_fail (LF_IS_CONTACT (contact), FALSE);

  phone = &lf_contact_get_presence (contact)->phone;
  return phone->state == LF_PHONE_RINGING && (phone->valid_until_us == LF_INSTANT_NONE || phone->valid_until_us > now_us);
}

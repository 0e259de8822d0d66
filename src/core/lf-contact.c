/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-contact-private.h"
#include "lf-plain-line.h"

enum
{
  PROP_USER = 1,
  PROP_NAME,
  PROP_LOGIN,
  PROP_TITLE,
  PROP_DEPARTMENT,
  PROP_MAIL,
  PROP_ADDRESSES,
  PROP_IS_PLACE,
  PROP_GROUP,
  PROP_IS_FAVOURITE,
  PROP_IS_WATCHED,
  PROP_IS_ARMED,
  PROP_UNREAD,
  PROP_SPEED_DIAL,
  PROP_PRESENCE,
  PROP_DISPLAY_STATUS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_RESOLVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LfContact, lf_contact, G_TYPE_OBJECT)

static void
notify (LfContact *self,
        guint      prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static gboolean
replace_string (LfContact  *self,
                char      **field,
                const char *value,
                guint       prop)
{
  char *old;

  if (g_strcmp0 (*field, value) == 0)
    return FALSE;
  old = *field;
  *field = g_strdup (value);
  g_free (old); /* last: @value may be the old one's part */
  if (prop != 0)
    notify (self, prop);
  return TRUE;
}

/* What the person, or who wrote the directory, could make into anything. */
static gboolean
replace_words (LfContact  *self,
               char      **field,
               const char *value,
               guint       prop)
{
  g_autofree char *line = lf_plain_line_new (value);

  return replace_string (self, field, line, prop);
}

static gboolean
replace_boolean (LfContact *self,
                 gboolean  *field,
                 gboolean   value,
                 guint      prop)
{
  if (!!*field == !!value)
    return FALSE;
  *field = !!value;
  notify (self, prop);
  return TRUE;
}

static gboolean
replace_addresses (LfContact         *self,
                   const char *const *addresses)
{
  static const char *const none[] = { NULL };
  GStrv                    old = self->addresses;

  if (addresses == NULL)
    addresses = none;
  if (g_strv_equal ((const char *const *) old, addresses))
    return FALSE;
  self->addresses = g_strdupv ((GStrv) addresses);
  g_strfreev (old);
  notify (self, PROP_ADDRESSES);
  return TRUE;
}

static gboolean
is_displayed_alike (const LfResolved *a,
                    const LfResolved *b)
{
  return a->status == b->status && a->kind == b->kind && a->stale == b->stale &&
         a->reachability == b->reachability && a->since_us == b->since_us &&
         a->until_us == b->until_us && a->note_until_us == b->note_until_us &&
         g_strcmp0 (a->note, b->note) == 0 && g_strcmp0 (a->note_emoji, b->note_emoji) == 0;
}

/* Whether two presences give the same details; the revisions are nobody's business. */
static gboolean
is_detailed_alike (const LfPresence *a,
                   const LfPresence *b)
{
  return a == b ||
         (lf_phone_equal (&a->phone, &b->phone) &&
          lf_reachability_equal (&a->reachability, &b->reachability) &&
          a->calendar.read_at_us == b->calendar.read_at_us &&
          a->calendar.known_from_us == b->calendar.known_from_us &&
          a->calendar.valid_until_us == b->calendar.valid_until_us &&
          a->calendar.is_state_only == b->calendar.is_state_only &&
          a->calendar.known_until_us == b->calendar.known_until_us &&
          g_strcmp0 (a->calendar.source, b->calendar.source) == 0 &&
          lf_busy_list_equal (a->calendar.busy, b->calendar.busy));
}

static void
lf_contact_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  LfContact *self = LF_CONTACT (object);

  switch (prop_id)
    {
    case PROP_USER:
      g_value_set_string (value, self->user);
      break;
    case PROP_NAME:
      g_value_set_string (value, lf_contact_get_name (self));
      break;
    case PROP_LOGIN:
      g_value_set_string (value, self->login);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_DEPARTMENT:
      g_value_set_string (value, self->department);
      break;
    case PROP_MAIL:
      g_value_set_string (value, self->mail);
      break;
    case PROP_ADDRESSES:
      g_value_set_boxed (value, self->addresses);
      break;
    case PROP_IS_PLACE:
      g_value_set_boolean (value, self->is_place);
      break;
    case PROP_GROUP:
      g_value_set_string (value, self->group);
      break;
    case PROP_IS_FAVOURITE:
      g_value_set_boolean (value, self->is_favourite);
      break;
    case PROP_IS_WATCHED:
      g_value_set_boolean (value, self->is_watched);
      break;
    case PROP_IS_ARMED:
      g_value_set_boolean (value, self->is_armed);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    case PROP_SPEED_DIAL:
      g_value_set_int (value, self->speed_dial);
      break;
    case PROP_PRESENCE:
      g_value_set_boxed (value, self->presence);
      break;
    case PROP_DISPLAY_STATUS:
      g_value_set_uint (value, self->resolved.status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_contact_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  LfContact *self = LF_CONTACT (object);

  switch (prop_id)
    {
    case PROP_USER:
      self->user = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_contact_finalize (GObject *object)
{
  LfContact *self = LF_CONTACT (object);

  g_free (self->user);
  g_free (self->login);
  g_free (self->name);
  g_free (self->title);
  g_free (self->department);
  g_free (self->mail);
  g_strfreev (self->addresses);
  g_free (self->group);
  lf_presence_unref (self->presence);
  lf_presence_unref (self->shown);

  G_OBJECT_CLASS (lf_contact_parent_class)->finalize (object);
}

static void
lf_contact_class_init (LfContactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lf_contact_get_property;
  object_class->set_property = lf_contact_set_property;
  object_class->finalize = lf_contact_finalize;

  props[PROP_USER] = g_param_spec_string ("user", NULL, NULL, NULL,
                                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_LOGIN] = g_param_spec_string ("login", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_DEPARTMENT] = g_param_spec_string ("department", NULL, NULL, NULL, flags);
  props[PROP_MAIL] = g_param_spec_string ("mail", NULL, NULL, NULL, flags);
  props[PROP_ADDRESSES] = g_param_spec_boxed ("addresses", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_IS_PLACE] = g_param_spec_boolean ("is-place", NULL, NULL, FALSE, flags);
  props[PROP_GROUP] = g_param_spec_string ("group", NULL, NULL, NULL, flags);
  props[PROP_IS_FAVOURITE] = g_param_spec_boolean ("is-favourite", NULL, NULL, FALSE, flags);
  props[PROP_IS_WATCHED] = g_param_spec_boolean ("is-watched", NULL, NULL, FALSE, flags);
  props[PROP_IS_ARMED] = g_param_spec_boolean ("is-armed", NULL, NULL, FALSE, flags);
  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SPEED_DIAL] = g_param_spec_int ("speed-dial", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_PRESENCE] = g_param_spec_boxed ("presence", NULL, NULL, LF_TYPE_PRESENCE, flags);
  props[PROP_DISPLAY_STATUS] = g_param_spec_uint ("display-status", NULL, NULL, 0, LF_N_DISPLAY_STATUSES - 1,
                                                  LF_DISPLAY_UNKNOWN, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_RESOLVED] = g_signal_new ("resolved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lf_contact_init (LfContact *self)
{
  self->addresses = g_new0 (char *, 1);
  self->presence = lf_presence_ref (lf_presence_get_unknown ());
  self->shown = lf_presence_ref (self->presence);
  lf_resolve (self->presence, 0, &self->resolved);
}

/**
 * lf_contact_new:
 * @user: user id
 *
 * Returns: (transfer full): a contact of whom nothing else is known
 */
LfContact *
lf_contact_new (const char *user)
{
  g_return_val_if_fail (user != NULL, NULL);

  return g_object_new (LF_TYPE_CONTACT, "user", user, NULL);
}

/**
 * lf_contact_get_presence:
 * @self: a contact
 *
 * Returns: (transfer none): what is known about the person
 */
LfPresence *
lf_contact_get_presence (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return self->presence;
}

/**
 * lf_contact_get_resolved:
 * @self: a contact
 *
 * Returns: (transfer none): the outcome of the last lf_contact_resolve(); valid until the next
 */
const LfResolved *
lf_contact_get_resolved (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return &self->resolved;
}

/**
 * lf_contact_set_person:
 * @self: a contact
 * @fields: what the directory says; `user` must be this contact's
 *
 * Returns: %TRUE if anything changed
 */
gboolean
lf_contact_set_person (LfContact            *self,
                       const LfPersonFields *fields)
{
  g_autofree char *old_name = NULL;
  gboolean         is_changed;
  GObject         *object;

  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);
  g_return_val_if_fail (fields != NULL && g_strcmp0 (fields->user, self->user) == 0, FALSE);

  object = G_OBJECT (self);
  old_name = g_strdup (lf_contact_get_name (self));
  g_object_freeze_notify (object); /* who listens sees the whole change */
  is_changed = replace_words (self, &self->name, fields->name, 0);
  is_changed |= replace_string (self, &self->login, fields->login, PROP_LOGIN);
  is_changed |= replace_words (self, &self->title, fields->title, PROP_TITLE);
  is_changed |= replace_words (self, &self->department, fields->department, PROP_DEPARTMENT);
  is_changed |= replace_string (self, &self->mail, fields->mail, PROP_MAIL);
  is_changed |= replace_addresses (self, fields->addresses);
  is_changed |= replace_boolean (self, &self->is_place, fields->is_place, PROP_IS_PLACE);
  if (g_strcmp0 (old_name, lf_contact_get_name (self)) != 0)
    notify (self, PROP_NAME);
  g_object_thaw_notify (object);
  return is_changed;
}

/**
 * lf_contact_set_group:
 * @self: a contact
 * @group: (nullable): id of a group
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_contact_set_group (LfContact  *self,
                      const char *group)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return replace_string (self, &self->group, group, PROP_GROUP);
}

/**
 * lf_contact_set_is_favourite:
 * @self: a contact
 * @is_favourite: whether it is one
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_contact_set_is_favourite (LfContact *self,
                             gboolean   is_favourite)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return replace_boolean (self, &self->is_favourite, is_favourite, PROP_IS_FAVOURITE);
}

/**
 * lf_contact_set_is_watched:
 * @self: a contact
 * @is_watched: whether to tell each time the person becomes available
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_contact_set_is_watched (LfContact *self,
                           gboolean   is_watched)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return replace_boolean (self, &self->is_watched, is_watched, PROP_IS_WATCHED);
}

/**
 * lf_contact_set_is_armed:
 * @self: a contact
 * @is_armed: whether to tell once
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_contact_set_is_armed (LfContact *self,
                         gboolean   is_armed)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return replace_boolean (self, &self->is_armed, is_armed, PROP_IS_ARMED);
}

/**
 * lf_contact_set_speed_dial:
 * @self: a contact
 * @speed_dial: position from 1, or 0 for none
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_contact_set_speed_dial (LfContact *self,
                           int        speed_dial)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);
  g_return_val_if_fail (speed_dial >= 0, FALSE);

  if (self->speed_dial == speed_dial)
    return FALSE;
  self->speed_dial = speed_dial;
  notify (self, PROP_SPEED_DIAL);
  return TRUE;
}

/**
 * lf_contact_set_unread:
 * @self: a contact
 * @unread: how many unread messages its conversation holds
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_contact_set_unread (LfContact *self,
                       guint      unread)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  if (self->unread == unread)
    return FALSE;
  self->unread = unread;
  notify (self, PROP_UNREAD);
  return TRUE;
}

/**
 * lf_contact_set_presence:
 * @self: a contact
 * @presence: what is known now; a reference is taken
 *
 * Displays nothing yet: resolve afterwards.
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_contact_set_presence (LfContact        *self,
                         const LfPresence *presence)
{
  g_autoptr (LfPresence) old = NULL;

  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);
  g_return_val_if_fail (presence != NULL, FALSE);

  if (lf_presence_equal (self->presence, presence))
    return FALSE;
  old = self->presence;
  self->presence = lf_presence_ref (presence);
  notify (self, PROP_PRESENCE);
  return TRUE;
}

/**
 * lf_contact_resolve:
 * @self: a contact
 * @now_us: wall-clock instant, microseconds
 *
 * Works out what to display now. Notifies "display-status" if that changed, and emits "resolved" if
 * anything that a row or the why-card shows may have changed, details included.
 *
 * Returns: %TRUE if the display status changed
 */
gboolean
lf_contact_resolve (LfContact *self,
                    gint64     now_us)
{
  g_autoptr (LfPresence) old_shown = NULL;
  LfResolved             resolved;
  LfResolved             old;
  gboolean               is_alike;

  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  lf_resolve (self->presence, now_us, &resolved);
  old = self->resolved;
  is_alike = is_displayed_alike (&old, &resolved) && is_detailed_alike (self->shown, self->presence);
  old_shown = g_steal_pointer (&self->shown); /* keeps the strings of @old */
  self->shown = lf_presence_ref (self->presence);
  self->resolved = resolved;

  if (old.status != resolved.status)
    notify (self, PROP_DISPLAY_STATUS);
  if (!is_alike)
    g_signal_emit (self, signals[SIGNAL_RESOLVED], 0);
  return old.status != resolved.status;
}

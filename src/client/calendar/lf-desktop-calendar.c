/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-desktop-calendar.h"

struct _LfDesktopCalendar
{
  GObject parent_instance;

  char            *uid;     /* owned */
  char            *name;    /* owned */
  char            *account; /* owned, nullable */
  char            *colour;  /* owned, nullable */
  gboolean         is_own;
  gboolean         is_ticked;
  LfDesktopTrouble trouble;
};

G_DEFINE_FINAL_TYPE (LfDesktopCalendar, lf_desktop_calendar, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_ACCOUNT,
  PROP_COLOUR,
  PROP_IS_OWN,
  PROP_IS_TICKED,
  PROP_TROUBLE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
lf_desktop_calendar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfDesktopCalendar *self = LF_DESKTOP_CALENDAR (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ACCOUNT:
      g_value_set_string (value, self->account);
      break;
    case PROP_COLOUR:
      g_value_set_string (value, self->colour);
      break;
    case PROP_IS_OWN:
      g_value_set_boolean (value, self->is_own);
      break;
    case PROP_IS_TICKED:
      g_value_set_boolean (value, self->is_ticked);
      break;
    case PROP_TROUBLE:
      g_value_set_uint (value, self->trouble);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_desktop_calendar_finalize (GObject *object)
{
  LfDesktopCalendar *self = LF_DESKTOP_CALENDAR (object);

  g_free (self->uid);
  g_free (self->name);
  g_free (self->account);
  g_free (self->colour);
  G_OBJECT_CLASS (lf_desktop_calendar_parent_class)->finalize (object);
}

static void
lf_desktop_calendar_class_init (LfDesktopCalendarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lf_desktop_calendar_get_property;
  object_class->finalize = lf_desktop_calendar_finalize;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_ACCOUNT] = g_param_spec_string ("account", NULL, NULL, NULL, flags);
  props[PROP_COLOUR] = g_param_spec_string ("colour", NULL, NULL, NULL, flags);
  props[PROP_IS_OWN] = g_param_spec_boolean ("is-own", NULL, NULL, FALSE, flags);
  props[PROP_IS_TICKED] = g_param_spec_boolean ("is-ticked", NULL, NULL, FALSE, flags);
  props[PROP_TROUBLE] = g_param_spec_uint ("trouble", NULL, NULL, 0, LF_N_DESKTOP_TROUBLES - 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_desktop_calendar_init (LfDesktopCalendar *self)
{
}

/**
 * lf_desktop_calendar_new:
 * @uid: the desktop's id of it
 *
 * Returns: (transfer full): a calendar without a name yet
 */
LfDesktopCalendar *
lf_desktop_calendar_new (const char *uid)
{
  LfDesktopCalendar *self;

  g_return_val_if_fail (uid != NULL, NULL);

  self = g_object_new (LF_TYPE_DESKTOP_CALENDAR, NULL);
  self->uid = g_strdup (uid);
  self->name = g_strdup ("");
  return self;
}

/**
 * lf_desktop_calendar_get_uid:
 * @self: a calendar
 *
 * Returns: the desktop's id of it
 */
const char *
lf_desktop_calendar_get_uid (LfDesktopCalendar *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDAR (self), NULL);

  return self->uid;
}

/**
 * lf_desktop_calendar_get_name:
 * @self: a calendar
 *
 * Returns: its name, for people
 */
const char *
lf_desktop_calendar_get_name (LfDesktopCalendar *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDAR (self), NULL);

  return self->name;
}

/**
 * lf_desktop_calendar_get_account:
 * @self: a calendar
 *
 * Returns: (nullable): the name of the account it is in
 */
const char *
lf_desktop_calendar_get_account (LfDesktopCalendar *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDAR (self), NULL);

  return self->account;
}

/**
 * lf_desktop_calendar_get_colour:
 * @self: a calendar
 *
 * Returns: (nullable): the colour it has on the desktop, as the desktop wrote it
 */
const char *
lf_desktop_calendar_get_colour (LfDesktopCalendar *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDAR (self), NULL);

  return self->colour;
}

/**
 * lf_desktop_calendar_get_is_own:
 * @self: a calendar
 *
 * Returns: %TRUE if it is the user's own, as far as the desktop can tell
 */
gboolean
lf_desktop_calendar_get_is_own (LfDesktopCalendar *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDAR (self), FALSE);

  return self->is_own;
}

/**
 * lf_desktop_calendar_get_is_ticked:
 * @self: a calendar
 *
 * Returns: %TRUE if it counts
 */
gboolean
lf_desktop_calendar_get_is_ticked (LfDesktopCalendar *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDAR (self), FALSE);

  return self->is_ticked;
}

/**
 * lf_desktop_calendar_get_trouble:
 * @self: a calendar
 *
 * Returns: what stands in its way
 */
LfDesktopTrouble
lf_desktop_calendar_get_trouble (LfDesktopCalendar *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDAR (self), LF_DESKTOP_TROUBLE_NONE);

  return self->trouble;
}

static void
replace (LfDesktopCalendar *self, char **field, const char *value, guint prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

/**
 * lf_desktop_calendar_set_words:
 * @self: a calendar
 * @name: its name
 * @account: (nullable): of the account
 * @colour: (nullable): its colour
 *
 * What people see of it.
 */
void
lf_desktop_calendar_set_words (LfDesktopCalendar *self, const char *name, const char *account, const char *colour)
{
  g_return_if_fail (LF_IS_DESKTOP_CALENDAR (self) && name != NULL);

  replace (self, &self->name, name, PROP_NAME);
  replace (self, &self->account, account, PROP_ACCOUNT);
  replace (self, &self->colour, colour, PROP_COLOUR);
}

/**
 * lf_desktop_calendar_set_state:
 * @self: a calendar
 * @is_own: whether it is the user's own
 * @is_ticked: whether it counts
 *
 * Whether it counts.
 */
void
lf_desktop_calendar_set_state (LfDesktopCalendar *self, gboolean is_own, gboolean is_ticked)
{
  gboolean was_own, was_ticked;

  g_return_if_fail (LF_IS_DESKTOP_CALENDAR (self));

  was_own = self->is_own;
  was_ticked = self->is_ticked;
  self->is_own = is_own;
  self->is_ticked = is_ticked;
  if (was_own != is_own)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_OWN]);
  if (was_ticked != is_ticked)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_TICKED]);
}

/**
 * lf_desktop_calendar_set_trouble:
 * @self: a calendar
 * @trouble: what stands in its way
 *
 * Tells of trouble, or of its end.
 */
void
lf_desktop_calendar_set_trouble (LfDesktopCalendar *self, LfDesktopTrouble trouble)
{
  g_return_if_fail (LF_IS_DESKTOP_CALENDAR (self));

  if (self->trouble == trouble)
    return;
  self->trouble = trouble;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TROUBLE]);
}

static int
compare_words (const char *a, const char *b)
{
  return g_utf8_collate (a != NULL ? a : "", b != NULL ? b : "");
}

/**
 * lf_desktop_calendar_compare:
 * @a: an #LfDesktopCalendar
 * @b: another
 * @unused: for #GCompareDataFunc
 *
 * Orders by account, then by name, as the user's language does.
 *
 * Returns: less than 0, 0 or more than 0, as @a comes before @b or after it
 */
int
lf_desktop_calendar_compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  LfDesktopCalendar *one = (LfDesktopCalendar *) a;
  LfDesktopCalendar *other = (LfDesktopCalendar *) b;
  int                by_account = compare_words (one->account, other->account);

  return by_account != 0 ? by_account : compare_words (one->name, other->name);
}

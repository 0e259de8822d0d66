/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-list-entry.h"

struct _LfListEntry
{
  GObject parent_instance;

  LfContact *contact; /* owned, nullable for a header */
  char      *title;   /* owned, nullable for a contact */
  guint      n_free;
  guint      n_total;
};

G_DEFINE_FINAL_TYPE (LfListEntry, lf_list_entry, G_TYPE_OBJECT)

enum
{
  PROP_CONTACT = 1,
  PROP_TITLE,
  PROP_N_FREE,
  PROP_N_TOTAL,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
lf_list_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfListEntry *self = LF_LIST_ENTRY (object);

  switch (id)
    {
    case PROP_CONTACT:
      g_value_set_object (value, self->contact);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_N_FREE:
      g_value_set_uint (value, self->n_free);
      break;
    case PROP_N_TOTAL:
      g_value_set_uint (value, self->n_total);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_list_entry_dispose (GObject *object)
{
  LfListEntry *self = LF_LIST_ENTRY (object);

  g_clear_object (&self->contact);
  G_OBJECT_CLASS (lf_list_entry_parent_class)->dispose (object);
}

static void
lf_list_entry_finalize (GObject *object)
{
  LfListEntry *self = LF_LIST_ENTRY (object);

  g_free (self->title);
  G_OBJECT_CLASS (lf_list_entry_parent_class)->finalize (object);
}

static void
lf_list_entry_class_init (LfListEntryClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lf_list_entry_get_property;
  object_class->dispose = lf_list_entry_dispose;
  object_class->finalize = lf_list_entry_finalize;

  props[PROP_CONTACT] = g_param_spec_object ("contact", NULL, NULL, LF_TYPE_CONTACT, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_N_FREE] = g_param_spec_uint ("n-free", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_N_TOTAL] = g_param_spec_uint ("n-total", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_list_entry_init (LfListEntry *self)
{
}

/**
 * lf_list_entry_new_contact:
 * @contact: a person
 *
 * Makes the line of a person.
 *
 * Returns: (transfer full): a new entry
 */
LfListEntry *
lf_list_entry_new_contact (LfContact *contact)
{
  LfListEntry *self;

  g_return_val_if_fail (LF_IS_CONTACT (contact), NULL);

  self = g_object_new (LF_TYPE_LIST_ENTRY, NULL);
  self->contact = g_object_ref (contact);

  return self;
}

/**
 * lf_list_entry_new_header:
 * @title: the section's name, for people
 *
 * Makes the header of a section.
 *
 * Returns: (transfer full): a new entry
 */
LfListEntry *
lf_list_entry_new_header (const char *title)
{
  LfListEntry *self;

  g_return_val_if_fail (title != NULL, NULL);

  self = g_object_new (LF_TYPE_LIST_ENTRY, NULL);
  self->title = g_strdup (title);

  return self;
}

/**
 * lf_list_entry_get_contact:
 * @self: a line
 *
 * Returns: (transfer none) (nullable): the person, %NULL for a header
 */
LfContact *
lf_list_entry_get_contact (LfListEntry *self)
{
  g_return_val_if_fail (LF_IS_LIST_ENTRY (self), NULL);

  return self->contact;
}

/**
 * lf_list_entry_get_title:
 * @self: a line
 *
 * Returns: (transfer none) (nullable): name of the section, %NULL for a contact
 */
const char *
lf_list_entry_get_title (LfListEntry *self)
{
  g_return_val_if_fail (LF_IS_LIST_ENTRY (self), NULL);

  return self->title;
}

/**
 * lf_list_entry_get_n_free:
 * @self: a header
 *
 * Returns: how many of the section are free to talk
 */
guint
lf_list_entry_get_n_free (LfListEntry *self)
{
  g_return_val_if_fail (LF_IS_LIST_ENTRY (self), 0);

  return self->n_free;
}

/**
 * lf_list_entry_get_n_total:
 * @self: a header
 *
 * Returns: how many people the section has
 */
guint
lf_list_entry_get_n_total (LfListEntry *self)
{
  g_return_val_if_fail (LF_IS_LIST_ENTRY (self), 0);

  return self->n_total;
}

/**
 * lf_list_entry_set_title:
 * @self: a header
 * @title: its new name
 *
 * Names a section anew.
 */
void
lf_list_entry_set_title (LfListEntry *self, const char *title)
{
  g_return_if_fail (LF_IS_LIST_ENTRY (self) && title != NULL);

  if (g_strcmp0 (self->title, title) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
}

/**
 * lf_list_entry_set_counts:
 * @self: a header
 * @n_free: people of the section who are free to talk
 * @n_total: people of the section
 *
 * Tells how many of a section can be reached.
 */
void
lf_list_entry_set_counts (LfListEntry *self, guint n_free, guint n_total)
{
  g_return_if_fail (LF_IS_LIST_ENTRY (self));

  if (self->n_free != n_free)
    {
      self->n_free = n_free;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_FREE]);
    }
  if (self->n_total != n_total)
    {
      self->n_total = n_total;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_TOTAL]);
    }
}

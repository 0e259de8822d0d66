/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-contact-model.h"
#include "lf-contact-order.h"
#include "lf-list-splice.h"

#define RESORT_MS 250
#define FILL_MS   150 /* between two lists of a roster that is not whole yet */

/* One person of the roster, and the line that stands for it. */
typedef struct
{
  LfContact   *contact;  /* owned */
  LfListEntry *entry;    /* owned */
  char        *sort_key; /* owned; collation key of the name */
  int          rank;     /* with the free ones first: 0 is free */
} Person;

struct _LfContactModel
{
  GObject parent_instance;

  LfRoster   *roster;    /* owned */
  GPtrArray  *people;    /* Person *, the roster's order */
  GHashTable *by_user;   /* user id (borrowed) -> Person * (borrowed) */
  GPtrArray  *entries;   /* LfListEntry *, as seen */
  GHashTable *headers;   /* section id -> LfListEntry *, kept while seen */
  GListModel *directory; /* owned, nullable; of LfContact */
  GHashTable *strangers; /* LfContact * -> LfListEntry *, of the directory */
  char       *query;     /* owned, nullable */

  gboolean available_first;
  gboolean is_filling;
  gboolean is_held;
  gboolean has_late_sort; /* a status changed the order, not applied yet */
  guint    build_id;
  guint    sort_id;
};

static void lf_contact_model_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfContactModel, lf_contact_model, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, lf_contact_model_list_model_init))

static int
compare_people (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Person *left = *(Person *const *) a;
  const Person *right = *(Person *const *) b;
  gboolean      available_first = GPOINTER_TO_INT (user_data);
  int           order;

  if (available_first && left->rank != right->rank)
    return left->rank - right->rank;

  order = strcmp (left->sort_key, right->sort_key);

  return order != 0 ? order : strcmp (lf_contact_get_user (left->contact), lf_contact_get_user (right->contact));
}

static LfListEntry *
ensure_header (LfContactModel *self, const char *id, const char *title)
{
  LfListEntry *header = g_hash_table_lookup (self->headers, id);

  if (header != NULL)
    {
      lf_list_entry_set_title (header, title);
      return header;
    }

  header = lf_list_entry_new_header (title);
  g_hash_table_insert (self->headers, g_strdup (id), header);

  return header;
}

/* Appends a header and the people of one section, in order; nothing when there are none. */
static void
append_section (LfContactModel *self, GPtrArray *entries, GPtrArray *people, const char *id, const char *title)
{
  if (people->len == 0)
    return;

  g_ptr_array_add (entries, g_object_ref (ensure_header (self, id, title)));
  g_ptr_array_sort_with_data (people, compare_people, GINT_TO_POINTER (self->available_first));
  for (guint i = 0; i < people->len; i++)
    g_ptr_array_add (entries, g_object_ref (((Person *) g_ptr_array_index (people, i))->entry));
}

static void
append_directory (LfContactModel *self, GPtrArray *entries)
{
  g_autoptr (GHashTable) kept = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  guint                  n_people = self->directory != NULL ? g_list_model_get_n_items (self->directory) : 0;
  guint                  first = entries->len;

  for (guint i = 0; i < n_people; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (self->directory, i);
      LfListEntry          *entry;

      if (g_hash_table_contains (self->by_user, lf_contact_get_user (contact)))
        continue;
      entry = g_hash_table_lookup (self->strangers, contact);
      entry = entry != NULL ? g_object_ref (entry) : lf_list_entry_new_contact (contact);
      g_ptr_array_add (entries, entry);
      g_hash_table_insert (kept, g_object_ref (contact), g_object_ref (entry));
    }
  if (entries->len > first)
    g_ptr_array_insert (entries, (int) first, g_object_ref (ensure_header (self, "directory", _("Directory"))));

  g_hash_table_unref (self->strangers);
  self->strangers = g_steal_pointer (&kept);
}

static GPtrArray *
build_matches (LfContactModel *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) matches = g_ptr_array_new ();

  for (guint i = 0; i < self->people->len; i++)
    {
      Person *person = g_ptr_array_index (self->people, i);

      if (lf_contact_order_matches (person->contact, self->query))
        g_ptr_array_add (matches, person);
    }
  append_section (self, entries, matches, "matches", _("Contacts"));
  append_directory (self, entries);

  return g_steal_pointer (&entries);
}

static GPtrArray *
build_groups (LfContactModel *self)
{
  g_autoptr (GPtrArray)  entries = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray)  favourites = g_ptr_array_new ();
  g_autoptr (GPtrArray)  others = g_ptr_array_new ();
  g_autoptr (GHashTable) grouped = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  gsize                  n_groups;
  const LfGroup         *groups = lf_roster_get_groups (self->roster, &n_groups);

  for (gsize i = 0; i < n_groups; i++)
    g_hash_table_insert (grouped, groups[i].id, g_ptr_array_new ());

  for (guint i = 0; i < self->people->len; i++)
    {
      Person     *person = g_ptr_array_index (self->people, i);
      const char *group = lf_contact_get_group (person->contact);
      GPtrArray  *members = group != NULL ? g_hash_table_lookup (grouped, group) : NULL;

      if (lf_contact_get_is_favourite (person->contact))
        members = favourites;
      g_ptr_array_add (members != NULL ? members : others, person);
    }

  append_section (self, entries, favourites, "favourites", _("Favourites"));
  for (gsize i = 0; i < n_groups; i++)
    {
      g_autofree char *id = g_strconcat ("group:", groups[i].id, NULL);

      append_section (self, entries, g_hash_table_lookup (grouped, groups[i].id), id, groups[i].name);
    }
  append_section (self, entries, others, "others", entries->len > 0 ? _("Other colleagues") : _("Colleagues"));

  return g_steal_pointer (&entries);
}

/* How many are free, under each header. */
static void
update_counts (LfContactModel *self)
{
  LfListEntry *header = NULL;
  guint        n_free = 0, n_total = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      LfListEntry *entry = g_ptr_array_index (self->entries, i);
      LfContact   *contact = lf_list_entry_get_contact (entry);

      if (contact != NULL)
        {
          n_total++;
          n_free += lf_resolved_is_free_to_talk (lf_contact_get_resolved (contact)) ? 1 : 0;
          continue;
        }
      if (header != NULL)
        lf_list_entry_set_counts (header, n_free, n_total);
      header = entry;
      n_free = n_total = 0;
    }
  if (header != NULL)
    lf_list_entry_set_counts (header, n_free, n_total);
}

static void
build (LfContactModel *self)
{
  g_autoptr (GPtrArray) wanted = NULL;

  g_clear_handle_id (&self->build_id, g_source_remove);
  g_clear_handle_id (&self->sort_id, g_source_remove);
  self->has_late_sort = FALSE;

  for (guint i = 0; i < self->people->len; i++)
    {
      Person *person = g_ptr_array_index (self->people, i);

      person->rank = lf_contact_order_rank (person->contact);
    }

  wanted = self->query != NULL ? build_matches (self) : build_groups (self);
  lf_list_splice (G_LIST_MODEL (self), self->entries, wanted);
  update_counts (self);
}

static gboolean
on_build_due (gpointer user_data)
{
  LfContactModel *self = user_data;

  self->build_id = 0;
  build (self);

  return G_SOURCE_REMOVE;
}

static gboolean
on_sort_due (gpointer user_data)
{
  LfContactModel *self = user_data;

  self->sort_id = 0;
  update_counts (self);
  if (self->has_late_sort && !self->is_held)
    build (self);

  return G_SOURCE_REMOVE;
}

/* Before the next frame is laid out, so that the first one shows what is there. Of a roster that comes in parts not every
 * part: each one would have all rows made anew. */
static void
queue_build (LfContactModel *self)
{
  if (self->build_id != 0)
    return;

  if (self->is_filling)
    self->build_id = g_timeout_add (FILL_MS, on_build_due, self);
  else
    self->build_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_build_due, self, NULL);
}

static void
on_contact_notify (LfContact *contact, GParamSpec *pspec, gpointer user_data)
{
  LfContactModel *self = user_data;
  Person         *person = g_hash_table_lookup (self->by_user, lf_contact_get_user (contact));
  const char     *name = g_param_spec_get_name (pspec);

  if (person == NULL)
    return;

  if (g_str_equal (name, "name"))
    {
      g_free (person->sort_key);
      person->sort_key = lf_contact_order_make_key (contact);
      queue_build (self);
    }
  else if (g_str_equal (name, "group") || g_str_equal (name, "is-favourite"))
    queue_build (self);
  else if (g_str_equal (name, "display-status"))
    {
      if (self->available_first && person->rank != lf_contact_order_rank (contact))
        self->has_late_sort = TRUE;
      if (self->sort_id == 0)
        self->sort_id = g_timeout_add (RESORT_MS, on_sort_due, self);
    }
}

static void
free_person (gpointer data)
{
  Person *person = data;

  g_clear_object (&person->contact);
  g_clear_object (&person->entry);
  g_free (person->sort_key);
  g_free (person);
}

static void
drop_person (LfContactModel *self, guint at)
{
  Person *person = g_ptr_array_index (self->people, at);

  g_signal_handlers_disconnect_by_data (person->contact, self);
  g_hash_table_remove (self->by_user, lf_contact_get_user (person->contact));
  g_ptr_array_remove_index (self->people, at);
}

static void
on_roster_changed (GListModel *roster, guint position, guint n_removed, guint n_added, gpointer user_data)
{
  LfContactModel *self = user_data;

  for (guint i = 0; i < n_removed; i++)
    drop_person (self, position);
  for (guint i = position; i < position + n_added; i++)
    {
      Person *person = g_new0 (Person, 1);

      person->contact = g_list_model_get_item (roster, i);
      person->entry = lf_list_entry_new_contact (person->contact);
      person->sort_key = lf_contact_order_make_key (person->contact);
      g_ptr_array_insert (self->people, (int) i, person);
      g_hash_table_insert (self->by_user, (gpointer) lf_contact_get_user (person->contact), person);
      g_signal_connect_object (person->contact, "notify", G_CALLBACK (on_contact_notify), self, 0);
    }

  queue_build (self);
}

static GType
lf_contact_model_get_item_type (GListModel *model)
{
  return LF_TYPE_LIST_ENTRY;
}

static guint
lf_contact_model_get_n_items (GListModel *model)
{
  return LF_CONTACT_MODEL (model)->entries->len;
}

static gpointer
lf_contact_model_get_item (GListModel *model, guint position)
{
  LfContactModel *self = LF_CONTACT_MODEL (model);

  return position < self->entries->len ? g_object_ref (g_ptr_array_index (self->entries, position)) : NULL;
}

static void
lf_contact_model_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = lf_contact_model_get_item_type;
  iface->get_n_items = lf_contact_model_get_n_items;
  iface->get_item = lf_contact_model_get_item;
}

static void
lf_contact_model_dispose (GObject *object)
{
  LfContactModel *self = LF_CONTACT_MODEL (object);

  g_clear_handle_id (&self->build_id, g_source_remove);
  g_clear_handle_id (&self->sort_id, g_source_remove);
  while (self->people->len > 0)
    drop_person (self, self->people->len - 1);
  g_clear_object (&self->roster);
  g_clear_object (&self->directory);
  G_OBJECT_CLASS (lf_contact_model_parent_class)->dispose (object);
}

static void
lf_contact_model_finalize (GObject *object)
{
  LfContactModel *self = LF_CONTACT_MODEL (object);

  g_ptr_array_unref (self->people);
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->by_user);
  g_hash_table_unref (self->headers);
  g_hash_table_unref (self->strangers);
  g_free (self->query);
  G_OBJECT_CLASS (lf_contact_model_parent_class)->finalize (object);
}

static void
lf_contact_model_class_init (LfContactModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_contact_model_dispose;
  object_class->finalize = lf_contact_model_finalize;
}

static void
lf_contact_model_init (LfContactModel *self)
{
  self->people = g_ptr_array_new_with_free_func (free_person);
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_user = g_hash_table_new (g_str_hash, g_str_equal);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->strangers = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
}

/**
 * lf_contact_model_new:
 * @roster: whom to list
 *
 * Makes the lines of a roster.
 *
 * Returns: (transfer full): a new model
 */
LfContactModel *
lf_contact_model_new (LfRoster *roster)
{
  LfContactModel *self;

  g_return_val_if_fail (LF_IS_ROSTER (roster), NULL);

  self = g_object_new (LF_TYPE_CONTACT_MODEL, NULL);
  self->roster = g_object_ref (roster);
  g_signal_connect_object (roster, "items-changed", G_CALLBACK (on_roster_changed), self, 0);
  g_signal_connect_object (roster, "groups-changed", G_CALLBACK (queue_build), self, G_CONNECT_SWAPPED);
  on_roster_changed (G_LIST_MODEL (roster), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (roster)), self);
  build (self);

  return self;
}

/**
 * lf_contact_model_set_query:
 * @self: the lines
 * @query: (nullable): what lf_contact_order_matches() takes
 *
 * Shows the matching people only. What the directory said for another query is dropped.
 */
void
lf_contact_model_set_query (LfContactModel *self, const char *query)
{
  g_autofree char *words = NULL;

  g_return_if_fail (LF_IS_CONTACT_MODEL (self));

  words = query != NULL ? g_strstrip (g_strdup (query)) : NULL;
  if (words != NULL && *words == '\0')
    g_clear_pointer (&words, g_free);
  if (g_strcmp0 (self->query, words) == 0)
    return;

  g_free (self->query);
  self->query = g_steal_pointer (&words);
  g_clear_object (&self->directory);
  build (self);
}

/**
 * lf_contact_model_get_query:
 * @self: the lines
 *
 * Returns: (transfer none) (nullable): the query in force
 */
const char *
lf_contact_model_get_query (LfContactModel *self)
{
  g_return_val_if_fail (LF_IS_CONTACT_MODEL (self), NULL);

  return self->query;
}

/**
 * lf_contact_model_set_directory:
 * @self: the lines
 * @people: (nullable): whom the directory found for the query, of #LfContact
 *
 * Lists those people who are not in the roster below the matching contacts.
 */
void
lf_contact_model_set_directory (LfContactModel *self, GListModel *people)
{
  g_return_if_fail (LF_IS_CONTACT_MODEL (self));
  g_return_if_fail (people == NULL || G_IS_LIST_MODEL (people));

  if (g_set_object (&self->directory, people))
    build (self);
}

/**
 * lf_contact_model_set_available_first:
 * @self: the lines
 * @available_first: whether those who are free come first within a section
 *
 * Chooses the order.
 */
void
lf_contact_model_set_available_first (LfContactModel *self, gboolean available_first)
{
  g_return_if_fail (LF_IS_CONTACT_MODEL (self));

  if (self->available_first == available_first)
    return;

  self->available_first = available_first;
  build (self);
}

/**
 * lf_contact_model_set_is_filling:
 * @self: the lines
 * @is_filling: whether the roster is read the first time, and more of it will come soon
 *
 * Lists people a little later than they come while they come in parts.
 */
void
lf_contact_model_set_is_filling (LfContactModel *self, gboolean is_filling)
{
  g_return_if_fail (LF_IS_CONTACT_MODEL (self));

  is_filling = is_filling != FALSE;
  if (self->is_filling == is_filling)
    return;

  self->is_filling = is_filling;
  if (self->build_id != 0 && !is_filling)
    build (self);
}

/**
 * lf_contact_model_set_is_held:
 * @self: the lines
 * @is_held: whether pointer or focus is in the list
 *
 * Keeps rows where they are while they may be about to be pressed.
 */
void
lf_contact_model_set_is_held (LfContactModel *self, gboolean is_held)
{
  g_return_if_fail (LF_IS_CONTACT_MODEL (self));

  self->is_held = is_held;
  if (!is_held && self->has_late_sort && self->sort_id == 0)
    self->sort_id = g_timeout_add (RESORT_MS, on_sort_due, self);
}

/**
 * lf_contact_model_flush:
 * @self: the lines
 *
 * Applies what is due now instead of a little later.
 */
void
lf_contact_model_flush (LfContactModel *self)
{
  g_return_if_fail (LF_IS_CONTACT_MODEL (self));

  if (self->build_id != 0)
    build (self);
}

/**
 * lf_contact_model_get_contact:
 * @self: the lines
 * @position: of a line; past the end is allowed
 *
 * Returns: (transfer none) (nullable): whom the line shows, %NULL for a header
 */
LfContact *
lf_contact_model_get_contact (LfContactModel *self, guint position)
{
  g_return_val_if_fail (LF_IS_CONTACT_MODEL (self), NULL);

  return position < self->entries->len ? lf_list_entry_get_contact (g_ptr_array_index (self->entries, position)) : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calls"

#include "config.h"

#include "lf-address-book.h"

struct _LfAddressBook
{
  GHashTable *users; /* owned: normal form → user id, owned; "": of more than one */
};

static void
add (LfAddressBook *self, char *normal, const char *user)
{
  const char *known = g_hash_table_lookup (self->users, normal);

  if (known != NULL && g_strcmp0 (known, user) != 0)
    user = "";
  g_hash_table_replace (self->users, normal, g_strdup (user));
}

/**
 * lf_address_book_new:
 * @plan: of the site; not needed afterwards
 * @rows: (element-type LfAddressRow): addresses as they are written
 *
 * An address that is written for two people is nobody's: better no name than the wrong one.
 *
 * Returns: (transfer full): the book
 */
LfAddressBook *
lf_address_book_new (const LfDialPlan *plan, const GPtrArray *rows)
{
  LfAddressBook *self = g_atomic_rc_box_new (LfAddressBook);

  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < rows->len; i++)
    {
      const LfAddressRow *row = rows->pdata[i];
      char               *normal = lf_address_normalise (plan, row->address, LF_ADDRESS_WRITTEN, NULL);

      if (normal != NULL)
        add (self, normal, row->user);
    }
  return self;
}

/**
 * lf_address_book_ref:
 * @self: a book
 *
 * Returns: (transfer full): @self
 */
LfAddressBook *
lf_address_book_ref (LfAddressBook *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  LfAddressBook *self = data;

  g_hash_table_unref (self->users);
}

/**
 * lf_address_book_unref:
 * @self: (transfer full): a book
 */
void
lf_address_book_unref (LfAddressBook *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * lf_address_book_find:
 * @self: a book
 * @normal: (nullable): normal form of an address
 *
 * Returns: (transfer none) (nullable): whose it is; %NULL if it is nobody's, or more than one person's
 */
const char *
lf_address_book_find (LfAddressBook *self, const char *normal)
{
  const char *user = normal != NULL ? g_hash_table_lookup (self->users, normal) : NULL;

  return user != NULL && *user != '\0' ? user : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-accounts.h"
#include "lf-store-chat.h"
#include "lf-store-roster.h"

#define MAX_CONTACTS 10000
#define MAX_GROUPS   128 /* all of them go in one frame of at most 64 KiB, whatever their names */

/* The person is joined only where the owner may see that person; then `users.id` is not NULL. */
#define SELECT_CONTACTS                                                                              \
  "SELECT c.user_id, c.group_id, c.is_favourite, c.is_watched, c.speed_dial, users.id, users.login," \
  " users.name, users.title, users.department, users.mail, users.addresses, users.is_place"          \
  " FROM contacts c LEFT JOIN users ON users.id = c.user_id AND users.is_blocked = 0"                \
  " AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocks.user_id = c.user_id AND blocks.other_id = c.owner_id)"

static LfWirePerson *
person_from_row (LfRows *rows)
{
  LfWirePerson *person;
  const char   *addresses = lf_rows_get_text (rows, 11);

  if (lf_rows_get_text (rows, 5) == NULL)
    return NULL;

  person = g_new0 (LfWirePerson, 1);
  person->id = g_strdup (lf_rows_get_text (rows, 5));
  person->login = g_strdup (lf_rows_get_text (rows, 6));
  person->name = g_strdup (lf_rows_get_text (rows, 7));
  person->title = g_strdup (lf_rows_get_text (rows, 8));
  person->department = g_strdup (lf_rows_get_text (rows, 9));
  person->mail = g_strdup (lf_rows_get_text (rows, 10));
  person->addresses = addresses != NULL && *addresses != '\0' ? g_strsplit (addresses, "\n", -1) : g_new0 (char *, 1);
  person->is_place = lf_rows_get_int (rows, 12) != 0;

  return person;
}

static LfWireContact *
contact_from_row (LfRows *rows)
{
  LfWireContact *contact = g_new0 (LfWireContact, 1);

  contact->user = g_strdup (lf_rows_get_text (rows, 0));
  contact->group = g_strdup (lf_rows_get_text (rows, 1));
  contact->is_favourite = lf_rows_get_int (rows, 2) != 0;
  contact->is_watched = lf_rows_get_int (rows, 3) != 0;
  contact->speed_dial = lf_rows_get_int (rows, 4);
  contact->person = person_from_row (rows);

  return contact;
}

static void
set_not_found (GError **error, const char *what)
{
  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no such %s.", what);
}

/* One row with one number; not found is an error. */
static gboolean
read_number (LfRows *rows, gint64 *number, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  if (lf_rows_next (rows, &failure))
    {
      *number = lf_rows_get_int (rows, 0);
      return TRUE;
    }

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    set_not_found (error, "person");
  return FALSE;
}

static gboolean
read_revision (LfDb *db, const char *owner, gint64 *revision, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT roster_revision FROM users WHERE id = ?1", LF_TEXT (owner));

  return read_number (rows, revision, error);
}

static gboolean
raise_revision (LfDb *db, const char *owner, gint64 expected, gint64 *revision, GError **error)
{
  gint64 current = 0;

  if (!read_revision (db, owner, &current, error))
    return FALSE;
  if (expected >= 0 && expected != current)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_PRECONDITION_FAILED,
                           "The contacts have changed since they were read; read them again.");
      return FALSE;
    }

  *revision = current + 1;
  return lf_db_exec (db, error, "UPDATE users SET roster_revision = ?2 WHERE id = ?1", LF_TEXT (owner), LF_INT (current + 1));
}

static gboolean
count (LfDb *db, const char *sql, const char *owner, gint64 *number, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, sql, LF_TEXT (owner));

  return read_number (rows, number, error);
}

static gboolean
check_room (LfDb *db, const char *sql, const char *owner, gint64 maximum, const char *what, GError **error)
{
  gint64 number = 0;

  if (!count (db, sql, owner, &number, error))
    return FALSE;
  if (number < maximum)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT, "There are %" G_GINT64_FORMAT " %s already; remove one first.", number, what);
  return FALSE;
}

static gboolean
exists (LfDb *db, const char *sql, const char *owner, const char *other, gboolean *result, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, sql, LF_TEXT (owner), LF_TEXT (other));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  *result = lf_rows_next (rows, &failure);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
check_group (LfDb *db, const char *owner, const char *group, GError **error)
{
  gboolean is_there = FALSE;

  if (group == NULL)
    return TRUE;
  if (!exists (db, "SELECT 1 FROM groups_of_contacts WHERE owner_id = ?1 AND id = ?2", owner, group, &is_there, error))
    return FALSE;
  if (!is_there)
    g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "Member “group” names no group of yours; make the group first.");
  return is_there;
}

static gboolean
check_speed_dial (LfDb *db, const char *owner, const LfWireContact *contact, GError **error)
{
  g_autoptr (LfRows) rows = NULL;
  g_autoptr (GError) failure = NULL;

  if (contact->speed_dial == 0)
    return TRUE;
  rows = lf_db_query (db, error, "SELECT 1 FROM contacts WHERE owner_id = ?1 AND speed_dial = ?2 AND user_id <> ?3",
                      LF_TEXT (owner), LF_INT (contact->speed_dial), LF_TEXT (contact->user));
  if (rows == NULL)
    return FALSE;
  if (lf_rows_next (rows, &failure))
    {
      g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT,
                   "Speed-dial position %" G_GINT64_FORMAT " is taken by another contact; free it first.", contact->speed_dial);
      return FALSE;
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static GPtrArray *
read_contacts (LfDb *db, const char *owner, GError **error)
{
  g_autoptr (LfWireContacts) contacts = g_new0 (LfWireContacts, 1);
  g_autoptr (LfRows)         rows = lf_db_query (db, error, SELECT_CONTACTS " WHERE c.owner_id = ?1 ORDER BY c.added_at, c.user_id", LF_TEXT (owner));
  g_autoptr (GError)         failure = NULL;

  contacts->items = g_ptr_array_new ();
  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    g_ptr_array_add (contacts->items, contact_from_row (rows));
  if (failure == NULL)
    return g_steal_pointer (&contacts->items);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_roster_read:
 * @db: the connection
 * @owner: whose roster
 * @revision: (out) (optional): its revision
 * @error: return location
 *
 * Reads contacts and groups. A contact whom the owner may not see (any more) has no person.
 *
 * Returns: (transfer full) (nullable): the roster
 */
LfWireContacts *
lf_store_roster_read (LfDb *db, const char *owner, gint64 *revision, GError **error)
{
  g_autoptr (LfWireContacts) roster = g_new0 (LfWireContacts, 1);
  gint64                     current = 0;

  if (!read_revision (db, owner, &current, error))
    return NULL;
  roster->items = read_contacts (db, owner, error);
  if (roster->items == NULL)
    return NULL;
  roster->groups = lf_store_roster_list_groups (db, owner, error);
  if (roster->groups == NULL)
    return NULL;

  if (revision != NULL)
    *revision = current;
  return g_steal_pointer (&roster);
}

/**
 * lf_store_roster_get:
 * @db: the connection
 * @owner: whose roster
 * @user: which contact
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the contact, %NULL with %LF_PROBLEM_NOT_FOUND
 */
LfWireContact *
lf_store_roster_get (LfDb *db, const char *owner, const char *user, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, SELECT_CONTACTS " WHERE c.owner_id = ?1 AND c.user_id = ?2", LF_TEXT (owner), LF_TEXT (user));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return NULL;
  if (lf_rows_next (rows, &failure))
    return contact_from_row (rows);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    set_not_found (error, "contact");
  return NULL;
}

/**
 * lf_store_roster_put:
 * @db: a connection that writes
 * @owner: whose roster
 * @contact: user, group, favourite, watched and speed dial; the person is not read
 * @expected: the revision the caller saw, or -1 for any
 * @now_us: wall-clock instant
 * @revision: (out): the roster's revision afterwards
 * @is_new: (out): whether the contact was not there before
 * @error: return location
 *
 * Adds a contact, or changes it. One that is there already may be changed though it is hidden by now.
 *
 * Returns: %FALSE with %LF_PROBLEM_PRECONDITION_FAILED, %LF_PROBLEM_NOT_FOUND when the owner may not
 *   see that person, %LF_PROBLEM_BAD_REQUEST for an unknown group or oneself, or %LF_PROBLEM_CONFLICT
 */
gboolean
lf_store_roster_put (LfDb                *db,
                     const char          *owner,
                     const LfWireContact *contact,
                     gint64               expected,
                     gint64               now_us,
                     gint64              *revision,
                     gboolean            *is_new,
                     GError             **error)
{
  gboolean is_there = FALSE;

  if (g_str_equal (owner, contact->user))
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "You cannot be a contact of your own.");
      return FALSE;
    }
  if (!exists (db, "SELECT 1 FROM contacts WHERE owner_id = ?1 AND user_id = ?2", owner, contact->user, &is_there, error) ||
      (!is_there && !lf_store_accounts_check_visible (db, owner, contact->user, error)) ||
      (!is_there && !check_room (db, "SELECT COUNT (*) FROM contacts WHERE owner_id = ?1", owner, MAX_CONTACTS, "contacts", error)) ||
      !check_group (db, owner, contact->group, error) || !check_speed_dial (db, owner, contact, error) ||
      !raise_revision (db, owner, expected, revision, error))
    return FALSE;

  *is_new = !is_there;
  return lf_db_exec (db, error,
                     "INSERT INTO contacts (owner_id, user_id, group_id, is_favourite, is_watched, speed_dial, added_at)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (owner_id, user_id) DO UPDATE SET"
                     " group_id = excluded.group_id, is_favourite = excluded.is_favourite,"
                     " is_watched = excluded.is_watched, speed_dial = excluded.speed_dial",
                     LF_TEXT (owner), LF_TEXT (contact->user), LF_TEXT (contact->group), LF_INT (contact->is_favourite),
                     LF_INT (contact->is_watched), LF_INT (contact->speed_dial), LF_INT (now_us));
}

static GHashTable *
read_speed_dials (LfDb *db, const char *owner, GError **error)
{
  g_autoptr (GHashTable) positions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (LfRows)     rows = lf_db_query (db, error, "SELECT user_id, speed_dial FROM contacts WHERE owner_id = ?1 AND speed_dial > 0", LF_TEXT (owner));
  g_autoptr (GError)     failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    g_hash_table_insert (positions, g_strdup (lf_rows_get_text (rows, 0)), GINT_TO_POINTER ((int) lf_rows_get_int (rows, 1)));
  if (failure == NULL)
    return g_steal_pointer (&positions);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* Gives one contact its position; @before loses those who keep theirs and takes those who did not have it. */
static gboolean
put_speed_dial (LfDb *db, const char *owner, const char *user, int position, GHashTable *before, GError **error)
{
  if (!lf_db_exec (db, error, "UPDATE contacts SET speed_dial = ?3 WHERE owner_id = ?1 AND user_id = ?2",
                   LF_TEXT (owner), LF_TEXT (user), LF_INT (position)))
    return FALSE;
  if (lf_db_get_changes (db) == 0)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "Member “users” names somebody who is none of your contacts.");
      return FALSE;
    }
  if (GPOINTER_TO_INT (g_hash_table_lookup (before, user)) == position)
    g_hash_table_remove (before, user);
  else
    g_hash_table_add (before, g_strdup (user));
  return TRUE;
}

static gboolean
check_distinct (const char *const *users, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; users[i] != NULL; i++)
    if (!g_hash_table_add (seen, (gpointer) users[i]))
      {
        g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "Member “users” names somebody twice.");
        return FALSE;
      }
  return TRUE;
}

/**
 * lf_store_roster_put_speed_dials:
 * @db: a connection that writes
 * @owner: whose roster
 * @users: contacts in the order of their positions, from 1; all others have none afterwards
 * @expected: the revision the caller saw, or -1 for any
 * @revision: (out): the roster's revision afterwards
 * @error: return location
 *
 * Sets all positions together, so that two may change places.
 *
 * Returns: (transfer full) (element-type LfWireContact) (nullable): the contacts that have another position, in no
 *   order; the array does not free its items, the wire struct that takes it does. %NULL with
 *   %LF_PROBLEM_PRECONDITION_FAILED, or %LF_PROBLEM_BAD_REQUEST for somebody twice or who is no contact
 */
GPtrArray *
lf_store_roster_put_speed_dials (LfDb *db, const char *owner, const char *const *users, gint64 expected, gint64 *revision, GError **error)
{
  g_autoptr (LfWireContacts) changed = g_new0 (LfWireContacts, 1);
  g_autoptr (GHashTable)     before = NULL;
  GHashTableIter             iter;
  const char                *user;

  changed->items = g_ptr_array_new ();
  if (!check_distinct (users, error) || !raise_revision (db, owner, expected, revision, error))
    return NULL;
  before = read_speed_dials (db, owner, error);
  if (before == NULL ||
      !lf_db_exec (db, error, "UPDATE contacts SET speed_dial = 0 WHERE owner_id = ?1 AND speed_dial > 0", LF_TEXT (owner)))
    return NULL;
  for (guint i = 0; users[i] != NULL; i++)
    if (!put_speed_dial (db, owner, users[i], (int) i + 1, before, error))
      return NULL;
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, (gpointer *) &user, NULL))
    {
      LfWireContact *contact = lf_store_roster_get (db, owner, user, error);

      if (contact == NULL)
        return NULL;
      g_ptr_array_add (changed->items, contact);
    }
  return g_steal_pointer (&changed->items);
}

/**
 * lf_store_roster_remove:
 * @db: a connection that writes
 * @owner: whose roster
 * @user: which contact
 * @expected: the revision the caller saw, or -1 for any
 * @revision: (out): the roster's revision afterwards
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND or %LF_PROBLEM_PRECONDITION_FAILED
 */
gboolean
lf_store_roster_remove (LfDb *db, const char *owner, const char *user, gint64 expected, gint64 *revision, GError **error)
{
  if (!raise_revision (db, owner, expected, revision, error) ||
      !lf_db_exec (db, error, "DELETE FROM contacts WHERE owner_id = ?1 AND user_id = ?2", LF_TEXT (owner), LF_TEXT (user)))
    return FALSE;
  if (lf_db_get_changes (db) > 0)
    return TRUE;

  set_not_found (error, "contact");
  return FALSE;
}

/**
 * lf_store_roster_list_groups:
 * @db: the connection
 * @owner: whose roster
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfWireGroup) (nullable): the groups in their order; the array does
 *   not free its items, the wire struct that takes it does
 */
GPtrArray *
lf_store_roster_list_groups (LfDb *db, const char *owner, GError **error)
{
  g_autoptr (LfWireContacts) holder = g_new0 (LfWireContacts, 1);
  g_autoptr (LfRows)         rows = lf_db_query (db, error,
                                                 "SELECT id, name, position FROM groups_of_contacts WHERE owner_id = ?1 ORDER BY position, name, id",
                                                 LF_TEXT (owner));
  g_autoptr (GError)         failure = NULL;

  holder->groups = g_ptr_array_new ();
  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfWireGroup *group = g_new0 (LfWireGroup, 1);

      group->id = g_strdup (lf_rows_get_text (rows, 0));
      group->name = g_strdup (lf_rows_get_text (rows, 1));
      group->position = lf_rows_get_int (rows, 2);
      g_ptr_array_add (holder->groups, group);
    }
  if (failure == NULL)
    return g_steal_pointer (&holder->groups);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_roster_put_group:
 * @db: a connection that writes
 * @owner: whose roster
 * @group: id (the client's), name and position
 * @expected: the revision the caller saw, or -1 for any
 * @revision: (out): the roster's revision afterwards
 * @is_new: (out): whether the group was not there before
 * @error: return location
 *
 * Makes a group, or changes it.
 *
 * Returns: %FALSE with %LF_PROBLEM_PRECONDITION_FAILED or %LF_PROBLEM_CONFLICT
 */
gboolean
lf_store_roster_put_group (LfDb *db, const char *owner, const LfWireGroup *group, gint64 expected, gint64 *revision, gboolean *is_new, GError **error)
{
  gboolean is_there = FALSE;

  if (!exists (db, "SELECT 1 FROM groups_of_contacts WHERE owner_id = ?1 AND id = ?2", owner, group->id, &is_there, error) ||
      (!is_there && !check_room (db, "SELECT COUNT (*) FROM groups_of_contacts WHERE owner_id = ?1", owner, MAX_GROUPS, "groups", error)) ||
      !raise_revision (db, owner, expected, revision, error))
    return FALSE;

  *is_new = !is_there;
  return lf_db_exec (db, error,
                     "INSERT INTO groups_of_contacts (owner_id, id, name, position) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (owner_id, id) DO UPDATE SET name = excluded.name, position = excluded.position",
                     LF_TEXT (owner), LF_TEXT (group->id), LF_TEXT (group->name), LF_INT (group->position));
}

/**
 * lf_store_roster_remove_group:
 * @db: a connection that writes
 * @owner: whose roster
 * @group: id
 * @expected: the revision the caller saw, or -1 for any
 * @revision: (out): the roster's revision afterwards
 * @error: return location
 *
 * Removes a group; its contacts stay, without a group.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND or %LF_PROBLEM_PRECONDITION_FAILED
 */
gboolean
lf_store_roster_remove_group (LfDb *db, const char *owner, const char *group, gint64 expected, gint64 *revision, GError **error)
{
  if (!raise_revision (db, owner, expected, revision, error) ||
      !lf_db_exec (db, error, "UPDATE contacts SET group_id = NULL WHERE owner_id = ?1 AND group_id = ?2", LF_TEXT (owner), LF_TEXT (group)) ||
      !lf_db_exec (db, error, "DELETE FROM groups_of_contacts WHERE owner_id = ?1 AND id = ?2", LF_TEXT (owner), LF_TEXT (group)))
    return FALSE;
  if (lf_db_get_changes (db) > 0)
    return TRUE;

  set_not_found (error, "group");
  return FALSE;
}

/**
 * lf_store_read_snapshot:
 * @db: the connection
 * @user: whose
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Reads what a snapshot says but presence: the person, groups, contacts and the latest
 * conversations with last message, unread and marks.
 *
 * Returns: (transfer full) (nullable): part 0, not the last, with an empty presence list
 */
LfWireSnapshot *
lf_store_read_snapshot (LfDb *db, const char *user, gint64 now_us, GError **error)
{
  g_autoptr (LfWireContacts)          roster = NULL;
  g_autoptr (LfWireConversationsPage) page = NULL;
  LfWireMe                           *me = lf_store_accounts_read_me (db, user, now_us, error);
  LfWireSnapshot                     *snapshot;

  if (me != NULL)
    roster = lf_store_roster_read (db, user, NULL, error);
  if (roster != NULL)
    page = lf_store_chat_list (db, user, NULL, LF_SNAPSHOT_MAX_CHATS, error);
  if (page == NULL)
    {
      lf_codec_free (&lf_schema_me, me);
      return NULL;
    }

  snapshot = g_new0 (LfWireSnapshot, 1);
  snapshot->me = me;
  snapshot->groups = g_steal_pointer (&roster->groups);
  snapshot->contacts = g_steal_pointer (&roster->items);
  snapshot->presence = g_ptr_array_new ();
  snapshot->conversations = g_steal_pointer (&page->items);

  return snapshot;
}

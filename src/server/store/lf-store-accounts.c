/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-store-accounts.h"
#include "lf-store-presence.h"
#include "lf-store-text.h"
#include "lf-store.h"

#define ACCOUNT_COLUMNS "id, login, name, title, department, mail, addresses, time_zone, password_hash, is_blocked, is_place"
#define MAX_WORDS       4

static void
fill_person (LfWirePerson *person, LfRows *rows)
{
  const char *addresses = lf_rows_get_text (rows, 6);

  person->id = g_strdup (lf_rows_get_text (rows, 0));
  person->login = g_strdup (lf_rows_get_text (rows, 1));
  person->name = g_strdup (lf_rows_get_text (rows, 2));
  person->title = g_strdup (lf_rows_get_text (rows, 3));
  person->department = g_strdup (lf_rows_get_text (rows, 4));
  person->mail = g_strdup (lf_rows_get_text (rows, 5));
  person->addresses = addresses != NULL && *addresses != '\0' ? g_strsplit (addresses, "\n", -1) : g_new0 (char *, 1);
}

static LfAccount *
account_from_row (LfRows *rows)
{
  LfAccount *account = lf_account_new ();

  fill_person (&account->person, rows);
  account->time_zone = g_strdup (lf_rows_get_text (rows, 7));
  account->password_hash = g_strdup (lf_rows_get_text (rows, 8));
  account->is_blocked = lf_rows_get_int (rows, 9) != 0;
  account->person.is_place = lf_rows_get_int (rows, 10) != 0;

  return account;
}

static void
set_not_found (GError **error)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "There is no such person.");
}

static LfAccount *
read_one (LfRows *rows, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return NULL;
  if (lf_rows_next (rows, &failure))
    return account_from_row (rows);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    set_not_found (error);
  return NULL;
}

static char *
make_search_key (const LfWirePerson *person)
{
  g_autofree char *addresses = person->addresses != NULL ? g_strjoinv (" ", person->addresses) : g_strdup ("");
  g_autofree char *all = g_strjoin (" ", person->name, person->login,
                                    person->mail != NULL ? person->mail : "",
                                    person->department != NULL ? person->department : "",
                                    person->title != NULL ? person->title : "", addresses, NULL);

  return lf_text_fold (all);
}

static char *
join_addresses (const LfWirePerson *person)
{
  return person->addresses != NULL ? g_strjoinv ("\n", person->addresses) : g_strdup ("");
}

/**
 * lf_account_new:
 *
 * Returns: (transfer full): an account without any field
 */
LfAccount *
lf_account_new (void)
{
  return g_new0 (LfAccount, 1);
}

/**
 * lf_account_free:
 * @self: (nullable): an account
 */
void
lf_account_free (LfAccount *self)
{
  if (self == NULL)
    return;

  g_free (self->person.id);
  g_free (self->person.login);
  g_free (self->person.name);
  g_free (self->person.title);
  g_free (self->person.department);
  g_free (self->person.mail);
  g_strfreev (self->person.addresses);
  g_free (self->time_zone);
  g_free (self->password_hash);
  g_free (self);
}

/**
 * lf_store_accounts_insert:
 * @db: the connection
 * @account: who; login and name are required; an id is made when there is none
 * @now_us: wall-clock instant
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_CONFLICT when the login is taken, in whatever case
 */
gboolean
lf_store_accounts_insert (LfDb *db, LfAccount *account, gint64 now_us, GError **error)
{
  g_autofree char *login_key = lf_text_fold (account->person.login);
  g_autofree char *sort_key = lf_text_fold (account->person.name);
  g_autofree char *search_key = make_search_key (&account->person);
  g_autofree char *addresses = join_addresses (&account->person);

  if (account->person.id == NULL)
    account->person.id = lf_store_make_id ('u');

  if (!lf_db_exec (db, error,
                   "INSERT INTO users (id, login, login_key, name, sort_key, search_key, title, department, mail,"
                   " addresses, time_zone, password_hash, is_blocked, created_at, is_place)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
                   " ON CONFLICT (login_key) DO NOTHING",
                   LF_TEXT (account->person.id), LF_TEXT (account->person.login), LF_TEXT (login_key),
                   LF_TEXT (account->person.name), LF_TEXT (sort_key), LF_TEXT (search_key),
                   LF_TEXT (account->person.title), LF_TEXT (account->person.department),
                   LF_TEXT (account->person.mail), LF_TEXT (addresses), LF_TEXT (account->time_zone),
                   LF_TEXT (account->password_hash), LF_INT (account->is_blocked), LF_INT (now_us),
                   LF_INT (account->person.is_place)))
    return FALSE;
  if (lf_db_get_changes (db) == 1)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT, "The login “%s” is taken.", account->person.login);
  return FALSE;
}

/**
 * lf_store_accounts_touch_rosters:
 * @db: a connection that writes
 * @user: id
 * @error: return location
 *
 * What others see of @user in their rosters has changed: the revisions of these rise.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_store_accounts_touch_rosters (LfDb *db, const char *user, GError **error)
{
  return lf_db_exec (db, error,
                     "UPDATE users SET roster_revision = roster_revision + 1 WHERE id IN"
                     " (SELECT owner_id FROM contacts WHERE user_id = ?1)",
                     LF_TEXT (user));
}

/**
 * lf_store_accounts_update:
 * @db: the connection
 * @account: who, by person.id; everything but login, password and blocking is set anew
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such account
 */
gboolean
lf_store_accounts_update (LfDb *db, const LfAccount *account, GError **error)
{
  g_autofree char *sort_key = lf_text_fold (account->person.name);
  g_autofree char *search_key = make_search_key (&account->person);
  g_autofree char *addresses = join_addresses (&account->person);

  if (!lf_db_exec (db, error,
                   "UPDATE users SET name = ?2, sort_key = ?3, search_key = ?4, title = ?5, department = ?6,"
                   " mail = ?7, addresses = ?8, time_zone = ?9 WHERE id = ?1",
                   LF_TEXT (account->person.id), LF_TEXT (account->person.name), LF_TEXT (sort_key),
                   LF_TEXT (search_key), LF_TEXT (account->person.title), LF_TEXT (account->person.department),
                   LF_TEXT (account->person.mail), LF_TEXT (addresses), LF_TEXT (account->time_zone)))
    return FALSE;
  if (lf_db_get_changes (db) == 1)
    return lf_store_accounts_touch_rosters (db, account->person.id, error);

  set_not_found (error);
  return FALSE;
}

/**
 * lf_store_accounts_get_by_login:
 * @db: the connection
 * @login: what a person types; case and accents' encoding do not matter
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the account, %NULL with %LF_PROBLEM_NOT_FOUND
 */
LfAccount *
lf_store_accounts_get_by_login (LfDb *db, const char *login, GError **error)
{
  g_autofree char   *login_key = lf_text_fold (login);
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT " ACCOUNT_COLUMNS " FROM users WHERE login_key = ?1",
                                         LF_TEXT (login_key));

  return read_one (rows, error);
}

/**
 * lf_store_accounts_get:
 * @db: the connection
 * @user: id
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the account, %NULL with %LF_PROBLEM_NOT_FOUND
 */
LfAccount *
lf_store_accounts_get (LfDb *db, const char *user, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT " ACCOUNT_COLUMNS " FROM users WHERE id = ?1", LF_TEXT (user));

  return read_one (rows, error);
}

/**
 * lf_store_accounts_list:
 * @db: the connection
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfAccount) (nullable): all accounts, by login; it frees them
 */
GPtrArray *
lf_store_accounts_list (LfDb *db, GError **error)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_account_free);
  g_autoptr (LfRows)    rows = lf_db_query (db, error, "SELECT " ACCOUNT_COLUMNS " FROM users ORDER BY login_key");
  g_autoptr (GError)    failure = NULL;

  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    g_ptr_array_add (accounts, account_from_row (rows));
  if (failure == NULL)
    return g_steal_pointer (&accounts);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
check_touched (LfDb *db, GError **error)
{
  if (lf_db_get_changes (db) > 0)
    return TRUE;

  set_not_found (error);
  return FALSE;
}

/**
 * lf_store_accounts_set_password:
 * @db: the connection
 * @user: id
 * @hash: what crypto_pwhash_str() made
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such account
 */
gboolean
lf_store_accounts_set_password (LfDb *db, const char *user, const char *hash, GError **error)
{
  return lf_db_exec (db, error, "UPDATE users SET password_hash = ?2 WHERE id = ?1", LF_TEXT (user), LF_TEXT (hash)) &&
         check_touched (db, error);
}

/**
 * lf_store_accounts_set_blocked:
 * @db: the connection
 * @user: id
 * @is_blocked: whether the account is closed
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such account
 */
gboolean
lf_store_accounts_set_blocked (LfDb *db, const char *user, gboolean is_blocked, GError **error)
{
  return lf_db_exec (db, error, "UPDATE users SET is_blocked = ?2 WHERE id = ?1", LF_TEXT (user), LF_INT (is_blocked)) &&
         check_touched (db, error) && lf_store_accounts_touch_rosters (db, user, error);
}

/**
 * lf_store_accounts_patch:
 * @db: the connection
 * @user: id
 * @patch: what the person changes; absent members stay, empty ones are taken away
 * @error: return location
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when there is no such account
 */
gboolean
lf_store_accounts_patch (LfDb *db, const char *user, const LfWireMePatch *patch, GError **error)
{
  g_autoptr (LfAccount) account = lf_store_accounts_get (db, user, error);

  if (account == NULL)
    return FALSE;
  if (patch->title != NULL)
    {
      g_free (account->person.title);
      account->person.title = *patch->title != '\0' ? g_strdup (patch->title) : NULL;
    }
  if (patch->time_zone != NULL)
    {
      g_free (account->time_zone);
      account->time_zone = *patch->time_zone != '\0' ? g_strdup (patch->time_zone) : NULL;
    }

  return lf_store_accounts_update (db, account, error);
}

/**
 * lf_store_accounts_check_visible:
 * @db: the connection
 * @viewer: who asks
 * @user: about whom
 * @error: return location
 *
 * Tells whether @viewer may know of @user: the account is open and has not blocked @viewer.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND, the same for a person who is not there at all
 */
gboolean
lf_store_accounts_check_visible (LfDb *db, const char *viewer, const char *user, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT 1 FROM users WHERE id = ?2 AND is_blocked = 0 AND NOT EXISTS"
                                         " (SELECT 1 FROM blocks WHERE user_id = ?2 AND other_id = ?1)",
                                         LF_TEXT (viewer), LF_TEXT (user));
  g_autoptr (GError) failure = NULL;

  if (rows == NULL)
    return FALSE;
  if (lf_rows_next (rows, &failure))
    return TRUE;

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    set_not_found (error);
  return FALSE;
}

/**
 * lf_store_accounts_read_person:
 * @db: the connection
 * @viewer: who asks
 * @user: about whom
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the directory's entry, %NULL with %LF_PROBLEM_NOT_FOUND when
 *   @viewer may not know of @user
 */
LfWirePerson *
lf_store_accounts_read_person (LfDb *db, const char *viewer, const char *user, GError **error)
{
  g_autoptr (LfAccount) account = NULL;

  if (!lf_store_accounts_check_visible (db, viewer, user, error))
    return NULL;
  account = lf_store_accounts_get (db, user, error);

  return account != NULL ? lf_codec_copy (&lf_schema_person, &account->person) : NULL;
}

/**
 * lf_store_accounts_check_talkable:
 * @db: the connection
 * @viewer: id of who asks
 * @user: id of somebody or of a place
 * @error: return location
 *
 * Nobody reads what is written to a place.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND when @viewer may not know of @user, or it is a place
 */
gboolean
lf_store_accounts_check_talkable (LfDb *db, const char *viewer, const char *user, GError **error)
{
  g_autoptr (LfWirePerson) person = lf_store_accounts_read_person (db, viewer, user, error);

  if (person != NULL && person->is_place)
    set_not_found (error);
  return person != NULL && !person->is_place;
}

/* "mara we" → {"%mara%", "%we%", "%", "%"}: every word must be found */
static char **
make_patterns (const char *words)
{
  g_autofree char *folded = lf_text_fold (words);
  g_auto (GStrv)   parts = g_strsplit (folded, " ", -1);
  char           **patterns = g_new0 (char *, MAX_WORDS + 1);
  guint            n_patterns = 0;

  for (guint i = 0; parts[i] != NULL && n_patterns < MAX_WORDS; i++)
    if (*parts[i] != '\0')
      patterns[n_patterns++] = lf_text_to_pattern (parts[i]);
  while (n_patterns < MAX_WORDS)
    patterns[n_patterns++] = g_strdup ("%");

  return patterns;
}

/**
 * lf_store_accounts_search:
 * @db: the connection
 * @viewer: who asks
 * @words: what to look for in name, login, mail, department, title and addresses
 * @cursor: (nullable): `next` of the page before
 * @limit: items a page
 * @error: return location
 *
 * Searches the directory, by name. Only people whom @viewer may see are found; the viewer is not.
 *
 * Returns: (transfer full) (nullable): a page, %NULL with %LF_PROBLEM_BAD_REQUEST for a bad @cursor
 */
LfWirePeoplePage *
lf_store_accounts_search (LfDb *db, const char *viewer, const char *words, const char *cursor, gint64 limit, GError **error)
{
  g_autoptr (LfWirePeoplePage) page = g_new0 (LfWirePeoplePage, 1);
  g_auto (GStrv)               patterns = make_patterns (words);
  g_auto (GStrv)               after = NULL;
  g_autoptr (LfRows)           rows = NULL;
  g_autoptr (GError)           failure = NULL;
  g_autofree char             *last_key = NULL;

  page->items = g_ptr_array_new ();
  if (!lf_cursor_parse (cursor, 2, &after, error))
    return NULL;

  rows = lf_db_query (db, error,
                      "SELECT id, login, name, title, department, mail, addresses, sort_key, is_place FROM users"
                      " WHERE is_blocked = 0 AND id <> ?1"
                      " AND (sort_key > ?2 OR (sort_key = ?2 AND id > ?3))"
                      " AND search_key LIKE ?4 ESCAPE '\\' AND search_key LIKE ?5 ESCAPE '\\'"
                      " AND search_key LIKE ?6 ESCAPE '\\' AND search_key LIKE ?7 ESCAPE '\\'"
                      " AND NOT EXISTS (SELECT 1 FROM blocks WHERE user_id = users.id AND other_id = ?1)"
                      " ORDER BY sort_key, id LIMIT ?8",
                      LF_TEXT (viewer), LF_TEXT (after[0]), LF_TEXT (after[1]), LF_TEXT (patterns[0]), LF_TEXT (patterns[1]),
                      LF_TEXT (patterns[2]), LF_TEXT (patterns[3]), LF_INT (limit + 1));
  if (rows == NULL)
    return NULL;

  while (lf_rows_next (rows, &failure))
    {
      LfWirePerson *person;

      if (page->items->len == (guint) limit)
        {
          LfWirePerson *last = g_ptr_array_index (page->items, page->items->len - 1);

          page->next = lf_cursor_make (last_key, last->id, NULL);
          break;
        }
      person = g_new0 (LfWirePerson, 1);
      fill_person (person, rows);
      person->is_place = lf_rows_get_int (rows, 8) != 0;
      g_ptr_array_add (page->items, person);
      g_free (last_key);
      last_key = g_strdup (lf_rows_get_text (rows, 7));
    }
  if (failure == NULL)
    return g_steal_pointer (&page);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * lf_store_accounts_read_me:
 * @db: the connection
 * @user: id
 * @now_us: wall-clock instant: what has expired by then is absent
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what belongs to the person
 */
LfWireMe *
lf_store_accounts_read_me (LfDb *db, const char *user, gint64 now_us, GError **error)
{
  g_autoptr (LfAccount) account = lf_store_accounts_get (db, user, error);
  g_autoptr (LfClaims)  claims = account != NULL ? lf_store_presence_get_claims (db, user, now_us, error) : NULL;
  LfWireMe             *me;

  if (claims == NULL)
    return NULL;

  me = g_new0 (LfWireMe, 1);
  me->person = account->person;
  memset (&account->person, 0, sizeof account->person);
  me->time_zone = g_steal_pointer (&account->time_zone);
  me->status = claims->status;
  memset (&claims->status, 0, sizeof claims->status);
  me->note_since_us = claims->note_since_us;
  me->dnd = claims->dnd;
  me->visibility = claims->visibility;

  return me;
}

/**
 * lf_store_accounts_list_people:
 * @db: the connection
 * @error: return location
 *
 * Returns: (transfer full) (element-type LfWireConnectorPerson) (nullable): everybody whose account
 *   is open, by login; items are freed by a #LfWireConnectorPeople that takes the array
 */
GPtrArray *
lf_store_accounts_list_people (LfDb *db, GError **error)
{
  g_autoptr (LfWireConnectorPeople) people = g_new0 (LfWireConnectorPeople, 1);
  g_autoptr (LfRows)                rows = lf_db_query (db, error, "SELECT id, login, mail FROM users WHERE is_blocked = 0 AND is_place = 0 ORDER BY login_key");
  g_autoptr (GError)                failure = NULL;

  people->items = g_ptr_array_new ();
  if (rows == NULL)
    return NULL;
  while (lf_rows_next (rows, &failure))
    {
      LfWireConnectorPerson *person = g_new0 (LfWireConnectorPerson, 1);

      person->id = g_strdup (lf_rows_get_text (rows, 0));
      person->login = g_strdup (lf_rows_get_text (rows, 1));
      person->mail = g_strdup (lf_rows_get_text (rows, 2));
      g_ptr_array_add (people->items, person);
    }
  if (failure == NULL)
    return g_steal_pointer (&people->items);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include "lf-admin-order.h"

/* A place is an account without a password, whose telephone is its line. */

static gboolean
refuse (GError **error, LfProblem problem, const char *message)
{
  g_set_error_literal (error, LF_SERVER_ERROR, problem, message);
  return FALSE;
}

/* The line as it is stored, or a new one. */
static LfLineRow *
find_line (LfDb *db, const LfAdminOrder *order, GError **error)
{
  g_autoptr (GError)    failure = NULL;
  g_autoptr (LfLineRow) line = lf_store_lines_get (db, order->line, &failure);

  if (line == NULL && (order->address == NULL || !g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND)))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s", order->address == NULL ? "Say the --address of a new line. " : "");
      return NULL;
    }
  if (line == NULL)
    {
      line = g_new0 (LfLineRow, 1);
      line->line = g_strdup (order->line);
    }
  if (line->user != NULL)
    {
      refuse (error, LF_PROBLEM_CONFLICT, "This line is somebody's; remove it first, or add the place with another line.");
      return NULL;
    }
  if (order->address != NULL)
    {
      g_free (line->address);
      line->address = g_strdup (order->address);
    }
  return g_steal_pointer (&line);
}

/* A place that was removed is opened again. */
static gboolean
store_account (LfDb *db, LfAccount *account, gint64 now_us, GError **error)
{
  g_autoptr (LfAccount) old = lf_store_accounts_get_by_login (db, account->person.login, NULL);

  if (old == NULL || !old->person.is_place || !old->is_blocked)
    return lf_store_accounts_insert (db, account, now_us, error);
  account->person.id = g_strdup (old->person.id);
  return lf_store_accounts_update (db, account, error) && lf_store_accounts_set_blocked (db, old->person.id, FALSE, error);
}

/**
 * lf_admin_add_place:
 * @db: a connection that writes
 * @outcome: of the order
 * @error: return location
 *
 * Makes a place: in the directory, with a line that is nobody else's, and without anybody who signs in.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_add_place (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  const LfAdminOrder   *order = outcome->order;
  g_autoptr (LfLineRow) line = NULL;
  g_autoptr (LfAccount) account = lf_account_new ();
  LfAdminPerson         checked = { 0 };

  if (order->login == NULL || order->name == NULL || order->line == NULL)
    return refuse (error, LF_PROBLEM_BAD_REQUEST, "The order names no login, no name or no line.");
  line = find_line (db, order, error);
  if (line == NULL)
    return FALSE;
  account->person.login = g_strdup (order->login);
  account->person.name = g_strdup (order->name);
  account->person.is_place = TRUE;
  account->person.addresses = g_strdupv ((char *[]){ line->address, NULL });
  checked.person = account->person;
  if (!lf_admin_person_check (&checked, error) || !store_account (db, account, outcome->now_us, error) ||
      !lf_store_lines_assign (db, line->line, line->address, account->person.id, TRUE, line->pickup_group, error) ||
      !lf_admin_add_claims (db, outcome, account->person.id, error))
    return FALSE;
  outcome->line = lf_store_lines_get (db, line->line, error);
  if (outcome->line == NULL)
    return FALSE;

  lf_admin_say (outcome, "“%s” is a place with line “%s”", order->login, line->line);
  return TRUE;
}

/**
 * lf_admin_remove_place:
 * @db: a connection that writes
 * @outcome: of the order
 * @error: return location
 *
 * Closes a place: nobody sees it any more, and its line is nobody's.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_remove_place (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  g_autoptr (LfAccount) account = lf_admin_find_account (db, outcome->order->login, error);

  if (account == NULL)
    return FALSE;
  if (!account->person.is_place)
    return refuse (error, LF_PROBLEM_BAD_REQUEST, "This is a person and no place: see “user block”.");
  if (!lf_store_accounts_set_blocked (db, account->person.id, TRUE, error) || !lf_store_lines_release (db, account->person.id, error))
    return FALSE;

  outcome->closed = g_strdup (account->person.id);
  lf_admin_say (outcome, "The place “%s” is removed", account->person.login);
  return TRUE;
}

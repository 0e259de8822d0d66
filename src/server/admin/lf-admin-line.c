/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include "lf-admin-order.h"

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, message);
  return FALSE;
}

/* A place is called by the address of its line. */
static gboolean
move_place (LfDb *db, LfAccount *account, const char *address, GError **error)
{
  g_strfreev (account->person.addresses);
  account->person.addresses = g_strdupv ((char *[]){ (char *) address, NULL });
  return lf_store_accounts_update (db, account, error);
}

/**
 * lf_admin_assign_line:
 * @db: a connection that writes
 * @outcome: of the order
 * @error: return location
 *
 * Makes a line or changes it. The first line of a person is the primary one; a later one becomes it unless it is said
 * to be second.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_assign_line (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  const LfAdminOrder   *order = outcome->order;
  g_autoptr (LfAccount) account = lf_admin_find_account (db, order->login, error);
  gboolean              has_primary = FALSE;

  if (account == NULL)
    return FALSE;
  if (order->line == NULL || order->address == NULL)
    return refuse (error, "The order names no line or no address.");
  if (account->is_blocked && account->person.is_place)
    return refuse (error, "This place is removed: see “place add”.");
  if (!lf_store_lines_has_primary (db, account->person.id, order->line, &has_primary, error) ||
      !lf_store_lines_assign (db, order->line, order->address, account->person.id, !order->is_secondary || !has_primary, order->pickup_group, error) ||
      (account->person.is_place && !move_place (db, account, order->address, error)))
    return FALSE;
  outcome->line = lf_store_lines_get (db, order->line, error);
  if (outcome->line == NULL)
    return FALSE;

  lf_admin_say (outcome, "Line “%s” is the %s line of “%s”", order->line, outcome->line->is_primary ? "primary" : "secondary", account->person.login);
  return TRUE;
}

/**
 * lf_admin_share_line:
 * @db: a connection that writes
 * @outcome: of the order
 * @error: return location
 *
 * Makes a line somebody's, too: second, unless it is said to be first or the person has no other.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_share_line (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  const LfAdminOrder   *order = outcome->order;
  g_autoptr (LfAccount) account = lf_admin_find_account (db, order->login, error);
  gboolean              has_primary = FALSE;
  gboolean              is_primary;

  if (account == NULL)
    return FALSE;
  if (order->line == NULL)
    return refuse (error, "The order names no line.");
  if (!lf_store_lines_has_primary (db, account->person.id, order->line, &has_primary, error))
    return FALSE;
  is_primary = order->is_primary || !has_primary;
  if (!lf_store_lines_share (db, order->line, account->person.id, is_primary, error))
    return FALSE;
  outcome->line = lf_store_lines_get (db, order->line, error);
  if (outcome->line == NULL)
    return FALSE;

  lf_admin_say (outcome, "Line “%s” is a %s line of “%s”, too", order->line, is_primary ? "primary" : "secondary", account->person.login);
  return TRUE;
}

/**
 * lf_admin_unshare_line:
 * @db: a connection that writes
 * @outcome: of the order
 * @error: return location
 *
 * Ends what lf_admin_share_line() did.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_unshare_line (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  const LfAdminOrder   *order = outcome->order;
  g_autoptr (LfAccount) account = lf_admin_find_account (db, order->login, error);

  if (account == NULL)
    return FALSE;
  if (order->line == NULL)
    return refuse (error, "The order names no line.");
  if (!lf_store_lines_unshare (db, order->line, account->person.id, error))
    return FALSE;
  outcome->line = lf_store_lines_get (db, order->line, error);
  if (outcome->line == NULL)
    return FALSE;

  lf_admin_say (outcome, "Line “%s” is no longer a line of “%s”", order->line, account->person.login);
  return TRUE;
}

/* "\tshared with grace (primary), jonas (secondary)"; NULL if it failed */
static char *
describe_shares (LfDb *db, const LfLineRow *line, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; line->shares != NULL && i < line->shares->len; i++)
    {
      const LfLineShare    *share = line->shares->pdata[i];
      g_autoptr (LfAccount) account = lf_store_accounts_get (db, share->user, error);

      if (account == NULL)
        return NULL;
      g_string_append_printf (text, "%s%s (%s)", i == 0 ? "\tshared with " : ", ", account->person.login, share->is_primary ? "primary" : "secondary");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * lf_admin_list_lines:
 * @db: the connection
 * @outcome: of the order
 * @error: return location
 *
 * Says which lines there are, and whose.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_list_lines (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  g_autoptr (GPtrArray) lines = lf_store_lines_list (db, error);

  if (lines == NULL)
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      const LfLineRow      *line = g_ptr_array_index (lines, i);
      g_autoptr (LfAccount) account = line->user != NULL ? lf_store_accounts_get (db, line->user, error) : NULL;
      g_autofree char      *shares = describe_shares (db, line, error);

      if (shares == NULL || (line->user != NULL && account == NULL))
        return FALSE;
      lf_admin_say (outcome, "%s\t%s\t%s\t%s%s%s%s", line->line, line->address, account != NULL ? account->person.login : "",
                    line->is_primary ? "primary" : "secondary", line->pickup_group != NULL ? "\t" : "",
                    line->pickup_group != NULL ? line->pickup_group : "", shares);
    }
  return TRUE;
}

/**
 * lf_admin_remove_line:
 * @db: a connection that writes
 * @outcome: of the order
 * @error: return location
 *
 * Removes a line.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_remove_line (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  if (outcome->order->line == NULL)
    return refuse (error, "The order names no line.");
  if (!lf_store_lines_remove (db, outcome->order->line, error))
    return FALSE;

  lf_admin_say (outcome, "Line “%s” is removed", outcome->order->line);
  return TRUE;
}

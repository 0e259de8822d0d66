/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include "lf-accounts-jobs.h"
#include "lf-accounts.h"
#include "lf-admin-order.h"

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, message);
  return FALSE;
}

/* It has no refresh token, so it ends with its access token. */
static gboolean
create_session (LfDb *db, LfAdminOutcome *outcome, const LfAccount *account, const char *hash, GStrvBuilder *ended, GError **error)
{
  const LfAdminOrder      *order = outcome->order;
  g_autoptr (LfSessionRow) session = g_new0 (LfSessionRow, 1);
  g_autoptr (LfAccessRow)  access = g_new0 (LfAccessRow, 1);
  g_auto (GStrv)           removed = NULL;

  session->id = lf_store_make_id ('s');
  session->user = g_strdup (account->person.id);
  session->device = g_strdup (order->name);
  session->created_at_us = outcome->now_us;
  session->last_seen_at_us = outcome->now_us;
  session->expires_at_us = outcome->now_us + order->lifetime_s * LF_SECOND;
  access->hash = g_strdup (hash);
  access->session = g_strdup (session->id);
  access->user = g_strdup (session->user);
  access->expires_at_us = session->expires_at_us;
  if (!lf_accounts_make_room (db, session->user, outcome->now_us, &removed, error) || !lf_store_sessions_insert (db, session, error) ||
      !lf_store_sessions_add_access (db, access, 1, outcome->now_us, error))
    return FALSE;

  g_strv_builder_addv (ended, (const char **) removed);
  g_ptr_array_add (outcome->access, g_steal_pointer (&access));
  lf_admin_say (outcome, "%s", account->person.login);
  return TRUE;
}

static gboolean
check_order (const LfAdminOrder *order, GError **error)
{
  guint n = order->hashes != NULL ? g_strv_length (order->hashes) : 0;

  if (n == 0 || order->lifetime_s <= 0 || order->name == NULL)
    return refuse (error, "The order has no token, no lifetime or no device.");
  if (order->login != NULL && n > LF_MAX_SESSIONS)
    return refuse (error, "One person has at most " G_STRINGIFY (LF_MAX_SESSIONS) " sessions.");
  return TRUE;
}

/* Those who can sign in at all, in order of their logins; or @login alone. */
static GPtrArray *
list_owners (LfDb *db, const char *login, GError **error)
{
  g_autoptr (GPtrArray) accounts = NULL;

  if (login != NULL)
    {
      LfAccount *account = lf_admin_find_account (db, login, error);

      if (account == NULL)
        return NULL;
      accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_account_free);
      g_ptr_array_add (accounts, account);
    }
  else
    {
      accounts = lf_store_accounts_list (db, error);
      if (accounts == NULL)
        return NULL;
    }

  for (guint i = accounts->len; i > 0; i--)
    {
      const LfAccount *account = g_ptr_array_index (accounts, i - 1);

      if (account->is_blocked || account->person.is_place)
        g_ptr_array_remove_index (accounts, i - 1);
    }
  return g_steal_pointer (&accounts);
}

/**
 * lf_admin_create_sessions:
 * @db: a connection that writes
 * @outcome: of the order; its reply names the owner of each token, in the tokens' order
 * @error: return location
 *
 * Makes as many sessions as the order has hashes of access tokens: all of one person, or one each
 * of the first people by login.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_create_sessions (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  const LfAdminOrder      *order = outcome->order;
  g_autoptr (GPtrArray)    owners = NULL;
  g_autoptr (GStrvBuilder) ended = g_strv_builder_new ();
  guint                    n;

  if (!check_order (order, error))
    return FALSE;
  owners = list_owners (db, order->login, error);
  if (owners == NULL)
    return FALSE;

  n = g_strv_length (order->hashes);
  if (order->login != NULL && owners->len == 0)
    return refuse (error, "The account is blocked, or a place's: nobody signs in there.");
  if (order->login == NULL && owners->len < n)
    {
      g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "There are only %u people whose account is open; each gets one session.", owners->len);
      return FALSE;
    }

  for (guint i = 0; i < n; i++)
    if (!create_session (db, outcome, g_ptr_array_index (owners, order->login != NULL ? 0 : i), order->hashes[i], ended, error))
      return FALSE;
  outcome->ended = g_strv_builder_end (ended);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include "lf-admin-order.h"
#include "lf-identity.h"
#include "lf-store-calls.h"
#include "lf-store.h"

#define NO_LIMIT       G_MAXINT
#define HASH_MAX_CHARS 200

/* The order and the reply as they go through DATA/admin.sock: one JSON object each way. */
const LfJsonLimits lf_admin_limits = { .max_bytes = 32 * 1024 * 1024, .max_nodes = 0, .max_depth = 6 };

static const char *const command_names[] = {
  "user_add", "user_import", "user_passwd", "user_list", "user_block", "user_unblock", "line_assign",
  "line_share", "line_unshare", "line_list", "line_remove", "place_add", "place_remove", "token_create", "token_list", "token_remove", "session_create", "explain", "connector_list", "audit", NULL
};

static const LfField person_fields[] = {
  { .name = "row", .kind = LF_FIELD_INT, .offset = G_STRUCT_OFFSET (LfAdminPerson, row), .max = G_MAXINT },
  { .name = "person", .kind = LF_FIELD_STRUCT, .offset = G_STRUCT_OFFSET (LfAdminPerson, person), .is_required = TRUE, .schema = &lf_schema_person },
  { .name = "time_zone", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminPerson, time_zone), .max = 64 },
  { .name = "password_hash", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminPerson, password_hash), .max = HASH_MAX_CHARS },
  { .name = NULL }
};
static const LfSchema person_schema = { "person", sizeof (LfAdminPerson), person_fields };

static const LfField order_fields[] = {
  { .name = "command", .kind = LF_FIELD_ENUM, .offset = G_STRUCT_OFFSET (LfAdminOrder, command), .is_required = TRUE, .names = command_names },
  { .name = "people", .kind = LF_FIELD_LIST, .offset = G_STRUCT_OFFSET (LfAdminOrder, people), .max = NO_LIMIT, .schema = &person_schema },
  { .name = "update", .kind = LF_FIELD_BOOL, .offset = G_STRUCT_OFFSET (LfAdminOrder, is_update) },
  { .name = "columns", .kind = LF_FIELD_STRV, .offset = G_STRUCT_OFFSET (LfAdminOrder, columns), .max = 64 },
  { .name = "login", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminOrder, login), .max = LF_LOGIN_MAX_CHARS },
  { .name = "hash", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminOrder, hash), .max = HASH_MAX_CHARS },
  { .name = "line", .kind = LF_FIELD_ID, .offset = G_STRUCT_OFFSET (LfAdminOrder, line) },
  { .name = "address", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminOrder, address), .min = 1, .max = LF_ADDRESS_MAX_CHARS },
  { .name = "secondary", .kind = LF_FIELD_BOOL, .offset = G_STRUCT_OFFSET (LfAdminOrder, is_secondary) },
  { .name = "primary", .kind = LF_FIELD_BOOL, .offset = G_STRUCT_OFFSET (LfAdminOrder, is_primary) },
  { .name = "pickup_group", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminOrder, pickup_group), .min = 1, .max = LF_GROUP_MAX_CHARS },
  { .name = "entries", .kind = LF_FIELD_INT, .offset = G_STRUCT_OFFSET (LfAdminOrder, n_entries), .max = LF_ADMIN_MAX_ENTRIES },
  { .name = "service", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminOrder, service), .max = 20 },
  { .name = "name", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminOrder, name), .min = 1, .max = LF_NAME_MAX_CHARS },
  { .name = "id", .kind = LF_FIELD_ID, .offset = G_STRUCT_OFFSET (LfAdminOrder, id) },
  { .name = "hashes", .kind = LF_FIELD_STRV, .offset = G_STRUCT_OFFSET (LfAdminOrder, hashes), .max = LF_ADMIN_MAX_NEW_SESSIONS },
  { .name = "lifetime_s", .kind = LF_FIELD_INT, .offset = G_STRUCT_OFFSET (LfAdminOrder, lifetime_s), .max = LF_ADMIN_MAX_SESSION_HOURS * 3600 },
  { .name = NULL }
};
const LfSchema lf_schema_admin_order = { "order", sizeof (LfAdminOrder), order_fields };

static const LfField text_fields[] = {
  { .name = "text", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminText, text), .is_required = TRUE, .max = 4000 },
  { .name = NULL }
};
static const LfSchema text_schema = { "text", sizeof (LfAdminText), text_fields };

static const LfField reply_fields[] = {
  { .name = "good", .kind = LF_FIELD_BOOL, .offset = G_STRUCT_OFFSET (LfAdminReply, is_good), .is_required = TRUE },
  { .name = "error", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (LfAdminReply, error), .max = 4000 },
  { .name = "lines", .kind = LF_FIELD_LIST, .offset = G_STRUCT_OFFSET (LfAdminReply, lines), .max = NO_LIMIT, .schema = &text_schema },
  { .name = "explanation", .kind = LF_FIELD_OPTIONAL, .offset = G_STRUCT_OFFSET (LfAdminReply, explanation), .schema = &lf_schema_explanation },
  { .name = NULL }
};
const LfSchema lf_schema_admin_reply = { "reply", sizeof (LfAdminReply), reply_fields };

/**
 * lf_admin_say:
 * @outcome: of the order that is carried out
 * @format: as of printf()
 *
 * Adds a line to what is told to the administrator.
 */
void
lf_admin_say (LfAdminOutcome *outcome, const char *format, ...)
{
  LfAdminText *line = g_new0 (LfAdminText, 1);
  va_list      args;

  va_start (args, format);
  line->text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (outcome->reply->lines, line);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, message);
  return FALSE;
}

/**
 * lf_admin_find_account:
 * @db: the connection
 * @login: (nullable): of an order
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the account, %NULL with a message for the administrator
 */
LfAccount *
lf_admin_find_account (LfDb *db, const char *login, GError **error)
{
  LfAccount *account;

  if (login == NULL)
    {
      refuse (error, "The order names nobody.");
      return NULL;
    }
  account = lf_store_accounts_get_by_login (db, login, error);
  if (account == NULL)
    g_prefix_error (error, "“%s”: ", login);
  return account;
}

/**
 * lf_admin_add_claims:
 * @db: the connection
 * @outcome: of the order that is carried out
 * @user: who is new, or open again
 * @error: return location
 *
 * Has a running server learn of @user.
 *
 * Returns: %TRUE unless it failed
 */
gboolean
lf_admin_add_claims (LfDb *db, LfAdminOutcome *outcome, const char *user, GError **error)
{
  LfClaims *claims = lf_store_presence_get_claims (db, user, outcome->now_us, error);

  if (claims == NULL)
    return FALSE;
  g_ptr_array_add (outcome->claims, claims);
  return TRUE;
}

static LfAccount *
account_from_person (const LfAdminPerson *person)
{
  LfAccount    *account = lf_account_new ();
  LfWirePerson *copy = lf_codec_copy (&lf_schema_person, &person->person);

  account->person = *copy;
  g_free (copy);
  g_clear_pointer (&account->person.id, g_free); /* the store makes it */
  account->time_zone = g_strdup (person->time_zone);
  account->password_hash = g_strdup (person->password_hash);

  return account;
}

static void
keep (char **field, char **old)
{
  g_free (*field);
  *field = g_steal_pointer (old);
}

/* What the file has no column for stays as it is. */
static void
keep_unnamed (LfAccount *account, LfAccount *old, const char *const *columns)
{
  if (!g_strv_contains (columns, "title"))
    keep (&account->person.title, &old->person.title);
  if (!g_strv_contains (columns, "department"))
    keep (&account->person.department, &old->person.department);
  if (!g_strv_contains (columns, "mail"))
    keep (&account->person.mail, &old->person.mail);
  if (!g_strv_contains (columns, "time_zone"))
    keep (&account->time_zone, &old->time_zone);
  if (!g_strv_contains (columns, "phone") && !g_strv_contains (columns, "addresses"))
    {
      g_strfreev (account->person.addresses);
      account->person.addresses = g_steal_pointer (&old->person.addresses);
    }
}

/* Somebody with that login is there already. An empty password leaves the old one. */
static gboolean
update_person (LfDb *db, LfAccount *account, const char *const *columns, gboolean *is_there, GError **error)
{
  g_autoptr (GError)    failure = NULL;
  g_autoptr (LfAccount) old = lf_store_accounts_get_by_login (db, account->person.login, &failure);

  *is_there = old != NULL;
  if (old == NULL)
    {
      if (g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  if (old->person.is_place)
    return refuse (error, "a place has this login.");
  account->person.id = g_strdup (old->person.id);
  keep_unnamed (account, old, columns);
  return lf_store_accounts_update (db, account, error) &&
         (account->password_hash == NULL || lf_store_accounts_set_password (db, old->person.id, account->password_hash, error));
}

static gboolean
add_person (LfDb *db, LfAdminOutcome *outcome, const LfAdminPerson *person, gboolean *is_added, GError **error)
{
  g_autoptr (LfAccount) account = account_from_person (person);
  gboolean              is_there = FALSE;

  if (!lf_admin_person_check (person, error) ||
      (outcome->order->is_update &&
       !update_person (db, account, (const char *const *) outcome->order->columns, &is_there, error)))
    return FALSE;

  *is_added = !is_there;
  if (is_there)
    return TRUE;
  return lf_store_accounts_insert (db, account, outcome->now_us, error) && lf_admin_add_claims (db, outcome, account->person.id, error);
}

/* All or nothing: one bad row takes the whole transaction back. */
static gboolean
add_people (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  const GPtrArray *people = outcome->order->people;
  guint            n_added = 0;

  if (people == NULL || people->len == 0 || (outcome->order->is_update && outcome->order->columns == NULL))
    return refuse (error, "The order names nobody.");

  for (guint i = 0; i < people->len; i++)
    {
      const LfAdminPerson *person = g_ptr_array_index (people, i);
      gboolean             is_added = FALSE;

      if (!add_person (db, outcome, person, &is_added, error))
        {
          if (person->row > 0)
            g_prefix_error (error, "Line %" G_GINT64_FORMAT ": ", person->row);
          return FALSE;
        }
      n_added += is_added;
    }

  if (outcome->order->command == LF_ADMIN_USER_ADD)
    lf_admin_say (outcome, "“%s” is added", ((const LfAdminPerson *) g_ptr_array_index (people, 0))->person.login);
  else
    lf_admin_say (outcome, "%u added, %u changed", n_added, people->len - n_added);
  return TRUE;
}

static gboolean
set_password (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  g_autoptr (LfAccount) account = lf_admin_find_account (db, outcome->order->login, error);

  if (account == NULL)
    return FALSE;
  if (account->person.is_place)
    return refuse (error, "This is a place: nobody signs in there.");
  if (outcome->order->hash == NULL)
    return refuse (error, "The order has no password.");
  if (!lf_store_accounts_set_password (db, account->person.id, outcome->order->hash, error))
    return FALSE;

  outcome->ended = lf_store_sessions_remove_user (db, account->person.id, error);
  if (outcome->ended == NULL)
    return FALSE;
  lf_admin_say (outcome, "The password of “%s” is changed; %u devices are signed out", account->person.login, g_strv_length (outcome->ended));
  return TRUE;
}

static gboolean
set_blocked (LfDb *db, LfAdminOutcome *outcome, gboolean is_blocked, GError **error)
{
  g_autoptr (LfAccount) account = lf_admin_find_account (db, outcome->order->login, error);

  if (account == NULL)
    return FALSE;
  if (account->person.is_place)
    return refuse (error, "This is a place: see “place add” and “place remove”.");
  if (!lf_store_accounts_set_blocked (db, account->person.id, is_blocked, error))
    return FALSE;
  if (!is_blocked)
    {
      lf_admin_say (outcome, "“%s” is open", account->person.login);
      return lf_admin_add_claims (db, outcome, account->person.id, error);
    }

  outcome->ended = lf_store_sessions_remove_user (db, account->person.id, error);
  if (outcome->ended == NULL)
    return FALSE;
  outcome->closed = g_strdup (account->person.id);
  lf_admin_say (outcome, "“%s” is blocked; %u devices are signed out", account->person.login, g_strv_length (outcome->ended));
  return TRUE;
}

static gboolean
list_people (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  g_autoptr (GPtrArray) accounts = lf_store_accounts_list (db, error);

  if (accounts == NULL)
    return FALSE;
  for (guint i = 0; i < accounts->len; i++)
    {
      const LfAccount *account = g_ptr_array_index (accounts, i);

      lf_admin_say (outcome, "%s\t%s\t%s\t%s%s", account->person.login, account->person.name,
                    account->person.department != NULL ? account->person.department : "", account->is_blocked ? "blocked" : "open",
                    account->person.is_place ? ", place" : account->password_hash == NULL ? ", no password"
                                                                                          : "");
    }
  return TRUE;
}

static gboolean
list_audit (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  g_autoptr (GPtrArray) entries = lf_store_audit_list (db, outcome->order->n_entries, error);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const LfAuditRow *entry = g_ptr_array_index (entries, i);
      char              at[LF_INSTANT_MAX_CHARS];

      lf_instant_format (entry->at_us, at);
      lf_admin_say (outcome, "%s\t%s\t%s", at, entry->user != NULL ? entry->user : "", entry->words);
    }
  return TRUE;
}

/* The token itself is made, and shown once, where the order comes from. */
static gboolean
create_token (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  const LfAdminOrder *order = outcome->order;
  LfIdentityKind      kind;

  if (!lf_identity_kind_from_service (order->service, &kind))
    return refuse (error, "A token is for a connector, “phone” or “calendar”, or for an administrator.");
  if (order->hash == NULL || order->name == NULL)
    return refuse (error, "The order has no token or no name.");

  outcome->token = g_new0 (LfTokenRow, 1);
  outcome->token->id = lf_store_make_id ('t');
  outcome->token->hash = g_strdup (order->hash);
  outcome->token->kind = g_strdup (order->service);
  outcome->token->name = g_strdup (order->name);
  outcome->token->created_at_us = outcome->now_us;

  return lf_store_tokens_insert (db, outcome->token, error);
}

static gboolean
list_tokens (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  g_autoptr (GPtrArray) tokens = lf_store_tokens_list (db, error);

  if (tokens == NULL)
    return FALSE;
  for (guint i = 0; i < tokens->len; i++)
    {
      const LfTokenRow *token = g_ptr_array_index (tokens, i);
      char              created[LF_INSTANT_MAX_CHARS];

      lf_instant_format (token->created_at_us, created);
      lf_admin_say (outcome, "%s\t%s\t%s\t%s", token->id, token->kind, token->name, created);
    }
  return TRUE;
}

/* How they are, who holds it in memory says. */
static gboolean
list_connectors (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  outcome->connectors = lf_store_tokens_list (db, error);
  for (guint i = outcome->connectors != NULL ? outcome->connectors->len : 0; i > 0; i--)
    if (g_str_equal (((const LfTokenRow *) outcome->connectors->pdata[i - 1])->kind, "admin"))
      g_ptr_array_remove_index (outcome->connectors, i - 1);
  return outcome->connectors != NULL;
}

static gboolean
remove_token (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  if (outcome->order->id == NULL)
    return refuse (error, "The order names no token.");
  if (!lf_store_tokens_remove (db, outcome->order->id, error))
    return FALSE;

  lf_admin_say (outcome, "The token is removed; who used it is signed out");
  return TRUE;
}

/**
 * lf_admin_execute:
 * @db: a connection that writes
 * @data: an #LfAdminOutcome
 * @error: return location
 *
 * Does what an order says, all of it or nothing.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_execute (LfDb *db, gpointer data, GError **error)
{
  LfAdminOutcome *outcome = data;

  switch (outcome->order->command)
    {
    case LF_ADMIN_USER_ADD:
    case LF_ADMIN_USER_IMPORT:
      return add_people (db, outcome, error);
    case LF_ADMIN_USER_PASSWD:
      return set_password (db, outcome, error);
    case LF_ADMIN_USER_LIST:
      return list_people (db, outcome, error);
    case LF_ADMIN_USER_BLOCK:
      return set_blocked (db, outcome, TRUE, error);
    case LF_ADMIN_USER_UNBLOCK:
      return set_blocked (db, outcome, FALSE, error);
    case LF_ADMIN_LINE_ASSIGN:
      return lf_admin_assign_line (db, outcome, error);
    case LF_ADMIN_LINE_SHARE:
      return lf_admin_share_line (db, outcome, error);
    case LF_ADMIN_LINE_UNSHARE:
      return lf_admin_unshare_line (db, outcome, error);
    case LF_ADMIN_LINE_LIST:
      return lf_admin_list_lines (db, outcome, error);
    case LF_ADMIN_LINE_REMOVE:
      return lf_admin_remove_line (db, outcome, error);
    case LF_ADMIN_PLACE_ADD:
      return lf_admin_add_place (db, outcome, error);
    case LF_ADMIN_PLACE_REMOVE:
      return lf_admin_remove_place (db, outcome, error);
    case LF_ADMIN_AUDIT:
      return list_audit (db, outcome, error);
    case LF_ADMIN_TOKEN_CREATE:
      return create_token (db, outcome, error);
    case LF_ADMIN_TOKEN_LIST:
      return list_tokens (db, outcome, error);
    case LF_ADMIN_TOKEN_REMOVE:
      return remove_token (db, outcome, error);
    case LF_ADMIN_SESSION_CREATE:
      return lf_admin_create_sessions (db, outcome, error);
    case LF_ADMIN_EXPLAIN:
      return lf_admin_explain (db, outcome, error);
    case LF_ADMIN_CONNECTOR_LIST:
      return list_connectors (db, outcome, error);
    default:
      return refuse (error, "The order is not known.");
    }
}

/**
 * lf_admin_outcome_new:
 * @order: what is to be done; kept by the caller until the outcome is freed
 * @now_us: wall-clock instant
 *
 * Returns: (transfer full): the data of lf_admin_execute()
 */
LfAdminOutcome *
lf_admin_outcome_new (const LfAdminOrder *order, gint64 now_us)
{
  LfAdminOutcome *self = g_new0 (LfAdminOutcome, 1);

  self->order = order;
  self->now_us = now_us;
  self->reply = g_new0 (LfAdminReply, 1);
  self->reply->is_good = TRUE;
  self->reply->lines = g_ptr_array_new ();
  self->claims = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_claims_free);
  self->access = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_access_row_free);

  return self;
}

/**
 * lf_admin_outcome_free:
 * @self: (nullable): an outcome
 */
void
lf_admin_outcome_free (LfAdminOutcome *self)
{
  if (self == NULL)
    return;

  lf_codec_free (&lf_schema_admin_reply, self->reply);
  g_ptr_array_unref (self->claims);
  g_free (self->closed);
  g_strfreev (self->ended);
  lf_line_row_free (self->line);
  lf_token_row_free (self->token);
  g_ptr_array_unref (self->access);
  lf_explain_job_free (self->explain);
  g_clear_pointer (&self->connectors, g_ptr_array_unref);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfAccount:
 *
 * A person's row. @person.id is made by lf_store_accounts_insert() when %NULL. All owned.
 */
typedef struct
{
  LfWirePerson person;
  char        *time_zone;     /* nullable: IANA name */
  char        *password_hash; /* nullable: cannot sign in by password */
  gboolean     is_blocked;    /* by the administrator: cannot sign in, seen by nobody */
} LfAccount;

LfAccount *lf_account_new (void);
void       lf_account_free (LfAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfAccount, lf_account_free)

/* All below run inside a job. Not found is LF_PROBLEM_NOT_FOUND; "blocked" and "not allowed" are the same. */
gboolean   lf_store_accounts_insert (LfDb *db, LfAccount *account, gint64 now_us, GError **error); /* CONFLICT: login taken */
gboolean   lf_store_accounts_update (LfDb *db, const LfAccount *account, GError **error);          /* by person.id */
LfAccount *lf_store_accounts_get_by_login (LfDb *db, const char *login, GError **error);
LfAccount *lf_store_accounts_get (LfDb *db, const char *user, GError **error);
GPtrArray *lf_store_accounts_list (LfDb *db, GError **error); /* of LfAccount, owned, by login */
gboolean   lf_store_accounts_set_password (LfDb *db, const char *user, const char *hash, GError **error);
gboolean   lf_store_accounts_set_blocked (LfDb *db, const char *user, gboolean is_blocked, GError **error);
gboolean   lf_store_accounts_patch (LfDb *db, const char *user, const LfWireMePatch *patch, GError **error);
/* What others see of @user changed: their rosters' revisions rise. */
gboolean lf_store_accounts_touch_rosters (LfDb *db, const char *user, GError **error);
/* Whether @viewer may know that @user exists: NOT_FOUND if not. */
gboolean lf_store_accounts_check_visible (LfDb *db, const char *viewer, const char *user, GError **error);
/* The same, and somebody reads what is written to @user. */
gboolean          lf_store_accounts_check_talkable (LfDb *db, const char *viewer, const char *user, GError **error);
LfWirePerson     *lf_store_accounts_read_person (LfDb *db, const char *viewer, const char *user, GError **error);
LfWirePeoplePage *lf_store_accounts_search (LfDb *db, const char *viewer, const char *words, const char *cursor, gint64 limit, GError **error);
LfWireMe         *lf_store_accounts_read_me (LfDb *db, const char *user, gint64 now_us, GError **error);
GPtrArray        *lf_store_accounts_list_people (LfDb *db, GError **error); /* of LfWireConnectorPerson, for the calendar connector */

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"
#include "lf-wire-calls.h"

G_BEGIN_DECLS

#define LF_CALLS_MAX_PER_PERSON 2000
#define LF_CALLS_MAX_AGE_US     (90 * LF_DAY)

/**
 * LfCallRow:
 * @user: in whose lists it stands
 * @line: the line
 * @report: what the connector says of the call
 * @normal: (nullable): normal form of its other end
 * @peer_user: (nullable): whose that is
 *
 * A call, on its way into the lists of one person. Everything is borrowed.
 */
typedef struct
{
  const char             *user;
  const char             *line;
  const LfWireCallReport *report;
  const char             *normal;
  const char             *peer_user;
} LfCallRow;

/**
 * LfCallOutcome:
 * @user: whose lists have changed
 * @record: (nullable): how it stands there now
 * @removed: (nullable): id of a record that is no more
 *
 * What came of an entry. Owned by the list that holds it.
 */
typedef struct
{
  char             *user;
  LfWireCallRecord *record;
  char             *removed;
} LfCallOutcome;

void lf_call_outcome_free (LfCallOutcome *self);

/* Takes a call into the lists: a write job. @outcomes: of LfCallOutcome; nothing is added when nothing changed. */
gboolean lf_store_calls_put (LfDb *db, const LfCallRow *entry, gint64 now_us, GPtrArray *outcomes, GError **error);
/* The lists of @user, latest first. @kind: -1 for all. @before: (nullable): `next` of the page before. */
LfWireCallRecordsPage *lf_store_calls_list (LfDb *db, const char *user, int kind, const char *before, gint64 limit, GError **error);
/* Forgets calls before @before_us: a write job. */
gboolean lf_store_calls_expire (LfDb *db, gint64 before_us, GError **error);

/* Name of @user as @viewer may see it; LF_PROBLEM_NOT_FOUND where there is none. */
char *lf_store_calls_find_name (LfDb *db, const char *viewer, const char *user, GError **error);

/* Everybody's addresses, for lf-address-book.c: of LfAddressRow, owned. */
typedef struct
{
  char *user;
  char *address;
} LfAddressRow;

void       lf_address_row_free (LfAddressRow *self);
GPtrArray *lf_store_calls_list_addresses (LfDb *db, GError **error);

/**
 * LfAuditRow:
 *
 * What somebody did that an administrator may have to answer for. Owned by the list that holds it.
 */
typedef struct
{
  gint64 at_us;
  char  *user; /* login; nullable: gone */
  char  *words;
} LfAuditRow;

void       lf_audit_row_free (LfAuditRow *self);
gboolean   lf_store_audit_add (LfDb *db, const char *user, const char *words, gint64 now_us, GError **error);
GPtrArray *lf_store_audit_list (LfDb *db, gint64 limit, GError **error); /* of LfAuditRow, latest first */

G_END_DECLS

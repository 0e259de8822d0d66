/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-explain.h"
#include "lf-store-accounts.h"
#include "lf-store-presence.h"
#include "lf-store-sessions.h"
#include "lf-store.h"

G_BEGIN_DECLS

typedef enum
{
  LF_ADMIN_USER_ADD,
  LF_ADMIN_USER_IMPORT,
  LF_ADMIN_USER_PASSWD,
  LF_ADMIN_USER_LIST,
  LF_ADMIN_USER_BLOCK,
  LF_ADMIN_USER_UNBLOCK,
  LF_ADMIN_LINE_ASSIGN,
  LF_ADMIN_LINE_SHARE,
  LF_ADMIN_LINE_UNSHARE,
  LF_ADMIN_LINE_LIST,
  LF_ADMIN_LINE_REMOVE,
  LF_ADMIN_PLACE_ADD,
  LF_ADMIN_PLACE_REMOVE,
  LF_ADMIN_TOKEN_CREATE,
  LF_ADMIN_TOKEN_LIST,
  LF_ADMIN_TOKEN_REMOVE,
  LF_ADMIN_SESSION_CREATE,
  LF_ADMIN_EXPLAIN,
  LF_ADMIN_CONNECTOR_LIST,
  LF_ADMIN_AUDIT,
} LfAdminCommand;

/* An account to be made. @row: the line of the file it comes from, 0: none. */
typedef struct
{
  gint64       row;
  LfWirePerson person;
  char        *time_zone;
  char        *password_hash;
} LfAdminPerson;

/**
 * LfAdminOrder:
 *
 * What an administrator wants done: made from the command line, carried out on the data folder or
 * sent to the server that holds it. It carries hashes of passwords and tokens, never those
 * themselves.
 */
typedef struct
{
  LfAdminCommand command;
  GPtrArray     *people;       /* of LfAdminPerson: add, import */
  gboolean       is_update;    /* import: change those who are there */
  GStrv          columns;      /* import: what the file says of people; the rest of them stays */
  char          *login;        /* passwd, block, unblock, line assign, share and unshare, place add and remove, session create, explain */
  char          *hash;         /* passwd; token create */
  char          *line;         /* line assign, share, unshare and remove; place add */
  char          *address;      /* line assign; place add: nullable */
  gboolean       is_secondary; /* line assign */
  gboolean       is_primary;   /* line share */
  char          *pickup_group; /* line assign; nullable */
  gint64         n_entries;    /* audit */
  char          *service;      /* token create: "phone", "calendar" or "admin" */
  char          *name;         /* token create, place add; session create: the device */
  char          *id;           /* token remove */
  GStrv          hashes;       /* session create: of its access tokens */
  gint64         lifetime_s;   /* session create */
} LfAdminOrder;

typedef struct
{
  char *text;
} LfAdminText;

/* What is told to the administrator. */
typedef struct
{
  gboolean           is_good;
  char              *error;       /* nullable */
  GPtrArray         *lines;       /* of LfAdminText */
  LfWireExplanation *explanation; /* nullable */
} LfAdminReply;

/**
 * LfAdminOutcome:
 *
 * What an order changed, for a server that runs. All owned.
 */
typedef struct
{
  const LfAdminOrder *order;      /* in; borrowed */
  gint64              now_us;     /* in */
  LfAdminReply       *reply;      /* out */
  GPtrArray          *claims;     /* out: of LfClaims: people new or open again */
  char               *closed;     /* out, nullable: user whose account was blocked */
  GStrv               ended;      /* out, nullable: sessions */
  LfLineRow          *line;       /* out, nullable: assigned, or shared otherwise */
  LfTokenRow         *token;      /* out, nullable: made */
  GPtrArray          *access;     /* out: of LfAccessRow: of sessions that were made */
  LfExplainJob       *explain;    /* out, nullable: what is stored of a person; the reply wants the rest */
  GPtrArray          *connectors; /* out, nullable: of LfTokenRow; the reply wants how they are */
} LfAdminOutcome;

#define LF_ADMIN_MAX_NEW_SESSIONS  20000 /* at once, one of each person */
#define LF_ADMIN_MAX_SESSION_HOURS 24
#define LF_ADMIN_MAX_ENTRIES       100000

extern const LfSchema     lf_schema_admin_order, lf_schema_admin_reply;
extern const LfJsonLimits lf_admin_limits;

LF_WIRE_AUTOPTR (LfAdminOrder, lf_schema_admin_order)
LF_WIRE_AUTOPTR (LfAdminReply, lf_schema_admin_reply)

/* A store job: @data is an LfAdminOutcome. */
gboolean        lf_admin_execute (LfDb *db, gpointer data, GError **error);
LfAdminOutcome *lf_admin_outcome_new (const LfAdminOrder *order, gint64 now_us);
void            lf_admin_outcome_free (LfAdminOutcome *self);

/* Part of lf_admin_execute(): sessions with an access token each, of @order->login or of many people. */
gboolean lf_admin_create_sessions (LfDb *db, LfAdminOutcome *outcome, GError **error);
/* Parts of lf_admin_execute(): lines. */
gboolean lf_admin_assign_line (LfDb *db, LfAdminOutcome *outcome, GError **error);
gboolean lf_admin_share_line (LfDb *db, LfAdminOutcome *outcome, GError **error);
gboolean lf_admin_unshare_line (LfDb *db, LfAdminOutcome *outcome, GError **error);
gboolean lf_admin_list_lines (LfDb *db, LfAdminOutcome *outcome, GError **error);
gboolean lf_admin_remove_line (LfDb *db, LfAdminOutcome *outcome, GError **error);
/* Parts of lf_admin_execute(): a room or a desk with a telephone. */
gboolean lf_admin_add_place (LfDb *db, LfAdminOutcome *outcome, GError **error);
gboolean lf_admin_remove_place (LfDb *db, LfAdminOutcome *outcome, GError **error);
/* Part of an order: a running server learns that @user is new, or open again. */
gboolean lf_admin_add_claims (LfDb *db, LfAdminOutcome *outcome, const char *user, GError **error);
/* Part of lf_admin_execute(): what is stored of a person; and the rest of it where no server runs. */
gboolean   lf_admin_explain (LfDb *db, LfAdminOutcome *outcome, GError **error);
void       lf_admin_tell_connectors (LfAdminOutcome *outcome, LfHub *hub);
gboolean   lf_admin_explain_stored (LfStore *store, LfAdminOutcome *outcome, GError **error);
LfAccount *lf_admin_find_account (LfDb *db, const char *login, GError **error);
/* A line for the administrator. */
void lf_admin_say (LfAdminOutcome *outcome, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Whether an account may be made of @person. BAD_REQUEST says what is wrong, without a line number. */
gboolean lf_admin_person_check (const LfAdminPerson *person, GError **error);
/* "2041", "+49 30 1234", "sip:2041@pbx.example" → a URI. Returns: (transfer full) (nullable). */
char *lf_admin_make_address (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfAdminOutcome, lf_admin_outcome_free)

G_END_DECLS

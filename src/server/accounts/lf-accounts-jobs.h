/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-store-accounts.h"
#include "lf-store-sessions.h"

G_BEGIN_DECLS

/* What #LfAccounts asks of the store: jobs, with plain data in and out. */

typedef struct
{
  char      *login;   /* in */
  LfAccount *account; /* out, nullable: nobody has that login */
} LfFindJob;

typedef struct
{
  char         *user;          /* in */
  char         *password_hash; /* in: the one that was matched: it must still be in force */
  char         *device;        /* in */
  gint64        now_us;        /* in */
  LfWireTokens *tokens;        /* out */
  char         *access_hash;   /* out */
  GStrv         ended;         /* out: sessions that gave way */
} LfStartJob;

typedef struct
{
  char         *token;       /* in, wiped */
  gint64        now_us;      /* in */
  LfWireTokens *tokens;      /* out, NULL when the token was refused */
  char         *access_hash; /* out */
  char         *revoked;     /* out, nullable: the session that was ended for it */
  char         *user;        /* out, nullable: whose that was */
} LfRefreshJob;

typedef struct
{
  char *user;    /* in */
  char *session; /* in */
} LfEndJob;

typedef struct
{
  char  *session; /* in */
  gint64 now_us;  /* in */
} LfTouchJob;

typedef struct
{
  gint64 now_us; /* in */
  GStrv  ended;  /* out */
} LfExpireJob;

typedef struct
{
  gint64     now_us;     /* in */
  GPtrArray *sessions;   /* out: of LfSessionRow */
  GPtrArray *access;     /* out: of LfAccessRow */
  GPtrArray *connectors; /* out: of LfTokenRow */
} LfLoadJob;

gboolean lf_accounts_job_find (LfDb *db, gpointer data, GError **error);
gboolean lf_accounts_job_start (LfDb *db, gpointer data, GError **error);
gboolean lf_accounts_job_refresh (LfDb *db, gpointer data, GError **error);
gboolean lf_accounts_job_end (LfDb *db, gpointer data, GError **error);
gboolean lf_accounts_job_touch (LfDb *db, gpointer data, GError **error);
gboolean lf_accounts_job_expire (LfDb *db, gpointer data, GError **error);
gboolean lf_accounts_job_load (LfDb *db, gpointer data, GError **error);

/* A part of other jobs: room for one more session of @user. */
gboolean lf_accounts_make_room (LfDb *db, const char *user, gint64 now_us, GStrv *ended, GError **error);

void lf_find_job_free (LfFindJob *job);
void lf_start_job_free (LfStartJob *job);
void lf_refresh_job_free (LfRefreshJob *job);
void lf_end_job_free (LfEndJob *job);
void lf_touch_job_free (LfTouchJob *job);
void lf_expire_job_free (LfExpireJob *job);
void lf_load_job_clear (LfLoadJob *job);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LfLoadJob, lf_load_job_clear)

G_END_DECLS

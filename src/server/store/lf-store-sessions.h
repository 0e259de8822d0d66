/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/* A session is a device. Tokens are stored as BLAKE2b hashes (hex), never as they are. */
typedef struct
{
  char  *id;
  char  *user;
  char  *device;
  gint64 created_at_us;
  gint64 last_seen_at_us;
  gint64 expires_at_us; /* of the refresh family */
} LfSessionRow;

/* An access token, as the list held in memory is loaded. */
typedef struct
{
  char  *hash;
  char  *session;
  char  *user;
  gint64 expires_at_us;
} LfAccessRow;

/* A refresh token in its chain. */
typedef struct
{
  char    *hash;
  char    *session;
  char    *user;
  char    *successor; /* nullable: hash of the token given for it */
  char    *salt;      /* nullable: with the token itself, makes the successor again */
  gint64   used_at_us;
  gint64   expires_at_us;
  gboolean is_successor_used;
} LfRefreshRow;

/* A connector's service token. */
typedef struct
{
  char  *id;
  char  *hash;
  char  *kind; /* "phone" or "calendar" */
  char  *name;
  gint64 created_at_us;
} LfTokenRow;

void lf_session_row_free (LfSessionRow *self);
void lf_access_row_free (LfAccessRow *self);
void lf_refresh_row_free (LfRefreshRow *self);
void lf_token_row_free (LfTokenRow *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfSessionRow, lf_session_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfAccessRow, lf_access_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRefreshRow, lf_refresh_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfTokenRow, lf_token_row_free)

gboolean   lf_store_sessions_insert (LfDb *db, const LfSessionRow *session, GError **error);
gboolean   lf_store_sessions_add_access (LfDb *db, const LfAccessRow *access, gint64 keep, gint64 not_before_us, GError **error);
GPtrArray *lf_store_sessions_list (LfDb *db, const char *user, gint64 now_us, GError **error); /* NULL user: all */
GPtrArray *lf_store_sessions_list_access (LfDb *db, gint64 not_before_us, GError **error);
gboolean   lf_store_sessions_extend (LfDb *db, const char *session, gint64 now_us, gint64 expires_at_us, GError **error);
gboolean   lf_store_sessions_touch (LfDb *db, const char *session, gint64 now_us, GError **error);
gboolean   lf_store_sessions_remove (LfDb *db, const char *user, const char *session, GError **error);
GStrv      lf_store_sessions_remove_user (LfDb *db, const char *user, GError **error);
GStrv      lf_store_sessions_remove_expired (LfDb *db, gint64 now_us, GError **error);

gboolean      lf_store_refresh_insert (LfDb *db, const LfRefreshRow *token, GError **error);
LfRefreshRow *lf_store_refresh_get (LfDb *db, const char *hash, GError **error);
gboolean      lf_store_refresh_use (LfDb *db, const char *hash, const char *successor, const char *salt, gint64 now_us, GError **error);

gboolean   lf_store_tokens_insert (LfDb *db, const LfTokenRow *token, GError **error);
gboolean   lf_store_tokens_remove (LfDb *db, const char *id, GError **error);
GPtrArray *lf_store_tokens_list (LfDb *db, GError **error);

G_END_DECLS

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

void lf_session_row_free (LfSessionRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfSessionRow, lf_session_row_free)

/* An access token, as the list held in memory is loaded. */
typedef struct
{
  char  *hash;
  char  *session;
  char  *user;
  gint64 expires_at_us;
} LfAccessRow;

/* A connector's service token. */
typedef struct
{
  char  *id;
  char  *hash;
  char  *kind; /* "phone" or "calendar" */
  char  *name;
  gint64 created_at_us;
} LfTokenRow;

gboolean   lf_store_sessions_insert        (LfDb *db, const LfSessionRow *session, GError **error);
gboolean   lf_store_sessions_add_access    (LfDb *db, const LfAccessRow *access, GError **error);
GPtrArray *lf_store_sessions_list          (LfDb *db, const char *user, gint64 now_us, GError **error); /* NULL user: all */
GPtrArray *lf_store_sessions_list_access   (LfDb *db, gint64 not_before_us, GError **error);
gboolean   lf_store_sessions_remove        (LfDb *db, const char *session, GError **error);
GStrv      lf_store_sessions_remove_user   (LfDb *db, const char *user, GError **error); /* ids of those removed */
GStrv      lf_store_sessions_remove_expired (LfDb *db, gint64 now_us, GError **error);
gboolean   lf_store_sessions_touch         (LfDb *db, const char *session, gint64 now_us, GError **error);

gboolean   lf_store_tokens_insert          (LfDb *db, const LfTokenRow *token, GError **error);
GPtrArray *lf_store_tokens_list            (LfDb *db, GError **error);

G_END_DECLS

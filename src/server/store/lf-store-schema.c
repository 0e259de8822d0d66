/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-db-driver.h"

/* The tables. Instants are microseconds since 1970-01-01 UTC, %LF_INSTANT_NONE where there is none;
 * truth values are 0 and 1. A migration that has been released is never changed: the next one is
 * added behind it. */

static const char *const first_tables[] = {
  /* name → number: "epoch" */
  "CREATE TABLE counters ("
  " name TEXT PRIMARY KEY,"
  " value BIGINT NOT NULL)",

  /* login_key: folded, so that “Mara” and “mara” are one. search_key: everything the directory
   * searches, folded. addresses: one a line. */
  "CREATE TABLE users ("
  " id TEXT PRIMARY KEY,"
  " login TEXT NOT NULL,"
  " login_key TEXT NOT NULL UNIQUE,"
  " name TEXT NOT NULL,"
  " sort_key TEXT NOT NULL,"
  " search_key TEXT NOT NULL,"
  " title TEXT,"
  " department TEXT,"
  " mail TEXT,"
  " addresses TEXT NOT NULL,"
  " time_zone TEXT,"
  " password_hash TEXT,"
  " is_blocked BIGINT NOT NULL DEFAULT 0,"
  " roster_revision BIGINT NOT NULL DEFAULT 1,"
  " created_at BIGINT NOT NULL)",
  "CREATE INDEX users_by_name ON users (sort_key, id)",

  /* What a person chose. A row is there from the first choice on. */
  "CREATE TABLE claims ("
  " user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,"
  " choice BIGINT NOT NULL,"
  " text TEXT,"
  " emoji TEXT,"
  " status_expires_at BIGINT NOT NULL,"
  " status_since BIGINT NOT NULL,"
  " is_dnd BIGINT NOT NULL,"
  " dnd_expires_at BIGINT NOT NULL,"
  " dnd_since BIGINT NOT NULL,"
  " is_invisible BIGINT NOT NULL,"
  " calendar_revision BIGINT NOT NULL)",

  "CREATE TABLE blocks ("
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " other_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " PRIMARY KEY (user_id, other_id))",
  "CREATE INDEX blocks_by_other ON blocks (other_id, user_id)",

  "CREATE TABLE sessions ("
  " id TEXT PRIMARY KEY,"
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " device TEXT NOT NULL,"
  " created_at BIGINT NOT NULL,"
  " last_seen_at BIGINT NOT NULL,"
  " expires_at BIGINT NOT NULL)",
  "CREATE INDEX sessions_by_user ON sessions (user_id)",
  "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",

  "CREATE TABLE access_tokens ("
  " hash TEXT PRIMARY KEY,"
  " session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,"
  " expires_at BIGINT NOT NULL)",
  "CREATE INDEX access_tokens_by_session ON access_tokens (session_id)",

  /* The chain of refresh tokens of a session. The one without a salt is the newest; the salt of
   * one that was used, with the token itself, gives its successor again (see lf-token.c). */
  "CREATE TABLE refresh_tokens ("
  " hash TEXT PRIMARY KEY,"
  " session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,"
  " successor TEXT,"
  " salt TEXT,"
  " used_at BIGINT NOT NULL,"
  " expires_at BIGINT NOT NULL)",
  "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id)",

  "CREATE TABLE connector_tokens ("
  " id TEXT PRIMARY KEY,"
  " hash TEXT NOT NULL UNIQUE,"
  " kind TEXT NOT NULL,"
  " name TEXT NOT NULL,"
  " created_at BIGINT NOT NULL)",

  "CREATE TABLE groups_of_contacts ("
  " owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " id TEXT NOT NULL,"
  " name TEXT NOT NULL,"
  " position BIGINT NOT NULL,"
  " PRIMARY KEY (owner_id, id))",

  "CREATE TABLE contacts ("
  " owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " group_id TEXT,"
  " is_favourite BIGINT NOT NULL,"
  " is_watched BIGINT NOT NULL,"
  " speed_dial BIGINT NOT NULL,"
  " added_at BIGINT NOT NULL,"
  " PRIMARY KEY (owner_id, user_id))",
  "CREATE INDEX contacts_by_user ON contacts (user_id, owner_id)",

  /* pair_key: both ids, the smaller one first: one conversation a pair. */
  "CREATE TABLE conversations ("
  " id TEXT PRIMARY KEY,"
  " pair_key TEXT UNIQUE,"
  " created_at BIGINT NOT NULL,"
  " last_seq BIGINT NOT NULL,"
  " active_at BIGINT NOT NULL)",

  /* shown_*: the marks as the other side may see them. */
  "CREATE TABLE members ("
  " conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,"
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " delivered_seq BIGINT NOT NULL,"
  " read_seq BIGINT NOT NULL,"
  " shown_delivered_seq BIGINT NOT NULL,"
  " shown_read_seq BIGINT NOT NULL,"
  " PRIMARY KEY (conversation_id, user_id))",
  "CREATE INDEX members_by_user ON members (user_id, conversation_id)",

  "CREATE TABLE messages ("
  " conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,"
  " seq BIGINT NOT NULL,"
  " client_id TEXT NOT NULL,"
  " sender_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " body TEXT NOT NULL,"
  " sent_at BIGINT NOT NULL,"
  " PRIMARY KEY (conversation_id, seq),"
  " UNIQUE (conversation_id, client_id))",

  /* told_at: read_at of the reading that watchers were last told of. periods: "start end type" a line, sorted, instants in microseconds (see lf-store-busy.c). */
  "CREATE TABLE busy_lists ("
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " source TEXT NOT NULL,"
  " name TEXT,"
  " read_at BIGINT NOT NULL,"
  " known_from BIGINT NOT NULL,"
  " known_until BIGINT NOT NULL,"
  " told_at BIGINT NOT NULL,"
  " periods TEXT NOT NULL,"
  " PRIMARY KEY (user_id, source))",

  "CREATE TABLE early_ends ("
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " start_at BIGINT NOT NULL,"
  " end_at BIGINT NOT NULL,"
  " ended_at BIGINT NOT NULL,"
  " PRIMARY KEY (user_id, start_at, end_at))",

  "CREATE TABLE lines ("
  " line TEXT PRIMARY KEY,"
  " address TEXT NOT NULL,"
  " user_id TEXT REFERENCES users (id) ON DELETE SET NULL,"
  " is_primary BIGINT NOT NULL)",
  NULL
};

/* Calls. normal: of the other end, see lf-address.c. A person keeps the own list when the line becomes somebody else's. */
static const char *const call_tables[] = {
  "CREATE TABLE calls ("
  " id TEXT PRIMARY KEY,"
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " line TEXT NOT NULL,"
  " call_id TEXT NOT NULL,"
  " kind BIGINT NOT NULL,"
  " is_outgoing BIGINT NOT NULL,"
  " address TEXT,"
  " normal TEXT,"
  " peer_id TEXT REFERENCES users (id) ON DELETE SET NULL,"
  " name TEXT,"
  " started_at BIGINT NOT NULL,"
  " answered_at BIGINT NOT NULL,"
  " ended_at BIGINT NOT NULL,"
  " is_provisional BIGINT NOT NULL,"
  " UNIQUE (user_id, line, call_id))",
  "CREATE INDEX calls_by_start ON calls (user_id, started_at, id)",
  "CREATE INDEX calls_by_age ON calls (started_at)",
  "CREATE INDEX calls_by_peer ON calls (peer_id)",

  "CREATE TABLE audit ("
  " id TEXT PRIMARY KEY,"
  " at BIGINT NOT NULL,"
  " user_id TEXT REFERENCES users (id) ON DELETE SET NULL,"
  " words TEXT NOT NULL)",
  "CREATE INDEX audit_by_time ON audit (at)",
  "CREATE INDEX audit_by_user ON audit (user_id)",

  "ALTER TABLE lines ADD COLUMN pickup_group TEXT",
  NULL
};

/* Whose a line is besides the person it was assigned to. is_primary: of that person's lines. */
static const char *const share_tables[] = {
  "CREATE TABLE line_shares ("
  " line TEXT NOT NULL REFERENCES lines (line) ON DELETE CASCADE,"
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " is_primary BIGINT NOT NULL,"
  " PRIMARY KEY (line, user_id))",
  "CREATE INDEX line_shares_by_user ON line_shares (user_id)",
  NULL
};

/* is_place: nobody's account, but a room's or a desk's with a telephone. */
static const char *const place_columns[] = {
  "ALTER TABLE users ADD COLUMN is_place BIGINT NOT NULL DEFAULT 0",
  NULL
};

/* What others see of a calendar (LfCalendarView): everybody, and who sees something else. */
static const char *const view_tables[] = {
  "ALTER TABLE claims ADD COLUMN calendar_view BIGINT NOT NULL DEFAULT 0",
  "CREATE TABLE calendar_views ("
  " user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " other_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  " view BIGINT NOT NULL,"
  " PRIMARY KEY (user_id, other_id))",
  "CREATE INDEX calendar_views_by_other ON calendar_views (other_id)",
  NULL
};

/* When the note of a status was set: the choice beside it has a since of its own. LF_INSTANT_NONE: before this was kept. */
static const char *const note_columns[] = {
  "ALTER TABLE claims ADD COLUMN note_since BIGINT NOT NULL DEFAULT -9223372036854775808",
  NULL
};

typedef struct
{
  const char        *name;
  const char *const *statements;
} Migration;

/* In order; the version of a database is how many of them it has. */
static const Migration migrations[] = {
  { "first tables", first_tables },
  { "calls", call_tables },
  { "shared lines", share_tables },
  { "places", place_columns },
  { "calendar views", view_tables },
  { "ages of notes", note_columns },
};

static gboolean
read_version (LfDb *db, gint64 *version, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT COALESCE (MAX (version), 0) FROM migrations");

  if (rows == NULL || !lf_rows_next (rows, error))
    return FALSE;

  *version = lf_rows_get_int (rows, 0);
  return TRUE;
}

static gboolean
apply (LfDb *db, gint64 version, gint64 now_us, GError **error)
{
  const Migration *migration = &migrations[version - 1];

  for (guint i = 0; migration->statements[i] != NULL; i++)
    if (!lf_db_exec (db, error, migration->statements[i]))
      return FALSE;

  return lf_db_exec (db, error, "INSERT INTO migrations (version, name, applied_at) VALUES (?1, ?2, ?3)",
                     LF_INT (version), LF_TEXT (migration->name), LF_INT (now_us));
}

static gboolean
migrate_inside (LfDb *db, gint64 now_us, GError **error)
{
  gint64 version = 0;

  if (!lf_db_exec (db, error,
                   "CREATE TABLE IF NOT EXISTS migrations ("
                   " version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)") ||
      !read_version (db, &version, error))
    return FALSE;

  if (version > (gint64) G_N_ELEMENTS (migrations))
    {
      g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL,
                   "It was written by a newer lampfield-server (form %" G_GINT64_FORMAT ", this one knows %u); install the newer program again.",
                   version, (guint) G_N_ELEMENTS (migrations));
      return FALSE;
    }
  while (version < (gint64) G_N_ELEMENTS (migrations))
    if (!apply (db, ++version, now_us, error))
      return FALSE;

  return TRUE;
}

/**
 * lf_db_migrate:
 * @self: a connection that writes
 * @now_us: wall-clock instant, noted with each migration
 * @error: return location
 *
 * Brings the database to the newest form, all or nothing.
 *
 * Returns: %FALSE when it failed, or when the database is of a newer program
 */
gboolean
lf_db_migrate (LfDb *self, gint64 now_us, GError **error)
{
  if (!lf_db_begin (self, TRUE, error))
    return FALSE;
  if (migrate_inside (self, now_us, error) && lf_db_commit (self, error))
    return TRUE;

  lf_db_rollback (self);
  return FALSE;
}

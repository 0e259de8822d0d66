/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-store-busy.h"
#include "lf-store-lines.h"
#include "lf-store-privacy.h"

G_BEGIN_DECLS

/**
 * LfClaims:
 *
 * What a person chose, stored: status, DND and visibility, with the instants they were set at.
 * Expired parts are read as absent (automatic, off).
 */
typedef struct
{
  char            *user;
  LfWireStatus     status;
  gint64           status_since_us; /* LF_INSTANT_NONE: never set */
  gint64           note_since_us;   /* the same: there is no note, or it is not known */
  LfWireDnd        dnd;
  gint64           dnd_since_us;
  LfWireVisibility visibility;
  gint64           calendar_rev;
  LfCalendarView   calendar_view;
  gboolean         is_place; /* there as long as its telephone is known */
} LfClaims;

void lf_claims_free (LfClaims *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfClaims, lf_claims_free)

/* A pair of people; what it says is written where it stands. */
typedef struct
{
  char *owner;
  char *other;
} LfPair;

/**
 * LfStoreState:
 *
 * Everything the hub loads before the first frame. @epoch has been raised by the load.
 */
typedef struct
{
  gint64     epoch;
  GPtrArray *claims;  /* of LfClaims: every account that is not blocked by the administrator */
  GPtrArray *blocks;  /* of LfPair: @owner blocked @other */
  GPtrArray *watches; /* of LfPair: @owner has @other in the roster */
  GPtrArray *talks;   /* of LfPair, each pair both ways: they share a conversation */
  GPtrArray *lines;   /* of LfLineRow */
  GPtrArray *views;   /* of LfCalendarException */
} LfStoreState;

void lf_store_state_free (LfStoreState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfStoreState, lf_store_state_free)

/* Reads all, at any time: the epoch is left at 0. */
LfStoreState *lf_store_presence_read (LfDb *db, gint64 now_us, GError **error);
/* Raises the epoch and reads all: a write job. */
LfStoreState *lf_store_presence_load (LfDb *db, gint64 now_us, GError **error);
LfClaims     *lf_store_presence_get_claims (LfDb *db, const char *user, gint64 now_us, GError **error);
gboolean      lf_store_presence_set_status (LfDb *db, const char *user, const LfWireStatus *status, gint64 now_us, GError **error);
gboolean      lf_store_presence_set_dnd (LfDb *db, const char *user, const LfWireDnd *dnd, gint64 now_us, GError **error);
gboolean      lf_store_presence_set_visibility (LfDb *db, const char *user, gboolean is_invisible, GPtrArray *shown, GError **error);
/* For everybody without an exception, see lf-store-privacy.h. Raises the revision of the calendar if it changes. */
gboolean lf_store_presence_set_calendar_view (LfDb *db, const char *user, LfCalendarView view, GError **error);
/* Ends what has expired. Returns (transfer full): the LfClaims changed; @next_us: the next expiry or LF_INSTANT_NONE. */
GPtrArray *lf_store_presence_expire (LfDb *db, gint64 now_us, gint64 *next_us, GError **error);

/* Blocks */
gboolean lf_store_presence_set_blocked (LfDb *db, const char *user, const char *other, gboolean is_blocked, GPtrArray *shown, GError **error);
GStrv    lf_store_presence_list_blocked (LfDb *db, const char *user, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/* The roster of one person: contacts and groups, with one revision for both (the ETag). */
LfWireContacts *lf_store_roster_read (LfDb *db, const char *owner, gint64 *revision, GError **error);
LfWireContact  *lf_store_roster_get (LfDb *db, const char *owner, const char *user, GError **error);
/* @expected: the revision the caller saw, or -1; else PRECONDITION_FAILED. @is_new: it was not there before. */
gboolean   lf_store_roster_put (LfDb *db, const char *owner, const LfWireContact *contact, gint64 expected, gint64 now_us, gint64 *revision, gboolean *is_new, GError **error);
GPtrArray *lf_store_roster_put_speed_dials (LfDb *db, const char *owner, const char *const *users, gint64 expected, gint64 *revision, GError **error); /* of LfWireContact */
gboolean   lf_store_roster_remove (LfDb *db, const char *owner, const char *user, gint64 expected, gint64 *revision, GError **error);
GPtrArray *lf_store_roster_list_groups (LfDb *db, const char *owner, GError **error); /* of LfWireGroup, owned */
gboolean   lf_store_roster_put_group (LfDb *db, const char *owner, const LfWireGroup *group, gint64 expected, gint64 *revision, gboolean *is_new, GError **error);
gboolean   lf_store_roster_remove_group (LfDb *db, const char *owner, const char *group, gint64 expected, gint64 *revision, GError **error);
/* me, groups, contacts and conversations of @user; presence is left empty for the hub. part 0, not last. */
LfWireSnapshot *lf_store_read_snapshot (LfDb *db, const char *user, gint64 now_us, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_PEOPLE_MAX_CHARS 100 /* of what people are looked up by */
#define LF_PEOPLE_MAX_FOUND 50  /* who wants more says less than a name */

/**
 * LfPeopleMatch:
 * @LF_PEOPLE_MATCH_IDENTITY: id, login, mail or an address is the one that was asked for
 * @LF_PEOPLE_MATCH_NAME: the whole name is
 * @LF_PEOPLE_MATCH_WORDS: words of name or login begin so
 * @LF_PEOPLE_MATCH_NONE: it is somebody else
 *
 * How closely what was asked for names a person, the closest first.
 */
typedef enum
{
  LF_PEOPLE_MATCH_IDENTITY,
  LF_PEOPLE_MATCH_NAME,
  LF_PEOPLE_MATCH_WORDS,
  LF_PEOPLE_MATCH_NONE,
} LfPeopleMatch;

/* Somebody is signed in, and the contacts are all there, from the server or as they were kept. */
gboolean      lf_people_are_known (LfClient *client); /* nullable */
LfPeopleMatch lf_people_match (LfContact *contact, const char *who);

/* Everybody whom @who names as closely as anybody: the user, the contacts, and the directory where these do not
 * settle it. Only matches up to @loosest count. Ends with a GPtrArray of LfContact (transfer full), perhaps empty. */
void       lf_people_find_async (LfClient *client, const char *who, LfPeopleMatch loosest, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *lf_people_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS

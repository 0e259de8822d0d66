/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchOffice:
 * @folder: data folder of a server that does not run yet
 * @users: (array zero-terminated=1): ids of its people, in order
 * @tokens: (array zero-terminated=1): an access token of each person
 * @phone_token: of a phone connector; each watched person has the line of its number, "0" and so on
 *
 * People with a session each. The first ones are watched: the others have as contacts as many of them
 * as their number of watchers tells. Everybody has the next @n_contacts people as contacts, too.
 */
typedef struct
{
  char *folder;
  GStrv users;
  GStrv tokens;
  char *phone_token;
} LfBenchOffice;

LfBenchOffice *lf_bench_office_new (const char *server, guint n_people, guint n_contacts, const guint *watchers, guint n_watched);
void           lf_bench_office_free (LfBenchOffice *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfBenchOffice:
 * @folder: data folder of a server that does not run yet
 * @tokens: (array zero-terminated=1): an access token of each person, in order
 *
 * People with a session each. The first of @watched are who the others watch: person n has as contact
 * each watched person whose number of watchers is larger than n.
 */
typedef struct
{
  char *folder;
  GStrv tokens;
} LfBenchOffice;

LfBenchOffice *lf_bench_office_new (const char *server, guint n_people, const guint *watchers, guint n_watched);
void           lf_bench_office_free (LfBenchOffice *self);

G_END_DECLS

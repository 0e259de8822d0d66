/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a desktop keeps over a restart of its program: the token in its keyring, and its cache. */

void        lf_sim_disk_start (const char *folder);    /* of all files; before anything asks for the user's folders */
const char *lf_sim_disk_get_token (const char *login); /* nullable */
void        lf_sim_disk_set_token (const char *login, const char *token);
void        lf_sim_disk_set_is_crashing (gboolean is_it); /* whether what is written is lost */

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

/* What other programs are told of a person: what the window shows, as name and value. */
GVariant *lf_person_facts_new (LfClient *client, LfContact *contact);
/* Of the user: the same, and what the user has set. */
GVariant *lf_person_facts_new_own (LfClient *client);

gboolean    lf_person_facts_read_choice (const char *name, LfChoice *choice);
const char *lf_person_facts_name_state (LfClientState state);

G_END_DECLS

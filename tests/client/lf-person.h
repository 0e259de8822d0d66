/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"
#include "lf-real-server.h"

G_BEGIN_DECLS

/**
 * LfPerson:
 *
 * A person at a desktop, and what the client told.
 */
typedef struct
{
  LfClient       *client;
  GError         *error; /* of the last call */
  gboolean        is_done;
  LfConversation *conversation; /* owned, nullable */
  GListModel     *found;        /* owned, nullable */
  guint           n_received;
  guint           n_available;
  guint           n_signed_out;
  guint           n_notices;
  guint           n_me_changed;
  GError         *notice; /* the last */
} LfPerson;

void            lf_person_begin (LfPerson *person);
void            lf_person_begin_at (LfPerson *person, LfClock *clock);
void            lf_person_end (LfPerson *person);
void            lf_person_sign_in (LfPerson *person, LfRealServer *server, const char *login);
void            lf_person_sign_in_at (LfPerson *person, const char *address, const char *login);
void            lf_person_sign_in_kept (LfPerson *person, LfRealServer *server, const char *login);
void            lf_person_restore (LfPerson *person, LfRealServer *server, const char *login);
void            lf_person_sign_out (LfPerson *person);
gboolean        lf_person_has_keyring (void); /* else the test skips by name */
gboolean        lf_person_is_kept (LfRealServer *server, const char *login);
void            lf_person_on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data);
void            lf_person_on_found (GObject *source, GAsyncResult *result, gpointer user_data);
LfContact      *lf_person_find (LfPerson *person, const char *words);
LfContact      *lf_person_add (LfPerson *person, const char *words);
void            lf_person_open_chat (LfPerson *person, const char *user);
LfDisplayStatus lf_person_get_status (LfContact *contact);
const char     *lf_person_get_user (LfPerson *person);
guint           lf_person_count_items (LfConversation *conversation);
gboolean        lf_real_server_skip (void);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

/* Stands in for the client library: an #LfClient without a server, whose roster and conversations
 * a test fills, and which writes down what it was asked to do. Linked before the library. */

LfClient       *lf_fake_client_new (LfClock *clock);
LfContact      *lf_fake_client_add_contact (LfClient *client, const char *user, const char *name);
LfConversation *lf_fake_client_add_conversation (LfClient *client, const char *user);
void            lf_fake_client_set_own (LfClient *client, LfContact *own);
void            lf_fake_client_set_user (LfClient *client, const char *user);
void            lf_fake_client_receive (LfClient *client, LfConversation *conversation, const char *body, gint64 at_us);
void            lf_fake_client_acknowledge (LfClient *client, LfConversation *conversation, LfMessageItem *item, gint64 at_us);
void            lf_fake_client_set_refuses (LfClient *client, gboolean refuses);
void            lf_fake_client_refuse_with (LfClient *client, LfError code);
/* What it was asked to do, one line each: "send ada Hello"; newest last. */
const char *lf_fake_client_get_log (LfClient *client);
void        lf_fake_client_clear_log (LfClient *client);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client-chat.h"
#include "lf-sim-world.h"

G_BEGIN_DECLS

typedef struct _LfSimOffice LfSimOffice;

/**
 * LfSimDevice:
 * @node: its machine
 * @person: whose it is
 * @client: nullable: the program does not run
 * @watched: channel whose frames are looked at; only to be compared
 * @revs: user → gint64: the latest revision shown of each contact
 * @notified: ids of the messages the user was told of
 * @sent: LfMessageItem: own messages that wait for their acknowledgement
 * @armed: users of whom the person wants to be told once
 * @hello_us: the world's time when the server said hello last
 *
 * A person's desktop: the real client, and what the user saw of it.
 */
typedef struct
{
  LfSimOffice *office; /* borrowed */
  LfSimNode   *node;
  guint        person;
  LfClient    *client;
  gboolean     is_signing_in;
  const void  *watched;
  GHashTable  *revs;
  GHashTable  *notified;
  GHashTable  *armed;
  GPtrArray   *sent;
  gint64       hello_us;
  guint        n_alive; /* clients that have not been freed */
  guint        n_told;  /* notifications */
} LfSimDevice;

LfSimDevice    *lf_sim_device_new (LfSimOffice *office, const char *name, guint person);
void            lf_sim_device_free (LfSimDevice *self);
void            lf_sim_device_start (LfSimDevice *self);
void            lf_sim_device_stop (LfSimDevice *self, gboolean is_crash);
gboolean        lf_sim_device_is_quiet (LfSimDevice *self);                           /* online, with nothing on its way */
LfConversation *lf_sim_device_get_conversation (LfSimDevice *self, const char *user); /* nullable: asked for */
void            lf_sim_device_send (LfSimDevice *self, LfConversation *conversation, const char *body);
/* Looks for what must never be: after each round. */
void lf_sim_device_watch (LfSimDevice *self);

G_END_DECLS

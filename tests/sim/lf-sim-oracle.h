/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-sim-device.h"

G_BEGIN_DECLS

/**
 * LfSimOracle:
 *
 * Knows from the server itself what everybody should see, and remembers since when. The two views it
 * compares are texts, a fact a line: lf-sim-oracle-server.c makes the one, lf-sim-oracle-client.c the other.
 */
typedef struct _LfSimOracle LfSimOracle;

LfSimOracle *lf_sim_oracle_new (LfSimOffice *office);
void         lf_sim_oracle_free (LfSimOracle *self);

/* Whenever nothing is left to do at an instant. */
void lf_sim_oracle_tick (LfSimOracle *self);
/* The world's time at which the server's clock said @server_us; it lies in the last minute. */
gint64 lf_sim_oracle_get_world_us (LfSimOracle *self, gint64 server_us);
/* A device was told that a contact became available: may it be? */
void lf_sim_oracle_judge_available (LfSimOracle *self, LfSimDevice *device, LfContact *contact, gboolean is_armed);
/* Returns: (transfer full) (nullable): how the views differ; NULL: they are equal */
char *lf_sim_oracle_compare (LfSimOracle *self, LfSimDevice *device);
/* A message waits on the disk of @device, whose program ends: it is stored, or shown as refused, in the end. */
void lf_sim_oracle_expect_letter (LfSimOracle *self, LfSimDevice *device, const LfMessage *message);
/* Every message that was acknowledged is stored. */
void lf_sim_oracle_expect_message (LfSimOracle *self, LfMessageItem *item);
void lf_sim_oracle_check_messages (LfSimOracle *self);
void lf_sim_oracle_forget_messages (LfSimOracle *self); /* an older database was taken */

/* The two texts. Transfer full. */
char *lf_sim_oracle_see_server (LfSimOffice *office, LfSimDevice *device);
char *lf_sim_oracle_see_client (LfSimOffice *office, LfSimDevice *device);
void  lf_sim_oracle_add_presence (GString *text, const char *name, const LfPresence *presence, LfDisplayStatus shown, gint64 now_us);

G_END_DECLS

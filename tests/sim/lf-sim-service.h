/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-codec.h"
#include "lf-sim-world.h"

G_BEGIN_DECLS

/**
 * LfSimService:
 *
 * A connector, made of the client library's stream and calls: it has something to say at each of its
 * places ("slots"), says it until it is taken, and again after each reconnect.
 */
typedef struct _LfSimService LfSimService;

LfSimService *lf_sim_service_new (LfSimWorld *world, const char *name, const char *server, const char *token, guint n_slots);
void          lf_sim_service_free (LfSimService *self);

void       lf_sim_service_start (LfSimService *self);
void       lf_sim_service_stop (LfSimService *self);
LfSimNode *lf_sim_service_get_node (LfSimService *self);

/* @body is copied. */
void          lf_sim_service_say (LfSimService *self, guint slot, const char *path, const LfSchema *schema, gconstpointer body);
gconstpointer lf_sim_service_get (LfSimService *self, guint slot); /* nullable: nothing was said yet */
gboolean      lf_sim_service_is_quiet (LfSimService *self);        /* connected, all of it was taken */

G_END_DECLS

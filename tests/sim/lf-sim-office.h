/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-server.h"
#include "lf-sim-device.h"
#include "lf-sim-oracle.h"
#include "lf-sim-service.h"
#include "lf-sim-world.h"

G_BEGIN_DECLS

#define LF_SIM_N_PEOPLE  6
#define LF_SIM_N_DEVICES 8 /* some people have two */
#define LF_SIM_SERVER    "http://127.0.0.1:8470"

/**
 * LfSimPerson:
 * @id: user id
 * @line: of the desk phone
 */
typedef struct
{
  char *id;
  char *line;
} LfSimPerson;

/**
 * LfSimOffice:
 * @world: where it stands
 * @server: nullable: down
 * @node: the server's machine
 * @people: who works there
 * @devices: their desktops
 * @phones: reports the lines: one slot a person
 * @calendars: reports busy periods: one slot a person
 * @oracle: knows what everybody should see
 *
 * A server, and everybody who talks to it.
 */
struct _LfSimOffice
{
  LfSimWorld   *world;
  LfConfig     *config;
  LfServer     *server;
  LfSimNode    *node;
  LfSimPerson   people[LF_SIM_N_PEOPLE];
  LfSimDevice  *devices[LF_SIM_N_DEVICES];
  LfSimService *phones;
  LfSimService *calendars;
  LfSimOracle  *oracle;
  gboolean      has_backup;
};

LfSimOffice *lf_sim_office_new (LfSimWorld *world);
void         lf_sim_office_free (LfSimOffice *self);

void lf_sim_office_start_server (LfSimOffice *self);
void lf_sim_office_stop_server (LfSimOffice *self); /* drains; comes back when told */
void lf_sim_office_kill_server (LfSimOffice *self); /* no answer leaves it any more */
void lf_sim_office_keep_backup (LfSimOffice *self); /* while it is down */
void lf_sim_office_take_backup (LfSimOffice *self); /* while it is down: the database of then */

/* A new session of @person, as a sign-in with a password would make it. Needs the server. Transfer full. */
char *lf_sim_office_sign_in (LfSimOffice *self, guint person);

gint64 lf_sim_office_get_now_us (LfSimOffice *self); /* as the server says; it runs */
/* Runs on the database, at once. */
void lf_sim_office_run (LfSimOffice *self, LfStoreJob job, gpointer data);

G_END_DECLS

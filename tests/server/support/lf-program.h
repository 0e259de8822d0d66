/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-raw.h"

G_BEGIN_DECLS

#define LF_PROGRAM_PASSWORD "correct horse"

/**
 * LfProgram:
 * @folder: data folder; owned
 * @server: owned, %NULL while it does not run
 * @rig: only its port: for #LfRaw
 *
 * The real lampfield-server in a process of its own, and its command line.
 */
typedef struct
{
  char        *folder;
  GSubprocess *server;
  LfRig        rig;
} LfProgram;

/* What a command said. */
typedef struct
{
  int   status;
  char *out;
  char *err;
} LfSaid;

/* Path of lampfield-server, from main()'s arguments; ends the process when it is not named. */
void lf_program_init (int argc, char **argv);
/* For g_test_add() */
void lf_program_set_up (LfProgram *self, gconstpointer unused);
void lf_program_tear_down (LfProgram *self, gconstpointer unused);

void lf_program_start (LfProgram *self);
void lf_program_kill (LfProgram *self); /* kill -9 */
/* A command, with @input on standard input (nullable); NULL behind the last word. */
void lf_program_run (LfProgram *self, LfSaid *said, const char *input, ...) G_GNUC_NULL_TERMINATED;
void lf_program_run_argv (const char *const *argv, const char *input, LfSaid *said);
void lf_program_write_file (LfProgram *self, const char *name, const char *text, char **path);
void lf_program_import (LfProgram *self, const char *text);
/* The access token (transfer full, nullable), once the answer is @status. */
char       *lf_program_sign_in (LfProgram *self, const char *login, const char *password, guint status);
const char *lf_program_get_path (void);

void lf_said_clear (LfSaid *said);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LfSaid, lf_said_clear)

G_END_DECLS

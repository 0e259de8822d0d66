/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-server.h"

G_BEGIN_DECLS

#define LF_RIG_PASSWORD "correct horse"
#define LF_RIG_WAIT_MS  20000

/**
 * LfRig:
 * @folder: its data folder; owned
 * @config: to be changed before the start; owned
 * @clock: owned
 * @server: %NULL before the start; owned
 * @port: of 127.0.0.1, once started
 *
 * A whole server in this process, on a free port, with a data folder of its own.
 */
typedef struct
{
  char     *folder;
  LfConfig *config;
  LfClock  *clock;
  LfServer *server;
  guint16   port;
  LfStore  *store; /* owned, before the start only */
} LfRig;

LfRig *lf_rig_new (void);
/* Before the start. Each returns an id or a token (transfer full). */
char *lf_rig_add_person (LfRig *self, const char *login);
char *lf_rig_add_bare_person (LfRig *self, const char *login); /* without a password */
char *lf_rig_add_token (LfRig *self, const char *kind, const char *name);
void  lf_rig_add_contact (LfRig *self, const char *owner, const char *user);
void  lf_rig_add_line (LfRig *self, const char *line, const char *user);
void  lf_rig_start (LfRig *self);
/* Stops and starts again on the same folder. */
void lf_rig_restart (LfRig *self);
/* After the start: the access token of a new session (transfer full). */
char *lf_rig_sign_in (LfRig *self, const char *login);
void  lf_rig_free (LfRig *self);
/* The server still answers, and quickly. */
void lf_rig_assert_alive (LfRig *self);
/* Bytes of memory that this process holds: what is allocated, as the address sanitizer counts it; without that, what is
 * resident. Under the sanitizer resident pages tell little: freed blocks wait in its quarantine, and it keeps books. */
gsize lf_rig_get_memory (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRig, lf_rig_free)

G_END_DECLS

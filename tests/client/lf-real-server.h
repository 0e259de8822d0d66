/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_REAL_PASSWORD "correct horse battery staple"

/**
 * LfRealServer:
 *
 * The lampfield-server of this build, in a process of its own with a temporary data folder, on a free
 * port that it keeps over restarts. It knows mara, jonas and priya; 2041 is the line of jonas.
 */
typedef struct _LfRealServer LfRealServer;

gboolean      lf_real_server_is_built (void); /* else the test skips by name */
LfRealServer *lf_real_server_new (void);
void          lf_real_server_free (LfRealServer *self);
const char   *lf_real_server_get_address (LfRealServer *self);
const char   *lf_real_server_get_folder (LfRealServer *self); /* of its data */
void          lf_real_server_start (LfRealServer *self);
void          lf_real_server_kill (LfRealServer *self);                       /* kill -9 */
void          lf_real_server_freeze (LfRealServer *self, gboolean is_frozen); /* SIGSTOP, SIGCONT */
/* A backup of a server that does not run, and the way back to it, once. */
void lf_real_server_save (LfRealServer *self);
void lf_real_server_set_back (LfRealServer *self);
void lf_real_server_empty (LfRealServer *self); /* its data are gone; the same people are put in anew */
/* Runs the administration; returns what it printed, stripped. NULL-terminated arguments. */
char *lf_real_server_administrate (LfRealServer *self, ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRealServer, lf_real_server_free)

G_END_DECLS

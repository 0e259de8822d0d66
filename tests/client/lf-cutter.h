/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The way a byte goes. */
typedef enum
{
  LF_CUTTER_TO_SERVER,
  LF_CUTTER_TO_CLIENT,
} LfCutterWay;

#define LF_CUTTER_N_WAYS 2

/* How a connection ends: both ends get a RST, or a FIN. */
typedef enum
{
  LF_CUTTER_RST,
  LF_CUTTER_FIN,
} LfCutterHow;

#define LF_CUTTER_N_HOWS 2

/**
 * LfCutter:
 *
 * A wire between clients and a server, in the test's own main context, that can be cut at any byte.
 * Bytes are counted each way over all connections.
 */
typedef struct _LfCutter LfCutter;

LfCutter   *lf_cutter_new (const char *server); /* "http://127.0.0.1:port" */
void        lf_cutter_free (LfCutter *self);
const char *lf_cutter_get_address (LfCutter *self); /* of the client's end */
/* From now on @n_bytes pass @way, and the connection that brings one more is cut before it. */
void lf_cutter_arm (LfCutter *self, LfCutterWay way, gint64 n_bytes, LfCutterHow how);
/* A connection on which a client says @text is cut before it, several times: of those that were used
 * before libsoup itself makes a call again. */
#define LF_CUTTER_N_TEXT_CUTS 6
void   lf_cutter_arm_text (LfCutter *self, const char *text);
void   lf_cutter_disarm (LfCutter *self);                           /* nothing is cut; counting goes on */
gint64 lf_cutter_get_n_bytes (LfCutter *self, LfCutterWay way);     /* that passed since it was armed or disarmed */
guint  lf_cutter_get_n_cuts (LfCutter *self);                       /* connections cut at their byte so far */
void   lf_cutter_set_is_blocked (LfCutter *self, gboolean blocked); /* cuts all, and lets none in until FALSE */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCutter, lf_cutter_free)

G_END_DECLS

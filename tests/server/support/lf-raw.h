/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-rig.h"

G_BEGIN_DECLS

/**
 * LfRaw:
 *
 * One TCP connection that sends whatever bytes a test wants, HTTP or WebSocket. Every wait has a
 * deadline and turns the main loop, in which the server runs.
 */
typedef struct
{
  int         fd;
  GByteArray *in;
  gboolean    is_closed;
} LfRaw;

/**
 * LfRawReply:
 *
 * An HTTP answer. @head starts with the status line; @body is NUL-terminated.
 */
typedef struct
{
  guint status;
  char *head;
  char *body;
} LfRawReply;

LfRaw *lf_raw_connect (LfRig *rig);
void   lf_raw_free (LfRaw *self);
void   lf_raw_send_bytes (LfRaw *self, gconstpointer bytes, gsize length);
void   lf_raw_send (LfRaw *self, const char *text);
G_GNUC_PRINTF (2, 3)
void        lf_raw_printf (LfRaw *self, const char *format, ...);
gboolean    lf_raw_pump (LfRaw *self);                          /* reads what is there; FALSE once closed */
gboolean    lf_raw_starts_with (LfRaw *self, const char *text); /* what has come in and is not read yet */
LfRawReply *lf_raw_read_reply (LfRaw *self);
void        lf_raw_wait_closed (LfRaw *self);
char       *lf_raw_get_header (const LfRawReply *reply, const char *name); /* transfer full, nullable */
void        lf_raw_reply_free (LfRawReply *reply);

/* A request on a connection of its own. @token and @body are nullable. */
LfRawReply *lf_raw_call (LfRig *rig, const char *method, const char *path, const char *token, const char *body);
void        lf_raw_assert_problem (const LfRawReply *reply, LfProblem problem);
/* Whether the library underneath has answered by itself, in its own words. */
gboolean lf_raw_is_from_below (const LfRawReply *reply);

/* WebSocket */
void   lf_raw_send_upgrade (LfRaw *self, const char *token);
LfRaw *lf_raw_open_stream (LfRig *rig, const char *token);
/* Opened, started, and past the last part of the snapshot. */
LfRaw *lf_raw_open_live (LfRig *rig, const char *token);
void   lf_raw_send_frame (LfRaw *self, guint8 first_byte, gconstpointer payload, gsize length);
void   lf_raw_say (LfRaw *self, const char *text);
/* The next text frame (transfer full). Fails the test on a close. */
char *lf_raw_hear (LfRaw *self);
/* The next text frame of that type; others are skipped. */
char *lf_raw_hear_type (LfRaw *self, const char *type);
/* Number of text frames that are in already, dropped. */
guint lf_raw_drop_heard (LfRaw *self);
/* Skips to the close frame: its code. */
guint lf_raw_hear_close (LfRaw *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRaw, lf_raw_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRawReply, lf_raw_reply_free)

G_END_DECLS

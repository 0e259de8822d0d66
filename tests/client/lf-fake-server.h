/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfFakeServer:
 *
 * A server for odd cases, on a free port of 127.0.0.1, in the test's own main context. It reads
 * requests whole and hands each to a handler, which answers as it likes: rightly, wrongly, slowly or
 * not at all. What the client sends on the stream goes to a second handler.
 */
typedef struct _LfFakeServer LfFakeServer;
typedef struct _LfFakeConn   LfFakeConn;

typedef struct
{
  const char *method;
  const char *path; /* with its query */
  const char *head; /* all of it */
  const char *body;
} LfFakeRequest;

typedef void (*LfFakeHandler) (LfFakeConn *conn, const LfFakeRequest *request, gpointer user_data);
typedef void (*LfFakeFrameHandler) (LfFakeConn *conn, const LfFrame *frame, gpointer user_data);

LfFakeServer *lf_fake_server_new (LfFakeHandler handler, LfFakeFrameHandler frame_handler, gpointer user_data);
void          lf_fake_server_free (LfFakeServer *self);
const char   *lf_fake_server_get_address (LfFakeServer *self);                    /* "http://127.0.0.1:port" */
guint         lf_fake_server_count (LfFakeServer *self, const char *path_prefix); /* requests so far */
void          lf_fake_server_drop_all (LfFakeServer *self);                       /* cuts every connection */

void lf_fake_conn_send (LfFakeConn *self, const void *data, gssize length);
void lf_fake_conn_send_again (LfFakeConn *self, const void *data, gssize length, guint pause_ms); /* for ever */
void lf_fake_conn_close (LfFakeConn *self);                                                       /* when what is queued is sent */
void lf_fake_conn_answer (LfFakeConn *self, guint status, const char *headers, const char *type, const char *body);
void lf_fake_conn_answer_wire (LfFakeConn *self, const LfSchema *schema, gconstpointer body);
void lf_fake_conn_problem (LfFakeConn *self, guint status, const char *headers, const char *code);
void lf_fake_conn_upgrade (LfFakeConn *self, const LfFakeRequest *request);
void lf_fake_conn_frame (LfFakeConn *self, guint8 first_byte, const void *payload, gsize length);
void lf_fake_conn_text (LfFakeConn *self, const char *text);
void lf_fake_conn_wire (LfFakeConn *self, LfFrameType type, gconstpointer body);
void lf_fake_conn_close_code (LfFakeConn *self, guint code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfFakeServer, lf_fake_server_free)

G_END_DECLS

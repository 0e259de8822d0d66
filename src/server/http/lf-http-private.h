/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>

#include "lf-http-check.h"
#include "lf-http-server.h"
#include "lf-log-limit.h"

G_BEGIN_DECLS

/* The engine's own view of connections and requests: nothing outside src/server/http includes it. */

typedef struct _LfHttpConnection LfHttpConnection;

/**
 * LfHttpPhase:
 * @LF_HTTP_READING: its bytes still arrive
 * @LF_HTTP_HANDLING: a handler has it
 * @LF_HTTP_SENDING: the answer is on its way
 *
 * Where a request is. The deadline of its connection depends on it.
 */
typedef enum
{
  LF_HTTP_READING,
  LF_HTTP_HANDLING,
  LF_HTTP_SENDING,
} LfHttpPhase;

struct _LfHttpRequest
{
  guint             n_refs;
  LfHttpConnection *connection; /* borrowed, NULL once the request or its connection has ended */
  LfServer         *server;     /* borrowed */

  LfHttpPhase   phase;
  char         *target; /* owned: escaped path and query */
  char         *path;   /* owned: escaped path */
  GHashTable   *query;  /* owned, nullable: name to value, both decoded */
  LfRouteMatch  match;
  LfRouteStats *stats;       /* borrowed from the router */
  gint64        whole_at_us; /* monotonic: its last byte was there */
  LfHttpHeaders headers;     /* its strings are borrowed from the connection */
  GByteArray   *body;        /* owned, nullable */
  gpointer      decoded;     /* owned, nullable: struct of the route's schema */
  LfIdentity   *identity;    /* owned, nullable */
  char         *address;     /* owned: the client's */
  gboolean      is_checked;  /* the head was judged */
  gboolean      is_upgrade;  /* for the stream */
  gboolean      is_suspended;
  gboolean      must_close; /* after the answer */

  gboolean  has_problem; /* found before any handler; answered when the body is in */
  LfProblem problem;
  char     *problem_detail; /* owned, nullable */

  gboolean    is_answered;
  guint       status;
  GString    *answer;     /* owned, nullable */
  const char *media_type; /* of @answer; static */
  char       *etag;       /* owned, nullable */
  guint       retry_after_s;
};

struct _LfHttpConnection
{
  LfHttpServer          *http;        /* borrowed */
  struct MHD_Connection *mhd;         /* borrowed */
  int                    fd;          /* borrowed from the daemon */
  char                  *peer;        /* owned: address of the other end */
  gboolean               is_counted;  /* in the count of its address */
  gboolean               is_cut;      /* shut down at its deadline */
  gint64                 deadline_us; /* monotonic */
  guint                  n_requests;
  LfHttpRequest         *request; /* owned, nullable: the current one */
  GList                  link;    /* in the server's list */
};

struct _LfHttpServer
{
  GObject parent_instance;

  LfServer          *server; /* borrowed */
  LfRouter          *router; /* borrowed */
  LfUpgradeFunc      upgrade;
  LfHttpStats        stats;     /* but what is counted when it is asked for */
  struct MHD_Daemon *daemon;    /* owned, nullable until started */
  GSource           *source;    /* owned, nullable */
  gboolean           needs_run; /* the daemon's own time-out does not tell of what was resumed */
  int                listen_fd; /* owned until the daemon has it; again after quiesce */
  char              *url;       /* owned */
  gboolean           is_unix;
  gboolean           is_draining;
  GQueue             connections; /* of LfHttpConnection, by their links */
  guint              n_streams;   /* WebSockets handed over and not released */
  GHashTable        *per_address; /* address → count of connections and streams */
  GHashTable        *per_user;    /* user or service token → count of streams */
  guint              sweep_id;    /* 0: there is no deadline */
  gint64             sweep_due_us;
  LfLogLimit         log_limit;
};

void     lf_http_request_check_head (LfHttpServer *http, LfHttpRequest *request, const char *method);
void     lf_http_request_take_body (LfHttpRequest *request, const char *data, gsize length);
gboolean lf_http_request_should_answer_early (LfHttpRequest *request);
void     lf_http_request_note_trouble (LfHttpRequest *request);
void     lf_http_request_handle (LfHttpServer *http, LfHttpRequest *request);

guint    lf_http_server_get_count (GHashTable *table, const char *key);
gboolean lf_http_server_is_trusted (LfHttpServer *self, const char *peer);
void     lf_http_connection_set_deadline (LfHttpConnection *connection, guint seconds);

LfHttpRequest  *lf_http_request_new (LfHttpConnection *connection, LfServer *server, const char *target);
void            lf_http_request_detach (LfHttpRequest *self);
gboolean        lf_http_request_parse_query (LfHttpRequest *self);
enum MHD_Result lf_http_request_send (LfHttpRequest *self);
/* It has got its answer. */
void lf_http_request_count (LfHttpRequest *self, guint status);

gboolean        lf_http_upgrade_check (LfHttpRequest *self, const char **detail);
enum MHD_Result lf_http_upgrade_send (LfHttpRequest *self, MHD_UpgradeHandler handler, gpointer user_data);

/* For the request: its connection goes on after an answer. */
void     lf_http_server_resume (LfHttpServer *self, LfHttpConnection *connection);
gboolean lf_http_server_is_draining (LfHttpServer *self);

G_END_DECLS

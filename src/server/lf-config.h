/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-dial-plan.h"

G_BEGIN_DECLS

/**
 * LfConfig:
 *
 * What an administrator can set, by a key file and by options of the command line. Every number has
 * a range that is checked; docs/deployment.md says what each one means.
 */
typedef struct
{
  char    *listen;             /* "127.0.0.1:8470", "[::1]:0", "unix:/run/lampfield/http.sock" */
  char    *metrics_listen;     /* nullable: the same for /metrics, which then is served */
  char    *data_dir;           /* folder of the database */
  gboolean is_insecure_direct; /* other addresses than loopback are allowed */
  GStrv    trusted_proxies;    /* addresses whose X-Forwarded-For counts */

  LfDialPlan *dial_plan; /* [dial-plan]: never NULL */

  guint max_connections;             /* HTTP and WebSocket together */
  guint max_connections_per_address; /* the same, of one client address */
  guint max_streams_per_user;        /* WebSockets of one person or service token */
  guint request_timeout_s;           /* from its first byte to its last */
  guint keep_alive_s;                /* between two requests */
  guint answer_timeout_s;            /* a handler's; then 503 */
  guint drain_timeout_s;             /* after SIGTERM */
  guint calls_per_minute;            /* that are made for one person */

  guint ping_s;          /* +- 20 % */
  guint pong_timeout_s;  /* for its answer */
  guint start_timeout_s; /* for the first frame of a stream */
  guint ack_timeout_s;   /* then 4008 */
  guint window_frames;   /* unacknowledged */
  guint window_bytes;
  guint resume_s;           /* how long a stream that was cut can be resumed */
  guint parked_streams;     /* that can be resumed, at most; the oldest go first */
  guint parked_bytes;       /* of what is kept for all of them */
  guint frames_per_s;       /* a client's, sustained; then 4006 */
  guint device_grace_s;     /* socket gone, then offline */
  guint device_lease_s;     /* from the last frame */
  guint restart_unknown_s;  /* people stay unknown after a start */
  guint connector_silent_s; /* phone connector silent, then grace begins */
  guint connector_grace_s;  /* then phone unknown */
} LfConfig;

LfConfig *lf_config_new (void);
LfConfig *lf_config_load (const char *path, GError **error);
gboolean  lf_config_validate (LfConfig *self, GError **error);
void      lf_config_free (LfConfig *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfConfig, lf_config_free)

G_END_DECLS

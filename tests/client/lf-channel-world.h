/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-channel-private.h"
#include "lf-fake-server.h"

G_BEGIN_DECLS

#define HELLO                "{\"t\":\"hello\",\"session\":\"s1\",\"server_time\":\"2026-11-24T09:00:00Z\",\"ping_s\":20,\"window\":512,\"features\":[],\"resumed\":false,\"count\":0}"
#define HELLO_RESUMED(count) "{\"t\":\"hello\",\"session\":\"s1\",\"server_time\":\"2026-11-24T09:00:00Z\",\"ping_s\":20,\"window\":512,\"features\":[],\"resumed\":true,\"count\":" #count "}"
#define PART(n, last)        "{\"t\":\"snapshot\",\"part\":" #n ",\"last\":" #last ",\"contacts\":[],\"presence\":[],\"conversations\":[],\"groups\":[]}"
#define PRESENCE             "{\"t\":\"presence\",\"user\":\"u2\",\"rev\":7,\"phone\":{\"state\":\"on_hook\"},\"reachability\":{\"state\":\"online\"}}"

/**
 * LfChannelWorld:
 *
 * What a test sees of a channel, and of the fake's side of it.
 */
typedef struct
{
  LfFakeServer *server;
  LfRest       *rest;
  LfChannel    *channel;
  void (*on_open) (LfFakeConn *conn); /* after start or resume */
  void (*on_upgrade) (LfFakeConn *conn, const LfFakeRequest *request);
  LfFakeConn *conn; /* the newest stream; not owned */
  guint       n_hello;
  guint       n_frames;
  guint       n_lost;
  guint       n_stopped;
  guint       n_starts; /* resumes are counted, too */
  guint       n_resumes;
  gint64      resume_count; /* of the last */
  guint       n_caught_up;
  gint64      last_ping;
  guint       n_acks;
  gint64      last_ack;
  gint64      last_pong;
  guint       n_pongs;
  guint       n_pings;
  char       *bye;
  GError     *error; /* the last of lost and stopped */
} LfChannelWorld;

/**
 * LfHostile:
 *
 * A peer that breaks the rules: how, and what the channel makes of it.
 */
typedef struct
{
  const char *why;
  void (*on_open) (LfFakeConn *conn);
  void (*on_upgrade) (LfFakeConn *conn, const LfFakeRequest *request);
  int   code; /* of LfError */
  guint deadline_percent;
} LfHostile;

void lf_channel_world_begin (LfChannelWorld *w);
void lf_channel_world_end (LfChannelWorld *w);
void lf_channel_world_open (LfFakeConn *conn);

G_END_DECLS

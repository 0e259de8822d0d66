/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-channel-world.h"
#include "lf-test-util.h"

static void
on_request (LfFakeConn          *conn,
            const LfFakeRequest *request,
            gpointer             user_data)
{
  LfChannelWorld *w = user_data;

  g_assert_cmpstr (request->path, ==, "/api/v1/stream");
  g_assert_nonnull (strstr (request->head, "\r\nAuthorization: Bearer secret\r\n"));
  if (w->on_upgrade != NULL)
    w->on_upgrade (conn, request);
  else
    lf_fake_conn_upgrade (conn, request);
}

static void
on_client_frame (LfFakeConn    *conn,
                 const LfFrame *frame,
                 gpointer       user_data)
{
  LfChannelWorld *w = user_data;

  if (frame->type == LF_FRAME_RESUME)
    {
      g_assert_cmpstr (((const LfWireResume *) frame->body)->session, ==, "s1");
      w->resume_count = ((const LfWireResume *) frame->body)->count;
      w->n_resumes++;
    }
  if (frame->type == LF_FRAME_START || frame->type == LF_FRAME_RESUME)
    {
      w->n_starts++;
      w->conn = conn;
      if (w->on_open != NULL)
        w->on_open (conn);
    }
  else if (frame->type == LF_FRAME_ACK)
    {
      w->n_acks++;
      w->last_ack = ((const LfWireAck *) frame->body)->count;
    }
  else if (frame->type == LF_FRAME_PONG)
    {
      w->n_pongs++;
      w->last_pong = ((const LfWirePing *) frame->body)->n;
    }
  else if (frame->type == LF_FRAME_PING)
    {
      w->n_pings++;
      w->last_ping = ((const LfWirePing *) frame->body)->n;
    }
  else if (frame->type == LF_FRAME_BYE)
    {
      g_free (w->bye);
      w->bye = g_strdup (((const LfWireBye *) frame->body)->reason);
    }
}

static void
on_hello (LfChannel      *channel,
          gpointer        hello,
          LfChannelWorld *w)
{
  g_assert_cmpstr (((const LfWireHello *) hello)->session, ==, "s1");
  w->n_hello++;
}

static void
on_frame (LfChannel      *channel,
          gpointer        frame,
          LfChannelWorld *w)
{
  w->n_frames++;
}

static void
on_caught_up (LfChannel      *channel,
              LfChannelWorld *w)
{
  w->n_caught_up++;
}

static void
on_lost (LfChannel      *channel,
         const GError   *error,
         LfChannelWorld *w)
{
  w->n_lost++;
  g_clear_error (&w->error);
  w->error = g_error_copy (error);
}

static void
on_stopped (LfChannel      *channel,
            const GError   *error,
            LfChannelWorld *w)
{
  w->n_stopped++;
  g_clear_error (&w->error);
  w->error = g_error_copy (error);
}

/**
 * lf_channel_world_begin:
 * @w: with its handlers set
 *
 * Makes a fake server and a channel that connects to it.
 */
void
lf_channel_world_begin (LfChannelWorld *w)
{
  g_autoptr (GError) error = NULL;

  w->server = lf_fake_server_new (on_request, on_client_frame, w);
  w->rest = lf_rest_new (lf_fake_server_get_address (w->server), &error);
  g_assert_no_error (error);
  lf_rest_set_token (w->rest, "secret");
  w->channel = lf_channel_new (w->rest);
  g_signal_connect (w->channel, "hello", G_CALLBACK (on_hello), w);
  g_signal_connect (w->channel, "frame", G_CALLBACK (on_frame), w);
  g_signal_connect (w->channel, "caught-up", G_CALLBACK (on_caught_up), w);
  g_signal_connect (w->channel, "lost", G_CALLBACK (on_lost), w);
  g_signal_connect (w->channel, "stopped", G_CALLBACK (on_stopped), w);
  lf_channel_start (w->channel);
}

/**
 * lf_channel_world_end:
 * @w: a world
 *
 * Ends it; everything must be finalised.
 */
void
lf_channel_world_end (LfChannelWorld *w)
{
  lf_fake_server_free (w->server);
  lf_spin_for_ms (20);
  g_signal_handlers_disconnect_by_data (w->channel, w);
  g_object_run_dispose (G_OBJECT (w->channel));
  lf_spin_for_ms (20); /* attempts in flight end as cancelled */
  g_assert_finalize_object (w->channel);
  g_assert_finalize_object (w->rest);
  g_clear_error (&w->error);
  g_free (w->bye);
}

/**
 * lf_channel_world_open:
 * @conn: a stream
 *
 * Hello and a snapshot of two parts, as they should be.
 */
void
lf_channel_world_open (LfFakeConn *conn)
{
  lf_fake_conn_text (conn, HELLO);
  lf_fake_conn_text (conn, PART (0, false));
  lf_fake_conn_text (conn, PART (1, true));
}

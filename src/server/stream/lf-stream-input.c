/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-store-chat.h"
#include "lf-store-roster.h"
#include "lf-stream-private.h"
#include "lf-streams.h"

/* What comes from a client. */

#define TYPING_EVERY_US (G_USEC_PER_SEC)

/* A job of the store on behalf of a stream. */
typedef struct
{
  LfStream       *stream; /* owned reference; main thread only */
  char           *user;
  char           *conversation;
  gint64          seq;
  gint64          now_us;
  LfWireSnapshot *loaded;   /* out */
  LfChatMark      mark;     /* out */
  GStrv           members;  /* out */
  gboolean        is_shown; /* out */
} StreamJob;

static void
stream_job_free (gpointer data)
{
  StreamJob *job = data;

  lf_codec_free (lf_frame_get_schema (LF_FRAME_SNAPSHOT), job->loaded);
  lf_chat_mark_clear (&job->mark);
  g_strfreev (job->members);
  g_free (job->user);
  g_free (job->conversation);
  g_free (job);
}

static StreamJob *
stream_job_new (LfStream *self, const LfWireMark *mark)
{
  StreamJob *job = g_new0 (StreamJob, 1);

  job->stream = lf_stream_ref (self);
  job->user = g_strdup (self->sink.identity->user);
  job->now_us = lf_clock_get_now_us (self->server->clock);
  if (mark != NULL)
    {
      job->conversation = g_strdup (mark->conversation);
      job->seq = mark->seq;
    }
  return job;
}

static gboolean
run_snapshot (LfDb *db, gpointer data, GError **error)
{
  StreamJob *job = data;

  job->loaded = lf_store_read_snapshot (db, job->user, job->now_us, error);
  return job->loaded != NULL;
}

static gboolean
run_delivered (LfDb *db, gpointer data, GError **error)
{
  StreamJob *job = data;

  return lf_store_chat_mark_delivered (db, job->user, job->conversation, job->seq, &job->mark, error);
}

static gboolean
run_members (LfDb *db, gpointer data, GError **error)
{
  StreamJob *job = data;

  job->members = lf_store_chat_get_members (db, job->user, job->conversation, &job->is_shown, error);
  return job->members != NULL;
}

/* The callbacks get the stream's reference as their data: the job may have failed and be gone. */

static void
on_snapshot_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LfStream          *self = user_data;
  g_autoptr (GError) error = NULL;
  StreamJob         *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (self->state == LF_STREAM_LOADING && !lf_peer_is_closing (self->peer))
    {
      if (job == NULL)
        {
          g_warning ("A snapshot cannot be read: %s", error->message);
          lf_stream_close (self, LF_CLOSE_RESTART, "the database does not answer");
        }
      else
        {
          lf_server_fill_me (self->server, job->loaded->me);
          self->snapshot = lf_snapshot_new (self->server->hub, self->sink.identity->user, g_steal_pointer (&job->loaded));
          self->state = LF_STREAM_SNAPSHOT;
          lf_stream_fill (self);
          lf_calls_tell_all (self->server->calls, self->sink.identity->user);
        }
    }
  lf_stream_unref (self);
}

static void
tell_members (LfStream *self, GStrv members, LfFrameType type, const LfWireMark *mark, gboolean to_others, gboolean to_own)
{
  const char *user = self->sink.identity->user;

  for (gsize i = 0; members != NULL && members[i] != NULL; i++)
    {
      gboolean is_own = g_str_equal (members[i], user);

      if (is_own ? to_own : to_others)
        lf_hub_send (self->server->hub, members[i], is_own ? self->sink.identity->session : NULL, type, mark);
    }
}

static void
on_delivered_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LfStream          *self = user_data;
  g_autoptr (GError) error = NULL;
  StreamJob         *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (job == NULL)
    g_debug ("A delivered mark was not taken: %s", error->message);
  else if (job->mark.changed)
    {
      LfWireMark mark = { job->conversation, job->user, job->mark.seq };

      tell_members (self, job->mark.members, LF_FRAME_DELIVERED, &mark, job->mark.is_shown, TRUE);
    }
  lf_stream_unref (self);
}

static void
on_members_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LfStream          *self = user_data;
  g_autoptr (GError) error = NULL;
  StreamJob         *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (job == NULL)
    g_debug ("A sign of typing was not taken: %s", error->message);
  else if (job->is_shown)
    {
      LfWireMark mark = { job->conversation, job->user, 0 };

      tell_members (self, job->members, LF_FRAME_TYPING, &mark, TRUE, FALSE);
    }
  lf_stream_unref (self);
}

static void
start (LfStream *self, const LfWireResume *resume)
{
  LfStreamStats *stats = lf_streams_get_stats (self->server->streams);
  StreamJob     *job;

  if (self->state != LF_STREAM_NEW)
    {
      lf_stream_refuse (self, LF_PROBLEM_BAD_REQUEST, "The stream has started already.");
      return;
    }
  lf_peer_arm (self->peer, g_get_monotonic_time ()); /* other deadlines hold from here */
  if (resume != NULL && lf_stream_go_on (self, resume))
    {
      stats->n_resumed++;
      return;
    }
  *(resume != NULL ? &stats->n_resume_failed : &stats->n_started) += 1;
  self->state = self->sink.identity->kind == LF_IDENTITY_PERSON ? LF_STREAM_LOADING : LF_STREAM_LIVE;
  lf_stream_send_hello (self);
  lf_hub_attach (self->server->hub, &self->sink);
  if (self->state == LF_STREAM_LIVE)
    return;
  job = stream_job_new (self, NULL);
  lf_store_read_async (self->server->store, run_snapshot, job, stream_job_free, NULL, on_snapshot_read, self);
}

static void
take_ack (LfStream *self, const LfWireAck *ack)
{
  if (!lf_peer_ack (self->peer, ack->count))
    lf_stream_refuse (self, LF_PROBLEM_BAD_REQUEST, "More frames are acknowledged than were sent.");
  else
    lf_stream_fill (self); /* before what else has come is answered: a pong tells that nothing waits */
}

static void
take_reach (LfStream *self, const LfWireReach *reach)
{
  if (reach->state != LF_REACHABILITY_ONLINE && reach->state != LF_REACHABILITY_IDLE && reach->state != LF_REACHABILITY_AWAY)
    lf_stream_refuse (self, LF_PROBLEM_BAD_REQUEST, "A device is online, idle or away.");
  else
    lf_hub_set_device (self->server->hub, &self->sink, reach->state, reach->since_us, reach->is_on_the_phone);
}

static void
take_delivered (LfStream *self, const LfWireMark *mark)
{
  StreamJob *job = stream_job_new (self, mark);

  lf_store_write_async (self->server->store, run_delivered, job, stream_job_free, NULL, on_delivered_marked, self);
}

static void
take_typing (LfStream *self, const LfWireMark *mark)
{
  gint64     now_us = g_get_monotonic_time ();
  StreamJob *job;

  if (self->typing_at_us != 0 && now_us - self->typing_at_us < TYPING_EVERY_US)
    return;
  self->typing_at_us = now_us;
  job = stream_job_new (self, mark);
  lf_store_read_async (self->server->store, run_members, job, stream_job_free, NULL, on_members_read, self);
}

static void
take_bye (LfStream *self)
{
  self->is_bye = TRUE;
  lf_hub_detach (self->server->hub, &self->sink, TRUE);
  lf_stream_close (self, LF_CLOSE_NORMAL, "bye");
}

/* Who sends such frames: #LfAccess flags; 0 for everybody. */
static guint
get_senders (LfFrameType type)
{
  if (type == LF_FRAME_REACH || type == LF_FRAME_DELIVERED || type == LF_FRAME_TYPING)
    return LF_ACCESS_PERSON;
  if (type == LF_FRAME_HEALTH)
    return LF_ACCESS_PHONE | LF_ACCESS_CALENDAR;
  if (type == LF_FRAME_CAPABILITIES || type == LF_FRAME_COMMAND_RESULT)
    return LF_ACCESS_PHONE;
  return 0;
}

static void
take_frame_of_connector (LfStream *self, const LfFrame *frame)
{
  const char *token = self->sink.identity->session;

  if (frame->type == LF_FRAME_CAPABILITIES)
    lf_calls_take_capabilities (self->server->calls, token, frame->body);
  else if (frame->type == LF_FRAME_COMMAND_RESULT)
    lf_calls_take_result (self->server->calls, token, frame->body);
  else if (frame->type == LF_FRAME_HEALTH && self->sink.identity->kind == LF_IDENTITY_CALENDAR)
    lf_hub_take_calendar_health (self->server->hub, self->sink.identity, frame->body);
  else if (frame->type == LF_FRAME_HEALTH)
    lf_hub_take_health (self->server->hub, self->sink.identity, frame->body);
}

static void
take_frame (LfStream *self, const LfFrame *frame)
{
  lf_streams_get_stats (self->server->streams)->n_received[frame->type]++;
  if (self->state == LF_STREAM_NEW && frame->type != LF_FRAME_START && frame->type != LF_FRAME_RESUME)
    {
      lf_stream_refuse (self, LF_PROBLEM_BAD_REQUEST, "The first frame must be start or resume.");
      return;
    }
  if (get_senders (frame->type) != 0 && (get_senders (frame->type) & 1u << self->sink.identity->kind) == 0)
    {
      lf_stream_refuse (self, LF_PROBLEM_FORBIDDEN, "Frames of that type are for others to send.");
      return;
    }
  if (frame->type == LF_FRAME_START || frame->type == LF_FRAME_RESUME)
    start (self, frame->type == LF_FRAME_RESUME ? frame->body : NULL);
  else if (frame->type == LF_FRAME_ACK)
    take_ack (self, frame->body);
  else if (frame->type == LF_FRAME_REACH)
    take_reach (self, frame->body);
  else if (frame->type == LF_FRAME_DELIVERED)
    take_delivered (self, frame->body);
  else if (frame->type == LF_FRAME_TYPING)
    take_typing (self, frame->body);
  else if (frame->type == LF_FRAME_PING)
    lf_stream_send_body (self, LF_FRAME_PONG, frame->body);
  else if (frame->type == LF_FRAME_PONG)
    self->pong_due_us = 0;
  else if (frame->type == LF_FRAME_BYE)
    take_bye (self);
  else if ((get_senders (frame->type) & LF_ACCESS_PHONE) != 0)
    take_frame_of_connector (self, frame);
  else
    lf_stream_refuse (self, LF_PROBLEM_BAD_REQUEST, "Only the server sends frames of that type.");
}

/**
 * lf_stream_on_text:
 * @peer: of the stream
 * @text: (array length=length): a message of the client, not checked yet
 * @length: bytes
 * @user_data: the stream
 *
 * Takes a frame. One that cannot be understood, or may not come now, ends the stream with an error
 * frame: %LF_PROBLEM_BAD_JSON or %LF_PROBLEM_BAD_REQUEST.
 */
void
lf_stream_on_text (LfPeer *peer, const char *text, gsize length, gpointer user_data)
{
  LfStream           *self = user_data;
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfFrame) frame = lf_frame_decode (text, length, &lf_json_limits_request, &error);

  if (self->sink.identity->kind == LF_IDENTITY_PHONE)
    lf_hub_connector_seen (self->server->hub, self->sink.identity->session);
  if (frame != NULL)
    take_frame (self, frame);
  else
    lf_stream_refuse (self, lf_json_check (text, length, &lf_json_limits_request, NULL) ? LF_PROBLEM_BAD_REQUEST : LF_PROBLEM_BAD_JSON,
                      error->message);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-parking.h"
#include "lf-stream-private.h"

/* A stream is never taken from the hub while the hub may be walking its sinks: what is given up is
 * emptied at once, and goes in a turn of its own. */

struct _LfParking
{
  const LfConfig *config;    /* borrowed */
  LfClock        *clock;     /* owned */
  GQueue          parked;    /* of LfStream, by their links; the first goes first */
  GQueue          given_up;  /* of LfStream, by their links */
  gsize           n_bytes;   /* of all in @parked */
  guint64         n_expired; /* released at their time */
  guint64         n_evicted; /* released for want of room */
  guint           expiry;    /* clock call: the first one's time */
  guint           sweep;     /* clock call: @given_up */
};

static void
forget (LfParking *self, GQueue *queue, LfStream *stream)
{
  g_queue_unlink (queue, &stream->parked_link);
  stream->parked_link.data = NULL;
  if (queue == &self->parked)
    self->n_bytes -= stream->parked_bytes;
  stream->parked_bytes = 0;
}

/* For good. */
static void
release (LfParking *self, GQueue *queue, LfStream *stream)
{
  forget (self, queue, stream);
  stream->state = LF_STREAM_GONE;
  lf_hub_unpark (stream->server->hub, &stream->sink);
  lf_stream_unref (stream);
}

static gboolean
on_sweep (gpointer user_data)
{
  LfParking *self = user_data;

  self->sweep = 0;
  while (self->given_up.head != NULL)
    release (self, &self->given_up, self->given_up.head->data);
  return G_SOURCE_REMOVE;
}

static void arm_expiry (LfParking *self);

static gboolean
on_expiry (gpointer user_data)
{
  LfParking *self = user_data;
  gint64     now_us = lf_clock_get_mono_us (self->clock);

  self->expiry = 0;
  while (self->parked.head != NULL && ((LfStream *) self->parked.head->data)->parked_until_us <= now_us)
    {
      release (self, &self->parked, self->parked.head->data);
      self->n_expired++;
    }
  arm_expiry (self);
  return G_SOURCE_REMOVE;
}

/* One call, for the oldest: all stay for the same time. One that left early makes it come too early. */
static void
arm_expiry (LfParking *self)
{
  const LfStream *first = self->parked.head != NULL ? self->parked.head->data : NULL;

  if (first != NULL && self->expiry == 0)
    self->expiry = lf_clock_call_after (self->clock, MAX (first->parked_until_us - lf_clock_get_mono_us (self->clock), 0),
                                        on_expiry, self);
}

/* The oldest go while there are too many, or too much is kept. */
static void
enforce_limits (LfParking *self)
{
  while (self->parked.length > self->config->parked_streams || self->n_bytes > self->config->parked_bytes)
    {
      lf_stream_give_up (self->parked.head->data);
      self->n_evicted++;
    }
}

/**
 * lf_parking_new:
 * @config: settings; outlive the object
 * @clock: the one clock
 *
 * Returns: (transfer full): it, empty
 */
LfParking *
lf_parking_new (const LfConfig *config, LfClock *clock)
{
  LfParking *self = g_new0 (LfParking, 1);

  self->config = config;
  self->clock = g_object_ref (clock);
  g_queue_init (&self->parked);
  g_queue_init (&self->given_up);
  return self;
}

/**
 * lf_parking_free:
 * @self: (nullable): the parking
 *
 * Lets go of every stream.
 */
void
lf_parking_free (LfParking *self)
{
  if (self == NULL)
    return;
  while (self->parked.head != NULL)
    release (self, &self->parked, self->parked.head->data);
  while (self->given_up.head != NULL)
    release (self, &self->given_up, self->given_up.head->data);
  lf_clock_cancel (self->clock, &self->expiry);
  lf_clock_cancel (self->clock, &self->sweep);
  g_object_unref (self->clock);
  g_free (self);
}

/**
 * lf_parking_add:
 * @self: the parking
 * @stream: (transfer full): one that was cut and is parked in the hub
 *
 * Keeps it for its time, if there is room.
 */
void
lf_parking_add (LfParking *self, LfStream *stream)
{
  stream->parked_link.data = stream;
  stream->parked_until_us = lf_clock_get_mono_us (self->clock) + self->config->resume_s * LF_SECOND;
  g_queue_push_tail_link (&self->parked, &stream->parked_link);
  arm_expiry (self);
  lf_parking_weigh (self, stream);
}

/**
 * lf_parking_weigh:
 * @self: the parking
 * @stream: in it
 *
 * The stream keeps more than before: counts it, and lets the oldest go if it is too much.
 */
void
lf_parking_weigh (LfParking *self, LfStream *stream)
{
  gsize n_bytes = lf_stream_weigh (stream);

  self->n_bytes += n_bytes - stream->parked_bytes;
  stream->parked_bytes = n_bytes;
  enforce_limits (self);
}

/**
 * lf_parking_discard:
 * @self: the parking
 * @stream: in it, emptied
 *
 * Takes the stream out; the hub hears of it soon.
 */
void
lf_parking_discard (LfParking *self, LfStream *stream)
{
  forget (self, &self->parked, stream);
  stream->parked_link.data = stream;
  g_queue_push_tail_link (&self->given_up, &stream->parked_link);
  if (self->sweep == 0)
    self->sweep = lf_clock_call_after (self->clock, 0, on_sweep, self);
}

/**
 * lf_parking_remove:
 * @self: the parking
 * @stream: one that may be in it
 *
 * Lets go of a stream: its session ended, or a newer stream took over. With the last reference it goes.
 */
void
lf_parking_remove (LfParking *self, LfStream *stream)
{
  if (stream->parked_link.data != NULL)
    release (self, stream->state == LF_STREAM_PARKED ? &self->parked : &self->given_up, stream);
}

/**
 * lf_parking_count:
 * @self: the parking
 *
 * Returns: streams that can be resumed
 */
guint
lf_parking_count (LfParking *self)
{
  return self->parked.length;
}

/**
 * lf_parking_get_bytes:
 * @self: the parking
 *
 * Returns: what they keep, in bytes
 */
gsize
lf_parking_get_bytes (LfParking *self)
{
  return self->n_bytes;
}

/**
 * lf_parking_count_lost:
 * @self: the parking
 * @n_expired: (out): streams whose time was over
 * @n_evicted: (out): streams that had to go early
 *
 * Tells how many could not be resumed any more, since the start.
 */
void
lf_parking_count_lost (LfParking *self, guint64 *n_expired, guint64 *n_evicted)
{
  *n_expired = self->n_expired;
  *n_evicted = self->n_evicted;
}

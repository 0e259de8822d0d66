/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lf-channel-private.h"
#include "lf-fuzz.h"

/* What a server says on the stream, behind libsoup's parser: one message a line; one that begins with
 * "!" is binary, and an empty line is a cut. The channel keeps the order of its states, counts each
 * frame once, and hands nothing on that it should not. */

#define MAX_MESSAGES 200

typedef struct
{
  LfChannel *channel;
  gboolean   has_hello; /* in this connection */
  gboolean   is_lost;
  gint64     n_parts; /* of the snapshot */
  gint64     count;   /* of this stream */
} World;

static void
on_hello (LfChannel *channel, const LfWireHello *hello, World *world)
{
  g_assert_false (world->has_hello);
  world->has_hello = TRUE;
  if (hello->is_resumed)
    {
      g_assert_cmpint (hello->count, ==, world->count);
      return;
    }
  world->n_parts = 0;
  world->count = 0;
}

static void
on_frame (LfChannel *channel, const LfFrame *frame, World *world)
{
  g_assert_true (world->has_hello);
  g_assert_cmpint (lf_channel_get_state (channel), !=, LF_CHANNEL_WAITING);
  g_assert_cmpint (frame->type, !=, LF_FRAME_HELLO);
  g_assert_cmpint (frame->type, !=, LF_FRAME_PONG);
  if (frame->type == LF_FRAME_SNAPSHOT)
    {
      g_assert_cmpint (lf_channel_get_state (channel), ==, LF_CHANNEL_SYNCING);
      g_assert_cmpint (((const LfWireSnapshot *) frame->body)->part, ==, world->n_parts++);
    }
  world->count++;
}

static void
on_lost (LfChannel *channel, const GError *error, World *world)
{
  g_assert_nonnull (error);
  g_assert_nonnull (error->message);
  world->is_lost = TRUE;
}

/* A new connection, as after the upgrade. */
static void
connect_again (World *world)
{
  world->has_hello = FALSE;
  world->is_lost = FALSE;
  lf_channel_set_state (world->channel, LF_CHANNEL_CONNECTING);
  lf_channel_say_first (world->channel);
}

static void
take_line (World *world, const guint8 *line, gsize length)
{
  g_autoptr (GBytes) message = NULL;

  if (length == 0)
    {
      lf_channel_lose (world->channel, LF_CLOSE_NORMAL, g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "A cut."));
    }
  else
    {
      gboolean is_binary = *line == '!';

      message = g_bytes_new (line + is_binary, length - is_binary);
      lf_channel_take_message (world->channel, is_binary ? SOUP_WEBSOCKET_DATA_BINARY : SOUP_WEBSOCKET_DATA_TEXT, message);
    }
  g_assert_true (world->is_lost || world->channel->count == world->count);
  g_assert_true (lf_channel_get_state (world->channel) != LF_CHANNEL_LIVE || world->has_hello);
  g_assert_cmpint (lf_channel_get_state (world->channel) == LF_CHANNEL_WAITING, ==, world->is_lost);
  if (world->is_lost)
    connect_again (world);
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: messages, one a line
 * @size: their bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static LfRest *rest; /* made once; nothing connects, as no main context runs */
  const guint8  *end = data + size;
  World          world = { NULL };

  if (rest == NULL)
    rest = lf_rest_new ("http://127.0.0.1:1", NULL);
  world.channel = lf_channel_new (rest);
  g_signal_connect (world.channel, "hello", G_CALLBACK (on_hello), &world);
  g_signal_connect (world.channel, "frame", G_CALLBACK (on_frame), &world);
  g_signal_connect (world.channel, "lost", G_CALLBACK (on_lost), &world);
  connect_again (&world);
  for (guint i = 0; i < MAX_MESSAGES && data < end; i++)
    {
      const guint8 *line_end = memchr (data, '\n', (gsize) (end - data));
      gsize         length = (gsize) ((line_end != NULL ? line_end : end) - data);

      take_line (&world, data, length);
      data += length + 1;
    }
  g_signal_handlers_disconnect_by_data (world.channel, &world);
  g_assert_finalize_object (world.channel);
  return 0;
}

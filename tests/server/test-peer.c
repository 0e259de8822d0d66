/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-peer.h"
#include "lf-rig.h"
#include "lf-test-util.h"

#define N_QUESTIONS  60000
#define MEMORY_SLACK (4 * 1024 * 1024)
#define TEXT_PING    "\x81\x92\0\0\0\0{\"t\":\"ping\",\"n\":1}"
#define CONTROL_PING "\x89\xf8\0\0\0\0"
#define CONTROL_SIZE 126

typedef struct
{
  LfConfig   *config;
  LfPeerLoop *loop;
  LfPeer     *peer; /* NULL once gone */
  int         fd;   /* the client's end */
  guint       n_texts;
  guint       n_refused;
} Fixture;

/* Every text is answered, as a ping is. */
static void
on_text (LfPeer *peer, const char *text, gsize length, gpointer owner)
{
  Fixture              *fixture = owner;
  LfWirePing            pong = { 1 };
  g_autoptr (LfWsFrame) frame = lf_ws_frame_new_text (LF_FRAME_PONG, &pong);

  fixture->n_texts++;
  if (!lf_peer_send (peer, frame))
    fixture->n_refused++;
}

static void
on_room (LfPeer *peer, gpointer owner)
{
}

static void
on_tick (LfPeer *peer, gint64 now_us, gpointer owner)
{
}

static void
on_gone (LfPeer *peer, gboolean is_clean, gpointer owner)
{
  ((Fixture *) owner)->peer = NULL;
}

static const LfPeerFuncs funcs = { on_text, on_room, on_tick, on_gone };

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  int ends[2];
  int little = 4096;

  fixture->config = lf_config_new ();
  fixture->config->frames_per_s = 100000000; /* what is measured here is not the rate */
  fixture->config->window_bytes = 131072;
  fixture->loop = lf_peer_loop_new (fixture->config);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), ==, 0);
  g_assert_cmpint (setsockopt (ends[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof little), ==, 0);
  fixture->fd = ends[1];
  fixture->peer = lf_peer_new (fixture->loop, ends[0], &funcs, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  close (fixture->fd);
  lf_wait_until (fixture->peer == NULL, LF_RIG_WAIT_MS);
  lf_peer_loop_free (fixture->loop);
  lf_config_free (fixture->config);
}

/* Asks once more, and lets the server read it; never reads an answer. */
static void
ask (Fixture *fixture, const char *frame, gsize length)
{
  g_assert_cmpint (send (fixture->fd, frame, length, MSG_NOSIGNAL), ==, (gssize) length);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_questions (Fixture *fixture, gconstpointer unused)
{
  gsize before = lf_rig_get_resident ();

  g_test_summary ("Answers that nobody reads have a bound: then the stream is closed");
  for (guint i = 0; i < N_QUESTIONS && fixture->n_refused == 0 && !lf_peer_is_closing (fixture->peer); i++)
    ask (fixture, TEXT_PING, sizeof TEXT_PING - 1);
  g_assert_cmpuint (fixture->n_texts, >, 1000);
  g_assert_cmpuint (fixture->n_refused, ==, 1);
  g_assert_true (lf_peer_is_closing (fixture->peer));
  g_assert_cmpuint (lf_rig_get_resident (), <, before + MEMORY_SLACK);
}

static void
test_control_pings (Fixture *fixture, gconstpointer unused)
{
  char  frame[CONTROL_SIZE] = CONTROL_PING;
  gsize before = lf_rig_get_resident ();

  g_test_summary ("Of the WebSocket's own pings the latest is answered once there is room, however long nobody reads");
  for (guint i = 0; i < N_QUESTIONS; i++)
    ask (fixture, frame, sizeof frame);
  g_assert_nonnull (fixture->peer);
  g_assert_cmpuint (lf_rig_get_resident (), <, before + MEMORY_SLACK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/peer/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("bound/answers", test_questions);
  ADD ("bound/control-pings", test_control_pings);
  return g_test_run ();
}

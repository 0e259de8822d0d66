/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lf-peer.h"
#include "lf-rig.h"
#include "lf-test-util.h"

#define N_QUESTIONS  60000
#define MEMORY_SLACK (2 * 1024 * 1024)
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
  guint       n_looks; /* at the owner's deadlines */
  gint64      due_after_us;
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

static gint64
on_due (LfPeer *peer, gint64 now_us, gpointer owner)
{
  Fixture *fixture = owner;

  fixture->n_looks++;
  return now_us + fixture->due_after_us;
}

static void
on_gone (LfPeer *peer, guint close_code, const char *reason, gpointer owner)
{
  ((Fixture *) owner)->peer = NULL;
}

static const LfPeerFuncs funcs = { on_text, on_room, on_due, on_gone };

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  int ends[2];
  int little = 4096;

  fixture->due_after_us = LF_HOUR;
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
  gsize before = lf_rig_get_memory ();

  g_test_summary ("Answers that nobody reads have a bound: then the stream is closed");
  for (guint i = 0; i < N_QUESTIONS && fixture->n_refused == 0 && !lf_peer_is_closing (fixture->peer); i++)
    ask (fixture, TEXT_PING, sizeof TEXT_PING - 1);
  g_assert_cmpuint (fixture->n_texts, >, 1000);
  g_assert_cmpuint (fixture->n_refused, ==, 1);
  g_assert_true (lf_peer_is_closing (fixture->peer));
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
}

static void
test_control_pings (Fixture *fixture, gconstpointer unused)
{
  char  frame[CONTROL_SIZE] = CONTROL_PING;
  gsize before = lf_rig_get_memory ();

  g_test_summary ("Of the WebSocket's own pings the latest is answered once there is room, however long nobody reads");
  for (guint i = 0; i < N_QUESTIONS; i++)
    ask (fixture, frame, sizeof frame);
  g_assert_nonnull (fixture->peer);
  g_assert_cmpuint (lf_rig_get_memory (), <, before + MEMORY_SLACK);
}

static void
test_no_delay (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (GSocket)        listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_autoptr (GSocket)        client = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket)        server = NULL;
  int                        is_set = 0;

  g_test_summary ("A frame is not held back until the one before it is acknowledged");
  g_assert_true (g_socket_bind (listener, any, TRUE, &error) && g_socket_listen (listener, &error));
  address = g_socket_get_local_address (listener, &error);
  g_assert_true (g_socket_connect (client, address, NULL, &error));
  server = g_socket_accept (listener, NULL, &error);
  g_assert_no_error (error);

  lf_peer_close (fixture->peer, LF_CLOSE_NORMAL, NULL);
  close (fixture->fd);
  lf_wait_until (fixture->peer == NULL, LF_RIG_WAIT_MS);
  fixture->fd = dup (g_socket_get_fd (client));
  fixture->peer = lf_peer_new (fixture->loop, dup (g_socket_get_fd (server)), &funcs, fixture);
  g_assert_true (g_socket_get_option (server, IPPROTO_TCP, TCP_NODELAY, &is_set, &error));
  g_assert_true (is_set);
}

static void
test_idle (Fixture *fixture, gconstpointer unused)
{
  guint n_turns = 0;

  g_test_summary ("A connection on which nothing happens costs nothing until its next deadline");
  lf_wait_until (fixture->n_looks == 1, LF_RIG_WAIT_MS);
  for (guint i = 0; i < 3; i++)
    lf_spin_for_ms (400);
  g_assert_cmpuint (fixture->n_looks, ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    g_assert_cmpuint (++n_turns, <, 10);

  lf_peer_arm (fixture->peer, g_get_monotonic_time () + 2 * LF_HOUR);
  fixture->due_after_us = 20000;
  lf_peer_arm (fixture->peer, g_get_monotonic_time () + 20000);
  lf_wait_until (fixture->n_looks >= 4, LF_RIG_WAIT_MS);
}

static void
test_unfinished_message (Fixture *fixture, gconstpointer unused)
{
  static const char begin[] = "\x01\x81\0\0\0\0{"; /* a first fragment, whole */

  g_test_summary ("A message that is begun and never finished closes the connection");
  fixture->config->request_timeout_s = 1;
  g_assert_cmpint (send (fixture->fd, begin, sizeof begin - 1, MSG_NOSIGNAL), ==, sizeof begin - 1);
  lf_wait_until (lf_peer_is_closing (fixture->peer), LF_RIG_WAIT_MS);
  g_assert_cmpuint (fixture->n_texts, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/peer/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("bound/answers", test_questions);
  ADD ("bound/control-pings", test_control_pings);
  ADD ("no-delay", test_no_delay);
  ADD ("deadlines/idle", test_idle);
  ADD ("deadlines/unfinished-message", test_unfinished_message);
  return g_test_run ();
}

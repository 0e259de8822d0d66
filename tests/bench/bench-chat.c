/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lampfield-core.h"
#include "lf-bench-office.h"
#include "lf-bench-program.h"
#include "lf-bench-report.h"
#include "lf-bench-rest.h"

/* Chat: how long an acknowledgement takes, each of which is on disk, and what is gained by committing
 * together what comes together. One sender who waits for each answer gets one commit a message.
 *
 * usage: bench-chat SERVER */

#define N_SENDERS  128
#define N_TURNS    5
#define TURN_US    (2 * G_USEC_PER_SEC)
#define PER_S      200
#define CALM_S     10
#define MAX_ACK_MS 50
#define MIN_GAIN   8

typedef struct
{
  LfBenchOffice *office;
  LfBenchProgram server;
  LfBenchRest   *rest;
  char          *conversations[N_SENDERS]; /* of sender n with a person of its own */
} Chat;

static char *
open_conversation (Chat *self, guint n)
{
  g_autofree char               *body = g_strdup_printf ("{\"members\":[\"%s\"]}", self->office->users[2 * n + 1]);
  g_autoptr (LfWireConversation) opened = NULL;
  const char                    *answer;

  lf_bench_rest_call (self->rest, "POST", "/conversations", self->office->tokens[2 * n], body);
  answer = lf_bench_rest_get_body (self->rest);
  opened = lf_codec_decode (&lf_schema_conversation, answer, strlen (answer), &lf_json_limits_reply, NULL);
  if (opened == NULL)
    g_error ("no conversation: %s", answer);
  return g_strdup (opened->id);
}

static void
send_message (Chat *self, guint n, gint64 since_us)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *path = g_strdup_printf ("/conversations/%s/messages/%s", self->conversations[n], id);

  lf_bench_rest_send (self->rest, n, since_us, "PUT", path, self->office->tokens[2 * n],
                      "{\"body\":\"Shall we have lunch at half past twelve? I have booked a table.\"}");
}

static guint
find_free (Chat *self)
{
  guint n = 0;

  while (n < N_SENDERS && !lf_bench_rest_is_free (self->rest, n))
    n++;
  return n;
}

static void
wait_for_all (Chat *self)
{
  for (guint n = 0; n < N_SENDERS; n++)
    while (!lf_bench_rest_is_free (self->rest, n))
      lf_bench_rest_turn (self->rest, 1000);
}

/* Each of the senders writes as fast as it is answered; messages a second. */
static double
write_on (Chat *self, guint n_senders)
{
  gint64 start_us = g_get_monotonic_time ();
  guint  n_answers = 0;

  while (g_get_monotonic_time () < start_us + TURN_US)
    {
      for (guint n = 0; n < n_senders; n++)
        if (lf_bench_rest_is_free (self->rest, n))
          send_message (self, n, g_get_monotonic_time ());
      n_answers += lf_bench_rest_turn (self->rest, 1000);
    }
  wait_for_all (self);
  return n_answers / ((double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC);
}

/* So many messages a second, whatever the answers; a late start counts as waiting. */
static double
find_p99_ms (Chat *self)
{
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  gint64             start_us = g_get_monotonic_time ();
  double             p99_us;

  lf_bench_rest_set_latencies (self->rest, latencies);
  for (guint i = 0; i < PER_S * CALM_S; i++)
    {
      gint64 due_us = start_us + i * G_USEC_PER_SEC / PER_S;

      while (g_get_monotonic_time () < due_us || find_free (self) == N_SENDERS)
        lf_bench_rest_turn (self->rest, 1);
      send_message (self, find_free (self), due_us);
    }
  wait_for_all (self);
  lf_bench_rest_set_latencies (self->rest, NULL);
  p99_us = lf_bench_quantile (latencies, 0.99);
  printf ("%u messages a second are acknowledged, on disk, after %.1f ms (median), %.1f ms (99th percentile).\n", PER_S,
          lf_bench_median (latencies) / 1000, p99_us / 1000);
  return p99_us / 1000;
}

static double
find_gain (Chat *self)
{
  g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) together = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) gains = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < N_TURNS; i++)
    {
      double one_s = write_on (self, 1);
      double together_s = write_on (self, N_SENDERS);
      double gain = together_s / one_s;

      g_array_append_val (one, one_s);
      g_array_append_val (together, together_s);
      g_array_append_val (gains, gain);
    }
  printf ("%.0f messages a second with one commit each; %.0f from %u senders at once: %.1f times as many.\n", lf_bench_median (one),
          lf_bench_median (together), N_SENDERS, lf_bench_median (gains));
  return lf_bench_median (gains);
}

int
main (int argc, char **argv)
{
  LfBenchReport *report;
  Chat           chat = { 0 };

  if (argc != 2)
    {
      fprintf (stderr, "usage: bench-chat SERVER\n");
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  lf_bench_raise_descriptors ();
  report = lf_bench_report_new ();
  chat.office = lf_bench_office_new (argv[1], 2 * N_SENDERS, 0, NULL, 0);
  lf_bench_program_start_server (&chat.server, argv[1], chat.office->folder, 0);
  chat.rest = lf_bench_rest_new (chat.server.port, N_SENDERS);
  for (guint n = 0; n < N_SENDERS; n++)
    chat.conversations[n] = open_conversation (&chat, n);

  lf_bench_report_at_most (report, find_p99_ms (&chat), MAX_ACK_MS, "chat-ack-p99-ms");
  lf_bench_report_at_least (report, find_gain (&chat), MIN_GAIN, "chat-group-commit-gain");

  for (guint n = 0; n < N_SENDERS; n++)
    g_free (chat.conversations[n]);
  lf_bench_rest_free (chat.rest);
  lf_bench_program_stop (&chat.server, SIGTERM);
  lf_bench_office_free (chat.office);
  lf_bench_report_free (report);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <gio/gio.h>
#include <string.h>

/* Runs the simulator: always with some seeds, of which each once showed a fault, and with as many new ones as
 * LF_NEW_SEEDS says. None of these by itself: what others changed must not fail by a fault that was there before. */

#define STEPS "120"

typedef struct
{
  guint32     seed;
  const char *steps;
  const char *showed; /* what was wrong when it was put here */
} Seed;

static const Seed seeds[] = {
  { 1, STEPS, "nothing: the first of all" },
  { 2, STEPS, "after an hour's sleep the desktop showed for half a minute who had been there before" },
  { 3, STEPS, "delivered marks stayed hidden when their owner could be seen again" },
  { 4, STEPS, "a contact removed and put back while the stream was lost did not age" },
  { 5020, STEPS, "after a sleep of 50 seconds nobody was asked for a minute whether the stream still lived" },
  { 5024, "200", "a delivered mark that could not be told when the message came was never told" },
  { 7049, STEPS, "a stream was resumed at a count of the one before a restart, so that no snapshot came" },
  { 700626590, STEPS, "a contact added while the stream was lost, and told of before for its chat, stayed unknown when the stream went on" },
  { 6, STEPS, "a change of a contact whose answer got lost was taken back here, and stood on the server" },
};

typedef struct
{
  const char *name;
  guint32     seed; /* one that showed a fault, where there was any */
  const char *claim;
} Scene;

static const Scene scenes[] = {
  { "server-sleeps", 1, "A server that slept for an hour calls nobody offline and nobody newly available; calendars are right within a minute." },
  { "server-away", 4, "A server that was down for an hour calls nobody offline, and nobody newly available." },
  { "desktop-sleeps", 1, "A desktop that slept for an hour shows within a minute what is true, calendars that changed meanwhile included." },
  { "clocks-off", 3, "Clocks that are set by an hour or a day call nobody offline; what is shown is right within a minute." },
  { "set-back", 67, "A server that is restored from a backup is believed by clients that run; what they have not sent yet, they send, once." },
  { "set-back", 69, "A server that is restored from a backup is believed by clients that run; what they have not sent yet, they send, once." },
  { "set-back", 111, "A server that is restored from a backup is believed by clients that run; what they have not sent yet, they send, once." },
  { "set-back", 130, "A server that is restored from a backup is believed by clients that run; what they have not sent yet, they send, once." },
  { "restarts", 1, "Programs that end without a network, or crash, show at the next start what they kept, and lose nothing that was written." },
  { "days-offline", 2, "What was typed without a network is sent after days, in order and once, whatever the server did meanwhile." },
};

/* Leaks are not looked for: libsoup 3.2 keeps the timer of a WebSocket's end, when the other side is gone before
 * it; the clients themselves are counted. Returns: (transfer full): the last line it printed. */
static char *
simulate (guint32 seed, const char *option, const char *value)
{
  g_autofree char                *program = g_test_build_filename (G_TEST_BUILT, "sim", "simulate", NULL);
  g_autofree char                *number = g_strdup_printf ("%u", seed);
  g_autofree char                *options = g_strjoin (":", g_getenv ("ASAN_OPTIONS") != NULL ? g_getenv ("ASAN_OPTIONS") : "",
                                                       "detect_leaks=0", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess)         process = NULL;
  g_autoptr (GError)              error = NULL;
  g_autofree char                *text = NULL;
  char                           *last;

  g_subprocess_launcher_setenv (launcher, "ASAN_OPTIONS", options, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, program, "--seed", number, option, value, NULL);
  g_assert_no_error (error);
  g_test_message ("%s --seed %u %s %s", program, seed, option, value);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, &error));
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    {
      g_test_message ("%s", text);
      g_test_fail_printf ("seed %u shows a fault", seed);
    }
  g_strchomp (text);
  last = strrchr (text, '\n');
  return g_strdup (last != NULL ? last + 1 : text);
}

static void
test_seed (gconstpointer data)
{
  const Seed      *seed = data;
  g_autofree char *last = NULL;

  g_test_summary ("After any sequence of faults everybody sees what is true.");
  last = simulate (seed->seed, "--steps", seed->steps);
  g_test_message ("%s", last);
}

static void
test_scene (gconstpointer data)
{
  const Scene     *scene = data;
  g_autofree char *last = NULL;

  g_test_summary (scene->claim);
  last = simulate (scene->seed, "--scene", scene->name);
  g_test_message ("%s", last);
}

/* They are printed, so that one which shows a fault can be run again. */
static void
test_new_seeds (void)
{
  guint64 n_seeds = g_ascii_strtoull (g_getenv ("LF_NEW_SEEDS"), NULL, 10);

  g_test_summary ("So it is with seeds that nobody has tried.");
  for (guint i = 0; i < n_seeds; i++)
    {
      g_autofree char *last = simulate ((guint32) g_random_int (), "--steps", STEPS);

      g_test_message ("%s", last);
    }
}

static void
test_same_trace (void)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_test_summary ("The same seed lets the same things happen.");
  first = simulate (seeds[0].seed, "--steps", seeds[0].steps);
  second = simulate (seeds[0].seed, "--steps", seeds[0].steps);
  g_assert_nonnull (strstr (first, "trace "));
  g_assert_cmpstr (first, ==, second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/simulation/seed/%u", seeds[i].seed);

      g_test_add_data_func (path, &seeds[i], test_seed);
    }
  if (g_getenv ("LF_NEW_SEEDS") != NULL)
    g_test_add_func ("/simulation/new-seeds", test_new_seeds);
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/simulation/scene/%s/%u", scenes[i].name, scenes[i].seed);

      g_test_add_data_func (path, &scenes[i], test_scene);
    }
  g_test_add_func ("/simulation/same-seed-same-trace", test_same_trace);
  return g_test_run ();
}

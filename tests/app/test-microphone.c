/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "lf-microphone.h"
#include "lf-test-util.h"

#define MICROPHONE  "microphone"
#define LOUDSPEAKER "loudspeaker"

/* A session with a sound server of its own. */
typedef struct
{
  char        *folder;  /* owned; its XDG_RUNTIME_DIR, and home */
  GSubprocess *server;  /* owned, nullable while it is down */
  GSubprocess *manager; /* owned, nullable: links programs to devices */
} Sound;

static GSubprocess *
start (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  GSubprocess       *process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);

  g_assert_no_error (error);
  return process;
}

static void
stop (GSubprocess **process)
{
  g_subprocess_force_exit (*process);
  g_subprocess_wait (*process, NULL, NULL);
  g_clear_object (process);
}

static gboolean
run (const char *const *argv)
{
  g_autoptr (GSubprocess) process = start (argv);

  return g_subprocess_wait_check (process, NULL, NULL);
}

/* A device without hardware. */
static void
make_device (const char *name,
             const char *class)
{
  g_autofree char  *props = g_strdup_printf ("{ factory.name=support.null-audio-sink node.name=%s media.class=%s object.linger=true audio.position=[FL FR] }", name, class);
  const char *const argv[] = { "pw-cli", "create-node", "adapter", props, NULL };
  const char *const look[] = { "pw-cli", "info", name, NULL };
  gint64            end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC * lf_wait_patience ();

  g_assert_true (run (argv));
  while (!run (look))
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
}

static void
start_sound (Sound *sound)
{
  static const char *const server[] = { "pipewire", NULL };
  static const char *const manager[] = { "wireplumber", NULL };
  static const char *const look[] = { "pw-cli", "info", "0", NULL };

  sound->server = start (server);
  for (guint i = 0; i < 400 && !run (look); i++)
    g_usleep (50000);
  sound->manager = start (manager);
  make_device (MICROPHONE, "Audio/Source/Virtual");
  make_device (LOUDSPEAKER, "Audio/Sink");
}

static void
stop_sound (Sound *sound)
{
  stop (&sound->manager);
  stop (&sound->server);
}

/* A program that records from @target. */
static GSubprocess *
record (Sound      *sound,
        const char *target,
        const char *props)
{
  g_autofree char  *path = g_build_filename (sound->folder, "recorded.wav", NULL);
  const char *const argv[] = { "pw-record", "--target", target, "-P", props, path, NULL };

  return start (argv);
}

static void
finish (LfMicrophone *microphone)
{
  lf_microphone_set_is_watching (microphone, FALSE);
  g_assert_false (lf_microphone_get_is_in_use (microphone));
  g_assert_finalize_object (microphone);
}

static void
test_use (Sound *sound)
{
  LfMicrophone           *microphone = lf_microphone_new ();
  g_autoptr (GSubprocess) program = record (sound, MICROPHONE, "{}");
  gint64                  start_us = g_get_monotonic_time ();

  g_test_summary ("Who records for two seconds is told, and five seconds after the end it is taken back");
  lf_microphone_set_is_watching (microphone, TRUE);
  lf_wait_until (lf_microphone_get_is_in_use (microphone), 10000);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 2 * G_USEC_PER_SEC);
  stop (&program);
  start_us = g_get_monotonic_time ();
  lf_wait_until (!lf_microphone_get_is_in_use (microphone), 10000);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 4900 * 1000);
  program = record (sound, MICROPHONE, "{}");
  lf_wait_until (lf_microphone_get_is_in_use (microphone), 10000);
  stop (&program);
  lf_spin_for_ms (1000);
  program = record (sound, MICROPHONE, "{}"); /* within the five seconds: the same call */
  lf_spin_for_ms (6000);
  g_assert_true (lf_microphone_get_is_in_use (microphone));
  lf_microphone_set_is_watching (microphone, FALSE);
  g_assert_false (lf_microphone_get_is_in_use (microphone));
  stop (&program);
  finish (microphone);
}

static void
test_no_use (Sound *sound)
{
  static const struct
  {
    const char *why;
    const char *target;
    const char *props;
  } rows[] = {
    { "what comes out of a loudspeaker is no microphone", LOUDSPEAKER, "{ stream.capture.sink=true }" },
    { "nor is a meter of levels a call", MICROPHONE, "{ resample.peaks=true }" },
    { "nor the near end of a filter", MICROPHONE, "{ node.link-group=echo }" },
  };
  LfMicrophone *microphone = lf_microphone_new ();

  g_test_summary ("What is no call of a person is not told; nor is one second of a microphone");
  lf_microphone_set_is_watching (microphone, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GSubprocess) program = record (sound, rows[i].target, rows[i].props);

      g_test_message ("%s", rows[i].why);
      for (guint j = 0; j < 40; j++)
        {
          lf_spin_for_ms (100);
          g_assert_false (lf_microphone_get_is_in_use (microphone));
        }
      stop (&program);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GSubprocess) program = record (sound, MICROPHONE, "{}");

      lf_spin_for_ms (1000);
      stop (&program);
      lf_spin_for_ms (500);
      g_assert_false (lf_microphone_get_is_in_use (microphone));
    }
  lf_spin_for_ms (2500);
  g_assert_false (lf_microphone_get_is_in_use (microphone));
  finish (microphone);
}

static void
test_server_gone (Sound *sound)
{
  LfMicrophone           *microphone = lf_microphone_new ();
  g_autoptr (GSubprocess) program = record (sound, MICROPHONE, "{}");

  g_test_summary ("Without a sound server nothing is claimed; when it is back, so is what it says");
  lf_microphone_set_is_watching (microphone, TRUE);
  lf_wait_until (lf_microphone_get_is_in_use (microphone), 10000);
  stop_sound (sound);
  lf_wait_until (!lf_microphone_get_is_in_use (microphone), 2000);
  stop (&program);
  lf_spin_for_ms (3500); /* tries that lead nowhere */
  start_sound (sound);
  program = record (sound, MICROPHONE, "{}");
  lf_wait_until (lf_microphone_get_is_in_use (microphone), 15000);
  stop (&program);
  finish (microphone);
}

static gboolean
has_programs (void)
{
  static const char *const names[] = { "pipewire", "wireplumber", "pw-cli", "pw-record" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_find_program_in_path (names[i]);

      if (path == NULL)
        {
          g_print ("1..0 # SKIP %s is not installed\n", names[i]);
          return FALSE;
        }
    }
  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  static const char *const names[] = { "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME" };
  Sound                    sound = { 0 };
  int                      status;

  if (!has_programs ())
    return 77;
  sound.folder = g_dir_make_tmp ("lampfield-sound-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_setenv (names[i], sound.folder, TRUE);
  g_unsetenv ("LD_PRELOAD");
  g_test_init (&argc, &argv, NULL);
  start_sound (&sound);
  g_test_add_data_func ("/microphone/use", &sound, (GTestDataFunc) test_use);
  g_test_add_data_func ("/microphone/no-use", &sound, (GTestDataFunc) test_no_use);
  g_test_add_data_func ("/microphone/server-gone", &sound, (GTestDataFunc) test_server_gone);
  status = g_test_run ();
  stop_sound (&sound);
  {
    const char *const remove[] = { "rm", "-rf", sound.folder, NULL };

    run (remove);
  }
  g_free (sound.folder);
  return status;
}

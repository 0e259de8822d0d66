/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "lf-client.h"
#include "lf-error.h"
#include "lf-keyring.h"
#include "lf-real-server.h"
#include "lf-test-util.h"

#define SERVER "https://keyring-test.invalid"

typedef struct
{
  gboolean is_done;
  gboolean is_true;
  char    *token;
  GError  *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_free (answer->token);
  g_clear_error (&answer->error);
  *answer = (Answer){ FALSE };
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Answer *answer = user_data;

  answer->is_true = lf_keyring_store_finish (result, &answer->error);
  answer->is_done = TRUE;
}

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Answer *answer = user_data;

  answer->token = lf_keyring_lookup_finish (result, &answer->error);
  answer->is_done = TRUE;
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Answer *answer = user_data;

  answer->is_true = lf_keyring_clear_finish (result, &answer->error);
  answer->is_done = TRUE;
}

/* A keyring that is unlocked and takes a secret. */
static gboolean
is_skipped (void)
{
  Answer   answer = { FALSE };
  gboolean has_keyring = FALSE;

  if (g_getenv ("DBUS_SESSION_BUS_ADDRESS") != NULL)
    {
      lf_keyring_store_async (SERVER, "probe", "probe", 5000, NULL, on_stored, &answer);
      lf_wait_until (answer.is_done, 10000);
      has_keyring = answer.is_true;
      if (answer.error != NULL)
        g_test_message ("%s", answer.error->message);
      answer_clear (&answer);
    }
  if (!has_keyring)
    g_test_skip ("no unlocked keyring answers on this session bus");
  return !has_keyring;
}

static void
look_up (const char *login,
         Answer     *answer)
{
  answer_clear (answer);
  lf_keyring_lookup_async (SERVER, login, 10000, NULL, on_looked_up, answer);
  lf_wait_until (answer->is_done, 15000);
}

static void
test_round (void)
{
  Answer answer = { FALSE };

  g_test_summary ("A token is stored, replaced, found by server and login, and forgotten.");
  if (is_skipped ())
    return;
  lf_keyring_store_async (SERVER, "mara", "first", 10000, NULL, on_stored, &answer);
  lf_wait_until (answer.is_done, 15000);
  g_assert_no_error (answer.error);
  answer_clear (&answer);
  lf_keyring_store_async (SERVER, "mara", "second", 10000, NULL, on_stored, &answer);
  lf_wait_until (answer.is_done, 15000);
  g_assert_no_error (answer.error);
  look_up ("mara", &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpstr (answer.token, ==, "second");
  look_up ("jonas", &answer);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_NOT_FOUND);
  answer_clear (&answer);
  lf_keyring_clear_async (SERVER, "mara", 10000, NULL, on_cleared, &answer);
  lf_wait_until (answer.is_done, 15000);
  g_assert_no_error (answer.error);
  look_up ("mara", &answer);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_NOT_FOUND);
  answer_clear (&answer);
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer                   answer = { FALSE };

  g_test_summary ("A call that is cancelled ends as cancelled, with or without a keyring.");
  lf_keyring_lookup_async (SERVER, "mara", 10000, cancellable, on_looked_up, &answer);
  g_cancellable_cancel (cancellable);
  lf_wait_until (answer.is_done, 15000);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer_clear (&answer);
}

/* The rest runs in a process of its own: the bus, once found, is kept. */

static void
run_alone (const char *bus,
           const char *path)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess)         process = NULL;
  g_autoptr (GError)              error = NULL;
  g_autofree char                *out = NULL;
  g_autofree char                *self = g_file_read_link ("/proc/self/exe", NULL);

  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", bus, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  process = g_subprocess_launcher_spawn (launcher, &error, self, "-p", path, "--alone", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("%s failed:\n%s", path, out);
}

static void
alone_none (void)
{
  Answer answer = { FALSE };

  lf_keyring_store_async (SERVER, "mara", "secret-token", 10000, NULL, on_stored, &answer);
  lf_wait_until (answer.is_done, 15000);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_KEYRING);
  g_assert_nonnull (strstr (answer.error->message, "you stay signed in until Lampfield ends"));
  g_assert_null (strstr (answer.error->message, "secret-token"));
  look_up ("mara", &answer);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_KEYRING);
  answer_clear (&answer);
}

static void
test_none (void)
{
  g_test_summary ("Where no keyring answers, the person is told what that means.");
  run_alone ("unix:path=/nonexistent/bus", "/alone/none");
}

/* A bus that accepts and says nothing. */
static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source_object,
             gpointer           user_data)
{
  g_ptr_array_add (user_data, g_object_ref (connection));
  return TRUE;
}

static void
alone_silent (void)
{
  Answer answer = { FALSE };

  lf_keyring_lookup_async (SERVER, "mara", 300, NULL, on_looked_up, &answer);
  lf_wait_until (answer.is_done, 5000);
  g_assert_error (answer.error, LF_ERROR, LF_ERROR_KEYRING);
  g_assert_nonnull (strstr (answer.error->message, "does not answer"));
  answer_clear (&answer);
}

static void
test_silent (void)
{
  g_autofree char           *folder = g_dir_make_tmp ("lampfield-keyring-XXXXXX", NULL);
  g_autofree char           *path = g_build_filename (folder, "bus", NULL);
  g_autofree char           *bus = g_strconcat ("unix:path=", path, NULL);
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (1);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GPtrArray)      connections = g_ptr_array_new_with_free_func (g_object_unref);

  g_test_summary ("A keyring that never answers is given up at the deadline.");
  address = g_unix_socket_address_new (path);
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, NULL));
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), connections);
  run_alone (bus, "/alone/silent");
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  g_remove (path);
  g_rmdir (folder);
}

/* The client and its keyring */

typedef struct
{
  LfClient *client;
  gboolean  is_done;
  GError   *error;
  guint     n_notices;
} Person;

static void
on_notice (LfClient     *client,
           const GError *error,
           Person       *person)
{
  g_assert_error (error, LF_ERROR, LF_ERROR_KEYRING);
  person->n_notices++;
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Person *person = user_data;

  g_clear_error (&person->error);
  lf_client_sign_in_finish (LF_CLIENT (source), result, &person->error);
  person->is_done = TRUE;
}

static void
person_begin (Person *person)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();

  *person = (Person){ .client = lf_client_new (clock) };
  g_signal_connect (person->client, "notice", G_CALLBACK (on_notice), person);
}

static void
person_end (Person *person)
{
  g_object_run_dispose (G_OBJECT (person->client));
  lf_wait_until (G_OBJECT (person->client)->ref_count == 1, 10000);
  g_assert_finalize_object (person->client);
  g_clear_error (&person->error);
}

static void
sign_in (Person       *person,
         LfRealServer *server)
{
  person_begin (person);
  lf_client_sign_in_async (person->client, lf_real_server_get_address (server), "mara", LF_REAL_PASSWORD, TRUE, NULL,
                           on_signed_in, person);
  lf_wait_until (person->is_done, 20000);
  g_assert_no_error (person->error);
  lf_wait_until (lf_client_get_state (person->client) == LF_CLIENT_ONLINE, 20000);
}

static void
restore (Person       *person,
         LfRealServer *server)
{
  person_begin (person);
  lf_client_restore_async (person->client, lf_real_server_get_address (server), "mara", NULL, on_signed_in, person);
  lf_wait_until (person->is_done, 20000);
}

static gboolean
is_stored (LfRealServer *server)
{
  Answer   answer = { FALSE };
  gboolean is_found;

  lf_keyring_lookup_async (lf_real_server_get_address (server), "mara", 10000, NULL, on_looked_up, &answer);
  lf_wait_until (answer.is_done, 15000);
  is_found = answer.token != NULL;
  answer_clear (&answer);
  return is_found;
}

static void
test_restore (void)
{
  g_autoptr (LfRealServer) server = NULL;
  Person                   person;

  g_test_summary ("Who is remembered is signed in again without a password, until signing out.");
  if (!lf_real_server_is_built ())
    {
      g_test_skip ("lampfield-server is not built");
      return;
    }
  if (is_skipped ())
    return;
  server = lf_real_server_new ();
  restore (&person, server);
  g_assert_error (person.error, LF_ERROR, LF_ERROR_NOT_FOUND);
  g_assert_cmpint (lf_client_get_state (person.client), ==, LF_CLIENT_SIGNED_OUT);
  person_end (&person);

  sign_in (&person, server);
  lf_wait_until (is_stored (server), 10000);
  person_end (&person);

  for (guint i = 0; i < 2; i++) /* each time with the token of the time before */
    {
      restore (&person, server);
      g_assert_no_error (person.error);
      lf_wait_until (lf_client_get_state (person.client) == LF_CLIENT_ONLINE, 20000);
      lf_spin_for_ms (300); /* the keyring has the new one */
      g_assert_cmpuint (person.n_notices, ==, 0);
      if (i == 0)
        person_end (&person);
    }
  person.is_done = FALSE;
  lf_client_sign_out_async (person.client, NULL, on_signed_in, &person);
  lf_wait_until (person.is_done, 10000);
  lf_wait_until (!is_stored (server), 10000);
  person_end (&person);
}

static void
alone_notice (void)
{
  g_autoptr (LfRealServer) server = lf_real_server_new ();
  Person                   person;

  sign_in (&person, server);
  lf_wait_until (person.n_notices == 1, 10000);
  g_assert_cmpint (lf_client_get_state (person.client), ==, LF_CLIENT_ONLINE);
  person_end (&person);
}

static void
test_notice (void)
{
  g_test_summary ("Without a keyring the sign-in works all the same, with a notice.");
  if (lf_real_server_is_built ())
    run_alone ("unix:path=/nonexistent/bus", "/alone/notice");
  else
    g_test_skip ("lampfield-server is not built");
}

int
main (int   argc,
      char *argv[])
{
  gboolean is_alone = argc > 1 && g_str_equal (argv[argc - 1], "--alone");

  if (is_alone)
    argv[--argc] = NULL;
  g_test_init (&argc, &argv, NULL);

  if (is_alone)
    {
      g_test_add_func ("/alone/none", alone_none);
      g_test_add_func ("/alone/silent", alone_silent);
      g_test_add_func ("/alone/notice", alone_notice);
      return g_test_run ();
    }
  g_test_add_func ("/keyring/none", test_none);
  g_test_add_func ("/keyring/silent", test_silent);
  g_test_add_func ("/keyring/cancel", test_cancel);
  g_test_add_func ("/keyring/round", test_round);
  g_test_add_func ("/keyring/restore", test_restore);
  g_test_add_func ("/keyring/notice", test_notice);
  return g_test_run ();
}

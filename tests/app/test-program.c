/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <stdlib.h>

#include "lf-test-util.h"

/* The program as it is started: what it says of a command line before it opens anything. */

typedef struct
{
  const char *path;
  const char *claim;
  const char *arguments[5];
  int         status;
  const char *said;  /* on either stream */
  const char *given; /* nullable: what it reads */
} Case;

static const Case cases[] = {
  { "version", "it tells its version", { "--version" }, 0, "lampfield " LF_VERSION },
  { "help", "it tells what it is for, with examples", { "--help" }, 0, "lampfield --status away --note" },
  { "status", "a status that is none is said, whether or not the client runs", { "--status", "busy" }, 2, "automatic, available or away" },
  { "size/words", "a size is two numbers", { "--screenshot", "x.png", "--screenshot-size", "large" }, 2, "WIDTHxHEIGHT" },
  { "size/small", "a size under the least is refused", { "--screenshot", "x.png", "--screenshot-size", "200x200" }, 2, "WIDTHxHEIGHT" },
  { "size/rest", "nothing follows a size", { "--screenshot", "x.png", "--screenshot-size", "800x600x" }, 2, "WIDTHxHEIGHT" },
  { "session/server", "a session belongs to a server", { "--session-fd", "0" }, 2, "--session-fd needs --server" },
  { "session/closed", "a descriptor that is not open is said", { "--session-fd", "77", "--server", "http://127.0.0.1:1" }, 2, "descriptor 77" },
  { "session/empty", "a session that is empty is said", { "--session-fd", "0", "--server", "http://127.0.0.1:1" }, 2, "holds no session token", "\n" },
  { "session/words", "a descriptor is a number", { "--session-fd", "x", "--server", "http://127.0.0.1:1" }, 2, "--session-fd" },
  { "option", "an unknown option is said", { "--no-such-option" }, 2, "--no-such-option" },
  { "argument", "an option without its argument is said", { "--who" }, 2, "--who" },
  { "words", "a name of several words needs quotes", { "--call", "Jonas", "Weber" }, 2, "“Weber”" },
};

static char *
run (const Case *c, const char *const *extra, int *status)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                                                        G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess)         process = NULL;
  g_autoptr (GError)              error = NULL;
  const char                     *argv[G_N_ELEMENTS (c->arguments) + 2] = { g_getenv ("LF_PROGRAM") };
  char                           *said = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (c->arguments) && c->arguments[i] != NULL; i++)
    argv[i + 1] = c->arguments[i];
  for (; extra != NULL && extra[0] != NULL; extra += 2)
    g_subprocess_launcher_setenv (launcher, extra[0], extra[1], TRUE);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  /* Only who waits for a line gets one: the pipe of others may be closed before it is written. A program that goes on
   * instead of ending is ended by the time-out of the test. */
  g_assert_true (g_subprocess_communicate_utf8 (process, c->given, NULL, &said, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  *status = g_subprocess_get_exit_status (process);

  return said;
}

static void
test_case (gconstpointer data)
{
  const Case      *c = data;
  g_autofree char *said = NULL;
  int              status;

  g_test_summary (c->claim);
  said = run (c, NULL, &status);
  g_test_message ("%s", said);
  g_assert_cmpint (status, ==, c->status);
  g_assert_nonnull (strstr (said, c->said));
}

static void
test_letters (void)
{
  static const Case        c = { NULL, NULL, { "--status", "away", "--note", "Büro" }, 3, NULL };
  static const Case        rest = { NULL, NULL, { "--who", "Zoë", "Größe" }, 2, NULL };
  static const char *const extra[] = { "LC_ALL", "C", "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", NULL };
  static const char *const missing[] = { "LC_ALL", "xx_XX.UTF-8", "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", NULL };
  g_autofree char         *said = NULL;
  g_autofree char         *said_missing = NULL;
  g_autofree char         *said_rest = NULL;
  int                      status;

  g_test_summary ("Letters are read and written where no locale is named, as in a crontab, or one that is not there");
  said = run (&c, extra, &status);
  g_test_message ("%s", said);
  g_assert_cmpint (status, ==, c.status);
  g_assert_nonnull (strstr (said, "There is no session bus here"));
  said_missing = run (&c, missing, &status);
  g_assert_cmpint (status, ==, c.status);
  g_assert_cmpstr (said_missing, ==, said);
  said_rest = run (&rest, extra, &status);
  g_assert_cmpint (status, ==, rest.status);
  g_assert_nonnull (strstr (said_rest, "“Größe”"));
}

/* Not called: this thread waits for the other program. */
static void
on_method_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
test_still (void)
{
  static const Case                 c = { NULL, NULL, { "--call", "jonas" }, 3, NULL };
  static const GDBusInterfaceVTable vtable = { on_method_call, NULL, NULL, { NULL } };
  g_autoptr (GTestDBus)             bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusConnection)       connection = NULL;
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml ("<node><interface name='org.lampfield.Lampfield1'>"
                                                                                 "<property name='State' type='s' access='read'/>"
                                                                                 "<method name='Call'><arg type='s' direction='in'/></method></interface></node>",
                                                                         NULL);
  g_autoptr (GVariant)              reply = NULL;
  g_autofree char                  *said = NULL;
  const char                       *extra[] = { "DBUS_SESSION_BUS_ADDRESS", NULL, NULL };
  gint64                            before_us;
  int                               status;

  g_test_summary ("A client that stands still is not waited for long, and said so");
  g_test_dbus_up (bus);
  extra[1] = g_test_dbus_get_bus_address (bus);
  connection = g_dbus_connection_new_for_address_sync (extra[1], G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);
  g_assert_cmpuint (g_dbus_connection_register_object (connection, "/org/lampfield/Lampfield", node->interfaces[0], &vtable, NULL, NULL, NULL), >, 0);
  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", LF_APP_ID, 0), NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, NULL);
  g_assert_nonnull (reply);
  before_us = g_get_monotonic_time ();
  said = run (&c, extra, &status);
  g_test_message ("%s", said);
  g_assert_cmpint (status, ==, c.status);
  g_assert_nonnull (strstr (said, "does not answer"));
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 30 * G_USEC_PER_SEC);
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_test_dbus_down (bus);
}

static void
test_schema (void)
{
  static const Case        c = { NULL, NULL, { "--version" }, 1, NULL };
  static const char *const extra[] = { "GSETTINGS_SCHEMA_DIR", "/nonexistent", "XDG_DATA_DIRS", "/nonexistent", "XDG_DATA_HOME", "/nonexistent", NULL };
  g_autofree char         *said = NULL;
  int                      status;

  g_test_summary ("Without its settings schema it says what is missing, instead of breaking off");
  said = run (&c, extra, &status);
  g_assert_cmpint (status, ==, 1);
  g_assert_nonnull (strstr (said, "settings schema"));
}

static void
test_language (void)
{
  static const Case       c = { NULL, NULL, { "--help" }, 0, NULL };
  g_autofree char        *folder = g_dir_make_tmp ("lf-locale-XXXXXX", NULL);
  g_autofree char        *locale = g_build_filename (folder, "de_DE.UTF-8", NULL);
  const char *const       extra[] = { "LOCPATH", folder, "LC_ALL", "de_DE.UTF-8", "LANGUAGE", "de", NULL };
  const char *const       make[] = { "localedef", "-i", "de_DE", "-f", "UTF-8", locale, NULL };
  g_autoptr (GSubprocess) maker = NULL;
  g_autofree char        *said = NULL;
  int                     status;

  g_test_summary ("A program that is not installed speaks the user's language too");
  maker = g_subprocess_newv (make, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  if (maker == NULL || !g_subprocess_wait_check (maker, NULL, NULL))
    {
      lf_test_remove_folder (folder);
      g_test_skip ("no locale can be made here: the package locales is missing");
      return;
    }
  said = run (&c, extra, &status);
  lf_test_remove_folder (folder);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (said, "Adresse des Servers"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("LF_PROGRAM") == NULL)
    {
      g_print ("1..0 # SKIP LF_PROGRAM does not name the program\n");
      return 77;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/program/", cases[i].path, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/program/letters", test_letters);
  g_test_add_func ("/program/still", test_still);
  g_test_add_func ("/program/schema", test_schema);
  if (g_getenv ("LF_LOCALEDIR") != NULL)
    g_test_add_func ("/program/language", test_language);

  return g_test_run ();
}

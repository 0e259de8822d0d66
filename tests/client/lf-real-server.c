/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <glib/gstdio.h>

#include "lf-real-server.h"
#include "lf-test-util.h"

#define PEOPLE                                                                                      \
  "login,name,title,department,mail,addresses,password\n"                                           \
  "mara,Mara Lind,Engineer,Engineering,mara@sample.invalid,tel:2040," LF_REAL_PASSWORD "\n"         \
  "jonas,Jonas Weberling,Engineer,Engineering,jonas@sample.invalid,tel:2041," LF_REAL_PASSWORD "\n" \
  "priya,Priya Nairthan,Designer,Design,priya@sample.invalid,tel:2042," LF_REAL_PASSWORD "\n"

struct _LfRealServer
{
  char        *folder;  /* owned */
  char        *address; /* owned, nullable: "http://127.0.0.1:port" */
  GSubprocess *process; /* owned, nullable */
};

static const char *
get_program (void)
{
  return g_getenv ("LF_SERVER");
}

/**
 * lf_real_server_is_built:
 *
 * Returns: %TRUE if there is a server to test against
 */
gboolean
lf_real_server_is_built (void)
{
  return get_program () != NULL && g_file_test (get_program (), G_FILE_TEST_IS_EXECUTABLE);
}

static char *
read_address (LfRealServer *self)
{
  g_autofree char *path = g_build_filename (self->folder, "address", NULL);
  char            *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_strstrip (text);
  if (text[0] == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

static gboolean
can_connect (LfRealServer *self)
{
  g_autoptr (GSocketClient)     client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, strstr (self->address, "://") + 3, 80, NULL, NULL);

  return connection != NULL;
}

/* A test that fails must not leave its server behind. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/**
 * lf_real_server_start:
 * @self: a server that does not run
 *
 * Starts it, and waits until it listens.
 */
void
lf_real_server_start (LfRealServer *self)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError)              error = NULL;
  g_autofree char                *text = NULL;
  g_autofree char                *path = g_build_filename (self->folder, "address", NULL);
  const char                     *listen = self->address != NULL ? strstr (self->address, "://") + 3 : "127.0.0.1:0";

  g_unlink (path);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  self->process = g_subprocess_launcher_spawn (launcher, &error, get_program (), "--listen", listen, "--data",
                                               self->folder, NULL);
  g_assert_no_error (error);
  lf_wait_until ((text = read_address (self)) != NULL, 20000);
  if (self->address == NULL)
    self->address = strstr (text, "://") != NULL ? g_steal_pointer (&text) : g_strconcat ("http://", text, NULL);
  lf_wait_until (can_connect (self), 20000);
}

/**
 * lf_real_server_get_folder:
 * @self: a server
 *
 * Returns: where its data are
 */
const char *
lf_real_server_get_folder (LfRealServer *self)
{
  return self->folder;
}

/**
 * lf_real_server_kill:
 * @self: a running server
 *
 * Ends it as a crash would.
 */
void
lf_real_server_kill (LfRealServer *self)
{
  g_subprocess_send_signal (self->process, SIGKILL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

/**
 * lf_real_server_freeze:
 * @self: a running server
 * @is_frozen: whether it is to stand still
 *
 * Stops its process, or lets it go on.
 */
void
lf_real_server_freeze (LfRealServer *self,
                       gboolean      is_frozen)
{
  g_subprocess_send_signal (self->process, is_frozen ? SIGSTOP : SIGCONT);
}

static char *
run (char **argv)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError)      error = NULL;
  char                   *out = NULL;

  process = g_subprocess_newv ((const char *const *) argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return g_strstrip (out);
}

/**
 * lf_real_server_administrate:
 * @self: a server
 * @...: arguments, then %NULL
 *
 * Returns: (transfer full): what the command printed, stripped
 */
char *
lf_real_server_administrate (LfRealServer *self,
                             ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  const char           *argument;
  va_list               arguments;

  g_ptr_array_add (argv, (char *) get_program ());
  va_start (arguments, self);
  while ((argument = va_arg (arguments, const char *)) != NULL)
    g_ptr_array_add (argv, (char *) argument);
  va_end (arguments);
  g_ptr_array_add (argv, (char *) "--data");
  g_ptr_array_add (argv, self->folder);
  g_ptr_array_add (argv, NULL);
  return run ((char **) argv->pdata);
}

static void
add_people (LfRealServer *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *people = g_build_filename (self->folder, "people.csv", NULL);
  g_autofree char   *imported = NULL;
  g_autofree char   *assigned = NULL;

  g_file_set_contents (people, PEOPLE, -1, &error);
  g_assert_no_error (error);
  imported = lf_real_server_administrate (self, "user", "import", people, NULL);
  assigned = lf_real_server_administrate (self, "line", "assign", "2041", "jonas", "--address", "tel:2041", NULL);
}

/**
 * lf_real_server_new:
 *
 * Returns: (transfer full): a server with its people, running
 */
LfRealServer *
lf_real_server_new (void)
{
  LfRealServer      *self = g_new0 (LfRealServer, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("lampfield-client-XXXXXX", &error);
  g_assert_no_error (error);
  add_people (self);
  lf_real_server_start (self);
  return self;
}

/**
 * lf_real_server_empty:
 * @self: a server that does not run
 *
 * Everything it stored is gone. Accounts of the same names are made: nobody has the id of before.
 */
void
lf_real_server_empty (LfRealServer *self)
{
  lf_test_remove_folder (self->folder);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  add_people (self);
}

static char *
make_saved_path (LfRealServer *self)
{
  return g_strconcat (self->folder, "-saved", NULL);
}

/**
 * lf_real_server_save:
 * @self: a server that does not run
 *
 * Makes a backup of its data.
 */
void
lf_real_server_save (LfRealServer *self)
{
  g_autofree char *saved = make_saved_path (self);
  char            *argv[] = { (char *) "cp", (char *) "-a", self->folder, saved, NULL };
  g_autofree char *out = run (argv);
}

/**
 * lf_real_server_set_back:
 * @self: a server that does not run, of which there is a backup
 *
 * Restores it from the backup, which is gone then.
 */
void
lf_real_server_set_back (LfRealServer *self)
{
  g_autofree char *saved = make_saved_path (self);

  lf_test_remove_folder (self->folder);
  g_assert_cmpint (g_rename (saved, self->folder), ==, 0);
}

/**
 * lf_real_server_free:
 * @self: a server
 *
 * Stops it and removes its folder. One that runs must end well.
 */
void
lf_real_server_free (LfRealServer *self)
{
  if (self->process != NULL)
    {
      g_subprocess_send_signal (self->process, SIGTERM);
      g_subprocess_wait (self->process, NULL, NULL);
      if (!g_subprocess_get_successful (self->process))
        g_error ("the server did not end well: status %d", g_subprocess_get_status (self->process));
      g_clear_object (&self->process);
    }
  lf_test_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->address);
  g_free (self);
}

/**
 * lf_real_server_get_address:
 * @self: a server
 *
 * Returns: its address
 */
const char *
lf_real_server_get_address (LfRealServer *self)
{
  return self->address;
}

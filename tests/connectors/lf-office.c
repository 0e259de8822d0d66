/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <glib/gstdio.h>

#include "lampfield-core.h"
#include "lf-office.h"
#include "lf-test-util.h"

#define PASSWORD "correct horse battery"

/* Nothing outlives a test that fails. */
static void
set_up_child (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* The programs get no fatal warnings: what they warn of here is part of the tests. */
static GSubprocess *
spawn (GSubprocessFlags flags, const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError)              error = NULL;
  GSubprocess                    *process;

  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  g_subprocess_launcher_set_child_setup (launcher, set_up_child, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

static char *
run (const char *const *argv)
{
  g_autoptr (GSubprocess) process = spawn (G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  g_autoptr (GError)      error = NULL;
  char                   *output = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return output;
}

static const char *
get_server_program (void)
{
  const char *program = g_getenv ("LF_SERVER_PROGRAM");

  g_assert_nonnull (program);
  return program;
}

char *
lf_office_path (LfOffice *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

void
lf_office_write (LfOffice *self, const char *name, const char *text)
{
  g_autofree char   *path = lf_office_path (self, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

void
lf_office_add_person (LfOffice *self, const char *login)
{
  g_autofree char *data = lf_office_path (self, "data");
  g_autofree char *path = lf_office_path (self, "people.csv");
  g_autofree char *rows = g_strdup_printf ("login,name,title,department,mail,addresses,password\n"
                                           "%s,%s Example,,,%s@example.org,,%s\n",
                                           login, login, login, PASSWORD);
  g_autofree char *output = NULL;

  lf_office_write (self, "people.csv", rows);
  output = run ((const char *const[]){ get_server_program (), "user", "import", path, "--data", data, NULL });
}

static gboolean
read_address (LfOffice *self)
{
  g_autofree char *path = lf_office_path (self, "data/address");

  g_clear_pointer (&self->address, g_free);
  if (!g_file_get_contents (path, &self->address, NULL, NULL))
    return FALSE;
  return *g_strstrip (self->address) != '\0';
}

void
lf_office_start_server (LfOffice *self)
{
  g_autofree char *data = lf_office_path (self, "data");
  g_autofree char *old = g_steal_pointer (&self->address);
  g_autofree char *address_file = lf_office_path (self, "data/address");
  const char      *listen = old == NULL ? "127.0.0.1:0" : strstr (old, "://") + 3;

  g_unlink (address_file);
  self->server = spawn (G_SUBPROCESS_FLAGS_NONE,
                        (const char *const[]){ get_server_program (), "--listen", listen, "--data", data, NULL });
  lf_wait_until (read_address (self), LF_OFFICE_DEADLINE_MS);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean          *is_done = user_data;
  g_autoptr (GError) error = NULL;

  lf_session_login_finish (LF_SESSION (source), result, &error);
  g_assert_no_error (error);
  *is_done = TRUE;
}

LfOffice *
lf_office_new (void)
{
  LfOffice          *self = g_new0 (LfOffice, 1);
  g_autofree char   *data = NULL;
  g_autofree char   *token = NULL;
  g_autoptr (GError) error = NULL;
  gboolean           is_signed_in = FALSE;

  self->folder = g_dir_make_tmp ("lf-office-XXXXXX", &error);
  g_assert_no_error (error);
  self->config = lf_office_path (self, "calendar.conf");
  data = lf_office_path (self, "data");
  lf_office_add_person (self, "mara");
  lf_office_add_person (self, "ben");
  lf_office_add_person (self, "eva");
  token = run ((const char *const[]){ get_server_program (), "token", "create", "--connector", "calendar", "--name",
                                      "calendars", "--data", data, NULL });
  lf_office_write (self, "token", token);
  lf_office_start_server (self);

  self->clock = lf_clock_new_system ();
  self->session = lf_session_new (self->address, self->clock, &error);
  g_assert_no_error (error);
  lf_session_login_async (self->session, "eva", PASSWORD, "test", NULL, on_signed_in, &is_signed_in);
  lf_wait_until (is_signed_in, LF_OFFICE_DEADLINE_MS);
  return self;
}

static void
on_process_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  *(gboolean *) user_data = TRUE;
}

/* The exit code, or -1 for a process that a signal ended. */
int
lf_office_stop (GSubprocess **process, int signal_number)
{
  gboolean is_ended = FALSE;
  int      exit_code;

  g_subprocess_send_signal (*process, signal_number);
  g_subprocess_wait_async (*process, NULL, on_process_ended, &is_ended);
  lf_wait_until (is_ended, LF_OFFICE_DEADLINE_MS);
  exit_code = g_subprocess_get_if_exited (*process) ? g_subprocess_get_exit_status (*process) : -1;
  g_clear_object (process);
  return exit_code;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name = dir == NULL ? NULL : g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
lf_office_free (LfOffice *self)
{
  if (self->connector != NULL)
    lf_office_stop (&self->connector, SIGKILL);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  if (self->server != NULL)
    g_assert_cmpint (lf_office_stop (&self->server, SIGTERM), ==, 0);
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->address);
  g_free (self->config);
  g_free (self);
}

void
lf_office_configure (LfOffice *self, const char *sources)
{
  g_autofree char *text = g_strdup_printf ("[server]\nurl=%s\ntoken-file=token\n[reading]\nrefresh-seconds=3600\n%s",
                                           self->address, sources);

  lf_office_write (self, "calendar.conf", text);
}

void
lf_office_start_connector (LfOffice *self)
{
  self->connector = spawn (G_SUBPROCESS_FLAGS_NONE,
                           (const char *const[]){ g_getenv ("LF_CALENDAR_PROGRAM"), "--config", self->config, NULL });
}

/* One call to the server, as eva. */
typedef struct
{
  gpointer body;
  gboolean is_done;
} Call;

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call              *call = user_data;
  g_autoptr (GError) error = NULL;

  call->body = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  if (error != NULL)
    g_test_message ("%s", error->message);
  call->is_done = TRUE;
}

static gpointer
get (LfOffice *self, const char *path, const LfSchema *schema)
{
  Call call = { NULL, FALSE };

  lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, schema, NULL, on_called, &call);
  lf_wait_until (call.is_done, LF_OFFICE_DEADLINE_MS);
  return call.body;
}

gboolean
lf_office_is_busy (LfOffice *self, const char *login, gint64 at_us)
{
  g_autofree char             *search = g_strconcat ("/users?q=", login, NULL);
  g_autoptr (LfWirePeoplePage) people = get (self, search, &lf_schema_people_page);
  g_autoptr (LfWireBusyList)   list = NULL;
  g_autofree char             *path = NULL;
  char                         from[LF_INSTANT_MAX_CHARS];
  char                         to[LF_INSTANT_MAX_CHARS];

  if (people == NULL || people->items->len != 1)
    return FALSE;
  lf_instant_format (at_us, from);
  lf_instant_format (at_us + LF_MINUTE, to);
  path = g_strdup_printf ("/busy?users=%s&from=%s&to=%s",
                          ((LfWirePerson *) g_ptr_array_index (people->items, 0))->id, from, to);
  list = get (self, path, &lf_schema_busy_list);
  if (list == NULL || list->items->len != 1)
    return FALSE;
  return ((LfWireBusy *) g_ptr_array_index (list->items, 0))->periods->len > 0;
}

void
lf_office_wait_busy (LfOffice *self, const char *login, gint64 at_us, gboolean is_busy)
{
  gint64 deadline_us = g_get_monotonic_time () + LF_OFFICE_DEADLINE_MS * G_TIME_SPAN_MILLISECOND;

  while (lf_office_is_busy (self, login, at_us) != is_busy)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      lf_spin_for_ms (50); /* between two questions, to leave the machine to the programs */
    }
}

static guint
count_files_with (const char *path, const char *word)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint            n_found = 0;

  for (const char *name = dir == NULL ? NULL : g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      g_autofree char *bytes = NULL;
      gsize            length;

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        n_found += count_files_with (child, word);
      else if (g_file_get_contents (child, &bytes, &length, NULL) && memmem (bytes, length, word, strlen (word)) != NULL)
        n_found++;
    }
  return n_found;
}

guint
lf_office_count_files_with (LfOffice *self, const char *word)
{
  g_autofree char *data = lf_office_path (self, "data");

  return count_files_with (data, word);
}

char *
lf_office_make_calendar (gint64 start_us)
{
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (start_us / LF_SECOND);
  g_autofree char      *text = g_date_time_format (start, "%Y%m%dT%H%M%SZ");

  return g_strdup_printf ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:PLANTED-TITLE\r\n"
                          "LOCATION:PLANTED-PLACE\r\nATTENDEE;CN=PLANTED-NAME:mailto:planted@example.org\r\n"
                          "DTSTART:%s\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                          text);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lf-program.h"
#include "lf-server-fixture.h"
#include "lf-test-util.h"

static const char *program; /* argv[1] of the test */

void
lf_program_init (int argc, char **argv)
{
  if (argc < 2)
    {
      g_printerr ("Name the path of lampfield-server\n");
      exit (2);
    }
  program = argv[1];
}

const char *
lf_program_get_path (void)
{
  return program;
}

void
lf_program_set_up (LfProgram *self, gconstpointer unused)
{
  self->folder = lf_test_folder_new ();
}

void
lf_program_kill (LfProgram *self)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_force_exit (self->server);
  g_subprocess_wait (self->server, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->server);
}

void
lf_program_tear_down (LfProgram *self, gconstpointer unused)
{
  if (self->server != NULL)
    lf_program_kill (self);
  lf_test_folder_free (self->folder);
}

static gboolean
read_address (LfProgram *self)
{
  g_autofree char *path = g_build_filename (self->folder, "address", NULL);
  g_autofree char *address = NULL;
  const char      *colon;

  if (!g_file_get_contents (path, &address, NULL, NULL) || (colon = strrchr (address, ':')) == NULL)
    return FALSE;
  self->rig.port = (guint16) atoi (colon + 1);
  return self->rig.port != 0;
}

void
lf_program_start (LfProgram *self)
{
  g_autofree char   *path = g_build_filename (self->folder, "address", NULL);
  g_autoptr (GError) error = NULL;

  unlink (path); /* of one that was killed */
  self->server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, program, "--listen", "127.0.0.1:0", "--data", self->folder, NULL);
  g_assert_no_error (error);
  lf_wait_until (read_address (self), LF_RIG_WAIT_MS);
}

void
lf_said_clear (LfSaid *said)
{
  g_free (said->out);
  g_free (said->err);
}

void
lf_program_run_argv (const char *const *argv, const char *input, LfSaid *said)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError)      error = NULL;

  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &said->out, &said->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  said->status = g_subprocess_get_exit_status (process);
}

void
lf_program_run (LfProgram *self, LfSaid *said, const char *input, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  va_list               words;

  g_ptr_array_add (argv, (char *) program);
  va_start (words, input);
  for (const char *word = va_arg (words, const char *); word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (char *) word);
  va_end (words);
  g_ptr_array_add (argv, (char *) "--data");
  g_ptr_array_add (argv, self->folder);
  g_ptr_array_add (argv, NULL);
  lf_program_run_argv ((const char *const *) argv->pdata, input, said);
}

void
lf_program_write_file (LfProgram *self, const char *name, const char *text, char **path)
{
  g_autoptr (GError) error = NULL;

  *path = g_build_filename (self->folder, name, NULL);
  g_file_set_contents (*path, text, -1, &error);
  g_assert_no_error (error);
}

void
lf_program_import (LfProgram *self, const char *text)
{
  g_autofree char *path = NULL;
  g_auto (LfSaid)  said = { 0 };

  lf_program_write_file (self, "people.csv", text, &path);
  lf_program_run (self, &said, NULL, "user", "import", path, NULL);
  g_assert_cmpstr (said.err, ==, "");
  g_assert_cmpint (said.status, ==, 0);
}

char *
lf_program_sign_in (LfProgram *self, const char *login, const char *password, guint status)
{
  g_autofree char         *body = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"%s\"}", login, password);
  g_autoptr (LfRawReply)   reply = lf_raw_call (&self->rig, "POST", "/auth/login", NULL, body);
  g_autoptr (LfWireTokens) tokens = NULL;

  g_assert_cmpuint (reply->status, ==, status);
  if (status != 200)
    return NULL;
  tokens = lf_codec_decode (&lf_schema_tokens, reply->body, strlen (reply->body), &lf_json_limits_reply, NULL);
  return g_strdup (tokens->access_token);
}

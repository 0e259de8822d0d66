/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "lf-program.h"
#include "lf-server-fixture.h"
#include "lf-test-util.h"

/* The command line of the real program, with and without a server that holds the folder. */

static void
test_commands (LfProgram *fixture, gconstpointer is_running)
{
  g_autofree char *token = NULL;

  g_test_summary ("Every command works, whether or not a server holds the folder");
  if (is_running != NULL)
    lf_program_start (fixture);
  lf_program_import (fixture, "login,name,phone,password\nmara,Mara Klein,2041," LF_PROGRAM_PASSWORD "\njonas,Jonas Weber,,\n");
  {
    g_auto (LfSaid) list = { 0 };

    lf_program_run (fixture, &list, NULL, "user", "list", NULL);
    g_assert_cmpstr (list.out, ==, "jonas\tJonas Weber\t\topen, no password\nmara\tMara Klein\t\topen\n");
  }
  {
    g_auto (LfSaid) add = { 0 };
    g_auto (LfSaid) passwd = { 0 };
    g_auto (LfSaid) block = { 0 };
    g_auto (LfSaid) unblock = { 0 };

    lf_program_run (fixture, &add, LF_PROGRAM_PASSWORD "\n", "user", "add", "priya", "--name", "Priya Nair", "--address", "sip:2043@pbx.example", "--password-stdin", NULL);
    g_assert_cmpstr (add.err, ==, "");
    lf_program_run (fixture, &passwd, LF_PROGRAM_PASSWORD "\n", "user", "passwd", "jonas", "--password-stdin", NULL);
    g_assert_cmpint (passwd.status, ==, 0);
    lf_program_run (fixture, &block, NULL, "user", "block", "jonas", NULL);
    g_assert_cmpint (block.status, ==, 0);
    lf_program_run (fixture, &unblock, NULL, "user", "unblock", "jonas", NULL);
    g_assert_cmpint (unblock.status, ==, 0);
  }
  {
    g_auto (LfSaid) assign = { 0 };
    g_auto (LfSaid) second = { 0 };
    g_auto (LfSaid) list = { 0 };
    g_auto (LfSaid) share = { 0 };
    g_auto (LfSaid) shared = { 0 };
    g_auto (LfSaid) unshare = { 0 };
    g_auto (LfSaid) gone = { 0 };

    lf_program_run (fixture, &assign, NULL, "line", "assign", "2041", "mara", "--address", "2041", NULL);
    g_assert_cmpint (assign.status, ==, 0);
    lf_program_run (fixture, &second, NULL, "line", "assign", "2042", "mara", "--address", "sip:2042@pbx.example", "--secondary", NULL);
    g_assert_cmpint (second.status, ==, 0);
    lf_program_run (fixture, &list, NULL, "line", "list", NULL);
    g_assert_cmpstr (list.out, ==, "2041\ttel:2041\tmara\tprimary\n2042\tsip:2042@pbx.example\tmara\tsecondary\n");
    lf_program_run (fixture, &share, NULL, "line", "share", "2042", "jonas", NULL);
    g_assert_cmpstr (share.out, ==, "Line “2042” is a primary line of “jonas”, too\n");
    lf_program_run (fixture, &shared, NULL, "line", "list", NULL);
    g_assert_nonnull (strstr (shared.out, "mara\tsecondary\tshared with jonas (primary)\n"));
    lf_program_run (fixture, &unshare, NULL, "line", "unshare", "2042", "jonas", NULL);
    g_assert_cmpstr (unshare.out, ==, "Line “2042” is no longer a line of “jonas”\n");
    lf_program_run (fixture, &gone, NULL, "line", "remove", "2042", NULL);
    g_assert_cmpint (gone.status, ==, 0);
  }
  {
    g_auto (LfSaid) create = { 0 };

    lf_program_run (fixture, &create, NULL, "token", "create", "--connector", "calendar", "--name", "Calendars", NULL);
    g_assert_cmpint (create.status, ==, 0);
    token = g_strdup (g_strstrip (create.out));
    g_assert_true (g_str_has_prefix (token, "lfc_"));
  }
  {
    g_auto (LfSaid) how = { 0 };

    lf_program_run (fixture, &how, NULL, "connector", "list", NULL);
    g_assert_cmpstr (how.out, ==, is_running != NULL ? "Calendars\tcalendar\taway\n" : "Calendars\tcalendar\tno server runs\n");
  }

  if (is_running == NULL)
    lf_program_start (fixture);
  g_free (lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 200));
  g_free (lf_program_sign_in (fixture, "priya", LF_PROGRAM_PASSWORD, 200));
  g_free (lf_program_sign_in (fixture, "jonas", LF_PROGRAM_PASSWORD, 200));
  {
    g_autoptr (LfRawReply) people = lf_raw_call (&fixture->rig, "GET", "/connector/people", token, NULL);
    g_auto (LfSaid)        list = { 0 };
    g_auto (GStrv)         words = NULL;
    g_auto (LfSaid)        removed = { 0 };
    g_autoptr (LfRawReply) after = NULL;

    g_assert_cmpuint (people->status, ==, 200);
    g_assert_nonnull (strstr (people->body, "\"priya\""));
    lf_program_run (fixture, &list, NULL, "token", "list", NULL);
    words = g_strsplit (list.out, "\t", 2);
    lf_program_run (fixture, &removed, NULL, "token", "remove", words[0], NULL);
    g_assert_cmpint (removed.status, ==, 0);
    after = lf_raw_call (&fixture->rig, "GET", "/connector/people", token, NULL);
    g_assert_cmpuint (after->status, ==, 401);
  }
}

static void
test_places (LfProgram *fixture, gconstpointer is_running)
{
  g_auto (LfSaid)        add = { 0 };
  g_auto (LfSaid)        again = { 0 };
  g_auto (LfSaid)        passwd = { 0 };
  g_auto (LfSaid)        session = { 0 };
  g_auto (LfSaid)        mara = { 0 };
  g_auto (LfSaid)        calendars = { 0 };
  g_auto (LfSaid)        people = { 0 };
  g_auto (LfSaid)        explain = { 0 };
  g_auto (LfSaid)        moved = { 0 };
  g_auto (LfSaid)        remove = { 0 };
  g_auto (LfSaid)        unblock = { 0 };
  g_auto (LfSaid)        dead = { 0 };
  g_auto (LfSaid)        back = { 0 };
  g_autofree char       *token = NULL;
  g_autofree char       *body = NULL;
  g_autoptr (LfRawReply) found = NULL;
  g_autoptr (LfRawReply) talk = NULL;
  g_autoptr (LfRawReply) contact = NULL;
  g_autoptr (LfRawReply) read = NULL;
  g_autoptr (LfRawReply) elsewhere = NULL;
  g_autoptr (LfRawReply) gone = NULL;
  const char            *id;
  g_autofree char       *path = NULL;

  g_test_summary ("A place is found and is a contact, but nobody signs in there or writes to it; it goes, and comes back");
  lf_program_import (fixture, "login,name,password\nmara,Mara Klein," LF_PROGRAM_PASSWORD "\n");
  if (is_running != NULL)
    lf_program_start (fixture);
  lf_program_run (fixture, &add, NULL, "place", "add", "lobby", "Front lobby", "--line", "2090", "--address", "2090", NULL);
  g_assert_cmpstr (add.out, ==, "“lobby” is a place with line “2090”\n");
  lf_program_run (fixture, &again, NULL, "place", "add", "lobby2", "Lobby", "--line", "2090", NULL);
  g_assert_nonnull (strstr (again.err, "somebody's"));
  lf_program_run (fixture, &passwd, LF_PROGRAM_PASSWORD "\n", "user", "passwd", "lobby", "--password-stdin", NULL);
  g_assert_nonnull (strstr (passwd.err, "nobody signs in"));
  lf_program_run (fixture, &session, NULL, "session", "create", "lobby", NULL);
  g_assert_nonnull (strstr (session.err, "nobody signs in"));
  lf_program_run (fixture, &people, NULL, "user", "list", NULL);
  g_assert_nonnull (strstr (people.out, "lobby\tFront lobby\t\topen, place\n"));
  lf_program_run (fixture, &mara, NULL, "place", "remove", "mara", NULL);
  g_assert_nonnull (strstr (mara.err, "no place"));
  lf_program_run (fixture, &calendars, NULL, "token", "create", "--connector", "calendar", "--name", "Calendars", NULL);
  g_assert_cmpint (calendars.status, ==, 0);

  if (is_running == NULL)
    lf_program_start (fixture);
  g_free (lf_program_sign_in (fixture, "lobby", LF_PROGRAM_PASSWORD, 401));
  token = lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 200);
  found = lf_raw_call (&fixture->rig, "GET", "/users?q=lobby", token, NULL);
  g_assert_nonnull (strstr (found->body, "\"place\":true"));
  g_assert_nonnull (strstr (found->body, "tel:2090"));
  id = strstr (found->body, "\"id\":\"");
  g_assert_nonnull (id);
  id += strlen ("\"id\":\"");
  body = g_strdup_printf ("{\"members\":[\"%.*s\"]}", (int) strcspn (id, "\""), id);
  path = g_strdup_printf ("/contacts/%.*s", (int) strcspn (id, "\""), id);
  talk = lf_raw_call (&fixture->rig, "POST", "/conversations", token, body);
  g_assert_cmpuint (talk->status, ==, 404);
  contact = lf_raw_call (&fixture->rig, "PUT", path, token, "{\"speed_dial\":1}");
  g_assert_cmpuint (contact->status, ==, 201);
  read = lf_raw_call (&fixture->rig, "GET", "/contacts", token, NULL);
  g_assert_nonnull (strstr (read->body, "\"place\":true"));
  {
    g_autoptr (LfRawReply) asked = lf_raw_call (&fixture->rig, "GET", "/connector/people", g_strstrip (calendars.out), NULL);

    g_assert_nonnull (strstr (asked->body, "\"mara\""));
    g_assert_null (strstr (asked->body, "\"lobby\""));
  }
  lf_program_run (fixture, &explain, NULL, "explain", "lobby", NULL);
  g_assert_nonnull (strstr (explain.out, "reachability/place  unknown"));
  lf_program_run (fixture, &moved, NULL, "line", "assign", "2090", "lobby", "--address", "2091", NULL);
  g_assert_cmpint (moved.status, ==, 0);
  elsewhere = lf_raw_call (&fixture->rig, "GET", "/users?q=lobby", token, NULL);
  g_assert_nonnull (strstr (elsewhere->body, "tel:2091"));
  g_assert_null (strstr (elsewhere->body, "tel:2090"));
  lf_program_run (fixture, &remove, NULL, "place", "remove", "lobby", NULL);
  g_assert_cmpstr (remove.out, ==, "The place “lobby” is removed\n");
  gone = lf_raw_call (&fixture->rig, "GET", "/users?q=lobby", token, NULL);
  g_assert_null (strstr (gone->body, "Front lobby"));
  lf_program_run (fixture, &unblock, NULL, "user", "unblock", "lobby", NULL);
  g_assert_nonnull (strstr (unblock.err, "place add"));
  lf_program_run (fixture, &dead, NULL, "line", "assign", "2090", "lobby", "--address", "2091", NULL);
  g_assert_nonnull (strstr (dead.err, "is removed"));
  lf_program_run (fixture, &back, NULL, "place", "add", "lobby", "Lobby", "--line", "2090", NULL);
  g_assert_cmpstr (back.out, ==, "“lobby” is a place with line “2090”\n");
}

static const struct
{
  const char *claim;
  const char *words[9]; /* ended by NULL */
  const char *input;
  int         status;
  const char *message;
} bad_commands[] = {
  { "no verb", { "user" }, NULL, 2, "Usage:" },
  { "a verb that is none", { "user", "paint" }, NULL, 2, "Usage:" },
  { "an option that is none", { "user", "list", "--colour" }, NULL, 2, "Usage:" },
  { "a password among the arguments", { "user", "passwd", "mara", "secret123" }, NULL, 2, "Usage:" },
  { "a file that is not there", { "user", "import", "/nonexistent/people.csv" }, NULL, 1, "/nonexistent/people.csv" },
  { "nobody of that name", { "user", "passwd", "nobody", "--password-stdin" }, "long enough\n", 1, "nobody" },
  { "a short password", { "user", "passwd", "mara", "--password-stdin" }, "short\n", 1, "8 to 200" },
  { "no password", { "user", "passwd", "mara", "--password-stdin" }, "", 1, "no password" },
  { "no name", { "user", "add", "karl", "--password-stdin" }, "long enough\n", 1, "name is missing" },
  { "a login that is taken", { "user", "add", "MARA", "--name", "Mara", "--password-stdin" }, "long enough\n", 1, "taken" },
  { "a line of nobody", { "line", "assign", "2041", "nobody", "--address", "tel:2041" }, NULL, 1, "nobody" },
  { "a line that is not there is shared", { "line", "share", "9", "mara" }, NULL, 1, "“9”" },
  { "a line is shared with nobody who is there", { "line", "share", "2041", "nobody" }, NULL, 1, "nobody" },
  { "a line is not shared", { "line", "unshare", "2041", "mara" }, NULL, 1, "not shared" },
  { "a line without an address", { "line", "assign", "2041", "mara" }, NULL, 1, "--address" },
  { "a line whose address is none", { "line", "assign", "2041", "mara", "--address", "hello" }, NULL, 1, "hello" },
  { "a place without a line", { "place", "add", "lobby", "Lobby" }, NULL, 1, "--line" },
  { "a place whose new line has no address", { "place", "add", "lobby", "Lobby", "--line", "9" }, NULL, 1, "--address" },
  { "a place with a person's login", { "place", "add", "mara", "Lobby", "--line", "9", "--address", "9" }, NULL, 1, "taken" },
  { "a token of both kinds", { "token", "create", "--connector", "phone", "--admin", "--name", "Both" }, NULL, 1, "--admin" },
  { "a connector that is none", { "token", "create", "--connector", "fax", "--name", "Fax" }, NULL, 1, "phone" },
  { "an explanation of nobody", { "explain", "nobody" }, NULL, 1, "Nobody has the login or the id “nobody”" },
  { "an explanation of two", { "explain", "mara", "jonas" }, NULL, 2, "Usage:" },
  { "an explanation of none", { "explain" }, NULL, 2, "Usage:" },
  { "sessions of nobody", { "session", "create", "nobody" }, NULL, 1, "nobody" },
  { "more sessions than people", { "session", "create", "--count", "2" }, NULL, 1, "only 1 people" },
  { "more sessions than one person may have", { "session", "create", "mara", "--count", "51" }, NULL, 1, "at most 50" },
  { "no sessions", { "session", "create", "--count", "0" }, NULL, 1, "--count" },
  { "sessions for a week", { "session", "create", "--hours", "168" }, NULL, 1, "--hours" },
  { "a token that is not there", { "token", "remove", "t1" }, NULL, 1, "t1" },
};

static void
test_bad_commands (LfProgram *fixture, gconstpointer is_running)
{
  g_test_summary ("A bad command says what is wrong and changes nothing");
  lf_program_import (fixture, "login,name,password\nmara,Mara Klein," LF_PROGRAM_PASSWORD "\n");
  if (is_running != NULL)
    lf_program_start (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (bad_commands); i++)
    {
      const char     *argv[12] = { lf_program_get_path () };
      guint           n_words = 1;
      g_auto (LfSaid) said = { 0 };

      for (guint j = 0; bad_commands[i].words[j] != NULL; j++)
        argv[n_words++] = bad_commands[i].words[j];
      argv[n_words++] = "--data";
      argv[n_words++] = fixture->folder;
      lf_program_run_argv (argv, bad_commands[i].input, &said);
      g_test_message ("%s: %s", bad_commands[i].claim, said.err);
      g_assert_cmpint (said.status, ==, bad_commands[i].status);
      g_assert_nonnull (strstr (said.err, bad_commands[i].message));
      g_assert_cmpstr (said.out, ==, "");
    }
}

static void
test_sessions (LfProgram *fixture, gconstpointer is_running)
{
  static const char *const logins[] = { "jonas", "mara", "mara" };
  g_auto (LfSaid)          everybody = { 0 };
  g_auto (LfSaid)          one = { 0 };
  g_autofree char         *lines = NULL;
  g_auto (GStrv)           split = NULL;

  g_test_summary ("Sessions for load tests: one each of many people, or several of one, with tokens that work at once");
  lf_program_import (fixture, "login,name\nmara,Mara Klein\njonas,Jonas Weber\n");
  if (is_running != NULL)
    lf_program_start (fixture);
  lf_program_run (fixture, &everybody, NULL, "session", "create", "--count", "2", NULL);
  g_assert_cmpstr (everybody.err, ==, "");
  lf_program_run (fixture, &one, NULL, "session", "create", "mara", "--hours", "24", "--name", "Load test", NULL);
  g_assert_cmpstr (one.err, ==, "");
  if (is_running == NULL)
    lf_program_start (fixture);

  lines = g_strconcat (everybody.out, one.out, NULL);
  split = g_strsplit (lines, "\n", -1);
  g_assert_cmpuint (g_strv_length (split), ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (logins); i++)
    {
      g_auto (GStrv)         words = g_strsplit (split[i], "\t", -1);
      g_autoptr (LfRawReply) me = NULL;

      g_assert_cmpstr (words[0], ==, logins[i]);
      me = lf_raw_call (&fixture->rig, "GET", "/sessions", words[1], NULL);
      g_assert_cmpuint (me->status, ==, 200);
      g_assert_nonnull (strstr (me->body, "Command line"));
      if (i == 2)
        g_assert_nonnull (strstr (me->body, "Load test"));
    }
}

static void
test_explain (LfProgram *fixture, gconstpointer is_running)
{
  g_auto (LfSaid) line = { 0 };
  g_auto (LfSaid) text = { 0 };
  g_auto (LfSaid) json = { 0 };

  g_test_summary ("explain tells what each source claims; without a server, as far as that is stored");
  lf_program_import (fixture, "login,name\nmara,Mara Klein\n");
  lf_program_run (fixture, &line, NULL, "line", "assign", "2041", "mara", "--address", "2041", NULL);
  if (is_running != NULL)
    lf_program_start (fixture);
  lf_program_run (fixture, &text, NULL, "explain", "mara", NULL);
  g_assert_cmpstr (text.err, ==, "");
  g_assert_true (g_str_has_prefix (text.out, "Mara Klein (login mara, id u"));
  g_assert_nonnull (strstr (text.out, "phone/line/2041  unknown"));
  g_assert_nonnull (strstr (text.out, "no connector reports it"));
  g_assert_nonnull (strstr (text.out, is_running != NULL ? ": offline, by reachability" : ": unknown, by reachability"));
  g_assert_true ((strstr (text.out, "No server runs") != NULL) == (is_running == NULL));
  lf_program_run (fixture, &json, NULL, "explain", "mara", "--json", NULL);
  g_assert_true (g_str_has_prefix (json.out, "{\"user\":\"u"));
  g_assert_nonnull (strstr (json.out, is_running != NULL ? "\"running\":true" : "\"running\":false"));
}

static void
test_bad_file (LfProgram *fixture, gconstpointer unused)
{
  g_autofree char *path = NULL;
  g_auto (LfSaid)  said = { 0 };
  g_auto (LfSaid)  list = { 0 };

  g_test_summary ("A file with a bad row names its line, and nothing of it is imported");
  lf_program_write_file (fixture, "people.csv", "login,name\nmara,Mara Klein\njonas\n", &path);
  lf_program_run (fixture, &said, NULL, "user", "import", path, NULL);
  g_assert_cmpint (said.status, ==, 1);
  g_assert_nonnull (strstr (said.err, "Line 3"));
  lf_program_run (fixture, &list, NULL, "user", "list", NULL);
  g_assert_cmpstr (list.out, ==, "");
}

static void
test_second_server (LfProgram *fixture, gconstpointer unused)
{
  g_auto (LfSaid) said = { 0 };

  g_test_summary ("A second server on the same folder says who holds it, and exits");
  lf_program_start (fixture);
  lf_program_run_argv ((const char *const[]){ lf_program_get_path (), "--listen", "127.0.0.1:0", "--data", fixture->folder, NULL }, NULL, &said);
  g_assert_cmpint (said.status, ==, 1);
  g_assert_nonnull (strstr (said.err, "in use by another lampfield-server"));
  g_assert_nonnull (strstr (said.err, g_subprocess_get_identifier (fixture->server)));
}

static void
test_signed_out_by_administrator (LfProgram *fixture, gconstpointer unused)
{
  g_autofree char  *mara = NULL;
  g_autofree char  *jonas = NULL;
  g_autoptr (LfRaw) mara_stream = NULL;
  g_autoptr (LfRaw) jonas_stream = NULL;
  g_auto (LfSaid)   passwd = { 0 };
  g_auto (LfSaid)   block = { 0 };

  g_test_summary ("A new password, or a blocked account, closes that person's streams with 4001");
  lf_program_import (fixture, "login,name,password\nmara,Mara Klein," LF_PROGRAM_PASSWORD "\njonas,Jonas Weber," LF_PROGRAM_PASSWORD "\n");
  lf_program_start (fixture);
  mara = lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 200);
  jonas = lf_program_sign_in (fixture, "jonas", LF_PROGRAM_PASSWORD, 200);
  mara_stream = lf_raw_open_live (&fixture->rig, mara);
  jonas_stream = lf_raw_open_live (&fixture->rig, jonas);
  lf_program_run (fixture, &passwd, "another horse\n", "user", "passwd", "mara", "--password-stdin", NULL);
  g_assert_cmpstr (passwd.err, ==, "");
  g_assert_cmpuint (lf_raw_hear_close (mara_stream), ==, LF_CLOSE_SIGNED_OUT);
  lf_program_run (fixture, &block, NULL, "user", "block", "jonas", NULL);
  g_assert_cmpstr (block.err, ==, "");
  g_assert_cmpuint (lf_raw_hear_close (jonas_stream), ==, LF_CLOSE_SIGNED_OUT);
  lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 401);
  g_free (lf_program_sign_in (fixture, "mara", "another horse", 200));
  lf_program_sign_in (fixture, "jonas", LF_PROGRAM_PASSWORD, 401);
}

static void
test_socket_mode (LfProgram *fixture, gconstpointer unused)
{
  g_autofree char *socket = g_build_filename (fixture->folder, "admin.sock", NULL);
  g_autofree char *database = g_build_filename (fixture->folder, "lampfield.db", NULL);
  struct stat      about;

  g_test_summary ("The administrator's socket and the database are the owner's alone");
  lf_program_start (fixture);
  g_assert_cmpint (stat (socket, &about), ==, 0);
  g_assert_cmpuint (about.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (database, &about), ==, 0);
  g_assert_cmpuint (about.st_mode & 0777, ==, 0600);
}

#define ADD(path, data, function) g_test_add (path, LfProgram, data, lf_program_set_up, function, lf_program_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  lf_program_init (argc, argv);

  ADD ("/program/commands/folder", NULL, test_commands);
  ADD ("/program/commands/running-server", "running", test_commands);
  ADD ("/program/commands/bad-folder", NULL, test_bad_commands);
  ADD ("/program/commands/bad-running-server", "running", test_bad_commands);
  ADD ("/program/commands/sessions-folder", NULL, test_sessions);
  ADD ("/program/commands/sessions-running-server", "running", test_sessions);
  ADD ("/program/commands/places-folder", NULL, test_places);
  ADD ("/program/commands/places-running-server", "running", test_places);
  ADD ("/program/commands/explain-folder", NULL, test_explain);
  ADD ("/program/commands/explain-running-server", "running", test_explain);
  ADD ("/program/commands/bad-file", NULL, test_bad_file);
  ADD ("/program/second-server", NULL, test_second_server);
  ADD ("/program/signed-out-by-administrator", NULL, test_signed_out_by_administrator);
  ADD ("/program/modes", NULL, test_socket_mode);

  return g_test_run ();
}

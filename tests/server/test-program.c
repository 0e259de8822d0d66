/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf-raw.h"
#include "lf-server-fixture.h"
#include "lf-test-util.h"

/* The real program, in processes of its own: its command line, and kill -9. */

#define PASSWORD "correct horse"
#define SENDERS  4

static const char *program; /* path of lampfield-server: argv[1] */

typedef struct
{
  char        *folder;
  GSubprocess *server; /* owned, nullable */
  LfRig        rig;    /* only its port: for LfRaw */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = lf_test_folder_new ();
}

static void
kill_server (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_force_exit (fixture->server);
  g_subprocess_wait (fixture->server, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&fixture->server);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->server != NULL)
    kill_server (fixture);
  lf_test_folder_free (fixture->folder);
}

static gboolean
read_address (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "address", NULL);
  g_autofree char *address = NULL;
  const char      *colon;

  if (!g_file_get_contents (path, &address, NULL, NULL) || (colon = strrchr (address, ':')) == NULL)
    return FALSE;
  fixture->rig.port = (guint16) atoi (colon + 1);
  return fixture->rig.port != 0;
}

static void
start_server (Fixture *fixture)
{
  g_autofree char   *path = g_build_filename (fixture->folder, "address", NULL);
  g_autoptr (GError) error = NULL;

  unlink (path); /* of one that was killed */
  fixture->server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, program, "--listen", "127.0.0.1:0", "--data",
                                      fixture->folder, NULL);
  g_assert_no_error (error);
  lf_wait_until (read_address (fixture), LF_RIG_WAIT_MS);
}

/* What a command said. */
typedef struct
{
  int   status;
  char *out;
  char *err;
} Said;

static void
said_clear (Said *said)
{
  g_free (said->out);
  g_free (said->err);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Said, said_clear)

static void
run_argv (const char *const *argv, const char *input, Said *said)
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

#define RUN(fixture, said, input, ...) \
  run_argv ((const char *const[]){ program, __VA_ARGS__, "--data", (fixture)->folder, NULL }, input, said)

static void
write_file (Fixture *fixture, const char *name, const char *text, char **path)
{
  g_autoptr (GError) error = NULL;

  *path = g_build_filename (fixture->folder, name, NULL);
  g_file_set_contents (*path, text, -1, &error);
  g_assert_no_error (error);
}

static void
import (Fixture *fixture, const char *text)
{
  g_autofree char *path = NULL;
  g_auto (Said)    said = { 0 };

  write_file (fixture, "people.csv", text, &path);
  RUN (fixture, &said, NULL, "user", "import", path);
  g_assert_cmpstr (said.err, ==, "");
  g_assert_cmpint (said.status, ==, 0);
}

static char *
sign_in (Fixture *fixture, const char *login, const char *password, guint status)
{
  g_autofree char         *body = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"%s\"}", login, password);
  g_autoptr (LfRawReply)   reply = lf_raw_call (&fixture->rig, "POST", "/auth/login", NULL, body);
  g_autoptr (LfWireTokens) tokens = NULL;

  g_assert_cmpuint (reply->status, ==, status);
  if (status != 200)
    return NULL;
  tokens = lf_codec_decode (&lf_schema_tokens, reply->body, strlen (reply->body), &lf_json_limits_reply, NULL);
  return g_strdup (tokens->access_token);
}

static void
test_commands (Fixture *fixture, gconstpointer is_running)
{
  g_autofree char *token = NULL;

  g_test_summary ("Every command works, whether or not a server holds the folder");
  if (is_running != NULL)
    start_server (fixture);
  import (fixture, "login,name,phone,password\nmara,Mara Klein,2041," PASSWORD "\njonas,Jonas Weber,,\n");
  {
    g_auto (Said) list = { 0 };

    RUN (fixture, &list, NULL, "user", "list");
    g_assert_cmpstr (list.out, ==, "jonas\tJonas Weber\t\topen, no password\nmara\tMara Klein\t\topen\n");
  }
  {
    g_auto (Said) add = { 0 };
    g_auto (Said) passwd = { 0 };
    g_auto (Said) block = { 0 };
    g_auto (Said) unblock = { 0 };

    RUN (fixture, &add, PASSWORD "\n", "user", "add", "priya", "--name", "Priya Nair", "--address", "sip:2043@pbx.example", "--password-stdin");
    g_assert_cmpstr (add.err, ==, "");
    RUN (fixture, &passwd, PASSWORD "\n", "user", "passwd", "jonas", "--password-stdin");
    g_assert_cmpint (passwd.status, ==, 0);
    RUN (fixture, &block, NULL, "user", "block", "jonas");
    g_assert_cmpint (block.status, ==, 0);
    RUN (fixture, &unblock, NULL, "user", "unblock", "jonas");
    g_assert_cmpint (unblock.status, ==, 0);
  }
  {
    g_auto (Said) assign = { 0 };
    g_auto (Said) second = { 0 };
    g_auto (Said) list = { 0 };
    g_auto (Said) gone = { 0 };

    RUN (fixture, &assign, NULL, "line", "assign", "2041", "mara", "--address", "2041");
    g_assert_cmpint (assign.status, ==, 0);
    RUN (fixture, &second, NULL, "line", "assign", "2042", "mara", "--address", "sip:2042@pbx.example", "--secondary");
    g_assert_cmpint (second.status, ==, 0);
    RUN (fixture, &list, NULL, "line", "list");
    g_assert_cmpstr (list.out, ==, "2041\ttel:2041\tmara\tprimary\n2042\tsip:2042@pbx.example\tmara\tsecondary\n");
    RUN (fixture, &gone, NULL, "line", "remove", "2042");
    g_assert_cmpint (gone.status, ==, 0);
  }
  {
    g_auto (Said) create = { 0 };

    RUN (fixture, &create, NULL, "token", "create", "--connector", "calendar", "--name", "Calendars");
    g_assert_cmpint (create.status, ==, 0);
    token = g_strdup (g_strstrip (create.out));
    g_assert_true (g_str_has_prefix (token, "lfc_"));
  }

  if (is_running == NULL)
    start_server (fixture);
  g_free (sign_in (fixture, "mara", PASSWORD, 200));
  g_free (sign_in (fixture, "priya", PASSWORD, 200));
  g_free (sign_in (fixture, "jonas", PASSWORD, 200));
  {
    g_autoptr (LfRawReply) people = lf_raw_call (&fixture->rig, "GET", "/connector/people", token, NULL);
    g_auto (Said)          list = { 0 };
    g_auto (GStrv)         words = NULL;
    g_auto (Said)          removed = { 0 };
    g_autoptr (LfRawReply) after = NULL;

    g_assert_cmpuint (people->status, ==, 200);
    g_assert_nonnull (strstr (people->body, "\"priya\""));
    RUN (fixture, &list, NULL, "token", "list");
    words = g_strsplit (list.out, "\t", 2);
    RUN (fixture, &removed, NULL, "token", "remove", words[0]);
    g_assert_cmpint (removed.status, ==, 0);
    after = lf_raw_call (&fixture->rig, "GET", "/connector/people", token, NULL);
    g_assert_cmpuint (after->status, ==, 401);
  }
}

static const struct
{
  const char *claim;
  const char *words[8];
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
  { "a line without an address", { "line", "assign", "2041", "mara" }, NULL, 1, "--address" },
  { "a line whose address is none", { "line", "assign", "2041", "mara", "--address", "hello" }, NULL, 1, "hello" },
  { "a connector that is none", { "token", "create", "--connector", "fax", "--name", "Fax" }, NULL, 1, "phone" },
  { "a token that is not there", { "token", "remove", "t1" }, NULL, 1, "t1" },
};

static void
test_bad_commands (Fixture *fixture, gconstpointer is_running)
{
  g_test_summary ("A bad command says what is wrong and changes nothing");
  import (fixture, "login,name,password\nmara,Mara Klein," PASSWORD "\n");
  if (is_running != NULL)
    start_server (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (bad_commands); i++)
    {
      const char   *argv[12] = { program };
      guint         n_words = 1;
      g_auto (Said) said = { 0 };

      for (guint j = 0; bad_commands[i].words[j] != NULL; j++)
        argv[n_words++] = bad_commands[i].words[j];
      argv[n_words++] = "--data";
      argv[n_words++] = fixture->folder;
      run_argv (argv, bad_commands[i].input, &said);
      g_test_message ("%s: %s", bad_commands[i].claim, said.err);
      g_assert_cmpint (said.status, ==, bad_commands[i].status);
      g_assert_nonnull (strstr (said.err, bad_commands[i].message));
      g_assert_cmpstr (said.out, ==, "");
    }
}

static void
test_bad_file (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = NULL;
  g_auto (Said)    said = { 0 };
  g_auto (Said)    list = { 0 };

  g_test_summary ("A file with a bad row names its line, and nothing of it is imported");
  write_file (fixture, "people.csv", "login,name\nmara,Mara Klein\njonas\n", &path);
  RUN (fixture, &said, NULL, "user", "import", path);
  g_assert_cmpint (said.status, ==, 1);
  g_assert_nonnull (strstr (said.err, "Line 3"));
  RUN (fixture, &list, NULL, "user", "list");
  g_assert_cmpstr (list.out, ==, "");
}

static void
test_second_server (Fixture *fixture, gconstpointer unused)
{
  g_auto (Said) said = { 0 };

  g_test_summary ("A second server on the same folder says who holds it, and exits");
  start_server (fixture);
  run_argv ((const char *const[]){ program, "--listen", "127.0.0.1:0", "--data", fixture->folder, NULL }, NULL, &said);
  g_assert_cmpint (said.status, ==, 1);
  g_assert_nonnull (strstr (said.err, "in use by another lampfield-server"));
  g_assert_nonnull (strstr (said.err, g_subprocess_get_identifier (fixture->server)));
}

static void
test_signed_out_by_administrator (Fixture *fixture, gconstpointer unused)
{
  g_autofree char  *mara = NULL;
  g_autofree char  *jonas = NULL;
  g_autoptr (LfRaw) mara_stream = NULL;
  g_autoptr (LfRaw) jonas_stream = NULL;
  g_auto (Said)     passwd = { 0 };
  g_auto (Said)     block = { 0 };

  g_test_summary ("A new password, or a blocked account, closes that person's streams with 4001");
  import (fixture, "login,name,password\nmara,Mara Klein," PASSWORD "\njonas,Jonas Weber," PASSWORD "\n");
  start_server (fixture);
  mara = sign_in (fixture, "mara", PASSWORD, 200);
  jonas = sign_in (fixture, "jonas", PASSWORD, 200);
  mara_stream = lf_raw_open_live (&fixture->rig, mara);
  jonas_stream = lf_raw_open_live (&fixture->rig, jonas);
  RUN (fixture, &passwd, "another horse\n", "user", "passwd", "mara", "--password-stdin");
  g_assert_cmpstr (passwd.err, ==, "");
  g_assert_cmpuint (lf_raw_hear_close (mara_stream), ==, LF_CLOSE_SIGNED_OUT);
  RUN (fixture, &block, NULL, "user", "block", "jonas");
  g_assert_cmpstr (block.err, ==, "");
  g_assert_cmpuint (lf_raw_hear_close (jonas_stream), ==, LF_CLOSE_SIGNED_OUT);
  sign_in (fixture, "mara", PASSWORD, 401);
  g_free (sign_in (fixture, "mara", "another horse", 200));
  sign_in (fixture, "jonas", PASSWORD, 401);
}

static void
test_socket_mode (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *socket = g_build_filename (fixture->folder, "admin.sock", NULL);
  g_autofree char *database = g_build_filename (fixture->folder, "lampfield.db", NULL);
  struct stat      about;

  g_test_summary ("The administrator's socket and the database are the owner's alone");
  start_server (fixture);
  g_assert_cmpint (stat (socket, &about), ==, 0);
  g_assert_cmpuint (about.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (database, &about), ==, 0);
  g_assert_cmpuint (about.st_mode & 0777, ==, 0600);
}

/* One person who writes as fast as the server answers. */
typedef struct
{
  LfRaw     *raw; /* owned; kept alive between requests */
  char      *token;
  char      *pending; /* owned, nullable: id that is on its way */
  GPtrArray *acked;   /* of char *, owned: ids the server answered for */
  GPtrArray *unsure;  /* of char *, owned: sent, never answered */
  guint      n_bodies;
} Sender;

static void
send_message (Sender *sender, const char *conversation, const char *id)
{
  g_autofree char *body = g_strdup_printf ("{\"body\":\"message %s\"}", id);

  lf_raw_printf (sender->raw,
                 "PUT " LF_API_PATH "/conversations/%s/messages/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 conversation, id, sender->token, strlen (body), body);
}

/* An answer that is whole, if there is one: counts as acknowledged. FALSE once the server is gone. */
static gboolean
take_answer (Sender *sender)
{
  gboolean         is_open = lf_raw_pump (sender->raw);
  g_autofree char *in = g_strndup ((char *) sender->raw->in->data, sender->raw->in->len);
  char            *end = strstr (in, "\r\n\r\n");
  char            *length = end != NULL ? strstr (in, "Content-Length: ") : NULL;
  gsize            total = length != NULL ? (gsize) (end + 4 - in) + (gsize) atol (length + strlen ("Content-Length: ")) : 0;

  if (total > 0 && sender->raw->in->len >= total)
    {
      g_assert_true (g_str_has_prefix (in, "HTTP/1.1 20"));
      g_byte_array_remove_range (sender->raw->in, 0, (guint) total);
      g_ptr_array_add (sender->acked, g_steal_pointer (&sender->pending));
    }
  return is_open;
}

static gboolean
chat_on (Sender senders[SENDERS], const char *conversation, guint *n_acked)
{
  gboolean is_open = TRUE;

  *n_acked = 0;
  for (guint i = 0; i < SENDERS; i++)
    {
      if (senders[i].pending != NULL)
        is_open = take_answer (&senders[i]) && is_open;
      *n_acked += senders[i].acked->len;
      if (senders[i].pending == NULL && is_open)
        {
          senders[i].pending = g_uuid_string_random ();
          send_message (&senders[i], conversation, senders[i].pending);
        }
    }
  return is_open;
}

/* id → how often it is there */
static GHashTable *
read_history (Fixture *fixture, const char *token, const char *conversation)
{
  GHashTable      *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *before = g_strdup ("");
  gint64           last_seq = G_MAXINT64;

  for (;;)
    {
      g_autofree char               *path = g_strdup_printf ("/conversations/%s/messages?limit=100%s", conversation, before);
      g_autoptr (LfRawReply)         reply = lf_raw_call (&fixture->rig, "GET", path, token, NULL);
      g_autoptr (LfWireMessagesPage) page = NULL;
      g_autoptr (GError)             error = NULL;

      g_assert_cmpuint (reply->status, ==, 200);
      page = lf_codec_decode (&lf_schema_messages_page, reply->body, strlen (reply->body), &lf_json_limits_reply, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < page->items->len; i++)
        {
          const LfWireMessage *message = g_ptr_array_index (page->items, i);
          guint                n = GPOINTER_TO_UINT (g_hash_table_lookup (found, message->id));

          g_assert_cmpint (message->seq, <, last_seq);
          last_seq = message->seq;
          g_hash_table_replace (found, g_strdup (message->id), GUINT_TO_POINTER (n + 1));
        }
      if (page->next == NULL)
        return found;
      g_free (before);
      before = g_strdup_printf ("&before=%s", page->next);
    }
}

static void
sender_init (Sender *sender, Fixture *fixture, const char *token)
{
  sender->raw = lf_raw_connect (&fixture->rig);
  sender->token = g_strdup (token);
  sender->acked = g_ptr_array_new_with_free_func (g_free);
  sender->unsure = g_ptr_array_new_with_free_func (g_free);
}

static void
sender_clear (Sender *sender)
{
  lf_raw_free (sender->raw);
  g_free (sender->token);
  g_free (sender->pending);
  g_ptr_array_unref (sender->acked);
  g_ptr_array_unref (sender->unsure);
}

static char *
open_conversation (Fixture *fixture, const char *token)
{
  g_autoptr (LfRawReply)         people = lf_raw_call (&fixture->rig, "GET", "/users?q=jonas", token, NULL);
  g_autoptr (LfWirePeoplePage)   page = lf_codec_decode (&lf_schema_people_page, people->body, strlen (people->body), &lf_json_limits_reply, NULL);
  g_autofree char               *body = g_strdup_printf ("{\"members\":[\"%s\"]}", ((LfWirePerson *) g_ptr_array_index (page->items, 0))->id);
  g_autoptr (LfRawReply)         reply = lf_raw_call (&fixture->rig, "POST", "/conversations", token, body);
  g_autoptr (LfWireConversation) conversation = lf_codec_decode (&lf_schema_conversation, reply->body, strlen (reply->body),
                                                                 &lf_json_limits_reply, NULL);

  return g_strdup (conversation->id);
}

static void
send_again (Fixture *fixture, const Sender *sender, const char *conversation)
{
  for (guint i = 0; i < sender->unsure->len; i++)
    {
      const char            *id = g_ptr_array_index (sender->unsure, i);
      g_autofree char       *path = g_strdup_printf ("/conversations/%s/messages/%s", conversation, id);
      g_autofree char       *body = g_strdup_printf ("{\"body\":\"message %s\"}", id);
      g_autoptr (LfRawReply) reply = lf_raw_call (&fixture->rig, "PUT", path, sender->token, body);

      g_assert_cmpuint (reply->status / 100, ==, 2);
    }
}

static void
assert_each_once (GHashTable *found, const GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (found, g_ptr_array_index (ids, i))), ==, 1);
}

static void
test_kill (Fixture *fixture, gconstpointer unused)
{
  Sender                 senders[SENDERS] = { 0 };
  g_autofree char       *token = NULL;
  g_autofree char       *conversation = NULL;
  g_autoptr (GHashTable) found = NULL;
  g_autoptr (GHashTable) afterwards = NULL;
  guint                  n_acked = 0;
  guint                  n_sent = 0;

  g_test_summary ("After kill -9 under chat every acknowledged message is there once; what is sent again, too");
  import (fixture, "login,name,password\nmara,Mara Klein," PASSWORD "\njonas,Jonas Weber," PASSWORD "\n");
  start_server (fixture);
  token = sign_in (fixture, "mara", PASSWORD, 200);
  conversation = open_conversation (fixture, token);
  for (guint i = 0; i < SENDERS; i++)
    sender_init (&senders[i], fixture, token);
  lf_wait_until ((chat_on (senders, conversation, &n_acked), n_acked >= 200), 60000);
  kill_server (fixture);
  lf_wait_until (!chat_on (senders, conversation, &n_acked), LF_RIG_WAIT_MS);

  start_server (fixture);
  found = read_history (fixture, token, conversation);
  for (guint i = 0; i < SENDERS; i++)
    {
      assert_each_once (found, senders[i].acked);
      if (senders[i].pending != NULL)
        g_ptr_array_add (senders[i].unsure, g_steal_pointer (&senders[i].pending));
      send_again (fixture, &senders[i], conversation);
      n_sent += senders[i].acked->len + senders[i].unsure->len;
    }
  afterwards = read_history (fixture, token, conversation);
  g_test_message ("%u acknowledged before the kill, %u there after it, %u sent in all", n_acked, g_hash_table_size (found), n_sent);
  g_assert_cmpuint (g_hash_table_size (afterwards), ==, n_sent);
  for (guint i = 0; i < SENDERS; i++)
    {
      assert_each_once (afterwards, senders[i].acked);
      assert_each_once (afterwards, senders[i].unsure);
      sender_clear (&senders[i]);
    }
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc < 2)
    {
      g_printerr ("Name the path of lampfield-server\n");
      return 2;
    }
  program = argv[1];

  ADD ("/program/commands/folder", NULL, test_commands);
  ADD ("/program/commands/running-server", "running", test_commands);
  ADD ("/program/commands/bad-folder", NULL, test_bad_commands);
  ADD ("/program/commands/bad-running-server", "running", test_bad_commands);
  ADD ("/program/commands/bad-file", NULL, test_bad_file);
  ADD ("/program/second-server", NULL, test_second_server);
  ADD ("/program/signed-out-by-administrator", NULL, test_signed_out_by_administrator);
  ADD ("/program/modes", NULL, test_socket_mode);
  ADD ("/program/kill-under-chat", NULL, test_kill);

  return g_test_run ();
}

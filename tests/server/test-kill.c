/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf-program.h"
#include "lf-server-fixture.h"
#include "lf-test-util.h"

/* The real program while something goes wrong: kill -9, files that cannot grow, a backup put back. */

#define SENDERS     4
#define KILLS       20     /* LF_KILLS: another number */
#define MAX_LIFE_US 200000 /* of chat, before the kill */

/* One person who writes as fast as the server answers. */
typedef struct
{
  LfRaw     *raw; /* owned; kept alive between requests */
  char      *token;
  char      *pending; /* owned, nullable: id that is on its way, over kills, too */
  GPtrArray *acked;   /* of char *, owned: ids the server answered for */
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
  g_autofree char *in = sender->raw->in->len > 0 ? g_strndup ((char *) sender->raw->in->data, sender->raw->in->len) : g_strdup ("");
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
chat_on (Sender *senders, guint n_senders, const char *conversation, guint *n_acked)
{
  gboolean is_open = TRUE;

  *n_acked = 0;
  for (guint i = 0; i < n_senders; i++)
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

/* Takes the answers that are still to come, and sends nothing more. TRUE once there are none. */
static gboolean
take_last_answers (Sender senders[SENDERS])
{
  gboolean is_done = TRUE;

  for (guint i = 0; i < SENDERS; i++)
    {
      if (senders[i].pending != NULL)
        g_assert_true (take_answer (&senders[i]));
      is_done = is_done && senders[i].pending == NULL;
    }
  return is_done;
}

/* Counts what was stored behind @seen_seq into @found, id → how often it is there. Returns the newest position. */
static gint64
read_history (LfProgram *fixture, const char *token, const char *conversation, gint64 seen_seq, GHashTable *found)
{
  g_autofree char *before = g_strdup ("");
  gint64           last_seq = G_MAXINT64;
  gint64           newest_seq = seen_seq;

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
          newest_seq = MAX (newest_seq, message->seq);
          if (message->seq > seen_seq)
            g_hash_table_replace (found, g_strdup (message->id), GUINT_TO_POINTER (n + 1));
        }
      if (page->next == NULL || last_seq <= seen_seq)
        return newest_seq;
      g_free (before);
      before = g_strdup_printf ("&before=%s", page->next);
    }
}

/* What was not answered is sent again under its id, as an outbox does. */
static void
sender_connect (Sender *sender, LfProgram *fixture, const char *token, const char *conversation)
{
  g_clear_pointer (&sender->raw, lf_raw_free);
  g_free (sender->token);
  sender->raw = lf_raw_connect (&fixture->rig);
  sender->token = g_strdup (token);
  if (sender->acked == NULL)
    sender->acked = g_ptr_array_new_with_free_func (g_free);
  if (sender->pending != NULL)
    send_message (sender, conversation, sender->pending);
}

static void
sender_clear (Sender *sender)
{
  lf_raw_free (sender->raw);
  g_free (sender->token);
  g_free (sender->pending);
  g_ptr_array_unref (sender->acked);
}

static char *
open_conversation (LfProgram *fixture, const char *token)
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
assert_each_once (GHashTable *found, const GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (found, g_ptr_array_index (ids, i))), ==, 1);
}

/* Chat until a random moment, then kill -9. */
static void
chat_and_die (LfProgram *fixture, Sender senders[SENDERS], const char *conversation)
{
  gint64 end_us = g_get_monotonic_time () + g_test_rand_int_range (0, MAX_LIFE_US);
  guint  n_acked = 0;

  lf_wait_until ((chat_on (senders, SENDERS, conversation, &n_acked), g_get_monotonic_time () >= end_us), 60000);
  lf_program_kill (fixture);
  lf_wait_until (!chat_on (senders, SENDERS, conversation, &n_acked), LF_RIG_WAIT_MS);
}

static guint
count_acked (const Sender senders[SENDERS])
{
  guint n = 0;

  for (guint i = 0; i < SENDERS; i++)
    n += senders[i].acked->len;
  return n;
}

static void
test_kill (LfProgram *fixture, gconstpointer unused)
{
  Sender                 senders[SENDERS] = { 0 };
  const char            *wanted = g_getenv ("LF_KILLS");
  guint                  n_kills = wanted != NULL ? (guint) atoi (wanted) : KILLS;
  g_autofree char       *conversation = NULL;
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64                 seen_seq = 0;

  g_test_summary ("After each kill -9 under chat every acknowledged message is there once; what is sent again, too");
  lf_program_import (fixture, "login,name,password\nmara,Mara Klein," LF_PROGRAM_PASSWORD "\njonas,Jonas Weber," LF_PROGRAM_PASSWORD "\n");
  for (guint i = 0; i < n_kills; i++)
    {
      g_autofree char *token = NULL;

      lf_program_start (fixture);
      token = lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 200);
      if (conversation == NULL)
        conversation = open_conversation (fixture, token);
      seen_seq = read_history (fixture, token, conversation, seen_seq, found);
      for (guint j = 0; j < SENDERS; j++)
        {
          if (i > 0)
            assert_each_once (found, senders[j].acked);
          sender_connect (&senders[j], fixture, token, conversation);
        }
      chat_and_die (fixture, senders, conversation);
    }
  lf_program_start (fixture);
  {
    g_autofree char *token = lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 200);

    for (guint j = 0; j < SENDERS; j++)
      sender_connect (&senders[j], fixture, token, conversation);
    lf_wait_until (take_last_answers (senders), LF_RIG_WAIT_MS);
    read_history (fixture, token, conversation, 0, all);
  }
  g_test_message ("%u kills, %u messages acknowledged, %u stored", n_kills, count_acked (senders), g_hash_table_size (all));
  g_assert_cmpuint (g_hash_table_size (all), ==, count_acked (senders));
  for (guint j = 0; j < SENDERS; j++)
    {
      assert_each_once (all, senders[j].acked);
      sender_clear (&senders[j]);
    }
}

/* From now on the server's files may grow by @n_bytes, or without a limit if negative. */
static void
limit_files (LfProgram *fixture, gint64 n_bytes)
{
  g_autofree char *log = g_build_filename (fixture->folder, "lampfield.db-wal", NULL);
  pid_t            pid = (pid_t) g_ascii_strtoll (g_subprocess_get_identifier (fixture->server), NULL, 10);
  struct rlimit    limit;
  struct stat      about;

  g_assert_cmpint (stat (log, &about), ==, 0);
  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, NULL, &limit), ==, 0);
  limit.rlim_cur = n_bytes < 0 ? limit.rlim_max : (rlim_t) (about.st_size + n_bytes);
  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, &limit, NULL), ==, 0);
}

/* Returns: the status of the answer */
static guint
put_message (LfProgram *fixture, const char *token, const char *conversation, const char *id)
{
  g_autofree char       *path = g_strdup_printf ("/conversations/%s/messages/%s", conversation, id);
  g_autofree char       *words = g_strnfill (4000, 'x');
  g_autofree char       *body = g_strdup_printf ("{\"body\":\"%s\"}", words);
  g_autoptr (LfRawReply) reply = lf_raw_call (&fixture->rig, "PUT", path, token, body);
  g_autofree char       *retry = lf_raw_get_header (reply, "Retry-After");

  g_assert_true ((reply->status >= 500) == (retry != NULL));
  return reply->status;
}

static void
test_full (LfProgram *fixture, gconstpointer unused)
{
  g_autoptr (GPtrArray)  acked = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char       *token = NULL;
  g_autofree char       *conversation = NULL;
  g_autofree char       *id = NULL;
  guint                  status = 201;

  g_test_summary ("When its files cannot grow the real server refuses, reads on, and stores again once they can; nothing is lost");
  lf_program_import (fixture, "login,name,password\nmara,Mara Klein," LF_PROGRAM_PASSWORD "\njonas,Jonas Weber," LF_PROGRAM_PASSWORD "\n");
  lf_program_start (fixture);
  token = lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 200);
  conversation = open_conversation (fixture, token);
  limit_files (fixture, 64 * 1024);
  for (guint i = 0; i < 200 && status == 201; i++)
    {
      g_free (id);
      id = g_uuid_string_random ();
      status = put_message (fixture, token, conversation, id);
      if (status == 201)
        g_ptr_array_add (acked, g_strdup (id));
    }
  g_test_message ("refused with %u behind %u messages", status, acked->len);
  g_assert_cmpuint (status, ==, 507);
  read_history (fixture, token, conversation, 0, found);
  g_assert_cmpuint (g_hash_table_size (found), ==, acked->len);
  g_hash_table_remove_all (found);

  limit_files (fixture, -1);
  g_assert_cmpuint (put_message (fixture, token, conversation, id), ==, 201);
  g_ptr_array_add (acked, g_steal_pointer (&id));
  lf_program_kill (fixture);
  lf_program_start (fixture);
  read_history (fixture, token, conversation, 0, found);
  assert_each_once (found, acked);
  g_assert_cmpuint (g_hash_table_size (found), ==, acked->len);
}

static void
back_up (LfProgram *fixture, const char *path)
{
  g_autofree char *database = g_build_filename (fixture->folder, "lampfield.db", NULL);
  g_autofree char *sql = g_strdup_printf ("VACUUM INTO '%s'", path);
  sqlite3         *handle = NULL;

  g_assert_cmpint (sqlite3_open_v2 (database, &handle, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

/* As docs/deployment.md says. */
static void
restore (LfProgram *fixture, const char *path)
{
  g_autofree char *database = g_build_filename (fixture->folder, "lampfield.db", NULL);
  g_autofree char *log = g_strconcat (database, "-wal", NULL);
  g_autofree char *index = g_strconcat (database, "-shm", NULL);

  unlink (log);
  unlink (index);
  unlink (database);
  if (path != NULL)
    g_assert_cmpint (rename (path, database), ==, 0);
}

static void
test_restored (LfProgram *fixture, gconstpointer unused)
{
  g_autofree char       *path = g_build_filename (fixture->folder, "backup.db", NULL);
  g_autofree char       *token = NULL;
  g_autofree char       *conversation = NULL;
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Sender                 sender = { 0 };
  guint                  n_before;
  guint                  n_acked = 0;

  g_test_summary ("A backup made while the server runs can be put back: what was stored by then is there; emptied, nobody is known");
  lf_program_import (fixture, "login,name,password\nmara,Mara Klein," LF_PROGRAM_PASSWORD "\njonas,Jonas Weber," LF_PROGRAM_PASSWORD "\n");
  lf_program_start (fixture);
  token = lf_program_sign_in (fixture, "mara", LF_PROGRAM_PASSWORD, 200);
  conversation = open_conversation (fixture, token);
  sender_connect (&sender, fixture, token, conversation);
  lf_wait_until ((chat_on (&sender, 1, conversation, &n_acked), n_acked >= 10), 60000);
  back_up (fixture, path);
  n_before = sender.acked->len;
  lf_wait_until ((chat_on (&sender, 1, conversation, &n_acked), n_acked >= n_before + 10), 60000);
  lf_program_kill (fixture);
  restore (fixture, path);

  lf_program_start (fixture);
  read_history (fixture, token, conversation, 0, found);
  g_assert_cmpuint (g_hash_table_size (found), >=, n_before);
  g_assert_cmpuint (g_hash_table_size (found), <, sender.acked->len);
  g_ptr_array_set_size (sender.acked, (int) n_before);
  assert_each_once (found, sender.acked);
  {
    g_autoptr (LfRaw) stream = lf_raw_open_stream (&fixture->rig, token);
    g_autofree char  *hello = NULL;

    lf_raw_say (stream, "{\"t\":\"resume\",\"session\":\"s1\",\"count\":7}");
    hello = lf_raw_hear_type (stream, "hello");
    g_assert_nonnull (strstr (hello, "\"resumed\":false"));
    g_free (lf_raw_hear_type (stream, "snapshot"));
  }

  lf_program_kill (fixture);
  restore (fixture, NULL);
  lf_program_start (fixture);
  {
    g_autoptr (LfRawReply) me = lf_raw_call (&fixture->rig, "GET", "/me", token, NULL);

    lf_raw_assert_problem (me, LF_PROBLEM_UNAUTHORIZED); /* the client asks its user to sign in, and keeps what it has */
  }
  sender_clear (&sender);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  lf_program_init (argc, argv);
  g_test_add ("/kill/full", LfProgram, NULL, lf_program_set_up, test_full, lf_program_tear_down);
  g_test_add ("/kill/restored", LfProgram, NULL, lf_program_set_up, test_restored, lf_program_tear_down);
  g_test_add ("/kill/under-chat", LfProgram, NULL, lf_program_set_up, test_kill, lf_program_tear_down);

  return g_test_run ();
}

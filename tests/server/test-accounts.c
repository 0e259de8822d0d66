/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-accounts.h"
#include "lf-server-fixture.h"
#include "lf-test-util.h"
#include "lf-token.h"

#define PASSWORD "correct horse battery"
#define ADDRESS  "192.0.2.7"

typedef struct
{
  char       *folder;
  LfStore    *store;
  LfClock    *clock;
  LfAccounts *accounts;
  char       *mara; /* user id */
  GPtrArray  *ended;
} Fixture;

static void
on_session_ended (LfAccounts *accounts, const char *session, Fixture *fixture)
{
  g_ptr_array_add (fixture->ended, g_strdup (session));
}

static void
open_accounts (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->accounts = lf_accounts_new (fixture->store, fixture->clock, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->accounts, "session-ended", G_CALLBACK (on_session_ended), fixture);
}

static void
close_accounts (Fixture *fixture)
{
  lf_accounts_close (fixture->accounts);
  lf_spin_for_ms (20);
  g_assert_finalize_object (fixture->accounts);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = lf_test_folder_new ();
  fixture->store = lf_store_new (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->clock = lf_clock_new_manual (LF_TEST_NOW_US);
  fixture->mara = lf_test_store_add (fixture->store, "mara", "Mara Klein", PASSWORD);
  fixture->ended = g_ptr_array_new_with_free_func (g_free);
  open_accounts (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  close_accounts (fixture);
  lf_store_close (fixture->store);
  lf_spin_for_ms (20);
  g_assert_finalize_object (fixture->store);
  g_assert_finalize_object (fixture->clock);
  lf_test_folder_free (fixture->folder);
  g_free (fixture->mara);
  g_ptr_array_unref (fixture->ended);
}

typedef struct
{
  gboolean      is_done;
  LfWireTokens *tokens;
  guint         retry_after_s;
  GError       *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  lf_codec_free (&lf_schema_tokens, answer->tokens);
  g_clear_error (&answer->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
on_login (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->tokens = lf_accounts_login_finish (LF_ACCOUNTS (source), result, &answer->retry_after_s, &answer->error);
  answer->is_done = TRUE;
}

static void
login (Fixture *fixture, const char *user, const char *password, const char *address, Answer *answer)
{
  LfWireLogin body = { .user = (char *) user, .password = (char *) password, .device = (char *) "desk" };

  lf_accounts_login_async (fixture->accounts, &body, address, NULL, on_login, answer);
  lf_wait_until (answer->is_done, 20000);
}

static void
on_refresh (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->tokens = lf_accounts_refresh_finish (LF_ACCOUNTS (source), result, &answer->error);
  answer->is_done = TRUE;
}

static void
refresh (Fixture *fixture, const char *token, Answer *answer)
{
  lf_accounts_refresh_async (fixture->accounts, token, NULL, on_refresh, answer);
  lf_wait_until (answer->is_done, 20000);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  lf_accounts_end_session_finish (LF_ACCOUNTS (source), result, &answer->error);
  answer->is_done = TRUE;
}

static void
end_session (Fixture *fixture, const char *user, const char *session, Answer *answer)
{
  lf_accounts_end_session_async (fixture->accounts, user, session, NULL, on_ended, answer);
  lf_wait_until (answer->is_done, 20000);
}

/* LF_N_PROBLEMS: the token is good */
static LfProblem
try_token (Fixture *fixture, const char *token)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (LfIdentity) identity = lf_accounts_authenticate (fixture->accounts, token, &error);

  return identity != NULL ? LF_N_PROBLEMS : lf_server_error_to_problem (error);
}

static void
test_login (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer)        answer = { 0 };
  g_autoptr (LfIdentity) identity = NULL;

  g_test_summary ("The right password gives tokens whose bearer is known; the login's case does not matter");
  login (fixture, "MARA", PASSWORD, ADDRESS, &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpstr (answer.tokens->user, ==, fixture->mara);
  g_assert_cmpint (answer.tokens->access_expires_at_us, ==, LF_TEST_NOW_US + 15 * LF_MINUTE);
  g_assert_cmpint (answer.tokens->refresh_expires_at_us, ==, LF_TEST_NOW_US + 30 * LF_DAY);
  identity = lf_accounts_authenticate (fixture->accounts, answer.tokens->access_token, NULL);
  g_assert_nonnull (identity);
  g_assert_cmpint (identity->kind, ==, LF_IDENTITY_PERSON);
  g_assert_cmpstr (identity->user, ==, fixture->mara);
  g_assert_cmpstr (identity->session, ==, answer.tokens->session);
}

static void
test_wrong (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *claim;
    const char *user;
    const char *password;
  } rows[] = {
    { "a wrong password", "mara", "wrong horse battery" },
    { "an unknown user", "nobody", PASSWORD },
    { "a user who has no password", "ghost", PASSWORD },
  };
  g_autofree char *ghost = lf_test_store_add (fixture->store, "ghost", "No Password", NULL);
  g_autofree char *message = NULL;

  g_test_summary ("All ways to fail give one answer, after one hash each");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Answer) answer = { 0 };
      guint           n_before = lf_accounts_count_hashes (fixture->accounts);

      g_test_message ("%s", rows[i].claim);
      login (fixture, rows[i].user, rows[i].password, ADDRESS, &answer);
      g_assert_error (answer.error, LF_SERVER_ERROR, LF_PROBLEM_BAD_CREDENTIALS);
      g_assert_cmpuint (lf_accounts_count_hashes (fixture->accounts), ==, n_before + 1);
      if (message == NULL)
        message = g_strdup (answer.error->message);
      g_assert_cmpstr (answer.error->message, ==, message);
    }
}

static gboolean
run_block (LfDb *db, gpointer user, GError **error)
{
  return lf_store_accounts_set_blocked (db, user, TRUE, error);
}

static void
test_blocked (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) answer = { 0 };
  guint           n_before = lf_accounts_count_hashes (fixture->accounts);

  g_test_summary ("A blocked account cannot sign in, and that is not told");
  g_assert_true (lf_store_run_sync (fixture->store, run_block, fixture->mara, NULL));
  login (fixture, "mara", PASSWORD, ADDRESS, &answer);
  g_assert_error (answer.error, LF_SERVER_ERROR, LF_PROBLEM_BAD_CREDENTIALS);
  g_assert_cmpuint (lf_accounts_count_hashes (fixture->accounts), ==, n_before + 1);
}

static void
test_tokens (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer)  answer = { 0 };
  g_autofree char *altered = NULL;
  g_autofree char *long_text = g_strnfill (5000, 'a');

  g_test_summary ("Tokens that are absent, made up, altered, of another kind, or expired do not pass");
  login (fixture, "mara", PASSWORD, ADDRESS, &answer);
  altered = g_strdup (answer.tokens->access_token);
  altered[10] = altered[10] == 'A' ? 'B' : 'A';

  g_assert_cmpint (try_token (fixture, answer.tokens->access_token), ==, LF_N_PROBLEMS);
  g_assert_cmpint (try_token (fixture, NULL), ==, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpint (try_token (fixture, ""), ==, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpint (try_token (fixture, altered), ==, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpint (try_token (fixture, long_text), ==, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpint (try_token (fixture, answer.tokens->refresh_token), ==, LF_PROBLEM_UNAUTHORIZED);

  lf_clock_advance (fixture->clock, LF_ACCESS_TOKEN_US - 1);
  g_assert_cmpint (try_token (fixture, answer.tokens->access_token), ==, LF_N_PROBLEMS);
  lf_clock_advance (fixture->clock, 1);
  g_assert_cmpint (try_token (fixture, answer.tokens->access_token), ==, LF_PROBLEM_TOKEN_EXPIRED);
}

static void
test_restart (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) answer = { 0 };
  g_auto (Answer) renewed = { 0 };

  g_test_summary ("Sessions and their tokens outlive a restart of the server");
  login (fixture, "mara", PASSWORD, ADDRESS, &answer);
  close_accounts (fixture);
  open_accounts (fixture);
  g_assert_cmpint (try_token (fixture, answer.tokens->access_token), ==, LF_N_PROBLEMS);
  refresh (fixture, answer.tokens->refresh_token, &renewed);
  g_assert_no_error (renewed.error);
}

static void
test_rotation (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) first = { 0 };
  g_auto (Answer) second = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Answer) third = { 0 };

  g_test_summary ("A refresh token gives a successor; for 60 s, while that is unused, the same one again");
  login (fixture, "mara", PASSWORD, ADDRESS, &first);
  refresh (fixture, first.tokens->refresh_token, &second);
  g_assert_no_error (second.error);
  g_assert_cmpstr (second.tokens->session, ==, first.tokens->session);
  g_assert_cmpstr (second.tokens->refresh_token, !=, first.tokens->refresh_token);
  g_assert_cmpint (try_token (fixture, first.tokens->access_token), ==, LF_N_PROBLEMS);
  g_assert_cmpint (try_token (fixture, second.tokens->access_token), ==, LF_N_PROBLEMS);

  lf_clock_advance (fixture->clock, 59 * LF_SECOND);
  refresh (fixture, first.tokens->refresh_token, &again);
  g_assert_no_error (again.error);
  g_assert_cmpstr (again.tokens->refresh_token, ==, second.tokens->refresh_token);
  g_assert_cmpint (again.tokens->refresh_expires_at_us, ==, second.tokens->refresh_expires_at_us);
  g_assert_cmpint (try_token (fixture, again.tokens->access_token), ==, LF_N_PROBLEMS);

  refresh (fixture, again.tokens->refresh_token, &third);
  g_assert_no_error (third.error);
  g_assert_cmpuint (fixture->ended->len, ==, 0);
}

static void
assert_family_ends (Fixture *fixture, const char *used, const char *newest, const char *access)
{
  g_auto (Answer) reused = { 0 };
  g_auto (Answer) after = { 0 };

  refresh (fixture, used, &reused);
  g_assert_error (reused.error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  g_assert_cmpint (try_token (fixture, access), ==, LF_PROBLEM_UNAUTHORIZED);
  refresh (fixture, newest, &after);
  g_assert_error (after.error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED);
}

static void
test_reuse_late (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) first = { 0 };
  g_auto (Answer) second = { 0 };

  g_test_summary ("A used refresh token that comes later than 60 s ends the session");
  login (fixture, "mara", PASSWORD, ADDRESS, &first);
  refresh (fixture, first.tokens->refresh_token, &second);
  lf_clock_advance (fixture->clock, 61 * LF_SECOND);
  assert_family_ends (fixture, first.tokens->refresh_token, second.tokens->refresh_token, second.tokens->access_token);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, first.tokens->session);
}

static void
test_reuse_after_successor (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) first = { 0 };
  g_auto (Answer) second = { 0 };
  g_auto (Answer) third = { 0 };

  g_test_summary ("A used refresh token whose successor was used ends the session, within 60 s too");
  login (fixture, "mara", PASSWORD, ADDRESS, &first);
  refresh (fixture, first.tokens->refresh_token, &second);
  refresh (fixture, second.tokens->refresh_token, &third);
  assert_family_ends (fixture, first.tokens->refresh_token, third.tokens->refresh_token, third.tokens->access_token);
}

static void
test_refresh_unknown (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *token = lf_token_make (LF_TOKEN_REFRESH);
  g_auto (Answer)  answer = { 0 };

  g_test_summary ("A refresh token that was never given out is refused, and ends nothing");
  refresh (fixture, token, &answer);
  g_assert_error (answer.error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpuint (fixture->ended->len, ==, 0);
}

static void
test_family_expires (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) answer = { 0 };
  g_auto (Answer) late = { 0 };

  g_test_summary ("After 30 days without renewal the session ends by itself, and says so");
  login (fixture, "mara", PASSWORD, ADDRESS, &answer);
  lf_clock_advance (fixture->clock, LF_REFRESH_TOKEN_US - LF_SECOND);
  lf_spin_for_ms (20);
  g_assert_cmpuint (fixture->ended->len, ==, 0);
  lf_clock_advance (fixture->clock, LF_SECOND);
  lf_wait_until (fixture->ended->len == 1, 5000);
  refresh (fixture, answer.tokens->refresh_token, &late);
  g_assert_error (late.error, LF_SERVER_ERROR, LF_PROBLEM_UNAUTHORIZED);
}

static void
test_end_session (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *other = lf_test_store_add (fixture->store, "jonas", "Jonas Weber", NULL);
  g_auto (Answer)  first = { 0 };
  g_auto (Answer)  second = { 0 };
  g_auto (Answer)  foreign = { 0 };
  g_auto (Answer)  ended = { 0 };
  g_auto (Answer)  twice = { 0 };

  g_test_summary ("Signing a device out ends its tokens alone; another person cannot do it");
  login (fixture, "mara", PASSWORD, ADDRESS, &first);
  login (fixture, "mara", PASSWORD, ADDRESS, &second);
  end_session (fixture, other, first.tokens->session, &foreign);
  g_assert_error (foreign.error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
  g_assert_cmpint (try_token (fixture, first.tokens->access_token), ==, LF_N_PROBLEMS);

  end_session (fixture, fixture->mara, first.tokens->session, &ended);
  g_assert_no_error (ended.error);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, first.tokens->session);
  g_assert_cmpint (try_token (fixture, first.tokens->access_token), ==, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpint (try_token (fixture, second.tokens->access_token), ==, LF_N_PROBLEMS);

  end_session (fixture, fixture->mara, first.tokens->session, &twice);
  g_assert_error (twice.error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
}

static void
test_backoff (Fixture *fixture, gconstpointer unused)
{
  guint n_hashed;

  g_test_summary ("After five wrong passwords the sixth attempt waits, without a hash; then the right one passes");
  for (guint i = 0; i < 5; i++)
    {
      g_auto (Answer) answer = { 0 };

      login (fixture, "mara", "wrong horse battery", ADDRESS, &answer);
      g_assert_error (answer.error, LF_SERVER_ERROR, LF_PROBLEM_BAD_CREDENTIALS);
    }

  n_hashed = lf_accounts_count_hashes (fixture->accounts);
  {
    g_auto (Answer) answer = { 0 };

    login (fixture, "mara", PASSWORD, ADDRESS, &answer);
    g_assert_error (answer.error, LF_SERVER_ERROR, LF_PROBLEM_RATE_LIMITED);
    g_assert_cmpuint (answer.retry_after_s, ==, 1);
    g_assert_cmpuint (lf_accounts_count_hashes (fixture->accounts), ==, n_hashed);
  }
  {
    g_auto (Answer) elsewhere = { 0 };

    login (fixture, "mara", PASSWORD, "198.51.100.9", &elsewhere);
    g_assert_no_error (elsewhere.error);
  }
}

static void
test_connector (Fixture *fixture, gconstpointer unused)
{
  g_autofree char       *token = lf_token_make (LF_TOKEN_CONNECTOR);
  g_autofree char       *hash = lf_token_hash (token);
  LfTokenRow             row = { .id = (char *) "t1", .hash = hash, .kind = (char *) "phone", .name = (char *) "PBX" };
  g_autoptr (LfIdentity) identity = NULL;

  g_test_summary ("A connector's token is a connector's, and ends when it is removed");
  lf_accounts_add_connector (fixture->accounts, &row);
  identity = lf_accounts_authenticate (fixture->accounts, token, NULL);
  g_assert_nonnull (identity);
  g_assert_cmpint (identity->kind, ==, LF_IDENTITY_PHONE);
  g_assert_null (identity->user);
  g_assert_cmpstr (identity->name, ==, "PBX");
  lf_accounts_remove_connector (fixture->accounts, "t1");
  g_assert_cmpint (try_token (fixture, token), ==, LF_PROBLEM_UNAUTHORIZED);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
}

static gboolean
run_look_for_secrets (LfDb *db, gpointer data, GError **error)
{
  const char *const       *secrets = data;
  static const char *const queries[] = {
    "SELECT hash || session_id FROM access_tokens",
    "SELECT hash || COALESCE (successor, '') || COALESCE (salt, '') FROM refresh_tokens",
    "SELECT password_hash FROM users WHERE password_hash IS NOT NULL",
  };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (LfRows) rows = lf_db_query (db, error, queries[i]);

      while (lf_rows_next (rows, NULL))
        for (guint j = 0; secrets[j] != NULL; j++)
          g_assert_null (strstr (lf_rows_get_text (rows, 0), secrets[j]));
    }
  return TRUE;
}

static void
test_stored_hashed (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) first = { 0 };
  g_auto (Answer) second = { 0 };
  const char     *secrets[5] = { PASSWORD };

  g_test_summary ("No password and no token is stored as it is");
  login (fixture, "mara", PASSWORD, ADDRESS, &first);
  refresh (fixture, first.tokens->refresh_token, &second);
  secrets[1] = strchr (first.tokens->access_token, '_') + 1;
  secrets[2] = strchr (first.tokens->refresh_token, '_') + 1;
  secrets[3] = strchr (second.tokens->refresh_token, '_') + 1;
  g_assert_true (lf_store_run_sync (fixture->store, run_look_for_secrets, (gpointer) secrets, NULL));
}

static gboolean
run_read_seen (LfDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) sessions = lf_store_sessions_list (db, NULL, 0, error);

  g_assert_cmpuint (sessions->len, ==, 1);
  *(gint64 *) data = ((LfSessionRow *) g_ptr_array_index (sessions, 0))->last_seen_at_us;
  return TRUE;
}

static void
test_last_seen (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) answer = { 0 };
  gint64          seen_us = 0;

  g_test_summary ("When a device was last seen is stored every five minutes of its use, not with each request");
  login (fixture, "mara", PASSWORD, ADDRESS, &answer);
  lf_clock_advance (fixture->clock, 4 * LF_MINUTE);
  try_token (fixture, answer.tokens->access_token);
  g_assert_true (lf_store_run_sync (fixture->store, run_read_seen, &seen_us, NULL));
  g_assert_cmpint (seen_us, ==, LF_TEST_NOW_US);
  lf_clock_advance (fixture->clock, LF_MINUTE);
  try_token (fixture, answer.tokens->access_token);
  try_token (fixture, answer.tokens->access_token);
  g_assert_true (lf_store_run_sync (fixture->store, run_read_seen, &seen_us, NULL));
  g_assert_cmpint (seen_us, ==, LF_TEST_NOW_US + 5 * LF_MINUTE);
}

static void
test_many_sessions (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *first_session = NULL;

  g_test_summary ("A person has 50 sessions at most: the one unseen for longest gives way");
  for (guint i = 0; i <= LF_MAX_SESSIONS; i++)
    {
      g_auto (Answer) answer = { 0 };

      lf_clock_advance (fixture->clock, LF_SECOND);
      login (fixture, "mara", PASSWORD, ADDRESS, &answer);
      g_assert_no_error (answer.error);
      if (i == 0)
        first_session = g_strdup (answer.tokens->session);
    }
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, first_session);
}

static void
test_derive (void)
{
  g_autofree char *token = lf_token_make (LF_TOKEN_REFRESH);
  g_autofree char *other = lf_token_make (LF_TOKEN_REFRESH);
  g_autofree char *salt = lf_token_make_salt ();
  g_autofree char *one = lf_token_derive (token, salt);
  g_autofree char *two = lf_token_derive (token, salt);
  g_autofree char *three = lf_token_derive (other, salt);
  g_autofree char *hash = lf_token_hash (token);

  g_test_summary ("A successor needs both the token and the salt; a hash says neither");
  g_assert_cmpstr (one, ==, two);
  g_assert_cmpstr (one, !=, three);
  g_assert_cmpuint (strlen (one), ==, strlen (token));
  g_assert_cmpuint (strlen (one), <=, LF_TOKEN_MAX_CHARS);
  g_assert_cmpuint (strlen (hash), ==, 64);
  g_assert_cmpstr (token, !=, other);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/accounts/login/right", test_login);
  ADD ("/accounts/login/wrong", test_wrong);
  ADD ("/accounts/login/blocked", test_blocked);
  ADD ("/accounts/login/back-off", test_backoff);
  ADD ("/accounts/login/many-sessions", test_many_sessions);
  ADD ("/accounts/tokens/bad", test_tokens);
  ADD ("/accounts/tokens/restart", test_restart);
  ADD ("/accounts/tokens/stored-hashed", test_stored_hashed);
  ADD ("/accounts/tokens/connector", test_connector);
  g_test_add_func ("/accounts/tokens/derive", test_derive);
  ADD ("/accounts/refresh/rotation", test_rotation);
  ADD ("/accounts/refresh/reuse-late", test_reuse_late);
  ADD ("/accounts/refresh/reuse-after-successor", test_reuse_after_successor);
  ADD ("/accounts/refresh/unknown", test_refresh_unknown);
  ADD ("/accounts/refresh/family-expires", test_family_expires);
  ADD ("/accounts/session/last-seen", test_last_seen);
  ADD ("/accounts/session/end", test_end_session);

  return g_test_run ();
}

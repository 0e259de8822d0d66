/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-channel.h"
#include "lf-error.h"
#include "lf-fake-server.h"
#include "lf-outbox.h"
#include "lf-session.h"
#include "lf-test-util.h"

/* A server that rotates tokens: the access token "a<n>" goes with the refresh token "r<n>". */
typedef struct
{
  LfFakeServer *server;
  LfClock      *clock;
  LfSession    *session;
  guint         n;           /* of the valid tokens */
  guint         n_refreshes; /* asked for */
  guint         n_lose;      /* answers to refreshes that get lost, and rotate all the same */
  guint         n_busy;      /* refreshes answered 503 */
  gboolean      is_revoked;
  gboolean      is_expired;   /* every access token is, until the next refresh */
  gboolean      is_forgetful; /* as one that started again: it knows no token that has expired */
  gint64        life_us;      /* told of access tokens */
  const char   *token;        /* told in place of the right access token, nullable */
  guint         n_rotated;
  guint         n_ended;
  GError       *error;
  guint         n_done;
  guint         n_puts;
  guint         n_lose_puts; /* acknowledgements that get lost */
  GHashTable   *stored;      /* message id → sequence number */
  guint         n_sent;
  guint         n_refused;
} World;

static gboolean
has_token (World               *w,
           const LfFakeRequest *request)
{
  g_autofree char *field = g_strdup_printf ("\r\nAuthorization: Bearer a%u\r\n", w->n);

  return !w->is_expired && strstr (request->head, field) != NULL;
}

static void
answer_tokens (World      *w,
               LfFakeConn *conn)
{
  g_autofree char *access = g_strdup_printf ("a%u", w->n);
  g_autofree char *refresh = g_strdup_printf ("r%u", w->n);
  gint64           now_us = lf_clock_get_now_us (w->clock);
  LfWireTokens     tokens = {
        .user = (char *) "u1",
        .session = (char *) "s1",
        .access_token = w->token != NULL ? (char *) w->token : access,
        .access_expires_at_us = now_us + w->life_us,
        .refresh_token = refresh,
        .refresh_expires_at_us = now_us + 30 * LF_DAY,
  };

  lf_fake_conn_answer_wire (conn, &lf_schema_tokens, &tokens);
}

static void
answer_refresh (World               *w,
                LfFakeConn          *conn,
                const LfFakeRequest *request)
{
  g_autofree char *now = g_strdup_printf ("\"r%u\"", w->n);
  g_autofree char *before = g_strdup_printf ("\"r%u\"", w->n - 1);
  gboolean         is_newest = strstr (request->body, now) != NULL;

  w->n_refreshes++;
  g_assert_null (strstr (request->head, "Authorization:")); /* an expired token is not shown around */
  if (w->n_busy > 0)
    {
      w->n_busy--;
      lf_fake_conn_problem (conn, 503, "", "unavailable");
      return;
    }
  if (w->is_revoked || (!is_newest && strstr (request->body, before) == NULL))
    {
      lf_fake_conn_problem (conn, 401, "", "unauthorized");
      return;
    }
  if (is_newest)
    w->n++; /* the one before gets the same successor, as within the 60 s of grace */
  w->is_expired = FALSE;
  if (w->n_lose > 0)
    {
      w->n_lose--;
      lf_fake_conn_close (conn);
    }
  else
    answer_tokens (w, conn);
}

static void
answer_put (World               *w,
            LfFakeConn          *conn,
            const LfFakeRequest *request)
{
  const char   *id = strrchr (request->path, '/') + 1;
  gpointer      seq = g_hash_table_lookup (w->stored, id);
  LfWireMessage message = {
    .conversation = (char *) "c1",
    .id = (char *) id,
    .sender = (char *) "u1",
    .body = (char *) "x",
    .sent_at_us = lf_clock_get_now_us (w->clock),
  };

  w->n_puts++;
  if (strstr (request->body, "refuse me") != NULL)
    {
      lf_fake_conn_problem (conn, 413, "", "too_large");
      return;
    }
  if (seq == NULL)
    {
      seq = GUINT_TO_POINTER (g_hash_table_size (w->stored) + 1);
      g_hash_table_insert (w->stored, g_strdup (id), seq);
    }
  message.seq = GPOINTER_TO_UINT (seq);
  if (w->n_lose_puts > 0)
    {
      w->n_lose_puts--;
      lf_fake_conn_close (conn); /* stored, and the acknowledgement lost */
    }
  else
    lf_fake_conn_answer_wire (conn, &lf_schema_message, &message);
}

static void
on_request (LfFakeConn          *conn,
            const LfFakeRequest *request,
            gpointer             user_data)
{
  World *w = user_data;

  if (g_str_equal (request->path, "/api/v1/auth/login"))
    answer_tokens (w, conn);
  else if (g_str_equal (request->path, "/api/v1/auth/refresh"))
    answer_refresh (w, conn, request);
  else if (!has_token (w, request))
    lf_fake_conn_problem (conn, 401, "", w->is_revoked || w->is_forgetful ? "unauthorized" : "token_expired");
  else if (g_str_equal (request->path, "/api/v1/stream"))
    lf_fake_conn_upgrade (conn, request);
  else if (strstr (request->path, "/messages/") != NULL)
    answer_put (w, conn, request);
  else
    lf_fake_conn_answer (conn, 204, "", NULL, "");
}

static void
on_rotated (LfSession *session,
            World     *w)
{
  w->n_rotated++;
}

static void
on_ended (LfSession    *session,
          const GError *error,
          World        *w)
{
  g_assert_error (error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  w->n_ended++;
}

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  World *w = user_data;

  g_clear_error (&w->error);
  lf_session_login_finish (LF_SESSION (source), result, &w->error);
  w->n_done++;
}

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  World *w = user_data;

  g_clear_error (&w->error);
  lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &w->error);
  w->n_done++;
}

static void
world_begin (World *w)
{
  g_autoptr (GError) error = NULL;

  *w = (World){ .clock = lf_clock_new_system (), .n = 1, .life_us = 15 * LF_MINUTE };
  w->stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  w->server = lf_fake_server_new (on_request, NULL, w);
  w->session = lf_session_new (lf_fake_server_get_address (w->server), w->clock, &error);
  g_assert_no_error (error);
  g_signal_connect (w->session, "rotated", G_CALLBACK (on_rotated), w);
  g_signal_connect (w->session, "ended", G_CALLBACK (on_ended), w);
}

static void
log_in (World *w)
{
  lf_session_login_async (w->session, "mara", "password", "desk", NULL, on_done, w);
  lf_wait_until (w->n_done == 1, 5000);
  w->n_done = 0;
}

static void
world_end (World *w)
{
  g_signal_handlers_disconnect_by_data (w->session, w);
  g_object_run_dispose (G_OBJECT (w->session));
  lf_wait_until (G_OBJECT (w->session)->ref_count == 1, 5000);
  g_assert_finalize_object (w->session);
  lf_fake_server_free (w->server);
  g_assert_finalize_object (w->clock);
  g_hash_table_unref (w->stored);
  g_clear_error (&w->error);
}

static void
call (World *w)
{
  lf_session_call_async (w->session, "GET", "/me", NULL, NULL, NULL, NULL, NULL, on_called, w);
}

static void
test_expired (void)
{
  World w;

  g_test_summary ("Calls that meet an expired token share one refresh, and are made once more.");
  world_begin (&w);
  log_in (&w);
  g_assert_true (lf_session_get_is_signed_in (w.session));
  g_assert_cmpstr (lf_session_get_user (w.session), ==, "u1");
  w.is_expired = TRUE;
  for (guint i = 0; i < 5; i++)
    call (&w);
  lf_wait_until (w.n_done == 5, 10000);
  g_assert_no_error (w.error);
  g_assert_cmpuint (w.n_refreshes, ==, 1);
  g_assert_cmpuint (w.n_rotated, ==, 2); /* the login's and the refresh's */
  g_assert_cmpstr (lf_session_get_refresh_token (w.session), ==, "r2");
  world_end (&w);
}

static void
test_forgotten (void)
{
  World w;

  g_test_summary ("A server that knows the access token no longer has not signed anybody out: it is renewed first");
  world_begin (&w);
  log_in (&w);
  w.is_expired = w.is_forgetful = TRUE;
  call (&w);
  lf_wait_until (w.n_done == 1, 10000);
  g_assert_no_error (w.error);
  g_assert_cmpuint (w.n_refreshes, ==, 1);
  g_assert_cmpuint (w.n_ended, ==, 0);
  world_end (&w);
}

static void
test_always_expired (void)
{
  World w;

  g_test_summary ("A server that calls every token expired is not asked for ever.");
  world_begin (&w);
  log_in (&w);
  w.token = "never-right";
  w.is_expired = TRUE;
  call (&w);
  lf_wait_until (w.n_done == 1, 10000);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_cmpuint (w.n_refreshes, ==, 1);
  g_assert_cmpuint (w.n_ended, ==, 0);
  world_end (&w);
}

static void
test_lost_answer (void)
{
  World w;

  g_test_summary ("A refresh whose answer is lost is repeated with the same token, and the session lives on.");
  world_begin (&w);
  log_in (&w);
  w.is_expired = TRUE;
  w.n_lose = 1;
  call (&w);
  lf_wait_until (w.n_done == 1, 10000);
  g_assert_no_error (w.error);
  g_assert_cmpuint (w.n_refreshes, ==, 2);
  g_assert_cmpstr (lf_session_get_refresh_token (w.session), ==, "r2");
  g_assert_cmpuint (w.n_ended, ==, 0);
  world_end (&w);
}

static void
test_busy (void)
{
  World w;

  g_test_summary ("A server that is busy ends the call, not the session.");
  world_begin (&w);
  log_in (&w);
  w.is_expired = TRUE;
  w.n_busy = 100;
  call (&w);
  lf_wait_until (w.n_done == 1, 20000);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_UNAVAILABLE);
  g_assert_cmpuint (w.n_ended, ==, 0);
  g_assert_true (lf_session_get_is_signed_in (w.session));
  w.n_busy = 0;
  call (&w);
  lf_wait_until (w.n_done == 2, 5000);
  g_assert_no_error (w.error);
  world_end (&w);
}

static void
test_revoked (void)
{
  World w;

  g_test_summary ("A session that the server ended says so once, and refuses from then on.");
  world_begin (&w);
  log_in (&w);
  w.is_revoked = TRUE;
  w.is_expired = TRUE;
  call (&w);
  call (&w);
  lf_wait_until (w.n_done == 2, 10000);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_cmpuint (w.n_ended, ==, 1);
  g_assert_false (lf_session_get_is_signed_in (w.session));
  call (&w);
  lf_wait_until (w.n_done == 3, 5000);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  world_end (&w);
}

static void
test_adopt (void)
{
  World w;

  g_test_summary ("A refresh token from elsewhere signs in; one that is no longer taken says so.");
  world_begin (&w);
  lf_session_adopt_async (w.session, "r1", NULL, on_done, &w);
  lf_wait_until (w.n_done == 1, 5000);
  g_assert_no_error (w.error);
  g_assert_cmpstr (lf_session_get_refresh_token (w.session), ==, "r2");
  world_end (&w);

  world_begin (&w);
  lf_session_adopt_async (w.session, "stolen", NULL, on_done, &w);
  lf_wait_until (w.n_done == 1, 5000);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_UNAUTHORIZED);
  g_assert_false (lf_session_get_is_signed_in (w.session));
  world_end (&w);
}

static void
test_bad_token (void)
{
  World w;

  g_test_summary ("A token that would break the header is refused, never sent.");
  world_begin (&w);
  w.token = "a\r\nX-Evil: 1";
  log_in (&w);
  g_assert_error (w.error, LF_ERROR, LF_ERROR_BAD_FRAME);
  g_assert_false (lf_session_get_is_signed_in (w.session));
  world_end (&w);
}

static void
test_logout (void)
{
  World w;

  g_test_summary ("After logging out there is no token, whatever the server says.");
  world_begin (&w);
  log_in (&w);
  lf_session_logout_async (w.session, NULL, on_done, &w);
  g_assert_false (lf_session_get_is_signed_in (w.session));
  g_assert_null (lf_session_get_refresh_token (w.session));
  lf_wait_until (w.n_done == 1, 5000);
  g_assert_no_error (w.error);
  g_assert_cmpuint (w.n_ended, ==, 0);
  g_assert_cmpuint (lf_fake_server_count (w.server, "/api/v1/auth/logout"), ==, 1);
  world_end (&w);
}

static void
on_lost_stream (LfChannel    *channel,
                const GError *error,
                guint        *n_lost)
{
  (*n_lost)++;
}

static void
test_stream (void)
{
  World                 w;
  g_autoptr (LfChannel) channel = NULL;
  guint                 n_lost = 0;

  g_test_summary ("A stream whose token has expired refreshes it and connects.");
  world_begin (&w);
  log_in (&w);
  w.is_expired = TRUE;
  channel = lf_channel_new_for_session (w.session);
  g_signal_connect (channel, "lost", G_CALLBACK (on_lost_stream), &n_lost);
  lf_channel_start (channel);
  lf_wait_until (lf_fake_server_count (w.server, "/api/v1/stream") == 2, 10000);
  g_assert_cmpuint (w.n_refreshes, ==, 1);
  g_assert_cmpuint (n_lost, ==, 0);
  lf_channel_stop (channel, "end");
  lf_spin_for_ms (20);
  g_clear_object (&channel);
  world_end (&w);
}

static void
test_dispose (void)
{
  g_test_summary ("The session may go while it refreshes; whoever waits is told.");
  for (guint turns = 0; turns < 12; turns++)
    {
      World w;

      world_begin (&w);
      log_in (&w);
      w.is_expired = TRUE;
      call (&w);
      for (guint i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      g_object_run_dispose (G_OBJECT (w.session));
      lf_wait_until (w.n_done == 1, 5000);
      world_end (&w);
    }
}

/* The outbox, against the same server */

static void
on_sent (LfOutbox *outbox,
         gpointer  message,
         World    *w)
{
  w->n_sent++;
  g_assert_cmpint (((const LfWireMessage *) message)->seq, ==, w->n_sent); /* in order */
}

static void
on_refused (LfOutbox     *outbox,
            const char   *conversation,
            const char   *id,
            const GError *error,
            World        *w)
{
  g_assert_error (error, LF_ERROR, LF_ERROR_TOO_LARGE);
  g_assert_cmpstr (id, ==, "m-refused");
  w->n_refused++;
}

static gboolean
add_letter (LfOutbox   *outbox,
            const char *id,
            const char *body)
{
  g_autoptr (LfLetter) letter = lf_letter_new (id, "c1", "u2", body, 1000000);

  return lf_outbox_add (outbox, letter);
}

static void
test_outbox (void)
{
  World     w;
  LfOutbox *outbox;

  g_test_summary ("Each message is stored once and in order, over lost acknowledgements and a refusal.");
  world_begin (&w);
  log_in (&w);
  outbox = lf_outbox_new (w.session);
  g_signal_connect (outbox, "sent", G_CALLBACK (on_sent), &w);
  g_signal_connect (outbox, "refused", G_CALLBACK (on_refused), &w);
  w.n_lose_puts = 2;
  g_assert_true (add_letter (outbox, "m-1", "one"));
  g_assert_true (add_letter (outbox, "m-refused", "refuse me"));
  g_assert_true (add_letter (outbox, "m-2", "two"));
  g_assert_cmpuint (lf_outbox_get_n_pending (outbox), ==, 3);
  lf_wait_until (w.n_puts == 1, 5000);
  lf_spin_for_ms (50);
  lf_outbox_retry_now (outbox); /* the stream is back */
  lf_wait_until (w.n_sent == 2, 20000);
  g_assert_cmpuint (w.n_refused, ==, 1);
  g_assert_cmpuint (w.n_puts, ==, 5); /* twice lost, once taken, one refused, one more */
  g_assert_cmpuint (g_hash_table_size (w.stored), ==, 2);
  g_assert_cmpuint (lf_outbox_get_n_pending (outbox), ==, 0);
  g_assert_finalize_object (outbox);
  world_end (&w);
}

static void
test_outbox_full (void)
{
  World     w;
  LfOutbox *outbox;

  g_test_summary ("The outbox is bounded, and may go with messages in it.");
  world_begin (&w);
  log_in (&w);
  outbox = lf_outbox_new (w.session);
  for (guint i = 0; i < LF_OUTBOX_MAX_MESSAGES; i++)
    {
      g_autofree char *id = g_strdup_printf ("m-%u", i);

      g_assert_true (add_letter (outbox, id, "x"));
    }
  g_assert_false (add_letter (outbox, "m-too-many", "x"));
  g_object_run_dispose (G_OBJECT (outbox));
  lf_wait_until (G_OBJECT (outbox)->ref_count == 1, 5000);
  g_assert_finalize_object (outbox);
  world_end (&w);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/expired", test_expired);
  g_test_add_func ("/session/forgotten", test_forgotten);
  g_test_add_func ("/session/always-expired", test_always_expired);
  g_test_add_func ("/session/lost-answer", test_lost_answer);
  g_test_add_func ("/session/busy", test_busy);
  g_test_add_func ("/session/revoked", test_revoked);
  g_test_add_func ("/session/adopt", test_adopt);
  g_test_add_func ("/session/bad-token", test_bad_token);
  g_test_add_func ("/session/logout", test_logout);
  g_test_add_func ("/session/stream", test_stream);
  g_test_add_func ("/session/dispose", test_dispose);
  g_test_add_func ("/outbox/once-and-in-order", test_outbox);
  g_test_add_func ("/outbox/full", test_outbox_full);
  return g_test_run ();
}

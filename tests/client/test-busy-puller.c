/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-busy-puller.h"
#include "lf-error.h"
#include "lf-fake-server.h"
#include "lf-test-util.h"

#define NOW_US (G_GINT64_CONSTANT (1795510800) * LF_SECOND) /* 2026-11-24T09:00:00Z */

typedef struct
{
  LfFakeServer *server;
  LfClock      *clock;
  LfSession    *session;
  LfBusyPuller *puller;
  gboolean      is_done;
  gint64        known_us; /* told: known until so long from now */
  gboolean      is_state_only;
  guint         n_busy;  /* requests answered 503 */
  guint         n_asked; /* people, in all requests */
  guint         most_asked;
  guint         n_got;
  guint         n_snapshot;
  char         *last_path;
} World;

static void
answer_busy (World               *w,
             LfFakeConn          *conn,
             const LfFakeRequest *request)
{
  const char         *list = strstr (request->path, "users=") + strlen ("users=");
  g_autofree char    *users = g_strndup (list, strcspn (list, "&"));
  g_auto (GStrv)      each = g_strsplit (users, ",", -1);
  g_autoptr (GString) body = g_string_new ("{\"items\":[");
  gint64              now_us = lf_clock_get_now_us (w->clock);
  char                from[LF_INSTANT_MAX_CHARS];
  char                until[LF_INSTANT_MAX_CHARS];
  char                read[LF_INSTANT_MAX_CHARS];

  g_free (w->last_path);
  w->last_path = g_strdup (request->path);
  w->n_asked += g_strv_length (each);
  w->most_asked = MAX (w->most_asked, g_strv_length (each));
  if (w->n_busy > 0)
    {
      w->n_busy--;
      lf_fake_conn_problem (conn, 503, "", "unavailable");
      return;
    }
  lf_instant_format (now_us - LF_DAY, from);
  lf_instant_format (now_us + w->known_us, until);
  lf_instant_format (now_us, read);
  if (g_strv_length (each) < 200)
    g_string_append (body, "{\"user\":\"stranger\",\"rev\":1,\"periods\":[]},");
  for (guint i = 0; each[i] != NULL; i++)
    g_string_append_printf (body, "%s{\"user\":\"%s\",\"rev\":3,\"known_from\":\"%s\",\"known_until\":\"%s\",\"read_at\":\"%s\",\"periods\":[],\"state_only\":%s}",
                            i > 0 ? "," : "", each[i], from, until, read, w->is_state_only ? "true" : "false");
  g_string_append (body, "]}");
  lf_fake_conn_answer (conn, 200, "", "application/json", body->str);
}

static void
on_request (LfFakeConn          *conn,
            const LfFakeRequest *request,
            gpointer             user_data)
{
  World *w = user_data;

  if (g_str_equal (request->path, "/api/v1/auth/login"))
    lf_fake_conn_answer (conn, 200, "", "application/json",
                         "{\"user\":\"u1\",\"session\":\"s1\",\"access_token\":\"a\",\"access_expires_at\":\"2026-11-24T09:15:00Z\","
                         "\"refresh_token\":\"r\",\"refresh_expires_at\":\"2026-12-24T09:00:00Z\"}");
  else
    answer_busy (w, conn, request);
}

static void
on_busy (LfBusyPuller *puller,
         gpointer      busy,
         gboolean      is_snapshot,
         World        *w)
{
  g_assert_cmpstr (((const LfWireBusy *) busy)->user, !=, "stranger");
  w->n_got++;
  w->n_snapshot += is_snapshot;
}

static void
on_logged_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_assert_true (lf_session_login_finish (LF_SESSION (source), result, NULL));
  ((World *) user_data)->is_done = TRUE;
}

static void
world_begin (World *w)
{
  *w = (World){ .clock = lf_clock_new_manual (NOW_US), .known_us = 14 * LF_DAY };
  w->server = lf_fake_server_new (on_request, NULL, w);
  w->session = lf_session_new (lf_fake_server_get_address (w->server), w->clock, NULL);
  lf_session_login_async (w->session, "mara", "x", "desk", NULL, on_logged_in, w);
  lf_wait_until (w->is_done, 5000);
  w->puller = lf_busy_puller_new (w->session, w->clock);
  g_signal_connect (w->puller, "busy", G_CALLBACK (on_busy), w);
}

static void
world_end (World *w)
{
  g_object_run_dispose (G_OBJECT (w->puller));
  lf_wait_until (G_OBJECT (w->puller)->ref_count == 1, 5000);
  g_assert_finalize_object (w->puller);
  g_object_run_dispose (G_OBJECT (w->session));
  lf_wait_until (G_OBJECT (w->session)->ref_count == 1, 5000);
  g_assert_finalize_object (w->session);
  lf_fake_server_free (w->server);
  g_assert_finalize_object (w->clock);
  g_free (w->last_path);
}

static guint
count (World *w)
{
  return lf_fake_server_count (w->server, "/api/v1/busy");
}

static void
test_batches (void)
{
  World w;

  g_test_summary ("Nothing is asked while not live; then everybody at once, at most 200 in a call.");
  world_begin (&w);
  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%u", i);

      lf_busy_puller_want (w.puller, user, LF_BUSY_FIRST);
      lf_busy_puller_want (w.puller, user, LF_BUSY_FIRST); /* once is enough */
    }
  lf_spin_for_ms (50);
  g_assert_cmpuint (count (&w), ==, 0);
  lf_busy_puller_set_live (w.puller, TRUE);
  lf_wait_until (w.n_got == 250, 15000);
  g_assert_cmpuint (count (&w), ==, 2);
  g_assert_cmpuint (w.most_asked, ==, 200);
  g_assert_cmpuint (w.n_snapshot, ==, 250);
  g_assert_nonnull (strstr (w.last_path, "&from=2026-11-23T09:00:00Z&to=2026-12-08T09:00:00Z"));
  world_end (&w);
}

static void
test_changes (void)
{
  World w;

  g_test_summary ("Who changes within the jitter is asked for together, and not as part of a snapshot.");
  world_begin (&w);
  lf_busy_puller_set_live (w.puller, TRUE);
  lf_busy_puller_want (w.puller, "u2", LF_BUSY_LATER);
  lf_busy_puller_want (w.puller, "u3", LF_BUSY_LATER);
  lf_busy_puller_want (w.puller, "u4", LF_BUSY_LATER);
  lf_busy_puller_forget (w.puller, "u4");
  lf_wait_until (w.n_got == 2, 15000);
  g_assert_cmpuint (count (&w), ==, 1);
  g_assert_cmpuint (w.n_asked, ==, 2);
  g_assert_cmpuint (w.n_snapshot, ==, 0);
  world_end (&w);
}

static void
test_open (void)
{
  World w;

  g_test_summary ("The open contact is asked for without delay: when it opens, when it changes, and every ten minutes.");
  world_begin (&w);
  lf_busy_puller_set_live (w.puller, TRUE);
  for (guint i = 1; i <= 12; i++) /* by chance none of twelve would come so soon */
    {
      if (i == 1)
        lf_busy_puller_set_open (w.puller, "u2");
      else
        lf_busy_puller_want (w.puller, "u2", LF_BUSY_LATER);
      lf_wait_until (w.n_got == i, 1500);
    }
  lf_clock_advance (w.clock, 11 * LF_MINUTE);
  lf_wait_until (w.n_got == 13, 1500);
  lf_busy_puller_set_open (w.puller, NULL);
  lf_busy_puller_set_open (w.puller, "u2"); /* just read */
  lf_spin_for_ms (50);
  g_assert_cmpuint (count (&w), ==, 13);
  for (guint i = 0; i < 6; i++) /* changed again while it is asked for: no longer a wait */
    {
      lf_busy_puller_want (w.puller, "u2", LF_BUSY_LATER);
      lf_wait_until (count (&w) == 14 + 2 * i, 1500);
      lf_busy_puller_want (w.puller, "u2", LF_BUSY_LATER);
      lf_wait_until (w.n_got == 15 + 2 * i, 1500);
    }
  world_end (&w);
}

typedef struct
{
  const char *why;
  gint64      known_us;
  gint64      early_us; /* not asked again until then */
  gint64      late_us;  /* but until then */
  gboolean    is_state_only;
} Again;

static const Again agains[] = {
  { "only the current state may be seen: at its end", 10 * LF_MINUTE, 10 * LF_MINUTE - LF_SECOND, 10 * LF_MINUTE + 6 * LF_SECOND, TRUE },
  { "a state that ends soon: then", 8 * LF_SECOND, 7 * LF_SECOND, 14 * LF_SECOND, TRUE },
  { "a state that ends now: not at once", 1, 4 * LF_SECOND, 6 * LF_SECOND, TRUE },
  { "two weeks are known: before it is a day old", 14 * LF_DAY, 21 * LF_HOUR, 24 * LF_HOUR },
  { "some hours are known: before they end", 6 * LF_HOUR, 4 * LF_HOUR, 6 * LF_HOUR },
  { "the window has ended: not at once", -LF_HOUR, 4 * LF_MINUTE, 11 * LF_MINUTE },
  { "the edge is now: not at once", 1, 25 * LF_SECOND, 60 * LF_SECOND },
};

static void
test_again (void)
{
  g_test_summary ("What runs out is asked for again, in time and not too often.");
  for (guint i = 0; i < G_N_ELEMENTS (agains); i++)
    {
      World w;

      g_test_message ("%s", agains[i].why);
      world_begin (&w);
      w.known_us = agains[i].known_us;
      w.is_state_only = agains[i].is_state_only;
      lf_busy_puller_want (w.puller, "u2", LF_BUSY_FIRST);
      lf_busy_puller_set_live (w.puller, TRUE);
      lf_wait_until (w.n_got == 1, 5000);
      lf_clock_advance (w.clock, agains[i].early_us);
      lf_spin_for_ms (50);
      g_assert_cmpuint (count (&w), ==, 1);
      lf_clock_advance (w.clock, agains[i].late_us - agains[i].early_us);
      lf_wait_until (w.n_got == 2, 5000);
      world_end (&w);
    }
}

static void
test_failure (void)
{
  World w;

  g_test_summary ("A batch that fails is asked for again after a pause; a cut ends the pause and keeps the wish.");
  world_begin (&w);
  w.n_busy = 1;
  lf_busy_puller_want (w.puller, "u2", LF_BUSY_FIRST);
  lf_busy_puller_set_live (w.puller, TRUE);
  lf_wait_until (count (&w) == 1, 5000);
  lf_spin_for_ms (100);
  lf_busy_puller_want (w.puller, "u3", LF_BUSY_FIRST); /* a pause is not cut short */
  lf_spin_for_ms (100);
  g_assert_cmpuint (count (&w), ==, 1);
  lf_busy_puller_set_live (w.puller, FALSE);
  lf_busy_puller_want (w.puller, "u4", LF_BUSY_FIRST);
  lf_busy_puller_set_live (w.puller, TRUE);
  lf_wait_until (w.n_got == 3, 5000);
  g_assert_cmpuint (count (&w), ==, 2);
  world_end (&w);
}

static void
test_dispose (void)
{
  g_test_summary ("The puller may go while it asks.");
  for (guint turns = 0; turns < 8; turns++)
    {
      World w;

      world_begin (&w);
      lf_busy_puller_want (w.puller, "u2", LF_BUSY_FIRST);
      lf_busy_puller_set_live (w.puller, TRUE);
      for (guint i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      world_end (&w);
    }
}

static void
test_no_news (void)
{
  World w;

  g_test_summary ("What a snapshot wanted is no news, though it changed again before it was pulled, or the pull failed.");
  world_begin (&w);
  w.n_busy = 1;
  lf_busy_puller_set_open (w.puller, "u2"); /* without delay */
  lf_busy_puller_want (w.puller, "u2", LF_BUSY_SNAPSHOT);
  lf_busy_puller_want (w.puller, "u2", LF_BUSY_LATER);
  lf_busy_puller_set_live (w.puller, TRUE);
  lf_wait_until (count (&w) == 1, 10000);
  lf_busy_puller_want (w.puller, "u2", LF_BUSY_LATER);
  lf_wait_until (w.n_got == 1, 30000);
  g_assert_cmpuint (w.n_snapshot, ==, 1);
  world_end (&w);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/busy-puller/batches", test_batches);
  g_test_add_func ("/busy-puller/changes", test_changes);
  g_test_add_func ("/busy-puller/open", test_open);
  g_test_add_func ("/busy-puller/again", test_again);
  g_test_add_func ("/busy-puller/failure", test_failure);
  g_test_add_func ("/busy-puller/dispose", test_dispose);
  g_test_add_func ("/busy-puller/no-news", test_no_news);
  return g_test_run ();
}

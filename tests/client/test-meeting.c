/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lampfield-core.h"
#include "lf-busy-puller.h"
#include "lf-fake-server.h"
#include "lf-test-util.h"

/* A meeting that starts for everybody in the list at once. */

#define N_CONTACTS 1000
#define NOW_US     (G_GINT64_CONSTANT (1795510800) * LF_SECOND) /* 2026-11-24T09:00:00Z */
#define START_US   (NOW_US + 5 * LF_MINUTE + 10 * LF_SECOND)    /* not at a full minute, when ages tick */
#define END_US     (START_US + LF_HOUR)

typedef struct
{
  LfFakeServer *server;
  LfClock      *clock;
  LfSession    *session;
  LfBusyPuller *puller;
  LfRoster     *roster;
  gboolean      is_signed_in;
  guint         n_requests;
  guint         n_known;   /* contacts whose calendar is there */
  guint         n_changed; /* statuses */
} World;

static void
append_busy (GString *body, const char *user)
{
  char from[LF_INSTANT_MAX_CHARS], read[LF_INSTANT_MAX_CHARS], until[LF_INSTANT_MAX_CHARS], start[LF_INSTANT_MAX_CHARS], end[LF_INSTANT_MAX_CHARS];

  lf_instant_format (NOW_US - LF_DAY, from);
  lf_instant_format (NOW_US, read);
  lf_instant_format (NOW_US + 14 * LF_DAY, until);
  lf_instant_format (START_US, start);
  lf_instant_format (END_US, end);
  g_string_append_printf (body, "%s{\"user\":\"%s\",\"rev\":1,\"known_from\":\"%s\",\"known_until\":\"%s\",\"read_at\":\"%s\",\"periods\":["
                                "{\"start\":\"%s\",\"end\":\"%s\",\"type\":\"busy\"}]}",
                          body->str[body->len - 1] == '[' ? "" : ",", user, from, until, read, start, end);
}

static void
on_request (LfFakeConn *conn, const LfFakeRequest *request, gpointer user_data)
{
  World              *w = user_data;
  const char         *list = strstr (request->path, "users=");
  g_autofree char    *users = list != NULL ? g_strndup (list + strlen ("users="), strcspn (list + strlen ("users="), "&")) : g_strdup ("");
  g_auto (GStrv)      each = g_strsplit (users, ",", -1);
  g_autoptr (GString) body = g_string_new ("{\"items\":[");

  w->n_requests++;
  if (list == NULL)
    {
      lf_fake_conn_answer (conn, 200, "", "application/json",
                           "{\"user\":\"u\",\"session\":\"s1\",\"access_token\":\"a\",\"access_expires_at\":\"2026-11-24T09:15:00Z\","
                           "\"refresh_token\":\"r\",\"refresh_expires_at\":\"2026-12-24T09:00:00Z\"}");
      return;
    }
  for (guint i = 0; each[i] != NULL; i++)
    append_busy (body, each[i]);
  g_string_append (body, "]}");
  lf_fake_conn_answer (conn, 200, "", "application/json", body->str);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((World *) user_data)->is_signed_in = lf_session_login_finish (LF_SESSION (source), result, NULL);
}

static void
on_busy (LfBusyPuller *puller, gpointer data, gboolean is_snapshot, World *w)
{
  const LfWireBusy *busy = data;
  LfCalendar        calendar;

  lf_busy_to_calendar (busy, &calendar);
  lf_roster_apply_calendar (w->roster, busy->user, &calendar);
  lf_busy_calendar_clear (&calendar);
  w->n_known++;
}

static void
on_status_changed (LfRoster *roster, LfContact *contact, guint old, guint status, gboolean is_snapshot, World *w)
{
  w->n_changed++;
}

static gboolean
on_never (gpointer unused)
{
  g_assert_not_reached ();
}

/* Each call that is asked of the clock gets the next number. */
static guint
count_calls (World *w)
{
  guint call = lf_clock_call_after (w->clock, 365 * LF_DAY, on_never, NULL);
  guint n = call;

  lf_clock_cancel (w->clock, &call);
  return n;
}

static void
world_begin (World *w)
{
  *w = (World){ .clock = lf_clock_new_manual (NOW_US) };
  w->server = lf_fake_server_new (on_request, NULL, w);
  w->session = lf_session_new (lf_fake_server_get_address (w->server), w->clock, NULL);
  lf_session_login_async (w->session, "mara", "x", "desk", NULL, on_signed_in, w);
  lf_wait_until (w->is_signed_in, 5000);
  w->roster = lf_roster_new (w->clock);
  g_signal_connect (w->roster, "status-changed", G_CALLBACK (on_status_changed), w);
  w->puller = lf_busy_puller_new (w->session, w->clock);
  g_signal_connect (w->puller, "busy", G_CALLBACK (on_busy), w);
  lf_busy_puller_set_live (w->puller, TRUE);
}

static void
world_end (World *w)
{
  g_object_run_dispose (G_OBJECT (w->puller));
  lf_wait_until (G_OBJECT (w->puller)->ref_count == 1, 5000);
  g_assert_finalize_object (w->puller);
  g_assert_finalize_object (w->roster);
  g_object_run_dispose (G_OBJECT (w->session));
  lf_wait_until (G_OBJECT (w->session)->ref_count == 1, 5000);
  g_assert_finalize_object (w->session);
  lf_fake_server_free (w->server);
  g_assert_finalize_object (w->clock);
}

static void
fill_roster (World *w)
{
  for (guint i = 0; i < N_CONTACTS; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%u", i);

      lf_roster_ensure (w->roster, user);
      lf_busy_puller_want (w->puller, user, LF_BUSY_FIRST);
    }
  lf_wait_until (w->n_known == N_CONTACTS, 60000); /* a batch follows the one before within 5 s */
}

static void
test_meeting (void)
{
  World w;
  guint n_requests;
  guint n_calls;

  g_test_summary ("A meeting that starts and ends for 1,000 contacts costs no message and one call of the clock each time");
  world_begin (&w);
  fill_roster (&w);
  n_requests = w.n_requests;
  lf_clock_advance (w.clock, START_US - NOW_US - 1);
  g_assert_cmpuint (w.n_changed, ==, 0);

  n_calls = count_calls (&w);
  lf_clock_advance (w.clock, 1);
  g_assert_cmpuint (w.n_changed, ==, N_CONTACTS);
  g_assert_cmpuint (count_calls (&w) - n_calls - 1, ==, 1); /* for the next edge */
  for (guint i = 0; i < N_CONTACTS; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%u", i);

      g_assert_cmpint (lf_contact_get_resolved (lf_roster_lookup (w.roster, user))->status, ==, LF_DISPLAY_IN_A_MEETING);
    }
  lf_spin_for_ms (50);
  g_assert_cmpuint (w.n_requests, ==, n_requests);

  lf_clock_advance (w.clock, END_US - START_US);
  g_assert_cmpuint (w.n_changed, ==, 2 * N_CONTACTS);
  lf_spin_for_ms (50);
  g_assert_cmpuint (w.n_requests, ==, n_requests);
  world_end (&w);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meeting/of-everybody", test_meeting);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-person.h"
#include "lf-rest.h"
#include "lf-test-util.h"

/* Jonas decides what is seen of his calendar, and Mara looks. */
typedef struct
{
  LfRealServer *server;
  LfPerson      mara;
  LfPerson      jonas;
  LfContact    *contact; /* Jonas, as Mara sees him */
  LfRest       *rest;    /* as Jonas, or the calendars' connector */
  gboolean      is_done;
  gpointer      answer; /* owned, nullable */
} World;

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  World             *w = user_data;
  g_autoptr (GError) error = NULL;

  w->answer = lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  w->is_done = TRUE;
}

static gpointer
call (World          *w,
      const char     *token,
      const char     *method,
      const char     *path,
      const LfSchema *schema,
      gconstpointer   body,
      const LfSchema *answer)
{
  w->is_done = FALSE;
  lf_rest_set_token (w->rest, token);
  lf_rest_call_async (w->rest, method, path, NULL, schema, body, answer, NULL, on_answered, w);
  lf_wait_until (w->is_done, 10000);
  return g_steal_pointer (&w->answer);
}

/* A meeting from ten minutes ago, seconds from now on, and another @pause_s later. */
static gint64
publish (World *w,
         gint64 for_s,
         gint64 pause_s)
{
  g_autofree char      *token = lf_real_server_administrate (w->server, "token", "create", "--connector", "calendar", "--name", "Calendars", NULL);
  g_autofree char      *path = g_strdup_printf ("/users/%s/calendars/work/busy", lf_contact_get_user (w->contact));
  gint64                now_us = lf_clock_get_now_us (lf_client_get_clock (w->mara.client)) / LF_SECOND * LF_SECOND;
  LfBusyPeriod          first = { now_us - 10 * LF_MINUTE, now_us + for_s * LF_SECOND, LF_BUSY_BUSY };
  LfBusyPeriod          second = { first.end_us + pause_s * LF_SECOND, first.end_us + 2 * pause_s * LF_SECOND, LF_BUSY_BUSY };
  LfBusyPeriod          rest = first;
  g_autoptr (GPtrArray) periods = g_ptr_array_new ();
  LfWireBusyReport      report = { now_us, now_us - LF_DAY, now_us + 14 * LF_DAY, periods };

  /* two meetings without a gap, which whoever sees the state alone cannot tell from one */
  first.end_us -= 5 * LF_MINUTE;
  rest.start_us = first.end_us;
  g_ptr_array_add (periods, &rest);
  g_ptr_array_add (periods, &first);
  g_ptr_array_add (periods, &second);
  call (w, token, "PUT", path, &lf_schema_busy_report, &report, NULL);
  return rest.end_us;
}

/* Publishes the same, for longer until Mara sees the first meeting: a machine may stand still for a while. */
static gint64
meet (World *w,
      gint64 for_s,
      gint64 pause_s)
{
  LfClock *clock = lf_client_get_clock (w->mara.client);
  gint64   end_us;

  do
    {
      end_us = publish (w, for_s, pause_s);
      lf_wait_until (lf_person_get_status (w->contact) == LF_DISPLAY_IN_A_MEETING || lf_clock_get_now_us (clock) > end_us, 15000);
      for_s *= 2;
    }
  while (lf_person_get_status (w->contact) != LF_DISPLAY_IN_A_MEETING);
  return end_us;
}

static gboolean
world_begin (World   *w,
             gboolean is_kept)
{
  *w = (World){ 0 };
  if (lf_real_server_skip ())
    return FALSE;
  w->server = lf_real_server_new ();
  if (is_kept)
    lf_person_sign_in_kept (&w->mara, w->server, "mara");
  else
    lf_person_sign_in (&w->mara, w->server, "mara");
  lf_person_sign_in (&w->jonas, w->server, "jonas");
  w->rest = lf_rest_new (lf_real_server_get_address (w->server), NULL);
  w->contact = lf_person_add (&w->mara, "jonas");
  lf_client_set_open_contact (w->mara.client, w->contact);
  lf_wait_until (lf_client_get_calendar_view (w->jonas.client) == LF_CALENDAR_VIEW_PERIODS, 10000);
  return TRUE;
}

static void
world_end (World *w)
{
  g_assert_cmpuint (w->mara.n_notices + w->jonas.n_notices, ==, 0);
  lf_person_end (&w->jonas);
  lf_person_end (&w->mara);
  g_clear_object (&w->rest);
  lf_real_server_free (w->server);
}

static const LfCalendar *
get_seen (World *w)
{
  return &lf_contact_get_presence (w->contact)->calendar;
}

static void
test_levels (void)
{
  World  w;
  gint64 end_us;

  g_test_summary ("What colleagues see of a calendar changes at once, what they hold as well; its owner sees all.");
  if (!world_begin (&w, FALSE))
    return;
  end_us = publish (&w, 3000, 600);
  lf_wait_until (lf_person_get_status (w.contact) == LF_DISPLAY_IN_A_MEETING, 15000);
  g_assert_false (get_seen (&w)->is_state_only);
  g_assert_cmpint (get_seen (&w)->valid_until_us, >, end_us);

  lf_client_set_calendar_view (w.jonas.client, LF_CALENDAR_VIEW_STATE);
  g_assert_cmpint (lf_client_get_calendar_view (w.jonas.client), ==, LF_CALENDAR_VIEW_STATE);
  lf_wait_until (get_seen (&w)->is_state_only, 15000);
  g_assert_cmpint (lf_person_get_status (w.contact), ==, LF_DISPLAY_IN_A_MEETING);
  g_assert_cmpint (get_seen (&w)->valid_until_us, ==, end_us);
  g_assert_cmpint (lf_busy_list_next_edge (get_seen (&w)->busy, LF_BUSY_BUSY, end_us), ==, LF_INSTANT_NONE);

  lf_client_set_calendar_view (w.jonas.client, LF_CALENDAR_VIEW_NONE);
  lf_wait_until (get_seen (&w)->rev == 0, 15000);
  g_assert_null (get_seen (&w)->busy);
  g_assert_cmpint (lf_person_get_status (w.contact), ==, LF_DISPLAY_ONLINE);
  lf_wait_until (lf_person_get_status (lf_client_get_own (w.jonas.client)) == LF_DISPLAY_IN_A_MEETING, 15000);

  lf_client_set_calendar_view (w.jonas.client, LF_CALENDAR_VIEW_STATE);
  lf_client_set_calendar_view (w.jonas.client, LF_CALENDAR_VIEW_PERIODS); /* while that is on its way */
  lf_wait_until (get_seen (&w)->valid_until_us > end_us && !get_seen (&w)->is_state_only, 15000);
  g_assert_cmpint (lf_client_get_calendar_view (w.jonas.client), ==, LF_CALENDAR_VIEW_PERIODS);
  world_end (&w);
}

static void
test_edge (void)
{
  World  w;
  gint64 end_us;

  g_test_summary ("At the end of a state the next one is asked for, without a word from the server.");
  if (!world_begin (&w, FALSE))
    return;
  lf_client_set_calendar_view (w.jonas.client, LF_CALENDAR_VIEW_STATE);
  end_us = meet (&w, 4, 3600);
  lf_wait_until (lf_person_get_status (w.contact) == LF_DISPLAY_ONLINE, 15000);
  lf_wait_until (get_seen (&w)->valid_until_us == end_us + LF_HOUR, 20000);
  g_assert_true (get_seen (&w)->is_state_only);
  g_assert_cmpint (lf_person_get_status (w.contact), ==, LF_DISPLAY_ONLINE);
  world_end (&w);
}

static void
test_kept (void)
{
  World            w;
  g_autofree char *user = NULL;
  gint64           end_us;

  g_test_summary ("A state that was kept and ended meanwhile is asked for at the next start, though its revision is the same.");
  if (!lf_person_has_keyring () || !world_begin (&w, TRUE))
    return;
  user = g_strdup (lf_contact_get_user (w.contact));
  lf_client_set_calendar_view (w.jonas.client, LF_CALENDAR_VIEW_STATE);
  end_us = meet (&w, 5, 3600);
  lf_person_end (&w.mara);
  lf_wait_until (g_get_real_time () > end_us + LF_SECOND, 15000);
  lf_person_restore (&w.mara, w.server, "mara");
  w.contact = lf_roster_lookup (lf_client_get_roster (w.mara.client), user);
  g_assert_nonnull (w.contact);
  lf_wait_until (get_seen (&w)->valid_until_us == end_us + LF_HOUR, 15000);
  g_assert_true (get_seen (&w)->is_state_only);
  lf_person_sign_out (&w.mara);
  world_end (&w);
}

static void
test_exception (void)
{
  World                     w;
  LfWirePermission          permission = { FALSE, LF_CALENDAR_VIEW_NONE };
  g_autofree char          *sessions = NULL;
  g_autofree char          *path = NULL;
  g_autoptr (LfWirePrivacy) privacy = NULL;
  LfContact                *mara;
  const char               *token;

  g_test_summary ("Blocking and unblocking keeps what a person was allowed to see of the calendar.");
  if (!world_begin (&w, FALSE))
    return;
  sessions = lf_real_server_administrate (w.server, "session", "create", "jonas", NULL);
  token = strchr (sessions, '\t') + 1;
  path = g_strdup_printf ("/me/permissions/%s", lf_person_get_user (&w.mara));
  call (&w, token, "PUT", path, &lf_schema_permission, &permission, NULL);
  lf_person_end (&w.jonas);
  lf_person_sign_in (&w.jonas, w.server, "jonas");
  lf_wait_until (lf_client_get_calendar_view (w.jonas.client) == LF_CALENDAR_VIEW_PERIODS, 10000);
  mara = lf_person_add (&w.jonas, "mara");
  for (guint is_blocked = 2; is_blocked-- > 0;)
    {
      lf_client_set_blocked (w.jonas.client, mara, is_blocked);
      do
        {
          g_clear_pointer (&privacy, lf_schema_privacy_cleanup);
          privacy = call (&w, token, "GET", "/me/privacy", NULL, NULL, &lf_schema_privacy);
        }
      while (g_strv_length (privacy->blocked) != is_blocked);
      g_assert_cmpuint (privacy->exceptions->len, ==, 1);
      g_assert_cmpint (((LfWireException *) privacy->exceptions->pdata[0])->calendar, ==, LF_CALENDAR_VIEW_NONE);
    }
  world_end (&w);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/calendar-view/levels", test_levels);
  g_test_add_func ("/calendar-view/edge", test_edge);
  g_test_add_func ("/calendar-view/kept", test_kept);
  g_test_add_func ("/calendar-view/exception", test_exception);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <sys/resource.h>

#include "lf-clock.h"
#include "lf-instant.h"
#include "lf-test-util.h"

/* What a call does when it runs: notes its name and the time, and perhaps makes another call. */
typedef struct
{
  LfClock    *clock; /* borrowed */
  GString    *log;   /* borrowed */
  const char *name;
  gint64      again_at_us; /* LF_INSTANT_NONE: does not come again */
  guint       n_runs;
} Caller;

static gboolean
on_call (gpointer user_data)
{
  Caller *caller = user_data;
  gint64  again_at_us = caller->again_at_us;

  caller->n_runs++;
  if (caller->log != NULL)
    g_string_append_printf (caller->log, "%s%s@%d", caller->log->len > 0 ? " " : "", caller->name,
                            (int) (lf_clock_get_now_us (caller->clock) / LF_SECOND));
  caller->again_at_us = LF_INSTANT_NONE;
  if (again_at_us != LF_INSTANT_NONE)
    lf_clock_call_at (caller->clock, again_at_us, on_call, caller);
  return G_SOURCE_REMOVE;
}

static gboolean
on_call_at_once (gpointer user_data)
{
  Caller *caller = user_data;

  caller->n_runs++;
  lf_clock_call_at (caller->clock, 0, on_call_at_once, caller);
  return G_SOURCE_REMOVE;
}

static gboolean
on_call_drops_clock (gpointer user_data)
{
  LfClock **clock = user_data;

  g_clear_object (clock);
  return G_SOURCE_REMOVE;
}

static void
test_manual_order (void)
{
  LfClock            *clock = lf_clock_new_manual (100 * LF_SECOND);
  g_autoptr (GString) log = g_string_new (NULL);
  Caller              a = { clock, log, "a", LF_INSTANT_NONE };
  Caller              b = { clock, log, "b", LF_INSTANT_NONE };
  Caller              c = { clock, log, "c", LF_INSTANT_NONE };

  g_test_summary ("Advancing runs what is due, in order, each at its own instant");
  lf_clock_call_at (clock, 130 * LF_SECOND, on_call, &a);
  lf_clock_call_at (clock, 110 * LF_SECOND, on_call, &b);
  lf_clock_call_at (clock, 130 * LF_SECOND, on_call, &c);
  lf_clock_advance (clock, 9 * LF_SECOND);
  g_assert_cmpstr (log->str, ==, "");
  lf_clock_advance (clock, LF_SECOND);
  g_assert_cmpstr (log->str, ==, "b@110");
  lf_clock_advance (clock, 100 * LF_SECOND);
  g_assert_cmpstr (log->str, ==, "b@110 a@130 c@130");
  g_assert_cmpint (lf_clock_get_now_us (clock), ==, 210 * LF_SECOND);
  g_assert_cmpint (lf_clock_get_mono_us (clock), ==, 110 * LF_SECOND);
  g_assert_finalize_object (clock);
}

static void
test_manual_nested (void)
{
  LfClock            *clock = lf_clock_new_manual (0);
  g_autoptr (GString) log = g_string_new (NULL);
  Caller              a = { clock, log, "a", 20 * LF_SECOND };
  Caller              b = { clock, log, "b", 40 * LF_SECOND };

  g_test_summary ("A call made by a call runs in the same advance if its time comes, else later");
  lf_clock_call_at (clock, 10 * LF_SECOND, on_call, &a);
  lf_clock_call_at (clock, 15 * LF_SECOND, on_call, &b);
  lf_clock_advance (clock, 30 * LF_SECOND);
  g_assert_cmpstr (log->str, ==, "a@10 b@15 a@20");
  lf_clock_advance (clock, 10 * LF_SECOND);
  g_assert_cmpstr (log->str, ==, "a@10 b@15 a@20 b@40");
  g_assert_finalize_object (clock);
}

static void
test_manual_past (void)
{
  LfClock            *clock = lf_clock_new_manual (100 * LF_SECOND);
  g_autoptr (GString) log = g_string_new (NULL);
  Caller              a = { clock, log, "a", LF_INSTANT_NONE };

  g_test_summary ("What is overdue runs at the next advance, be it of nothing, and never turns time back");
  lf_clock_call_at (clock, 5 * LF_SECOND, on_call, &a);
  g_assert_cmpuint (a.n_runs, ==, 0);
  lf_clock_advance (clock, 0);
  g_assert_cmpstr (log->str, ==, "a@100");
  g_assert_finalize_object (clock);
}

static void
test_cancel (void)
{
  LfClock *clock = lf_clock_new_manual (0);
  Caller   a = { clock, NULL, "a", LF_INSTANT_NONE };
  guint    call = lf_clock_call_at (clock, LF_SECOND, on_call, &a);
  guint    stale;

  g_test_summary ("A cancelled call does not run; cancelling twice, or after the run, is no error");
  g_assert_cmpuint (call, !=, 0);
  stale = call;
  lf_clock_cancel (clock, &call);
  g_assert_cmpuint (call, ==, 0);
  lf_clock_cancel (clock, &call);
  lf_clock_cancel (clock, &stale);
  lf_clock_advance (clock, 2 * LF_SECOND);
  g_assert_cmpuint (a.n_runs, ==, 0);

  call = lf_clock_call_at (clock, 3 * LF_SECOND, on_call, &a);
  lf_clock_advance (clock, LF_SECOND);
  g_assert_cmpuint (a.n_runs, ==, 1);
  lf_clock_cancel (clock, &call);
  g_assert_finalize_object (clock);
}

static void
test_manual_server (void)
{
  LfClock *clock = lf_clock_new_manual (0);
  Caller   a = { clock, NULL, "a", LF_INSTANT_NONE };

  g_test_summary ("The server's time moves a manual clock too, and not its durations");
  lf_clock_call_at (clock, 50 * LF_SECOND, on_call, &a);
  lf_clock_set_server_us (clock, 60 * LF_SECOND);
  g_assert_cmpint (lf_clock_get_now_us (clock), ==, 60 * LF_SECOND);
  g_assert_cmpint (lf_clock_get_mono_us (clock), ==, 0);
  g_assert_cmpuint (a.n_runs, ==, 0);
  lf_clock_advance (clock, 0);
  g_assert_cmpuint (a.n_runs, ==, 1);
  g_assert_finalize_object (clock);
}

static void
test_after (void)
{
  LfClock            *clock = lf_clock_new_manual (100 * LF_SECOND);
  g_autoptr (GString) log = g_string_new (NULL);
  Caller              wall = { clock, log, "wall", LF_INSTANT_NONE };
  Caller              lease = { clock, log, "lease", LF_INSTANT_NONE };
  Caller              grace = { clock, log, "grace", LF_INSTANT_NONE };
  guint               call;

  g_test_summary ("A duration lasts as long as it lasts, whatever the wall clock is set to");
  lf_clock_call_after (clock, 20 * LF_SECOND, on_call, &lease);
  lf_clock_call_at (clock, 110 * LF_SECOND, on_call, &wall);
  call = lf_clock_call_after (clock, 5 * LF_SECOND, on_call, &grace);
  lf_clock_cancel (clock, &call);
  lf_clock_set_server_us (clock, 10 * LF_SECOND); /* set back by 90 s */
  lf_clock_advance (clock, 20 * LF_SECOND);
  g_assert_cmpstr (log->str, ==, "lease@30");
  lf_clock_advance (clock, 80 * LF_SECOND);
  g_assert_cmpstr (log->str, ==, "lease@30 wall@110");

  lf_clock_call_after (clock, 20 * LF_SECOND, on_call, &lease);
  lf_clock_set_server_us (clock, LF_HOUR); /* set forward */
  lf_clock_advance (clock, 20 * LF_SECOND - 1);
  g_assert_cmpuint (lease.n_runs, ==, 1);
  lf_clock_advance (clock, 1);
  g_assert_cmpuint (lease.n_runs, ==, 2);
  g_assert_cmpuint (grace.n_runs, ==, 0);
  g_assert_finalize_object (clock);
}

static void
test_system_after (void)
{
  LfClock *clock = lf_clock_new_system ();
  Caller   a = { clock, NULL, "a", LF_INSTANT_NONE };
  gint64   start_us = g_get_monotonic_time ();

  g_test_summary ("A duration ends from the main loop, never too early, though the server's clock is behind");
  lf_clock_call_after (clock, 20000, on_call, &a);
  lf_clock_set_server_us (clock, 0);
  lf_wait_until (a.n_runs == 1, 5000);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 20000);
  g_assert_finalize_object (clock);
}

static void
test_system_now (void)
{
  LfClock *clock = lf_clock_new_system ();
  gint64   before_us = g_get_real_time ();
  gint64   now_us = lf_clock_get_now_us (clock);
  gint64   server_us = before_us - LF_DAY;

  g_test_summary ("A system clock shows the wall clock, then the server's time, which goes on evenly");
  g_assert_cmpint (now_us, >=, before_us);
  g_assert_cmpint (now_us, <=, g_get_real_time ());

  lf_clock_set_server_us (clock, server_us);
  now_us = lf_clock_get_now_us (clock);
  g_assert_cmpint (now_us, >=, server_us);
  g_assert_cmpint (now_us, <, server_us + LF_MINUTE);
  for (guint i = 0; i < 1000; i++)
    {
      gint64 next_us = lf_clock_get_now_us (clock);

      g_assert_cmpint (next_us, >=, now_us);
      now_us = next_us;
    }
  g_assert_finalize_object (clock);
}

static void
test_system_call (void)
{
  LfClock *clock = lf_clock_new_system ();
  Caller   a = { clock, NULL, "a", LF_INSTANT_NONE };
  Caller   b = { clock, NULL, "b", LF_INSTANT_NONE };
  gint64   at_us = lf_clock_get_now_us (clock) + 20000;

  g_test_summary ("Calls run from the main loop, never before their time");
  lf_clock_call_at (clock, lf_clock_get_now_us (clock) + LF_HOUR, on_call, &b);
  lf_clock_call_at (clock, at_us, on_call, &a);
  lf_wait_until (a.n_runs == 1, 5000);
  g_assert_cmpint (lf_clock_get_now_us (clock), >=, at_us);
  g_assert_cmpuint (b.n_runs, ==, 0);

  /* The server's clock is ahead: what was an hour away is due. */
  lf_clock_set_server_us (clock, lf_clock_get_now_us (clock) + 2 * LF_HOUR);
  g_assert_cmpuint (b.n_runs, ==, 0);
  lf_wait_until (b.n_runs == 1, 5000);
  g_assert_finalize_object (clock);
}

static void
test_system_no_timer (void)
{
  LfClock      *clock = lf_clock_new_system ();
  Caller        a = { clock, NULL, "a", LF_INSTANT_NONE };
  gint64        at_us = lf_clock_get_now_us (clock) + 20000;
  struct rlimit limit, none;

  g_test_summary ("Where no file descriptor is left for a timer, calls come all the same");
  g_main_context_pending (NULL); /* the loop has its own descriptors */
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  none = limit;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  lf_clock_call_at (clock, at_us, on_call, &a);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  lf_wait_until (a.n_runs == 1, 5000);
  g_assert_cmpint (lf_clock_get_now_us (clock), >=, at_us);
  g_assert_finalize_object (clock);
}

static void
test_system_restless (void)
{
  LfClock *clock = lf_clock_new_system ();
  Caller   a = { clock, NULL, "a", LF_INSTANT_NONE };

  g_test_summary ("A call that is always due again does not hold up the main loop");
  lf_clock_call_at (clock, 0, on_call_at_once, &a);
  g_assert_cmpuint (a.n_runs, ==, 0);
  lf_wait_until (a.n_runs >= 3, 5000);
  g_assert_cmpuint (a.n_runs, <, 100000);
  g_assert_finalize_object (clock);
}

static void
test_system_dropped (void)
{
  LfClock *clock = lf_clock_new_system ();
  LfClock *gone;
  Caller   a = { NULL, NULL, "a", LF_INSTANT_NONE };

  g_test_summary ("A clock may go while it runs a call; what still waits is forgotten");
  gone = clock;
  g_object_add_weak_pointer (G_OBJECT (gone), (gpointer *) &gone);
  lf_clock_call_at (clock, 0, on_call_drops_clock, &clock);
  lf_clock_call_at (clock, lf_clock_get_now_us (clock) + LF_HOUR, on_call, &a);
  lf_wait_until (clock == NULL, 5000);
  g_assert_null (gone);
  g_assert_cmpuint (a.n_runs, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/manual/order", test_manual_order);
  g_test_add_func ("/clock/manual/nested", test_manual_nested);
  g_test_add_func ("/clock/manual/past", test_manual_past);
  g_test_add_func ("/clock/manual/server", test_manual_server);
  g_test_add_func ("/clock/cancel", test_cancel);
  g_test_add_func ("/clock/after", test_after);
  g_test_add_func ("/clock/system/now", test_system_now);
  g_test_add_func ("/clock/system/call", test_system_call);
  g_test_add_func ("/clock/system/after", test_system_after);
  g_test_add_func ("/clock/system/no-timer", test_system_no_timer);
  g_test_add_func ("/clock/system/restless", test_system_restless);
  g_test_add_func ("/clock/system/dropped", test_system_dropped);
  return g_test_run ();
}

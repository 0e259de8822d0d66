/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-log.h"

/* What is written goes to standard error, so each case is a process of its own. */

static void
run_inside (void)
{
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_event (void)
{
  if (g_test_subprocess ())
    {
      lf_log_start ();
      lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "Something happened", "address", "192.0.2.7", "left_out", NULL, "user", "u1", NULL);
      return;
    }
  g_test_summary ("An event is one line: what it is, and its values under their keys; a value that is not there is left out");
  run_inside ();
  g_test_trap_assert_stderr ("time=20*-*T*:*Z level=notice domain=lf-test message=\"Something happened\" address=\"192.0.2.7\" user=\"u1\"\n");
}

static void
test_plain (void)
{
  if (g_test_subprocess ())
    {
      lf_log_start ();
      g_message ("As “%s” says", "it");
      return;
    }
  g_test_summary ("What is logged by g_message() becomes such a line, too");
  run_inside ();
  g_test_trap_assert_stderr ("time=*Z level=notice domain=lf-test message=\"As “it” says\"\n");
}

static void
test_hostile (void)
{
  if (g_test_subprocess ())
    {
      lf_log_start ();
      lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "A name", "name", "a\"b\\c\nlevel=error\r\x1b[31m\xe2\x80\xa8\xff", NULL);
      return;
    }
  g_test_summary ("Quotes, line breaks, escape sequences and broken UTF-8 in a value make no second line and no second value");
  run_inside ();
  g_test_trap_assert_stderr ("time=*Z level=notice domain=lf-test message=\"A name\" name=\"a\\\"b\\\\c\\u000alevel=error\\u000d\\u001b[31m\\u2028\xef\xbf\xbd\"\n");
}

static void
test_debug (void)
{
  if (g_test_subprocess ())
    {
      g_unsetenv ("G_MESSAGES_DEBUG");
      lf_log_start ();
      g_debug ("too much");
      return;
    }
  g_test_summary ("What is for debugging is left out unless it is asked for");
  run_inside ();
  g_test_trap_assert_stderr ("");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/event", test_event);
  g_test_add_func ("/log/plain", test_plain);
  g_test_add_func ("/log/hostile", test_hostile);
  g_test_add_func ("/log/debug", test_debug);
  return g_test_run ();
}

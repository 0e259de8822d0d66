/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-backoff.h"
#include "lf-instant.h"

#define START_US (1000 * LF_SECOND)

static void
test_grows (void)
{
  g_autoptr (LfBackoff) backoff = lf_backoff_new ();
  gint64                now_us = START_US;
  guint                 last = 0;

  g_test_summary ("The wait doubles with each attempt, up to five minutes, and always ends");
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "a", now_us), ==, 0);
  for (guint i = 0; i < 12; i++)
    {
      guint wait = lf_backoff_attempt (backoff, "mara", "a", now_us);

      g_assert_cmpuint (wait, >, 0);
      g_assert_cmpuint (wait, <=, 300);
      g_assert_cmpuint (wait, >=, last);
      last = wait;
      now_us += wait * LF_SECOND;
      g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "a", now_us), ==, 0);
    }
  g_assert_cmpuint (last, ==, 300);
}

static void
test_stranger (void)
{
  g_autoptr (LfBackoff) backoff = lf_backoff_new ();

  g_test_summary ("What strangers do from elsewhere delays a person by ten seconds at most");
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *address = g_strdup_printf ("address %u", i);

      lf_backoff_attempt (backoff, "mara", address, START_US);
    }
  g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "home", START_US), <=, 10);
  g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "home", START_US + 10 * LF_SECOND), ==, 0);
}

static void
test_spraying (void)
{
  g_autoptr (LfBackoff) backoff = lf_backoff_new ();
  guint                 n_allowed = 0;

  g_test_summary ("One address that tries many accounts is slowed down, too");
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *account = g_strdup_printf ("account %u", i);

      n_allowed += lf_backoff_attempt (backoff, account, "a", START_US) == 0;
    }
  g_assert_cmpuint (n_allowed, ==, 100);
}

static void
test_success (void)
{
  g_autoptr (LfBackoff) backoff = lf_backoff_new ();

  g_test_summary ("A right password forgets what was held against the account; an office that signs in is not slowed down");
  for (guint i = 0; i < 4; i++)
    lf_backoff_attempt (backoff, "mara", "a", START_US);
  lf_backoff_succeeded (backoff, "mara", "a");
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "a", START_US), ==, 0);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *account = g_strdup_printf ("account %u", i);

      g_assert_cmpuint (lf_backoff_attempt (backoff, account, "office", START_US), ==, 0);
      lf_backoff_succeeded (backoff, account, "office");
    }
}

static void
test_forgets (void)
{
  g_autoptr (LfBackoff) backoff = lf_backoff_new ();

  g_test_summary ("After a quarter of an hour without an attempt all is forgotten");
  for (guint i = 0; i < 5; i++)
    lf_backoff_attempt (backoff, "mara", "a", START_US);
  g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "a", START_US), >, 0);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "a", START_US + 16 * LF_MINUTE), ==, 0);
}

static void
test_bounded (void)
{
  g_autoptr (LfBackoff) backoff = lf_backoff_new ();

  g_test_summary ("A flood of made-up names is survived, and a known guesser is still slowed down by address");
  for (guint i = 0; i < 50000; i++)
    {
      g_autofree char *name = g_strdup_printf ("made up %u", i);

      lf_backoff_attempt (backoff, name, name, START_US);
    }
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "a", START_US), ==, 0);
  g_assert_cmpuint (lf_backoff_attempt (backoff, "mara", "a", START_US), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backoff/grows", test_grows);
  g_test_add_func ("/backoff/stranger", test_stranger);
  g_test_add_func ("/backoff/spraying", test_spraying);
  g_test_add_func ("/backoff/success", test_success);
  g_test_add_func ("/backoff/forgets", test_forgets);
  g_test_add_func ("/backoff/bounded", test_bounded);

  return g_test_run ();
}

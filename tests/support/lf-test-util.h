/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lf_wait_until:
 * @condition: an expression, evaluated after each turn of the default main context
 * @deadline_ms: how long it may take on a quiet machine, in milliseconds; LF_TEST_PATIENCE multiplies it
 *
 * Spins the default main context until @condition holds; fails the test at the deadline.
 */
#define lf_wait_until(condition, deadline_ms)                                                          \
  G_STMT_START                                                                                         \
  {                                                                                                    \
    guint  lf_wait_timer = lf_wait_begin ();                                                           \
    gint64 lf_wait_end = g_get_monotonic_time () + (gint64) (deadline_ms) *1000 * lf_wait_patience (); \
    while (!(condition))                                                                               \
      {                                                                                                \
        if (g_get_monotonic_time () > lf_wait_end)                                                     \
          g_error ("%s:%d: deadline of %d ms passed waiting for: %s", __FILE__, __LINE__,              \
                   (int) (deadline_ms), #condition);                                                   \
        g_main_context_iteration (NULL, TRUE);                                                         \
      }                                                                                                \
    g_source_remove (lf_wait_timer);                                                                   \
  }                                                                                                    \
  G_STMT_END

guint lf_wait_begin (void);
guint lf_wait_patience (void);
void  lf_spin_for_ms (guint milliseconds);
char *lf_test_data_path (const char *name);
void  lf_test_remove_folder (const char *path);
char *lf_test_begin_data_folder (void);

G_END_DECLS

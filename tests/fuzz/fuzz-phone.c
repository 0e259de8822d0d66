/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lf-fuzz.h"
#include "lf-line-tracker.h"

/* What a PBX sends of a line: documents one after the other, each begun by a byte that says which package
 * it belongs to ("d" or "p"), or that a new subscription begins ("r"), and ended by a zero byte. */

static void
check_state (const LfLineState *state)
{
  g_assert_cmpint (state->state, >=, LF_PHONE_UNKNOWN);
  g_assert_cmpint (state->state, <, LF_N_PHONE_STATES);
  g_assert_true (state->is_registered || state->state == LF_PHONE_UNKNOWN || state->direction != LF_CALL_NO_DIRECTION ||
                 state->state == LF_PHONE_OFF_HOOK || state->state == LF_PHONE_HELD || state->state == LF_PHONE_RINGING);
  g_assert_true (state->peer == NULL || g_utf8_validate (state->peer, -1, NULL));
  g_assert_true (state->peer_name == NULL || g_utf8_validate (state->peer_name, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (LfLineTracker) tracker = lf_line_tracker_new ();
  const char               *at = (const char *) data;
  const char               *end = at + size;

  while (at < end)
    {
      const char    *stop = memchr (at, '\0', (gsize) (end - at));
      gsize          length = (gsize) ((stop != NULL ? stop : end) - at);
      LfEventPackage package = length > 0 && *at == 'p' ? LF_PACKAGE_PRESENCE : LF_PACKAGE_DIALOG;
      LfLineState    before;

      lf_line_state_copy (&before, lf_line_tracker_get_state (tracker));
      if (length > 0 && *at == 'r')
        lf_line_tracker_reset (tracker, LF_PACKAGE_DIALOG);
      else if (length > 0 && lf_line_tracker_take (tracker, package, lf_event_package_get_type (package), at + 1, length - 1,
                                                   G_GINT64_CONSTANT (1), NULL) != LF_NOTIFY_TAKEN)
        g_assert_true (lf_line_state_equal (&before, lf_line_tracker_get_state (tracker)));
      check_state (lf_line_tracker_get_state (tracker));
      lf_line_state_clear (&before);
      at += length + 1;
    }
  return 0;
}

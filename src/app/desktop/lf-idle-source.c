/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-idle-source.h"

G_DEFINE_INTERFACE (LfIdleSource, lf_idle_source, G_TYPE_OBJECT)

#define RETURN_LOOK_MS 5000 /* while idle: how soon a return is noticed */
#define SLACK_MS       200  /* look a little behind the threshold, not before it */

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
lf_idle_source_default_init (LfIdleSourceInterface *iface)
{
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LF_TYPE_IDLE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_INT64);
  signals[SIGNAL_LOST] = g_signal_new ("lost", LF_TYPE_IDLE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
}

/**
 * lf_idle_source_start_async:
 * @self: a source
 * @thresholds_ms: %LF_IDLE_N_THRESHOLDS rising durations
 * @cancellable: (nullable): to stop
 * @callback: called when it is known whether the source works here
 * @user_data: for @callback
 *
 * Starts to watch, if this desktop offers what the source needs.
 */
void
lf_idle_source_start_async (LfIdleSource       *self,
                            const guint        *thresholds_ms,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_return_if_fail (LF_IS_IDLE_SOURCE (self));

  LF_IDLE_SOURCE_GET_IFACE (self)->start_async (self, thresholds_ms, cancellable, callback, user_data);
}

/**
 * lf_idle_source_start_finish:
 * @self: a source
 * @result: what the callback was given
 * @error: return location
 *
 * Ends lf_idle_source_start_async().
 *
 * Returns: %TRUE if the source watches now
 */
gboolean
lf_idle_source_start_finish (LfIdleSource *self,
                             GAsyncResult *result,
                             GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_idle_source_get_name:
 * @self: a source
 *
 * Returns: (transfer none): what it is, for people
 */
const char *
lf_idle_source_get_name (LfIdleSource *self)
{
  g_return_val_if_fail (LF_IS_IDLE_SOURCE (self), NULL);

  return LF_IDLE_SOURCE_GET_IFACE (self)->get_name (self);
}

/**
 * lf_idle_source_emit_changed:
 * @self: a source
 * @level: the level reached
 * @idle_ms: for how long nothing has been touched
 *
 * Emits "changed".
 */
void
lf_idle_source_emit_changed (LfIdleSource *self,
                             LfIdleLevel   level,
                             gint64        idle_ms)
{
  g_return_if_fail (LF_IS_IDLE_SOURCE (self));

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, (guint) level, idle_ms);
}

/**
 * lf_idle_source_emit_lost:
 * @self: a source
 *
 * Emits "lost".
 */
void
lf_idle_source_emit_lost (LfIdleSource *self)
{
  g_return_if_fail (LF_IS_IDLE_SOURCE (self));

  g_signal_emit (self, signals[SIGNAL_LOST], 0);
}

/**
 * lf_idle_level_of:
 * @idle_ms: for how long nothing has been touched
 * @thresholds_ms: %LF_IDLE_N_THRESHOLDS rising durations
 *
 * Returns: the level of @idle_ms
 */
LfIdleLevel
lf_idle_level_of (gint64       idle_ms,
                  const guint *thresholds_ms)
{
  if (idle_ms >= thresholds_ms[1])
    return LF_IDLE_LONG;
  return idle_ms >= thresholds_ms[0] ? LF_IDLE_SHORT : LF_IDLE_ACTIVE;
}

/**
 * lf_idle_next_look_ms:
 * @idle_ms: for how long nothing has been touched
 * @thresholds_ms: %LF_IDLE_N_THRESHOLDS rising durations
 *
 * When a source that must be asked is to be asked again: not before the next threshold can have
 * passed; while the user is idle every few seconds, to notice the return.
 *
 * Returns: milliseconds from now
 */
guint
lf_idle_next_look_ms (gint64       idle_ms,
                      const guint *thresholds_ms)
{
  gint64 idle = MAX (idle_ms, 0);

  if (idle < thresholds_ms[0])
    return (guint) (thresholds_ms[0] - idle) + SLACK_MS;
  if (idle < thresholds_ms[1])
    return MIN ((guint) (thresholds_ms[1] - idle) + SLACK_MS, RETURN_LOOK_MS);
  return RETURN_LOOK_MS;
}

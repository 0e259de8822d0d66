/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LF_IDLE_N_THRESHOLDS 2

/**
 * LfIdleLevel:
 * @LF_IDLE_ACTIVE: the user touches keys or pointer
 * @LF_IDLE_SHORT: nothing was touched for the first threshold
 * @LF_IDLE_LONG: nothing was touched for the second
 *
 * How long nobody has touched anything, in steps.
 */
typedef enum
{
  LF_IDLE_ACTIVE,
  LF_IDLE_SHORT,
  LF_IDLE_LONG,
} LfIdleLevel;

#define LF_TYPE_IDLE_SOURCE (lf_idle_source_get_type ())

/**
 * LfIdleSource:
 *
 * Something that knows how long the user has touched nothing. Signal "changed" (#LfIdleLevel level
 * as uint, gint64 idle_ms): another level was reached; @idle_ms is for how long nothing has been
 * touched. Signal "lost": it says nothing more.
 */
G_DECLARE_INTERFACE (LfIdleSource, lf_idle_source, LF, IDLE_SOURCE, GObject)

struct _LfIdleSourceInterface
{
  GTypeInterface parent_iface;

  void (*start_async) (LfIdleSource *self, const guint *thresholds_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  const char *(*get_name) (LfIdleSource *self);
};

void        lf_idle_source_start_async (LfIdleSource *self, const guint *thresholds_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean    lf_idle_source_start_finish (LfIdleSource *self, GAsyncResult *result, GError **error);
const char *lf_idle_source_get_name (LfIdleSource *self);

/* For sources: tells of a level, and of the end; when to look again, for those that must be asked. */
void        lf_idle_source_emit_changed (LfIdleSource *self, LfIdleLevel level, gint64 idle_ms);
void        lf_idle_source_emit_lost (LfIdleSource *self);
LfIdleLevel lf_idle_level_of (gint64 idle_ms, const guint *thresholds_ms);
guint       lf_idle_next_look_ms (gint64 idle_ms, const guint *thresholds_ms);

LfIdleSource *lf_idle_mutter_new (void);
LfIdleSource *lf_idle_wayland_new (void); /* only where LF_HAS_IDLE_NOTIFY is defined */
LfIdleSource *lf_idle_screensaver_new (void);
LfIdleSource *lf_idle_xss_new (void);

G_END_DECLS

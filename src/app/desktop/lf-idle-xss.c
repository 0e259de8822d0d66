/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <X11/extensions/scrnsaver.h>
#include <gdk/x11/gdkx.h>
#include <glib/gi18n-lib.h>

#include "lf-idle-source.h"

/* The X server counts since the last key or motion. It is asked when the next threshold can have
 * passed, so a busy desktop costs one question in five minutes. */
#define LF_TYPE_IDLE_XSS (lf_idle_xss_get_type ())
G_DECLARE_FINAL_TYPE (LfIdleXss, lf_idle_xss, LF, IDLE_XSS, GObject)

struct _LfIdleXss
{
  GObject parent_instance;

  GdkDisplay       *display; /* owned, nullable until started */
  XScreenSaverInfo *info;    /* owned, nullable until started */
  guint             look_id; /* timeout of the next look */
  guint             thresholds_ms[LF_IDLE_N_THRESHOLDS];
  LfIdleLevel       level;
};

static void lf_idle_xss_source_init (LfIdleSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfIdleXss, lf_idle_xss, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_IDLE_SOURCE, lf_idle_xss_source_init))

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static void look (LfIdleXss *self);

static gboolean
on_look (gpointer user_data)
{
  LfIdleXss *self = user_data;

  self->look_id = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
look (LfIdleXss *self)
{
  Display    *display = gdk_x11_display_get_xdisplay (self->display);
  LfIdleLevel level;
  gint64      idle_ms;

  if (gdk_display_is_closed (self->display) ||
      XScreenSaverQueryInfo (display, DefaultRootWindow (display), self->info) == 0)
    {
      lf_idle_source_emit_lost (LF_IDLE_SOURCE (self));
      return;
    }
  idle_ms = (gint64) self->info->idle;
  level = lf_idle_level_of (idle_ms, self->thresholds_ms);
  self->look_id = g_timeout_add (lf_idle_next_look_ms (idle_ms, self->thresholds_ms), on_look, self);
  if (level == self->level)
    return;
  self->level = level;
  lf_idle_source_emit_changed (LF_IDLE_SOURCE (self), level, idle_ms);
}

static gboolean
has_extension (GdkDisplay *display)
{
  int event_base, error_base;

  return display != NULL && GDK_IS_X11_DISPLAY (display) &&
         XScreenSaverQueryExtension (gdk_x11_display_get_xdisplay (display), &event_base, &error_base);
}

static void
lf_idle_xss_start_async (LfIdleSource       *source,
                         const guint        *thresholds_ms,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  LfIdleXss        *self = LF_IDLE_XSS (source);
  GdkDisplay       *display = gdk_display_get_default ();
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, lf_idle_xss_start_async);
  for (guint i = 0; i < LF_IDLE_N_THRESHOLDS; i++)
    self->thresholds_ms[i] = thresholds_ms[i];
  if (!has_extension (display))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                               "The display has no screen saver extension");
      return;
    }
  g_set_object (&self->display, display);
  self->info = XScreenSaverAllocInfo ();
  look (self);
  g_task_return_boolean (task, TRUE);
}

G_GNUC_END_IGNORE_DEPRECATIONS

static const char *
lf_idle_xss_get_name (LfIdleSource *source)
{
  return _("the X server");
}

static void
lf_idle_xss_source_init (LfIdleSourceInterface *iface)
{
  iface->start_async = lf_idle_xss_start_async;
  iface->get_name = lf_idle_xss_get_name;
}

static void
lf_idle_xss_dispose (GObject *object)
{
  LfIdleXss *self = LF_IDLE_XSS (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->display);
  G_OBJECT_CLASS (lf_idle_xss_parent_class)->dispose (object);
}

static void
lf_idle_xss_finalize (GObject *object)
{
  LfIdleXss *self = LF_IDLE_XSS (object);

  g_clear_pointer (&self->info, XFree);
  G_OBJECT_CLASS (lf_idle_xss_parent_class)->finalize (object);
}

static void
lf_idle_xss_class_init (LfIdleXssClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_idle_xss_dispose;
  object_class->finalize = lf_idle_xss_finalize;
}

static void
lf_idle_xss_init (LfIdleXss *self)
{
}

/**
 * lf_idle_xss_new:
 *
 * Returns: (transfer full): a source that asks the X server
 */
LfIdleSource *
lf_idle_xss_new (void)
{
  return g_object_new (LF_TYPE_IDLE_XSS, NULL);
}

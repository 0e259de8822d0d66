/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-idle.h"

#define RETRY_MS 60000 /* after a source was lost, and when none works */

typedef LfIdleSource *(*MakeSource) (void);

static const MakeSource makers[] = {
  lf_idle_mutter_new,
#ifdef LF_HAS_IDLE_NOTIFY
  lf_idle_wayland_new,
#endif
  lf_idle_screensaver_new,
  lf_idle_xss_new,
};

struct _LfIdle
{
  GObject parent_instance;

  LfIdleSource *source;      /* owned, nullable: live */
  LfIdleSource *candidate;   /* owned, nullable: being tried */
  guint         n_tried;     /* of makers, in this round */
  guint         retry_id;    /* timeout of the next round */
  gboolean      is_decided;  /* the first round has ended */
  GCancellable *cancellable; /* owned */
  guint         thresholds_ms[LF_IDLE_N_THRESHOLDS];
};

G_DEFINE_FINAL_TYPE (LfIdle, lf_idle, G_TYPE_OBJECT)

enum
{
  PROP_SOURCE = 1,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static void try_next (LfIdle *self);

static gboolean
on_retry (gpointer user_data)
{
  LfIdle *self = user_data;

  self->retry_id = 0;
  self->n_tried = 0;
  try_next (self);
  return G_SOURCE_REMOVE;
}

static void
on_source_changed (LfIdleSource *source,
                   guint         level,
                   gint64        idle_ms,
                   LfIdle       *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, level, idle_ms);
}

static void
on_source_lost (LfIdleSource *source,
                LfIdle       *self)
{
  if (source != self->source)
    return;
  g_info ("Idle detection by %s ended", lf_idle_source_get_name (source));
  g_signal_handlers_disconnect_by_data (source, self);
  g_clear_object (&self->source);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOURCE]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, (guint) LF_IDLE_ACTIVE, G_GINT64_CONSTANT (0));
  try_next (self);
}

static void
on_started (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (LfIdle) self = user_data;
  g_autoptr (GError) error = NULL;
  LfIdleSource      *source = LF_IDLE_SOURCE (object);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!lf_idle_source_start_finish (source, result, &error))
    {
      g_debug ("%s: %s", lf_idle_source_get_name (source), error->message);
      g_signal_handlers_disconnect_by_data (source, self);
      g_clear_object (&self->candidate);
      try_next (self);
      return;
    }
  self->source = g_steal_pointer (&self->candidate);
  self->is_decided = TRUE;
  g_info ("Idle detection by %s", lf_idle_source_get_name (source));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOURCE]);
}

static void
try_next (LfIdle *self)
{
  if (self->n_tried == G_N_ELEMENTS (makers))
    {
      if (!self->is_decided)
        g_info ("No idle detection works here: you stay online until you lock the screen or choose Away");
      self->is_decided = TRUE;
      self->retry_id = g_timeout_add (RETRY_MS, on_retry, self);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOURCE]);
      return;
    }
  self->candidate = makers[self->n_tried++]();
  g_signal_connect_object (self->candidate, "changed", G_CALLBACK (on_source_changed), self, 0);
  g_signal_connect_object (self->candidate, "lost", G_CALLBACK (on_source_lost), self, 0);
  lf_idle_source_start_async (self->candidate, self->thresholds_ms, self->cancellable, on_started,
                              g_object_ref (self));
}

static void
lf_idle_get_property (GObject    *object,
                      guint       prop_id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  LfIdle *self = LF_IDLE (object);

  switch (prop_id)
    {
    case PROP_SOURCE:
      g_value_set_string (value, lf_idle_get_source (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_idle_dispose (GObject *object)
{
  LfIdle *self = LF_IDLE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_object (&self->source);
  g_clear_object (&self->candidate);
  G_OBJECT_CLASS (lf_idle_parent_class)->dispose (object);
}

static void
lf_idle_finalize (GObject *object)
{
  LfIdle *self = LF_IDLE (object);

  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (lf_idle_parent_class)->finalize (object);
}

static void
lf_idle_class_init (LfIdleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_idle_get_property;
  object_class->dispose = lf_idle_dispose;
  object_class->finalize = lf_idle_finalize;

  props[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LF_TYPE_IDLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_INT64);
}

static void
lf_idle_init (LfIdle *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_idle_new:
 * @short_ms: first threshold
 * @long_ms: second threshold, longer
 *
 * Returns: (transfer full): a watch that is not started yet
 */
LfIdle *
lf_idle_new (guint short_ms,
             guint long_ms)
{
  LfIdle *self;

  g_return_val_if_fail (short_ms < long_ms, NULL);

  self = g_object_new (LF_TYPE_IDLE, NULL);
  self->thresholds_ms[0] = short_ms;
  self->thresholds_ms[1] = long_ms;
  return self;
}

/**
 * lf_idle_start:
 * @self: a watch
 *
 * Looks for a source that works here, and watches by it.
 */
void
lf_idle_start (LfIdle *self)
{
  g_return_if_fail (LF_IS_IDLE (self));

  if (self->source == NULL && self->candidate == NULL && self->retry_id == 0)
    try_next (self);
}

/**
 * lf_idle_get_source:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the live source in words, or %NULL for none
 */
const char *
lf_idle_get_source (LfIdle *self)
{
  g_return_val_if_fail (LF_IS_IDLE (self), NULL);

  return self->source == NULL ? NULL : lf_idle_source_get_name (self->source);
}

/**
 * lf_idle_is_decided:
 * @self: a watch
 *
 * Returns: %TRUE once all sources were tried, or one was found
 */
gboolean
lf_idle_is_decided (LfIdle *self)
{
  g_return_val_if_fail (LF_IS_IDLE (self), FALSE);

  return self->is_decided;
}

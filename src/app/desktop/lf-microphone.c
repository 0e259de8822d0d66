/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-microphone.h"
#include "lf-pipewire.h"

#define ON_MS          2000 /* shorter is a test, or a voice note that was thought better of */
#define OFF_MS         5000 /* longer than the gap when a program changes the microphone */
#define FIRST_RETRY_MS 1000
#define MAX_RETRY_MS   60000

struct _LfMicrophone
{
  GObject parent_instance;

  LfPipewire *pipewire;     /* owned, nullable while there is no sound server, or nobody wants to know */
  guint       settle_id;    /* timeout until what it says counts */
  guint       retry_id;     /* timeout of the next try to connect */
  guint       retry_ms;     /* how long the next one waits */
  gboolean    is_watching;  /* wanted */
  gboolean    is_recording; /* what the sound server says at this moment */
  gboolean    is_in_use;    /* what is told */
};

G_DEFINE_FINAL_TYPE (LfMicrophone, lf_microphone, G_TYPE_OBJECT)

enum
{
  PROP_IS_IN_USE = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
set_is_in_use (LfMicrophone *self,
               gboolean      is_in_use)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->is_in_use == is_in_use)
    return;
  self->is_in_use = is_in_use;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_IN_USE]);
}

#ifdef LF_HAS_PIPEWIRE
static gboolean
on_settled (gpointer user_data)
{
  LfMicrophone *self = user_data;

  self->settle_id = 0;
  set_is_in_use (self, self->is_recording);
  return G_SOURCE_REMOVE;
}

static void
on_recording_changed (LfPipewire *pipewire,
                      gboolean    is_recording,
                      gpointer    user_data)
{
  LfMicrophone *self = user_data;

  self->is_recording = is_recording;
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->is_in_use != is_recording)
    self->settle_id = g_timeout_add (is_recording ? ON_MS : OFF_MS, on_settled, self);
}

static void try_connect (LfMicrophone *self);

static gboolean
on_retry (gpointer user_data)
{
  LfMicrophone *self = user_data;

  self->retry_id = 0;
  try_connect (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (LfMicrophone *self)
{
  self->retry_id = g_timeout_add (self->retry_ms, on_retry, self);
  self->retry_ms = MIN (self->retry_ms * 2, MAX_RETRY_MS);
}

/* What is not known is not claimed. */
static void
on_lost (LfPipewire *pipewire,
         gpointer    user_data)
{
  LfMicrophone *self = user_data;

  g_debug ("The sound server has gone");
  g_clear_pointer (&self->pipewire, lf_pipewire_free);
  self->is_recording = FALSE;
  self->retry_ms = FIRST_RETRY_MS;
  retry_later (self);
  set_is_in_use (self, FALSE);
}

static void
try_connect (LfMicrophone *self)
{
  static const LfPipewireFuncs funcs = { on_recording_changed, on_lost };

  self->pipewire = lf_pipewire_connect (&funcs, self);
  if (self->pipewire == NULL)
    retry_later (self);
}
#endif

static void
stop (LfMicrophone *self)
{
#ifdef LF_HAS_PIPEWIRE
  g_clear_pointer (&self->pipewire, lf_pipewire_free);
#endif
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->is_recording = FALSE;
}

static void
lf_microphone_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  LfMicrophone *self = LF_MICROPHONE (object);

  switch (prop_id)
    {
    case PROP_IS_IN_USE:
      g_value_set_boolean (value, self->is_in_use);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_microphone_dispose (GObject *object)
{
  stop (LF_MICROPHONE (object));
  G_OBJECT_CLASS (lf_microphone_parent_class)->dispose (object);
}

static void
lf_microphone_class_init (LfMicrophoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_microphone_get_property;
  object_class->dispose = lf_microphone_dispose;

  props[PROP_IS_IN_USE] = g_param_spec_boolean ("is-in-use", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_microphone_init (LfMicrophone *self)
{
}

/**
 * lf_microphone_is_supported:
 *
 * Returns: %TRUE if the program was built with what it takes
 */
gboolean
lf_microphone_is_supported (void)
{
#ifdef LF_HAS_PIPEWIRE
  return TRUE;
#else
  return FALSE;
#endif
}

/**
 * lf_microphone_new:
 *
 * Returns: (transfer full): one that does not watch yet
 */
LfMicrophone *
lf_microphone_new (void)
{
  return g_object_new (LF_TYPE_MICROPHONE, NULL);
}

/**
 * lf_microphone_set_is_watching:
 * @self: a microphone
 * @is_watching: whether anybody wants to know
 *
 * Begins or ends to listen to the sound server. Who does not watch is not connected to it.
 */
void
lf_microphone_set_is_watching (LfMicrophone *self,
                               gboolean      is_watching)
{
  g_return_if_fail (LF_IS_MICROPHONE (self));

  if (self->is_watching == is_watching)
    return;
  self->is_watching = is_watching;
  stop (self);
  set_is_in_use (self, FALSE);
#ifdef LF_HAS_PIPEWIRE
  self->retry_ms = FIRST_RETRY_MS;
  if (is_watching)
    try_connect (self);
#endif
}

/**
 * lf_microphone_get_is_in_use:
 * @self: a microphone
 *
 * Returns: %TRUE if a program records; %FALSE also if that is not known
 */
gboolean
lf_microphone_get_is_in_use (LfMicrophone *self)
{
  g_return_val_if_fail (LF_IS_MICROPHONE (self), FALSE);

  return self->is_in_use;
}

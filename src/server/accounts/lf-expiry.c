/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include "lf-expiry.h"

/* How long to wait when the store could not take the work. */
#define RETRY_US (5 * LF_SECOND)

struct _LfExpiry
{
  GObject parent_instance;

  LfStore *store;   /* owned */
  LfClock *clock;   /* owned */
  gint64   next_us; /* when call_id is due */
  guint    call_id; /* call of the clock, 0: none */
};

G_DEFINE_FINAL_TYPE (LfExpiry, lf_expiry, G_TYPE_OBJECT)

enum
{
  EXPIRED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  gint64     now_us;  /* in */
  gint64     next_us; /* out */
  GPtrArray *claims;  /* out: of LfClaims */
} ExpireJob;

static void
expire_job_free (ExpireJob *job)
{
  g_clear_pointer (&job->claims, g_ptr_array_unref);
  g_free (job);
}

static gboolean
run_expire (LfDb *db, gpointer data, GError **error)
{
  ExpireJob *job = data;

  job->claims = lf_store_presence_expire (db, job->now_us, &job->next_us, error);
  return job->claims != NULL;
}

static void
on_expire_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfExpiry) self = user_data;
  g_autoptr (GError)   error = NULL;
  const ExpireJob     *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  if (job == NULL)
    {
      g_debug ("ended statuses are stored later: %s", error->message);
      lf_expiry_expect (self, lf_clock_get_now_us (self->clock) + RETRY_US);
      return;
    }

  lf_expiry_expect (self, job->next_us);
  for (guint i = 0; i < job->claims->len; i++)
    g_signal_emit (self, signals[EXPIRED], 0, g_ptr_array_index (job->claims, i));
}

static gboolean
on_due (gpointer user_data)
{
  LfExpiry  *self = user_data;
  ExpireJob *job = g_new0 (ExpireJob, 1);

  self->call_id = 0;
  job->now_us = lf_clock_get_now_us (self->clock);
  lf_store_write_async (self->store, run_expire, job, (GDestroyNotify) expire_job_free, NULL, on_expire_stored, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
lf_expiry_dispose (GObject *object)
{
  lf_expiry_close (LF_EXPIRY (object));

  G_OBJECT_CLASS (lf_expiry_parent_class)->dispose (object);
}

static void
lf_expiry_class_init (LfExpiryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_expiry_dispose;

  signals[EXPIRED] = g_signal_new ("expired", LF_TYPE_EXPIRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
lf_expiry_init (LfExpiry *self)
{
}

/**
 * lf_expiry_new:
 * @store: where the claims are
 * @clock: what tells when they end
 *
 * Begins with what ended while the server was away, as soon as the main loop runs.
 *
 * Returns: (transfer full): the object
 */
LfExpiry *
lf_expiry_new (LfStore *store, LfClock *clock)
{
  LfExpiry *self;

  g_return_val_if_fail (LF_IS_STORE (store) && LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_EXPIRY, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  lf_expiry_expect (self, lf_clock_get_now_us (clock));

  return self;
}

/**
 * lf_expiry_expect:
 * @self: the object
 * @at_us: when something ends, or %LF_INSTANT_NONE
 *
 * Makes sure that the timer runs no later than that.
 */
void
lf_expiry_expect (LfExpiry *self, gint64 at_us)
{
  g_return_if_fail (LF_IS_EXPIRY (self));

  if (at_us == LF_INSTANT_NONE || self->store == NULL || (self->call_id != 0 && self->next_us <= at_us))
    return;

  lf_clock_cancel (self->clock, &self->call_id);
  self->next_us = at_us;
  self->call_id = lf_clock_call_at (self->clock, at_us, on_due, self);
}

/**
 * lf_expiry_close:
 * @self: the object
 *
 * Stops. May be called twice.
 */
void
lf_expiry_close (LfExpiry *self)
{
  g_return_if_fail (LF_IS_EXPIRY (self));

  if (self->clock != NULL)
    lf_clock_cancel (self->clock, &self->call_id);
  g_clear_object (&self->clock);
  g_clear_object (&self->store);
}

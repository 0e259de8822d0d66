/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-busy-puller.h"
#include "lf-error.h"
#include "lf-timer.h"

#define MAX_USERS       200
#define MAX_QUERY_BYTES 6000 /* of user ids: what every proxy lets through */
#define JITTER_MS       5000
#define WINDOW_BACK_US  (1 * LF_DAY)
#define WINDOW_ON_US    (14 * LF_DAY)
#define FAR_US          (2 * LF_HOUR)    /* known for longer: pulled again well before the end */
#define LEAST_US        (30 * LF_SECOND) /* nobody is pulled by the clock more often */
#define LEAST_STATE_US  (5 * LF_SECOND)  /* but for whoever shows the current state alone, until it changes */
#define DEAD_US         (5 * LF_MINUTE)  /* a source that gives what ran out a minute ago and more */
#define OLD_US          (10 * LF_MINUTE) /* for the open contact */
#define AGE_US          (24 * LF_HOUR)   /* a calendar goes stale so long after it was read */
#define PAUSE_FIRST_MS  5000
#define PAUSE_MAX_MS    60000

/**
 * LfBusyPuller:
 *
 * Who is wanted stands in @wanted; one batch is in flight at a time. @due says when each person is to
 * be pulled again; the earliest has a call of the clock.
 */
struct _LfBusyPuller
{
  GObject parent_instance;

  LfSession    *session;   /* owned */
  LfClock      *clock;     /* owned */
  GHashTable   *wanted;    /* owned; user → urgency */
  GHashTable   *in_flight; /* owned; user → urgency */
  GHashTable   *due;       /* owned; user → gint64 *, instant */
  GHashTable   *pulled;    /* owned; user → gint64 *, instant of the last answer */
  char         *open;      /* owned, nullable */
  GSource      *timer;     /* owned, nullable: jitter or pause */
  guint         due_call;  /* clock call */
  GCancellable *lifetime;  /* owned; pulled by dispose */
  guint         pause_ms;
  gboolean      is_live;
  gboolean      is_paused; /* @timer is a pause after a failure: not cut short */
};

G_DEFINE_FINAL_TYPE (LfBusyPuller, lf_busy_puller, G_TYPE_OBJECT)

enum
{
  SIGNAL_BUSY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void pull_batch (LfBusyPuller *self);
static void schedule_due (LfBusyPuller *self);

static gint64 *
instant_new (gint64 at_us)
{
  gint64 *instant = g_new (gint64, 1);

  *instant = at_us;
  return instant;
}

static gboolean
on_timer (gpointer user_data)
{
  LfBusyPuller *self = user_data;

  lf_timer_clear (&self->timer);
  self->is_paused = FALSE;
  pull_batch (self);
  return G_SOURCE_REMOVE;
}

static void
pull_after (LfBusyPuller *self,
            guint         wait_ms)
{
  if (self->is_live && !self->is_paused && g_hash_table_size (self->in_flight) == 0)
    lf_timer_start (&self->timer, wait_ms, on_timer, self);
}

/* When to ask again, from what the server knows. */
static gint64
choose_due_us (const LfWireBusy *busy,
               gint64            now_us,
               gboolean          is_open)
{
  gint64 at_us = busy->known_until_us;

  if (at_us == LF_INSTANT_NONE)
    return is_open ? now_us + OLD_US : LF_INSTANT_NONE;
  if (at_us <= now_us - LF_MINUTE)
    at_us = now_us + DEAD_US + g_random_int_range (0, DEAD_US / LF_SECOND) * LF_SECOND;
  else if (at_us > now_us + FAR_US)
    at_us -= LF_HOUR + g_random_int_range (0, 1800) * LF_SECOND;
  else
    at_us += g_random_int_range (0, JITTER_MS) * 1000;
  if (busy->read_at_us != LF_INSTANT_NONE && busy->read_at_us + AGE_US > now_us)
    at_us = MIN (at_us, MAX (busy->read_at_us + AGE_US - LF_HOUR - g_random_int_range (0, 3600) * LF_SECOND,
                             now_us + DEAD_US));
  if (is_open)
    at_us = MIN (at_us, now_us + OLD_US);
  return MAX (at_us, now_us + (busy->is_state_only ? LEAST_STATE_US : LEAST_US));
}

static void
take_busy (LfBusyPuller     *self,
           const LfWireBusy *busy)
{
  gint64        now_us = lf_clock_get_now_us (self->clock);
  gpointer      urgency;
  LfBusyUrgency asked;
  gint64        due_us;

  if (!g_hash_table_lookup_extended (self->in_flight, busy->user, NULL, &urgency))
    return; /* not asked for */
  asked = GPOINTER_TO_INT (urgency);
  due_us = choose_due_us (busy, now_us, g_strcmp0 (busy->user, self->open) == 0);
  g_hash_table_replace (self->pulled, g_strdup (busy->user), instant_new (now_us));
  if (due_us != LF_INSTANT_NONE)
    g_hash_table_replace (self->due, g_strdup (busy->user), instant_new (due_us));
  else
    g_hash_table_remove (self->due, busy->user);
  g_signal_emit (self, signals[SIGNAL_BUSY], 0, busy, asked != LF_BUSY_LATER);
}

/* What a snapshot wants stays no news, though it has changed again since. */
static void
add_wanted (LfBusyPuller *self,
            const char   *user,
            LfBusyUrgency urgency)
{
  LfBusyUrgency held = GPOINTER_TO_INT (g_hash_table_lookup (self->wanted, user));

  g_hash_table_replace (self->wanted, g_strdup (user), GINT_TO_POINTER (MAX (held, urgency)));
}

/* Whether that wish waits for no jitter. */
static gboolean
is_urgent (LfBusyPuller *self,
           const char   *user,
           LfBusyUrgency urgency)
{
  return urgency == LF_BUSY_FIRST || g_strcmp0 (user, self->open) == 0;
}

/* How long the next batch waits, when somebody is wanted. */
static guint
choose_wait_ms (LfBusyPuller *self)
{
  GHashTableIter iter;
  gpointer       user;
  gpointer       urgency;

  g_hash_table_iter_init (&iter, self->wanted);
  while (g_hash_table_iter_next (&iter, &user, &urgency))
    if (is_urgent (self, user, GPOINTER_TO_INT (urgency)))
      return 0;
  return g_random_int_range (0, JITTER_MS);
}

/* The batch failed: its people are wanted as before. */
static void
give_back (LfBusyPuller *self,
           GHashTable   *users)
{
  GHashTableIter iter;
  gpointer       user;
  gpointer       urgency;

  g_hash_table_iter_init (&iter, users);
  while (g_hash_table_iter_next (&iter, &user, &urgency))
    add_wanted (self, user, GPOINTER_TO_INT (urgency));
}

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (LfBusyPuller)   self = user_data;
  g_autoptr (GError)         error = NULL;
  guint                      retry_after_s;
  g_autoptr (LfWireBusyList) list = lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);
  g_autoptr (GHashTable)     users = NULL;

  if (g_cancellable_is_cancelled (self->lifetime))
    return;
  if (list != NULL)
    {
      self->pause_ms = PAUSE_FIRST_MS;
      for (guint i = 0; i < list->items->len; i++)
        take_busy (self, list->items->pdata[i]);
    }
  users = g_steal_pointer (&self->in_flight);
  self->in_flight = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (list == NULL)
    {
      g_debug ("calendars not pulled: %s", error->message);
      if (!lf_session_get_is_signed_in (self->session))
        return;
      give_back (self, users);
      self->is_paused = self->is_live;
      if (self->is_live)
        lf_timer_start (&self->timer,
                        MAX (self->pause_ms, retry_after_s * 1000) + g_random_int_range (0, JITTER_MS), on_timer, self);
      self->pause_ms = MIN (self->pause_ms * 2, PAUSE_MAX_MS);
      return;
    }
  schedule_due (self);
  if (g_hash_table_size (self->wanted) > 0)
    pull_after (self, choose_wait_ms (self));
}

static void
pull_batch (LfBusyPuller *self)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new ();
  g_autofree char      *path = NULL;
  GHashTableIter        iter;
  gpointer              user;
  gpointer              urgency;
  gsize                 bytes = 0;

  if (!self->is_live || g_hash_table_size (self->in_flight) > 0)
    return;
  g_hash_table_iter_init (&iter, self->wanted);
  while (users->len < MAX_USERS && bytes < MAX_QUERY_BYTES && g_hash_table_iter_next (&iter, &user, &urgency))
    {
      bytes += strlen (user) + 1;
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (self->in_flight, user, urgency);
      g_ptr_array_add (users, user);
    }
  if (users->len == 0)
    return;
  path = lf_busy_make_path ((const char *const *) users->pdata, users->len, lf_clock_get_now_us (self->clock));
  lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, &lf_schema_busy_list, self->lifetime,
                         on_answered, g_object_ref (self));
}

static gboolean
on_due (gpointer user_data)
{
  LfBusyPuller  *self = user_data;
  gint64         until_us = lf_clock_get_now_us (self->clock) + JITTER_MS * 1000;
  gboolean       is_any = FALSE;
  GHashTableIter iter;
  gpointer       user;
  gpointer       at;

  self->due_call = 0;
  g_hash_table_iter_init (&iter, self->due);
  while (g_hash_table_iter_next (&iter, &user, &at))
    {
      if (*(gint64 *) at > until_us)
        continue;
      if (!g_hash_table_contains (self->wanted, user) && !g_hash_table_contains (self->in_flight, user))
        g_hash_table_insert (self->wanted, g_strdup (user), GINT_TO_POINTER (LF_BUSY_LATER));
      g_hash_table_iter_remove (&iter);
      is_any = TRUE;
    }
  if (is_any)
    pull_after (self, 0); /* the instants carry their own jitter */
  schedule_due (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_due (LfBusyPuller *self)
{
  gint64         first_us = LF_INSTANT_NONE;
  GHashTableIter iter;
  gpointer       at;

  lf_clock_cancel (self->clock, &self->due_call);
  if (!self->is_live)
    return;
  g_hash_table_iter_init (&iter, self->due);
  while (g_hash_table_iter_next (&iter, NULL, &at))
    first_us = lf_instant_earlier (first_us, *(gint64 *) at);
  if (first_us != LF_INSTANT_NONE)
    self->due_call = lf_clock_call_at (self->clock, first_us, on_due, self);
}

static void
lf_busy_puller_dispose (GObject *object)
{
  LfBusyPuller *self = LF_BUSY_PULLER (object);

  self->is_live = FALSE;
  lf_timer_clear (&self->timer);
  g_cancellable_cancel (self->lifetime);
  if (self->clock != NULL)
    lf_clock_cancel (self->clock, &self->due_call);

  G_OBJECT_CLASS (lf_busy_puller_parent_class)->dispose (object);
}

static void
lf_busy_puller_finalize (GObject *object)
{
  LfBusyPuller *self = LF_BUSY_PULLER (object);

  g_hash_table_unref (self->wanted);
  g_hash_table_unref (self->in_flight);
  g_hash_table_unref (self->due);
  g_hash_table_unref (self->pulled);
  g_free (self->open);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  g_clear_object (&self->lifetime);

  G_OBJECT_CLASS (lf_busy_puller_parent_class)->finalize (object);
}

static void
lf_busy_puller_class_init (LfBusyPullerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_busy_puller_dispose;
  object_class->finalize = lf_busy_puller_finalize;

  signals[SIGNAL_BUSY] = g_signal_new ("busy", LF_TYPE_BUSY_PULLER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
lf_busy_puller_init (LfBusyPuller *self)
{
  self->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->in_flight = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->due = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pulled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->lifetime = g_cancellable_new ();
  self->pause_ms = PAUSE_FIRST_MS;
}

/**
 * lf_busy_puller_new:
 * @session: a signed-in session
 * @clock: what time it is
 *
 * Returns: (transfer full): a puller that is not live yet
 */
LfBusyPuller *
lf_busy_puller_new (LfSession *session,
                    LfClock   *clock)
{
  LfBusyPuller *self;

  g_return_val_if_fail (LF_IS_SESSION (session), NULL);
  g_return_val_if_fail (LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_BUSY_PULLER, NULL);
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * lf_busy_puller_set_live:
 * @self: an #LfBusyPuller
 * @is_live: whether the stream is
 *
 * Stops or goes on. What is wanted meanwhile waits.
 */
void
lf_busy_puller_set_live (LfBusyPuller *self,
                         gboolean      is_live)
{
  g_return_if_fail (LF_IS_BUSY_PULLER (self));

  if (self->is_live == is_live)
    return;
  self->is_live = is_live;
  self->is_paused = FALSE;
  self->pause_ms = PAUSE_FIRST_MS;
  lf_timer_clear (&self->timer);
  schedule_due (self);
  if (is_live && g_hash_table_size (self->wanted) > 0)
    pull_after (self, choose_wait_ms (self));
}

/**
 * lf_busy_puller_want:
 * @self: an #LfBusyPuller
 * @user: whose calendar changed
 * @urgency: when, and why
 *
 * Pulls that calendar with the next batch; that of the open contact without delay.
 */
void
lf_busy_puller_want (LfBusyPuller *self,
                     const char   *user,
                     LfBusyUrgency urgency)
{
  g_return_if_fail (LF_IS_BUSY_PULLER (self));
  g_return_if_fail (user != NULL);

  add_wanted (self, user, urgency);
  if (!self->is_live)
    return;
  if (is_urgent (self, user, urgency))
    pull_after (self, 0);
  else if (self->timer == NULL)
    pull_after (self, g_random_int_range (0, JITTER_MS));
}

/**
 * lf_busy_puller_forget:
 * @self: an #LfBusyPuller
 * @user: who left the roster, or has no calendar any more
 *
 * Pulls that calendar no more.
 */
void
lf_busy_puller_forget (LfBusyPuller *self,
                       const char   *user)
{
  g_return_if_fail (LF_IS_BUSY_PULLER (self));
  g_return_if_fail (user != NULL);

  g_hash_table_remove (self->wanted, user);
  g_hash_table_remove (self->due, user);
  g_hash_table_remove (self->pulled, user);
}

/**
 * lf_busy_puller_set_open:
 * @self: an #LfBusyPuller
 * @user: (nullable): whose page is open
 *
 * Pulls that person now if what is held is older than ten minutes, and goes on doing so.
 */
void
lf_busy_puller_set_open (LfBusyPuller *self,
                         const char   *user)
{
  const gint64 *pulled;
  gint64        now_us;

  g_return_if_fail (LF_IS_BUSY_PULLER (self));

  if (g_strcmp0 (self->open, user) == 0)
    return;
  g_free (self->open);
  self->open = g_strdup (user);
  if (user == NULL)
    return;
  now_us = lf_clock_get_now_us (self->clock);
  pulled = g_hash_table_lookup (self->pulled, user);
  if (pulled == NULL || *pulled + OLD_US <= now_us || g_hash_table_contains (self->wanted, user))
    lf_busy_puller_want (self, user, LF_BUSY_LATER);
  else
    {
      g_hash_table_replace (self->due, g_strdup (user), instant_new (*pulled + OLD_US));
      schedule_due (self);
    }
}

/**
 * lf_busy_make_path:
 * @users: (array length=n_users): user ids
 * @n_users: how many, at most 200
 * @now_us: the time
 *
 * Returns: (transfer full): the path that asks for their busy periods in the usual window
 */
char *
lf_busy_make_path (const char *const *users,
                   gsize              n_users,
                   gint64             now_us)
{
  GString *path = g_string_new ("/busy?users=");
  char     from[LF_INSTANT_MAX_CHARS];
  char     to[LF_INSTANT_MAX_CHARS];

  for (gsize i = 0; i < n_users; i++)
    {
      if (i > 0)
        g_string_append_c (path, ',');
      g_string_append_uri_escaped (path, users[i], NULL, FALSE);
    }
  lf_instant_format (now_us - WINDOW_BACK_US, from);
  lf_instant_format (now_us + WINDOW_ON_US, to);
  g_string_append_printf (path, "&from=%s&to=%s", from, to);
  return g_string_free (path, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-channel.h"
#include "lf-demo-phones.h"
#include "lf-wire-calls.h"

/* What comes next in a call, and when: in thousandths of a second, a random part on top. */
#define RING_MS   2500
#define TALK_MS   35000
#define HOLD_MS   9000
#define SPREAD_MS 8000

typedef struct
{
  LfDemoPhones *phones; /* borrowed */
  const char   *number;
  LfPhoneState  state;
  gint64        since_us;
  guint         n_holds; /* in this call */
  guint         timer;   /* the call's next stage */
} Line;

struct _LfDemoPhones
{
  GObject parent_instance;

  LfClock      *clock;   /* owned */
  GRand        *random;  /* borrowed from the office */
  LfRest       *rest;    /* owned */
  LfChannel    *channel; /* owned */
  GCancellable *cancellable;
  Line         *lines; /* owned; one a colleague, then the visitor's */
  guint         n_answered;
};

G_DEFINE_FINAL_TYPE (LfDemoPhones, lf_demo_phones, G_TYPE_OBJECT)

/* Everybody's, and the visitor's, on which nobody calls. */
static guint
count_lines (void)
{
  return lf_demo_people_count () + 1;
}

static void
on_line_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDemoPhones) self = user_data;
  g_autoptr (GError)       error = NULL;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &error);
  if (error == NULL)
    self->n_answered++;
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("The state of a line was not taken: %s", error->message);
}

static void
tell (LfDemoPhones *self, const Line *line)
{
  LfWireLineState  body = { .state = line->state, .since_us = line->since_us };
  g_autofree char *path = g_strconcat ("/lines/", line->number, NULL);

  lf_rest_call_async (self->rest, "PUT", path, NULL, &lf_schema_line_state, &body, NULL,
                      self->cancellable, on_line_told, g_object_ref (self));
}

static void
change (Line *line, LfPhoneState state, gint64 since_us)
{
  LfChannelState channel = lf_channel_get_state (line->phones->channel);

  line->state = state;
  line->since_us = since_us;
  if (state == LF_PHONE_ON_HOOK)
    line->n_holds = 0;
  if (channel == LF_CHANNEL_LIVE || channel == LF_CHANNEL_SYNCING)
    tell (line->phones, line);
}

static void schedule_next_stage (Line *line, guint base_ms);

static gboolean
on_next_stage (gpointer user_data)
{
  Line         *line = user_data;
  LfDemoPhones *self = line->phones;
  LfPhoneState  next = LF_PHONE_ON_HOOK;
  guint         stage_ms = 0;

  line->timer = 0;
  if (line->state == LF_PHONE_RINGING || line->state == LF_PHONE_HELD)
    {
      next = LF_PHONE_OFF_HOOK;
      stage_ms = TALK_MS;
    }
  else if (line->state == LF_PHONE_OFF_HOOK && line->n_holds == 0 && g_rand_int_range (self->random, 0, 3) == 0)
    {
      next = LF_PHONE_HELD;
      stage_ms = HOLD_MS;
      line->n_holds++;
    }
  change (line, next, lf_clock_get_now_us (self->clock));
  if (stage_ms > 0)
    schedule_next_stage (line, stage_ms);
  return G_SOURCE_REMOVE;
}

static void
schedule_next_stage (Line *line, guint base_ms)
{
  guint spread_ms = MIN (base_ms, SPREAD_MS);

  g_clear_handle_id (&line->timer, g_source_remove);
  line->timer = g_timeout_add (base_ms + (guint) g_rand_int_range (line->phones->random, 0, (gint32) spread_ms),
                               on_next_stage, line);
}

/* Line states are claims of this connection: said again on each new one. */
static void
on_hello (LfChannel *channel, const LfWireHello *hello, gpointer user_data)
{
  LfDemoPhones *self = user_data;

  self->n_answered = 0;
  for (guint i = 0; i < count_lines (); i++)
    tell (self, &self->lines[i]);
}

static void
on_stopped (LfChannel *channel, const GError *error, gpointer user_data)
{
  g_warning ("The telephone system was turned away: %s", error != NULL ? error->message : "no reason given");
}

static void
lf_demo_phones_dispose (GObject *object)
{
  LfDemoPhones *self = LF_DEMO_PHONES (object);

  lf_demo_phones_stop (self);
  g_clear_object (&self->channel);
  g_clear_object (&self->rest);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (lf_demo_phones_parent_class)->dispose (object);
}

static void
lf_demo_phones_finalize (GObject *object)
{
  LfDemoPhones *self = LF_DEMO_PHONES (object);

  g_free (self->lines);

  G_OBJECT_CLASS (lf_demo_phones_parent_class)->finalize (object);
}

static void
lf_demo_phones_class_init (LfDemoPhonesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_demo_phones_dispose;
  object_class->finalize = lf_demo_phones_finalize;
}

static void
lf_demo_phones_init (LfDemoPhones *self)
{
  self->cancellable = g_cancellable_new ();
  self->lines = g_new0 (Line, count_lines ());
  for (guint i = 0; i < count_lines (); i++)
    {
      self->lines[i].phones = self;
      self->lines[i].number = i < lf_demo_people_count () ? lf_demo_people_get (i)->line : lf_demo_people_visitor ()->line;
      self->lines[i].state = LF_PHONE_ON_HOOK;
      self->lines[i].since_us = LF_INSTANT_NONE;
    }
}

/**
 * lf_demo_phones_new:
 * @server: the server's address
 * @token: a phone connector's token
 * @clock: what time it is
 * @random: decides how long a call takes; outlives the phones
 * @error: return location: a %LF_ERROR
 *
 * Makes the telephone system, all lines on-hook.
 *
 * Returns: (transfer full) (nullable): the phones
 */
LfDemoPhones *
lf_demo_phones_new (const char *server, const char *token, LfClock *clock, GRand *random, GError **error)
{
  g_autoptr (LfRest) rest = lf_rest_new (server, error);
  LfDemoPhones      *self;

  if (rest == NULL)
    return NULL;
  lf_rest_set_token (rest, token);
  self = g_object_new (LF_TYPE_DEMO_PHONES, NULL);
  self->clock = g_object_ref (clock);
  self->random = random;
  self->channel = lf_channel_new (rest);
  self->rest = g_steal_pointer (&rest);
  g_signal_connect_object (self->channel, "hello", G_CALLBACK (on_hello), self, 0);
  g_signal_connect_object (self->channel, "stopped", G_CALLBACK (on_stopped), self, 0);
  return self;
}

/**
 * lf_demo_phones_start:
 * @self: the phones
 *
 * Connects; the states of all lines are told as soon as the stream is open.
 */
void
lf_demo_phones_start (LfDemoPhones *self)
{
  g_return_if_fail (LF_IS_DEMO_PHONES (self));

  lf_channel_start (self->channel);
}

/**
 * lf_demo_phones_is_live:
 * @self: the phones
 *
 * Returns: whether the server has taken the state of every line since the last connection
 */
gboolean
lf_demo_phones_is_live (LfDemoPhones *self)
{
  g_return_val_if_fail (LF_IS_DEMO_PHONES (self), FALSE);

  return self->n_answered >= count_lines ();
}

/**
 * lf_demo_phones_stop:
 * @self: the phones
 *
 * Ends all calls in the air and the connection.
 */
void
lf_demo_phones_stop (LfDemoPhones *self)
{
  g_return_if_fail (LF_IS_DEMO_PHONES (self));

  for (guint i = 0; i < count_lines (); i++)
    g_clear_handle_id (&self->lines[i].timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->channel != NULL)
    lf_channel_stop (self->channel, "the office closes");
}

/**
 * lf_demo_phones_get:
 * @self: the phones
 * @person: index of a colleague
 *
 * Returns: the state of the colleague's line
 */
LfPhoneState
lf_demo_phones_get (LfDemoPhones *self, guint person)
{
  g_return_val_if_fail (LF_IS_DEMO_PHONES (self) && person < lf_demo_people_count (), LF_PHONE_UNKNOWN);

  return self->lines[person].state;
}

/**
 * lf_demo_phones_set:
 * @self: the phones
 * @person: index of a colleague
 * @state: the line's new state
 * @since_us: when it began
 *
 * Changes a line and reports it. A line that is set off-hook stays so until lf_demo_phones_end_call().
 */
void
lf_demo_phones_set (LfDemoPhones *self, guint person, LfPhoneState state, gint64 since_us)
{
  g_return_if_fail (LF_IS_DEMO_PHONES (self) && person < lf_demo_people_count ());

  change (&self->lines[person], state, since_us);
}

/**
 * lf_demo_phones_begin_call:
 * @self: the phones
 * @person: index of a colleague
 *
 * Lets a colleague's phone ring; the call is answered, perhaps held, and ends by itself.
 *
 * Returns: whether the line was on-hook
 */
gboolean
lf_demo_phones_begin_call (LfDemoPhones *self, guint person)
{
  g_return_val_if_fail (LF_IS_DEMO_PHONES (self) && person < lf_demo_people_count (), FALSE);

  if (self->lines[person].state != LF_PHONE_ON_HOOK)
    return FALSE;
  lf_demo_phones_set (self, person, LF_PHONE_RINGING, lf_clock_get_now_us (self->clock));
  schedule_next_stage (&self->lines[person], RING_MS);
  return TRUE;
}

/**
 * lf_demo_phones_end_call:
 * @self: the phones
 * @person: index of a colleague
 *
 * Hangs up.
 *
 * Returns: whether there was a call
 */
gboolean
lf_demo_phones_end_call (LfDemoPhones *self, guint person)
{
  g_return_val_if_fail (LF_IS_DEMO_PHONES (self) && person < lf_demo_people_count (), FALSE);

  if (self->lines[person].state != LF_PHONE_OFF_HOOK && self->lines[person].state != LF_PHONE_HELD)
    return FALSE;
  g_clear_handle_id (&self->lines[person].timer, g_source_remove);
  lf_demo_phones_set (self, person, LF_PHONE_ON_HOOK, lf_clock_get_now_us (self->clock));
  return TRUE;
}

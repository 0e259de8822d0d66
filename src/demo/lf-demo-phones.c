/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-channel.h"
#include "lf-demo-history.h"
#include "lf-demo-phones.h"

/* What comes next in a call with somebody outside, and when; a random part on top. */
#define RING_US   (5 * LF_SECOND / 2)
#define TALK_US   (35 * LF_SECOND)
#define HOLD_US   (9 * LF_SECOND)
#define SPREAD_US (8 * LF_SECOND)

struct _LfDemoPhones
{
  GObject parent_instance;

  LfClock      *clock;   /* owned */
  GRand        *random;  /* borrowed from the office */
  LfRest       *rest;    /* owned */
  LfChannel    *channel; /* owned */
  GCancellable *cancellable;
  LfDemoLine   *lines;   /* owned; one a colleague, then the visitor's */
  GPtrArray    *history; /* owned: what the visitor's line has had before; of LfWireCallReport */
  guint         n_answered;

  LfDemoHabitFunc habit; /* nullable */
  gpointer        habit_data;
};

G_DEFINE_FINAL_TYPE (LfDemoPhones, lf_demo_phones, G_TYPE_OBJECT)

/* Everybody's, and the visitor's. */
static guint
count_lines (void)
{
  return lf_demo_people_count () + 1;
}

static LfDemoLine *
get_visitors_line (LfDemoPhones *self)
{
  return &self->lines[lf_demo_people_count ()];
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDemoPhones) self = user_data;
  g_autoptr (GError)       error = NULL;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &error);
  if (error == NULL)
    self->n_answered++;
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("What was told of a line was not taken: %s", error->message);
}

static void
tell (LfDemoPhones *self, const LfDemoLine *line)
{
  LfWireLineState body = {
    .state = line->state,
    .since_us = line->since_us,
    .direction = line->direction,
    .peer = (char *) line->peer,
    .peer_name = (char *) line->peer_name,
  };
  g_autofree char *path = g_strconcat ("/lines/", line->person->line, NULL);

  lf_rest_call_async (self->rest, "PUT", path, NULL, &lf_schema_line_state, &body, NULL, self->cancellable, on_told,
                      g_object_ref (self));
}

static void
tell_records (LfDemoPhones *self, const LfDemoLine *line, GPtrArray *records)
{
  LfWireCallReports body = { records };
  g_autofree char  *path = g_strconcat ("/lines/", line->person->line, "/calls", NULL);

  lf_rest_call_async (self->rest, "POST", path, NULL, &lf_schema_call_reports, &body, NULL, self->cancellable, on_told,
                      g_object_ref (self));
}

static gboolean
is_open (LfDemoPhones *self)
{
  LfChannelState state = lf_channel_get_state (self->channel);

  return state == LF_CHANNEL_LIVE || state == LF_CHANNEL_SYNCING;
}

static void
on_line_changed (gpointer user_data, const LfDemoLine *line)
{
  LfDemoPhones *self = user_data;

  if (is_open (self))
    tell (self, line);
}

static void
on_result (gpointer user_data, const LfWireCommandResult *result)
{
  LfDemoPhones *self = user_data;

  lf_channel_send (self->channel, LF_FRAME_COMMAND_RESULT, result);
}

static void
on_call_over (gpointer user_data, const LfDemoLine *line, const LfWireCallReport *report)
{
  LfDemoPhones         *self = user_data;
  g_autoptr (GPtrArray) records = g_ptr_array_new ();

  g_ptr_array_add (records, (gpointer) report);
  if (is_open (self))
    tell_records (self, line, records);
}

static const LfDemoLineFuncs line_funcs = { on_line_changed, on_result, on_call_over };

static void schedule_next_stage (LfDemoLine *line, gint64 base_us);

static gboolean
on_next_stage (gpointer user_data)
{
  LfDemoLine   *line = user_data;
  LfDemoPhones *self = line->user_data;
  LfPhoneState  next = LF_PHONE_ON_HOOK;
  gint64        stage_us = 0;

  line->timer = 0;
  if (line->state == LF_PHONE_RINGING || line->state == LF_PHONE_HELD)
    {
      next = LF_PHONE_OFF_HOOK;
      stage_us = TALK_US;
    }
  else if (line->state == LF_PHONE_OFF_HOOK && line->n_holds == 0 && g_rand_int_range (self->random, 0, 3) == 0)
    {
      next = LF_PHONE_HELD;
      stage_us = HOLD_US;
      line->n_holds++;
    }
  lf_demo_line_set (line, next, lf_clock_get_now_us (self->clock));
  if (stage_us > 0)
    schedule_next_stage (line, stage_us);
  return G_SOURCE_REMOVE;
}

static void
schedule_next_stage (LfDemoLine *line, gint64 base_us)
{
  LfDemoPhones *self = line->user_data;
  gint64        spread_us = g_rand_int_range (self->random, 0, (gint32) MIN (base_us, SPREAD_US));

  lf_clock_cancel (self->clock, &line->timer);
  line->timer = lf_clock_call_after (self->clock, base_us + spread_us, on_next_stage, line);
}

/* Commands of the server */

static void
fail (LfDemoPhones *self, const char *id, LfCallReason reason)
{
  const LfWireCommandResult result = { .id = (char *) id, .state = LF_CALL_FAILED, .reason = reason };

  on_result (self, &result);
}

static LfDemoLine *
find_line (LfDemoPhones *self, const char *number)
{
  for (guint i = 0; i < count_lines (); i++)
    if (g_strcmp0 (self->lines[i].person->line, number) == 0)
      return &self->lines[i];
  return NULL;
}

static LfDemoHabit
get_habit (LfDemoPhones *self, const LfDemoLine *line)
{
  if (line == get_visitors_line (self))
    return LF_DEMO_LETS_RING;
  return self->habit != NULL ? self->habit ((guint) (line - self->lines), self->habit_data) : LF_DEMO_PICKS_UP;
}

static void
take_call (LfDemoPhones *self, const LfWireCommand *command)
{
  LfDemoLine *from = find_line (self, command->line);
  LfDemoLine *to = find_line (self, command->target);

  if (from == NULL || to == NULL)
    fail (self, command->id, LF_CALL_REASON_NUMBER_UNKNOWN);
  else if (from->state != LF_PHONE_ON_HOOK)
    fail (self, command->id, LF_CALL_REASON_OWN_PHONE);
  else
    lf_demo_talk_begin (from, to, command->id, get_habit (self, to));
}

static void
take_pick_up (LfDemoPhones *self, const LfWireCommand *command)
{
  LfDemoLine *line = find_line (self, command->line);
  LfDemoLine *ringing = find_line (self, command->target);

  if (line == NULL || ringing == NULL || ringing->state != LF_PHONE_RINGING || ringing->talk != NULL)
    fail (self, command->id, LF_CALL_REASON_UNAVAILABLE);
  else if (line->state != LF_PHONE_ON_HOOK)
    fail (self, command->id, LF_CALL_REASON_OWN_PHONE);
  else
    lf_demo_talk_pick_up (line, ringing, command->id);
}

static void
take_cancel (LfDemoPhones *self, const LfWireCommand *command)
{
  LfDemoLine *line = find_line (self, command->line);

  if (line != NULL && line->talk != NULL && g_strcmp0 (lf_demo_talk_get_command (line->talk), command->id) == 0)
    lf_demo_talk_hang_up (line->talk);
}

static void
on_frame (LfChannel *channel, const LfFrame *frame, gpointer user_data)
{
  LfDemoPhones        *self = user_data;
  const LfWireCommand *command = frame->body;

  if (frame->type != LF_FRAME_COMMAND)
    return;
  switch (command->kind)
    {
    case LF_COMMAND_CALL:
      take_call (self, command);
      break;
    case LF_COMMAND_PICK_UP:
      take_pick_up (self, command);
      break;
    case LF_COMMAND_CANCEL:
      take_cancel (self, command);
      break;
    case LF_COMMAND_DND:
    default:
      fail (self, command->id, LF_CALL_REASON_UNSUPPORTED);
      break;
    }
}

/* Line states are claims of this connection: said again on each new one. */
static void
on_hello (LfChannel *channel, const LfWireHello *hello, gpointer user_data)
{
  static const LfWireCapabilities capabilities = { .can_call = TRUE, .can_cancel = TRUE, .can_pick_up = TRUE };
  LfDemoPhones                   *self = user_data;

  self->n_answered = 0;
  lf_channel_send (channel, LF_FRAME_CAPABILITIES, &capabilities);
  for (guint i = 0; i < count_lines (); i++)
    tell (self, &self->lines[i]);
  tell_records (self, get_visitors_line (self), self->history);
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
  g_clear_pointer (&self->history, g_ptr_array_unref);

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
  self->lines = g_new0 (LfDemoLine, count_lines ());
}

static void
install_line (LfDemoPhones *self, LfDemoLine *line, const LfDemoPerson *person)
{
  line->person = person;
  line->clock = self->clock;
  line->funcs = &line_funcs;
  line->user_data = self;
  line->state = LF_PHONE_ON_HOOK;
  line->since_us = LF_INSTANT_NONE;
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
  self->history = lf_demo_history_new (lf_clock_get_now_us (clock));
  for (guint i = 0; i < lf_demo_people_count (); i++)
    install_line (self, &self->lines[i], lf_demo_people_get (i));
  install_line (self, get_visitors_line (self), lf_demo_people_visitor ());
  self->channel = lf_channel_new (rest);
  self->rest = g_steal_pointer (&rest);
  g_signal_connect_object (self->channel, "hello", G_CALLBACK (on_hello), self, 0);
  g_signal_connect_object (self->channel, "frame", G_CALLBACK (on_frame), self, 0);
  g_signal_connect_object (self->channel, "stopped", G_CALLBACK (on_stopped), self, 0);
  return self;
}

/**
 * lf_demo_phones_set_habits:
 * @self: the phones
 * @habit: what a colleague does when somebody of the office calls
 * @user_data: for @habit
 *
 * Lets colleagues behave as they please; before, everybody picks up.
 */
void
lf_demo_phones_set_habits (LfDemoPhones *self, LfDemoHabitFunc habit, gpointer user_data)
{
  g_return_if_fail (LF_IS_DEMO_PHONES (self));

  self->habit = habit;
  self->habit_data = user_data;
}

/**
 * lf_demo_phones_start:
 * @self: the phones
 *
 * Connects; the states of all lines, and the calls that the visitor has had, are told as soon as the stream is open.
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
 * Returns: whether the server has taken the state of every line, and the visitor's calls, since the last connection
 */
gboolean
lf_demo_phones_is_live (LfDemoPhones *self)
{
  g_return_val_if_fail (LF_IS_DEMO_PHONES (self), FALSE);

  return self->n_answered >= count_lines () + 1;
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

  for (guint i = 0; i < count_lines () && self->clock != NULL; i++)
    {
      lf_clock_cancel (self->clock, &self->lines[i].timer);
      if (self->lines[i].talk != NULL)
        lf_demo_talk_free (self->lines[i].talk);
    }
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

  lf_demo_line_set (&self->lines[person], state, since_us);
}

/**
 * lf_demo_phones_begin_call:
 * @self: the phones
 * @person: index of a colleague
 *
 * Lets somebody outside call a colleague; the call is answered, perhaps held, and ends by itself.
 *
 * Returns: whether the line was on-hook
 */
gboolean
lf_demo_phones_begin_call (LfDemoPhones *self, guint person)
{
  LfDemoLine *line;
  guint       number;

  g_return_val_if_fail (LF_IS_DEMO_PHONES (self) && person < lf_demo_people_count (), FALSE);

  line = &self->lines[person];
  if (line->state != LF_PHONE_ON_HOOK)
    return FALSE;
  number = (guint) g_rand_int_range (self->random, 0, (gint32) g_strv_length ((char **) lf_demo_outside_numbers));
  lf_demo_line_set_peer (line, LF_CALL_INCOMING, lf_demo_outside_numbers[number], NULL);
  lf_demo_line_set (line, LF_PHONE_RINGING, lf_clock_get_now_us (self->clock));
  schedule_next_stage (line, RING_US);
  return TRUE;
}

/**
 * lf_demo_phones_call_visitor:
 * @self: the phones
 * @person: index of a colleague
 *
 * Lets a colleague call the visitor, who does not answer: nobody sits at that desk.
 *
 * Returns: whether both lines were on-hook
 */
gboolean
lf_demo_phones_call_visitor (LfDemoPhones *self, guint person)
{
  LfDemoLine *line;
  LfDemoLine *visitor;

  g_return_val_if_fail (LF_IS_DEMO_PHONES (self) && person < lf_demo_people_count (), FALSE);

  line = &self->lines[person];
  visitor = get_visitors_line (self);
  if (line->state != LF_PHONE_ON_HOOK || visitor->state != LF_PHONE_ON_HOOK)
    return FALSE;
  lf_demo_talk_begin (line, visitor, NULL, get_habit (self, visitor));
  return TRUE;
}

/**
 * lf_demo_phones_end_call:
 * @self: the phones
 * @person: index of a colleague
 *
 * Hangs up, unless the call is with the visitor.
 *
 * Returns: whether there was such a call
 */
gboolean
lf_demo_phones_end_call (LfDemoPhones *self, guint person)
{
  LfDemoLine *line;

  g_return_val_if_fail (LF_IS_DEMO_PHONES (self) && person < lf_demo_people_count (), FALSE);

  line = &self->lines[person];
  if (line->talk != NULL || (line->state != LF_PHONE_OFF_HOOK && line->state != LF_PHONE_HELD))
    return FALSE;
  lf_clock_cancel (self->clock, &line->timer);
  lf_demo_line_set (line, LF_PHONE_ON_HOOK, lf_clock_get_now_us (self->clock));
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-line.h"

/* How long each stage takes. */
#define OWN_RING_US  (2 * LF_SECOND)
#define TALK_US      (90 * LF_SECOND)
#define BUSY_US      LF_SECOND
#define ANSWER_US    (4 * LF_SECOND)
#define DECLINE_US   (3 * LF_SECOND)
#define GIVING_UP_US (12 * LF_SECOND)

struct _LfDemoTalk
{
  LfDemoLine *from;    /* borrowed; nullable: somebody outside, whose call was picked up */
  LfDemoLine *to;      /* borrowed */
  char       *command; /* owned, nullable: of the server */
  LfDemoHabit habit;
  LfCallState state;
  LfCallState outcome;    /* of calling */
  gint64      started_us; /* when the other end was called */
  gint64      answered_us;
  guint       timer; /* of the clock: the next stage */
};

static gboolean on_stage_over (gpointer user_data);

static LfDemoLine *
get_first (LfDemoTalk *self)
{
  return self->from != NULL ? self->from : self->to;
}

static void
tell (LfDemoTalk *self)
{
  LfDemoLine               *line = get_first (self);
  const LfWireCommandResult result = { .id = self->command, .state = self->state };

  if (self->command != NULL)
    line->funcs->result (line->user_data, &result);
}

static void
go_on (LfDemoTalk *self, LfCallState state, gint64 duration_us)
{
  LfClock *clock = get_first (self)->clock;

  self->state = state;
  tell (self);
  lf_clock_cancel (clock, &self->timer);
  self->timer = lf_clock_call_after (clock, duration_us, on_stage_over, self);
}

static void
tell_record (LfDemoTalk *self, const LfDemoLine *line, gint64 now_us)
{
  g_autofree char       *id = g_uuid_string_random ();
  const LfWireCallReport report = {
    .call_id = id,
    .direction = line->direction,
    .peer = (char *) line->peer,
    .peer_name = (char *) line->peer_name,
    .started_at_us = self->started_us,
    .answered_at_us = self->answered_us,
    .ended_at_us = now_us,
  };

  line->funcs->report (line->user_data, line, &report);
}

static void
leave (LfDemoTalk *self, LfDemoLine *line, gint64 now_us)
{
  if (line->talk != self)
    return; /* it was busy, or not called yet */
  if (line->peer != NULL)
    tell_record (self, line, now_us);
  line->talk = NULL;
  lf_demo_line_set (line, LF_PHONE_ON_HOOK, now_us);
}

static void
end (LfDemoTalk *self, LfCallState state)
{
  gint64 now_us = lf_clock_get_now_us (get_first (self)->clock);

  self->state = state;
  tell (self);
  if (self->from != NULL)
    leave (self, self->from, now_us);
  leave (self, self->to, now_us);
  lf_demo_talk_free (self);
}

/* The phone of @from is off the hook. */
static void
call (LfDemoTalk *self)
{
  static const gint64 durations_us[LF_N_CALL_STATES] = {
    [LF_CALL_BUSY] = BUSY_US,
    [LF_CALL_CONNECTED] = ANSWER_US,
    [LF_CALL_DECLINED] = DECLINE_US,
    [LF_CALL_NO_ANSWER] = GIVING_UP_US,
  };
  static const LfCallState outcomes[] = { LF_CALL_CONNECTED, LF_CALL_NO_ANSWER, LF_CALL_DECLINED };

  self->started_us = lf_clock_get_now_us (self->from->clock);
  lf_demo_line_set_peer (self->from, LF_CALL_OUTGOING, self->to->person->line, self->to->person->name);
  lf_demo_line_set (self->from, LF_PHONE_OFF_HOOK, self->started_us);
  if (self->to->state == LF_PHONE_ON_HOOK)
    {
      self->outcome = outcomes[self->habit];
      self->to->talk = self;
      lf_demo_line_set_peer (self->to, LF_CALL_INCOMING, self->from->person->line, self->from->person->name);
      lf_demo_line_set (self->to, LF_PHONE_RINGING, self->started_us);
    }
  else
    self->outcome = LF_CALL_BUSY;
  go_on (self, LF_CALL_CALLING, durations_us[self->outcome]);
}

static void
let_talk (LfDemoTalk *self)
{
  self->answered_us = lf_clock_get_now_us (self->to->clock);
  lf_demo_line_set (self->to, LF_PHONE_OFF_HOOK, self->answered_us);
  go_on (self, LF_CALL_CONNECTED, TALK_US);
}

static gboolean
on_stage_over (gpointer user_data)
{
  LfDemoTalk *self = user_data;

  self->timer = 0;
  if (self->state == LF_CALL_RINGING_YOU)
    call (self);
  else if (self->state == LF_CALL_CONNECTED)
    end (self, LF_CALL_ENDED);
  else if (self->outcome == LF_CALL_CONNECTED)
    let_talk (self);
  else
    end (self, self->outcome);
  return G_SOURCE_REMOVE;
}

static LfDemoTalk *
make (LfDemoLine *from, LfDemoLine *to, const char *command)
{
  LfDemoTalk *self = g_new0 (LfDemoTalk, 1);

  self->from = from;
  self->to = to;
  self->command = g_strdup (command);
  self->answered_us = LF_INSTANT_NONE;
  get_first (self)->talk = self;
  return self;
}

/**
 * lf_demo_talk_begin:
 * @from: a line that is on-hook
 * @to: another one
 * @command: (nullable): of the server, which has the phone of @from ring first; else it is picked up to dial
 * @habit: what @to does when it rings
 *
 * Lets one line call the other. The call goes through its stages and ends by itself.
 */
void
lf_demo_talk_begin (LfDemoLine *from, LfDemoLine *to, const char *command, LfDemoHabit habit)
{
  LfDemoTalk *self = make (from, to, command);

  self->habit = habit;
  if (command == NULL)
    {
      call (self);
      return;
    }
  lf_demo_line_set (from, LF_PHONE_RINGING, lf_clock_get_now_us (from->clock));
  go_on (self, LF_CALL_RINGING_YOU, OWN_RING_US);
}

/**
 * lf_demo_talk_pick_up:
 * @line: a line that is on-hook
 * @ringing: another one, which somebody outside calls
 * @command: of the server
 *
 * Takes the call from @ringing; both talk at once.
 */
void
lf_demo_talk_pick_up (LfDemoLine *line, LfDemoLine *ringing, const char *command)
{
  LfDemoTalk *self = make (NULL, line, command);

  self->started_us = ringing->since_us;
  lf_demo_line_set_peer (line, LF_CALL_INCOMING, ringing->peer, ringing->peer_name);
  lf_clock_cancel (ringing->clock, &ringing->timer);
  lf_demo_line_set (ringing, LF_PHONE_ON_HOOK, lf_clock_get_now_us (ringing->clock));
  let_talk (self);
}

/**
 * lf_demo_talk_hang_up:
 * @talk: (transfer full): a call
 *
 * Ends it, or takes it back.
 */
void
lf_demo_talk_hang_up (LfDemoTalk *talk)
{
  end (talk, talk->state == LF_CALL_CONNECTED ? LF_CALL_ENDED : LF_CALL_CANCELLED);
}

/**
 * lf_demo_talk_get_command:
 * @talk: a call
 *
 * Returns: (transfer none) (nullable): the command that it came of
 */
const char *
lf_demo_talk_get_command (LfDemoTalk *talk)
{
  return talk->command;
}

/**
 * lf_demo_talk_free:
 * @talk: (transfer full): a call
 *
 * Forgets it, without a word.
 */
void
lf_demo_talk_free (LfDemoTalk *talk)
{
  lf_clock_cancel (get_first (talk)->clock, &talk->timer);
  if (talk->from != NULL && talk->from->talk == talk)
    talk->from->talk = NULL;
  if (talk->to->talk == talk)
    talk->to->talk = NULL;
  g_free (talk->command);
  g_free (talk);
}

/**
 * lf_demo_line_set:
 * @line: a line
 * @state: its new state
 * @since_us: when that began
 *
 * Changes a line; on-hook, there is nobody at the other end.
 */
void
lf_demo_line_set (LfDemoLine *line, LfPhoneState state, gint64 since_us)
{
  line->state = state;
  line->since_us = since_us;
  if (state == LF_PHONE_ON_HOOK)
    {
      line->n_holds = 0;
      lf_demo_line_set_peer (line, LF_CALL_NO_DIRECTION, NULL, NULL);
    }
  line->funcs->told (line->user_data, line);
}

/**
 * lf_demo_line_set_peer:
 * @line: a line
 * @direction: who calls whom
 * @number: (nullable): of the other end; outlives the call
 * @name: (nullable): of whom; outlives it, too
 *
 * Says with whom the line talks; told with its next state.
 */
void
lf_demo_line_set_peer (LfDemoLine *line, LfCallDirection direction, const char *number, const char *name)
{
  line->direction = direction;
  line->peer = number;
  line->peer_name = name;
}

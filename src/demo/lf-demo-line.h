/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-demo-people.h"
#include "lf-wire-calls.h"

G_BEGIN_DECLS

typedef struct _LfDemoLine LfDemoLine;
typedef struct _LfDemoTalk LfDemoTalk;

/**
 * LfDemoLineFuncs:
 * @told: the state of a line, or with whom it talks, is another
 * @result: how far a call is that was asked for
 * @report: a call of a line is over
 *
 * What the server is to be told.
 */
typedef struct
{
  void (*told) (gpointer user_data, const LfDemoLine *line);
  void (*result) (gpointer user_data, const LfWireCommandResult *result);
  void (*report) (gpointer user_data, const LfDemoLine *line, const LfWireCallReport *report);
} LfDemoLineFuncs;

/**
 * LfDemoLine:
 * @person: who sits there
 * @clock: what time it is
 * @funcs: what is told of the line
 * @user_data: for @funcs
 * @state: of the line
 * @since_us: when that began
 * @direction: who called whom
 * @peer: (nullable): the other number
 * @peer_name: (nullable): of whom
 * @n_holds: in this call with somebody outside
 * @timer: of the clock: the next stage of such a call
 * @talk: (nullable): the call with another line of the office, or that was asked for
 *
 * A desk phone of the sample office. All pointers are borrowed.
 */
struct _LfDemoLine
{
  const LfDemoPerson    *person;
  LfClock               *clock;
  const LfDemoLineFuncs *funcs;
  gpointer               user_data;
  LfPhoneState           state;
  gint64                 since_us;
  LfCallDirection        direction;
  const char            *peer;
  const char            *peer_name;
  guint                  n_holds;
  guint                  timer;
  LfDemoTalk            *talk;
};

/**
 * LfDemoHabit:
 * @LF_DEMO_PICKS_UP: after a while
 * @LF_DEMO_LETS_RING: nobody is there
 * @LF_DEMO_DECLINES: not now
 *
 * What somebody does when the phone rings.
 */
typedef enum
{
  LF_DEMO_PICKS_UP,
  LF_DEMO_LETS_RING,
  LF_DEMO_DECLINES,
} LfDemoHabit;

void lf_demo_line_set (LfDemoLine *line, LfPhoneState state, gint64 since_us);
void lf_demo_line_set_peer (LfDemoLine *line, LfCallDirection direction, const char *number, const char *name);

/* Calls between two lines, see lf-demo-talk.c. */
void        lf_demo_talk_begin (LfDemoLine *from, LfDemoLine *to, const char *command, LfDemoHabit habit);
void        lf_demo_talk_pick_up (LfDemoLine *line, LfDemoLine *ringing, const char *command);
void        lf_demo_talk_hang_up (LfDemoTalk *talk);
const char *lf_demo_talk_get_command (LfDemoTalk *talk); /* nullable: nobody asked for it */
void        lf_demo_talk_free (LfDemoTalk *talk);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfDemoStart:
 * @LF_DEMO_START_ONLINE: at the desk
 * @LF_DEMO_START_AVAILABLE: chose "Available"
 * @LF_DEMO_START_IDLE: no input for some minutes
 * @LF_DEMO_START_AWAY: no input for longer
 * @LF_DEMO_START_ON_THE_PHONE: at the desk, in a call
 * @LF_DEMO_START_ON_HOLD: at the desk, in a call on hold
 * @LF_DEMO_START_IN_A_MEETING: at the desk, the calendar has a meeting now
 * @LF_DEMO_START_DO_NOT_DISTURB: switched it on
 * @LF_DEMO_START_OFFLINE: not signed in
 * @LF_DEMO_START_DESK_PHONE_ONLY: not signed in, but in a call
 *
 * How a colleague is found when the office opens.
 */
typedef enum
{
  LF_DEMO_START_ONLINE,
  LF_DEMO_START_AVAILABLE,
  LF_DEMO_START_IDLE,
  LF_DEMO_START_AWAY,
  LF_DEMO_START_ON_THE_PHONE,
  LF_DEMO_START_ON_HOLD,
  LF_DEMO_START_IN_A_MEETING,
  LF_DEMO_START_DO_NOT_DISTURB,
  LF_DEMO_START_OFFLINE,
  LF_DEMO_START_DESK_PHONE_ONLY,
} LfDemoStart;

/**
 * LfDemoPerson:
 * @login: account name; also the stem of the mail address and of the calendar file
 * @name: invented; nobody is meant
 * @title: what they do
 * @department: also the group in the demo person's contact list
 * @line: number of the desk phone
 * @start: how they are found when the office opens
 * @is_favourite: stands among the demo person's favourites
 * @note: (nullable): custom status at the start
 * @emoji: (nullable): its emoji
 *
 * One account of the sample office.
 */
typedef struct
{
  const char *login;
  const char *name;
  const char *title;
  const char *department;
  const char *line;
  LfDemoStart start;
  gboolean    is_favourite;
  const char *note;
  const char *emoji;
} LfDemoPerson;

/* The person who sits in front of the window */
#define LF_DEMO_VISITOR_LOGIN "mara"

const LfDemoPerson *lf_demo_people_get (guint index); /* 0 to lf_demo_people_count() - 1 */
guint               lf_demo_people_count (void);
const LfDemoPerson *lf_demo_people_visitor (void);
gboolean            lf_demo_person_signs_in (const LfDemoPerson *person);

G_END_DECLS

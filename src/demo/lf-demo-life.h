/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-demo-calendar.h"
#include "lf-demo-colleague.h"
#include "lf-demo-phones.h"

G_BEGIN_DECLS

/**
 * LfDemoStaff:
 * @colleagues: of #LfDemoColleague, in the order of lf_demo_people_get()
 * @calendars: of #LfDemoCalendar, likewise
 * @phones: the telephone system
 * @clock: what time it is
 * @random: the one source of chance
 * @server: the server's address
 * @password: of every account
 *
 * Everything that can happen in the office happens to these. All borrowed from the office.
 */
typedef struct
{
  GPtrArray    *colleagues;
  GPtrArray    *calendars;
  LfDemoPhones *phones;
  LfClock      *clock;
  GRand        *random;
  const char   *server;
  const char   *password;
} LfDemoStaff;

void lf_demo_life_begin (const LfDemoStaff *staff);
void lf_demo_life_step (const LfDemoStaff *staff);

/* What @user_data, an LfDemoStaff, lets a colleague do who is called. */
LfDemoHabit lf_demo_life_get_habit (guint person, gpointer user_data);

G_END_DECLS

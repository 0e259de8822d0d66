/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-life.h"

/* The office stays lively but calm: so many at most of each at one time. */
#define MOST_ON_THE_PHONE    7
#define MOST_IN_MEETINGS     7
#define MOST_NOT_AT_THE_DESK 10
#define MOST_NOTES           12
#define LEAST_AT_HOME        2
#define VISITOR_ONE_IN       6

/* How far ahead a meeting is written down: the connector reads it, the clients pull it, then it starts. */
#define MEETING_NOTICE_US (8 * LF_SECOND)
#define MEETING_LENGTH_US (20 * LF_MINUTE)
#define TRIES_A_STEP      12
#define FAVOURITE_ONE_IN  2

typedef struct
{
  const char *text;
  const char *emoji;
  LfChoice    choice;
} Note;

static const Note notes[] = {
  { "Coffee", "☕", LF_CHOICE_AWAY },
  { "Focus time", "🎧", LF_CHOICE_AUTOMATIC },
  { "Lunch", "🥗", LF_CHOICE_AWAY },
  { "Call me on my mobile", "📱", LF_CHOICE_AUTOMATIC },
  { "Come by any time", "👋", LF_CHOICE_AVAILABLE },
  { "In the workshop", "🔩", LF_CHOICE_AUTOMATIC },
};

typedef gboolean (*Act) (const LfDemoStaff *staff, guint person);

static LfDemoColleague *
colleague_at (const LfDemoStaff *staff, guint person)
{
  return staff->colleagues->pdata[person];
}

static guint
count_displayed (const LfDemoStaff *staff, LfDisplayStatus status)
{
  guint n = 0;

  for (guint i = 0; i < staff->colleagues->len; i++)
    n += lf_demo_colleague_get_displayed (colleague_at (staff, i)) == status;
  return n;
}

static guint
count_signed_out (const LfDemoStaff *staff)
{
  guint n = 0;

  for (guint i = 0; i < staff->colleagues->len; i++)
    n += lf_demo_colleague_is_signed_out (colleague_at (staff, i));
  return n;
}

static gboolean
is_at_desk (const LfDemoStaff *staff, guint person)
{
  LfDemoColleague *colleague = colleague_at (staff, person);
  LfDisplayStatus  displayed = lf_demo_colleague_get_displayed (colleague);

  return lf_demo_colleague_is_online (colleague) &&
         (displayed == LF_DISPLAY_ONLINE || displayed == LF_DISPLAY_AVAILABLE);
}

static gboolean
call (const LfDemoStaff *staff, guint person)
{
  if (!is_at_desk (staff, person) || count_displayed (staff, LF_DISPLAY_ON_THE_PHONE) >= MOST_ON_THE_PHONE)
    return FALSE;
  return lf_demo_phones_begin_call (staff->phones, person);
}

/* Not often: each time there is one more missed call. */
static gboolean
call_visitor (const LfDemoStaff *staff, guint person)
{
  if (!is_at_desk (staff, person) || g_rand_int_range (staff->random, 0, VISITOR_ONE_IN) != 0)
    return FALSE;
  return lf_demo_phones_call_visitor (staff->phones, person);
}

static gboolean
hang_up (const LfDemoStaff *staff, guint person)
{
  return lf_demo_phones_end_call (staff->phones, person);
}

static gboolean
stop_typing (const LfDemoStaff *staff, guint person)
{
  if (!is_at_desk (staff, person) ||
      count_displayed (staff, LF_DISPLAY_IDLE) + count_displayed (staff, LF_DISPLAY_AWAY) >= MOST_NOT_AT_THE_DESK)
    return FALSE;
  lf_demo_colleague_set_reach (colleague_at (staff, person), LF_REACHABILITY_IDLE, lf_clock_get_now_us (staff->clock));
  return TRUE;
}

static gboolean
come_back (const LfDemoStaff *staff, guint person)
{
  LfDemoColleague *colleague = colleague_at (staff, person);

  if (!lf_demo_colleague_is_online (colleague) ||
      lf_demo_colleague_get_reach (colleague) == LF_REACHABILITY_ONLINE)
    return FALSE;
  if (lf_demo_colleague_has_note (colleague))
    lf_demo_colleague_set_status (colleague, LF_CHOICE_AUTOMATIC, NULL, NULL);
  lf_demo_colleague_set_reach (colleague, LF_REACHABILITY_ONLINE, lf_clock_get_now_us (staff->clock));
  return TRUE;
}

static gboolean
lock_the_screen (const LfDemoStaff *staff, guint person)
{
  LfDemoColleague *colleague = colleague_at (staff, person);

  if (lf_demo_colleague_get_displayed (colleague) != LF_DISPLAY_IDLE)
    return FALSE;
  lf_demo_colleague_set_reach (colleague, LF_REACHABILITY_AWAY, lf_clock_get_now_us (staff->clock));
  return TRUE;
}

static gboolean
change_note (const LfDemoStaff *staff, guint person)
{
  LfDemoColleague *colleague = colleague_at (staff, person);
  const Note      *note = &notes[g_rand_int_range (staff->random, 0, G_N_ELEMENTS (notes))];
  guint            n_notes = 0;

  if (!lf_demo_colleague_is_online (colleague))
    return FALSE;
  if (lf_demo_colleague_has_note (colleague))
    {
      lf_demo_colleague_set_status (colleague, LF_CHOICE_AUTOMATIC, NULL, NULL);
      return TRUE;
    }
  for (guint i = 0; i < staff->colleagues->len; i++)
    n_notes += lf_demo_colleague_has_note (colleague_at (staff, i));
  if (n_notes >= MOST_NOTES || !is_at_desk (staff, person))
    return FALSE;
  lf_demo_colleague_set_status (colleague, note->choice, note->text, note->emoji);
  return TRUE;
}

static gboolean
plan_meeting (const LfDemoStaff *staff, guint person)
{
  LfDemoCalendar    *calendar = staff->calendars->pdata[person];
  gint64             start_us = lf_clock_get_now_us (staff->clock) + MEETING_NOTICE_US;
  g_autoptr (GError) error = NULL;

  if (!is_at_desk (staff, person) || lf_demo_calendar_is_busy_at (calendar, start_us) ||
      count_displayed (staff, LF_DISPLAY_IN_A_MEETING) >= MOST_IN_MEETINGS)
    return FALSE;
  lf_demo_calendar_add_meeting (calendar, start_us, start_us + MEETING_LENGTH_US);
  if (!lf_demo_calendar_write (calendar, &error))
    g_warning ("A calendar could not be written: %s", error->message);
  return TRUE;
}

static gboolean
leave_meeting (const LfDemoStaff *staff, guint person)
{
  LfDemoColleague *colleague = colleague_at (staff, person);

  if (lf_demo_colleague_get_displayed (colleague) != LF_DISPLAY_IN_A_MEETING)
    return FALSE;
  lf_demo_colleague_leave_meeting (colleague);
  return TRUE;
}

static gboolean
go_home (const LfDemoStaff *staff, guint person)
{
  LfDemoColleague *colleague = colleague_at (staff, person);

  if (lf_demo_colleague_get_displayed (colleague) != LF_DISPLAY_AWAY ||
      count_signed_out (staff) > LEAST_AT_HOME + 4)
    return FALSE;
  lf_demo_colleague_leave (colleague);
  return TRUE;
}

static void
on_arrived (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!lf_demo_colleague_sign_in_finish (LF_DEMO_COLLEAGUE (source), result, &error))
    g_message ("%s cannot sign in: %s", lf_demo_colleague_get_person (LF_DEMO_COLLEAGUE (source))->name, error->message);
}

static gboolean
arrive (const LfDemoStaff *staff, guint person)
{
  LfDemoColleague *colleague = colleague_at (staff, person);

  if (!lf_demo_colleague_is_signed_out (colleague) || count_signed_out (staff) <= LEAST_AT_HOME)
    return FALSE;
  lf_demo_colleague_set_reach (colleague, LF_REACHABILITY_ONLINE, lf_clock_get_now_us (staff->clock));
  lf_demo_colleague_sign_in_async (colleague, staff->server, staff->password, on_arrived, NULL);
  return TRUE;
}

/* How often each happens: one entry a share. */
static const Act acts[] = {
  call, call, call, call, call, call_visitor, hang_up, hang_up, stop_typing, stop_typing, come_back, come_back, come_back,
  lock_the_screen, change_note, change_note, plan_meeting, leave_meeting, go_home, arrive
};

static guint
pick_person (const LfDemoStaff *staff)
{
  guint person = (guint) g_rand_int_range (staff->random, 0, (gint32) staff->colleagues->len);

  /* Favourites stand at the top of the visitor's list: more of what happens, happens to them. */
  if (g_rand_int_range (staff->random, 0, FAVOURITE_ONE_IN) == 0)
    while (!lf_demo_people_get (person)->is_favourite)
      person = (person + 1) % staff->colleagues->len;
  return person;
}

/**
 * lf_demo_life_step:
 * @staff: everybody
 *
 * Lets one thing happen to somebody.
 */
void
lf_demo_life_step (const LfDemoStaff *staff)
{
  g_return_if_fail (staff != NULL);

  for (guint i = 0; i < TRIES_A_STEP; i++)
    {
      Act   act = acts[g_rand_int_range (staff->random, 0, G_N_ELEMENTS (acts))];
      guint person = pick_person (staff);

      if (act (staff, person))
        return;
    }
}

/**
 * lf_demo_life_get_habit:
 * @person: index of a colleague
 * @user_data: the #LfDemoStaff
 *
 * Returns: what the colleague does when the visitor calls now
 */
LfDemoHabit
lf_demo_life_get_habit (guint person, gpointer user_data)
{
  const LfDemoStaff *staff = user_data;

  switch (lf_demo_colleague_get_displayed (colleague_at (staff, person)))
    {
    case LF_DISPLAY_DO_NOT_DISTURB:
      return LF_DEMO_DECLINES;
    case LF_DISPLAY_ONLINE:
    case LF_DISPLAY_AVAILABLE:
      return LF_DEMO_PICKS_UP;
    case LF_DISPLAY_UNKNOWN:
    case LF_DISPLAY_OFFLINE:
    case LF_DISPLAY_AWAY:
    case LF_DISPLAY_IDLE:
    case LF_DISPLAY_IN_A_MEETING:
    case LF_DISPLAY_ON_THE_PHONE:
    default:
      return LF_DEMO_LETS_RING;
    }
}

static void
begin_day (const LfDemoStaff *staff, guint person, gint64 now_us)
{
  const LfDemoPerson *who = lf_demo_people_get (person);
  LfDemoColleague    *colleague = colleague_at (staff, person);
  gint64              a_while_us = (2 + person * 7 % 19) * LF_MINUTE;

  switch (who->start)
    {
    case LF_DEMO_START_IDLE:
      lf_demo_colleague_set_reach (colleague, LF_REACHABILITY_IDLE, now_us - 5 * LF_MINUTE - a_while_us / 4);
      break;
    case LF_DEMO_START_AWAY:
      lf_demo_colleague_set_reach (colleague, LF_REACHABILITY_AWAY, now_us - 15 * LF_MINUTE - a_while_us);
      break;
    case LF_DEMO_START_DO_NOT_DISTURB:
      lf_demo_colleague_set_dnd (colleague, TRUE);
      break;
    case LF_DEMO_START_ON_THE_PHONE:
    case LF_DEMO_START_DESK_PHONE_ONLY:
      lf_demo_phones_set (staff->phones, person, LF_PHONE_OFF_HOOK, now_us - a_while_us);
      break;
    case LF_DEMO_START_ON_HOLD:
      lf_demo_phones_set (staff->phones, person, LF_PHONE_HELD, now_us - a_while_us);
      break;
    case LF_DEMO_START_ONLINE:
    case LF_DEMO_START_AVAILABLE:
    case LF_DEMO_START_IN_A_MEETING:
    case LF_DEMO_START_OFFLINE:
    default:
      break;
    }
  if (who->note != NULL || who->start == LF_DEMO_START_AVAILABLE)
    lf_demo_colleague_set_status (colleague,
                                  who->start == LF_DEMO_START_AVAILABLE ? LF_CHOICE_AVAILABLE : LF_CHOICE_AUTOMATIC,
                                  who->note, who->emoji);
}

/**
 * lf_demo_life_begin:
 * @staff: everybody, those who sign in at the start being signed in
 *
 * Puts everybody into the state in which the visitor finds the office.
 */
void
lf_demo_life_begin (const LfDemoStaff *staff)
{
  gint64 now_us;

  g_return_if_fail (staff != NULL);

  now_us = lf_clock_get_now_us (staff->clock);
  for (guint i = 0; i < staff->colleagues->len; i++)
    begin_day (staff, i, now_us);
}

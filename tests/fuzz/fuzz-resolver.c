/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lampfield-core.h"
#include "lf-fuzz.h"

/* The resolver and the union of busy periods against the rules in their plainest form: the fixed
 * order of the kinds, periods looked at one by one, and every edge tried. Instants are those that can
 * stand on the wire, close together so that edges meet. */

#define NOON        (G_GINT64_CONSTANT (1795608000) * LF_SECOND)   /* 2026-11-25T12:00:00Z */
#define FIRST       (G_GINT64_CONSTANT (-62135596800) * LF_SECOND) /* the year 1 */
#define LAST        (G_GINT64_CONSTANT (253402300799) * LF_SECOND) /* the end of the year 9999 */
#define MAX_PERIODS 12
#define MAX_EDGES   (2 * MAX_PERIODS + 8)

typedef struct
{
  LfPhone        phone;
  LfCalendar     calendar;
  LfReachability reachability;
  LfBusyPeriod   periods[MAX_PERIODS];
  gsize          n_periods;
  gint64         now_us;
  gint64         edges[MAX_EDGES]; /* every instant that was made */
  gsize          n_edges;
} Case;

static gint64
take_instant (Case *self, LfFuzzInput *input)
{
  static const gint64 units[] = { 1, LF_SECOND, 20 * LF_SECOND, LF_HOUR };
  guint8              kind = lf_fuzz_take_byte (input);
  gint64              steps = (gint64) lf_fuzz_take_byte (input) - 128;
  gint64              instant_us = NOON + steps * units[kind % G_N_ELEMENTS (units)];

  if (kind >= 0xf8)
    instant_us = kind & 1 ? FIRST : LAST;
  self->edges[self->n_edges++] = instant_us;
  return instant_us;
}

static gint64
take_end (Case *self, LfFuzzInput *input)
{
  return lf_fuzz_take_byte (input) % 3 == 0 ? LF_INSTANT_NONE : take_instant (self, input);
}

static void
take_case (Case *self, LfFuzzInput *input)
{
  memset (self, 0, sizeof *self);
  self->now_us = take_instant (self, input);
  self->phone.state = (LfPhoneState) (lf_fuzz_take_byte (input) % LF_N_PHONE_STATES);
  self->phone.since_us = LF_INSTANT_NONE;
  self->phone.valid_until_us = take_end (self, input);
  self->reachability.state = (LfReachabilityState) (lf_fuzz_take_byte (input) % LF_N_REACHABILITY_STATES);
  self->reachability.since_us = NOON;
  self->reachability.valid_until_us = take_end (self, input);
  self->reachability.note.text = (char *) (lf_fuzz_take_byte (input) % 2 == 0 ? "Lunch" : NULL);
  self->reachability.note.expires_at_us = take_end (self, input);
  self->calendar.known_from_us = take_end (self, input);
  self->calendar.valid_until_us = take_end (self, input);
  self->calendar.read_at_us = take_end (self, input);
  while (self->n_periods < MAX_PERIODS && input->at < input->end)
    {
      LfBusyPeriod *period = &self->periods[self->n_periods++];

      period->type = (LfBusyType) (lf_fuzz_take_byte (input) % (LF_N_BUSY_TYPES + 1)); /* one too many: none */
      period->start_us = take_instant (self, input);
      period->end_us = take_instant (self, input);
    }
}

static gboolean
is_covered (const Case *self, guint type, gint64 at_us)
{
  for (gsize i = 0; i < self->n_periods; i++)
    if ((guint) self->periods[i].type == type && self->periods[i].start_us <= at_us && at_us < self->periods[i].end_us)
      return TRUE;
  return FALSE;
}

static void
assert_united (const LfBusyList *list)
{
  gsize                  n_periods;
  const LfBusyPeriod    *periods = lf_busy_list_get (list, &n_periods);
  g_autoptr (LfBusyList) again = lf_busy_list_new (periods, n_periods);
  gint64                 ends[LF_N_BUSY_TYPES];

  for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
    ends[type] = G_MININT64;
  for (gsize i = 0; i < n_periods; i++)
    {
      g_assert_cmpint (periods[i].type, <, LF_N_BUSY_TYPES);
      g_assert_cmpint (periods[i].start_us, <, periods[i].end_us);
      g_assert_cmpint (periods[i].start_us, >=, ends[periods[i].type]);
      if (periods[i].type != LF_BUSY_BUSY && periods[i].start_us > G_MININT64)
        g_assert_cmpint (periods[i].start_us, >, ends[periods[i].type]); /* apart from the one before; meetings may touch */
      g_assert_true (i == 0 || periods[i - 1].start_us <= periods[i].start_us);
      ends[periods[i].type] = periods[i].end_us;
    }
  g_assert_true (lf_busy_list_equal (again, list));
}

static void
check_list (const Case *self, const LfBusyList *list, const LfBusyList *part, const LfBusyList *rest, gint64 from_us, gint64 to_us)
{
  for (gsize i = 0; i < 2 * self->n_edges; i++)
    for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
      {
        gint64   at_us = self->edges[i / 2] - (gint64) (i % 2); /* the edge, and the instant before */
        gboolean is_inside = from_us <= at_us && at_us < to_us;
        gboolean covers = is_covered (self, type, at_us);

        g_assert_cmpint (lf_busy_list_covers (list, (LfBusyType) type, at_us, NULL), ==, covers);
        g_assert_cmpint (lf_busy_list_covers (part, (LfBusyType) type, at_us, NULL), ==, covers && is_inside);
        g_assert_cmpint (lf_busy_list_covers (rest, (LfBusyType) type, at_us, NULL), ==, covers && !(is_inside && type == LF_BUSY_BUSY));
      }
}

static void
check_union (const Case *self, const LfBusyList *list)
{
  LfBusyPeriod           reversed[MAX_PERIODS];
  g_autoptr (LfBusyList) other = NULL;
  gint64                 from_us = self->edges[self->n_edges / 2];
  gint64                 to_us = self->edges[self->n_edges - 1];
  g_autoptr (LfBusyList) part = lf_busy_list_cut (list, from_us, to_us);
  g_autoptr (LfBusyList) rest = lf_busy_list_without (list, from_us, to_us);

  for (gsize i = 0; i < self->n_periods; i++)
    reversed[i] = self->periods[self->n_periods - 1 - i];
  other = lf_busy_list_new (reversed, self->n_periods);
  g_assert_true (lf_busy_list_equal (list, other));
  assert_united (list);
  assert_united (part);
  assert_united (rest);
  check_list (self, list, part, rest, from_us, to_us);
}

static gboolean
has_ended (gint64 until_us, gint64 now_us)
{
  return until_us != LF_INSTANT_NONE && until_us <= now_us;
}

/* Phone, then calendar, then reachability. */
static LfDisplayStatus
get_expected (const Case *self, gint64 now_us)
{
  static const LfDisplayStatus statuses[LF_N_REACHABILITY_STATES] = {
    LF_DISPLAY_UNKNOWN, LF_DISPLAY_OFFLINE, LF_DISPLAY_ONLINE, LF_DISPLAY_IDLE, LF_DISPLAY_AWAY, LF_DISPLAY_AVAILABLE
  };

  if (!has_ended (self->phone.valid_until_us, now_us))
    {
      if (self->phone.state == LF_PHONE_DO_NOT_DISTURB)
        return LF_DISPLAY_DO_NOT_DISTURB;
      if (self->phone.state == LF_PHONE_OFF_HOOK || self->phone.state == LF_PHONE_HELD)
        return LF_DISPLAY_ON_THE_PHONE;
    }
  if (!has_ended (self->calendar.valid_until_us, now_us) && is_covered (self, LF_BUSY_BUSY, now_us))
    return LF_DISPLAY_IN_A_MEETING;
  return has_ended (self->reachability.valid_until_us, now_us) ? LF_DISPLAY_UNKNOWN : statuses[self->reachability.state];
}

static void
assert_same (const LfResolved *a, const LfResolved *b)
{
  g_assert_cmpint (a->status, ==, b->status);
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpuint (a->stale, ==, b->stale);
  g_assert_cmpint (a->reachability, ==, b->reachability);
  g_assert_cmpint (a->is_signed_out, ==, b->is_signed_out);
  g_assert_cmpint (a->since_us, ==, b->since_us);
  g_assert_cmpint (a->until_us, ==, b->until_us);
  g_assert_cmpstr (a->note, ==, b->note);
  g_assert_cmpint (a->note_until_us, ==, b->note_until_us);
  g_assert_cmpint (a->next_change_at_us, ==, b->next_change_at_us);
}

/* Between @now_us and the next change nothing changes: at no edge, nor in the instant before it. */
static void
check_next_change (const Case *self, const LfPresence *presence, gint64 now_us)
{
  LfResolved resolved;
  LfResolved then;
  gint64     next_us;
  gint64     detail_us = lf_resolve_next_detail_edge (presence, now_us);

  lf_resolve (presence, now_us, &resolved);
  g_assert_cmpint (resolved.status, ==, get_expected (self, now_us));
  next_us = resolved.next_change_at_us;
  g_assert_true (next_us == LF_INSTANT_NONE || next_us > now_us);
  g_assert_true (detail_us == LF_INSTANT_NONE || detail_us > now_us);
  g_assert_cmpint (lf_instant_earlier (next_us, detail_us), ==, detail_us);
  for (gsize i = 0; i < self->n_edges; i++)
    if (self->edges[i] > now_us && (next_us == LF_INSTANT_NONE || self->edges[i] < next_us))
      {
        lf_resolve (presence, self->edges[i], &then);
        assert_same (&resolved, &then);
      }
  if (next_us != LF_INSTANT_NONE)
    {
      lf_resolve (presence, next_us - 1, &then);
      assert_same (&resolved, &then);
    }
  if (detail_us != LF_INSTANT_NONE)
    g_assert_cmpint (lf_resolve_next_detail_edge (presence, detail_us - 1), ==, detail_us);
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: a presence, its periods and an instant, as numbers
 * @size: their bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  LfFuzzInput            input = { data, data + size };
  Case                   it;
  g_autoptr (LfBusyList) list = NULL;
  g_autoptr (LfPresence) presence = NULL;

  take_case (&it, &input);
  list = lf_busy_list_new (it.periods, it.n_periods);
  check_union (&it, list);
  it.calendar.busy = list;
  presence = lf_presence_new (&it.phone, &it.calendar, &it.reachability, 1);
  for (gsize i = 0; i < it.n_edges; i++)
    check_next_change (&it, presence, it.edges[i]);
  return 0;
}

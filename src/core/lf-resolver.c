/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-resolver.h"

const char *const lf_display_status_names[LF_N_DISPLAY_STATUSES + 1] = {
  [LF_DISPLAY_UNKNOWN] = "unknown",
  [LF_DISPLAY_OFFLINE] = "offline",
  [LF_DISPLAY_AWAY] = "away",
  [LF_DISPLAY_IDLE] = "idle",
  [LF_DISPLAY_ONLINE] = "online",
  [LF_DISPLAY_AVAILABLE] = "available",
  [LF_DISPLAY_IN_A_MEETING] = "in_a_meeting",
  [LF_DISPLAY_ON_THE_PHONE] = "on_the_phone",
  [LF_DISPLAY_DO_NOT_DISTURB] = "do_not_disturb",
};

const char *const lf_kind_names[LF_N_KINDS + 1] = {
  [LF_KIND_PHONE] = "phone",
  [LF_KIND_CALENDAR] = "calendar",
  [LF_KIND_REACHABILITY] = "reachability",
};

static gboolean
has_passed (gint64 until_us,
            gint64 now_us)
{
  return until_us != LF_INSTANT_NONE && until_us <= now_us;
}

static gboolean
is_stale (const LfResolved *resolved,
          LfKind            kind)
{
  return (resolved->stale & (1u << kind)) != 0;
}

/* The earliest of @earliest_us and @edge_us, if that is still to come. */
static gint64
take_edge (gint64 earliest_us,
           gint64 edge_us,
           gint64 now_us)
{
  if (edge_us == LF_INSTANT_NONE || edge_us <= now_us)
    return earliest_us;
  return lf_instant_earlier (earliest_us, edge_us);
}

static gboolean
resolve_phone (const LfPhone *phone,
               LfResolved    *resolved)
{
  switch (phone->state)
    {
    case LF_PHONE_DO_NOT_DISTURB:
      resolved->status = LF_DISPLAY_DO_NOT_DISTURB;
      break;
    case LF_PHONE_OFF_HOOK:
    case LF_PHONE_HELD:
      resolved->status = LF_DISPLAY_ON_THE_PHONE;
      break;
    case LF_PHONE_UNKNOWN:
    case LF_PHONE_ON_HOOK:
    case LF_PHONE_RINGING:
    default:
      return FALSE;
    }
  resolved->kind = LF_KIND_PHONE;
  resolved->since_us = phone->since_us;
  return TRUE;
}

static gboolean
resolve_calendar (const LfCalendar *calendar,
                  gint64            now_us,
                  LfResolved       *resolved)
{
  LfBusyPeriod block;

  if (!lf_busy_list_block_at (calendar->busy, now_us, &block))
    return FALSE;
  resolved->status = LF_DISPLAY_IN_A_MEETING;
  resolved->kind = LF_KIND_CALENDAR;
  resolved->since_us = block.start_us;
  resolved->until_us = block.end_us;
  return TRUE;
}

static void
resolve_reachability (const LfReachability *reachability,
                      LfResolved           *resolved)
{
  static const LfDisplayStatus statuses[LF_N_REACHABILITY_STATES] = {
    [LF_REACHABILITY_UNKNOWN] = LF_DISPLAY_UNKNOWN,
    [LF_REACHABILITY_OFFLINE] = LF_DISPLAY_OFFLINE,
    [LF_REACHABILITY_ONLINE] = LF_DISPLAY_ONLINE,
    [LF_REACHABILITY_IDLE] = LF_DISPLAY_IDLE,
    [LF_REACHABILITY_AWAY] = LF_DISPLAY_AWAY,
    [LF_REACHABILITY_AVAILABLE] = LF_DISPLAY_AVAILABLE,
  };

  resolved->kind = LF_KIND_REACHABILITY;
  resolved->status = statuses[resolved->reachability];
  resolved->since_us = is_stale (resolved, LF_KIND_REACHABILITY) ? LF_INSTANT_NONE : reachability->since_us;
}

static void
resolve_note (const LfNote *note,
              gint64        now_us,
              LfResolved   *resolved)
{
  gboolean is_in_force = (note->text != NULL || note->emoji != NULL) &&
                         !has_passed (note->expires_at_us, now_us);

  resolved->note = is_in_force ? note->text : NULL;
  resolved->note_emoji = is_in_force ? note->emoji : NULL;
  resolved->note_until_us = is_in_force ? note->expires_at_us : LF_INSTANT_NONE;
}

static gint64
find_next_change (const LfPresence *presence,
                  gint64            now_us,
                  const LfResolved *resolved)
{
  gint64 next_us = LF_INSTANT_NONE;

  next_us = take_edge (next_us, presence->phone.valid_until_us, now_us);
  next_us = take_edge (next_us, presence->calendar.valid_until_us, now_us);
  next_us = take_edge (next_us, presence->reachability.valid_until_us, now_us);
  next_us = take_edge (next_us, resolved->note_until_us, now_us);
  if (!is_stale (resolved, LF_KIND_CALENDAR))
    next_us = lf_instant_earlier (next_us, lf_busy_list_next_edge (presence->calendar.busy, LF_BUSY_BUSY, now_us));
  return next_us;
}

/**
 * lf_resolve:
 * @presence: what is known about one person
 * @now_us: wall-clock instant, microseconds
 * @resolved: (out caller-allocates): what to display; its strings belong to @presence
 *
 * Makes one display status of the three kinds, by the fixed order phone, calendar, reachability: a
 * kind wins when it is other than normal. A kind whose `valid_until_us` has passed is stale: phone and
 * calendar then count as normal, reachability as unknown. The note is shown beside whatever wins and
 * outlives a stale reachability. A pure function, which allocates nothing.
 */
void
lf_resolve (const LfPresence *presence,
            gint64            now_us,
            LfResolved       *resolved)
{
  g_return_if_fail (presence != NULL);
  g_return_if_fail (resolved != NULL);

  resolved->stale = (has_passed (presence->phone.valid_until_us, now_us) ? 1u << LF_KIND_PHONE : 0) |
                    (has_passed (presence->calendar.valid_until_us, now_us) ? 1u << LF_KIND_CALENDAR : 0) |
                    (has_passed (presence->reachability.valid_until_us, now_us) ? 1u << LF_KIND_REACHABILITY : 0);
  resolved->until_us = LF_INSTANT_NONE;
  resolved->reachability = is_stale (resolved, LF_KIND_REACHABILITY) ||
                               (guint) presence->reachability.state >= LF_N_REACHABILITY_STATES
                             ? LF_REACHABILITY_UNKNOWN
                             : presence->reachability.state;
  resolved->is_signed_out = resolved->reachability == LF_REACHABILITY_UNKNOWN ||
                            resolved->reachability == LF_REACHABILITY_OFFLINE;

  if ((is_stale (resolved, LF_KIND_PHONE) || !resolve_phone (&presence->phone, resolved)) &&
      (is_stale (resolved, LF_KIND_CALENDAR) || !resolve_calendar (&presence->calendar, now_us, resolved)))
    resolve_reachability (&presence->reachability, resolved);

  resolve_note (&presence->reachability.note, now_us, resolved);
  resolved->next_change_at_us = find_next_change (presence, now_us, resolved);
}

/**
 * lf_resolved_is_free_to_talk:
 * @self: a resolved presence
 *
 * Returns: %TRUE if no phone, meeting or "Do not disturb" claims the person, who is online or available
 */
gboolean
lf_resolved_is_free_to_talk (const LfResolved *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->status == LF_DISPLAY_ONLINE || self->status == LF_DISPLAY_AVAILABLE;
}

/**
 * lf_resolved_is_free_to_chat:
 * @self: a resolved presence
 *
 * A call or a meeting does not stop anybody from reading.
 *
 * Returns: %TRUE if the person is online, available or idle at a device, and not on "Do not disturb"
 */
gboolean
lf_resolved_is_free_to_chat (const LfResolved *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->status != LF_DISPLAY_DO_NOT_DISTURB &&
         (self->reachability == LF_REACHABILITY_ONLINE ||
          self->reachability == LF_REACHABILITY_AVAILABLE ||
          self->reachability == LF_REACHABILITY_IDLE);
}

/**
 * lf_display_status_to_name:
 * @status: a display status
 *
 * Returns: (nullable): its name in vectors and logs; %NULL for a number that is no status
 */
const char *
lf_display_status_to_name (LfDisplayStatus status)
{
  return (guint) status < LF_N_DISPLAY_STATUSES ? lf_display_status_names[status] : NULL;
}

/**
 * lf_display_status_from_name:
 * @name: (nullable): a name
 * @status: (out): its status; untouched on failure
 *
 * Returns: %TRUE if @name is in the list
 */
gboolean
lf_display_status_from_name (const char      *name,
                             LfDisplayStatus *status)
{
  for (guint i = 0; name != NULL && i < LF_N_DISPLAY_STATUSES; i++)
    if (g_str_equal (lf_display_status_names[i], name))
      {
        *status = (LfDisplayStatus) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * lf_kind_to_name:
 * @kind: a kind
 *
 * Returns: (nullable): its name in vectors and on the wire; %NULL for a number that is no kind
 */
const char *
lf_kind_to_name (LfKind kind)
{
  return (guint) kind < LF_N_KINDS ? lf_kind_names[kind] : NULL;
}

/**
 * lf_resolve_next_detail_edge:
 * @presence: what is known about one person
 * @now_us: wall-clock instant, microseconds
 *
 * The next instant at which something changes that only the why-card shows: an edge of a period of
 * any type, the start of the window known, the calendar growing older than %LF_CALENDAR_OLD_US; or
 * the next change of the display itself, if that comes first. Ages tick with the roster.
 *
 * Returns: an instant after @now_us, or %LF_INSTANT_NONE
 */
gint64
lf_resolve_next_detail_edge (const LfPresence *presence,
                             gint64            now_us)
{
  const LfCalendar *calendar;
  LfResolved        resolved;
  gint64            next_us;

  g_return_val_if_fail (presence != NULL, LF_INSTANT_NONE);

  lf_resolve (presence, now_us, &resolved);
  next_us = resolved.next_change_at_us;
  calendar = &presence->calendar;
  if (is_stale (&resolved, LF_KIND_CALENDAR))
    return next_us;

  for (guint type = 0; type < LF_N_BUSY_TYPES; type++)
    next_us = lf_instant_earlier (next_us, lf_busy_list_next_edge (calendar->busy, (LfBusyType) type, now_us));
  next_us = take_edge (next_us, calendar->known_from_us, now_us);
  if (calendar->read_at_us != LF_INSTANT_NONE)
    next_us = take_edge (next_us, calendar->read_at_us + LF_CALENDAR_OLD_US, now_us);
  return next_us;
}

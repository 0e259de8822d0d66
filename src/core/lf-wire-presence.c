/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-wire.h"

/**
 * lf_busy_to_calendar:
 * @busy: as the server tells it
 * @calendar: (out caller-allocates): the same as a kind of presence; strings borrowed from @busy
 *
 * Where nothing is known the calendar has no periods and no window.
 */
void
lf_busy_to_calendar (const LfWireBusy *busy, LfCalendar *calendar)
{
  g_autofree LfBusyPeriod *periods = g_new (LfBusyPeriod, busy->periods->len + 1);

  for (guint i = 0; i < busy->periods->len; i++)
    periods[i] = *(const LfBusyPeriod *) busy->periods->pdata[i];
  calendar->busy = busy->known_from_us != LF_INSTANT_NONE ? lf_busy_list_new (periods, busy->periods->len) : NULL;
  calendar->known_from_us = busy->known_from_us;
  calendar->valid_until_us = calendar->known_until_us = busy->known_until_us;
  calendar->read_at_us = busy->read_at_us;
  calendar->rev = busy->rev;
  calendar->source = busy->source;
  calendar->is_state_only = busy->is_state_only;
}

/**
 * lf_busy_calendar_clear:
 * @calendar: of lf_busy_to_calendar()
 *
 * Frees what the calendar owns.
 */
void
lf_busy_calendar_clear (LfCalendar *calendar)
{
  g_clear_pointer (&calendar->busy, lf_busy_list_unref);
}

/**
 * lf_wire_presence_to_value:
 * @presence: as the server tells it
 *
 * Returns: (transfer full): the same as a value, without a calendar; its claims are leased
 */
LfPresence *
lf_wire_presence_to_value (const LfWirePresence *presence)
{
  LfPhone        phone = presence->phone;
  LfReachability reachability = presence->reachability;

  phone.valid_until_us = LF_INSTANT_NONE;
  reachability.valid_until_us = LF_INSTANT_NONE;
  return lf_presence_new (&phone, NULL, &reachability, presence->rev);
}

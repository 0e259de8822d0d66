/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-presence.h"

const char *const lf_phone_state_names[LF_N_PHONE_STATES + 1] = {
  [LF_PHONE_UNKNOWN] = "unknown",
  [LF_PHONE_ON_HOOK] = "on_hook",
  [LF_PHONE_RINGING] = "ringing",
  [LF_PHONE_OFF_HOOK] = "off_hook",
  [LF_PHONE_HELD] = "held",
  [LF_PHONE_DO_NOT_DISTURB] = "do_not_disturb",
};

const char *const lf_phone_reason_names[LF_N_PHONE_REASONS + 1] = {
  [LF_PHONE_REASON_NONE] = "none",
  [LF_PHONE_REASON_UNREGISTERED] = "unregistered",
  [LF_PHONE_REASON_LINK_LOST] = "link_lost",
};

const char *const lf_reachability_state_names[LF_N_REACHABILITY_STATES + 1] = {
  [LF_REACHABILITY_UNKNOWN] = "unknown",
  [LF_REACHABILITY_OFFLINE] = "offline",
  [LF_REACHABILITY_ONLINE] = "online",
  [LF_REACHABILITY_IDLE] = "idle",
  [LF_REACHABILITY_AWAY] = "away",
  [LF_REACHABILITY_AVAILABLE] = "available",
};

const char *const lf_busy_type_names[LF_N_BUSY_TYPES + 1] = {
  [LF_BUSY_BUSY] = "busy",
  [LF_BUSY_TENTATIVE] = "tentative",
  [LF_BUSY_OUT_OF_OFFICE] = "out_of_office",
  [LF_BUSY_ELSEWHERE] = "elsewhere",
  [LF_BUSY_ALL_DAY] = "all_day",
};

static const LfPhone        no_phone = { .since_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE };
static const LfCalendar     no_calendar = { .known_from_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .read_at_us = LF_INSTANT_NONE };
static const LfReachability no_reachability = { .since_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .note.expires_at_us = LF_INSTANT_NONE };

G_DEFINE_BOXED_TYPE (LfPresence, lf_presence, lf_presence_ref, lf_presence_unref)

static gboolean
find_name (const char *const *names,
           guint              n_names,
           const char        *name,
           guint             *value)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], name) == 0)
      {
        *value = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_same_calendar (const LfCalendar *a,
                  const LfCalendar *b)
{
  return a->known_from_us == b->known_from_us && a->valid_until_us == b->valid_until_us &&
         a->read_at_us == b->read_at_us && a->rev == b->rev && a->is_state_only == b->is_state_only &&
         a->known_until_us == b->known_until_us && g_strcmp0 (a->source, b->source) == 0 && lf_busy_list_equal (a->busy, b->busy);
}

static void
clear_presence (gpointer data)
{
  LfPresence *self = data;

  g_free (self->phone.detail);
  g_free (self->phone.source);
  g_clear_pointer (&self->calendar.busy, lf_busy_list_unref);
  g_free (self->calendar.source);
  g_free (self->reachability.note.text);
  g_free (self->reachability.note.emoji);
}

/**
 * lf_presence_get_unknown:
 *
 * Returns: (transfer none): the presence of a person of whom nothing is known; lives for ever
 */
const LfPresence *
lf_presence_get_unknown (void)
{
  static gsize unknown;

  if (g_once_init_enter (&unknown))
    g_once_init_leave (&unknown, (gsize) lf_presence_new (NULL, NULL, NULL, 0));
  return (const LfPresence *) unknown;
}

/**
 * lf_presence_new:
 * @phone: (nullable): the first kind; copied; %NULL: unknown
 * @calendar: (nullable): the second kind; copied, its list by reference; %NULL: nothing known
 * @reachability: (nullable): the third kind; copied; %NULL: unknown
 * @rev: epoch * 2^32 + n
 *
 * Returns: (transfer full): an immutable presence
 */
LfPresence *
lf_presence_new (const LfPhone        *phone,
                 const LfCalendar     *calendar,
                 const LfReachability *reachability,
                 gint64                rev)
{
  LfPresence *self = g_atomic_rc_box_new (LfPresence);

  self->phone = phone != NULL ? *phone : no_phone;
  self->phone.detail = g_strdup (self->phone.detail);
  self->phone.source = g_strdup (self->phone.source);
  self->calendar = calendar != NULL ? *calendar : no_calendar;
  if (self->calendar.busy != NULL)
    lf_busy_list_ref (self->calendar.busy);
  self->calendar.source = g_strdup (self->calendar.source);
  self->reachability = reachability != NULL ? *reachability : no_reachability;
  self->reachability.note.text = g_strdup (self->reachability.note.text);
  self->reachability.note.emoji = g_strdup (self->reachability.note.emoji);
  self->rev = rev;
  return self;
}

/**
 * lf_presence_ref:
 * @self: a presence
 *
 * May be called on any thread.
 *
 * Returns: (transfer full): @self
 */
LfPresence *
lf_presence_ref (const LfPresence *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire ((LfPresence *) self);
}

/**
 * lf_presence_unref:
 * @self: (transfer full): a presence
 *
 * May be called on any thread.
 */
void
lf_presence_unref (LfPresence *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_presence);
}

/**
 * lf_presence_with_phone:
 * @self: a presence
 * @phone: the new first kind; copied
 * @rev: the new revision
 *
 * Returns: (transfer full): @self with another phone
 */
LfPresence *
lf_presence_with_phone (const LfPresence *self,
                        const LfPhone    *phone,
                        gint64            rev)
{
  g_return_val_if_fail (self != NULL, NULL);

  return lf_presence_new (phone, &self->calendar, &self->reachability, rev);
}

/**
 * lf_presence_with_calendar:
 * @self: a presence
 * @calendar: the new second kind; copied, its list by reference
 *
 * A calendar has a revision of its own, so that of the presence stays.
 *
 * Returns: (transfer full): @self with another calendar
 */
LfPresence *
lf_presence_with_calendar (const LfPresence *self,
                           const LfCalendar *calendar)
{
  g_return_val_if_fail (self != NULL, NULL);

  return lf_presence_new (&self->phone, calendar, &self->reachability, self->rev);
}

/**
 * lf_presence_with_reachability:
 * @self: a presence
 * @reachability: the new third kind, note included; copied
 * @rev: the new revision
 *
 * Returns: (transfer full): @self with another reachability
 */
LfPresence *
lf_presence_with_reachability (const LfPresence     *self,
                               const LfReachability *reachability,
                               gint64                rev)
{
  g_return_val_if_fail (self != NULL, NULL);

  return lf_presence_new (&self->phone, &self->calendar, reachability, rev);
}

/**
 * lf_presence_with_validity:
 * @self: a presence
 * @phone_until_us: when the phone becomes stale, or %LF_INSTANT_NONE for a leased claim
 * @reachability_until_us: when the reachability becomes stale, or %LF_INSTANT_NONE
 *
 * Returns: (transfer full): @self with other ends of its leases
 */
LfPresence *
lf_presence_with_validity (const LfPresence *self,
                           gint64            phone_until_us,
                           gint64            reachability_until_us)
{
  LfPresence *changed;

  g_return_val_if_fail (self != NULL, NULL);

  changed = lf_presence_new (&self->phone, &self->calendar, &self->reachability, self->rev);
  changed->phone.valid_until_us = phone_until_us;
  changed->reachability.valid_until_us = reachability_until_us;
  return changed;
}

/**
 * lf_presence_equal:
 * @self: a presence
 * @other: another
 *
 * Returns: %TRUE if all three kinds and the revision are the same
 */
gboolean
lf_presence_equal (const LfPresence *self,
                   const LfPresence *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  if (self == other)
    return TRUE;
  return self->rev == other->rev && lf_phone_equal (&self->phone, &other->phone) &&
         lf_reachability_equal (&self->reachability, &other->reachability) &&
         is_same_calendar (&self->calendar, &other->calendar);
}

/**
 * lf_phone_equal:
 * @a: a phone claim
 * @b: another
 *
 * Returns: %TRUE if state, since, validity, reason, detail and source are the same
 */
gboolean
lf_phone_equal (const LfPhone *a,
                const LfPhone *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->state == b->state && a->since_us == b->since_us &&
         a->valid_until_us == b->valid_until_us && a->reason == b->reason &&
         g_strcmp0 (a->detail, b->detail) == 0 && g_strcmp0 (a->source, b->source) == 0;
}

/**
 * lf_reachability_equal:
 * @a: a reachability claim
 * @b: another
 *
 * Returns: %TRUE if state, since, validity and note are the same
 */
gboolean
lf_reachability_equal (const LfReachability *a,
                       const LfReachability *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->state == b->state && a->since_us == b->since_us &&
         a->valid_until_us == b->valid_until_us &&
         a->note.expires_at_us == b->note.expires_at_us &&
         g_strcmp0 (a->note.text, b->note.text) == 0 &&
         g_strcmp0 (a->note.emoji, b->note.emoji) == 0;
}

/**
 * lf_calendar_get_expiry_us:
 * @known_until_us: end of the window the source has told of, or %LF_INSTANT_NONE
 * @read_at_us: when the source was last read, or %LF_INSTANT_NONE
 *
 * A calendar that nobody has read for a day says nothing any more, however far it reached.
 *
 * Returns: the `valid_until_us` of such a calendar: the earlier of @known_until_us and
 *   %LF_CALENDAR_MAX_AGE_US after @read_at_us
 */
gint64
lf_calendar_get_expiry_us (gint64 known_until_us,
                           gint64 read_at_us)
{
  if (read_at_us == LF_INSTANT_NONE || read_at_us > G_MAXINT64 - LF_CALENDAR_MAX_AGE_US)
    return known_until_us;
  return lf_instant_earlier (known_until_us, read_at_us + LF_CALENDAR_MAX_AGE_US);
}

/**
 * lf_phone_state_to_name:
 * @state: a state
 *
 * Returns: (nullable): its name on the wire; %NULL for a number that is no state
 */
const char *
lf_phone_state_to_name (LfPhoneState state)
{
  return (guint) state < LF_N_PHONE_STATES ? lf_phone_state_names[state] : NULL;
}

/**
 * lf_reachability_state_to_name:
 * @state: a state
 *
 * Returns: (nullable): its name on the wire; %NULL for a number that is no state
 */
const char *
lf_reachability_state_to_name (LfReachabilityState state)
{
  return (guint) state < LF_N_REACHABILITY_STATES ? lf_reachability_state_names[state] : NULL;
}

/**
 * lf_busy_type_to_name:
 * @type: a type
 *
 * Returns: (nullable): its name on the wire; %NULL for a number that is no type
 */
const char *
lf_busy_type_to_name (LfBusyType type)
{
  return (guint) type < LF_N_BUSY_TYPES ? lf_busy_type_names[type] : NULL;
}

/**
 * lf_phone_state_from_name:
 * @name: (nullable): a name on the wire
 * @state: (out): its state; untouched on failure
 *
 * Returns: %TRUE if @name is in the list
 */
gboolean
lf_phone_state_from_name (const char   *name,
                          LfPhoneState *state)
{
  guint value;

  if (name == NULL || !find_name (lf_phone_state_names, LF_N_PHONE_STATES, name, &value))
    return FALSE;
  *state = (LfPhoneState) value;
  return TRUE;
}

/**
 * lf_reachability_state_from_name:
 * @name: (nullable): a name on the wire
 * @state: (out): its state; untouched on failure
 *
 * Returns: %TRUE if @name is in the list
 */
gboolean
lf_reachability_state_from_name (const char          *name,
                                 LfReachabilityState *state)
{
  guint value;

  if (name == NULL || !find_name (lf_reachability_state_names, LF_N_REACHABILITY_STATES, name, &value))
    return FALSE;
  *state = (LfReachabilityState) value;
  return TRUE;
}

/**
 * lf_busy_type_from_name:
 * @name: (nullable): a name on the wire
 * @type: (out): its type; untouched on failure
 *
 * Returns: %TRUE if @name is in the list
 */
gboolean
lf_busy_type_from_name (const char *name,
                        LfBusyType *type)
{
  guint value;

  if (name == NULL || !find_name (lf_busy_type_names, LF_N_BUSY_TYPES, name, &value))
    return FALSE;
  *type = (LfBusyType) value;
  return TRUE;
}

/**
 * lf_calendar_get_window_end_us:
 * @self: a calendar
 *
 * Tells up to where a calendar that is not stale says what is planned.
 *
 * Returns: the end of the window that was read; the end of time where it has none
 */
gint64
lf_calendar_get_window_end_us (const LfCalendar *self)
{
  g_return_val_if_fail (self != NULL, G_MININT64);

  return self->valid_until_us == LF_INSTANT_NONE ? G_MAXINT64 : MAX (self->valid_until_us, self->known_until_us);
}

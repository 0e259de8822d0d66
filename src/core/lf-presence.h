/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-busy.h"
#include "lf-instant.h"

G_BEGIN_DECLS

/**
 * LfPhoneState:
 * @LF_PHONE_UNKNOWN: nothing is known about the line
 * @LF_PHONE_ON_HOOK: idle
 * @LF_PHONE_RINGING: an incoming call that nobody has answered
 * @LF_PHONE_OFF_HOOK: in a call, or dialling
 * @LF_PHONE_HELD: in a call that is on hold
 * @LF_PHONE_DO_NOT_DISTURB: the person's own switch, or the phone's
 *
 * The folded state of a person's lines.
 */
typedef enum
{
  LF_PHONE_UNKNOWN,
  LF_PHONE_ON_HOOK,
  LF_PHONE_RINGING,
  LF_PHONE_OFF_HOOK,
  LF_PHONE_HELD,
  LF_PHONE_DO_NOT_DISTURB,
} LfPhoneState;

#define LF_N_PHONE_STATES 6

/**
 * LfPhoneReason:
 * @LF_PHONE_REASON_NONE: none is given
 * @LF_PHONE_REASON_UNREGISTERED: no telephone is connected to the line
 * @LF_PHONE_REASON_LINK_LOST: what watches the line has lost the telephone system
 *
 * Why a phone is %LF_PHONE_UNKNOWN, where that is known.
 */
typedef enum
{
  LF_PHONE_REASON_NONE,
  LF_PHONE_REASON_UNREGISTERED,
  LF_PHONE_REASON_LINK_LOST,
} LfPhoneReason;

#define LF_N_PHONE_REASONS 3

/**
 * LfReachabilityState:
 * @LF_REACHABILITY_UNKNOWN: nothing is known
 * @LF_REACHABILITY_OFFLINE: no device is signed in
 * @LF_REACHABILITY_ONLINE: at the desktop
 * @LF_REACHABILITY_IDLE: no input for 5 minutes
 * @LF_REACHABILITY_AWAY: no input for 15 minutes, locked, asleep, or chosen by hand
 * @LF_REACHABILITY_AVAILABLE: chosen by hand
 *
 * What the person's devices, or the person, say.
 */
typedef enum
{
  LF_REACHABILITY_UNKNOWN,
  LF_REACHABILITY_OFFLINE,
  LF_REACHABILITY_ONLINE,
  LF_REACHABILITY_IDLE,
  LF_REACHABILITY_AWAY,
  LF_REACHABILITY_AVAILABLE,
} LfReachabilityState;

#define LF_N_REACHABILITY_STATES 6

/**
 * LfPhone:
 * @state: the folded state
 * @since_us: when it last changed, or %LF_INSTANT_NONE
 * @valid_until_us: when it becomes stale, or %LF_INSTANT_NONE for a leased claim
 * @detail: (nullable): the line that decided ("2041"); owned
 * @source: (nullable): what told, for people ("PBX"); owned
 * @reason: why @state is unknown; otherwise none
 */
typedef struct
{
  LfPhoneState  state;
  gint64        since_us;
  gint64        valid_until_us;
  char         *detail;
  char         *source;
  LfPhoneReason reason;
} LfPhone;

/**
 * LfCalendar:
 * @busy: (nullable): the periods known; owned
 * @known_from_us: start of the window in which absence of a period means free
 * @valid_until_us: end of that window, or a day after it was read: the calendar is stale from there on
 * @read_at_us: when the calendar was last read, or %LF_INSTANT_NONE
 * @rev: `calendar_rev` of these periods
 * @source: (nullable): what told ("Nextcloud"); owned
 * @is_state_only: only the current state may be seen: the end of the window is where it changes, and says
 *   nothing of what comes then
 * @known_until_us: end of the window that was read, where it lies beyond @valid_until_us: what is
 *   planned further ahead than a calendar may stay unread goes by it
 */
typedef struct
{
  LfBusyList *busy;
  gint64      known_from_us;
  gint64      valid_until_us;
  gint64      read_at_us;
  gint64      rev;
  char       *source;
  gboolean    is_state_only;
  gint64      known_until_us;
} LfCalendar;

#define LF_CALENDAR_MAX_AGE_US LF_DAY           /* not read for longer: stale, whatever its window */
#define LF_CALENDAR_OLD_US     (15 * LF_MINUTE) /* not read for longer: the detail says when it was */

/**
 * LfNote:
 * @text: (nullable): the custom text, at most %LF_NOTE_MAX_CHARS characters; owned
 * @emoji: (nullable): one emoji; owned
 * @expires_at_us: when it ends, or %LF_INSTANT_NONE
 */
typedef struct
{
  char  *text;
  char  *emoji;
  gint64 expires_at_us;
} LfNote;

#define LF_NOTE_MAX_CHARS 140

/**
 * LfReachability:
 * @state: what the devices or the person say
 * @since_us: when it last changed, or %LF_INSTANT_NONE
 * @valid_until_us: when it becomes stale, or %LF_INSTANT_NONE for a leased claim
 * @note: the custom text; all fields absent when there is none
 */
typedef struct
{
  LfReachabilityState state;
  gint64              since_us;
  gint64              valid_until_us;
  LfNote              note;
} LfReachability;

#define LF_TYPE_PRESENCE (lf_presence_get_type ())

/**
 * LfPresence:
 * @phone: the first kind
 * @calendar: the second kind
 * @reachability: the third kind
 * @rev: epoch * 2^32 + n; rises with each change of phone, reachability or note
 *
 * Everything known about one presentity: immutable, boxed, reference-counted; the one value that
 * travels from the server's fold to the client's badge. The fields are read directly; the
 * lf_presence_with_* functions make a changed copy.
 */
typedef struct
{
  LfPhone        phone;
  LfCalendar     calendar;
  LfReachability reachability;
  gint64         rev;
} LfPresence;

GType             lf_presence_get_type (void);
const LfPresence *lf_presence_get_unknown (void);
LfPresence       *lf_presence_new (const LfPhone *phone, const LfCalendar *calendar, const LfReachability *reachability, gint64 rev);
LfPresence       *lf_presence_ref (const LfPresence *self);
void              lf_presence_unref (LfPresence *self);
LfPresence       *lf_presence_with_phone (const LfPresence *self, const LfPhone *phone, gint64 rev);
LfPresence       *lf_presence_with_calendar (const LfPresence *self, const LfCalendar *calendar);
LfPresence       *lf_presence_with_reachability (const LfPresence *self, const LfReachability *reachability, gint64 rev);
LfPresence       *lf_presence_with_validity (const LfPresence *self, gint64 phone_until_us, gint64 reachability_until_us);
gboolean          lf_presence_equal (const LfPresence *self, const LfPresence *other);
gboolean          lf_phone_equal (const LfPhone *a, const LfPhone *b);
gboolean          lf_reachability_equal (const LfReachability *a, const LfReachability *b);
gint64            lf_calendar_get_expiry_us (gint64 known_until_us, gint64 read_at_us);
gint64            lf_calendar_get_window_end_us (const LfCalendar *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPresence, lf_presence_unref)

/* The names on the wire, in order of value, NULL-terminated: the one place that has them. */
extern const char *const lf_phone_state_names[LF_N_PHONE_STATES + 1];
extern const char *const lf_phone_reason_names[LF_N_PHONE_REASONS + 1];
extern const char *const lf_reachability_state_names[LF_N_REACHABILITY_STATES + 1];
extern const char *const lf_busy_type_names[LF_N_BUSY_TYPES + 1];

/* Wire names ("off_hook"), NULL-safe both ways; the parse functions return FALSE for a name not in the list. */
const char *lf_phone_state_to_name (LfPhoneState state);
const char *lf_reachability_state_to_name (LfReachabilityState state);
const char *lf_busy_type_to_name (LfBusyType type);
gboolean    lf_phone_state_from_name (const char *name, LfPhoneState *state);
gboolean    lf_reachability_state_from_name (const char *name, LfReachabilityState *state);
gboolean    lf_busy_type_from_name (const char *name, LfBusyType *type);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lampfield-core.h"
#include "lf-accounts.h"
#include "lf-config.h"
#include "lf-presentity.h"
#include "lf-store-presence.h"
#include "lf-wire-calendars.h"
#include "lf-wire-explain.h"
#include "lf-ws-frame.h"

G_BEGIN_DECLS

#define LF_TYPE_HUB (lf_hub_get_type ())

/**
 * LfHub:
 *
 * Knows every person's presence, who watches whom among those with a stream, and sends each change
 * to them. It holds no database: what is stored is told to it, at start by lf_hub_add_person() and
 * lf_hub_set_line(), later by the routes after each commit.
 */
G_DECLARE_FINAL_TYPE (LfHub, lf_hub, LF, HUB, GObject)

/**
 * LfSink:
 * @funcs: what it does with what the hub sends
 * @identity: whose it is; owned by the sink
 *
 * One stream, as the hub sees it: the head of the stream's own struct.
 */
typedef struct _LfSink LfSink;

typedef struct
{
  /* A frame to pass on. A typing frame may be dropped. */
  void (*send) (LfSink *self, LfFrameType type, LfWsFrame *frame);
  /* Presence or calendar of @user changed. @frame tells it; instead of sending it now, the sink may
   * remember @user and ask lf_hub_encode_presence() later, once for all changes until then. */
  void (*presence) (LfSink *self, const char *user, LfWsFrame *frame);
  /* The stream is to end; the sink was detached already. */
  void (*close) (LfSink *self, LfCloseCode code, const char *reason);
  /* Monotonic instant at which its other end was last heard; -1: its socket is gone. */
  gint64 (*get_heard_us) (LfSink *self);
} LfSinkFuncs;

struct _LfSink
{
  const LfSinkFuncs *funcs;
  LfIdentity        *identity;
};

/**
 * LfHubStats:
 * @n_people: people known
 * @n_watches: pairs of a watcher and one who is watched
 * @n_live_watches: those whose watcher has a stream
 * @n_sessions: people's streams, those that can be resumed included
 * @n_gone: devices without a socket that are not offline yet
 * @n_connectors: connectors' streams
 * @n_lines: lines known
 * @n_line_owners: phone connectors that report lines
 * @n_changes: changes of somebody's presence since the start
 *
 * What the hub holds now, and what it has done.
 */
typedef struct
{
  guint   n_people;
  guint   n_watches;
  guint   n_live_watches;
  guint   n_sessions;
  guint   n_gone;
  guint   n_connectors;
  guint   n_lines;
  guint   n_line_owners;
  guint64 n_changes;
} LfHubStats;

LfHub *lf_hub_new (LfClock *clock, const LfConfig *config);

/* People and lines, as stored. */
void lf_hub_load (LfHub *self, const LfStoreState *state);
/* An administrator changed people or lines: the same again, while running. */
void lf_hub_reload (LfHub *self, const LfStoreState *state);
void lf_hub_set_claims (LfHub *self, const LfClaims *claims); /* a new person, or what changed: routes call it after the commit */
void lf_hub_remove_person (LfHub *self, const char *user);
void lf_hub_set_calendar (LfHub *self, const char *user, gint64 calendar_rev); /* sends `calendar` if it rose */
/* @other sees @view of @user's calendar, whatever everybody sees; the default ends that. Follow with lf_hub_set_calendar(). */
void lf_hub_set_calendar_exception (LfHub *self, const char *user, const char *other, LfCalendarView view);
void lf_hub_set_line (LfHub *self, const LfLineRow *line);
void lf_hub_remove_line (LfHub *self, const char *line);
void lf_hub_tell_lines (LfHub *self);  /* connectors get `lines`: the assignment changed */
void lf_hub_tell_people (LfHub *self); /* connectors get `people` */

/**
 * LfWatchReason:
 * @LF_WATCH_CONTACT: @presentity stands in the watcher's roster
 * @LF_WATCH_CONVERSATION: they share a conversation
 *
 * Why a watcher hears of a presentity. Each is set and cleared by itself.
 */
typedef enum
{
  LF_WATCH_CONTACT = 1 << 0,
  LF_WATCH_CONVERSATION = 1 << 1,
} LfWatchReason;

/* Relations, after the commit. A new watch sends the presence of @presentity to the watcher's streams. */
void lf_hub_watch (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason);
void lf_hub_unwatch (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason);
/* @user blocked @other, or no longer: @other sees nothing of @user from then on. */
void lf_hub_set_blocked (LfHub *self, const char *user, const char *other, gboolean is_blocked);

/* What @watcher may see of @user now. An unknown person, a blocked watcher and an invisible person
 * all give phone unknown, reachability offline, no calendar. The person itself sees everything. */
LfPresence *lf_hub_dup_presence (LfHub *self, const char *watcher, const char *user); /* transfer full, never NULL */
gboolean    lf_hub_is_hidden (LfHub *self, const char *watcher, const char *user);    /* invisible, blocked or unknown */
/* Of the calendar: never the default; the person itself sees all, whoever may see nothing else sees none of it. */
LfCalendarView lf_hub_get_calendar_view (LfHub *self, const char *watcher, const char *user);

/* Frames to all streams of a person, but one session (nullable: to all). The body is encoded once.
 * A typing frame is dropped where the queue is half full; others are never lost unless the stream is closed. */
void lf_hub_send (LfHub *self, const char *user, const char *except_session, LfFrameType type, gconstpointer body);

/* Streams. A person's session has one: an older one is closed (4003). Frames come from attach on. */
void lf_hub_attach (LfHub *self, LfSink *sink);
/* @is_bye: the person's device left on purpose and is offline at once; otherwise after the grace. */
void lf_hub_detach (LfHub *self, LfSink *sink, gboolean is_bye);
/* The stream's socket is gone, and a resume may follow: its device leaves as by lf_hub_detach(), but the sink
 * goes on hearing what there is until lf_hub_unpark(), or until a newer stream of the session is attached. */
void    lf_hub_park (LfHub *self, LfSink *sink, gboolean is_bye);
void    lf_hub_unpark (LfHub *self, LfSink *sink);
LfSink *lf_hub_find_sink (LfHub *self, const char *session); /* transfer none, nullable: a person's, parked or not */
/* What a device says of itself: online, idle or away. */
void lf_hub_set_device (LfHub *self, LfSink *sink, LfReachabilityState state, gint64 since_us, gboolean is_on_the_phone);
/* A session or service token has ended: its stream is closed (4001), its device is offline, its lines are unknown. */
void lf_hub_end_session (LfHub *self, const char *session);
/* The presence of @user as @watcher may see it now, as a frame. */
LfWsFrame *lf_hub_encode_presence (LfHub *self, const char *watcher, const char *user); /* transfer full */
/* Everybody whom @watcher watches, without a frame being sent: for a snapshot. */
void lf_hub_watch_quietly (LfHub *self, const char *watcher, const char *presentity, LfWatchReason reason);

/**
 * LfLineReport:
 * @LF_LINE_TAKEN: the state holds
 * @LF_LINE_UNKNOWN: there is no such line
 * @LF_LINE_OWNED: another token reports this line
 *
 * What became of a connector's report.
 */
typedef enum
{
  LF_LINE_TAKEN,
  LF_LINE_UNKNOWN,
  LF_LINE_OWNED,
} LfLineReport;

/* A phone connector reports a line: it owns it from then on, until it is silent for too long. */
LfLineReport lf_hub_report_line (LfHub *self, LfIdentity *connector, const char *line, const LfWireLineState *state);
/* A phone connector says what is wrong with it or a line, or no longer. */
void lf_hub_take_calendar_health (LfHub *self, const LfIdentity *connector, const LfWireHealth *health);
void lf_hub_take_health (LfHub *self, const LfIdentity *connector, const LfWireHealth *health);
/* Lines as they are now: until the hub hears something else. */
const LfLine *lf_hub_find_line (LfHub *self, const char *line);  /* nullable */
GPtrArray    *lf_hub_list_lines (LfHub *self, const char *user); /* of LfLine, borrowed; @user nullable: all. Owned array */
/* A frame to the stream of a connector's token. FALSE: it has none. */
gboolean lf_hub_has_connector (LfHub *self, const char *token);
void     lf_hub_describe_connector (LfHub *self, const char *token, GStrvBuilder *texts);
gboolean lf_hub_send_to_connector (LfHub *self, const char *token, LfFrameType type, gconstpointer body);
/* Whether @user has a stream, live or parked. */
gboolean lf_hub_has_sessions (LfHub *self, const char *user);
gboolean lf_hub_is_dnd (LfHub *self, const char *user); /* by the person's own switch */

/* Explanations: lf-hub-explain.c */

/* What went wrong last with a source, for administrators. @key: id of a session or service token, or
 * lf_hub_make_line_key(); @words: static or short, nothing that a peer wrote. */
void        lf_hub_note_trouble (LfHub *self, const char *key, const char *words);
const char *lf_hub_find_calendar_trouble (LfHub *self, const char *user, const char *source, gint64 *at_us); /* nullable */
GPtrArray  *lf_hub_list_calendar_troubles (LfHub *self, const char *user);
const char *lf_hub_find_trouble (LfHub *self, const char *key, gint64 *at_us); /* nullable; wall clock */
char       *lf_hub_make_line_key (const char *line);                           /* transfer full */
/* @reporter published calendar @source of @user. */
void              lf_hub_note_calendar (LfHub *self, const char *user, const char *source, const LfIdentity *reporter, gint64 read_at_us);
const LfIdentity *lf_hub_find_calendar (LfHub *self, const char *user, const char *source, gint64 *at_us); /* nullable */
/* For @user alone, who hears of changes by the signal "calendars-changed" (user). Of LfWireReadCalendar; nullable. */
GPtrArray *lf_hub_list_read_calendars (LfHub *self, const char *user);
/* Whether @session has a stream now; when its other end was last heard, or LF_INSTANT_NONE. */
gboolean lf_hub_is_connected (LfHub *self, const char *session, gint64 *heard_us);
/* Adds an LfWireClaim for each line, device and choice of @user; of each kind the strongest first. Their sources are
 * ids of sessions for devices. Returns (transfer full, nullable: nobody): the presence, unfiltered. */
LfPresence *lf_hub_explain (LfHub *self, const char *user, GPtrArray *claims);

/* A sign of life of a phone connector. @token: id of its service token. */
void lf_hub_connector_seen (LfHub *self, const char *token);

/* Walks over all people: for whoever asks now and then. */
void lf_hub_get_stats (LfHub *self, LfHubStats *stats);

G_END_DECLS

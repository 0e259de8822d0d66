/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-bus.h"
#include "lf-hub.h"
#include "lf-presentity.h"

G_BEGIN_DECLS

/* The hub's own view: nothing outside src/server/hub includes it. */

typedef struct _LfPerson LfPerson;

/**
 * LfWatch:
 *
 * One person hears of another. It stands in the watcher's table for good, and among the presentity's
 * live ones while the watcher has a stream, so that a change touches nobody who is not there.
 */
typedef struct
{
  LfPerson *watcher;    /* borrowed */
  LfPerson *presentity; /* borrowed */
  guint     reasons;    /* LfWatchReason */
  int       live_index; /* in presentity->live, or -1 */
} LfWatch;

/* A watch whose watcher has a stream. Most watchers have one: it is named here, so that a change goes
 * straight from the list to the streams. */
typedef struct
{
  LfWatch *watch; /* borrowed */
  LfSink  *sink;  /* borrowed; NULL: the watcher has several */
} LfLiveWatch;

struct _LfPerson
{
  LfHub         *hub;        /* borrowed: owns this */
  LfPresentity  *presentity; /* owned */
  GHashTable    *watching;   /* owned: LfPerson → LfWatch, owned */
  GArray        *live;       /* owned: of LfLiveWatch */
  guint          n_watchers; /* with a stream or without */
  GHashTable    *blocked;    /* owned, nullable: set of user ids who see nothing of this person */
  GHashTable    *views;      /* owned, nullable: user → LfCalendarView of those who see another calendar than @view */
  GPtrArray     *sinks;      /* owned: LfSink, borrowed */
  LfWsFrame     *frame;      /* owned, nullable: presence as encoded for everyone who may see it */
  LfWsFrame     *bare_frame; /* owned, nullable: the same for those who may not see the calendar */
  GHashTable    *calendars;  /* owned, nullable: source → who reads it, as far as this server has seen: lf-hub-sources.c */
  gint64         hidden_rev; /* of the latest hiding, so that later frames of it are not older */
  LfCalendarView view;       /* what others see of the calendar */
  gboolean       is_awaited; /* was here when the machine fell asleep: unknown, not offline, for a while */
};

/* What went wrong last with a source. */
typedef struct
{
  char          *words;
  char          *reporter; /* nullable: token of the connector that said so itself, and will say when it is over */
  gint64         at_us;
  LfCalendarCode code; /* of a calendar: what its owner is told */
} LfTrouble;

/* A phone connector's token that owns lines. */
typedef struct
{
  gint64   seen_mono_us;
  gboolean has_lost_link; /* its telephone system is away */
} LfLineOwner;

struct _LfHub
{
  GObject parent_instance;

  LfClock        *clock;  /* owned */
  const LfConfig *config; /* borrowed: outlives the hub */
  LfBus          *bus;    /* owned */
  gint64          epoch;
  gint64          started_us; /* or LF_INSTANT_NONE once people may be said to be offline */
  guint           started_call;
  guint           awaited_call; /* until people who were here at a sleep may be said to be offline */
  guint           doubt_call;   /* until calendars that nobody speaks of are read no longer */
  guint           watch_call;   /* stands so that the clock tells of a sleep */
  GHashTable     *people;       /* owned: user → LfPerson, owned */
  GHashTable     *sessions;     /* owned: session → LfSink of a person, borrowed */
  GHashTable     *gone;         /* owned: session → LfGone: devices whose socket is gone */
  GPtrArray      *connectors;   /* owned: LfSink of connectors, borrowed */
  GHashTable     *lines;        /* owned: line → LfLine, owned */
  GHashTable     *owners;       /* owned: token → LfLineOwner, owned */
  guint           owners_call;
  GHashTable     *readers;   /* owned: set of the tokens of connectors that read somebody's calendar */
  guint64         n_changes; /* of somebody's presence */
  GHashTable     *troubles;  /* owned: key → LfTrouble, owned */
};

/* A device whose socket is gone: at the end of the grace it counts as offline. */
typedef struct
{
  LfHub *hub; /* borrowed */
  char  *user;
  char  *session;
  guint  call;
  gint64 until_mono_us;
} LfGone;

LfPerson  *lf_hub_find_person (LfHub *self, const char *user);
LfPerson  *lf_hub_ensure_person (LfHub *self, const char *user);
void       lf_hub_refold (LfHub *self, LfPerson *person);
void       lf_hub_publish_presence (LfHub *self, LfPerson *person);
gboolean   lf_hub_sees (LfPerson *watcher, LfPerson *person);
LfWsFrame *lf_hub_dup_frame (LfPerson *watcher, LfPerson *person);
void       lf_hub_forget_frames (LfPerson *person);
void       lf_hub_tell_presence (LfPerson *watcher, LfPerson *person, LfWsFrame *frame);
/* Of the calendar: lf-hub-calendar.c */
LfCalendarView lf_hub_get_view (LfPerson *watcher, LfPerson *person);
gboolean       lf_hub_hides_calendar (LfPerson *person);
void           lf_hub_set_view (LfHub *self, LfPerson *person, const char *other, LfCalendarView view);
LfWsFrame     *lf_hub_dup_hidden_frame (LfPerson *person);
void           lf_hub_on_bus_event (const LfBusEvent *event, gpointer user_data);
/* Everybody hears anew what they may see of @person: visibility changed. */
void     lf_hub_show_anew (LfHub *self, LfPerson *person);
void     lf_hub_hide_anew (LfHub *self, LfPerson *person);
gboolean lf_hub_is_starting (LfHub *self);
gint64   lf_hub_get_hidden_rev (LfHub *self);
void     lf_hub_update_live (LfPerson *watcher);
void     lf_hub_free_line (gpointer data);
void     lf_hub_drop_lines_of (LfHub *self, LfPerson *person);
void     lf_hub_forget_owner (LfHub *self, const char *token, const char *why);
void     lf_hub_free_gone (gpointer data);
/* For explanations: lf-hub-explain.c */
const char *lf_hub_get_line_of_key (const char *key);
void        lf_hub_note_health (LfHub *self, const LfIdentity *connector, const char *line, const char *words);
void        lf_hub_note_trouble_of_line (LfHub *self, const LfLine *line, const char *words);
void        lf_hub_note_refusal_of_line (LfHub *self, const LfLine *line, const LfIdentity *other);
void        lf_hub_forget_trouble_of_line (LfHub *self, const char *line);
void        lf_hub_free_trouble (gpointer data);
/* Of the calendars that connectors read: lf-hub-sources.c */
const char *lf_hub_get_calendar_of_key (const char *key);
void        lf_hub_drop_calendars_of (LfHub *self, const char *token);
void        lf_hub_doubt_calendars_of (LfHub *self, const char *token);
void        lf_hub_forget_troubles_of_person (LfHub *self, const char *user);
void        lf_hub_emit_calendars_changed (LfHub *self, const char *user);
void        lf_hub_drop_watches_of (LfHub *self, LfPerson *person);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-availability.h"
#include "lf-busy-puller.h"
#include "lf-channel.h"
#include "lf-client-cache.h"
#include "lf-client.h"
#include "lf-outbox.h"
#include "lf-session.h"

/* LfClient is one class in several files: lf-client.c (the session), -stream.c (what comes from the
 * server), -sign-in.c (ways in and out, and the keyring), -roster.c (contacts and presence as they come),
 * -edits.c (changes of the roster), -dials.c (speed dials), -privacy.c (who sees what), -directory.c (search), -chat.c and -history.c (conversations),
 * -letters.c (what the user writes), -restart.c (a server that was set back), -errands.c (what is asked
 * again), -status.c (what belongs to the user), -cache.c (what is kept on disk). What the files call of
 * each other stands here. */

G_BEGIN_DECLS

/**
 * LfOwnField:
 *
 * What the user sets of itself, each by a PUT of its own: one in flight, the latest wins.
 */
typedef enum
{
  LF_OWN_STATUS,
  LF_OWN_DND,
  LF_OWN_VISIBILITY,
} LfOwnField;

#define LF_N_OWN_FIELDS 3

typedef struct
{
  gboolean is_in_flight;
  gboolean is_dirty; /* changed again while in flight */
} LfOwnPut;

/**
 * LfDials:
 * @shown: of #LfContact, in order
 * @wanted: ids, in the order that is asked for; %NULL: no change waits or is on its way
 * @before: (nullable): of LfDial: as the server had them when the change was made
 * @sent: (nullable): ids, in flight
 * @etag: (nullable): of the roster that has @before
 * @pause: until a change that was not answered is repeated
 * @n_conflicts: how often the roster was another than the one that had been read
 * @is_asking: a request is in flight
 * @is_outdated: the server told of other positions meanwhile
 * @is_dirty: a contact has a position that is not shown yet
 *
 * The speed dials, and the change of them.
 */
typedef struct
{
  GListStore *shown;
  GStrv       wanted;
  GPtrArray  *before;
  GStrv       sent;
  char       *etag;
  GSource    *pause;
  guint       n_conflicts;
  gboolean    is_asking;
  gboolean    is_outdated;
  gboolean    is_dirty;
} LfDials;

struct _LfClient
{
  GObject parent_instance;

  LfClock      *clock; /* owned */
  LfClientState state;
  gint64        as_of_us;

  /* One signed-in session: made and dropped together */
  LfSession      *session;      /* owned, nullable */
  LfChannel      *channel;      /* owned, nullable */
  LfOutbox       *outbox;       /* owned, nullable */
  LfBusyPuller   *puller;       /* owned, nullable */
  LfAvailability *availability; /* owned, nullable */
  LfKept         *kept;         /* owned, nullable: nothing is kept on disk */
  GCancellable   *lifetime;     /* owned; pulled when the session is dropped */
  char           *login;        /* owned, nullable; for the keyring */
  char           *server;       /* owned, nullable; normalised */
  gboolean        is_remembered;
  gboolean        has_synced;     /* a snapshot was complete in this session, or was kept */
  gboolean        has_told_disk;  /* that nothing can be kept */
  gboolean        is_catching_up; /* resumed: what changed during the cut is still coming */
  gboolean        is_disposed;

  /* Roster */
  LfRoster   *roster;       /* owned */
  LfRoster   *own_roster;   /* owned; holds the user alone, so that one timer resolves it too */
  GHashTable *sync_users;   /* owned, nullable: contacts of the snapshot that is coming in */
  GHashTable *sync_waiting; /* owned, nullable: user → LfPresence that came before its contact */
  GHashTable *sync_busy;    /* owned, nullable: users whose calendar the snapshot says is another */
  GHashTable *blocked;      /* owned; user ids */
  GHashTable *unheard;      /* owned; user ids: whose presence was asked for and has not come */
  GQueue      edits;        /* of roster edits that wait or are in flight; lf-client-edits.c */
  GSource    *edit_pause;   /* owned, nullable: until the first of them is sent again */
  gboolean    is_editing;
  LfDials     dials;
  char       *open_user;          /* owned, nullable */
  gboolean    must_fetch_privacy; /* again: that was cut */

  /* What others see of the own calendar; lf-client-privacy.c */
  LfCalendarView view;           /* as shown; default: not known yet */
  LfCalendarView confirmed_view; /* as the server last said */
  LfOwnPut       view_put;
  GHashTable    *exceptions; /* owned; user id → LfCalendarView */

  LfTelephone *telephone; /* owned */

  /* Chat */
  GListStore *conversations;  /* owned; of LfConversation, latest first */
  GHashTable *chats;          /* owned; conversation id → Chat; lf-client-chat.c */
  GHashTable *chat_users;     /* owned; user id, borrowed → Chat, borrowed: there is one with each */
  guint       n_synced_chats; /* that the snapshot which comes in has named so far */
  gint64      sync_oldest_us; /* last message of the oldest conversation in the snapshot that comes in */
  guint       unread;
  gboolean    is_fetching_chats;
  gboolean    must_fetch_chats; /* again: another unknown one was named meanwhile, or that was cut */
  GSource    *errand_timer;     /* owned, nullable: what failed beside the stream is tried again */

  /* Own status */
  LfWireMe           *me;        /* owned, nullable; as shown */
  LfWireMe           *confirmed; /* owned, nullable; as the server last said */
  LfOwnPut            puts[LF_N_OWN_FIELDS];
  gboolean            is_asking_calendars; /* that connectors read */
  gboolean            has_newer_calendars; /* the stream told of them meanwhile */
  GPtrArray          *settling;            /* owned; GTask: who waits for the answers to these */
  LfReachabilityState reach;
  gint64              reach_since_us;
  gboolean            is_on_the_phone; /* what the desktop says of calls on it */
};

/* lf-client.c */
void   lf_client_set_state (LfClient *self, LfClientState state);
void   lf_client_reset (LfClient *self);
void   lf_client_begin_session (LfClient *self, LfSession *session, const char *login, gboolean is_remembered, LfCache *cache, const LfCacheContents *contents);
void   lf_client_set_as_of_us (LfClient *self, gint64 as_of_us);
void   lf_client_end_by_itself (LfClient *self, const GError *error);
gint64 lf_client_get_known_at_us (LfClient *self);
void   lf_client_emit_notice (LfClient *self, const GError *error);
void   lf_client_emit_me_changed (LfClient *self);
void   lf_client_emit_received (LfClient *self, LfConversation *conversation, LfMessageItem *item);
void   lf_client_notify_unread (LfClient *self);

/* lf-client-stream.c */
void lf_client_stream_begin (LfClient *self);

/* lf-client-errands.c */
void lf_client_run_errands (LfClient *self);
void lf_client_repeat_errand (LfClient *self, const GError *error, guint retry_after_s);

/* lf-client-sign-in.c */
void lf_client_remember_token (LfClient *self);
void lf_client_forget_token (LfClient *self);

/* lf-client-roster.c */
void lf_client_roster_begin (LfClient *self);
void lf_client_roster_reset (LfClient *self);
void lf_client_roster_take_snapshot (LfClient *self, const LfWireSnapshot *snapshot);
void lf_client_roster_take_presence (LfClient *self, const LfWirePresence *presence, gboolean is_snapshot);
void lf_client_roster_take_calendar (LfClient *self, const LfWireCalendarChange *change);
void lf_client_roster_take_change (LfClient *self, const LfWireContactChange *change);
void lf_client_roster_take_cut (LfClient *self, gint64 last_frame_us);
void lf_client_roster_take_resume (LfClient *self);
void lf_client_roster_take_kept (LfClient *self, const LfCacheContents *contents);

/* Presence of people who have just come in; fetched, since no event brings it. */
void     lf_client_roster_fetch_presence (LfClient *self, const char *user);
gboolean lf_client_roster_is_heard (LfClient *self, const char *user);

/* lf-client-privacy.c */
void lf_client_fetch_privacy (LfClient *self);
void lf_client_privacy_reset (LfClient *self);

/* lf-client-edits.c */
gboolean lf_client_edits_has (LfClient *self, const char *user); /* a change of that contact is on its way */
void     lf_client_edits_keep_groups (LfClient *self);
void     lf_client_edits_send_next (LfClient *self);
void     lf_client_edits_reset (LfClient *self);

/* lf-client-dials.c */
gboolean lf_client_dials_take (LfClient *self, LfContact *contact, int position); /* whether it is another */
void     lf_client_dials_show (LfClient *self);
gboolean lf_client_dials_send (LfClient *self); /* TRUE: a change waits, or is on its way */
void     lf_client_dials_begin (LfClient *self);
void     lf_client_dials_reset (LfClient *self);

/* lf-client-directory.c */
gboolean lf_client_fill_contact (LfContact *contact, const LfWirePerson *person);
void     lf_client_copy_contact (LfContact *from, LfContact *to);

/* lf-client-chat.c */
void lf_client_chat_go_online (LfClient *self);
void lf_client_chat_reset (LfClient *self);
void lf_client_chat_take_snapshot (LfClient *self, const LfWireSnapshot *snapshot);
void lf_client_chat_take_message (LfClient *self, const LfWireMessage *message);
void lf_client_chat_take_mark (LfClient *self, LfFrameType type, const LfWireMark *mark);
void lf_client_chat_take_contact (LfClient *self, LfContact *contact);
void lf_client_chat_take_kept (LfClient *self, const LfCacheContents *contents);

/* lf-client-letters.c */
void lf_client_letters_begin (LfClient *self);
void lf_client_letters_take_kept (LfClient *self, const GPtrArray *letters);

/* lf-client-restart.c */
void lf_client_restart_begin (LfClient *self);
void lf_client_restart_end (LfClient *self);

/* lf-client-status.c */
void lf_client_status_reset (LfClient *self);
void lf_client_status_take_me (LfClient *self, const LfWireMe *me);
void lf_client_status_repeat_reach (LfClient *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-codec.h"
#include "lf-message.h"
#include "lf-presence.h"

/* Every body of REST and every frame of the stream, as C structs, with the schema that reads and
 * writes each. Strings are owned and freed by lf_codec_free(); see docs/protocol.md for meaning.
 * Strings are nullable unless marked required in lf-wire.c. */

G_BEGIN_DECLS

#define LF_LOGIN_MAX_CHARS    64
#define LF_NAME_MAX_CHARS     100
#define LF_PASSWORD_MAX_CHARS 200
#define LF_TOKEN_MAX_CHARS    100
#define LF_GROUP_MAX_CHARS    60
#define LF_ADDRESS_MAX_CHARS  120
#define LF_MAX_ADDRESSES      8
#define LF_MAX_MEMBERS        200
#define LF_PAGE_MAX_ITEMS     200
#define LF_SNAPSHOT_MAX_CHATS 500 /* the latest; with fewer in a snapshot there are no others */

/* GET / */
typedef struct
{
  char  *name;    /* "lampfield-server" */
  char  *version; /* of the program */
  gint64 api;     /* 1 */
  GStrv  features;
  gint64 server_time_us;
} LfWireInfo;

/* Every error, RFC 9457. `code` is one of the closed list in lf-problem.h. */
typedef struct
{
  char  *type;
  char  *title;
  gint64 status;
  char  *code;
  char  *detail;
} LfWireProblem;

/* POST /auth/login · /auth/refresh · answer of both */
typedef struct
{
  char *user; /* the login name */
  char *password;
  char *device; /* words for people: "desk", "laptop" */
} LfWireLogin;

typedef struct
{
  char *refresh_token;
} LfWireRefresh;

typedef struct
{
  char  *user; /* id */
  char  *session;
  char  *access_token;
  gint64 access_expires_at_us;
  char  *refresh_token;
  gint64 refresh_expires_at_us;
} LfWireTokens;

/* GET /auth/methods */
typedef struct
{
  GStrv methods; /* {"password"} */
} LfWireMethods;

/* GET /sessions */
typedef struct
{
  char    *id;
  char    *device;
  gint64   created_at_us;
  gint64   last_seen_at_us;
  gboolean is_current;
} LfWireSession;

/* PUT /me/status · PUT /me/dnd · PUT /me/visibility */
typedef enum
{
  LF_CHOICE_AUTOMATIC,
  LF_CHOICE_AVAILABLE,
  LF_CHOICE_AWAY,
} LfChoice;

typedef struct
{
  LfChoice choice;
  char    *text;
  char    *emoji;
  gint64   expires_at_us;
} LfWireStatus;

typedef struct
{
  gboolean is_on; /* "on" */
  gint64   expires_at_us;
} LfWireDnd;

typedef struct
{
  gboolean is_invisible; /* "invisible" */
} LfWireVisibility;

/* A person as the directory shows one: GET /users, /users/{id}, inside contacts and conversations */
typedef struct
{
  char    *id;
  char    *login;
  char    *name;
  char    *title;
  char    *department;
  char    *mail;
  GStrv    addresses; /* URIs to call: "tel:+49…", "sip:2041@…" */
  gboolean is_place;  /* "place": a room or a desk with a telephone, and nobody who signs in */
} LfWirePerson;

/* A line of the user's own. */
typedef struct
{
  char    *line;
  char    *address;
  gboolean is_primary;  /* "primary" */
  gboolean is_callable; /* "callable": calls can be made on it now, by POST /calls */
} LfWireOwnLine;

/* What the user's own phones can do. */
typedef struct
{
  GPtrArray *lines;             /* LfWireOwnLine, the primary one first */
  GStrv      pickup;            /* ids of people whose ringing line the user may pick up */
  gboolean   is_ringing_in_dnd; /* "rings_in_dnd": "do not disturb" does not reach the telephone */
} LfWireOwnPhone;

#define LF_MAX_OWN_LINES 20
#define LF_MAX_PICKUP    200

/* GET/PATCH /me. PATCH takes title and time_zone; the rest is the administrator's. */
typedef struct
{
  LfWirePerson     person;
  char            *time_zone; /* IANA name */
  LfWireStatus     status;
  LfWireDnd        dnd;
  LfWireVisibility visibility;
  gint64           note_since_us; /* when text or emoji of the status were set; LF_INSTANT_NONE: there are none, or it is not known */
  LfWireOwnPhone  *phone;         /* nullable: no line */
  GPtrArray       *calendars;     /* LfWireReadCalendar, nullable: the server's connectors read none */
} LfWireMe;

typedef struct
{
  char *title;
  char *time_zone;
} LfWireMePatch;

/* GET /contacts, PUT /contacts/{user} (without person: lf_schema_contact_request), contact event */
typedef struct
{
  char         *user;
  LfWirePerson *person;       /* nullable in requests and when no longer visible */
  char         *group;        /* id of a group, nullable */
  gboolean      is_favourite; /* "favourite" */
  gboolean      is_watched;   /* "watched": tell me whenever this person becomes available */
  gint64        speed_dial;   /* position from 1, 0: none */
} LfWireContact;

typedef struct
{
  char  *id;
  char  *name;
  gint64 position;
} LfWireGroup;

typedef struct
{
  GPtrArray *items;  /* LfWireContact */
  GPtrArray *groups; /* LfWireGroup */
} LfWireContacts;

typedef struct
{
  GPtrArray *items; /* LfWireGroup */
} LfWireGroups;

typedef struct
{
  GPtrArray *items; /* LfWirePerson */
  char      *next;
} LfWirePeoplePage;

typedef struct
{
  GPtrArray *items; /* LfWireSession */
  char      *next;
} LfWireSessionsPage;

/* GET /presence, presence event, inside snapshot. valid_until is not on the wire: claims are leased. */
typedef struct
{
  char          *user;
  gint64         rev;
  gint64         calendar_rev; /* 0 when the person has no calendar, or none that may be seen */
  LfPhone        phone;
  LfReachability reachability;
} LfWirePresence;

typedef struct
{
  GPtrArray *items; /* LfWirePresence */
} LfWirePresenceList;

/* GET /busy */
typedef struct
{
  char      *user;
  gint64     rev;
  gint64     known_from_us; /* LF_INSTANT_NONE: nothing is known */
  gint64     known_until_us;
  gint64     read_at_us;
  char      *source;
  gboolean   is_state_only; /* "state_only": nothing beyond now may be seen: LF_CALENDAR_VIEW_STATE */
  GPtrArray *periods;       /* LfBusyPeriod */
} LfWireBusy;

typedef struct
{
  GPtrArray *items; /* LfWireBusy */
} LfWireBusyList;

/* PUT /me/calendars/{source}/busy · /users/{id}/calendars/{source}/busy */
typedef struct
{
  gint64     read_at_us;
  gint64     known_from_us;
  gint64     known_until_us;
  GPtrArray *periods; /* LfBusyPeriod, at most LF_BUSY_MAX_PERIODS */
} LfWireBusyReport;

/* PUT /me/calendars/early_end */
typedef struct
{
  gint64 start_us;
  gint64 end_us;
  gint64 ended_at_us;
} LfWireEarlyEnd;

/* Conversations */
typedef struct
{
  char  *user;
  char  *name;
  gint64 delivered_seq;
  gint64 read_seq;
} LfWireMember;

/* A message: PUT …/messages/{client_id} takes body alone; answers, history and the event carry all. */
typedef struct
{
  char  *conversation;
  char  *id; /* the client's UUID */
  gint64 seq;
  char  *sender;
  char  *body;
  gint64 sent_at_us;
} LfWireMessage;

typedef struct
{
  char *body;
} LfWireMessageBody;

typedef struct
{
  char          *id;
  gint64         created_at_us;
  gint64         last_seq; /* 0: nothing yet */
  gint64         unread;
  GPtrArray     *members; /* LfWireMember, the user among them */
  LfWireMessage *last_message;
} LfWireConversation;

typedef struct
{
  GStrv members; /* one user id, the other's: idempotent by pair */
} LfWireConversationRequest;

typedef struct
{
  GPtrArray *items; /* LfWireConversation, latest first */
  char      *next;
} LfWireConversationsPage;

typedef struct
{
  GPtrArray *items; /* LfWireMessage, latest first */
  char      *next;
} LfWireMessagesPage;

typedef struct
{
  gint64 seq;
} LfWireSeq;

/* GET /connector/lines · /connector/people */
typedef struct
{
  char *line;
  char *address;
  char *primary_of; /* user id, nullable */
} LfWireLine;

typedef struct
{
  GPtrArray *items; /* LfWireLine */
} LfWireLines;

typedef struct
{
  char *id;
  char *login;
  char *mail;
} LfWireConnectorPerson;

typedef struct
{
  GPtrArray *items; /* LfWireConnectorPerson */
} LfWireConnectorPeople;

/**
 * LfCalendarView:
 * @LF_CALENDAR_VIEW_DEFAULT: for one person: what is for everybody; for everybody: @LF_CALENDAR_VIEW_PERIODS
 * @LF_CALENDAR_VIEW_PERIODS: start, end and type of what lies in it
 * @LF_CALENDAR_VIEW_STATE: only whether there is a meeting now
 * @LF_CALENDAR_VIEW_NONE: nothing, as if there were no calendar
 *
 * What others see of a person's calendar.
 */
typedef enum
{
  LF_CALENDAR_VIEW_DEFAULT,
  LF_CALENDAR_VIEW_PERIODS,
  LF_CALENDAR_VIEW_STATE,
  LF_CALENDAR_VIEW_NONE,
} LfCalendarView;

#define LF_N_CALENDAR_VIEWS 4

/* What one person sees of the calendar, other than everybody. */
typedef struct
{
  char          *user;
  LfCalendarView calendar;
} LfWireException;

/* GET /me/privacy · PUT /me/privacy (calendar alone: lf_schema_privacy_request) · PUT /me/permissions/{user} */
typedef struct
{
  LfCalendarView calendar;
  GStrv          blocked;    /* user ids */
  GPtrArray     *exceptions; /* LfWireException */
} LfWirePrivacy;

typedef struct
{
  gboolean       is_blocked; /* "blocked" */
  LfCalendarView calendar;
} LfWirePermission;

/* Frames of the stream */
typedef enum
{
  LF_FRAME_START,
  LF_FRAME_RESUME,
  LF_FRAME_HELLO,
  LF_FRAME_SNAPSHOT,
  LF_FRAME_PRESENCE,
  LF_FRAME_CALENDAR,
  LF_FRAME_MESSAGE,
  LF_FRAME_DELIVERED,
  LF_FRAME_READ,
  LF_FRAME_TYPING,
  LF_FRAME_CONTACT,
  LF_FRAME_SESSION,
  LF_FRAME_LINES,
  LF_FRAME_PEOPLE,
  LF_FRAME_CALL,
  LF_FRAME_COMMAND,
  LF_FRAME_ACK,
  LF_FRAME_REACH,
  LF_FRAME_BYE,
  LF_FRAME_PING,
  LF_FRAME_PONG,
  LF_FRAME_ERROR,
  LF_FRAME_CAPABILITIES,
  LF_FRAME_HEALTH,
  LF_FRAME_COMMAND_RESULT,
} LfFrameType;

#define LF_N_FRAME_TYPES 25

typedef struct
{
  char *unused; /* start, lines and people carry nothing */
} LfWireEmpty;

typedef struct
{
  char  *session;
  gint64 count;
} LfWireResume;

typedef struct
{
  char    *session;
  gint64   server_time_us;
  gint64   ping_s;
  gint64   window;
  GStrv    features;
  gboolean is_resumed; /* "resumed" */
  gint64   count;
} LfWireHello;

typedef struct
{
  gint64     part;          /* from 0 */
  gboolean   is_last;       /* "last" */
  LfWireMe  *me;            /* in part 0, for people */
  GPtrArray *groups;        /* LfWireGroup, in part 0 */
  GPtrArray *contacts;      /* LfWireContact */
  GPtrArray *presence;      /* LfWirePresence; the user's own among them, unfiltered */
  GPtrArray *conversations; /* LfWireConversation */
} LfWireSnapshot;

typedef struct
{
  char  *user;
  gint64 calendar_rev;
} LfWireCalendarChange;

/* delivered, read, typing: user is absent from client to server */
typedef struct
{
  char  *conversation;
  char  *user;
  gint64 seq; /* not in typing */
} LfWireMark;

/* The roster changed on another device: a contact set, one removed, or the groups replaced */
typedef struct
{
  LfWireContact *contact; /* nullable */
  char          *removed; /* user id, nullable */
  LfWireGroups  *groups;  /* nullable: unchanged */
} LfWireContactChange;

/* What belongs to the person changed (status, DND, visibility, profile) */
typedef struct
{
  LfWireMe me;
} LfWireSessionChange;

typedef struct
{
  gint64 count;
} LfWireAck;

typedef struct
{
  LfReachabilityState state; /* online, idle or away */
  gint64              since_us;
  gboolean            is_on_the_phone; /* absent: not, or not known */
} LfWireReach;

typedef struct
{
  char *reason;
} LfWireBye;

typedef struct
{
  gint64 n;
} LfWirePing;

typedef struct
{
  char *code;
  char *detail;
} LfWireErrorFrame;

/**
 * LfFrame:
 * @type: which
 * @body: the struct of lf_frame_get_schema(); owned
 *
 * One WebSocket message, decoded.
 */
typedef struct
{
  LfFrameType type;
  gpointer    body;
} LfFrame;

const LfSchema *lf_frame_get_schema (LfFrameType type);
const char     *lf_frame_get_name (LfFrameType type);
LfFrame        *lf_frame_decode (const char *text, gsize length, const LfJsonLimits *limits, GError **error);
void            lf_frame_encode (LfFrameType type, gconstpointer body, GString *out);
void            lf_frame_free (LfFrame *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfFrame, lf_frame_free)

extern const LfSchema lf_schema_info, lf_schema_problem, lf_schema_login, lf_schema_refresh,
  lf_schema_tokens, lf_schema_methods, lf_schema_session, lf_schema_sessions_page, lf_schema_status,
  lf_schema_dnd, lf_schema_visibility, lf_schema_person, lf_schema_people_page, lf_schema_me,
  lf_schema_me_patch, lf_schema_contact, lf_schema_contact_request, lf_schema_contacts, lf_schema_group,
  lf_schema_groups, lf_schema_connector_person,
  lf_schema_presence, lf_schema_presence_list, lf_schema_busy, lf_schema_busy_list,
  lf_schema_busy_report, lf_schema_early_end, lf_schema_member, lf_schema_message,
  lf_schema_message_body, lf_schema_messages_page, lf_schema_conversation,
  lf_schema_conversation_request, lf_schema_conversations_page, lf_schema_seq, lf_schema_line,
  lf_schema_lines, lf_schema_connector_people, lf_schema_exception, lf_schema_privacy,
  lf_schema_privacy_request, lf_schema_permission, lf_schema_empty;

/* Frees and autoptr for each body: LF_WIRE_AUTOPTR (LfWireLogin, lf_schema_login) */
#define LF_WIRE_AUTOPTR(Type, schema) \
  static inline void                  \
    schema##_cleanup (Type *value)    \
  {                                   \
    lf_codec_free (&schema, value);   \
  }                                   \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (Type, schema##_cleanup)

LF_WIRE_AUTOPTR (LfWireInfo, lf_schema_info)
LF_WIRE_AUTOPTR (LfWireProblem, lf_schema_problem)
LF_WIRE_AUTOPTR (LfWireLogin, lf_schema_login)
LF_WIRE_AUTOPTR (LfWireRefresh, lf_schema_refresh)
LF_WIRE_AUTOPTR (LfWireTokens, lf_schema_tokens)
LF_WIRE_AUTOPTR (LfWireMethods, lf_schema_methods)
LF_WIRE_AUTOPTR (LfWireSession, lf_schema_session)
LF_WIRE_AUTOPTR (LfWireSessionsPage, lf_schema_sessions_page)
LF_WIRE_AUTOPTR (LfWireStatus, lf_schema_status)
LF_WIRE_AUTOPTR (LfWireDnd, lf_schema_dnd)
LF_WIRE_AUTOPTR (LfWireVisibility, lf_schema_visibility)
LF_WIRE_AUTOPTR (LfWirePerson, lf_schema_person)
LF_WIRE_AUTOPTR (LfWirePeoplePage, lf_schema_people_page)
LF_WIRE_AUTOPTR (LfWireMe, lf_schema_me)
LF_WIRE_AUTOPTR (LfWireMePatch, lf_schema_me_patch)
LF_WIRE_AUTOPTR (LfWireContact, lf_schema_contact)
LF_WIRE_AUTOPTR (LfWireContacts, lf_schema_contacts)
LF_WIRE_AUTOPTR (LfWireGroup, lf_schema_group)
LF_WIRE_AUTOPTR (LfWireGroups, lf_schema_groups)
LF_WIRE_AUTOPTR (LfWirePresence, lf_schema_presence)
LF_WIRE_AUTOPTR (LfWirePresenceList, lf_schema_presence_list)
LF_WIRE_AUTOPTR (LfWireBusy, lf_schema_busy)
LF_WIRE_AUTOPTR (LfWireBusyList, lf_schema_busy_list)
LF_WIRE_AUTOPTR (LfWireBusyReport, lf_schema_busy_report)
LF_WIRE_AUTOPTR (LfWireEarlyEnd, lf_schema_early_end)
LF_WIRE_AUTOPTR (LfWireMember, lf_schema_member)
LF_WIRE_AUTOPTR (LfWireMessage, lf_schema_message)
LF_WIRE_AUTOPTR (LfWireMessageBody, lf_schema_message_body)
LF_WIRE_AUTOPTR (LfWireMessagesPage, lf_schema_messages_page)
LF_WIRE_AUTOPTR (LfWireConversation, lf_schema_conversation)
LF_WIRE_AUTOPTR (LfWireConversationRequest, lf_schema_conversation_request)
LF_WIRE_AUTOPTR (LfWireConversationsPage, lf_schema_conversations_page)
LF_WIRE_AUTOPTR (LfWireSeq, lf_schema_seq)
LF_WIRE_AUTOPTR (LfWireLine, lf_schema_line)
LF_WIRE_AUTOPTR (LfWireLines, lf_schema_lines)
LF_WIRE_AUTOPTR (LfWireConnectorPeople, lf_schema_connector_people)
LF_WIRE_AUTOPTR (LfWirePrivacy, lf_schema_privacy)
LF_WIRE_AUTOPTR (LfWirePermission, lf_schema_permission)

/* A presence as the server tells it, as a value; without a calendar. Transfer full. */
LfPresence *lf_wire_presence_to_value (const LfWirePresence *presence);
/* A calendar as the server tells it, as a kind of presence; strings stay borrowed from @busy. */
void lf_busy_to_calendar (const LfWireBusy *busy, LfCalendar *calendar);
void lf_busy_calendar_clear (LfCalendar *calendar);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-wire.h"

/* What the parts say to each other of telephones: the state of a line, calls that are made for
 * somebody, the calls there were, and what a phone connector can do. */

G_BEGIN_DECLS

#define LF_CALL_ID_MAX_CHARS  200 /* Call-ID of RFC 3261, or what the telephone system has in its place */
#define LF_CALL_REPORT_MAX    100
#define LF_CALL_KEY_MAX_CHARS 64
#define LF_SPEED_DIAL_MAX     100

/**
 * LfCallDirection:
 * @LF_CALL_NO_DIRECTION: not known, or there is no call
 * @LF_CALL_INCOMING: the line is the recipient
 * @LF_CALL_OUTGOING: the line is the initiator
 *
 * Who called whom (RFC 4235 section 4.1.2).
 */
typedef enum
{
  LF_CALL_NO_DIRECTION,
  LF_CALL_INCOMING,
  LF_CALL_OUTGOING,
} LfCallDirection;

/* PUT /lines/{line} */
typedef struct
{
  LfPhoneState    state;
  gint64          since_us;        /* LF_INSTANT_NONE: now */
  gboolean        is_unregistered; /* "unregistered": with unknown: no telephone is connected */
  LfCallDirection direction;       /* with ringing, off_hook and held, where it is known; so the next two */
  char           *peer;            /* the other end, as the telephone system writes it; nullable */
  char           *peer_name;       /* nullable */
} LfWireLineState;

/**
 * LfCallState:
 * @LF_CALL_REQUESTED: the connector has been asked
 * @LF_CALL_RINGING_YOU: the user's own telephone rings: pick it up
 * @LF_CALL_CALLING: the other end is called
 * @LF_CALL_CONNECTED: both talk
 * @LF_CALL_BUSY: the other end is busy
 * @LF_CALL_DECLINED: the other end does not want the call
 * @LF_CALL_NO_ANSWER: the other end did not answer
 * @LF_CALL_FAILED: it came to nothing; the reason says why
 * @LF_CALL_CANCELLED: the user took it back
 * @LF_CALL_ENDED: it was connected, and is over
 *
 * How far a call is that is made for somebody. From %LF_CALL_BUSY on nothing follows.
 */
typedef enum
{
  LF_CALL_REQUESTED,
  LF_CALL_RINGING_YOU,
  LF_CALL_CALLING,
  LF_CALL_CONNECTED,
  LF_CALL_BUSY,
  LF_CALL_DECLINED,
  LF_CALL_NO_ANSWER,
  LF_CALL_FAILED,
  LF_CALL_CANCELLED,
  LF_CALL_ENDED,
} LfCallState;

#define LF_N_CALL_STATES 10

/**
 * LfCallReason:
 * @LF_CALL_REASON_NONE: none
 * @LF_CALL_REASON_OWN_PHONE: the user's own telephone was not answered
 * @LF_CALL_REASON_NOT_REGISTERED: no telephone is connected to the user's line
 * @LF_CALL_REASON_NUMBER_UNKNOWN: the telephone system does not know the number
 * @LF_CALL_REASON_REFUSED: the telephone system does not let the connector make the call
 * @LF_CALL_REASON_UNAVAILABLE: the other end cannot be reached now
 * @LF_CALL_REASON_LINK_LOST: the connector, or its telephone system, is away
 * @LF_CALL_REASON_TIMEOUT: no answer came in time
 * @LF_CALL_REASON_UNSUPPORTED: the telephone system cannot do it
 * @LF_CALL_REASON_INTERNAL: the connector failed; its log says why
 *
 * Why a call failed.
 */
typedef enum
{
  LF_CALL_REASON_NONE,
  LF_CALL_REASON_OWN_PHONE,
  LF_CALL_REASON_NOT_REGISTERED,
  LF_CALL_REASON_NUMBER_UNKNOWN,
  LF_CALL_REASON_REFUSED,
  LF_CALL_REASON_UNAVAILABLE,
  LF_CALL_REASON_LINK_LOST,
  LF_CALL_REASON_TIMEOUT,
  LF_CALL_REASON_UNSUPPORTED,
  LF_CALL_REASON_INTERNAL,
} LfCallReason;

#define LF_N_CALL_REASONS 10

/* POST /calls, with an Idempotency-Key: either @address or @pickup */
typedef struct
{
  char *address; /* whom to call; nullable */
  char *pickup;  /* id of the person whose ringing line is picked up; nullable */
  char *user;    /* whose @address it is; nullable */
  char *line;    /* one of the user's own; nullable: the primary one */
} LfWireCallRequest;

/* Its answer, and inside the call frame */
typedef struct
{
  char        *id;
  char        *line;
  char        *address;
  char        *user; /* nullable */
  char        *name; /* nullable */
  LfCallState  state;
  LfCallReason reason;
  gint64       started_at_us;
} LfWireCall;

/**
 * LfCallKind:
 * @LF_CALL_MISSED: it came in, and nobody answered
 * @LF_CALL_RECEIVED: it came in and was answered
 * @LF_CALL_PLACED: it went out
 *
 * The three lists of calls.
 */
typedef enum
{
  LF_CALL_MISSED,
  LF_CALL_RECEIVED,
  LF_CALL_PLACED,
} LfCallKind;

#define LF_N_CALL_KINDS 3

/* GET /calls/history?kind=&before=&limit= */
typedef struct
{
  char      *id;
  LfCallKind kind;
  char      *line;
  char      *address; /* of the other end; nullable: withheld */
  char      *user;    /* whose that is, if it is just one person; nullable */
  char      *name;    /* of that person, or as the telephone system has it; nullable */
  gint64     started_at_us;
  gint64     answered_at_us;
  gint64     ended_at_us;    /* LF_INSTANT_NONE: not known */
  gboolean   is_provisional; /* "provisional": seen on the line; the record of the telephone system may follow */
} LfWireCallRecord;

typedef struct
{
  GPtrArray *items; /* LfWireCallRecord, latest first */
  char      *next;
} LfWireCallRecordsPage;

/* Inside the call frame: a line of the user's own, as its owner alone sees it */
typedef struct
{
  char           *line;
  LfPhoneState    state;
  gint64          since_us;
  LfCallDirection direction;
  char           *peer;      /* nullable */
  char           *peer_name; /* nullable */
  char           *user;      /* whose address @peer is; nullable */
} LfWireLineCall;

/* call: one of the four */
typedef struct
{
  LfWireCall       *call;    /* nullable */
  LfWireCallRecord *record;  /* nullable: new, or another one under the same id */
  char             *removed; /* id of a record; nullable */
  LfWireLineCall   *line;    /* nullable */
} LfWireCallChange;

/* POST /lines/{line}/calls */
typedef struct
{
  char           *call_id;
  LfCallDirection direction;
  char           *peer;      /* nullable: withheld */
  char           *peer_name; /* nullable */
  gint64          started_at_us;
  gint64          answered_at_us; /* LF_INSTANT_NONE: it was not */
  gint64          ended_at_us;    /* LF_INSTANT_NONE: not known */
  gboolean        is_provisional; /* "provisional" */
} LfWireCallReport;

typedef struct
{
  GPtrArray *items; /* LfWireCallReport */
} LfWireCallReports;

/* PUT /speed_dials */
typedef struct
{
  GStrv users; /* ids, in the order of their positions */
} LfWireSpeedDials;

/* capabilities, of a phone connector, behind each hello and when they change */
typedef struct
{
  gboolean can_call;    /* "call" */
  gboolean can_cancel;  /* "cancel" */
  gboolean can_set_dnd; /* "dnd" */
  gboolean can_pick_up; /* "pickup" */
} LfWireCapabilities;

/**
 * LfHealth:
 * @LF_HEALTH_OK: nothing, any more
 * @LF_HEALTH_LINK_LOST: the telephone system does not answer
 * @LF_HEALTH_BAD_PASSWORD: it does not take the connector's password
 * @LF_HEALTH_LINE_UNKNOWN: it does not know the line
 * @LF_HEALTH_LINE_REFUSED: it does not let the connector watch the line
 * @LF_HEALTH_NO_EVENT_PACKAGE: it does not have what is asked of the line
 * @LF_HEALTH_BAD_DOCUMENTS: it sends what cannot be read
 * @LF_HEALTH_NO_CALL_RECORDS: the file of its call records cannot be read
 * @LF_HEALTH_CALENDAR_REFUSED: where a calendar is, the connector is not let in
 * @LF_HEALTH_CALENDAR_GONE: there is no calendar any more where it was
 * @LF_HEALTH_CALENDAR_UNREADABLE: a calendar cannot be read now, or not at all
 * @LF_HEALTH_CALENDAR_DROPPED: the connector reads that calendar no longer
 *
 * What is wrong with a connector, for the administrator.
 */
typedef enum
{
  LF_HEALTH_OK,
  LF_HEALTH_LINK_LOST,
  LF_HEALTH_BAD_PASSWORD,
  LF_HEALTH_LINE_UNKNOWN,
  LF_HEALTH_LINE_REFUSED,
  LF_HEALTH_NO_EVENT_PACKAGE,
  LF_HEALTH_BAD_DOCUMENTS,
  LF_HEALTH_NO_CALL_RECORDS,
  LF_HEALTH_CALENDAR_REFUSED,
  LF_HEALTH_CALENDAR_GONE,
  LF_HEALTH_CALENDAR_UNREADABLE,
  LF_HEALTH_CALENDAR_DROPPED,
} LfHealth;

#define LF_N_HEALTHS 12

/* health, of a connector. Without a line or a source: of the whole connector; of a source without a user:
 * of all whom it is for. */
typedef struct
{
  LfHealth code;
  char    *line;   /* nullable */
  char    *source; /* of calendars, nullable */
  char    *user;   /* id, nullable */
} LfWireHealth;

typedef enum
{
  LF_COMMAND_CALL,
  LF_COMMAND_CANCEL,
  LF_COMMAND_PICK_UP,
  LF_COMMAND_DND,
} LfCommandKind;

/* command, to a phone connector; to be answered by command_result within LF_COMMAND_TIMEOUT_MS */
typedef struct
{
  char         *id; /* of the call; with dnd: of the command */
  LfCommandKind kind;
  char         *line;
  char         *address; /* of the line */
  char         *target;  /* call: whom to call; pickup: the address of the line that rings; nullable */
  char         *name;    /* of the other end, to be shown on the telephone; nullable */
  gboolean      is_on;   /* "on": dnd */
} LfWireCommand;

#define LF_COMMAND_TIMEOUT_MS 10000

/* command_result: each step of a call. For dnd `ended`, or `failed`. */
typedef struct
{
  char        *id;
  LfCallState  state;
  LfCallReason reason;
} LfWireCommandResult;

extern const char *const lf_call_state_names[LF_N_CALL_STATES + 1];
extern const char *const lf_call_reason_names[LF_N_CALL_REASONS + 1];
extern const char *const lf_call_kind_names[LF_N_CALL_KINDS + 1];
extern const char *const lf_health_names[LF_N_HEALTHS + 1];

gboolean lf_call_state_is_final (LfCallState state);

extern const LfSchema lf_schema_own_line, lf_schema_own_phone, lf_schema_line_state, lf_schema_line_call,
  lf_schema_call_report, lf_schema_call_request, lf_schema_call,
  lf_schema_call_record, lf_schema_call_records_page, lf_schema_call_change, lf_schema_call_reports,
  lf_schema_speed_dials, lf_schema_capabilities, lf_schema_health, lf_schema_command,
  lf_schema_command_result;

LF_WIRE_AUTOPTR (LfWireLineState, lf_schema_line_state)
LF_WIRE_AUTOPTR (LfWireCallRequest, lf_schema_call_request)
LF_WIRE_AUTOPTR (LfWireCall, lf_schema_call)
LF_WIRE_AUTOPTR (LfWireCallRecord, lf_schema_call_record)
LF_WIRE_AUTOPTR (LfWireCallRecordsPage, lf_schema_call_records_page)
LF_WIRE_AUTOPTR (LfWireCallChange, lf_schema_call_change)
LF_WIRE_AUTOPTR (LfWireCallReports, lf_schema_call_reports)
LF_WIRE_AUTOPTR (LfWireSpeedDials, lf_schema_speed_dials)
LF_WIRE_AUTOPTR (LfWireCommand, lf_schema_command)

G_END_DECLS

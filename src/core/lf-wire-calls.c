/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-wire-calls.h"
#include "lf-wire-table.h"

static const char *const direction_names[] = { "none", "inbound", "outbound", NULL };
static const char *const command_names[] = { "call", "cancel", "pickup", "dnd", NULL };

const char *const lf_call_state_names[LF_N_CALL_STATES + 1] = {
  [LF_CALL_REQUESTED] = "requested",
  [LF_CALL_RINGING_YOU] = "ringing_you",
  [LF_CALL_CALLING] = "calling",
  [LF_CALL_CONNECTED] = "connected",
  [LF_CALL_BUSY] = "busy",
  [LF_CALL_DECLINED] = "declined",
  [LF_CALL_NO_ANSWER] = "no_answer",
  [LF_CALL_FAILED] = "failed",
  [LF_CALL_CANCELLED] = "cancelled",
  [LF_CALL_ENDED] = "ended",
};

const char *const lf_call_reason_names[LF_N_CALL_REASONS + 1] = {
  [LF_CALL_REASON_NONE] = "none",
  [LF_CALL_REASON_OWN_PHONE] = "own_phone",
  [LF_CALL_REASON_NOT_REGISTERED] = "not_registered",
  [LF_CALL_REASON_NUMBER_UNKNOWN] = "number_unknown",
  [LF_CALL_REASON_REFUSED] = "refused",
  [LF_CALL_REASON_UNAVAILABLE] = "unavailable",
  [LF_CALL_REASON_LINK_LOST] = "link_lost",
  [LF_CALL_REASON_TIMEOUT] = "timeout",
  [LF_CALL_REASON_UNSUPPORTED] = "unsupported",
  [LF_CALL_REASON_INTERNAL] = "internal",
};

const char *const lf_call_kind_names[LF_N_CALL_KINDS + 1] = {
  [LF_CALL_MISSED] = "missed",
  [LF_CALL_RECEIVED] = "received",
  [LF_CALL_PLACED] = "placed",
};

const char *const lf_health_names[LF_N_HEALTHS + 1] = {
  [LF_HEALTH_OK] = "ok",
  [LF_HEALTH_LINK_LOST] = "link_lost",
  [LF_HEALTH_BAD_PASSWORD] = "bad_password",
  [LF_HEALTH_LINE_UNKNOWN] = "line_unknown",
  [LF_HEALTH_LINE_REFUSED] = "line_refused",
  [LF_HEALTH_NO_EVENT_PACKAGE] = "no_event_package",
  [LF_HEALTH_BAD_DOCUMENTS] = "bad_documents",
  [LF_HEALTH_NO_CALL_RECORDS] = "no_call_records",
  [LF_HEALTH_CALENDAR_REFUSED] = "calendar_refused",
  [LF_HEALTH_CALENDAR_GONE] = "calendar_gone",
  [LF_HEALTH_CALENDAR_UNREADABLE] = "calendar_unreadable",
  [LF_HEALTH_CALENDAR_DROPPED] = "calendar_dropped",
};

/* The user's own telephones */

static const LfField own_line_fields[] = {
  ID (LfWireOwnLine, line, "line", REQ),
  STRING (LfWireOwnLine, address, "address", 0, LF_ADDRESS_MAX_CHARS, REQ),
  BOOL (LfWireOwnLine, is_primary, "primary", REQ),
  BOOL (LfWireOwnLine, is_callable, "callable", REQ),
  END
};
SCHEMA (lf_schema_own_line, "own line", LfWireOwnLine, own_line_fields);

static const LfField own_phone_fields[] = {
  LIST (LfWireOwnPhone, lines, "lines", lf_schema_own_line, LF_MAX_OWN_LINES, REQ),
  STRV (LfWireOwnPhone, pickup, "pickup", LF_MAX_PICKUP),
  BOOL (LfWireOwnPhone, is_ringing_in_dnd, "rings_in_dnd", REQ),
  END
};
SCHEMA (lf_schema_own_phone, "own phone", LfWireOwnPhone, own_phone_fields);

/* The state of a line */

static const LfField line_state_fields[] = {
  ENUM (LfWireLineState, state, "state", lf_phone_state_names, REQ),
  INSTANT (LfWireLineState, since_us, "since"),
  BOOL (LfWireLineState, is_unregistered, "unregistered"),
  ENUM (LfWireLineState, direction, "direction", direction_names),
  STRING (LfWireLineState, peer, "peer", 0, LF_ADDRESS_MAX_CHARS),
  STRING (LfWireLineState, peer_name, "peer_name", 0, LF_NAME_MAX_CHARS),
  END
};
SCHEMA (lf_schema_line_state, "line state", LfWireLineState, line_state_fields);

/* Calls that are made for somebody */

static const LfField call_request_fields[] = {
  STRING (LfWireCallRequest, address, "address", 1, LF_ADDRESS_MAX_CHARS),
  ID (LfWireCallRequest, pickup, "pickup"),
  ID (LfWireCallRequest, user, "user"),
  ID (LfWireCallRequest, line, "line"),
  END
};
SCHEMA (lf_schema_call_request, "call request", LfWireCallRequest, call_request_fields);

static const LfField call_fields[] = {
  ID (LfWireCall, id, "id", REQ),
  ID (LfWireCall, line, "line", REQ),
  STRING (LfWireCall, address, "address", 1, LF_ADDRESS_MAX_CHARS, REQ),
  ID (LfWireCall, user, "user"),
  STRING (LfWireCall, name, "name", 0, LF_NAME_MAX_CHARS),
  ENUM (LfWireCall, state, "state", lf_call_state_names, REQ),
  ENUM (LfWireCall, reason, "reason", lf_call_reason_names),
  INSTANT (LfWireCall, started_at_us, "started_at", REQ),
  END
};
SCHEMA (lf_schema_call, "call", LfWireCall, call_fields);

/* Calls that were */

static const LfField call_record_fields[] = {
  ID (LfWireCallRecord, id, "id", REQ),
  ENUM (LfWireCallRecord, kind, "kind", lf_call_kind_names, REQ),
  ID (LfWireCallRecord, line, "line", REQ),
  STRING (LfWireCallRecord, address, "address", 0, LF_ADDRESS_MAX_CHARS),
  ID (LfWireCallRecord, user, "user"),
  STRING (LfWireCallRecord, name, "name", 0, LF_NAME_MAX_CHARS),
  INSTANT (LfWireCallRecord, started_at_us, "started_at", REQ),
  INSTANT (LfWireCallRecord, answered_at_us, "answered_at"),
  INSTANT (LfWireCallRecord, ended_at_us, "ended_at"),
  BOOL (LfWireCallRecord, is_provisional, "provisional", REQ),
  END
};
SCHEMA (lf_schema_call_record, "call record", LfWireCallRecord, call_record_fields);

static const LfField call_records_page_fields[] = {
  LIST (LfWireCallRecordsPage, items, "items", lf_schema_call_record, LF_PAGE_MAX_ITEMS, REQ),
  STRING (LfWireCallRecordsPage, next, "next", 1, 200),
  END
};
SCHEMA (lf_schema_call_records_page, "call records", LfWireCallRecordsPage, call_records_page_fields);

static const LfField line_call_fields[] = {
  ID (LfWireLineCall, line, "line", REQ),
  ENUM (LfWireLineCall, state, "state", lf_phone_state_names, REQ),
  INSTANT (LfWireLineCall, since_us, "since"),
  ENUM (LfWireLineCall, direction, "direction", direction_names),
  STRING (LfWireLineCall, peer, "peer", 0, LF_ADDRESS_MAX_CHARS),
  STRING (LfWireLineCall, peer_name, "peer_name", 0, LF_NAME_MAX_CHARS),
  ID (LfWireLineCall, user, "user"),
  END
};
SCHEMA (lf_schema_line_call, "line call", LfWireLineCall, line_call_fields);

static const LfField call_change_fields[] = {
  OPTIONAL (LfWireCallChange, call, "call", lf_schema_call),
  OPTIONAL (LfWireCallChange, record, "record", lf_schema_call_record),
  ID (LfWireCallChange, removed, "removed"),
  OPTIONAL (LfWireCallChange, line, "line", lf_schema_line_call),
  END
};
SCHEMA (lf_schema_call_change, "call change", LfWireCallChange, call_change_fields);

static const LfField call_report_fields[] = {
  STRING (LfWireCallReport, call_id, "call_id", 1, LF_CALL_ID_MAX_CHARS, REQ),
  ENUM (LfWireCallReport, direction, "direction", direction_names, REQ),
  STRING (LfWireCallReport, peer, "peer", 0, LF_ADDRESS_MAX_CHARS),
  STRING (LfWireCallReport, peer_name, "peer_name", 0, LF_NAME_MAX_CHARS),
  INSTANT (LfWireCallReport, started_at_us, "started_at", REQ),
  INSTANT (LfWireCallReport, answered_at_us, "answered_at"),
  INSTANT (LfWireCallReport, ended_at_us, "ended_at"),
  BOOL (LfWireCallReport, is_provisional, "provisional", REQ),
  END
};
SCHEMA (lf_schema_call_report, "call report", LfWireCallReport, call_report_fields);

static const LfField call_reports_fields[] = {
  LIST (LfWireCallReports, items, "items", lf_schema_call_report, LF_CALL_REPORT_MAX, REQ),
  END
};
SCHEMA (lf_schema_call_reports, "call reports", LfWireCallReports, call_reports_fields);

/* Speed dials */

static const LfField speed_dials_fields[] = {
  STRV (LfWireSpeedDials, users, "users", LF_SPEED_DIAL_MAX, REQ),
  END
};
SCHEMA (lf_schema_speed_dials, "speed dials", LfWireSpeedDials, speed_dials_fields);

/* Phone connectors */

static const LfField capabilities_fields[] = {
  BOOL (LfWireCapabilities, can_call, "call", REQ),
  BOOL (LfWireCapabilities, can_cancel, "cancel", REQ),
  BOOL (LfWireCapabilities, can_set_dnd, "dnd", REQ),
  BOOL (LfWireCapabilities, can_pick_up, "pickup", REQ),
  END
};
SCHEMA (lf_schema_capabilities, "capabilities", LfWireCapabilities, capabilities_fields);

static const LfField health_fields[] = {
  ENUM (LfWireHealth, code, "code", lf_health_names, REQ),
  ID (LfWireHealth, line, "line"),
  ID (LfWireHealth, source, "source"),
  ID (LfWireHealth, user, "user"),
  END
};
SCHEMA (lf_schema_health, "health", LfWireHealth, health_fields);

static const LfField command_fields[] = {
  ID (LfWireCommand, id, "id", REQ),
  ENUM (LfWireCommand, kind, "kind", command_names, REQ),
  ID (LfWireCommand, line, "line", REQ),
  STRING (LfWireCommand, address, "address", 1, LF_ADDRESS_MAX_CHARS, REQ),
  STRING (LfWireCommand, target, "target", 1, LF_ADDRESS_MAX_CHARS),
  STRING (LfWireCommand, name, "name", 0, LF_NAME_MAX_CHARS),
  BOOL (LfWireCommand, is_on, "on"),
  END
};
SCHEMA (lf_schema_command, "command", LfWireCommand, command_fields);

static const LfField command_result_fields[] = {
  ID (LfWireCommandResult, id, "id", REQ),
  ENUM (LfWireCommandResult, state, "state", lf_call_state_names, REQ),
  ENUM (LfWireCommandResult, reason, "reason", lf_call_reason_names),
  END
};
SCHEMA (lf_schema_command_result, "command result", LfWireCommandResult, command_result_fields);

/**
 * lf_call_state_is_final:
 * @state: of a call
 *
 * Returns: %TRUE if nothing follows it
 */
gboolean
lf_call_state_is_final (LfCallState state)
{
  return state >= LF_CALL_BUSY;
}

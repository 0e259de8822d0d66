/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-wire-calendars.h"
#include "lf-wire-calls.h"
#include "lf-wire-table.h"

/* Service */

static const LfField info_fields[] = {
  STRING (LfWireInfo, name, "name", 1, LF_NAME_MAX_CHARS, REQ),
  STRING (LfWireInfo, version, "version", 1, LF_NAME_MAX_CHARS, REQ),
  INT (LfWireInfo, api, "api", 1, 1000, REQ),
  STRV (LfWireInfo, features, "features", 100),
  INSTANT (LfWireInfo, server_time_us, "server_time", REQ),
  END
};
SCHEMA (lf_schema_info, "info", LfWireInfo, info_fields);

static const LfField problem_fields[] = {
  STRING (LfWireProblem, type, "type", 0, 200),
  STRING (LfWireProblem, title, "title", 0, 200),
  INT (LfWireProblem, status, "status", 100, 599, REQ),
  STRING (LfWireProblem, code, "code", 1, 64, REQ),
  STRING (LfWireProblem, detail, "detail", 0, 1000),
  END
};
SCHEMA (lf_schema_problem, "problem", LfWireProblem, problem_fields);

/* Sessions */

static const LfField login_fields[] = {
  STRING (LfWireLogin, user, "user", 1, LF_LOGIN_MAX_CHARS, REQ),
  STRING (LfWireLogin, password, "password", 1, LF_PASSWORD_MAX_CHARS, REQ),
  STRING (LfWireLogin, device, "device", 0, LF_NAME_MAX_CHARS),
  END
};
SCHEMA (lf_schema_login, "login", LfWireLogin, login_fields);

static const LfField refresh_fields[] = {
  STRING (LfWireRefresh, refresh_token, "refresh_token", 1, LF_TOKEN_MAX_CHARS, REQ),
  END
};
SCHEMA (lf_schema_refresh, "refresh", LfWireRefresh, refresh_fields);

static const LfField tokens_fields[] = {
  ID (LfWireTokens, user, "user", REQ),
  ID (LfWireTokens, session, "session", REQ),
  STRING (LfWireTokens, access_token, "access_token", 1, LF_TOKEN_MAX_CHARS, REQ),
  INSTANT (LfWireTokens, access_expires_at_us, "access_expires_at", REQ),
  STRING (LfWireTokens, refresh_token, "refresh_token", 1, LF_TOKEN_MAX_CHARS, REQ),
  INSTANT (LfWireTokens, refresh_expires_at_us, "refresh_expires_at", REQ),
  END
};
SCHEMA (lf_schema_tokens, "tokens", LfWireTokens, tokens_fields);

static const LfField methods_fields[] = {
  STRV (LfWireMethods, methods, "methods", 20, REQ),
  END
};
SCHEMA (lf_schema_methods, "methods", LfWireMethods, methods_fields);

static const LfField session_fields[] = {
  ID (LfWireSession, id, "id", REQ),
  STRING (LfWireSession, device, "device", 0, LF_NAME_MAX_CHARS),
  INSTANT (LfWireSession, created_at_us, "created_at", REQ),
  INSTANT (LfWireSession, last_seen_at_us, "last_seen_at"),
  BOOL (LfWireSession, is_current, "current"),
  END
};
SCHEMA (lf_schema_session, "session", LfWireSession, session_fields);

static const LfField sessions_page_fields[] = {
  LIST (LfWireSessionsPage, items, "items", lf_schema_session, LF_PAGE_MAX_ITEMS, REQ),
  STRING (LfWireSessionsPage, next, "next", 1, 200),
  END
};
SCHEMA (lf_schema_sessions_page, "sessions", LfWireSessionsPage, sessions_page_fields);

/* The user */

static const LfField status_fields[] = {
  ENUM (LfWireStatus, choice, "choice", choice_names, REQ),
  STRING (LfWireStatus, text, "text", 0, LF_NOTE_MAX_CHARS),
  STRING (LfWireStatus, emoji, "emoji", 0, 16),
  INSTANT (LfWireStatus, expires_at_us, "expires_at"),
  END
};
SCHEMA (lf_schema_status, "status", LfWireStatus, status_fields);

static const LfField dnd_fields[] = {
  BOOL (LfWireDnd, is_on, "on", REQ),
  INSTANT (LfWireDnd, expires_at_us, "expires_at"),
  END
};
SCHEMA (lf_schema_dnd, "dnd", LfWireDnd, dnd_fields);

static const LfField visibility_fields[] = {
  BOOL (LfWireVisibility, is_invisible, "invisible", REQ),
  END
};
SCHEMA (lf_schema_visibility, "visibility", LfWireVisibility, visibility_fields);

static const LfField person_fields[] = {
  ID (LfWirePerson, id, "id", REQ),
  STRING (LfWirePerson, login, "login", 0, LF_LOGIN_MAX_CHARS),
  STRING (LfWirePerson, name, "name", 0, LF_NAME_MAX_CHARS),
  STRING (LfWirePerson, title, "title", 0, LF_NAME_MAX_CHARS),
  STRING (LfWirePerson, department, "department", 0, LF_NAME_MAX_CHARS),
  STRING (LfWirePerson, mail, "mail", 0, 254),
  STRV (LfWirePerson, addresses, "addresses", LF_MAX_ADDRESSES),
  BOOL (LfWirePerson, is_place, "place"),
  END
};
SCHEMA (lf_schema_person, "person", LfWirePerson, person_fields);

static const LfField people_page_fields[] = {
  LIST (LfWirePeoplePage, items, "items", lf_schema_person, LF_PAGE_MAX_ITEMS, REQ),
  STRING (LfWirePeoplePage, next, "next", 1, 200),
  END
};
SCHEMA (lf_schema_people_page, "people", LfWirePeoplePage, people_page_fields);

static const LfField me_fields[] = {
  STRUCT (LfWireMe, person, "person", lf_schema_person, REQ),
  STRING (LfWireMe, time_zone, "time_zone", 0, 64),
  STRUCT (LfWireMe, status, "status", lf_schema_status, REQ),
  INSTANT (LfWireMe, note_since_us, "note_since"),
  STRUCT (LfWireMe, dnd, "dnd", lf_schema_dnd, REQ),
  STRUCT (LfWireMe, visibility, "visibility", lf_schema_visibility, REQ),
  OPTIONAL (LfWireMe, phone, "phone", lf_schema_own_phone),
  LIST (LfWireMe, calendars, "calendars", lf_schema_read_calendar, LF_MAX_READ_CALENDARS),
  END
};
SCHEMA (lf_schema_me, "me", LfWireMe, me_fields);

static const LfField me_patch_fields[] = {
  STRING (LfWireMePatch, title, "title", 0, LF_NAME_MAX_CHARS),
  STRING (LfWireMePatch, time_zone, "time_zone", 0, 64),
  END
};
SCHEMA (lf_schema_me_patch, "me", LfWireMePatch, me_patch_fields);

/* Roster */

#define CONTACT_MEMBERS                              \
  ID (LfWireContact, group, "group"),                \
    BOOL (LfWireContact, is_favourite, "favourite"), \
    BOOL (LfWireContact, is_watched, "watched"),     \
    INT (LfWireContact, speed_dial, "speed_dial", 0, 1000)

static const LfField contact_fields[] = {
  ID (LfWireContact, user, "user", REQ),
  OPTIONAL (LfWireContact, person, "person", lf_schema_person),
  CONTACT_MEMBERS,
  END
};
SCHEMA (lf_schema_contact, "contact", LfWireContact, contact_fields);

static const LfField contact_request_fields[] = {
  CONTACT_MEMBERS,
  END
};
SCHEMA (lf_schema_contact_request, "contact", LfWireContact, contact_request_fields);

static const LfField group_fields[] = {
  ID (LfWireGroup, id, "id"),
  STRING (LfWireGroup, name, "name", 1, LF_GROUP_MAX_CHARS, REQ),
  INT (LfWireGroup, position, "position", 0, 10000),
  END
};
SCHEMA (lf_schema_group, "group", LfWireGroup, group_fields);

static const LfField groups_fields[] = {
  LIST (LfWireGroups, items, "items", lf_schema_group, LF_PAGE_MAX_ITEMS, REQ),
  END
};
SCHEMA (lf_schema_groups, "groups", LfWireGroups, groups_fields);

static const LfField contacts_fields[] = {
  LIST (LfWireContacts, items, "items", lf_schema_contact, NO_LIMIT, REQ),
  LIST (LfWireContacts, groups, "groups", lf_schema_group, LF_PAGE_MAX_ITEMS),
  END
};
SCHEMA (lf_schema_contacts, "contacts", LfWireContacts, contacts_fields);

/* Presence */

static const LfField note_fields[] = {
  STRING (LfNote, text, "text", 0, LF_NOTE_MAX_CHARS),
  STRING (LfNote, emoji, "emoji", 0, 16),
  INSTANT (LfNote, expires_at_us, "expires_at"),
  END
};
static SCHEMA (note_schema, "note", LfNote, note_fields);

static const LfField phone_fields[] = {
  ENUM (LfPhone, state, "state", lf_phone_state_names, REQ),
  INSTANT (LfPhone, since_us, "since"),
  UNSENT (LfPhone, valid_until_us),
  STRING (LfPhone, detail, "detail", 0, LF_ADDRESS_MAX_CHARS),
  STRING (LfPhone, source, "source", 0, LF_NAME_MAX_CHARS),
  ENUM (LfPhone, reason, "reason", lf_phone_reason_names),
  END
};
static SCHEMA (phone_schema, "phone", LfPhone, phone_fields);

static const LfField reachability_fields[] = {
  ENUM (LfReachability, state, "state", lf_reachability_state_names, REQ),
  INSTANT (LfReachability, since_us, "since"),
  UNSENT (LfReachability, valid_until_us),
  STRUCT (LfReachability, note, "note", note_schema),
  END
};
static SCHEMA (reachability_schema, "reachability", LfReachability, reachability_fields);

static const LfField presence_fields[] = {
  ID (LfWirePresence, user, "user", REQ),
  INT (LfWirePresence, rev, "rev", 0, COUNT_MAX, REQ),
  INT (LfWirePresence, calendar_rev, "calendar_rev", 0, COUNT_MAX),
  STRUCT (LfWirePresence, phone, "phone", phone_schema, REQ),
  STRUCT (LfWirePresence, reachability, "reachability", reachability_schema, REQ),
  END
};
SCHEMA (lf_schema_presence, "presence", LfWirePresence, presence_fields);

static const LfField presence_list_fields[] = {
  LIST (LfWirePresenceList, items, "items", lf_schema_presence, LF_PAGE_MAX_ITEMS, REQ),
  END
};
SCHEMA (lf_schema_presence_list, "presence", LfWirePresenceList, presence_list_fields);

/* Calendars */

static const LfField period_fields[] = {
  INSTANT (LfBusyPeriod, start_us, "start", REQ),
  INSTANT (LfBusyPeriod, end_us, "end", REQ),
  ENUM (LfBusyPeriod, type, "type", lf_busy_type_names, REQ),
  END
};
static SCHEMA (period_schema, "period", LfBusyPeriod, period_fields);

static const LfField busy_fields[] = {
  ID (LfWireBusy, user, "user", REQ),
  INT (LfWireBusy, rev, "rev", 0, COUNT_MAX, REQ),
  INSTANT (LfWireBusy, known_from_us, "known_from"),
  INSTANT (LfWireBusy, known_until_us, "known_until"),
  INSTANT (LfWireBusy, read_at_us, "read_at"),
  STRING (LfWireBusy, source, "source", 0, LF_NAME_MAX_CHARS),
  LIST (LfWireBusy, periods, "periods", period_schema, 10 * LF_BUSY_MAX_PERIODS, REQ),
  BOOL (LfWireBusy, is_state_only, "state_only"),
  END
};
SCHEMA (lf_schema_busy, "busy", LfWireBusy, busy_fields);

static const LfField busy_list_fields[] = {
  LIST (LfWireBusyList, items, "items", lf_schema_busy, LF_PAGE_MAX_ITEMS, REQ),
  END
};
SCHEMA (lf_schema_busy_list, "busy", LfWireBusyList, busy_list_fields);

static const LfField busy_report_fields[] = {
  INSTANT (LfWireBusyReport, read_at_us, "read_at", REQ),
  INSTANT (LfWireBusyReport, known_from_us, "known_from", REQ),
  INSTANT (LfWireBusyReport, known_until_us, "known_until", REQ),
  LIST (LfWireBusyReport, periods, "periods", period_schema, LF_BUSY_MAX_PERIODS, REQ),
  END
};
SCHEMA (lf_schema_busy_report, "busy report", LfWireBusyReport, busy_report_fields);

static const LfField early_end_fields[] = {
  INSTANT (LfWireEarlyEnd, start_us, "start", REQ),
  INSTANT (LfWireEarlyEnd, end_us, "end", REQ),
  INSTANT (LfWireEarlyEnd, ended_at_us, "ended_at", REQ),
  END
};
SCHEMA (lf_schema_early_end, "early end", LfWireEarlyEnd, early_end_fields);

/* Conversations */

static const LfField member_fields[] = {
  ID (LfWireMember, user, "user", REQ),
  STRING (LfWireMember, name, "name", 0, LF_NAME_MAX_CHARS),
  INT (LfWireMember, delivered_seq, "delivered_seq", 0, COUNT_MAX),
  INT (LfWireMember, read_seq, "read_seq", 0, COUNT_MAX),
  END
};
SCHEMA (lf_schema_member, "member", LfWireMember, member_fields);

static const LfField message_fields[] = {
  ID (LfWireMessage, conversation, "conversation", REQ),
  ID (LfWireMessage, id, "id", REQ),
  INT (LfWireMessage, seq, "seq", 1, COUNT_MAX, REQ),
  ID (LfWireMessage, sender, "sender", REQ),
  STRING (LfWireMessage, body, "body", 1, LF_MESSAGE_MAX_CHARS, REQ),
  INSTANT (LfWireMessage, sent_at_us, "sent_at", REQ),
  END
};
SCHEMA (lf_schema_message, "message", LfWireMessage, message_fields);

static const LfField message_body_fields[] = {
  STRING (LfWireMessageBody, body, "body", 1, LF_MESSAGE_MAX_CHARS, REQ),
  END
};
SCHEMA (lf_schema_message_body, "message", LfWireMessageBody, message_body_fields);

static const LfField messages_page_fields[] = {
  LIST (LfWireMessagesPage, items, "items", lf_schema_message, LF_PAGE_MAX_ITEMS, REQ),
  STRING (LfWireMessagesPage, next, "next", 1, 200),
  END
};
SCHEMA (lf_schema_messages_page, "messages", LfWireMessagesPage, messages_page_fields);

static const LfField conversation_fields[] = {
  ID (LfWireConversation, id, "id", REQ),
  INSTANT (LfWireConversation, created_at_us, "created_at"),
  INT (LfWireConversation, last_seq, "last_seq", 0, COUNT_MAX),
  INT (LfWireConversation, unread, "unread", 0, COUNT_MAX),
  LIST (LfWireConversation, members, "members", lf_schema_member, LF_MAX_MEMBERS, REQ),
  OPTIONAL (LfWireConversation, last_message, "last_message", lf_schema_message),
  END
};
SCHEMA (lf_schema_conversation, "conversation", LfWireConversation, conversation_fields);

static const LfField conversation_request_fields[] = {
  STRV (LfWireConversationRequest, members, "members", LF_MAX_MEMBERS, REQ, .min = 1),
  END
};
SCHEMA (lf_schema_conversation_request, "conversation", LfWireConversationRequest, conversation_request_fields);

static const LfField conversations_page_fields[] = {
  LIST (LfWireConversationsPage, items, "items", lf_schema_conversation, LF_PAGE_MAX_ITEMS, REQ),
  STRING (LfWireConversationsPage, next, "next", 1, 200),
  END
};
SCHEMA (lf_schema_conversations_page, "conversations", LfWireConversationsPage, conversations_page_fields);

static const LfField seq_fields[] = {
  INT (LfWireSeq, seq, "seq", 1, COUNT_MAX, REQ),
  END
};
SCHEMA (lf_schema_seq, "mark", LfWireSeq, seq_fields);

/* Connectors */

static const LfField line_fields[] = {
  ID (LfWireLine, line, "line", REQ),
  STRING (LfWireLine, address, "address", 0, LF_ADDRESS_MAX_CHARS),
  ID (LfWireLine, primary_of, "primary_of"),
  END
};
SCHEMA (lf_schema_line, "line", LfWireLine, line_fields);

static const LfField lines_fields[] = {
  LIST (LfWireLines, items, "items", lf_schema_line, NO_LIMIT, REQ),
  END
};
SCHEMA (lf_schema_lines, "lines", LfWireLines, lines_fields);

static const LfField connector_person_fields[] = {
  ID (LfWireConnectorPerson, id, "id", REQ),
  STRING (LfWireConnectorPerson, login, "login", 0, LF_LOGIN_MAX_CHARS),
  STRING (LfWireConnectorPerson, mail, "mail", 0, 254),
  END
};
SCHEMA (lf_schema_connector_person, "person", LfWireConnectorPerson, connector_person_fields);

static const LfField connector_people_fields[] = {
  LIST (LfWireConnectorPeople, items, "items", lf_schema_connector_person, NO_LIMIT, REQ),
  END
};
SCHEMA (lf_schema_connector_people, "people", LfWireConnectorPeople, connector_people_fields);

/* Privacy */

static const char *const calendar_view_names[LF_N_CALENDAR_VIEWS + 1] = {
  [LF_CALENDAR_VIEW_DEFAULT] = "default",
  [LF_CALENDAR_VIEW_PERIODS] = "periods",
  [LF_CALENDAR_VIEW_STATE] = "state",
  [LF_CALENDAR_VIEW_NONE] = "none",
};

static const LfField exception_fields[] = {
  ID (LfWireException, user, "user", REQ),
  ENUM (LfWireException, calendar, "calendar", calendar_view_names, REQ),
  END
};
SCHEMA (lf_schema_exception, "exception", LfWireException, exception_fields);

static const LfField privacy_fields[] = {
  ENUM (LfWirePrivacy, calendar, "calendar", calendar_view_names),
  STRV (LfWirePrivacy, blocked, "blocked", NO_LIMIT, REQ),
  LIST (LfWirePrivacy, exceptions, "exceptions", lf_schema_exception, NO_LIMIT),
  END
};
SCHEMA (lf_schema_privacy, "privacy", LfWirePrivacy, privacy_fields);

static const LfField privacy_request_fields[] = {
  ENUM (LfWirePrivacy, calendar, "calendar", calendar_view_names, REQ),
  END
};
SCHEMA (lf_schema_privacy_request, "privacy", LfWirePrivacy, privacy_request_fields);

static const LfField permission_fields[] = {
  BOOL (LfWirePermission, is_blocked, "blocked", REQ),
  ENUM (LfWirePermission, calendar, "calendar", calendar_view_names),
  END
};
SCHEMA (lf_schema_permission, "permission", LfWirePermission, permission_fields);

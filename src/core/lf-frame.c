/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-wire-calls.h"
#include "lf-wire-table.h"

static const LfField empty_fields[] = { END };
SCHEMA (lf_schema_empty, "frame", LfWireEmpty, empty_fields);

static const LfField resume_fields[] = {
  ID (LfWireResume, session, "session", REQ),
  INT (LfWireResume, count, "count", 0, COUNT_MAX, REQ),
  END
};
static SCHEMA (resume_schema, "resume", LfWireResume, resume_fields);

static const LfField hello_fields[] = {
  ID (LfWireHello, session, "session", REQ),
  INSTANT (LfWireHello, server_time_us, "server_time", REQ),
  INT (LfWireHello, ping_s, "ping_s", 1, 3600, REQ),
  INT (LfWireHello, window, "window", 1, 1000000, REQ),
  STRV (LfWireHello, features, "features", 100),
  BOOL (LfWireHello, is_resumed, "resumed", REQ),
  INT (LfWireHello, count, "count", 0, COUNT_MAX),
  END
};
static SCHEMA (hello_schema, "hello", LfWireHello, hello_fields);

static const LfField snapshot_fields[] = {
  INT (LfWireSnapshot, part, "part", 0, 1000000, REQ),
  BOOL (LfWireSnapshot, is_last, "last", REQ),
  OPTIONAL (LfWireSnapshot, me, "me", lf_schema_me),
  LIST (LfWireSnapshot, groups, "groups", lf_schema_group, LF_PAGE_MAX_ITEMS),
  LIST (LfWireSnapshot, contacts, "contacts", lf_schema_contact, NO_LIMIT),
  LIST (LfWireSnapshot, presence, "presence", lf_schema_presence, NO_LIMIT),
  LIST (LfWireSnapshot, conversations, "conversations", lf_schema_conversation, NO_LIMIT),
  END
};
static SCHEMA (snapshot_schema, "snapshot", LfWireSnapshot, snapshot_fields);

static const LfField calendar_change_fields[] = {
  ID (LfWireCalendarChange, user, "user", REQ),
  INT (LfWireCalendarChange, calendar_rev, "calendar_rev", 0, COUNT_MAX, REQ),
  END
};
static SCHEMA (calendar_change_schema, "calendar", LfWireCalendarChange, calendar_change_fields);

static const LfField mark_fields[] = {
  ID (LfWireMark, conversation, "conversation", REQ),
  ID (LfWireMark, user, "user"),
  INT (LfWireMark, seq, "seq", 1, COUNT_MAX, REQ),
  END
};
static SCHEMA (mark_schema, "mark", LfWireMark, mark_fields);

static const LfField typing_fields[] = {
  ID (LfWireMark, conversation, "conversation", REQ),
  ID (LfWireMark, user, "user"),
  END
};
static SCHEMA (typing_schema, "typing", LfWireMark, typing_fields);

static const LfField contact_change_fields[] = {
  OPTIONAL (LfWireContactChange, contact, "contact", lf_schema_contact),
  ID (LfWireContactChange, removed, "removed"),
  OPTIONAL (LfWireContactChange, groups, "groups", lf_schema_groups),
  END
};
static SCHEMA (contact_change_schema, "contact", LfWireContactChange, contact_change_fields);

static const LfField session_change_fields[] = {
  STRUCT (LfWireSessionChange, me, "me", lf_schema_me, REQ),
  END
};
static SCHEMA (session_change_schema, "session", LfWireSessionChange, session_change_fields);

static const LfField ack_fields[] = {
  INT (LfWireAck, count, "count", 0, COUNT_MAX, REQ),
  END
};
static SCHEMA (ack_schema, "ack", LfWireAck, ack_fields);

static const LfField reach_fields[] = {
  ENUM (LfWireReach, state, "state", lf_reachability_state_names, REQ),
  INSTANT (LfWireReach, since_us, "since"),
  BOOL (LfWireReach, is_on_the_phone, "on_the_phone"),
  END
};
static SCHEMA (reach_schema, "reach", LfWireReach, reach_fields);

static const LfField bye_fields[] = {
  STRING (LfWireBye, reason, "reason", 0, LF_NAME_MAX_CHARS),
  END
};
static SCHEMA (bye_schema, "bye", LfWireBye, bye_fields);

static const LfField ping_fields[] = {
  INT (LfWirePing, n, "n", 0, COUNT_MAX, REQ),
  END
};
static SCHEMA (ping_schema, "ping", LfWirePing, ping_fields);

static const LfField error_fields[] = {
  STRING (LfWireErrorFrame, code, "code", 1, 64, REQ),
  STRING (LfWireErrorFrame, detail, "detail", 0, 1000),
  END
};
static SCHEMA (error_schema, "error", LfWireErrorFrame, error_fields);

/* both in the order of LfFrameType */
static const char *const frame_names[LF_N_FRAME_TYPES + 1] = {
  "start", "resume", "hello", "snapshot", "presence", "calendar", "message", "delivered", "read", "typing",
  "contact", "session", "lines", "people", "call", "command", "ack", "reach", "bye", "ping", "pong", "error",
  "capabilities", "health", "command_result", NULL
};
static const LfSchema *const frame_schemas[LF_N_FRAME_TYPES] = {
  &lf_schema_empty, &resume_schema, &hello_schema, &snapshot_schema, &lf_schema_presence,
  &calendar_change_schema, &lf_schema_message, &mark_schema, &mark_schema, &typing_schema,
  &contact_change_schema, &session_change_schema, &lf_schema_empty, &lf_schema_empty,
  &lf_schema_call_change, &lf_schema_command, &ack_schema, &reach_schema, &bye_schema, &ping_schema,
  &ping_schema, &error_schema, &lf_schema_capabilities, &lf_schema_health, &lf_schema_command_result
};

/**
 * lf_frame_get_schema:
 * @type: a type of frame
 *
 * Returns: how its body stands on the wire
 */
const LfSchema *
lf_frame_get_schema (LfFrameType type)
{
  g_return_val_if_fail ((guint) type < LF_N_FRAME_TYPES, NULL);

  return frame_schemas[type];
}

/**
 * lf_frame_get_name:
 * @type: a type of frame
 *
 * Returns: the value of its member `t`
 */
const char *
lf_frame_get_name (LfFrameType type)
{
  g_return_val_if_fail ((guint) type < LF_N_FRAME_TYPES, NULL);

  return frame_names[type];
}

/**
 * lf_frame_decode:
 * @text: one WebSocket message
 * @length: of @text
 * @limits: of the strict check
 * @error: as lf_codec_decode(); %LF_ERROR_VERSION for a type that this version does not know, which a
 *   client skips
 *
 * Returns: (transfer full) (nullable): the frame
 */
LfFrame *
lf_frame_decode (const char *text, gsize length, const LfJsonLimits *limits, GError **error)
{
  guint    which = 0;
  gpointer body = lf_codec_decode_tagged ("t", frame_names, frame_schemas, text, length, limits, &which, error);
  LfFrame *frame;

  if (body == NULL)
    return NULL;
  frame = g_new (LfFrame, 1);
  frame->type = (LfFrameType) which;
  frame->body = body;
  return frame;
}

/**
 * lf_frame_encode:
 * @type: a type of frame
 * @body: (nullable): the struct of lf_frame_get_schema(); %NULL for one without members
 * @out: where to append the JSON object
 */
void
lf_frame_encode (LfFrameType type, gconstpointer body, GString *out)
{
  LfJsonWriter writer;

  g_return_if_fail ((guint) type < LF_N_FRAME_TYPES);

  lf_json_writer_init (&writer, out);
  lf_json_writer_begin (&writer, '{');
  lf_json_writer_name (&writer, "t");
  lf_json_writer_string (&writer, frame_names[type]);
  if (body != NULL)
    lf_codec_encode_members (frame_schemas[type], body, &writer);
  lf_json_writer_end (&writer, '}');
}

/**
 * lf_frame_free:
 * @self: (transfer full) (nullable): a frame made by lf_frame_decode()
 */
void
lf_frame_free (LfFrame *self)
{
  if (self == NULL)
    return;
  lf_codec_free (lf_frame_get_schema (self->type), self->body);
  g_free (self);
}

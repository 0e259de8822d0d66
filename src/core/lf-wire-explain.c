/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-wire-explain.h"
#include "lf-wire-table.h"

static const LfField claim_fields[] = {
  STRING (LfWireClaim, id, "id", 1, LF_STRV_MAX_CHARS, REQ),
  ENUM (LfWireClaim, kind, "kind", lf_kind_names, REQ),
  STRING (LfWireClaim, value, "value", 1, 64, REQ),
  STRING (LfWireClaim, source, "source", 0, LF_NAME_MAX_CHARS, REQ),
  STRING (LfWireClaim, detail, "detail", 0, 400),
  INSTANT (LfWireClaim, since_us, "since"),
  INSTANT (LfWireClaim, heard_us, "heard_at"),
  INSTANT (LfWireClaim, lease_until_us, "lease_until"),
  STRING (LfWireClaim, trouble, "trouble", 0, 400),
  INSTANT (LfWireClaim, trouble_us, "trouble_at"),
  BOOL (LfWireClaim, decides, "decides", REQ),
  STRV (LfWireClaim, beats, "beats", NO_LIMIT, REQ),
  END,
};
SCHEMA (lf_schema_claim, "claim", LfWireClaim, claim_fields);

static const LfField verdict_fields[] = {
  INSTANT (LfWireVerdict, at_us, "at", REQ),
  ENUM (LfWireVerdict, status, "status", lf_display_status_names, REQ),
  ENUM (LfWireVerdict, kind, "kind", lf_kind_names, REQ),
  INSTANT (LfWireVerdict, since_us, "since"),
  INSTANT (LfWireVerdict, until_us, "until"),
  STRV (LfWireVerdict, stale, "stale", LF_N_KINDS, REQ),
  END,
};
SCHEMA (lf_schema_verdict, "verdict", LfWireVerdict, verdict_fields);

static const LfField explanation_fields[] = {
  ID (LfWireExplanation, user, "user", REQ),
  STRING (LfWireExplanation, login, "login", 1, LF_LOGIN_MAX_CHARS, REQ),
  STRING (LfWireExplanation, name, "name", 1, LF_NAME_MAX_CHARS, REQ),
  BOOL (LfWireExplanation, is_blocked, "blocked", REQ),
  BOOL (LfWireExplanation, is_invisible, "invisible", REQ),
  BOOL (LfWireExplanation, is_running, "running", REQ),
  INT (LfWireExplanation, rev, "rev", 0, COUNT_MAX, REQ),
  INT (LfWireExplanation, calendar_rev, "calendar_rev", 0, COUNT_MAX, REQ),
  STRUCT (LfWireExplanation, now, "now", lf_schema_verdict, REQ),
  OPTIONAL (LfWireExplanation, next, "next", lf_schema_verdict),
  LIST (LfWireExplanation, claims, "claims", lf_schema_claim, NO_LIMIT, REQ),
  END,
};
SCHEMA (lf_schema_explanation, "explanation", LfWireExplanation, explanation_fields);

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-resolver.h"
#include "lf-wire.h"

G_BEGIN_DECLS

/* GET /admin/people/{id}/explain: what each source claims of a person, and what is made of it */

/**
 * LfWireClaim:
 * @id: "phone/line/2041": names it in @beats of others
 * @kind: of presence
 * @value: what it says: a state of its kind, or "unknown"
 * @source: who says so: a device, a connector, a calendar, or the person
 * @detail: (nullable): words for people
 * @since_us: of @value
 * @heard_us: when the source was last heard
 * @lease_until_us: when it ends unless the source is heard again, or by its own end
 * @trouble: (nullable): what went wrong last with the source
 * @trouble_us: when
 * @decides: whether its kind has its value from it
 * @beats: ids of the claims it stands before
 */
typedef struct
{
  char    *id;
  LfKind   kind;
  char    *value;
  char    *source;
  char    *detail;
  gint64   since_us;
  gint64   heard_us;
  gint64   lease_until_us;
  char    *trouble;
  gint64   trouble_us;
  gboolean decides;
  GStrv    beats;
} LfWireClaim;

/* What the resolver makes of it at an instant. @stale: kinds. */
typedef struct
{
  gint64          at_us;
  LfDisplayStatus status;
  LfKind          kind;
  gint64          since_us;
  gint64          until_us;
  GStrv           stale;
} LfWireVerdict;

typedef struct
{
  char          *user;
  char          *login;
  char          *name;
  gboolean       is_blocked;
  gboolean       is_invisible;
  gboolean       is_running; /* a server holds what is in memory: lines and devices */
  gint64         rev;
  gint64         calendar_rev;
  LfWireVerdict  now;
  LfWireVerdict *next;   /* nullable: nothing changes by itself */
  GPtrArray     *claims; /* LfWireClaim: of each kind the strongest first */
} LfWireExplanation;

extern const LfSchema lf_schema_claim, lf_schema_verdict, lf_schema_explanation;

LF_WIRE_AUTOPTR (LfWireExplanation, lf_schema_explanation)

G_END_DECLS

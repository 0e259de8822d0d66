/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

/**
 * LfCdr:
 * @call_id: name of the call: the Call-ID of SIP, or what the PBX has in its place
 * @caller_line: (nullable): extension of the telephone that calls, where it is one of the PBX
 * @callee_line: (nullable): extension of the telephone that rang, or was to
 * @caller: (nullable): number or SIP URI that calls
 * @caller_name: (nullable): whose that is
 * @callee: (nullable): what was dialled
 * @started_us: wall-clock instant
 * @answered_us: wall-clock instant, or %LF_INSTANT_NONE
 * @ended_us: wall-clock instant, or %LF_INSTANT_NONE: not known
 * @is_taken: the telephone of @callee_line has answered, and not a mailbox in its place
 *
 * A call detail record: what a PBX writes down of a call that was.
 */
typedef struct
{
  char    *call_id;
  char    *caller_line;
  char    *callee_line;
  char    *caller;
  char    *caller_name;
  char    *callee;
  gint64   started_us;
  gint64   answered_us;
  gint64   ended_us;
  gboolean is_taken;
} LfCdr;

void lf_cdr_clear (LfCdr *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LfCdr, lf_cdr_clear)

G_END_DECLS

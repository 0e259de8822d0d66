/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

/**
 * LfLineState:
 * @state: on-hook, ringing and so on; unknown also while @is_registered is %FALSE
 * @is_registered: %FALSE when the PBX tells that no phone is registered on the line
 * @direction: of the call that decides @state
 * @peer: (nullable): the other end's number or SIP URI, as the PBX writes it
 * @peer_name: (nullable): its display name
 * @since_us: wall-clock instant since which it has been so, or %LF_INSTANT_NONE
 *
 * What the telephone system says of one line, whatever the form in which it says it.
 */
typedef struct
{
  LfPhoneState    state;
  gboolean        is_registered;
  LfCallDirection direction;
  char           *peer;
  char           *peer_name;
  gint64          since_us;
} LfLineState;

void     lf_line_state_copy (LfLineState *self, const LfLineState *other);
void     lf_line_state_clear (LfLineState *self);
gboolean lf_line_state_equal (const LfLineState *a, const LfLineState *b);

G_END_DECLS

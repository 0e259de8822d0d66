/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

/**
 * LfCallEnd:
 * @state: final
 * @reason: why, where @state is %LF_CALL_FAILED
 *
 * What a call has come to.
 */
typedef struct
{
  LfCallState  state;
  LfCallReason reason;
} LfCallEnd;

LfCallEnd lf_call_end_of_own (int status);
LfCallEnd lf_call_end_of_other (int status);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-call-outcome.h"
#include "lf-phone-ua.h"

G_BEGIN_DECLS

/**
 * LfSipCallFuncs:
 * @changed: the call is in another state; after a final one it is freed by whoever made it
 *
 * Who is told of a call.
 */
typedef struct
{
  void (*changed) (gpointer user_data, LfCallState state, LfCallReason reason);
} LfSipCallFuncs;

/**
 * LfSipCall:
 *
 * One call between two telephones that neither of them began. The person's own telephone is called; once it is
 * picked up it is told by REFER to call the other end, and this connector leaves (RFC 5589 section 6). A
 * telephone that takes no REFER is connected by the connector: RFC 3725.
 */
typedef struct _LfSipCall LfSipCall;

/**
 * LfSipCallPlan:
 * @own: SIP URI of the person's telephone
 * @other: (nullable): SIP URI to be called; %NULL: the call is over when @own is picked up, as with a code of the
 *   telephone system
 * @name: (nullable): of the other end, for the display
 *
 * Who is to talk with whom.
 */
typedef struct
{
  const char *own;
  const char *other;
  const char *name;
} LfSipCallPlan;

LfSipCall  *lf_sip_call_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, const LfSipCallPlan *plan, const LfSipCallFuncs *funcs, gpointer user_data);
void        lf_sip_call_free (LfSipCall *self);
void        lf_sip_call_cancel (LfSipCall *self);
void        lf_sip_call_take_line (LfSipCall *self, LfPhoneState state);
LfCallState lf_sip_call_get_state (LfSipCall *self);
gboolean    lf_sip_call_is_between (LfSipCall *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "lf-sip-call.h"

G_BEGIN_DECLS

#define LF_ARI_REPLY_MAX_BYTES (16 * 1024)
#define LF_ARI_TIMEOUT_S       5

/**
 * LfAriCallPlan:
 * @id: of the call; the channel is named by it
 * @endpoint: of the person's telephone: "PJSIP/2041"
 * @caller: number of the person's line; what the other end sees
 * @extension: what Asterisk calls once the telephone is picked up
 * @is_code: @extension is a code: the call is over when the telephone is picked up
 *
 * Who is to talk with whom.
 */
typedef struct
{
  const char *id;
  const char *endpoint;
  const char *caller;
  const char *extension;
  gboolean    is_code;
} LfAriCallPlan;

/**
 * LfAriCall:
 *
 * One call that Asterisk makes when it is told so over its REST interface (ARI): it has the person's own
 * telephone ring, then sends it through the dial plan to the other end.
 */
typedef struct _LfAriCall LfAriCall;

LfAriCall *lf_ari_call_new (SoupSession *session, LfClock *clock, const LfPhoneConfig *config, const LfAriCallPlan *plan, const LfSipCallFuncs *funcs, gpointer user_data);
void       lf_ari_call_free (LfAriCall *self);
void       lf_ari_call_cancel (LfAriCall *self);

G_END_DECLS

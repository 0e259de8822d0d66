/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-dialog-info.h"
#include "lf-sdp.h"
#include "lf-sip-call.h"

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>

/* The way of a call:
 *
 *   OWN      INVITE to the own telephone, with an audio stream that is not active
 *   REFER    REFER in that dialog; the telephone calls by itself and sends NOTIFYs of how it goes
 *   OTHER    or, where it takes no REFER: INVITE without an offer to the other end
 *   JOIN     its offer goes to the own telephone by INVITE in its dialog, the answer back by ACK
 *   TALK     both talk; hold and the like pass through, when this connector stands between them
 *   OVER
 */
typedef enum
{
  PHASE_OWN,
  PHASE_REFER,
  PHASE_OTHER,
  PHASE_JOIN,
  PHASE_TALK,
  PHASE_OVER,
} Phase;

#define OWN_US      (30 * LF_SECOND) /* to pick up the own telephone */
#define OTHER_US    (90 * LF_SECOND) /* for the other end to answer */
#define TALK_US     (4 * LF_HOUR)
#define PATIENCE_US (10 * LF_SECOND) /* for the line to be seen in a talk that the telephone leads by itself */

typedef struct
{
  LfNuaHandler  handler; /* first: nua knows the leg by it */
  LfSipCall    *call;    /* borrowed: holds this */
  nua_handle_t *handle;  /* owned, nullable */
  gboolean      has_tried_password;
  gboolean      is_up;     /* its dialog is confirmed, and it has not hung up */
  gboolean      is_asking; /* it has made an offer that is not answered yet */
} Leg;

struct _LfSipCall
{
  LfPhoneUa            *ua;     /* borrowed */
  LfClock              *clock;  /* borrowed */
  const LfPhoneConfig  *config; /* borrowed */
  const LfSipCallFuncs *funcs;
  gpointer              user_data;
  char                 *own_uri;
  char                 *other_uri;
  char                 *name;
  Leg                   own;
  Leg                   other;
  Phase                 phase;
  LfCallState           state;
  guint                 call; /* of the clock: the deadline of the phase */
  guint                 sdp_version;
  gboolean              was_seen_talking; /* the line, by its own state */
  gboolean              is_between;
};

static gboolean on_too_late (gpointer user_data);

static void
set_phase (LfSipCall *self, Phase phase, gint64 limit_us)
{
  self->phase = phase;
  lf_clock_cancel (self->clock, &self->call);
  if (limit_us > 0)
    self->call = lf_clock_call_after (self->clock, limit_us, on_too_late, self);
}

/* Last in a handler: whoever is told of the end frees the call. */
static void
tell (LfSipCall *self, LfCallState state, LfCallReason reason)
{
  if (state == self->state)
    return;
  self->state = state;
  self->funcs->changed (self->user_data, state, reason);
}

/* Ended by BYE or CANCEL as it needs. For nua a leg that waits for an answer is not up, and gets none: it is
 * answered first (RFC 3261 section 15.1.2). It may wait for one without this being known yet, when an offer has just
 * come in: so the BYE is asked for. */
static void
drop_leg (LfSipCall *self, Leg *leg)
{
  if (leg->is_asking && leg->handle != NULL)
    nua_respond (leg->handle, 487, "Request Terminated", TAG_END ());
  if (leg->is_up && leg->handle != NULL)
    nua_bye (leg->handle, TAG_END ());
  leg->is_asking = FALSE;
  leg->is_up = FALSE;
  lf_phone_ua_drop_handle (self->ua, &leg->handle);
}

static void
end (LfSipCall *self, LfCallEnd end)
{
  set_phase (self, PHASE_OVER, 0);
  drop_leg (self, &self->own);
  drop_leg (self, &self->other);
  tell (self, end.state, end.reason);
}

static gboolean
on_too_late (gpointer user_data)
{
  LfSipCall *self = user_data;

  self->call = 0;
  if (self->phase == PHASE_OWN)
    end (self, (LfCallEnd){ LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE });
  else if (self->phase == PHASE_TALK)
    end (self, (LfCallEnd){ LF_CALL_ENDED, LF_CALL_REASON_NONE });
  else
    end (self, (LfCallEnd){ LF_CALL_NO_ANSWER, LF_CALL_REASON_NONE });
  return G_SOURCE_REMOVE;
}

static char *
make_call_id (void)
{
  g_autofree char *uuid = g_uuid_string_random ();

  return g_strconcat (LF_OWN_CALL_ID_PREFIX, uuid, NULL);
}

/* "Name" <sip:…> */
static char *
make_from (LfSipCall *self, const char *name)
{
  g_autoptr (GString) quoted = g_string_new (NULL);

  for (const char *at = name != NULL ? name : ""; *at != '\0'; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf (quoted, "\\%c", *at);
    else if (!g_ascii_iscntrl (*at))
      g_string_append_c (quoted, *at);
  if (quoted->len == 0)
    return g_strdup_printf ("<sip:%s@%s>", self->config->user, self->config->domain);
  return g_strdup_printf ("\"%s\" <sip:%s@%s>", quoted->str, self->config->user, self->config->domain);
}

/* Begins a leg. @sdp: (nullable): without it the other side makes the offer, and is acknowledged by hand. */
static void
invite (LfSipCall *self, Leg *leg, const char *uri, const char *name, const char *sdp)
{
  g_autofree char *call_id = make_call_id ();
  g_autofree char *from = make_from (self, name);

  leg->handle = lf_phone_ua_new_handle (self->ua, &leg->handler, uri);
  nua_invite (leg->handle,
              SIPTAG_CALL_ID_STR (call_id),
              SIPTAG_FROM_STR (from),
              NUTAG_AUTOACK (sdp != NULL),
              TAG_IF (sdp != NULL, SIPTAG_CONTENT_TYPE_STR (LF_SDP_TYPE)),
              TAG_IF (sdp != NULL, SIPTAG_PAYLOAD_STR (sdp)),
              TAG_END ());
}

static void
begin_refer (LfSipCall *self)
{
  g_autofree char *refer_to = g_strdup_printf ("<%s>", self->other_uri);
  g_autofree char *referred_by = make_from (self, NULL);

  set_phase (self, PHASE_REFER, OTHER_US);
  nua_refer (self->own.handle, SIPTAG_REFER_TO_STR (refer_to), SIPTAG_REFERRED_BY_STR (referred_by), TAG_END ());
  tell (self, LF_CALL_CALLING, LF_CALL_REASON_NONE);
}

/* The other end sees the number of the own line. */
static void
begin_other (LfSipCall *self)
{
  const char      *at = strchr (self->own_uri, '@');
  const char      *colon = strchr (self->own_uri, ':');
  g_autofree char *number = at != NULL && colon != NULL && colon < at ? g_strndup (colon + 1, at - colon - 1) : NULL;

  self->is_between = TRUE;
  set_phase (self, PHASE_OTHER, OTHER_US);
  invite (self, &self->other, self->other_uri, number, NULL);
  tell (self, LF_CALL_CALLING, LF_CALL_REASON_NONE);
}

/* The own telephone has been picked up. */
static void
go_on (LfSipCall *self)
{
  self->own.is_up = TRUE;
  if (self->other_uri == NULL)
    end (self, (LfCallEnd){ LF_CALL_ENDED, LF_CALL_REASON_NONE });
  else if (self->config->is_third_party)
    begin_other (self);
  else
    begin_refer (self);
}

/* What a telephone offers, passed on under this connector's own name (RFC 3264 section 8). */
static char *
dup_sdp (LfSipCall *self, const sip_t *sip)
{
  if (sip == NULL || sip->sip_payload == NULL)
    return NULL;
  return lf_sdp_take_over (sip->sip_payload->pl_data, sip->sip_payload->pl_len, self->sdp_version++);
}

static void
join (LfSipCall *self, const sip_t *sip)
{
  g_autofree char *offer = dup_sdp (self, sip);

  if (offer == NULL)
    {
      end (self, (LfCallEnd){ LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED });
      return;
    }
  set_phase (self, PHASE_JOIN, OWN_US);
  nua_invite (self->own.handle, SIPTAG_CONTENT_TYPE_STR (LF_SDP_TYPE), SIPTAG_PAYLOAD_STR (offer), TAG_END ());
}

static void
finish_join (LfSipCall *self, const sip_t *sip)
{
  g_autofree char *answer = dup_sdp (self, sip);

  if (answer == NULL)
    {
      end (self, (LfCallEnd){ LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED });
      return;
    }
  self->other.is_up = TRUE;
  nua_ack (self->other.handle, SIPTAG_CONTENT_TYPE_STR (LF_SDP_TYPE), SIPTAG_PAYLOAD_STR (answer), TAG_END ());
  set_phase (self, PHASE_TALK, TALK_US);
  tell (self, LF_CALL_CONNECTED, LF_CALL_REASON_NONE);
}

/* One telephone changes the call (it holds it, for one): the other one is asked. */
static void
pass_offer (LfSipCall *self, Leg *from, Leg *to, const sip_t *sip)
{
  g_autofree char *offer = self->phase == PHASE_TALK && to->handle != NULL ? dup_sdp (self, sip) : NULL;

  from->is_asking = offer != NULL;
  if (offer != NULL)
    nua_invite (to->handle, NUTAG_AUTOACK (1), SIPTAG_CONTENT_TYPE_STR (LF_SDP_TYPE), SIPTAG_PAYLOAD_STR (offer), TAG_END ());
  else
    nua_respond (from->handle, 488, "Not Acceptable Here", TAG_END ());
}

static void
pass_answer (LfSipCall *self, Leg *to, int status, const sip_t *sip)
{
  g_autofree char *answer = status < 300 ? dup_sdp (self, sip) : NULL;

  to->is_asking = FALSE;
  if (answer != NULL)
    nua_respond (to->handle, 200, "OK", SIPTAG_CONTENT_TYPE_STR (LF_SDP_TYPE), SIPTAG_PAYLOAD_STR (answer), TAG_END ());
  else
    nua_respond (to->handle, 488, "Not Acceptable Here", TAG_END ());
}

/* TRUE: the request was sent again with the password. */
static gboolean
has_authenticated (LfSipCall *self, Leg *leg, int status, const sip_t *sip)
{
  if ((status != 401 && status != 407) || leg->has_tried_password)
    return FALSE;
  leg->has_tried_password = TRUE;
  return lf_phone_ua_authenticate (self->ua, leg->handle, sip);
}

static void
take_own_answer (LfSipCall *self, int status, const sip_t *sip)
{
  if (self->phase == PHASE_TALK && status >= 200)
    pass_answer (self, &self->other, status, sip);
  else if (self->phase == PHASE_OWN && status >= 180 && status < 200)
    tell (self, LF_CALL_RINGING_YOU, LF_CALL_REASON_NONE);
  else if (status >= 300)
    end (self, self->phase == PHASE_OWN ? lf_call_end_of_own (status) : (LfCallEnd){ LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED });
  else if (self->phase == PHASE_OWN && status >= 200)
    go_on (self);
  else if (self->phase == PHASE_JOIN && status >= 200)
    finish_join (self, sip);
}

/* The connector is not needed any more; how the talk ends is seen by the line. */
static void
leave (LfSipCall *self)
{
  drop_leg (self, &self->own);
  set_phase (self, PHASE_TALK, self->was_seen_talking ? TALK_US : PATIENCE_US);
  tell (self, LF_CALL_CONNECTED, LF_CALL_REASON_NONE);
}

/* "SIP/2.0 180 Ringing" (RFC 3515 section 2.4.5) */
static int
read_fragment (const sip_t *sip)
{
  const sip_payload_t *payload = sip != NULL ? sip->sip_payload : NULL;
  char                 text[16] = "";

  if (payload == NULL || payload->pl_len < 11)
    return 0;
  memcpy (text, payload->pl_data, 11);
  if (!g_str_has_prefix (text, "SIP/2.0 ") || strspn (text + 8, "0123456789") < 3)
    return 0;
  return (int) g_ascii_strtoll (text + 8, NULL, 10);
}

static void
take_progress (LfSipCall *self, const sip_t *sip)
{
  int status = read_fragment (sip);

  if (self->phase != PHASE_REFER || status < 200)
    return;
  if (status < 300)
    leave (self);
  else
    end (self, lf_call_end_of_other (status));
}

/* @leg has hung up. A telephone that was referred may leave early: its line tells the rest. */
static void
take_hang_up (LfSipCall *self, Leg *leg)
{
  leg->is_up = FALSE;
  if (self->phase == PHASE_REFER && leg == &self->own)
    {
      drop_leg (self, &self->own);
      return;
    }
  if (self->phase == PHASE_TALK)
    end (self, (LfCallEnd){ LF_CALL_ENDED, LF_CALL_REASON_NONE });
  else if (self->phase != PHASE_OVER)
    end (self, (LfCallEnd){ leg == &self->own ? LF_CALL_CANCELLED : LF_CALL_NO_ANSWER, LF_CALL_REASON_NONE });
}

static void
take_refer_answer (LfSipCall *self, int status)
{
  if (self->phase == PHASE_REFER && status >= 300)
    begin_other (self);
}

static void
on_own_event (LfNuaHandler *handler, nua_event_t event, int status, nua_handle_t *handle, const sip_t *sip)
{
  LfSipCall *self = ((Leg *) handler)->call;

  if (handle != self->own.handle)
    return;
  if ((event == nua_r_invite || event == nua_r_refer) && has_authenticated (self, &self->own, status, sip))
    return;
  if (event == nua_r_invite)
    take_own_answer (self, status, sip);
  else if (event == nua_r_refer)
    take_refer_answer (self, status);
  else if (event == nua_i_notify)
    take_progress (self, sip);
  else if (event == nua_i_invite)
    pass_offer (self, &self->own, &self->other, sip);
  else if (event == nua_i_bye)
    take_hang_up (self, &self->own);
}

static void
take_other_answer (LfSipCall *self, int status, const sip_t *sip)
{
  if (self->phase == PHASE_TALK && status >= 200)
    pass_answer (self, &self->own, status, sip);
  else if (self->phase == PHASE_OTHER && status >= 300)
    end (self, lf_call_end_of_other (status));
  else if (self->phase == PHASE_OTHER && status >= 200)
    join (self, sip);
}

static void
on_other_event (LfNuaHandler *handler, nua_event_t event, int status, nua_handle_t *handle, const sip_t *sip)
{
  LfSipCall *self = ((Leg *) handler)->call;

  if (handle != self->other.handle || (event == nua_r_invite && has_authenticated (self, &self->other, status, sip)))
    return;
  if (event == nua_r_invite)
    take_other_answer (self, status, sip);
  else if (event == nua_i_invite)
    pass_offer (self, &self->other, &self->own, sip);
  else if (event == nua_i_bye)
    take_hang_up (self, &self->other);
}

/**
 * lf_sip_call_new:
 * @ua: the connector's user agent; outlives the call
 * @clock: outlives it, too
 * @config: who the connector is, and how calls are made; outlives it, too
 * @plan: who is to talk with whom; copied
 * @funcs: is told how it goes, not before this returns
 * @user_data: for @funcs
 *
 * Has the own telephone ring.
 *
 * Returns: (transfer full): the call
 */
LfSipCall *
lf_sip_call_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, const LfSipCallPlan *plan, const LfSipCallFuncs *funcs, gpointer user_data)
{
  LfSipCall       *self = g_new0 (LfSipCall, 1);
  g_autofree char *offer = lf_sdp_new_inactive (self->sdp_version++);

  self->ua = ua;
  self->clock = clock;
  self->config = config;
  self->funcs = funcs;
  self->user_data = user_data;
  self->own_uri = g_strdup (plan->own);
  self->other_uri = g_strdup (plan->other);
  self->name = g_strdup (plan->name);
  self->own = (Leg){ .handler.event = on_own_event, .call = self };
  self->other = (Leg){ .handler.event = on_other_event, .call = self };
  set_phase (self, PHASE_OWN, OWN_US);
  invite (self, &self->own, self->own_uri, self->name, offer);
  return self;
}

/**
 * lf_sip_call_free:
 * @self: (transfer full) (nullable): a call
 *
 * Hangs up where this connector still takes part, and frees it. Nothing more is told.
 */
void
lf_sip_call_free (LfSipCall *self)
{
  if (self == NULL)
    return;

  set_phase (self, PHASE_OVER, 0);
  drop_leg (self, &self->own);
  drop_leg (self, &self->other);
  g_free (self->own_uri);
  g_free (self->other_uri);
  g_free (self->name);
  g_free (self);
}

/**
 * lf_sip_call_cancel:
 * @self: a call
 *
 * Takes it back, or hangs up. A talk that the telephone leads by itself goes on: there is nothing to hang up.
 */
void
lf_sip_call_cancel (LfSipCall *self)
{
  if (self->phase == PHASE_TALK && self->own.handle == NULL)
    return;
  if (self->phase == PHASE_TALK)
    end (self, (LfCallEnd){ LF_CALL_ENDED, LF_CALL_REASON_NONE });
  else if (self->phase != PHASE_OVER)
    end (self, (LfCallEnd){ LF_CALL_CANCELLED, LF_CALL_REASON_NONE });
}

/**
 * lf_sip_call_take_line:
 * @self: a call
 * @state: of the own line, as the telephone system tells it
 *
 * Ends a call that the telephone leads by itself.
 */
void
lf_sip_call_take_line (LfSipCall *self, LfPhoneState state)
{
  gboolean is_talking = state == LF_PHONE_OFF_HOOK || state == LF_PHONE_HELD;
  gboolean was_talking = self->was_seen_talking;

  self->was_seen_talking = is_talking;
  if (self->own.handle != NULL || self->phase == PHASE_OVER || self->phase == PHASE_OWN)
    return;
  if (is_talking && self->phase == PHASE_TALK)
    set_phase (self, PHASE_TALK, TALK_US);
  else if (was_talking && !is_talking)
    end (self, (LfCallEnd){ LF_CALL_ENDED, LF_CALL_REASON_NONE });
}

/**
 * lf_sip_call_get_state:
 * @self: a call
 *
 * Returns: how far it is
 */
LfCallState
lf_sip_call_get_state (LfSipCall *self)
{
  return self->state;
}

/**
 * lf_sip_call_is_between:
 * @self: a call
 *
 * Returns: whether the connector has called the other end itself, as a third party: the telephones' dialogs are then
 *   with the connector, and tell nothing of who talks with whom
 */
gboolean
lf_sip_call_is_between (LfSipCall *self)
{
  return self->is_between;
}

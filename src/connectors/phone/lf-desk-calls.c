/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-ari-call.h"
#include "lf-desk-calls.h"
#include "lf-dialog-info.h"
#include "lf-log.h"
#include "lf-sip-call.h"

#define MAX_LEGS     200         /* of the last calls by Asterisk */
#define LEG_EARLY_US (LF_SECOND) /* a telephone that Asterisk was asked to call rings so soon */
#define LEG_LATE_US  (5 * LF_SECOND)

struct _LfDeskCalls
{
  LfPhoneUa              *ua;     /* borrowed */
  LfClock                *clock;  /* borrowed */
  const LfPhoneConfig    *config; /* borrowed */
  const LfDeskCallsFuncs *funcs;
  gpointer                user_data;
  SoupSession            *session; /* owned, nullable: to Asterisk, where that makes the calls */
  GHashTable             *calls;   /* owned: id of the command → Call, owned */
  GQueue                  legs;    /* of Leg, owned; the latest first */
};

/* Asterisk calls the own telephone, and its dialog does not tell it from a call that comes in. */
typedef struct
{
  char  *line;
  gint64 begun_us;
} Leg;

typedef struct
{
  LfDeskCalls *calls; /* borrowed: owns this */
  char        *id;
  char        *line;
  LfSipCall   *sip;          /* owned, nullable */
  LfAriCall   *ari;          /* owned, nullable: one of both */
  char        *target;       /* as the server says it; nullable: this is no call of anybody */
  char        *name;         /* of the other end, nullable */
  char        *other_uri;    /* nullable */
  gint64       calling_us;   /* LF_INSTANT_NONE: not yet */
  gint64       connected_us; /* likewise */
} Call;

static void
leg_free (gpointer data)
{
  Leg *leg = data;

  g_free (leg->line);
  g_free (leg);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  lf_sip_call_free (call->sip);
  lf_ari_call_free (call->ari);
  g_free (call->id);
  g_free (call->line);
  g_free (call->target);
  g_free (call->name);
  g_free (call->other_uri);
  g_free (call);
}

static void
answer (LfDeskCalls *self, const char *id, LfCallState state, LfCallReason reason)
{
  const LfWireCommandResult result = { .id = (char *) id, .state = state, .reason = reason };

  self->funcs->result (self->user_data, &result);
}

/* A call whose dialogs are all with the connector or with Asterisk: nobody else can tell who talked with whom. */
static void
tell_record (Call *call, LfCallState state, gint64 now_us)
{
  g_autofree char       *call_id = g_strconcat (LF_OWN_CALL_ID_PREFIX, call->id, NULL);
  gboolean               is_between = call->sip != NULL && lf_sip_call_is_between (call->sip);
  const LfWireCallReport report = {
    .call_id = call_id,
    .direction = LF_CALL_OUTGOING,
    .peer = call->target,
    .peer_name = call->name,
    .started_at_us = call->calling_us,
    .answered_at_us = call->connected_us,
    .ended_at_us = now_us,
    .is_provisional = TRUE,
  };

  if (call->target != NULL && call->calling_us != LF_INSTANT_NONE && (is_between || call->ari != NULL))
    call->calls->funcs->record (call->calls->user_data, call->line, &report, is_between && state != LF_CALL_FAILED ? call->other_uri : NULL);
}

static void
on_call_changed (gpointer user_data, LfCallState state, LfCallReason reason)
{
  Call  *call = user_data;
  gint64 now_us = lf_clock_get_now_us (call->calls->clock);

  if (state == LF_CALL_CALLING)
    call->calling_us = now_us;
  if (state == LF_CALL_CONNECTED)
    call->connected_us = now_us;
  answer (call->calls, call->id, state, reason);
  if (!lf_call_state_is_final (state))
    return;
  tell_record (call, state, now_us);
  lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "A call that was asked for is over", "line", call->line, "state", lf_call_state_names[state],
                "reason", lf_call_reason_names[reason], NULL);
  g_hash_table_remove (call->calls->calls, call->id);
}

static const LfSipCallFuncs call_funcs = { on_call_changed };

/* A number, or a SIP URI without parameters and headers. */
static gboolean
is_dialable (const char *target)
{
  const char *digits = target != NULL && *target == '+' ? target + 1 : target;

  if (target == NULL)
    return FALSE;
  if (g_str_has_prefix (target, "sip:"))
    return strpbrk (target, "?;") == NULL;
  return *digits != '\0' && strspn (digits, "0123456789") == strlen (digits);
}

/* @code with @number in place of its %s. */
static char *
fill_code (const char *code, const char *number)
{
  const char *place = strstr (code, "%s");

  if (place == NULL)
    return g_strdup (code);
  return g_strdup_printf ("%.*s%s%s", (int) (place - code), code, number, place + 2);
}

/* The number within a SIP URI that lf_phone_config_make_uri() made. */
static char *
get_number (const char *uri)
{
  return g_strndup (uri + strlen ("sip:"), strcspn (uri + strlen ("sip:"), "@"));
}

/* @code for the extension with that @address. */
static char *
make_code (LfDeskCalls *self, const char *code, const char *address)
{
  g_autofree char *uri = lf_phone_config_make_uri (self->config, address);
  g_autofree char *number = uri != NULL ? get_number (uri) : NULL;

  return number != NULL ? fill_code (code, number) : NULL;
}

static char *
make_code_uri (LfDeskCalls *self, const char *code, const char *address)
{
  g_autofree char *dialled = make_code (self, code, address);

  return dialled != NULL ? lf_phone_config_make_uri (self->config, dialled) : NULL;
}

static char *
make_other_uri (LfDeskCalls *self, const LfWireCommand *command)
{
  if (!is_dialable (command->target))
    return NULL;
  if (command->kind == LF_COMMAND_PICK_UP)
    return self->config->pickup_code != NULL ? make_code_uri (self, self->config->pickup_code, command->target) : NULL;
  return lf_phone_config_make_uri (self->config, command->target);
}

static Call *
add_call (LfDeskCalls *self, const LfWireCommand *command, const char *other)
{
  Call *call = g_new0 (Call, 1);

  call->calls = self;
  call->id = g_strdup (command->id);
  call->line = g_strdup (command->line);
  call->calling_us = LF_INSTANT_NONE;
  call->connected_us = LF_INSTANT_NONE;
  if (command->kind == LF_COMMAND_CALL)
    {
      call->target = g_strdup (command->target);
      call->name = g_strdup (command->name);
      call->other_uri = g_strdup (other);
    }
  g_hash_table_insert (self->calls, call->id, call);
  return call;
}

static void
start (LfDeskCalls *self, const LfWireCommand *command, const char *own, const char *other)
{
  const LfSipCallPlan plan = { .own = own, .other = other, .name = command->name };
  Call               *call = add_call (self, command, other);

  call->sip = lf_sip_call_new (self->ua, self->clock, self->config, &plan, &call_funcs, call);
  answer (self, command->id, LF_CALL_REQUESTED, LF_CALL_REASON_NONE);
}

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789+*#") == strlen (text);
}

static void
add_leg (LfDeskCalls *self, const char *line)
{
  Leg *leg = g_new (Leg, 1);

  *leg = (Leg){ g_strdup (line), lf_clock_get_now_us (self->clock) };
  g_queue_push_head (&self->legs, leg);
  if (self->legs.length > MAX_LEGS)
    leg_free (g_queue_pop_tail (&self->legs));
}

/* As start(), by Asterisk: it knows extensions and numbers alone. */
static void
start_ari (LfDeskCalls *self, const LfWireCommand *command, const char *own)
{
  gboolean         is_code = command->kind == LF_COMMAND_PICK_UP;
  g_autofree char *number = get_number (own);
  g_autofree char *endpoint = fill_code (self->config->ari_endpoint, number);
  g_autofree char *extension = is_code ? make_code (self, self->config->pickup_code, command->target) : g_strdup (command->target);
  Call            *call;

  if (!is_number (number) || extension == NULL || !is_number (extension))
    {
      answer (self, command->id, LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED);
      return;
    }
  call = add_call (self, command, NULL);
  add_leg (self, command->line);
  call->ari = lf_ari_call_new (self->session, self->clock, self->config,
                               &(LfAriCallPlan){ call->id, endpoint, number, extension, is_code }, &call_funcs, call);
  answer (self, command->id, LF_CALL_REQUESTED, LF_CALL_REASON_NONE);
}

static void
take_call (LfDeskCalls *self, const LfWireCommand *command)
{
  g_autofree char *own = lf_phone_config_make_uri (self->config, command->address);
  g_autofree char *other = make_other_uri (self, command);

  if (!self->config->makes_calls)
    answer (self, command->id, LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED);
  else if (own == NULL || other == NULL)
    answer (self, command->id, LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN);
  else if (self->session != NULL)
    start_ari (self, command, own);
  else
    start (self, command, own, other);
}

static void
take_dnd (LfDeskCalls *self, const LfWireCommand *command)
{
  const char      *code = command->is_on ? self->config->dnd_on_code : self->config->dnd_off_code;
  g_autofree char *uri = code != NULL ? make_code_uri (self, code, command->address) : NULL;

  if (uri != NULL)
    start (self, command, uri, NULL);
  else
    answer (self, command->id, LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED);
}

static void
take_cancel (LfDeskCalls *self, const char *id)
{
  Call *call = g_hash_table_lookup (self->calls, id);

  if (call != NULL && call->ari != NULL)
    lf_ari_call_cancel (call->ari);
  else if (call != NULL)
    lf_sip_call_cancel (call->sip);
}

/**
 * lf_desk_calls_take:
 * @self: the calls
 * @command: of the server
 *
 * Carries out a command, or says that it cannot. One that has come before is not carried out again.
 */
void
lf_desk_calls_take (LfDeskCalls *self, const LfWireCommand *command)
{
  if (command->kind == LF_COMMAND_CANCEL)
    take_cancel (self, command->id);
  else if (g_hash_table_contains (self->calls, command->id))
    g_debug ("command %s has come twice", command->id);
  else if (g_hash_table_size (self->calls) >= LF_DESK_CALLS_MAX)
    answer (self, command->id, LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE);
  else if (command->kind == LF_COMMAND_DND)
    take_dnd (self, command);
  else
    take_call (self, command);
}

/**
 * lf_desk_calls_take_line:
 * @self: the calls
 * @line: id of a line
 * @state: what the telephone system says of it
 *
 * Tells the call of that line, if there is one.
 */
void
lf_desk_calls_take_line (LfDeskCalls *self, const char *line, LfPhoneState state)
{
  g_autoptr (GList) calls = g_hash_table_get_values (self->calls);

  for (GList *at = calls; at != NULL; at = at->next)
    if (((const Call *) at->data)->sip != NULL && g_str_equal (((const Call *) at->data)->line, line))
      {
        lf_sip_call_take_line (((const Call *) at->data)->sip, state);
        return; /* a line has one; and this may have ended it */
      }
}

/**
 * lf_desk_calls_take_leg:
 * @self: the calls
 * @line: id of a line
 * @report: a call that its dialogs tell of
 *
 * Asks of each call of a line that is over.
 *
 * Returns: whether it is nobody's call, but Asterisk having the own telephone ring for one that was asked for
 */
gboolean
lf_desk_calls_take_leg (LfDeskCalls *self, const char *line, const LfWireCallReport *report)
{
  for (GList *at = self->legs.head; report->direction == LF_CALL_INCOMING && at != NULL; at = at->next)
    {
      Leg *leg = at->data;

      if (g_str_equal (leg->line, line) && report->started_at_us >= leg->begun_us - LEG_EARLY_US && report->started_at_us <= leg->begun_us + LEG_LATE_US)
        {
          g_queue_delete_link (&self->legs, at);
          leg_free (leg);
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * lf_desk_calls_fill:
 * @config: what the connector was told to do
 * @capabilities: (out): what it can do for that
 */
void
lf_desk_calls_fill (const LfPhoneConfig *config, LfWireCapabilities *capabilities)
{
  capabilities->can_call = config->makes_calls;
  capabilities->can_cancel = config->makes_calls;
  capabilities->can_pick_up = config->makes_calls && config->pickup_code != NULL;
  capabilities->can_set_dnd = config->dnd_on_code != NULL && config->dnd_off_code != NULL;
}

/**
 * lf_desk_calls_new:
 * @ua: the connector's user agent; outlives the calls
 * @clock: outlives them, too
 * @config: how calls are made; outlives them, too
 * @funcs: is told what becomes of commands
 * @user_data: for @funcs
 *
 * Returns: (transfer full): no calls yet
 */
LfDeskCalls *
lf_desk_calls_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, const LfDeskCallsFuncs *funcs, gpointer user_data)
{
  LfDeskCalls *self = g_new0 (LfDeskCalls, 1);

  self->ua = ua;
  self->clock = clock;
  self->config = config;
  self->funcs = funcs;
  self->user_data = user_data;
  if (config->ari_url != NULL)
    self->session = soup_session_new_with_options ("user-agent", "lampfield-phone/" LF_VERSION, "timeout", LF_ARI_TIMEOUT_S, NULL);
  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, call_free);
  return self;
}

/**
 * lf_desk_calls_free:
 * @self: (transfer full) (nullable): the calls
 *
 * Hangs up where the connector takes part.
 */
void
lf_desk_calls_free (LfDeskCalls *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->calls);
  g_clear_object (&self->session);
  g_queue_clear_full (&self->legs, leg_free);
  g_free (self);
}

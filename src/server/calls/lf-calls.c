/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calls"

#include "config.h"

#include "lf-calls-private.h"

#define MAX_UNDER_WAY 200
#define KEPT_US       (10 * LF_MINUTE)
#define MAX_KEPT      2000
#define LONGEST_US    (4 * LF_HOUR)
#define TOO_LATE_US   (LF_COMMAND_TIMEOUT_MS * 1000)
#define A_MINUTE_US   LF_MINUTE

G_DEFINE_FINAL_TYPE (LfCalls, lf_calls, G_TYPE_OBJECT)

enum
{
  PHONE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/**
 * lf_call_plan_free:
 * @self: (transfer full) (nullable): a plan
 */
void
lf_call_plan_free (LfCallPlan *self)
{
  if (self == NULL)
    return;

  g_free (self->user);
  g_free (self->key);
  g_free (self->line);
  g_free (self->to_dial);
  g_free (self->address);
  g_free (self->other);
  g_free (self->name);
  g_free (self);
}

static void
live_call_free (gpointer data)
{
  LfLiveCall *call = data;

  lf_clock_cancel (call->calls->clock, &call->call_id);
  g_free (call->wire.id);
  g_free (call->wire.line);
  g_free (call->wire.address);
  g_free (call->wire.user);
  g_free (call->wire.name);
  g_free (call->user);
  g_free (call->slot);
  g_free (call->connector);
  g_free (call->request);
  g_free (call);
}

/**
 * lf_calls_tell:
 * @self: the calls
 * @call: one of them
 *
 * Tells all of the caller's sessions how far it is.
 */
void
lf_calls_tell (LfCalls *self, const LfLiveCall *call)
{
  LfWireCallChange change = { .call = (LfWireCall *) &call->wire };

  lf_hub_send (self->hub, call->user, NULL, LF_FRAME_CALL, &change);
}

static void
forget (LfCalls *self, LfLiveCall *call)
{
  g_queue_remove (&self->recent, call);
  g_queue_remove (&self->ended, call);
  g_hash_table_remove (self->slots, call->slot);
  g_hash_table_remove (self->calls, call->wire.id);
}

static gboolean
on_kept_long_enough (gpointer user_data)
{
  LfLiveCall *call = user_data;

  call->call_id = 0;
  forget (call->calls, call);
  return G_SOURCE_REMOVE;
}

/* It is over: its line is free, and it stays for a while, for a request that comes again. */
static void
end (LfCalls *self, LfLiveCall *call)
{
  g_hash_table_remove (self->lines, call->wire.line);
  self->n_ended[call->wire.state]++;
  lf_clock_cancel (self->clock, &call->call_id);
  call->call_id = lf_clock_call_after (self->clock, KEPT_US, on_kept_long_enough, call);
  g_queue_push_tail (&self->ended, call);
  if (self->ended.length > MAX_KEPT)
    forget (self, self->ended.head->data);
}

static void
advance (LfCalls *self, LfLiveCall *call, LfCallState state, LfCallReason reason)
{
  call->wire.state = state;
  call->wire.reason = reason;
  lf_calls_tell (self, call);
  if (lf_call_state_is_final (state))
    end (self, call);
}

static gboolean
on_too_late (gpointer user_data)
{
  LfLiveCall *call = user_data;

  call->call_id = 0;
  if (call->wire.state == LF_CALL_CONNECTED)
    advance (call->calls, call, LF_CALL_ENDED, LF_CALL_REASON_NONE);
  else
    advance (call->calls, call, LF_CALL_FAILED, LF_CALL_REASON_TIMEOUT);
  return G_SOURCE_REMOVE;
}

static gboolean
refuse (GError **error, LfProblem problem, const char *words)
{
  g_set_error_literal (error, LF_SERVER_ERROR, problem, words);
  return FALSE;
}

/* Which of the person's own lines is meant. */
static const LfLine *
choose_line (LfCalls *self, const char *user, const char *wanted, GError **error)
{
  g_autoptr (GPtrArray) lines = lf_hub_list_lines (self->hub, user);
  const LfLine         *found = NULL;

  for (guint i = 0; i < lines->len; i++)
    {
      const LfLine *line = lines->pdata[i];

      if (wanted != NULL ? g_str_equal (line->line, wanted) : found == NULL || lf_line_is_primary_of (line, user))
        found = line;
    }
  if (found == NULL && wanted != NULL)
    refuse (error, LF_PROBLEM_NOT_FOUND, "There is no such line of yours.");
  else if (found == NULL)
    refuse (error, LF_PROBLEM_NO_PHONE, "You have no telephone that is known here.");
  return found;
}

static gboolean
check_rate (LfCalls *self, const char *user, GError **error)
{
  gint64 from_us = lf_clock_get_mono_us (self->clock) - A_MINUTE_US;
  guint  n_calls = 0;

  for (GList *at = self->recent.tail; at != NULL && ((const LfLiveCall *) at->data)->since_us > from_us; at = at->prev)
    n_calls += g_str_equal (((const LfLiveCall *) at->data)->user, user);
  if (n_calls >= self->config->calls_per_minute)
    return refuse (error, LF_PROBLEM_RATE_LIMITED, "You have begun too many calls within a minute; wait a little.");
  if (g_hash_table_size (self->lines) >= MAX_UNDER_WAY)
    return refuse (error, LF_PROBLEM_UNAVAILABLE, "Too many calls are being made at once; try again in a moment.");
  return TRUE;
}

static gboolean
check_line (LfCalls *self, const char *name, LfCommandKind kind, GError **error)
{
  const LfLine             *line = lf_hub_find_line (self->hub, name);
  const LfWireCapabilities *capabilities = line != NULL ? lf_calls_get_capabilities (self, line) : NULL;

  if (capabilities == NULL || !(kind == LF_COMMAND_PICK_UP ? capabilities->can_pick_up : capabilities->can_call))
    return refuse (error, LF_PROBLEM_NO_PHONE, "Your telephone cannot be made to call now; dial the number on it.");
  if (g_hash_table_contains (self->lines, name))
    return refuse (error, LF_PROBLEM_CONFLICT, "A call is being made on this line already.");
  return TRUE;
}

static gboolean
plan_call (LfCalls *self, LfCallPlan *plan, const LfLine *line, const char *address, GError **error)
{
  const LfDialPlan  *dial_plan = self->config->dial_plan;
  g_autoptr (GError) reason = NULL;
  g_autofree char   *normal = lf_address_normalise (dial_plan, address, LF_ADDRESS_WRITTEN, &reason);
  g_autofree char   *own = lf_address_normalise (dial_plan, line->address, LF_ADDRESS_WRITTEN, NULL);

  if (normal == NULL)
    return refuse (error, LF_PROBLEM_BAD_REQUEST, reason->message);
  if (g_strcmp0 (normal, own) == 0)
    return refuse (error, LF_PROBLEM_BAD_REQUEST, "This is your own telephone.");
  if (!lf_address_is_allowed (dial_plan, normal))
    return refuse (error, LF_PROBLEM_NUMBER_REFUSED, "The administrator does not allow calls to this number from here.");
  plan->to_dial = lf_address_to_dial (dial_plan, normal);
  plan->address = g_strdup (address);
  return TRUE;
}

static gboolean
plan_pickup (LfCalls *self, LfCallPlan *plan, const LfLine *line, const char *other, GError **error)
{
  g_autoptr (GPtrArray) lines = lf_hub_list_lines (self->hub, other);

  for (guint i = 0; i < lines->len; i++)
    {
      const LfLine *ringing = lines->pdata[i];

      if (line->pickup_group == NULL || g_strcmp0 (ringing->pickup_group, line->pickup_group) != 0 ||
          ringing->state != LF_PHONE_RINGING || lf_hub_is_hidden (self->hub, plan->user, other))
        continue;
      plan->to_dial = lf_address_normalise (self->config->dial_plan, ringing->address, LF_ADDRESS_WRITTEN, NULL);
      plan->address = g_strdup (ringing->address);
      if (plan->to_dial != NULL)
        return TRUE;
    }
  return refuse (error, LF_PROBLEM_NOT_FOUND, "No call rings there that you may pick up.");
}

/**
 * lf_calls_plan:
 * @self: the calls
 * @user: who wants to call
 * @key: of the request
 * @request: what is wanted
 * @error: return location
 *
 * Checks whether a call may be made: on an own line, to a number that is allowed, not too often.
 *
 * Returns: (transfer full) (nullable): how; %NULL with %LF_PROBLEM_BAD_REQUEST, %LF_PROBLEM_NUMBER_REFUSED,
 *   %LF_PROBLEM_NOT_FOUND, %LF_PROBLEM_NO_PHONE, %LF_PROBLEM_CONFLICT, %LF_PROBLEM_RATE_LIMITED or
 *   %LF_PROBLEM_UNAVAILABLE
 */
LfCallPlan *
lf_calls_plan (LfCalls *self, const char *user, const char *key, const LfWireCallRequest *request, GError **error)
{
  g_autoptr (LfCallPlan) plan = g_new0 (LfCallPlan, 1);
  const LfLine          *line;

  g_return_val_if_fail (LF_IS_CALLS (self) && user != NULL && key != NULL && request != NULL, NULL);

  if ((request->address == NULL) == (request->pickup == NULL))
    {
      refuse (error, LF_PROBLEM_BAD_REQUEST, "A call has either an “address” or somebody to “pickup”.");
      return NULL;
    }
  line = choose_line (self, user, request->line, error);
  if (line == NULL)
    return NULL;
  plan->kind = request->pickup != NULL ? LF_COMMAND_PICK_UP : LF_COMMAND_CALL;
  plan->user = g_strdup (user);
  plan->key = g_strdup (key);
  plan->line = g_strdup (line->line);
  plan->other = g_strdup (request->pickup != NULL ? request->pickup : request->user);
  if (!(request->pickup != NULL ? plan_pickup (self, plan, line, request->pickup, error) : plan_call (self, plan, line, request->address, error)) ||
      !check_line (self, line->line, plan->kind, error) || !check_rate (self, user, error))
    return NULL;
  return g_steal_pointer (&plan);
}

static char *
make_slot (const char *user, const char *key)
{
  return g_strconcat (user, " ", key, NULL);
}

static char *
encode_request (const LfWireCallRequest *request)
{
  GString *text = g_string_new (NULL);

  lf_codec_encode (&lf_schema_call_request, request, text);
  return g_string_free (text, FALSE);
}

/**
 * lf_calls_find_repeated:
 * @self: the calls
 * @user: who wants to call
 * @key: of the request
 * @request: what is wanted
 * @is_other: (out): the key stands for another request
 *
 * Returns: (transfer none) (nullable): the call that was made for the same request, within the last ten minutes
 */
const LfWireCall *
lf_calls_find_repeated (LfCalls *self, const char *user, const char *key, const LfWireCallRequest *request, gboolean *is_other)
{
  g_autofree char  *slot = make_slot (user, key);
  g_autofree char  *text = encode_request (request);
  const LfLiveCall *call;

  g_return_val_if_fail (LF_IS_CALLS (self), NULL);

  call = g_hash_table_lookup (self->slots, slot);
  *is_other = call != NULL && !g_str_equal (call->request, text);
  return call != NULL ? &call->wire : NULL;
}

static gboolean
send_command (LfCalls *self, const LfCallPlan *plan, const LfLine *line, const char *id)
{
  LfWireCommand command = {
    .id = (char *) id,
    .kind = plan->kind,
    .line = plan->line,
    .address = line->address,
    .target = plan->to_dial,
    .name = plan->name,
  };

  return lf_hub_send_to_connector (self->hub, line->owner, LF_FRAME_COMMAND, &command);
}

/**
 * lf_calls_start:
 * @self: the calls
 * @plan: of lf_calls_plan(), some time ago
 * @request: what it was made of
 * @error: return location
 *
 * Has the call made. If the same request came twice meanwhile, there is one call.
 *
 * Returns: (transfer none) (nullable): the call; %NULL if the line is busy with another one now, its connector is gone, or
 *   the key has come to stand for another request
 */
const LfWireCall *
lf_calls_start (LfCalls *self, const LfCallPlan *plan, const LfWireCallRequest *request, GError **error)
{
  gboolean          is_other = FALSE;
  const LfWireCall *repeated;
  const LfLine     *line;
  LfLiveCall       *call;

  g_return_val_if_fail (LF_IS_CALLS (self), NULL);

  repeated = lf_calls_find_repeated (self, plan->user, plan->key, request, &is_other);
  if (is_other)
    refuse (error, LF_PROBLEM_CONFLICT, "Another call was made with this Idempotency-Key.");
  if (repeated != NULL)
    return is_other ? NULL : repeated;
  if (!check_line (self, plan->line, plan->kind, error) || !check_rate (self, plan->user, error))
    return NULL;
  line = lf_hub_find_line (self->hub, plan->line);
  call = g_new0 (LfLiveCall, 1);
  call->calls = self;
  call->wire = (LfWireCall){
    .id = g_uuid_string_random (),
    .line = g_strdup (plan->line),
    .address = g_strdup (plan->address),
    .user = g_strdup (plan->other),
    .name = g_strdup (plan->name),
    .started_at_us = lf_clock_get_now_us (self->clock),
  };
  call->user = g_strdup (plan->user);
  call->slot = make_slot (plan->user, plan->key);
  call->connector = g_strdup (line->owner);
  call->kind = plan->kind;
  call->request = encode_request (request);
  call->since_us = lf_clock_get_mono_us (self->clock);
  if (!send_command (self, plan, line, call->wire.id))
    {
      live_call_free (call);
      refuse (error, LF_PROBLEM_NO_PHONE, "Your telephone cannot be made to call now; dial the number on it.");
      return NULL;
    }
  call->call_id = lf_clock_call_after (self->clock, TOO_LATE_US, on_too_late, call);
  g_hash_table_insert (self->calls, call->wire.id, call);
  g_hash_table_insert (self->slots, call->slot, call);
  g_hash_table_insert (self->lines, call->wire.line, call);
  g_queue_push_tail (&self->recent, call);
  lf_calls_tell (self, call);
  return &call->wire;
}

/**
 * lf_calls_cancel:
 * @self: the calls
 * @user: who called
 * @id: of a call
 *
 * Takes a call back, or hangs up. What becomes of it is told as it happens.
 *
 * Returns: %FALSE if @user has no such call
 */
gboolean
lf_calls_cancel (LfCalls *self, const char *user, const char *id)
{
  const LfLiveCall *call;
  const LfLine     *line;

  g_return_val_if_fail (LF_IS_CALLS (self), FALSE);

  call = g_hash_table_lookup (self->calls, id);
  if (call == NULL || !g_str_equal (call->user, user))
    return FALSE;
  line = lf_hub_find_line (self->hub, call->wire.line);
  if (!lf_call_state_is_final (call->wire.state) && line != NULL)
    {
      LfWireCommand command = { .id = call->wire.id, .kind = LF_COMMAND_CANCEL, .line = call->wire.line, .address = line->address };

      lf_hub_send_to_connector (self->hub, call->connector, LF_FRAME_COMMAND, &command);
    }
  return TRUE;
}

/**
 * lf_calls_take_result:
 * @self: the calls
 * @connector: who says so
 * @result: how far a call is
 *
 * Takes what a connector says. What is of nobody's call, or of the past, is left.
 */
void
lf_calls_take_result (LfCalls *self, const char *connector, const LfWireCommandResult *result)
{
  LfLiveCall *call;

  g_return_if_fail (LF_IS_CALLS (self));

  call = g_hash_table_lookup (self->calls, result->id);
  if (call == NULL)
    {
      lf_calls_take_dnd_result (self, connector, result);
      return;
    }
  if (!g_str_equal (call->connector, connector) || lf_call_state_is_final (call->wire.state) || result->state < call->wire.state)
    return;
  if (!lf_call_state_is_final (result->state))
    {
      lf_clock_cancel (self->clock, &call->call_id);
      call->call_id = lf_clock_call_after (self->clock, LONGEST_US, on_too_late, call);
    }
  if (result->state != call->wire.state)
    advance (self, call, result->state, result->reason);
}

/**
 * lf_calls_fail_by:
 * @self: the calls
 * @connector: who makes them
 * @reason: why they fail
 *
 * Ends the calls of one connector that are under way. One that is connected goes on without being watched.
 */
void
lf_calls_fail_by (LfCalls *self, const char *connector, LfCallReason reason)
{
  g_autoptr (GList) live = g_hash_table_get_values (self->lines);

  for (GList *at = live; at != NULL; at = at->next)
    {
      LfLiveCall *call = at->data;

      if (!g_str_equal (call->connector, connector))
        continue;
      if (call->wire.state == LF_CALL_CONNECTED)
        advance (self, call, LF_CALL_ENDED, LF_CALL_REASON_NONE);
      else
        advance (self, call, LF_CALL_FAILED, reason);
    }
}

/**
 * lf_calls_count:
 * @self: the calls
 * @state: a state
 *
 * Returns: how many calls have ended in @state since the start; if nothing ends in it, how many are in it now
 */
guint64
lf_calls_count (LfCalls *self, LfCallState state)
{
  guint64        n_calls = 0;
  GHashTableIter iter;
  LfLiveCall    *call;

  g_return_val_if_fail (LF_IS_CALLS (self) && (guint) state < LF_N_CALL_STATES, 0);

  if (lf_call_state_is_final (state))
    return self->n_ended[state];
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &call))
    n_calls += call->wire.state == state;
  return n_calls;
}

static void
lf_calls_dispose (GObject *object)
{
  LfCalls *self = LF_CALLS (object);

  lf_clock_cancel (self->clock, &self->look_call);
  g_queue_clear (&self->recent);
  g_queue_clear (&self->ended);
  g_hash_table_remove_all (self->slots);
  g_hash_table_remove_all (self->lines);
  g_hash_table_remove_all (self->calls);

  G_OBJECT_CLASS (lf_calls_parent_class)->dispose (object);
}

static void
lf_calls_finalize (GObject *object)
{
  LfCalls *self = LF_CALLS (object);

  g_hash_table_unref (self->calls);
  g_hash_table_unref (self->slots);
  g_hash_table_unref (self->lines);
  g_hash_table_unref (self->connectors);
  g_hash_table_unref (self->dnd);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->in_call);
  g_clear_pointer (&self->book, lf_address_book_unref);
  g_object_unref (self->hub);
  g_object_unref (self->clock);

  G_OBJECT_CLASS (lf_calls_parent_class)->finalize (object);
}

static void
lf_calls_class_init (LfCallsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_calls_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_calls_finalize;

  signals[PHONE_CHANGED] = g_signal_new ("phone-changed", LF_TYPE_CALLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lf_calls_init (LfCalls *self)
{
  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, live_call_free);
  self->slots = g_hash_table_new (g_str_hash, g_str_equal);
  self->lines = g_hash_table_new (g_str_hash, g_str_equal);
  self->connectors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->dnd = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lf_calls_free_dnd);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->in_call = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * lf_calls_new:
 * @hub: who knows lines and streams
 * @clock: the one clock
 * @config: settings; outlive this
 *
 * Returns: (transfer full): no calls yet
 */
LfCalls *
lf_calls_new (LfHub *hub, LfClock *clock, const LfConfig *config)
{
  LfCalls *self = g_object_new (LF_TYPE_CALLS, NULL);

  self->hub = g_object_ref (hub);
  self->clock = g_object_ref (clock);
  self->config = config;
  return self;
}

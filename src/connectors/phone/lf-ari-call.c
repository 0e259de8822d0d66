/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-ari-call.h"
#include "lf-dialog-info.h"
#include "lf-json.h"

/* The way of a call, all below the address of [calls] ari-url:
 *
 *   POST   /channels?endpoint=PJSIP/2041&extension=+4930555&context=…&priority=1&callerId=2041&timeout=30&channelId=…
 *   GET    /channels/ID                              every half second: {"state": "Ringing", …}; 404: it is over
 *   GET    /channels/ID/variable?variable=DIALSTATUS from "Up" on: {"value": "ANSWER"}; 404: not known yet
 *   DELETE /channels/ID                              hangs up
 */
#define POLL_US      (LF_SECOND / 2)
#define OWN_S        30
#define OWN_US       ((OWN_S + 2) * LF_SECOND) /* Asterisk itself is to be first */
#define OTHER_US     (90 * LF_SECOND)
#define TALK_US      (4 * LF_HOUR)
#define MAX_FAILURES 4 /* answers in a row that are none, before the call is given up */

typedef void (*Take) (LfAriCall *self, guint status, const char *text, gsize length);

/* Counted: each request that is under way has a reference. */
struct _LfAriCall
{
  SoupSession          *session; /* owned */
  LfClock              *clock;   /* owned */
  const LfSipCallFuncs *funcs;
  gpointer              user_data;
  char                 *base;          /* address of the interface */
  char                 *authorization; /* header */
  char                 *id;            /* of the channel */
  gboolean              is_code;
  gboolean              is_over; /* nobody is told any more */
  LfCallState           state;
  guint                 poll;     /* call of the clock */
  guint                 deadline; /* call of the clock */
  guint                 n_failures;
};

typedef struct
{
  LfAriCall   *call;    /* owned reference */
  SoupMessage *message; /* owned */
  Take         take;
  gsize        length;
  char         text[LF_ARI_REPLY_MAX_BYTES];
} Request;

static const LfJsonLimits reply_limits = { LF_ARI_REPLY_MAX_BYTES, 500, 8 };

/* Answers to POST /channels. */
static const struct
{
  guint        status;
  LfCallReason reason;
} create_rows[] = {
  { 0, LF_CALL_REASON_LINK_LOST },
  { 401, LF_CALL_REASON_REFUSED },
  { 403, LF_CALL_REASON_REFUSED },
  { 500, LF_CALL_REASON_NOT_REGISTERED }, /* "Allocation failed": nobody is at the endpoint */
};

/* Values of DIALSTATUS. */
static const struct
{
  const char *value;
  LfCallEnd   end;
} dial_rows[] = {
  { "ANSWER", { LF_CALL_CONNECTED, LF_CALL_REASON_NONE } },
  { "BUSY", { LF_CALL_BUSY, LF_CALL_REASON_NONE } },
  { "CANCEL", { LF_CALL_CANCELLED, LF_CALL_REASON_NONE } },
  { "CHANUNAVAIL", { LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE } },
  { "CONGESTION", { LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE } },
  { "DONTCALL", { LF_CALL_DECLINED, LF_CALL_REASON_NONE } },
  { "INVALIDARGS", { LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN } },
  { "NOANSWER", { LF_CALL_NO_ANSWER, LF_CALL_REASON_NONE } },
  { "TORTURE", { LF_CALL_DECLINED, LF_CALL_REASON_NONE } },
};

static void
clear (gpointer data)
{
  LfAriCall *self = data;

  g_object_unref (self->session);
  g_object_unref (self->clock);
  g_free (self->base);
  g_free (self->authorization);
  g_free (self->id);
}

static void
request_free (Request *request)
{
  g_object_unref (request->message);
  g_rc_box_release_full (request->call, clear);
  g_free (request);
}

static SoupMessage *
make_message (LfAriCall *self, const char *method, const char *rest)
{
  g_autofree char *address = g_strconcat (self->base, "/channels", rest, NULL);
  SoupMessage     *message = soup_message_new (method, address);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", self->authorization);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  return message;
}

static void
on_text_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  gboolean is_read = g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &request->length, NULL);

  if (request->take != NULL)
    request->take (request->call, is_read ? soup_message_get_status (request->message) : 0, request->text, request->length);
  request_free (request);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request                 *request = user_data;
  g_autoptr (GError)       error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream != NULL)
    {
      g_input_stream_read_all_async (stream, request->text, sizeof request->text, G_PRIORITY_DEFAULT, NULL, on_text_read, request);
      return;
    }
  g_debug ("Asterisk does not answer: %s", error->message);
  if (request->take != NULL)
    request->take (request->call, 0, "", 0);
  request_free (request);
}

/* @take: (nullable) */
static void
ask (LfAriCall *self, const char *method, const char *rest, Take take)
{
  Request *request = g_new0 (Request, 1);

  request->call = g_rc_box_acquire (self);
  request->message = make_message (self, method, rest);
  request->take = take;
  soup_session_send_async (self->session, request->message, G_PRIORITY_DEFAULT, NULL, on_answered, request);
}

static void
hang_up (LfAriCall *self)
{
  g_autofree char *rest = g_strdup_printf ("/%s", self->id);

  ask (self, "DELETE", rest, NULL);
}

static void
stop (LfAriCall *self)
{
  self->is_over = TRUE;
  lf_clock_cancel (self->clock, &self->poll);
  lf_clock_cancel (self->clock, &self->deadline);
}

/* Last in a function: whoever is told of the end frees the call. */
static void
tell (LfAriCall *self, LfCallState state, LfCallReason reason)
{
  if (state == self->state)
    return;
  self->state = state;
  if (lf_call_state_is_final (state))
    stop (self);
  self->funcs->changed (self->user_data, state, reason);
}

static gboolean
on_too_late (gpointer user_data)
{
  LfAriCall *self = user_data;

  self->deadline = 0;
  hang_up (self);
  if (self->state == LF_CALL_CALLING)
    tell (self, LF_CALL_NO_ANSWER, LF_CALL_REASON_NONE);
  else if (self->state == LF_CALL_CONNECTED)
    tell (self, LF_CALL_ENDED, LF_CALL_REASON_NONE);
  else
    tell (self, LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE);
  return G_SOURCE_REMOVE;
}

static void
limit (LfAriCall *self, gint64 limit_us)
{
  lf_clock_cancel (self->clock, &self->deadline);
  self->deadline = lf_clock_call_after (self->clock, limit_us, on_too_late, self);
}

/* The string @name of the object in @text; %NULL: there is none. */
static char *
dup_member (const char *text, gsize length, const char *name)
{
  g_auto (LfJsonDocument) document = { 0 };
  const LfJsonItem       *item;

  if (!lf_json_document_read (&document, text, length, &reply_limits, NULL))
    return NULL;
  item = lf_json_document_get_root (&document);
  item = item->type == LF_JSON_OBJECT ? lf_json_item_find (item, name) : NULL;
  return item != NULL && item->type == LF_JSON_STRING ? g_strndup (item->text, item->length) : NULL;
}

static void take_channel (LfAriCall *self, guint status, const char *text, gsize length);

static gboolean
on_time_to_ask (gpointer user_data)
{
  LfAriCall       *self = user_data;
  g_autofree char *rest = g_strdup_printf ("/%s", self->id);

  self->poll = 0;
  ask (self, "GET", rest, take_channel);
  return G_SOURCE_REMOVE;
}

static void
ask_later (LfAriCall *self)
{
  if (!self->is_over)
    self->poll = lf_clock_call_after (self->clock, POLL_US, on_time_to_ask, self);
}

static void
take_failure (LfAriCall *self)
{
  if (++self->n_failures < MAX_FAILURES)
    {
      ask_later (self);
      return;
    }
  hang_up (self);
  tell (self, LF_CALL_FAILED, LF_CALL_REASON_LINK_LOST);
}

static void
take_dial_status (LfAriCall *self, guint status, const char *text, gsize length)
{
  g_autofree char *value = status == 200 ? dup_member (text, length, "value") : NULL;

  if (self->is_over)
    return;
  ask_later (self);
  for (gsize i = 0; value != NULL && i < G_N_ELEMENTS (dial_rows); i++)
    if (g_str_equal (dial_rows[i].value, value))
      {
        if (lf_call_state_is_final (dial_rows[i].end.state))
          hang_up (self);
        else
          limit (self, TALK_US);
        tell (self, dial_rows[i].end.state, dial_rows[i].end.reason);
        return;
      }
}

/* The own telephone has been picked up. */
static void
take_up (LfAriCall *self)
{
  g_autofree char *rest = g_strdup_printf ("/%s/variable?variable=DIALSTATUS", self->id);

  if (self->is_code)
    {
      tell (self, LF_CALL_ENDED, LF_CALL_REASON_NONE);
      return;
    }
  if (self->state == LF_CALL_CONNECTED)
    {
      ask_later (self);
      return;
    }
  ask (self, "GET", rest, take_dial_status);
  if (self->state != LF_CALL_CALLING)
    limit (self, OTHER_US);
  tell (self, LF_CALL_CALLING, LF_CALL_REASON_NONE);
}

static void
take_channel (LfAriCall *self, guint status, const char *text, gsize length)
{
  g_autofree char *state = status == 200 ? dup_member (text, length, "state") : NULL;

  if (self->is_over)
    return;
  if (status == 404)
    {
      if (self->state == LF_CALL_CALLING || self->state == LF_CALL_CONNECTED)
        tell (self, LF_CALL_ENDED, LF_CALL_REASON_NONE);
      else
        tell (self, LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE);
      return;
    }
  if (state == NULL)
    {
      take_failure (self);
      return;
    }
  self->n_failures = 0;
  if (g_str_equal (state, "Up"))
    {
      take_up (self);
      return;
    }
  ask_later (self);
  if (g_str_equal (state, "Ringing") || g_str_equal (state, "Ring"))
    tell (self, LF_CALL_RINGING_YOU, LF_CALL_REASON_NONE);
}

static void
take_created (LfAriCall *self, guint status, const char *text, gsize length)
{
  LfCallReason reason = LF_CALL_REASON_UNAVAILABLE;

  if (self->is_over)
    {
      if (status != 0)
        hang_up (self); /* it was taken back before Asterisk knew it */
      return;
    }
  if (status >= 200 && status < 300)
    {
      on_time_to_ask (self);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (create_rows); i++)
    if (create_rows[i].status == status)
      reason = create_rows[i].reason;
  g_message ("Asterisk does not make a call: status %u of its REST interface", status);
  tell (self, LF_CALL_FAILED, reason);
}

static char *
make_channel (LfAriCall *self, const LfPhoneConfig *config, const LfAriCallPlan *plan)
{
  g_autofree char *endpoint = g_uri_escape_string (plan->endpoint, NULL, FALSE);
  g_autofree char *extension = g_uri_escape_string (plan->extension, NULL, FALSE);
  g_autofree char *context = g_uri_escape_string (config->ari_context, NULL, FALSE);
  g_autofree char *caller = g_uri_escape_string (plan->caller, NULL, FALSE);

  return g_strdup_printf ("?endpoint=%s&extension=%s&context=%s&priority=1&callerId=%s&timeout=%d&channelId=%s",
                          endpoint, extension, context, caller, OWN_S, self->id);
}

/**
 * lf_ari_call_new:
 * @session: for requests to Asterisk
 * @clock: for deadlines
 * @config: where Asterisk is
 * @plan: who is to talk with whom
 * @funcs: is told how it goes, not before this returns
 * @user_data: for @funcs
 *
 * Has the own telephone ring.
 *
 * Returns: (transfer full): the call
 */
LfAriCall *
lf_ari_call_new (SoupSession *session, LfClock *clock, const LfPhoneConfig *config, const LfAriCallPlan *plan, const LfSipCallFuncs *funcs, gpointer user_data)
{
  LfAriCall       *self = g_rc_box_new0 (LfAriCall);
  g_autofree char *login = g_strdup_printf ("%s:%s", config->ari_user, config->ari_password);
  g_autofree char *encoded = g_base64_encode ((const guchar *) login, strlen (login));
  g_autofree char *rest = NULL;

  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  self->funcs = funcs;
  self->user_data = user_data;
  self->base = g_strdup (config->ari_url);
  self->authorization = g_strconcat ("Basic ", encoded, NULL);
  self->id = g_strconcat (LF_OWN_CALL_ID_PREFIX, plan->id, NULL);
  self->is_code = plan->is_code;
  rest = make_channel (self, config, plan);
  limit (self, OWN_US);
  ask (self, "POST", rest, take_created);
  return self;
}

/**
 * lf_ari_call_free:
 * @self: (transfer full) (nullable): a call
 *
 * Hangs up if it is not over. That one request is waited for, up to %LF_ARI_TIMEOUT_S: the connector may be about
 * to end, and a telephone must not go on ringing without it. Where Asterisk was away just before, it is not sent.
 */
void
lf_ari_call_free (LfAriCall *self)
{
  if (self == NULL)
    return;
  if (!self->is_over)
    {
      g_autofree char         *rest = g_strdup_printf ("/%s", self->id);
      g_autoptr (SoupMessage)  message = make_message (self, "DELETE", rest);
      g_autoptr (GInputStream) stream = NULL;

      stop (self);
      if (self->n_failures == 0)
        stream = soup_session_send (self->session, message, NULL, NULL);
    }
  g_rc_box_release_full (self, clear);
}

/**
 * lf_ari_call_cancel:
 * @self: a call
 *
 * Takes it back, or hangs up.
 */
void
lf_ari_call_cancel (LfAriCall *self)
{
  if (self->is_over)
    return;
  hang_up (self);
  tell (self, self->state == LF_CALL_CONNECTED ? LF_CALL_ENDED : LF_CALL_CANCELLED, LF_CALL_REASON_NONE);
}

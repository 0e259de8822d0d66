/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-colleague.h"

#define READ_AFTER_MS  1200
#define TYPE_EVERY_MS  1500
#define MIN_TYPE_STEPS 1
#define MAX_TYPE_STEPS 4

struct _LfDemoColleague
{
  GObject parent_instance;

  LfClient           *client; /* owned */
  GRand              *random; /* borrowed from the office */
  guint               person;
  LfReachabilityState reach;
  LfConversation     *answering;    /* owned, nullable: who waits for an answer */
  guint               n_type_steps; /* left before it is sent */
  guint               answer_timer;
  guint               n_answers;
};

G_DEFINE_FINAL_TYPE (LfDemoColleague, lf_demo_colleague, G_TYPE_OBJECT)

static const char *const answers[] = {
  "Good question, let me look.",
  "Yes, that works for me.",
  "Can we talk about it after lunch?",
  "Thanks! I will put it into the ticket.",
  "I am nearly done, ten more minutes.",
  "Sure. Shall I call you?",
  "Let us ask Thabo, he knows the network best.",
  "Sounds good. See you at the coffee machine.",
};

static const char *
choose_answer (LfDemoColleague *self)
{
  switch (lf_demo_colleague_get_displayed (self))
    {
    case LF_DISPLAY_ON_THE_PHONE:
      return "On the phone right now. I will write when I am done.";
    case LF_DISPLAY_IN_A_MEETING:
      return "I am in a meeting. Can I call you afterwards?";
    case LF_DISPLAY_DO_NOT_DISTURB:
      return "Not now, please. Later today is fine.";
    case LF_DISPLAY_UNKNOWN:
    case LF_DISPLAY_OFFLINE:
    case LF_DISPLAY_AWAY:
    case LF_DISPLAY_IDLE:
    case LF_DISPLAY_ONLINE:
    case LF_DISPLAY_AVAILABLE:
    default:
      return answers[(self->person + self->n_answers) % G_N_ELEMENTS (answers)];
    }
}

static void
stop_answering (LfDemoColleague *self)
{
  g_clear_handle_id (&self->answer_timer, g_source_remove);
  g_clear_object (&self->answering);
}

static gboolean
on_type_step (gpointer user_data)
{
  LfDemoColleague *self = user_data;

  if (self->n_type_steps > 0)
    {
      self->n_type_steps--;
      lf_client_tell_typing (self->client, self->answering);
      return G_SOURCE_CONTINUE;
    }
  self->answer_timer = 0;
  lf_client_send (self->client, self->answering, choose_answer (self));
  self->n_answers++;
  stop_answering (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_read (gpointer user_data)
{
  LfDemoColleague *self = user_data;

  lf_client_mark_read (self->client, self->answering);
  lf_client_tell_typing (self->client, self->answering);
  self->n_type_steps = (guint) g_rand_int_range (self->random, MIN_TYPE_STEPS, MAX_TYPE_STEPS);
  self->answer_timer = g_timeout_add (TYPE_EVERY_MS, on_type_step, self);
  return G_SOURCE_REMOVE;
}

static void
on_message_received (LfClient *client, LfConversation *conversation, LfMessageItem *item, gpointer user_data)
{
  LfDemoColleague *self = user_data;

  /* Who is not at the desk reads it when back. One answer to several messages in a row. */
  if (self->answering != NULL || (self->reach != LF_REACHABILITY_ONLINE && self->reach != LF_REACHABILITY_IDLE))
    return;
  self->answering = g_object_ref (conversation);
  self->answer_timer = g_timeout_add (READ_AFTER_MS, on_read, self);
}

static void
on_notice (LfClient *client, const GError *error, gpointer user_data)
{
  LfDemoColleague *self = user_data;

  g_message ("%s: %s", lf_demo_people_get (self->person)->login, error->message);
}

static void
lf_demo_colleague_dispose (GObject *object)
{
  LfDemoColleague *self = LF_DEMO_COLLEAGUE (object);

  stop_answering (self);
  if (self->client != NULL)
    lf_client_disconnect (self->client);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (lf_demo_colleague_parent_class)->dispose (object);
}

static void
lf_demo_colleague_class_init (LfDemoColleagueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_demo_colleague_dispose;
}

static void
lf_demo_colleague_init (LfDemoColleague *self)
{
  self->reach = LF_REACHABILITY_ONLINE;
}

/**
 * lf_demo_colleague_new:
 * @person: index of a colleague
 * @clock: what time it is
 * @random: how fast an answer is written; outlives the colleague
 *
 * Makes a colleague who has not signed in yet.
 *
 * Returns: (transfer full): the colleague
 */
LfDemoColleague *
lf_demo_colleague_new (guint person, LfClock *clock, GRand *random)
{
  LfDemoColleague *self = g_object_new (LF_TYPE_DEMO_COLLEAGUE, NULL);

  self->person = person;
  self->random = random;
  self->client = lf_client_new (clock);
  g_signal_connect_object (self->client, "message-received", G_CALLBACK (on_message_received), self, 0);
  g_signal_connect_object (self->client, "notice", G_CALLBACK (on_notice), self, 0);
  return self;
}

/**
 * lf_demo_colleague_get_person:
 * @self: a colleague
 *
 * Returns: (transfer none): who it is
 */
const LfDemoPerson *
lf_demo_colleague_get_person (LfDemoColleague *self)
{
  g_return_val_if_fail (LF_IS_DEMO_COLLEAGUE (self), NULL);

  return lf_demo_people_get (self->person);
}

/**
 * lf_demo_colleague_is_online:
 * @self: a colleague
 *
 * Returns: whether the stream is open and its snapshot whole
 */
gboolean
lf_demo_colleague_is_online (LfDemoColleague *self)
{
  g_return_val_if_fail (LF_IS_DEMO_COLLEAGUE (self), FALSE);

  return lf_client_get_state (self->client) == LF_CLIENT_ONLINE;
}

/**
 * lf_demo_colleague_is_signed_out:
 * @self: a colleague
 *
 * Returns: whether there is no session, nor one being made
 */
gboolean
lf_demo_colleague_is_signed_out (LfDemoColleague *self)
{
  g_return_val_if_fail (LF_IS_DEMO_COLLEAGUE (self), FALSE);

  return lf_client_get_state (self->client) == LF_CLIENT_SIGNED_OUT;
}

/**
 * lf_demo_colleague_get_reach:
 * @self: a colleague
 *
 * Returns: what the colleague's desktop last said
 */
LfReachabilityState
lf_demo_colleague_get_reach (LfDemoColleague *self)
{
  g_return_val_if_fail (LF_IS_DEMO_COLLEAGUE (self), LF_REACHABILITY_UNKNOWN);

  return self->reach;
}

/**
 * lf_demo_colleague_get_displayed:
 * @self: a colleague
 *
 * Returns: the display status that others see
 */
LfDisplayStatus
lf_demo_colleague_get_displayed (LfDemoColleague *self)
{
  LfContact *own;

  g_return_val_if_fail (LF_IS_DEMO_COLLEAGUE (self), LF_DISPLAY_UNKNOWN);

  own = lf_client_get_own (self->client);
  return own == NULL ? LF_DISPLAY_OFFLINE : lf_contact_get_resolved (own)->status;
}

/**
 * lf_demo_colleague_has_note:
 * @self: a colleague
 *
 * Returns: whether a custom status is set
 */
gboolean
lf_demo_colleague_has_note (LfDemoColleague *self)
{
  const LfWireMe *me;

  g_return_val_if_fail (LF_IS_DEMO_COLLEAGUE (self), FALSE);

  me = lf_client_get_me (self->client);
  return me != NULL && me->status.text != NULL;
}

/**
 * lf_demo_colleague_set_reach:
 * @self: a colleague
 * @state: online, idle or away
 * @since_us: since when
 *
 * What the colleague's desktop would report.
 */
void
lf_demo_colleague_set_reach (LfDemoColleague *self, LfReachabilityState state, gint64 since_us)
{
  g_return_if_fail (LF_IS_DEMO_COLLEAGUE (self));

  self->reach = state;
  lf_client_set_reach (self->client, state, since_us);
}

/**
 * lf_demo_colleague_set_status:
 * @self: a colleague
 * @choice: automatic, available or away
 * @text: (nullable): custom text
 * @emoji: (nullable): its emoji
 *
 * Sets the custom status as one act; everything absent goes back to automatic.
 */
void
lf_demo_colleague_set_status (LfDemoColleague *self, LfChoice choice, const char *text, const char *emoji)
{
  g_return_if_fail (LF_IS_DEMO_COLLEAGUE (self));

  if (choice == LF_CHOICE_AUTOMATIC && text == NULL)
    lf_client_clear_status (self->client);
  else
    lf_client_set_status (self->client, choice, text, emoji, LF_INSTANT_NONE);
}

/**
 * lf_demo_colleague_leave_meeting:
 * @self: a colleague
 *
 * Leaves the meeting of now before its end.
 */
void
lf_demo_colleague_leave_meeting (LfDemoColleague *self)
{
  g_return_if_fail (LF_IS_DEMO_COLLEAGUE (self));

  lf_client_leave_early (self->client);
}

/**
 * lf_demo_colleague_set_dnd:
 * @self: a colleague
 * @is_on: the switch
 *
 * Switches "Do not disturb".
 */
void
lf_demo_colleague_set_dnd (LfDemoColleague *self, gboolean is_on)
{
  g_return_if_fail (LF_IS_DEMO_COLLEAGUE (self));

  lf_client_set_dnd (self->client, is_on, LF_INSTANT_NONE);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;

  if (lf_client_sign_in_finish (LF_CLIENT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * lf_demo_colleague_sign_in_async:
 * @self: a colleague
 * @server: the server's address
 * @password: of the account
 * @callback: called when signed in or refused
 * @user_data: for @callback
 *
 * Signs in with the password, as at the start of a working day. Nothing is kept in a keyring.
 */
void
lf_demo_colleague_sign_in_async (LfDemoColleague *self, const char *server, const char *password, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LF_IS_DEMO_COLLEAGUE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, lf_demo_colleague_sign_in_async);
  lf_client_sign_in_async (self->client, server, lf_demo_people_get (self->person)->login, password, FALSE, NULL,
                           on_signed_in, g_steal_pointer (&task));
}

/**
 * lf_demo_colleague_sign_in_finish:
 * @self: a colleague
 * @result: from the callback
 * @error: return location: a %LF_ERROR
 *
 * Returns: %TRUE if signed in
 */
gboolean
lf_demo_colleague_sign_in_finish (LfDemoColleague *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!lf_client_sign_out_finish (LF_CLIENT (source), result, &error))
    g_debug ("Signing out: %s", error->message);
}

/**
 * lf_demo_colleague_leave:
 * @self: a colleague
 *
 * Signs out: the colleague goes home.
 */
void
lf_demo_colleague_leave (LfDemoColleague *self)
{
  g_return_if_fail (LF_IS_DEMO_COLLEAGUE (self));

  stop_answering (self);
  lf_client_sign_out_async (self->client, NULL, on_signed_out, NULL);
}

static void
on_conversation_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char           *body = user_data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (LfConversation) conversation = lf_client_open_conversation_finish (LF_CLIENT (source), result, &error);

  if (conversation != NULL)
    lf_client_send (LF_CLIENT (source), conversation, body);
  else
    g_message ("A message was not written: %s", error->message);
}

/**
 * lf_demo_colleague_write_to:
 * @self: a colleague
 * @user: id of the other person
 * @body: the message
 *
 * Writes a message of the colleague's own accord.
 */
void
lf_demo_colleague_write_to (LfDemoColleague *self, const char *user, const char *body)
{
  g_return_if_fail (LF_IS_DEMO_COLLEAGUE (self));

  lf_client_open_conversation_async (self->client, user, NULL, on_conversation_opened, g_strdup (body));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"
#include "lf-error.h"

static void send_field (LfClient *self, LfOwnField field);

static void
copy_field (LfOwnField      field,
            const LfWireMe *from,
            LfWireMe       *to)
{
  if (field == LF_OWN_STATUS)
    {
      g_autofree char *text = to->status.text;
      g_autofree char *emoji = to->status.emoji;

      to->status = from->status;
      to->status.text = g_strdup (from->status.text);
      to->status.emoji = g_strdup (from->status.emoji);
      to->note_since_us = from->note_since_us;
    }
  else if (field == LF_OWN_DND)
    to->dnd = from->dnd;
  else
    to->visibility = from->visibility;
}

static gboolean
is_settled (LfClient *self)
{
  for (guint field = 0; field < LF_N_OWN_FIELDS; field++)
    if (self->puts[field].is_in_flight)
      return FALSE;
  return TRUE;
}

/* Whoever waits for answers has one: a refusal, or the last of them. */
static void
end_settling (LfClient     *self,
              const GError *error)
{
  g_autoptr (GPtrArray) tasks = NULL;

  if (error == NULL && !is_settled (self))
    return;
  tasks = g_steal_pointer (&self->settling);
  self->settling = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    if (error != NULL)
      g_task_return_error (tasks->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (tasks->pdata[i], TRUE);
}

static void
take_answer (LfClient     *self,
             LfOwnField    field,
             const GError *error)
{
  LfOwnPut *put = &self->puts[field];

  put->is_in_flight = FALSE;
  if (put->is_dirty)
    {
      put->is_dirty = FALSE;
      send_field (self, field);
    }
  else if (error == NULL)
    {
      copy_field (field, self->me, self->confirmed);
      lf_client_cache_touch (self, LF_CACHE_ME, LF_CACHE_SINGLE_KEY);
    }
  else
    {
      copy_field (field, self->confirmed, self->me);
      lf_client_emit_me_changed (self);
      lf_client_emit_notice (self, error);
    }
  if (!put->is_in_flight)
    end_settling (self, error);
}

static void
take_result (LfClient     *self,
             LfOwnField    field,
             GObject      *source,
             GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  if (LF_SESSION (source) == self->session && self->me != NULL)
    take_answer (self, field, error);
}

static void
on_status_answered (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;

  take_result (self, LF_OWN_STATUS, source, result);
}

static void
on_dnd_answered (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;

  take_result (self, LF_OWN_DND, source, result);
}

static void
on_visibility_answered (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;

  take_result (self, LF_OWN_VISIBILITY, source, result);
}

static void
send_field (LfClient  *self,
            LfOwnField field)
{
  const LfWireStatus *status = &self->me->status;

  self->puts[field].is_in_flight = TRUE;
  if (field == LF_OWN_DND)
    lf_session_call_async (self->session, "PUT", "/me/dnd", NULL, &lf_schema_dnd, &self->me->dnd, NULL,
                           self->lifetime, on_dnd_answered, g_object_ref (self));
  else if (field == LF_OWN_VISIBILITY)
    lf_session_call_async (self->session, "PUT", "/me/visibility", NULL, &lf_schema_visibility, &self->me->visibility,
                           NULL, self->lifetime, on_visibility_answered, g_object_ref (self));
  else if (status->choice == LF_CHOICE_AUTOMATIC && status->text == NULL && status->emoji == NULL)
    lf_session_call_async (self->session, "DELETE", "/me/status", NULL, NULL, NULL, NULL, self->lifetime,
                           on_status_answered, g_object_ref (self));
  else
    lf_session_call_async (self->session, "PUT", "/me/status", NULL, &lf_schema_status, status, NULL, self->lifetime,
                           on_status_answered, g_object_ref (self));
}

/* What is shown has changed: the server is told, now or after the answer to the change before. */
static void
change_field (LfClient  *self,
              LfOwnField field)
{
  lf_client_emit_me_changed (self);
  if (self->me == NULL) /* a handler signed out */
    return;
  if (self->puts[field].is_in_flight)
    self->puts[field].is_dirty = TRUE;
  else
    send_field (self, field);
}

/**
 * lf_client_status_take_me:
 * @self: the client
 * @me: what belongs to the user, as the server has it
 *
 * Takes it over, but for what is being changed here just now.
 */
void
lf_client_status_take_me (LfClient       *self,
                          const LfWireMe *me)
{
  LfWireMe *shown = lf_codec_copy (&lf_schema_me, me);

  for (guint field = 0; field < LF_N_OWN_FIELDS; field++)
    if (self->me != NULL && self->puts[field].is_in_flight)
      copy_field (field, self->me, shown);
  if (self->me != NULL && g_strcmp0 (self->me->person.id, shown->person.id) != 0)
    lf_roster_remove_all (self->own_roster);
  g_clear_pointer (&self->me, lf_schema_me_cleanup);
  g_clear_pointer (&self->confirmed, lf_schema_me_cleanup);
  self->me = shown;
  self->confirmed = lf_codec_copy (&lf_schema_me, me);
  self->has_newer_calendars = TRUE;
  lf_client_fill_contact (lf_roster_ensure (self->own_roster, shown->person.id), &shown->person);
  lf_client_cache_touch (self, LF_CACHE_ME, LF_CACHE_SINGLE_KEY);
  lf_client_emit_me_changed (self);
}

/**
 * lf_client_status_reset:
 * @self: the client
 *
 * Signed out: nothing belongs to anybody. What the desktop says stays.
 */
void
lf_client_status_reset (LfClient *self)
{
  g_clear_pointer (&self->me, lf_schema_me_cleanup);
  g_clear_pointer (&self->confirmed, lf_schema_me_cleanup);
  for (guint field = 0; field < LF_N_OWN_FIELDS; field++)
    self->puts[field] = (LfOwnPut){ FALSE, FALSE };
  self->is_asking_calendars = FALSE;
  if (self->settling->len > 0)
    {
      g_autoptr (GError) error = g_error_new (LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");

      end_settling (self, error);
    }
}

/**
 * lf_client_status_repeat_reach:
 * @self: the client
 *
 * Tells the server what the desktop says: its lease began anew with the stream.
 */
void
lf_client_status_repeat_reach (LfClient *self)
{
  LfWireReach reach = { .state = self->reach, .since_us = self->reach_since_us, .is_on_the_phone = self->is_on_the_phone };

  if (reach.since_us == LF_INSTANT_NONE)
    reach.since_us = lf_clock_get_now_us (self->clock);
  if (self->channel != NULL)
    lf_channel_send (self->channel, LF_FRAME_REACH, &reach);
}

/**
 * lf_client_get_me:
 * @self: an #LfClient
 *
 * Returns: (nullable): profile, status, DND and visibility of the user; %NULL before the first
 *   snapshot; valid until "me-changed"
 */
const LfWireMe *
lf_client_get_me (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return self->me;
}

/**
 * lf_client_set_status:
 * @self: an #LfClient
 * @choice: automatic, available or away
 * @text: (nullable): custom text
 * @emoji: (nullable): one emoji
 * @expires_at_us: when all of it ends, or %LF_INSTANT_NONE
 *
 * Sets the custom status, as one act.
 */
void
lf_client_set_status (LfClient   *self,
                      LfChoice    choice,
                      const char *text,
                      const char *emoji,
                      gint64      expires_at_us)
{
  LfWireMe            changed = { .note_since_us = LF_INSTANT_NONE };
  const LfWireStatus *held;

  g_return_if_fail (LF_IS_CLIENT (self));

  if (self->me == NULL)
    return;
  held = &self->me->status;
  changed.status.choice = choice;
  changed.status.text = text != NULL && text[0] != '\0' ? (char *) text : NULL;
  changed.status.emoji = emoji != NULL && emoji[0] != '\0' ? (char *) emoji : NULL;
  changed.status.expires_at_us = expires_at_us;
  if (g_strcmp0 (held->text, changed.status.text) == 0 && g_strcmp0 (held->emoji, changed.status.emoji) == 0)
    changed.note_since_us = self->me->note_since_us;
  else if (changed.status.text != NULL || changed.status.emoji != NULL)
    changed.note_since_us = lf_clock_get_now_us (self->clock);
  copy_field (LF_OWN_STATUS, &changed, self->me);
  change_field (self, LF_OWN_STATUS);
}

/**
 * lf_client_clear_status:
 * @self: an #LfClient
 *
 * Takes the custom status away: reachability is automatic again.
 */
void
lf_client_clear_status (LfClient *self)
{
  lf_client_set_status (self, LF_CHOICE_AUTOMATIC, NULL, NULL, LF_INSTANT_NONE);
}

/**
 * lf_client_set_dnd:
 * @self: an #LfClient
 * @is_on: whether not to be disturbed
 * @expires_at_us: when it ends, or %LF_INSTANT_NONE
 *
 * Sets the user's own "Do not disturb".
 */
void
lf_client_set_dnd (LfClient *self,
                   gboolean  is_on,
                   gint64    expires_at_us)
{
  g_return_if_fail (LF_IS_CLIENT (self));

  if (self->me == NULL)
    return;
  self->me->dnd.is_on = !!is_on;
  self->me->dnd.expires_at_us = is_on ? expires_at_us : LF_INSTANT_NONE;
  change_field (self, LF_OWN_DND);
}

/**
 * lf_client_set_invisible:
 * @self: an #LfClient
 * @is_invisible: whether to appear offline to everybody
 *
 * Sets the user's visibility.
 */
void
lf_client_set_invisible (LfClient *self,
                         gboolean  is_invisible)
{
  g_return_if_fail (LF_IS_CLIENT (self));

  if (self->me == NULL)
    return;
  self->me->visibility.is_invisible = !!is_invisible;
  change_field (self, LF_OWN_VISIBILITY);
}

/**
 * lf_client_settle_async:
 * @self: an #LfClient
 * @cancellable: (nullable): to stop waiting
 * @callback: called when nothing that was set is without an answer, or something was refused
 * @user_data: for @callback
 *
 * Waits for the server's answers to lf_client_set_status(), lf_client_set_dnd() and lf_client_set_invisible().
 */
void
lf_client_settle_async (LfClient           *self,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LF_IS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_client_settle_async);
  if (self->me == NULL)
    g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");
  else if (is_settled (self))
    g_task_return_boolean (task, TRUE);
  else
    g_ptr_array_add (self->settling, g_steal_pointer (&task));
}

/**
 * lf_client_settle_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Ends lf_client_settle_async(). Sets what the server said to the first change that it refused, or
 * %LF_ERROR_UNAVAILABLE, or %LF_ERROR_UNAUTHORIZED where the session ended meanwhile.
 *
 * Returns: %TRUE if the server has all of it
 */
gboolean
lf_client_settle_finish (LfClient     *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_client_set_reach:
 * @self: an #LfClient
 * @state: online, idle or away
 * @since_us: since when, or %LF_INSTANT_NONE for now
 *
 * Tells what the desktop says of its user; repeated after each reconnect. Until it is called the user
 * is online.
 */
void
lf_client_set_reach (LfClient           *self,
                     LfReachabilityState state,
                     gint64              since_us)
{
  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (state == LF_REACHABILITY_ONLINE || state == LF_REACHABILITY_IDLE || state == LF_REACHABILITY_AWAY);

  if (since_us == LF_INSTANT_NONE)
    since_us = lf_clock_get_now_us (self->clock);
  if (self->reach == state && self->reach_since_us == since_us)
    return;
  self->reach = state;
  self->reach_since_us = since_us;
  lf_client_status_repeat_reach (self);
}

/**
 * lf_client_set_is_on_the_phone:
 * @self: an #LfClient
 * @is_on_the_phone: whether the user holds a call on this desktop; %FALSE also for not known
 *
 * Tells what the desktop knows of calls on it; repeated after each reconnect. The claim ends with the
 * device's lease.
 */
void
lf_client_set_is_on_the_phone (LfClient *self,
                               gboolean  is_on_the_phone)
{
  g_return_if_fail (LF_IS_CLIENT (self));

  if (self->is_on_the_phone == is_on_the_phone)
    return;
  self->is_on_the_phone = is_on_the_phone;
  lf_client_status_repeat_reach (self);
}

static void
take_calendars (LfWireMe       *me,
                const LfWireMe *answer)
{
  LfWireMe  *copy = lf_codec_copy (&lf_schema_me, answer);
  GPtrArray *before = me->calendars;

  me->calendars = copy->calendars;
  copy->calendars = before;
  lf_codec_free (&lf_schema_me, copy);
}

static void
on_calendars_answered (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (LfWireMe) me = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  if (LF_SESSION (source) != self->session)
    return;
  self->is_asking_calendars = FALSE;
  if (me == NULL)
    g_debug ("how the calendars are that the server reads was not told: %s", error->message);
  if (me == NULL || self->me == NULL || self->has_newer_calendars)
    return;
  take_calendars (self->me, me);
  take_calendars (self->confirmed, me);
  lf_client_cache_touch (self, LF_CACHE_ME, LF_CACHE_SINGLE_KEY);
  lf_client_emit_me_changed (self);
}

/**
 * lf_client_refresh_calendars:
 * @self: an #LfClient
 *
 * Asks when the calendars were read that the server reads for the user: of a reading that changes nothing
 * nobody is told. "me-changed" tells of the answer; without one what is known stays.
 */
void
lf_client_refresh_calendars (LfClient *self)
{
  g_return_if_fail (LF_IS_CLIENT (self));

  if (self->session == NULL || self->is_asking_calendars)
    return;
  self->is_asking_calendars = TRUE;
  self->has_newer_calendars = FALSE;
  lf_session_call_async (self->session, "GET", "/me", NULL, NULL, NULL, &lf_schema_me, self->lifetime,
                         on_calendars_answered, g_object_ref (self));
}

static void
on_early_end_answered (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;
  g_autoptr (GError)   error = NULL;

  lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  if (error != NULL && LF_SESSION (source) == self->session)
    lf_client_emit_notice (self, error);
}

/**
 * lf_client_leave_early:
 * @self: an #LfClient
 *
 * "I left early": ends the meeting that covers now, for everybody and for all sources. The next one
 * begins as planned, also where it follows without a gap. The calendar that comes back shows it.
 */
void
lf_client_leave_early (LfClient *self)
{
  LfContact        *own;
  const LfPresence *presence;
  LfBusyPeriod      period;
  LfWireEarlyEnd    body;

  g_return_if_fail (LF_IS_CLIENT (self));

  own = lf_client_get_own (self);
  if (own == NULL || self->session == NULL)
    return;
  presence = lf_contact_get_presence (own);
  body.ended_at_us = lf_clock_get_now_us (self->clock);
  if (!lf_busy_list_meeting_at (presence->calendar.busy, body.ended_at_us, &period))
    return;
  body.start_us = period.start_us;
  body.end_us = period.end_us;
  lf_session_call_async (self->session, "PUT", "/me/calendars/early_end", NULL, &lf_schema_early_end, &body, NULL,
                         self->lifetime, on_early_end_answered, g_object_ref (self));
}

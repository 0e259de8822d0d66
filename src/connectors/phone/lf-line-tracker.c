/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-dialog-info.h"
#include "lf-line-tracker.h"
#include "lf-phone-xml.h"
#include "lf-pidf.h"

/* Versions (RFC 4235 section 4.1): they rise by one within a subscription. A full document that is not
 * older replaces all; a partial one must be the next. The first document of a new subscription begins
 * anew, whatever its version. */

struct _LfLineTracker
{
  LfLineState  state;
  GPtrArray   *dialogs; /* owned, nullable: LfDialog, those that are not over */
  guint        version;
  LfPhoneState presence; /* what package "presence" says */
  guint        is_known; /* packages that have said something, as bits */
  gboolean     has_version;
  gboolean     is_registered;

  LfLineCallFunc call_func; /* nullable */
  gpointer       call_data;
};

static const char *const package_names[LF_N_PACKAGES] = { "dialog", "presence" };
static const char *const package_types[LF_N_PACKAGES] = { LF_DIALOG_INFO_TYPE, LF_PIDF_TYPE };

/**
 * lf_event_package_get_name:
 * @package: a package
 *
 * Returns: its name in the header Event
 */
const char *
lf_event_package_get_name (LfEventPackage package)
{
  g_return_val_if_fail ((guint) package < LF_N_PACKAGES, NULL);

  return package_names[package];
}

/**
 * lf_event_package_get_type:
 * @package: a package
 *
 * Returns: the media type of its documents
 */
const char *
lf_event_package_get_type (LfEventPackage package)
{
  g_return_val_if_fail ((guint) package < LF_N_PACKAGES, NULL);

  return package_types[package];
}

/* 0 is the strongest: a talk, then one on hold, then a call going out, then one coming in. A dialog
 * without a direction that is not picked up yet counts as coming in: the person can still be reached. */
static guint
rank_dialog (const LfDialog *dialog)
{
  if (dialog->state == LF_DIALOG_CONFIRMED)
    return dialog->is_held ? 1 : 0;
  return dialog->direction == LF_CALL_OUTGOING ? 2 : 3;
}

static LfPhoneState
read_dialog (const LfDialog *dialog)
{
  static const LfPhoneState states[] = { LF_PHONE_OFF_HOOK, LF_PHONE_HELD, LF_PHONE_OFF_HOOK, LF_PHONE_RINGING };

  return states[rank_dialog (dialog)];
}

static const LfDialog *
find_strongest (LfLineTracker *self)
{
  const LfDialog *strongest = NULL;

  for (guint i = 0; self->dialogs != NULL && i < self->dialogs->len; i++)
    {
      const LfDialog *dialog = self->dialogs->pdata[i];

      if (strongest == NULL || rank_dialog (dialog) < rank_dialog (strongest))
        strongest = dialog;
    }
  return strongest;
}

static gboolean
knows (LfLineTracker *self, LfEventPackage package)
{
  return (self->is_known & (1u << package)) != 0;
}

/* Calls are told best by their dialogs; all else by presence, where it is watched: that no phone is
 * registered, "do not disturb", and on some systems that a call is on hold. */
static LfPhoneState
merge (LfLineTracker *self, const LfDialog *dialog)
{
  if (knows (self, LF_PACKAGE_PRESENCE) && self->presence == LF_PHONE_DO_NOT_DISTURB)
    return LF_PHONE_DO_NOT_DISTURB;
  if (dialog != NULL)
    {
      LfPhoneState state = read_dialog (dialog);

      return state == LF_PHONE_OFF_HOOK && knows (self, LF_PACKAGE_PRESENCE) && self->presence == LF_PHONE_HELD ? LF_PHONE_HELD : state;
    }
  if (knows (self, LF_PACKAGE_PRESENCE))
    return self->presence;
  return knows (self, LF_PACKAGE_DIALOG) ? LF_PHONE_ON_HOOK : LF_PHONE_UNKNOWN;
}

static void
update (LfLineTracker *self, gint64 now_us)
{
  const LfDialog *dialog = find_strongest (self);
  LfPhoneState    state = merge (self, dialog);
  gboolean        is_anybodys = dialog != NULL && !lf_dialog_is_own (dialog);
  gint64          since_us = self->state.state == state ? self->state.since_us : now_us;
  LfLineState     next = {
        .state = state,
        .is_registered = self->is_registered || !knows (self, LF_PACKAGE_PRESENCE),
        .direction = is_anybodys ? dialog->direction : LF_CALL_NO_DIRECTION,
        .peer = is_anybodys ? dialog->peer : NULL,
        .peer_name = is_anybodys ? dialog->peer_name : NULL,
        .since_us = state == LF_PHONE_UNKNOWN ? LF_INSTANT_NONE : since_us,
  };
  LfLineState old = self->state;

  lf_line_state_copy (&self->state, &next);
  lf_line_state_clear (&old);
}

static guint
find_dialog (const GPtrArray *dialogs, const char *id)
{
  guint i = 0;

  while (i < dialogs->len && !g_str_equal (((const LfDialog *) dialogs->pdata[i])->id, id))
    i++;
  return i;
}

/* A partial document says nothing of the others. */
static void
keep_others (LfLineTracker *self, GPtrArray *before)
{
  while (before->len > 0 && self->dialogs->len < LF_DIALOG_INFO_MAX_DIALOGS)
    g_ptr_array_add (self->dialogs, g_ptr_array_steal_index (before, 0));
  g_ptr_array_unref (before);
}

/* A call is over. How long it was is only known of one whose beginning was seen; of one that is lost sight of
 * (@ended_us is none) it is not known whether anybody would have answered. */
static void
tell_call (LfLineTracker *self, const LfDialog *dialog, gint64 ended_us)
{
  const LfWireCallReport report = {
    .call_id = dialog->call_id != NULL ? dialog->call_id : dialog->id,
    .direction = dialog->direction,
    .peer = dialog->peer,
    .peer_name = dialog->peer_name,
    .started_at_us = dialog->started_us,
    .answered_at_us = dialog->answered_us,
    .ended_at_us = ended_us,
    .is_provisional = TRUE,
  };

  if (self->call_func == NULL || dialog->started_us == LF_INSTANT_NONE || dialog->direction == LF_CALL_NO_DIRECTION || lf_dialog_is_own (dialog))
    return;
  if (ended_us == LF_INSTANT_NONE && dialog->answered_us == LF_INSTANT_NONE)
    return;
  self->call_func (&report, self->call_data);
}

/* What is known of a dialog goes on in its next description. */
static void
inherit (LfDialog *dialog, LfDialog *before, gboolean is_beginning_seen, gint64 now_us)
{
  if (before != NULL)
    {
      dialog->started_us = before->started_us;
      dialog->answered_us = before->answered_us;
      if (dialog->direction == LF_CALL_NO_DIRECTION)
        dialog->direction = before->direction;
      if (dialog->peer == NULL)
        dialog->peer = g_steal_pointer (&before->peer);
      if (dialog->peer_name == NULL)
        dialog->peer_name = g_steal_pointer (&before->peer_name);
      if (dialog->call_id == NULL)
        dialog->call_id = g_steal_pointer (&before->call_id);
    }
  else if (is_beginning_seen)
    dialog->started_us = now_us;
  if (dialog->state == LF_DIALOG_CONFIRMED && dialog->answered_us == LF_INSTANT_NONE)
    dialog->answered_us = now_us;
}

static void
drop_dialogs (LfLineTracker *self, GPtrArray *dialogs, gint64 ended_us)
{
  for (guint i = 0; dialogs != NULL && i < dialogs->len; i++)
    tell_call (self, dialogs->pdata[i], ended_us);
  if (dialogs != NULL)
    g_ptr_array_unref (dialogs);
}

/* Takes the dialogs out of the document. One that is over, or that a full document has no more, is a call that
 * was. */
static void
apply_dialogs (LfLineTracker *self, LfDialogInfo *info, gint64 now_us)
{
  GPtrArray *before = g_steal_pointer (&self->dialogs);
  gboolean   is_beginning_seen = self->has_version;

  if (before == NULL)
    before = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_dialog_free);
  self->dialogs = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_dialog_free);
  while (info->dialogs->len > 0)
    {
      LfDialog            *dialog = g_ptr_array_steal_index (info->dialogs, 0);
      guint                place = find_dialog (before, dialog->id);
      g_autoptr (LfDialog) known = place < before->len ? g_ptr_array_steal_index (before, place) : NULL;

      inherit (dialog, known, is_beginning_seen, now_us);
      place = find_dialog (self->dialogs, dialog->id);
      if (place < self->dialogs->len)
        g_ptr_array_remove_index (self->dialogs, place);
      if (dialog->state != LF_DIALOG_TERMINATED && self->dialogs->len < LF_DIALOG_INFO_MAX_DIALOGS)
        {
          g_ptr_array_add (self->dialogs, dialog);
          continue;
        }
      if (known != NULL)
        tell_call (self, dialog, now_us);
      lf_dialog_free (dialog);
    }
  if (info->is_full)
    drop_dialogs (self, g_steal_pointer (&before), now_us);
  else
    keep_others (self, before);
  if (self->dialogs->len == 0)
    g_clear_pointer (&self->dialogs, g_ptr_array_unref);
}

static LfNotifyResult
take_dialog_info (LfLineTracker *self, const char *body, gsize length, gint64 now_us, GError **error)
{
  g_autoptr (LfDialogInfo) info = lf_dialog_info_parse (body, length, error);

  if (info == NULL)
    return LF_NOTIFY_BAD;
  if (self->has_version && info->version < self->version)
    return LF_NOTIFY_OLD;
  if (!info->is_full && (!self->has_version || info->version != self->version + 1))
    return self->has_version && info->version == self->version ? LF_NOTIFY_OLD : LF_NOTIFY_GAP;

  apply_dialogs (self, info, now_us);
  self->has_version = TRUE;
  self->version = info->version;
  return LF_NOTIFY_TAKEN;
}

/**
 * lf_line_tracker_new:
 *
 * Returns: (transfer full): a tracker that knows nothing
 */
LfLineTracker *
lf_line_tracker_new (void)
{
  LfLineTracker *self = g_new0 (LfLineTracker, 1);

  self->state.since_us = LF_INSTANT_NONE;
  self->state.is_registered = TRUE;
  return self;
}

/**
 * lf_line_tracker_free:
 * @self: (transfer full) (nullable): a tracker
 *
 * Frees it.
 */
void
lf_line_tracker_free (LfLineTracker *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->dialogs, g_ptr_array_unref);
  lf_line_state_clear (&self->state);
  g_free (self);
}

/**
 * lf_line_tracker_set_call_func:
 * @self: a tracker
 * @func: is told of calls as they end
 * @user_data: for @func
 *
 * From now on @func hears of each call whose beginning was seen: once, when it is over. Legs that connectors make
 * are no calls.
 */
void
lf_line_tracker_set_call_func (LfLineTracker *self, LfLineCallFunc func, gpointer user_data)
{
  self->call_func = func;
  self->call_data = user_data;
}

/**
 * lf_line_tracker_reset:
 * @self: a tracker
 * @package: of the subscription that begins
 *
 * A new subscription begins: its documents are counted anew. What is known stays until the first comes.
 */
void
lf_line_tracker_reset (LfLineTracker *self, LfEventPackage package)
{
  if (package == LF_PACKAGE_DIALOG)
    self->has_version = FALSE;
}

/**
 * lf_line_tracker_take:
 * @self: a tracker
 * @package: of the subscription
 * @content_type: (nullable): media type of @body, without parameters
 * @body: what the NOTIFY carries; need not end with a zero byte
 * @length: of @body, at most %LF_PHONE_XML_MAX_BYTES
 * @now_us: wall-clock instant
 * @error: return location, for %LF_NOTIFY_BAD
 *
 * Takes a document. One that is not taken leaves the state as it is.
 *
 * Source: RFC 4235 section 4.1, RFC 3863.
 *
 * Returns: what became of it
 */
LfNotifyResult
lf_line_tracker_take (LfLineTracker *self, LfEventPackage package, const char *content_type, const char *body, gsize length, gint64 now_us, GError **error)
{
  LfNotifyResult result = LF_NOTIFY_TAKEN;

  if (content_type == NULL || g_ascii_strcasecmp (content_type, lf_event_package_get_type (package)) != 0)
    {
      g_set_error (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD, "The document is no %s.", lf_event_package_get_type (package));
      return LF_NOTIFY_BAD;
    }
  if (package == LF_PACKAGE_DIALOG)
    result = take_dialog_info (self, body, length, now_us, error);
  else if (!lf_pidf_parse (body, length, &self->presence, &self->is_registered, error))
    result = LF_NOTIFY_BAD;
  if (result != LF_NOTIFY_TAKEN)
    return result;

  self->is_known |= 1u << package;
  update (self, now_us);
  return LF_NOTIFY_TAKEN;
}

/**
 * lf_line_tracker_lose:
 * @self: a tracker
 * @package: of a subscription that tells nothing any more
 * @now_us: wall-clock instant
 *
 * Forgets what the package has said.
 */
void
lf_line_tracker_lose (LfLineTracker *self, LfEventPackage package, gint64 now_us)
{
  self->is_known &= ~(1u << package);
  if (package == LF_PACKAGE_DIALOG)
    {
      self->has_version = FALSE;
      drop_dialogs (self, g_steal_pointer (&self->dialogs), LF_INSTANT_NONE);
    }
  update (self, now_us);
}

/**
 * lf_line_tracker_get_state:
 * @self: a tracker
 *
 * Returns: (transfer none): what is known of the line
 */
const LfLineState *
lf_line_tracker_get_state (LfLineTracker *self)
{
  return &self->state;
}

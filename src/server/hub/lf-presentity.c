/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-presentity.h"

struct _LfPresentity
{
  char       *user; /* owned */
  gint64      epoch;
  gint64      n;        /* changes in this epoch */
  LfPresence *presence; /* owned */
  GPtrArray  *lines;    /* of LfLine, borrowed from the hub; primary or not, in order of arrival */
  GHashTable *devices;  /* session (owned) → LfDevice (owned) */
  LfClaims   *claims;   /* owned, nullable: nothing chosen */

  LfPhoneState        lines_state; /* folded over lines and calls at devices */
  gint64              lines_since_us;
  LfReachabilityState reach_state; /* folded over devices and choice */
  gint64              reach_since_us;
};

/* In order of rank, over the devices. */
static const LfReachabilityState reach_ranking[] = { LF_REACHABILITY_ONLINE, LF_REACHABILITY_IDLE, LF_REACHABILITY_AWAY };

static gboolean
is_in_force (gint64 expires_at_us, gint64 now_us)
{
  return expires_at_us == LF_INSTANT_NONE || expires_at_us > now_us;
}

static const LfLine *
find_deciding_line (LfPresentity *self)
{
  const LfLine *found = NULL;

  for (guint i = 0; i < self->lines->len; i++)
    {
      const LfLine *line = self->lines->pdata[i];
      guint         rank = lf_line_get_rank (line, self->user);

      if (rank < LF_N_PHONE_STATES && (found == NULL || rank < lf_line_get_rank (found, self->user)))
        found = line;
    }
  return found;
}

/* Why nothing is known of any line: what the primary one says, or else the first that says something. */
static LfPhoneReason
find_reason (LfPresentity *self)
{
  LfPhoneReason reason = LF_PHONE_REASON_NONE;

  for (guint i = 0; i < self->lines->len; i++)
    {
      const LfLine *line = self->lines->pdata[i];

      if (line->reason != LF_PHONE_REASON_NONE && (reason == LF_PHONE_REASON_NONE || lf_line_is_primary_of (line, self->user)))
        reason = line->reason;
    }
  return reason;
}

static gint64
clamp_since (gint64 since_us, gint64 now_us)
{
  return since_us == LF_INSTANT_NONE || since_us > now_us ? now_us : since_us;
}

/* The device that has held a call for longest. */
static const LfDevice *
find_calling_device (LfPresentity *self)
{
  const LfDevice *found = NULL;
  GHashTableIter  iter;
  LfDevice       *device;

  g_hash_table_iter_init (&iter, self->devices);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &device))
    if (device->is_on_the_phone && (found == NULL || device->phone_since_us < found->phone_since_us))
      found = device;
  return found;
}

/* A call at a device counts like an off-hook line. A line that says as much is told, for it says more. */
static void
fold_phone (LfPresentity *self, gint64 now_us, LfPhone *phone)
{
  const LfLine   *line = find_deciding_line (self);
  const LfDevice *device = find_calling_device (self);
  LfPhoneState    state = line != NULL ? lf_line_get_state (line, self->user) : LF_PHONE_UNKNOWN;
  gint64          since_us = line != NULL ? line->since_us : LF_INSTANT_NONE;

  if (device != NULL && lf_phone_state_get_rank (LF_PHONE_OFF_HOOK) < lf_phone_state_get_rank (state))
    {
      line = NULL;
      state = LF_PHONE_OFF_HOOK;
      since_us = device->phone_since_us;
    }
  if (state != self->lines_state)
    {
      self->lines_state = state;
      self->lines_since_us = state == LF_PHONE_UNKNOWN ? LF_INSTANT_NONE : clamp_since (since_us, now_us);
    }
  *phone = (LfPhone){ .state = state, .since_us = self->lines_since_us, .valid_until_us = LF_INSTANT_NONE };
  if (line != NULL)
    {
      phone->detail = line->address;
      phone->source = line->source;
    }
  else if (state == LF_PHONE_UNKNOWN)
    phone->reason = find_reason (self);
  if (self->claims != NULL && self->claims->dnd.is_on && is_in_force (self->claims->dnd.expires_at_us, now_us))
    *phone = (LfPhone){ .state = LF_PHONE_DO_NOT_DISTURB, .since_us = self->claims->dnd_since_us, .valid_until_us = LF_INSTANT_NONE };
}

/* Negative if @a stands before @b: by state, then by who said it last. */
static int
compare_devices (const LfDevice *a, const LfDevice *b)
{
  if (a->state == b->state)
    return a->since_us > b->since_us ? -1 : a->since_us < b->since_us;
  for (gsize i = 0; i < G_N_ELEMENTS (reach_ranking); i++)
    if (a->state == reach_ranking[i] || b->state == reach_ranking[i])
      return a->state == reach_ranking[i] ? -1 : 1;
  return 0;
}

static const LfDevice *
find_deciding_device (LfPresentity *self)
{
  const LfDevice *found = NULL;
  GHashTableIter  iter;
  LfDevice       *device;

  g_hash_table_iter_init (&iter, self->devices);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &device))
    if (found == NULL || compare_devices (device, found) < 0)
      found = device;
  return found;
}

static void
fold_reachability (LfPresentity *self, gint64 now_us, gboolean offline_is_unknown, LfReachability *reachability)
{
  const LfDevice     *device = find_deciding_device (self);
  gboolean            has_status = self->claims != NULL && is_in_force (self->claims->status.expires_at_us, now_us);
  LfChoice            choice = has_status ? self->claims->status.choice : LF_CHOICE_AUTOMATIC;
  LfReachabilityState state = device != NULL ? device->state : offline_is_unknown ? LF_REACHABILITY_UNKNOWN
                                                                                  : LF_REACHABILITY_OFFLINE;
  gint64              since_us = device != NULL ? device->since_us : now_us;

  if (device != NULL && choice != LF_CHOICE_AUTOMATIC)
    {
      state = choice == LF_CHOICE_AVAILABLE ? LF_REACHABILITY_AVAILABLE : LF_REACHABILITY_AWAY;
      since_us = self->claims->status_since_us;
    }
  if (state != self->reach_state)
    {
      gboolean was_unknown = self->reach_state == LF_REACHABILITY_UNKNOWN;

      self->reach_state = state;
      self->reach_since_us = clamp_since (since_us, now_us);
      if (state == LF_REACHABILITY_UNKNOWN || (device == NULL && was_unknown))
        self->reach_since_us = LF_INSTANT_NONE; /* gone since before anybody looked */
    }
  *reachability = (LfReachability){
    .state = state,
    .since_us = self->reach_since_us,
    .valid_until_us = LF_INSTANT_NONE,
    .note.expires_at_us = LF_INSTANT_NONE,
  };
  if (has_status && (self->claims->status.text != NULL || self->claims->status.emoji != NULL))
    reachability->note = (LfNote){ self->claims->status.text, self->claims->status.emoji, self->claims->status.expires_at_us };
}

/* Nobody signs in there: a place is there as long as its telephone is known. */
static void
fold_place (LfPresentity *self, LfReachability *reachability)
{
  LfReachabilityState state = self->lines_state != LF_PHONE_UNKNOWN ? LF_REACHABILITY_ONLINE : LF_REACHABILITY_UNKNOWN;

  if (state != self->reach_state)
    {
      self->reach_state = state;
      self->reach_since_us = self->lines_since_us;
    }
  *reachability = (LfReachability){
    .state = state,
    .since_us = self->reach_since_us,
    .valid_until_us = LF_INSTANT_NONE,
    .note.expires_at_us = LF_INSTANT_NONE,
  };
}

/**
 * lf_presentity_new:
 * @user: id of the person
 * @epoch: of this start of the server
 *
 * Returns: (transfer full): a person of whom nothing is known yet
 */
LfPresentity *
lf_presentity_new (const char *user, gint64 epoch)
{
  LfPresentity *self = g_new0 (LfPresentity, 1);

  self->user = g_strdup (user);
  self->epoch = epoch;
  self->presence = lf_presence_new (NULL, NULL, NULL, epoch << 32);
  self->lines = g_ptr_array_new ();
  self->devices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->lines_since_us = LF_INSTANT_NONE;
  self->reach_since_us = LF_INSTANT_NONE;
  return self;
}

/**
 * lf_presentity_free:
 * @self: (nullable): a person
 *
 * Frees it.
 */
void
lf_presentity_free (LfPresentity *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->claims, lf_claims_free);
  g_hash_table_unref (self->devices);
  g_ptr_array_unref (self->lines);
  lf_presence_unref (self->presence);
  g_free (self->user);
  g_free (self);
}

/**
 * lf_presentity_get_user:
 * @self: a person
 *
 * Returns: its id
 */
const char *
lf_presentity_get_user (LfPresentity *self)
{
  return self->user;
}

/**
 * lf_presentity_get_presence:
 * @self: a person
 *
 * Returns: (transfer none): as of the last fold, unfiltered
 */
LfPresence *
lf_presentity_get_presence (LfPresentity *self)
{
  return self->presence;
}

/**
 * lf_presentity_get_invisible:
 * @self: a person
 *
 * Returns: %TRUE if the person chose to appear offline
 */
gboolean
lf_presentity_get_invisible (LfPresentity *self)
{
  return self->claims != NULL && self->claims->visibility.is_invisible;
}

/**
 * lf_presentity_get_calendar:
 * @self: a person
 *
 * Returns: the revision of the calendar, or 0
 */
gint64
lf_presentity_get_calendar (LfPresentity *self)
{
  return self->presence->calendar.rev;
}

/**
 * lf_presentity_has_devices:
 * @self: a person
 *
 * Returns: %TRUE if any device has told how things are
 */
gboolean
lf_presentity_has_devices (LfPresentity *self)
{
  return g_hash_table_size (self->devices) > 0;
}

/**
 * lf_presentity_get_claims:
 * @self: a person
 *
 * Returns: (transfer none) (nullable): what the person chose
 */
const LfClaims *
lf_presentity_get_claims (LfPresentity *self)
{
  return self->claims;
}

/**
 * lf_presentity_get_lines:
 * @self: a person
 *
 * Returns: (transfer none) (element-type LfLine): the person's lines, in order of arrival
 */
const GPtrArray *
lf_presentity_get_lines (LfPresentity *self)
{
  return self->lines;
}

static int
compare_device_pointers (gconstpointer a, gconstpointer b)
{
  return compare_devices (*(LfDevice *const *) a, *(LfDevice *const *) b);
}

/**
 * lf_presentity_list_devices:
 * @self: a person
 *
 * Returns: (transfer container) (element-type LfDevice): the person's devices, the one that counts first
 */
GPtrArray *
lf_presentity_list_devices (LfPresentity *self)
{
  GPtrArray     *devices = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       device;

  g_hash_table_iter_init (&iter, self->devices);
  while (g_hash_table_iter_next (&iter, NULL, &device))
    g_ptr_array_add (devices, device);
  g_ptr_array_sort (devices, compare_device_pointers);
  return devices;
}

/**
 * lf_presentity_set_claims:
 * @self: a person
 * @claims: what the person chose; copied
 *
 * Replaces status, DND and visibility.
 */
void
lf_presentity_set_claims (LfPresentity *self, const LfClaims *claims)
{
  g_autoptr (LfClaims) copy = g_new0 (LfClaims, 1);

  *copy = *claims;
  copy->user = g_strdup (claims->user);
  copy->status.text = g_strdup (claims->status.text);
  copy->status.emoji = g_strdup (claims->status.emoji);
  g_clear_pointer (&self->claims, lf_claims_free);
  self->claims = g_steal_pointer (&copy);
}

/**
 * lf_presentity_set_calendar:
 * @self: a person
 * @calendar_rev: the revision of the calendar
 *
 * Replaces the revision; that of the presence stays.
 *
 * Returns: %TRUE if it changed
 */
gboolean
lf_presentity_set_calendar (LfPresentity *self, gint64 calendar_rev)
{
  LfCalendar             calendar = self->presence->calendar;
  g_autoptr (LfPresence) old = NULL;

  if (calendar.rev == calendar_rev)
    return FALSE;
  calendar.rev = calendar_rev;
  old = self->presence;
  self->presence = lf_presence_with_calendar (old, &calendar);
  return TRUE;
}

/**
 * lf_presentity_add_line:
 * @self: a person
 * @line: a line that became the person's; borrowed
 *
 * Adds a line.
 */
void
lf_presentity_add_line (LfPresentity *self, LfLine *line)
{
  g_ptr_array_add (self->lines, line);
}

/**
 * lf_presentity_remove_line:
 * @self: a person
 * @line: a line that is no longer the person's
 *
 * Removes a line.
 */
void
lf_presentity_remove_line (LfPresentity *self, LfLine *line)
{
  g_ptr_array_remove (self->lines, line);
}

/**
 * lf_presentity_set_device:
 * @self: a person
 * @session: of the device
 * @state: online, idle or away
 * @since_us: of @state
 *
 * A device tells how things are.
 */
void
lf_presentity_set_device (LfPresentity *self, const char *session, LfReachabilityState state, gint64 since_us)
{
  LfDevice *device = g_hash_table_lookup (self->devices, session);

  if (device == NULL)
    {
      char *key = g_strdup (session);

      device = g_new0 (LfDevice, 1);
      device->session = key;
      g_hash_table_insert (self->devices, key, device);
    }
  device->state = state;
  device->since_us = since_us;
}

/**
 * lf_presentity_set_device_phone:
 * @self: a person
 * @session: of a device that has told how things are
 * @is_on_the_phone: whether its user holds a call there; %FALSE also for not known
 * @now_us: the current instant
 *
 * A device tells of a call. What it said ends with the device.
 */
void
lf_presentity_set_device_phone (LfPresentity *self, const char *session, gboolean is_on_the_phone, gint64 now_us)
{
  LfDevice *device = g_hash_table_lookup (self->devices, session);

  g_return_if_fail (device != NULL);

  if (device->is_on_the_phone == is_on_the_phone)
    return;
  device->is_on_the_phone = is_on_the_phone;
  device->phone_since_us = is_on_the_phone ? now_us : LF_INSTANT_NONE;
}

/**
 * lf_presentity_remove_device:
 * @self: a person
 * @session: of the device
 *
 * A device is gone.
 *
 * Returns: %TRUE if it was there
 */
gboolean
lf_presentity_remove_device (LfPresentity *self, const char *session)
{
  return g_hash_table_remove (self->devices, session);
}

/**
 * lf_presentity_has_device:
 * @self: a person
 * @session: of a device
 *
 * Returns: %TRUE if that device has told how things are
 */
gboolean
lf_presentity_has_device (LfPresentity *self, const char *session)
{
  return g_hash_table_contains (self->devices, session);
}

/**
 * lf_presentity_fold:
 * @self: a person
 * @now_us: the current instant
 * @offline_is_unknown: it is not known yet who is signed in
 *
 * Folds lines, devices and claims into one presence. Nothing restores a previous status: it is
 * always made anew from what holds now.
 *
 * Returns: %TRUE if the presence changed and took a new revision
 */
gboolean
lf_presentity_fold (LfPresentity *self, gint64 now_us, gboolean offline_is_unknown)
{
  g_autoptr (LfPresence) old = NULL;
  LfPhone                phone;
  LfReachability         reachability;

  fold_phone (self, now_us, &phone);
  if (self->claims != NULL && self->claims->is_place)
    fold_place (self, &reachability);
  else
    fold_reachability (self, now_us, offline_is_unknown, &reachability);
  if (lf_phone_equal (&phone, &self->presence->phone) && lf_reachability_equal (&reachability, &self->presence->reachability))
    return FALSE;
  self->n++;
  old = self->presence;
  self->presence = lf_presence_new (&phone, &old->calendar, &reachability, (self->epoch << 32) + self->n);
  return TRUE;
}

/**
 * lf_presentity_bump:
 * @self: a person
 *
 * Takes a new revision, so that what is sent next is newer than all before.
 *
 * Returns: the new revision
 */
gint64
lf_presentity_bump (LfPresentity *self)
{
  g_autoptr (LfPresence) old = self->presence;

  self->n++;
  self->presence = lf_presence_new (&old->phone, &old->calendar, &old->reachability, (self->epoch << 32) + self->n);
  return self->presence->rev;
}

/**
 * lf_presentity_make_hidden:
 * @rev: the revision to give it
 * @offline_is_unknown: it is not known yet who is signed in
 *
 * What a watcher gets who is not to see the person: signed out, with nothing known. The same for an
 * invisible person, for a block, and for somebody who does not exist.
 *
 * Returns: (transfer full): it
 */
LfPresence *
lf_presentity_make_hidden (gint64 rev, gboolean offline_is_unknown)
{
  LfPhone        phone = { .state = LF_PHONE_UNKNOWN, .since_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE };
  LfReachability reachability = {
    .state = offline_is_unknown ? LF_REACHABILITY_UNKNOWN : LF_REACHABILITY_OFFLINE,
    .since_us = LF_INSTANT_NONE,
    .valid_until_us = LF_INSTANT_NONE,
    .note.expires_at_us = LF_INSTANT_NONE,
  };

  return lf_presence_new (&phone, NULL, &reachability, rev);
}

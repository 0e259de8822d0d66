/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include "lf-explain.h"
#include "lf-store-sessions.h"

/* Far enough for the next edge that anybody would ask about. */
#define WINDOW_BACK_US LF_DAY
#define WINDOW_ON_US   (31 * LF_DAY)

/**
 * lf_explain_job_new:
 * @who: user id, or login in any case
 * @now_us: wall-clock instant
 *
 * Returns: (transfer full): the data of lf_explain_job_run()
 */
LfExplainJob *
lf_explain_job_new (const char *who, gint64 now_us)
{
  LfExplainJob *self = g_new0 (LfExplainJob, 1);

  self->who = g_strdup (who);
  self->now_us = now_us;
  return self;
}

/**
 * lf_explain_job_free:
 * @self: (nullable): a job's data
 */
void
lf_explain_job_free (LfExplainJob *self)
{
  if (self == NULL)
    return;
  g_free (self->who);
  lf_account_free (self->account);
  g_clear_pointer (&self->claims, lf_claims_free);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  lf_codec_free (&lf_schema_busy, self->busy);
  g_free (self);
}

static LfAccount *
find_account (LfDb *db, const char *who, GError **error)
{
  g_autoptr (GError) failure = NULL;
  LfAccount         *account = lf_store_accounts_get (db, who, &failure);

  if (account == NULL && g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND))
    {
      g_clear_error (&failure);
      account = lf_store_accounts_get_by_login (db, who, &failure);
    }
  if (account == NULL && g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND))
    g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND, "Nobody has the login or the id “%s”.", who);
  else if (account == NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return account;
}

/**
 * lf_explain_job_run:
 * @db: the connection
 * @data: an #LfExplainJob
 * @error: return location
 *
 * Reads what is stored of a person.
 *
 * Returns: %FALSE with %LF_PROBLEM_NOT_FOUND, or when the database failed
 */
gboolean
lf_explain_job_run (LfDb *db, gpointer data, GError **error)
{
  LfExplainJob *self = data;
  const char   *user;

  self->account = find_account (db, self->who, error);
  if (self->account == NULL)
    return FALSE;
  user = self->account->person.id;
  self->claims = lf_store_presence_get_claims (db, user, self->now_us, error);
  if (self->claims == NULL)
    return FALSE;
  self->sessions = lf_store_sessions_list (db, user, self->now_us, error);
  if (self->sessions == NULL)
    return FALSE;
  self->sources = lf_store_busy_list_sources (db, user, error);
  if (self->sources == NULL || !lf_store_busy_find_early_end (db, user, self->now_us, &self->left_us, &self->left_until_us, error))
    return FALSE;
  self->busy = lf_store_busy_read (db, user, self->now_us - WINDOW_BACK_US, self->now_us + WINDOW_ON_US, error);
  return self->busy != NULL;
}

static const char *
find_device_name (const GPtrArray *sessions, const char *session)
{
  for (guint i = 0; i < sessions->len; i++)
    if (g_str_equal (((LfSessionRow *) sessions->pdata[i])->id, session))
      return ((LfSessionRow *) sessions->pdata[i])->device;
  return session;
}

/* The hub knows sessions; people know devices. */
static void
name_devices (const LfExplainJob *facts, GPtrArray *claims)
{
  for (guint i = 0; i < claims->len; i++)
    {
      LfWireClaim     *claim = claims->pdata[i];
      g_autofree char *session = claim->source;

      claim->source = g_strdup (find_device_name (facts->sessions, session));
    }
}

static void
add_left_early (const LfExplainJob *facts, GPtrArray *claims)
{
  LfWireClaim *claim;

  if (facts->left_us == LF_INSTANT_NONE)
    return;
  claim = g_new0 (LfWireClaim, 1);
  claim->id = g_strdup ("calendar/left_early");
  claim->kind = LF_KIND_CALENDAR;
  claim->value = g_strdup ("left_early");
  claim->source = g_strdup ("own choice");
  claim->since_us = facts->left_us;
  claim->heard_us = LF_INSTANT_NONE;
  claim->lease_until_us = facts->left_until_us;
  claim->trouble_us = LF_INSTANT_NONE;
  g_ptr_array_add (claims, claim);
}

/* What a calendar says by itself: the type of the period that covers now, the strongest of several. */
static const char *
get_calendar_value (const LfBusySource *source, gint64 now_us, gint64 *since_us)
{
  LfBusyPeriod period;

  *since_us = LF_INSTANT_NONE;
  if (now_us < source->known_from_us || now_us >= source->expires_at_us)
    return "unknown";
  for (guint i = 0; i < LF_N_BUSY_TYPES; i++)
    if (lf_busy_list_covers (source->busy, (LfBusyType) i, now_us, &period))
      {
        *since_us = period.start_us;
        return lf_busy_type_to_name ((LfBusyType) i);
      }
  return "free";
}

static void
add_calendar (const LfExplainJob *facts, LfHub *hub, const LfBusySource *source, GPtrArray *claims)
{
  LfWireClaim      *claim = g_new0 (LfWireClaim, 1);
  gint64            published_us;
  const LfIdentity *reporter = lf_hub_find_calendar (hub, facts->account->person.id, source->source, &published_us);

  claim->id = g_strdup_printf ("calendar/%s", source->source);
  claim->kind = LF_KIND_CALENDAR;
  claim->value = g_strdup (get_calendar_value (source, facts->now_us, &claim->since_us));
  claim->source = g_strdup (source->name != NULL ? source->name : source->source);
  claim->heard_us = source->read_at_us;
  claim->lease_until_us = source->expires_at_us;
  claim->trouble_us = LF_INSTANT_NONE;
  if (reporter != NULL)
    {
      claim->detail = reporter->kind == LF_IDENTITY_PERSON
                        ? g_strdup_printf ("published by the device “%s”", find_device_name (facts->sessions, reporter->session))
                        : g_strdup_printf ("published by the connector “%s”", reporter->name);
      claim->trouble = g_strdup (lf_hub_find_trouble (hub, reporter->session, &claim->trouble_us));
    }
  else
    {
      claim->detail = g_strdup ("not published again since the server started");
    }
  if (claim->trouble == NULL)
    claim->trouble = g_strdup (lf_hub_find_calendar_trouble (hub, facts->account->person.id, source->source, &claim->trouble_us));
  g_ptr_array_add (claims, claim);
}

static gboolean
is_source_there (const LfExplainJob *facts, const char *name)
{
  for (guint i = 0; i < facts->sources->len; i++)
    if (g_str_equal (((LfBusySource *) facts->sources->pdata[i])->source, name))
      return TRUE;
  return FALSE;
}

/* A calendar of which nothing was ever told, because it cannot be read. */
static void
add_unread (const LfExplainJob *facts, LfHub *hub, const char *source, GPtrArray *claims)
{
  LfWireClaim *claim = g_new0 (LfWireClaim, 1);

  claim->id = g_strdup_printf ("calendar/%s", source);
  claim->kind = LF_KIND_CALENDAR;
  claim->value = g_strdup ("unknown");
  claim->source = g_strdup (source);
  claim->detail = g_strdup ("never read");
  claim->since_us = LF_INSTANT_NONE;
  claim->heard_us = LF_INSTANT_NONE;
  claim->lease_until_us = LF_INSTANT_NONE;
  claim->trouble = g_strdup (lf_hub_find_calendar_trouble (hub, facts->account->person.id, source, &claim->trouble_us));
  g_ptr_array_add (claims, claim);
}

static void
add_calendars (const LfExplainJob *facts, LfHub *hub, GPtrArray *claims)
{
  g_autoptr (GPtrArray) troubled = lf_hub_list_calendar_troubles (hub, facts->account->person.id);

  add_left_early (facts, claims);
  for (guint i = 0; i < facts->sources->len; i++)
    add_calendar (facts, hub, facts->sources->pdata[i], claims);
  for (guint i = 0; i < troubled->len; i++)
    if (!is_source_there (facts, troubled->pdata[i]))
      add_unread (facts, hub, troubled->pdata[i], claims);
}

/* Calendars are united: none stands before another, but all say nothing to who has left. */
static gboolean
does_decide (const GPtrArray *claims, guint place, const LfPresence *presence, gboolean has_left)
{
  const LfWireClaim *claim = claims->pdata[place];

  if (claim->kind == LF_KIND_CALENDAR)
    return g_str_equal (claim->value, "left_early") || (!has_left && g_str_equal (claim->value, "busy"));
  if (place > 0 && ((LfWireClaim *) claims->pdata[place - 1])->kind == claim->kind)
    return FALSE; /* the first of its kind does, but for a choice without a device */
  if (claim->kind == LF_KIND_PHONE)
    return presence->phone.state != LF_PHONE_UNKNOWN;
  return g_strcmp0 (claim->value, lf_reachability_state_to_name (presence->reachability.state)) == 0;
}

static gboolean
does_beat (const LfWireClaim *a, guint place_a, const LfWireClaim *b, guint place_b, LfKind winner)
{
  if (a == b)
    return FALSE;
  if (a->kind != b->kind)
    return a->decides && a->kind == winner && b->kind > winner;
  if (a->kind == LF_KIND_CALENDAR)
    return g_str_equal (a->value, "left_early");
  return place_a < place_b;
}

static void
rank_claims (GPtrArray *claims, const LfPresence *presence, LfKind winner, gboolean has_left)
{
  for (guint i = 0; i < claims->len; i++)
    ((LfWireClaim *) claims->pdata[i])->decides = does_decide (claims, i, presence, has_left);
  for (guint i = 0; i < claims->len; i++)
    {
      LfWireClaim             *claim = claims->pdata[i];
      g_autoptr (GStrvBuilder) beats = g_strv_builder_new ();

      for (guint j = 0; j < claims->len; j++)
        if (does_beat (claim, i, claims->pdata[j], j, winner))
          g_strv_builder_add (beats, ((LfWireClaim *) claims->pdata[j])->id);
      claim->beats = g_strv_builder_end (beats);
    }
}

static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  return (int) (*(LfWireClaim *const *) a)->kind - (int) (*(LfWireClaim *const *) b)->kind;
}

static void
judge (const LfPresence *presence, gint64 at_us, LfWireVerdict *verdict, gint64 *next_us)
{
  g_autoptr (GStrvBuilder) stale = g_strv_builder_new ();
  LfResolved               resolved;

  lf_resolve (presence, at_us, &resolved);
  for (guint i = 0; i < LF_N_KINDS; i++)
    if ((resolved.stale & (1u << i)) != 0)
      g_strv_builder_add (stale, lf_kind_to_name ((LfKind) i));
  verdict->at_us = at_us;
  verdict->status = resolved.status;
  verdict->kind = resolved.kind;
  verdict->since_us = resolved.since_us;
  verdict->until_us = resolved.until_us;
  verdict->stale = g_strv_builder_end (stale);
  *next_us = resolved.next_change_at_us;
}

/**
 * lf_explain_make:
 * @facts: what is stored, of a job that has run
 * @hub: what is in memory
 * @is_running: whether a server keeps @hub
 *
 * Puts together what each source claims, and has the resolver judge it, for now and for the next
 * instant at which something changes by itself.
 *
 * Returns: (transfer full): the explanation
 */
LfWireExplanation *
lf_explain_make (const LfExplainJob *facts, LfHub *hub, gboolean is_running)
{
  LfWireExplanation     *self = g_new0 (LfWireExplanation, 1);
  g_autoptr (LfPresence) folded = NULL;
  g_autoptr (LfPresence) presence = NULL;
  LfCalendar             calendar;
  gint64                 next_us;
  gint64                 later_us;

  self->user = g_strdup (facts->account->person.id);
  self->login = g_strdup (facts->account->person.login);
  self->name = g_strdup (facts->account->person.name);
  self->is_blocked = facts->account->is_blocked;
  self->is_invisible = facts->claims->visibility.is_invisible;
  self->is_running = is_running;
  self->calendar_rev = facts->busy->rev;
  self->claims = g_ptr_array_new ();

  folded = lf_hub_explain (hub, self->user, self->claims);
  if (folded == NULL)
    folded = lf_presence_ref (lf_presence_get_unknown ());
  name_devices (facts, self->claims);
  add_calendars (facts, hub, self->claims);
  g_ptr_array_sort (self->claims, compare_kinds); /* stable */
  self->rev = folded->rev;

  lf_busy_to_calendar (facts->busy, &calendar);
  presence = lf_presence_with_calendar (folded, &calendar);
  lf_busy_calendar_clear (&calendar);
  judge (presence, facts->now_us, &self->now, &next_us);
  if (next_us != LF_INSTANT_NONE)
    {
      self->next = g_new0 (LfWireVerdict, 1);
      judge (presence, next_us, self->next, &later_us);
    }
  rank_claims (self->claims, presence, self->now.kind, facts->left_us != LF_INSTANT_NONE);
  return self;
}

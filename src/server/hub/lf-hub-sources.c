/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* Which calendars are read for whom, by which connector, and what goes wrong with them: for administrators,
 * and for each person alone. The periods themselves are in the store. */

#define CALENDAR_KEY "calendar/"
#define MAX_TROUBLES 50000 /* what connectors say of calendars beyond is in their logs alone */
/* A connector that begins anew tells of everything it reads soon: what it does not is read no longer. */
#define DOUBT_US (15 * LF_MINUTE)

/* A calendar of a person: who published it or spoke of it last, since the server started. */
typedef struct
{
  LfIdentity *reporter;        /* owned */
  gint64      at_us;           /* when it was published, or LF_INSTANT_NONE */
  gint64      read_at_us;      /* or LF_INSTANT_NONE */
  gint64      doubted_mono_us; /* since when nothing was heard of it from a reporter that began anew or left; -1: it was */
} Source;

static void
free_source (gpointer data)
{
  Source *source = data;

  lf_identity_unref (source->reporter);
  g_free (source);
}

static gboolean
is_of (const Source *source, const char *token)
{
  return source->reporter->kind == LF_IDENTITY_CALENDAR && g_strcmp0 (source->reporter->session, token) == 0;
}

static Source *
ensure_source (LfPerson *person, const char *name, const LfIdentity *reporter)
{
  GHashTable *readers = person->hub->readers;
  Source     *source;

  if (reporter->kind == LF_IDENTITY_CALENDAR && !g_hash_table_contains (readers, reporter->session))
    g_hash_table_add (readers, g_strdup (reporter->session));

  if (person->calendars == NULL)
    person->calendars = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_source);
  source = g_hash_table_lookup (person->calendars, name);
  if (source == NULL)
    {
      if (g_hash_table_size (person->calendars) >= LF_MAX_READ_CALENDARS)
        g_hash_table_remove_all (person->calendars); /* those that are still there come again within minutes */
      source = g_new0 (Source, 1);
      source->at_us = LF_INSTANT_NONE;
      source->read_at_us = LF_INSTANT_NONE;
      g_hash_table_insert (person->calendars, g_strdup (name), source);
    }
  if (source->reporter != reporter)
    {
      g_clear_pointer (&source->reporter, lf_identity_unref);
      source->reporter = lf_identity_ref (reporter);
    }
  source->doubted_mono_us = -1;
  return source;
}

/* The person's own devices are to hear what is read for them now. */
static void
tell (LfHub *self, const char *user)
{
  if (lf_hub_has_sessions (self, user))
    lf_hub_emit_calendars_changed (self, user);
}

/**
 * lf_hub_get_calendar_of_key:
 * @key: what a trouble is noted under
 *
 * Returns: (nullable): id of the calendar's source, within @key; %NULL if it is not a calendar's
 */
const char *
lf_hub_get_calendar_of_key (const char *key)
{
  return g_str_has_prefix (key, CALENDAR_KEY) ? strrchr (key, '/') + 1 : NULL;
}

/* What the trouble of a calendar is noted under; @user: (nullable): of all whom the source is for. */
static char *
make_calendar_key (const char *user, const char *source)
{
  return g_strconcat (CALENDAR_KEY, user != NULL ? user : "", "/", source, NULL);
}

/* Whose calendar it is, of a key; "": of all whom the source is for. */
static char *
dup_user_of_key (const char *key)
{
  const char *user = key + strlen (CALENDAR_KEY);

  return g_strndup (user, (gsize) (strrchr (key, '/') - user));
}

static const char *
get_calendar_words (LfHealth code)
{
  if (code == LF_HEALTH_CALENDAR_REFUSED)
    return "says: it is not let in where the calendar is. Mend its password or its link, or allow it there; the log of the connector has more";
  if (code == LF_HEALTH_CALENDAR_GONE)
    return "says: there is no such calendar any more. Mend its address";
  if (code == LF_HEALTH_CALENDAR_UNREADABLE)
    return "says: the calendar cannot be read. What was read before stays for a day; the log of the connector has more";
  return NULL;
}

/* Tells @user, or everybody for whom @token reads @name. */
static void
tell_whom_it_is_for (LfHub *self, const char *user, const char *name, const char *token)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter        iter;
  const char           *id;
  const LfPerson       *person;

  if (user != NULL && *user != '\0')
    {
      tell (self, user);
      return;
    }
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, (gpointer *) &person))
    {
      const Source *source = person->calendars != NULL ? g_hash_table_lookup (person->calendars, name) : NULL;

      if (source != NULL && is_of (source, token))
        g_ptr_array_add (users, g_strdup (id));
    }
  for (guint i = 0; i < users->len; i++)
    tell (self, users->pdata[i]);
}

/* What @token said is wrong, is no longer. */
static void
clear_troubles (LfHub *self, const char *token)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter        iter;
  gpointer              key;
  const LfTrouble      *trouble;

  g_hash_table_iter_init (&iter, self->troubles);
  while (g_hash_table_iter_next (&iter, &key, (gpointer *) &trouble))
    if (g_str_has_prefix (key, CALENDAR_KEY) && g_strcmp0 (trouble->reporter, token) == 0)
      {
        g_ptr_array_add (keys, g_strdup (key));
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < keys->len; i++)
    {
      g_autofree char *user = dup_user_of_key (keys->pdata[i]);

      tell_whom_it_is_for (self, user, lf_hub_get_calendar_of_key (keys->pdata[i]), token);
    }
}

/* Which sources are to go: all of @token, or @name alone; with no token those that were doubted before @doubted_us. */
typedef struct
{
  const char *token;
  const char *name; /* nullable */
  gint64      doubted_us;
} Going;

static gboolean
goes (gpointer name, gpointer value, gpointer user_data)
{
  const Source *source = value;
  const Going  *going = user_data;

  if (going->token == NULL)
    return source->doubted_mono_us >= 0 && source->doubted_mono_us <= going->doubted_us;
  return is_of (source, going->token) && (going->name == NULL || g_str_equal (name, going->name));
}

static void
drop_sources (LfHub *self, const Going *going)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter        iter;
  const char           *id;
  LfPerson             *person;

  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, (gpointer *) &person))
    if (person->calendars != NULL && g_hash_table_foreach_remove (person->calendars, goes, (gpointer) going) > 0)
      g_ptr_array_add (users, g_strdup (id));
  for (guint i = 0; i < users->len; i++)
    tell (self, users->pdata[i]);
}

/* A source that is read no longer. */
static void
drop_source (LfHub *self, const char *user, const char *name, const char *token)
{
  const Going going = { token, name, 0 };
  LfPerson   *person;

  if (user == NULL)
    {
      drop_sources (self, &going);
      return;
    }
  person = lf_hub_find_person (self, user);
  if (person != NULL && person->calendars != NULL && g_hash_table_foreach_remove (person->calendars, goes, (gpointer) &going) > 0)
    tell (self, user);
}

/**
 * lf_hub_drop_calendars_of:
 * @self: the hub
 * @token: id of a calendar connector's service token that is no more
 *
 * Nothing is read by it any longer, and what it said is wrong is nobody's concern.
 */
void
lf_hub_drop_calendars_of (LfHub *self, const char *token)
{
  const Going going = { token, NULL, 0 };

  if (g_hash_table_remove (self->readers, token)) /* of the many sessions that end most are people's */
    drop_sources (self, &going);
  clear_troubles (self, token);
}

static gboolean
on_doubt_over (gpointer user_data)
{
  LfHub         *self = user_data;
  gint64         now_us = lf_clock_get_mono_us (self->clock);
  const Going    going = { NULL, NULL, now_us - DOUBT_US };
  gint64         first_us = G_MAXINT64;
  GHashTableIter people;
  LfPerson      *person;

  self->doubt_call = 0;
  drop_sources (self, &going);
  g_hash_table_iter_init (&people, self->people);
  while (g_hash_table_iter_next (&people, NULL, (gpointer *) &person))
    {
      GHashTableIter sources;
      const Source  *source;

      if (person->calendars == NULL)
        continue;
      g_hash_table_iter_init (&sources, person->calendars);
      while (g_hash_table_iter_next (&sources, NULL, (gpointer *) &source))
        if (source->doubted_mono_us >= 0)
          first_us = MIN (first_us, source->doubted_mono_us);
    }
  if (first_us != G_MAXINT64)
    self->doubt_call = lf_clock_call_after (self->clock, first_us + DOUBT_US - now_us, on_doubt_over, self);
  return G_SOURCE_REMOVE;
}

/**
 * lf_hub_doubt_calendars_of:
 * @self: the hub
 * @token: id of the service token of a calendar connector that began anew, or whose stream is gone
 *
 * What it does not speak of within a quarter of an hour is read no longer.
 */
void
lf_hub_doubt_calendars_of (LfHub *self, const char *token)
{
  gint64         now_us = lf_clock_get_mono_us (self->clock);
  gboolean       is_any = FALSE;
  GHashTableIter people;
  LfPerson      *person;

  if (!g_hash_table_contains (self->readers, token))
    return;
  g_hash_table_iter_init (&people, self->people);
  while (g_hash_table_iter_next (&people, NULL, (gpointer *) &person))
    {
      GHashTableIter sources;
      Source        *source;

      if (person->calendars == NULL)
        continue;
      g_hash_table_iter_init (&sources, person->calendars);
      while (g_hash_table_iter_next (&sources, NULL, (gpointer *) &source))
        if (is_of (source, token) && source->doubted_mono_us < 0)
          {
            source->doubted_mono_us = now_us;
            is_any = TRUE;
          }
    }
  if (is_any && self->doubt_call == 0)
    self->doubt_call = lf_clock_call_after (self->clock, DOUBT_US, on_doubt_over, self);
}

static gboolean
is_trouble_of (gpointer key, gpointer value, gpointer prefix)
{
  return g_str_has_prefix (key, prefix);
}

/**
 * lf_hub_forget_troubles_of_person:
 * @self: the hub
 * @user: who is no longer there
 *
 * Nobody has to mend that person's calendars.
 */
void
lf_hub_forget_troubles_of_person (LfHub *self, const char *user)
{
  g_autofree char *prefix = make_calendar_key (user, "");

  g_hash_table_foreach_remove (self->troubles, is_trouble_of, prefix);
}

/* Keeps what is wrong with a source, in place of what was kept before. */
static void
note_trouble (LfHub *self, const LfIdentity *connector, const LfWireHealth *health, const char *key)
{
  g_autofree char *text = g_strdup_printf ("“%s” %s", connector->name, get_calendar_words (health->code));
  LfTrouble       *trouble;

  lf_hub_note_trouble (self, key, text);
  trouble = g_hash_table_lookup (self->troubles, key);
  trouble->reporter = g_strdup (connector->session);
  trouble->code = lf_calendar_code_from_health (health->code);
}

/* Whether what @token said is not @connector's to mend: that of one that is gone is anybody's. */
static gboolean
is_anothers (LfHub *self, const char *token, const LfIdentity *connector)
{
  return g_strcmp0 (token, connector->session) != 0 && token != NULL && lf_hub_has_connector (self, token);
}

/* Somebody's source is read, or is tried to be: unless another reads it. Returns %TRUE if this connector did not before. */
static gboolean
note_source (LfHub *self, const LfIdentity *connector, const LfWireHealth *health)
{
  LfPerson     *person = health->user != NULL ? lf_hub_find_person (self, health->user) : NULL;
  const Source *source = person != NULL && person->calendars != NULL ? g_hash_table_lookup (person->calendars, health->source) : NULL;
  gboolean      is_news = source == NULL || !is_of (source, connector->session);

  if (person == NULL || (source != NULL && (source->reporter->kind != LF_IDENTITY_CALENDAR ||
                                            is_anothers (self, source->reporter->session, connector))))
    return FALSE;
  ensure_source (person, health->source, connector);
  return is_news;
}

/**
 * lf_hub_take_calendar_health:
 * @self: a hub
 * @connector: a calendar connector
 * @health: what is wrong with a source, or no longer; or that it is read no longer
 *
 * Keeps it for explanations, and for whose calendar it is. What it says of a source that another connector
 * speaks of, which is still there, stays that one's.
 */
void
lf_hub_take_calendar_health (LfHub *self, const LfIdentity *connector, const LfWireHealth *health)
{
  g_autofree char *key = NULL;
  const LfTrouble *trouble;
  gboolean         is_news;

  g_return_if_fail (LF_IS_HUB (self) && connector != NULL);

  if (health->source == NULL)
    {
      if (health->code == LF_HEALTH_OK)
        {
          clear_troubles (self, connector->session);
          lf_hub_doubt_calendars_of (self, connector->session);
        }
      return;
    }
  key = make_calendar_key (health->user, health->source);
  trouble = g_hash_table_lookup (self->troubles, key);
  if (trouble != NULL && is_anothers (self, trouble->reporter, connector))
    return;
  is_news = trouble != NULL ? trouble->code != lf_calendar_code_from_health (health->code) || g_strcmp0 (trouble->reporter, connector->session) != 0
                            : health->code != LF_HEALTH_OK;
  if (health->code == LF_HEALTH_OK || health->code == LF_HEALTH_CALENDAR_DROPPED)
    g_hash_table_remove (self->troubles, key);
  if (health->code == LF_HEALTH_CALENDAR_DROPPED)
    {
      drop_source (self, health->user, health->source, connector->session);
      return;
    }
  if (health->user != NULL && lf_hub_find_person (self, health->user) == NULL)
    return;
  if (get_calendar_words (health->code) != NULL && (trouble != NULL || g_hash_table_size (self->troubles) < MAX_TROUBLES))
    note_trouble (self, connector, health, key);
  else if (health->code != LF_HEALTH_OK)
    return;
  if (note_source (self, connector, health) || is_news)
    tell_whom_it_is_for (self, health->user, health->source, connector->session);
}

/**
 * lf_hub_find_calendar_trouble:
 * @self: a hub
 * @user: whose calendar
 * @source: which of them
 * @at_us: (out): since when, wall clock
 *
 * Returns: (nullable): what its connector says is wrong with it
 */
const char *
lf_hub_find_calendar_trouble (LfHub *self, const char *user, const char *source, gint64 *at_us)
{
  g_autofree char *own = make_calendar_key (user, source);
  g_autofree char *all = make_calendar_key (NULL, source);
  const char      *words = lf_hub_find_trouble (self, own, at_us);

  return words != NULL ? words : lf_hub_find_trouble (self, all, at_us);
}

/**
 * lf_hub_list_calendar_troubles:
 * @self: a hub
 * @user: a person
 *
 * Returns: (transfer full) (element-type utf8): the sources that are theirs alone and cannot be read; it frees them
 */
GPtrArray *
lf_hub_list_calendar_troubles (LfHub *self, const char *user)
{
  g_autofree char *prefix = make_calendar_key (user, "");
  GPtrArray       *sources = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter   iter;
  gpointer         key;

  g_hash_table_iter_init (&iter, self->troubles);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, prefix))
      g_ptr_array_add (sources, g_strdup ((char *) key + strlen (prefix)));
  return sources;
}

/**
 * lf_hub_note_calendar:
 * @self: a hub
 * @user: whose calendar
 * @source: which of them
 * @reporter: who published it just now
 * @read_at_us: when it was read
 *
 * Remembers who keeps a calendar. Its owner hears when a connector begins to, and of its first reading; of those
 * that follow only who asks, as they tell nothing but the time.
 */
void
lf_hub_note_calendar (LfHub *self, const char *user, const char *source, const LfIdentity *reporter, gint64 read_at_us)
{
  LfPerson *person;
  Source   *noted;
  gboolean  was_reader, is_reader, is_first;

  g_return_if_fail (LF_IS_HUB (self) && source != NULL && reporter != NULL);

  person = lf_hub_find_person (self, user);
  if (person == NULL)
    return;
  noted = person->calendars != NULL ? g_hash_table_lookup (person->calendars, source) : NULL;
  was_reader = noted != NULL && noted->reporter->kind == LF_IDENTITY_CALENDAR;
  is_reader = reporter->kind == LF_IDENTITY_CALENDAR;
  is_first = noted == NULL || noted->read_at_us == LF_INSTANT_NONE;
  noted = ensure_source (person, source, reporter);
  noted->at_us = lf_clock_get_now_us (self->clock);
  noted->read_at_us = read_at_us;
  if (was_reader != is_reader || (is_reader && is_first))
    tell (self, user);
}

/**
 * lf_hub_find_calendar:
 * @self: a hub
 * @user: whose calendar
 * @source: which of them
 * @at_us: (out): when it was last published
 *
 * Returns: (transfer none) (nullable): who published it, if anybody did since the start
 */
const LfIdentity *
lf_hub_find_calendar (LfHub *self, const char *user, const char *source, gint64 *at_us)
{
  const LfPerson *person;
  const Source   *noted;

  g_return_val_if_fail (LF_IS_HUB (self), NULL);

  person = lf_hub_find_person (self, user);
  noted = person != NULL && person->calendars != NULL ? g_hash_table_lookup (person->calendars, source) : NULL;
  *at_us = noted != NULL ? noted->at_us : LF_INSTANT_NONE;
  return *at_us != LF_INSTANT_NONE ? noted->reporter : NULL;
}

/* What @token says is wrong with a source, of @user or of all whom it is for. */
static LfCalendarCode
find_code (LfHub *self, const char *user, const char *name, const char *token)
{
  g_autofree char *own = make_calendar_key (user, name);
  g_autofree char *all = make_calendar_key (NULL, name);
  const LfTrouble *trouble = g_hash_table_lookup (self->troubles, own);

  if (trouble == NULL || g_strcmp0 (trouble->reporter, token) != 0)
    trouble = g_hash_table_lookup (self->troubles, all);
  return trouble != NULL && g_strcmp0 (trouble->reporter, token) == 0 ? trouble->code : LF_CALENDAR_CODE_OK;
}

static int
compare_sources (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const LfWireReadCalendar *const *) a)->source, (*(const LfWireReadCalendar *const *) b)->source);
}

/**
 * lf_hub_list_read_calendars:
 * @self: a hub
 * @user: id of a person
 *
 * What the person is told, and nobody else: which calendars connectors read for them, and how that goes.
 *
 * Returns: (transfer full) (element-type LfWireReadCalendar) (nullable): by source, as `me` has it; %NULL: none
 */
GPtrArray *
lf_hub_list_read_calendars (LfHub *self, const char *user)
{
  GPtrArray      *list = NULL;
  const LfPerson *person;
  GHashTableIter  iter;
  const char     *name;
  const Source   *source;

  g_return_val_if_fail (LF_IS_HUB (self) && user != NULL, NULL);

  person = lf_hub_find_person (self, user);
  if (person == NULL || person->calendars == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, person->calendars);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &source))
    {
      LfWireReadCalendar *item;

      if (source->reporter->kind != LF_IDENTITY_CALENDAR)
        continue;
      item = g_new0 (LfWireReadCalendar, 1);
      item->source = g_strdup (name);
      item->read_at_us = source->read_at_us;
      item->code = find_code (self, user, name, source->reporter->session);
      if (list == NULL)
        list = g_ptr_array_new ();
      g_ptr_array_add (list, item);
    }
  if (list != NULL)
    g_ptr_array_sort (list, compare_sources);
  return list;
}

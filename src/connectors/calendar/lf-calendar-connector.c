/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-connector.h"
#include "lf-calendar-domains.h"
#include "lf-calendar-health.h"
#include "lf-calendar-publisher.h"
#include "lf-calendar-source.h"
#include "lf-channel.h"
#include "lf-error.h"
#include "lf-timer.h"
#include "lf-wire.h"

#define MAX_AT_ONCE 4 /* calendars being read: bounds memory to as many feeds and workers */
#define MAX_SLOW    2 /* of them those that take long: the others must not wait for these */

struct _LfCalendarConnector
{
  GObject parent_instance;

  LfClock               *clock;     /* owned */
  LfCalendarSlots       *slots;     /* owned */
  LfCalendarNursery     *nursery;   /* owned */
  LfCalendarHealth      *health;    /* owned */
  LfRest                *rest;      /* owned, nullable until configured */
  LfChannel             *channel;   /* owned, nullable */
  LfCalendarPublisher   *publisher; /* owned, nullable */
  GHashTable            *sources;   /* name, or "name/login" of one for many people → LfCalendarSource */
  LfCalendarDomains     *domains;   /* owned: services that know many people's calendars */
  GPtrArray             *templates; /* of LfCalendarSourceConfig: for many people, each of whom has a calendar there */
  guint                  refresh_s;
  LfWireConnectorPeople *people;      /* owned, nullable until the server was asked */
  GHashTable            *by_login;    /* login → LfWireConnectorPerson, borrowed from people */
  GCancellable          *cancellable; /* owned, nullable: the question for people that goes on */
  GSource               *timer;       /* owned, nullable: the next question, after a failure */
  char                  *strangers;   /* owned, nullable: logins the log was told that nobody has */
  guint                  n_failures;
  gboolean               must_ask_again;
  gboolean               must_read_all; /* a configuration was applied */
};

G_DEFINE_FINAL_TYPE (LfCalendarConnector, lf_calendar_connector, G_TYPE_OBJECT)

static void ask_for_people (LfCalendarConnector *self);

static const LfWireConnectorPerson *
find_person (LfCalendarConnector *self,
             LfCalendarSource    *source)
{
  return g_hash_table_lookup (self->by_login, lf_calendar_source_get_config (source)->user);
}

static void
offer (LfCalendarConnector         *self,
       LfCalendarSource            *source,
       const LfWireConnectorPerson *person)
{
  lf_calendar_publisher_offer (self->publisher, lf_calendar_source_get_config (source)->name, person->id,
                               lf_calendar_source_get_result (source), lf_calendar_source_get_read_at_us (source));
}

static void
on_source_read (LfCalendarSource *source,
                gpointer          user_data)
{
  LfCalendarConnector         *self = user_data;
  const LfWireConnectorPerson *person = find_person (self, source);

  if (person == NULL)
    return;
  lf_calendar_health_note (self->health, lf_calendar_source_get_config (source)->name, person->id, NULL);
  offer (self, source, person);
}

static void
on_source_failed (LfCalendarSource *source,
                  const GError     *error,
                  gpointer          user_data)
{
  LfCalendarConnector         *self = user_data;
  const LfWireConnectorPerson *person = find_person (self, source);

  if (person != NULL)
    lf_calendar_health_note (self->health, lf_calendar_source_get_config (source)->name, person->id, error);
}

static void
on_person_unknown (LfCalendarPublisher *publisher,
                   const char          *name,
                   gpointer             user_data)
{
  ask_for_people (user_data);
}

/* The server heard of a calendar behind the word that it is read no longer. */
static void
on_told_late (LfCalendarPublisher *publisher,
              const char          *name,
              const char          *user_id,
              gpointer             user_data)
{
  LfCalendarConnector *self = user_data;

  lf_calendar_health_drop (self->health, name, user_id);
}

static gboolean
on_time_to_ask (gpointer user_data)
{
  LfCalendarConnector *self = user_data;

  lf_timer_clear (&self->timer);
  ask_for_people (self);
  return G_SOURCE_REMOVE;
}

static void
drop_source (LfCalendarSource *source)
{
  g_signal_handlers_disconnect_matched (source, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_source_read, NULL);
  g_signal_handlers_disconnect_matched (source, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_source_failed, NULL);
  lf_calendar_source_stop (source);
  g_object_unref (source);
}

static GHashTable *
new_sources (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) drop_source);
}

/* Takes over a source of @old that is as @wanted, with what it knows, or makes one. */
static void
keep_or_make (LfCalendarConnector          *self,
              GHashTable                   *old,
              const char                   *key,
              const LfCalendarSourceConfig *wanted)
{
  LfCalendarSource *source = g_hash_table_lookup (old, key);
  gpointer          old_key = NULL;

  if (source != NULL && lf_calendar_source_config_same (lf_calendar_source_get_config (source), wanted))
    {
      g_hash_table_steal_extended (old, key, &old_key, NULL);
      g_free (old_key);
    }
  else
    {
      source = lf_calendar_source_new (wanted, self->refresh_s, self->clock, self->slots, self->nursery);
      g_signal_connect (source, "read", G_CALLBACK (on_source_read), self);
      g_signal_connect (source, "failed", G_CALLBACK (on_source_failed), self);
    }
  g_hash_table_insert (self->sources, g_strdup (key), source);
}

/* Tells no more of those that are left in @old, but for those that are only read otherwise. */
static void
forget_sources (LfCalendarConnector *self,
                GHashTable          *old)
{
  GHashTableIter iter;
  gpointer       key;
  gpointer       value;

  g_hash_table_iter_init (&iter, old);
  while (self->publisher != NULL && g_hash_table_iter_next (&iter, &key, &value))
    {
      const LfWireConnectorPerson *person = find_person (self, value);
      const char                  *name = lf_calendar_source_get_config (value)->name;

      lf_calendar_publisher_forget (self->publisher, name, person != NULL ? person->id : NULL);
      if (person != NULL && !g_hash_table_contains (self->sources, key))
        lf_calendar_health_drop (self->health, name, person->id);
    }
}

/* Of a group for many people: one source for each that there is. */
static void
keep_or_make_for_people (LfCalendarConnector          *self,
                         GHashTable                   *old,
                         const LfCalendarSourceConfig *all)
{
  for (guint i = 0; self->people != NULL && i < self->people->items->len; i++)
    {
      const LfWireConnectorPerson       *person = g_ptr_array_index (self->people->items, i);
      g_autoptr (LfCalendarSourceConfig) one = NULL;
      g_autofree char                   *key = NULL;

      if (person->login == NULL || !lf_calendar_source_config_is_for (all, person->login, person->mail) ||
          g_hash_table_size (self->sources) >= LF_CALENDAR_MAX_SOURCES)
        continue;
      one = lf_calendar_source_config_for_person (all, person->login, person->mail);
      key = g_strconcat (all->name, "/", person->login, NULL);
      keep_or_make (self, old, key, one);
    }
}

/* Makes the sources be those of the configuration @singles (NULL: those that are there) and, of the
 * groups for many, those of the people that are there. */
static void
replace_sources (LfCalendarConnector *self,
                 GPtrArray           *singles)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->sources);
  GHashTableIter         iter;
  gpointer               key;
  gpointer               source;

  self->sources = new_sources ();
  for (guint i = 0; singles != NULL && i < singles->len; i++)
    {
      const LfCalendarSourceConfig *wanted = g_ptr_array_index (singles, i);

      keep_or_make (self, old, wanted->name, wanted);
    }
  g_hash_table_iter_init (&iter, old);
  while (singles == NULL && g_hash_table_iter_next (&iter, &key, &source))
    {
      if (strchr (key, '/') != NULL)
        continue;
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (self->sources, key, source);
    }
  for (guint i = 0; i < self->templates->len; i++)
    keep_or_make_for_people (self, old, g_ptr_array_index (self->templates, i));
  forget_sources (self, old);
}

/* Takes over the groups of a configuration. */
static void
take_groups (LfCalendarConnector    *self,
             const LfCalendarConfig *config)
{
  g_autoptr (GPtrArray) singles = g_ptr_array_new ();
  g_autoptr (GPtrArray) served = g_ptr_array_new ();

  if (self->refresh_s != config->refresh_s)
    g_hash_table_remove_all (self->sources);
  self->refresh_s = config->refresh_s;
  g_ptr_array_set_size (self->templates, 0);
  for (guint i = 0; i < config->sources->len; i++)
    {
      const LfCalendarSourceConfig *group = g_ptr_array_index (config->sources, i);

      if (group->kind > LF_CALENDAR_CALDAV)
        g_ptr_array_add (served, (gpointer) group);
      else if (group->user != NULL)
        g_ptr_array_add (singles, (gpointer) group);
      else
        g_ptr_array_add (self->templates, lf_calendar_source_config_copy (group));
    }
  replace_sources (self, singles);
  lf_calendar_domains_take_groups (self->domains, served, self->refresh_s, self->people != NULL ? self->people->items : NULL);
}

/* Gives each source its person's address and starts it, if it is not going on already; says once whose
 * calendars have no person. */
static void
meet_people (LfCalendarConnector *self)
{
  g_autoptr (GString) strangers = g_string_new (NULL);
  GHashTableIter      iter;
  gpointer            value;

  g_hash_table_iter_init (&iter, self->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LfCalendarSource            *source = value;
      const LfWireConnectorPerson *person = find_person (self, source);

      if (person == NULL)
        {
          g_string_append_printf (strangers, "%s“%s”", strangers->len > 0 ? ", " : "",
                                  lf_calendar_source_get_config (source)->user);
          continue;
        }
      if (lf_calendar_source_set_mail (source, person->mail) || self->must_read_all ||
          !lf_calendar_source_get_is_started (source))
        lf_calendar_source_read_now (source);
      /* the person may have another id by now */
      if (lf_calendar_source_get_result (source) != NULL)
        offer (self, source, person);
    }
  self->must_read_all = FALSE;
  if (strangers->len > 0 && g_strcmp0 (strangers->str, self->strangers) != 0)
    g_warning ("The server knows nobody called %s: these calendars are not read.", strangers->str);
  g_free (self->strangers);
  self->strangers = g_strdup (strangers->str);
}

static void
take_people (LfCalendarConnector   *self,
             LfWireConnectorPeople *people)
{
  g_hash_table_remove_all (self->by_login);
  lf_codec_free (&lf_schema_connector_people, self->people);
  self->people = people;
  for (guint i = 0; i < people->items->len; i++)
    {
      LfWireConnectorPerson *person = g_ptr_array_index (people->items, i);

      if (person->login != NULL)
        g_hash_table_insert (self->by_login, person->login, person);
    }
  if (self->templates->len > 0)
    replace_sources (self, NULL);
  lf_calendar_health_set_people (self->health, people->items);
  lf_calendar_domains_set_people (self->domains, people->items);
  meet_people (self);
}

static void
on_people_come (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (LfCalendarConnector) self = user_data;
  g_autoptr (GError)              error = NULL;
  guint                           retry_after_s = 0;
  LfWireConnectorPeople          *people;

  people = lf_rest_call_finish (LF_REST (source), result, NULL, NULL, &retry_after_s, &error);
  if (source != G_OBJECT (self->rest))
    {
      lf_codec_free (&lf_schema_connector_people, people);
      return; /* asked with an older configuration */
    }
  g_clear_object (&self->cancellable);
  if (people != NULL)
    {
      self->n_failures = 0;
      take_people (self, people);
      if (self->must_ask_again)
        ask_for_people (self);
      return;
    }
  if (self->n_failures == 0)
    g_warning ("The server does not say who is there and is asked again: %s",
               error != NULL ? error->message : "its answer is empty");
  lf_timer_start_back_off (&self->timer, &self->n_failures, retry_after_s, on_time_to_ask, self);
}

static void
ask_for_people (LfCalendarConnector *self)
{
  if (self->rest == NULL)
    return;
  self->must_ask_again = self->cancellable != NULL;
  if (self->must_ask_again)
    return;
  lf_timer_clear (&self->timer);
  self->cancellable = g_cancellable_new ();
  lf_rest_call_async (self->rest, "GET", "/connector/people", NULL, NULL, NULL, &lf_schema_connector_people,
                      self->cancellable, on_people_come, g_object_ref (self));
}

static void
on_hello (LfChannel         *channel,
          const LfWireHello *hello,
          gpointer           user_data)
{
  LfCalendarConnector *self = user_data;

  lf_clock_set_server_us (self->clock, hello->server_time_us);
  lf_calendar_health_send_all (self->health);
  lf_calendar_publisher_tell_again (self->publisher);
  ask_for_people (self);
}

static void
on_frame (LfChannel     *channel,
          const LfFrame *frame,
          gpointer       user_data)
{
  if (frame->type == LF_FRAME_PEOPLE)
    ask_for_people (user_data);
}

static void
on_channel_stopped (LfChannel    *channel,
                    const GError *error,
                    gpointer      user_data)
{
  g_warning ("The server does not keep this connector up to date on people: %s", error != NULL ? error->message : "it closed the stream.");
}

/* Lets go of the server. */
static void
disconnect (LfCalendarConnector *self)
{
  lf_timer_clear (&self->timer);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->channel != NULL)
    {
      lf_calendar_health_set_channel (self->health, NULL);
      g_signal_handlers_disconnect_by_data (self->channel, self);
      lf_channel_stop (self->channel, "connector stops");
      g_clear_object (&self->channel);
    }
  if (self->publisher != NULL)
    {
      lf_calendar_domains_set_publisher (self->domains, NULL);
      g_signal_handlers_disconnect_by_data (self->publisher, self);
      lf_calendar_publisher_stop (self->publisher);
      g_clear_object (&self->publisher);
    }
  g_clear_object (&self->rest);
}

static gboolean
connect_to (LfCalendarConnector    *self,
            const LfCalendarConfig *config,
            GError                **error)
{
  g_autoptr (LfRest) rest = lf_rest_new (config->server, error);

  if (rest == NULL)
    return FALSE;
  disconnect (self);
  lf_rest_set_token (rest, config->token);
  self->rest = g_steal_pointer (&rest);
  self->publisher = lf_calendar_publisher_new (self->rest);
  g_signal_connect (self->publisher, "person-unknown", G_CALLBACK (on_person_unknown), self);
  g_signal_connect (self->publisher, "told-late", G_CALLBACK (on_told_late), self);
  lf_calendar_domains_set_publisher (self->domains, self->publisher);
  self->channel = lf_channel_new (self->rest);
  g_signal_connect (self->channel, "hello", G_CALLBACK (on_hello), self);
  g_signal_connect (self->channel, "frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->channel, "stopped", G_CALLBACK (on_channel_stopped), self);
  lf_calendar_health_set_channel (self->health, self->channel);
  lf_channel_start (self->channel);
  return TRUE;
}

static void
lf_calendar_connector_dispose (GObject *object)
{
  LfCalendarConnector *self = LF_CALENDAR_CONNECTOR (object);

  lf_calendar_connector_stop (self);
  G_OBJECT_CLASS (lf_calendar_connector_parent_class)->dispose (object);
}

static void
lf_calendar_connector_finalize (GObject *object)
{
  LfCalendarConnector *self = LF_CALENDAR_CONNECTOR (object);

  g_hash_table_unref (self->sources);
  g_ptr_array_unref (self->templates);
  lf_calendar_domains_free (self->domains);
  g_hash_table_unref (self->by_login);
  lf_codec_free (&lf_schema_connector_people, self->people);
  g_free (self->strangers);
  lf_calendar_slots_unref (self->slots);
  g_object_unref (self->nursery);
  lf_calendar_health_free (self->health);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (lf_calendar_connector_parent_class)->finalize (object);
}

static void
lf_calendar_connector_class_init (LfCalendarConnectorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_calendar_connector_dispose;
  object_class->finalize = lf_calendar_connector_finalize;
}

static void
lf_calendar_connector_init (LfCalendarConnector *self)
{
  self->slots = lf_calendar_slots_new (MAX_AT_ONCE, MAX_SLOW);
  self->nursery = lf_calendar_nursery_new (NULL);
  self->health = lf_calendar_health_new ();
  self->sources = new_sources ();
  self->templates = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_calendar_source_config_free);
  self->by_login = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * lf_calendar_connector_new:
 * @clock: what time it is
 *
 * Returns: (transfer full): a connector that does nothing yet
 */
LfCalendarConnector *
lf_calendar_connector_new (LfClock *clock)
{
  LfCalendarConnector *self;

  g_return_val_if_fail (LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_CALENDAR_CONNECTOR, NULL);
  self->clock = g_object_ref (clock);
  self->domains = lf_calendar_domains_new (clock, self->health);
  return self;
}

/**
 * lf_calendar_connector_apply:
 * @self: a connector
 * @config: what to do from now on
 * @error: set as lf_rest_new() does; then nothing changed
 *
 * Takes over a configuration, the first or a changed one. Calendars that are in both go on; all are
 * read once.
 *
 * Returns: %TRUE if the configuration is in force
 */
gboolean
lf_calendar_connector_apply (LfCalendarConnector    *self,
                             const LfCalendarConfig *config,
                             GError                **error)
{
  g_return_val_if_fail (LF_IS_CALENDAR_CONNECTOR (self), FALSE);
  g_return_val_if_fail (config != NULL, FALSE);

  if (self->rest == NULL || g_strcmp0 (lf_rest_get_server (self->rest), config->server) != 0 ||
      g_strcmp0 (lf_rest_get_token (self->rest), config->token) != 0)
    {
      if (!connect_to (self, config, error))
        return FALSE;
    }
  lf_calendar_health_forget (self->health);
  take_groups (self, config);
  lf_calendar_publisher_tell_again (self->publisher);
  self->must_read_all = TRUE;
  ask_for_people (self);
  return TRUE;
}

/**
 * lf_calendar_connector_stop:
 * @self: a connector
 *
 * Ends everything that goes on; may be called twice.
 */
void
lf_calendar_connector_stop (LfCalendarConnector *self)
{
  g_return_if_fail (LF_IS_CALENDAR_CONNECTOR (self));

  disconnect (self);
  g_hash_table_remove_all (self->sources);
  lf_calendar_domains_clear (self->domains);
}

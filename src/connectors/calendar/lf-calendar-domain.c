/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-domain.h"
#include "lf-calendar-source.h"
#include "lf-error.h"
#include "lf-ews.h"
#include "lf-free-busy-service.h"
#include "lf-instant.h"
#include "lf-oauth-service.h"
#include "lf-timer.h"

#define MAX_WAIT_S     3600 /* between two tries of a service that fails */
#define REFUSED_WAIT_S 3600 /* after a refused password: it must not lock the account */

/* Somebody whose calendar the service knows. */
typedef struct
{
  char *id;        /* owned: the server's */
  char *login;     /* owned */
  char *mail;      /* owned */
  char *complaint; /* owned, nullable: what the log was told last */
} Person;

struct _LfCalendarDomain
{
  GObject parent_instance;

  LfCalendarSourceConfig *config;  /* owned */
  LfClock                *clock;   /* owned */
  LfFreeBusyService      *service; /* owned */
  guint                   refresh_s;

  GPtrArray    *people;       /* of Person, owned */
  GHashTable   *by_mail;      /* mail in small letters → Person, borrowed */
  guint         next;         /* of people: the first of the next question */
  guint         n_asked;      /* in the question that goes on */
  gboolean      is_hurried;   /* the questions of this round follow each other at once */
  gboolean      must_restart; /* asked to begin anew during a question */
  gboolean      is_stopped;
  gint64        asked_us;    /* wall clock */
  GSource      *timer;       /* owned, nullable: the next question */
  GCancellable *cancellable; /* owned, nullable: the question that goes on */
  guint         n_failures;
  char         *complaint; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (LfCalendarDomain, lf_calendar_domain, G_TYPE_OBJECT)

enum
{
  SIGNAL_TOLD,
  SIGNAL_FAILED,
  SIGNAL_LEFT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void ask_next (LfCalendarDomain *self);

static void
person_free (Person *self)
{
  g_free (self->id);
  g_free (self->login);
  g_free (self->mail);
  g_free (self->complaint);
  g_free (self);
}

/* Says how it stands, and tells the log once, not at every try; @person: (nullable): of whom; @error: (nullable): none any more. */
static void
complain (LfCalendarDomain *self,
          char            **complaint,
          const Person     *person,
          const GError     *error)
{
  g_autofree char *whose = person == NULL ? NULL : g_strdup_printf (" of “%s”", person->login);
  const char      *text = error == NULL ? NULL : error->message;

  g_signal_emit (self, signals[SIGNAL_FAILED], 0, person == NULL ? NULL : person->id, error);
  if (g_strcmp0 (*complaint, text) == 0)
    return;
  g_free (*complaint);
  *complaint = g_strdup (text);
  if (text != NULL)
    g_warning ("Calendar “%s”%s: %s", self->config->name, whose != NULL ? whose : "", text);
  else
    g_message ("Calendar “%s”%s is read again.", self->config->name, whose != NULL ? whose : "");
}

static gboolean
on_time_to_ask (gpointer user_data)
{
  LfCalendarDomain *self = user_data;

  lf_timer_clear (&self->timer);
  ask_next (self);
  return G_SOURCE_REMOVE;
}

/* The next question: in its share of the interval; at once in a hurried round; late after failures. */
static void
schedule (LfCalendarDomain *self,
          const GError     *error,
          guint             retry_after_s)
{
  guint   max_people = lf_free_busy_service_get_max_people (self->service);
  guint   n_questions = MAX (1, (self->people->len + max_people - 1) / max_people);
  guint64 wait_ms = (guint64) self->refresh_s * 1000 / n_questions;

  if (error != NULL)
    {
      wait_ms = MIN ((guint64) self->refresh_s << MIN (self->n_failures - 1, 10), MAX_WAIT_S) * 1000;
      if (g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN))
        wait_ms = REFUSED_WAIT_S * 1000;
    }
  else if (self->is_hurried && self->next > 0)
    wait_ms = 0;
  wait_ms = MAX (wait_ms / 1000 * (guint64) g_random_int_range (900, 1101) + wait_ms % 1000, (guint64) retry_after_s * 1000);
  lf_timer_start (&self->timer, (guint) wait_ms, on_time_to_ask, self);
}

static void
take_answer (LfCalendarDomain       *self,
             const LfFreeBusyAnswer *answer)
{
  g_autofree char *mail = g_ascii_strdown (answer->mail, -1);
  Person          *person = g_hash_table_lookup (self->by_mail, mail);

  if (person == NULL)
    return; /* left meanwhile */
  if (answer->error != NULL)
    {
      complain (self, &person->complaint, person, answer->error);
      return;
    }
  complain (self, &person->complaint, person, NULL);
  g_signal_emit (self, signals[SIGNAL_TOLD], 0, person->id, answer->result, self->asked_us);
}

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (LfCalendarDomain) self = user_data;
  g_autoptr (GError)           error = NULL;
  guint                        retry_after_s = 0;
  g_autoptr (GPtrArray)        answers = lf_free_busy_service_query_finish (self->service, result, &retry_after_s, &error);

  g_clear_object (&self->cancellable);
  if (self->is_stopped)
    return;
  for (guint i = 0; answers != NULL && i < answers->len && !self->is_stopped; i++)
    take_answer (self, g_ptr_array_index (answers, i));
  if (self->is_stopped)
    return;
  if (self->must_restart)
    {
      self->must_restart = FALSE;
      ask_next (self);
      return;
    }
  if (answers != NULL)
    {
      self->n_failures = 0;
      complain (self, &self->complaint, NULL, NULL);
      self->next += self->n_asked;
      if (self->next >= self->people->len)
        self->next = 0;
      self->is_hurried = self->is_hurried && self->next > 0;
    }
  else
    {
      self->n_failures++;
      complain (self, &self->complaint, NULL, error);
    }
  schedule (self, error, retry_after_s);
}

/* The window moves once a day, as that of other calendars does. */
static void
ask_next (LfCalendarDomain *self)
{
  g_autoptr (GPtrArray) mails = g_ptr_array_new ();
  guint                 max_people = lf_free_busy_service_get_max_people (self->service);
  gint64                from_us;

  if (self->is_stopped || self->cancellable != NULL || self->people->len == 0)
    return;
  for (guint i = self->next; i < self->people->len && mails->len < max_people; i++)
    g_ptr_array_add (mails, ((Person *) self->people->pdata[i])->mail);
  self->n_asked = mails->len;
  g_ptr_array_add (mails, NULL);
  self->asked_us = lf_clock_get_now_us (self->clock) / 1000 * 1000;
  from_us = lf_calendar_window_start_us (self->asked_us);
  self->cancellable = g_cancellable_new ();
  lf_free_busy_service_query_async (self->service, (const char *const *) mails->pdata, from_us, from_us + LF_CALENDAR_WINDOW_US,
                                    self->cancellable, on_answered, g_object_ref (self));
}

static void
lf_calendar_domain_dispose (GObject *object)
{
  LfCalendarDomain *self = LF_CALENDAR_DOMAIN (object);

  lf_calendar_domain_stop (self);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (lf_calendar_domain_parent_class)->dispose (object);
}

static void
lf_calendar_domain_finalize (GObject *object)
{
  LfCalendarDomain *self = LF_CALENDAR_DOMAIN (object);

  lf_calendar_source_config_free (self->config);
  g_object_unref (self->clock);
  g_hash_table_unref (self->by_mail);
  g_ptr_array_unref (self->people);
  g_free (self->complaint);
  G_OBJECT_CLASS (lf_calendar_domain_parent_class)->finalize (object);
}

static void
lf_calendar_domain_class_init (LfCalendarDomainClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_calendar_domain_dispose;
  object_class->finalize = lf_calendar_domain_finalize;

  signals[SIGNAL_TOLD] = g_signal_new ("told", LF_TYPE_CALENDAR_DOMAIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                       G_TYPE_STRING, G_TYPE_POINTER, G_TYPE_INT64);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", LF_TYPE_CALENDAR_DOMAIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_STRING, G_TYPE_ERROR);
  signals[SIGNAL_LEFT] = g_signal_new ("left", LF_TYPE_CALENDAR_DOMAIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_STRING);
}

static void
lf_calendar_domain_init (LfCalendarDomain *self)
{
  self->people = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  self->by_mail = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static LfFreeBusyService *
make_service (const LfCalendarSourceConfig *config)
{
  if (config->kind == LF_CALENDAR_EWS)
    return lf_ews_new (config);
  return lf_oauth_service_new (config, config->kind == LF_CALENDAR_GRAPH ? &lf_graph_kind : &lf_google_kind);
}

/**
 * lf_calendar_domain_new:
 * @config: a group of %LF_CALENDAR_EWS, %LF_CALENDAR_GRAPH or %LF_CALENDAR_GOOGLE
 * @refresh_s: seconds in which each person is asked for once
 * @clock: what time it is
 *
 * Returns: (transfer full): a domain without people yet
 */
LfCalendarDomain *
lf_calendar_domain_new (const LfCalendarSourceConfig *config,
                        guint                         refresh_s,
                        LfClock                      *clock)
{
  LfCalendarDomain *self;

  g_return_val_if_fail (config != NULL && refresh_s > 0, NULL);
  g_return_val_if_fail (config->kind >= LF_CALENDAR_EWS, NULL);

  self = g_object_new (LF_TYPE_CALENDAR_DOMAIN, NULL);
  self->config = lf_calendar_source_config_copy (config);
  self->refresh_s = refresh_s;
  self->clock = g_object_ref (clock);
  self->service = make_service (config);
  return self;
}

/**
 * lf_calendar_domain_steal_same:
 * @domains: (element-type LfCalendarDomain): domains
 * @config: a group
 *
 * Returns: (transfer full) (nullable): the one of that very group, out of @domains
 */
LfCalendarDomain *
lf_calendar_domain_steal_same (GPtrArray                    *domains,
                               const LfCalendarSourceConfig *config)
{
  g_return_val_if_fail (domains != NULL && config != NULL, NULL);

  for (guint i = 0; i < domains->len; i++)
    {
      if (lf_calendar_source_config_same (((LfCalendarDomain *) domains->pdata[i])->config, config))
        return g_ptr_array_steal_index_fast (domains, i);
    }
  return NULL;
}

/**
 * lf_calendar_domain_get_config:
 * @self: a domain
 *
 * Returns: (transfer none): its group
 */
const LfCalendarSourceConfig *
lf_calendar_domain_get_config (LfCalendarDomain *self)
{
  g_return_val_if_fail (LF_IS_CALENDAR_DOMAIN (self), NULL);

  return self->config;
}

static gboolean
is_same_people (LfCalendarDomain *self,
                GPtrArray        *people)
{
  if (self->people->len != people->len)
    return FALSE;
  for (guint i = 0; i < people->len; i++)
    {
      const Person *old = g_ptr_array_index (self->people, i);
      const Person *new = g_ptr_array_index (people, i);

      if (!g_str_equal (old->id, new->id) || !g_str_equal (old->mail, new->mail))
        return FALSE;
    }
  return TRUE;
}

/* Who is in @people no more is no longer asked for. */
static void
tell_who_left (LfCalendarDomain *self,
               GPtrArray        *people)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < people->len; i++)
    g_hash_table_add (ids, ((Person *) people->pdata[i])->id);
  for (guint i = 0; i < self->people->len; i++)
    {
      const Person *person = g_ptr_array_index (self->people, i);

      if (!g_hash_table_contains (ids, person->id))
        g_signal_emit (self, signals[SIGNAL_LEFT], 0, person->id);
    }
}

/**
 * lf_calendar_domain_set_people:
 * @self: a domain
 * @people: (element-type LfWireConnectorPerson): everybody that there is
 *
 * Takes those that the group is for and that have a mail address; asks for all of them soon, if they are
 * others than before.
 */
void
lf_calendar_domain_set_people (LfCalendarDomain *self,
                               const GPtrArray  *people)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);

  g_return_if_fail (LF_IS_CALENDAR_DOMAIN (self));
  g_return_if_fail (people != NULL);

  for (guint i = 0; i < people->len && chosen->len < LF_CALENDAR_MAX_SOURCES; i++)
    {
      const LfWireConnectorPerson *person = g_ptr_array_index (people, i);
      Person                      *own;

      if (person->login == NULL || person->mail == NULL || strchr (person->mail, '@') == NULL ||
          !lf_calendar_source_config_is_for (self->config, person->login, person->mail))
        continue;
      own = g_new0 (Person, 1);
      own->id = g_strdup (person->id);
      own->login = g_strdup (person->login);
      own->mail = g_strdup (person->mail);
      g_ptr_array_add (chosen, own);
    }
  if (is_same_people (self, chosen))
    return;
  tell_who_left (self, chosen);
  g_hash_table_remove_all (self->by_mail);
  g_ptr_array_unref (self->people);
  self->people = g_steal_pointer (&chosen);
  for (guint i = 0; i < self->people->len; i++)
    {
      Person *person = g_ptr_array_index (self->people, i);

      g_hash_table_insert (self->by_mail, g_ascii_strdown (person->mail, -1), person);
    }
  lf_calendar_domain_read_now (self);
}

/**
 * lf_calendar_domain_read_now:
 * @self: a domain
 *
 * Asks for everybody as soon as the service answers.
 */
void
lf_calendar_domain_read_now (LfCalendarDomain *self)
{
  g_return_if_fail (LF_IS_CALENDAR_DOMAIN (self));

  self->next = 0;
  self->n_asked = 0;
  self->is_hurried = TRUE;
  self->must_restart = self->cancellable != NULL;
  lf_timer_clear (&self->timer);
  ask_next (self);
}

/**
 * lf_calendar_domain_stop:
 * @self: a domain
 *
 * Ends everything that goes on; for good.
 */
void
lf_calendar_domain_stop (LfCalendarDomain *self)
{
  g_return_if_fail (LF_IS_CALENDAR_DOMAIN (self));

  self->is_stopped = TRUE;
  lf_timer_clear (&self->timer);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

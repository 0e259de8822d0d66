/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-domains.h"

struct _LfCalendarDomains
{
  LfClock             *clock;     /* owned */
  LfCalendarHealth    *health;    /* borrowed from the connector */
  LfCalendarPublisher *publisher; /* borrowed from the connector, nullable */
  GPtrArray           *domains;   /* of LfCalendarDomain */
  guint                refresh_s;
};

static void
on_told (LfCalendarDomain   *domain,
         const char         *user_id,
         const LfIcalResult *result,
         gint64              read_at_us,
         gpointer            user_data)
{
  LfCalendarDomains *self = user_data;

  if (self->publisher != NULL)
    lf_calendar_publisher_offer (self->publisher, lf_calendar_domain_get_config (domain)->name, user_id, result, read_at_us);
}

static void
on_failed (LfCalendarDomain *domain,
           const char       *user_id,
           const GError     *error,
           gpointer          user_data)
{
  LfCalendarDomains *self = user_data;

  lf_calendar_health_note (self->health, lf_calendar_domain_get_config (domain)->name, user_id, error);
}

static void
on_left (LfCalendarDomain *domain,
         const char       *user_id,
         gpointer          user_data)
{
  LfCalendarDomains *self = user_data;
  const char        *name = lf_calendar_domain_get_config (domain)->name;

  if (self->publisher != NULL)
    lf_calendar_publisher_forget (self->publisher, name, user_id);
  lf_calendar_health_drop (self->health, name, user_id);
}

static void
drop_domain (LfCalendarDomain *domain)
{
  g_signal_handlers_disconnect_matched (domain, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_told, NULL);
  g_signal_handlers_disconnect_matched (domain, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_failed, NULL);
  g_signal_handlers_disconnect_matched (domain, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_left, NULL);
  lf_calendar_domain_stop (domain);
  g_object_unref (domain);
}

static GPtrArray *
new_domains (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) drop_domain);
}

/* Takes over the domain of @old that is as @group, with its token, or makes one. */
static void
keep_or_make (LfCalendarDomains            *self,
              GPtrArray                    *old,
              const LfCalendarSourceConfig *group)
{
  LfCalendarDomain *domain = lf_calendar_domain_steal_same (old, group);

  if (domain != NULL)
    lf_calendar_domain_read_now (domain);
  else
    {
      domain = lf_calendar_domain_new (group, self->refresh_s, self->clock);
      g_signal_connect (domain, "told", G_CALLBACK (on_told), self);
      g_signal_connect (domain, "failed", G_CALLBACK (on_failed), self);
      g_signal_connect (domain, "left", G_CALLBACK (on_left), self);
    }
  g_ptr_array_add (self->domains, domain);
}

static gboolean
has_group (const GPtrArray *groups,
           const char      *name)
{
  for (guint i = 0; i < groups->len; i++)
    if (g_str_equal (((const LfCalendarSourceConfig *) groups->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/**
 * lf_calendar_domains_new:
 * @clock: what time it is
 * @health: gets what is wrong; outlives the domains
 *
 * Returns: (transfer full): no domains
 */
LfCalendarDomains *
lf_calendar_domains_new (LfClock          *clock,
                         LfCalendarHealth *health)
{
  LfCalendarDomains *self;

  g_return_val_if_fail (LF_IS_CLOCK (clock) && health != NULL, NULL);

  self = g_new0 (LfCalendarDomains, 1);
  self->clock = g_object_ref (clock);
  self->health = health;
  self->domains = new_domains ();
  return self;
}

/**
 * lf_calendar_domains_free:
 * @self: (transfer full): domains
 */
void
lf_calendar_domains_free (LfCalendarDomains *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->domains);
  g_object_unref (self->clock);
  g_free (self);
}

/**
 * lf_calendar_domains_set_publisher:
 * @self: domains
 * @publisher: (nullable): gets what they say; stays until there is another
 */
void
lf_calendar_domains_set_publisher (LfCalendarDomains   *self,
                                   LfCalendarPublisher *publisher)
{
  g_return_if_fail (self != NULL);

  self->publisher = publisher;
}

/**
 * lf_calendar_domains_take_groups:
 * @self: domains
 * @groups: (element-type LfCalendarSourceConfig): those of a configuration that are for services
 * @refresh_s: seconds in which each person is asked for once
 * @people: (element-type LfWireConnectorPerson) (nullable): everybody that there is, if that is known
 *
 * Those that were there before go on; of those that are no longer there the server is told.
 */
void
lf_calendar_domains_take_groups (LfCalendarDomains *self,
                                 const GPtrArray   *groups,
                                 guint              refresh_s,
                                 const GPtrArray   *people)
{
  g_autoptr (GPtrArray) old = NULL;

  g_return_if_fail (self != NULL && groups != NULL);

  for (guint i = 0; i < self->domains->len; i++)
    {
      const char *name = lf_calendar_domain_get_config (self->domains->pdata[i])->name;

      if (has_group (groups, name))
        continue;
      if (self->publisher != NULL)
        lf_calendar_publisher_forget (self->publisher, name, NULL);
      lf_calendar_health_drop (self->health, name, NULL);
    }
  old = g_steal_pointer (&self->domains);
  self->domains = new_domains ();
  if (self->refresh_s != refresh_s)
    g_ptr_array_set_size (old, 0);
  self->refresh_s = refresh_s;
  for (guint i = 0; i < groups->len; i++)
    keep_or_make (self, old, groups->pdata[i]);
  if (people != NULL)
    lf_calendar_domains_set_people (self, people);
}

/**
 * lf_calendar_domains_set_people:
 * @self: domains
 * @people: (element-type LfWireConnectorPerson): everybody that there is
 */
void
lf_calendar_domains_set_people (LfCalendarDomains *self,
                                const GPtrArray   *people)
{
  g_return_if_fail (self != NULL && people != NULL);

  for (guint i = 0; i < self->domains->len; i++)
    lf_calendar_domain_set_people (self->domains->pdata[i], people);
}

/**
 * lf_calendar_domains_clear:
 * @self: domains
 *
 * Ends all of them.
 */
void
lf_calendar_domains_clear (LfCalendarDomains *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_set_size (self->domains, 0);
}

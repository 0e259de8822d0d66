/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include "lf-error.h"
#include "lf-ical-availability.h"
#include "lf-ical-event.h"
#include "lf-ical-expand.h"
#include "lf-ical-reader.h"
#include "lf-ical-splitter.h"
#include "lf-ical-zone.h"
#include "lf-instant.h"

struct _LfIcalReader
{
  LfIcalOptions   options;
  LfIcalIssues    issues;
  LfIcalSplitter *splitter;  /* owned */
  LfIcalZones    *zones;     /* owned */
  GPtrArray      *events;    /* of char *: kept lines; read when all zones are known */
  GPtrArray      *free_busy; /* of char * */
  GPtrArray      *available; /* of char * */
  gboolean        has_too_many;
};

static void
on_component (LfIcalComponentKind kind,
              char               *text,
              gsize               length,
              gpointer            user_data)
{
  LfIcalReader *self = user_data;

  if (kind == LF_ICAL_COMPONENT_TIME_ZONE)
    lf_ical_zones_define (self->zones, text);
  else if (kind == LF_ICAL_COMPONENT_AVAILABILITY)
    {
      if (self->available->len < LF_ICAL_MAX_AVAILABILITIES)
        g_ptr_array_add (self->available, g_strndup (text, length));
    }
  else if (self->events->len + self->free_busy->len >= LF_ICAL_MAX_EVENTS)
    self->has_too_many = TRUE;
  else
    g_ptr_array_add (kind == LF_ICAL_COMPONENT_EVENT ? self->events : self->free_busy, g_strndup (text, length));
}

/* Reads the lines of each event, giving up their memory as it goes. */
static GPtrArray *
parse_events (LfIcalReader        *self,
              const LfIcalContext *context)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_ical_event_free);

  for (guint i = 0; i < self->events->len; i++)
    {
      g_autofree char *text = g_steal_pointer (&g_ptr_array_index (self->events, i));
      LfIcalEvent     *event = lf_ical_event_parse (text, context);

      if (event != NULL)
        g_ptr_array_add (events, event);
    }
  return events;
}

/* Reads the free/busy answers; if there are no events besides, they bound what is known. */
static void
parse_free_busy (LfIcalReader        *self,
                 const LfIcalContext *context,
                 GArray              *periods,
                 LfIcalResult        *result)
{
  gint64   from_s = G_MAXINT64;
  gint64   until_s = G_MININT64;
  gboolean is_bounded = self->free_busy->len > 0 && self->events->len == 0;

  for (guint i = 0; i < self->free_busy->len; i++)
    {
      if (!lf_ical_free_busy_parse (g_ptr_array_index (self->free_busy, i), context, periods, &from_s, &until_s))
        is_bounded = FALSE;
    }
  if (!is_bounded || from_s >= until_s)
    return;
  result->known_from_us = CLAMP (from_s, self->options.from_us / LF_SECOND, self->options.to_us / LF_SECOND) * LF_SECOND;
  result->known_until_us = CLAMP (until_s, self->options.from_us / LF_SECOND, self->options.to_us / LF_SECOND) * LF_SECOND;
}

/* Adds the time in which the owner is not available. That is detail: it is left out where it would shorten
 * what is known of meetings. */
static void
add_unavailable (LfIcalReader        *self,
                 const LfIcalContext *context,
                 const LfIcalWindow  *window)
{
  g_autoptr (GPtrArray) availabilities = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_ical_availability_free);
  g_autoptr (GArray)    periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  LfIcalWindow          own = { window->from_s, window->to_s, periods, window->issues };

  for (guint i = 0; i < self->available->len; i++)
    {
      LfIcalAvailability *availability = lf_ical_availability_parse (g_ptr_array_index (self->available, i), context);

      if (availability != NULL)
        g_ptr_array_add (availabilities, availability);
    }
  lf_ical_availability_expand (availabilities, &own);
  if (periods->len > 0 && periods->len + window->periods->len <= LF_BUSY_MAX_PERIODS)
    g_array_append_vals (window->periods, periods->data, periods->len);
}

/**
 * lf_ical_options_copy:
 * @self: how to read
 *
 * Returns: (transfer full): the same, with strings of its own
 */
LfIcalOptions *
lf_ical_options_copy (const LfIcalOptions *self)
{
  LfIcalOptions *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->owner_zone = g_strdup (self->owner_zone);
  copy->own_addresses = (const char *const *) g_strdupv ((char **) self->own_addresses);
  copy->zone_cache = self->zone_cache == NULL ? NULL : g_hash_table_ref (self->zone_cache);
  return copy;
}

/**
 * lf_ical_options_free:
 * @self: (transfer full): what lf_ical_options_copy() gave
 */
void
lf_ical_options_free (LfIcalOptions *self)
{
  g_return_if_fail (self != NULL);

  g_free ((char *) self->owner_zone);
  g_strfreev ((char **) self->own_addresses);
  g_clear_pointer (&self->zone_cache, g_hash_table_unref);
  g_free (self);
}

/**
 * lf_ical_reader_new:
 * @options: how to read
 *
 * Returns: (transfer full): a reader for one calendar
 */
LfIcalReader *
lf_ical_reader_new (const LfIcalOptions *options)
{
  LfIcalReader *self;

  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (options->from_us < options->to_us, NULL);

  self = g_new0 (LfIcalReader, 1);
  self->options = *options;
  self->zones = lf_ical_zones_new (options->owner_zone, &self->issues, options->zone_cache);
  self->events = g_ptr_array_new_with_free_func (g_free);
  self->free_busy = g_ptr_array_new_with_free_func (g_free);
  self->available = g_ptr_array_new_with_free_func (g_free);
  self->splitter = lf_ical_splitter_new (options->own_addresses, &self->issues, on_component, self);
  return self;
}

/**
 * lf_ical_reader_free:
 * @self: (transfer full): a reader
 */
void
lf_ical_reader_free (LfIcalReader *self)
{
  g_return_if_fail (self != NULL);

  lf_ical_splitter_free (self->splitter);
  lf_ical_zones_free (self->zones);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->free_busy);
  g_ptr_array_unref (self->available);
  g_free (self);
}

/**
 * lf_ical_reader_feed:
 * @self: a reader
 * @bytes: the next bytes of the calendar
 * @length: how many
 * @error: set to %LF_ERROR_TOO_LARGE or %LF_ERROR_BAD_FRAME if the calendar cannot be read at all
 *
 * Returns: %TRUE if the bytes were taken
 */
gboolean
lf_ical_reader_feed (LfIcalReader *self,
                     const char   *bytes,
                     gsize         length,
                     GError      **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!lf_ical_splitter_feed (self->splitter, bytes, length, error))
    return FALSE;
  if (self->has_too_many)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_TOO_LARGE, "The calendar has more than %d events.", LF_ICAL_MAX_EVENTS);
      return FALSE;
    }
  return TRUE;
}

/**
 * lf_ical_reader_finish:
 * @self: a reader that was fed everything
 * @error: set as by lf_ical_reader_feed(); also if the calendar is cut off
 *
 * Returns: (transfer full) (nullable): what the calendar says
 */
LfIcalResult *
lf_ical_reader_finish (LfIcalReader *self,
                       GError      **error)
{
  g_autoptr (LfIcalResult) result = NULL;
  g_autoptr (GPtrArray)    events = NULL;
  g_autoptr (GArray)       periods = NULL;
  LfIcalContext            context;
  LfIcalWindow             window;

  g_return_val_if_fail (self != NULL, NULL);

  if (!lf_ical_splitter_finish (self->splitter, error))
    return NULL;

  result = lf_ical_result_new (self->options.from_us, self->options.to_us);
  result->n_events = self->events->len + self->free_busy->len + self->available->len;
  periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  context = (LfIcalContext){ self->zones, &self->issues, self->options.own_addresses };
  parse_free_busy (self, &context, periods, result);
  events = parse_events (self, &context);
  window = (LfIcalWindow){ self->options.from_us / LF_SECOND, self->options.to_us / LF_SECOND, periods, &self->issues };
  if (!lf_ical_expand (events, &window, error))
    return NULL;
  add_unavailable (self, &context, &window);

  lf_ical_result_set_periods (result, periods);
  result->issues = self->issues;
  return g_steal_pointer (&result);
}

/**
 * lf_ical_result_new:
 * @from_us: start of what is known
 * @to_us: its end
 *
 * Returns: (transfer full): a result without periods yet
 */
LfIcalResult *
lf_ical_result_new (gint64 from_us,
                    gint64 to_us)
{
  LfIcalResult *self = g_new0 (LfIcalResult, 1);

  self->known_from_us = from_us;
  self->known_until_us = to_us;
  return self;
}

/**
 * lf_ical_result_set_periods:
 * @self: a result without periods
 * @periods: what holds the owner, #LfBusyPeriod, in any order
 *
 * Unites what lies in the known span. In a list that is too long meetings without a gap are one; one
 * that still is gets cut where its first period over the limit starts: what lies behind is not known,
 * rather than free.
 */
void
lf_ical_result_set_periods (LfIcalResult *self,
                            const GArray *periods)
{
  g_autoptr (LfBusyList) all = NULL;
  g_autoptr (LfBusyList) inside = NULL;
  gsize                  n_periods;
  const LfBusyPeriod    *list;

  g_return_if_fail (self != NULL && periods != NULL);

  all = lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
  inside = lf_busy_list_cut (all, self->known_from_us, self->known_until_us);
  list = lf_busy_list_get (inside, &n_periods);
  if (n_periods > LF_BUSY_MAX_PERIODS)
    {
      LfBusyList *joined = lf_busy_list_join (inside);

      lf_busy_list_unref (inside);
      inside = joined;
      list = lf_busy_list_get (inside, &n_periods);
    }
  if (n_periods > LF_BUSY_MAX_PERIODS)
    {
      self->known_until_us = MAX (list[LF_BUSY_MAX_PERIODS].start_us, self->known_from_us);
      self->periods = lf_busy_list_cut (inside, self->known_from_us, self->known_until_us);
    }
  else
    self->periods = g_steal_pointer (&inside);
}

/**
 * lf_ical_result_free:
 * @self: (transfer full): a result
 */
void
lf_ical_result_free (LfIcalResult *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->periods, lf_busy_list_unref);
  g_free (self);
}

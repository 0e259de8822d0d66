/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-caldav-calendar.h"
#include "lf-caldav-discovery.h"
#include "lf-caldav-objects.h"
#include "lf-caldav.h"
#include "lf-error.h"

struct _LfCaldav
{
  GObject parent_instance;

  LfCalendarSourceConfig *config;    /* owned */
  LfCalendarNursery      *nursery;   /* owned */
  LfCalendarHttp         *http;      /* owned */
  LfCaldavPlace          *place;     /* owned, nullable until it was found */
  GHashTable             *calendars; /* address → LfCaldavCalendar: those that count */
  gint64                  from_us;   /* the window that was told last; 0: none */
  gboolean                is_outdated;
};

/* One reading: the task's data. */
typedef struct
{
  LfIcalOptions    *options; /* owned */
  LfDavMultistatus *told;    /* owned, nullable: of the calendars */
  char             *base;    /* owned, nullable: where that came from */
  guint             next;    /* of told */
  gboolean          is_changed;
  guint             retry_after_s;
} Reading;

static void lf_caldav_reader_init (LfCalendarReaderInterface *iface);
static void sync_next (GTask *task);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfCaldav, lf_caldav, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_CALENDAR_READER, lf_caldav_reader_init))

static void
reading_free (Reading *self)
{
  g_clear_pointer (&self->options, lf_ical_options_free);
  g_free (self->base);
  g_clear_pointer (&self->told, lf_dav_multistatus_free);
  g_free (self);
}

/* All calendars are in step. */
static void
finish (GTask *task)
{
  LfCaldav          *self = g_task_get_source_object (task);
  Reading           *reading = g_task_get_task_data (task);
  LfIcalResult      *said;
  g_autoptr (GArray) periods = NULL;
  GHashTableIter     iter;
  gpointer           value;

  if (self->is_outdated)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "The person's addresses changed meanwhile.");
      return;
    }
  if (!reading->is_changed && self->from_us == reading->options->from_us)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  said = lf_ical_result_new (reading->options->from_us, reading->options->to_us);
  g_hash_table_iter_init (&iter, self->calendars);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    lf_caldav_calendar_collect (value, periods, said);
  lf_ical_result_set_periods (said, periods);
  self->from_us = reading->options->from_us;
  g_task_return_pointer (task, said, (GDestroyNotify) lf_ical_result_free);
}

static void
on_synced (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading          *reading = g_task_get_task_data (task);
  GError           *error = NULL;

  if (!lf_caldav_calendar_sync_finish (LF_CALDAV_CALENDAR (source), result, &reading->retry_after_s, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  reading->is_changed = TRUE;
  sync_next (task);
}

/* Brings the next calendar in step that is not. */
static void
sync_next (GTask *task)
{
  LfCaldav *self = g_task_get_source_object (task);
  Reading  *reading = g_task_get_task_data (task);

  while (reading->next < reading->told->responses->len)
    {
      const LfDavResponse *told = g_ptr_array_index (reading->told->responses, reading->next++);
      g_autofree char     *url = lf_caldav_resolve (reading->base, told->href);
      LfCaldavCalendar    *calendar = url == NULL ? NULL : g_hash_table_lookup (self->calendars, url);

      if (calendar == NULL || lf_caldav_calendar_is_current (calendar, told, reading->options->to_us))
        continue;
      lf_caldav_calendar_sync_async (calendar, self->http, self->nursery, told, reading->options, g_task_get_cancellable (task),
                                     on_synced, g_object_ref (task));
      return;
    }
  finish (task);
}

static gboolean
is_named (LfCaldav   *self,
          const char *name)
{
  g_autofree char *folded = name == NULL ? NULL : g_utf8_casefold (name, -1);

  for (char **wanted = self->config->calendars; folded != NULL && *wanted != NULL; wanted++)
    {
      g_autofree char *other = g_utf8_casefold (*wanted, -1);

      if (g_str_equal (folded, other))
        return TRUE;
    }
  return FALSE;
}

/* Whether a calendar counts: the one that was configured, those that were named, or one's own. */
static gboolean
counts (LfCaldav            *self,
        const LfDavResponse *told)
{
  g_autofree char *owner = NULL;

  if (!told->is_calendar || told->holds_no_events)
    return FALSE;
  if (!self->place->is_home)
    return TRUE;
  if (self->config->calendars != NULL)
    return is_named (self, told->name);
  if (told->is_shared || told->is_subscribed || told->is_transparent)
    return FALSE;
  owner = told->owner == NULL ? NULL : lf_caldav_dup_path (told->owner);
  return owner == NULL || self->place->principal == NULL || g_str_equal (owner, self->place->principal);
}

/* Keeps those calendars that still count, with what is known of them. */
static gboolean
choose_calendars (LfCaldav *self,
                  Reading  *reading,
                  GError  **error)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->calendars);

  self->calendars = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  for (guint i = 0; i < reading->told->responses->len; i++)
    {
      const LfDavResponse *told = g_ptr_array_index (reading->told->responses, i);
      g_autofree char     *url = counts (self, told) ? lf_caldav_resolve (reading->base, told->href) : NULL;
      gpointer             key = NULL;
      gpointer             calendar = NULL;

      if (url == NULL || g_hash_table_contains (self->calendars, url) || g_hash_table_size (self->calendars) >= LF_CALDAV_MAX_CALENDARS)
        continue;
      if (g_hash_table_steal_extended (old, url, &key, &calendar))
        g_free (key);
      else
        calendar = lf_caldav_calendar_new (url);
      g_hash_table_insert (self->calendars, g_steal_pointer (&url), calendar);
    }
  reading->is_changed |= g_hash_table_size (old) > 0;
  if (g_hash_table_size (self->calendars) > 0)
    return TRUE;
  g_set_error (error, LF_ERROR, LF_ERROR_NOT_FOUND,
               self->config->calendars != NULL ? "The server has no calendar of the names that the configuration gives."
                                               : "The server has no calendar of this person's own that counts.");
  return FALSE;
}

static void
on_told (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  LfCaldav         *self = g_task_get_source_object (task);
  Reading          *reading = g_task_get_task_data (task);
  GError           *error = NULL;

  reading->told = lf_caldav_finish (result, &reading->base, &reading->retry_after_s, &error);
  if (reading->told == NULL || !choose_calendars (self, reading, &error))
    {
      /* it may have moved */
      if (g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
        g_clear_pointer (&self->place, lf_caldav_place_free);
      g_task_return_error (task, error);
      return;
    }
  sync_next (task);
}

static void
ask (GTask *task)
{
  LfCaldav *self = g_task_get_source_object (task);

  lf_caldav_describe_async (self->http, self->place->url, self->place->is_home ? "1" : "0", g_task_get_cancellable (task), on_told,
                            g_object_ref (task));
}

static void
on_discovered (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  LfCaldav         *self = g_task_get_source_object (task);
  Reading          *reading = g_task_get_task_data (task);
  GError           *error = NULL;

  self->place = lf_caldav_discover_finish (result, &reading->retry_after_s, &error);
  if (self->place == NULL)
    g_task_return_error (task, error);
  else
    ask (task);
}

static void
lf_caldav_read_async (LfCalendarReader    *reader,
                      const LfIcalOptions *options,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  LfCaldav         *self = LF_CALDAV (reader);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Reading          *reading = g_new0 (Reading, 1);

  g_task_set_source_tag (task, lf_caldav_read_async);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  reading->options = lf_ical_options_copy (options);
  if (self->is_outdated)
    {
      g_hash_table_remove_all (self->calendars);
      self->from_us = 0;
      self->is_outdated = FALSE;
    }
  if (self->place == NULL)
    lf_caldav_discover_async (self->http, self->config->url, cancellable, on_discovered, g_steal_pointer (&task));
  else
    ask (task);
}

static gboolean
lf_caldav_read_finish (LfCalendarReader *reader,
                       GAsyncResult     *result,
                       LfIcalResult    **said,
                       guint            *retry_after_s,
                       GError          **error)
{
  Reading *reading = g_task_get_task_data (G_TASK (result));
  gboolean is_good = !g_task_had_error (G_TASK (result));

  *retry_after_s = reading->retry_after_s;
  *said = g_task_propagate_pointer (G_TASK (result), error);
  return is_good;
}

static void
lf_caldav_forget (LfCalendarReader *reader)
{
  LF_CALDAV (reader)->is_outdated = TRUE;
}

static void
lf_caldav_reader_init (LfCalendarReaderInterface *iface)
{
  iface->read_async = lf_caldav_read_async;
  iface->read_finish = lf_caldav_read_finish;
  iface->forget = lf_caldav_forget;
}

static void
lf_caldav_finalize (GObject *object)
{
  LfCaldav *self = LF_CALDAV (object);

  lf_calendar_source_config_free (self->config);
  g_object_unref (self->nursery);
  g_object_unref (self->http);
  g_clear_pointer (&self->place, lf_caldav_place_free);
  g_hash_table_unref (self->calendars);
  G_OBJECT_CLASS (lf_caldav_parent_class)->finalize (object);
}

static void
lf_caldav_class_init (LfCaldavClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lf_caldav_finalize;
}

static void
lf_caldav_init (LfCaldav *self)
{
  self->calendars = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/**
 * lf_caldav_new:
 * @config: a group of %LF_CALENDAR_CALDAV, of one person
 * @nursery: where workers come from
 *
 * Returns: (transfer full): a reader of that person's calendars
 */
LfCalendarReader *
lf_caldav_new (const LfCalendarSourceConfig *config,
               LfCalendarNursery            *nursery)
{
  LfCaldav *self;

  g_return_val_if_fail (config != NULL, NULL);
  g_return_val_if_fail (LF_IS_CALENDAR_NURSERY (nursery), NULL);

  self = g_object_new (LF_TYPE_CALDAV, NULL);
  self->config = lf_calendar_source_config_copy (config);
  self->nursery = g_object_ref (nursery);
  self->http = lf_calendar_http_new (config);
  return LF_CALENDAR_READER (self);
}

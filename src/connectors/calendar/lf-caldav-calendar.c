/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-caldav-calendar.h"
#include "lf-caldav-objects.h"
#include "lf-calendar-worker.h"
#include "lf-error.h"
#include "lf-instant.h"

#define STATUS_NOT_FOUND 404
#define STATUS_TOO_MANY  507 /* RFC 6578 section 3.6: the report is not whole */
#define SPARE_DAYS       7   /* expanded beyond the window, so that its moving costs nothing */
#define MAX_ROUNDS       1000
#define RESYNC_US        (15 * LF_MINUTE) /* between two full listings because a token was refused */

struct _LfCaldavCalendar
{
  GObject parent_instance;

  char            *url;        /* owned */
  char            *ctag;       /* owned, nullable: when it was in step last */
  char            *sync_token; /* owned, nullable */
  LfCaldavObjects *objects;    /* owned */
  gint64           expanded_from_us;
  gint64           expanded_until_us; /* 0: never */
  gint64           resynced_us;       /* monotonic; 0: never */
};

G_DEFINE_FINAL_TYPE (LfCaldavCalendar, lf_caldav_calendar, G_TYPE_OBJECT)

/* One synchronisation: the task's data. */
typedef struct
{
  LfCalendarHttp    *http;       /* owned */
  LfCalendarNursery *nursery;    /* owned */
  LfIcalOptions     *options;    /* owned */
  char              *ctag;       /* owned, nullable: as told before */
  char              *sync_token; /* owned, nullable: to be in step with at the end */
  gboolean           is_full;    /* everything is fetched, whatever its tag */
  guint              n_rounds;
  GPtrArray         *wanted;  /* owned hrefs, to be fetched */
  guint              batch;   /* how many at a time */
  guint              n_asked; /* of wanted, in the question that goes on */
  GPtrArray         *fetched; /* LfDavResponse, borrowed from @answer: with contents to be expanded */
  LfDavMultistatus  *answer;  /* owned, nullable */
  guint              n_expanding;
  guint              retry_after_s;
} Sync;

static void fetch_next (GTask *task);
static void expand_next (GTask *task);
static void list_all (GTask *task);

static void
sync_free (Sync *self)
{
  g_clear_object (&self->http);
  g_clear_object (&self->nursery);
  g_clear_pointer (&self->options, lf_ical_options_free);
  g_free (self->ctag);
  g_free (self->sync_token);
  g_ptr_array_unref (self->wanted);
  g_ptr_array_unref (self->fetched);
  g_clear_pointer (&self->answer, lf_dav_multistatus_free);
  g_free (self);
}

/* Everything is there. */
static void
finish (GTask *task)
{
  LfCaldavCalendar *self = g_task_get_source_object (task);
  Sync             *sync = g_task_get_task_data (task);

  g_free (self->ctag);
  g_free (self->sync_token);
  self->ctag = g_steal_pointer (&sync->ctag);
  self->sync_token = g_steal_pointer (&sync->sync_token);
  self->expanded_from_us = sync->options->from_us;
  self->expanded_until_us = sync->options->to_us;
  g_task_return_boolean (task, TRUE);
}

static void
on_expanded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask)     task = user_data;
  LfCaldavCalendar     *self = g_task_get_source_object (task);
  Sync                 *sync = g_task_get_task_data (task);
  GError               *error = NULL;
  g_autoptr (GPtrArray) expansions = lf_calendar_worker_expand_finish (result, &error);
  guint                 n_done = 0;

  if (expansions == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  while (n_done < expansions->len)
    {
      LfCalendarExpansion *expansion = g_ptr_array_index (expansions, n_done);

      if (expansion->result == NULL && expansion->error == NULL)
        break; /* the worker died of the one before: the rest gets another */
      lf_caldav_objects_take (self->objects, g_ptr_array_index (sync->fetched, n_done), expansion);
      n_done++;
    }
  g_ptr_array_remove_range (sync->fetched, 0, n_done);
  expand_next (task);
}

static void
expand_next (GTask *task)
{
  Sync                 *sync = g_task_get_task_data (task);
  g_autoptr (GPtrArray) contents = g_ptr_array_new ();

  if (sync->fetched->len == 0)
    {
      fetch_next (task);
      return;
    }
  for (guint i = 0; i < MIN (sync->fetched->len, LF_CALENDAR_WORKER_MAX_BATCH); i++)
    g_ptr_array_add (contents, ((LfDavResponse *) sync->fetched->pdata[i])->data);
  lf_calendar_worker_expand_async (sync->nursery, sync->options, (GBytes *const *) contents->pdata, contents->len,
                                   g_task_get_cancellable (task), on_expanded, g_object_ref (task));
}

/* Takes out of @left what the answer tells of. */
static void
sort_answer (LfCaldavCalendar *self,
             Sync             *sync,
             GHashTable       *left)
{
  for (guint i = 0; i < sync->answer->responses->len; i++)
    {
      LfDavResponse   *response = g_ptr_array_index (sync->answer->responses, i);
      g_autofree char *path = lf_caldav_dup_path (response->href);

      if (!g_hash_table_remove (left, path))
        continue;
      if (response->data != NULL)
        g_ptr_array_add (sync->fetched, response);
      else
        lf_caldav_objects_remove (self->objects, path); /* gone meanwhile */
    }
}

/* An answer is too large: fewer at a time; one that is too large alone is left out, and said to be. */
static void
ask_for_fewer (GTask *task)
{
  LfCaldavCalendar *self = g_task_get_source_object (task);
  Sync             *sync = g_task_get_task_data (task);

  if (sync->n_asked > 1)
    sync->batch = sync->n_asked / 2;
  else
    {
      lf_caldav_objects_note_unread (self->objects, g_ptr_array_index (sync->wanted, sync->wanted->len - 1), LF_ICAL_ISSUE_LARGE_COMPONENT);
      g_ptr_array_set_size (sync->wanted, (int) sync->wanted->len - 1);
    }
  fetch_next (task);
}

static void
on_fetched (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask)      task = user_data;
  LfCaldavCalendar      *self = g_task_get_source_object (task);
  Sync                  *sync = g_task_get_task_data (task);
  g_autoptr (GHashTable) left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError)     error = NULL;

  g_clear_pointer (&sync->answer, lf_dav_multistatus_free);
  sync->answer = lf_caldav_finish (result, NULL, &sync->retry_after_s, &error);
  if (g_error_matches (error, LF_ERROR, LF_ERROR_TOO_LARGE))
    {
      ask_for_fewer (task);
      return;
    }
  if (sync->answer == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  for (guint i = sync->wanted->len - sync->n_asked; i < sync->wanted->len; i++)
    g_hash_table_add (left, lf_caldav_dup_path (g_ptr_array_index (sync->wanted, i)));
  sort_answer (self, sync, left);
  if (g_hash_table_size (left) > 0)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAVAILABLE, "The server left out %u events that it has.", g_hash_table_size (left));
      return;
    }
  g_ptr_array_set_size (sync->wanted, (int) (sync->wanted->len - sync->n_asked));
  expand_next (task);
}

static void
fetch_next (GTask *task)
{
  LfCaldavCalendar *self = g_task_get_source_object (task);
  Sync             *sync = g_task_get_task_data (task);

  if (sync->wanted->len == 0)
    {
      finish (task);
      return;
    }
  sync->n_asked = MIN (sync->batch, sync->wanted->len);
  lf_caldav_fetch_async (sync->http, self->url, (const char *const *) sync->wanted->pdata + sync->wanted->len - sync->n_asked,
                         sync->n_asked, g_task_get_cancellable (task), on_fetched, g_object_ref (task));
}

/* Wants an object, unless it is the one that is known. */
static void
want (LfCaldavCalendar    *self,
      Sync                *sync,
      const LfDavResponse *response,
      const char          *path)
{
  if (sync->is_full || !lf_caldav_objects_is_known (self->objects, path, response->etag))
    g_ptr_array_add (sync->wanted, g_strdup (response->href));
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  LfCaldavCalendar            *self = g_task_get_source_object (task);
  Sync                        *sync = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfDavMultistatus) answer = lf_caldav_finish (result, NULL, &sync->retry_after_s, &error);
  g_autoptr (GHashTable)       seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char             *own_path = lf_caldav_dup_path (self->url);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < answer->responses->len; i++)
    {
      const LfDavResponse *response = g_ptr_array_index (answer->responses, i);
      char                *path = lf_caldav_dup_path (response->href);

      if (response->is_calendar || response->etag == NULL || g_str_equal (path, own_path) || g_hash_table_contains (seen, path))
        {
          g_free (path);
          continue;
        }
      want (self, sync, response, path);
      g_hash_table_add (seen, path);
    }
  lf_caldav_objects_keep (self->objects, seen);
  fetch_next (task);
}

static void
list_all (GTask *task)
{
  LfCaldavCalendar *self = g_task_get_source_object (task);
  Sync             *sync = g_task_get_task_data (task);

  lf_caldav_list_async (sync->http, self->url, g_task_get_cancellable (task), on_listed, g_object_ref (task));
}

/* Takes what changed. TRUE: there is more. */
static gboolean
take_changes (LfCaldavCalendar       *self,
              Sync                   *sync,
              const LfDavMultistatus *answer)
{
  g_autofree char *own_path = lf_caldav_dup_path (self->url);
  gboolean         is_cut = FALSE;

  for (guint i = 0; i < answer->responses->len; i++)
    {
      const LfDavResponse *response = g_ptr_array_index (answer->responses, i);
      g_autofree char     *path = lf_caldav_dup_path (response->href);

      if (response->status == STATUS_TOO_MANY)
        is_cut = TRUE;
      else if (response->status == STATUS_NOT_FOUND)
        lf_caldav_objects_remove (self->objects, path);
      else if (!g_str_equal (path, own_path))
        want (self, sync, response, path);
    }
  return is_cut;
}

static void
on_changes (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  LfCaldavCalendar            *self = g_task_get_source_object (task);
  Sync                        *sync = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfDavMultistatus) answer = lf_caldav_finish (result, NULL, &sync->retry_after_s, &error);

  if (answer == NULL)
    {
      /* a token may be too old, or be refused as anything: then everything is looked at, not too often */
      if (lf_caldav_was_refused (result) && sync->retry_after_s == 0 &&
          (self->resynced_us == 0 || g_get_monotonic_time () - self->resynced_us > RESYNC_US))
        {
          g_error_free (error);
          self->resynced_us = g_get_monotonic_time ();
          list_all (task);
        }
      else
        g_task_return_error (task, error);
      return;
    }
  if (answer->sync_token == NULL || *answer->sync_token == '\0')
    {
      list_all (task); /* it does not say where we are now */
      return;
    }
  if (take_changes (self, sync, answer) && ++sync->n_rounds < MAX_ROUNDS && g_strcmp0 (answer->sync_token, sync->sync_token) != 0)
    {
      g_free (sync->sync_token);
      sync->sync_token = g_steal_pointer (&answer->sync_token);
      lf_caldav_changes_async (sync->http, self->url, sync->sync_token, g_task_get_cancellable (task), on_changes, g_object_ref (task));
      return;
    }
  g_free (sync->sync_token);
  sync->sync_token = g_steal_pointer (&answer->sync_token);
  fetch_next (task);
}

static void
lf_caldav_calendar_finalize (GObject *object)
{
  LfCaldavCalendar *self = LF_CALDAV_CALENDAR (object);

  g_free (self->url);
  g_free (self->ctag);
  g_free (self->sync_token);
  lf_caldav_objects_free (self->objects);
  G_OBJECT_CLASS (lf_caldav_calendar_parent_class)->finalize (object);
}

static void
lf_caldav_calendar_class_init (LfCaldavCalendarClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lf_caldav_calendar_finalize;
}

static void
lf_caldav_calendar_init (LfCaldavCalendar *self)
{
  self->objects = lf_caldav_objects_new ();
}

/**
 * lf_caldav_calendar_new:
 * @url: address of a calendar
 *
 * Returns: (transfer full): a calendar of which nothing is known
 */
LfCaldavCalendar *
lf_caldav_calendar_new (const char *url)
{
  LfCaldavCalendar *self;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (LF_TYPE_CALDAV_CALENDAR, NULL);
  self->url = g_strdup (url);
  return self;
}

/**
 * lf_caldav_calendar_is_current:
 * @self: a calendar
 * @told: what the server says of it now
 * @until_us: end of the window that is needed
 *
 * Returns: %TRUE if nothing in it changed, and enough of it is known
 */
gboolean
lf_caldav_calendar_is_current (LfCaldavCalendar    *self,
                               const LfDavResponse *told,
                               gint64               until_us)
{
  g_return_val_if_fail (LF_IS_CALDAV_CALENDAR (self), FALSE);
  g_return_val_if_fail (told != NULL, FALSE);

  if (self->expanded_until_us < until_us)
    return FALSE;
  if (self->sync_token != NULL && told->sync_token != NULL)
    return g_str_equal (self->sync_token, told->sync_token);
  return self->ctag != NULL && g_strcmp0 (self->ctag, told->ctag) == 0;
}

/**
 * lf_caldav_calendar_sync_async:
 * @self: a calendar
 * @http: requests to its server
 * @nursery: where workers come from
 * @told: what the server says of it now; not needed after the call
 * @options: how to read, and the window that is needed; not needed after the call
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Gets what changed. After a failure what is known stays, and the next one goes on from there.
 */
void
lf_caldav_calendar_sync_async (LfCaldavCalendar    *self,
                               LfCalendarHttp      *http,
                               LfCalendarNursery   *nursery,
                               const LfDavResponse *told,
                               const LfIcalOptions *options,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Sync             *sync = g_new0 (Sync, 1);

  g_return_if_fail (LF_IS_CALDAV_CALENDAR (self));

  g_task_set_source_tag (task, lf_caldav_calendar_sync_async);
  g_task_set_task_data (task, sync, (GDestroyNotify) sync_free);
  sync->http = g_object_ref (http);
  sync->nursery = g_object_ref (nursery);
  sync->ctag = g_strdup (told->ctag);
  sync->sync_token = g_strdup (told->sync_token);
  sync->wanted = g_ptr_array_new_with_free_func (g_free);
  sync->fetched = g_ptr_array_new ();
  sync->batch = LF_CALENDAR_WORKER_MAX_BATCH;
  sync->is_full = self->expanded_until_us < options->to_us;
  sync->options = lf_ical_options_copy (options);
  if (sync->is_full)
    sync->options->to_us += g_random_int_range (SPARE_DAYS, 2 * SPARE_DAYS) * LF_DAY;
  else
    {
      sync->options->from_us = self->expanded_from_us;
      sync->options->to_us = self->expanded_until_us;
    }
  if (!sync->is_full && self->sync_token != NULL && told->sync_token != NULL)
    lf_caldav_changes_async (http, self->url, self->sync_token, cancellable, on_changes, g_steal_pointer (&task));
  else
    list_all (task);
}

/**
 * lf_caldav_calendar_sync_finish:
 * @self: a calendar
 * @result: what the callback got
 * @retry_after_s: (inout): raised to the seconds the server asked to wait
 * @error: set as lf_caldav_finish() does, or as starting a worker does
 *
 * Returns: %TRUE if the calendar is in step
 */
gboolean
lf_caldav_calendar_sync_finish (LfCaldavCalendar *self,
                                GAsyncResult     *result,
                                guint            *retry_after_s,
                                GError          **error)
{
  Sync *sync;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  sync = g_task_get_task_data (G_TASK (result));
  *retry_after_s = MAX (*retry_after_s, sync->retry_after_s);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_caldav_calendar_collect:
 * @self: a calendar
 * @periods: gets what its objects say, #LfBusyPeriod, in no order
 * @result: gets its counts, and an earlier end if less is known
 */
void
lf_caldav_calendar_collect (LfCaldavCalendar *self,
                            GArray           *periods,
                            LfIcalResult     *result)
{
  g_return_if_fail (LF_IS_CALDAV_CALENDAR (self));

  lf_caldav_objects_collect (self->objects, periods, result);
}

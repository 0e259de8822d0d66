/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-desktop-view-private.h"
#include "lf-error.h"
#include "lf-instant.h"
#include "lf-timer.h"

#define DAYS_BACK      1
#define DAYS_ON        15             /* 14 days on from any moment of the day, as the connector has it */
#define CONNECT_S      ((guint32) -1) /* not waited for: it is told of when it is there */
#define AGAIN_MS       (7 * 60 * 1000)
#define PATIENCE_MS    10000 /* for an account that does not answer; the service itself waits for minutes */
#define DOUBT_MS       30000 /* in which an account is asked for the first time: its calendar is empty meanwhile */
#define FIRST_RETRY_MS 5000
#define MAX_RETRY_MS   600000

G_DEFINE_FINAL_TYPE (LfDesktopView, lf_desktop_view, G_TYPE_OBJECT)

enum
{
  SIGNAL_OPENED,
  SIGNAL_READ,
  SIGNAL_TROUBLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void open_view (LfDesktopView *self);
static void tell (LfDesktopView *self);

/* ---- trouble ---- */

static LfDesktopTrouble
trouble_from_error (const GError *error)
{
  if (g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_REPOSITORY_OFFLINE) ||
      g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_OFFLINE_UNAVAILABLE))
    return LF_DESKTOP_TROUBLE_OFFLINE;
  if (g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_AUTHENTICATION_FAILED) ||
      g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_AUTHENTICATION_REQUIRED))
    return LF_DESKTOP_TROUBLE_CREDENTIALS;
  if (g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_TLS_NOT_AVAILABLE))
    return LF_DESKTOP_TROUBLE_CERTIFICATE;
  if (g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_PERMISSION_DENIED))
    return LF_DESKTOP_TROUBLE_REFUSED;
  if (g_error_matches (error, LF_ERROR, LF_ERROR_TOO_LARGE))
    return LF_DESKTOP_TROUBLE_TOO_LARGE;

  return LF_DESKTOP_TROUBLE_FAILED;
}

static void
set_trouble (LfDesktopView *self, LfDesktopTrouble trouble)
{
  if (self->trouble == trouble)
    return;
  self->trouble = trouble;
  g_signal_emit (self, signals[SIGNAL_TROUBLE], 0, (guint) trouble);
}

/* What the desktop's service says of the way to the account. */
static LfDesktopTrouble
find_account_trouble (LfDesktopView *self)
{
  ESourceConnectionStatus status = e_source_get_connection_status (self->source);

  if (status == E_SOURCE_CONNECTION_STATUS_AWAITING_CREDENTIALS)
    return LF_DESKTOP_TROUBLE_CREDENTIALS;
  if (status == E_SOURCE_CONNECTION_STATUS_SSL_FAILED)
    return LF_DESKTOP_TROUBLE_CERTIFICATE;
  if (self->client != NULL && !e_client_is_online (E_CLIENT (self->client)))
    return LF_DESKTOP_TROUBLE_OFFLINE;

  return LF_DESKTOP_TROUBLE_NONE;
}

/* Whether the service still tries to reach the account; what it has meanwhile is from before, or nothing. */
static gboolean
is_awaited (LfDesktopView *self)
{
  return !self->is_complete || e_source_get_connection_status (self->source) == E_SOURCE_CONNECTION_STATUS_CONNECTING;
}

/* Nothing has come since the calendar was opened. What was wrong before says more, and so does the service. */
static gboolean
on_patience_over (gpointer user_data)
{
  LfDesktopView   *self = user_data;
  LfDesktopTrouble trouble = find_account_trouble (self);

  lf_timer_clear (&self->patience);
  if (trouble != LF_DESKTOP_TROUBLE_NONE)
    set_trouble (self, trouble);
  else if (self->trouble == LF_DESKTOP_TROUBLE_NONE && is_awaited (self))
    set_trouble (self, LF_DESKTOP_TROUBLE_WAITING);
  return G_SOURCE_REMOVE;
}

static void
drop_view (LfDesktopView *self)
{
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (self->view, self);
  g_clear_object (&self->view);
  lf_timer_clear (&self->settle);
  lf_desktop_view_forget_objects (self);
  self->is_complete = FALSE;
}

static void
drop_client (LfDesktopView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  drop_view (self);
  lf_timer_clear (&self->patience);
  lf_timer_clear (&self->doubt);
  self->is_believed = FALSE;
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
}

static gboolean
on_retry (gpointer user_data)
{
  LfDesktopView *self = user_data;

  lf_timer_clear (&self->retry);
  lf_desktop_view_start (self);
  return G_SOURCE_REMOVE;
}

/* Begins anew after a while, longer each time. The words go to the log by code alone: they might name an event. */
void
lf_desktop_view_fail (LfDesktopView *self, const GError *error)
{
  guint wait_ms = (guint) MIN ((gint64) FIRST_RETRY_MS << MIN (self->n_failures, 8), MAX_RETRY_MS);

  if (self->n_failures++ == 0)
    g_message ("A calendar of the desktop cannot be read, which is tried again: %s %d.", g_quark_to_string (error->domain), error->code);
  drop_client (self);
  set_trouble (self, trouble_from_error (error));
  if (!self->is_stopped)
    lf_timer_start (&self->retry, wait_ms, on_retry, self);
}

/* ---- reading ---- */

/* An account that was never asked before gives an empty calendar first, and what it holds when it has answered, which
 * the service does not tell apart from one that is empty. Nobody is free by such a mistake. */
static gboolean
on_doubt_over (gpointer user_data)
{
  LfDesktopView *self = user_data;

  lf_timer_clear (&self->doubt);
  self->is_believed = TRUE;
  tell (self);
  return G_SOURCE_REMOVE;
}

/* Says again what holds, if it does. */
static void
tell (LfDesktopView *self)
{
  LfDesktopTrouble trouble = find_account_trouble (self);

  if (trouble == LF_DESKTOP_TROUBLE_NONE && is_awaited (self))
    return;
  set_trouble (self, trouble);
  if (self->reading == NULL || trouble != LF_DESKTOP_TROUBLE_NONE)
    return;
  if (self->is_believed || self->is_local)
    g_signal_emit (self, signals[SIGNAL_READ], 0, self->reading->result, lf_clock_get_now_us (self->clock));
  else if (self->doubt == NULL)
    lf_timer_start (&self->doubt, DOUBT_MS, on_doubt_over, self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDesktopView)    self = user_data;
  g_autoptr (GError)           error = NULL;
  g_autoptr (LfDesktopReading) reading = lf_desktop_reading_run_finish (result, &error);

  self->is_reading = FALSE;
  if (self->is_stopped || self->view == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (self->is_changed)
    {
      lf_desktop_view_settle (self);
      return;
    }
  if (reading == NULL)
    {
      lf_desktop_view_fail (self, error);
      return;
    }
  if (!lf_ical_issues_is_empty (&reading->result->issues)) /* their names may be somebody's address */
    g_debug ("of a calendar %u events or parts of events cannot be read", lf_ical_issues_get_total (&reading->result->issues));
  self->n_failures = 0;
  g_clear_pointer (&self->reading, lf_desktop_reading_free);
  self->reading = g_steal_pointer (&reading);
  tell (self);
}

static gboolean
on_settled (gpointer user_data)
{
  LfDesktopView *self = user_data;
  GPtrArray     *objects, *zones;
  LfIcalOptions  options = { 0 };

  lf_timer_clear (&self->settle);
  if (self->is_reading || !self->is_complete)
    return G_SOURCE_REMOVE;
  if (self->n_bytes > LF_DESKTOP_MAX_BYTES || g_hash_table_size (self->objects) > LF_DESKTOP_MAX_OBJECTS)
    {
      g_autoptr (GError) error = g_error_new_literal (LF_ERROR, LF_ERROR_TOO_LARGE, "too many events");

      lf_desktop_view_fail (self, error);
      return G_SOURCE_REMOVE;
    }
  self->is_reading = TRUE;
  self->is_changed = FALSE;
  options.own_addresses = (const char *const *) self->own_addresses->pdata;
  options.from_us = self->from_us;
  options.to_us = self->from_us + (DAYS_BACK + DAYS_ON) * LF_DAY;
  lf_desktop_view_copy_objects (self, &objects, &zones);
  lf_desktop_reading_run_async (objects, zones, &options, self->cancellable, on_read, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Something changed: it is read when it has been quiet for half a second, and what is asked for has come. */
void
lf_desktop_view_settle (LfDesktopView *self)
{
  self->is_changed = TRUE;
  if (self->is_complete && !self->is_reading && self->n_asked == 0)
    lf_timer_start (&self->settle, LF_DESKTOP_VIEW_SETTLE_MS, on_settled, self);
}

/* ---- the view ---- */

static void
on_complete (ECalClientView *view, const GError *error, LfDesktopView *self)
{
  if (error != NULL)
    {
      lf_desktop_view_fail (self, error);
      return;
    }
  self->is_complete = TRUE;
  lf_desktop_view_settle (self);
}

static void
start_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  e_cal_client_view_start (data, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    lf_desktop_view_fail (LF_DESKTOP_VIEW (source), error);
}

static void
on_view (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDesktopView) self = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (GTask)         task = NULL;
  ECalClientView           *view = NULL;

  if (!e_cal_client_get_view_finish (E_CAL_CLIENT (source), result, &view, &error))
    {
      if (!self->is_stopped && self->client == E_CAL_CLIENT (source))
        lf_desktop_view_fail (self, error);
      return;
    }
  if (self->is_stopped || self->client != E_CAL_CLIENT (source))
    {
      g_object_unref (view);
      return;
    }
  drop_view (self);
  self->view = view;
  lf_desktop_view_follow (self);
  g_signal_connect_object (view, "complete", G_CALLBACK (on_complete), self, 0);
  /* The library has no call for it that does not wait. */
  task = g_task_new (self, self->cancellable, on_started, NULL);
  g_task_set_source_tag (task, on_view);
  g_task_set_task_data (task, g_object_ref (view), g_object_unref);
  g_task_run_in_thread (task, start_in_thread);
}

/* Events of the window, and all series and changed instances: an instance may be moved out of the window or into it. */
static void
open_view (LfDesktopView *self)
{
  g_autoptr (GDateTime) from = NULL;
  g_autoptr (GDateTime) to = NULL;
  g_autofree char      *from_text = NULL;
  g_autofree char      *to_text = NULL;
  g_autofree char      *query = NULL;

  self->from_us = lf_clock_get_now_us (self->clock) / LF_DAY * LF_DAY - DAYS_BACK * LF_DAY;
  from = g_date_time_new_from_unix_utc (self->from_us / LF_SECOND);
  to = g_date_time_new_from_unix_utc (self->from_us / LF_SECOND + (DAYS_BACK + DAYS_ON) * (LF_DAY / LF_SECOND));
  from_text = g_date_time_format (from, "%Y%m%dT%H%M%SZ");
  to_text = g_date_time_format (to, "%Y%m%dT%H%M%SZ");
  lf_timer_start (&self->patience, PATIENCE_MS, on_patience_over, self);
  query = g_strdup_printf ("(or (occur-in-time-range? (make-time \"%s\") (make-time \"%s\")) (has-recurrences?))", from_text, to_text);
  e_cal_client_get_view (self->client, query, self->cancellable, on_view, g_object_ref (self));
}

/* ---- opening ---- */

static void
on_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDesktopView) self = user_data;
  g_autofree char          *address = NULL;

  e_client_get_backend_property_finish (E_CLIENT (source), result, &address, NULL);
  if (self->is_stopped || self->client != E_CAL_CLIENT (source))
    return;
  if (address != NULL && strchr (address, '@') != NULL && !g_strv_contains ((const char *const *) self->own_addresses->pdata, address))
    g_ptr_array_insert (self->own_addresses, 0, g_steal_pointer (&address));
  open_view (self);
}

static void
on_died (EClient *client, LfDesktopView *self)
{
  g_autoptr (GError) error = g_error_new_literal (E_CLIENT_ERROR, E_CLIENT_ERROR_DBUS_ERROR, "its process ended");

  lf_desktop_view_fail (self, error);
}

static void
on_account_changed (LfDesktopView *self)
{
  if (self->is_complete)
    tell (self);
  else if (self->trouble == LF_DESKTOP_TROUBLE_WAITING && find_account_trouble (self) != LF_DESKTOP_TROUBLE_NONE)
    set_trouble (self, find_account_trouble (self));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDesktopView) self = user_data;
  g_autoptr (GError)        error = NULL;
  EClient                  *client = e_cal_client_connect_finish (result, &error);

  self->is_connecting = FALSE;
  if (client == NULL || self->is_stopped)
    {
      g_clear_object (&client);
      if (!self->is_stopped)
        lf_desktop_view_fail (self, error);
      return;
    }
  self->client = E_CAL_CLIENT (client);
  g_signal_connect_object (client, "backend-died", G_CALLBACK (on_died), self, 0);
  g_signal_connect_object (client, "notify::online", G_CALLBACK (on_account_changed), self, G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0, !e_client_is_readonly (client));
  if (!self->is_stopped)
    e_client_get_backend_property (client, E_CAL_BACKEND_PROPERTY_CAL_EMAIL_ADDRESS, self->cancellable, on_address, g_object_ref (self));
}

/* Time alone moves the window, and makes what was read old. */
static gboolean
on_again (gpointer user_data)
{
  LfDesktopView *self = user_data;
  gint64         from_us = lf_clock_get_now_us (self->clock) / LF_DAY * LF_DAY - DAYS_BACK * LF_DAY;

  lf_timer_start (&self->again, AGAIN_MS, on_again, self);
  if (self->is_complete && from_us != self->from_us)
    open_view (self);
  else if (self->is_complete && !self->is_reading && self->settle == NULL)
    tell (self);
  return G_SOURCE_REMOVE;
}

/* ---- GObject ---- */

static void
lf_desktop_view_dispose (GObject *object)
{
  lf_desktop_view_stop (LF_DESKTOP_VIEW (object));
  G_OBJECT_CLASS (lf_desktop_view_parent_class)->dispose (object);
}

static void
lf_desktop_view_finalize (GObject *object)
{
  LfDesktopView *self = LF_DESKTOP_VIEW (object);

  g_object_unref (self->source);
  g_object_unref (self->clock);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->own_addresses);
  g_hash_table_unref (self->objects);
  g_hash_table_unref (self->zones);
  g_hash_table_unref (self->doubted);
  g_clear_pointer (&self->reading, lf_desktop_reading_free);
  G_OBJECT_CLASS (lf_desktop_view_parent_class)->finalize (object);
}

static void
lf_desktop_view_class_init (LfDesktopViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_desktop_view_dispose;
  object_class->finalize = lf_desktop_view_finalize;

  signals[SIGNAL_OPENED] = g_signal_new ("opened", LF_TYPE_DESKTOP_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_READ] = g_signal_new ("read", LF_TYPE_DESKTOP_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_INT64);
  signals[SIGNAL_TROUBLE] = g_signal_new ("trouble", LF_TYPE_DESKTOP_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
lf_desktop_view_init (LfDesktopView *self)
{
  self->cancellable = g_cancellable_new ();
  self->own_addresses = g_ptr_array_new_with_free_func (g_free);
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) lf_desktop_object_unref);
  self->zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->doubted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * lf_desktop_view_new:
 * @source: of the calendar
 * @own_addresses: mail addresses of the user
 * @clock: what tells the time
 *
 * Returns: (transfer full): a view that is not started
 */
LfDesktopView *
lf_desktop_view_new (ESource *source, const char *const *own_addresses, LfClock *clock)
{
  LfDesktopView *self;

  g_return_val_if_fail (E_IS_SOURCE (source) && own_addresses != NULL && LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_DESKTOP_VIEW, NULL);
  self->source = g_object_ref (source);
  self->clock = g_object_ref (clock);
  self->is_local = g_strcmp0 (e_source_backend_get_backend_name (e_source_get_extension (source, E_SOURCE_EXTENSION_CALENDAR)), "local") == 0;
  for (guint i = 0; own_addresses[i] != NULL; i++)
    g_ptr_array_add (self->own_addresses, g_strdup (own_addresses[i]));
  g_ptr_array_add (self->own_addresses, NULL);
  g_signal_connect_object (source, "notify::connection-status", G_CALLBACK (on_account_changed), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * lf_desktop_view_start:
 * @self: a view that is not started, or failed
 *
 * Opens the calendar.
 */
void
lf_desktop_view_start (LfDesktopView *self)
{
  g_return_if_fail (LF_IS_DESKTOP_VIEW (self));

  if (self->is_stopped || self->is_connecting || self->client != NULL)
    return;
  lf_timer_start (&self->again, AGAIN_MS, on_again, self);
  lf_timer_start (&self->patience, PATIENCE_MS, on_patience_over, self);
  self->is_connecting = TRUE;
  e_cal_client_connect (self->source, E_CAL_CLIENT_SOURCE_TYPE_EVENTS, CONNECT_S, self->cancellable, on_connected, g_object_ref (self));
}

/**
 * lf_desktop_view_stop:
 * @self: a view
 *
 * Ends it, for good.
 */
void
lf_desktop_view_stop (LfDesktopView *self)
{
  g_return_if_fail (LF_IS_DESKTOP_VIEW (self));

  self->is_stopped = TRUE;
  lf_timer_clear (&self->again);
  lf_timer_clear (&self->retry);
  drop_client (self);
}

/**
 * lf_desktop_view_find_link:
 * @self: a view
 * @now_us: wall-clock instant
 * @start_us: (out): when that meeting starts
 *
 * Looks for a meeting that goes on, or starts within five minutes.
 *
 * Returns: (transfer none) (nullable): where it can be joined
 */
const char *
lf_desktop_view_find_link (LfDesktopView *self, gint64 now_us, gint64 *start_us)
{
  const LfDesktopMeeting *best = NULL;

  g_return_val_if_fail (LF_IS_DESKTOP_VIEW (self) && start_us != NULL, NULL);

  for (guint i = 0; self->reading != NULL && i < self->reading->meetings->len; i++)
    {
      const LfDesktopMeeting *meeting = self->reading->meetings->pdata[i];

      /* of several, the one that began last: who goes to the next meeting early wants that one */
      if (meeting->start_us - 5 * LF_MINUTE <= now_us && now_us < meeting->end_us && (best == NULL || meeting->start_us > best->start_us))
        best = meeting;
    }
  if (best == NULL)
    return NULL;
  *start_us = best->start_us;
  return best->link;
}

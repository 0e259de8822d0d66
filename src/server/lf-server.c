/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-server"

#include "config.h"

#include <glib/gstdio.h>

#include "lf-admin.h"
#include "lf-explain.h"
#include "lf-listen.h"
#include "lf-server.h"
#include "lf-store-accounts.h"
#include "lf-store-chat.h"
#include "lf-streams.h"

#define RECLOCK_S      30              /* the wall clock may be set while the server runs */
#define CLOCK_STEP_US  (2 * LF_SECOND) /* less is no setting, but the clocks' own difference */
#define DRAIN_CHECK_MS 50
#define DRAIN_STREAMS  25 /* that are told at once, at least: more of them come back spread */
#define RELOAD_MS      100
#define MAX_LAST_TURNS 10000
#define TIDY_EVERY_US  (6 * LF_HOUR)

#define ADDRESS_NAME         "address"
#define METRICS_ADDRESS_NAME "metrics-address"

static const LfRoute *const api_tables[] = {
  lf_routes_admin,
  lf_routes_root,
  lf_routes_auth,
  lf_routes_busy,
  lf_routes_calendars,
  lf_routes_calls,
  lf_routes_connector,
  lf_routes_contacts,
  lf_routes_conversations,
  lf_routes_me,
  lf_routes_presence,
  lf_routes_privacy,
  lf_routes_sessions,
  lf_routes_users,
};

/* A job of the store for the server itself. */
typedef struct
{
  LfServer     *server; /* borrowed: the store is closed before it goes */
  gint64        now_us;
  char         *user;  /* nullable */
  LfStoreState *state; /* out */
  LfWireMe     *me;    /* out */

  const LfDialPlan *dial_plan;
  LfAddressBook    *book; /* out */
} ServerJob;

static void
server_job_free (gpointer data)
{
  ServerJob *job = data;

  lf_codec_free (&lf_schema_me, job->me);
  g_clear_pointer (&job->state, lf_store_state_free);
  g_clear_pointer (&job->book, lf_address_book_unref);
  g_free (job->user);
  g_free (job);
}

static ServerJob *
server_job_new (LfServer *self, const char *user)
{
  ServerJob *job = g_new0 (ServerJob, 1);

  job->server = self;
  job->now_us = lf_clock_get_now_us (self->clock);
  job->user = g_strdup (user);
  job->dial_plan = self->config->dial_plan;
  return job;
}

static gboolean
read_book (LfDb *db, ServerJob *job, GError **error)
{
  g_autoptr (GPtrArray) addresses = lf_store_calls_list_addresses (db, error);

  if (addresses != NULL)
    job->book = lf_address_book_new (job->dial_plan, addresses);
  return job->book != NULL;
}

static gboolean
run_load (LfDb *db, gpointer data, GError **error)
{
  ServerJob *job = data;

  job->state = lf_store_presence_load (db, job->now_us, error);
  return job->state != NULL && read_book (db, job, error);
}

static gboolean
run_reload (LfDb *db, gpointer data, GError **error)
{
  ServerJob *job = data;

  job->state = lf_store_presence_read (db, job->now_us, error);
  return job->state != NULL && read_book (db, job, error);
}

static gboolean
run_read_me (LfDb *db, gpointer data, GError **error)
{
  ServerJob *job = data;

  job->me = lf_store_accounts_read_me (db, job->user, job->now_us, error);
  return job->me != NULL;
}

static void
on_me_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LfServer           *self = user_data;
  g_autoptr (GError)  error = NULL;
  ServerJob          *job = lf_store_run_finish (LF_STORE (source), result, &error);
  LfWireSessionChange change = { 0 };

  if (job == NULL)
    {
      g_debug ("What belongs to a person cannot be read: %s", error->message);
      return;
    }
  lf_server_fill_me (self, job->me);
  change.me = *job->me;
  lf_hub_send (self->hub, job->user, NULL, LF_FRAME_SESSION, &change);
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LfServer          *self = user_data;
  g_autoptr (GError) error = NULL;
  ServerJob         *job = lf_store_run_finish (LF_STORE (source), result, &error);

  if (job == NULL)
    {
      g_warning ("What an administrator changed cannot be read: %s", error->message);
      return;
    }
  lf_hub_reload (self->hub, job->state);
  lf_calls_set_book (self->calls, job->book);
  lf_calls_look_again (self->calls);
}

static gboolean
on_reload_due (gpointer user_data)
{
  LfServer *self = user_data;

  self->reload_id = 0;
  /* In line with everybody's changes: those before it are in it, and those behind it are told behind it. */
  lf_store_write_async (self->store, run_reload, server_job_new (self, NULL), server_job_free, NULL, on_reloaded, self);
  return G_SOURCE_REMOVE;
}

/* An import changes many at once: what belongs to them is read once. */
static void
reload_soon (LfServer *self)
{
  if (self->reload_id == 0)
    self->reload_id = g_timeout_add (RELOAD_MS, on_reload_due, self);
}

static void
on_person_changed (LfAdminSocket *admin, const LfClaims *claims, LfServer *self)
{
  lf_hub_set_claims (self->hub, claims);
  reload_soon (self);
}

static void
on_person_removed (LfAdminSocket *admin, const char *user, LfServer *self)
{
  lf_hub_remove_person (self->hub, user);
  reload_soon (self);
}

static void
on_line_changed (LfAdminSocket *admin, const LfLineRow *line, LfServer *self)
{
  lf_hub_set_line (self->hub, line);
  reload_soon (self);
}

static void
on_line_removed (LfAdminSocket *admin, const char *line, LfServer *self)
{
  lf_hub_remove_line (self->hub, line);
  reload_soon (self);
}

static void
on_people_changed (LfAdminSocket *admin, LfServer *self)
{
  reload_soon (self);
}

static void
on_explain (LfAdminSocket *admin, LfAdminOutcome *outcome, LfServer *self)
{
  if (outcome->explain != NULL)
    outcome->reply->explanation = lf_explain_make (outcome->explain, self->hub, TRUE);
  if (outcome->connectors != NULL)
    lf_admin_tell_connectors (outcome, self->hub);
}

static void
on_session_ended (LfAccounts *accounts, const char *session, LfServer *self)
{
  lf_hub_end_session (self->hub, session);
  lf_streams_end_session (self->streams, session);
}

static void
on_claims_expired (LfExpiry *expiry, const LfClaims *claims, LfServer *self)
{
  lf_hub_set_claims (self->hub, claims);
  lf_calls_set_dnd (self->calls, claims->user);
  lf_server_tell_me (self, claims->user);
}

static void
on_phone_changed (LfCalls *calls, const char *user, LfServer *self)
{
  lf_server_tell_me (self, user);
}

static void
on_calendars_changed (LfHub *hub, const char *user, LfServer *self)
{
  lf_server_tell_me (self, user);
}

static gboolean
run_tidy (LfDb *db, gpointer data, GError **error)
{
  const ServerJob *job = data;

  return lf_store_calls_expire (db, job->now_us - LF_CALLS_MAX_AGE_US, error);
}

static void
on_tidied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (lf_store_run_finish (LF_STORE (source), result, &error) == NULL)
    g_debug ("Old calls are forgotten later: %s", error->message);
}

static void
tidy (LfServer *self)
{
  gint64 mono_us = lf_clock_get_mono_us (self->clock);

  if (mono_us < self->tidy_due_us)
    return;
  self->tidy_due_us = mono_us + TIDY_EVERY_US;
  lf_store_write_async (self->store, run_tidy, server_job_new (self, NULL), server_job_free, NULL, on_tidied, NULL);
}

/* Clients learn the time from hello: when it was set, they have to be told anew, or their calendars are wrong.
 * They come back within seconds, and go on where they were. */
static gboolean
on_reclock (gpointer user_data)
{
  LfServer *self = user_data;
  gint64    real_us = g_get_real_time ();
  gint64    step_us = real_us - lf_clock_get_now_us (self->clock);

  lf_clock_set_server_us (self->clock, real_us);
  tidy (self);
  if (ABS (step_us) < CLOCK_STEP_US)
    return G_SOURCE_CONTINUE;
  g_message ("The clock was set by %" G_GINT64_FORMAT " s: every client comes again to learn the time", step_us / LF_SECOND);
  lf_streams_close_some (self->streams, G_MAXUINT, LF_CLOSE_RESTART, "the clock was set");
  return G_SOURCE_CONTINUE;
}

static LfRouter *
make_router (void)
{
  LfRouter *router = lf_router_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (api_tables); i++)
    lf_router_add (router, LF_API_PATH, api_tables[i]);
  lf_router_add (router, "", lf_routes_health);
  return router;
}

/**
 * lf_server_new:
 * @config: settings; outlive the server
 * @clock: the one clock
 *
 * Returns: (transfer full): a server that is not started
 */
LfServer *
lf_server_new (LfConfig *config, LfClock *clock)
{
  LfServer *self = g_new0 (LfServer, 1);

  self->config = config;
  self->clock = g_object_ref (clock);
  self->router = make_router ();
  return self;
}

/* Nobody is to find the address of before: it is written when the server listens. */
static void
remove_address (LfServer *self)
{
  g_autofree char *address = g_build_filename (self->config->data_dir, ADDRESS_NAME, NULL);
  g_autofree char *metrics_address = g_build_filename (self->config->data_dir, METRICS_ADDRESS_NAME, NULL);

  g_unlink (address);
  g_unlink (metrics_address);
}

static gboolean
load (LfServer *self, GError **error)
{
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (server_job_free);
  ServerJob            *job = server_job_new (self, NULL);

  g_ptr_array_add (keep, job);
  if (!lf_store_run_sync (self->store, run_load, job, error))
    return FALSE;
  lf_hub_load (self->hub, job->state);
  lf_calls_set_book (self->calls, job->book);
  return TRUE;
}

static void
connect_parts (LfServer *self)
{
  g_signal_connect (self->accounts, "session-ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect (lf_accounts_get_expiry (self->accounts), "expired", G_CALLBACK (on_claims_expired), self);
  g_signal_connect (self->hub, "calendars-changed", G_CALLBACK (on_calendars_changed), self);
  g_signal_connect (self->calls, "phone-changed", G_CALLBACK (on_phone_changed), self);
  g_signal_connect (self->admin, "explain", G_CALLBACK (on_explain), self);
  g_signal_connect (self->admin, "people-changed", G_CALLBACK (on_people_changed), self);
  g_signal_connect (self->admin, "person-changed", G_CALLBACK (on_person_changed), self);
  g_signal_connect (self->admin, "person-removed", G_CALLBACK (on_person_removed), self);
  g_signal_connect (self->admin, "line-changed", G_CALLBACK (on_line_changed), self);
  g_signal_connect (self->admin, "line-removed", G_CALLBACK (on_line_removed), self);
}

/* Beside the API, where the configuration says so. */
static gboolean
start_metrics (LfServer *self, GError **error)
{
  if (self->config->metrics_listen == NULL)
    return TRUE;
  self->metrics = lf_metrics_http_new (self);
  return lf_metrics_http_start (self->metrics, error) &&
         lf_listen_write_address (self->config->data_dir, METRICS_ADDRESS_NAME, lf_metrics_http_get_url (self->metrics), error);
}

/**
 * lf_server_start:
 * @self: a server
 * @error: a place for an error, of any domain: its message is for the administrator
 *
 * Opens the store, loads people, and then listens; FOLDER/address tells where, and
 * FOLDER/metrics-address for the metrics.
 *
 * Returns: %FALSE if it cannot
 */
gboolean
lf_server_start (LfServer *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->store == NULL, FALSE);

  if (!lf_listen_check (self->config->listen, self->config->is_insecure_direct, error))
    return FALSE;
  self->store = lf_store_new (self->config->data_dir, error);
  if (self->store == NULL)
    return FALSE;
  remove_address (self);
  self->accounts = lf_accounts_new (self->store, self->clock, error);
  if (self->accounts == NULL)
    return FALSE;
  self->admin = lf_admin_socket_new (self->accounts, error);
  if (self->admin == NULL)
    return FALSE;
  self->hub = lf_hub_new (self->clock, self->config);
  self->calls = lf_calls_new (self->hub, self->clock, self->config);
  if (!load (self, error))
    return FALSE;
  self->streams = lf_streams_new (self);
  self->http = lf_http_server_new (self, self->router, lf_streams_take);
  connect_parts (self);
  if (!lf_http_server_start (self->http, self->config->listen, error) || !start_metrics (self, error))
    return FALSE;
  self->started_us = g_get_monotonic_time ();
  lf_clock_set_server_us (self->clock, lf_clock_get_now_us (self->clock)); /* goes evenly from here, so that a step is seen */
  self->reclock_id = g_timeout_add_seconds (RECLOCK_S, on_reclock, self);
  return lf_listen_write_address (self->config->data_dir, ADDRESS_NAME, lf_http_server_get_url (self->http), error);
}

static gboolean
on_drain_check (gpointer user_data)
{
  LfServer *self = user_data;
  gboolean  is_empty;

  lf_streams_close_some (self->streams, self->drain_streams, LF_CLOSE_RESTART, "the server is stopping");
  is_empty = lf_streams_count (self->streams) == 0 && lf_http_server_count_active (self->http) == 0;

  if (!is_empty && g_get_monotonic_time () < self->drain_until_us)
    return G_SOURCE_CONTINUE;
  self->drain_id = 0;
  self->drained (self->drained_data);
  return G_SOURCE_REMOVE;
}

/**
 * lf_server_drain:
 * @self: a running server
 * @done: called once, when every stream is closed and every request answered, or at the deadline
 * @user_data: for @done
 *
 * Takes no more connections and tells every stream to come back later (4009): a few at once, many
 * over the first half of the time to drain, so that they do not all come back together.
 */
void
lf_server_drain (LfServer *self, GSourceOnceFunc done, gpointer user_data)
{
  guint n_looks;

  g_return_if_fail (self != NULL && self->http != NULL && done != NULL);

  if (self->drain_id != 0)
    return;
  remove_address (self);
  lf_http_server_quiesce (self->http);
  n_looks = MAX (self->config->drain_timeout_s * 1000 / 2 / DRAIN_CHECK_MS, 1);
  self->drain_streams = MAX (DRAIN_STREAMS, (lf_streams_count (self->streams) + n_looks - 1) / n_looks);
  lf_streams_close_some (self->streams, self->drain_streams, LF_CLOSE_RESTART, "the server is stopping");
  self->drained = done;
  self->drained_data = user_data;
  self->drain_until_us = g_get_monotonic_time () + self->config->drain_timeout_s * G_USEC_PER_SEC;
  self->drain_id = g_timeout_add (DRAIN_CHECK_MS, on_drain_check, self);
}

/**
 * lf_server_fill_me:
 * @self: a running server
 * @me: what belongs to a person, as it was read
 *
 * Adds what is in memory alone: what the person's own telephones can do, and how the calendars are that are read
 * for them. It is for that person's eyes: @me never goes to another.
 */
void
lf_server_fill_me (LfServer *self, LfWireMe *me)
{
  g_return_if_fail (self != NULL && me != NULL && me->phone == NULL && me->calendars == NULL);

  me->phone = lf_calls_make_own_phone (self->calls, me->person.id);
  me->calendars = lf_hub_list_read_calendars (self->hub, me->person.id);
}

/**
 * lf_server_tell_me:
 * @self: a running server
 * @user: whose
 *
 * Reads what belongs to a person again, and sends it to all of the person's streams.
 */
void
lf_server_tell_me (LfServer *self, const char *user)
{
  g_return_if_fail (self != NULL && user != NULL);

  lf_store_read_async (self->store, run_read_me, server_job_new (self, user), server_job_free, NULL, on_me_read, self);
}

static void
tell_marks (LfServer *self, const char *user, const LfShownMarks *marks)
{
  LfWireMark delivered = { marks->conversation, (char *) user, marks->delivered_seq };
  LfWireMark read = { marks->conversation, (char *) user, marks->read_seq };

  for (gsize i = 0; marks->members[i] != NULL; i++)
    {
      if (g_str_equal (marks->members[i], user))
        continue;
      lf_hub_send (self->hub, marks->members[i], NULL, LF_FRAME_DELIVERED, &delivered);
      if (read.seq > 0)
        lf_hub_send (self->hub, marks->members[i], NULL, LF_FRAME_READ, &read);
    }
}

/**
 * lf_server_tell_marks:
 * @self: a running server
 * @user: who may be seen again
 * @shown: (element-type LfShownMarks): what the others could not see so far
 *
 * Tells the others how far the person has got meanwhile.
 */
void
lf_server_tell_marks (LfServer *self, const char *user, const GPtrArray *shown)
{
  g_return_if_fail (self != NULL && user != NULL && shown != NULL);

  for (guint i = 0; i < shown->len; i++)
    tell_marks (self, user, shown->pdata[i]);
}

/**
 * lf_server_free:
 * @self: (nullable): a server
 *
 * Stops it, draining or not: what was acknowledged is on disk.
 */
void
lf_server_free (LfServer *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->drain_id, g_source_remove);
  g_clear_handle_id (&self->reclock_id, g_source_remove);
  g_clear_handle_id (&self->reload_id, g_source_remove);
  if (self->accounts != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->accounts, self);
      g_signal_handlers_disconnect_by_data (lf_accounts_get_expiry (self->accounts), self);
    }
  if (self->admin != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->admin, self);
      lf_admin_socket_close (self->admin);
    }
  g_clear_object (&self->admin);
  if (self->store != NULL)
    {
      lf_store_close (self->store);
      /* callbacks of what was closed still find the parts; strangers cannot keep us here */
      for (guint i = 0; i < MAX_LAST_TURNS && g_main_context_iteration (NULL, FALSE); i++)
        ;
    }
  g_clear_pointer (&self->metrics, lf_metrics_http_free);
  lf_streams_free (self->streams); /* those that are cut by this still find it */
  self->streams = NULL;
  g_clear_object (&self->http);
  if (self->accounts != NULL)
    lf_accounts_close (self->accounts);
  g_clear_object (&self->accounts);
  g_clear_object (&self->calls);
  g_clear_object (&self->hub);
  g_clear_object (&self->store);
  g_clear_pointer (&self->router, lf_router_free);
  g_clear_object (&self->clock);
  g_free (self);
}

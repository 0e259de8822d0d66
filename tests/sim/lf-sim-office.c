/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "lf-sim-office.h"
#include "lf-sim-threads.h"
#include "lf-store-accounts.h"
#include "lf-store-lines.h"
#include "lf-store-roster.h"
#include "lf-store-sessions.h"
#include "lf-token.h"

#define DATABASE "lampfield.db"
#define BACKUP   "backup"
#define N_KNOWN  4 /* contacts that each has at the start */

/* What stands in the database before the first start. */
typedef struct
{
  LfSimOffice *office;
  const char  *kind; /* of a service token */
  char        *token;
  guint        person;
  gint64       now_us;
} Job;

static gboolean
add_person (LfDb *db, Job *job, guint n, GError **error)
{
  static const char *const names[LF_SIM_N_PEOPLE] = { "anna", "ben", "carla", "dora", "emil", "fred" };
  g_autoptr (LfAccount)    account = lf_account_new ();
  LfSimPerson             *person = &job->office->people[n];
  g_autofree char         *address = NULL;

  account->person.login = g_strdup (names[n]);
  account->person.name = g_strdup (names[n]);
  account->person.addresses = g_new0 (char *, 1);
  if (!lf_store_accounts_insert (db, account, job->now_us, error))
    return FALSE;
  person->id = g_strdup (account->person.id);
  person->line = g_strdup_printf ("%u", 2000 + n);
  address = g_strconcat ("tel:", person->line, NULL);
  return lf_store_lines_assign (db, person->line, address, person->id, TRUE, NULL, error);
}

static gboolean
run_fill (LfDb *db, gpointer data, GError **error)
{
  Job *job = data;

  for (guint n = 0; n < LF_SIM_N_PEOPLE; n++)
    if (!add_person (db, job, n, error))
      return FALSE;
  for (guint n = 0; n < LF_SIM_N_PEOPLE; n++)
    for (guint i = 1; i <= N_KNOWN; i++)
      {
        LfWireContact contact = { .user = job->office->people[(n + i) % LF_SIM_N_PEOPLE].id, .is_watched = i % 2 == 0 };
        gint64        revision = 0;
        gboolean      is_new = FALSE;

        if (!lf_store_roster_put (db, job->office->people[n].id, &contact, -1, job->now_us, &revision, &is_new, error))
          return FALSE;
      }
  return TRUE;
}

static gboolean
run_add_token (LfDb *db, gpointer data, GError **error)
{
  Job             *job = data;
  g_autofree char *token = lf_token_make (LF_TOKEN_CONNECTOR);
  g_autofree char *hash = lf_token_hash (token);
  g_autofree char *id = lf_store_make_id ('t');
  LfTokenRow       row = { .id = id, .hash = hash, .kind = (char *) job->kind, .name = (char *) job->kind, .created_at_us = job->now_us };

  job->token = g_steal_pointer (&token);
  return lf_store_tokens_insert (db, &row, error);
}

static gboolean
run_sign_in (LfDb *db, gpointer data, GError **error)
{
  Job                     *job = data;
  g_autoptr (LfSessionRow) session = g_new0 (LfSessionRow, 1);
  g_autoptr (LfRefreshRow) refresh = g_new0 (LfRefreshRow, 1);

  job->token = lf_token_make (LF_TOKEN_REFRESH);
  session->id = lf_store_make_id ('s');
  session->user = g_strdup (job->office->people[job->person].id);
  session->device = g_strdup ("simulation");
  session->created_at_us = session->last_seen_at_us = job->now_us;
  session->expires_at_us = job->now_us + 30 * LF_DAY;
  refresh->hash = lf_token_hash (job->token);
  refresh->session = g_strdup (session->id);
  refresh->expires_at_us = session->expires_at_us;
  return lf_store_sessions_insert (db, session, error) && lf_store_refresh_insert (db, refresh, error);
}

/**
 * lf_sim_office_run:
 * @self: an office whose server runs
 * @job: what to do with the database
 * @data: for @job
 *
 * Runs a job at once.
 */
void
lf_sim_office_run (LfSimOffice *self, LfStoreJob job, gpointer data)
{
  g_autoptr (GError) error = NULL;

  lf_sim_world_enter (self->world, self->node);
  if (!lf_store_run_sync (self->server->store, job, data, &error))
    lf_sim_world_fail (self->world, "the database: %s", error->message);
  lf_sim_world_leave (self->world, self->node);
}

static char *
add_token (LfSimOffice *self, LfStore *store, const char *kind)
{
  Job job = { .office = self, .kind = kind, .now_us = g_get_real_time () };

  if (!lf_store_run_sync (store, run_add_token, &job, NULL))
    lf_sim_world_fail (self->world, "a service token cannot be stored");
  return job.token;
}

static void
fill (LfSimOffice *self)
{
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfStore) store = lf_store_new (self->world->folder, &error);
  g_autofree char    *phones = NULL;
  g_autofree char    *calendars = NULL;
  Job                 job = { .office = self, .now_us = g_get_real_time () };

  if (store == NULL || !lf_store_run_sync (store, run_fill, &job, &error))
    lf_sim_world_fail (self->world, "the office cannot be made: %s", error->message);
  phones = add_token (self, store, "phone");
  calendars = add_token (self, store, "calendar");
  lf_store_close (store);
  self->phones = lf_sim_service_new (self->world, "phones", LF_SIM_SERVER, phones, LF_SIM_N_PEOPLE);
  self->calendars = lf_sim_service_new (self->world, "calendars", LF_SIM_SERVER, calendars, LF_SIM_N_PEOPLE);
}

static void
on_round (gpointer user_data)
{
  LfSimOffice *self = user_data;

  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    lf_sim_device_watch (self->devices[i]);
}

static void
on_tick (gpointer user_data)
{
  LfSimOffice *self = user_data;

  lf_sim_oracle_tick (self->oracle);
}

/**
 * lf_sim_office_new:
 * @world: a world
 *
 * Returns: (transfer full): an office in which nothing runs yet
 */
LfSimOffice *
lf_sim_office_new (LfSimWorld *world)
{
  LfSimOffice *self = g_new0 (LfSimOffice, 1);

  self->world = world;
  self->node = lf_sim_world_add_node (world, "server", g_main_context_default ());
  self->config = lf_config_new ();
  g_free (self->config->listen);
  self->config->listen = g_strdup_printf ("unix:%s/http.sock", world->folder);
  self->config->data_dir = g_strdup (world->folder);
  fill (self);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    {
      g_autofree char *name = g_strdup_printf ("desk%u", i);

      self->devices[i] = lf_sim_device_new (self, name, i % LF_SIM_N_PEOPLE);
    }
  self->oracle = lf_sim_oracle_new (self);
  world->watch = on_round;
  world->tick = on_tick;
  world->watch_data = self;
  return self;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        remove_folder (inside);
      else
        g_unlink (inside);
    }
  g_rmdir (path);
}

/**
 * lf_sim_office_free:
 * @self: an office
 *
 * Everybody goes home; nothing may be left behind.
 */
void
lf_sim_office_free (LfSimOffice *self)
{
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    lf_sim_device_stop (self->devices[i], FALSE);
  lf_sim_service_stop (self->phones);
  lf_sim_service_stop (self->calendars);
  lf_sim_world_run (self->world, LF_MINUTE);
  if (self->server != NULL)
    lf_sim_office_kill_server (self);
  lf_sim_world_run (self->world, LF_MINUTE);
  self->world->watch = self->world->tick = NULL;
  lf_sim_oracle_free (self->oracle);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    lf_sim_device_free (self->devices[i]);
  lf_sim_service_free (self->phones);
  lf_sim_service_free (self->calendars);
  for (guint i = 0; i < LF_SIM_N_PEOPLE; i++)
    {
      g_free (self->people[i].id);
      g_free (self->people[i].line);
    }
  lf_config_free (self->config);
  remove_folder (self->world->folder);
  g_free (self);
}

/**
 * lf_sim_office_start_server:
 * @self: an office
 *
 * Starts the server if it is down.
 */
void
lf_sim_office_start_server (LfSimOffice *self)
{
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfClock) clock = NULL;

  if (self->server != NULL)
    return;
  lf_sim_trace_add (self->world->trace, "the server starts");
  lf_sim_world_enter (self->world, self->node);
  clock = lf_clock_new_system ();
  self->server = lf_server_new (self->config, clock);
  if (!lf_server_start (self->server, &error))
    lf_sim_world_fail (self->world, "the server does not start: %s", error->message);
  lf_sim_world_leave (self->world, self->node);
}

static void
drop_server (LfSimOffice *self)
{
  lf_sim_world_enter (self->world, self->node);
  g_clear_pointer (&self->server, lf_server_free);
  lf_sim_world_leave (self->world, self->node);
}

static void
on_drained (gpointer user_data)
{
  gboolean *is_drained = user_data;

  *is_drained = TRUE;
}

static gboolean
is_set (gpointer user_data)
{
  return *(gboolean *) user_data;
}

/**
 * lf_sim_office_stop_server:
 * @self: an office
 *
 * Stops the server as an administrator does, if it runs.
 */
void
lf_sim_office_stop_server (LfSimOffice *self)
{
  gboolean is_drained = FALSE;

  if (self->server == NULL)
    return;
  lf_sim_trace_add (self->world->trace, "the server drains");
  lf_sim_world_enter (self->world, self->node);
  lf_server_drain (self->server, on_drained, &is_drained);
  lf_sim_world_leave (self->world, self->node);
  if (!lf_sim_world_run_until (self->world, is_set, &is_drained, lf_sim_clock_get_us () + LF_MINUTE))
    lf_sim_world_fail (self->world, "the server does not drain");
  drop_server (self);
  lf_sim_trace_add (self->world->trace, "the server has stopped");
}

/**
 * lf_sim_office_kill_server:
 * @self: an office
 *
 * The server's process is gone, as by kill -9: what was stored is stored, what was on its way is lost.
 */
void
lf_sim_office_kill_server (LfSimOffice *self)
{
  if (self->server == NULL)
    return;
  lf_sim_trace_add (self->world->trace, "the server is killed");
  lf_sim_net_harm_all (self->world->net, NULL, LF_SIM_CUT);
  lf_sim_net_pump (self->world->net);
  lf_sim_threads_set_is_killed (TRUE);
  drop_server (self);
  lf_sim_threads_set_is_killed (FALSE);
}

static void
copy_database (LfSimOffice *self, const char *from, const char *to)
{
  g_autofree char   *source = g_build_filename (self->world->folder, from, NULL);
  g_autofree char   *target = g_build_filename (self->world->folder, to, NULL);
  g_autofree char   *bytes = NULL;
  gsize              length;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (source, &bytes, &length, &error) || !g_file_set_contents_full (target, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error))
    lf_sim_world_fail (self->world, "the database cannot be copied: %s", error->message);
}

/**
 * lf_sim_office_keep_backup:
 * @self: an office whose server is down
 *
 * Copies the database.
 */
void
lf_sim_office_keep_backup (LfSimOffice *self)
{
  lf_sim_trace_add (self->world->trace, "a backup is made");
  copy_database (self, DATABASE, BACKUP);
  self->has_backup = TRUE;
}

/**
 * lf_sim_office_take_backup:
 * @self: an office whose server is down
 *
 * Puts the copy of the database in its place. A message that was told and is lost by this may be sent, and
 * told, again: its sender need not have heard that it was stored.
 */
void
lf_sim_office_take_backup (LfSimOffice *self)
{
  lf_sim_trace_add (self->world->trace, "the backup is taken");
  copy_database (self, BACKUP, DATABASE);
  lf_sim_oracle_forget_messages (self->oracle);
  for (guint i = 0; i < LF_SIM_N_DEVICES; i++)
    g_hash_table_remove_all (self->devices[i]->notified);
}

/**
 * lf_sim_office_get_now_us:
 * @self: an office whose server runs
 *
 * Returns: the wall-clock time, as the server says
 */
gint64
lf_sim_office_get_now_us (LfSimOffice *self)
{
  gint64 now_us;

  lf_sim_world_enter (self->world, self->node);
  now_us = lf_clock_get_now_us (self->server->clock);
  lf_sim_world_leave (self->world, self->node);
  return now_us;
}

/**
 * lf_sim_office_sign_in:
 * @self: an office whose server runs
 * @person: who
 *
 * Returns: (transfer full): a refresh token of a new session
 */
char *
lf_sim_office_sign_in (LfSimOffice *self, guint person)
{
  Job job = { .office = self, .person = person, .now_us = lf_sim_office_get_now_us (self) };

  lf_sim_trace_add (self->world->trace, "person %u signs in", person);
  lf_sim_office_run (self, run_sign_in, &job);
  return job.token;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lf-raw.h"
#include "lf-rig.h"
#include "lf-server-fixture.h"
#include "lf-store-lines.h"
#include "lf-store-roster.h"
#include "lf-store-sessions.h"
#include "lf-streams.h"
#include "lf-test-util.h"
#include "lf-token.h"

/* Of the address sanitizer; GCC installs no header for it. */
size_t __sanitizer_get_current_allocated_bytes (void);

/* What is to be stored before the start. */
typedef struct
{
  const char *first;
  const char *second;
  const char *third;
} RigJob;

static void
run (LfRig *self, LfStoreJob job, RigJob *data)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (self->store);
  lf_store_run_sync (self->store, job, data, &error);
  g_assert_no_error (error);
}

LfRig *
lf_rig_new (void)
{
  LfRig             *self = g_new0 (LfRig, 1);
  g_autoptr (GError) error = NULL;

  self->folder = lf_test_folder_new ();
  self->config = lf_config_new ();
  g_free (self->config->listen);
  self->config->listen = g_strdup ("127.0.0.1:0");
  self->config->data_dir = g_strdup (self->folder);
  self->clock = lf_clock_new_system ();
  self->store = lf_store_new (self->folder, &error);
  g_assert_no_error (error);
  return self;
}

char *
lf_rig_add_person (LfRig *self, const char *login)
{
  return lf_test_store_add (self->store, login, login, LF_RIG_PASSWORD);
}

char *
lf_rig_add_bare_person (LfRig *self, const char *login)
{
  return lf_test_store_add (self->store, login, login, NULL);
}

static gboolean
run_add_token (LfDb *db, gpointer data, GError **error)
{
  RigJob          *job = data;
  g_autofree char *hash = lf_token_hash (job->third);
  g_autofree char *id = lf_store_make_id ('t');
  LfTokenRow       row = { .id = id, .hash = hash, .kind = (char *) job->first, .name = (char *) job->second, .created_at_us = 0 };

  return lf_store_tokens_insert (db, &row, error);
}

char *
lf_rig_add_token (LfRig *self, const char *kind, const char *name)
{
  char  *token = lf_token_make (LF_TOKEN_CONNECTOR);
  RigJob job = { kind, name, token };

  run (self, run_add_token, &job);
  return token;
}

static gboolean
run_add_contact (LfDb *db, gpointer data, GError **error)
{
  RigJob       *job = data;
  LfWireContact contact = { .user = (char *) job->second };
  gint64        revision;
  gboolean      is_new;

  return lf_store_roster_put (db, job->first, &contact, -1, LF_TEST_NOW_US, &revision, &is_new, error);
}

void
lf_rig_add_contact (LfRig *self, const char *owner, const char *user)
{
  RigJob job = { owner, user, NULL };

  run (self, run_add_contact, &job);
}

static gboolean
run_add_line (LfDb *db, gpointer data, GError **error)
{
  RigJob          *job = data;
  g_autofree char *address = g_strconcat ("tel:", job->first, NULL);

  return lf_store_lines_assign (db, job->first, address, job->second, TRUE, NULL, error);
}

void
lf_rig_add_line (LfRig *self, const char *line, const char *user)
{
  RigJob job = { line, user, NULL };

  run (self, run_add_line, &job);
}

void
lf_rig_start (LfRig *self)
{
  g_autoptr (GError) error = NULL;

  if (self->store != NULL)
    lf_store_close (self->store);
  g_clear_object (&self->store);
  self->server = lf_server_new (self->config, self->clock);
  lf_server_start (self->server, &error);
  g_assert_no_error (error);
  self->port = (guint16) atoi (strrchr (lf_http_server_get_url (self->server->http), ':') + 1);
}

void
lf_rig_restart (LfRig *self)
{
  g_clear_pointer (&self->server, lf_server_free);
  lf_rig_start (self);
}

char *
lf_rig_sign_in (LfRig *self, const char *login)
{
  g_autofree char         *body = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"%s\",\"device\":\"test\"}", login, LF_RIG_PASSWORD);
  g_autoptr (LfRawReply)   reply = lf_raw_call (self, "POST", "/auth/login", NULL, body);
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfWireTokens) tokens = NULL;

  g_assert_cmpuint (reply->status, ==, 200);
  tokens = lf_codec_decode (&lf_schema_tokens, reply->body, strlen (reply->body), &lf_json_limits_reply, &error);
  g_assert_no_error (error);
  return g_strdup (tokens->access_token);
}

void
lf_rig_free (LfRig *self)
{
  if (self == NULL)
    return;
  if (self->store != NULL)
    lf_store_close (self->store);
  g_clear_object (&self->store);
  g_clear_pointer (&self->server, lf_server_free);
  g_assert_finalize_object (self->clock);
  lf_config_free (self->config);
  lf_test_folder_free (self->folder);
  g_free (self);
}

void
lf_rig_assert_alive (LfRig *self)
{
  g_autoptr (LfRawReply) reply = lf_raw_call (self, "GET", "/", NULL, NULL);

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->body, "\"lampfield-server\""));
}

gsize
lf_rig_get_memory (void)
{
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes ();
#else
  g_autofree char *text = NULL;
  unsigned long    size = 0;
  unsigned long    resident = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%lu %lu", &size, &resident), ==, 2);
  return resident * (gsize) sysconf (_SC_PAGESIZE);
#endif
}

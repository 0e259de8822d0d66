/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>
#include <sodium.h>

#include "lf-password.h"
#include "lf-server-fixture.h"

LfDb *
lf_test_db_new (void)
{
  g_autoptr (GError) error = NULL;
  LfDb              *db;

  g_assert_cmpint (sodium_init (), >=, 0);
  db = lf_db_open_sqlite (":memory:", TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (lf_db_migrate (db, LF_TEST_NOW_US, &error));
  g_assert_no_error (error);

  return db;
}

char *
lf_test_db_add (LfDb *db, const char *login, const char *name, const char *password)
{
  g_autoptr (LfAccount) account = lf_account_new ();
  g_autoptr (GError)    error = NULL;

  account->person.login = g_strdup (login);
  account->person.name = g_strdup (name);
  if (password != NULL)
    account->password_hash = lf_password_hash (password, &error);
  g_assert_no_error (error);
  lf_store_accounts_insert (db, account, LF_TEST_NOW_US, &error);
  g_assert_no_error (error);

  return g_strdup (account->person.id);
}

char *
lf_test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char              *path = g_dir_make_tmp ("lf-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
lf_test_folder_free (char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      g_unlink (inside);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_free (path);
}

typedef struct
{
  const char *login;
  const char *name;
  const char *password;
  char       *id;
} AddJob;

static gboolean
run_add (LfDb *db, gpointer data, GError **error)
{
  AddJob *job = data;

  job->id = lf_test_db_add (db, job->login, job->name, job->password);
  return TRUE;
}

char *
lf_test_store_add (LfStore *store, const char *login, const char *name, const char *password)
{
  AddJob             job = { login, name, password, NULL };
  g_autoptr (GError) error = NULL;

  lf_store_run_sync (store, run_add, &job, &error);
  g_assert_no_error (error);

  return job.id;
}

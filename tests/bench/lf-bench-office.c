/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "lf-bench-office.h"
#include "lf-store-accounts.h"
#include "lf-store-lines.h"
#include "lf-store-roster.h"
#include "lf-store-sessions.h"
#include "lf-store.h"
#include "lf-token.h"

typedef struct
{
  guint        n_people;
  guint        n_contacts;
  const guint *watchers; /* by watched person */
  guint        n_watched;
  GPtrArray   *users;
  const char  *phone_token;
  gint64       now_us;
} Plan;

static gboolean
add_person (LfDb *db, Plan *plan, guint n, GError **error)
{
  g_autoptr (LfAccount) account = lf_account_new ();

  account->person.login = g_strdup_printf ("person%05u", n);
  account->person.name = g_strdup_printf ("Person %u", n);
  account->person.addresses = g_new0 (char *, 1);
  if (!lf_store_accounts_insert (db, account, plan->now_us, error))
    return FALSE;
  g_ptr_array_add (plan->users, g_strdup (account->person.id));
  return TRUE;
}

static gboolean
add_contact (LfDb *db, Plan *plan, guint n, guint other, GError **error)
{
  LfWireContact contact = { .user = g_ptr_array_index (plan->users, other) };
  gint64        revision = 0;
  gboolean      is_new = FALSE;

  return lf_store_roster_put (db, g_ptr_array_index (plan->users, n), &contact, -1, plan->now_us, &revision, &is_new, error);
}

static gboolean
add_contacts (LfDb *db, Plan *plan, guint n, GError **error)
{
  for (guint watched = 0; watched < plan->n_watched; watched++)
    if (n >= plan->n_watched && n - plan->n_watched < plan->watchers[watched] && !add_contact (db, plan, n, watched, error))
      return FALSE;
  for (guint i = 1; i <= plan->n_contacts; i++)
    if (!add_contact (db, plan, n, (n + i) % plan->n_people, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_phones (LfDb *db, Plan *plan, GError **error)
{
  g_autofree char *hash = lf_token_hash (plan->phone_token);
  g_autofree char *id = lf_store_make_id ('t');
  LfTokenRow       row = { .id = id, .hash = hash, .kind = (char *) "phone", .name = (char *) "bench", .created_at_us = plan->now_us };

  for (guint n = 0; n < plan->n_watched; n++)
    {
      g_autofree char *line = g_strdup_printf ("%u", n);
      g_autofree char *address = g_strdup_printf ("tel:%u", n);

      if (!lf_store_lines_assign (db, line, address, g_ptr_array_index (plan->users, n), TRUE, NULL, error))
        return FALSE;
    }
  return lf_store_tokens_insert (db, &row, error);
}

static gboolean
fill (LfDb *db, gpointer data, GError **error)
{
  Plan *plan = data;

  for (guint n = 0; n < plan->n_people; n++)
    if (!add_person (db, plan, n, error))
      return FALSE;
  for (guint n = 0; n < plan->n_people; n++)
    if (!add_contacts (db, plan, n, error))
      return FALSE;
  return add_phones (db, plan, error);
}

/* Sessions come in order of logins, which is that of the people. */
static GStrv
make_tokens (const char *server, const char *folder, guint n_people)
{
  g_autofree char         *count = g_strdup_printf ("%u", n_people);
  g_autofree char         *out = NULL;
  g_autoptr (GError)       error = NULL;
  g_autoptr (GStrvBuilder) tokens = g_strv_builder_new ();
  g_auto (GStrv)           lines = NULL;
  int                      status = 0;

  if (!g_spawn_sync (NULL, (char *[]){ (char *) server, "session", "create", "--count", count, "--data", (char *) folder, NULL }, NULL,
                     G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    g_error ("no sessions: %s", error->message);
  lines = g_strsplit (out, "\n", -1);
  for (guint i = 0; i < n_people; i++)
    g_strv_builder_add (tokens, strchr (lines[i], '\t') + 1);
  return g_strv_builder_end (tokens);
}

/**
 * lf_bench_office_new:
 * @server: path of lampfield-server
 * @n_people: how many, each with a session
 * @n_contacts: how many contacts each of them has at least
 * @watchers: (array length=n_watched): how many watch each of the first @n_watched people
 * @n_watched: how many of them are watched
 *
 * Returns: (transfer full): an office
 */
LfBenchOffice *
lf_bench_office_new (const char *server, guint n_people, guint n_contacts, const guint *watchers, guint n_watched)
{
  LfBenchOffice      *self = g_new0 (LfBenchOffice, 1);
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfStore) store = NULL;
  Plan                plan = { n_people, n_contacts, watchers, n_watched };

  self->folder = g_dir_make_tmp ("lampfield-bench-XXXXXX", NULL);
  self->phone_token = lf_token_make (LF_TOKEN_CONNECTOR);
  plan.users = g_ptr_array_new ();
  plan.phone_token = self->phone_token;
  plan.now_us = g_get_real_time ();
  store = lf_store_new (self->folder, &error);
  if (store == NULL || !lf_store_run_sync (store, fill, &plan, &error))
    g_error ("the office cannot be made: %s", error->message);
  lf_store_close (store);
  g_ptr_array_add (plan.users, NULL);
  self->users = (GStrv) g_ptr_array_free (plan.users, FALSE);
  self->tokens = make_tokens (server, self->folder, n_people);
  return self;
}

/**
 * lf_bench_office_free:
 * @self: an office whose server has ended
 *
 * Removes the folder.
 */
void
lf_bench_office_free (LfBenchOffice *self)
{
  GDir       *folder = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  g_clear_pointer (&folder, g_dir_close);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->phone_token);
  g_strfreev (self->users);
  g_strfreev (self->tokens);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lf-client.h"

/* A desktop without a window: signs in at ADDRESS as LOGIN with the password from standard input, and says of each
 * contact, as its row would draw it, what it displays: "LOGIN STATUS MICROSECONDS", by the monotonic clock. */

static GMainLoop *loop;

static void
on_resolved (LfContact *contact, gpointer unused)
{
  printf ("%s %s %" G_GINT64_FORMAT "\n", lf_contact_get_login (contact),
          lf_display_status_to_name (lf_contact_get_resolved (contact)->status), g_get_monotonic_time ());
  fflush (stdout);
}

static void
on_contacts_changed (GListModel *roster, guint position, guint n_removed, guint n_added, gpointer unused)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);

      g_signal_connect (contact, "resolved", G_CALLBACK (on_resolved), NULL);
    }
}

static void
on_state_changed (LfClient *client)
{
  if (lf_client_get_state (client) != LF_CLIENT_ONLINE)
    return;
  printf ("online %u\n", g_list_model_get_n_items (G_LIST_MODEL (lf_client_get_roster (client))));
  fflush (stdout);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer unused)
{
  g_autoptr (GError) error = NULL;

  if (lf_client_sign_in_finish (LF_CLIENT (source), result, &error))
    return;
  fprintf (stderr, "%s\n", error->message);
  g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (LfClock)  clock = lf_clock_new_system ();
  g_autoptr (LfClient) client = lf_client_new (clock);
  char                 password[200] = "";

  if (argc != 3 || fgets (password, sizeof password, stdin) == NULL)
    return 2;
  password[strcspn (password, "\n")] = '\0';
  loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (lf_client_get_roster (client), "items-changed", G_CALLBACK (on_contacts_changed), NULL);
  g_signal_connect (client, "notify::state", G_CALLBACK (on_state_changed), NULL);
  lf_client_sign_in_async (client, argv[1], argv[2], password, FALSE, NULL, on_signed_in, NULL);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
  return 1;
}

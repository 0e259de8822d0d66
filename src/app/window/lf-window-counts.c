/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-window-private.h"

static void
show_unread (LfViewButton *button, LfClient *client)
{
  guint            unread = lf_client_get_unread (client);
  g_autofree char *told = g_strdup_printf (ngettext ("Chats, %u unread message", "Chats, %u unread messages", unread), unread);

  lf_view_button_set_count (button, unread, told);
}

static void
on_unread_changed (LfClient *client, GParamSpec *pspec, LfViewButton *button)
{
  show_unread (button, client);
}

static void
show_missed (LfViewButton *button, LfCallLog *log)
{
  guint            n_missed = lf_call_log_get_n_missed (log);
  g_autofree char *told = g_strdup_printf (ngettext ("Calls, %u missed call", "Calls, %u missed calls", n_missed), n_missed);

  lf_view_button_set_count (button, n_missed, told);
}

static void
on_missed_changed (LfCallLog *log, GParamSpec *pspec, LfViewButton *button)
{
  show_missed (button, log);
}

/**
 * lf_window_follow_counts:
 * @client: whose messages and calls
 * @chats: the button of the chats
 * @calls: the button of the calls
 *
 * Has the buttons tell, as long as they live, what waits to be looked at.
 */
void
lf_window_follow_counts (LfClient *client, LfViewButton *chats, LfViewButton *calls)
{
  LfCallLog *log = lf_telephone_get_log (lf_client_get_telephone (client));

  g_signal_connect_object (client, "notify::unread", G_CALLBACK (on_unread_changed), chats, 0);
  g_signal_connect_object (log, "notify::n-missed", G_CALLBACK (on_missed_changed), calls, 0);
  show_unread (chats, client);
  show_missed (calls, log);
}

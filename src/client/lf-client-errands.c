/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-chat.h"
#include "lf-error.h"
#include "lf-timer.h"

/* What the client asks beside the stream of its own accord: messages that it missed, conversations
 * that it does not know, who is blocked; and what it tells: how far the user has read. Going online
 * does all of it. One call can be cut while the stream lives on, though, and then nothing else would
 * ask again. */
#define PAUSE_MS 5000

static gboolean
on_errands_due (gpointer user_data)
{
  lf_client_run_errands (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * lf_client_run_errands:
 * @self: the client
 *
 * Does what is still to be done, if the stream lives.
 */
void
lf_client_run_errands (LfClient *self)
{
  GHashTableIter iter;
  gpointer       chat;

  lf_timer_clear (&self->errand_timer);
  if (self->state != LF_CLIENT_ONLINE)
    return;
  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, &chat))
    {
      lf_client_send_read (self, chat);
      lf_client_fill_gap (self, chat);
    }
  if (self->must_fetch_chats && !self->is_fetching_chats)
    lf_client_fetch_conversations (self);
  if (self->must_fetch_privacy)
    lf_client_fetch_privacy (self);
}

/**
 * lf_client_repeat_errand:
 * @self: the client
 * @error: why one failed
 * @retry_after_s: how long the server asked to wait, or 0
 *
 * Tries again in a while, unless the server refused it for good.
 */
void
lf_client_repeat_errand (LfClient     *self,
                         const GError *error,
                         guint         retry_after_s)
{
  if (self->errand_timer != NULL || self->session == NULL)
    return;
  if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAVAILABLE) || g_error_matches (error, LF_ERROR, LF_ERROR_RATE_LIMITED))
    lf_timer_start (&self->errand_timer, MAX (PAUSE_MS, retry_after_s * 1000) + g_random_int_range (0, PAUSE_MS),
                    on_errands_due, self);
}

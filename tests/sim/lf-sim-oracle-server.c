/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-sim-office.h"
#include "lf-sim-oracle.h"

/* What a person should see, from the database and the hub: own queries, not those of the server. */

typedef struct
{
  LfSimOffice *office;
  LfSimDevice *device;
  const char  *user;
  gint64       now_us;
  GString     *text;
} SeeJob;

static const char *
get_name (LfSimOffice *office, const char *user)
{
  static const char *const names[] = { "0", "1", "2", "3", "4", "5" };

  for (guint n = 0; n < LF_SIM_N_PEOPLE; n++)
    if (g_str_equal (office->people[n].id, user))
      return names[n];
  return "?";
}

static LfBusyList *
get_reported (LfSimOffice *office, const char *user)
{
  g_autoptr (GArray)      periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  const LfWireBusyReport *report = lf_sim_service_get (office->calendars, (guint) (get_name (office, user)[0] - '0'));

  for (guint i = 0; report != NULL && i < report->periods->len; i++)
    g_array_append_vals (periods, report->periods->pdata[i], 1);
  return lf_busy_list_new ((const LfBusyPeriod *) (gpointer) periods->data, periods->len);
}

static void
see_contact (SeeJob *job, LfRows *row)
{
  LfHub                 *hub = job->office->server->hub;
  const char            *user = lf_rows_get_text (row, 0);
  g_autoptr (LfPresence) visible = lf_hub_dup_presence (hub, job->user, user);
  g_autoptr (LfPresence) presence = NULL;
  LfCalendar             calendar = visible->calendar;
  g_autoptr (LfBusyList) busy = get_reported (job->office, user);
  LfResolved             resolved;

  calendar.busy = calendar.rev != 0 ? busy : NULL;
  calendar.known_from_us = job->now_us - LF_DAY;
  calendar.valid_until_us = job->now_us + LF_DAY;
  presence = lf_presence_with_calendar (visible, &calendar);
  lf_resolve (presence, job->now_us, &resolved);
  g_string_append_printf (job->text, "contact %s group %s favourite %d watched %d\n", get_name (job->office, user),
                          lf_rows_get_text (row, 1) != NULL ? lf_rows_get_text (row, 1) : "-", (int) lf_rows_get_int (row, 2),
                          (int) lf_rows_get_int (row, 3));
  lf_sim_oracle_add_presence (job->text, get_name (job->office, user), presence, resolved.status, job->now_us);
}

static gboolean
see_contacts (SeeJob *job, LfDb *db, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT user_id, group_id, is_favourite, is_watched FROM contacts WHERE owner_id = ?1 ORDER BY user_id", LF_TEXT (job->user));

  while (rows != NULL && lf_rows_next (rows, error))
    see_contact (job, rows);
  return rows != NULL;
}

static gboolean
see_me (SeeJob *job, LfDb *db, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT choice, text, is_dnd, is_invisible FROM claims WHERE user_id = ?1", LF_TEXT (job->user));
  gboolean           has_row = rows != NULL && lf_rows_next (rows, error);

  g_string_append_printf (job->text, "me choice %d text %s dnd %d invisible %d\n", has_row ? (int) lf_rows_get_int (rows, 0) : 0,
                          has_row && lf_rows_get_text (rows, 1) != NULL ? lf_rows_get_text (rows, 1) : "-",
                          has_row ? (int) lf_rows_get_int (rows, 2) : 0, has_row ? (int) lf_rows_get_int (rows, 3) : 0);
  return rows != NULL;
}

static LfMessageState
get_state (LfRows *conversation, gint64 seq)
{
  if (seq <= lf_rows_get_int (conversation, 4))
    return LF_MESSAGE_READ;
  return seq <= lf_rows_get_int (conversation, 3) ? LF_MESSAGE_DELIVERED : LF_MESSAGE_SENT;
}

/* A client that has not fetched old messages is not asked for them. */
static gboolean
see_messages (SeeJob *job, LfDb *db, LfRows *conversation, GError **error)
{
  const char        *other = lf_rows_get_text (conversation, 1);
  LfConversation    *shown = lf_client_lookup_conversation (job->device->client, other);
  gint64             oldest = shown != NULL ? lf_conversation_get_oldest_seq (shown) : 0;
  g_autoptr (LfRows) rows = lf_db_query (db, error, "SELECT seq, client_id, sender_id, body FROM messages WHERE conversation_id = ?1 AND seq >= ?2 ORDER BY seq", LF_TEXT (lf_rows_get_text (conversation, 0)), LF_INT (oldest > 0 ? oldest : G_MAXINT64));

  while (rows != NULL && lf_rows_next (rows, error))
    {
      gboolean is_own = g_str_equal (lf_rows_get_text (rows, 2), job->user);
      gint64   seq = lf_rows_get_int (rows, 0);

      g_string_append_printf (job->text, "message %s %" G_GINT64_FORMAT " %s %s “%s” %d\n", get_name (job->office, other), seq,
                              lf_rows_get_text (rows, 1), is_own ? "own" : "theirs", lf_rows_get_text (rows, 3),
                              (int) (is_own ? get_state (conversation, seq) : LF_MESSAGE_SENT));
    }
  return rows != NULL;
}

static gboolean
see_conversations (SeeJob *job, LfDb *db, GError **error)
{
  g_autoptr (LfRows) rows = lf_db_query (db, error,
                                         "SELECT c.id, o.user_id, c.last_seq, o.shown_delivered_seq, o.shown_read_seq,"
                                         " (SELECT count (*) FROM messages m WHERE m.conversation_id = c.id"
                                         "  AND m.sender_id <> ?1 AND m.seq > own.read_seq), own.read_seq,"
                                         " own.delivered_seq >= (SELECT COALESCE (max (seq), 0) FROM messages m"
                                         "  WHERE m.conversation_id = c.id AND m.sender_id <> ?1)"
                                         " FROM members own JOIN conversations c ON c.id = own.conversation_id"
                                         " JOIN members o ON o.conversation_id = c.id AND o.user_id <> ?1"
                                         " WHERE own.user_id = ?1 AND c.last_seq > 0 ORDER BY o.user_id",
                                         LF_TEXT (job->user));

  while (rows != NULL && lf_rows_next (rows, error))
    {
      g_string_append_printf (job->text, "conversation %s last %" G_GINT64_FORMAT " unread %" G_GINT64_FORMAT " read %" G_GINT64_FORMAT " delivered %d\n",
                              get_name (job->office, lf_rows_get_text (rows, 1)), lf_rows_get_int (rows, 2), lf_rows_get_int (rows, 5),
                              lf_rows_get_int (rows, 6), (int) lf_rows_get_int (rows, 7));
      if (!see_messages (job, db, rows, error))
        return FALSE;
    }
  return rows != NULL;
}

/* The person sees everything of itself. */
static void
see_own (SeeJob *job)
{
  g_autoptr (LfPresence) own = lf_hub_dup_presence (job->office->server->hub, job->user, job->user);

  g_string_append_printf (job->text, "own phone %s reachability %s note %s\n", lf_phone_state_to_name (own->phone.state),
                          lf_reachability_state_to_name (own->reachability.state),
                          own->reachability.note.text != NULL ? own->reachability.note.text : "-");
}

static gboolean
run_see (LfDb *db, gpointer data, GError **error)
{
  SeeJob *job = data;

  see_own (job);
  return see_me (job, db, error) && see_contacts (job, db, error) && see_conversations (job, db, error);
}

/**
 * lf_sim_oracle_see_server:
 * @office: whose server runs
 * @device: who looks
 *
 * Returns: (transfer full): what it should show
 */
char *
lf_sim_oracle_see_server (LfSimOffice *office, LfSimDevice *device)
{
  SeeJob job = { office, device, office->people[device->person].id, lf_sim_office_get_now_us (office), g_string_new (NULL) };

  lf_sim_office_run (office, run_see, &job);
  return g_string_free (job.text, FALSE);
}

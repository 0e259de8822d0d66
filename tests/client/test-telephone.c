/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-channel.h"
#include "lf-error.h"
#include "lf-person.h"
#include "lf-test-util.h"

#define WAIT_MS 20000

/* The real server, mara with line 2043, and a telephone connector that the test plays. */
typedef struct
{
  LfRealServer *server;
  LfPerson      mara;
  LfRest       *rest;
  LfChannel    *channel;
  LfTelephone  *telephone; /* borrowed */
  GPtrArray    *commands;  /* of LfWireCommand */
  GError       *error;     /* of the last call */
  gboolean      is_done;
  guint         n_answers; /* of the server to the connector */
} Office;

static void
free_command (gpointer data)
{
  lf_codec_free (&lf_schema_command, data);
}

static void
on_frame (LfChannel *channel, const LfFrame *frame, gpointer user_data)
{
  Office *office = user_data;

  if (frame->type == LF_FRAME_COMMAND)
    g_ptr_array_add (office->commands, lf_codec_copy (&lf_schema_command, frame->body));
}

static void
on_hello (LfChannel *channel, const LfWireHello *hello, gpointer user_data)
{
  const LfWireCapabilities all = { TRUE, TRUE, FALSE, TRUE };

  lf_channel_send (channel, LF_FRAME_CAPABILITIES, &all);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Office            *office = user_data;
  g_autoptr (GError) error = NULL;

  lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  office->n_answers++;
}

static void
report (Office *office, const char *line, const LfWireLineState *state)
{
  g_autofree char *path = g_strconcat ("/lines/", line, NULL);
  guint            n_before = office->n_answers;

  lf_rest_call_async (office->rest, "PUT", path, NULL, &lf_schema_line_state, state, NULL, NULL, on_taken, office);
  lf_wait_until (office->n_answers > n_before, WAIT_MS);
}

static void
begin (Office *office)
{
  const LfWireLineState on_hook = { .state = LF_PHONE_ON_HOOK, .since_us = LF_INSTANT_NONE };
  g_autofree char      *token = NULL;

  memset (office, 0, sizeof *office);
  office->server = lf_real_server_new ();
  g_free (lf_real_server_administrate (office->server, "line", "assign", "2043", "mara", "--address", "tel:2043", "--pickup-group", "all", NULL));
  g_free (lf_real_server_administrate (office->server, "line", "assign", "2041", "jonas", "--address", "tel:2041", "--pickup-group", "all", NULL));
  office->commands = g_ptr_array_new_with_free_func (free_command);
  token = lf_real_server_administrate (office->server, "token", "create", "--connector", "phone", "--name", "PBX", NULL);
  office->rest = lf_rest_new (lf_real_server_get_address (office->server), NULL);
  lf_rest_set_token (office->rest, token);
  office->channel = lf_channel_new (office->rest);
  g_signal_connect (office->channel, "hello", G_CALLBACK (on_hello), office);
  g_signal_connect (office->channel, "frame", G_CALLBACK (on_frame), office);
  lf_channel_start (office->channel);
  report (office, "2043", &on_hook);
  report (office, "2041", &on_hook);
  lf_person_begin (&office->mara);
  lf_person_sign_in (&office->mara, office->server, "mara");
  office->telephone = lf_client_get_telephone (office->mara.client);
  lf_wait_until (lf_telephone_can_call (office->telephone), WAIT_MS);
}

static void
finish (Office *office)
{
  lf_person_end (&office->mara);
  lf_channel_stop (office->channel, "test ends");
  g_clear_object (&office->channel);
  g_clear_object (&office->rest);
  g_ptr_array_unref (office->commands);
  g_clear_error (&office->error);
  lf_real_server_free (office->server);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Office *office = user_data;

  g_clear_error (&office->error);
  lf_telephone_call_finish (LF_TELEPHONE (source), result, &office->error);
  office->is_done = TRUE;
}

static void
call (Office *office, const char *address)
{
  office->is_done = FALSE;
  lf_telephone_call_async (office->telephone, address, NULL, NULL, on_called, office);
  lf_wait_until (office->is_done, WAIT_MS);
}

static void
say (Office *office, LfCallState state, LfCallReason reason)
{
  const LfWireCommand      *command = office->commands->pdata[office->commands->len - 1];
  const LfWireCommandResult result = { command->id, state, reason };

  lf_channel_send (office->channel, LF_FRAME_COMMAND_RESULT, &result);
  lf_wait_until (lf_telephone_get_call (office->telephone) != NULL && lf_telephone_get_call (office->telephone)->state == state, WAIT_MS);
}

static void
test_call (void)
{
  static const LfCallState states[] = { LF_CALL_RINGING_YOU, LF_CALL_CALLING, LF_CALL_CONNECTED, LF_CALL_ENDED };
  Office                   office;

  g_test_summary ("A call is followed from the click to its end, can be taken back, and goes when it is dismissed");
  if (lf_real_server_skip ())
    return;
  begin (&office);
  call (&office, "tel:2041");
  g_assert_no_error (office.error);
  g_assert_cmpint (lf_telephone_get_call (office.telephone)->state, ==, LF_CALL_REQUESTED);
  lf_wait_until (office.commands->len == 1, WAIT_MS);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    say (&office, states[i], LF_CALL_REASON_NONE);
  lf_telephone_dismiss (office.telephone);
  g_assert_null (lf_telephone_get_call (office.telephone));

  call (&office, "2041");
  g_assert_no_error (office.error);
  lf_wait_until (office.commands->len == 2, WAIT_MS);
  lf_telephone_dismiss (office.telephone); /* not while it goes on */
  g_assert_nonnull (lf_telephone_get_call (office.telephone));
  lf_telephone_cancel (office.telephone);
  lf_wait_until (office.commands->len == 3, WAIT_MS);
  g_assert_cmpint (((const LfWireCommand *) office.commands->pdata[2])->kind, ==, LF_COMMAND_CANCEL);
  say (&office, LF_CALL_CANCELLED, LF_CALL_REASON_NONE);
  finish (&office);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *address;
    LfError     code;
  } rows[] = {
    { "tel:+4990012345", LF_ERROR_FORBIDDEN },
    { "*21*1#", LF_ERROR_BAD_REQUEST },
    { "112", LF_ERROR_BAD_REQUEST },
    { "2043", LF_ERROR_BAD_REQUEST },
  };
  Office office;

  g_test_summary ("What cannot be called is said in words of the server, and nothing rings");
  if (lf_real_server_skip ())
    return;
  begin (&office);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      call (&office, rows[i].address);
      g_assert_error (office.error, LF_ERROR, (int) rows[i].code);
      g_assert_null (lf_telephone_get_call (office.telephone));
    }
  g_assert_cmpuint (office.commands->len, ==, 0);
  lf_channel_stop (office.channel, "away");
  lf_wait_until (!lf_telephone_can_call (office.telephone), WAIT_MS);
  call (&office, "tel:2041");
  g_assert_error (office.error, LF_ERROR, LF_ERROR_NOT_FOUND);
  finish (&office);
}

static void
test_incoming (void)
{
  const LfWireLineState ringing = { .state = LF_PHONE_RINGING, .since_us = LF_INSTANT_NONE, .direction = LF_CALL_INCOMING, .peer = (char *) "2041" };
  const LfWireLineState on_hook = { .state = LF_PHONE_ON_HOOK, .since_us = LF_INSTANT_NONE };
  g_autofree char      *jonas = NULL;
  Office                office;

  g_test_summary ("Who calls is known while it rings, and a colleague's call can be picked up");
  if (lf_real_server_skip ())
    return;
  begin (&office);
  jonas = g_strdup (lf_contact_get_user (lf_person_add (&office.mara, "jonas")));
  report (&office, "2043", &ringing);
  lf_wait_until (lf_telephone_get_incoming (office.telephone) != NULL, WAIT_MS);
  g_assert_cmpstr (lf_telephone_get_incoming (office.telephone)->user, ==, jonas);
  report (&office, "2043", &on_hook);
  lf_wait_until (lf_telephone_get_incoming (office.telephone) == NULL, WAIT_MS);

  g_assert_true (lf_telephone_can_pick_up (office.telephone, jonas));
  report (&office, "2041", &ringing);
  office.is_done = FALSE;
  lf_telephone_pick_up_async (office.telephone, jonas, NULL, on_called, &office);
  lf_wait_until (office.is_done && office.commands->len == 1, WAIT_MS);
  g_assert_no_error (office.error);
  g_assert_cmpint (((const LfWireCommand *) office.commands->pdata[0])->kind, ==, LF_COMMAND_PICK_UP);
  finish (&office);
}

static void
post (Office *office, const char *call_id, const char *peer, gint64 ago_s, gboolean is_answered, gboolean is_provisional)
{
  gint64            start_us = g_get_real_time () / LF_SECOND * LF_SECOND - ago_s * LF_SECOND;
  LfWireCallReport  item = { (char *) call_id, LF_CALL_INCOMING, (char *) peer, NULL, start_us, is_answered ? start_us : LF_INSTANT_NONE, LF_INSTANT_NONE, is_provisional };
  gpointer          items[] = { &item };
  GPtrArray         list = { items, 1 };
  LfWireCallReports body = { &list };
  guint             n_before = office->n_answers;

  lf_rest_call_async (office->rest, "POST", "/lines/2043/calls", NULL, &lf_schema_call_reports, &body, NULL, NULL, on_taken, office);
  lf_wait_until (office->n_answers > n_before, WAIT_MS);
}

static LfCallEntry *
get_entry (LfCallLog *log, guint position)
{
  g_autoptr (LfCallEntry) entry = g_list_model_get_item (lf_call_log_get_entries (log), position);

  return entry; /* the list holds it */
}

static void
test_log (void)
{
  LfCallLog  *log;
  GListModel *entries;
  Office      office;

  g_test_summary ("Calls stand by person, the latest first, with presence; missed ones are counted until they are looked at");
  if (lf_real_server_skip ())
    return;
  begin (&office);
  log = lf_telephone_get_log (office.telephone);
  entries = lf_call_log_get_entries (log);
  lf_wait_until (lf_call_log_is_read (log), WAIT_MS);
  g_assert_cmpuint (g_list_model_get_n_items (entries), ==, 0);

  post (&office, "a", "2041", 300, FALSE, TRUE);
  post (&office, "b", "+4930999", 200, TRUE, TRUE);
  post (&office, "c", "2041", 100, FALSE, TRUE);
  lf_wait_until (g_list_model_get_n_items (entries) == 2 && lf_call_entry_get_n_calls (get_entry (log, 0)) == 2, WAIT_MS);
  g_assert_cmpstr (lf_call_entry_get_name (get_entry (log, 0)), ==, "Jonas Weberling");
  g_assert_cmpstr (lf_call_entry_get_name (get_entry (log, 1)), ==, "+4930999");
  g_assert_null (lf_call_entry_get_contact (get_entry (log, 1)));
  lf_wait_until (lf_contact_get_presence (lf_call_entry_get_contact (get_entry (log, 0)))->phone.state == LF_PHONE_ON_HOOK, WAIT_MS);
  g_assert_cmpuint (lf_call_log_get_n_missed (log), ==, 2);
  lf_call_log_set_seen_us (log, g_get_real_time ());
  g_assert_cmpuint (lf_call_log_get_n_missed (log), ==, 0);

  lf_call_log_set_kind (log, LF_CALL_RECEIVED);
  g_assert_cmpuint (g_list_model_get_n_items (entries), ==, 1);
  lf_call_log_set_kind (log, LF_CALL_LOG_ALL);
  post (&office, "d", "2041", 102, TRUE, FALSE); /* the record of the telephone system: it was answered elsewhere */
  lf_wait_until (lf_call_entry_get_latest (get_entry (log, 0))->kind == LF_CALL_RECEIVED, WAIT_MS);
  g_assert_cmpuint (lf_call_entry_get_n_calls (get_entry (log, 0)), ==, 2);

  lf_person_add (&office.mara, "jonas"); /* the contact takes the place of who was only read of */
  lf_wait_until (lf_call_entry_get_contact (get_entry (log, 0)) ==
                   lf_roster_lookup (lf_client_get_roster (office.mara.client), lf_call_entry_get_latest (get_entry (log, 0))->user),
                 WAIT_MS);
  finish (&office);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/telephone/call", test_call);
  g_test_add_func ("/telephone/refused", test_refused);
  g_test_add_func ("/telephone/incoming", test_incoming);
  g_test_add_func ("/telephone/log", test_log);
  return g_test_run ();
}

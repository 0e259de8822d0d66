/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-ari-call.h"
#include "lf-test-util.h"

/* A stand-in for Asterisk: its answers are of the shapes that its REST interface documents. Each call has a row,
 * found by the extension that it asks for. */
typedef struct
{
  const char  *why;
  guint        create;      /* status of POST /channels */
  const char  *channel[4];  /* states, one for each question; after the last one the channel is gone */
  const char  *dial_status; /* nullable */
  LfCallState  states[4];   /* that are told, in order */
  LfCallReason reason;
  gboolean     is_hung_up; /* by DELETE */
  gboolean     is_code;
} Row;

typedef struct
{
  const Row   *row;
  LfAriCall   *call;
  char        *id;    /* of the channel */
  const char  *reply; /* nullable: to each question, in place of what the row says */
  guint        n_asked;
  guint        n_deleted;
  guint        n_told;
  LfCallState  told[8];
  LfCallReason reason;
  gboolean     is_freed;
} Case;

typedef struct
{
  SoupServer   *server;
  SoupSession  *session;
  LfClock      *clock;
  LfPhoneConfig config;
  GPtrArray    *cases; /* of Case, borrowed */
  char         *query; /* of the last POST */
} Fixture;

static Case *
find_case (Fixture *fixture, const char *id)
{
  for (guint i = 0; i < fixture->cases->len; i++)
    {
      Case *item = fixture->cases->pdata[i];

      if (item->id != NULL && g_str_has_prefix (id, item->id))
        return item;
    }
  return NULL;
}

static void
reply (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
create (Fixture *fixture, SoupServerMessage *message, GHashTable *query)
{
  Case *item = fixture->cases->pdata[atoi (g_hash_table_lookup (query, "extension"))];

  g_free (fixture->query);
  fixture->query = g_strdup (g_uri_get_query (soup_server_message_get_uri (message)));
  item->id = g_strdup (g_hash_table_lookup (query, "channelId"));
  reply (message, item->row->create, "{\"id\":\"x\",\"state\":\"Down\"}");
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture         *fixture = user_data;
  Case            *item;
  g_autofree char *text = NULL;
  const char      *state;

  g_assert_cmpstr (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization"), ==, "Basic bGFtcGZpZWxkOnNlY3JldA==");
  g_assert_true (g_str_has_prefix (path, "/ari/channels"));
  if (g_str_equal (soup_server_message_get_method (message), "POST"))
    {
      create (fixture, message, query);
      return;
    }
  item = find_case (fixture, path + strlen ("/ari/channels/"));
  if (item == NULL) /* not created yet */
    {
      reply (message, 404, "{\"message\":\"Channel not found\"}");
      return;
    }
  if (g_str_equal (soup_server_message_get_method (message), "DELETE"))
    {
      item->n_deleted++;
      reply (message, 204, "");
      return;
    }
  if (item->reply != NULL)
    {
      item->n_asked++;
      reply (message, 200, item->reply);
      return;
    }
  if (g_str_has_suffix (path, "/variable"))
    {
      g_assert_cmpstr (g_hash_table_lookup (query, "variable"), ==, "DIALSTATUS");
      text = g_strdup_printf ("{\"value\":\"%s\"}", item->row->dial_status);
      reply (message, item->row->dial_status != NULL ? 200 : 404, text);
      return;
    }
  state = item->n_asked < G_N_ELEMENTS (item->row->channel) ? item->row->channel[item->n_asked] : NULL;
  item->n_asked++;
  text = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"PJSIP/2041-00000001\",\"state\":\"%s\",\"caller\":{\"name\":\"\",\"number\":\"2041\"}}", item->id, state);
  reply (message, state != NULL ? 200 : 404, state != NULL ? text : "{\"message\":\"Channel not found\"}");
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  GSList            *uris;

  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  uris = soup_server_get_uris (fixture->server);
  fixture->config = (LfPhoneConfig){
    .ari_url = g_strdup_printf ("http://127.0.0.1:%d/ari", g_uri_get_port (uris->data)),
    .ari_user = (char *) "lampfield",
    .ari_password = (char *) "secret",
    .ari_context = (char *) "from internal",
  };
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  fixture->session = soup_session_new ();
  fixture->clock = lf_clock_new_manual (0);
  fixture->cases = g_ptr_array_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  soup_server_disconnect (fixture->server);
  soup_session_abort (fixture->session);
  g_object_unref (fixture->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_ptr_array_unref (fixture->cases);
  g_object_unref (fixture->session);
  g_object_unref (fixture->clock);
  g_free (fixture->config.ari_url);
  g_free (fixture->query);
}

static void
on_changed (gpointer user_data, LfCallState state, LfCallReason reason)
{
  Case *item = user_data;

  g_assert_cmpuint (item->n_told, <, G_N_ELEMENTS (item->told));
  g_assert_false (item->is_freed);
  item->told[item->n_told++] = state;
  item->reason = reason;
  if (lf_call_state_is_final (state))
    {
      item->is_freed = TRUE;
      lf_ari_call_free (item->call);
    }
}

static const LfSipCallFuncs funcs = { on_changed };

static void
begin (Fixture *fixture, Case *item, const Row *row, LfClock *clock)
{
  g_autofree char *extension = g_strdup_printf ("%u", fixture->cases->len);
  g_autofree char *id = g_strdup_printf ("call-%03u", fixture->cases->len);

  item->row = row;
  g_ptr_array_add (fixture->cases, item);
  item->call = lf_ari_call_new (fixture->session, clock, &fixture->config, &(LfAriCallPlan){ id, "PJSIP/2041", "+492041", extension, row->is_code }, &funcs, item);
}

static void
forget (Case *item)
{
  g_assert_true (item->is_freed);
  g_clear_pointer (&item->id, g_free);
}

#define NO_REASON LF_CALL_REASON_NONE

static const Row rows[] = {
  { "a whole call", 200, { "Down", "Ringing", "Up", "Up" }, "ANSWER", { LF_CALL_RINGING_YOU, LF_CALL_CALLING, LF_CALL_CONNECTED, LF_CALL_ENDED }, NO_REASON, FALSE, FALSE },
  { "the other end is busy", 200, { "Up" }, "BUSY", { LF_CALL_CALLING, LF_CALL_BUSY }, NO_REASON, TRUE, FALSE },
  { "it does not answer", 200, { "Up" }, "NOANSWER", { LF_CALL_CALLING, LF_CALL_NO_ANSWER }, NO_REASON, TRUE, FALSE },
  { "nobody is there", 200, { "Up" }, "CHANUNAVAIL", { LF_CALL_CALLING, LF_CALL_FAILED }, LF_CALL_REASON_UNAVAILABLE, TRUE, FALSE },
  { "the dial plan refuses", 200, { "Up" }, "DONTCALL", { LF_CALL_CALLING, LF_CALL_DECLINED }, NO_REASON, TRUE, FALSE },
  { "a word that is none of these", 200, { "Up" }, "MAYBE", { LF_CALL_CALLING, LF_CALL_ENDED }, NO_REASON, FALSE, FALSE },
  { "the own telephone hangs up while it calls", 200, { "Ringing", "Up" }, NULL, { LF_CALL_RINGING_YOU, LF_CALL_CALLING, LF_CALL_ENDED }, NO_REASON, FALSE, FALSE },
  { "it is not picked up", 200, { "Ringing" }, NULL, { LF_CALL_RINGING_YOU, LF_CALL_FAILED }, LF_CALL_REASON_OWN_PHONE, FALSE, FALSE },
  { "it is not connected", 500, { NULL }, NULL, { LF_CALL_FAILED }, LF_CALL_REASON_NOT_REGISTERED, FALSE, FALSE },
  { "a wrong password", 401, { NULL }, NULL, { LF_CALL_FAILED }, LF_CALL_REASON_REFUSED, FALSE, FALSE },
  { "an endpoint that cannot be", 400, { NULL }, NULL, { LF_CALL_FAILED }, LF_CALL_REASON_UNAVAILABLE, FALSE, FALSE },
  { "a code", 200, { "Ringing", "Up" }, NULL, { LF_CALL_RINGING_YOU, LF_CALL_ENDED }, NO_REASON, FALSE, TRUE },
};

static void
test_ways (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();
  Case                cases[G_N_ELEMENTS (rows)] = { 0 };

  g_test_summary ("What Asterisk says of a channel is told as the states of a call, and what is over is hung up");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    begin (fixture, &cases[i], &rows[i], clock);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint n_states = 0;

      g_test_message ("%s", rows[i].why);
      lf_wait_until (cases[i].is_freed && cases[i].n_deleted == (rows[i].is_hung_up ? 1 : 0), 10000);
      for (; n_states < G_N_ELEMENTS (rows[i].states) && rows[i].states[n_states] != LF_CALL_REQUESTED; n_states++)
        g_assert_cmpint (cases[i].told[n_states], ==, rows[i].states[n_states]);
      g_assert_cmpuint (cases[i].n_told, ==, n_states);
      g_assert_cmpint (cases[i].reason, ==, rows[i].reason);
      forget (&cases[i]);
    }
}

static const Row ringing = { .create = 200, .channel = { "Ringing" } };

static void
test_deadline (Fixture *fixture, gconstpointer unused)
{
  Case item = { 0 };

  g_test_summary ("Asterisk is told whom to call; a telephone that rings for too long is let go, also where Asterisk does not do it");
  begin (fixture, &item, &ringing, fixture->clock);
  lf_wait_until (item.n_told == 1, 5000);
  g_assert_nonnull (strstr (fixture->query, "endpoint=PJSIP%2F2041&extension=0&context=from%20internal&priority=1&callerId=%2B492041&timeout=30&channelId=lampfield-"));
  lf_clock_advance (fixture->clock, 33 * LF_SECOND);
  lf_wait_until (item.is_freed && item.n_deleted == 1, 5000);
  g_assert_cmpint (item.told[1], ==, LF_CALL_FAILED);
  g_assert_cmpint (item.reason, ==, LF_CALL_REASON_OWN_PHONE);
  forget (&item);
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  Case early = { 0 };
  Case late = { 0 };

  g_test_summary ("A call is taken back before Asterisk has answered, and while the telephone rings");
  begin (fixture, &early, &ringing, fixture->clock);
  lf_ari_call_cancel (early.call);
  g_assert_cmpint (early.told[0], ==, LF_CALL_CANCELLED);
  begin (fixture, &late, &ringing, fixture->clock);
  lf_wait_until (late.n_told == 1, 5000);
  lf_ari_call_cancel (late.call);
  g_assert_cmpint (late.told[1], ==, LF_CALL_CANCELLED);
  lf_wait_until (early.n_deleted > 0 && late.n_deleted == 1, 5000);
  forget (&early);
  forget (&late);
}

static void
test_hostile (Fixture *fixture, gconstpointer unused)
{
  g_autofree char  *large = g_strnfill (LF_ARI_REPLY_MAX_BYTES * 2, '[');
  const char *const texts[] = { "", "null", "[]", "{\"state\":7}", "{\"state\":", large };

  g_autoptr (LfClock) clock = lf_clock_new_system ();
  Case                cases[G_N_ELEMENTS (texts)] = { 0 };

  g_test_summary ("Answers that are none are asked for again, and end the call after a few");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      cases[i].reply = texts[i];
      begin (fixture, &cases[i], &ringing, clock);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%.20s", texts[i]);
      lf_wait_until (cases[i].is_freed && cases[i].n_deleted == 1, 10000);
      g_assert_cmpuint (cases[i].n_asked, ==, 4);
      g_assert_cmpuint (cases[i].n_told, ==, 1);
      g_assert_cmpint (cases[i].reason, ==, LF_CALL_REASON_LINK_LOST);
      forget (&cases[i]);
    }
}

static void
test_away (Fixture *fixture, gconstpointer unused)
{
  Case item = { 0 };

  g_test_summary ("An Asterisk that is away fails the call at once");
  soup_server_disconnect (fixture->server);
  begin (fixture, &item, &ringing, fixture->clock);
  lf_wait_until (item.is_freed, 5000);
  g_assert_cmpint (item.told[0], ==, LF_CALL_FAILED);
  g_assert_cmpint (item.reason, ==, LF_CALL_REASON_LINK_LOST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/phone/ari/ways", Fixture, NULL, set_up, test_ways, tear_down);
  g_test_add ("/phone/ari/deadline", Fixture, NULL, set_up, test_deadline, tear_down);
  g_test_add ("/phone/ari/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/phone/ari/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
  g_test_add ("/phone/ari/away", Fixture, NULL, set_up, test_away, tear_down);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-client.h"
#include "lf-error.h"
#include "lf-fake-server.h"
#include "lf-test-util.h"

/* A whole client whose server keeps speed dials, and which another device changes meanwhile. */

#define WAIT_MS 10000
#define TOKENS  "{\"user\":\"me\",\"session\":\"s1\",\"access_token\":\"a\",\"access_expires_at\":\"2026-11-24T09:15:00Z\",\"refresh_token\":\"r\",\"refresh_expires_at\":\"2026-12-24T09:00:00Z\"}"
#define HELLO   "{\"t\":\"hello\",\"session\":\"s1\",\"server_time\":\"2026-11-24T09:00:00Z\",\"ping_s\":20,\"window\":512,\"features\":[],\"resumed\":false,\"count\":0}"
#define ME      "{\"person\":{\"id\":\"me\",\"login\":\"me\",\"name\":\"me\",\"addresses\":[]},\"status\":{\"choice\":\"automatic\"},\"dnd\":{\"on\":false},\"visibility\":{\"invisible\":false}}"

static const char *const people[] = { "a", "b", "c", "d", "e" };

typedef struct
{
  LfFakeServer *server;
  LfFakeConn   *stream; /* borrowed; the last that was opened */
  LfClient     *client;
  GPtrArray    *dials; /* of the server: ids, owned, at position of their index */
  guint         revision;
  guint         first_position; /* of the server's list: where contacts went there are gaps */
  guint         n_puts;
  guint         n_contact_puts;
  guint         n_notices;
  guint         n_items_changed;
  int           notice_code;
  const char   *elsewhere;  /* what another device makes of it behind the next GET; nullable */
  guint         n_failures; /* answers to PUT that are 503 */
  gboolean      has_no_etag;
  gboolean      is_unkind;   /* refuses every PUT */
  gboolean      is_stubborn; /* the roster is always another one by the time of PUT */
  gboolean      is_silent;   /* does not answer PUT */
  gboolean      is_signed_in;
} World;

static void
set_dials (World      *w,
           const char *letters)
{
  g_ptr_array_set_size (w->dials, 0);
  for (const char *c = letters; *c != '\0'; c++)
    g_ptr_array_add (w->dials, g_strndup (c, 1));
  w->revision++;
}

static int
get_position (World      *w,
              const char *user)
{
  for (guint i = 0; i < w->dials->len; i++)
    if (g_str_equal (w->dials->pdata[i], user))
      return w->first_position + i * w->first_position;
  return 0;
}

static void
append_contact (GString    *text,
                World      *w,
                const char *user)
{
  g_string_append_printf (text, "{\"user\":\"%s\",\"person\":{\"id\":\"%s\",\"login\":\"%s\",\"name\":\"%s\",\"addresses\":[],\"place\":%s},"
                                "\"favourite\":false,\"watched\":false,\"speed_dial\":%d}",
                          user, user, user, user, g_str_equal (user, "e") ? "true" : "false", get_position (w, user));
}

static void
append_contacts (GString *text,
                 World   *w)
{
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      g_string_append (text, i > 0 ? "," : "");
      append_contact (text, w, people[i]);
    }
}

static void
answer_contacts (World      *w,
                 LfFakeConn *conn)
{
  g_autoptr (GString) text = g_string_new ("{\"items\":[");
  g_autofree char    *headers = w->has_no_etag ? g_strdup ("") : g_strdup_printf ("ETag: \"r%u\"\r\n", w->revision);

  append_contacts (text, w);
  g_string_append (text, "],\"groups\":[]}");
  lf_fake_conn_answer (conn, 200, headers, "application/json", text->str);
  if (w->elsewhere != NULL)
    set_dials (w, w->elsewhere);
  w->elsewhere = NULL;
}

static void
take_speed_dials (World               *w,
                  LfFakeConn          *conn,
                  const LfFakeRequest *request)
{
  g_autoptr (LfWireSpeedDials) body = lf_codec_decode (&lf_schema_speed_dials, request->body, strlen (request->body), &lf_json_limits_request, NULL);
  g_autofree char             *letters = g_strjoinv ("", body->users);
  g_autofree char             *tag = g_strdup_printf ("\"r%u\"", w->revision);
  g_autofree char             *headers = NULL;

  w->n_puts++;
  if (w->is_silent)
    return;
  if (w->n_failures > 0)
    {
      w->n_failures--;
      set_dials (w, letters); /* done, though it does not say so */
      lf_fake_conn_problem (conn, 503, "", "unavailable");
    }
  else if (w->is_unkind)
    lf_fake_conn_problem (conn, 404, "", "not_found");
  else if (w->is_stubborn || (strstr (request->head, tag) == NULL && strstr (request->head, "*\r\n") == NULL))
    lf_fake_conn_problem (conn, 412, "", "precondition_failed");
  else
    {
      set_dials (w, letters);
      w->first_position = 1;
      headers = w->has_no_etag ? g_strdup ("") : g_strdup_printf ("ETag: \"r%u\"\r\n", w->revision);
      lf_fake_conn_answer (conn, 204, headers, NULL, "");
    }
}

static void
on_request (LfFakeConn          *conn,
            const LfFakeRequest *request,
            gpointer             user_data)
{
  World      *w = user_data;
  const char *path = request->path + strlen ("/api/v1");

  if (g_str_equal (path, "/stream"))
    lf_fake_conn_upgrade (conn, request);
  else if (g_str_has_prefix (path, "/auth/"))
    lf_fake_conn_answer (conn, 200, "", "application/json", TOKENS);
  else if (g_str_equal (path, "/me/privacy"))
    lf_fake_conn_answer (conn, 200, "", "application/json", "{\"blocked\":[]}");
  else if (g_str_equal (path, "/contacts"))
    answer_contacts (w, conn);
  else if (g_str_equal (path, "/speed_dials"))
    take_speed_dials (w, conn, request);
  else if (g_str_has_prefix (path, "/contacts/") && g_str_equal (request->method, "PUT"))
    {
      g_autofree char *position = g_strdup_printf ("\"speed_dial\":%d", get_position (w, path + strlen ("/contacts/")));

      w->n_contact_puts++;
      g_assert_nonnull (strstr (request->body, position)); /* else another contact may stand there */
      lf_fake_conn_answer (conn, 200, "", "application/json", request->body);
    }
  else
    lf_fake_conn_problem (conn, 404, "", "not_found");
}

static void
on_client_frame (LfFakeConn    *conn,
                 const LfFrame *frame,
                 gpointer       user_data)
{
  World              *w = user_data;
  g_autoptr (GString) text = g_string_new ("{\"t\":\"snapshot\",\"part\":0,\"last\":true,\"me\":" ME ",\"groups\":[],\"contacts\":[");

  if (frame->type != LF_FRAME_START && frame->type != LF_FRAME_RESUME)
    return;
  w->stream = conn;
  lf_fake_conn_text (conn, HELLO);
  append_contacts (text, w);
  g_string_append (text, "],\"presence\":[],\"conversations\":[]}");
  lf_fake_conn_text (conn, text->str);
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  ((World *) user_data)->is_signed_in = lf_client_sign_in_finish (LF_CLIENT (source), result, NULL);
}

static void
on_notice (LfClient     *client,
           const GError *error,
           gpointer      user_data)
{
  World *w = user_data;

  w->n_notices++;
  w->notice_code = error->code;
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  gpointer    user_data)
{
  ((World *) user_data)->n_items_changed++;
}

static void
world_begin (World      *w,
             const char *dials)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();

  *w = (World){ .client = lf_client_new (clock), .dials = g_ptr_array_new_with_free_func (g_free), .first_position = 1 };
  set_dials (w, dials);
  w->server = lf_fake_server_new (on_request, on_client_frame, w);
  g_signal_connect (w->client, "notice", G_CALLBACK (on_notice), w);
  lf_client_sign_in_async (w->client, lf_fake_server_get_address (w->server), "me", "x", FALSE, NULL, on_signed_in, w);
  lf_wait_until (w->is_signed_in && lf_client_get_state (w->client) == LF_CLIENT_ONLINE, WAIT_MS);
  g_signal_connect (lf_client_get_speed_dials (w->client), "items-changed", G_CALLBACK (on_items_changed), w);
}

static void
world_end (World *w)
{
  g_object_run_dispose (G_OBJECT (w->client));
  lf_wait_until (G_OBJECT (w->client)->ref_count == 1, WAIT_MS);
  g_assert_finalize_object (w->client);
  lf_fake_server_free (w->server);
  g_ptr_array_unref (w->dials);
}

/* Returns: (transfer full): the letters of the lamps, in order */
static char *
show (World *w)
{
  GListModel *dials = lf_client_get_speed_dials (w->client);
  GString    *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (dials); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (dials, i);

      g_string_append (text, lf_contact_get_user (contact));
    }
  return g_string_free (text, FALSE);
}

static gboolean
shows (World      *w,
       const char *letters)
{
  g_autofree char *shown = show (w);

  return g_str_equal (shown, letters);
}

static gboolean
server_has (World      *w,
            const char *letters)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < w->dials->len; i++)
    g_string_append (text, w->dials->pdata[i]);
  return g_str_equal (text->str, letters);
}

static void
change (World      *w,
        const char *letters)
{
  g_auto (GStrv) users = g_new0 (char *, strlen (letters) + 1);

  for (gsize i = 0; letters[i] != '\0'; i++)
    users[i] = g_strndup (letters + i, 1);
  lf_client_set_speed_dials (w->client, (const char *const *) users);
}

static LfContact *
find (World      *w,
      const char *user)
{
  return lf_roster_lookup (lf_client_get_roster (w->client), user);
}

static void
tell (World      *w,
      const char *user)
{
  g_autoptr (GString) text = g_string_new ("{\"t\":\"contact\",\"contact\":");

  append_contact (text, w, user);
  g_string_append_c (text, '}');
  lf_fake_conn_text (w->stream, text->str);
}

static void
test_order (void)
{
  World w;

  g_test_summary ("The lamps stand in the order of their positions, follow another device, and go with their contacts.");
  world_begin (&w, "ca");
  g_assert_true (shows (&w, "ca"));
  g_assert_true (lf_contact_get_is_place (find (&w, "e")));
  g_assert_false (lf_contact_get_is_place (find (&w, "a")));
  set_dials (&w, "cea");
  tell (&w, "a");
  tell (&w, "e");
  lf_wait_until (shows (&w, "cea"), WAIT_MS);
  lf_fake_conn_text (w.stream, "{\"t\":\"contact\",\"removed\":\"c\"}");
  lf_wait_until (shows (&w, "ea"), WAIT_MS);
  lf_client_sign_out_async (w.client, NULL, NULL, NULL);
  lf_wait_until (shows (&w, ""), WAIT_MS);
  world_end (&w);
}

static void
test_change (void)
{
  static const struct
  {
    const char *claim;
    const char *before;
    const char *wanted;
    const char *elsewhere; /* what another device makes of it meanwhile */
    const char *outcome;
  } rows[] = {
    { "the first lamp", "", "b", NULL, "b" },
    { "sorted", "abc", "cab", NULL, "cab" },
    { "one less", "abc", "ac", NULL, "ac" },
    { "none at all", "abc", "", NULL, "" },
    { "who is no contact is passed over", "a", "axb", NULL, "ab" },
    { "one that was added elsewhere stays", "abc", "cab", "abcd", "cabd" },
    { "one that was taken away elsewhere stays away", "abc", "cab", "ac", "ca" },
    { "added here and there", "a", "ab", "ac", "abc" },
    { "the same on both", "ab", "ba", "ba", "ba" },
    { "the order of the latest holds", "abc", "bca", "cba", "bca" },
  };

  g_test_summary ("A change is seen at once, reaches the server, and undoes nothing that another device did.");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      World w;

      g_test_message ("%s", rows[i].claim);
      world_begin (&w, rows[i].before);
      w.elsewhere = rows[i].elsewhere;
      change (&w, rows[i].wanted);
      if (g_str_equal (rows[i].wanted, "axb"))
        g_assert_true (shows (&w, "ab"));
      else
        g_assert_true (shows (&w, rows[i].wanted));
      lf_wait_until (server_has (&w, rows[i].outcome) && shows (&w, rows[i].outcome), WAIT_MS);
      g_assert_cmpuint (w.n_notices, ==, 0);
      world_end (&w);
    }
}

static void
test_steps (void)
{
  World w;
  guint n_reads;

  g_test_summary ("Each step of a sort moves what it must; the roster is read once, and steps made meanwhile go together.");
  world_begin (&w, "abcde");
  change (&w, "bacde");
  g_assert_cmpuint (w.n_items_changed, ==, 1);
  change (&w, "bcade");
  change (&w, "bcdae");
  g_assert_cmpuint (w.n_items_changed, ==, 3);
  lf_wait_until (server_has (&w, "bcdae"), WAIT_MS);
  g_assert_cmpuint (w.n_puts, ==, 1);
  n_reads = lf_fake_server_count (w.server, "/api/v1/contacts");
  g_assert_cmpuint (n_reads, ==, 1);
  change (&w, "bcdea");
  lf_wait_until (server_has (&w, "bcdea"), WAIT_MS);
  g_assert_cmpuint (lf_fake_server_count (w.server, "/api/v1/contacts"), ==, n_reads);
  g_assert_cmpuint (w.n_items_changed, ==, 4);
  world_end (&w);
}

static void
test_refused (void)
{
  World w;

  g_test_summary ("What the server refuses is taken back, with a word to the user; so is what it always has otherwise.");
  world_begin (&w, "ab");
  w.is_unkind = TRUE;
  change (&w, "bac");
  g_assert_true (shows (&w, "bac"));
  lf_wait_until (w.n_notices == 1, WAIT_MS);
  g_assert_cmpint (w.notice_code, ==, LF_ERROR_NOT_FOUND);
  g_assert_true (shows (&w, "ab"));

  w.is_unkind = FALSE;
  w.is_stubborn = TRUE;
  w.n_puts = 0;
  change (&w, "ba");
  lf_wait_until (w.n_notices == 2, WAIT_MS);
  g_assert_cmpint (w.notice_code, ==, LF_ERROR_CONFLICT);
  g_assert_cmpuint (w.n_puts, ==, 6);
  g_assert_true (shows (&w, "ab"));

  w.is_stubborn = FALSE;
  w.has_no_etag = TRUE;
  change (&w, "ba");
  lf_wait_until (server_has (&w, "ba"), WAIT_MS);
  lf_client_sign_out_async (w.client, NULL, NULL, NULL);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_SIGNED_OUT, WAIT_MS);
  change (&w, "");
  g_assert_cmpuint (w.n_notices, ==, 3);
  world_end (&w);
}

static void
test_too_many (void)
{
  World       w;
  const char *users[LF_SPEED_DIAL_MAX + 2] = { NULL };

  g_test_summary ("More lamps than a page holds are refused.");
  world_begin (&w, "a");
  for (guint i = 0; i <= LF_SPEED_DIAL_MAX; i++)
    users[i] = people[i % G_N_ELEMENTS (people)];
  lf_client_set_speed_dials (w.client, users);
  g_assert_cmpuint (w.n_notices, ==, 1);
  g_assert_cmpint (w.notice_code, ==, LF_ERROR_TOO_LARGE);
  g_assert_true (shows (&w, "a"));
  world_end (&w);
}

static void
test_unanswered (void)
{
  World w;

  g_test_summary ("A change that was not answered is asked for until it is made.");
  world_begin (&w, "ab");
  w.n_failures = 1;
  change (&w, "ba");
  lf_wait_until (w.n_puts == 1 && w.n_failures == 0, WAIT_MS);
  change (&w, "bac"); /* waits with it */
  lf_wait_until (server_has (&w, "bac"), WAIT_MS);
  g_assert_true (shows (&w, "bac"));
  g_assert_cmpuint (w.n_notices, ==, 0);
  world_end (&w);
}

static void
test_meanwhile (void)
{
  World w;

  g_test_summary ("What another device does while a change is in flight is seen behind it.");
  world_begin (&w, "abc");
  w.is_silent = TRUE;
  change (&w, "cba");
  lf_wait_until (w.n_puts == 1, WAIT_MS);
  set_dials (&w, "abcd");
  tell (&w, "d");
  lf_fake_conn_text (w.stream, "{\"t\":\"contact\",\"removed\":\"e\"}");
  lf_wait_until (find (&w, "e") == NULL, WAIT_MS);
  g_assert_true (shows (&w, "cba")); /* not undone by the frame before it */
  w.is_silent = FALSE;
  lf_fake_server_drop_all (w.server);
  lf_wait_until (lf_client_get_state (w.client) == LF_CLIENT_RECONNECTING, WAIT_MS);
  lf_client_reconnect_now (w.client);
  lf_wait_until (server_has (&w, "cbad") && shows (&w, "cbad"), WAIT_MS);
  world_end (&w);
}

static void
test_beside_contacts (void)
{
  World w;

  g_test_summary ("A contact that is put says the position that the server knows, though a new order waits.");
  world_begin (&w, "abc");
  w.first_position = 3; /* at 3, 6, 9 */
  tell (&w, "a");
  tell (&w, "b");
  tell (&w, "c");
  lf_wait_until (lf_contact_get_speed_dial (find (&w, "c")) == 9, WAIT_MS);
  lf_client_set_favourite (w.client, find (&w, "c"), TRUE);
  lf_client_set_watched (w.client, find (&w, "c"), TRUE);
  change (&w, "cab");
  lf_client_set_favourite (w.client, find (&w, "a"), TRUE);
  lf_wait_until (server_has (&w, "cab") && w.n_contact_puts == 3, WAIT_MS);
  g_assert_cmpint (lf_contact_get_speed_dial (find (&w, "c")), ==, 1);
  g_assert_cmpuint (w.n_notices, ==, 0);
  world_end (&w);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/speed-dials/order", test_order);
  g_test_add_func ("/speed-dials/change", test_change);
  g_test_add_func ("/speed-dials/steps", test_steps);
  g_test_add_func ("/speed-dials/refused", test_refused);
  g_test_add_func ("/speed-dials/too-many", test_too_many);
  g_test_add_func ("/speed-dials/unanswered", test_unanswered);
  g_test_add_func ("/speed-dials/meanwhile", test_meanwhile);
  g_test_add_func ("/speed-dials/beside-contacts", test_beside_contacts);
  return g_test_run ();
}

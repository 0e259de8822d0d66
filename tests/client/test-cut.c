/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lf-channel-private.h"
#include "lf-client-private.h"
#include "lf-cutter.h"
#include "lf-error.h"
#include "lf-person.h"
#include "lf-session-private.h"
#include "lf-test-util.h"

/* Real clients on the real server, over a wire that is cut at every byte of what goes over it. Each
 * round of a scene is the same transcript: first whole, to learn how long it is each way, then cut
 * at its first byte, its second, and so on. After each cut the client must come back by itself, and
 * show what the server has.
 *
 * LF_CUT_STEP=1 cuts at every byte of every scene, by RST and by FIN. Without it the exchange is cut at
 * every byte by one of them, the other scenes at some, beginning anywhere. */

#define DEADLINE_MS   30000
#define AVAILABLE_US  (25 * LF_SECOND) /* longer than it takes to count as having become available */
#define ITEMS_CHECKED 8

typedef struct _World World;

/* A transcript. @prepare: runs on a whole wire, before the bytes count; @step: between two cuts, unless
 * LF_CUT_STEP says otherwise */
typedef struct
{
  const char *path;
  const char *claim;
  void (*prepare) (World *world);
  guint    step;
  gboolean may_begin_anew; /* a snapshot is taken */
} Scene;

struct _World
{
  LfRealServer *server;
  LfCutter     *cutter;
  LfClock      *clock; /* of mara: 25 s pass at once */
  LfPerson      mara;  /* behind the wire */
  LfPerson      jonas; /* beside it */
  LfRest       *beside;
  LfContact    *jonas_seen;
  LfContact    *mara_seen;
  guint         round;
  guint         n_snapshots;
  gint64        n_bytes[LF_CUTTER_N_WAYS]; /* of the last transcript */
};

static void
on_frame (LfChannel *channel, const LfFrame *frame, World *world)
{
  if (frame->type == LF_FRAME_SNAPSHOT)
    world->n_snapshots++;
}

static void
world_begin (World *world)
{
  memset (world, 0, sizeof *world);
  world->server = lf_real_server_new ();
  world->cutter = lf_cutter_new (lf_real_server_get_address (world->server));
  world->beside = lf_rest_new (lf_real_server_get_address (world->server), NULL);
  world->clock = lf_clock_new_manual (g_get_real_time ());
  lf_person_sign_in (&world->jonas, world->server, "jonas");
  lf_person_begin_at (&world->mara, world->clock);
  lf_person_sign_in_at (&world->mara, lf_cutter_get_address (world->cutter), "mara");
  g_signal_connect (world->mara.client->channel, "frame", G_CALLBACK (on_frame), world);
  world->jonas_seen = lf_person_add (&world->mara, "jonas");
  world->mara_seen = lf_person_add (&world->jonas, "mara");
  lf_client_set_watched (world->mara.client, world->jonas_seen, TRUE);
  lf_wait_until (world->mara.client->edits.length == 0 && world->jonas.client->edits.length == 0, DEADLINE_MS); /* a cut would undo one */
  lf_person_open_chat (&world->mara, lf_contact_get_user (world->jonas_seen));
  lf_person_open_chat (&world->jonas, lf_contact_get_user (world->mara_seen));
}

static void
world_end (World *world)
{
  g_signal_handlers_disconnect_by_data (world->mara.client->channel, world);
  lf_person_end (&world->mara);
  lf_person_end (&world->jonas);
  lf_cutter_free (world->cutter);
  lf_real_server_free (world->server);
  g_object_unref (world->clock);
  g_object_unref (world->beside);
}

static LfReachabilityState
get_reach (LfContact *contact)
{
  return lf_contact_get_presence (contact)->reachability.state;
}

/* How often a text stands among the latest messages of a conversation. */
static guint
count_text (LfConversation *conversation, const char *text, LfMessageState least)
{
  guint n_items = lf_person_count_items (conversation);
  guint n_found = 0;

  for (guint i = n_items - MIN (n_items, ITEMS_CHECKED); i < n_items; i++)
    {
      g_autoptr (LfMessageItem) item = g_list_model_get_item (G_LIST_MODEL (conversation), i);

      n_found += g_str_equal (lf_message_item_get_message (item)->body, text) && lf_message_item_get_state (item) >= least;
    }
  return n_found;
}

/* Waiting is not what is tested: every pause ends at once. */
static void
hurry (LfPerson *person)
{
  LfSession *session = person->client->session;

  g_assert_cmpint (lf_client_get_state (person->client), !=, LF_CLIENT_SIGNED_OUT);
  lf_client_reconnect_now (person->client);
  lf_outbox_retry_now (person->client->outbox);
  if (session->is_refreshing && !session->has_request)
    g_source_set_ready_time (session->timer, 0);
  if (person->client->errand_timer != NULL)
    g_source_set_ready_time (person->client->errand_timer, 0);
}

static LfReachabilityState
get_expected_reach (const World *world)
{
  return world->round % 2 == 0 ? LF_REACHABILITY_ONLINE : LF_REACHABILITY_IDLE;
}

/* Both have all that was said, and all that changed; and mara's stream is whole again. */
static gboolean
is_settled (World *world, const char *own, const char *other)
{
  hurry (&world->mara);
  return lf_client_get_state (world->mara.client) == LF_CLIENT_ONLINE &&
         lf_channel_get_state (world->mara.client->channel) == LF_CHANNEL_LIVE && !world->mara.client->is_catching_up &&
         lf_client_get_as_of_us (world->mara.client) == 0 &&
         count_text (world->mara.conversation, own, LF_MESSAGE_SENT) > 0 && count_text (world->mara.conversation, other, LF_MESSAGE_PENDING) > 0 &&
         count_text (world->jonas.conversation, own, LF_MESSAGE_PENDING) > 0 && count_text (world->jonas.conversation, other, LF_MESSAGE_SENT) > 0 &&
         get_reach (world->jonas_seen) == get_expected_reach (world) && get_reach (world->mara_seen) == get_expected_reach (world);
}

static void
on_truth (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gpointer *reply = user_data;
  GError   *error = NULL;

  *reply = lf_rest_call_finish (LF_REST (source), result, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Asks the server itself, beside the wire, with mara's token. */
static gpointer
ask (World *world, const char *path, const LfSchema *schema)
{
  gpointer reply = NULL;

  lf_rest_set_token (world->beside, lf_rest_get_token (lf_session_get_rest (world->mara.client->session)));
  lf_rest_call_async (world->beside, "GET", path, NULL, NULL, NULL, schema, NULL, on_truth, &reply);
  lf_wait_until (reply != NULL, DEADLINE_MS);
  return reply;
}

static void
check_presence (World *world, const LfWirePresenceList *list)
{
  const LfWirePresence *truth = g_ptr_array_index (list->items, 0);
  const LfPresence     *seen = lf_contact_get_presence (world->jonas_seen);

  g_assert_cmpuint (list->items->len, ==, 1);
  g_assert_cmpint (seen->rev, ==, truth->rev);
  g_assert_true (lf_phone_equal (&seen->phone, &truth->phone)); /* leased, as on the wire */
  g_assert_true (lf_reachability_equal (&seen->reachability, &truth->reachability));
}

static void
check_messages (World *world, const LfWireMessagesPage *page, const char *own, const char *other)
{
  guint n_own = 0;
  guint n_other = 0;

  for (guint i = 0; i < page->items->len; i++)
    {
      const LfWireMessage *message = g_ptr_array_index (page->items, i);

      n_own += g_str_equal (message->body, own);
      n_other += g_str_equal (message->body, other);
    }
  g_assert_cmpuint (n_own, ==, 1);
  g_assert_cmpuint (n_other, ==, 1);
  g_assert_cmpuint (count_text (world->mara.conversation, own, LF_MESSAGE_PENDING), ==, 1);
  g_assert_cmpuint (count_text (world->mara.conversation, other, LF_MESSAGE_PENDING), ==, 1);
  g_assert_cmpuint (count_text (world->jonas.conversation, own, LF_MESSAGE_PENDING), ==, 1);
  g_assert_cmpuint (count_text (world->jonas.conversation, other, LF_MESSAGE_PENDING), ==, 1);
  g_assert_cmpuint (lf_person_count_items (world->mara.conversation), ==, 2 * world->round);
  g_assert_cmpuint (lf_person_count_items (world->jonas.conversation), ==, 2 * world->round);
}

/* What mara is shown is what the server has. A cut that comes late is waited for again. */
static void
check_truth (World *world, const char *own, const char *other)
{
  g_autofree char               *people = g_strdup_printf ("/presence?users=%s", lf_contact_get_user (world->jonas_seen));
  g_autofree char               *chat = g_strdup_printf ("/conversations/%s/messages?limit=%d", lf_conversation_get_id (world->mara.conversation), ITEMS_CHECKED);
  g_autoptr (LfWirePresenceList) presence = NULL;
  g_autoptr (LfWireMessagesPage) messages = ask (world, chat, &lf_schema_messages_page);

  do
    {
      lf_wait_until (is_settled (world, own, other), DEADLINE_MS);
      g_clear_pointer (&presence, lf_schema_presence_list_cleanup);
      presence = ask (world, people, &lf_schema_presence_list);
    }
  while (!is_settled (world, own, other));
  check_presence (world, presence);
  check_messages (world, messages, own, other);
}

/* What is nobody's business: a cut, and what happened meanwhile. */
static void
check_quiet (World *world)
{
  lf_clock_advance (world->clock, AVAILABLE_US);
  g_assert_cmpuint (world->mara.n_available, ==, 0);
  g_assert_cmpuint (world->mara.n_notices, ==, 0);
  g_assert_cmpuint (world->mara.n_signed_out, ==, 0);
  g_assert_cmpuint (world->jonas.n_notices, ==, 0);
}

static void
change_reach (World *world)
{
  lf_client_set_reach (world->mara.client, get_expected_reach (world), LF_INSTANT_NONE);
  lf_client_set_reach (world->jonas.client, get_expected_reach (world), LF_INSTANT_NONE);
}

/* One transcript: both say something, and both go away from their desks, or come back. */
static void
play (World *world, const Scene *scene)
{
  g_autofree char *own = NULL;
  g_autofree char *other = NULL;
  guint            n_snapshots = world->n_snapshots;

  own = g_strdup_printf ("mara %06u", world->round);
  other = g_strdup_printf ("jonas %06u", world->round);
  lf_client_send (world->mara.client, world->mara.conversation, own);
  lf_client_send (world->jonas.client, world->jonas.conversation, other);
  change_reach (world);
  lf_cutter_set_is_blocked (world->cutter, FALSE);
  lf_wait_until (is_settled (world, own, other), DEADLINE_MS);
  for (guint way = 0; way < LF_CUTTER_N_WAYS; way++)
    world->n_bytes[way] = lf_cutter_get_n_bytes (world->cutter, (LfCutterWay) way);
  lf_cutter_disarm (world->cutter);
  check_truth (world, own, other);
  check_quiet (world);
  g_assert_true (scene->may_begin_anew || world->n_snapshots == n_snapshots);
}

/* Both have said something before: of a conversation of which nothing is held yet a snapshot brings the
 * last message alone, and the rest is fetched when it is opened. */
static void
break_the_ice (World *world)
{
  static const Scene scene = { .may_begin_anew = FALSE };

  world->round++;
  play (world, &scene);
}

/* Nothing but the transcript goes over the wire while it is counted. */
static void
prepare (World *world, const Scene *scene)
{
  world->round++;
  if (scene->prepare != NULL)
    scene->prepare (world);
  lf_channel_send_ack (world->mara.client->channel);
}

/* LF_CUT_STEP, or 0 */
static guint
get_wanted_step (void)
{
  const char *text = g_getenv ("LF_CUT_STEP");

  return text != NULL ? (guint) CLAMP (atoi (text), 1, 1000000) : 0;
}

/* At byte @n both RST and FIN, or one of them. */
static gboolean
is_played (gint64 n, guint step, LfCutterHow how)
{
  return get_wanted_step () != 0 || n / step % LF_CUTTER_N_HOWS == how;
}

/* Plays the scene whole, then cut at one byte after the other. Returns how often it was cut. */
static guint
cut_way (World *world, const Scene *scene, LfCutterWay way)
{
  static const char *const ways[LF_CUTTER_N_WAYS] = { "to the server", "to the client" };
  static const char *const hows[LF_CUTTER_N_HOWS] = { "RST", "FIN" };
  guint                    step = get_wanted_step () != 0 ? get_wanted_step () : scene->step;
  guint                    n_before = lf_cutter_get_n_cuts (world->cutter);
  gint64                   length;

  prepare (world, scene);
  lf_cutter_disarm (world->cutter);
  play (world, scene);
  length = world->n_bytes[way];
  for (gint64 n = g_test_rand_int_range (0, (gint32) step); n < length; n += step)
    for (guint how = 0; how < LF_CUTTER_N_HOWS; how++)
      if (is_played (n, step, (LfCutterHow) how))
        {
          prepare (world, scene);
          g_test_message ("byte %" G_GINT64_FORMAT " %s, %s", n, ways[way], hows[how]);
          lf_cutter_arm (world->cutter, way, n, (LfCutterHow) how);
          play (world, scene);
        }
  g_test_message ("%s: %u cuts among %" G_GINT64_FORMAT " bytes %s", scene->path, lf_cutter_get_n_cuts (world->cutter) - n_before, length, ways[way]);
  return lf_cutter_get_n_cuts (world->cutter) - n_before;
}

static void
test_scene (gconstpointer data)
{
  const Scene *scene = data;
  World        world;

  g_test_summary (scene->claim);
  if (lf_real_server_skip ())
    return;
  world_begin (&world);
  break_the_ice (&world);
  for (guint way = 0; way < LF_CUTTER_N_WAYS; way++)
    g_assert_cmpuint (cut_way (&world, scene, (LfCutterWay) way), >, 0);
  world_end (&world);
}

static gboolean
is_dnd (LfContact *contact)
{
  return lf_person_get_status (contact) == LF_DISPLAY_DO_NOT_DISTURB;
}

/* Away from the network; whom she watches becomes free meanwhile. */
static void
prepare_resume (World *world)
{
  lf_client_set_dnd (world->jonas.client, TRUE, LF_INSTANT_NONE);
  lf_wait_until ((hurry (&world->mara), is_dnd (world->jonas_seen)), DEADLINE_MS); /* the last cut may have come late */
  lf_cutter_set_is_blocked (world->cutter, TRUE);
  lf_wait_until (lf_client_get_state (world->mara.client) == LF_CLIENT_RECONNECTING, DEADLINE_MS);
  lf_client_set_dnd (world->jonas.client, FALSE, LF_INSTANT_NONE);
  lf_wait_until (!is_dnd (lf_client_get_own (world->jonas.client)), DEADLINE_MS);
}

/* The token has run out as well: a new one is fetched, by a call or when the stream is refused. */
static void
prepare_renew (World *world)
{
  LfSession *session = world->mara.client->session;

  prepare_resume (world);
  lf_rest_set_token (lf_session_get_rest (session), "lfa_expired");
  session->expires_at_mono_us = 0;
}

/* The stream cannot be resumed. */
static void
prepare_start (World *world)
{
  prepare_resume (world);
  world->mara.client->channel->can_resume = FALSE;
}

static const Scene scenes[] = {
  { "/cut/exchange", "However a live stream and calls beside it are cut, all that is said arrives once", NULL, 1, FALSE },
  { "/cut/resume", "A resume that is cut is resumed", prepare_resume, 31, FALSE },
  { "/cut/renew", "A cut while the token is renewed costs neither the session nor the stream", prepare_renew, 61, FALSE },
  { "/cut/start", "A snapshot that is cut is taken again", prepare_start, 61, TRUE },
};

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  lf_client_sign_out_finish (LF_CLIENT (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* Or the oldest session would end one day: there is a limit. */
static void
leave (LfPerson *person)
{
  gboolean is_done = FALSE;

  lf_client_sign_out_async (person->client, NULL, on_left, &is_done);
  lf_wait_until (is_done, DEADLINE_MS);
  lf_person_end (person);
}

/* The answer to the password may be cut: then the person tries again. All else comes by itself. */
static void
sign_in_cut (World *world, LfCutterWay way, gint64 n, LfCutterHow how)
{
  LfPerson   person;
  LfContact *contact;

  lf_person_begin (&person);
  lf_cutter_arm (world->cutter, way, n, how);
  for (guint try = 0; try < 2 && (try == 0 || person.error != NULL); try++)
    {
      g_clear_error (&person.error);
      person.is_done = FALSE;
      lf_client_sign_in_async (person.client, lf_cutter_get_address (world->cutter), "mara", LF_REAL_PASSWORD, FALSE, NULL,
                               lf_person_on_signed_in, &person);
      lf_wait_until (person.is_done, DEADLINE_MS);
      if (try == 0 && person.error != NULL)
        g_assert_error (person.error, LF_ERROR, LF_ERROR_UNAVAILABLE);
    }
  g_assert_no_error (person.error);
  lf_wait_until ((hurry (&person), lf_client_get_state (person.client) == LF_CLIENT_ONLINE), DEADLINE_MS);
  world->n_bytes[way] = lf_cutter_get_n_bytes (world->cutter, way);
  contact = lf_roster_lookup (lf_client_get_roster (person.client), lf_contact_get_user (world->jonas_seen));
  g_assert_nonnull (contact);
  g_assert_cmpint (get_reach (contact), ==, LF_REACHABILITY_ONLINE);
  g_assert_cmpuint (person.n_notices + person.n_available, ==, 0);
  lf_cutter_disarm (world->cutter);
  leave (&person);
}

static void
test_sign_in (void)
{
  guint  step = get_wanted_step () != 0 ? get_wanted_step () : 397;
  guint  n_before;
  gint64 length;
  World  world;

  g_test_summary ("However signing in is cut, one more try at most shows the people");
  if (lf_real_server_skip ())
    return;
  world_begin (&world);
  n_before = lf_cutter_get_n_cuts (world.cutter);
  lf_client_set_reach (world.jonas.client, LF_REACHABILITY_ONLINE, LF_INSTANT_NONE);
  lf_wait_until (get_reach (world.jonas_seen) == LF_REACHABILITY_ONLINE, DEADLINE_MS);
  for (guint way = 0; way < LF_CUTTER_N_WAYS; way++)
    {
      sign_in_cut (&world, (LfCutterWay) way, G_MAXINT32, LF_CUTTER_RST);
      length = world.n_bytes[way];
      for (gint64 n = g_test_rand_int_range (0, (gint32) step); n < length; n += step)
        for (guint how = 0; how < LF_CUTTER_N_HOWS; how++)
          if (is_played (n, step, (LfCutterHow) how))
            sign_in_cut (&world, (LfCutterWay) way, n, (LfCutterHow) how);
    }
  g_test_message ("/cut/sign-in: %u cuts", lf_cutter_get_n_cuts (world.cutter) - n_before);
  g_assert_cmpuint (lf_cutter_get_n_cuts (world.cutter), >, n_before);
  world_end (&world);
}

/* What is asked beside the stream, while that lives on: the one call is cut. */

static void
test_missed_message (void)
{
  static const char *const texts[] = { "first", "second" };
  World                    world;

  g_test_summary ("Messages that were missed are asked for again");
  if (lf_real_server_skip ())
    return;
  world_begin (&world);
  break_the_ice (&world);
  prepare_start (&world);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    lf_client_send (world.jonas.client, world.jonas.conversation, texts[i]);
  lf_wait_until (count_text (world.jonas.conversation, texts[1], LF_MESSAGE_SENT) == 1, DEADLINE_MS);
  lf_cutter_arm_text (world.cutter, "/messages?before=");
  lf_cutter_set_is_blocked (world.cutter, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    lf_wait_until ((hurry (&world.mara), count_text (world.mara.conversation, texts[i], LF_MESSAGE_PENDING)) == 1, DEADLINE_MS);
  g_assert_cmpuint (lf_cutter_get_n_cuts (world.cutter), ==, LF_CUTTER_N_TEXT_CUTS);
  world_end (&world);
}

static void
test_missed_conversation (void)
{
  LfConversation *found = NULL;
  LfPerson        priya;
  World           world;

  g_test_summary ("Who writes for the first time is asked about again");
  if (lf_real_server_skip ())
    return;
  world_begin (&world);
  lf_person_sign_in (&priya, world.server, "priya");
  lf_person_open_chat (&priya, lf_person_get_user (&world.mara));
  lf_cutter_arm_text (world.cutter, "/conversations HTTP");
  lf_client_send (priya.client, priya.conversation, "Hello");
  lf_wait_until ((hurry (&world.mara), found = lf_client_lookup_conversation (world.mara.client, lf_person_get_user (&priya))) != NULL &&
                   g_strcmp0 (lf_conversation_get_other_name (found), "Priya Nairthan") == 0,
                 DEADLINE_MS);
  g_assert_cmpuint (lf_cutter_get_n_cuts (world.cutter), ==, LF_CUTTER_N_TEXT_CUTS);
  lf_person_end (&priya);
  world_end (&world);
}

static void
test_missed_privacy (void)
{
  LfPerson laptop;
  World    world;

  g_test_summary ("Who is blocked is asked for again");
  if (lf_real_server_skip ())
    return;
  world_begin (&world);
  lf_client_set_blocked (world.mara.client, world.jonas_seen, TRUE);
  lf_wait_until (lf_client_get_is_blocked (world.mara.client, world.jonas_seen) && world.mara.client->edits.length == 0, DEADLINE_MS);
  lf_cutter_arm_text (world.cutter, "/me/privacy");
  lf_person_begin (&laptop);
  lf_person_sign_in_at (&laptop, lf_cutter_get_address (world.cutter), "mara");
  lf_wait_until ((hurry (&laptop), lf_client_get_is_blocked (laptop.client, world.jonas_seen)), DEADLINE_MS);
  g_assert_cmpuint (lf_cutter_get_n_cuts (world.cutter), ==, LF_CUTTER_N_TEXT_CUTS);
  lf_person_end (&laptop);
  world_end (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    g_test_add_data_func (scenes[i].path, &scenes[i], test_scene);
  g_test_add_func ("/cut/sign-in", test_sign_in);
  g_test_add_func ("/cut/missed/message", test_missed_message);
  g_test_add_func ("/cut/missed/conversation", test_missed_conversation);
  g_test_add_func ("/cut/missed/privacy", test_missed_privacy);
  return g_test_run ();
}

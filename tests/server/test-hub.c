/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-hub.h"
#include "lf-identity.h"

#define NOW (G_GINT64_CONSTANT (1790000000) * LF_SECOND)

/* A stream that only remembers. */
typedef struct
{
  LfSink      sink;     /* first */
  GString    *presence; /* frames of presence and calendar, as text */
  GString    *other;    /* all others */
  guint       n_presence;
  LfCloseCode closed; /* 0: not */
} FakeStream;

static void
append_payload (GString *out, const LfWsFrame *frame)
{
  gsize header = frame->bytes[1] < 126 ? 2 : 4;

  g_string_append_len (out, (const char *) frame->bytes + header, (gssize) (frame->length - header));
  g_string_append_c (out, '\n');
}

static void
fake_send (LfSink *sink, LfFrameType type, LfWsFrame *frame)
{
  append_payload (((FakeStream *) sink)->other, frame);
}

static void
fake_presence (LfSink *sink, const char *user, LfWsFrame *frame)
{
  FakeStream *self = (FakeStream *) sink;

  self->n_presence++;
  append_payload (self->presence, frame);
}

static void
fake_close (LfSink *sink, LfCloseCode code, const char *reason)
{
  ((FakeStream *) sink)->closed = code;
}

static gint64
fake_get_heard_us (LfSink *sink)
{
  return ((FakeStream *) sink)->closed != 0 ? -1 : g_get_monotonic_time ();
}

static const LfSinkFuncs fake_funcs = { fake_send, fake_presence, fake_close, fake_get_heard_us };

static FakeStream *
fake_stream_new (LfIdentityKind kind, const char *user, const char *session)
{
  FakeStream *self = g_new0 (FakeStream, 1);

  self->sink.funcs = &fake_funcs;
  self->sink.identity = lf_identity_new (kind, user, session, kind == LF_IDENTITY_PERSON ? NULL : "PBX", LF_INSTANT_NONE);
  self->presence = g_string_new (NULL);
  self->other = g_string_new (NULL);
  return self;
}

static void
fake_stream_free (FakeStream *self)
{
  lf_identity_unref (self->sink.identity);
  g_string_free (self->presence, TRUE);
  g_string_free (self->other, TRUE);
  g_free (self);
}

static void
forget (FakeStream *self)
{
  g_string_truncate (self->presence, 0);
  g_string_truncate (self->other, 0);
  self->n_presence = 0;
}

typedef struct
{
  LfClock    *clock;
  LfConfig   *config;
  LfHub      *hub;
  FakeStream *ada; /* watches bob */
  FakeStream *bob;
} Fixture;

static LfClaims
make_claims (const char *user)
{
  return (LfClaims){
    .user = (char *) user,
    .status.expires_at_us = LF_INSTANT_NONE,
    .status_since_us = LF_INSTANT_NONE,
    .dnd.expires_at_us = LF_INSTANT_NONE,
    .dnd_since_us = LF_INSTANT_NONE,
  };
}

static void
load (Fixture *fixture, gint64 epoch, gboolean is_bob_open)
{
  LfClaims              ada = make_claims ("ada");
  LfClaims              bob = make_claims ("bob");
  LfClaims              eve = make_claims ("eve");
  LfPair                pair = { (char *) "ada", (char *) "bob" };
  LfLineRow             line = { (char *) "2041", (char *) "tel:2041", (char *) "bob", TRUE };
  g_autoptr (GPtrArray) claims = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) watches = g_ptr_array_new ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  LfStoreState          state = { epoch, claims, none, watches, none, lines, none };

  g_ptr_array_add (claims, &ada);
  if (is_bob_open)
    g_ptr_array_add (claims, &bob);
  g_ptr_array_add (claims, &eve);
  g_ptr_array_add (watches, &pair);
  g_ptr_array_add (lines, &line);
  if (epoch > 0)
    lf_hub_load (fixture->hub, &state);
  else
    lf_hub_reload (fixture->hub, &state);
}

static void
set_up (Fixture *fixture, gconstpointer epoch)
{
  fixture->clock = lf_clock_new_manual (NOW);
  fixture->config = lf_config_new ();
  fixture->hub = lf_hub_new (fixture->clock, fixture->config);
  load (fixture, GPOINTER_TO_INT (epoch), TRUE);
  fixture->ada = fake_stream_new (LF_IDENTITY_PERSON, "ada", "sa");
  fixture->bob = fake_stream_new (LF_IDENTITY_PERSON, "bob", "sb");
  lf_hub_attach (fixture->hub, &fixture->ada->sink);
  lf_hub_attach (fixture->hub, &fixture->bob->sink);
}

static void
tear_down (Fixture *fixture, gconstpointer epoch)
{
  lf_hub_detach (fixture->hub, &fixture->ada->sink, FALSE);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  fake_stream_free (fixture->ada);
  fake_stream_free (fixture->bob);
  g_assert_finalize_object (fixture->hub);
  lf_config_free (fixture->config);
  g_assert_finalize_object (fixture->clock);
}

static void
assert_bob (Fixture *fixture, LfReachabilityState state)
{
  g_autoptr (LfPresence) presence = lf_hub_dup_presence (fixture->hub, "ada", "bob");

  g_assert_cmpint (presence->reachability.state, ==, state);
}

static void
test_fan_out (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("A change goes to those who watch and to the person, once, and to nobody else");

  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 1);
  g_assert_cmpuint (fixture->bob->n_presence, ==, 1);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"user\":\"bob\""));
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 1);
  lf_hub_set_device (fixture->hub, &fixture->ada->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  g_assert_cmpuint (fixture->bob->n_presence, ==, 1);
}

static void
test_watch (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("A new watch sends what is there; it ends with its last reason");

  lf_hub_watch (fixture->hub, "bob", "ada", LF_WATCH_CONTACT);
  g_assert_cmpuint (fixture->bob->n_presence, ==, 1);
  lf_hub_watch (fixture->hub, "bob", "ada", LF_WATCH_CONVERSATION);
  g_assert_cmpuint (fixture->bob->n_presence, ==, 1);
  lf_hub_unwatch (fixture->hub, "bob", "ada", LF_WATCH_CONTACT);
  lf_hub_set_device (fixture->hub, &fixture->ada->sink, LF_REACHABILITY_IDLE, NOW, FALSE);
  g_assert_cmpuint (fixture->bob->n_presence, ==, 2);
  lf_hub_unwatch (fixture->hub, "bob", "ada", LF_WATCH_CONVERSATION);
  lf_hub_set_device (fixture->hub, &fixture->ada->sink, LF_REACHABILITY_AWAY, NOW, FALSE);
  g_assert_cmpuint (fixture->bob->n_presence, ==, 2);
}

static void
test_invisible (Fixture *fixture, gconstpointer epoch)
{
  LfClaims  claims = make_claims ("bob");
  LfLineRow line = { (char *) "2041", (char *) "tel:2041", (char *) "bob", TRUE };

  g_test_summary ("Who is invisible looks signed out, with nothing else known, and changes show nowhere");

  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_set_calendar (fixture->hub, "bob", 5);
  forget (fixture->ada);
  forget (fixture->bob);
  claims.visibility.is_invisible = TRUE;
  claims.calendar_rev = 5;
  lf_hub_set_claims (fixture->hub, &claims);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 1);
  g_assert_nonnull (strstr (fixture->ada->presence->str,
                            "\"calendar_rev\":0,\"phone\":{\"state\":\"unknown\"},\"reachability\":{\"state\":\"offline\"}"));
  g_assert_nonnull (strstr (fixture->bob->presence->str, "\"online\""));
  g_assert_true (lf_hub_is_hidden (fixture->hub, "ada", "bob"));
  g_assert_false (lf_hub_is_hidden (fixture->hub, "bob", "bob"));
  forget (fixture->ada);
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_IDLE, NOW, FALSE);
  lf_hub_set_calendar (fixture->hub, "bob", 6);
  line.address = (char *) "tel:9";
  lf_hub_set_line (fixture->hub, &line);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 0);
  claims.visibility.is_invisible = FALSE;
  lf_hub_set_claims (fixture->hub, &claims);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 1);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"idle\""));
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"calendar_rev\":6"));
}

static gint64
read_rev (const char *text)
{
  const char *at = strstr (text, "\"rev\":");

  g_assert_nonnull (at);
  return g_ascii_strtoll (at + strlen ("\"rev\":"), NULL, 10);
}

static void
test_blocked (Fixture *fixture, gconstpointer epoch)
{
  gint64 before;
  gint64 hidden;

  g_test_summary ("A block hides the person from one watcher, in revisions that rise on either side of it");

  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  before = read_rev (fixture->ada->presence->str);
  forget (fixture->ada);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", TRUE);
  hidden = read_rev (fixture->ada->presence->str);
  g_assert_cmpint (hidden, >, before);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"offline\""));
  forget (fixture->ada);
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_IDLE, NOW, FALSE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 0);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", FALSE);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"idle\""));
  g_assert_cmpint (read_rev (fixture->ada->presence->str), >, hidden);
}

static void
test_calendar_view (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("A calendar that is not to be seen has no revision after a block is undone, either");
  lf_hub_set_calendar (fixture->hub, "bob", 5);
  lf_hub_set_calendar_exception (fixture->hub, "bob", "ada", LF_CALENDAR_VIEW_NONE);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", TRUE);
  forget (fixture->ada);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", FALSE);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"calendar_rev\":0"));
}

static void
test_strangers_look_alike (Fixture *fixture, gconstpointer epoch)
{
  g_autoptr (LfPresence) nobody = lf_hub_dup_presence (fixture->hub, "ada", "nobody");
  g_autoptr (LfPresence) blocked = NULL;

  g_test_summary ("Blocked and not existing look the same");
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", TRUE);
  blocked = lf_hub_dup_presence (fixture->hub, "ada", "bob");
  g_assert_true (lf_presence_equal (nobody, blocked));
  g_assert_cmpint (nobody->rev, ==, blocked->rev);
}

static void
test_grace (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("A socket that is gone leaves its device for 15 s; a bye takes it at once; coming back saves it");

  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  lf_clock_advance (fixture->clock, 14 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_ONLINE);
  lf_hub_attach (fixture->hub, &fixture->bob->sink);
  lf_clock_advance (fixture->clock, 60 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_ONLINE);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  lf_clock_advance (fixture->clock, 15 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
  lf_hub_attach (fixture->hub, &fixture->bob->sink);
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_IDLE, NOW, FALSE);
  assert_bob (fixture, LF_REACHABILITY_IDLE);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, TRUE);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
}

static void
test_restart (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("After a restart people are unknown for 75 s, never a wave of offline; who comes back shows at once");

  assert_bob (fixture, LF_REACHABILITY_UNKNOWN);
  lf_hub_set_device (fixture->hub, &fixture->ada->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_clock_advance (fixture->clock, 74 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_UNKNOWN);
  forget (fixture->ada);
  lf_clock_advance (fixture->clock, LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 1); /* bob's; ada's own did not change */
}

static void
test_restart_hidden (Fixture *fixture, gconstpointer epoch)
{
  g_autoptr (LfPresence) nobody = lf_hub_dup_presence (fixture->hub, "ada", "nobody");

  g_test_summary ("While people are unknown after a restart, so is who hides: offline among unknown would tell");

  lf_hub_set_device (fixture->hub, &fixture->ada->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  forget (fixture->ada);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", TRUE);
  assert_bob (fixture, LF_REACHABILITY_UNKNOWN);
  g_assert_cmpint (nobody->reachability.state, ==, LF_REACHABILITY_UNKNOWN);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"reachability\":{\"state\":\"unknown\"}"));
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  forget (fixture->ada);
  lf_clock_advance (fixture->clock, 75 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 1);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"reachability\":{\"state\":\"offline\"}"));
}

static void
fall_asleep (Fixture *fixture, gint64 for_us)
{
  g_signal_emit_by_name (fixture->clock, "woke", for_us);
}

static void
test_sleep (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("Who was here when the server's machine fell asleep is unknown for 75 s at most, not offline; others stay offline");

  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
  fall_asleep (fixture, LF_HOUR);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  fall_asleep (fixture, LF_HOUR);
  assert_bob (fixture, LF_REACHABILITY_ONLINE); /* a sleep says nothing of anybody else */
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  lf_clock_advance (fixture->clock, 15 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_UNKNOWN);
  lf_clock_advance (fixture->clock, 50 * LF_SECOND);
  lf_hub_attach (fixture->hub, &fixture->bob->sink);
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  forget (fixture->ada);
  lf_clock_advance (fixture->clock, 20 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_ONLINE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 0);
}

static void
test_sleep_and_gone (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("Who does not come back after a sleep is offline after 75 s; a short sleep changes nothing");

  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  fall_asleep (fixture, LF_HOUR); /* within the grace */
  lf_clock_advance (fixture->clock, 15 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_UNKNOWN);
  lf_clock_advance (fixture->clock, 60 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
  lf_hub_attach (fixture->hub, &fixture->bob->sink);
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  fall_asleep (fixture, 5 * LF_SECOND);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  lf_clock_advance (fixture->clock, 15 * LF_SECOND);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
}

static void
test_hidden_twice (Fixture *fixture, gconstpointer epoch)
{
  LfClaims claims = make_claims ("bob");

  g_test_summary ("Who is blocked does not hear that the person appears and disappears for others; nor the other way round");

  lf_hub_set_blocked (fixture->hub, "bob", "ada", TRUE);
  forget (fixture->ada);
  claims.visibility.is_invisible = TRUE;
  lf_hub_set_claims (fixture->hub, &claims);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 0);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", FALSE);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", TRUE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 0);
  claims.visibility.is_invisible = FALSE;
  lf_hub_set_claims (fixture->hub, &claims);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 0);
  lf_hub_set_blocked (fixture->hub, "bob", "ada", FALSE);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 1);
}

static void
test_replaced (Fixture *fixture, gconstpointer epoch)
{
  FakeStream *newer = fake_stream_new (LF_IDENTITY_PERSON, "bob", "sb");

  g_test_summary ("A newer stream of a session closes the older, and the device stays");
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_attach (fixture->hub, &newer->sink);
  g_assert_cmpint (fixture->bob->closed, ==, LF_CLOSE_REPLACED);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  lf_clock_advance (fixture->clock, LF_MINUTE);
  assert_bob (fixture, LF_REACHABILITY_ONLINE);
  lf_hub_detach (fixture->hub, &newer->sink, FALSE);
  fake_stream_free (newer);
}

static void
test_end_session (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("A session that ends closes its stream with 4001 and takes its device, connected or in grace");
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_end_session (fixture->hub, "sb");
  g_assert_cmpint (fixture->bob->closed, ==, LF_CLOSE_SIGNED_OUT);
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
  lf_hub_attach (fixture->hub, &fixture->bob->sink);
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_detach (fixture->hub, &fixture->bob->sink, FALSE);
  lf_hub_end_session (fixture->hub, "sb");
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
}

static LfPhoneState
get_phone (Fixture *fixture)
{
  g_autoptr (LfPresence) presence = lf_hub_dup_presence (fixture->hub, "ada", "bob");

  return presence->phone.state;
}

static void
test_connector (Fixture *fixture, gconstpointer epoch)
{
  FakeStream           *pbx = fake_stream_new (LF_IDENTITY_PHONE, NULL, "t1");
  FakeStream           *other = fake_stream_new (LF_IDENTITY_PHONE, NULL, "t2");
  const LfWireLineState off_hook = { LF_PHONE_OFF_HOOK, LF_INSTANT_NONE };

  g_test_summary ("One token owns a line until it is silent for 60 s and 30 s of grace: then unknown, never on-hook");

  g_assert_cmpint (lf_hub_report_line (fixture->hub, pbx->sink.identity, "nothing", &off_hook), ==, LF_LINE_UNKNOWN);
  g_assert_cmpint (lf_hub_report_line (fixture->hub, pbx->sink.identity, "2041", &off_hook), ==, LF_LINE_TAKEN);
  g_assert_cmpint (lf_hub_report_line (fixture->hub, other->sink.identity, "2041", &off_hook), ==, LF_LINE_OWNED);
  g_assert_cmpint (get_phone (fixture), ==, LF_PHONE_OFF_HOOK);
  lf_clock_advance (fixture->clock, 80 * LF_SECOND);
  lf_hub_connector_seen (fixture->hub, "t1");
  lf_clock_advance (fixture->clock, 89 * LF_SECOND);
  g_assert_cmpint (get_phone (fixture), ==, LF_PHONE_OFF_HOOK);
  lf_clock_advance (fixture->clock, LF_SECOND);
  g_assert_cmpint (get_phone (fixture), ==, LF_PHONE_UNKNOWN);
  g_assert_cmpint (lf_hub_report_line (fixture->hub, other->sink.identity, "2041", &off_hook), ==, LF_LINE_TAKEN);
  lf_hub_end_session (fixture->hub, "t2");
  g_assert_cmpint (get_phone (fixture), ==, LF_PHONE_UNKNOWN);
  fake_stream_free (pbx);
  fake_stream_free (other);
}

static LfPhoneState
get_phone_of (Fixture *fixture, const char *user)
{
  g_autoptr (LfPresence) presence = lf_hub_dup_presence (fixture->hub, user, user);

  return presence->phone.state;
}

static void
test_shared_line (Fixture *fixture, gconstpointer epoch)
{
  FakeStream           *pbx = fake_stream_new (LF_IDENTITY_PHONE, NULL, "t1");
  const LfWireLineState off_hook = { LF_PHONE_OFF_HOOK, LF_INSTANT_NONE };
  const LfWireLineState dnd = { LF_PHONE_DO_NOT_DISTURB, LF_INSTANT_NONE };
  g_autoptr (GPtrArray) shares = lf_line_shares_new ();
  LfLineRow             line = { (char *) "2041", (char *) "tel:2041", (char *) "bob", TRUE, NULL, shares };

  g_test_summary ("A shared line is folded into each whose it is; its DND counts for those whose first line it is");
  lf_line_shares_add (shares, "ada", FALSE);
  lf_line_shares_add (shares, "eve", TRUE);
  lf_line_shares_add (shares, "nobody", TRUE);
  lf_hub_set_line (fixture->hub, &line);
  forget (fixture->ada);
  g_assert_cmpint (lf_hub_report_line (fixture->hub, pbx->sink.identity, "2041", &off_hook), ==, LF_LINE_TAKEN);
  g_assert_cmpuint (fixture->ada->n_presence, ==, 2); /* bob's and the own one */
  g_assert_cmpint (get_phone_of (fixture, "ada"), ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpint (get_phone_of (fixture, "bob"), ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpint (get_phone_of (fixture, "eve"), ==, LF_PHONE_OFF_HOOK);
  lf_hub_report_line (fixture->hub, pbx->sink.identity, "2041", &dnd);
  g_assert_cmpint (get_phone_of (fixture, "ada"), ==, LF_PHONE_ON_HOOK);
  g_assert_cmpint (get_phone_of (fixture, "eve"), ==, LF_PHONE_DO_NOT_DISTURB);
  lf_hub_remove_person (fixture->hub, "eve");
  g_ptr_array_set_size (shares, 1);
  ((LfLineShare *) shares->pdata[0])->is_primary = TRUE;
  line.user = NULL;
  lf_hub_set_line (fixture->hub, &line);
  g_assert_cmpint (get_phone_of (fixture, "ada"), ==, LF_PHONE_DO_NOT_DISTURB);
  g_assert_cmpint (get_phone_of (fixture, "bob"), ==, LF_PHONE_UNKNOWN);
  lf_hub_remove_line (fixture->hub, "2041");
  g_assert_cmpint (get_phone_of (fixture, "ada"), ==, LF_PHONE_UNKNOWN);
  fake_stream_free (pbx);
}

static void
test_remove_person (Fixture *fixture, gconstpointer epoch)
{
  g_test_summary ("Somebody who is removed is signed out, and looks so to watchers");
  lf_hub_set_device (fixture->hub, &fixture->bob->sink, LF_REACHABILITY_ONLINE, NOW, FALSE);
  lf_hub_remove_person (fixture->hub, "bob");
  g_assert_cmpint (fixture->bob->closed, ==, LF_CLOSE_SIGNED_OUT);
  g_assert_nonnull (strstr (fixture->ada->other->str, "\"offline\""));
  assert_bob (fixture, LF_REACHABILITY_OFFLINE);
}

static void
test_blocked_account (Fixture *fixture, gconstpointer epoch)
{
  LfWireLineState        off_hook = { LF_PHONE_OFF_HOOK, LF_INSTANT_NONE };
  FakeStream            *pbx = fake_stream_new (LF_IDENTITY_PHONE, NULL, "pbx");
  g_autoptr (LfPresence) presence = NULL;

  g_test_summary ("An account that is blocked and opened again has its line and its watchers back");
  lf_hub_remove_person (fixture->hub, "bob");
  load (fixture, 0, FALSE);
  load (fixture, 0, TRUE);
  forget (fixture->ada);
  g_assert_cmpint (lf_hub_report_line (fixture->hub, pbx->sink.identity, "2041", &off_hook), ==, LF_LINE_TAKEN);
  presence = lf_hub_dup_presence (fixture->hub, "ada", "bob");
  g_assert_cmpint (presence->phone.state, ==, LF_PHONE_OFF_HOOK);
  g_assert_nonnull (strstr (fixture->ada->presence->str, "\"off_hook\""));
  fake_stream_free (pbx);
}

static void
test_send (Fixture *fixture, gconstpointer epoch)
{
  FakeStream *second = fake_stream_new (LF_IDENTITY_PERSON, "ada", "sa2");
  LfWireMark  mark = { (char *) "c1", (char *) "bob", 4 };

  g_test_summary ("A frame goes to all devices of a person but the one that knows");
  lf_hub_attach (fixture->hub, &second->sink);
  lf_hub_send (fixture->hub, "ada", "sa", LF_FRAME_READ, &mark);
  g_assert_cmpuint (fixture->ada->other->len, ==, 0);
  g_assert_cmpstr (second->other->str, ==, "{\"t\":\"read\",\"conversation\":\"c1\",\"user\":\"bob\",\"seq\":4}\n");
  lf_hub_detach (fixture->hub, &second->sink, TRUE);
  fake_stream_free (second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, epoch, function) g_test_add ("/hub/" path, Fixture, GINT_TO_POINTER (epoch), set_up, function, tear_down)
  ADD ("fan-out", 1, test_fan_out);
  ADD ("watch", 1, test_watch);
  ADD ("invisible", 1, test_invisible);
  ADD ("blocked", 1, test_blocked);
  ADD ("calendar-view", 1, test_calendar_view);
  ADD ("strangers-look-alike", 1, test_strangers_look_alike);
  ADD ("grace", 1, test_grace);
  ADD ("hidden-twice", 1, test_hidden_twice);
  ADD ("restart", 2, test_restart);
  ADD ("restart/hidden", 2, test_restart_hidden);
  ADD ("sleep", 1, test_sleep);
  ADD ("sleep/and-gone", 1, test_sleep_and_gone);
  ADD ("replaced", 1, test_replaced);
  ADD ("end-session", 1, test_end_session);
  ADD ("connector", 1, test_connector);
  ADD ("shared-line", 1, test_shared_line);
  ADD ("remove-person", 1, test_remove_person);
  ADD ("blocked-account", 1, test_blocked_account);
  ADD ("send", 1, test_send);
  return g_test_run ();
}

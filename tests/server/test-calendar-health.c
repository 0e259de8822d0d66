/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-hub.h"
#include "lf-identity.h"

/* What calendar connectors say is wrong, and how long it is kept. */

#define NOW (G_GINT64_CONSTANT (1790000000) * LF_SECOND)

static void
load (LfHub *hub)
{
  static const char *const people[] = { "ada", "bob" };
  LfClaims                 all[G_N_ELEMENTS (people)] = { 0 };
  g_autoptr (GPtrArray)    claims = g_ptr_array_new ();
  g_autoptr (GPtrArray)    none = g_ptr_array_new ();
  const LfStoreState       state = { 1, claims, none, none, none, none, none };

  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      all[i].user = (char *) people[i];
      all[i].status.expires_at_us = LF_INSTANT_NONE;
      all[i].dnd.expires_at_us = LF_INSTANT_NONE;
      g_ptr_array_add (claims, &all[i]);
    }
  lf_hub_load (hub, &state);
}

static void
on_send (LfSink *sink, LfFrameType type, LfWsFrame *frame)
{
}

static void
on_presence (LfSink *sink, const char *user, LfWsFrame *frame)
{
}

static void
on_close (LfSink *sink, LfCloseCode code, const char *reason)
{
}

static gint64
get_heard_us (LfSink *sink)
{
  return 0;
}

static const LfSinkFuncs funcs = { on_send, on_presence, on_close, get_heard_us };

static gboolean
has_calendar_trouble (LfHub *hub, const char *user, const char *source)
{
  gint64 at_us;

  return lf_hub_find_calendar_trouble (hub, user, source, &at_us) != NULL;
}

static void
test_calendar_health (void)
{
  g_autoptr (LfClock)    clock = lf_clock_new_manual (NOW);
  LfConfig              *config = lf_config_new ();
  LfHub                 *hub = lf_hub_new (clock, config);
  g_autoptr (LfIdentity) first = lf_identity_new (LF_IDENTITY_CALENDAR, NULL, "c1", "Calendars", LF_INSTANT_NONE);
  g_autoptr (LfIdentity) second = lf_identity_new (LF_IDENTITY_CALENDAR, NULL, "c2", "Others", LF_INSTANT_NONE);
  const LfWireHealth     refused = { .code = LF_HEALTH_CALENDAR_REFUSED, .source = (char *) "work", .user = (char *) "bob" };
  const LfWireHealth     over = { .code = LF_HEALTH_OK, .source = (char *) "work", .user = (char *) "bob" };
  const LfWireHealth     all = { .code = LF_HEALTH_CALENDAR_UNREADABLE, .source = (char *) "office" };
  const LfWireHealth     nobody = { .code = LF_HEALTH_CALENDAR_GONE, .source = (char *) "work", .user = (char *) "nobody" };
  const LfWireHealth     well = { .code = LF_HEALTH_OK };
  g_autoptr (GPtrArray)  listed = NULL;
  LfSink                 sinks[] = { { &funcs, first }, { &funcs, second } };

  load (hub);
  lf_hub_attach (hub, &sinks[0]);
  lf_hub_attach (hub, &sinks[1]);
  g_test_summary ("What a connector says of a calendar holds until it is over, it says that all is well, or its token is gone");
  lf_hub_take_calendar_health (hub, first, &refused);
  lf_hub_take_calendar_health (hub, first, &all);
  lf_hub_take_calendar_health (hub, first, &nobody);
  g_assert_true (has_calendar_trouble (hub, "bob", "work"));
  g_assert_false (has_calendar_trouble (hub, "ada", "work"));
  g_assert_true (has_calendar_trouble (hub, "ada", "office"));
  g_assert_false (has_calendar_trouble (hub, "nobody", "work"));
  listed = lf_hub_list_calendar_troubles (hub, "bob");
  g_assert_cmpuint (listed->len, ==, 1);
  g_assert_cmpstr (listed->pdata[0], ==, "work");

  lf_hub_take_calendar_health (hub, second, &over); /* which was not its to say */
  lf_hub_take_calendar_health (hub, second, &well);
  g_assert_true (has_calendar_trouble (hub, "bob", "work"));
  lf_hub_take_calendar_health (hub, first, &over);
  g_assert_false (has_calendar_trouble (hub, "bob", "work"));
  g_assert_true (has_calendar_trouble (hub, "ada", "office"));
  lf_hub_take_calendar_health (hub, first, &well);
  g_assert_false (has_calendar_trouble (hub, "ada", "office"));

  lf_hub_take_calendar_health (hub, first, &refused);
  lf_hub_end_session (hub, "c1");
  g_assert_false (has_calendar_trouble (hub, "bob", "work"));
  lf_hub_take_calendar_health (hub, second, &refused);
  g_assert_true (has_calendar_trouble (hub, "bob", "work"));
  lf_hub_detach (hub, &sinks[1], FALSE);
  g_assert_finalize_object (hub);
  lf_config_free (config);
}

/* "home ok 1790000000, work calendar_refused -": what @user is told. */
static char *
describe_read (LfHub *hub, const char *user)
{
  GString         *text = g_string_new (NULL);
  LfWireMe         me = { .calendars = lf_hub_list_read_calendars (hub, user) };
  const GPtrArray *list = me.calendars;

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const LfWireReadCalendar *calendar = list->pdata[i];

      g_string_append_printf (text, "%s%s %s ", i > 0 ? ", " : "", calendar->source, lf_calendar_code_names[calendar->code]);
      if (calendar->read_at_us != LF_INSTANT_NONE)
        g_string_append_printf (text, "%+d", (int) ((calendar->read_at_us - NOW) / LF_SECOND));
      else
        g_string_append (text, "-");
    }
  if (me.calendars != NULL)
    {
      for (guint i = 0; i < me.calendars->len; i++)
        lf_codec_free (&lf_schema_read_calendar, me.calendars->pdata[i]);
      g_ptr_array_unref (me.calendars);
    }
  return g_string_free (text, FALSE);
}

#define assert_read(hub, user, expected)                    \
  G_STMT_START                                              \
  {                                                         \
    g_autofree char *described = describe_read (hub, user); \
    g_assert_cmpstr (described, ==, expected);              \
  }                                                         \
  G_STMT_END

static void
say (LfHub *hub, const LfIdentity *connector, LfHealth code, const char *source, const char *user)
{
  const LfWireHealth health = { .code = code, .source = (char *) source, .user = (char *) user };

  lf_hub_take_calendar_health (hub, connector, &health);
}

static void
test_read (void)
{
  g_autoptr (LfClock)    clock = lf_clock_new_manual (NOW);
  LfConfig              *config = lf_config_new ();
  LfHub                 *hub = lf_hub_new (clock, config);
  g_autoptr (LfIdentity) first = lf_identity_new (LF_IDENTITY_CALENDAR, NULL, "c1", "Calendars", LF_INSTANT_NONE);
  g_autoptr (LfIdentity) second = lf_identity_new (LF_IDENTITY_CALENDAR, NULL, "c2", "Others", LF_INSTANT_NONE);
  g_autoptr (LfIdentity) desk = lf_identity_new (LF_IDENTITY_PERSON, "bob", "s1", "desk", LF_INSTANT_NONE);
  LfSink                 sinks[] = { { &funcs, first }, { &funcs, second } };

  load (hub);
  lf_hub_attach (hub, &sinks[0]);
  lf_hub_attach (hub, &sinks[1]);
  g_test_summary ("Each is told which calendars connectors read for them, when they were read and what is wrong with them, and no more");
  assert_read (hub, "bob", "");
  lf_hub_note_calendar (hub, "bob", "desk", desk, NOW);
  assert_read (hub, "bob", ""); /* by the own desktop */
  lf_hub_note_calendar (hub, "bob", "work", first, NOW);
  say (hub, first, LF_HEALTH_CALENDAR_REFUSED, "home", "bob");
  assert_read (hub, "bob", "home calendar_refused -, work ok +0");
  assert_read (hub, "ada", "");
  assert_read (hub, "nobody", "");

  say (hub, first, LF_HEALTH_CALENDAR_UNREADABLE, "work", NULL); /* for all */
  assert_read (hub, "bob", "home calendar_refused -, work calendar_unreadable +0");
  assert_read (hub, "ada", "");
  say (hub, second, LF_HEALTH_OK, "home", "bob"); /* not its to say */
  say (hub, second, LF_HEALTH_CALENDAR_DROPPED, "home", "bob");
  say (hub, second, LF_HEALTH_CALENDAR_GONE, "work", "bob");
  assert_read (hub, "bob", "home calendar_refused -, work calendar_unreadable +0");
  say (hub, first, LF_HEALTH_OK, "work", NULL);
  say (hub, first, LF_HEALTH_OK, "home", "bob");
  lf_hub_note_calendar (hub, "bob", "home", first, NOW + LF_MINUTE);
  assert_read (hub, "bob", "home ok +60, work ok +0");

  say (hub, first, LF_HEALTH_CALENDAR_DROPPED, "home", "bob");
  assert_read (hub, "bob", "work ok +0");
  lf_hub_note_calendar (hub, "ada", "work", first, NOW);
  say (hub, first, LF_HEALTH_CALENDAR_DROPPED, "work", NULL);
  assert_read (hub, "bob", "");
  assert_read (hub, "ada", "");

  say (hub, first, LF_HEALTH_CALENDAR_UNREADABLE, "home", "bob");
  lf_hub_detach (hub, &sinks[0], FALSE);
  assert_read (hub, "bob", "home calendar_unreadable -");
  say (hub, second, LF_HEALTH_CALENDAR_REFUSED, "home", "bob"); /* in the place of one that is gone */
  assert_read (hub, "bob", "home calendar_refused -");
  g_assert_finalize_object (hub);
  lf_config_free (config);
}

static void
test_goes (void)
{
  g_autoptr (LfClock)    clock = lf_clock_new_manual (NOW);
  LfConfig              *config = lf_config_new ();
  LfHub                 *hub = lf_hub_new (clock, config);
  g_autoptr (LfIdentity) first = lf_identity_new (LF_IDENTITY_CALENDAR, NULL, "c1", "Calendars", LF_INSTANT_NONE);
  g_autoptr (LfIdentity) second = lf_identity_new (LF_IDENTITY_CALENDAR, NULL, "c2", "Others", LF_INSTANT_NONE);
  g_autoptr (GPtrArray)  troubled = NULL;

  load (hub);
  g_test_summary ("What a connector that began anew does not speak of for 15 minutes is read no longer; what one without a token read is not at once; with a person goes all of it");
  lf_hub_note_calendar (hub, "bob", "work", first, NOW);
  lf_hub_note_calendar (hub, "bob", "home", first, NOW);
  lf_hub_note_calendar (hub, "bob", "other", second, NOW);
  say (hub, first, LF_HEALTH_OK, NULL, NULL);
  lf_clock_advance (clock, 14 * LF_MINUTE);
  say (hub, first, LF_HEALTH_CALENDAR_GONE, "home", "bob");
  assert_read (hub, "bob", "home calendar_gone +0, other ok +0, work ok +0");
  lf_clock_advance (clock, LF_MINUTE);
  assert_read (hub, "bob", "home calendar_gone +0, other ok +0");

  say (hub, first, LF_HEALTH_OK, NULL, NULL); /* its trouble is over; doubted */
  lf_clock_advance (clock, 10 * LF_MINUTE);
  say (hub, second, LF_HEALTH_OK, NULL, NULL);
  assert_read (hub, "bob", "home ok +0, other ok +0");
  lf_clock_advance (clock, 5 * LF_MINUTE);
  assert_read (hub, "bob", "other ok +0");
  lf_clock_advance (clock, 10 * LF_MINUTE);
  assert_read (hub, "bob", "");

  lf_hub_note_calendar (hub, "bob", "work", first, NOW);
  say (hub, first, LF_HEALTH_CALENDAR_REFUSED, "home", "bob");
  lf_hub_end_session (hub, "c1");
  assert_read (hub, "bob", "");

  say (hub, second, LF_HEALTH_CALENDAR_REFUSED, "home", "bob");
  say (hub, second, LF_HEALTH_CALENDAR_REFUSED, "home", "ada");
  lf_hub_remove_person (hub, "bob");
  assert_read (hub, "bob", "");
  assert_read (hub, "ada", "home calendar_refused -");
  troubled = lf_hub_list_calendar_troubles (hub, "bob");
  g_assert_cmpuint (troubled->len, ==, 0);
  g_assert_finalize_object (hub);
  lf_config_free (config);
}

static void
test_many (void)
{
  g_autoptr (LfClock)    clock = lf_clock_new_manual (NOW);
  LfConfig              *config = lf_config_new ();
  LfHub                 *hub = lf_hub_new (clock, config);
  g_autoptr (LfIdentity) first = lf_identity_new (LF_IDENTITY_CALENDAR, NULL, "c1", "Calendars", LF_INSTANT_NONE);

  load (hub);
  g_test_summary ("However many calendars a connector makes up, a person is told of few");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char    *name = g_strdup_printf ("c%u", i);
      g_autoptr (GString) text = g_string_new (NULL);
      LfWireMe            me = { .person = { .id = (char *) "bob" }, .status.expires_at_us = LF_INSTANT_NONE, .note_since_us = LF_INSTANT_NONE, .dnd.expires_at_us = LF_INSTANT_NONE };
      LfWireMe           *read;

      say (hub, first, LF_HEALTH_CALENDAR_REFUSED, name, "bob");
      me.calendars = lf_hub_list_read_calendars (hub, "bob");
      g_assert_cmpuint (me.calendars->len, <=, LF_MAX_READ_CALENDARS);
      lf_codec_encode (&lf_schema_me, &me, text);
      read = lf_codec_decode (&lf_schema_me, text->str, text->len, &lf_json_limits_reply, NULL);
      g_assert_nonnull (read);
      g_assert_cmpuint (read->calendars->len, ==, me.calendars->len);
      lf_codec_free (&lf_schema_me, read);
      for (guint j = 0; j < me.calendars->len; j++)
        lf_codec_free (&lf_schema_read_calendar, me.calendars->pdata[j]);
      g_ptr_array_unref (me.calendars);
    }
  g_assert_finalize_object (hub);
  lf_config_free (config);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar-health/kept", test_calendar_health);
  g_test_add_func ("/calendar-health/read", test_read);
  g_test_add_func ("/calendar-health/goes", test_goes);
  g_test_add_func ("/calendar-health/many", test_many);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lampfield-core.h"

/* What a hostile server can send goes all the way: check, codec, roster, conversation, clock. */

#define N_ROUNDS 40000
#define NOW      (G_GINT64_CONSTANT (1795486510) * LF_SECOND)

/* "@n" is filled with a number, "@t" with an instant, "@i" with an id, "@p" and "@r" with a state, and each
 * now and then with anything at all. */
static const char *const frames[] = {
  "{\"t\":\"presence\",\"user\":@i,\"rev\":@n,\"calendar_rev\":@n,\"phone\":{\"state\":@p,\"since\":@t,\"detail\":@i},"
  "\"reachability\":{\"state\":@r,\"since\":@t,\"note\":{\"text\":@i,\"emoji\":@i,\"expires_at\":@t}}}",
  "{\"t\":\"message\",\"conversation\":\"c1\",\"id\":@i,\"seq\":@n,\"sender\":@i,\"body\":@i,\"sent_at\":@t}",
  "{\"t\":\"read\",\"conversation\":\"c1\",\"user\":@i,\"seq\":@n}",
  "{\"t\":\"delivered\",\"conversation\":\"c1\",\"user\":@i,\"seq\":@n}",
  "{\"t\":\"hello\",\"session\":@i,\"server_time\":@t,\"ping_s\":20,\"window\":@n,\"features\":[],\"resumed\":true,\"count\":@n}",
  "{\"t\":\"contact\",\"contact\":{\"user\":@i,\"speed_dial\":@n,\"favourite\":@n},\"removed\":@i,\"groups\":@n}",
  "{\"t\":@i,\"snapshot\":@n}",
};

static const char *const numbers[] = { "0", "1", "2", "3", "7", "9007199254740991" };
static const char *const instants[] = {
  "null", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.999Z\"", "\"2026-11-24T02:15:30Z\"", "\"2026-11-24T02:16:00Z\""
};
static const char *const ids[] = { "\"anna\"", "\"me\"", "\"m1\"", "\"m2\"", "\"m3\"" };
static const char *const phone_states[] = { "\"unknown\"", "\"on_hook\"", "\"ringing\"", "\"off_hook\"", "\"do_not_disturb\"" };
static const char *const reachability_states[] = { "\"unknown\"", "\"offline\"", "\"online\"", "\"idle\"", "\"away\"" };
static const char *const anything[] = {
  "null", "true", "-1", "9007199254740992", "1e400", "-0.0", "1.5", "01", "\"\"", "\"dnd\"", "\"\\ud83d\\ude00\"",
  "\"\\ud83d\"", "\"\\u0000\"", "\"2016-12-31T23:59:60Z\"", "\"10000-01-01T00:00:00Z\"", "[]", "{}", "[[[[]]]]",
  "{\"a\":1,\"a\":2}", "\xff", "\"\xc3(\"", "\"", "}"
};

#define PICK(array) array[g_test_rand_int_range (0, G_N_ELEMENTS (array))]

static const char *
pick (char kind)
{
  if (g_test_rand_int_range (0, 20) == 0)
    return PICK (anything);
  switch (kind)
    {
    case 'n':
      return PICK (numbers);
    case 't':
      return PICK (instants);
    case 'p':
      return PICK (phone_states);
    case 'r':
      return PICK (reachability_states);
    default:
      return PICK (ids);
    }
}

static char *
make_frame (void)
{
  GString *text = g_string_new (NULL);

  for (const char *at = PICK (frames); *at != '\0'; at++)
    if (*at == '@')
      g_string_append (text, pick (*++at));
    else
      g_string_append_c (text, *at);
  if (g_test_rand_int_range (0, 10) == 0)
    text->str[g_test_rand_int_range (0, (int) text->len)] = (char) g_test_rand_int_range (1, 256);
  return g_string_free (text, FALSE);
}

static void
apply_message (LfConversation      *chat,
               const LfWireMessage *wire)
{
  g_autoptr (LfMessage) message = NULL;

  if (wire->seq < 0)
    return;
  message = lf_message_new (wire->id, wire->conversation, wire->sender, wire->body, wire->seq, wire->sent_at_us);
  lf_conversation_apply_message (chat, message);
}

static void
apply_mark (LfConversation   *chat,
            LfFrameType       type,
            const LfWireMark *mark)
{
  if (mark->user == NULL)
    return;
  if (type == LF_FRAME_READ)
    lf_conversation_apply_read (chat, mark->user, mark->seq);
  else
    lf_conversation_apply_delivered (chat, mark->user, mark->seq);
}

static void
apply_presence (LfRoster             *roster,
                const LfWirePresence *wire)
{
  g_autoptr (LfPresence) presence = lf_presence_new (&wire->phone, NULL, &wire->reachability, wire->rev);

  lf_roster_ensure (roster, wire->user);
  lf_roster_apply_presence (roster, wire->user, presence, g_test_rand_bit ());
}

/* A calendar as hostile as the codec lets through, with ends anywhere in the years 1 to 9999. */
static void
apply_calendar (LfRoster *roster)
{
  static const char *const ends[] = {
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-11-24T02:15:30Z", "2026-11-24T02:15:31Z"
  };
  LfBusyPeriod periods[4];
  LfCalendar   calendar = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, g_test_rand_int_range (0, 3), NULL };
  gint64       values[11];

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_true (lf_instant_parse (PICK (ends), &values[i]));
  for (guint i = 0; i < G_N_ELEMENTS (periods); i++)
    periods[i] = (LfBusyPeriod){ values[2 * i], values[2 * i + 1], (LfBusyType) g_test_rand_int_range (0, LF_N_BUSY_TYPES) };
  calendar.busy = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
  calendar.known_from_us = values[8];
  calendar.valid_until_us = values[9];
  calendar.read_at_us = values[10];
  lf_roster_apply_calendar (roster, "anna", &calendar);
  lf_busy_list_unref (calendar.busy);
}

static void
test_frames (void)
{
  LfClock        *clock = lf_clock_new_manual (NOW);
  LfRoster       *roster = lf_roster_new (clock);
  LfConversation *chat = lf_conversation_new ("c1", "me", "anna");
  guint           n_taken = 0;

  g_test_summary ("Frames of a hostile server are refused with a reason, or taken without harm");
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autofree char    *text = make_frame ();
      g_autoptr (GError)  error = NULL;
      g_autoptr (LfFrame) frame = lf_frame_decode (text, strlen (text), &lf_json_limits_frame, &error);

      if (frame == NULL)
        {
          g_assert_nonnull (error);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          continue;
        }
      n_taken++;
      if (frame->type == LF_FRAME_PRESENCE)
        apply_presence (roster, frame->body);
      else if (frame->type == LF_FRAME_MESSAGE)
        apply_message (chat, frame->body);
      else if (frame->type == LF_FRAME_READ || frame->type == LF_FRAME_DELIVERED)
        apply_mark (chat, frame->type, frame->body);
      else if (frame->type == LF_FRAME_HELLO)
        lf_clock_set_server_us (clock, ((LfWireHello *) frame->body)->server_time_us);
      if (round % 16 == 0)
        apply_calendar (roster);
      if (round % 64 == 0)
        lf_roster_mark_cut (roster, lf_clock_get_now_us (clock));
      if (round % 128 == 0)
        lf_clock_advance (clock, g_test_rand_int_range (0, 120) * LF_SECOND);
    }
  g_assert_cmpuint (n_taken, >, N_ROUNDS / 10);
  g_assert_cmpuint (n_taken, <, N_ROUNDS * 9 / 10);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (roster)), >, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), >, 0);
  g_assert_finalize_object (chat);
  g_assert_finalize_object (roster);
  g_assert_finalize_object (clock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hostile-frames/taken-or-refused", test_frames);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-presentity.h"

#define NOW   (G_GINT64_CONSTANT (1790000000) * LF_SECOND)
#define EPOCH 7

#define N LF_N_PHONE_STATES /* no such line */

/* A primary line and two others, and what they fold to. */
typedef struct
{
  const char  *why;
  LfPhoneState primary;
  LfPhoneState second;
  LfPhoneState third;
  LfPhoneState folded;
  const char  *detail;
} Row;

static const Row rows[] = {
  { "no line, nothing known", N, N, N, LF_PHONE_UNKNOWN, NULL },
  { "one line is the person", LF_PHONE_RINGING, N, N, LF_PHONE_RINGING, "tel:1" },
  { "nothing is known of any", LF_PHONE_UNKNOWN, LF_PHONE_UNKNOWN, N, LF_PHONE_UNKNOWN, NULL },
  { "what is known wins over what is not", LF_PHONE_UNKNOWN, LF_PHONE_ON_HOOK, N, LF_PHONE_ON_HOOK, "tel:2" },
  { "a call on any line", LF_PHONE_ON_HOOK, LF_PHONE_ON_HOOK, LF_PHONE_OFF_HOOK, LF_PHONE_OFF_HOOK, "tel:3" },
  { "talking wins over holding", LF_PHONE_HELD, LF_PHONE_OFF_HOOK, N, LF_PHONE_OFF_HOOK, "tel:2" },
  { "holding wins over ringing", LF_PHONE_RINGING, LF_PHONE_HELD, N, LF_PHONE_HELD, "tel:2" },
  { "ringing wins over on-hook", LF_PHONE_ON_HOOK, LF_PHONE_RINGING, N, LF_PHONE_RINGING, "tel:2" },
  { "DND of the primary line wins over a call", LF_PHONE_DO_NOT_DISTURB, LF_PHONE_OFF_HOOK, N, LF_PHONE_DO_NOT_DISTURB, "tel:1" },
  { "DND of another line counts as on-hook", LF_PHONE_UNKNOWN, LF_PHONE_DO_NOT_DISTURB, N, LF_PHONE_ON_HOOK, "tel:2" },
  { "and loses to ringing", LF_PHONE_RINGING, LF_PHONE_DO_NOT_DISTURB, N, LF_PHONE_RINGING, "tel:1" },
};

static void
test_lines (void)
{
  g_test_summary ("The lines of a person fold by one fixed order");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);
      const LfPhoneState       states[] = { rows[i].primary, rows[i].second, rows[i].third };
      LfLine                   lines[3] = { 0 };
      const LfPresence        *presence;
      char                    *addresses[] = { (char *) "tel:1", (char *) "tel:2", (char *) "tel:3" };

      g_test_message ("%s", rows[i].why);
      for (guint j = 0; j < 3; j++)
        {
          lines[j].address = addresses[j];
          lines[j].is_primary = j == 0;
          lines[j].state = states[j];
          lines[j].since_us = NOW - LF_MINUTE;
          if (states[j] != N)
            lf_presentity_add_line (person, &lines[j]);
        }
      lf_presentity_fold (person, NOW, FALSE);
      presence = lf_presentity_get_presence (person);
      g_assert_cmpint (presence->phone.state, ==, rows[i].folded);
      g_assert_cmpstr (presence->phone.detail, ==, rows[i].detail);
      g_assert_cmpint (presence->phone.since_us, ==, rows[i].folded == LF_PHONE_UNKNOWN ? LF_INSTANT_NONE : NOW - LF_MINUTE);
    }
}

static void
test_since (void)
{
  g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);
  LfLine                   first = { .address = (char *) "tel:1", .is_primary = TRUE, .state = LF_PHONE_OFF_HOOK, .since_us = NOW };
  LfLine                   second = { .address = (char *) "tel:2", .state = LF_PHONE_ON_HOOK, .since_us = NOW };
  const LfPresence        *presence;

  g_test_summary ("`since` is when the folded value changed, not when a line did");

  lf_presentity_add_line (person, &first);
  lf_presentity_add_line (person, &second);
  g_assert_true (lf_presentity_fold (person, NOW, FALSE));
  second.state = LF_PHONE_OFF_HOOK;
  second.since_us = NOW + LF_MINUTE;
  g_assert_false (lf_presentity_fold (person, NOW + LF_MINUTE, FALSE));
  first.state = LF_PHONE_ON_HOOK;
  first.since_us = NOW + 2 * LF_MINUTE;
  g_assert_true (lf_presentity_fold (person, NOW + 2 * LF_MINUTE, FALSE));
  presence = lf_presentity_get_presence (person);
  g_assert_cmpint (presence->phone.since_us, ==, NOW);
  g_assert_cmpstr (presence->phone.detail, ==, "tel:2");
  lf_presentity_remove_line (person, &second);
  g_assert_true (lf_presentity_fold (person, NOW + 3 * LF_MINUTE, FALSE));
  presence = lf_presentity_get_presence (person);
  g_assert_cmpint (presence->phone.state, ==, LF_PHONE_ON_HOOK);
  g_assert_cmpint (presence->phone.since_us, ==, NOW + 2 * LF_MINUTE);
}

static void
test_place (void)
{
  g_autoptr (LfPresentity) place = lf_presentity_new ("u1", EPOCH);
  LfLine                   line = { .address = (char *) "tel:1", .is_primary = TRUE, .state = LF_PHONE_ON_HOOK, .since_us = NOW };
  LfClaims                 claims = { .user = (char *) "u1", .is_place = TRUE, .status.expires_at_us = LF_INSTANT_NONE };
  const LfPresence        *presence;

  g_test_summary ("A place is there since its telephone is known, and else unknown, never offline");

  lf_presentity_set_claims (place, &claims);
  lf_presentity_fold (place, NOW, FALSE);
  g_assert_cmpint (lf_presentity_get_presence (place)->reachability.state, ==, LF_REACHABILITY_UNKNOWN);
  lf_presentity_add_line (place, &line);
  lf_presentity_fold (place, NOW + LF_MINUTE, FALSE);
  line.state = LF_PHONE_OFF_HOOK;
  line.since_us = NOW + 2 * LF_MINUTE;
  lf_presentity_fold (place, NOW + 2 * LF_MINUTE, FALSE);
  presence = lf_presentity_get_presence (place);
  g_assert_cmpint (presence->phone.state, ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpint (presence->reachability.state, ==, LF_REACHABILITY_ONLINE);
  g_assert_cmpint (presence->reachability.since_us, ==, NOW);
  line.state = LF_PHONE_UNKNOWN;
  lf_presentity_fold (place, NOW + 3 * LF_MINUTE, FALSE);
  presence = lf_presentity_get_presence (place);
  g_assert_cmpint (presence->reachability.state, ==, LF_REACHABILITY_UNKNOWN);
  g_assert_cmpint (presence->reachability.since_us, ==, LF_INSTANT_NONE);
}

static void
test_future_since (void)
{
  g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);
  LfLine                   line = { .address = (char *) "tel:1", .state = LF_PHONE_OFF_HOOK, .since_us = NOW + LF_DAY };

  g_test_summary ("A connector's clock that is ahead does not make calls of the future");
  lf_presentity_add_line (person, &line);
  lf_presentity_fold (person, NOW, FALSE);
  g_assert_cmpint (lf_presentity_get_presence (person)->phone.since_us, ==, NOW);
}

static void
test_devices (void)
{
  g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);
  const LfReachability    *reach;

  g_test_summary ("Online wins over idle, idle over away; offline when no device is left");

  lf_presentity_fold (person, NOW, TRUE);
  reach = &lf_presentity_get_presence (person)->reachability;
  g_assert_cmpint (reach->state, ==, LF_REACHABILITY_UNKNOWN);
  lf_presentity_set_device (person, "s1", LF_REACHABILITY_AWAY, NOW - LF_HOUR);
  lf_presentity_fold (person, NOW, TRUE);
  reach = &lf_presentity_get_presence (person)->reachability;
  g_assert_cmpint (reach->state, ==, LF_REACHABILITY_AWAY);
  g_assert_cmpint (reach->since_us, ==, NOW - LF_HOUR);
  lf_presentity_set_device (person, "s2", LF_REACHABILITY_IDLE, NOW - LF_MINUTE);
  lf_presentity_fold (person, NOW, FALSE);
  g_assert_cmpint (lf_presentity_get_presence (person)->reachability.state, ==, LF_REACHABILITY_IDLE);
  lf_presentity_set_device (person, "s1", LF_REACHABILITY_ONLINE, NOW);
  lf_presentity_fold (person, NOW, FALSE);
  g_assert_cmpint (lf_presentity_get_presence (person)->reachability.state, ==, LF_REACHABILITY_ONLINE);
  g_assert_true (lf_presentity_remove_device (person, "s1"));
  g_assert_false (lf_presentity_remove_device (person, "s1"));
  g_assert_true (lf_presentity_remove_device (person, "s2"));
  g_assert_true (lf_presentity_fold (person, NOW + 5, FALSE));
  reach = &lf_presentity_get_presence (person)->reachability;
  g_assert_cmpint (reach->state, ==, LF_REACHABILITY_OFFLINE);
  g_assert_cmpint (reach->since_us, ==, NOW + 5);
}

static void
test_never_seen (void)
{
  g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);

  g_test_summary ("Of somebody who never had a device it is not said since when");
  lf_presentity_fold (person, NOW, FALSE);
  g_assert_cmpint (lf_presentity_get_presence (person)->reachability.state, ==, LF_REACHABILITY_OFFLINE);
  g_assert_cmpint (lf_presentity_get_presence (person)->reachability.since_us, ==, LF_INSTANT_NONE);
}

static void
test_claims (void)
{
  g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);
  LfClaims                 claims = {
                    .user = (char *) "u1",
                    .status = { LF_CHOICE_AWAY, (char *) "Lunch", (char *) "🍜", NOW + LF_HOUR },
                    .status_since_us = NOW - 1,
                    .dnd = { TRUE, NOW + LF_MINUTE },
                    .dnd_since_us = NOW - 2,
  };
  LfLine            line = { .address = (char *) "tel:1", .is_primary = TRUE, .state = LF_PHONE_OFF_HOOK, .since_us = NOW };
  const LfPresence *presence;

  g_test_summary ("What the person chose beats devices and lines until it ends; a note does not need a device");

  lf_presentity_set_claims (person, &claims);
  lf_presentity_add_line (person, &line);
  lf_presentity_fold (person, NOW, FALSE);
  presence = lf_presentity_get_presence (person);
  g_assert_cmpint (presence->phone.state, ==, LF_PHONE_DO_NOT_DISTURB);
  g_assert_cmpint (presence->phone.since_us, ==, NOW - 2);
  g_assert_null (presence->phone.detail);
  g_assert_cmpint (presence->reachability.state, ==, LF_REACHABILITY_OFFLINE);
  g_assert_cmpstr (presence->reachability.note.text, ==, "Lunch");

  lf_presentity_set_device (person, "s1", LF_REACHABILITY_ONLINE, NOW);
  lf_presentity_fold (person, NOW, FALSE);
  presence = lf_presentity_get_presence (person);
  g_assert_cmpint (presence->reachability.state, ==, LF_REACHABILITY_AWAY);
  g_assert_cmpint (presence->reachability.since_us, ==, NOW - 1);

  g_assert_true (lf_presentity_fold (person, NOW + LF_MINUTE, FALSE));
  presence = lf_presentity_get_presence (person);
  g_assert_cmpint (presence->phone.state, ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpint (presence->phone.since_us, ==, NOW);

  g_assert_true (lf_presentity_fold (person, NOW + LF_HOUR, FALSE));
  presence = lf_presentity_get_presence (person);
  g_assert_cmpint (presence->reachability.state, ==, LF_REACHABILITY_ONLINE);
  g_assert_null (presence->reachability.note.text);
}

static void
test_revision (void)
{
  g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);
  const gint64             first = (gint64) EPOCH << 32;

  g_test_summary ("The revision is epoch * 2^32 + n, rises with each change, and a calendar has its own");

  g_assert_cmpint (lf_presentity_get_presence (person)->rev, ==, first);
  g_assert_true (lf_presentity_fold (person, NOW, FALSE));
  g_assert_cmpint (lf_presentity_get_presence (person)->rev, ==, first + 1);
  g_assert_false (lf_presentity_fold (person, NOW + 1, FALSE));
  g_assert_cmpint (lf_presentity_get_presence (person)->rev, ==, first + 1);
  g_assert_true (lf_presentity_set_calendar (person, 3));
  g_assert_false (lf_presentity_set_calendar (person, 3));
  g_assert_cmpint (lf_presentity_get_presence (person)->rev, ==, first + 1);
  g_assert_cmpint (lf_presentity_get_presence (person)->calendar.rev, ==, 3);
  g_assert_cmpint (lf_presentity_bump (person), ==, first + 2);
  g_assert_cmpint (lf_presentity_get_presence (person)->calendar.rev, ==, 3);
}

/* A line, a call at a device, and what they fold to. */
static const struct
{
  const char  *why;
  LfPhoneState line;
  LfPhoneState folded;
  gboolean     is_of_line;
} calls[] = {
  { "a call at a device is a call, without any line", N, LF_PHONE_OFF_HOOK, FALSE },
  { "and where nothing is known of the line", LF_PHONE_UNKNOWN, LF_PHONE_OFF_HOOK, FALSE },
  { "it wins over on-hook", LF_PHONE_ON_HOOK, LF_PHONE_OFF_HOOK, FALSE },
  { "and over ringing", LF_PHONE_RINGING, LF_PHONE_OFF_HOOK, FALSE },
  { "and over a call that is held", LF_PHONE_HELD, LF_PHONE_OFF_HOOK, FALSE },
  { "a line that says the same says more", LF_PHONE_OFF_HOOK, LF_PHONE_OFF_HOOK, TRUE },
  { "DND of the primary line wins", LF_PHONE_DO_NOT_DISTURB, LF_PHONE_DO_NOT_DISTURB, TRUE },
};

static void
test_call_at_device (void)
{
  g_test_summary ("A call at a device counts like an off-hook line, is never on-hook, and ends with the device");
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (LfPresentity) person = lf_presentity_new ("u1", EPOCH);
      LfLine                   line = { .address = (char *) "tel:1", .is_primary = TRUE, .state = calls[i].line, .since_us = NOW - LF_HOUR };
      const LfPhone           *phone;
      LfPhoneState             alone = calls[i].line == N ? LF_PHONE_UNKNOWN : calls[i].line;

      g_test_message ("%s", calls[i].why);
      if (calls[i].line != N)
        lf_presentity_add_line (person, &line);
      lf_presentity_set_device (person, "s1", LF_REACHABILITY_ONLINE, NOW);
      lf_presentity_fold (person, NOW, FALSE);
      g_assert_cmpint (lf_presentity_get_presence (person)->phone.state, ==, alone);
      lf_presentity_set_device_phone (person, "s1", TRUE, NOW + LF_MINUTE);
      lf_presentity_set_device_phone (person, "s1", TRUE, NOW + LF_HOUR); /* said again: the same call */
      lf_presentity_fold (person, NOW + LF_HOUR, FALSE);
      phone = &lf_presentity_get_presence (person)->phone;
      g_assert_cmpint (phone->state, ==, calls[i].folded);
      g_assert_cmpstr (phone->detail, ==, calls[i].is_of_line ? "tel:1" : NULL);
      g_assert_cmpint (phone->since_us, ==, calls[i].is_of_line ? NOW - LF_HOUR : NOW + LF_MINUTE);
      g_assert_null (phone->source);
      if (i % 2 == 0)
        lf_presentity_remove_device (person, "s1");
      else
        lf_presentity_set_device_phone (person, "s1", FALSE, NOW + LF_HOUR);
      lf_presentity_fold (person, NOW + LF_HOUR, FALSE);
      g_assert_cmpint (lf_presentity_get_presence (person)->phone.state, ==, alone);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presentity/lines", test_lines);
  g_test_add_func ("/presentity/call-at-device", test_call_at_device);
  g_test_add_func ("/presentity/since", test_since);
  g_test_add_func ("/presentity/place", test_place);
  g_test_add_func ("/presentity/future-since", test_future_since);
  g_test_add_func ("/presentity/devices", test_devices);
  g_test_add_func ("/presentity/never-seen", test_never_seen);
  g_test_add_func ("/presentity/claims", test_claims);
  g_test_add_func ("/presentity/revision", test_revision);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-presence.h"

static LfPhone        a_phone = { LF_PHONE_OFF_HOOK, 10, LF_INSTANT_NONE, (char *) "2041", (char *) "PBX" };
static LfReachability a_reachability = { LF_REACHABILITY_AWAY, 20, LF_INSTANT_NONE, { (char *) "Lunch", (char *) "🍜", 30 } };

static LfCalendar
make_calendar (void)
{
  const LfBusyPeriod period = { 0, LF_HOUR, LF_BUSY_BUSY };

  return (LfCalendar){ lf_busy_list_new (&period, 1), 0, LF_DAY, 5, 7, (char *) "Nextcloud" };
}

static void
test_unknown (void)
{
  const LfPresence *unknown = lf_presence_get_unknown ();

  g_test_summary ("Of an unknown person nothing is known, and nothing ends");
  g_assert_true (unknown == lf_presence_get_unknown ());
  g_assert_cmpint (unknown->phone.state, ==, LF_PHONE_UNKNOWN);
  g_assert_cmpint (unknown->phone.since_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (unknown->phone.valid_until_us, ==, LF_INSTANT_NONE);
  g_assert_null (unknown->calendar.busy);
  g_assert_cmpint (unknown->calendar.valid_until_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (unknown->calendar.read_at_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (unknown->reachability.state, ==, LF_REACHABILITY_UNKNOWN);
  g_assert_null (unknown->reachability.note.text);
  g_assert_cmpint (unknown->reachability.note.expires_at_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (unknown->rev, ==, 0);
}

static void
test_with (void)
{
  LfCalendar             calendar = make_calendar ();
  g_autoptr (LfPresence) whole = lf_presence_new (&a_phone, &calendar, &a_reachability, 5);
  LfPhone                other_phone = { LF_PHONE_ON_HOOK, 40, LF_INSTANT_NONE, NULL, NULL };
  LfReachability         other_reachability = { LF_REACHABILITY_ONLINE, 50, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
  LfCalendar             no_calendar = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL };
  g_autoptr (LfPresence) by_phone = lf_presence_with_phone (whole, &other_phone, 6);
  g_autoptr (LfPresence) by_reachability = lf_presence_with_reachability (whole, &other_reachability, 7);
  g_autoptr (LfPresence) by_calendar = lf_presence_with_calendar (whole, &no_calendar);
  g_autoptr (LfPresence) by_validity = lf_presence_with_validity (whole, 60, 70);

  g_test_summary ("Each change makes a new presence that differs in one thing; the old one stays");
  lf_busy_list_unref (calendar.busy); /* the presence holds its own reference */

  g_assert_true (lf_phone_equal (&by_phone->phone, &other_phone));
  g_assert_true (lf_reachability_equal (&by_phone->reachability, &whole->reachability));
  g_assert_true (by_phone->calendar.busy == whole->calendar.busy);
  g_assert_cmpint (by_phone->rev, ==, 6);

  g_assert_true (lf_reachability_equal (&by_reachability->reachability, &other_reachability));
  g_assert_true (lf_phone_equal (&by_reachability->phone, &whole->phone));
  g_assert_cmpint (by_reachability->rev, ==, 7);

  g_assert_null (by_calendar->calendar.busy);
  g_assert_true (lf_phone_equal (&by_calendar->phone, &whole->phone));
  g_assert_cmpint (by_calendar->rev, ==, 5);

  g_assert_cmpint (by_validity->phone.valid_until_us, ==, 60);
  g_assert_cmpint (by_validity->reachability.valid_until_us, ==, 70);
  g_assert_cmpint (by_validity->calendar.valid_until_us, ==, LF_DAY);
  g_assert_cmpint (by_validity->rev, ==, 5);

  g_assert_cmpint (whole->phone.state, ==, LF_PHONE_OFF_HOOK);
  g_assert_cmpstr (whole->phone.detail, ==, "2041");
  g_assert_cmpstr (whole->calendar.source, ==, "Nextcloud");
  g_assert_cmpstr (whole->reachability.note.emoji, ==, "🍜");
}

static void
test_equal (void)
{
  LfCalendar             calendar = make_calendar ();
  LfCalendar             same_calendar = make_calendar ();
  g_autoptr (LfPresence) whole = lf_presence_new (&a_phone, &calendar, &a_reachability, 5);
  g_autoptr (LfPresence) same = lf_presence_new (&a_phone, &same_calendar, &a_reachability, 5);

  g_test_summary ("Presences are equal when every field is, and not when any one differs");
  g_assert_true (lf_presence_equal (whole, same));
  for (guint field = 0; field < 18; field++)
    {
      LfPhone        phone = a_phone;
      LfCalendar     changed_calendar = calendar;
      LfReachability reachability = a_reachability;
      LfPresence    *other;
      gint64         rev = 5;

      switch (field)
        {
        case 0:
          phone.state = LF_PHONE_HELD;
          break;
        case 1:
          phone.since_us++;
          break;
        case 2:
          phone.valid_until_us = 1;
          break;
        case 3:
          phone.detail = (char *) "2042";
          break;
        case 4:
          phone.source = NULL;
          break;
        case 5:
          changed_calendar.busy = NULL;
          break;
        case 6:
          changed_calendar.known_from_us++;
          break;
        case 7:
          changed_calendar.valid_until_us++;
          break;
        case 8:
          changed_calendar.read_at_us++;
          break;
        case 9:
          changed_calendar.rev++;
          break;
        case 10:
          changed_calendar.source = (char *) "Outlook";
          break;
        case 11:
          reachability.state = LF_REACHABILITY_IDLE;
          break;
        case 12:
          reachability.since_us++;
          break;
        case 13:
          reachability.valid_until_us = 1;
          break;
        case 14:
          reachability.note.text = (char *) "Dinner";
          break;
        case 15:
          reachability.note.emoji = NULL;
          break;
        case 16:
          reachability.note.expires_at_us++;
          break;
        default:
          rev++;
          break;
        }
      other = lf_presence_new (&phone, &changed_calendar, &reachability, rev);
      g_test_message ("field %u", field);
      g_assert_false (lf_presence_equal (whole, other));
      lf_presence_unref (other);
    }
  lf_busy_list_unref (calendar.busy);
  lf_busy_list_unref (same_calendar.busy);
}

static void
test_names (void)
{
  LfPhoneState        phone;
  LfReachabilityState reachability;
  LfBusyType          type;

  g_test_summary ("Every state has one name, which leads back to it; no other name leads anywhere");
  for (guint i = 0; i < LF_N_PHONE_STATES; i++)
    {
      g_assert_true (lf_phone_state_from_name (lf_phone_state_to_name ((LfPhoneState) i), &phone));
      g_assert_cmpuint (phone, ==, i);
    }
  for (guint i = 0; i < LF_N_REACHABILITY_STATES; i++)
    {
      g_assert_true (lf_reachability_state_from_name (lf_reachability_state_to_name ((LfReachabilityState) i), &reachability));
      g_assert_cmpuint (reachability, ==, i);
    }
  for (guint i = 0; i < LF_N_BUSY_TYPES; i++)
    {
      g_assert_true (lf_busy_type_from_name (lf_busy_type_to_name ((LfBusyType) i), &type));
      g_assert_cmpuint (type, ==, i);
    }
  g_assert_cmpstr (lf_phone_state_to_name (LF_PHONE_OFF_HOOK), ==, "off_hook");
  g_assert_cmpstr (lf_busy_type_to_name (LF_BUSY_OUT_OF_OFFICE), ==, "out_of_office");

  g_assert_null (lf_phone_state_to_name ((LfPhoneState) LF_N_PHONE_STATES));
  g_assert_null (lf_reachability_state_to_name ((LfReachabilityState) -1));
  g_assert_null (lf_busy_type_to_name ((LfBusyType) LF_N_BUSY_TYPES));
  g_assert_false (lf_phone_state_from_name (NULL, &phone));
  g_assert_false (lf_phone_state_from_name ("Off_hook", &phone));
  g_assert_false (lf_reachability_state_from_name ("", &reachability));
  g_assert_false (lf_busy_type_from_name ("free", &type));
}

static void
test_expiry (void)
{
  g_test_summary ("A calendar ends with its window, or a day after it was read, whichever is earlier");
  g_assert_cmpint (lf_calendar_get_expiry_us (LF_HOUR, 0), ==, LF_HOUR);
  g_assert_cmpint (lf_calendar_get_expiry_us (14 * LF_DAY, LF_HOUR), ==, LF_DAY + LF_HOUR);
  g_assert_cmpint (lf_calendar_get_expiry_us (LF_INSTANT_NONE, LF_HOUR), ==, LF_DAY + LF_HOUR);
  g_assert_cmpint (lf_calendar_get_expiry_us (LF_HOUR, LF_INSTANT_NONE), ==, LF_HOUR);
  g_assert_cmpint (lf_calendar_get_expiry_us (LF_HOUR, G_MAXINT64), ==, LF_HOUR);
  g_assert_cmpint (lf_calendar_get_expiry_us (LF_INSTANT_NONE, LF_INSTANT_NONE), ==, LF_INSTANT_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presence/unknown", test_unknown);
  g_test_add_func ("/presence/with", test_with);
  g_test_add_func ("/presence/equal", test_equal);
  g_test_add_func ("/presence/names", test_names);
  g_test_add_func ("/presence/expiry", test_expiry);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-roster.h"

#define START (G_GINT64_CONSTANT (1795486510) * LF_SECOND) /* 10 s past a minute */

typedef struct
{
  LfClock  *clock;
  LfRoster *roster;
  GString  *log; /* "anna:unknown>online " per edge, "!" before it when from a snapshot */
  guint     n_ticks;
  guint     n_group_changes;
} Fixture;

static void
on_status_changed (LfRoster  *roster,
                   LfContact *contact,
                   guint      old,
                   guint new,
                   gboolean is_snapshot,
                   Fixture *fixture)
{
  g_string_append_printf (fixture->log, "%s%s:%s>%s ", is_snapshot ? "!" : "", lf_contact_get_user (contact),
                          lf_display_status_to_name ((LfDisplayStatus) old),
                          lf_display_status_to_name ((LfDisplayStatus) new));
}

static void
on_tick (LfRoster *roster,
         Fixture  *fixture)
{
  g_assert_cmpint (lf_clock_get_now_us (fixture->clock) % LF_MINUTE, ==, 0);
  fixture->n_ticks++;
}

static void
on_groups_changed (LfRoster *roster,
                   Fixture  *fixture)
{
  fixture->n_group_changes++;
}

static void
on_items_changed (LfRoster *roster,
                  guint     position,
                  guint     n_removed,
                  guint     n_added,
                  Fixture  *fixture)
{
  g_string_append_printf (fixture->log, "%u-%u+%u ", position, n_removed, n_added);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->clock = lf_clock_new_manual (START);
  fixture->roster = lf_roster_new (fixture->clock);
  fixture->log = g_string_new (NULL);
  g_signal_connect (fixture->roster, "status-changed", G_CALLBACK (on_status_changed), fixture);
  g_signal_connect (fixture->roster, "tick", G_CALLBACK (on_tick), fixture);
  g_signal_connect (fixture->roster, "groups-changed", G_CALLBACK (on_groups_changed), fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_assert_finalize_object (fixture->roster);
  lf_clock_advance (fixture->clock, LF_DAY); /* no call is left behind */
  g_assert_finalize_object (fixture->clock);
  g_string_free (fixture->log, TRUE);
}

#define assert_log(fixture, expected)                    \
  G_STMT_START                                           \
  {                                                      \
    g_assert_cmpstr ((fixture)->log->str, ==, expected); \
    g_string_truncate ((fixture)->log, 0);               \
  }                                                      \
  G_STMT_END

static gboolean
apply (Fixture            *fixture,
       const char         *user,
       LfPhoneState        phone_state,
       LfReachabilityState reachability_state,
       gint64              rev,
       gboolean            is_snapshot)
{
  LfPhone                phone = { phone_state, 1, LF_INSTANT_NONE, NULL, NULL };
  LfReachability         reachability = { reachability_state, 2, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
  g_autoptr (LfPresence) presence = lf_presence_new (&phone, NULL, &reachability, rev);

  return lf_roster_apply_presence (fixture->roster, user, presence, is_snapshot);
}

/* One meeting, in seconds from the start; read now, known for a week. */
static gboolean
apply_meeting (Fixture    *fixture,
               const char *user,
               int         start_s,
               int         end_s,
               gint64      rev)
{
  LfBusyPeriod period = { START + start_s * LF_SECOND, START + end_s * LF_SECOND, LF_BUSY_BUSY };
  LfCalendar   calendar = { NULL, START - LF_DAY, START + 7 * LF_DAY, START, rev, (char *) "Nextcloud" };
  gboolean     is_taken;

  calendar.busy = lf_busy_list_new (&period, 1);
  is_taken = lf_roster_apply_calendar (fixture->roster, user, &calendar);
  lf_busy_list_unref (calendar.busy);
  return is_taken;
}

static const LfResolved *
resolved (Fixture    *fixture,
          const char *user)
{
  return lf_contact_get_resolved (lf_roster_lookup (fixture->roster, user));
}

static void
test_list (Fixture      *fixture,
           gconstpointer data)
{
  GListModel *model = G_LIST_MODEL (fixture->roster);
  LfContact  *anna;

  g_test_summary ("The roster is a list in order of arrival, with each user once");
  g_signal_connect (fixture->roster, "items-changed", G_CALLBACK (on_items_changed), fixture);
  anna = lf_roster_ensure (fixture->roster, "anna");
  lf_roster_ensure (fixture->roster, "ben");
  lf_roster_ensure (fixture->roster, "cem");
  g_assert_true (lf_roster_ensure (fixture->roster, "anna") == anna);
  g_assert_true (lf_roster_lookup (fixture->roster, "anna") == anna);
  g_assert_null (lf_roster_lookup (fixture->roster, "dora"));
  g_assert_null (lf_roster_lookup (fixture->roster, NULL));
  assert_log (fixture, "0-0+1 1-0+1 2-0+1 ");

  g_assert_true (lf_roster_remove (fixture->roster, "ben"));
  g_assert_false (lf_roster_remove (fixture->roster, "ben"));
  lf_roster_ensure (fixture->roster, "dora");
  g_assert_true (lf_roster_remove (fixture->roster, "cem"));
  assert_log (fixture, "1-1+0 2-0+1 1-1+0 ");
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (model, i);

      g_assert_cmpstr (lf_contact_get_user (contact), ==, i == 0 ? "anna" : "dora");
    }
  g_assert_null (g_list_model_get_item (model, 2));

  lf_roster_remove_all (fixture->roster);
  lf_roster_remove_all (fixture->roster);
  assert_log (fixture, "0-2+0 ");
  g_assert_null (lf_roster_lookup (fixture->roster, "anna"));
}

static void
test_revisions (Fixture      *fixture,
                gconstpointer data)
{
  g_test_summary ("An older revision is dropped; the same and newer ones, and any snapshot, are taken");
  lf_roster_ensure (fixture->roster, "anna");
  g_assert_true (apply (fixture, "anna", LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE));
  assert_log (fixture, "anna:unknown>online ");
  g_assert_false (apply (fixture, "anna", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 4, FALSE));
  assert_log (fixture, "");
  g_assert_true (apply (fixture, "anna", LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE));
  assert_log (fixture, "");
  g_assert_true (apply (fixture, "anna", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 9, FALSE));
  assert_log (fixture, "anna:online>on_the_phone ");
  g_assert_true (apply (fixture, "anna", LF_PHONE_ON_HOOK, LF_REACHABILITY_IDLE, 2, TRUE));
  assert_log (fixture, "!anna:on_the_phone>idle ");
  g_assert_true (apply (fixture, "anna", LF_PHONE_ON_HOOK, LF_REACHABILITY_AWAY, 3, FALSE));
  assert_log (fixture, "anna:idle>away ");
  g_assert_false (apply (fixture, "nobody", LF_PHONE_ON_HOOK, LF_REACHABILITY_AWAY, 3, TRUE));
}

static void
test_kinds_apart (Fixture      *fixture,
                  gconstpointer data)
{
  g_test_summary ("A presence keeps the calendar held, and a calendar keeps phone and reachability");
  lf_roster_ensure (fixture->roster, "anna");
  apply (fixture, "anna", LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE);
  g_assert_true (apply_meeting (fixture, "anna", -60, 60, 3));
  assert_log (fixture, "anna:unknown>online anna:online>in_a_meeting ");
  apply (fixture, "anna", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 6, FALSE);
  apply (fixture, "anna", LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 7, TRUE);
  assert_log (fixture, "anna:in_a_meeting>on_the_phone !anna:on_the_phone>in_a_meeting ");
  g_assert_cmpint (lf_contact_get_presence (lf_roster_lookup (fixture->roster, "anna"))->rev, ==, 7);
}

static void
test_calendar_revisions (Fixture      *fixture,
                         gconstpointer data)
{
  LfCalendar none = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL };

  g_test_summary ("An older calendar is dropped, but the revision 0 says that none may be seen");
  lf_roster_ensure (fixture->roster, "anna");
  g_assert_true (apply_meeting (fixture, "anna", -60, 60, 3));
  g_assert_false (apply_meeting (fixture, "anna", 100, 200, 2));
  g_assert_cmpint (resolved (fixture, "anna")->status, ==, LF_DISPLAY_IN_A_MEETING);
  g_assert_true (apply_meeting (fixture, "anna", -30, 60, 3));
  g_assert_cmpint (resolved (fixture, "anna")->since_us, ==, START - 30 * LF_SECOND);
  g_assert_true (lf_roster_apply_calendar (fixture->roster, "anna", &none));
  g_assert_cmpint (resolved (fixture, "anna")->status, ==, LF_DISPLAY_UNKNOWN);
  g_assert_false (lf_roster_apply_calendar (fixture->roster, "nobody", &none));
}

static void
test_edges (Fixture      *fixture,
            gconstpointer data)
{
  g_test_summary ("Meetings start and end by themselves, on the second, in order, whoever they belong to");
  lf_roster_ensure (fixture->roster, "anna");
  lf_roster_ensure (fixture->roster, "ben");
  lf_roster_ensure (fixture->roster, "cem");
  apply_meeting (fixture, "anna", 30, 90, 1);
  apply_meeting (fixture, "ben", 10, 60, 1);
  apply_meeting (fixture, "cem", 10, 30, 1);
  assert_log (fixture, "");
  lf_clock_advance (fixture->clock, 10 * LF_SECOND - 1);
  assert_log (fixture, "");
  lf_clock_advance (fixture->clock, 1);
  assert_log (fixture, "ben:unknown>in_a_meeting cem:unknown>in_a_meeting ");
  lf_clock_advance (fixture->clock, 20 * LF_SECOND);
  assert_log (fixture, "anna:unknown>in_a_meeting cem:in_a_meeting>unknown ");

  /* The first edge goes away with its contact. */
  lf_roster_remove (fixture->roster, "ben");
  lf_clock_advance (fixture->clock, LF_HOUR);
  assert_log (fixture, "anna:in_a_meeting>unknown ");
}

static void
test_edge_moves (Fixture      *fixture,
                 gconstpointer data)
{
  g_test_summary ("The one timer follows when the first edge moves, either way");
  lf_roster_ensure (fixture->roster, "anna");
  apply_meeting (fixture, "anna", 100, 200, 1);
  apply_meeting (fixture, "anna", 50, 200, 2);
  lf_clock_advance (fixture->clock, 50 * LF_SECOND);
  assert_log (fixture, "anna:unknown>in_a_meeting ");
  apply_meeting (fixture, "anna", 300, 400, 3);
  assert_log (fixture, "anna:in_a_meeting>unknown ");
  lf_clock_advance (fixture->clock, 249 * LF_SECOND);
  assert_log (fixture, "");
  lf_clock_advance (fixture->clock, LF_SECOND);
  assert_log (fixture, "anna:unknown>in_a_meeting ");
}

static void
test_cut (Fixture      *fixture,
          gconstpointer data)
{
  g_test_summary ("After a cut the phone is valid 30 s, reachability 60 s; the next event makes it fresh");
  lf_roster_ensure (fixture->roster, "anna");
  lf_roster_ensure (fixture->roster, "ben");
  apply (fixture, "anna", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE);
  apply (fixture, "ben", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE);
  g_string_truncate (fixture->log, 0);

  lf_roster_mark_cut (fixture->roster, START);
  assert_log (fixture, "");
  lf_clock_advance (fixture->clock, 30 * LF_SECOND - 1);
  assert_log (fixture, "");
  lf_clock_advance (fixture->clock, 1);
  assert_log (fixture, "anna:on_the_phone>online ben:on_the_phone>online ");
  g_assert_cmpuint (resolved (fixture, "anna")->stale, ==, 1u << LF_KIND_PHONE);

  apply (fixture, "ben", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 5, TRUE);
  assert_log (fixture, "!ben:online>on_the_phone ");
  lf_clock_advance (fixture->clock, LF_HOUR);
  assert_log (fixture, "anna:online>unknown ");
  g_assert_cmpuint (resolved (fixture, "anna")->stale, ==, 1u << LF_KIND_PHONE | 1u << LF_KIND_REACHABILITY);
  g_assert_cmpuint (resolved (fixture, "ben")->stale, ==, 0);
}

static void
test_cut_late (Fixture      *fixture,
               gconstpointer data)
{
  g_test_summary ("A cut that is noticed late shows at once what has run out meanwhile");
  lf_roster_ensure (fixture->roster, "anna");
  apply (fixture, "anna", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE);
  g_string_truncate (fixture->log, 0);
  lf_roster_mark_cut (fixture->roster, START - LF_HOUR);
  assert_log (fixture, "anna:on_the_phone>unknown ");
}

static void
test_cut_again (Fixture      *fixture,
                gconstpointer data)
{
  g_test_summary ("A second cut before any news makes nothing younger");
  lf_roster_ensure (fixture->roster, "anna");
  apply (fixture, "anna", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE);
  g_string_truncate (fixture->log, 0);
  lf_roster_mark_cut (fixture->roster, START);
  lf_clock_advance (fixture->clock, 20 * LF_SECOND);
  lf_roster_mark_cut (fixture->roster, START + 20 * LF_SECOND);
  lf_clock_advance (fixture->clock, 10 * LF_SECOND);
  assert_log (fixture, "anna:on_the_phone>online ");
}

static void
test_resumed (Fixture      *fixture,
              gconstpointer data)
{
  g_test_summary ("A resumed stream makes everything held fresh again, and is no edge to announce");
  lf_roster_ensure (fixture->roster, "anna");
  apply (fixture, "anna", LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 5, FALSE);
  g_string_truncate (fixture->log, 0);
  lf_roster_mark_cut (fixture->roster, START);
  lf_clock_advance (fixture->clock, 45 * LF_SECOND);
  assert_log (fixture, "anna:on_the_phone>online ");
  lf_roster_mark_resumed (fixture->roster);
  assert_log (fixture, "!anna:online>on_the_phone ");
  lf_clock_advance (fixture->clock, LF_HOUR);
  assert_log (fixture, "");
}

static void
test_calendar_age (Fixture      *fixture,
                   gconstpointer data)
{
  g_test_summary ("A calendar known for a week goes stale a day after it was read");
  lf_roster_ensure (fixture->roster, "anna");
  apply_meeting (fixture, "anna", 0, 7 * 24 * 3600, 1);
  assert_log (fixture, "anna:unknown>in_a_meeting ");
  lf_clock_advance (fixture->clock, LF_DAY - 1);
  assert_log (fixture, "");
  lf_clock_advance (fixture->clock, 1);
  assert_log (fixture, "anna:in_a_meeting>unknown ");
  g_assert_cmpuint (resolved (fixture, "anna")->stale, ==, 1u << LF_KIND_CALENDAR);
}

static void
test_ticks (Fixture      *fixture,
            gconstpointer data)
{
  g_test_summary ("Ages tick on the wall clock's minute, while there are contacts");
  lf_clock_advance (fixture->clock, LF_HOUR);
  g_assert_cmpuint (fixture->n_ticks, ==, 0);
  lf_roster_ensure (fixture->roster, "anna");
  lf_clock_advance (fixture->clock, 50 * LF_SECOND - 1);
  g_assert_cmpuint (fixture->n_ticks, ==, 0);
  lf_clock_advance (fixture->clock, 1);
  g_assert_cmpuint (fixture->n_ticks, ==, 1);
  lf_clock_advance (fixture->clock, 10 * LF_MINUTE);
  g_assert_cmpuint (fixture->n_ticks, ==, 11);
  lf_roster_remove (fixture->roster, "anna");
  lf_clock_advance (fixture->clock, LF_HOUR);
  g_assert_cmpuint (fixture->n_ticks, ==, 11);
}

static void
test_groups (Fixture      *fixture,
             gconstpointer data)
{
  LfGroup groups[] = {
    { (char *) "g1", (char *) "Sales", 2 },
    { (char *) "g2", (char *) "Lab", 1 },
    { (char *) "g3", (char *) "Board", 2 },
    { (char *) "g4", NULL, 1 },
  };
  static const char *const expected[] = { "g4", "g2", "g3", "g1" };
  const LfGroup           *held;
  gsize                    n_groups;

  g_test_summary ("Groups stand by position, then name, and are told when they differ");
  lf_roster_set_groups (fixture->roster, groups, G_N_ELEMENTS (groups));
  g_assert_cmpuint (fixture->n_group_changes, ==, 1);
  lf_roster_set_groups (fixture->roster, groups, G_N_ELEMENTS (groups));
  g_assert_cmpuint (fixture->n_group_changes, ==, 1);
  held = lf_roster_get_groups (fixture->roster, &n_groups);
  g_assert_cmpuint (n_groups, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < n_groups; i++)
    g_assert_cmpstr (held[i].id, ==, expected[i]);

  groups[0].name = (char *) "Trade";
  lf_roster_set_groups (fixture->roster, groups, G_N_ELEMENTS (groups));
  g_assert_cmpuint (fixture->n_group_changes, ==, 2);
  lf_roster_set_groups (fixture->roster, NULL, 0);
  g_assert_cmpuint (fixture->n_group_changes, ==, 3);
  lf_roster_get_groups (fixture->roster, &n_groups);
  g_assert_cmpuint (n_groups, ==, 0);
}

static void
on_status_changed_remove (LfRoster  *roster,
                          LfContact *contact,
                          guint      old,
                          guint new,
                          gboolean is_snapshot,
                          gpointer data)
{
  lf_roster_remove (roster, lf_contact_get_user (contact));
}

static void
test_reentrancy (Fixture      *fixture,
                 gconstpointer data)
{
  g_test_summary ("Who hears of an edge may take contacts out, even the one it is about");
  for (guint round = 0; round < 3; round++)
    {
      lf_roster_ensure (fixture->roster, "anna");
      lf_roster_ensure (fixture->roster, "ben");
      apply_meeting (fixture, "anna", 10, 20, 1);
      apply_meeting (fixture, "ben", 10, 20, 1);
      apply (fixture, "anna", LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 1, FALSE);
      if (round == 0)
        g_signal_connect (fixture->roster, "status-changed", G_CALLBACK (on_status_changed_remove), NULL);
      if (round == 1)
        lf_roster_mark_cut (fixture->roster, START - LF_HOUR);
      lf_clock_advance (fixture->clock, round == 0 ? 10 * LF_SECOND : 0);
      apply (fixture, "ben", LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 1, FALSE);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->roster)), ==, 0);
    }
}

static void
test_many (Fixture      *fixture,
           gconstpointer data)
{
  g_test_summary ("Hundreds of contacts with a meeting each have every edge at its second");
  for (int i = 0; i < 500; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%d", i);
      int              start = g_test_rand_int_range (1, 1000);

      lf_roster_ensure (fixture->roster, user);
      apply_meeting (fixture, user, start, start + g_test_rand_int_range (1, 1000), 1);
    }
  for (int second = 0; second < 2000; second++)
    {
      for (guint i = 0; i < 500; i++)
        {
          g_autoptr (LfContact) contact = g_list_model_get_item (G_LIST_MODEL (fixture->roster), i);
          LfResolved            now;

          lf_resolve (lf_contact_get_presence (contact), START + second * LF_SECOND, &now);
          g_assert_cmpint (lf_contact_get_resolved (contact)->status, ==, now.status);
        }
      lf_clock_advance (fixture->clock, LF_SECOND);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/roster/list", test_list);
  ADD ("/roster/presence/revisions", test_revisions);
  ADD ("/roster/presence/kinds-apart", test_kinds_apart);
  ADD ("/roster/calendar/revisions", test_calendar_revisions);
  ADD ("/roster/calendar/age", test_calendar_age);
  ADD ("/roster/edges/order", test_edges);
  ADD ("/roster/edges/move", test_edge_moves);
  ADD ("/roster/edges/many", test_many);
  ADD ("/roster/cut/grace", test_cut);
  ADD ("/roster/cut/late", test_cut_late);
  ADD ("/roster/cut/again", test_cut_again);
  ADD ("/roster/cut/resumed", test_resumed);
  ADD ("/roster/ticks", test_ticks);
  ADD ("/roster/groups", test_groups);
  ADD ("/roster/reentrancy", test_reentrancy);
#undef ADD
  return g_test_run ();
}

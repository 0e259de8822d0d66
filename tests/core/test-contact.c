/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-contact.h"

/* Notes each notification and signal of a contact, in order. */
typedef struct
{
  LfContact *contact;
  GString   *log;
} Fixture;

static void
on_notify (LfContact  *contact,
           GParamSpec *pspec,
           Fixture    *fixture)
{
  g_string_append_printf (fixture->log, "%s ", pspec->name);
}

static void
on_resolved (LfContact *contact,
             Fixture   *fixture)
{
  g_string_append (fixture->log, "resolved ");
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->contact = lf_contact_new ("u1");
  fixture->log = g_string_new (NULL);
  g_signal_connect (fixture->contact, "notify", G_CALLBACK (on_notify), fixture);
  g_signal_connect (fixture->contact, "resolved", G_CALLBACK (on_resolved), fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_assert_finalize_object (fixture->contact);
  g_string_free (fixture->log, TRUE);
}

/* What was noted since the last time. */
#define assert_log(fixture, expected)                    \
  G_STMT_START                                           \
  {                                                      \
    g_assert_cmpstr ((fixture)->log->str, ==, expected); \
    g_string_truncate ((fixture)->log, 0);               \
  }                                                      \
  G_STMT_END

static void
apply (Fixture            *fixture,
       LfPhoneState        phone_state,
       LfReachabilityState reachability_state,
       gint64              since_us,
       const char         *note,
       gint64              now_us)
{
  LfPhone                phone = { phone_state, since_us, LF_INSTANT_NONE, NULL, NULL };
  LfReachability         reachability = { reachability_state, since_us, LF_INSTANT_NONE, { (char *) note, NULL, LF_INSTANT_NONE } };
  g_autoptr (LfPresence) presence = lf_presence_new (&phone, NULL, &reachability, 1);

  lf_contact_set_presence (fixture->contact, presence);
  lf_contact_resolve (fixture->contact, now_us);
}

static void
test_new (Fixture      *fixture,
          gconstpointer data)
{
  g_test_summary ("A new contact has an id, no presence, and shows Unknown");
  g_assert_cmpstr (lf_contact_get_user (fixture->contact), ==, "u1");
  g_assert_cmpstr (lf_contact_get_name (fixture->contact), ==, "u1");
  g_assert_nonnull (lf_contact_get_addresses (fixture->contact));
  g_assert_null (lf_contact_get_addresses (fixture->contact)[0]);
  g_assert_nonnull (lf_contact_get_presence (fixture->contact));
  g_assert_cmpint (lf_contact_get_resolved (fixture->contact)->status, ==, LF_DISPLAY_UNKNOWN);
  g_assert_cmpint (lf_contact_get_resolved (fixture->contact)->next_change_at_us, ==, LF_INSTANT_NONE);
}

static void
test_person (Fixture      *fixture,
             gconstpointer data)
{
  const char *const addresses[] = { "tel:+4930123", "sip:2041@pbx", NULL };
  LfPersonFields    fields = { "u1", "anna", NULL, "Engineer", "Research", "anna@example.org", addresses };
  g_autofree char  *name = NULL;
  g_auto (GStrv)    held = NULL;

  g_test_summary ("Who a person is notifies what changed, once; the name falls back to the login");
  g_assert_true (lf_contact_set_person (fixture->contact, &fields));
  g_assert_cmpstr (lf_contact_get_name (fixture->contact), ==, "anna");
  g_assert_cmpstr (lf_contact_get_title (fixture->contact), ==, "Engineer");
  g_assert_nonnull (strstr (fixture->log->str, "name "));
  g_assert_nonnull (strstr (fixture->log->str, "addresses "));
  g_string_truncate (fixture->log, 0);

  g_assert_false (lf_contact_set_person (fixture->contact, &fields));
  assert_log (fixture, "");

  fields.name = "Anna Lind";
  g_assert_true (lf_contact_set_person (fixture->contact, &fields));
  assert_log (fixture, "name ");

  fields.is_place = TRUE;
  g_assert_true (lf_contact_set_person (fixture->contact, &fields));
  g_assert_true (lf_contact_get_is_place (fixture->contact));
  assert_log (fixture, "is-place ");

  /* The name shown stays what it was. */
  fields.name = NULL;
  fields.login = "Anna Lind";
  g_assert_true (lf_contact_set_person (fixture->contact, &fields));
  assert_log (fixture, "login ");

  g_object_get (fixture->contact, "name", &name, "addresses", &held, NULL);
  g_assert_cmpstr (name, ==, "Anna Lind");
  g_assert_cmpstrv (held, addresses);
}

static void
test_own_strings (Fixture      *fixture,
                  gconstpointer data)
{
  LfPersonFields fields = { "u1", "anna", "Anna Lind", NULL, NULL, NULL, NULL };

  g_test_summary ("A contact may be given its own strings back");
  lf_contact_set_person (fixture->contact, &fields);
  fields.name = lf_contact_get_name (fixture->contact) + 5;
  g_assert_true (lf_contact_set_person (fixture->contact, &fields));
  g_assert_cmpstr (lf_contact_get_name (fixture->contact), ==, "Lind");
}

static void
test_roster_fields (Fixture      *fixture,
                    gconstpointer data)
{
  g_test_summary ("Where a contact stands is notified on change alone");
  for (guint round = 0; round < 2; round++)
    {
      gboolean is_first = round == 0;

      g_assert_cmpint (lf_contact_set_group (fixture->contact, "g1"), ==, is_first);
      g_assert_cmpint (lf_contact_set_is_favourite (fixture->contact, TRUE), ==, is_first);
      g_assert_cmpint (lf_contact_set_is_watched (fixture->contact, 2), ==, is_first);
      g_assert_cmpint (lf_contact_set_is_armed (fixture->contact, TRUE), ==, is_first);
      g_assert_cmpint (lf_contact_set_speed_dial (fixture->contact, 3), ==, is_first);
      g_assert_cmpint (lf_contact_set_unread (fixture->contact, 4), ==, is_first);
      assert_log (fixture, is_first ? "group is-favourite is-watched is-armed speed-dial unread " : "");
    }
  g_assert_cmpstr (lf_contact_get_group (fixture->contact), ==, "g1");
  g_assert_true (lf_contact_get_is_favourite (fixture->contact));
  g_assert_true (lf_contact_get_is_watched (fixture->contact));
  g_assert_true (lf_contact_get_is_armed (fixture->contact));
  g_assert_cmpint (lf_contact_get_speed_dial (fixture->contact), ==, 3);
  g_assert_cmpuint (lf_contact_get_unread (fixture->contact), ==, 4);
  g_assert_true (lf_contact_set_group (fixture->contact, NULL));
  g_assert_null (lf_contact_get_group (fixture->contact));
}

static void
test_resolve (Fixture      *fixture,
              gconstpointer data)
{
  guint status;

  g_test_summary ("What is displayed is told when it changes: status, since, note or a detail, and only then");
  apply (fixture, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 10, NULL, 100);
  assert_log (fixture, "presence display-status resolved ");
  apply (fixture, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 10, NULL, 101);
  assert_log (fixture, "");
  apply (fixture, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 11, NULL, 102);
  assert_log (fixture, "presence resolved ");
  apply (fixture, LF_PHONE_ON_HOOK, LF_REACHABILITY_ONLINE, 11, "Lunch", 103);
  assert_log (fixture, "presence resolved ");
  g_assert_cmpstr (lf_contact_get_resolved (fixture->contact)->note, ==, "Lunch");
  apply (fixture, LF_PHONE_RINGING, LF_REACHABILITY_ONLINE, 11, "Lunch", 104);
  assert_log (fixture, "presence resolved ");
  apply (fixture, LF_PHONE_OFF_HOOK, LF_REACHABILITY_ONLINE, 11, "Lunch", 105);
  assert_log (fixture, "presence display-status resolved ");
  g_object_get (fixture->contact, "display-status", &status, NULL);
  g_assert_cmpuint (status, ==, LF_DISPLAY_ON_THE_PHONE);
}

static void
test_resolve_by_time (Fixture      *fixture,
                      gconstpointer data)
{
  LfReachability         reachability = { LF_REACHABILITY_AWAY, 1, LF_INSTANT_NONE, { (char *) "Lunch", (char *) "🍜", 50 } };
  g_autoptr (LfPresence) presence = lf_presence_new (NULL, NULL, &reachability, 1);

  g_test_summary ("A note that ends changes what is displayed with no new presence");
  lf_contact_set_presence (fixture->contact, presence);
  g_assert_true (lf_contact_resolve (fixture->contact, 10));
  g_string_truncate (fixture->log, 0);
  g_assert_false (lf_contact_resolve (fixture->contact, 49));
  assert_log (fixture, "");
  g_assert_false (lf_contact_resolve (fixture->contact, 50));
  assert_log (fixture, "resolved ");
}

static void
test_revision_alone (Fixture      *fixture,
                     gconstpointer data)
{
  LfReachability         reachability = { LF_REACHABILITY_AWAY, 1, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
  g_autoptr (LfPresence) first = lf_presence_new (NULL, NULL, &reachability, 1);
  g_autoptr (LfPresence) second = lf_presence_new (NULL, NULL, &reachability, 2);

  g_test_summary ("A new revision of the same is kept and draws nothing");
  lf_contact_set_presence (fixture->contact, first);
  lf_contact_resolve (fixture->contact, 10);
  g_string_truncate (fixture->log, 0);
  g_assert_true (lf_contact_set_presence (fixture->contact, second));
  lf_contact_resolve (fixture->contact, 11);
  assert_log (fixture, "presence ");
  g_assert_cmpint (lf_contact_get_presence (fixture->contact)->rev, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/contact/new", Fixture, NULL, set_up, test_new, tear_down);
  g_test_add ("/contact/person", Fixture, NULL, set_up, test_person, tear_down);
  g_test_add ("/contact/own-strings", Fixture, NULL, set_up, test_own_strings, tear_down);
  g_test_add ("/contact/roster-fields", Fixture, NULL, set_up, test_roster_fields, tear_down);
  g_test_add ("/contact/resolve/presence", Fixture, NULL, set_up, test_resolve, tear_down);
  g_test_add ("/contact/resolve/time", Fixture, NULL, set_up, test_resolve_by_time, tear_down);
  g_test_add ("/contact/resolve/revision", Fixture, NULL, set_up, test_revision_alone, tear_down);
  return g_test_run ();
}

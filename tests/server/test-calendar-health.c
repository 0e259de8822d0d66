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

  load (hub);
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
  g_assert_finalize_object (hub);
  lf_config_free (config);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar-health/kept", test_calendar_health);
  return g_test_run ();
}

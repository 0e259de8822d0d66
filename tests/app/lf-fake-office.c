/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-fake-client-private.h"

static LfContact *
add_person (LfClient *self, const char *user, const char *name, const char *department, const char *group)
{
  g_autofree char *address = g_strdup_printf ("tel:+4930%u", 1000 + g_str_hash (user) % 9000);
  const char      *addresses[] = { address, NULL };
  LfContact       *contact = lf_roster_ensure (self->roster, user);

  lf_contact_set_person (contact, &(LfPersonFields){ .user = user, .login = user, .name = name, .department = department, .addresses = addresses });
  lf_contact_set_group (contact, group);

  return contact;
}

void
lf_fake_client_set_phone (LfClient *self, const char *user, LfPhoneState state)
{
  LfContact             *contact = lf_roster_lookup (self->roster, user);
  LfPhone                phone = { .state = state, .since_us = LF_FAKE_NOW_US - 4 * LF_MINUTE - LF_SECOND, .valid_until_us = LF_INSTANT_NONE, .detail = (char *) "2041", .source = (char *) "PBX" };
  g_autoptr (LfPresence) presence = lf_presence_with_phone (lf_contact_get_presence (contact), &phone, ++self->rev);

  lf_roster_apply_presence (self->roster, user, presence, FALSE);
}

void
lf_fake_client_set_reach (LfClient *self, const char *user, LfReachabilityState state, const char *text)
{
  LfContact     *contact = lf_roster_lookup (self->roster, user);
  LfReachability reach = {
    .state = state,
    .since_us = LF_FAKE_NOW_US - 25 * LF_MINUTE,
    .valid_until_us = LF_INSTANT_NONE,
    .note = { .text = (char *) text, .expires_at_us = LF_INSTANT_NONE },
  };
  g_autoptr (LfPresence) presence = lf_presence_with_reachability (lf_contact_get_presence (contact), &reach, ++self->rev);

  lf_roster_apply_presence (self->roster, user, presence, FALSE);
}

void
lf_fake_client_set_busy (LfClient *self, const char *user, const LfBusyPeriod *periods, gsize n_periods, gboolean is_state_only)
{
  g_autoptr (LfBusyList) busy = lf_busy_list_new (periods, n_periods);
  LfCalendar             calendar = {
                .busy = busy,
                .known_from_us = LF_FAKE_NOW_US - LF_DAY,
                .valid_until_us = LF_FAKE_NOW_US + 14 * LF_DAY,
                .read_at_us = LF_FAKE_NOW_US - 2 * LF_MINUTE,
                .rev = ++self->rev,
                .source = (char *) "Nextcloud",
                .is_state_only = is_state_only,
  };

  if (self->own != NULL && g_str_equal (user, lf_contact_get_user (self->own)))
    {
      g_autoptr (LfPresence) presence = lf_presence_with_calendar (lf_contact_get_presence (self->own), &calendar);

      lf_contact_set_presence (self->own, presence);
      lf_contact_resolve (self->own, LF_FAKE_NOW_US);
    }
  else
    lf_roster_apply_calendar (self->roster, user, &calendar);
}

static void
set_meeting (LfClient *self, const char *user, gint64 until_us)
{
  LfBusyPeriod period = { LF_FAKE_NOW_US - 30 * LF_MINUTE, until_us, LF_BUSY_BUSY };

  lf_fake_client_set_busy (self, user, &period, 1, FALSE);
}

#define MIDNIGHT_US   (LF_FAKE_NOW_US / LF_DAY * LF_DAY)
#define AT(day, hour) (MIDNIGHT_US + (day) *LF_DAY + (gint64) ((hour) *LF_HOUR))
#define PERIOD(day, from, to, t)              \
  {                                           \
    AT (day, from), AT (day, to), LF_BUSY_##t \
  }

void
lf_fake_client_fill_days (LfClient *self)
{
  static const LfBusyPeriod own[] = { PERIOD (0, 9, 10, BUSY), PERIOD (0, 13, 14.5, BUSY), PERIOD (1, 8, 12, BUSY), PERIOD (1, 15, 16, TENTATIVE) };
  static const LfBusyPeriod jonas[] = { PERIOD (0, 11, 13, BUSY), PERIOD (0, 16, 17, TENTATIVE), PERIOD (1, 12, 14, BUSY) };
  static const LfBusyPeriod farah[] = { PERIOD (0, 10.5, 11, BUSY), PERIOD (0, 14, 15.25, BUSY), PERIOD (1, 8, 18, ELSEWHERE), PERIOD (2, 0, 24, OUT_OF_OFFICE) };

  lf_fake_client_set_busy (self, "mara", own, G_N_ELEMENTS (own), FALSE);
  lf_fake_client_set_busy (self, "jonas", jonas, G_N_ELEMENTS (jonas), FALSE);
  lf_fake_client_set_busy (self, "farah", farah, G_N_ELEMENTS (farah), FALSE);
}

void
lf_fake_client_fill (LfClient *self)
{
  static const LfGroup groups[] = { { (char *) "g1", (char *) "Engineering", 1 }, { (char *) "g2", (char *) "Sales", 2 } };
  static const struct
  {
    const char         *user, *name, *group;
    LfReachabilityState reach;
    const char         *note;
  } people[] = {
    { "jonas", "Jonas Weber", "g1", LF_REACHABILITY_ONLINE, NULL },
    { "priya", "Priya Nair", "g2", LF_REACHABILITY_AVAILABLE, NULL },
    { "ada", "Ada Lovelace", "g1", LF_REACHABILITY_OFFLINE, NULL },
    { "bruno", "Bruno Costa", "g1", LF_REACHABILITY_ONLINE, "Quarter close, slow to answer" },
    { "chloe", "Chloé Dubois", "g1", LF_REACHABILITY_IDLE, NULL },
    { "david", "David Okafor", "g1", LF_REACHABILITY_ONLINE, NULL },
    { "elif", "Elif Yılmaz", "g1", LF_REACHABILITY_AWAY, "Lunch" },
    { "farah", "Farah Haddad", "g2", LF_REACHABILITY_ONLINE, NULL },
    { "greta", "Greta Sørensen", "g2", LF_REACHABILITY_OFFLINE, NULL },
    { "hiro", "Hiroshi Tanaka", "g2", LF_REACHABILITY_ONLINE, NULL },
    { "ines", "Inês Almeida", NULL, LF_REACHABILITY_OFFLINE, NULL },
    { "jack", "Jack Price", NULL, LF_REACHABILITY_UNKNOWN, NULL },
  };

  self->me = g_new0 (LfWireMe, 1);
  self->me->person.id = g_strdup ("mara");
  self->me->person.login = g_strdup ("mara");
  self->me->person.name = g_strdup ("Mara Lind");
  self->me->status.expires_at_us = self->me->note_since_us = self->me->dnd.expires_at_us = LF_INSTANT_NONE;
  self->own = lf_contact_new ("mara");
  lf_contact_set_person (self->own, &(LfPersonFields){ .user = "mara", .login = "mara", .name = "Mara Lind" });
  {
    LfPhone                phone = { .state = LF_PHONE_ON_HOOK, .since_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE };
    LfCalendar             calendar = { .known_from_us = LF_INSTANT_NONE, .valid_until_us = LF_INSTANT_NONE, .read_at_us = LF_INSTANT_NONE };
    LfReachability         reach = { .state = LF_REACHABILITY_ONLINE, .since_us = LF_FAKE_NOW_US - LF_HOUR, .valid_until_us = LF_INSTANT_NONE, .note = { .expires_at_us = LF_INSTANT_NONE } };
    g_autoptr (LfPresence) presence = lf_presence_new (&phone, &calendar, &reach, 1);

    lf_contact_set_presence (self->own, presence);
    lf_contact_resolve (self->own, LF_FAKE_NOW_US);
  }

  lf_roster_set_groups (self->roster, groups, G_N_ELEMENTS (groups));
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      add_person (self, people[i].user, people[i].name, "Office", people[i].group);
      lf_fake_client_set_reach (self, people[i].user, people[i].reach, people[i].note);
    }
  lf_contact_set_is_favourite (lf_roster_lookup (self->roster, "jonas"), TRUE);
  lf_contact_set_is_favourite (lf_roster_lookup (self->roster, "priya"), TRUE);
  lf_contact_set_is_watched (lf_roster_lookup (self->roster, "jonas"), TRUE);
  lf_contact_set_unread (lf_roster_lookup (self->roster, "chloe"), 2);
  lf_fake_client_set_phone (self, "jonas", LF_PHONE_OFF_HOOK);
  lf_fake_client_set_phone (self, "ada", LF_PHONE_OFF_HOOK);
  lf_fake_client_set_phone (self, "hiro", LF_PHONE_DO_NOT_DISTURB);
  set_meeting (self, "farah", LF_FAKE_NOW_US + 20 * LF_MINUTE);
  set_meeting (self, "greta", LF_FAKE_NOW_US + 80 * LF_MINUTE);

  lf_fake_client_set_state (self, LF_CLIENT_ONLINE, 0);
  g_signal_emit_by_name (self, "me-changed");
}

void
lf_fake_client_fill_many (LfClient *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *user = g_strdup_printf ("u%05u", i);
      g_autofree char *name = g_strdup_printf ("Person %05u", i);

      add_person (self, user, name, NULL, i % 2 == 0 ? "g1" : NULL);
      lf_fake_client_set_reach (self, user, LF_REACHABILITY_ONLINE, NULL);
    }
}

void
lf_fake_client_add_people (LfClient *self, const char *const *names)
{
  static const char *const numbers[] = { "tel:2060", NULL };

  for (; *names != NULL; names++)
    {
      g_autofree char *user = g_utf8_strdown (*names, -1);
      LfContact       *contact = lf_contact_new (g_strdelimit (user, " ", '.'));

      lf_contact_set_person (contact, &(LfPersonFields){ .user = user, .login = user, .name = *names, .addresses = numbers });
      g_ptr_array_add (self->directory, contact);
    }
}

void
lf_fake_client_fill_calls (LfClient *self)
{
  static const struct
  {
    const char *id, *user, *address, *name;
    LfCallKind  kind;
    gint64      ago_us;
  } rows[] = {
    { "c1", "jonas", "tel:2041", NULL, LF_CALL_MISSED, 12 * LF_MINUTE },
    { "c2", "jonas", "tel:2041", NULL, LF_CALL_MISSED, 31 * LF_MINUTE },
    { "c3", "hiro", "tel:2050", NULL, LF_CALL_RECEIVED, LF_HOUR },
    { "c4", NULL, "+49 30 5550199", NULL, LF_CALL_PLACED, 2 * LF_HOUR },
    { "c5", NULL, "+49 30 5550123", "Front Desk", LF_CALL_MISSED, 26 * LF_HOUR },
    { "c6", NULL, NULL, NULL, LF_CALL_MISSED, 27 * LF_HOUR },
    { "c7", "elif", "tel:2047", NULL, LF_CALL_PLACED, 50 * LF_HOUR },
    { "c8", "greta", "tel:2051", NULL, LF_CALL_PLACED, 51 * LF_HOUR },
  };
  LfWireOwnLine  line = { (char *) "2040", (char *) "tel:2040", TRUE, TRUE };
  gpointer       items[] = { &line };
  GPtrArray      lines = { items, 1 };
  char          *pickup[] = { (char *) "jonas", NULL };
  LfWireOwnPhone phone = { &lines, pickup, TRUE };

  lf_telephone_take_own_phone (self->telephone, &phone);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfWireCallRecord record = {
        .id = (char *) rows[i].id,
        .kind = rows[i].kind,
        .line = (char *) "2040",
        .address = (char *) rows[i].address,
        .user = (char *) rows[i].user,
        .name = (char *) rows[i].name,
        .started_at_us = LF_FAKE_NOW_US - rows[i].ago_us,
        .answered_at_us = LF_INSTANT_NONE,
        .ended_at_us = LF_INSTANT_NONE,
      };
      const LfWireCallChange change = { .record = &record };

      lf_telephone_take_change (self->telephone, &change);
    }
}

void
lf_fake_client_set_call (LfClient *self, const char *user, LfCallState state, LfCallReason reason)
{
  LfWireCall             call = { (char *) "k1", (char *) "2040", (char *) "tel:2041", (char *) user, NULL, state, reason, LF_FAKE_NOW_US };
  const LfWireCallChange change = { .call = &call };

  lf_telephone_take_change (self->telephone, &change);
}

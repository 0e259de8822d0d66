/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lampfield-ical.h"
#include "lf-instant.h"
#include "lf-test-util.h"

/* Readings of wall clocks against instants, which were looked up elsewhere. */
static const struct
{
  const char *claim;
  const char *tzid;
  const char *civil;
  const char *utc;
} rows[] = {
  { "summer", "Europe/Berlin", "20260701T120000", "2026-07-01T10:00:00Z" },
  { "winter", "Europe/Berlin", "20261124T120000", "2026-11-24T11:00:00Z" },
  { "an hour that comes twice is the first", "Europe/Berlin", "20261025T023000", "2026-10-25T00:30:00Z" },
  { "after it", "Europe/Berlin", "20261025T030000", "2026-10-25T02:00:00Z" },
  { "an hour that never comes", "Europe/Berlin", "20260329T023000", "2026-03-29T01:30:00Z" },
  { "after it", "Europe/Berlin", "20260329T030000", "2026-03-29T01:00:00Z" },
  { "half an hour of summer time", "Australia/Lord_Howe", "20261124T120000", "2026-11-24T01:00:00Z" },
  { "no summer time any more", "America/Sao_Paulo", "20261124T120000", "2026-11-24T15:00:00Z" },
  { "no summer time any more", "Asia/Tehran", "20260701T120000", "2026-07-01T08:30:00Z" },
  { "a day that was left out", "Pacific/Apia", "20111231T120000", "2011-12-30T22:00:00Z" },
  { "a prefix before the name", "/softwarestudio.org/Tzfile/Europe/Vienna", "20261124T120000", "2026-11-24T11:00:00Z" },
  { "a Windows name", "Pacific Standard Time", "20260701T120000", "2026-07-01T19:00:00Z" },
  { "a Windows name", "India Standard Time", "20260701T120000", "2026-07-01T06:30:00Z" },
  { "UTC by name", "UTC", "20260701T120000", "2026-07-01T12:00:00Z" },
  { "Etc", "Etc/GMT+5", "20260701T120000", "2026-07-01T17:00:00Z" },
  { "floating", NULL, "20260701T120000", "2026-07-01T03:00:00Z" },
};

static void
test_readings (void)
{
  LfIcalIssues            issues = { 0 };
  g_autoptr (LfIcalZones) zones = lf_ical_zones_new ("Asia/Tokyo", &issues, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LfIcalZone *zone = lf_ical_zones_lookup (zones, rows[i].tzid);
      LfIcalTime  civil;
      gint64      utc_us;

      g_test_message ("%s: %s %s", rows[i].claim, rows[i].tzid, rows[i].civil);
      g_assert_true (lf_ical_time_parse (rows[i].civil, &civil));
      g_assert_true (lf_instant_parse (rows[i].utc, &utc_us));
      g_assert_cmpint (lf_ical_zone_to_utc_s (zone, civil.civil_s), ==, utc_us / LF_SECOND);
    }
  g_assert_true (lf_ical_issues_is_empty (&issues));
}

static void
copy_zone (const char *folder, const char *name)
{
  g_autofree char *from = g_build_filename ("/usr/share/zoneinfo", name, NULL);
  g_autofree char *to = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (to);
  g_autofree char *text = NULL;
  gsize            length = 0;

  g_assert_true (g_file_get_contents (from, &text, &length, NULL));
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (to, text, (gssize) length, NULL));
}

static void
test_new_names (void)
{
  static const char *const names[] = { "Asia/Calcutta", "India Standard Time", "Asia/Kolkata", "Asia/Katmandu", "Nepal Standard Time" };
  g_autofree char         *folder = g_dir_make_tmp ("lf-zones-XXXXXX", NULL);
  LfIcalIssues             issues = { 0 };
  g_autoptr (LfIcalZones)  zones = lf_ical_zones_new ("UTC", &issues, NULL);
  LfIcalTime               civil;

  g_test_summary ("a system that has zones only under their new names, as Debian 13, reads the old ones and those of Windows");
  copy_zone (folder, "Asia/Kolkata");
  copy_zone (folder, "Asia/Kathmandu");
  g_setenv ("TZDIR", folder, TRUE);
  g_assert_true (lf_ical_time_parse ("20260701T120000", &civil));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gboolean is_nepal = i > 2;

      g_assert_cmpint (lf_ical_zone_to_utc_s (lf_ical_zones_lookup (zones, names[i]), civil.civil_s), ==,
                       civil.civil_s - (is_nepal ? 5 * 3600 + 45 * 60 : 5 * 3600 + 30 * 60));
    }
  g_assert_true (lf_ical_issues_is_empty (&issues));
  g_unsetenv ("TZDIR");
  lf_test_remove_folder (folder);
}

static void
test_unknown (void)
{
  static const char *const names[] = {
    "Nowhere/Land",
    "../../../etc/passwd",
    "/etc/localtime",
    "posix/Europe/Berlin",
    "right/Europe/Berlin",
    "zone.tab",
    "leapseconds",
    "Europe",
    "Europe/",
    "IST",
    "+05:00",
    ":Europe/Berlin",
    "(UTC+01:00) Amsterdam",
  };
  LfIcalIssues            issues = { 0 };
  g_autoptr (LfIcalZones) zones = lf_ical_zones_new ("Asia/Tokyo", &issues, NULL);

  g_test_summary ("what is no zone is the owner's, counted, and no path into the file system");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_message ("%s", names[i]);
      g_assert_true (lf_ical_zones_lookup (zones, names[i]) == lf_ical_zones_get_owner (zones) ||
                     g_str_equal (names[i], "posix/Europe/Berlin") || g_str_equal (names[i], "right/Europe/Berlin"));
      g_assert_false (lf_ical_zone_is_known (names[i]));
    }
  g_assert_cmpuint (issues.counts[LF_ICAL_ISSUE_UNKNOWN_ZONE], >=, G_N_ELEMENTS (names) - 2);
}

static void
test_many_names (void)
{
  LfIcalIssues            issues = { 0 };
  g_autoptr (LfIcalZones) zones = lf_ical_zones_new (NULL, &issues, NULL);

  g_test_summary ("a calendar that names a new zone each time gets no more than so many");

  for (guint i = 0; i < 3 * LF_ICAL_MAX_ZONES; i++)
    {
      g_autofree char *name = g_strdup_printf ("Zone %u", i);

      g_assert_true (lf_ical_zones_lookup (zones, name) == lf_ical_zones_get_owner (zones));
    }
  g_assert_cmpuint (issues.counts[LF_ICAL_ISSUE_UNKNOWN_ZONE], ==, 3 * LF_ICAL_MAX_ZONES);
}

#define PART(name, start, from, to, rest) \
  "BEGIN:" name "\nDTSTART:" start "\nTZOFFSETFROM:" from "\nTZOFFSETTO:" to "\n" rest "END:" name "\n"

static void
test_definitions (void)
{
  static const struct
  {
    const char *claim;
    const char *text;
    gboolean    is_good;
  } table[] = {
    { "fixed", "TZID:Z\n" PART ("STANDARD", "19700101T000000", "+0100", "+0100", ""), TRUE },
    { "yearly", "TZID:Z\n" PART ("STANDARD", "16010101T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n"), TRUE },
    { "dates", "TZID:Z\n" PART ("STANDARD", "20200101T030000", "+0200", "+0100", "RDATE:20210101T030000,20220101T030000\n"), TRUE },
    { "without a name", PART ("STANDARD", "19700101T000000", "+0100", "+0100", ""), FALSE },
    { "without parts", "TZID:Z\n", FALSE },
    { "without an offset", "TZID:Z\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0100\nEND:STANDARD\n", FALSE },
    { "a bad offset", "TZID:Z\n" PART ("STANDARD", "19700101T000000", "+9900", "+0100", ""), FALSE },
    { "a bad start", "TZID:Z\n" PART ("STANDARD", "19701301T000000", "+0100", "+0100", ""), FALSE },
    { "each second", "TZID:Z\n" PART ("STANDARD", "19700101T000000", "+0100", "+0100", "RRULE:FREQ=SECONDLY\n"), FALSE },
    { "each day", "TZID:Z\n" PART ("STANDARD", "19700101T000000", "+0100", "+0100", "RRULE:FREQ=DAILY\n"), FALSE },
    { "one good part and one bad", "TZID:Z\n" PART ("STANDARD", "19700101T000000", "+0100", "+0100", "") PART ("DAYLIGHT", "x", "+0100", "+0200", ""), FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char            *text = g_strdup (table[i].text);
      g_autoptr (LfIcalVtimezone) zone = lf_ical_vtimezone_new (text);

      g_test_message ("%s", table[i].claim);
      g_assert_cmpint (zone != NULL, ==, table[i].is_good);
    }
}

static void
test_own_definition (void)
{
  g_autofree char        *text = g_strdup ("TZID:Ours\n" PART ("STANDARD", "19701025T030000", "+0300", "+0200", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20241027T000000Z\n")
                                             PART ("DAYLIGHT", "19700329T020000", "+0200", "+0300", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"));
  LfIcalIssues            issues = { 0 };
  g_autoptr (LfIcalZones) zones = lf_ical_zones_new ("Asia/Tokyo", &issues, NULL);
  LfIcalZone             *zone;
  gint64                  summer_us;
  gint64                  autumn_us;
  gint64                  later_us;

  g_test_summary ("a zone that gave up winter time after 2024, by its own rules");

  lf_ical_zones_define (zones, text);
  zone = lf_ical_zones_lookup (zones, "Ours");
  g_assert_true (lf_instant_parse ("2024-10-26T12:00:00Z", &summer_us));
  g_assert_true (lf_instant_parse ("2024-10-28T12:00:00Z", &autumn_us));
  g_assert_true (lf_instant_parse ("2026-11-24T12:00:00Z", &later_us));
  g_assert_cmpint (lf_ical_zone_to_civil_s (zone, summer_us / LF_SECOND) - summer_us / LF_SECOND, ==, 3 * 3600);
  g_assert_cmpint (lf_ical_zone_to_civil_s (zone, autumn_us / LF_SECOND) - autumn_us / LF_SECOND, ==, 2 * 3600);
  g_assert_cmpint (lf_ical_zone_to_civil_s (zone, later_us / LF_SECOND) - later_us / LF_SECOND, ==, 3 * 3600);
  g_assert_true (lf_ical_issues_is_empty (&issues));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ical/zone/readings", test_readings);
  g_test_add_func ("/ical/zone/new-names", test_new_names);
  g_test_add_func ("/ical/zone/unknown", test_unknown);
  g_test_add_func ("/ical/zone/many-names", test_many_names);
  g_test_add_func ("/ical/zone/definitions", test_definitions);
  g_test_add_func ("/ical/zone/own-definition", test_own_definition);
  return g_test_run ();
}

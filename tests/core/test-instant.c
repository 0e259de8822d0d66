/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-instant.h"

#define UNTOUCHED 42

static void
test_parse_accepts (void)
{
  static const struct
  {
    const char *text;
    gint64      instant_us;
  } rows[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "1970-01-01T00:00:00.001Z", 1000 },
    { "1970-01-01T00:00:00.5Z", 500000 },
    { "1970-01-01T00:00:00.25Z", 250000 },
    { "1969-12-31T23:59:59.999Z", -1000 },
    { "2000-02-29T12:00:00Z", G_GINT64_CONSTANT (951825600000000) },
    { "2026-11-24T02:15:30.125Z", G_GINT64_CONSTANT (1795486530125000) },
    { "0001-01-01T00:00:00Z", G_GINT64_CONSTANT (-62135596800000000) },
    { "9999-12-31T23:59:59.999Z", G_GINT64_CONSTANT (253402300799999000) },
    { "0004-02-29T00:00:00Z", G_GINT64_CONSTANT (-62035891200000000) },
  };

  g_test_summary ("UTC instants of the years 1 to 9999 are read to the millisecond");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 instant_us = UNTOUCHED;

      g_test_message ("%s", rows[i].text);
      g_assert_true (lf_instant_parse (rows[i].text, &instant_us));
      g_assert_cmpint (instant_us, ==, rows[i].instant_us);
    }
}

static void
test_parse_refuses (void)
{
  static const struct
  {
    const char *why;
    const char *text;
  } rows[] = {
    { "empty", "" },
    { "a date alone", "2026-03-02" },
    { "no zone", "2026-03-02T10:00:00" },
    { "an offset", "2026-03-02T10:00:00+00:00" },
    { "lower-case t", "2026-03-02t10:00:00Z" },
    { "lower-case z", "2026-03-02T10:00:00z" },
    { "a space", "2026-03-02 10:00:00Z" },
    { "leading space", " 2026-03-02T10:00:00Z" },
    { "something behind", "2026-03-02T10:00:00Z " },
    { "a point without digits", "2026-03-02T10:00:00.Z" },
    { "a comma", "2026-03-02T10:00:00,5Z" },
    { "microseconds", "2026-03-02T10:00:00.0001Z" },
    { "four zeros", "2026-03-02T10:00:00.0000Z" },
    { "a leap second", "2016-12-31T23:59:60Z" },
    { "second 61", "2026-03-02T10:00:61Z" },
    { "minute 60", "2026-03-02T10:60:00Z" },
    { "hour 24", "2026-03-02T24:00:00Z" },
    { "month 0", "2026-00-02T10:00:00Z" },
    { "month 13", "2026-13-02T10:00:00Z" },
    { "day 0", "2026-03-00T10:00:00Z" },
    { "31 April", "2026-04-31T10:00:00Z" },
    { "29 February of a common year", "2026-02-29T10:00:00Z" },
    { "29 February of a century", "1900-02-29T10:00:00Z" },
    { "year 0", "0000-03-02T10:00:00Z" },
    { "five-digit year", "12026-03-02T10:00:00Z" },
    { "a signed year", "-026-03-02T10:00:00Z" },
    { "a signed field", "2026-+3-02T10:00:00Z" },
    { "one-digit month", "2026-3-02T10:00:00Z" },
    { "basic format", "20260302T100000Z" },
    { "other digits", "2026-03-02T10:00:0\xd9\xa3Z" },
    { "cut short", "2026-03-02T10:00:0" },
  };

  g_test_summary ("Whatever is not exactly the contract's form is refused, and the result left alone");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 instant_us = UNTOUCHED;

      g_test_message ("%s", rows[i].why);
      g_assert_false (lf_instant_parse (rows[i].text, &instant_us));
      g_assert_cmpint (instant_us, ==, UNTOUCHED);
    }
}

static void
test_parse_prefixes (void)
{
  const char *text = "2026-03-02T10:00:00.125Z";

  g_test_summary ("No prefix of an instant is one, and none is read past its end");
  for (gsize length = 0; length < strlen (text); length++)
    {
      g_autofree char *prefix = g_strndup (text, length);
      gint64           instant_us;

      g_assert_false (lf_instant_parse (prefix, &instant_us));
    }
}

static void
test_format (void)
{
  static const struct
  {
    gint64      instant_us;
    const char *text;
  } rows[] = {
    { 0, "1970-01-01T00:00:00Z" },
    { 999, "1970-01-01T00:00:00Z" },
    { 1000, "1970-01-01T00:00:00.001Z" },
    { 120000, "1970-01-01T00:00:00.120Z" },
    { -1, "1969-12-31T23:59:59.999Z" },
    { G_GINT64_CONSTANT (253402300799999999), "9999-12-31T23:59:59.999Z" },
    { G_GINT64_CONSTANT (253402300800000000), "9999-12-31T23:59:59.999Z" },
    { G_MAXINT64, "9999-12-31T23:59:59.999Z" },
    { G_GINT64_CONSTANT (-62135596800000001), "0001-01-01T00:00:00Z" },
    { LF_INSTANT_NONE, "0001-01-01T00:00:00Z" },
  };

  g_test_summary ("Milliseconds are written only when there are any; nothing leaves the years 1 to 9999");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char buffer[LF_INSTANT_MAX_CHARS];

      lf_instant_format (rows[i].instant_us, buffer);
      g_assert_cmpstr (buffer, ==, rows[i].text);
    }
}

static void
test_against_glib (void)
{
  g_test_summary ("Every tenth day of the years 1 to 9999 agrees with GDateTime, both ways");
  for (gint64 day = -719162; day < 2932897; day += 10)
    {
      gint64                second = day * 86400 + g_test_rand_int_range (0, 86400);
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (second);
      g_autofree char      *expected = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ",
                                                        g_date_time_get_year (date),
                                                        g_date_time_get_month (date),
                                                        g_date_time_get_day_of_month (date),
                                                        g_date_time_get_hour (date),
                                                        g_date_time_get_minute (date),
                                                        g_date_time_get_second (date));
      char                  buffer[LF_INSTANT_MAX_CHARS];
      gint64                instant_us;

      lf_instant_format (second * LF_SECOND, buffer);
      g_assert_cmpstr (buffer, ==, expected);
      g_assert_true (lf_instant_parse (buffer, &instant_us));
      g_assert_cmpint (instant_us, ==, second * LF_SECOND);
    }
}

static void
test_earlier (void)
{
  g_test_summary ("Never is later than any instant");
  g_assert_cmpint (lf_instant_earlier (1, 2), ==, 1);
  g_assert_cmpint (lf_instant_earlier (2, 1), ==, 1);
  g_assert_cmpint (lf_instant_earlier (LF_INSTANT_NONE, 2), ==, 2);
  g_assert_cmpint (lf_instant_earlier (2, LF_INSTANT_NONE), ==, 2);
  g_assert_cmpint (lf_instant_earlier (LF_INSTANT_NONE, LF_INSTANT_NONE), ==, LF_INSTANT_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instant/parse/accepts", test_parse_accepts);
  g_test_add_func ("/instant/parse/refuses", test_parse_refuses);
  g_test_add_func ("/instant/parse/prefixes", test_parse_prefixes);
  g_test_add_func ("/instant/format", test_format);
  g_test_add_func ("/instant/against-glib", test_against_glib);
  g_test_add_func ("/instant/earlier", test_earlier);
  return g_test_run ();
}

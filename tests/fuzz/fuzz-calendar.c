/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include "lampfield-core.h"
#include "lampfield-ical.h"
#include "lf-fuzz.h"

/* Calendars of strangers, read as the worker reads them. However the bytes are cut, they mean the
 * same; and what they mean is sound. The time that one may take is libFuzzer's -timeout. */

#define FROM_US (G_GINT64_CONSTANT (1792454400) * LF_SECOND) /* 2026-10-20T00:00:00Z */
#define TO_US   (FROM_US + 62 * LF_DAY)

typedef struct
{
  LfIcalResult *result; /* owned, nullable */
  GError       *error;  /* owned, nullable */
} Reading;

/* @rand: how to cut; NULL: not at all */
static Reading
read_all (const guint8 *data, gsize size, GRand *rand)
{
  static const char *const addresses[] = { "mara@sample.invalid", "mara.lind@example.org", NULL };
  Reading                  reading = { NULL, NULL };
  gsize                    at = 0;
  gboolean                 goes_on = TRUE;
  g_autoptr (LfIcalReader) reader = lf_ical_reader_new (&(LfIcalOptions){
    .owner_zone = "Europe/Berlin",
    .own_addresses = addresses,
    .from_us = FROM_US,
    .to_us = TO_US,
  });

  while (at < size && goes_on)
    {
      gsize n = rand != NULL ? (gsize) g_rand_int_range (rand, 1, 60) : size;

      n = MIN (n, size - at);
      goes_on = lf_ical_reader_feed (reader, (const char *) data + at, n, &reading.error);
      at += n;
    }
  if (goes_on)
    reading.result = lf_ical_reader_finish (reader, &reading.error);
  g_assert_true ((reading.result == NULL) == (reading.error != NULL));
  return reading;
}

static void
assert_sound (const LfIcalResult *result)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (result->periods, &n_periods);

  g_assert_cmpuint (n_periods, <=, LF_BUSY_MAX_PERIODS);
  g_assert_cmpint (result->known_from_us, >=, FROM_US);
  g_assert_cmpint (result->known_until_us, <=, TO_US);
  for (gsize i = 0; i < n_periods; i++)
    {
      g_assert_cmpint (periods[i].start_us, >=, result->known_from_us);
      g_assert_cmpint (periods[i].end_us, <=, result->known_until_us);
      g_assert_cmpint (periods[i].start_us, <, periods[i].end_us);
    }
}

static void
assert_same (const LfIcalResult *a, const LfIcalResult *b)
{
  g_assert_true (lf_busy_list_equal (a->periods, b->periods));
  g_assert_cmpint (a->known_from_us, ==, b->known_from_us);
  g_assert_cmpint (a->known_until_us, ==, b->known_until_us);
  g_assert_cmpuint (a->n_events, ==, b->n_events);
  g_assert_cmpmem (a->issues.counts, sizeof a->issues.counts, b->issues.counts, sizeof b->issues.counts);
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: a calendar
 * @size: its bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GRand) rand = lf_fuzz_rand_new (data, size);
  Reading           whole = read_all (data, size, NULL);
  Reading           cut = read_all (data, size, rand);

  g_assert_cmpstr (whole.error != NULL ? whole.error->message : NULL, ==, cut.error != NULL ? cut.error->message : NULL);
  if (whole.result != NULL)
    {
      assert_sound (whole.result);
      assert_same (whole.result, cut.result);
    }
  g_clear_pointer (&whole.result, lf_ical_result_free);
  g_clear_pointer (&cut.result, lf_ical_result_free);
  g_clear_error (&whole.error);
  g_clear_error (&cut.error);
  return 0;
}

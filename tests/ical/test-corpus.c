/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lampfield-core.h"
#include "lampfield-ical.h"
#include "lf-test-util.h"

/* Every NAME.ics of tests/data/ics, in the style of what Outlook, Exchange, Google, Nextcloud and
 * Apple export, with what it means in NAME.json. */

typedef struct
{
  char      *claim;
  char      *zone;
  GStrv      addresses;
  gint64     from_us;
  gint64     to_us;
  gint64     known_from_us;
  gint64     known_until_us;
  gboolean   fails;
  GStrv      issues;
  GPtrArray *periods;
} Expected;

static const LfField period_fields[] = {
  { .name = "start", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (LfBusyPeriod, start_us), .is_required = TRUE },
  { .name = "end", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (LfBusyPeriod, end_us), .is_required = TRUE },
  { .name = "type", .kind = LF_FIELD_ENUM, .offset = G_STRUCT_OFFSET (LfBusyPeriod, type), .names = lf_busy_type_names, .is_required = TRUE },
  { .name = NULL }
};
static const LfSchema period_schema = { "period", sizeof (LfBusyPeriod), period_fields };

static const LfField expected_fields[] = {
  { .name = "claim", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (Expected, claim), .max = 200, .is_required = TRUE },
  { .name = "zone", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (Expected, zone), .max = 60, .is_required = TRUE },
  { .name = "addresses", .kind = LF_FIELD_STRV, .offset = G_STRUCT_OFFSET (Expected, addresses), .max = 5 },
  { .name = "from", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (Expected, from_us), .is_required = TRUE },
  { .name = "to", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (Expected, to_us), .is_required = TRUE },
  { .name = "known_from", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (Expected, known_from_us) },
  { .name = "known_until", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (Expected, known_until_us) },
  { .name = "fails", .kind = LF_FIELD_BOOL, .offset = G_STRUCT_OFFSET (Expected, fails) },
  { .name = "issues", .kind = LF_FIELD_STRV, .offset = G_STRUCT_OFFSET (Expected, issues), .max = LF_N_ICAL_ISSUES },
  { .name = "periods", .kind = LF_FIELD_LIST, .offset = G_STRUCT_OFFSET (Expected, periods), .schema = &period_schema, .max = 500 },
  { .name = NULL }
};
static const LfSchema expected_schema = { "expected", sizeof (Expected), expected_fields };

static const LfJsonLimits limits = { 1024 * 1024, 0, 6 };

static void
load (const char *name, const char *suffix, char **text, gsize *length)
{
  g_autofree char   *file = g_strconcat ("ics/", name, suffix, NULL);
  g_autofree char   *path = lf_test_data_path (file);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, text, length, &error);
  g_assert_no_error (error);
}

static LfIcalResult *
read_in_chunks (const Expected *expected, const char *bytes, gsize length, gsize chunk, GError **error)
{
  g_autoptr (LfIcalReader) reader = lf_ical_reader_new (&(LfIcalOptions){
    .owner_zone = expected->zone,
    .own_addresses = (const char *const *) expected->addresses,
    .from_us = expected->from_us,
    .to_us = expected->to_us,
  });

  for (gsize at = 0; at < length; at += chunk)
    {
      if (!lf_ical_reader_feed (reader, bytes + at, MIN (chunk, length - at), error))
        return NULL;
    }
  return lf_ical_reader_finish (reader, error);
}

static char *
describe (const LfBusyPeriod *period)
{
  char start[LF_INSTANT_MAX_CHARS];
  char end[LF_INSTANT_MAX_CHARS];

  lf_instant_format (period->start_us, start);
  lf_instant_format (period->end_us, end);
  return g_strdup_printf ("%s %s %s", start, end, lf_busy_type_names[period->type]);
}

/* Both lists in words, so that a difference can be read. */
static void
assert_periods (const Expected *expected, const LfIcalResult *result)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (result->periods, &n_periods);
  g_autoptr (GString) wanted = g_string_new (NULL);
  g_autoptr (GString) got = g_string_new (NULL);

  for (guint i = 0; i < expected->periods->len; i++)
    {
      g_autofree char *line = describe (g_ptr_array_index (expected->periods, i));

      g_string_append_printf (wanted, "%s\n", line);
    }
  for (gsize i = 0; i < n_periods; i++)
    {
      g_autofree char *line = describe (&periods[i]);

      g_string_append_printf (got, "%s\n", line);
    }
  g_assert_cmpstr (got->str, ==, wanted->str);
}

static void
assert_issues (const Expected *expected, const LfIcalResult *result)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < LF_N_ICAL_ISSUES; i++)
    {
      if (result->issues.counts[i] > 0)
        g_ptr_array_add (names, (char *) lf_ical_issue_to_name (i));
    }
  for (guint i = 0; i < names->len; i++)
    g_assert_true (g_strv_contains ((const char *const *) expected->issues, g_ptr_array_index (names, i)));
  g_assert_cmpuint (names->len, ==, g_strv_length (expected->issues));
}

static void
test_calendar (gconstpointer data)
{
  static const gsize chunks[] = { 1, 7, 1000000 };
  const char        *name = data;
  g_autofree char   *json = NULL;
  g_autofree char   *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize              json_length;
  gsize              length;
  Expected          *expected;

  load (name, ".json", &json, &json_length);
  load (name, ".ics", &bytes, &length);
  expected = lf_codec_decode (&expected_schema, json, json_length, &limits, &error);
  g_assert_no_error (error);
  g_test_summary (expected->claim);

  for (gsize i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      g_autoptr (LfIcalResult) result = read_in_chunks (expected, bytes, length, chunks[i], &error);

      if (expected->fails)
        {
          g_assert_error (error, LF_ERROR, LF_ERROR_BAD_FRAME);
          g_assert_null (result);
          g_clear_error (&error);
          continue;
        }
      g_assert_no_error (error);
      assert_periods (expected, result);
      assert_issues (expected, result);
      g_assert_cmpint (result->known_from_us, ==,
                       expected->known_from_us == LF_INSTANT_NONE ? expected->from_us : expected->known_from_us);
      g_assert_cmpint (result->known_until_us, ==,
                       expected->known_until_us == LF_INSTANT_NONE ? expected->to_us : expected->known_until_us);
    }
  lf_codec_free (&expected_schema, expected);
}

/* What holds of any answer, whatever the calendar was. */
static void
assert_sound (const Expected *expected, const LfIcalResult *result)
{
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (result->periods, &n_periods);

  g_assert_cmpuint (n_periods, <=, LF_BUSY_MAX_PERIODS);
  g_assert_cmpint (result->known_from_us, >=, expected->from_us);
  g_assert_cmpint (result->known_until_us, <=, expected->to_us);
  for (gsize i = 0; i < n_periods; i++)
    {
      g_assert_cmpint (periods[i].start_us, >=, result->known_from_us);
      g_assert_cmpint (periods[i].end_us, <=, result->known_until_us);
      g_assert_cmpint (periods[i].start_us, <, periods[i].end_us);
    }
}

/* Changes, drops or doubles a few bytes; what is put in is likely to mean something. */
static void
mutate (GRand *rand, GString *text)
{
  static const char letters[] = "0123456789TZ:;,=/-\n\r \"PDMWYBEND\0\xff";
  guint             n_changes = (guint) g_rand_int_range (rand, 1, 6);

  for (guint i = 0; i < n_changes && text->len > 40; i++)
    {
      gsize at = (gsize) g_rand_int_range (rand, 0, (int) text->len - 40);

      switch (g_rand_int_range (rand, 0, 4))
        {
        case 0:
          g_string_erase (text, at, g_rand_int_range (rand, 1, 40));
          break;

        case 1:
          {
            g_autofree char *piece = g_strndup (text->str + at, (gsize) g_rand_int_range (rand, 1, 40));

            g_string_insert (text, g_rand_int_range (rand, 0, (int) text->len), piece);
          }
          break;

        default:
          text->str[at] = letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
          break;
        }
    }
}

static void
test_mutations (gconstpointer data)
{
  const char        *name = data;
  g_autofree char   *json = NULL;
  g_autofree char   *bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand)  rand = g_rand_new_with_seed (g_test_rand_int ());
  int                n_rounds = g_getenv ("LF_MUTATIONS") != NULL ? atoi (g_getenv ("LF_MUTATIONS")) : 60;
  gsize              json_length;
  gsize              length;
  Expected          *expected;

  g_test_summary ("a damaged calendar is refused or gives a sound answer");

  load (name, ".json", &json, &json_length);
  load (name, ".ics", &bytes, &length);
  expected = lf_codec_decode (&expected_schema, json, json_length, &limits, &error);
  g_assert_no_error (error);
  for (int i = 0; i < n_rounds; i++)
    {
      g_autoptr (GString)      text = g_string_new_len (bytes, (gssize) length);
      g_autoptr (LfIcalResult) result = NULL;

      mutate (rand, text);
      result = read_in_chunks (expected, text->str, text->len, 1000, &error);
      if (result != NULL)
        assert_sound (expected, result);
      else
        g_assert_true (error != NULL && error->domain == LF_ERROR);
      g_clear_error (&error);
    }
  lf_codec_free (&expected_schema, expected);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  g_autoptr (GDir) dir = NULL;
  guint            n_calendars = 0;

  g_test_init (&argc, &argv, NULL);
  folder = lf_test_data_path ("ics");
  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  for (const char *file = g_dir_read_name (dir); file != NULL; file = g_dir_read_name (dir))
    {
      g_autofree char *path = NULL;
      g_autofree char *mutated = NULL;
      char            *name;

      if (!g_str_has_suffix (file, ".ics"))
        continue;
      name = g_strndup (file, strlen (file) - strlen (".ics"));
      path = g_strconcat ("/ical/corpus/", name, NULL);
      mutated = g_strconcat ("/ical/mutations/", name, NULL);
      g_test_add_data_func_full (mutated, g_strdup (name), test_mutations, g_free);
      g_test_add_data_func_full (path, name, test_calendar, g_free);
      n_calendars++;
    }
  g_assert_cmpuint (n_calendars, >=, 19);
  return g_test_run ();
}

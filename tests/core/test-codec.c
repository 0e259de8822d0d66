/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-core.h"

/* A struct with one member of each kind */
typedef struct
{
  char  *name;
  gint64 count;
} Inner;

typedef struct
{
  char      *text;
  char      *id;
  gint64     number;
  gboolean   flag;
  gint64     at_us;
  int        colour;
  gint64     unsent_us;
  Inner      inner;
  Inner     *optional;
  GPtrArray *list;
  GStrv      words;
} Thing;

static const char *const colours[] = { "red", "green", NULL };

static const LfField inner_fields[] = {
  { .name = "name", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (Inner, name), .max = 5 },
  { .name = "count", .kind = LF_FIELD_INT, .offset = G_STRUCT_OFFSET (Inner, count), .min = -3, .max = 3 },
  { .name = NULL }
};
static const LfSchema inner_schema = { "inner", sizeof (Inner), inner_fields };

static const LfField thing_fields[] = {
  { .name = "text", .kind = LF_FIELD_STRING, .offset = G_STRUCT_OFFSET (Thing, text), .is_required = TRUE, .min = 1, .max = 4 },
  { .name = "id", .kind = LF_FIELD_ID, .offset = G_STRUCT_OFFSET (Thing, id) },
  { .name = "number", .kind = LF_FIELD_INT, .offset = G_STRUCT_OFFSET (Thing, number), .min = 0, .max = 10 },
  { .name = "flag", .kind = LF_FIELD_BOOL, .offset = G_STRUCT_OFFSET (Thing, flag) },
  { .name = "at", .kind = LF_FIELD_INSTANT, .offset = G_STRUCT_OFFSET (Thing, at_us) },
  { .name = "colour", .kind = LF_FIELD_ENUM, .offset = G_STRUCT_OFFSET (Thing, colour), .names = colours },
  { .name = "", .kind = LF_FIELD_UNSENT_INSTANT, .offset = G_STRUCT_OFFSET (Thing, unsent_us) },
  { .name = "inner", .kind = LF_FIELD_STRUCT, .offset = G_STRUCT_OFFSET (Thing, inner), .schema = &inner_schema },
  { .name = "optional", .kind = LF_FIELD_OPTIONAL, .offset = G_STRUCT_OFFSET (Thing, optional), .schema = &inner_schema },
  { .name = "list", .kind = LF_FIELD_LIST, .offset = G_STRUCT_OFFSET (Thing, list), .schema = &inner_schema, .max = 2 },
  { .name = "words", .kind = LF_FIELD_STRV, .offset = G_STRUCT_OFFSET (Thing, words), .max = 2 },
  { .name = NULL }
};
static const LfSchema thing_schema = { "thing", sizeof (Thing), thing_fields };

static Thing *
decode (const char *text, GError **error)
{
  return lf_codec_decode (&thing_schema, text, strlen (text), &lf_json_limits_request, error);
}

static void
test_round_trip (void)
{
  static const char text[] =
    "{\"text\":\"a\\u00e9\",\"id\":\"A-z._~9\",\"number\":7,\"flag\":true,\"at\":\"2026-02-03T10:42:00.250Z\",\"colour\":\"green\","
    "\"inner\":{\"name\":\"in\",\"count\":-3},\"optional\":{\"name\":\"\",\"count\":0},"
    "\"list\":[{\"count\":1},{\"name\":\"two\",\"count\":2}],\"words\":[\"a\",\"\"]}";
  g_autoptr (GError)  error = NULL;
  Thing              *thing = decode (text, &error);
  Thing              *copy;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);

  g_test_summary ("Every kind of member is read, copied and written back");
  g_assert_no_error (error);
  g_assert_cmpstr (thing->text, ==, "a\xc3\xa9");
  g_assert_cmpint (thing->number, ==, 7);
  g_assert_true (thing->flag);
  g_assert_cmpint (thing->colour, ==, 1);
  g_assert_cmpint (thing->at_us % LF_SECOND, ==, LF_SECOND / 4);
  g_assert_cmpint (thing->unsent_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (thing->inner.count, ==, -3);
  g_assert_cmpuint (thing->list->len, ==, 2);
  g_assert_cmpuint (g_strv_length (thing->words), ==, 2);

  lf_codec_encode (&thing_schema, thing, out);
  copy = lf_codec_copy (&thing_schema, thing);
  lf_codec_free (&thing_schema, thing);
  lf_codec_encode (&thing_schema, copy, again);
  lf_codec_free (&thing_schema, copy);
  g_assert_cmpstr (out->str, ==, again->str);
  g_assert_nonnull (strstr (out->str, "\"list\":[{\"count\":1},{\"name\":\"two\",\"count\":2}]"));
}

static void
test_absent (void)
{
  static const char *const rows[] = {
    "{\"text\":\"a\"}",
    "{\"text\":\"a\",\"id\":null,\"number\":null,\"at\":null,\"inner\":null,\"optional\":null,\"list\":null,\"words\":null}",
    "{\"text\":\"a\",\"unknown\":{\"deep\":[1,2]},\"\":\"2026-02-03T10:42:00Z\"}",
  };

  g_test_summary ("Absent, null and unknown members leave a struct without values");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)  error = NULL;
      g_autoptr (GString) out = g_string_new (NULL);
      Thing              *thing = decode (rows[i], &error);

      g_assert_no_error (error);
      g_assert_null (thing->id);
      g_assert_cmpint (thing->number, ==, 0);
      g_assert_cmpint (thing->at_us, ==, LF_INSTANT_NONE);
      g_assert_cmpint (thing->unsent_us, ==, LF_INSTANT_NONE);
      g_assert_null (thing->optional);
      g_assert_cmpuint (thing->list->len, ==, 0);
      g_assert_cmpuint (g_strv_length (thing->words), ==, 0);
      lf_codec_encode (&thing_schema, thing, out);
      g_assert_null (strstr (out->str, "\"at\""));
      g_assert_null (strstr (out->str, "null"));
      lf_codec_free (&thing_schema, thing);
    }
}

static const struct
{
  const char *why;
  const char *text;
} bad_rows[] = {
  { "no object", "[]" },
  { "a required member is missing", "{}" },
  { "a required member is null", "{\"text\":null}" },
  { "too short", "{\"text\":\"\"}" },
  { "too long in characters", "{\"text\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}" },
  { "a control character", "{\"text\":\"a\\u0007\"}" },
  { "a number for a string", "{\"text\":1}" },
  { "an object for a string", "{\"text\":{}}" },
  { "an empty id", "{\"text\":\"a\",\"id\":\"\"}" },
  { "an id with a slash", "{\"text\":\"a\",\"id\":\"a/b\"}" },
  { "an id of 65 characters", "{\"text\":\"a\",\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}" },
  { "a fraction for a whole number", "{\"text\":\"a\",\"number\":1.5}" },
  { "a number above its range", "{\"text\":\"a\",\"number\":11}" },
  { "a number below its range", "{\"text\":\"a\",\"number\":-1}" },
  { "a string for a number", "{\"text\":\"a\",\"number\":\"1\"}" },
  { "a number for a boolean", "{\"text\":\"a\",\"flag\":1}" },
  { "no instant", "{\"text\":\"a\",\"at\":\"yesterday\"}" },
  { "a number for an instant", "{\"text\":\"a\",\"at\":1}" },
  { "an unknown name", "{\"text\":\"a\",\"colour\":\"blue\"}" },
  { "an array for an object", "{\"text\":\"a\",\"inner\":[]}" },
  { "a bad member in an object", "{\"text\":\"a\",\"inner\":{\"count\":4}}" },
  { "a bad member in an optional object", "{\"text\":\"a\",\"optional\":{\"name\":\"too long\"}}" },
  { "an object for an array", "{\"text\":\"a\",\"list\":{}}" },
  { "too many items", "{\"text\":\"a\",\"list\":[{},{},{}]}" },
  { "a string among objects", "{\"text\":\"a\",\"list\":[{},\"a\"]}" },
  { "a bad second item", "{\"text\":\"a\",\"list\":[{\"name\":\"a\"},{\"count\":9}]}" },
  { "too many words", "{\"text\":\"a\",\"words\":[\"a\",\"b\",\"c\"]}" },
  { "a number among words", "{\"text\":\"a\",\"words\":[\"a\",1]}" },
};

static void
test_bad (void)
{
  g_test_summary ("What does not fit the schema is refused and nothing leaks");
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (decode (bad_rows[i].text, &error) != NULL)
        g_error ("%s passed: %s", bad_rows[i].why, bad_rows[i].text);
      g_assert_error (error, LF_ERROR, LF_ERROR_BAD_FRAME);
    }
}

static void
test_whole_number_spellings (void)
{
  g_autoptr (GError) error = NULL;
  Thing             *thing = decode ("{\"text\":\"a\",\"number\":1.0}", &error);

  g_test_summary ("1.0 is a whole number in JSON");
  g_assert_no_error (error);
  g_assert_cmpint (thing->number, ==, 1);
  lf_codec_free (&thing_schema, thing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/round-trip", test_round_trip);
  g_test_add_func ("/codec/absent", test_absent);
  g_test_add_func ("/codec/bad", test_bad);
  g_test_add_func ("/codec/whole-number-spellings", test_whole_number_spellings);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "lampfield-core.h"

typedef struct
{
  const char *why;
  const char *text;
} Row;

static const Row good_rows[] = {
  { "an empty object", "{}" },
  { "an empty array", "[]" },
  { "space round everything", " \t\r\n{ \"a\" : [ 1 , 2 ] } \n" },
  { "every escape", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"" },
  { "a surrogate pair", "\"\\ud83d\\ude00\"" },
  { "characters as they are", "\"h\xc3\xa9 \xf0\x9f\x98\x80\"" },
  { "the largest whole number", "9007199254740992" },
  { "the smallest whole number", "-9007199254740992" },
  { "fractions and exponents", "[0.5, -0, 1e3, 1E+3, 2.5e-3]" },
  { "the same name in two objects", "[{\"a\":1},{\"a\":2}]" },
  { "the same name one level down", "{\"a\":{\"a\":{\"a\":1}}}" },
  { "a name that ends a level and starts the next", "{\"a\":{\"b\":1},\"b\":2}" },
  { "the words", "[true,false,null]" },
  { "sixteen levels", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]" },
};

static const Row bad_rows[] = {
  { "nothing", "" },
  { "space alone", "  " },
  { "two documents", "{} {}" },
  { "a byte order mark", "\xef\xbb\xbf{}" },
  { "not UTF-8", "\"\xff\"" },
  { "an overlong encoding", "\"\xc0\xaf\"" },
  { "an encoded surrogate", "\"\xed\xa0\x80\"" },
  { "a cut character", "\"\xc3" },
  { "an open object", "{" },
  { "an open array", "[1" },
  { "an open string", "\"a" },
  { "brackets that do not match", "[}" },
  { "a comma at the end of an array", "[1,]" },
  { "a comma at the end of an object", "{\"a\":1,}" },
  { "two commas", "[1,,2]" },
  { "no comma", "[1 2]" },
  { "a name without quotes", "{a:1}" },
  { "single quotes", "{'a':1}" },
  { "no colon", "{\"a\" 1}" },
  { "no value", "{\"a\":}" },
  { "a name alone", "{\"a\"}" },
  { "a comment", "{/* */}" },
  { "a name twice", "{\"a\":1,\"a\":2}" },
  { "a name twice, once escaped", "{\"a\":1,\"\\u0061\":2}" },
  { "a name twice, both escaped", "{\"\\u0061\":1,\"\\u0061\":2}" },
  { "the empty name twice", "{\"\":1,\"\":2}" },
  { "a line end in a string", "\"a\nb\"" },
  { "a tab in a string", "\"a\tb\"" },
  { "U+0000 escaped", "\"\\u0000\"" },
  { "U+0000 in a name", "{\"a\\u0000b\":1}" },
  { "a lone high surrogate", "\"\\ud83d\"" },
  { "a high surrogate before another character", "\"\\ud83d\\u0041\"" },
  { "a high surrogate before text", "\"\\ud83dxx\"" },
  { "a lone low surrogate", "\"\\ude00\"" },
  { "an unknown escape", "\"\\x41\"" },
  { "a cut escape", "\"\\u00" },
  { "an escape that is not hexadecimal", "\"\\u00g0\"" },
  { "a backslash at the end", "\"\\" },
  { "a leading zero", "01" },
  { "a plus sign", "+1" },
  { "a sign alone", "-" },
  { "no digit before the point", ".5" },
  { "no digit after the point", "1." },
  { "no digit in the exponent", "1e" },
  { "a number above 2^53", "9007199254740993.5" },
  { "a number above 2^53 by its exponent", "1e16" },
  { "an endless number", "1e999999999" },
  { "a number of many characters", "0.00000000000000000000000000000000000000000001" },
  { "hexadecimal", "0x10" },
  { "not a number", "NaN" },
  { "infinity", "Infinity" },
  { "a word cut short", "tru" },
  { "a word in capitals", "True" },
  { "a word and more", "nullx" },
  { "a word that is none", "undefined" },
  { "seventeen levels", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]" },
};

static gboolean
is_good (const char *text)
{
  return lf_json_check (text, strlen (text), &lf_json_limits_request, NULL);
}

static void
test_good (void)
{
  g_test_summary ("JSON as RFC 8259 and RFC 7493 have it passes");
  for (gsize i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autoptr (GError) error = NULL;

      lf_json_check (good_rows[i].text, strlen (good_rows[i].text), &lf_json_limits_request, &error);
      if (error != NULL)
        g_test_message ("%s: %s", good_rows[i].why, good_rows[i].text);
      g_assert_no_error (error);
    }
}

static void
test_bad (void)
{
  g_test_summary ("What is not JSON is refused, with a reason and a place");
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (lf_json_check (bad_rows[i].text, strlen (bad_rows[i].text), &lf_json_limits_request, &error))
        g_error ("%s passed: %s", bad_rows[i].why, bad_rows[i].text);
      g_assert_error (error, LF_ERROR, LF_ERROR_BAD_FRAME);
      g_assert_nonnull (strstr (error->message, "at byte "));
    }
}

static void
test_nul (void)
{
  g_test_summary ("A NUL byte does not end the check early");
  g_assert_false (lf_json_check ("{}\0{}", 5, &lf_json_limits_request, NULL));
  g_assert_false (lf_json_check ("\"a\0b\"", 5, &lf_json_limits_request, NULL));
  g_assert_false (lf_json_check ("\"\\\0\"", 4, &lf_json_limits_request, NULL));
  g_assert_true (lf_json_check ("{}garbage", 2, &lf_json_limits_request, NULL));
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new ("[0");
  g_autoptr (GError)  error = NULL;

  g_test_summary ("Length, number of values and nesting are bounded");
  for (guint i = 0; i < 1998; i++)
    g_string_append (text, ",0");
  g_string_append_c (text, ']');
  g_assert_true (is_good (text->str)); /* the array and 1,999 numbers */
  g_string_truncate (text, text->len - 1);
  g_string_append (text, ",0]");
  g_assert_false (is_good (text->str));
  g_assert_true (lf_json_check (text->str, text->len, &lf_json_limits_frame, NULL));

  g_string_assign (text, "\"");
  while (text->len < 64 * 1024 - 1)
    g_string_append_c (text, 'x');
  g_string_append_c (text, '"');
  g_assert_true (is_good (text->str));
  g_string_append_c (text, ' ');
  g_assert_false (lf_json_check (text->str, text->len, &lf_json_limits_request, &error));
  g_assert_error (error, LF_ERROR, LF_ERROR_TOO_LARGE);
}

static void
test_deep (void)
{
  g_autofree char *text = g_malloc (4 * 1024 * 1024);

  g_test_summary ("Nesting that kills recursive parsers costs nothing");
  memset (text, '[', 4 * 1024 * 1024);
  g_assert_false (lf_json_check (text, 4 * 1024 * 1024, &lf_json_limits_reply, NULL));
}

static void
test_many_names (void)
{
  g_autoptr (GString) text = g_string_new ("{");

  g_test_summary ("A name that comes twice is found among a hundred thousand");
  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (text, "\"name%u\":{\"x\":%u},", i, i);
  g_string_append (text, "\"other\":1}");
  g_assert_true (lf_json_check (text->str, text->len, &lf_json_limits_reply, NULL));
  g_string_truncate (text, text->len - 1);
  g_string_append (text, ",\"name50000\":1}");
  g_assert_false (lf_json_check (text->str, text->len, &lf_json_limits_reply, NULL));
}

static void
test_mutants (void)
{
  static const char seed[] = "{\"t\":\"presence\",\"rev\":12,\"a\":[true,null,-1.5e2,\"\\u00e9\\n\"],\"b\":{\"c\":\"x\"}}";
  guint             n_passed = 0;

  g_test_summary ("Whatever passes is valid for json-glib too, whatever the bytes");
  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (JsonParser) parser = json_parser_new ();
      char                   text[sizeof seed];

      memcpy (text, seed, sizeof seed);
      for (int n = g_test_rand_int_range (1, 4); n > 0; n--)
        text[g_test_rand_int_range (0, sizeof seed - 1)] = (char) g_test_rand_int_range (0, 256);
      if (!lf_json_check (text, sizeof seed - 1, &lf_json_limits_request, NULL))
        continue;
      n_passed++;
      g_assert_true (json_parser_load_from_data (parser, text, sizeof seed - 1, NULL));
    }
  g_assert_cmpuint (n_passed, >, 100);
}

static void
test_writer (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  LfJsonWriter        writer;

  g_test_summary ("The writer places commas and escapes what must be escaped");
  lf_json_writer_init (&writer, out);
  lf_json_writer_begin (&writer, '{');
  lf_json_writer_name (&writer, "text");
  lf_json_writer_string (&writer, "a\"b\\c\nd\x01\xc3\xa9");
  lf_json_writer_name (&writer, "none");
  lf_json_writer_string (&writer, NULL);
  lf_json_writer_name (&writer, "list");
  lf_json_writer_begin (&writer, '[');
  lf_json_writer_int (&writer, 0);
  lf_json_writer_int (&writer, -42);
  lf_json_writer_int (&writer, G_MININT64);
  lf_json_writer_bool (&writer, TRUE);
  lf_json_writer_begin (&writer, '[');
  lf_json_writer_end (&writer, ']');
  lf_json_writer_instant (&writer, LF_INSTANT_NONE);
  lf_json_writer_instant (&writer, 1500 * (LF_SECOND / 1000));
  lf_json_writer_end (&writer, ']');
  lf_json_writer_end (&writer, '}');
  g_assert_cmpstr (out->str, ==,
                   "{\"text\":\"a\\\"b\\\\c\\nd\\u0001\xc3\xa9\",\"none\":null,"
                   "\"list\":[0,-42,-9223372036854775808,true,[],null,\"1970-01-01T00:00:01.500Z\"]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/check/good", test_good);
  g_test_add_func ("/json/check/bad", test_bad);
  g_test_add_func ("/json/check/nul-byte", test_nul);
  g_test_add_func ("/json/check/limits", test_limits);
  g_test_add_func ("/json/check/deep", test_deep);
  g_test_add_func ("/json/check/many-names", test_many_names);
  g_test_add_func ("/json/check/mutants", test_mutants);
  g_test_add_func ("/json/writer", test_writer);
  return g_test_run ();
}

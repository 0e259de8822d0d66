/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "lampfield-core.h"
#include "lf-fuzz.h"

/* The strict JSON check against two other readers. What passes, json-glib must parse, to the values
 * that are spelled there; SQLite must call it JSON, too, and must not where the check says that it is
 * none. */

/* A document that passed, in a form in which equal values are equal bytes: read here from its text,
 * and once more from json-glib's tree. */

static void
describe_string (GString *out, const char *text)
{
  g_string_append_printf (out, "s%" G_GSIZE_FORMAT ":%s", strlen (text), text);
}

static void
describe_number (GString *out, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, "n%s", g_ascii_dtostr (digits, sizeof digits, value == 0 ? 0 : value)); /* -0 is 0 */
}

static void
skip_space (const char **at)
{
  while (**at != '\0' && strchr (" \t\r\n", **at) != NULL)
    (*at)++;
}

static guint
read_unit (const char **at)
{
  guint unit = 0;

  for (guint i = 0; i < 4; i++)
    unit = unit * 16 + (guint) g_ascii_xdigit_value (*(*at)++);
  return unit;
}

static void
read_string (const char **at, GString *out)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for ((*at)++; **at != '"'; (*at)++)
    {
      gunichar c;

      if (**at != '\\')
        {
          g_string_append_c (text, **at);
          continue;
        }
      (*at)++;
      if (**at != 'u')
        {
          g_string_append_c (text, **at == 'b' ? '\b' : **at == 'f' ? '\f'
                                                      : **at == 'n' ? '\n'
                                                      : **at == 'r' ? '\r'
                                                      : **at == 't' ? '\t'
                                                                    : **at);
          continue;
        }
      (*at)++;
      c = read_unit (at);
      if (c >= 0xd800 && c < 0xdc00)
        {
          *at += 2;
          c = 0x10000 + ((c - 0xd800) << 10) + (read_unit (at) - 0xdc00);
        }
      (*at)--;
      g_string_append_unichar (text, c);
    }
  (*at)++;
  describe_string (out, text->str);
}

static void
read_value (const char **at, GString *out)
{
  char *end;

  skip_space (at);
  if (**at == '{' || **at == '[')
    {
      char close = **at == '{' ? '}' : ']';

      g_string_append_c (out, **at);
      for ((*at)++, skip_space (at); **at != close; skip_space (at))
        {
          if (**at == ',' || **at == ':')
            (*at)++;
          read_value (at, out);
        }
      g_string_append_c (out, close);
      (*at)++;
    }
  else if (**at == '"')
    read_string (at, out);
  else if (**at == 't' || **at == 'f' || **at == 'n')
    {
      g_string_append_c (out, **at);
      *at += **at == 'f' ? strlen ("false") : strlen ("true");
    }
  else
    {
      describe_number (out, g_ascii_strtod (*at, &end));
      g_assert_true (end > *at);
      *at = end;
    }
}

static void describe_node (JsonNode *node, GString *out);

static void
describe_object (JsonObject *object, GString *out)
{
  g_autoptr (GList) names = json_object_get_members (object); /* in order of appearance */

  g_string_append_c (out, '{');
  for (GList *name = names; name != NULL; name = name->next)
    {
      describe_string (out, name->data);
      describe_node (json_object_get_member (object, name->data), out);
    }
  g_string_append_c (out, '}');
}

static void
describe_array (JsonArray *array, GString *out)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < json_array_get_length (array); i++)
    describe_node (json_array_get_element (array, i), out);
  g_string_append_c (out, ']');
}

static void
describe_node (JsonNode *node, GString *out)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    describe_object (json_node_get_object (node), out);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    describe_array (json_node_get_array (node), out);
  else if (JSON_NODE_HOLDS_NULL (node))
    g_string_append_c (out, 'n');
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    describe_string (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append_c (out, json_node_get_boolean (node) ? 't' : 'f');
  else
    describe_number (out, json_node_get_double (node));
}

static void
compare_with_json_glib (const char *text, gsize size)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError)     error = NULL;
  g_autoptr (GString)    spelled = g_string_new (NULL);
  g_autoptr (GString)    parsed = g_string_new (NULL);
  g_autofree char       *copy = g_strndup (text, size);
  const char            *at = copy;

  json_parser_load_from_data (parser, text, (gssize) size, &error);
  g_assert_no_error (error);
  read_value (&at, spelled);
  describe_node (json_parser_get_root (parser), parsed);
  g_assert_cmpstr (parsed->str, ==, spelled->str);
}

static gboolean
is_json_to_sqlite (const char *text, gsize size)
{
  static sqlite3_stmt *statement; /* made once; the database lives as long */
  int                  answer;

  if (statement == NULL)
    {
      sqlite3 *db = NULL;

      g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT json_valid(?1)", -1, &statement, NULL), ==, SQLITE_OK);
    }
  sqlite3_bind_text (statement, 1, text, (int) size, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = sqlite3_column_int (statement, 0);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return answer == 1;
}

/* Refused although it may be JSON: for what I-JSON forbids, or for its size. */
static gboolean
is_limit (const GError *error)
{
  static const char *const words[] = { "more than", "nested deeper", "U+0000", "surrogate", "stands twice", "beyond 2^53", "not UTF-8" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (error->message, words[i]) != NULL)
      return TRUE;
  return error->code == LF_ERROR_TOO_LARGE;
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: a document
 * @size: its bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char        *text = (const char *) data;
  g_autoptr (GError) error = NULL;

  if (size == 0)
    return 0;
  if (lf_json_check (text, size, &lf_json_limits_request, &error))
    {
      g_assert_no_error (error);
      compare_with_json_glib (text, size);
      g_assert_true (is_json_to_sqlite (text, size));
    }
  else
    {
      g_assert_nonnull (error);
      if (!is_limit (error) && memchr (data, '\0', size) == NULL && is_json_to_sqlite (text, size))
        g_error ("JSON is refused: %s", error->message);
    }
  return 0;
}

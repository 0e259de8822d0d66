/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "lampfield-core.h"
#include "lf-fuzz.h"

/* The strict JSON reader against two others. What it takes, json-glib must take, too, for the same
 * values; SQLite must call it JSON, and must not where the reader says that it is none. */

/* A document in a form in which equal values are equal bytes: as it was read here, and by json-glib. */

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

/* Returns where the next item stands. */
static const LfJsonItem *
describe_item (const LfJsonItem *item, GString *out)
{
  const LfJsonItem *at = item + 1;
  guint             n_items = item->type == LF_JSON_OBJECT ? 2 * item->length : item->length; /* names and values */
  g_autofree char  *text = NULL;

  switch (item->type)
    {
    case LF_JSON_NULL:
      g_string_append_c (out, 'n');
      break;
    case LF_JSON_BOOL:
      g_string_append_c (out, item->is_true ? 't' : 'f');
      break;
    case LF_JSON_NUMBER:
      describe_number (out, item->number);
      break;
    case LF_JSON_STRING:
      text = g_strndup (item->text, item->length);
      describe_string (out, text);
      break;
    case LF_JSON_ARRAY:
    case LF_JSON_OBJECT:
    default:
      g_string_append_c (out, item->type == LF_JSON_OBJECT ? '{' : '[');
      for (guint i = 0; i < n_items; i++)
        at = describe_item (at, out);
      g_string_append_c (out, item->type == LF_JSON_OBJECT ? '}' : ']');
      break;
    }
  g_assert_true (at == item + item->span);
  return at;
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
compare_with_json_glib (const LfJsonDocument *document, const char *text, gsize size)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError)     error = NULL;
  g_autoptr (GString)    own = g_string_new (NULL);
  g_autoptr (GString)    parsed = g_string_new (NULL);

  json_parser_load_from_data (parser, text, (gssize) size, &error);
  g_assert_no_error (error);
  describe_item (lf_json_document_get_root (document), own);
  describe_node (json_parser_get_root (parser), parsed);
  g_assert_cmpstr (own->str, ==, parsed->str);
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

/* Refused although SQLite may call it JSON: for what I-JSON forbids, or for its size; and an array or an
 * object that ends with a string in place of a name, which SQLite (3.40) takes. */
static gboolean
is_limit (const GError *error)
{
  static const char *const words[] = { "more than", "nested deeper", "U+0000", "surrogate", "stands twice", "beyond 2^53", "not UTF-8", "a member name is missing" };

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
  const char             *text = (const char *) data;
  g_autoptr (GError)      error = NULL;
  g_auto (LfJsonDocument) document = { NULL, NULL };

  if (size == 0)
    return 0;
  if (lf_json_document_read (&document, text, size, &lf_json_limits_request, &error))
    {
      g_assert_no_error (error);
      compare_with_json_glib (&document, text, size);
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

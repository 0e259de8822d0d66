/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "lf-codec.h"
#include "lf-error.h"
#include "lf-instant.h"

static gboolean fill_struct (const LfSchema *schema, gpointer value, JsonObject *object, GError **error);
static void     clear_struct (const LfSchema *schema, gpointer value);

G_GNUC_PRINTF (4, 5)
static gboolean
refuse (GError **error, const LfSchema *schema, const LfField *field, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "Member “%s” of %s %s.", field->name, schema->name, what);
  return FALSE;
}

/* C0 controls but tab and line ends, and DEL, have no place in a text for people */
static gboolean
has_control_character (const char *text)
{
  for (; *text != '\0'; text++)
    if (((guchar) *text < 0x20 && *text != '\t' && *text != '\n' && *text != '\r') || *text == 0x7f)
      return TRUE;
  return FALSE;
}

static gboolean
is_text_of (const char *text, gint64 min_chars, gint64 max_chars)
{
  gint64 n_chars = g_utf8_strlen (text, -1);

  return n_chars >= min_chars && n_chars <= max_chars && !has_control_character (text);
}

static const char *
get_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static gboolean
fill_text (const LfSchema *schema, const LfField *field, char **place, JsonNode *node, GError **error)
{
  const char *text = get_string (node);

  if (text == NULL)
    return refuse (error, schema, field, "must be a string");
  if (field->kind == LF_FIELD_ID && !lf_codec_id_is_valid (text))
    return refuse (error, schema, field, "must be an id of 1 to %d letters, digits and “._~-”", LF_ID_MAX_CHARS);
  if (field->kind == LF_FIELD_STRING && !is_text_of (text, field->min, field->max))
    return refuse (error, schema, field, "must have %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " characters, none a control character",
                   field->min, field->max);
  *place = g_strdup (text);
  return TRUE;
}

static gboolean
fill_int (const LfSchema *schema, const LfField *field, gint64 *place, JsonNode *node, GError **error)
{
  GType  type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  gint64 value;

  if (type == G_TYPE_INT64)
    value = json_node_get_int (node);
  else if (type == G_TYPE_DOUBLE && floor (json_node_get_double (node)) == json_node_get_double (node))
    value = (gint64) json_node_get_double (node); /* "1e3", "2.0": the strict check holds it within 2^53 */
  else
    return refuse (error, schema, field, "must be a whole number");
  if (value < field->min || value > field->max)
    return refuse (error, schema, field, "must be from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, field->min, field->max);
  *place = value;
  return TRUE;
}

static gboolean
fill_bool (const LfSchema *schema, const LfField *field, gboolean *place, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (error, schema, field, "must be true or false");
  *place = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
fill_instant (const LfSchema *schema, const LfField *field, gint64 *place, JsonNode *node, GError **error)
{
  const char *text = get_string (node);

  if (text == NULL || !lf_instant_parse (text, place))
    return refuse (error, schema, field, "must be an instant such as “2026-02-03T10:42:00Z”");
  return TRUE;
}

static gboolean
fill_enum (const LfSchema *schema, const LfField *field, int *place, JsonNode *node, GError **error)
{
  const char *text = get_string (node);

  for (int i = 0; text != NULL && field->names[i] != NULL; i++)
    if (g_str_equal (field->names[i], text))
      {
        *place = i;
        return TRUE;
      }
  return refuse (error, schema, field, "is not one of the known names");
}

static gboolean
fill_in_place (const LfSchema *schema, const LfField *field, gpointer place, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, schema, field, "must be an object");
  return fill_struct (field->schema, place, json_node_get_object (node), error);
}

static gpointer
make_struct (const LfSchema *schema, JsonObject *object, GError **error)
{
  gpointer value = g_malloc0 (schema->size);

  if (fill_struct (schema, value, object, error))
    return value;
  lf_codec_free (schema, value);
  return NULL;
}

static gboolean
fill_list (const LfSchema *schema, const LfField *field, GPtrArray *place, JsonNode *node, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint      n_items = array != NULL ? json_array_get_length (array) : 0;

  if (array == NULL)
    return refuse (error, schema, field, "must be an array");
  if (n_items < field->min || n_items > field->max)
    return refuse (error, schema, field, "must have %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " items", field->min, field->max);
  for (guint i = 0; i < n_items; i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      gpointer  value;

      if (!JSON_NODE_HOLDS_OBJECT (item))
        return refuse (error, schema, field, "must hold objects alone");
      value = make_struct (field->schema, json_node_get_object (item), error);
      if (value == NULL)
        return FALSE;
      g_ptr_array_add (place, value);
    }
  return TRUE;
}

static gboolean
fill_strv (const LfSchema *schema, const LfField *field, GStrv *place, JsonNode *node, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint      n_items = array != NULL ? json_array_get_length (array) : 0;

  if (array == NULL)
    return refuse (error, schema, field, "must be an array");
  if (n_items < field->min || n_items > field->max)
    return refuse (error, schema, field, "must have %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " items", field->min, field->max);
  *place = g_new0 (char *, n_items + 1);
  for (guint i = 0; i < n_items; i++)
    {
      const char *text = get_string (json_array_get_element (array, i));

      if (text == NULL || !is_text_of (text, 0, LF_STRV_MAX_CHARS))
        return refuse (error, schema, field, "must hold strings of at most %d characters, none a control character", LF_STRV_MAX_CHARS);
      (*place)[i] = g_strdup (text);
    }
  return TRUE;
}

static gboolean
fill_field (const LfSchema *schema, const LfField *field, gpointer place, JsonNode *node, GError **error)
{
  switch (field->kind)
    {
    case LF_FIELD_STRING:
    case LF_FIELD_ID:
      return fill_text (schema, field, place, node, error);
    case LF_FIELD_INT:
      return fill_int (schema, field, place, node, error);
    case LF_FIELD_BOOL:
      return fill_bool (schema, field, place, node, error);
    case LF_FIELD_INSTANT:
      return fill_instant (schema, field, place, node, error);
    case LF_FIELD_ENUM:
      return fill_enum (schema, field, place, node, error);
    case LF_FIELD_STRUCT:
      return fill_in_place (schema, field, place, node, error);
    case LF_FIELD_OPTIONAL:
      *(gpointer *) place = g_malloc0 (field->schema->size);
      return fill_in_place (schema, field, *(gpointer *) place, node, error);
    case LF_FIELD_LIST:
      return fill_list (schema, field, *(GPtrArray **) place, node, error);
    case LF_FIELD_STRV:
      g_clear_pointer ((GStrv *) place, g_strfreev);
      return fill_strv (schema, field, place, node, error);
    case LF_FIELD_UNSENT_INSTANT:
    default:
      return TRUE;
    }
}

/* what a struct holds before anything is read into it: every field absent */
static void
init_struct (const LfSchema *schema, gpointer value)
{
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    {
      gpointer place = (char *) value + field->offset;

      if (field->kind == LF_FIELD_INSTANT || field->kind == LF_FIELD_UNSENT_INSTANT)
        *(gint64 *) place = LF_INSTANT_NONE;
      else if (field->kind == LF_FIELD_LIST)
        *(GPtrArray **) place = g_ptr_array_new ();
      else if (field->kind == LF_FIELD_STRV)
        *(GStrv *) place = g_new0 (char *, 1);
      else if (field->kind == LF_FIELD_STRUCT)
        init_struct (field->schema, place);
    }
}

/* @value is all zero; whatever happens it can be cleared afterwards */
static gboolean
fill_struct (const LfSchema *schema, gpointer value, JsonObject *object, GError **error)
{
  clear_struct (schema, value); /* a struct held in place was made absent by the one around it */
  init_struct (schema, value);
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    {
      JsonNode *node = field->kind != LF_FIELD_UNSENT_INSTANT ? json_object_get_member (object, field->name) : NULL;

      if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        {
          if (field->is_required)
            return refuse (error, schema, field, "is missing");
        }
      else if (!fill_field (schema, field, (char *) value + field->offset, node, error))
        return FALSE;
    }
  return TRUE;
}

static void
clear_list (const LfSchema *schema, GPtrArray *items)
{
  for (guint i = 0; items != NULL && i < items->len; i++)
    lf_codec_free (schema, g_ptr_array_index (items, i));
  g_clear_pointer (&items, g_ptr_array_unref);
}

static void
clear_struct (const LfSchema *schema, gpointer value)
{
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    {
      gpointer place = (char *) value + field->offset;

      if (field->kind == LF_FIELD_STRING || field->kind == LF_FIELD_ID)
        g_clear_pointer ((char **) place, g_free);
      else if (field->kind == LF_FIELD_STRV)
        g_clear_pointer ((GStrv *) place, g_strfreev);
      else if (field->kind == LF_FIELD_STRUCT)
        clear_struct (field->schema, place);
      else if (field->kind == LF_FIELD_OPTIONAL)
        lf_codec_free (field->schema, g_steal_pointer ((gpointer *) place));
      else if (field->kind == LF_FIELD_LIST)
        clear_list (field->schema, g_steal_pointer ((GPtrArray **) place));
    }
}

static gboolean
is_absent (const LfField *field, gconstpointer place)
{
  switch (field->kind)
    {
    case LF_FIELD_STRING:
    case LF_FIELD_ID:
    case LF_FIELD_OPTIONAL:
    case LF_FIELD_LIST:
    case LF_FIELD_STRV:
      return *(const gconstpointer *) place == NULL;
    case LF_FIELD_INSTANT:
      return *(const gint64 *) place == LF_INSTANT_NONE;
    case LF_FIELD_UNSENT_INSTANT:
      return TRUE;
    case LF_FIELD_STRUCT:
      for (const LfField *inner = field->schema->fields; inner->name != NULL; inner++)
        if (!is_absent (inner, (const char *) place + inner->offset))
          return FALSE;
      return TRUE;
    case LF_FIELD_INT:
    case LF_FIELD_BOOL:
    case LF_FIELD_ENUM:
    default:
      return FALSE;
    }
}

static void
write_struct (const LfSchema *schema, gconstpointer value, LfJsonWriter *writer)
{
  lf_json_writer_begin (writer, '{');
  lf_codec_encode_members (schema, value, writer);
  lf_json_writer_end (writer, '}');
}

static void
write_list (const LfSchema *schema, const GPtrArray *items, LfJsonWriter *writer)
{
  lf_json_writer_begin (writer, '[');
  for (guint i = 0; items != NULL && i < items->len; i++)
    write_struct (schema, g_ptr_array_index (items, i), writer);
  lf_json_writer_end (writer, ']');
}

static void
write_strv (const char *const *strings, LfJsonWriter *writer)
{
  lf_json_writer_begin (writer, '[');
  for (; strings != NULL && *strings != NULL; strings++)
    lf_json_writer_string (writer, *strings);
  lf_json_writer_end (writer, ']');
}

static void
write_field (const LfField *field, gconstpointer place, LfJsonWriter *writer)
{
  switch (field->kind)
    {
    case LF_FIELD_STRING:
    case LF_FIELD_ID:
      lf_json_writer_string (writer, *(const char *const *) place);
      break;
    case LF_FIELD_INT:
      lf_json_writer_int (writer, *(const gint64 *) place);
      break;
    case LF_FIELD_BOOL:
      lf_json_writer_bool (writer, *(const gboolean *) place);
      break;
    case LF_FIELD_INSTANT:
      lf_json_writer_instant (writer, *(const gint64 *) place);
      break;
    case LF_FIELD_ENUM:
      lf_json_writer_string (writer, field->names[*(const int *) place]);
      break;
    case LF_FIELD_STRUCT:
      write_struct (field->schema, place, writer);
      break;
    case LF_FIELD_OPTIONAL:
      write_struct (field->schema, *(const gconstpointer *) place, writer);
      break;
    case LF_FIELD_LIST:
      write_list (field->schema, *(GPtrArray *const *) place, writer);
      break;
    case LF_FIELD_STRV:
      write_strv (*(const char *const *const *) place, writer);
      break;
    case LF_FIELD_UNSENT_INSTANT:
    default:
      break;
    }
}

static JsonNode *
parse (const char *text, gsize length, const LfJsonLimits *limits, JsonParser *parser, GError **error)
{
  JsonNode *root;

  if (!lf_json_check (text, length, limits, error))
    return NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) length, error))
    {
      g_prefix_error_literal (error, "The JSON parser refused what the strict check let through: ");
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The JSON document must be an object.");
      return NULL;
    }
  return root;
}

/**
 * lf_codec_decode:
 * @schema: what the document must be
 * @text: bytes from a peer
 * @length: of @text
 * @limits: of the strict check
 * @error: %LF_ERROR_BAD_FRAME, %LF_ERROR_TOO_LARGE; the message names the member, never its value
 *
 * Checks a JSON document with lf_json_check() and reads it into a new struct.
 *
 * Returns: (transfer full) (nullable): the struct; free it by lf_codec_free()
 */
gpointer
lf_codec_decode (const LfSchema *schema, const char *text, gsize length, const LfJsonLimits *limits, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode              *root = parse (text, length, limits, parser, error);

  return root != NULL ? make_struct (schema, json_node_get_object (root), error) : NULL;
}

/**
 * lf_codec_decode_tagged:
 * @tag: member that names the schema
 * @tag_names: (array zero-terminated=1): its values
 * @schemas: a schema for each of @tag_names
 * @text: bytes from a peer
 * @length: of @text
 * @limits: of the strict check
 * @which: (out): index of the schema that was used
 * @error: as lf_codec_decode(); %LF_ERROR_VERSION for a tag that is not in @tag_names
 *
 * Reads a document that tells by one of its members what it is.
 *
 * Returns: (transfer full) (nullable): the struct of schemas[*which]
 */
gpointer
lf_codec_decode_tagged (const char *tag, const char *const *tag_names, const LfSchema *const *schemas, const char *text, gsize length, const LfJsonLimits *limits, guint *which, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode              *root = parse (text, length, limits, parser, error);
  JsonNode              *node = root != NULL ? json_object_get_member (json_node_get_object (root), tag) : NULL;
  const char            *name = node != NULL ? get_string (node) : NULL;

  if (root == NULL)
    return NULL;
  if (name == NULL)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "Member “%s” must be there and be a string.", tag);
      return NULL;
    }
  for (guint i = 0; tag_names[i] != NULL; i++)
    if (g_str_equal (tag_names[i], name))
      {
        gpointer value = make_struct (schemas[i], json_node_get_object (root), error);

        if (value != NULL)
          *which = i;
        return value;
      }
  g_set_error (error, LF_ERROR, LF_ERROR_VERSION, "Member “%s” has a value that this version does not know.", tag);
  return NULL;
}

/**
 * lf_codec_encode_members:
 * @schema: of @value
 * @value: a struct
 * @writer: a writer inside an object
 *
 * Writes the members of @value into the object that is open.
 */
void
lf_codec_encode_members (const LfSchema *schema, gconstpointer value, LfJsonWriter *writer)
{
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    {
      gconstpointer place = (const char *) value + field->offset;

      if (field->kind == LF_FIELD_UNSENT_INSTANT || (!field->is_required && is_absent (field, place)))
        continue;
      lf_json_writer_name (writer, field->name);
      write_field (field, place, writer);
    }
}

/**
 * lf_codec_encode:
 * @schema: of @value
 * @value: a struct
 * @out: where to append the JSON object
 */
void
lf_codec_encode (const LfSchema *schema, gconstpointer value, GString *out)
{
  LfJsonWriter writer;

  lf_json_writer_init (&writer, out);
  write_struct (schema, value, &writer);
}

/**
 * lf_codec_encode_bytes:
 * @schema: of @value
 * @value: a struct
 *
 * Returns: (transfer full): the JSON object
 */
GBytes *
lf_codec_encode_bytes (const LfSchema *schema, gconstpointer value)
{
  GString *out = g_string_sized_new (256);

  lf_codec_encode (schema, value, out);
  return g_string_free_to_bytes (out);
}

/**
 * lf_codec_free:
 * @schema: of @value
 * @value: (transfer full) (nullable): a struct made by the codec or by g_new0()
 */
void
lf_codec_free (const LfSchema *schema, gpointer value)
{
  if (value == NULL)
    return;
  clear_struct (schema, value);
  g_free (value);
}

static GPtrArray *
copy_list (const LfSchema *schema, const GPtrArray *items)
{
  GPtrArray *copy = items != NULL ? g_ptr_array_sized_new (items->len) : NULL;

  for (guint i = 0; items != NULL && i < items->len; i++)
    g_ptr_array_add (copy, lf_codec_copy (schema, g_ptr_array_index (items, i)));
  return copy;
}

/* @value is a plain memory copy: what it points to is still the original's */
static void
own_pointers (const LfSchema *schema, gpointer value)
{
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    {
      gpointer place = (char *) value + field->offset;

      if (field->kind == LF_FIELD_STRING || field->kind == LF_FIELD_ID)
        *(char **) place = g_strdup (*(char **) place);
      else if (field->kind == LF_FIELD_STRV)
        *(GStrv *) place = g_strdupv (*(GStrv *) place);
      else if (field->kind == LF_FIELD_STRUCT)
        own_pointers (field->schema, place);
      else if (field->kind == LF_FIELD_OPTIONAL)
        *(gpointer *) place = lf_codec_copy (field->schema, *(gpointer *) place);
      else if (field->kind == LF_FIELD_LIST)
        *(GPtrArray **) place = copy_list (field->schema, *(GPtrArray **) place);
    }
}

/**
 * lf_codec_copy:
 * @schema: of @value
 * @value: (nullable): a struct
 *
 * Returns: (transfer full) (nullable): a deep copy
 */
gpointer
lf_codec_copy (const LfSchema *schema, gconstpointer value)
{
  gpointer copy = value != NULL ? g_memdup2 (value, schema->size) : NULL;

  if (copy != NULL)
    own_pointers (schema, copy);
  return copy;
}

/**
 * lf_codec_id_is_valid:
 * @text: a string
 *
 * Returns: whether it is an opaque id, as %LF_FIELD_ID
 */
gboolean
lf_codec_id_is_valid (const char *text)
{
  gsize length;

  g_return_val_if_fail (text != NULL, FALSE);

  length = strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._~-");
  return length > 0 && length <= LF_ID_MAX_CHARS && text[length] == '\0';
}

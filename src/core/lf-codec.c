/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <math.h>
#include <string.h>

#include "lf-codec.h"
#include "lf-error.h"
#include "lf-instant.h"

static gboolean fill_struct (const LfSchema *schema, gpointer value, const LfJsonItem *object, GError **error);
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

static gboolean
fill_text (const LfSchema *schema, const LfField *field, char **place, const LfJsonItem *item, GError **error)
{
  if (item->type != LF_JSON_STRING)
    return refuse (error, schema, field, "must be a string");
  *place = g_strndup (item->text, item->length);
  if (field->kind == LF_FIELD_ID && !lf_codec_id_is_valid (*place))
    return refuse (error, schema, field, "must be an id of 1 to %d letters, digits and “._~-”", LF_ID_MAX_CHARS);
  if (field->kind == LF_FIELD_STRING && !is_text_of (*place, field->min, field->max))
    return refuse (error, schema, field, "must have %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " characters, none a control character",
                   field->min, field->max);
  return TRUE;
}

/* "1e3" and "2.0" are whole, too; no number is beyond 2^53 */
static gboolean
fill_int (const LfSchema *schema, const LfField *field, gint64 *place, const LfJsonItem *item, GError **error)
{
  gint64 value;

  if (item->type != LF_JSON_NUMBER || floor (item->number) != item->number)
    return refuse (error, schema, field, "must be a whole number");
  value = (gint64) item->number;
  if (value < field->min || value > field->max)
    return refuse (error, schema, field, "must be from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, field->min, field->max);
  *place = value;
  return TRUE;
}

static gboolean
fill_bool (const LfSchema *schema, const LfField *field, gboolean *place, const LfJsonItem *item, GError **error)
{
  if (item->type != LF_JSON_BOOL)
    return refuse (error, schema, field, "must be true or false");
  *place = item->is_true;
  return TRUE;
}

static gboolean
fill_instant (const LfSchema *schema, const LfField *field, gint64 *place, const LfJsonItem *item, GError **error)
{
  char text[LF_INSTANT_MAX_CHARS] = "";

  if (item->type == LF_JSON_STRING && item->length < sizeof text)
    memcpy (text, item->text, item->length);
  if (!lf_instant_parse (text, place))
    return refuse (error, schema, field, "must be an instant such as “2026-02-03T10:42:00Z”");
  return TRUE;
}

static gboolean
is_string (const LfJsonItem *item, const char *text)
{
  return item->type == LF_JSON_STRING && strncmp (item->text, text, item->length) == 0 && text[item->length] == '\0';
}

static gboolean
fill_enum (const LfSchema *schema, const LfField *field, int *place, const LfJsonItem *item, GError **error)
{
  for (int i = 0; field->names[i] != NULL; i++)
    if (is_string (item, field->names[i]))
      {
        *place = i;
        return TRUE;
      }
  return refuse (error, schema, field, "is not one of the known names");
}

static gboolean
fill_in_place (const LfSchema *schema, const LfField *field, gpointer place, const LfJsonItem *item, GError **error)
{
  if (item->type != LF_JSON_OBJECT)
    return refuse (error, schema, field, "must be an object");
  return fill_struct (field->schema, place, item, error);
}

static gpointer
make_struct (const LfSchema *schema, const LfJsonItem *object, GError **error)
{
  gpointer value = g_malloc0 (schema->size);

  if (fill_struct (schema, value, object, error))
    return value;
  lf_codec_free (schema, value);
  return NULL;
}

static gboolean
check_array (const LfSchema *schema, const LfField *field, const LfJsonItem *item, GError **error)
{
  if (item->type != LF_JSON_ARRAY)
    return refuse (error, schema, field, "must be an array");
  if (item->length < field->min || item->length > field->max)
    return refuse (error, schema, field, "must have %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " items", field->min, field->max);
  return TRUE;
}

static gboolean
fill_list (const LfSchema *schema, const LfField *field, GPtrArray *place, const LfJsonItem *array, GError **error)
{
  const LfJsonItem *item = array + 1;

  if (!check_array (schema, field, array, error))
    return FALSE;
  for (guint i = 0; i < array->length; i++, item += item->span)
    {
      gpointer value;

      if (item->type != LF_JSON_OBJECT)
        return refuse (error, schema, field, "must hold objects alone");
      value = make_struct (field->schema, item, error);
      if (value == NULL)
        return FALSE;
      g_ptr_array_add (place, value);
    }
  return TRUE;
}

static gboolean
fill_strv (const LfSchema *schema, const LfField *field, GStrv *place, const LfJsonItem *array, GError **error)
{
  const LfJsonItem *item = array + 1;

  if (!check_array (schema, field, array, error))
    return FALSE;
  g_strfreev (*place);
  *place = g_new0 (char *, array->length + 1);
  for (guint i = 0; i < array->length; i++, item += item->span)
    {
      (*place)[i] = item->type == LF_JSON_STRING ? g_strndup (item->text, item->length) : NULL;
      if ((*place)[i] == NULL || !is_text_of ((*place)[i], 0, LF_STRV_MAX_CHARS))
        return refuse (error, schema, field, "must hold strings of at most %d characters, none a control character", LF_STRV_MAX_CHARS);
    }
  return TRUE;
}

static gboolean
fill_field (const LfSchema *schema, const LfField *field, gpointer place, const LfJsonItem *item, GError **error)
{
  switch (field->kind)
    {
    case LF_FIELD_STRING:
    case LF_FIELD_ID:
      return fill_text (schema, field, place, item, error);
    case LF_FIELD_INT:
      return fill_int (schema, field, place, item, error);
    case LF_FIELD_BOOL:
      return fill_bool (schema, field, place, item, error);
    case LF_FIELD_INSTANT:
      return fill_instant (schema, field, place, item, error);
    case LF_FIELD_ENUM:
      return fill_enum (schema, field, place, item, error);
    case LF_FIELD_STRUCT:
      return fill_in_place (schema, field, place, item, error);
    case LF_FIELD_OPTIONAL:
      *(gpointer *) place = g_malloc0 (field->schema->size);
      return fill_in_place (schema, field, *(gpointer *) place, item, error);
    case LF_FIELD_LIST:
      return fill_list (schema, field, *(GPtrArray **) place, item, error);
    case LF_FIELD_STRV:
      return fill_strv (schema, field, place, item, error);
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
fill_struct (const LfSchema *schema, gpointer value, const LfJsonItem *object, GError **error)
{
  clear_struct (schema, value); /* a struct held in place was made absent by the one around it */
  init_struct (schema, value);
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    {
      const LfJsonItem *item = field->kind != LF_FIELD_UNSENT_INSTANT ? lf_json_item_find (object, field->name) : NULL;

      if (item == NULL || item->type == LF_JSON_NULL)
        {
          if (field->is_required)
            return refuse (error, schema, field, "is missing");
        }
      else if (!fill_field (schema, field, (char *) value + field->offset, item, error))
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
    case LF_FIELD_ENUM:
      return !field->is_required && *(const int *) place == 0;
    case LF_FIELD_INT:
    case LF_FIELD_BOOL:
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

/* The root of @document, once it is known to be an object. */
static const LfJsonItem *
get_object (const LfJsonDocument *document, GError **error)
{
  const LfJsonItem *root = lf_json_document_get_root (document);

  if (root->type == LF_JSON_OBJECT)
    return root;
  g_set_error_literal (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The JSON document must be an object.");
  return NULL;
}

/**
 * lf_codec_decode:
 * @schema: what the document must be
 * @text: bytes from a peer
 * @length: of @text
 * @limits: of the strict reader
 * @error: %LF_ERROR_BAD_FRAME, %LF_ERROR_TOO_LARGE; the message names the member, never its value
 *
 * Reads a JSON document with lf_json_document_read(), and into a new struct.
 *
 * Returns: (transfer full) (nullable): the struct; free it by lf_codec_free()
 */
gpointer
lf_codec_decode (const LfSchema *schema, const char *text, gsize length, const LfJsonLimits *limits, GError **error)
{
  g_auto (LfJsonDocument) document = { NULL, NULL };
  const LfJsonItem       *root;

  if (!lf_json_document_read (&document, text, length, limits, error))
    return NULL;
  root = get_object (&document, error);
  return root != NULL ? make_struct (schema, root, error) : NULL;
}

/**
 * lf_codec_decode_tagged:
 * @tag: member that names the schema
 * @tag_names: (array zero-terminated=1): its values
 * @schemas: a schema for each of @tag_names
 * @text: bytes from a peer
 * @length: of @text
 * @limits: of the strict reader
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
  g_auto (LfJsonDocument) document = { NULL, NULL };
  const LfJsonItem       *root;
  const LfJsonItem       *name;

  if (!lf_json_document_read (&document, text, length, limits, error) || (root = get_object (&document, error)) == NULL)
    return NULL;
  name = lf_json_item_find (root, tag);
  if (name == NULL || name->type != LF_JSON_STRING)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "Member “%s” must be there and be a string.", tag);
      return NULL;
    }
  for (guint i = 0; tag_names[i] != NULL; i++)
    if (is_string (name, tag_names[i]))
      {
        gpointer value = make_struct (schemas[i], root, error);

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

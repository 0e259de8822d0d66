/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-json.h"

G_BEGIN_DECLS

/**
 * LfFieldKind:
 * @LF_FIELD_STRING: `char *`; @max characters (not bytes)
 * @LF_FIELD_ID: `char *`; an opaque id: 1 to %LF_ID_MAX_CHARS of [A-Za-z0-9._~-]
 * @LF_FIELD_INT: `gint64` in [@min, @max]
 * @LF_FIELD_BOOL: `gboolean`
 * @LF_FIELD_INSTANT: `gint64` microseconds; RFC 3339 with `Z` on the wire
 * @LF_FIELD_ENUM: `int`-sized enum; @names in order of value
 * @LF_FIELD_UNSENT_INSTANT: `gint64` that never stands on the wire: %LF_INSTANT_NONE once decoded
 * @LF_FIELD_STRUCT: a struct held in place; @schema
 * @LF_FIELD_OPTIONAL: pointer to a struct, or %NULL; @schema
 * @LF_FIELD_LIST: `GPtrArray *` of structs, at most @max; @schema; never %NULL once decoded. The codec
 *   frees the items: the array is made by g_ptr_array_new(), without a free function of its own
 * @LF_FIELD_STRV: `GStrv` of at most @max strings of at most %LF_STRV_MAX_CHARS characters
 */
typedef enum
{
  LF_FIELD_STRING,
  LF_FIELD_ID,
  LF_FIELD_INT,
  LF_FIELD_BOOL,
  LF_FIELD_INSTANT,
  LF_FIELD_ENUM,
  LF_FIELD_UNSENT_INSTANT,
  LF_FIELD_STRUCT,
  LF_FIELD_OPTIONAL,
  LF_FIELD_LIST,
  LF_FIELD_STRV,
} LfFieldKind;

#define LF_ID_MAX_CHARS   64
#define LF_STRV_MAX_CHARS 200

typedef struct _LfSchema LfSchema;

/**
 * LfField:
 * @name: member name on the wire
 * @kind: how it is held and written
 * @offset: where in the struct
 * @is_required: absent or null is refused; without it null or absent leaves 0, %NULL or %LF_INSTANT_NONE
 * @min: smallest number, or fewest characters
 * @max: largest number, most characters or items
 * @schema: of a struct or of a list's items
 * @names: of an enum, %NULL-terminated
 */
typedef struct
{
  const char        *name;
  LfFieldKind        kind;
  gsize              offset;
  gboolean           is_required;
  gint64             min;
  gint64             max;
  const LfSchema    *schema;
  const char *const *names;
} LfField;

/**
 * LfSchema:
 * @name: for messages of errors
 * @size: of the struct, bytes
 * @fields: table that ends with a %NULL name
 *
 * How one C struct stands on the wire. Members not in the table are ignored when read. A member
 * that is not required and has no value (%NULL, %LF_INSTANT_NONE, the first of an enum, a struct without any) is left out
 * when written; absent and null mean the same when read.
 */
struct _LfSchema
{
  const char    *name;
  gsize          size;
  const LfField *fields;
};

/* Both ends' documents whose @tag member tells which schema holds (the frames of the stream). */
gpointer lf_codec_decode_tagged (const char *tag, const char *const *tag_names, const LfSchema *const *schemas, const char *text, gsize length, const LfJsonLimits *limits, guint *which, GError **error);
void     lf_codec_encode_members (const LfSchema *schema, gconstpointer value, LfJsonWriter *writer);

gpointer lf_codec_decode (const LfSchema *schema, const char *text, gsize length, const LfJsonLimits *limits, GError **error);
void     lf_codec_encode (const LfSchema *schema, gconstpointer value, GString *out);
GBytes  *lf_codec_encode_bytes (const LfSchema *schema, gconstpointer value);
void     lf_codec_free (const LfSchema *schema, gpointer value);
gpointer lf_codec_copy (const LfSchema *schema, gconstpointer value);
gboolean lf_codec_id_is_valid (const char *text);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lampfield-core.h"
#include "lf-fuzz.h"

/* An input is the name of a body, or "frame", a line end, and a document. What the codec accepts it
 * must write and read again to an equal value. */

#define BODY(name)           \
  {                          \
#name, &lf_schema_##name \
  }

static const struct
{
  const char     *name;
  const LfSchema *schema;
} bodies[] = {
  BODY (info),
  BODY (problem),
  BODY (login),
  BODY (refresh),
  BODY (tokens),
  BODY (methods),
  BODY (session),
  BODY (sessions_page),
  BODY (status),
  BODY (dnd),
  BODY (visibility),
  BODY (person),
  BODY (people_page),
  BODY (me),
  BODY (me_patch),
  BODY (contact),
  BODY (contact_request),
  BODY (contacts),
  BODY (group),
  BODY (groups),
  BODY (connector_person),
  BODY (presence),
  BODY (presence_list),
  BODY (busy),
  BODY (busy_list),
  BODY (busy_report),
  BODY (early_end),
  BODY (member),
  BODY (message),
  BODY (message_body),
  BODY (messages_page),
  BODY (conversation),
  BODY (conversation_request),
  BODY (conversations_page),
  BODY (seq),
  BODY (line),
  BODY (lines),
  BODY (connector_people),
  BODY (line_state),
  BODY (privacy),
  BODY (permission),
  BODY (empty),
};

static gboolean is_equal (const LfSchema *schema, gconstpointer a, gconstpointer b);

static gboolean
are_equal_lists (const LfSchema *schema, const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!is_equal (schema, g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
      return FALSE;
  return TRUE;
}

static gboolean
are_equal_fields (const LfField *field, gconstpointer a, gconstpointer b)
{
  const gconstpointer *x = a;
  const gconstpointer *y = b;

  switch (field->kind)
    {
    case LF_FIELD_STRING:
    case LF_FIELD_ID:
      return g_strcmp0 (*x, *y) == 0;
    case LF_FIELD_INT:
    case LF_FIELD_INSTANT:
    case LF_FIELD_UNSENT_INSTANT:
      return *(const gint64 *) a == *(const gint64 *) b;
    case LF_FIELD_BOOL:
    case LF_FIELD_ENUM:
      return *(const int *) a == *(const int *) b;
    case LF_FIELD_STRUCT:
      return is_equal (field->schema, a, b);
    case LF_FIELD_OPTIONAL:
      return (*x == NULL) == (*y == NULL) && (*x == NULL || is_equal (field->schema, *x, *y));
    case LF_FIELD_LIST:
      return are_equal_lists (field->schema, *x, *y);
    case LF_FIELD_STRV:
      return g_strv_equal (*x, *y);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
is_equal (const LfSchema *schema, gconstpointer a, gconstpointer b)
{
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    if (!are_equal_fields (field, (const char *) a + field->offset, (const char *) b + field->offset))
      return FALSE;
  return TRUE;
}

static void
try_body (const LfSchema *schema, const char *text, gsize length)
{
  g_autoptr (GError)  error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  gpointer            value = lf_codec_decode (schema, text, length, &lf_json_limits_request, &error);
  gpointer            copy;
  gpointer            again;

  if (value == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_no_error (error);
  copy = lf_codec_copy (schema, value);
  lf_codec_encode (schema, value, out);
  again = lf_codec_decode (schema, out->str, out->len, &lf_json_limits_reply, &error);
  g_assert_no_error (error);
  g_assert_true (is_equal (schema, copy, value));
  g_assert_true (is_equal (schema, again, value));
  lf_codec_free (schema, value);
  lf_codec_free (schema, copy);
  lf_codec_free (schema, again);
}

static void
try_frame (const char *text, gsize length)
{
  g_autoptr (GError)  error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (LfFrame) frame = lf_frame_decode (text, length, &lf_json_limits_frame, &error);
  g_autoptr (LfFrame) again = NULL;

  if (frame == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_no_error (error);
  lf_frame_encode (frame->type, frame->body, out);
  again = lf_frame_decode (out->str, out->len, &lf_json_limits_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->type, ==, frame->type);
  g_assert_true (is_equal (lf_frame_get_schema (frame->type), again->body, frame->body));
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: a name and a document
 * @size: their bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *name = NULL;
  const guint8    *text;
  gsize            length;

  if (!lf_fuzz_split_line (data, size, &name, &text, &length))
    return 0;
  if (g_str_equal (name, "frame"))
    try_frame ((const char *) text, length);
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    if (g_str_equal (bodies[i].name, name))
      try_body (bodies[i].schema, (const char *) text, length);
  return 0;
}

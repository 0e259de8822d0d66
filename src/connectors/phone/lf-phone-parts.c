/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <gmime/gmime.h>

#include <string.h>

#include "lf-phone-parts.h"
#include "lf-phone-xml.h"

#define RELATED "multipart/related"

static void
part_free (gpointer data)
{
  LfPhonePart *self = data;

  g_free (self->content_type);
  g_free (self->content_id);
  g_bytes_unref (self->body);
  g_free (self);
}

/* "<a@b>" → "a@b" */
static char *
dup_id (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  if (length > 2 && text[0] == '<' && text[length - 1] == '>')
    return g_strndup (text + 1, length - 2);
  return g_strdup (text);
}

/* What it carries, decoded. */
static GBytes *
read_body (GMimeObject *object)
{
  GMimeDataWrapper *content = GMIME_IS_PART (object) ? g_mime_part_get_content (GMIME_PART (object)) : NULL;
  GMimeStream      *stream = g_mime_stream_mem_new ();
  GByteArray       *bytes = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
  GBytes           *body;

  if (content != NULL)
    g_mime_data_wrapper_write_to_stream (content, stream);
  body = g_bytes_new (bytes->data, bytes->len);
  g_object_unref (stream);
  return body;
}

static LfPhonePart *
take_part (GMimeObject *object)
{
  LfPhonePart *part = g_new0 (LfPhonePart, 1);

  part->content_type = g_mime_content_type_get_mime_type (g_mime_object_get_content_type (object));
  part->content_id = g_strdup (g_mime_object_get_content_id (object));
  part->body = read_body (object);
  return part;
}

/* The type, as the head of a message has it, and the body. */
static GMimeObject *
read_object (const char *content_type, const char *body, gsize length)
{
  g_autofree char *head = g_strconcat ("Content-Type: ", content_type, "\r\n\r\n", NULL);
  GMimeStream     *stream = g_mime_stream_mem_new ();
  GByteArray      *bytes = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
  GMimeParser     *parser;
  GMimeObject     *object;

  g_byte_array_append (bytes, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (bytes, (const guint8 *) body, (guint) length);
  parser = g_mime_parser_new_with_stream (stream);
  object = g_mime_parser_construct_part (parser, NULL);
  g_object_unref (parser);
  g_object_unref (stream);
  return object;
}

/* Returns: (transfer full): never %NULL: at least one, and no more than may be */
static LfPhoneParts *
take_parts (GMimeMultipart *multipart, const char *root)
{
  LfPhoneParts *self = g_new0 (LfPhoneParts, 1);

  self->root = dup_id (root);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  for (int i = 0; i < g_mime_multipart_get_count (multipart); i++)
    {
      LfPhonePart *part = take_part (g_mime_multipart_get_part (multipart, i));

      g_ptr_array_add (self->parts, part);
      if (part->content_id != NULL && !g_hash_table_contains (self->by_id, part->content_id))
        g_hash_table_insert (self->by_id, part->content_id, part);
    }
  return self;
}

static LfPhoneParts *
fail (GError **error, const char *message)
{
  g_set_error_literal (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD, message);
  return NULL;
}

/**
 * lf_phone_parts_are:
 * @content_type: (nullable): media type, with parameters or without
 *
 * Returns: whether that is a body of several related parts
 */
gboolean
lf_phone_parts_are (const char *content_type)
{
  gsize length = strlen (RELATED);

  return content_type != NULL && g_ascii_strncasecmp (content_type, RELATED, length) == 0 &&
         (content_type[length] == '\0' || strchr ("; \t", content_type[length]) != NULL);
}

/**
 * lf_phone_parts_parse:
 * @content_type: with its parameters
 * @body: need not end with a zero byte
 * @length: of @body, at most %LF_PHONE_PARTS_MAX_BYTES
 * @error: return location
 *
 * Takes a body apart. Of two parts with one Content-ID the first counts.
 *
 * Source: RFC 2387, RFC 2046 section 5.1.
 *
 * Returns: (transfer full) (nullable): its parts; %NULL with %LF_PHONE_XML_ERROR_BAD
 */
LfPhoneParts *
lf_phone_parts_parse (const char *content_type, const char *body, gsize length, GError **error)
{
  static gsize  is_ready = 0;
  LfPhoneParts *self = NULL;
  GMimeObject  *object;
  int           n_parts;

  if (!lf_phone_parts_are (content_type) || strpbrk (content_type, "\r\n") != NULL)
    return fail (error, "The body is none of several parts.");
  if (length > LF_PHONE_PARTS_MAX_BYTES)
    return fail (error, "The body is larger than 2 MiB.");
  if (g_once_init_enter (&is_ready))
    {
      g_mime_init ();
      g_once_init_leave (&is_ready, 1);
    }
  object = read_object (content_type, body, length);
  n_parts = GMIME_IS_MULTIPART (object) ? g_mime_multipart_get_count (GMIME_MULTIPART (object)) : 0;
  if (n_parts == 0)
    fail (error, "The parts of the body cannot be told apart.");
  else if (n_parts > LF_PHONE_PARTS_MAX)
    fail (error, "The body has too many parts.");
  else
    self = take_parts (GMIME_MULTIPART (object), g_mime_content_type_get_parameter (g_mime_object_get_content_type (object), "start"));
  g_clear_object (&object);
  return self;
}

/**
 * lf_phone_parts_free:
 * @self: (transfer full) (nullable): parts
 *
 * Frees them.
 */
void
lf_phone_parts_free (LfPhoneParts *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->parts);
  g_free (self->root);
  g_free (self);
}

/**
 * lf_phone_parts_get_root:
 * @self: parts
 *
 * Returns: (transfer none): the part that tells what the others are
 */
const LfPhonePart *
lf_phone_parts_get_root (const LfPhoneParts *self)
{
  const LfPhonePart *named = self->root != NULL ? g_hash_table_lookup (self->by_id, self->root) : NULL;

  return named != NULL ? named : g_ptr_array_index (self->parts, 0);
}

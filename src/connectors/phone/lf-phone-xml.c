/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-phone-xml.h"

G_DEFINE_QUARK (lf_phone_xml_error, lf_phone_xml_error)

typedef struct
{
  const LfPhoneXmlFuncs *funcs;
  gpointer               user_data;
  GPtrArray             *texts; /* owned: of GString, one an open element */
  gsize                  max_bytes;
  gsize                  n_elements;
} Reader;

/* "ns0:dialog" → "dialog". PBXs choose their prefixes freely; no two names that are looked for differ by
 * their namespace alone. */
static const char *
get_local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD, message);
  return FALSE;
}

static void
free_text (gpointer text)
{
  g_string_free (text, TRUE);
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **names, const char **values, gpointer user_data, GError **error)
{
  Reader *self = user_data;

  if (self->texts->len >= LF_PHONE_XML_MAX_DEPTH)
    fail (error, "The document is nested too deeply.");
  else if (++self->n_elements > LF_PHONE_XML_MAX_ELEMENTS (self->max_bytes))
    fail (error, "The document has too many elements.");
  else if (self->funcs->begin (get_local_name (name), self->texts->len, (const char *const *) names, (const char *const *) values,
                               self->user_data, error))
    g_ptr_array_add (self->texts, g_string_new (NULL));
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Reader  *self = user_data;
  GString *text = g_ptr_array_index (self->texts, self->texts->len - 1);

  self->funcs->end (get_local_name (name), self->texts->len - 1, g_strstrip (text->str), self->user_data);
  g_ptr_array_set_size (self->texts, (int) self->texts->len - 1);
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  Reader *self = user_data;

  if (self->texts->len > 0)
    g_string_append_len (g_ptr_array_index (self->texts, self->texts->len - 1), text, (gssize) length);
}

/* Comments and the XML declaration pass; a document type could define entities, and is refused. */
static void
on_passthrough (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  if (length >= 2 && text[0] == '<' && text[1] == '!' && (length < 4 || strncmp (text, "<!--", 4) != 0))
    fail (error, "The document has a document type or a CDATA section.");
}

static const GMarkupParser parser = {
  .start_element = on_start,
  .end_element = on_end,
  .text = on_text,
  .passthrough = on_passthrough,
};

/**
 * lf_phone_xml_parse:
 * @text: (nullable): a document; need not end with a zero byte; %NULL if it is empty
 * @length: of @text
 * @funcs: what is told of it
 * @user_data: for @funcs
 * @error: return location
 *
 * Reads a document that a PBX sent: UTF-8, without document type, within the limits above. What was told
 * before it turned out to be bad is to be thrown away.
 *
 * Returns: %FALSE with %LF_PHONE_XML_ERROR_BAD, or the error of @funcs
 */
gboolean
lf_phone_xml_parse (const char *text, gsize length, const LfPhoneXmlFuncs *funcs, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray)           texts = g_ptr_array_new_with_free_func (free_text);
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GError)              cause = NULL;
  Reader                          reader = { funcs, user_data, texts, funcs->max_bytes != 0 ? funcs->max_bytes : LF_PHONE_XML_MAX_BYTES, 0 };

  if (length == 0)
    return fail (error, "The document is empty.");
  if (length > reader.max_bytes)
    {
      g_set_error (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD, "The document is larger than %" G_GSIZE_FORMAT " KiB.", reader.max_bytes / 1024);
      return FALSE;
    }
  if (!g_utf8_validate_len (text, length, NULL)) /* GLib 2.74 stumbles over it when something else is wrong, too */
    return fail (error, "The document is not UTF-8.");
  context = g_markup_parse_context_new (&parser, 0, &reader, NULL);
  if (g_markup_parse_context_parse (context, text, (gssize) length, &cause) && g_markup_parse_context_end_parse (context, &cause))
    return TRUE;
  if (cause->domain != G_MARKUP_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }

  return fail (error, "The document is no well-formed XML.");
}

/**
 * lf_phone_xml_get:
 * @names: names of attributes, %NULL-terminated
 * @values: their values
 * @name: the one that is wanted, without prefix
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
lf_phone_xml_get (const char *const *names, const char *const *values, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (get_local_name (names[i]), name))
      return values[i];

  return NULL;
}

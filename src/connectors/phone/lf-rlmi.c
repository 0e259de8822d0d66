/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-phone-xml.h"
#include "lf-rlmi.h"

typedef struct
{
  LfRlmi         *rlmi;     /* borrowed */
  LfRlmiResource *resource; /* borrowed: of the element that is open; nullable */
} Reader;

static void
resource_free (gpointer data)
{
  LfRlmiResource *self = data;

  g_free (self->uri);
  g_free (self->cid);
  g_free (self);
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD, message);
  return FALSE;
}

static gboolean
begin_list (Reader *self, const char *name, const char *const *names, const char *const *values, GError **error)
{
  const char *version = lf_phone_xml_get (names, values, "version");
  const char *full = lf_phone_xml_get (names, values, "fullState");
  guint64     number = 0;

  if (!g_str_equal (name, "list"))
    return fail (error, "The document is no list of resources.");
  if (version == NULL || !g_ascii_string_to_unsigned (version, 10, 0, G_MAXUINT32, &number, NULL))
    return fail (error, "The list has no version.");
  if (full == NULL)
    return fail (error, "The list does not say whether it is complete.");
  self->rlmi->version = (guint) number;
  self->rlmi->is_full = g_str_equal (full, "true") || g_str_equal (full, "1");
  return TRUE;
}

static gboolean
begin_resource (Reader *self, const char *const *names, const char *const *values, GError **error)
{
  const char *uri = lf_phone_xml_get (names, values, "uri");

  if (uri == NULL)
    return fail (error, "A resource of the list has no address.");
  if (self->rlmi->resources->len >= LF_RLMI_MAX_RESOURCES)
    return fail (error, "The list has too many resources.");
  self->resource = g_new0 (LfRlmiResource, 1);
  self->resource->uri = g_strdup (uri);
  g_ptr_array_add (self->rlmi->resources, self->resource);
  return TRUE;
}

/* The first instance that lives counts; a resource of which all have ended is over. */
static void
begin_instance (Reader *self, const char *const *names, const char *const *values)
{
  const char *state = lf_phone_xml_get (names, values, "state");
  const char *cid = lf_phone_xml_get (names, values, "cid");

  if (self->resource == NULL || self->resource->cid != NULL)
    return;
  self->resource->is_over = g_strcmp0 (state, "terminated") == 0;
  if (!self->resource->is_over)
    self->resource->cid = g_strdup (cid);
}

static gboolean
on_begin (const char *name, guint depth, const char *const *names, const char *const *values, gpointer user_data, GError **error)
{
  Reader *self = user_data;

  if (depth == 0)
    return begin_list (self, name, names, values, error);
  if (depth == 1)
    self->resource = NULL;
  if (depth == 1 && g_str_equal (name, "resource"))
    return begin_resource (self, names, values, error);
  if (depth == 2 && g_str_equal (name, "instance"))
    begin_instance (self, names, values);
  return TRUE;
}

static void
on_end (const char *name, guint depth, const char *text, gpointer user_data)
{
}

/**
 * lf_rlmi_parse:
 * @text: a document; need not end with a zero byte
 * @length: of @text, at most %LF_RLMI_MAX_BYTES
 * @error: return location
 *
 * Reads the root of what a PBX sends of a list: who is on it, and which part tells of whom.
 *
 * Source: RFC 4662 section 5.
 *
 * Returns: (transfer full) (nullable): what changed; %NULL with %LF_PHONE_XML_ERROR_BAD
 */
LfRlmi *
lf_rlmi_parse (const char *text, gsize length, GError **error)
{
  static const LfPhoneXmlFuncs funcs = { .begin = on_begin, .end = on_end, .max_bytes = LF_RLMI_MAX_BYTES };
  g_autoptr (LfRlmi)           rlmi = g_new0 (LfRlmi, 1);
  Reader                       reader = { rlmi, NULL };

  rlmi->resources = g_ptr_array_new_with_free_func (resource_free);
  return lf_phone_xml_parse (text, length, &funcs, &reader, error) ? g_steal_pointer (&rlmi) : NULL;
}

/**
 * lf_rlmi_free:
 * @self: (transfer full) (nullable): a document
 *
 * Frees it.
 */
void
lf_rlmi_free (LfRlmi *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->resources);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lf-fuzz.h"
#include "lf-phone-parts.h"
#include "lf-rlmi.h"

/* What a PBX sends of a list of lines: a line with the content type, then the body. Every part is read as if it were
 * the list. */

static void
check_list (GBytes *body)
{
  gsize              length;
  const char        *text = g_bytes_get_data (body, &length);
  g_autoptr (LfRlmi) rlmi = lf_rlmi_parse (text, length, NULL);

  if (rlmi == NULL)
    return;
  g_assert_cmpuint (length, <=, LF_RLMI_MAX_BYTES);
  g_assert_cmpuint (rlmi->resources->len, <=, LF_RLMI_MAX_RESOURCES);
  for (guint i = 0; i < rlmi->resources->len; i++)
    {
      const LfRlmiResource *resource = rlmi->resources->pdata[i];

      g_assert_true (g_utf8_validate (resource->uri, -1, NULL));
      g_assert_true (resource->cid == NULL || (!resource->is_over && g_utf8_validate (resource->cid, -1, NULL)));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char              *text = (const char *) data;
  const char              *newline = memchr (text, '\n', size);
  g_autofree char         *type = newline != NULL ? g_strndup (text, (gsize) (newline - text)) : NULL;
  g_autoptr (LfPhoneParts) parts = NULL;
  gsize                    length = 0;

  if (newline == NULL)
    return 0;
  parts = lf_phone_parts_parse (type, newline + 1, size - (gsize) (newline + 1 - text), NULL);
  if (parts == NULL)
    return 0;
  g_assert_cmpuint (parts->parts->len, <=, LF_PHONE_PARTS_MAX);
  g_assert_nonnull (lf_phone_parts_get_root (parts));
  for (guint i = 0; i < parts->parts->len; i++)
    {
      const LfPhonePart *part = parts->parts->pdata[i];

      g_assert_nonnull (part->content_type);
      length += g_bytes_get_size (part->body);
      check_list (part->body);
    }
  g_assert_cmpuint (length, <=, size);
  return 0;
}

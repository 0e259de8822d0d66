/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_PHONE_PARTS_MAX_BYTES (2 * 1024 * 1024)
#define LF_PHONE_PARTS_MAX       4001 /* the list, and a document a line */

/**
 * LfPhonePart:
 * @content_type: media type without parameters
 * @content_id: (nullable): without brackets
 * @body: what it carries
 *
 * One part of a body of several.
 */
typedef struct
{
  char   *content_type;
  char   *content_id;
  GBytes *body;
} LfPhonePart;

/**
 * LfPhoneParts:
 * @root: (nullable): Content-ID of the part that tells what the others are; without it the first
 *
 * A body of type multipart/related.
 */
typedef struct
{
  char       *root;
  GPtrArray  *parts; /* LfPhonePart, at least one */
  GHashTable *by_id; /* content_id → LfPhonePart, both borrowed from parts */
} LfPhoneParts;

gboolean           lf_phone_parts_are (const char *content_type);
LfPhoneParts      *lf_phone_parts_parse (const char *content_type, const char *body, gsize length, GError **error);
void               lf_phone_parts_free (LfPhoneParts *self);
const LfPhonePart *lf_phone_parts_get_root (const LfPhoneParts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPhoneParts, lf_phone_parts_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-json-text.h"

/**
 * lf_json_read_root:
 * @json: an empty document, to be cleared by the caller
 * @document: JSON from a stranger
 * @limits: what it may hold
 *
 * Returns: (transfer none) (nullable): its object, %NULL if it is none
 */
const LfJsonItem *
lf_json_read_root (LfJsonDocument     *json,
                   GBytes             *document,
                   const LfJsonLimits *limits)
{
  gsize             length;
  const char       *text = g_bytes_get_data (document, &length);
  const LfJsonItem *root;

  if (length == 0 || !lf_json_document_read (json, text, length, limits, NULL))
    return NULL;
  root = lf_json_document_get_root (json);
  return root->type == LF_JSON_OBJECT ? root : NULL;
}

/**
 * lf_json_read_member:
 * @json: an empty document, to be cleared by the caller
 * @document: JSON from a stranger
 * @limits: what it may hold
 * @name: of a member of its object
 * @type: what that must be
 *
 * Returns: (transfer none) (nullable): the member
 */
const LfJsonItem *
lf_json_read_member (LfJsonDocument     *json,
                     GBytes             *document,
                     const LfJsonLimits *limits,
                     const char         *name,
                     LfJsonType          type)
{
  const LfJsonItem *root = lf_json_read_root (json, document, limits);
  const LfJsonItem *member = root == NULL ? NULL : lf_json_item_find (root, name);

  return member != NULL && member->type == type ? member : NULL;
}

/**
 * lf_json_item_dup_text:
 * @item: an object
 * @name: of a member
 *
 * Returns: (transfer full) (nullable): the member's text, %NULL if it is none
 */
char *
lf_json_item_dup_text (const LfJsonItem *item,
                       const char       *name)
{
  const LfJsonItem *member = lf_json_item_find (item, name);

  return member != NULL && member->type == LF_JSON_STRING ? g_strndup (member->text, member->length) : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_RLMI_TYPE          "application/rlmi+xml"
#define LF_RLMI_MAX_BYTES     (512 * 1024)
#define LF_RLMI_MAX_RESOURCES 4000

/**
 * LfRlmiResource:
 * @uri: SIP URI
 * @cid: (nullable): Content-ID of the part that tells its state, without brackets
 * @is_over: the PBX does not watch it, or no longer
 *
 * Somebody on a list, by the first instance that is not terminated.
 */
typedef struct
{
  char    *uri;
  char    *cid;
  gboolean is_over;
} LfRlmiResource;

/**
 * LfRlmi:
 * @version: of the document
 * @is_full: it names everybody who is on the list
 * @resources: of LfRlmiResource
 *
 * What changed on a list.
 */
typedef struct
{
  guint      version;
  gboolean   is_full;
  GPtrArray *resources;
} LfRlmi;

LfRlmi *lf_rlmi_parse (const char *text, gsize length, GError **error);
void    lf_rlmi_free (LfRlmi *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRlmi, lf_rlmi_free)

G_END_DECLS

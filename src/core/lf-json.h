/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfJsonLimits:
 * @max_bytes: longest document, bytes
 * @max_nodes: most values, containers among them, or 0 for no limit of its own
 * @max_depth: deepest nesting of arrays and objects
 *
 * What lf_json_check() lets through.
 */
typedef struct
{
  gsize max_bytes;
  guint max_nodes;
  guint max_depth;
} LfJsonLimits;

extern const LfJsonLimits lf_json_limits_request; /* server's: 64 KiB, 2000 nodes, depth 16 */
extern const LfJsonLimits lf_json_limits_reply;   /* client's, REST: 8 MiB decoded, depth 16 */
extern const LfJsonLimits lf_json_limits_frame;   /* client's, WebSocket: 64 KiB, depth 16 */

gboolean lf_json_check (const char *text, gsize length, const LfJsonLimits *limits, GError **error);

/* A writer that appends to a GString; commas are its business. Names are literals and not escaped. */
typedef struct
{
  GString *out;
  gboolean needs_comma;
} LfJsonWriter;

void lf_json_writer_init (LfJsonWriter *self, GString *out);
void lf_json_writer_begin (LfJsonWriter *self, char bracket); /* '{' or '[' */
void lf_json_writer_end (LfJsonWriter *self, char bracket);   /* '}' or ']' */
void lf_json_writer_name (LfJsonWriter *self, const char *name);
void lf_json_writer_string (LfJsonWriter *self, const char *text); /* NULL writes null */
void lf_json_writer_int (LfJsonWriter *self, gint64 value);
void lf_json_writer_bool (LfJsonWriter *self, gboolean value);
void lf_json_writer_instant (LfJsonWriter *self, gint64 instant_us); /* LF_INSTANT_NONE writes null */

G_END_DECLS

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
 * What lf_json_document_read() lets through.
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

typedef enum
{
  LF_JSON_NULL,
  LF_JSON_BOOL,
  LF_JSON_NUMBER,
  LF_JSON_STRING,
  LF_JSON_ARRAY,
  LF_JSON_OBJECT,
} LfJsonType;

/**
 * LfJsonItem:
 * @type: what it is
 * @span: how many items it takes, itself included: what follows it stands at `item + span`
 * @length: of a string, bytes; of an array, items; of an object, members
 * @text: of a string, escapes resolved, without NUL; in the document's text or in its own store
 * @number: within 2^53 either way
 * @is_true: of a truth value
 *
 * A value, or the name of a member. All of a document stand in one array, in order of appearance: an
 * array before its items, an object before its members, each a name (a string) and a value.
 */
typedef struct
{
  LfJsonType type;
  guint      span;
  guint      length;
  union
  {
    const char *text;
    double      number;
    gboolean    is_true;
  };
} LfJsonItem;

/* A document as it was read; all members private. */
typedef struct
{
  GArray    *items;     /* owned: LfJsonItem */
  GPtrArray *unescaped; /* owned, nullable: strings that held escapes */
} LfJsonDocument;

gboolean          lf_json_document_read (LfJsonDocument *self, const char *text, gsize length, const LfJsonLimits *limits, GError **error);
void              lf_json_document_clear (LfJsonDocument *self);
const LfJsonItem *lf_json_document_get_root (const LfJsonDocument *self);
const LfJsonItem *lf_json_item_find (const LfJsonItem *self, const char *name);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LfJsonDocument, lf_json_document_clear)

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

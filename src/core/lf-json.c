/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-json.h"

#define MAX_DEPTH        64 /* of any limit: the scanner keeps its open brackets in an array */
#define MAX_NUMBER_CHARS 40 /* longer spellings of a number within 2^53 have no use */
#define MAX_LINEAR_NAMES 16 /* an object with more names gets a hash set of them */
#define FIRST_ITEMS      32 /* an ordinary frame has no more */
#define MAX_EXACT_DIGITS 15 /* so many digits are a double without rounding */
#define MAX_INTEGER      G_GINT64_CONSTANT (9007199254740992)

const LfJsonLimits lf_json_limits_request = { 64 * 1024, 2000, 16 };
const LfJsonLimits lf_json_limits_reply = { 8 * 1024 * 1024, 0, 16 };
const LfJsonLimits lf_json_limits_frame = { 64 * 1024, 0, 16 };

typedef struct
{
  guint       item;      /* index of the bracket in Scanner.items */
  guint       n_members; /* values so far */
  GHashTable *set;       /* owned, nullable: names of this object, once there are many */
} Level;

typedef struct
{
  const char         *start;
  const char         *at;
  const char         *end;
  const LfJsonLimits *limits;
  guint               n_nodes;
  guint               depth;
  Level               levels[MAX_DEPTH];
  GArray             *items;     /* borrowed: LfJsonItem */
  GPtrArray          *unescaped; /* owned, nullable: strings that held escapes */
  GError            **error;
} Scanner;

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (Scanner *self, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list          args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (self->error, LF_ERROR, LF_ERROR_BAD_FRAME, "Not acceptable JSON: %s at byte %" G_GSIZE_FORMAT ".",
               reason, (gsize) (self->at - self->start));
  return FALSE;
}

static guint
hash_name (gconstpointer key)
{
  const LfJsonItem *name = key;
  guint             hash = 5381;

  for (guint i = 0; i < name->length; i++)
    hash = hash * 33 + (guchar) name->text[i];
  return hash;
}

static gboolean
equal_names (gconstpointer a, gconstpointer b)
{
  const LfJsonItem *x = a;
  const LfJsonItem *y = b;

  return x->length == y->length && memcmp (x->text, y->text, x->length) == 0;
}

/* Valid until the next one is added. */
static LfJsonItem *
get_item (Scanner *self, guint index)
{
  return &g_array_index (self->items, LfJsonItem, index);
}

static LfJsonItem *
add_item (Scanner *self, LfJsonType type)
{
  LfJsonItem item = { .type = type, .span = 1 };

  g_array_append_val (self->items, item);
  return get_item (self, self->items->len - 1);
}

static gboolean
count_node (Scanner *self)
{
  self->n_nodes++;
  if (self->limits->max_nodes != 0 && self->n_nodes > self->limits->max_nodes)
    return refuse (self, "more than %u values", self->limits->max_nodes);
  return TRUE;
}

static void
skip_space (Scanner *self)
{
  while (self->at < self->end && (*self->at == ' ' || *self->at == '\t' || *self->at == '\n' || *self->at == '\r'))
    self->at++;
}

static gboolean
scan_hex (Scanner *self, guint *unit)
{
  guint value = 0;

  if (self->end - self->at < 4)
    return refuse (self, "a \\u escape is cut short");
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (self->at[i]);

      if (digit < 0)
        return refuse (self, "a \\u escape is not hexadecimal");
      value = value * 16 + (guint) digit;
    }
  self->at += 4;
  *unit = value;
  return TRUE;
}

/* after "\u": one code point, a surrogate pair taken together */
static gboolean
scan_unicode_escape (Scanner *self, gunichar *character)
{
  guint high = 0;
  guint low = 0;

  if (!scan_hex (self, &high))
    return FALSE;
  if (high == 0)
    return refuse (self, "U+0000 in a string");
  if (high >= 0xdc00 && high <= 0xdfff)
    return refuse (self, "a lone low surrogate");
  *character = high;
  if (high < 0xd800 || high > 0xdbff)
    return TRUE;
  if (self->end - self->at < 2 || self->at[0] != '\\' || self->at[1] != 'u')
    return refuse (self, "a lone high surrogate");
  self->at += 2;
  if (!scan_hex (self, &low))
    return FALSE;
  if (low < 0xdc00 || low > 0xdfff)
    return refuse (self, "a lone high surrogate");
  *character = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  return TRUE;
}

/* after the backslash */
static gboolean
scan_escape (Scanner *self, gunichar *character)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meant[] = "\"\\/\b\f\n\r\t";
  const char       *found;

  if (self->at == self->end)
    return refuse (self, "an escape is cut short");
  if (*self->at == 'u')
    {
      self->at++;
      return scan_unicode_escape (self, character);
    }
  found = *self->at != '\0' ? strchr (letters, *self->at) : NULL;
  if (found == NULL)
    return refuse (self, "an unknown escape");
  *character = (gunichar) meant[found - letters];
  self->at++;
  return TRUE;
}

/* The text of a string that holds escapes, from the document up to now. */
static void
add_run (GString **plain, const char *run, const char *end)
{
  if (*plain == NULL)
    *plain = g_string_new (NULL);
  g_string_append_len (*plain, run, end - run);
}

/* at the opening quote */
static gboolean
scan_string (Scanner *self)
{
  g_autoptr (GString) plain = NULL; /* once there is an escape */
  const char         *from = ++self->at;
  const char         *run = from;
  LfJsonItem         *item;

  while (self->at < self->end && *self->at != '"')
    {
      gunichar character = 0;

      if ((guchar) *self->at < 0x20)
        return refuse (self, "a control character in a string");
      if (*self->at++ != '\\')
        continue;
      add_run (&plain, run, self->at - 1);
      if (!scan_escape (self, &character))
        return FALSE;
      g_string_append_unichar (plain, character);
      run = self->at;
    }
  if (self->at == self->end)
    return refuse (self, "a string without end");
  if (plain != NULL)
    add_run (&plain, run, self->at);
  item = add_item (self, LF_JSON_STRING);
  item->length = (guint) (plain != NULL ? plain->len : (gsize) (self->at - from));
  item->text = from;
  self->at++;
  if (plain == NULL)
    return TRUE;
  if (self->unescaped == NULL)
    self->unescaped = g_ptr_array_new_with_free_func (g_free);
  item->text = g_string_free (g_steal_pointer (&plain), FALSE);
  g_ptr_array_add (self->unescaped, (char *) item->text);
  return TRUE;
}

/* The name just read is the first of its spelling in the object. The names are those before the values
 * that are whole. */
static gboolean
is_new_name (Scanner *self, Level *level)
{
  const LfJsonItem *name = get_item (self, self->items->len - 1);
  const LfJsonItem *other = get_item (self, level->item + 1);

  if (level->set == NULL && level->n_members > MAX_LINEAR_NAMES)
    {
      level->set = g_hash_table_new_full (hash_name, equal_names, g_free, NULL);
      for (; other < name; other += 1 + other[1].span)
        g_hash_table_add (level->set, g_memdup2 (other, sizeof *other));
    }
  if (level->set != NULL)
    return g_hash_table_add (level->set, g_memdup2 (name, sizeof *name));
  for (; other < name; other += 1 + other[1].span)
    if (equal_names (other, name))
      return FALSE;
  return TRUE;
}

static gboolean
scan_name (Scanner *self, Level *level)
{
  if (self->at == self->end || *self->at != '"')
    return refuse (self, "a member name is missing");
  if (!scan_string (self))
    return FALSE;
  if (!is_new_name (self, level))
    return refuse (self, "a member name stands twice in one object");
  skip_space (self);
  if (self->at == self->end || *self->at != ':')
    return refuse (self, "a colon is missing");
  self->at++;
  skip_space (self);
  return TRUE;
}

static gboolean
skip_digits (Scanner *self)
{
  const char *first = self->at;

  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;
  return self->at > first;
}

/* The value of a number that is spelled as the grammar wants. */
static double
read_number (const char *text, gsize length)
{
  char   digits[MAX_NUMBER_CHARS + 1];
  gint64 whole = 0;
  gsize  n = 0;

  while (n < length && n < MAX_EXACT_DIGITS && g_ascii_isdigit (text[n]))
    whole = whole * 10 + (text[n++] - '0');
  if (n == length)
    return (double) whole;
  memcpy (digits, text, length);
  digits[length] = '\0';
  return g_ascii_strtod (digits, NULL);
}

static gboolean
scan_number (Scanner *self)
{
  const char *first = self->at;
  double      value;

  if (*self->at == '-')
    self->at++;
  if (self->at < self->end && *self->at == '0')
    self->at++;
  else if (!skip_digits (self))
    return refuse (self, "something that is no value");
  if (self->at < self->end && *self->at == '.')
    {
      self->at++;
      if (!skip_digits (self))
        return refuse (self, "a number without digits after the point");
    }
  if (self->at < self->end && (*self->at == 'e' || *self->at == 'E'))
    {
      self->at++;
      if (self->at < self->end && (*self->at == '+' || *self->at == '-'))
        self->at++;
      if (!skip_digits (self))
        return refuse (self, "a number without digits in its exponent");
    }
  if (self->at - first > MAX_NUMBER_CHARS)
    return refuse (self, "a number of more than %d characters", MAX_NUMBER_CHARS);
  value = read_number (first, (gsize) (self->at - first));
  if (!(value >= -(double) MAX_INTEGER && value <= (double) MAX_INTEGER))
    return refuse (self, "a number beyond 2^53");
  add_item (self, LF_JSON_NUMBER)->number = value;
  return TRUE;
}

static gboolean
scan_word (Scanner *self, const char *word, LfJsonType type)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return refuse (self, "something that is no value");
  self->at += length;
  add_item (self, type)->is_true = *word == 't';
  return TRUE;
}

static gboolean
open_bracket (Scanner *self)
{
  Level *level;

  if (self->depth >= self->limits->max_depth || self->depth >= MAX_DEPTH)
    return refuse (self, "nested deeper than %u levels", MIN (self->limits->max_depth, MAX_DEPTH));
  level = &self->levels[self->depth++];
  level->item = self->items->len;
  level->n_members = 0;
  level->set = NULL;
  add_item (self, *self->at == '{' ? LF_JSON_OBJECT : LF_JSON_ARRAY);
  self->at++;
  return TRUE;
}

static void
close_bracket (Scanner *self)
{
  Level      *level = &self->levels[--self->depth];
  LfJsonItem *item = get_item (self, level->item);

  item->span = self->items->len - level->item;
  item->length = level->n_members;
  g_clear_pointer (&level->set, g_hash_table_unref);
  self->at++;
}

static gboolean
scan_value (Scanner *self)
{
  if (self->at == self->end)
    return refuse (self, "the document ends early");
  if (!count_node (self))
    return FALSE;
  switch (*self->at)
    {
    case '{':
    case '[':
      return open_bracket (self);
    case '"':
      return scan_string (self);
    case 't':
      return scan_word (self, "true", LF_JSON_BOOL);
    case 'f':
      return scan_word (self, "false", LF_JSON_BOOL);
    case 'n':
      return scan_word (self, "null", LF_JSON_NULL);
    default:
      return scan_number (self);
    }
}

/* inside a bracket: its end, or the next member up to and including its value (or the bracket it opens) */
static gboolean
scan_member (Scanner *self)
{
  Level   *level = &self->levels[self->depth - 1];
  gboolean is_object = get_item (self, level->item)->type == LF_JSON_OBJECT;

  skip_space (self);
  if (self->at == self->end)
    return refuse (self, "the document ends early");
  if (*self->at == (is_object ? '}' : ']'))
    {
      close_bracket (self);
      return TRUE;
    }
  if (level->n_members++ > 0)
    {
      if (*self->at != ',')
        return refuse (self, "a comma is missing");
      self->at++;
      skip_space (self);
    }
  if (is_object && !scan_name (self, level))
    return FALSE;
  return scan_value (self);
}

static gboolean
scan_document (Scanner *self)
{
  skip_space (self);
  if (!scan_value (self))
    return FALSE;
  while (self->depth > 0)
    if (!scan_member (self))
      return FALSE;
  skip_space (self);
  return self->at == self->end || refuse (self, "something follows the document");
}

static gboolean
scan (Scanner *self, gsize length)
{
  const char *text = self->at;

  if (length > self->limits->max_bytes)
    {
      g_set_error (self->error, LF_ERROR, LF_ERROR_TOO_LARGE, "The JSON document is longer than %" G_GSIZE_FORMAT " bytes.",
                   self->limits->max_bytes);
      return FALSE;
    }
  if (length == 0)
    return refuse (self, "nothing");
  if (!g_utf8_validate_len (text, length, &self->at))
    return refuse (self, "bytes that are not UTF-8");
  self->at = text;
  return scan_document (self);
}

/**
 * lf_json_document_read:
 * @self: (out caller-allocates): what is in it
 * @text: bytes from a peer; need not end with NUL; outlives @self
 * @length: how many
 * @limits: what is let through
 * @error: %LF_ERROR_TOO_LARGE over `max_bytes`, else %LF_ERROR_BAD_FRAME
 *
 * The strict reader that every document goes through: one document in valid UTF-8 without a byte order
 * mark, RFC 8259 grammar without extensions, no member name twice in one object (escapes are resolved
 * first), no U+0000, surrogates in pairs, numbers within 2^53, the limits of nesting and of nodes. Time
 * and memory are linear in @length, and nesting costs no stack.
 *
 * Source: RFC 8259; RFC 7493 (I-JSON) sections 2.1 to 2.3.
 *
 * Returns: %TRUE if it was read; then lf_json_document_clear() frees it
 */
gboolean
lf_json_document_read (LfJsonDocument *self, const char *text, gsize length, const LfJsonLimits *limits, GError **error)
{
  Scanner  scanner = { text, text, text + length, limits, .error = error };
  gboolean is_good;

  g_return_val_if_fail (text != NULL || length == 0, FALSE);
  g_return_val_if_fail (limits != NULL, FALSE);

  scanner.items = g_array_sized_new (FALSE, FALSE, sizeof (LfJsonItem), FIRST_ITEMS);
  is_good = scan (&scanner, length);
  while (scanner.depth > 0)
    close_bracket (&scanner);
  *self = (LfJsonDocument){ scanner.items, scanner.unescaped };
  if (!is_good)
    lf_json_document_clear (self);
  return is_good;
}

/**
 * lf_json_document_clear:
 * @self: a document that was read
 *
 * Frees what is in it.
 */
void
lf_json_document_clear (LfJsonDocument *self)
{
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_pointer (&self->unescaped, g_ptr_array_unref);
}

/**
 * lf_json_document_get_root:
 * @self: a document that was read
 *
 * Returns: (transfer none): its one value
 */
const LfJsonItem *
lf_json_document_get_root (const LfJsonDocument *self)
{
  return &g_array_index (self->items, LfJsonItem, 0);
}

/**
 * lf_json_item_find:
 * @self: an object
 * @name: of a member
 *
 * Returns: (transfer none) (nullable): the member's value
 */
const LfJsonItem *
lf_json_item_find (const LfJsonItem *self, const char *name)
{
  gsize             length = strlen (name);
  const LfJsonItem *at = self + 1;

  g_return_val_if_fail (self->type == LF_JSON_OBJECT, NULL);

  for (guint i = 0; i < self->length; i++)
    {
      if (at->length == length && memcmp (at->text, name, length) == 0)
        return at + 1;
      at += 1 + at[1].span;
    }
  return NULL;
}

/**
 * lf_json_check:
 * @text: bytes from a peer; need not end with NUL
 * @length: of @text
 * @limits: what is let through
 * @error: as lf_json_document_read()
 *
 * Looks whether a document would be read.
 *
 * Returns: %TRUE if it would
 */
gboolean
lf_json_check (const char *text, gsize length, const LfJsonLimits *limits, GError **error)
{
  LfJsonDocument document;
  gboolean       is_good = lf_json_document_read (&document, text, length, limits, error);

  if (is_good)
    lf_json_document_clear (&document);
  return is_good;
}

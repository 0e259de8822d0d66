/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-json.h"

#define MAX_DEPTH        64 /* of any limit: the scanner keeps its open brackets in an array */
#define MAX_NUMBER_CHARS 40 /* longer spellings of a number within 2^53 have no use */
#define MAX_LINEAR_NAMES 16 /* an object with more names gets a hash set of them */
#define MAX_INTEGER      G_GINT64_CONSTANT (9007199254740992)

const LfJsonLimits lf_json_limits_request = { 64 * 1024, 2000, 16 };
const LfJsonLimits lf_json_limits_reply = { 8 * 1024 * 1024, 0, 16 };
const LfJsonLimits lf_json_limits_frame = { 64 * 1024, 0, 16 };

typedef struct
{
  const char *text; /* in the document, or in Scanner.unescaped */
  gsize       length;
} Name;

typedef struct
{
  gboolean    is_object;
  guint       n_members;  /* values so far */
  guint       first_name; /* index in Scanner.names */
  GHashTable *set;        /* owned, nullable: Name of this object, once there are many */
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
  GArray             *names;     /* owned: Name, of the open objects only */
  GPtrArray          *unescaped; /* owned, nullable: spellings of names that held escapes */
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
  const Name *name = key;
  guint       hash = 5381;

  for (gsize i = 0; i < name->length; i++)
    hash = hash * 33 + (guchar) name->text[i];
  return hash;
}

static gboolean
equal_names (gconstpointer a, gconstpointer b)
{
  const Name *x = a;
  const Name *y = b;

  return x->length == y->length && memcmp (x->text, y->text, x->length) == 0;
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
  guint high, low;

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

/* at the opening quote; @plain gets the text when it held escapes */
static gboolean
scan_string (Scanner *self, const char **from, gsize *length, GString **plain)
{
  const char *run;

  self->at++;
  run = *from = self->at;
  while (self->at < self->end && *self->at != '"')
    {
      gunichar character = 0;

      if ((guchar) *self->at < 0x20)
        return refuse (self, "a control character in a string");
      if (*self->at != '\\')
        {
          self->at++;
          continue;
        }
      if (plain != NULL && *plain == NULL)
        *plain = g_string_new (NULL);
      if (plain != NULL)
        g_string_append_len (*plain, run, self->at - run);
      self->at++;
      if (!scan_escape (self, &character))
        return FALSE;
      if (plain != NULL)
        g_string_append_unichar (*plain, character);
      run = self->at;
    }
  if (self->at == self->end)
    return refuse (self, "a string without end");
  *length = (gsize) (self->at - *from);
  if (plain != NULL && *plain != NULL)
    g_string_append_len (*plain, run, self->at - run);
  self->at++;
  return TRUE;
}

static gboolean
remember_name (Scanner *self, Level *level, const Name *name)
{
  guint n_names = self->names->len - level->first_name;

  if (level->set == NULL && n_names == MAX_LINEAR_NAMES)
    {
      level->set = g_hash_table_new_full (hash_name, equal_names, g_free, NULL);
      for (guint i = level->first_name; i < self->names->len; i++)
        g_hash_table_add (level->set, g_memdup2 (&g_array_index (self->names, Name, i), sizeof (Name)));
    }
  if (level->set != NULL)
    return g_hash_table_add (level->set, g_memdup2 (name, sizeof *name));
  for (guint i = level->first_name; i < self->names->len; i++)
    if (equal_names (&g_array_index (self->names, Name, i), name))
      return FALSE;
  g_array_append_vals (self->names, name, 1);
  return TRUE;
}

static gboolean
scan_name (Scanner *self, Level *level)
{
  g_autoptr (GString) plain = NULL;
  Name                name;

  if (self->at == self->end || *self->at != '"')
    return refuse (self, "a member name is missing");
  if (!scan_string (self, &name.text, &name.length, &plain))
    return FALSE;
  if (plain != NULL)
    {
      name.length = plain->len;
      name.text = g_string_free (g_steal_pointer (&plain), FALSE);
      if (self->unescaped == NULL)
        self->unescaped = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (self->unescaped, (char *) name.text);
    }
  if (!remember_name (self, level, &name))
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

static gboolean
scan_number (Scanner *self)
{
  const char *first = self->at;
  char        digits[MAX_NUMBER_CHARS + 1];
  gsize       length;
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
  length = (gsize) (self->at - first);
  if (length > MAX_NUMBER_CHARS)
    return refuse (self, "a number of more than %d characters", MAX_NUMBER_CHARS);
  memcpy (digits, first, length);
  digits[length] = '\0';
  value = g_ascii_strtod (digits, NULL);
  if (!(value >= -(double) MAX_INTEGER && value <= (double) MAX_INTEGER))
    return refuse (self, "a number beyond 2^53");
  return TRUE;
}

static gboolean
scan_word (Scanner *self, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return refuse (self, "something that is no value");
  self->at += length;
  return TRUE;
}

static gboolean
open_bracket (Scanner *self)
{
  Level *level;

  if (self->depth >= self->limits->max_depth || self->depth >= MAX_DEPTH)
    return refuse (self, "nested deeper than %u levels", MIN (self->limits->max_depth, MAX_DEPTH));
  level = &self->levels[self->depth++];
  level->is_object = *self->at == '{';
  level->n_members = 0;
  level->first_name = self->names->len;
  level->set = NULL;
  self->at++;
  return TRUE;
}

static void
close_bracket (Scanner *self)
{
  Level *level = &self->levels[--self->depth];

  g_array_set_size (self->names, level->first_name);
  g_clear_pointer (&level->set, g_hash_table_unref);
  self->at++;
}

static gboolean
scan_value (Scanner *self)
{
  const char *from;
  gsize       length;

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
      return scan_string (self, &from, &length, NULL);
    case 't':
      return scan_word (self, "true");
    case 'f':
      return scan_word (self, "false");
    case 'n':
      return scan_word (self, "null");
    default:
      return scan_number (self);
    }
}

/* inside a bracket: its end, or the next member up to and including its value (or the bracket it opens) */
static gboolean
scan_member (Scanner *self)
{
  Level *level = &self->levels[self->depth - 1];

  skip_space (self);
  if (self->at == self->end)
    return refuse (self, "the document ends early");
  if (*self->at == (level->is_object ? '}' : ']'))
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
  if (level->is_object && !scan_name (self, level))
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

/**
 * lf_json_check:
 * @text: bytes from a peer; need not end with NUL
 * @length: of @text
 * @limits: what is let through
 * @error: %LF_ERROR_TOO_LARGE over `max_bytes`, else %LF_ERROR_BAD_FRAME
 *
 * The strict check that stands before every JSON parser: one document in valid UTF-8 without a byte
 * order mark, RFC 8259 grammar without extensions, no member name twice in one object (escapes are
 * resolved first), no U+0000, surrogates in pairs, numbers within 2^53, the limits of nesting and of
 * nodes. Time and memory are linear in @length. json-glib takes much that is not JSON and crashes
 * when nesting is deep: it never sees what did not pass here.
 *
 * Source: RFC 8259; RFC 7493 (I-JSON) sections 2.1 to 2.3.
 *
 * Returns: %TRUE if the document may be parsed
 */
gboolean
lf_json_check (const char *text, gsize length, const LfJsonLimits *limits, GError **error)
{
  Scanner  scanner = { text, text, text + length, limits, .error = error };
  gboolean is_good;

  g_return_val_if_fail (text != NULL || length == 0, FALSE);
  g_return_val_if_fail (limits != NULL, FALSE);

  if (length > limits->max_bytes)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_TOO_LARGE, "The JSON document is longer than %" G_GSIZE_FORMAT " bytes.",
                   limits->max_bytes);
      return FALSE;
    }
  if (length == 0)
    return refuse (&scanner, "nothing");
  if (!g_utf8_validate_len (text, length, &scanner.at))
    return refuse (&scanner, "bytes that are not UTF-8");
  scanner.at = text;
  scanner.names = g_array_sized_new (FALSE, FALSE, sizeof (Name), MAX_LINEAR_NAMES);
  is_good = scan_document (&scanner);
  while (scanner.depth > 0)
    close_bracket (&scanner);
  g_array_unref (scanner.names);
  g_clear_pointer (&scanner.unescaped, g_ptr_array_unref);
  return is_good;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lf-fuzz.h"
#include "lf-ws-frame.h"
#include "lf-ws-reader.h"

/* What clients send after the upgrade, as bytes. However the network cuts them, the server reads the
 * same from them. */

#define MAX_CONTROL  125
#define OPCODE_CLOSE 0x8
#define PROTOCOL     1002 /* RFC 6455 section 7.4.1 */
#define NOT_UTF8     1007

typedef struct
{
  GString *words; /* everything that was found */
  gboolean is_over;
} Found;

static gboolean
on_text (const char *text, gsize length, gpointer user_data)
{
  Found *found = user_data;

  g_assert_cmpuint (length, <=, LF_WS_MAX_MESSAGE);
  g_assert_true (g_utf8_validate_len (text, length, NULL) || memchr (text, '\0', length) != NULL);
  g_string_append_printf (found->words, "text %" G_GSIZE_FORMAT " ", length);
  g_string_append_len (found->words, text, (gssize) length);
  found->is_over = length == 4 && memcmp (text, "stop", 4) == 0;
  return !found->is_over;
}

static gboolean
on_ping (const guint8 *payload, gsize length, gpointer user_data)
{
  Found *found = user_data;

  g_assert_cmpuint (length, <=, MAX_CONTROL);
  g_string_append_printf (found->words, "ping %" G_GSIZE_FORMAT " ", length);
  g_string_append_len (found->words, (const char *) payload, (gssize) length);
  return TRUE;
}

static gboolean
on_frame (gpointer user_data)
{
  g_string_append (((Found *) user_data)->words, "frame ");
  return TRUE;
}

static void
on_close (guint code, gpointer user_data)
{
  Found *found = user_data;

  g_string_append_printf (found->words, "close %u ", code);
  found->is_over = TRUE;
}

/* Returns: (transfer full): everything that was found, in words. @rand: how to cut; NULL: not at all */
static GString *
read_all (LfWsPool *pool, const guint8 *data, gsize size, GRand *rand)
{
  static const LfWsReaderFuncs funcs = { .text = on_text, .ping = on_ping, .frame = on_frame, .close = on_close };
  Found                        found = { g_string_new (NULL), FALSE };
  LfWsReader                   reader = { 0 };
  guint                        code = 0;
  gsize                        at = 0;

  while (at < size && code == 0 && !found.is_over)
    {
      gsize n = rand != NULL ? (gsize) g_rand_int_range (rand, 1, 40) : size;

      n = MIN (n, size - at);
      code = lf_ws_reader_feed (&reader, pool, data + at, n, &funcs, &found);
      at += n;
    }
  lf_ws_reader_clear (&reader, pool);
  /* Of what is wrong twice, wslay names the one that it meets first. */
  g_string_append_printf (found.words, "end %u", code == NOT_UTF8 ? PROTOCOL : code);
  return found.words;
}

/* How many bytes stand before the first close frame. Of its reason wslay looks at more or less,
 * depending on where the bytes were cut; whatever it says then, the connection is over. */
static gsize
find_close (const guint8 *data, gsize size)
{
  gsize at = 0;

  while (at + 2 <= size && (data[at] & 0x0f) != OPCODE_CLOSE)
    {
      guint8  first = data[at + 1] & 0x7f;
      gsize   n_header = at + 2 + (first == 127 ? 8 : first == 126 ? 2
                                                                   : 0);
      guint64 length = first < 126 ? first : 0;

      for (gsize i = at + 2; i < n_header && i < size; i++)
        length = length << 8 | data[i];
      n_header += data[at + 1] & 0x80 ? 4 : 0;
      if (n_header > size || length > size - n_header)
        return size;
      at = n_header + length;
    }
  return MIN (at, size);
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: bytes of a connection
 * @size: how many
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  LfWsPool           *pool = lf_ws_pool_new ();
  gsize               n_open = find_close (data, size);
  g_autoptr (GRand)   rand = lf_fuzz_rand_new (data, size);
  g_autoptr (GString) all = read_all (pool, data, size, rand);
  g_autoptr (GString) whole = read_all (pool, data, n_open, NULL);
  g_autoptr (GString) cut = read_all (pool, data, n_open, rand);
  g_autoptr (GString) again = read_all (pool, data, n_open, NULL); /* by contexts that were lent before */

  g_assert_cmpuint (all->len, >, 0);
  g_assert_cmpmem (cut->str, cut->len, whole->str, whole->len);
  g_assert_cmpmem (again->str, again->len, whole->str, whole->len);
  lf_ws_pool_free (pool);
  return 0;
}

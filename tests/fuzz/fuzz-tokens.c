/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lampfield-core.h"
#include "lf-fuzz.h"
#include "lf-http-check.h"
#include "lf-server-fixture.h"
#include "lf-store-accounts.h"
#include "lf-store-chat.h"
#include "lf-store-text.h"
#include "lf-token.h"

/* The short texts that a client hands back or makes up: the value of an Authorization header, tokens,
 * cursors, instants. Each input is tried as each of them. */

static void
try_instant (const char *text)
{
  char   written[LF_INSTANT_MAX_CHARS];
  gint64 instant_us = 0;
  gint64 again_us = 0;

  if (!lf_instant_parse (text, &instant_us))
    return;
  lf_instant_format (instant_us, written);
  g_assert_true (lf_instant_parse (written, &again_us));
  g_assert_cmpint (again_us, ==, instant_us);
  g_assert_cmpint (strncmp (written, text, strlen ("2026-03-02T10:00:00")), ==, 0);
}

static void
try_authorization (const char *text)
{
  LfHttpHeaders    headers = { .authorization = text, .type = text };
  const char      *token = lf_http_headers_get_bearer (&headers);
  g_autofree char *hash = lf_token_hash (token != NULL ? token : text);
  g_autofree char *next = lf_token_derive (text, "salt");
  g_autofree char *same = lf_token_derive (text, "salt");

  g_assert_true (token == NULL || (token > text && token <= text + strlen (text)));
  g_assert_cmpuint (strlen (hash), ==, 64);
  g_assert_cmpstr (next, ==, same);
  g_assert_cmpuint (strlen (next), <=, LF_TOKEN_MAX_CHARS);
  lf_http_headers_are_json (&headers);
  lf_http_has_token (text, "lampfield.v1");
}

static void
try_cursor (const char *text)
{
  g_auto (GStrv)     parts = NULL;
  g_auto (GStrv)     again = NULL;
  g_autofree char   *made = NULL;
  g_autoptr (GError) error = NULL;

  if (!lf_cursor_parse (text, 2, &parts, &error))
    {
      g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
      return;
    }
  made = lf_cursor_make (parts[0], parts[1], NULL);
  g_assert_true (lf_cursor_parse (made, 2, &again, &error));
  g_assert_true (g_strv_equal ((const char *const *) parts, (const char *const *) again));
}

/* Whatever the cursor says, it is a bad request or a page: no failure of the database. */
static void
try_pages (const char *text)
{
  static LfDb                        *db; /* made once; it lives as long as the process */
  static char                        *user;
  g_autoptr (GError)                  error = NULL;
  g_autoptr (LfWirePeoplePage)        people = NULL;
  g_autoptr (LfWireConversationsPage) chats = NULL;

  if (db == NULL)
    {
      db = lf_test_db_new ();
      user = lf_test_db_add (db, "mara", "Mara Klein", NULL);
      g_free (lf_test_db_add (db, "jonas", "Jonas Weber", NULL));
      g_free (lf_test_db_add (db, "priya", "Priya Nair", NULL));
    }
  people = lf_store_accounts_search (db, user, "a", text, 1, &error);
  if (people == NULL)
    g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
  g_clear_error (&error);
  chats = lf_store_chat_list (db, user, text, 1, &error);
  if (chats == NULL)
    g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: a short text
 * @size: its bytes
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  try_instant (text);
  try_authorization (text);
  try_cursor (text);
  if (g_utf8_validate (text, -1, NULL)) /* as lf_http_request_get_query() gives it */
    try_pages (text);
  return 0;
}

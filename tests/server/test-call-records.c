/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-raw.h"
#include "lf-test-util.h"

/* A server with two people; mara has line 2043, jonas 2041, and a phone connector reports calls. */
typedef struct
{
  LfRig *rig;
  char  *mara;
  char  *jonas;
  char  *token; /* mara's */
  char  *jonas_token;
  char  *phones;
  LfRaw *stream; /* mara's */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->mara = lf_rig_add_person (fixture->rig, "mara");
  fixture->jonas = lf_rig_add_person (fixture->rig, "jonas");
  fixture->phones = lf_rig_add_token (fixture->rig, "phone", "PBX");
  lf_rig_add_line (fixture->rig, "2041", fixture->jonas);
  lf_rig_add_line (fixture->rig, "2043", fixture->mara);
  lf_rig_start (fixture->rig);
  fixture->token = lf_rig_sign_in (fixture->rig, "mara");
  fixture->jonas_token = lf_rig_sign_in (fixture->rig, "jonas");
  fixture->stream = lf_raw_open_live (fixture->rig, fixture->token);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&fixture->stream, lf_raw_free);
  g_free (fixture->mara);
  g_free (fixture->jonas);
  g_free (fixture->token);
  g_free (fixture->jonas_token);
  g_free (fixture->phones);
  lf_rig_free (fixture->rig);
}

static void
post_records (Fixture *fixture, const char *items, guint status)
{
  g_autofree char       *body = g_strdup_printf ("{\"items\":[%s]}", items);
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "POST", "/lines/2043/calls", fixture->phones, body);

  if (reply->status != status)
    g_error ("%s gave %u: %s", items, reply->status, reply->body);
}

/* A report that begins @at_s ago. */
static char *
make_report (const char *call_id, const char *peer, gint64 at_s, const char *rest)
{
  char start[LF_INSTANT_MAX_CHARS];

  lf_instant_format (g_get_real_time () / LF_SECOND * LF_SECOND - at_s * LF_SECOND, start);
  return g_strdup_printf ("{\"call_id\":\"%s\",\"peer\":\"%s\",\"started_at\":\"%s\",%s}", call_id, peer, start, rest);
}

#define SEEN  "\"direction\":\"inbound\",\"provisional\":true"
#define FINAL "\"direction\":\"inbound\",\"provisional\":false"
#define OUT   "\"direction\":\"outbound\",\"provisional\":true"

static LfWireCallRecordsPage *
list_records (Fixture *fixture, const char *token, const char *query)
{
  g_autofree char       *path = g_strconcat ("/calls/history", query, NULL);
  g_autoptr (LfRawReply) reply = lf_raw_call (fixture->rig, "GET", path, token, NULL);
  g_autoptr (GError)     error = NULL;
  LfWireCallRecordsPage *page;

  g_assert_cmpuint (reply->status, ==, 200);
  page = lf_codec_decode (&lf_schema_call_records_page, reply->body, strlen (reply->body), &lf_json_limits_reply, &error);
  g_assert_no_error (error);
  return page;
}

static void
test_records (Fixture *fixture, gconstpointer unused)
{
  g_autofree char                  *missed = make_report ("a", "2041", 300, SEEN);
  g_autofree char                  *placed = make_report ("b", "sip:unknown@elsewhere", 200, OUT);
  g_autofree char                  *event = NULL;
  g_autoptr (LfWireCallRecordsPage) all = NULL;
  g_autoptr (LfWireCallRecordsPage) second = NULL;
  g_autoptr (LfWireCallRecordsPage) only = NULL;
  g_autoptr (LfWireCallRecordsPage) others = NULL;
  g_autofree char                  *query = NULL;
  const LfWireCallRecord           *record;

  g_test_summary ("Calls stand in their owner's lists, latest first, with the person whose number it is, after a restart, too");
  post_records (fixture, missed, 204);
  event = lf_raw_hear_type (fixture->stream, "call");
  g_assert_nonnull (strstr (event, "\"missed\""));
  post_records (fixture, missed, 204);
  post_records (fixture, placed, 204);
  g_clear_pointer (&fixture->stream, lf_raw_free);
  lf_rig_restart (fixture->rig);
  all = list_records (fixture, fixture->token, "?limit=1");
  g_assert_cmpuint (all->items->len, ==, 1);
  record = all->items->pdata[0];
  g_assert_cmpint (record->kind, ==, LF_CALL_PLACED);
  g_assert_null (record->user);
  query = g_strconcat ("?before=", all->next, NULL);
  second = list_records (fixture, fixture->token, query);
  g_assert_cmpuint (second->items->len, ==, 1);
  g_assert_null (second->next);
  record = second->items->pdata[0];
  g_assert_cmpint (record->kind, ==, LF_CALL_MISSED);
  g_assert_cmpstr (record->user, ==, fixture->jonas);
  g_assert_cmpstr (record->name, ==, "jonas");
  only = list_records (fixture, fixture->token, "?kind=received");
  g_assert_cmpuint (only->items->len, ==, 0);
  others = list_records (fixture, fixture->jonas_token, "");
  g_assert_cmpuint (others->items->len, ==, 0);
}

static void
test_shared_line (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GPtrArray)             shares = lf_line_shares_new ();
  LfLineRow                         line = { (char *) "2043", (char *) "tel:2043", fixture->mara, TRUE, NULL, shares };
  g_autofree char                  *missed = make_report ("a", "2099", 300, SEEN);
  g_autofree char                  *told = NULL;
  g_autoptr (LfWireCallRecordsPage) first = NULL;
  g_autoptr (LfWireCallRecordsPage) second = NULL;

  g_test_summary ("A call of a shared line stands in the lists of all whose line it is");
  lf_line_shares_add (shares, fixture->jonas, FALSE);
  lf_hub_set_line (fixture->rig->server->hub, &line);
  post_records (fixture, missed, 204);
  told = lf_raw_hear_type (fixture->stream, "call");
  g_assert_nonnull (strstr (told, "\"missed\""));
  first = list_records (fixture, fixture->token, "");
  second = list_records (fixture, fixture->jonas_token, "?kind=missed");
  g_assert_cmpuint (first->items->len, ==, 1);
  g_assert_cmpuint (second->items->len, ==, 1);
}

static void
test_replaced (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *claim;
    const char *call_ids[2];
    const char *peers[2];
    gint64      at_s[2];
    const char *kinds[2];
    guint       n_records;
  } rows[] = {
    { "the same call", { "a", "a" }, { "2041", "2041" }, { 1000, 990 }, { SEEN, FINAL }, 1 },
    { "the same end, 4 s apart", { "a", "b" }, { "2041", "sip:2041@elsewhere" }, { 1000, 996 }, { SEEN, FINAL }, 2 },
    { "the same end in another spelling", { "a", "b" }, { "2041", "tel:20-41" }, { 1000, 996 }, { SEEN, FINAL }, 1 },
    { "the same end, 6 s apart", { "a", "b" }, { "2041", "2041" }, { 1000, 994 }, { SEEN, FINAL }, 2 },
    { "another end", { "a", "b" }, { "2041", "2042" }, { 1000, 1000 }, { SEEN, FINAL }, 2 },
    { "the other way", { "a", "b" }, { "2041", "2041" }, { 1000, 1000 }, { OUT, FINAL }, 2 },
    { "what was only seen comes later", { "a", "b" }, { "2041", "2041" }, { 1000, 1000 }, { FINAL, SEEN }, 1 },
    { "two final ones are two calls", { "a", "b" }, { "2041", "2041" }, { 1000, 998 }, { FINAL, FINAL }, 2 },
    { "no number is nobody's", { "a", "b" }, { "anonymous", "anonymous" }, { 1000, 998 }, { SEEN, FINAL }, 2 },
  };
  guint n_before = 0;

  g_test_summary ("The record of the telephone system takes the place of what was seen on the line");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfWireCallRecordsPage) page = NULL;

      for (guint k = 0; k < 2; k++)
        {
          g_autofree char *call_id = g_strdup_printf ("%u-%s", (guint) i, rows[i].call_ids[k]);
          g_autofree char *item = make_report (call_id, rows[i].peers[k], rows[i].at_s[k] + (gint64) i * 5000, rows[i].kinds[k]);

          post_records (fixture, item, 204);
        }
      page = list_records (fixture, fixture->token, "?limit=200");
      g_test_message ("%s", rows[i].claim);
      g_assert_cmpuint (page->items->len - n_before, ==, rows[i].n_records);
      n_before = page->items->len;
    }
}

static void
test_bad_records (Fixture *fixture, gconstpointer unused)
{
  g_autofree char                  *future = make_report ("a", "2041", -7200, SEEN);
  g_autofree char                  *aimless = make_report ("a", "2041", 10, "\"direction\":\"none\",\"provisional\":true");
  g_autofree char                  *backwards = make_report ("a", "2041", 10, SEEN ",\"answered_at\":\"2020-01-01T00:00:00Z\"");
  g_autofree char                  *ancient = make_report ("a", "2041", 91 * 86400, SEEN);
  g_autofree char                  *unended = make_report ("a", "2041", 10, SEEN ",\"ended_at\":\"2020-01-01T00:00:00Z\"");
  g_autoptr (LfWireCallRecordsPage) page = NULL;

  g_test_summary ("Reports that cannot be are refused; what is too old is left");
  post_records (fixture, future, 400);
  post_records (fixture, aimless, 400);
  post_records (fixture, backwards, 400);
  post_records (fixture, unended, 400);
  post_records (fixture, "{\"call_id\":\"a\"}", 400);
  post_records (fixture, ancient, 204);
  page = list_records (fixture, fixture->token, "");
  g_assert_cmpuint (page->items->len, ==, 0);
}

static void
test_blocked_name (Fixture *fixture, gconstpointer unused)
{
  g_autofree char                  *path = g_strconcat ("/me/permissions/", fixture->mara, NULL);
  g_autoptr (LfRawReply)            blocked = lf_raw_call (fixture->rig, "PUT", path, fixture->jonas_token, "{\"blocked\":true}");
  g_autofree char                  *item = make_report ("a", "2041", 10, SEEN);
  g_autoptr (LfWireCallRecordsPage) page = NULL;
  const LfWireCallRecord           *record;

  g_test_summary ("Somebody who blocks the reader is a number in the lists");
  g_assert_cmpuint (blocked->status, ==, 204);
  post_records (fixture, item, 204);
  page = list_records (fixture, fixture->token, "");
  record = page->items->pdata[0];
  g_assert_null (record->user);
  g_assert_null (record->name);
  g_assert_cmpstr (record->address, ==, "2041");
}

#define ADD(path, function) g_test_add ("/call-records/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("records", test_records);
  ADD ("shared-line", test_shared_line);
  ADD ("replaced", test_replaced);
  ADD ("bad", test_bad_records);
  ADD ("blocked-name", test_blocked_name);
  return g_test_run ();
}

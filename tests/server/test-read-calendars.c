/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-route-fixture.h"

/* Which calendars are read for whom, over real sockets: `calendars` in `me`. */

typedef struct
{
  Fixture base;
  char   *token; /* of a calendar connector */
  char   *phone; /* of another one */
} ReadFixture;

static void
set_up (ReadFixture *fixture, gconstpointer unused)
{
  Fixture *base = &fixture->base;

  base->rig = lf_rig_new ();
  base->mara = lf_rig_add_person (base->rig, "mara");
  base->jonas = lf_rig_add_person (base->rig, "jonas");
  lf_rig_add_contact (base->rig, base->mara, base->jonas);
  fixture->token = lf_rig_add_token (base->rig, "calendar", "Calendars");
  fixture->phone = lf_rig_add_token (base->rig, "phone", "PBX");
  lf_rig_start (base->rig);
  base->mara_token = lf_rig_sign_in (base->rig, "mara");
  base->jonas_token = lf_rig_sign_in (base->rig, "jonas");
}

static void
tear_down (ReadFixture *fixture, gconstpointer unused)
{
  g_free (fixture->token);
  g_free (fixture->phone);
  fixture_tear_down (&fixture->base, NULL);
}

/* The next `session` frame's calendars, or what GET /me has of them: "work calendar_refused -". */
static char *
describe (const LfWireMe *me)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < me->calendars->len; i++)
    {
      const LfWireReadCalendar *calendar = me->calendars->pdata[i];

      g_string_append_printf (text, "%s%s %s%s", i > 0 ? ", " : "", calendar->source, lf_calendar_code_names[calendar->code],
                              calendar->read_at_us != LF_INSTANT_NONE ? " read" : "");
    }
  return g_string_free (text, FALSE);
}

static char *
hear_calendars (LfRaw *raw)
{
  g_autofree char    *text = lf_raw_hear_type (raw, "session");
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfFrame) frame = lf_frame_decode (text, strlen (text), &lf_json_limits_reply, &error);

  g_assert_no_error (error);
  return describe (&((LfWireSessionChange *) frame->body)->me);
}

static char *
get_calendars (ReadFixture *fixture, const char *token)
{
  g_autoptr (LfRawReply) reply = call_as (&fixture->base, token, "GET", "/me", NULL);
  g_autoptr (LfWireMe)   me = decode (reply, &lf_schema_me);

  return describe (me);
}

#define assert_words(words, expected)     \
  G_STMT_START                            \
  {                                       \
    g_autofree char *said = words;        \
    g_assert_cmpstr (said, ==, expected); \
  }                                       \
  G_STMT_END

static void
publish_at (ReadFixture *fixture, const char *path, const char *token, gint64 read_at_us)
{
  char             read_at[LF_INSTANT_MAX_CHARS];
  char             until[LF_INSTANT_MAX_CHARS];
  g_autofree char *body = NULL;

  lf_instant_format (read_at_us / LF_SECOND * LF_SECOND, read_at);
  lf_instant_format (read_at_us / LF_SECOND * LF_SECOND + LF_DAY, until);
  body = g_strdup_printf ("{\"read_at\":\"%s\",\"known_from\":\"%s\",\"known_until\":\"%s\",\"periods\":[]}", read_at, read_at, until);
  call_status (&fixture->base, token, "PUT", path, body, 204);
}

static void
publish (ReadFixture *fixture, const char *path, const char *token)
{
  publish_at (fixture, path, token, g_get_real_time ());
}

static void
say_health (ReadFixture *fixture, LfRaw *connector, const char *format)
{
  g_autofree char *text = fill_in (&fixture->base, format);

  lf_raw_say (connector, text);
}

static void
test_owner (ReadFixture *fixture, gconstpointer unused)
{
  Fixture          *base = &fixture->base;
  g_autoptr (LfRaw) connector = lf_raw_open_stream (base->rig, fixture->token);
  g_autoptr (LfRaw) jonas = NULL;
  g_autoptr (LfRaw) again = NULL;
  g_autofree char  *snapshot = NULL;

  g_test_summary ("Whose calendar cannot be read hears of it at once, on the stream, in the snapshot and by GET /me, and when it is over");
  lf_raw_say (connector, "{\"t\":\"start\"}");
  g_free (lf_raw_hear_type (connector, "hello"));
  jonas = lf_raw_open_live (base->rig, base->jonas_token);
  assert_words (get_calendars (fixture, base->jonas_token), "");

  publish (fixture, "/users/{jonas}/calendars/work/busy", fixture->token);
  assert_words (hear_calendars (jonas), "work ok read");
  say_health (fixture, connector, "{\"t\":\"health\",\"code\":\"calendar_refused\",\"source\":\"work\",\"user\":\"{jonas}\"}");
  assert_words (hear_calendars (jonas), "work calendar_refused read");
  say_health (fixture, connector, "{\"t\":\"health\",\"code\":\"calendar_unreadable\",\"source\":\"private\",\"user\":\"{jonas}\"}");
  assert_words (hear_calendars (jonas), "private calendar_unreadable, work calendar_refused read");
  assert_words (get_calendars (fixture, base->jonas_token), "private calendar_unreadable, work calendar_refused read");

  again = lf_raw_open_stream (base->rig, base->jonas_token);
  lf_raw_say (again, "{\"t\":\"start\"}");
  snapshot = lf_raw_hear_type (again, "snapshot");
  g_assert_nonnull (strstr (snapshot, "\"calendars\":[{\"source\":\"private\",\"code\":\"calendar_unreadable\"},{\"source\":\"work\""));

  say_health (fixture, connector, "{\"t\":\"health\",\"code\":\"calendar_dropped\",\"source\":\"private\",\"user\":\"{jonas}\"}");
  assert_words (hear_calendars (again), "work calendar_refused read");
  say_health (fixture, connector, "{\"t\":\"health\",\"code\":\"ok\",\"source\":\"work\",\"user\":\"{jonas}\"}");
  assert_words (hear_calendars (again), "work ok read");
  publish (fixture, "/me/calendars/work/busy", base->jonas_token); /* the own desktop's from now on */
  assert_words (hear_calendars (again), "");
}

/* How many `session` frames come until the one that tells that this is said. */
static guint
count_before_dnd (ReadFixture *fixture, LfRaw *raw, const char *token)
{
  guint n = 0;

  call_status (&fixture->base, token, "PUT", "/me/dnd", "{\"on\":true}", 200);
  for (;;)
    {
      g_autofree char *text = lf_raw_hear_type (raw, "session");

      if (strstr (text, "\"dnd\":{\"on\":true") != NULL)
        return n;
      n++;
    }
}

static void
test_quiet (ReadFixture *fixture, gconstpointer unused)
{
  static const char *const says[] = {
    "{\"t\":\"health\",\"code\":\"ok\",\"source\":\"work\",\"user\":\"{jonas}\"}",
    "{\"t\":\"health\",\"code\":\"calendar_gone\",\"source\":\"work\",\"user\":\"{jonas}\"}",
  };
  Fixture               *base = &fixture->base;
  g_autoptr (LfRaw)      connector = lf_raw_open_stream (base->rig, fixture->token);
  g_autoptr (LfRaw)      jonas = NULL;
  g_autoptr (LfWireMe)   me = NULL;
  g_autoptr (LfRawReply) reply = NULL;
  gint64                 first_us = g_get_real_time () / LF_SECOND * LF_SECOND - LF_HOUR;

  g_test_summary ("A reading that changes nothing but its time sends nothing to the owner; who asks is told the time");
  lf_raw_say (connector, "{\"t\":\"start\"}");
  g_free (lf_raw_hear_type (connector, "hello"));
  jonas = lf_raw_open_live (base->rig, base->jonas_token);
  publish_at (fixture, "/users/{jonas}/calendars/work/busy", fixture->token, first_us);
  assert_words (hear_calendars (jonas), "work ok read");
  for (gsize i = 0; i < G_N_ELEMENTS (says); i++)
    {
      for (int n = 1; n <= 5; n++)
        {
          publish_at (fixture, "/users/{jonas}/calendars/work/busy", fixture->token, first_us + n * LF_MINUTE);
          say_health (fixture, connector, says[i]);
          lf_raw_say (connector, "{\"t\":\"ping\",\"n\":1}");
          g_free (lf_raw_hear_type (connector, "pong")); /* it was taken */
        }
      g_assert_cmpuint (count_before_dnd (fixture, jonas, base->jonas_token), ==, i); /* the code changes once */
      call_status (base, base->jonas_token, "PUT", "/me/dnd", "{\"on\":false}", 200);
      g_free (lf_raw_hear_type (jonas, "session"));
    }
  reply = call_as (base, base->jonas_token, "GET", "/me", NULL);
  me = decode (reply, &lf_schema_me);
  g_assert_cmpint (((LfWireReadCalendar *) me->calendars->pdata[0])->read_at_us, ==, first_us + 5 * LF_MINUTE);
}

static void
test_nobody_else (ReadFixture *fixture, gconstpointer unused)
{
  Fixture                 *base = &fixture->base;
  g_autoptr (LfRaw)        connector = lf_raw_open_stream (base->rig, fixture->token);
  g_autoptr (LfRaw)        mara = NULL;
  g_autoptr (LfRaw)        again = NULL;
  static const char *const paths[] = { "/users/{jonas}", "/contacts", "/presence?users={jonas}", "/me" };

  g_test_summary ("Nobody else is told what is read for somebody, or what is wrong with it");
  lf_raw_say (connector, "{\"t\":\"start\"}");
  g_free (lf_raw_hear_type (connector, "hello"));
  mara = lf_raw_open_live (base->rig, base->mara_token);
  publish (fixture, "/users/{jonas}/calendars/planted/busy", fixture->token);
  say_health (fixture, connector, "{\"t\":\"health\",\"code\":\"calendar_refused\",\"source\":\"planted\",\"user\":\"{jonas}\"}");
  lf_raw_say (connector, "{\"t\":\"ping\",\"n\":1}");
  g_free (lf_raw_hear_type (connector, "pong")); /* it was taken */
  assert_words (get_calendars (fixture, base->jonas_token), "planted calendar_refused read");
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (LfRawReply) reply = call_as (base, base->mara_token, "GET", paths[i], NULL);

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_null (strstr (reply->body, "planted"));
      g_assert_null (strstr (reply->body, "refused"));
    }
  call_status (base, base->mara_token, "PUT", "/me/dnd", "{\"on\":true}", 200);
  for (gboolean is_over = FALSE; !is_over;)
    {
      g_autofree char *text = lf_raw_hear (mara);

      g_assert_null (strstr (text, "planted"));
      is_over = strstr (text, "\"t\":\"session\"") != NULL; /* her own */
    }
  again = lf_raw_open_stream (base->rig, base->mara_token);
  lf_raw_say (again, "{\"t\":\"start\"}");
  for (gboolean is_over = FALSE; !is_over;)
    {
      g_autofree char *text = lf_raw_hear (again);

      g_assert_null (strstr (text, "planted"));
      is_over = strstr (text, "\"last\":true") != NULL;
    }
}

static void
test_phone_connector (ReadFixture *fixture, gconstpointer unused)
{
  Fixture          *base = &fixture->base;
  g_autoptr (LfRaw) phone = lf_raw_open_stream (base->rig, fixture->phone);

  g_test_summary ("A phone connector has nothing to say of calendars");
  lf_raw_say (phone, "{\"t\":\"start\"}");
  say_health (fixture, phone, "{\"t\":\"health\",\"code\":\"calendar_refused\",\"source\":\"work\",\"user\":\"{jonas}\"}");
  lf_raw_say (phone, "{\"t\":\"ping\",\"n\":1}");
  g_free (lf_raw_hear_type (phone, "pong"));
  assert_words (get_calendars (fixture, base->jonas_token), "");
}

#define ADD(path, function) g_test_add ("/read-calendars/" path, ReadFixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("owner", test_owner);
  ADD ("quiet", test_quiet);
  ADD ("nobody-else", test_nobody_else);
  ADD ("phone-connector", test_phone_connector);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-core.h"

#define ME_WITH                                                        \
  "{\"person\":{\"id\":\"u1\"},\"status\":{\"choice\":\"automatic\"}," \
  "\"dnd\":{\"on\":false},\"visibility\":{\"invisible\":false},\"calendars\":%s}"

static void fill (const LfSchema *schema, gpointer value, gboolean is_full);

static char *
make_text (const LfField *field)
{
  gint64 n_chars = field->kind == LF_FIELD_ID ? LF_ID_MAX_CHARS : MIN (field->max, 40);

  return g_strnfill ((gsize) n_chars, 'x');
}

static gpointer
make (const LfSchema *schema, gboolean is_full)
{
  gpointer value = g_malloc0 (schema->size);

  fill (schema, value, is_full);
  return value;
}

/* every member, or the required ones alone */
static void
fill (const LfSchema *schema, gpointer value, gboolean is_full)
{
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    {
      gpointer place = (char *) value + field->offset;
      gboolean is_wanted = is_full || field->is_required;

      if (field->kind == LF_FIELD_INSTANT || field->kind == LF_FIELD_UNSENT_INSTANT)
        *(gint64 *) place = is_wanted && field->kind == LF_FIELD_INSTANT ? 1700000000 * LF_SECOND : LF_INSTANT_NONE;
      else if (field->kind == LF_FIELD_STRING || field->kind == LF_FIELD_ID)
        *(char **) place = is_wanted ? make_text (field) : NULL;
      else if (field->kind == LF_FIELD_INT)
        *(gint64 *) place = is_wanted ? field->max : field->min;
      else if (field->kind == LF_FIELD_BOOL)
        *(gboolean *) place = is_wanted;
      else if (field->kind == LF_FIELD_STRUCT)
        fill (field->schema, place, is_wanted);
      else if (field->kind == LF_FIELD_OPTIONAL)
        *(gpointer *) place = is_wanted ? make (field->schema, is_full) : NULL;
      else if (field->kind == LF_FIELD_STRV)
        *(GStrv *) place = is_wanted ? g_strsplit ("a,b", field->max > 1 ? "," : "\n", -1) : NULL;
      else if (field->kind == LF_FIELD_LIST)
        {
          *(GPtrArray **) place = g_ptr_array_new ();
          if (is_wanted)
            g_ptr_array_add (*(GPtrArray **) place, make (field->schema, is_full));
        }
    }
}

static void
assert_frame_round_trip (LfFrameType type, gboolean is_full)
{
  const LfSchema     *schema = lf_frame_get_schema (type);
  gpointer            body = make (schema, is_full);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfFrame) frame = NULL;

  lf_frame_encode (type, body, out);
  lf_codec_free (schema, body);
  frame = lf_frame_decode (out->str, out->len, &lf_json_limits_frame, &error);
  if (error != NULL)
    g_test_message ("%s", out->str);
  g_assert_no_error (error);
  g_assert_cmpint (frame->type, ==, type);
  lf_frame_encode (type, frame->body, again);
  if (is_full)
    g_assert_cmpstr (out->str, ==, again->str);
}

static void
test_frames (void)
{
  g_test_summary ("Every type of frame is written and read back, full and with required members alone");
  for (guint type = 0; type < LF_N_FRAME_TYPES; type++)
    {
      assert_frame_round_trip ((LfFrameType) type, TRUE);
      assert_frame_round_trip ((LfFrameType) type, FALSE);
    }
}

static void
test_presence_text (void)
{
  LfWirePresence presence = {
    .user = (char *) "u1",
    .rev = 4294967297,
    .calendar_rev = 3,
    .phone = { LF_PHONE_OFF_HOOK, 1700000000 * LF_SECOND, LF_INSTANT_NONE, (char *) "2041", (char *) "PBX" },
    .reachability = { LF_REACHABILITY_AWAY, LF_INSTANT_NONE, LF_INSTANT_NONE, { (char *) "Lunch", NULL, LF_INSTANT_NONE } },
  };
  g_autoptr (GString) out = g_string_new (NULL);

  g_test_summary ("A presence frame reads as docs/protocol.md shows it");
  lf_frame_encode (LF_FRAME_PRESENCE, &presence, out);
  g_assert_cmpstr (out->str, ==,
                   "{\"t\":\"presence\",\"user\":\"u1\",\"rev\":4294967297,\"calendar_rev\":3,"
                   "\"phone\":{\"state\":\"off_hook\",\"since\":\"2023-11-14T22:13:20Z\",\"detail\":\"2041\",\"source\":\"PBX\"},"
                   "\"reachability\":{\"state\":\"away\",\"note\":{\"text\":\"Lunch\"}}}");
}

static void
test_leased_claims_have_no_end (void)
{
  static const char     text[] = "{\"t\":\"presence\",\"user\":\"u1\",\"rev\":1,\"phone\":{\"state\":\"held\",\"valid_until\":\"2026-01-01T00:00:00Z\"},"
                                 "\"reachability\":{\"state\":\"online\"}}";
  g_autoptr (GError)    error = NULL;
  g_autoptr (LfFrame)   frame = lf_frame_decode (text, strlen (text), &lf_json_limits_frame, &error);
  const LfWirePresence *presence;

  g_test_summary ("valid_until never comes from the wire, and a claim just read is not stale");
  g_assert_no_error (error);
  presence = frame->body;
  g_assert_cmpint (presence->phone.valid_until_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (presence->reachability.valid_until_us, ==, LF_INSTANT_NONE);
  g_assert_cmpint (presence->reachability.note.expires_at_us, ==, LF_INSTANT_NONE);
}

static void
test_unknown_frames (void)
{
  static const struct
  {
    const char *text;
    LfError     code;
  } rows[] = {
    { "{}", LF_ERROR_BAD_FRAME },
    { "{\"t\":1}", LF_ERROR_BAD_FRAME },
    { "{\"t\":null}", LF_ERROR_BAD_FRAME },
    { "{\"t\":\"future\",\"x\":1}", LF_ERROR_VERSION },
    { "{\"t\":\"hello\"}", LF_ERROR_BAD_FRAME },
    { "[\"t\"]", LF_ERROR_BAD_FRAME },
  };

  g_test_summary ("A type from a later version is told apart from a bad frame");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (lf_frame_decode (rows[i].text, strlen (rows[i].text), &lf_json_limits_frame, &error));
      g_assert_error (error, LF_ERROR, (int) rows[i].code);
    }
}

static void
test_read_calendars (void)
{
  static const struct
  {
    const char *why;
    const char *calendars;
    gboolean    is_fine;
  } rows[] = {
    { "none", "[]", TRUE },
    { "as it is told", "[{\"source\":\"work\",\"read_at\":\"2026-11-24T09:50:00Z\",\"code\":\"ok\"},{\"source\":\"home\",\"code\":\"calendar_refused\"}]", TRUE },
    { "no source", "[{\"code\":\"ok\"}]", FALSE },
    { "an address with a password", "[{\"source\":\"https://mara:secret@cloud.test/\"}]", FALSE },
    { "a code of lines", "[{\"source\":\"work\",\"code\":\"line_refused\"}]", FALSE },
    { "a code that is none", "[{\"source\":\"work\",\"code\":\"\"}]", FALSE },
    { "no instant", "[{\"source\":\"work\",\"read_at\":\"ten\"}]", FALSE },
    { "no list", "{\"source\":\"work\"}", FALSE },
  };
  g_autoptr (GString) many = g_string_new ("[");
  g_autofree char    *text = NULL;

  g_test_summary ("Calendars that are read are few, with ids for names and codes of their own");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char     *json = g_strdup_printf (ME_WITH, rows[i].calendars);
      g_autoptr (LfWireMe) me = lf_codec_decode (&lf_schema_me, json, strlen (json), &lf_json_limits_reply, NULL);

      g_test_message ("%s", rows[i].why);
      g_assert_cmpint (me != NULL, ==, rows[i].is_fine);
    }
  for (guint i = 0; i <= LF_MAX_READ_CALENDARS; i++)
    g_string_append_printf (many, "%s{\"source\":\"c%u\"}", i > 0 ? "," : "", i);
  g_string_append_c (many, ']');
  text = g_strdup_printf (ME_WITH, many->str);
  g_assert_null (lf_codec_decode (&lf_schema_me, text, strlen (text), &lf_json_limits_reply, NULL));
}

static void
test_busy_report_fits (void)
{
  LfWireBusyReport             report = { .read_at_us = 0, .known_from_us = 0, .known_until_us = 15 * LF_DAY, .periods = g_ptr_array_new () };
  g_autoptr (GString)          out = g_string_new (NULL);
  g_autoptr (GError)           error = NULL;
  g_autoptr (LfWireBusyReport) read = NULL;

  g_test_summary ("The longest list of periods passes the limits of a request");
  for (guint i = 0; i < LF_BUSY_MAX_PERIODS; i++)
    {
      LfBusyPeriod *period = g_new (LfBusyPeriod, 1);

      *period = (LfBusyPeriod){ i * LF_HOUR + LF_SECOND / 2, i * LF_HOUR + 2 * LF_MINUTE, LF_BUSY_OUT_OF_OFFICE };
      g_ptr_array_add (report.periods, period);
    }
  lf_codec_encode (&lf_schema_busy_report, &report, out);
  g_ptr_array_set_free_func (report.periods, g_free);
  g_ptr_array_unref (report.periods);
  read = lf_codec_decode (&lf_schema_busy_report, out->str, out->len, &lf_json_limits_request, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->periods->len, ==, LF_BUSY_MAX_PERIODS);
}

static void
test_longest_message_fits (void)
{
  g_autofree char    *body = g_malloc0 (LF_MESSAGE_MAX_CHARS * 4 + 1);
  LfWireMessage       message = { (char *) "c", (char *) "m", 1, (char *) "u", body, 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError)  error = NULL;
  g_autoptr (LfFrame) frame = NULL;

  g_test_summary ("The longest message, of the widest characters, fits into one frame");
  for (guint i = 0; i < LF_MESSAGE_MAX_CHARS; i++)
    memcpy (body + 4 * i, "\xf0\x9f\x98\x80", 4);
  lf_frame_encode (LF_FRAME_MESSAGE, &message, out);
  frame = lf_frame_decode (out->str, out->len, &lf_json_limits_frame, &error);
  g_assert_no_error (error);
}

static void
test_problems (void)
{
  g_test_summary ("Every problem has a code of its own that is read back, and a fitting status");
  for (guint i = 0; i < LF_N_PROBLEMS; i++)
    {
      LfProblem found;

      g_assert_true (lf_problem_from_code (lf_problem_to_code ((LfProblem) i), &found));
      g_assert_cmpuint (found, ==, i);
      g_assert_cmpuint (lf_problem_to_status ((LfProblem) i), >=, 400);
      g_assert_cmpuint (lf_problem_to_status ((LfProblem) i), <, 600);
      g_assert_false (g_str_has_suffix (lf_problem_to_title ((LfProblem) i), "."));
    }
  g_assert_false (lf_problem_from_code ("no_such_code", &(LfProblem){ 0 }));
  g_assert_false (lf_problem_from_code (NULL, &(LfProblem){ 0 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/frames/round-trip", test_frames);
  g_test_add_func ("/wire/frames/presence-text", test_presence_text);
  g_test_add_func ("/wire/frames/leased-claims-have-no-end", test_leased_claims_have_no_end);
  g_test_add_func ("/wire/frames/unknown", test_unknown_frames);
  g_test_add_func ("/wire/read-calendars", test_read_calendars);
  g_test_add_func ("/wire/busy-report-fits", test_busy_report_fits);
  g_test_add_func ("/wire/longest-message-fits", test_longest_message_fits);
  g_test_add_func ("/wire/problems", test_problems);
  return g_test_run ();
}

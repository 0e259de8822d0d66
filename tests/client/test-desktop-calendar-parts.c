/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lampfield-core.h"
#include "lf-desktop-reading.h"
#include "lf-desktop-source.h"
#include "lf-meeting-link.h"
#include "lf-test-util.h"

#define WAIT_MS 20000
#define BASE_US (G_GINT64_CONSTANT (1795478400) * LF_SECOND) /* 2026-11-24T00:00:00Z */

/* ---- whose calendar ---- */

typedef struct
{
  const char *claim;
  const char *backend; /* NULL: no calendar */
  const char *path;
  const char *user;
  gboolean    is_own;
} SourceRow;

static const SourceRow source_rows[] = {
  { "a local calendar", "local", NULL, NULL, TRUE },
  { "one on Nextcloud", "caldav", "/remote.php/dav/calendars/mara/personal/", "mara", TRUE },
  { "one shared by somebody on Nextcloud", "caldav", "/remote.php/dav/calendars/mara/personal_shared_by_jonas/", "mara", FALSE },
  { "one whose account is a mail address", "caldav", "/calendars/Mara@sample.invalid/work/", NULL, TRUE },
  { "one whose login is another address", "caldav", "/calendars/m.lind@sample.invalid/work/", "m.lind@sample.invalid", TRUE },
  { "the own one on Google", "caldav", "/caldav/v2/mara%40sample.invalid/events/", NULL, TRUE },
  { "somebody else's on Google", "caldav", "/caldav/v2/jonas%40sample.invalid/events/", "mara", FALSE },
  { "a path that is no text", "caldav", "/%ff%00/", "mara", FALSE },
  { "on Exchange", "ews", NULL, NULL, TRUE },
  { "a subscription", "webcal", NULL, NULL, FALSE },
  { "birthdays", "contacts", NULL, NULL, FALSE },
  { "the weather", "weather", NULL, NULL, FALSE },
  { "a backend that nobody knows", "stars", NULL, NULL, FALSE },
  { "no calendar", NULL, NULL, NULL, FALSE },
};

static void
test_own (void)
{
  g_autoptr (ESource) account = e_source_new_with_uid ("account", NULL, NULL);

  g_test_summary ("Own calendars count by themselves; subscriptions, birthdays and those of others do not");
  e_source_collection_set_identity (e_source_get_extension (account, E_SOURCE_EXTENSION_COLLECTION), "mara@sample.invalid");
  for (guint i = 0; i < G_N_ELEMENTS (source_rows); i++)
    {
      const SourceRow    *row = &source_rows[i];
      g_autoptr (ESource) source = e_source_new_with_uid ("one", NULL, NULL);

      if (row->backend != NULL)
        e_source_backend_set_backend_name (e_source_get_extension (source, E_SOURCE_EXTENSION_CALENDAR), row->backend);
      if (row->path != NULL)
        e_source_webdav_set_resource_path (e_source_get_extension (source, E_SOURCE_EXTENSION_WEBDAV_BACKEND), row->path);
      if (row->user != NULL)
        e_source_authentication_set_user (e_source_get_extension (source, E_SOURCE_EXTENSION_AUTHENTICATION), row->user);
      g_test_message ("%s", row->claim);
      g_assert_cmpint (lf_desktop_source_is_own (source, account), ==, row->is_own);
    }
}

static const struct
{
  const char *claim;
  const char *text;
  gboolean    is_foreign;
} folder_rows[] = {
  { "an own folder", "[Exchange Web Services Folder]\nId=a\nForeign=false\n", FALSE },
  { "another's", "[Exchange Web Services Folder]\nId=a\nForeign=true\n", TRUE },
  { "everybody's", "[Exchange Web Services Folder]\nPublic=true\n", TRUE },
  { "the key in another group", "[Calendar]\nForeign=true\n", FALSE },
  { "no key file: nothing is told of by itself", "Foreign=true", TRUE },
  { "empty", "", FALSE },
};

static void
test_foreign (void)
{
  g_test_summary ("Exchange's folders of others are known by their keys");
  for (guint i = 0; i < G_N_ELEMENTS (folder_rows); i++)
    {
      g_test_message ("%s", folder_rows[i].claim);
      g_assert_cmpint (lf_desktop_source_is_foreign (folder_rows[i].text), ==, folder_rows[i].is_foreign);
    }
}

static void
test_id (void)
{
  g_autofree char *here = lf_desktop_source_make_id ("machine-a", "system-calendar");
  g_autofree char *again = lf_desktop_source_make_id ("machine-a", "system-calendar");
  g_autofree char *there = lf_desktop_source_make_id ("machine-b", "system-calendar");
  g_autofree char *other = lf_desktop_source_make_id ("machine-a", "\n /ü");

  g_test_summary ("A calendar keeps its name on the server; the same one of two computers has two, and neither tells which it is");
  g_assert_cmpstr (here, ==, again);
  g_assert_cmpstr (here, !=, there);
  g_assert_cmpstr (here, !=, other);
  g_assert_cmpuint (strlen (other), ==, LF_DESKTOP_SOURCE_ID_CHARS);
  g_assert_cmpuint (strspn (other, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, LF_DESKTOP_SOURCE_ID_CHARS);
  g_assert_null (strstr (here, "system"));
}

/* ---- the way into a meeting ---- */

static const struct
{
  const char *claim;
  const char *lines;
  const char *link; /* nullable */
} link_rows[] = {
  { "RFC 7986", "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://calls.sample.invalid/abc", "https://calls.sample.invalid/abc" },
  { "a telephone conference is none", "CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+49-30-5550", NULL },
  { "Google", "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij", "https://meet.google.com/abc-defg-hij" },
  { "Exchange", "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19%3ameeting",
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting" },
  { "a property goes before the text", "DESCRIPTION:https://zoom.us/j/1\r\nX-GOOGLE-CONFERENCE:https://meet.google.com/a", "https://meet.google.com/a" },
  { "a bad property does not", "DESCRIPTION:https://zoom.us/j/1\r\nX-GOOGLE-CONFERENCE:http://meet.google.com/a", "https://zoom.us/j/1" },
  { "Zoom as the place", "LOCATION:https://office.zoom.us/j/123?pwd=a.b", "https://office.zoom.us/j/123?pwd=a.b" },
  { "Teams in a description", "DESCRIPTION:Agenda\\n\\nJoin <https://teams.live.com/meet/93\\,1>. Bye", "https://teams.live.com/meet/93,1" },
  { "Webex at the end of a sentence", "DESCRIPTION:See https://office.webex.com/m/1.", "https://office.webex.com/m/1" },
  { "Jitsi", "LOCATION:https://meet.jit.si/Daily", "https://meet.jit.si/Daily" },
  { "one's own Jitsi", "LOCATION:https://jitsi.sample.invalid/Daily", "https://jitsi.sample.invalid/Daily" },
  { "BigBlueButton", "LOCATION:https://bbb.sample.invalid/b/mar-abc", "https://bbb.sample.invalid/b/mar-abc" },
  { "in capital letters", "LOCATION:https://ZOOM.US/j/1", "https://ZOOM.US/j/1" },
  { "the second address is one", "DESCRIPTION:https://wiki.sample.invalid/a https://zoom.us/j/2", "https://zoom.us/j/2" },
  { "in the clear", "LOCATION:http://zoom.us/j/1", NULL },
  { "no meeting's host", "LOCATION:https://wiki.sample.invalid/zoom.us", NULL },
  { "a host that ends alike", "LOCATION:https://evilzoom.us/j/1", NULL },
  { "a host that begins alike", "LOCATION:https://zoom.us.evil.invalid/j/1", NULL },
  { "a user that looks like a host", "LOCATION:https://zoom.us@evil.invalid/j/1", NULL },
  { "the same in a property", "CONFERENCE;VALUE=URI:https://zoom.us:a@evil.invalid/j/1", NULL },
  { "a program", "CONFERENCE;VALUE=URI:javascript:alert(1)", NULL },
  { "a file", "X-GOOGLE-CONFERENCE:file:///etc/passwd", NULL },
  { "without a host", "X-GOOGLE-CONFERENCE:https:///j/1", NULL },
  { "a space", "X-GOOGLE-CONFERENCE:https://meet.google.com/a b", NULL },
  { "no link", "SUMMARY:Daily\r\nLOCATION:Room 2", NULL },
};

static ICalComponent *
make_event (const char *lines)
{
  g_autofree char *text = g_strdup_printf ("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\n%s\r\nEND:VEVENT\r\n", lines);
  ICalComponent   *event = i_cal_component_new_from_string (text);

  g_assert_nonnull (event);
  return event;
}

static void
test_link (void)
{
  g_autofree char *path = g_strnfill (LF_MEETING_LINK_MAX_BYTES, 'a');
  g_autofree char *lines = g_strconcat ("LOCATION:https://zoom.us/", path, NULL);
  ICalComponent   *event;

  g_test_summary ("The way into a meeting is an https address: of a property for it, or of a known host in a text");
  for (guint i = 0; i < G_N_ELEMENTS (link_rows); i++)
    {
      g_autofree char *link = NULL;

      event = make_event (link_rows[i].lines);
      link = lf_meeting_link_find (event);
      g_test_message ("%s", link_rows[i].claim);
      g_assert_cmpstr (link, ==, link_rows[i].link);
      g_object_unref (event);
    }
  event = make_event (lines);
  g_assert_null (lf_meeting_link_find (event)); /* too long */
  g_object_unref (event);
}

/* ---- reading ---- */

typedef struct
{
  LfDesktopReading *reading;
  GError           *error;
  gboolean          is_done;
} Answer;

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->reading = lf_desktop_reading_run_finish (result, &answer->error);
  answer->is_done = TRUE;
}

/* One day from BASE_US on; @texts: lines of events, NULL-terminated; all of the series "a". */
static LfDesktopReading *
read_events (const char *const *texts, const char *const *links, const char *zone)
{
  Answer        answer = { 0 };
  LfIcalOptions options = { .owner_zone = "UTC", .from_us = BASE_US, .to_us = BASE_US + LF_DAY };
  GPtrArray    *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_desktop_object_unref);
  GPtrArray    *zones = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *text = g_strdup_printf ("BEGIN:VEVENT\r\nUID:a\r\n%s\r\nEND:VEVENT\r\n", texts[i]);

      g_ptr_array_add (objects, lf_desktop_object_new ("a", strstr (text, "RECURRENCE-ID") != NULL ? "x" : NULL, text, links != NULL ? links[i] : NULL));
    }
  if (zone != NULL)
    g_ptr_array_add (zones, g_strdup (zone));
  lf_desktop_reading_run_async (objects, zones, &options, NULL, on_read, &answer);
  lf_wait_until (answer.is_done, WAIT_MS);
  g_assert_no_error (answer.error);
  return answer.reading;
}

static void
assert_periods (LfDesktopReading *reading, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (reading->result->periods, &n_periods);

  for (gsize i = 0; i < n_periods; i++)
    g_string_append_printf (text, "%s%d:%d-%d", i > 0 ? " " : "", (int) periods[i].type, (int) ((periods[i].start_us - BASE_US) / LF_HOUR), (int) ((periods[i].end_us - BASE_US) / LF_HOUR));
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_reading (void)
{
  const char                  *zone = "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
  const char                  *of_zone[] = { "DTSTART;TZID=Ours:20261124T120000\r\nDTEND;TZID=Ours:20261124T130000", NULL };
  const char                  *hostile[] = { "DTSTART:20261124T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
                                             "DTSTART:20261124T020000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY\r\nX-A:1", NULL };
  const char                  *empty[] = { NULL };
  g_autoptr (LfDesktopReading) by_zone = read_events (of_zone, NULL, zone);
  g_autoptr (LfDesktopReading) nothing = read_events (empty, NULL, NULL);
  g_autoptr (LfDesktopReading) refused = NULL;
  gint64                       start_us = g_get_monotonic_time ();

  g_test_summary ("A calendar is read with the zones that are its own; rules that never end count once, and cost no time");
  assert_periods (by_zone, "0:9-10");
  assert_periods (nothing, "");
  refused = read_events (hostile, NULL, NULL);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 3 * LF_SECOND * lf_wait_patience ());
  g_assert_cmpuint (refused->result->issues.counts[LF_ICAL_ISSUE_REFUSED_RULE], >=, 1);
}

static void
test_meetings (void)
{
  const char                  *texts[] = { "DTSTART:20261120T090000Z\r\nDTEND:20261120T100000Z\r\nRRULE:FREQ=DAILY",
                                           "RECURRENCE-ID:20261124T090000Z\r\nDTSTART:20261124T150000Z\r\nDTEND:20261124T160000Z", NULL };
  const char                  *links[] = { "https://zoom.us/j/1", "https://zoom.us/j/2" };
  const char                  *free_texts[] = { "DTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\nTRANSP:TRANSPARENT", NULL };
  g_autoptr (LfDesktopReading) reading = read_events (texts, links, NULL);
  g_autoptr (LfDesktopReading) free_reading = read_events (free_texts, links, NULL);
  const LfDesktopMeeting      *meeting;

  g_test_summary ("A meeting that was moved has its own link, at its own time; what does not count has none");
  assert_periods (reading, "0:15-16");
  g_assert_cmpuint (reading->meetings->len, >=, 1);
  meeting = reading->meetings->pdata[0];
  g_assert_cmpint (meeting->start_us, ==, BASE_US + 15 * LF_HOUR);
  g_assert_cmpstr (meeting->link, ==, "https://zoom.us/j/2");
  for (guint i = 1; i < reading->meetings->len; i++)
    g_assert_cmpint (((LfDesktopMeeting *) reading->meetings->pdata[i])->start_us, ==, BASE_US + 15 * LF_HOUR);
  g_assert_cmpuint (free_reading->meetings->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop-calendar/own", test_own);
  g_test_add_func ("/desktop-calendar/foreign", test_foreign);
  g_test_add_func ("/desktop-calendar/id", test_id);
  g_test_add_func ("/desktop-calendar/link", test_link);
  g_test_add_func ("/desktop-calendar/reading", test_reading);
  g_test_add_func ("/desktop-calendar/meetings", test_meetings);

  return g_test_run ();
}

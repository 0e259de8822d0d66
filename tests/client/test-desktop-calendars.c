/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include <libecal/libecal.h>

#include "lampfield-core.h"
#include "lf-desktop-calendars.h"
#include "lf-real-server.h"
#include "lf-test-util.h"

/* A real Evolution Data Server with a local calendar, on a bus of the test's own, and the real server: what an event on
 * the desktop has the server know. */

#define WAIT_MS 30000
#define SECRET  "Quittenbaumzweifel" /* in titles, places, descriptions and links */

typedef struct
{
  LfRealServer       *server;
  LfClock            *clock;
  GSettings          *settings;
  LfSession          *session;
  LfDesktopCalendars *calendars;
  ECalClient         *client;  /* of the local calendar */
  gint64              base_us; /* tomorrow, at midnight UTC */
  gboolean            is_done;
  char               *seen;  /* what the server answered last */
  GError             *error; /* of the last call */
} World;

static GTestDBus *bus;
static GString   *said; /* what was logged */

/* ---- the world ---- */

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  World *w = user_data;

  lf_session_login_finish (LF_SESSION (source), result, &w->error);
  w->is_done = TRUE;
}

static void
sign_in (World *w)
{
  w->is_done = FALSE;
  w->session = lf_session_new (lf_real_server_get_address (w->server), w->clock, NULL);
  lf_session_login_async (w->session, "mara", LF_REAL_PASSWORD, "desk", NULL, on_signed_in, w);
  lf_wait_until (w->is_done, WAIT_MS);
  g_assert_no_error (w->error);
}

static LfDesktopCalendar *
find_calendar (World *w, const char *uid)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (w->calendars)); i++)
    {
      g_autoptr (LfDesktopCalendar) calendar = g_list_model_get_item (G_LIST_MODEL (w->calendars), i);

      if (g_str_equal (lf_desktop_calendar_get_uid (calendar), uid))
        return calendar;
    }

  return NULL;
}

static void
begin (World *w)
{
  g_autoptr (ESourceRegistry) registry = NULL;
  g_autoptr (ESource)         source = NULL;
  g_autoptr (GError)          error = NULL;

  *w = (World){ .server = lf_real_server_new (), .clock = lf_clock_new_system (), .settings = g_settings_new (LF_APP_ID) };
  w->base_us = (lf_clock_get_now_us (w->clock) / LF_DAY + 1) * LF_DAY;
  sign_in (w);
  registry = e_source_registry_new_sync (NULL, &error);
  g_assert_no_error (error);
  source = e_source_registry_ref_builtin_calendar (registry);
  w->client = E_CAL_CLIENT (e_cal_client_connect_sync (source, E_CAL_CLIENT_SOURCE_TYPE_EVENTS, (guint32) -1, NULL, &error));
  g_assert_no_error (error);
  w->calendars = lf_desktop_calendars_new (w->settings, w->clock);
}

static void
let_go (gpointer object)
{
  g_object_run_dispose (object);
  lf_wait_until (((GObject *) object)->ref_count == 1, WAIT_MS);
  g_assert_finalize_object (object);
}

static void
end (World *w)
{
  let_go (w->calendars);
  let_go (w->session);
  g_clear_object (&w->client);
  g_settings_reset (w->settings, "calendar-choices");
  g_settings_reset (w->settings, "calendars-told");
  g_object_unref (w->settings);
  lf_real_server_free (w->server);
  g_object_unref (w->clock);
  g_free (w->seen);
  g_clear_error (&w->error);
}

/* ---- what the server knows ---- */

static void
on_busy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const   names[] = { "busy", "tentative", "out", "elsewhere", "day" };
  World                     *w = user_data;
  g_autoptr (GString)        text = g_string_new (NULL);
  g_autoptr (LfWireBusyList) list = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, NULL);

  w->is_done = TRUE;
  if (list == NULL)
    return;
  g_assert_cmpuint (list->items->len, ==, 1);
  {
    const LfWireBusy *busy = list->items->pdata[0];

    if (busy->known_until_us == LF_INSTANT_NONE)
      g_string_append (text, "unknown");
    for (guint i = 0; i < busy->periods->len; i++)
      {
        const LfBusyPeriod *period = busy->periods->pdata[i];

        g_string_append_printf (text, "%s%s %d-%d", i > 0 ? ", " : "", names[period->type], (int) ((period->start_us - w->base_us) / LF_HOUR),
                                (int) ((period->end_us - w->base_us) / LF_HOUR));
      }
  }
  g_free (w->seen);
  w->seen = g_string_free (g_steal_pointer (&text), FALSE);
}

static void
ask (World *w)
{
  char             from[LF_INSTANT_MAX_CHARS], to[LF_INSTANT_MAX_CHARS];
  g_autofree char *path = NULL;

  lf_instant_format (w->base_us, from);
  lf_instant_format (w->base_us + 10 * LF_DAY, to);
  path = g_strdup_printf ("/busy?users=%s&from=%s&to=%s", lf_session_get_user (w->session), from, to);
  w->is_done = FALSE;
  lf_session_call_async (w->session, "GET", path, NULL, NULL, NULL, &lf_schema_busy_list, NULL, on_busy, w);
  lf_wait_until (w->is_done, WAIT_MS);
}

/* Asks until the server knows this: hours from midnight, or "unknown". */
static void
expect (World *w, const char *expected)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_MS * 1000 * (gint64) lf_wait_patience ();

  g_clear_pointer (&w->seen, g_free);
  while (g_strcmp0 (w->seen, expected) != 0)
    {
      if (g_get_monotonic_time () > end_us)
        g_error ("the server knows “%s” in place of “%s”", w->seen, expected);
      ask (w);
      lf_spin_for_ms (50);
    }
}

/* ---- events ---- */

static char *
make_time (World *w, int hour)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (w->base_us / LF_SECOND + hour * 3600);

  return g_date_time_format (time, "%Y%m%dT%H%M%SZ");
}

/* An event from one hour to another, with these lines more; with words that must not leave the computer. */
static ICalComponent *
make_event (World *w, const char *uid, int from, int to, const char *lines)
{
  g_autofree char *start = make_time (w, from);
  g_autofree char *finish = make_time (w, to);
  g_autofree char *text = g_strdup_printf ("BEGIN:VEVENT\r\nUID:%s\r\nDTSTART:%s\r\nDTEND:%s\r\nSUMMARY:" SECRET "\r\nLOCATION:" SECRET "\r\nDESCRIPTION:About " SECRET "\r\n"
                                           "ORGANIZER:mailto:boss-" SECRET "@sample.invalid\r\n%s%sEND:VEVENT\r\n",
                                           uid, start, finish, lines, *lines != '\0' ? "\r\n" : "");
  ICalComponent   *event = i_cal_component_new_from_string (text);

  g_assert_nonnull (event);
  return event;
}

static void
create (World *w, const char *uid, int from, int to, const char *lines)
{
  ICalComponent     *event = make_event (w, uid, from, to, lines);
  g_autofree char   *made = NULL;
  g_autoptr (GError) error = NULL;

  e_cal_client_create_object_sync (w->client, event, E_CAL_OPERATION_FLAG_NONE, &made, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (event);
}

static void
modify (World *w, ECalObjModType what, const char *uid, int from, int to, const char *lines)
{
  ICalComponent     *event = make_event (w, uid, from, to, lines);
  g_autoptr (GError) error = NULL;

  e_cal_client_modify_object_sync (w->client, event, what, E_CAL_OPERATION_FLAG_NONE, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (event);
}

static void delete (World *w, const char *uid)
{
  g_autoptr (GError) error = NULL;

  e_cal_client_remove_object_sync (w->client, uid, NULL, E_CAL_OBJ_MOD_ALL, E_CAL_OPERATION_FLAG_NONE, NULL, &error);
  g_assert_no_error (error);
}

/* ---- tests ---- */

static const struct
{
  const char *claim;
  int         from, to;
  const char *lines;
  const char *expected;
} changes[] = {
  { "longer", 9, 11, "", "busy 9-11" },
  { "perhaps", 9, 11, "STATUS:TENTATIVE", "tentative 9-11" },
  { "by Outlook's word", 9, 11, "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "out 9-11" },
  { "held free", 9, 11, "TRANSP:TRANSPARENT", "" },
  { "an invitation that mara has not answered", 9, 11, "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:mara@sample.invalid", "tentative 9-11" },
  { "accepted", 9, 11, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:mara@sample.invalid", "busy 9-11" },
  { "declined", 9, 11, "ATTENDEE;PARTSTAT=DECLINED:mailto:mara@sample.invalid", "" },
  { "declined by somebody else", 9, 11, "ATTENDEE;PARTSTAT=DECLINED:mailto:jonas@sample.invalid", "busy 9-11" },
  { "cancelled", 9, 11, "STATUS:CANCELLED", "" },
};

static void
test_events (void)
{
  World w;

  g_test_summary ("An event that is made, changed and removed on the desktop is known to the server as it counts");
  begin (&w);
  create (&w, "one", 9, 10, "");
  lf_desktop_calendars_set_session (w.calendars, w.session, "mara@sample.invalid");
  expect (&w, "busy 9-10");
  g_assert_cmpint (lf_desktop_calendars_get_state (w.calendars), ==, LF_DESKTOP_STATE_READY);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_test_message ("%s", changes[i].claim);
      modify (&w, E_CAL_OBJ_MOD_ALL, "one", changes[i].from, changes[i].to, changes[i].lines);
      expect (&w, changes[i].expected);
    }
  delete (&w, "one");
  expect (&w, "");
  end (&w);
}

static void
test_series (void)
{
  World            w;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *second_id = NULL;
  g_autofree char *third_id = NULL;

  g_test_summary ("A series counts with what became of its instances: moved, moved far away, cancelled, and gone with it");
  begin (&w);
  second = make_time (&w, 24 + 9);
  third = make_time (&w, 48 + 9);
  second_id = g_strconcat ("RECURRENCE-ID:", second, NULL);
  third_id = g_strconcat ("RECURRENCE-ID:", third, NULL);
  lf_desktop_calendars_set_session (w.calendars, w.session, NULL);
  create (&w, "all", 9, 10, "RRULE:FREQ=DAILY;COUNT=3");
  expect (&w, "busy 9-10, busy 33-34, busy 57-58");
  modify (&w, E_CAL_OBJ_MOD_THIS, "all", 24 + 15, 24 + 16, second_id);
  expect (&w, "busy 9-10, busy 39-40, busy 57-58");
  modify (&w, E_CAL_OBJ_MOD_THIS, "all", 24 * 60, 24 * 60 + 1, third_id);
  expect (&w, "busy 9-10, busy 39-40");
  {
    g_autofree char *lines = g_strconcat (second_id, "\r\nSTATUS:CANCELLED", NULL);

    modify (&w, E_CAL_OBJ_MOD_THIS, "all", 24 + 15, 24 + 16, lines);
  }
  expect (&w, "busy 9-10");
  delete (&w, "all");
  expect (&w, "");
  end (&w);
}

static void
test_ticks (void)
{
  World              w;
  LfDesktopCalendar *local;

  g_test_summary ("The user says what counts: what does not is taken back at once, also after a restart or a sign-out");
  begin (&w);
  create (&w, "one", 9, 10, "");
  lf_desktop_calendars_set_session (w.calendars, w.session, NULL);
  expect (&w, "busy 9-10");
  local = find_calendar (&w, "system-calendar");
  g_assert_nonnull (local);
  g_assert_true (lf_desktop_calendar_get_is_own (local) && lf_desktop_calendar_get_is_ticked (local));
  g_assert_nonnull (lf_desktop_calendar_get_account (local));
  g_assert_cmpint (lf_desktop_calendar_get_trouble (local), ==, LF_DESKTOP_TROUBLE_NONE);

  lf_desktop_calendars_set_ticked (w.calendars, local, FALSE);
  expect (&w, "unknown");
  lf_desktop_calendars_set_ticked (w.calendars, local, TRUE);
  expect (&w, "busy 9-10");

  /* unticked while signed out, and the program started anew */
  lf_desktop_calendars_set_session (w.calendars, NULL, NULL);
  lf_desktop_calendars_set_ticked (w.calendars, local, FALSE);
  let_go (w.calendars);
  expect (&w, "busy 9-10");
  w.calendars = lf_desktop_calendars_new (w.settings, w.clock);
  lf_desktop_calendars_set_session (w.calendars, w.session, NULL);
  expect (&w, "unknown");
  g_assert_false (lf_desktop_calendar_get_is_ticked (find_calendar (&w, "system-calendar")));
  delete (&w, "one");
  end (&w);
}

static void
test_others (void)
{
  World                       w;
  g_autoptr (ESourceRegistry) registry = e_source_registry_new_sync (NULL, NULL);
  g_autoptr (ESource)         feed = e_source_new_with_uid ("a-feed", NULL, NULL);
  g_autoptr (GError)          error = NULL;

  g_test_summary ("A subscription is listed when it is added, does not count by itself, and goes when it is removed");
  begin (&w);
  lf_desktop_calendars_set_session (w.calendars, w.session, NULL);
  expect (&w, "");
  e_source_set_parent (feed, "webcal-stub");
  e_source_set_display_name (feed, "Holidays");
  e_source_backend_set_backend_name (e_source_get_extension (feed, E_SOURCE_EXTENSION_CALENDAR), "webcal");
  e_source_registry_commit_source_sync (registry, feed, NULL, &error);
  g_assert_no_error (error);
  lf_wait_until (find_calendar (&w, "a-feed") != NULL, WAIT_MS);
  g_assert_false (lf_desktop_calendar_get_is_ticked (find_calendar (&w, "a-feed")));
  g_assert_cmpstr (lf_desktop_calendar_get_name (find_calendar (&w, "a-feed")), ==, "Holidays");
  {
    g_autoptr (ESource) known = e_source_registry_ref_source (registry, "a-feed");

    e_source_remove_sync (known != NULL ? known : feed, NULL, &error);
    g_assert_no_error (error);
  }
  lf_wait_until (find_calendar (&w, "a-feed") == NULL, WAIT_MS);
  end (&w);
}

static void
test_failures (void)
{
  World                       w;
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant)        names = NULL;
  g_autoptr (GVariantIter)    iter = NULL;
  const char                 *name;

  g_test_summary ("A server that was away is told when it is back; a calendar service that died is asked again, and nothing is free meanwhile");
  begin (&w);
  create (&w, "one", 9, 10, "");
  lf_desktop_calendars_set_session (w.calendars, w.session, NULL);
  expect (&w, "busy 9-10");
  lf_real_server_kill (w.server);
  modify (&w, E_CAL_OBJ_MOD_ALL, "one", 9, 12, "");
  lf_spin_for_ms (1500); /* it tries */
  lf_real_server_start (w.server);
  expect (&w, "busy 9-12");

  /* the process that has the calendar: the factory, or a child of it with a name of its own */
  g_clear_object (&w.client);
  names = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames", NULL, G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_variant_get (names, "(as)", &iter);
  while (g_variant_iter_next (iter, "&s", &name))
    {
      g_autoptr (GVariant) answer = NULL;
      guint                pid;

      if (!g_str_has_prefix (name, "org.gnome.evolution.dataserver.Subprocess.Backend.Calendar") &&
          !g_str_equal (name, "org.gnome.evolution.dataserver.Calendar8"))
        continue;
      answer = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetConnectionUnixProcessID", g_variant_new ("(s)", name), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
      g_variant_get (answer, "(u)", &pid);
      kill ((pid_t) pid, SIGKILL);
    }
  lf_wait_until (lf_desktop_calendar_get_trouble (find_calendar (&w, "system-calendar")) != LF_DESKTOP_TROUBLE_NONE, WAIT_MS);
  ask (&w);
  g_assert_cmpstr (w.seen, ==, "busy 9-12");
  lf_wait_until (lf_desktop_calendar_get_trouble (find_calendar (&w, "system-calendar")) == LF_DESKTOP_TROUBLE_NONE, WAIT_MS);
  {
    g_autoptr (ESourceRegistry) registry = e_source_registry_new_sync (NULL, NULL);
    g_autoptr (ESource)         source = e_source_registry_ref_builtin_calendar (registry);

    w.client = E_CAL_CLIENT (e_cal_client_connect_sync (source, E_CAL_CLIENT_SOURCE_TYPE_EVENTS, (guint32) -1, NULL, NULL));
    g_assert_nonnull (w.client);
  }
  modify (&w, E_CAL_OBJ_MOD_ALL, "one", 10, 11, "");
  expect (&w, "busy 10-11");
  delete (&w, "one");
  end (&w);
}

static gboolean
has_link (World *w)
{
  g_autofree char *link = lf_desktop_calendars_dup_join_link (w->calendars, w->base_us + 10 * LF_HOUR - 4 * LF_MINUTE);

  return g_strcmp0 (link, "https://meet.jit.si/" SECRET) == 0;
}

static void
test_link (void)
{
  World w;

  g_test_summary ("A meeting can be joined from five minutes before it starts, until it ends");
  begin (&w);
  lf_desktop_calendars_set_session (w.calendars, w.session, NULL);
  create (&w, "one", 10, 11, "CONFERENCE;VALUE=URI:https://meet.jit.si/" SECRET);
  lf_wait_until (has_link (&w), WAIT_MS);
  g_assert_null (lf_desktop_calendars_dup_join_link (w.calendars, w.base_us + 10 * LF_HOUR - 6 * LF_MINUTE));
  g_assert_null (lf_desktop_calendars_dup_join_link (w.calendars, w.base_us + 11 * LF_HOUR));
  delete (&w, "one");
  lf_wait_until (!has_link (&w), WAIT_MS);
  end (&w);
}

/* How many files below a folder hold the word; @n_files counts them all. */
static guint
count_word (const char *folder, const char *word, guint *n_files)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  guint            n_found = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      gsize            length;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n_found += count_word (path, word, n_files);
      else if (g_file_get_contents (path, &text, &length, NULL))
        {
          ++*n_files;
          n_found += memmem (text, length, word, strlen (word)) != NULL;
        }
    }

  return n_found;
}

static void
test_privacy (void)
{
  World       w;
  const char *records = g_getenv ("LF_RECORD");
  guint       n_files = 0;

  g_test_summary ("Titles, places, descriptions, people and links stay on the computer: not in the server's database, the wire or the log");
  begin (&w);
  lf_desktop_calendars_set_session (w.calendars, w.session, "mara@sample.invalid");
  create (&w, "one", 9, 10, "CONFERENCE;VALUE=URI:https://meet.jit.si/" SECRET "\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=" SECRET ":mailto:mara@sample.invalid");
  create (&w, "bad", 11, 12, "RRULE:FREQ=" SECRET);
  expect (&w, "busy 9-10, busy 11-12");
  delete (&w, "bad");
  delete (&w, "one");
  expect (&w, "");
  lf_real_server_kill (w.server);
  g_assert_cmpuint (count_word (lf_real_server_get_folder (w.server), SECRET, &n_files), ==, 0);
  g_assert_cmpuint (n_files, >, 0);
  if (records != NULL)
    g_assert_cmpuint (count_word (records, SECRET, &n_files), ==, 0);
  g_assert_null (strstr (said->str, SECRET));
  lf_real_server_start (w.server);
  end (&w);
}

static GLogWriterOutput
note_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && fields[i].length < 0)
      g_string_append_printf (said, "%s\n", (const char *) fields[i].value);

  return g_log_writer_default (level, fields, n_fields, NULL);
}

/* Folders and services of the test's own, before anything has asked for the user's. */
static char *
begin_desktop (void)
{
  static const char *const ours[] = { "LD_PRELOAD", "G_DEBUG" }; /* not for the services */
  char                    *values[G_N_ELEMENTS (ours)];
  g_autoptr (GError)       error = NULL;
  char                    *folder = g_dir_make_tmp ("lampfield-desktop-XXXXXX", &error);

  g_assert_no_error (error);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      values[i] = g_strdup (g_getenv (ours[i]));
      g_unsetenv (ours[i]);
    }
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_add_service_dir (bus, "/usr/share/dbus-1/services");
  g_test_dbus_up (bus);
  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      if (values[i] != NULL)
        g_setenv (ours[i], values[i], TRUE);
      g_free (values[i]);
    }

  return folder;
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  int              status;

  g_test_init (&argc, &argv, NULL);
  if (!lf_real_server_is_built () || !g_file_test ("/usr/share/dbus-1/services/org.gnome.evolution.dataserver.Calendar8.service", G_FILE_TEST_EXISTS))
    {
      g_print ("1..0 # SKIP evolution-data-server or lampfield-server is not there\n");
      return 0;
    }
  said = g_string_new (NULL);
  g_log_set_writer_func (note_log, NULL, NULL);
  folder = begin_desktop ();
  g_test_add_func ("/desktop-calendars/events", test_events);
  g_test_add_func ("/desktop-calendars/series", test_series);
  g_test_add_func ("/desktop-calendars/ticks", test_ticks);
  g_test_add_func ("/desktop-calendars/others", test_others);
  g_test_add_func ("/desktop-calendars/failures", test_failures);
  g_test_add_func ("/desktop-calendars/link", test_link);
  g_test_add_func ("/desktop-calendars/privacy", test_privacy);
  status = g_test_run ();
  g_test_dbus_stop (bus);
  g_object_unref (bus);
  lf_test_remove_folder (folder);
  g_string_free (said, TRUE);

  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <locale.h>
#include <stdlib.h>

#include <json-glib/json-glib.h>

#include "lampfield-core.h"

/* presence-vectors FILE: resolves every case of a file of presence vectors and compares the outcome.
 * The format is described in tests/data/README.md. Exit code: 0 all pass, 1 some fail, 2 not of the format. */

#define FORMAT "lampfield-presence-vectors/1"

/* Set by the readers below: the first thing that is not of the format, and in which case. */
typedef struct
{
  const char *case_name;
  GError     *error;
} Reader;

static void
complain (Reader     *reader,
          const char *what)
{
  if (reader->error == NULL)
    g_set_error (&reader->error, LF_ERROR, LF_ERROR_BAD_FRAME, "case “%s”: %s",
                 reader->case_name, what);
}

/* A member that must be there, if null. */
static JsonNode *
read_member (Reader     *reader,
             JsonObject *object,
             const char *name)
{
  g_autofree char *what = NULL;

  if (object != NULL && json_object_has_member (object, name))
    return json_object_get_member (object, name);
  what = g_strdup_printf ("“%s” is missing", name);
  complain (reader, what);
  return NULL;
}

static JsonObject *
read_object (Reader     *reader,
             JsonObject *object,
             const char *name)
{
  JsonNode *node = read_member (reader, object, name);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  if (node != NULL)
    {
      g_autofree char *what = g_strdup_printf ("“%s” is not an object", name);
      complain (reader, what);
    }
  return NULL;
}

static JsonArray *
read_array (Reader     *reader,
            JsonObject *object,
            const char *name)
{
  JsonNode *node = read_member (reader, object, name);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  if (node != NULL)
    {
      g_autofree char *what = g_strdup_printf ("“%s” is not an array", name);
      complain (reader, what);
    }
  return NULL;
}

/* A string, or NULL for null. */
static const char *
read_text (Reader     *reader,
           JsonObject *object,
           const char *name)
{
  JsonNode *node = read_member (reader, object, name);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  {
    g_autofree char *what = g_strdup_printf ("“%s” is neither a string nor null", name);
    complain (reader, what);
  }
  return NULL;
}

static gint64
read_instant (Reader     *reader,
              JsonObject *object,
              const char *name)
{
  const char *text = read_text (reader, object, name);
  gint64      instant_us = LF_INSTANT_NONE;

  if (text != NULL && !lf_instant_parse (text, &instant_us))
    {
      g_autofree char *what = g_strdup_printf ("“%s” is not an instant: “%s”", name, text);
      complain (reader, what);
    }
  return instant_us;
}

static void
read_phone (Reader     *reader,
            JsonObject *object,
            LfPhone    *phone)
{
  phone->since_us = read_instant (reader, object, "since");
  phone->valid_until_us = read_instant (reader, object, "valid_until");
  if (!lf_phone_state_from_name (read_text (reader, object, "state"), &phone->state))
    complain (reader, "the phone's “state” is not in the list");
}

static void
read_calendar (Reader     *reader,
               JsonObject *object,
               LfCalendar *calendar)
{
  JsonArray         *busy = read_array (reader, object, "busy");
  guint              n_periods = busy != NULL ? json_array_get_length (busy) : 0;
  g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));

  calendar->valid_until_us = read_instant (reader, object, "valid_until");
  for (guint i = 0; i < n_periods; i++)
    {
      JsonNode    *node = json_array_get_element (busy, i);
      JsonObject  *item = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      LfBusyPeriod period = { 0 };

      period.start_us = read_instant (reader, item, "start");
      period.end_us = read_instant (reader, item, "end");
      if (period.start_us == LF_INSTANT_NONE || period.end_us == LF_INSTANT_NONE)
        complain (reader, "a busy period lacks an end");
      if (!lf_busy_type_from_name (read_text (reader, item, "type"), &period.type))
        complain (reader, "the “type” of a busy period is not in the list");
      g_array_append_val (periods, period);
    }
  calendar->busy = lf_busy_list_new ((LfBusyPeriod *) (void *) periods->data, periods->len);
}

static void
read_reachability (Reader         *reader,
                   JsonObject     *object,
                   LfReachability *reachability)
{
  JsonNode *note = read_member (reader, object, "note");

  reachability->since_us = read_instant (reader, object, "since");
  reachability->valid_until_us = read_instant (reader, object, "valid_until");
  if (!lf_reachability_state_from_name (read_text (reader, object, "state"), &reachability->state))
    complain (reader, "the reachability's “state” is not in the list");
  if (note == NULL || JSON_NODE_HOLDS_NULL (note))
    return;

  object = read_object (reader, object, "note");
  reachability->note.text = (char *) read_text (reader, object, "text");
  reachability->note.emoji = (char *) read_text (reader, object, "emoji");
  reachability->note.expires_at_us = read_instant (reader, object, "expires_at");
}

/* One of the three kinds, or NULL for null: nothing is known. */
static JsonObject *
read_kind (Reader     *reader,
           JsonObject *object,
           LfKind      kind)
{
  const char *name = lf_kind_to_name (kind);
  JsonNode   *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_NULL (node))
    return NULL;
  return read_object (reader, object, name);
}

static LfPresence *
read_presence (Reader     *reader,
               JsonObject *object)
{
  const LfPresence *unknown = lf_presence_get_unknown ();
  LfPhone           phone = unknown->phone;
  LfCalendar        calendar = unknown->calendar;
  LfReachability    reachability = unknown->reachability;
  JsonObject       *kind;
  LfPresence       *presence;

  if ((kind = read_kind (reader, object, LF_KIND_PHONE)) != NULL)
    read_phone (reader, kind, &phone);
  if ((kind = read_kind (reader, object, LF_KIND_CALENDAR)) != NULL)
    read_calendar (reader, kind, &calendar);
  if ((kind = read_kind (reader, object, LF_KIND_REACHABILITY)) != NULL)
    read_reachability (reader, kind, &reachability);
  presence = lf_presence_new (&phone, &calendar, &reachability, 0);
  g_clear_pointer (&calendar.busy, lf_busy_list_unref);
  return presence;
}

static guint
read_stale (Reader     *reader,
            JsonObject *expect)
{
  JsonArray *names = read_array (reader, expect, "stale");
  guint      stale = 0;

  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    {
      JsonNode   *node = json_array_get_element (names, i);
      const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      guint       kind = 0;

      while (kind < LF_N_KINDS && g_strcmp0 (lf_kind_to_name ((LfKind) kind), name) != 0)
        kind++;
      if (kind == LF_N_KINDS || stale >> kind != 0)
        complain (reader, "“stale” is not a list of kinds in their order");
      else
        stale |= 1u << kind;
    }
  return stale;
}

static void
compare_texts (GString    *differences,
               const char *what,
               const char *expected,
               const char *actual)
{
  if (g_strcmp0 (expected, actual) != 0)
    g_string_append_printf (differences, "  %s: expected %s, got %s\n", what,
                            expected != NULL ? expected : "null", actual != NULL ? actual : "null");
}

static void
compare_instants (GString    *differences,
                  const char *what,
                  gint64      expected_us,
                  gint64      actual_us)
{
  char expected[LF_INSTANT_MAX_CHARS] = "null";
  char actual[LF_INSTANT_MAX_CHARS] = "null";

  if (expected_us != LF_INSTANT_NONE)
    lf_instant_format (expected_us, expected);
  if (actual_us != LF_INSTANT_NONE)
    lf_instant_format (actual_us, actual);
  compare_texts (differences, what, expected, actual);
}

/* Resolves one case; appends what differs. */
static void
check_case (Reader     *reader,
            JsonObject *object,
            GString    *differences)
{
  g_autoptr (LfPresence) presence = NULL;
  JsonObject            *expect = read_object (reader, object, "expect");
  gint64                 now_us = read_instant (reader, object, "now");
  guint                  stale = read_stale (reader, expect);
  LfResolved             resolved;

  if (now_us == LF_INSTANT_NONE)
    complain (reader, "“now” is null");
  presence = read_presence (reader, read_object (reader, object, "presence"));
  lf_resolve (presence, now_us, &resolved);

  if (stale != resolved.stale)
    g_string_append_printf (differences, "  stale: expected mask %u, got %u\n", stale, resolved.stale);
  compare_texts (differences, "kind", read_text (reader, expect, "kind"), lf_kind_to_name (resolved.kind));
  compare_texts (differences, "status", read_text (reader, expect, "status"),
                 lf_display_status_to_name (resolved.status));
  compare_texts (differences, "note", read_text (reader, expect, "note"), resolved.note);
  compare_instants (differences, "since", read_instant (reader, expect, "since"), resolved.since_us);
  compare_instants (differences, "until", read_instant (reader, expect, "until"), resolved.until_us);
  compare_instants (differences, "note_until", read_instant (reader, expect, "note_until"), resolved.note_until_us);
  compare_instants (differences, "next_change_at", read_instant (reader, expect, "next_change_at"),
                    resolved.next_change_at_us);
}

/* The array of cases, or NULL with an error. */
static JsonArray *
find_cases (JsonParser *parser,
            const char *path,
            GError    **error)
{
  JsonNode   *root;
  JsonObject *object;
  JsonNode   *format;
  JsonNode   *cases;

  if (!json_parser_load_from_file (parser, path, error))
    return NULL;
  root = json_parser_get_root (parser);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  format = object != NULL ? json_object_get_member (object, "format") : NULL;
  cases = object != NULL ? json_object_get_member (object, "cases") : NULL;
  if (format == NULL || !JSON_NODE_HOLDS_VALUE (format) ||
      g_strcmp0 (json_node_get_string (format), FORMAT) != 0)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "the “format” is not “%s”", FORMAT);
      return NULL;
    }
  if (cases == NULL || !JSON_NODE_HOLDS_ARRAY (cases) ||
      json_array_get_length (json_node_get_array (cases)) == 0)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "there are no “cases”");
      return NULL;
    }
  return json_node_get_array (cases);
}

static gboolean
run_cases (JsonArray *cases,
           guint     *n_failed,
           GError   **error)
{
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonNode           *node = json_array_get_element (cases, i);
      JsonObject         *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autofree char    *number = g_strdup_printf ("number %u", i + 1);
      g_autoptr (GString) differences = g_string_new (NULL);
      Reader              reader = { number, NULL };
      const char         *name = read_text (&reader, object, "name");

      if (name != NULL)
        reader.case_name = name;
      check_case (&reader, object, differences);
      if (reader.error != NULL)
        {
          g_propagate_error (error, reader.error);
          return FALSE;
        }
      if (differences->len == 0)
        continue;
      (*n_failed)++;
      g_print ("FAILED: %s\n%s", reader.case_name, differences->str);
    }
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError)     error = NULL;
  JsonArray             *cases;
  guint                  n_failed = 0;

  setlocale (LC_ALL, "");
  if (argc != 2)
    {
      g_printerr ("Usage: presence-vectors FILE\n");
      return 2;
    }
  cases = find_cases (parser, argv[1], &error);
  if (cases == NULL || !run_cases (cases, &n_failed, &error))
    {
      g_printerr ("%s is not a file of presence vectors: %s\n", argv[1], error->message);
      return 2;
    }
  g_print ("%u passed, %u failed\n", json_array_get_length (cases) - n_failed, n_failed);
  return n_failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

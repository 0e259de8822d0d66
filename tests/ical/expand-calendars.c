/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lampfield-core.h"
#include "lampfield-ical.h"

/* Expands many calendars, for tests that compare with other implementations. Each line of the input is
 * "ZONE FROM TO PATH"; for each it prints "PATH KNOWN-UNTIL ISSUES" and a line "START END TYPE" for each period. */

static void
print_result (const char         *path,
              const LfIcalResult *result)
{
  char                start[LF_INSTANT_MAX_CHARS];
  char                end[LF_INSTANT_MAX_CHARS];
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (result->periods, &n_periods);

  lf_instant_format (result->known_until_us, end);
  printf ("%s %s %u\n", path, end, lf_ical_issues_get_total (&result->issues));
  for (gsize i = 0; i < n_periods; i++)
    {
      lf_instant_format (periods[i].start_us, start);
      lf_instant_format (periods[i].end_us, end);
      printf ("%s %s %s\n", start, end, lf_busy_type_names[periods[i].type]);
    }
}

static gboolean
expand_line (const char *line,
             GError    **error)
{
  g_auto (GStrv)           words = g_strsplit (line, " ", 4);
  g_autofree char         *bytes = NULL;
  g_autoptr (LfIcalReader) reader = NULL;
  g_autoptr (LfIcalResult) result = NULL;
  LfIcalOptions            options = { 0 };
  gsize                    length;

  if (g_strv_length (words) != 4 || !lf_instant_parse (words[1], &options.from_us) || !lf_instant_parse (words[2], &options.to_us))
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "“%s” is no line of the input.", line);
      return FALSE;
    }
  if (!g_file_get_contents (words[3], &bytes, &length, error))
    return FALSE;
  options.owner_zone = words[0];
  reader = lf_ical_reader_new (&options);
  if (!lf_ical_reader_feed (reader, bytes, length, error))
    return FALSE;
  result = lf_ical_reader_finish (reader, error);
  if (result == NULL)
    return FALSE;
  print_result (words[3], result);
  return TRUE;
}

int
main (void)
{
  char line[4096];

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!expand_line (g_strchomp (line), &error))
        {
          fprintf (stderr, "%s\n", error->message);
          return 1;
        }
    }
  return 0;
}

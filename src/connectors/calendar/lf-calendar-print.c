/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <stdio.h>

#include "lf-calendar-content.h"
#include "lf-calendar-print.h"
#include "lf-calendar-worker.h"
#include "lf-instant.h"
#include "lf-presence.h"

#define DAYS_BACK 1
#define DAYS_ON   14

typedef struct
{
  LfIcalOptions      options;
  GMainLoop         *loop;    /* borrowed */
  LfCalendarNursery *nursery; /* borrowed */
  gboolean           is_good;
} Print;

static void
print_result (const LfIcalResult *result)
{
  char                from[LF_INSTANT_MAX_CHARS];
  char                until[LF_INSTANT_MAX_CHARS];
  gsize               n_periods;
  const LfBusyPeriod *periods = lf_busy_list_get (result->periods, &n_periods);
  g_autofree char    *issues = lf_ical_issues_to_text (&result->issues);

  for (gsize i = 0; i < n_periods; i++)
    {
      lf_instant_format (periods[i].start_us, from);
      lf_instant_format (periods[i].end_us, until);
      printf ("%s %s %s\n", from, until, lf_busy_type_names[periods[i].type]);
    }
  lf_instant_format (result->known_from_us, from);
  lf_instant_format (result->known_until_us, until);
  fprintf (stderr, "%u events read; known from %s to %s\n", result->n_events, from, until);
  if (issues != NULL)
    fprintf (stderr, "%s\n", issues);
}

static void
on_expanded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Print                     *print = user_data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (GPtrArray)      expansions = lf_calendar_worker_expand_finish (result, &error);
  const LfCalendarExpansion *only = expansions == NULL ? NULL : g_ptr_array_index (expansions, 0);

  if (only == NULL || only->result == NULL)
    fprintf (stderr, "%s\n", only == NULL ? error->message : only->error->message);
  else
    print_result (only->result);
  print->is_good = only != NULL && only->result != NULL;
  g_main_loop_quit (print->loop);
}

static void
on_file_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Print                        *print = user_data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (LfCalendarContent) content = lf_calendar_file_read_finish (result, &error);

  if (content == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      g_main_loop_quit (print->loop);
      return;
    }
  lf_calendar_worker_expand_async (print->nursery, &print->options, &content->bytes, 1, NULL, on_expanded, print);
}

/**
 * lf_calendar_print:
 * @path: an .ics file
 * @zone: (nullable): IANA name of the owner's zone
 * @addresses: (nullable) (array zero-terminated=1): the owner's mail addresses
 * @now_us: the moment the window is laid around
 *
 * Prints what would be published of a calendar, by the same way as it would: "start end type" a
 * line; what was wrong on the error stream.
 *
 * Returns: the exit code
 */
int
lf_calendar_print (const char        *path,
                   const char        *zone,
                   const char *const *addresses,
                   gint64             now_us)
{
  g_autoptr (GMainLoop)         loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (LfCalendarNursery) nursery = lf_calendar_nursery_new (NULL);
  Print                         print = {
                            .options = { zone, addresses, now_us - DAYS_BACK * LF_DAY, now_us + DAYS_ON * LF_DAY },
                            .loop = loop,
                            .nursery = nursery,
  };

  g_return_val_if_fail (path != NULL, 1);

  lf_calendar_file_read_async (path, NULL, NULL, on_file_read, &print);
  g_main_loop_run (loop);
  return print.is_good ? 0 : 1;
}

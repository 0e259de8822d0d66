/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <stdio.h>

#include "lf-calendar-nursery.h"
#include "lf-calendar-worker.h"

int
main (int   argc,
      char *argv[])
{
  if (argc != 2 || !g_str_equal (argv[1], LF_VERSION))
    {
      fprintf (stderr, "This is a part of lampfield-calendar %s, which starts it to read calendars.\n", LF_VERSION);
      return 2;
    }
  lf_calendar_worker_warm_up ();
  return lf_calendar_nursery_main (lf_calendar_worker_main);
}

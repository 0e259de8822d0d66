/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lf-calendar-job.h"
#include "lf-calendar-worker.h"
#include "lf-error.h"
#include "lf-ical-zone.h"

#define CHUNK_BYTES (64 * 1024)

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1 /* clang's way to say it */
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1 /* the sanitizer reserves terabytes of addresses */
#else
#define HAS_SHADOW_MEMORY 0
#endif

static void
set_limit (int     resource,
           guint64 limit)
{
  struct rlimit both = { .rlim_cur = limit, .rlim_max = limit };

  setrlimit (resource, &both);
}

/* What a stranger's calendar may cost at most. No core file either: it would hold their words. */
static void
confine (void)
{
  set_limit (RLIMIT_CPU, LF_CALENDAR_WORKER_CPU_S);
  set_limit (RLIMIT_CORE, 0);
  set_limit (RLIMIT_FSIZE, 0);
  if (!HAS_SHADOW_MEMORY)
    set_limit (RLIMIT_AS, LF_CALENDAR_WORKER_MEMORY_BYTES);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* The input, read as it is used. */
typedef struct
{
  char  bytes[CHUNK_BYTES];
  gsize length;
  gsize used;
} Input;

/* Makes sure that there is something. FALSE: the input ended. */
static gboolean
fill (Input *input)
{
  gssize n_bytes;

  if (input->used < input->length)
    return TRUE;
  do
    n_bytes = read (STDIN_FILENO, input->bytes, sizeof input->bytes);
  while (n_bytes < 0 && errno == EINTR);
  input->used = 0;
  input->length = (gsize) MAX (n_bytes, 0);
  return n_bytes > 0;
}

/* Reads a line of at most @max_bytes. */
static char *
read_line (Input *input,
           gsize  max_bytes)
{
  g_autoptr (GString) line = g_string_new (NULL);

  while (line->len <= max_bytes && fill (input))
    {
      const char *start = input->bytes + input->used;
      const char *end = memchr (start, '\n', input->length - input->used);
      gsize       length = end != NULL ? (gsize) (end - start) : input->length - input->used;

      g_string_append_len (line, start, (gssize) length);
      input->used += length + (end != NULL ? 1 : 0);
      if (end != NULL)
        return g_string_free (g_steal_pointer (&line), FALSE);
    }
  return NULL;
}

static LfCalendarJob *
read_job (Input *input)
{
  g_autofree char          *line = read_line (input, LF_CALENDAR_JOB_MAX_BYTES);
  g_autoptr (LfCalendarJob) job = NULL;

  if (line != NULL)
    job = lf_codec_decode (&lf_calendar_job_schema, line, strlen (line), &lf_calendar_job_limits, NULL);
  return job != NULL && job->from_us < job->to_us ? g_steal_pointer (&job) : NULL;
}

/* Feeds @length bytes to @reader, and passes over the rest after an error. FALSE: the input ended early. */
static gboolean
feed (Input        *input,
      guint64       length,
      LfIcalReader *reader,
      GError      **error)
{
  gboolean is_good = TRUE;

  while (length > 0 && fill (input))
    {
      gsize n_bytes = (gsize) MIN (length, input->length - input->used);

      if (is_good)
        is_good = lf_ical_reader_feed (reader, input->bytes + input->used, n_bytes, error);
      input->used += n_bytes;
      length -= n_bytes;
    }
  return length == 0;
}

static gboolean
write_reply (const LfIcalResult *result,
             const GError       *failure)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  gsize               n_written = 0;

  lf_calendar_reply_encode (result, g_get_real_time () / 1000 * 1000, failure, reply);
  g_string_append_c (reply, '\n');
  while (n_written < reply->len)
    {
      gssize n_bytes = write (STDOUT_FILENO, reply->str + n_written, reply->len - n_written);

      if (n_bytes < 0 && errno == EINTR)
        continue;
      if (n_bytes <= 0)
        return FALSE;
      n_written += (gsize) n_bytes;
    }
  return TRUE;
}

/* Reads one calendar and tells what it says. FALSE: there is nobody to tell, or nothing more to read. */
static gboolean
do_calendar (Input               *input,
             guint64              length,
             const LfCalendarJob *job,
             GHashTable          *zone_cache)
{
  g_autoptr (LfIcalResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfIcalReader) reader = lf_ical_reader_new (&(LfIcalOptions){
    .owner_zone = job->zone,
    .own_addresses = (const char *const *) job->addresses,
    .from_us = job->from_us,
    .to_us = job->to_us,
    .zone_cache = zone_cache,
  });

  if (!feed (input, length, reader, &error))
    return FALSE;
  if (error == NULL)
    result = lf_ical_reader_finish (reader, &error);
  return write_reply (result, error);
}

/**
 * lf_calendar_worker_warm_up:
 *
 * Reads a calendar of the program's own, once, in the process that workers are forked from: what the
 * libraries make ready at the first use is ready in each of them.
 */
void
lf_calendar_worker_warm_up (void)
{
  static const char         calendar[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=W. Europe Standard Time:20260105T090000\n"
                                         "DURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE\nEND:VEVENT\nEND:VCALENDAR\n";
  g_autoptr (GString)       reply = g_string_new (NULL);
  g_autoptr (LfIcalResult)  result = NULL;
  g_autoptr (LfCalendarJob) job = NULL;
  g_autoptr (LfIcalReader)  reader = NULL;
  static const char         order[] = "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-15T00:00:00Z\"}";

  job = lf_codec_decode (&lf_calendar_job_schema, order, strlen (order), &lf_calendar_job_limits, NULL);
  reader = lf_ical_reader_new (&(LfIcalOptions){ .from_us = job->from_us, .to_us = job->to_us });
  if (lf_ical_reader_feed (reader, calendar, strlen (calendar), NULL))
    result = lf_ical_reader_finish (reader, NULL);
  if (result != NULL)
    lf_calendar_reply_encode (result, job->from_us, NULL, reply);
}

/**
 * lf_calendar_worker_main:
 *
 * The whole life of a worker: confines itself, reads a job and its calendars from standard input,
 * writes a reply to each to standard output.
 *
 * Returns: the exit code, 0 when all that came was replied to
 */
int
lf_calendar_worker_main (void)
{
  g_autofree Input         *input = g_new0 (Input, 1);
  g_autoptr (GHashTable)    zone_cache = lf_ical_zone_cache_new ();
  g_autoptr (LfCalendarJob) job = NULL;

  confine ();
  job = read_job (input);
  if (job == NULL)
    return 1;
  for (;;)
    {
      g_autofree char *line = read_line (input, 20);
      guint64          length;

      if (line == NULL)
        return 0;
      if (!g_ascii_string_to_unsigned (line, 10, 0, G_MAXINT64, &length, NULL) || !do_calendar (input, length, job, zone_cache))
        return 1;
    }
}

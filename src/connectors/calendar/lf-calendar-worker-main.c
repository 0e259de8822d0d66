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
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gssize
read_some (char *buffer,
           gsize size)
{
  gssize n_bytes;

  do
    n_bytes = read (STDIN_FILENO, buffer, size);
  while (n_bytes < 0 && errno == EINTR);
  return n_bytes;
}

/* Reads up to the first newline; what came after it is left in @rest. */
static LfCalendarJob *
read_job (GString *rest,
          GError **error)
{
  g_autoptr (LfCalendarJob) job = NULL;
  g_autofree char          *buffer = g_malloc (CHUNK_BYTES);
  const char               *line_end = NULL;

  while (line_end == NULL && rest->len <= LF_CALENDAR_JOB_MAX_BYTES)
    {
      gssize n_bytes = read_some (buffer, CHUNK_BYTES);

      if (n_bytes <= 0)
        break;
      g_string_append_len (rest, buffer, n_bytes);
      line_end = memchr (rest->str, '\n', rest->len);
    }
  if (line_end == NULL)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The worker got no job.");
      return NULL;
    }
  job = lf_codec_decode (&lf_calendar_job_schema, rest->str, line_end - rest->str, &lf_calendar_job_limits, error);
  if (job != NULL && job->from_us >= job->to_us)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The worker's window ends before it starts.");
      return NULL;
    }
  g_string_erase (rest, 0, line_end - rest->str + 1);
  return g_steal_pointer (&job);
}

static LfIcalResult *
read_calendar (GError **error)
{
  g_autoptr (GString)       rest = g_string_new (NULL);
  g_autoptr (LfCalendarJob) job = NULL;
  g_autoptr (LfIcalReader)  reader = NULL;
  g_autofree char          *buffer = NULL;
  gssize                    n_bytes;

  job = read_job (rest, error);
  if (job == NULL)
    return NULL;
  reader = lf_ical_reader_new (&(LfIcalOptions){
    .owner_zone = job->zone,
    .own_addresses = (const char *const *) job->addresses,
    .from_us = job->from_us,
    .to_us = job->to_us,
  });
  if (!lf_ical_reader_feed (reader, rest->str, rest->len, error))
    return NULL;
  buffer = g_malloc (CHUNK_BYTES);
  while ((n_bytes = read_some (buffer, CHUNK_BYTES)) > 0)
    {
      if (!lf_ical_reader_feed (reader, buffer, n_bytes, error))
        return NULL;
    }
  if (n_bytes < 0)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_UNAVAILABLE, "The calendar could not be handed to the worker.");
      return NULL;
    }
  return lf_ical_reader_finish (reader, error);
}

/**
 * lf_calendar_worker_main:
 *
 * The whole life of a worker: confines itself, reads a job and a calendar from standard input,
 * writes the reply to standard output.
 *
 * Returns: the exit code, 0 when a reply was written
 */
int
lf_calendar_worker_main (void)
{
  g_autoptr (LfIcalResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  g_autoptr (GString)      reply = g_string_new (NULL);
  gsize                    n_written = 0;

  confine ();
  result = read_calendar (&error);
  lf_calendar_reply_encode (result, g_get_real_time () / 1000 * 1000, error, reply);
  while (n_written < reply->len)
    {
      gssize n_bytes = write (STDOUT_FILENO, reply->str + n_written, reply->len - n_written);

      if (n_bytes < 0 && errno == EINTR)
        continue;
      if (n_bytes <= 0)
        return 1;
      n_written += n_bytes;
    }
  return 0;
}

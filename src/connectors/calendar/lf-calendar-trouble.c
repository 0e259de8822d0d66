/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-trouble.h"
#include "lf-error.h"

/* The machine that is asked, and its port if it is not the usual one. The rest of the address is a secret. */
static char *
dup_machine (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  int         port = g_uri_get_port (uri);

  if (port <= 0)
    return g_strdup (host);
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, port);
}

static char *
explain_silence (const char     *machine,
                 LfCalendarStage stage)
{
  if (stage == LF_CALENDAR_STAGE_CONNECTING)
    return g_strdup_printf ("“%s” cannot be reached: no connection within %d seconds. Is it up, and lets the network this machine through?",
                            machine, LF_CALENDAR_SILENCE_S);
  if (stage == LF_CALENDAR_STAGE_ASKED)
    return g_strdup_printf ("“%s” takes connections but does not answer: nothing came for %d seconds. Its service seems to hang.",
                            machine, LF_CALENDAR_SILENCE_S);
  return g_strdup_printf ("“%s” stopped in the middle of its answer: nothing more came for %d seconds.", machine, LF_CALENDAR_SILENCE_S);
}

static char *
explain_io (const GError   *error,
            const char     *machine,
            LfCalendarStage stage)
{
  switch (error->code)
    {
    case G_IO_ERROR_TIMED_OUT:
      return explain_silence (machine, stage);

    case G_IO_ERROR_CONNECTION_REFUSED:
      return g_strdup_printf ("“%s” refuses connections: no service listens there.", machine);

    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return g_strdup_printf ("“%s” cannot be reached: there is no way to it from this machine's network.", machine);

    case G_IO_ERROR_CONNECTION_CLOSED: /* also: broken pipe */
    case G_IO_ERROR_PARTIAL_INPUT:
      return g_strdup_printf ("“%s” ended the connection before its answer was whole.", machine);

    default:
      return g_strdup_printf ("“%s” could not be asked: %s.", machine, error->message);
    }
}

/**
 * lf_calendar_trouble_explain:
 * @error: what the network or libsoup says
 * @uri: what was asked
 * @stage: how far that came
 *
 * Says who did not do what, to whoever can mend it. Of the address the machine alone is named.
 *
 * Returns: (transfer full): an error of %LF_ERROR_UNAVAILABLE
 */
GError *
lf_calendar_trouble_explain (const GError   *error,
                             GUri           *uri,
                             LfCalendarStage stage)
{
  g_autofree char *machine = NULL;
  g_autofree char *words = NULL;

  g_return_val_if_fail (error != NULL && uri != NULL, NULL);

  machine = dup_machine (uri);
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    words = g_strdup_printf ("Nobody knows a machine called “%s”: its name is wrong, or gone.", g_uri_get_host (uri));
  else if (error->domain == G_RESOLVER_ERROR)
    words = g_strdup_printf ("The name “%s” could not be looked up: this machine's name service does not answer.", g_uri_get_host (uri));
  else if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    words = g_strdup_printf ("The certificate of “%s” is not one to trust: it has run out, is for another name, or nobody known has signed it.", machine);
  else if (error->domain == G_TLS_ERROR)
    words = g_strdup_printf ("No secure connection to “%s” comes about: %s.", machine, error->message);
  else if (error->domain == G_IO_ERROR)
    words = explain_io (error, machine, stage);
  else
    words = g_strdup_printf ("“%s” could not be asked: %s.", machine, error->message);
  return g_error_new_literal (LF_ERROR, LF_ERROR_UNAVAILABLE, words);
}

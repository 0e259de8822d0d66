/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-calendar-trouble.h"
#include "lf-error.h"

/* What the network says, in words that a person can act on. */

typedef struct
{
  const char *claim;
  GQuark (*domain) (void);
  int             code;
  LfCalendarStage stage;
  const char     *words;
} Row;

static const Row rows[] = {
  { "no way in", g_io_error_quark, G_IO_ERROR_TIMED_OUT, LF_CALENDAR_STAGE_CONNECTING, "“dav.example.org:8443” cannot be reached: no connection within 20 seconds" },
  { "a service that hangs", g_io_error_quark, G_IO_ERROR_TIMED_OUT, LF_CALENDAR_STAGE_ASKED, "“dav.example.org:8443” takes connections but does not answer" },
  { "one that hangs later", g_io_error_quark, G_IO_ERROR_TIMED_OUT, LF_CALENDAR_STAGE_ANSWERED, "“dav.example.org:8443” stopped in the middle of its answer" },
  { "no service", g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, LF_CALENDAR_STAGE_CONNECTING, "refuses connections: no service listens there" },
  { "no way", g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, LF_CALENDAR_STAGE_CONNECTING, "cannot be reached: there is no way" },
  { "cut off", g_io_error_quark, G_IO_ERROR_PARTIAL_INPUT, LF_CALENDAR_STAGE_ANSWERED, "ended the connection before its answer was whole" },
  { "reset", g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, LF_CALENDAR_STAGE_ASKED, "ended the connection before its answer was whole" },
  { "no such name", g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND, LF_CALENDAR_STAGE_CONNECTING, "Nobody knows a machine called “dav.example.org”" },
  { "no name service", g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE, LF_CALENDAR_STAGE_CONNECTING, "this machine's name service does not answer" },
  { "a bad certificate", g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, LF_CALENDAR_STAGE_CONNECTING, "The certificate of “dav.example.org:8443” is not one to trust" },
  { "other trouble keeps its words", g_tls_error_quark, G_TLS_ERROR_MISC, LF_CALENDAR_STAGE_CONNECTING, "comes about: it said this." },
  { "whatever it is", g_io_error_quark, G_IO_ERROR_FAILED, LF_CALENDAR_STAGE_CONNECTING, "could not be asked: it said this." },
};

static void
test_words (void)
{
  g_autoptr (GUri) uri = g_uri_parse ("https://mara:word@dav.example.org:8443/private/a1b2c3?export", G_URI_FLAGS_HAS_PASSWORD, NULL);

  g_test_summary ("the machine is named and what it did not do, and no secret of the address");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (rows[i].domain (), rows[i].code, "it said this");
      g_autoptr (GError) explained = lf_calendar_trouble_explain (error, uri, rows[i].stage);

      g_test_message ("%s: %s", rows[i].claim, explained->message);
      g_assert_error (explained, LF_ERROR, LF_ERROR_UNAVAILABLE);
      g_assert_nonnull (strstr (explained->message, rows[i].words));
      g_assert_null (strstr (explained->message, "word"));
      g_assert_null (strstr (explained->message, "a1b2c3"));
      g_assert_true (g_str_has_suffix (explained->message, ".") || g_str_has_suffix (explained->message, "?"));
    }
}

static void
test_machine (void)
{
  static const char *const uris[][2] = {
    { "https://dav.example.org/x", "“dav.example.org” refuses" },
    { "http://127.0.0.1:80/x", "“127.0.0.1:80” refuses" },
    { "https://[2001:db8::7]:8443/x", "“[2001:db8::7]:8443” refuses" },
  };
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "it said this");

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GUri)   uri = g_uri_parse (uris[i][0], G_URI_FLAGS_NONE, NULL);
      g_autoptr (GError) explained = lf_calendar_trouble_explain (error, uri, LF_CALENDAR_STAGE_CONNECTING);

      g_assert_nonnull (strstr (explained->message, uris[i][1]));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/trouble/words", test_words);
  g_test_add_func ("/calendar/trouble/machine", test_machine);
  return g_test_run ();
}

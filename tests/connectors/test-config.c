/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gstdio.h>

#include "lf-calendar-config.h"
#include "lf-settings-file.h"
#include "lf-calendar-guard.h"
#include "lf-calendar-secret.h"

/* A folder with a configuration and a token file. */
typedef struct
{
  char *folder;
  char *config;
  char *token;
  char *key;
} Fixture;

#define TOKEN  "0123456789abcdef0123456789abcdef"
#define KEY    "[secrets]\nkey-file=key\n"
#define SERVER "[server]\nurl=https://lampfield.example.org\ntoken-file=token\n"

static char *
seal (Fixture *fixture, const char *group, const char *secret)
{
  g_autoptr (GError) error = NULL;
  char              *sealed = lf_calendar_config_seal (fixture->config, group, secret, &error);

  g_assert_no_error (error);
  return sealed;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("lf-config-XXXXXX", NULL);
  fixture->config = g_build_filename (fixture->folder, "calendar.conf", NULL);
  fixture->token = g_build_filename (fixture->folder, "token", NULL);
  fixture->key = g_build_filename (fixture->folder, "key", NULL);
  g_assert_true (lf_calendar_key_create (fixture->key, NULL));
  g_assert_true (g_file_set_contents_full (fixture->token, TOKEN "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->config);
  g_unlink (fixture->token);
  g_unlink (fixture->key);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->config);
  g_free (fixture->token);
  g_free (fixture->key);
}

static LfCalendarConfig *
load (Fixture *fixture, const char *text, GError **error)
{
  g_assert_true (g_file_set_contents (fixture->config, text, -1, NULL));
  return lf_calendar_config_load (fixture->config, NULL, NULL, error);
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)            error = NULL;
  g_autoptr (LfCalendarConfig)  config = NULL;
  g_autofree char              *path = g_build_filename (fixture->folder, "mara.ics", NULL);
  const LfCalendarSourceConfig *source;

  config = load (fixture, SERVER "[reading]\nrefresh-seconds=60\n[mara]\nfile=mara.ics\n"
                                 "[mara-private]\nuser=mara\nurl=webcal://cal.example.org/x.ics?token=1\n"
                                 "addresses=m@example.org; mara@example.org\nzone=Europe/Berlin\nallow-private=true\n",
                 &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->server, ==, "https://lampfield.example.org");
  g_assert_cmpstr (config->token, ==, TOKEN);
  g_assert_cmpuint (config->refresh_s, ==, 60);
  g_assert_cmpuint (config->sources->len, ==, 2);
  source = g_ptr_array_index (config->sources, 0);
  g_assert_cmpstr (source->name, ==, "mara");
  g_assert_cmpstr (source->user, ==, "mara");
  g_assert_cmpstr (source->path, ==, path);
  g_assert_false (source->may_be_private);
  source = g_ptr_array_index (config->sources, 1);
  g_assert_cmpstr (source->name, ==, "mara-private");
  g_assert_cmpstr (source->user, ==, "mara");
  g_assert_cmpstr (source->url, ==, "https://cal.example.org/x.ics?token=1");
  g_assert_cmpstr (source->addresses[1], ==, "mara@example.org");
  g_assert_cmpstr (source->zone, ==, "Europe/Berlin");
  g_assert_true (source->may_be_private);
}

static void
test_command_line (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)           error = NULL;
  g_autoptr (LfCalendarConfig) config = NULL;

  g_test_summary ("server and token may come from the command line");

  g_assert_true (g_file_set_contents (fixture->config, "[mara]\nfile=/x.ics\n", -1, NULL));
  config = lf_calendar_config_load (fixture->config, "http://127.0.0.1:8080", fixture->token, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->server, ==, "http://127.0.0.1:8080");
  g_assert_cmpstr (config->token, ==, TOKEN);
}

static void
test_seal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)            error = NULL;
  g_autoptr (LfCalendarConfig)  config = NULL;
  g_autoptr (LfCalendarConfig)  moved = NULL;
  g_autofree char              *sealed = NULL;
  g_autofree char              *again = NULL;
  g_autofree char              *text = NULL;
  g_autofree char              *elsewhere = NULL;
  const LfCalendarSourceConfig *source;
  GStatBuf                      status;

  g_test_summary ("a sealed password opens with its key in its own group alone; the key file is made for the account alone");

  g_unlink (fixture->key);
  g_assert_true (g_file_set_contents (fixture->config, SERVER KEY, -1, NULL));
  sealed = seal (fixture, "office", "päss w\nord");
  again = seal (fixture, "office", "päss w\nord");
  g_assert_cmpstr (sealed, !=, again);
  g_assert_null (strstr (sealed, "word"));
  g_assert_cmpint (g_stat (fixture->key, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  text = g_strdup_printf (SERVER KEY "[office]\news=https://mail.example.org/EWS/Exchange.asmx\ndomain=example.org\nauth=ntlm\n"
                                     "login=EXAMPLE\\\\lampfield\npassword=%s\n",
                          sealed);
  config = load (fixture, text, &error);
  g_assert_no_error (error);
  source = g_ptr_array_index (config->sources, 0);
  g_assert_cmpint (source->kind, ==, LF_CALENDAR_EWS);
  g_assert_cmpint (source->auth, ==, LF_CALENDAR_AUTH_NTLM);
  g_assert_cmpstr (source->secret, ==, "päss w\nord");
  g_assert_cmpstr (source->login, ==, "EXAMPLE\\lampfield");
  g_assert_null (source->user);
  g_assert_true (lf_calendar_source_config_is_for (source, "mara", "mara@Example.ORG"));
  g_assert_false (lf_calendar_source_config_is_for (source, "mara", "mara@sub.example.org"));
  g_assert_false (lf_calendar_source_config_is_for (source, "mara", NULL));

  elsewhere = g_strdup_printf (SERVER KEY "[other]\ncaldav=https://elsewhere.example.com/\npassword=%s\n", sealed);
  moved = load (fixture, elsewhere, &error);
  g_assert_error (error, LF_SETTINGS_ERROR, LF_SETTINGS_ERROR_INVALID);
  g_assert_null (moved);
}

static void
test_key_for_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_test_summary ("a key that others can read is refused");

  g_assert_cmpint (g_chmod (fixture->key, 0644), ==, 0);
  g_assert_null (load (fixture, SERVER KEY "[mara]\nfile=x\n", &error));
  g_assert_error (error, LF_SETTINGS_ERROR, LF_SETTINGS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "chmod"));
}

static void
test_for_person (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)                 error = NULL;
  g_autoptr (LfCalendarConfig)       config = NULL;
  g_autoptr (LfCalendarSourceConfig) one = NULL;
  const LfCalendarSourceConfig      *all;

  g_test_summary ("one group for many people becomes one calendar for each");

  config = load (fixture, SERVER "[dav]\ncaldav=https://dav.example.org/{login}/{mail}/\nusers=*\ncalendars=Work; Team\n", &error);
  g_assert_no_error (error);
  all = g_ptr_array_index (config->sources, 0);
  g_assert_true (lf_calendar_source_config_is_for (all, "mara", NULL));
  g_assert_cmpstr (all->calendars[1], ==, "Team");
  one = lf_calendar_source_config_for_person (all, "mara/..", "m@example.org");
  g_assert_cmpstr (one->url, ==, "https://dav.example.org/mara%2F../m@example.org/");
  g_assert_cmpstr (one->user, ==, "mara/..");
  g_assert_false (lf_calendar_source_config_same (one, all));
  g_assert_true (lf_calendar_source_config_same (all, all));
}

static const struct
{
  const char *claim;
  const char *text;
  const char *words; /* of the message */
} bad[] = {
  { "no server", "[mara]\nfile=x.ics\n", "[server]" },
  { "http to another machine", "[server]\nurl=http://lampfield.example.org\ntoken-file=token\n", "[server]" },
  { "no token file", "[server]\nurl=https://x.example.org\ntoken-file=nowhere\n", "nowhere" },
  { "a misspelt key", SERVER "[mara]\nfiel=x.ics\n", "fiel" },
  { "a misspelt key of the server", SERVER "tokenfile=x\n", "tokenfile" },
  { "an escape that does not exist", SERVER "[mara]\nfile=x\\q.ics\n", "file" },
  { "two services", SERVER "[x]\news=https://x.example.org/\ngraph=https://y.example.org/\n", "either" },
  { "a password in the open", SERVER KEY "[mara]\ncaldav=https://x.example.org/\nlogin=mara\npassword=secret\n", "--seal mara" },
  { "a password and no key", SERVER "[mara]\ncaldav=https://x.example.org/\npassword=sealed:x\n", "key-file" },
  { "no key file", SERVER "[secrets]\nkey-file=nowhere\n[mara]\nfile=x\n", "nowhere" },
  { "no key", SERVER "[secrets]\nkey-file=token\n[mara]\nfile=x\n", "no key file" },
  { "what is not sealed", SERVER KEY "[mara]\ncaldav=https://x.example.org/\npassword=sealed:%%%\n", "does not open" },
  { "sealed and too short", SERVER KEY "[mara]\ncaldav=https://x.example.org/\npassword=sealed:AAAA\n", "does not open" },
  { "an unknown way to say who one is", SERVER "[x]\ncaldav=https://x.example.org/\nauth=ntml\n", "auth" },
  { "for one and for many", SERVER "[x]\nuser=mara\nusers=*\ncaldav=https://x.example.org/{login}/\n", "more than one" },
  { "many people at one address", SERVER "[x]\nusers=*\ncaldav=https://x.example.org/\n", "{login}" },
  { "many people in one file", SERVER "[x]\nusers=*\nfile=x.ics\n", "{login}" },
  { "Exchange without a password", SERVER "[x]\news=https://x.example.org/\nusers=*\n", "password" },
  { "Graph without a client", SERVER "[x]\ngraph=https://x.example.org/\nusers=*\n", "client-id" },
  { "Google without an account", SERVER "[x]\ngoogle=https://x.example.org/\nusers=*\n", "service-account-file" },
  { "http for tokens", SERVER "[x]\ngraph=https://x.example.org/\ntoken-url=http://x.example.org/\n", "https" },
  { "neither file nor url", SERVER "[mara]\nuser=mara\n", "either" },
  { "both file and url", SERVER "[mara]\nfile=x\nurl=https://x.example.org/\n", "either" },
  { "http", SERVER "[mara]\nurl=http://cal.example.org/x.ics\n", "https" },
  { "another scheme", SERVER "[mara]\nurl=file:///etc/passwd\n", "https" },
  { "no address", SERVER "[mara]\nurl=https://\n", "[mara]" },
  { "no zone", SERVER "[mara]\nfile=x\nzone=Berlin\n", "Berlin" },
  { "no mail address", SERVER "[mara]\nfile=x\naddresses=mara\n", "mara" },
  { "a name that is no id", SERVER "[mara klein]\nfile=x\n", "mara klein" },
  { "a path for a name", SERVER "[..]\nfile=x\n", ".." },
  { "neither true nor false", SERVER "[mara]\nfile=x\nallow-private=perhaps\n", "allow-private" },
  { "too often", SERVER "[reading]\nrefresh-seconds=1\n", "refresh-seconds" },
  { "no number", SERVER "[reading]\nrefresh-seconds=often\n", "refresh-seconds" },
  { "a group twice", SERVER "[mara]\nfile=x\n[ben]\nfile=y\n[mara]\nfile=z\n", "twice" },
};

static void
test_bad (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i].claim);
      g_assert_null (load (fixture, bad[i].text, &error));
      g_assert_error (error, LF_SETTINGS_ERROR, LF_SETTINGS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, bad[i].words));
      g_assert_null (strstr (error->message, TOKEN));
    }
}

static void
test_token_file (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    int         mode;
    gboolean    is_good;
  } rows[] = {
    { TOKEN "\n", 0600, TRUE },
    { TOKEN, 0640, TRUE },
    { TOKEN, 0644, FALSE },
    { TOKEN, 0620, FALSE },
    { "", 0600, FALSE },
    { "short", 0600, FALSE },
    { TOKEN " " TOKEN, 0600, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)           error = NULL;
      g_autoptr (LfCalendarConfig) config = NULL;

      g_test_message ("%o %s", rows[i].mode, rows[i].text);
      g_unlink (fixture->token);
      g_unlink (fixture->key);
      g_assert_true (g_file_set_contents_full (fixture->token, rows[i].text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_assert_cmpint (g_chmod (fixture->token, rows[i].mode), ==, 0);
      config = load (fixture, SERVER, &error);
      g_assert_cmpint (config != NULL, ==, rows[i].is_good);
    }
}

static void
test_guard (void)
{
  static const struct
  {
    const char *address;
    gboolean    is_public;
  } rows[] = {
    { "93.184.216.34", TRUE },
    { "2606:2800:220:1:248:1893:25c8:1946", TRUE },
    { "127.0.0.1", FALSE },
    { "127.9.9.9", FALSE },
    { "0.0.0.0", FALSE },
    { "0.1.2.3", FALSE },
    { "10.0.0.1", FALSE },
    { "172.16.0.1", FALSE },
    { "172.31.255.255", FALSE },
    { "172.32.0.1", TRUE },
    { "192.168.1.1", FALSE },
    { "169.254.169.254", FALSE },
    { "100.64.0.1", FALSE },
    { "198.18.0.1", FALSE },
    { "224.0.0.1", FALSE },
    { "255.255.255.255", FALSE },
    { "::1", FALSE },
    { "::", FALSE },
    { "fe80::1", FALSE },
    { "fd00::1", FALSE },
    { "ff02::1", FALSE },
    { "::ffff:127.0.0.1", FALSE },
    { "::ffff:192.168.0.1", FALSE },
    { "::ffff:93.184.216.34", TRUE },
    { "::127.0.0.1", FALSE },
    { "64:ff9b::7f00:1", FALSE },
    { "2002:7f00:1::", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (rows[i].address);

      g_test_message ("%s", rows[i].address);
      g_assert_cmpint (lf_calendar_guard_is_public (address), ==, rows[i].is_public);
    }
}

#define ADD(path, function) g_test_add ("/calendar/config/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("good", test_good);
  ADD ("command-line", test_command_line);
  ADD ("bad", test_bad);
  ADD ("seal", test_seal);
  ADD ("key-for-all", test_key_for_all);
  ADD ("for-person", test_for_person);
  ADD ("token-file", test_token_file);
  g_test_add_func ("/calendar/guard/addresses", test_guard);
  return g_test_run ();
}

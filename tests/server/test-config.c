/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "lf-config.h"
#include "lf-listen.h"
#include "lf-server-fixture.h"

/* A configuration file and what is wrong with it; NULL: nothing. */
typedef struct
{
  const char *text;
  const char *fault; /* part of the message */
} Row;

static const Row rows[] = {
  { "[server]\ndata=/tmp\n", NULL },
  { "[server]\ndata=/tmp\ntrusted-proxies=127.0.0.1;::1\n[limits]\nmax-connections=16\n[stream]\nping-s=40\n", NULL },
  { "", "No data folder is named" },
  { "[server]\ndata=/tmp\nlissen=127.0.0.1:1\n", "no setting “lissen”" },
  { "[server]\ndata=/tmp\n[limit]\nmax-connections=100\n", "[limit] has no setting" },
  { "[server]\ndata=/tmp\n[limits]\nmax-connections=15\n", "must lie between 16 and 200000" },
  { "[server]\ndata=/tmp\n[limits]\nmax-connections=99999999999\n", "must lie between 16 and 200000" },
  { "[server]\ndata=/tmp\nlisten=127.0.0.1\\Line a=a\\\n", "escape that does not exist" },
  { "[server]\ndata=/tmp\n[limits]\nmax-connections=many\n", "max-connections" },
  { "[server]\ndata=/tmp\n[stream]\nwindow-bytes=-1\n", "must lie between" },
  { "[server]\ndata=/tmp\ntrusted-proxies=proxy.example\n", "“proxy.example” is not an IP address" },
  { "[server]\ndata=/tmp\ninsecure-direct=perhaps\n", "insecure-direct" },
  { "[server]\ndata=/tmp\n[presence]\ndevice-grace-s=60\ndevice-lease-s=60\n", "must be longer than" },
  { "[server]\ndata=/tmp\nlisten=127.0.0.1\\q\n", "escape that does not exist" },
  { "[server]\ndata=/tmp\nlisten=127.0.0.1\\q\nlissen=x\n", "escape that does not exist" },
  { "[server]\ndata=/tmp\\q\n", "escape that does not exist" },
  { "[server]\ndata=/tmp\ntrusted-proxies=127.0.0.1;\\q\n", "escape that does not exist" },
  { "[server]\ndata=/tmp\n[dial-plan]\ncountry-code=49\nallow=extensions;+49*\n", NULL },
  { "[server]\ndata=/tmp\n[dial-plan]\ncountry=49\n", "no setting “country”" },
  { "[server]\ndata=/tmp\n[dial-plan]\nallow=*\n", "“*” is not" },
  { "listen=127.0.0.1:1\n", "Cannot read the configuration" },
};

static void
test_files (void)
{
  g_test_summary ("A configuration is read whole, or refused with what is wrong");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char                *folder = lf_test_folder_new ();
      g_autofree char     *path = g_build_filename (folder, "server.conf", NULL);
      g_autoptr (GError)   error = NULL;
      g_autoptr (LfConfig) config = NULL;
      gboolean             is_good;

      g_assert_true (g_file_set_contents (path, rows[i].text, -1, NULL));
      config = lf_config_load (path, &error);
      is_good = config != NULL && lf_config_validate (config, &error);
      if (rows[i].fault == NULL)
        g_assert_no_error (error);
      else if (error == NULL || strstr (error->message, rows[i].fault) == NULL)
        g_error ("“%s” gave: %s", rows[i].text, error != NULL ? error->message : "no error");
      g_assert_cmpint (is_good, ==, rows[i].fault == NULL);
      lf_test_folder_free (folder);
    }
}

static void
test_defaults (void)
{
  g_autoptr (LfConfig) config = lf_config_new ();
  g_autoptr (GError)   error = NULL;

  g_test_summary ("Nothing but a data folder has to be set");
  config->data_dir = g_strdup ("/tmp");
  g_assert_true (lf_config_validate (config, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (config->window_frames, ==, 512);
  g_assert_cmpuint (config->restart_unknown_s, ==, 75);
}

typedef struct
{
  const char *listen;
  gboolean    is_direct;
  gboolean    is_good;
} Address;

static const Address addresses[] = {
  { "127.0.0.1:0", FALSE, TRUE },
  { "127.0.0.1:8470", FALSE, TRUE },
  { "[::1]:0", FALSE, TRUE },
  { "unix:/run/lampfield/http.sock", FALSE, TRUE },
  { "0.0.0.0:8470", FALSE, FALSE },
  { "192.0.2.1:8470", FALSE, FALSE },
  { "[::]:8470", FALSE, FALSE },
  { "0.0.0.0:8470", TRUE, TRUE },
  { "localhost:8470", FALSE, FALSE },
  { "127.0.0.1", FALSE, FALSE },
  { "127.0.0.1:65536", FALSE, FALSE },
  { "127.0.0.1:-1", FALSE, FALSE },
  { "127.0.0.1:", FALSE, FALSE },
  { "unix:relative", FALSE, FALSE },
  { "", FALSE, FALSE },
};

static void
test_addresses (void)
{
  g_test_summary ("The server listens on loopback or a Unix socket, and elsewhere only when told twice");

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (lf_listen_check (addresses[i].listen, addresses[i].is_direct, &error), ==, addresses[i].is_good);
      g_assert_cmpint (error == NULL, ==, addresses[i].is_good);
    }
}

static void
test_unix_socket (void)
{
  char              *folder = lf_test_folder_new ();
  g_autofree char   *listen_on = g_strdup_printf ("unix:%s/http.sock", folder);
  g_autofree char   *url = NULL;
  g_autofree char   *again_url = NULL;
  g_autofree char   *address = g_build_filename (folder, "address", NULL);
  g_autofree char   *line = NULL;
  g_autoptr (GError) error = NULL;
  int                fd = lf_listen_open (listen_on, FALSE, &url, &error);
  int                again;

  g_test_summary ("A Unix socket that somebody answers on is left alone; one left over from a crash is replaced");

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpstr (url, ==, listen_on);
  g_assert_cmpint (lf_listen_open (listen_on, FALSE, &again_url, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  close (fd);
  again = lf_listen_open (listen_on, FALSE, &again_url, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again, >=, 0);
  close (again);
  g_assert_true (lf_listen_write_address (folder, "address", url, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (address, &line, NULL, NULL));
  g_assert_true (g_str_has_suffix (line, "/http.sock\n"));
  lf_test_folder_free (folder);
}

static void
test_port_taken (void)
{
  g_autofree char   *url = NULL;
  g_autofree char   *again_url = NULL;
  g_autoptr (GError) error = NULL;
  int                fd = lf_listen_open ("127.0.0.1:0", FALSE, &url, &error);

  g_test_summary ("A port that is taken is said to be so");
  g_assert_no_error (error);
  g_assert_cmpint (lf_listen_open (url + strlen ("http://"), FALSE, &again_url, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/files", test_files);
  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/addresses", test_addresses);
  g_test_add_func ("/config/unix-socket", test_unix_socket);
  g_test_add_func ("/config/port-taken", test_port_taken);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "lf-address-menu.h"
#include "lf-app-test.h"
#include "lf-call-uri.h"
#include "lf-calling.h"
#include "lf-error.h"

static const struct
{
  const char *claim;
  const char *address;
  const char *uri; /* NULL: refused */
} addresses[] = {
  { "a number", "tel:+49-30-1234", "tel:+49301234" },
  { "as people write it", "TEL:+49 (30) 12.34", "tel:+49301234" },
  { "bare", "2041", "tel:2041" },
  { "with keys of the phone", "tel:*21#", "tel:*21#" },
  { "SIP", "sip:2041@pbx.example", "sip:2041@pbx.example" },
  { "SIP with a port", "sip:2041@10.0.0.1:5062", "sip:2041@10.0.0.1:5062" },
  { "SIP to an IPv6 host", "sip:a.b@[2001:db8::1]:5060", "sip:a.b@[2001:db8::1]:5060" },
  { "secure SIP", "SIPS:ada@pbx.example", "sips:ada@pbx.example" },
  { "an escape in the user part", "sip:a%20b@pbx.example", "sip:a%20b@pbx.example" },
  { "another scheme runs another program", "file:///etc/passwd", NULL },
  { "nor a script", "javascript:alert(1)", NULL },
  { "headers make a softphone do more than call", "sip:2041@pbx.example?Replaces=x", NULL },
  { "and parameters may", "sip:2041@pbx.example;transport=evil", NULL },
  { "an option for the program", "sip:--run@x y", NULL },
  { "white space", "sip:20 41@pbx.example", NULL },
  { "a line break", "tel:123\n456", NULL },
  { "letters in a number", "tel:abc", NULL },
  { "a plus inside", "tel:12+34", NULL },
  { "no number", "tel:", NULL },
  { "no host", "sip:2041@", NULL },
  { "a broken escape", "sip:a%2@pbx.example", NULL },
  { "a port that is none", "sip:a@b:123456", NULL },
  { "empty", "", NULL },
  { "no ASCII, and long", "aääääääääääääääääääääääääääääääääääääääää", NULL },
};

static char *folder; /* of the private desktop; owned by main */

static void
test_uri (void)
{
  g_test_summary ("Only numbers and plain SIP addresses are handed to a program");
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *uri = lf_call_uri_new (addresses[i].address, &error);

      g_test_message ("%s", addresses[i].claim);
      g_assert_cmpstr (uri, ==, addresses[i].uri);
      if (addresses[i].uri == NULL)
        {
          g_assert_error (error, LF_ERROR, LF_ERROR_BAD_REQUEST);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
        }
      else
        g_assert_no_error (error);
    }
}

typedef struct
{
  gboolean is_done;
  GError  *error;
} Outcome;

static void
on_launched (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Outcome *outcome = user_data;

  lf_calling_launch_finish (result, &outcome->error);
  outcome->is_done = TRUE;
}

static void
test_no_handler (void)
{
  Outcome          outcome = { FALSE, NULL };
  GtkWidget       *window = lf_app_test_show (gtk_label_new ("window"), 300, 200);
  GtkWidget       *dialog = NULL;
  g_autofree char *texts = NULL;

  g_test_summary ("Without a program for calls it is said in the window what to do, with the number");
  lf_calling_launch_async (NULL, "tel:+49-30-1234", NULL, on_launched, &outcome);
  lf_wait_until (outcome.is_done, 5000);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  dialog = lf_calling_explain (GTK_WINDOW (window), "tel:+49-30-1234", outcome.error);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_test_widget_wait_for_draw (dialog);
  texts = lf_app_test_read_texts (dialog);
  g_assert_nonnull (strstr (texts, "No program for calls\n"));
  g_assert_nonnull (strstr (texts, "dial +49-30-1234 on your phone"));
  g_assert_nonnull (strstr (texts, "Copy number\n"));
  lf_app_test_take_picture (dialog, "no-handler");
  gtk_window_destroy (GTK_WINDOW (dialog));
  lf_app_test_close (window);
  g_error_free (outcome.error);
}

static gboolean
has_handler (const char *scheme)
{
  g_autoptr (GAppInfo) handler = g_app_info_get_default_for_uri_scheme (scheme);

  return handler != NULL;
}

static void
test_handler (void)
{
  Outcome            outcome = { FALSE, NULL };
  g_autofree char   *applications = g_build_filename (folder, "data", "applications", NULL);
  g_autofree char   *desktop = g_build_filename (applications, "fake-phone.desktop", NULL);
  g_autofree char   *defaults = g_build_filename (applications, "mimeapps.list", NULL);
  g_autofree char   *script = g_build_filename (folder, "phone.sh", NULL);
  g_autofree char   *out = g_build_filename (folder, "called", NULL);
  g_autofree char   *text = NULL;
  g_autofree char   *called = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("The desktop's program for calls is started with the number, and with nothing else");
  g_assert_cmpint (g_mkdir_with_parents (applications, 0700), ==, 0);
  text = g_strdup_printf ("#!/bin/sh\nprintf '%%s|%%s' \"$#\" \"$1\" > '%s.new'\nmv '%s.new' '%s'\n", out, out, out);
  g_assert_true (g_file_set_contents_full (script, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error));
  g_free (text);
  text = g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Fake\nExec=%s %%u\nMimeType=x-scheme-handler/tel;x-scheme-handler/sip;\n", script);
  g_assert_true (g_file_set_contents (desktop, text, -1, &error));
  g_assert_true (g_file_set_contents (defaults, "[Default Applications]\nx-scheme-handler/tel=fake-phone.desktop\n", -1, &error));

  /* GIO notices new files in a thread of its own. */
  lf_wait_until (has_handler ("tel"), 10000);
  lf_calling_launch_async (NULL, "tel:+49 30 1234", NULL, on_launched, &outcome);
  lf_wait_until (outcome.is_done, 10000);
  g_assert_no_error (outcome.error);
  lf_wait_until (g_file_test (out, G_FILE_TEST_EXISTS), 10000);
  g_assert_true (g_file_get_contents (out, &called, NULL, NULL));
  g_assert_cmpstr (called, ==, "1|tel:+49301234");
}

static void
test_hostile (void)
{
  Outcome          outcome = { FALSE, NULL };
  GtkWidget       *window = lf_app_test_show (gtk_label_new ("window"), 300, 200);
  GtkWidget       *dialog = NULL;
  g_autofree char *texts = NULL;

  g_test_summary ("An address that is none reaches no program, and it is said whom to ask");
  lf_calling_launch_async (NULL, "file:///bin/sh", NULL, on_launched, &outcome);
  lf_wait_until (outcome.is_done, 5000);
  g_assert_error (outcome.error, LF_ERROR, LF_ERROR_BAD_REQUEST);
  dialog = lf_calling_explain (GTK_WINDOW (window), "<b>file", outcome.error);
  gtk_window_present (GTK_WINDOW (dialog));
  texts = lf_app_test_read_texts (dialog);
  g_assert_nonnull (strstr (texts, "“<b>file” is neither a telephone number nor a SIP address."));
  gtk_window_destroy (GTK_WINDOW (dialog));
  lf_app_test_close (window);
  g_error_free (outcome.error);
}

static void
test_menu (void)
{
  g_autoptr (LfContact)  contact = lf_contact_new ("ada");
  const char *const      callable[] = { "sip:ada_l@pbx.example", NULL };
  g_autoptr (GMenuModel) menu = NULL;
  g_autoptr (GVariant)   label = NULL;

  g_test_summary ("An underscore of an address is shown, and is no key to press");
  lf_contact_set_person (contact, &(LfPersonFields){ .user = "ada", .name = "Ada", .addresses = callable });
  menu = lf_address_menu_new (contact);
  label = g_menu_model_get_item_attribute_value (menu, 0, G_MENU_ATTRIBUTE_LABEL, G_VARIANT_TYPE_STRING);
  g_assert_cmpstr (g_variant_get_string (label, NULL), ==, "ada__l@pbx.example");
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *data_home = NULL;
  g_autofree char *config_home = NULL;
  g_autofree char *data_dirs = NULL;
  int              status;

  /* A desktop of its own: a real softphone must not start. */
  folder = g_dir_make_tmp ("lf-calling-XXXXXX", NULL);
  data_home = g_build_filename (folder, "data", NULL);
  config_home = g_build_filename (folder, "config", NULL);
  data_dirs = g_build_filename (folder, "none", NULL);
  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config_home, TRUE);
  g_setenv ("XDG_DATA_DIRS", data_dirs, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", data_dirs, TRUE);
  lf_app_test_init (&argc, &argv);
  g_test_add_func ("/calling/uri", test_uri);
  g_test_add_func ("/calling/no-handler", test_no_handler);
  g_test_add_func ("/calling/hostile", test_hostile);
  g_test_add_func ("/calling/handler", test_handler);
  g_test_add_func ("/calling/menu", test_menu);
  status = g_test_run ();
  lf_test_remove_folder (folder);
  g_free (folder);
  return status;
}

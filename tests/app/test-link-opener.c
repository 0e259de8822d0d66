/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-fake-client.h"
#include "lf-link-opener.h"
#include "lf-window-test.h"

static LfLinkOpener *
make_opener (LfWindowTest *f)
{
  LfLinkOpener *opener = lf_link_opener_new (f->application);

  lf_fake_client_fill (f->client);
  lf_fake_client_fill_calls (f->client);
  g_settings_set_string (lf_window_get_settings (f->window), "call-with", "ask");
  lf_link_opener_set_client (opener, f->client);

  return opener;
}

static void
set_number (LfContact *contact, const char *number)
{
  const char *numbers[] = { number, NULL };

  lf_contact_set_person (contact, &(LfPersonFields){ .user = lf_contact_get_user (contact), .name = lf_contact_get_name (contact), .addresses = numbers });
}

static AdwMessageDialog *
get_question (void)
{
  return ADW_MESSAGE_DIALOG (lf_window_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG));
}

/* As its button does. */
static void
respond (const char *response)
{
  AdwMessageDialog *question = get_question ();

  adw_message_dialog_response (question, response);
  gtk_window_destroy (GTK_WINDOW (question));
}

static void
end (LfLinkOpener *opener)
{
  g_object_run_dispose (G_OBJECT (opener));
  g_assert_finalize_object (opener);
}

static void
test_number (LfWindowTest *f)
{
  LfLinkOpener *opener = make_opener (f);
  LfContact    *jonas = lf_roster_lookup (lf_client_get_roster (f->client), "jonas");

  g_test_summary ("The number that is called is the one that was shown, though the person has another meanwhile");
  set_number (jonas, "tel:2041");
  lf_link_opener_open (opener, "lampfield:call?user=jonas");
  lf_wait_until (get_question () != NULL, 5000);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (get_question ()), "2041"));
  set_number (jonas, "tel:090012345");
  respond ("call");
  lf_wait_until (get_question () != NULL && g_strcmp0 (adw_message_dialog_get_heading (get_question ()), "Call with") == 0, 5000);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (get_question ()), "2041"));
  respond ("close");
  lf_wait_until (get_question () == NULL, 5000);
  end (opener);
}

static void
test_one_question (LfWindowTest *f)
{
  LfLinkOpener *opener = make_opener (f);

  g_test_summary ("A page full of links gets one question, which does not change under the pointer, and signing out ends it");
  lf_link_opener_open (opener, "tel:+49301234");
  g_assert_nonnull (get_question ());
  for (guint i = 0; i < 100; i++)
    lf_link_opener_open (opener, "tel:+49900666");
  g_assert_cmpstr (adw_message_dialog_get_heading (get_question ()), ==, "Call +49301234?");
  gtk_window_destroy (GTK_WINDOW (get_question ()));
  g_assert_null (get_question ());
  lf_link_opener_open (opener, "tel:+49301234");
  lf_fake_client_set_state (f->client, LF_CLIENT_SIGNED_OUT, 0);
  g_assert_null (get_question ());
  end (opener);
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);
  if (adw_get_minor_version () < 5) /* AdwMessageDialog is deprecated there, and its labels warn of their own width */
    {
      lf_window_test_add ("/link-opener/number", test_number);
      lf_window_test_add ("/link-opener/one-question", test_one_question);
    }
  return g_test_run ();
}

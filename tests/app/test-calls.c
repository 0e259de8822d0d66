/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-actions.h"
#include "lf-address-menu.h"
#include "lf-app-test.h"
#include "lf-call-bar.h"
#include "lf-call-button.h"
#include "lf-call-list.h"
#include "lf-call-row.h"
#include "lf-call-words.h"
#include "lf-error.h"
#include "lf-fake-client.h"

static LfClient *
make_client (void)
{
  g_autoptr (LfClock) clock = lf_clock_new_system ();
  LfClient           *client = lf_client_new (clock);

  lf_fake_client_fill (client);
  return client;
}

static void
test_words (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  LfWireCall             call = { .address = (char *) "tel:2041" };

  g_test_summary ("Every state and every reason of a failure is said, and what asks for something says what");
  for (int state = 0; state < LF_N_CALL_STATES; state++)
    {
      call.state = (LfCallState) state;
      g_assert_cmpstr (lf_call_words_get_state (&call), !=, "");
      g_hash_table_add (seen, (gpointer) lf_call_words_get_state (&call));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, LF_N_CALL_STATES);
  call.state = LF_CALL_RINGING_YOU;
  g_assert_nonnull (strstr (lf_call_words_get_state (&call), "pick it up"));
  call.state = LF_CALL_FAILED;
  for (int reason = 0; reason < LF_N_CALL_REASONS; reason++)
    {
      call.reason = (LfCallReason) reason;
      g_assert_cmpstr (lf_call_words_get_state (&call), !=, "");
    }
}

static void
test_refusals (void)
{
  static const struct
  {
    LfError     code;
    const char *words;
  } rows[] = {
    { LF_ERROR_FORBIDDEN, "Calls to 2041 are not allowed from here" },
    { LF_ERROR_BAD_REQUEST, "2041 cannot be called from here. Dial it on your phone" },
    { LF_ERROR_NOT_FOUND, "Your phone cannot be made to call now. Dial 2041 on it" },
    { LF_ERROR_CONFLICT, "Another call is being made on your phone" },
    { LF_ERROR_RATE_LIMITED, "Too many calls within a minute. Wait a little" },
    { LF_ERROR_UNAVAILABLE, "The server does not answer. Dial 2041 on your phone" },
  };

  g_test_summary ("What keeps a call from being made is said with what to do");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new (LF_ERROR, (int) rows[i].code, "x");
      g_autofree char   *words = lf_call_words_format_refusal (error, "tel:2041");

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static gboolean
is_revealed (GtkWidget *bar)
{
  return gtk_revealer_get_reveal_child (GTK_REVEALER (lf_app_test_find (bar, GTK_TYPE_REVEALER, NULL)));
}

static void
assert_says (GtkWidget *bar, const char *words)
{
  g_autofree char *texts = lf_app_test_read_texts (bar);

  if (strstr (texts, words) == NULL)
    g_error ("“%s” is not in: %s", words, texts);
}

static void
test_bar (void)
{
  g_autoptr (LfClient)   client = make_client ();
  LfTelephone           *telephone = lf_client_get_telephone (client);
  GtkWidget             *bar = g_object_new (LF_TYPE_CALL_BAR, NULL);
  GtkWidget             *window = lf_app_test_show (bar, 480, 80);
  LfWireLineCall         line = { (char *) "2040", LF_PHONE_RINGING, LF_FAKE_NOW_US, LF_CALL_INCOMING, (char *) "+49301234", NULL, (char *) "hiro" };
  const LfWireCallChange incoming = { .line = &line };

  g_test_summary ("The bar comes with a call, says how far it is and what can be done, and goes when it is dismissed");
  lf_call_bar_set_client (LF_CALL_BAR (bar), client);
  g_assert_false (is_revealed (bar));
  lf_fake_client_set_call (client, "jonas", LF_CALL_RINGING_YOU, LF_CALL_REASON_NONE);
  g_assert_true (is_revealed (bar));
  assert_says (bar, "Jonas Weber");
  assert_says (bar, "Your phone is ringing: pick it up");
  assert_says (bar, "Cancel");
  lf_fake_client_set_call (client, "jonas", LF_CALL_BUSY, LF_CALL_REASON_NONE);
  assert_says (bar, "Busy");
  assert_says (bar, "Call again");
  lf_fake_client_set_call (client, NULL, LF_CALL_FAILED, LF_CALL_REASON_NOT_REGISTERED);
  assert_says (bar, "No phone is connected to your line");
  lf_telephone_dismiss (telephone);
  g_assert_false (is_revealed (bar));

  lf_telephone_take_change (telephone, &incoming);
  g_assert_true (is_revealed (bar));
  assert_says (bar, "Hiroshi Tanaka");
  assert_says (bar, "is calling you");
  line.state = LF_PHONE_ON_HOOK;
  lf_telephone_take_change (telephone, &incoming);
  g_assert_false (is_revealed (bar));
  lf_app_test_close (window);
}

static void
on_row_found (GtkWidget *widget, GString *out)
{
  if (LF_IS_CALL_ROW (widget) && gtk_widget_get_mapped (widget))
    {
      g_autofree char *words = lf_call_row_dup_words (LF_CALL_ROW (widget));

      g_string_append_printf (out, "%s\n", words);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    on_row_found (child, out);
}

static gboolean
has_tooltip (GtkWidget *widget, const char *text)
{
  if (gtk_widget_get_mapped (widget) && g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (has_tooltip (child, text))
      return TRUE;
  return FALSE;
}

static void
test_list (void)
{
  g_autoptr (LfClient) client = make_client ();
  LfCallLog           *log = lf_telephone_get_log (lf_client_get_telephone (client));
  GtkWidget           *list = g_object_new (LF_TYPE_CALL_LIST, NULL);
  GtkWidget           *window = lf_app_test_show (list, 344, 640);
  g_autoptr (GString)  rows = g_string_new (NULL);
  g_autofree char     *empty = NULL;

  g_test_summary ("Calls stand by person with how each is now; looking at the list is seeing what was missed");
  lf_call_list_set_client (LF_CALL_LIST (list), client, NULL);
  empty = lf_app_test_read_texts (list);
  g_assert_nonnull (strstr (empty, "No phone"));
  lf_fake_client_fill_calls (client);
  gtk_test_widget_wait_for_draw (window);
  on_row_found (list, rows);
  g_assert_true (g_str_has_prefix (rows->str, "Jonas Weber, "));
  g_assert_nonnull (strstr (rows->str, "Missed · "));
  g_assert_nonnull (strstr (rows->str, "2 calls"));
  g_assert_nonnull (strstr (rows->str, "Hiroshi Tanaka, "));
  g_assert_nonnull (strstr (rows->str, "+49 30 5550199. Placed"));
  g_assert_nonnull (strstr (rows->str, "Front Desk. Missed"));
  g_assert_nonnull (strstr (rows->str, "Unknown number. Missed"));
  g_assert_true (has_tooltip (list, "Tell me when free"));
  g_assert_true (has_tooltip (list, "Free at 12:00: tell me")); /* when Greta's meeting ends */
  lf_contact_set_is_armed (lf_roster_lookup (lf_client_get_roster (client), "greta"), TRUE);
  g_assert_false (has_tooltip (list, "Free at 12:00: tell me"));
  g_assert_true (has_tooltip (list, "You will be told when free"));
  g_assert_cmpuint (lf_call_log_get_n_missed (log), ==, 0);
  lf_call_log_set_kind (log, LF_CALL_PLACED);
  gtk_test_widget_wait_for_draw (window);
  g_string_truncate (rows, 0);
  on_row_found (list, rows);
  g_assert_null (strstr (rows->str, "Missed"));
  lf_app_test_take_picture (window, "calls");
  lf_app_test_close (window);
}

static void
test_button (void)
{
  static const struct
  {
    const char *addresses[3];
    guint       n_items; /* of the menu; 0: it calls at once */
  } rows[] = { { { NULL }, 0 }, { { "tel:2041", NULL }, 0 }, { { "tel:2041", "tel:+49-170-5550", NULL }, 2 }, { { "tel:2041", NULL }, 0 } };
  g_autoptr (LfContact) contact = lf_contact_new ("jonas");
  GtkWidget            *button = g_object_ref_sink (lf_call_button_new (contact));

  g_test_summary ("A button calls at once, and where there are several numbers by a menu of them; menus do alike");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GMenu)      menu = g_menu_new ();
      g_autoptr (GMenuModel) numbers = NULL;
      GtkWidget             *child;

      lf_contact_set_person (contact, &(LfPersonFields){ .user = "jonas", .login = "jonas", .name = "Jonas", .addresses = rows[i].addresses });
      lf_call_button_set_contact (LF_CALL_BUTTON (button), contact);
      lf_address_menu_append_call (menu, contact);
      numbers = g_menu_model_get_item_link (G_MENU_MODEL (menu), 0, G_MENU_LINK_SUBMENU);
      child = gtk_widget_get_first_child (button);
      g_assert_null (gtk_widget_get_next_sibling (child));
      if (rows[i].n_items == 0)
        {
          g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (child)), ==, LF_ACTION_CALL);
          g_assert_null (numbers);
          continue;
        }
      g_assert_cmpint (g_menu_model_get_n_items (gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (child))), ==, (int) rows[i].n_items);
      g_assert_cmpint (g_menu_model_get_n_items (numbers), ==, (int) rows[i].n_items);
    }
  g_object_unref (button);
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);
  g_test_add_func ("/calls/words", test_words);
  g_test_add_func ("/calls/refusals", test_refusals);
  g_test_add_func ("/calls/bar", test_bar);
  g_test_add_func ("/calls/list", test_list);
  g_test_add_func ("/calls/button", test_button);
  return g_test_run ();
}

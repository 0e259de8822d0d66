/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-busy-strip.h"
#include "lf-day-stepper.h"
#include "lf-composer.h"
#include "lf-contact-page.h"
#include "lf-fake-chat-client.h"
#include "lf-why-card.h"

#define MINUTES(n) ((n) *LF_MINUTE)

typedef struct
{
  LfClock   *clock;
  LfClient  *client;
  LfContact *contact;
} Fixture;

/* On the phone for 4 minutes, in a meeting until 11:00, away for 12 minutes. */
static LfPresence *
make_presence (void)
{
  static const LfBusyPeriod periods[] = {
    { LF_APP_TEST_NOW_US - MINUTES (32), LF_APP_TEST_NOW_US + MINUTES (28), LF_BUSY_BUSY },
    { LF_APP_TEST_NOW_US + MINUTES (28), LF_APP_TEST_NOW_US + MINUTES (58), LF_BUSY_BUSY },
    { LF_APP_TEST_NOW_US + MINUTES (178), LF_APP_TEST_NOW_US + MINUTES (238), LF_BUSY_TENTATIVE },
    { LF_APP_TEST_NOW_US + MINUTES (298), LF_APP_TEST_NOW_US + MINUTES (358), LF_BUSY_OUT_OF_OFFICE },
  };
  g_autoptr (LfBusyList) busy = lf_busy_list_new (periods, G_N_ELEMENTS (periods));
  LfPhone                phone = { LF_PHONE_OFF_HOOK, LF_APP_TEST_NOW_US - MINUTES (4), LF_INSTANT_NONE, (char *) "2041", (char *) "PBX" };
  LfCalendar             calendar = { busy, LF_APP_TEST_NOW_US - LF_DAY, LF_APP_TEST_NOW_US + MINUTES (420),
                                      LF_APP_TEST_NOW_US - MINUTES (2), 1, (char *) "Nextcloud" };
  LfReachability         reachability = { LF_REACHABILITY_AWAY, LF_APP_TEST_NOW_US - MINUTES (12), LF_INSTANT_NONE, { (char *) "Back at 3", (char *) "🍕", LF_INSTANT_NONE } };

  return lf_presence_new (&phone, &calendar, &reachability, 1);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr (LfPresence) presence = make_presence ();

  f->clock = lf_clock_new_manual (LF_APP_TEST_NOW_US);
  f->client = lf_fake_client_new (f->clock);
  f->contact = lf_fake_client_add_contact (f->client, "jonas", "Jonas Weber");
  lf_roster_apply_presence (lf_client_get_roster (f->client), "jonas", presence, TRUE);
  lf_roster_apply_calendar (lf_client_get_roster (f->client), "jonas", &presence->calendar);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  /* Answers that are on their way still hold it. */
  lf_wait_until (G_OBJECT (f->client)->ref_count == 1, 5000);
  g_assert_finalize_object (f->client);
  g_assert_finalize_object (f->clock);
}

static char *
read_card (GtkWidget *card)
{
  return lf_why_card_dup_words (LF_WHY_CARD (card));
}

static void
test_card_words (Fixture      *f,
                 gconstpointer data)
{
  GtkWidget       *card = lf_why_card_new ();
  GtkWidget       *window = NULL;
  g_autofree char *words = NULL;
  g_autofree char *later = NULL;

  g_test_summary ("The card tells value, source, span and which kind is shown, and its ages tick with the minute");
  lf_why_card_set_clock (LF_WHY_CARD (card), f->clock);
  lf_why_card_set_contact (LF_WHY_CARD (card), f->contact);
  window = lf_app_test_show (card, 480, 240);
  words = read_card (card);
  g_assert_cmpstr (words, ==, "Phone: On the phone, line 2041 · PBX, 4 min, shown. "
                              "Calendar: In a meeting, Nextcloud, until 11:00. "
                              "Reachability: Away, 12 min. free from 11:00");
  lf_clock_advance (f->clock, LF_MINUTE);
  later = read_card (card);
  g_assert_nonnull (strstr (later, "2041 · PBX, 5 min, shown"));
  lf_app_test_close (window);
}

static void
test_card_days (Fixture      *f,
                gconstpointer data)
{
  GtkWidget       *card = lf_why_card_new ();
  GtkWidget       *window = NULL;
  LfDayStepper    *stepper;
  g_autofree char *tomorrow = NULL;
  g_autofree char *today = NULL;

  g_test_summary ("The card shows the calendar of other days too, and begins with today for everybody");
  lf_why_card_set_clock (LF_WHY_CARD (card), f->clock);
  lf_why_card_set_contact (LF_WHY_CARD (card), f->contact);
  window = lf_app_test_show (card, 480, 260);
  stepper = LF_DAY_STEPPER (lf_app_test_find (card, LF_TYPE_DAY_STEPPER, NULL));
  g_signal_emit_by_name (gtk_widget_get_last_child (gtk_widget_get_first_child (GTK_WIDGET (stepper))), "clicked");
  tomorrow = read_card (card);
  g_assert_true (g_str_has_suffix (tomorrow, "Reachability: Away, 12 min. Tomorrow: calendar not known"));
  lf_why_card_set_contact (LF_WHY_CARD (card), NULL);
  lf_why_card_set_contact (LF_WHY_CARD (card), f->contact);
  g_assert_cmpint (lf_day_stepper_get_days (stepper), ==, 0);
  today = read_card (card);
  g_assert_true (g_str_has_suffix (today, "Reachability: Away, 12 min. free from 11:00"));
  lf_app_test_close (window);
}

static void
test_card_winner (Fixture      *f,
                  gconstpointer data)
{
  LfPhone                phone = { LF_PHONE_ON_HOOK, LF_APP_TEST_NOW_US, LF_INSTANT_NONE, (char *) "sip:2041@pbx", NULL };
  g_autoptr (LfPresence) presence = lf_presence_with_phone (lf_contact_get_presence (f->contact), &phone, 2);
  GtkWidget             *card = lf_why_card_new ();
  GtkWidget             *window = NULL;
  g_autofree char       *words = NULL;
  g_autofree char       *later = NULL;

  g_test_summary ("When the call ends the meeting is the one shown; when that ends, reachability");
  lf_why_card_set_clock (LF_WHY_CARD (card), f->clock);
  lf_why_card_set_contact (LF_WHY_CARD (card), f->contact);
  window = lf_app_test_show (card, 480, 240);
  lf_roster_apply_presence (lf_client_get_roster (f->client), "jonas", presence, FALSE);
  words = read_card (card);
  g_assert_true (g_str_has_prefix (words, "Phone: Off the phone, line 2041. Calendar: In a meeting, Nextcloud, until 11:00, shown."));
  lf_clock_advance (f->clock, MINUTES (58));
  later = read_card (card);
  g_assert_nonnull (strstr (later, "Reachability: Away, 1 h, shown"));
  g_assert_nonnull (strstr (later, "Calendar: Free"));
  lf_app_test_close (window);
}

static void
test_card_stale (Fixture      *f,
                 gconstpointer data)
{
  GtkWidget       *card = lf_why_card_new ();
  GtkWidget       *window = NULL;
  g_autofree char *words = NULL;

  g_test_summary ("A phone whose link is lost says so and is not shown any more; an old calendar says how old");
  lf_why_card_set_clock (LF_WHY_CARD (card), f->clock);
  lf_why_card_set_contact (LF_WHY_CARD (card), f->contact);
  window = lf_app_test_show (card, 480, 240);
  lf_roster_mark_cut (lf_client_get_roster (f->client), LF_APP_TEST_NOW_US);
  lf_clock_advance (f->clock, 4 * LF_MINUTE);
  words = read_card (card);
  g_assert_nonnull (strstr (words, "Phone: Unknown, line 2041 · PBX, phone link lost 3 min ago."));
  g_assert_nonnull (strstr (words, "until 11:00, shown"));
  g_assert_nonnull (strstr (words, "Reachability: Unknown, connection lost 3 min ago"));
  lf_clock_advance (f->clock, 16 * LF_MINUTE);
  g_free (words);
  words = read_card (card);
  g_assert_nonnull (strstr (words, "Calendar: In a meeting, Nextcloud, until 11:00, calendar last read 10:00, shown"));
  lf_app_test_close (window);
}

static void
test_card_sleeps (Fixture      *f,
                  gconstpointer data)
{
  GtkWidget       *card = lf_why_card_new ();
  GtkWidget       *window = NULL;
  g_autofree char *words = NULL;

  g_test_summary ("A card that is not mapped does not tick");
  lf_why_card_set_clock (LF_WHY_CARD (card), f->clock);
  lf_why_card_set_contact (LF_WHY_CARD (card), f->contact);
  window = lf_app_test_show (card, 480, 240);
  gtk_widget_hide (card);
  lf_clock_advance (f->clock, 10 * LF_MINUTE);
  words = read_card (card);
  g_assert_nonnull (strstr (words, "4 min, shown"));
  gtk_widget_show (card);
  g_free (words);
  words = read_card (card);
  g_assert_nonnull (strstr (words, "14 min, shown"));
  lf_app_test_close (window);
}

/* Adds where the labels of the sources begin, from the left of the card. */
static void
collect_columns (GtkWidget *card,
                 GtkWidget *root,
                 GArray    *columns)
{
  graphene_point_t at;

  if (gtk_widget_has_css_class (root, "lf-why-source") &&
      gtk_widget_compute_point (root, card, &GRAPHENE_POINT_INIT (0, 0), &at))
    g_array_append_val (columns, at.x);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect_columns (card, child, columns);
}

static void
test_card_columns (Fixture      *f,
                   gconstpointer data)
{
  GtkWidget         *card = lf_why_card_new ();
  GtkWidget         *window = NULL;
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (float));

  g_test_summary ("What tells the sources stands in one column, however long the values are");
  lf_why_card_set_clock (LF_WHY_CARD (card), f->clock);
  lf_why_card_set_contact (LF_WHY_CARD (card), f->contact);
  window = lf_app_test_show (card, 480, 240);
  collect_columns (card, card, columns);
  g_assert_cmpuint (columns->len, ==, LF_N_KINDS);
  for (guint i = 1; i < columns->len; i++)
    g_assert_cmpfloat (g_array_index (columns, float, i), ==, g_array_index (columns, float, 0));
  lf_app_test_close (window);
}

static void
test_page (Fixture      *f,
           gconstpointer data)
{
  GtkWidget       *page = g_object_new (LF_TYPE_CONTACT_PAGE, "client", f->client, NULL);
  GtkWidget       *window = NULL;
  g_autofree char *texts = NULL;
  LfConversation  *conversation = lf_fake_client_add_conversation (f->client, "jonas");

  g_test_summary ("The page shows who it is, how they are, why, and the chat");
  g_object_ref_sink (page);
  lf_fake_client_receive (f->client, conversation, "Good morning! Did you see the new rack layout? It is at https://wiki.example/rack_(new).", LF_APP_TEST_NOW_US - LF_DAY);
  lf_fake_client_receive (f->client, conversation, "It needs a look before Thursday.", LF_APP_TEST_NOW_US - LF_DAY + LF_MINUTE);
  for (int i = 0; i < 3; i++)
    {
      static const char *const bodies[] = { "Yes, looks fine to me.", "One thing: cable length.", "I come by after the meeting" };
      LfMessageItem           *item = lf_client_send (f->client, conversation, bodies[i]);

      if (i < 2)
        lf_fake_client_acknowledge (f->client, conversation, item, LF_APP_TEST_NOW_US - MINUTES (20 - i));
    }
  lf_conversation_apply_read (conversation, "jonas", 3);
  lf_fake_client_receive (f->client, conversation, "Great 👍", LF_APP_TEST_NOW_US - MINUTES (3));
  window = lf_app_test_show (page, 700, 760);
  lf_contact_page_set_contact (LF_CONTACT_PAGE (page), f->contact);
  lf_app_test_take_picture (window, "contact-page");
  texts = lf_app_test_read_texts (page);
  g_assert_nonnull (strstr (texts, "Jonas Weber\n"));
  g_assert_nonnull (strstr (texts, "On the phone · 4 min\n"));
  g_assert_nonnull (strstr (texts, "🍕 Back at 3\n"));
  g_assert_nonnull (strstr (texts, "Team lead · Engineering\n"));
  g_assert_nonnull (strstr (texts, "free from 11:00\n"));
  g_assert_nonnull (strstr (texts, "Great 👍\n"));
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 720);
  lf_wait_until (gtk_widget_get_width (window) <= 360, 5000);
  lf_app_test_take_picture (window, "contact-page-narrow");
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 440);
  lf_wait_until (gtk_widget_get_height (window) <= 440, 5000);
  lf_app_test_take_picture (window, "contact-page-short");
  g_object_unref (page);
  lf_app_test_close (window);
}

static void
test_page_folded (Fixture      *f,
                  gconstpointer data)
{
  LfContact *contact = lf_fake_client_add_contact (f->client, "willa", "Wilhelmina van Kleeff-Osterkamp");
  GtkWidget *page = g_object_new (LF_TYPE_CONTACT_PAGE, "client", f->client, "contact", contact, "is-folded", TRUE, NULL);
  GtkWidget *window = lf_app_test_show (page, 360, 720);
  GtkWidget *name = lf_app_test_find (page, GTK_TYPE_LABEL, "lf-contact-name");

  g_test_summary ("In a narrow window the whole name can be read");
  g_assert_nonnull (name);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (name)), ==, "Wilhelmina van Kleeff-Osterkamp");
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (name))));
  lf_app_test_take_picture (window, "contact-page-folded");
  g_object_set (page, "is-folded", FALSE, NULL);
  g_assert_null (lf_app_test_find (page, GTK_TYPE_LABEL, "lf-contact-name"));
  lf_app_test_close (window);
}

static void
test_page_watch (Fixture      *f,
                 gconstpointer data)
{
  GtkWidget *page = g_object_new (LF_TYPE_CONTACT_PAGE, "client", f->client, "contact", f->contact, NULL);
  GtkWidget *window = lf_app_test_show (page, 700, 760);
  GtkWidget *armed = lf_app_test_find (page, GTK_TYPE_TOGGLE_BUTTON, "lf-armed");
  GtkWidget *watched = lf_app_test_find (page, GTK_TYPE_TOGGLE_BUTTON, "lf-watched");

  g_test_summary ("“Tell me when free” arms, and cannot be armed for one who is free");
  lf_fake_client_clear_log (f->client);
  gtk_widget_activate (armed);
  lf_wait_until (lf_contact_get_is_armed (f->contact), 5000);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (armed)));
  gtk_widget_activate (watched);
  lf_wait_until (lf_contact_get_is_watched (f->contact), 5000);
  g_assert_cmpstr (lf_fake_client_get_log (f->client), ==, "arm jonas\nwatch jonas\n");
  lf_contact_set_is_armed (f->contact, FALSE);
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (armed)));
  {
    LfPhone                phone = { LF_PHONE_ON_HOOK, LF_INSTANT_NONE, LF_INSTANT_NONE, NULL, NULL };
    LfCalendar             calendar = { NULL, LF_INSTANT_NONE, LF_INSTANT_NONE, LF_INSTANT_NONE, 0, NULL };
    LfReachability         reachability = { LF_REACHABILITY_ONLINE, LF_INSTANT_NONE, LF_INSTANT_NONE, { NULL, NULL, LF_INSTANT_NONE } };
    g_autoptr (LfPresence) presence = lf_presence_new (&phone, &calendar, &reachability, 9);

    lf_roster_apply_calendar (lf_client_get_roster (f->client), "jonas", &calendar);
    lf_roster_apply_presence (lf_client_get_roster (f->client), "jonas", presence, TRUE);
  }
  g_assert_false (gtk_widget_get_sensitive (armed));
  lf_app_test_close (window);
}

static void
test_page_stranger (Fixture      *f,
                    gconstpointer data)
{
  GtkWidget            *page = g_object_new (LF_TYPE_CONTACT_PAGE, "client", f->client, NULL);
  GtkWidget            *window = lf_app_test_show (page, 700, 760);
  g_autoptr (LfContact) stranger = lf_contact_new ("stranger");
  g_autofree char      *nobody = lf_app_test_read_texts (page);
  g_autofree char      *texts = NULL;

  g_test_summary ("Nobody chosen and somebody not in the roster: each page says what can be done");
  g_assert_nonnull (strstr (nobody, "Choose a colleague"));
  lf_contact_page_set_contact (LF_CONTACT_PAGE (page), stranger);
  texts = lf_app_test_read_texts (page);
  g_assert_nonnull (strstr (texts, "Add to contacts"));
  g_assert_null (strstr (texts, "Tell me when free"));
  lf_app_test_close (window);
}

/* A button without words needs a name and a tooltip; the inner button of a menu button is its shape. */
static void
check_names (GtkWidget *root)
{
  gboolean is_inner = GTK_IS_MENU_BUTTON (gtk_widget_get_parent (root)) ||
                      ADW_IS_SPLIT_BUTTON (gtk_widget_get_parent (root));

  if ((GTK_IS_BUTTON (root) || GTK_IS_MENU_BUTTON (root)) && !is_inner && gtk_widget_get_mapped (root) &&
      gtk_widget_get_ancestor (root, GTK_TYPE_WINDOW_CONTROLS) == NULL)
    {
      g_autofree char *texts = lf_app_test_read_texts (root);

      if (*texts == '\0')
        {
          g_test_message ("%s with tooltip “%s”", G_OBJECT_TYPE_NAME (root), gtk_widget_get_tooltip_text (root));
          g_assert_nonnull (gtk_widget_get_tooltip_text (root));
          g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL));
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

static void
test_names (Fixture      *f,
            gconstpointer data)
{
  GtkWidget *page = g_object_new (LF_TYPE_CONTACT_PAGE, "client", f->client, "contact", f->contact, "is-folded", TRUE, NULL);
  GtkWidget *window = lf_app_test_show (page, 360, 720);

  g_test_summary ("Every button without words has a name and a tooltip; text and strip have names");
  check_names (page);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (lf_app_test_find (page, LF_TYPE_BUSY_STRIP, NULL)), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (lf_app_test_find (page, LF_TYPE_BUSY_STRIP, NULL)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Calendar today");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (lf_app_test_find (page, LF_TYPE_BUSY_STRIP, NULL)),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "In a meeting until 11:00, then free until at least 17:02\n09:30–11:00 busy\n13:00–14:00 tentative\n15:00–16:00 out of office");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (lf_app_test_find (page, GTK_TYPE_TEXT_VIEW, NULL)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Message to Jonas Weber");
  lf_app_test_close (window);
}

static void
test_emoji (Fixture      *f,
            gconstpointer data)
{
  GtkWidget       *page = g_object_new (LF_TYPE_CONTACT_PAGE, "client", f->client, "contact", f->contact, NULL);
  GtkWidget       *window = lf_app_test_show (page, 700, 760);
  GtkWidget       *composer = lf_app_test_find (page, LF_TYPE_COMPOSER, NULL);
  GtkWidget       *button = lf_app_test_find (composer, GTK_TYPE_MENU_BUTTON, NULL);
  g_autofree char *text = NULL;

  g_test_summary ("An emoji that is chosen stands in the text");
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  lf_wait_until (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)) != NULL, 5000);
  lf_wait_until (gtk_widget_get_mapped (GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)))), 5000);
  g_signal_emit_by_name (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)), "emoji-picked", "👍");
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
  text = lf_composer_dup_text (LF_COMPOSER (composer));
  g_assert_cmpstr (text, ==, "👍");
  lf_app_test_close (window);
}

int
main (int   argc,
      char *argv[])
{
  lf_app_test_init (&argc, &argv);
  g_test_add ("/contact-page/card/words", Fixture, NULL, set_up, test_card_words, tear_down);
  g_test_add ("/contact-page/card/days", Fixture, NULL, set_up, test_card_days, tear_down);
  g_test_add ("/contact-page/card/winner", Fixture, NULL, set_up, test_card_winner, tear_down);
  g_test_add ("/contact-page/card/stale", Fixture, NULL, set_up, test_card_stale, tear_down);
  g_test_add ("/contact-page/card/sleeps-unmapped", Fixture, NULL, set_up, test_card_sleeps, tear_down);
  g_test_add ("/contact-page/card/columns", Fixture, NULL, set_up, test_card_columns, tear_down);
  g_test_add ("/contact-page/page", Fixture, NULL, set_up, test_page, tear_down);
  g_test_add ("/contact-page/folded", Fixture, NULL, set_up, test_page_folded, tear_down);
  g_test_add ("/contact-page/watch", Fixture, NULL, set_up, test_page_watch, tear_down);
  g_test_add ("/contact-page/stranger", Fixture, NULL, set_up, test_page_stranger, tear_down);
  g_test_add ("/contact-page/names", Fixture, NULL, set_up, test_names, tear_down);
  g_test_add ("/contact-page/emoji", Fixture, NULL, set_up, test_emoji, tear_down);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-app-test.h"
#include "lf-chat-list.h"
#include "lf-chat-row.h"
#include "lf-chat-view.h"
#include "lf-composer.h"
#include "lf-fake-chat-client.h"
#include "lf-message-markup.h"
#include "lf-message-row.h"
#include "lf-transcript-view.h"
#include "lf-transcript.h"

#define LAYOUT_MS 60000 /* 150 rows are laid out anew: slow with sanitizers on a busy machine */

typedef struct
{
  LfClock   *clock;
  LfClient  *client;
  LfContact *contact;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->clock = lf_clock_new_manual (LF_APP_TEST_NOW_US);
  f->client = lf_fake_client_new (f->clock);
  f->contact = lf_fake_client_add_contact (f->client, "ada", "Ada Lovelace");
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

static GtkWidget *
show_chat (Fixture    *f,
           GtkWidget **window)
{
  GtkWidget *view = lf_chat_view_new ();

  lf_chat_view_set_client (LF_CHAT_VIEW (view), f->client);
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), f->contact);
  *window = lf_app_test_show (view, 480, 480);
  return view;
}

static const struct
{
  const char *claim;
  const char *body;
  const char *markup;
} markups[] = {
  { "markup is text", "<b>&\"'", "&lt;b&gt;&amp;&quot;&apos;" },
  { "a link", "see https://a.example/x?y=1&z=2", "see <a href=\"https://a.example/x?y=1&amp;z=2\">https://a.example/x?y=1&amp;z=2</a>" },
  { "the sentence goes on behind it", "(http://a.example/b).", "(<a href=\"http://a.example/b\">http://a.example/b</a>)." },
  { "a bracket of its own stays", "http://a.example/b_(c), d", "<a href=\"http://a.example/b_(c)\">http://a.example/b_(c)</a>, d" },
  { "no way out of the attribute", "https://a.example/\"onclick=", "<a href=\"https://a.example/\">https://a.example/</a>&quot;onclick=" },
  { "other schemes are text", "javascript:alert(1) file:///etc/passwd", "javascript:alert(1) file:///etc/passwd" },
  { "inside a word it is text", "xhttps://a.example", "xhttps://a.example" },
  { "a scheme alone is text", "https:// http://.", "https:// http://." },
  { "no address is turned round", "\u202ehttps://moc.elpmaxe/\u202d", "<a href=\"https://moc.elpmaxe/\">https://moc.elpmaxe/</a>" },
  { "look-alike letters end a link", "https://exаmple.org", "<a href=\"https://ex\">https://ex</a>аmple.org" },
};

static void
test_markup (void)
{
  g_test_summary ("What strangers write is shown as text, with links that go where they say");
  for (gsize i = 0; i < G_N_ELEMENTS (markups); i++)
    {
      g_autofree char   *markup = lf_message_markup_format (markups[i].body);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", markups[i].claim);
      g_assert_cmpstr (markup, ==, markups[i].markup);
      pango_parse_markup ("", -1, 0, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
}

static void
test_snippet (void)
{
  g_autofree char *line = lf_message_markup_snippet ("  one\n\ttwo\r\n  three ");
  g_autofree char *filler = g_strnfill (500, 'x');
  g_autofree char *cut = lf_message_markup_snippet (filler);

  g_test_summary ("A snippet is one short line");
  g_assert_cmpstr (line, ==, "one two three");
  g_assert_cmpuint (strlen (cut), ==, 120);
}

static guint
get_layout (LfTranscript *transcript,
            guint         position)
{
  g_autoptr (LfTranscriptLine) line = g_list_model_get_item (G_LIST_MODEL (transcript), position);

  return lf_transcript_line_get_layout (line);
}

static void
test_transcript_layout (Fixture      *f,
                        gconstpointer data)
{
  LfConversation          *conversation = lf_fake_client_add_conversation (f->client, "ada");
  g_autoptr (LfTranscript) transcript = lf_transcript_new (conversation, 50);
  const guint              day = LF_LINE_STARTS_DAY | LF_LINE_STARTS_GROUP;

  g_test_summary ("Days, senders and pauses start groups; the divider stands above the first unread");
  lf_fake_client_receive (f->client, conversation, "yesterday", LF_APP_TEST_NOW_US - LF_DAY);
  lf_fake_client_receive (f->client, conversation, "today", LF_APP_TEST_NOW_US - LF_HOUR);
  lf_fake_client_receive (f->client, conversation, "at once", LF_APP_TEST_NOW_US - LF_HOUR + LF_MINUTE);
  lf_fake_client_receive (f->client, conversation, "after a pause", LF_APP_TEST_NOW_US - LF_MINUTE);
  lf_client_send (f->client, conversation, "own");
  g_assert_cmpuint (get_layout (transcript, 0), ==, day);
  g_assert_cmpuint (get_layout (transcript, 1), ==, day);
  g_assert_cmpuint (get_layout (transcript, 2), ==, 0);
  g_assert_cmpuint (get_layout (transcript, 3), ==, LF_LINE_STARTS_GROUP);
  g_assert_cmpuint (get_layout (transcript, 4), ==, LF_LINE_STARTS_GROUP);
  lf_transcript_set_unread_seq (transcript, 2);
  g_assert_cmpuint (get_layout (transcript, 2), ==, LF_LINE_STARTS_UNREAD | LF_LINE_STARTS_GROUP);
  g_assert_cmpuint (get_layout (transcript, 3), ==, LF_LINE_STARTS_GROUP);
  lf_transcript_set_unread_seq (transcript, -1);
  g_assert_cmpuint (get_layout (transcript, 2), ==, 0);
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  guint      *n_items)
{
  *n_items += n_added - n_removed;
  g_assert_cmpuint (*n_items, ==, g_list_model_get_n_items (model));
}

static void
test_transcript_window (Fixture      *f,
                        gconstpointer data)
{
  LfConversation              *conversation = lf_fake_client_add_conversation (f->client, "ada");
  g_autoptr (LfTranscript)     transcript = NULL;
  g_autoptr (LfTranscriptLine) last = NULL;
  guint                        n_items = 10;

  g_test_summary ("Only the end of a long conversation is shown, more of it on demand");
  for (guint i = 0; i < 100; i++)
    lf_fake_client_receive (f->client, conversation, "text", LF_APP_TEST_NOW_US + i * LF_SECOND);
  transcript = lf_transcript_new (conversation, 10);
  g_signal_connect (transcript, "items-changed", G_CALLBACK (on_items_changed), &n_items);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (transcript)), ==, 10);
  g_assert_true (lf_transcript_extend (transcript, 30));
  g_assert_cmpuint (n_items, ==, 40);
  lf_fake_client_receive (f->client, conversation, "newest", LF_APP_TEST_NOW_US + LF_HOUR);
  g_assert_cmpuint (n_items, ==, 41);
  last = g_list_model_get_item (G_LIST_MODEL (transcript), 40);
  g_assert_cmpstr (lf_message_item_get_message (lf_transcript_line_get_item (last))->body, ==, "newest");
  lf_transcript_trim (transcript, 5);
  g_assert_cmpuint (n_items, ==, 5);
  g_assert_true (lf_transcript_extend (transcript, 1000));
  g_assert_cmpuint (n_items, ==, 101);
  g_assert_false (lf_transcript_extend (transcript, 1));
}

static void
test_marks (Fixture      *f,
            gconstpointer data)
{
  LfConversation *conversation = lf_fake_client_add_conversation (f->client, "ada");
  LfMessageItem  *item = lf_client_send (f->client, conversation, "Hello");
  GtkWidget      *window = NULL;
  GtkWidget      *view = show_chat (f, &window);
  LfMessageRow   *row = LF_MESSAGE_ROW (lf_app_test_find (view, LF_TYPE_MESSAGE_ROW, NULL));
  GtkLabel       *mark = GTK_LABEL (lf_app_test_find (view, GTK_TYPE_LABEL, "lf-mark"));

  g_test_summary ("Pending, sent, delivered, read and failed differ in shape and in words");
  g_assert_cmpstr (gtk_label_get_text (mark), ==, "○");
  g_assert_cmpstr (lf_message_row_get_words (row), ==, "You, 10:02: Hello (waiting to be sent)");
  lf_conversation_set_failed (conversation, lf_message_item_get_message (item)->id);
  g_assert_cmpstr (gtk_label_get_text (mark), ==, "!");
  g_assert_nonnull (strstr (lf_message_row_get_words (row), "(not sent)"));
  gtk_widget_activate (lf_app_test_find (view, GTK_TYPE_BUTTON, "caption"));
  lf_wait_until (strstr (lf_fake_client_get_log (f->client), "resend ada Hello") != NULL, 5000);
  g_assert_cmpstr (gtk_label_get_text (mark), ==, "○");
  lf_fake_client_acknowledge (f->client, conversation, item, LF_APP_TEST_NOW_US);
  g_assert_cmpstr (gtk_label_get_text (mark), ==, "✓");
  g_assert_nonnull (strstr (lf_message_row_get_words (row), "(sent)"));
  lf_conversation_apply_delivered (conversation, "ada", 1);
  g_assert_cmpstr (gtk_label_get_text (mark), ==, "✓✓");
  g_assert_nonnull (strstr (lf_message_row_get_words (row), "(delivered)"));
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (mark), "lf-mark-read"));
  lf_conversation_apply_read (conversation, "ada", 1);
  g_assert_nonnull (strstr (lf_message_row_get_words (row), "(read)"));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (mark), "lf-mark-read"));
  lf_app_test_close (window);
}

static gboolean
press (GtkWidget      *view,
       guint           keyval,
       GdkModifierType state)
{
  GtkWidget             *text = lf_app_test_find (view, GTK_TYPE_TEXT_VIEW, NULL);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (text);
  gboolean               is_taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller) &&
          gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, state, &is_taken);
    }
  return is_taken;
}

static void
write_text (GtkWidget  *view,
            const char *text)
{
  GtkTextView *text_view = GTK_TEXT_VIEW (lf_app_test_find (view, GTK_TYPE_TEXT_VIEW, NULL));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (text_view), text, -1);
}

static char *
read_text (GtkWidget *view)
{
  return lf_composer_dup_text (LF_COMPOSER (lf_app_test_find (view, LF_TYPE_COMPOSER, NULL)));
}

static void
test_keys (Fixture      *f,
           gconstpointer data)
{
  LfConversation  *conversation = lf_fake_client_add_conversation (f->client, "ada");
  GtkWidget       *window = NULL;
  GtkWidget       *view = show_chat (f, &window);
  g_autofree char *text = NULL;

  g_test_summary ("Enter sends, Shift+Enter does not; blank text is not sent");
  write_text (view, " \n ");
  g_assert_true (press (view, GDK_KEY_Return, 0));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (conversation)), ==, 0);
  write_text (view, "Two\nlines");
  g_assert_false (press (view, GDK_KEY_Return, GDK_SHIFT_MASK));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (conversation)), ==, 0);
  g_assert_true (press (view, GDK_KEY_KP_Enter, 0));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (conversation)), ==, 1);
  text = read_text (view);
  g_assert_cmpstr (text, ==, "");
  g_assert_nonnull (strstr (lf_fake_client_get_log (f->client), "typing ada\n"));
  g_assert_nonnull (strstr (lf_fake_client_get_log (f->client), "send ada Two\nlines\n"));
  lf_app_test_close (window);
}

static void
test_limit (Fixture      *f,
            gconstpointer data)
{
  LfConversation  *conversation = lf_fake_client_add_conversation (f->client, "ada");
  GtkWidget       *window = NULL;
  GtkWidget       *view = show_chat (f, &window);
  g_autofree char *text = g_strnfill (LF_MESSAGE_MAX_CHARS + 1, 'x');
  g_autofree char *words = NULL;

  g_test_summary ("A text that is too long is kept, said to be so, and not sent");
  write_text (view, text);
  words = lf_app_test_read_texts (view);
  g_assert_nonnull (strstr (words, "Too long to send by 1 character\n"));
  g_assert_true (press (view, GDK_KEY_Return, 0));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (conversation)), ==, 0);
  text[LF_MESSAGE_MAX_CHARS] = '\0';
  write_text (view, text);
  g_assert_true (press (view, GDK_KEY_Return, 0));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (conversation)), ==, 1);
  lf_app_test_close (window);
}

static void
test_drafts (Fixture      *f,
             gconstpointer data)
{
  LfContact       *grace = lf_fake_client_add_contact (f->client, "grace", "Grace Hopper");
  GtkWidget       *window = NULL;
  GtkWidget       *view = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("What was begun stays with its conversation, also before there is one");
  lf_fake_client_add_conversation (f->client, "ada");
  view = show_chat (f, &window);
  write_text (view, "for Ada");
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), grace);
  text = read_text (view);
  g_assert_cmpstr (text, ==, "");
  write_text (view, "for Grace");
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), f->contact);
  g_free (text);
  text = read_text (view);
  g_assert_cmpstr (text, ==, "for Ada");
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), grace);
  g_free (text);
  text = read_text (view);
  g_assert_cmpstr (text, ==, "for Grace");
  lf_app_test_close (window);
}

static void
end_session (Fixture *f)
{
  lf_fake_client_set_user (f->client, NULL);
  g_list_store_remove_all (G_LIST_STORE (lf_client_get_conversations (f->client)));
}

static void
test_draft_of_session (Fixture      *f,
                       gconstpointer data)
{
  GtkWidget       *window = NULL;
  GtkWidget       *view = NULL;
  LfConversation  *conversation = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("A draft outlives a session that ends by itself, for the same person alone");
  lf_fake_client_set_user (f->client, "me");
  lf_fake_client_add_conversation (f->client, "ada");
  view = show_chat (f, &window);
  write_text (view, "half a sent");
  end_session (f);
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), NULL);
  lf_fake_client_set_user (f->client, "me");
  conversation = lf_fake_client_add_conversation (f->client, "ada");
  g_assert_cmpstr (lf_conversation_get_draft (conversation), ==, "half a sent");
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), f->contact);
  text = read_text (view);
  g_assert_cmpstr (text, ==, "half a sent");

  end_session (f);
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), NULL);
  lf_fake_client_set_user (f->client, "somebody-else");
  conversation = lf_fake_client_add_conversation (f->client, "ada");
  g_assert_null (lf_conversation_get_draft (conversation));
  lf_chat_view_set_contact (LF_CHAT_VIEW (view), f->contact);
  g_free (text);
  text = read_text (view);
  g_assert_cmpstr (text, ==, "");
  lf_app_test_close (window);
}

static void
test_first_message (Fixture      *f,
                    gconstpointer data)
{
  GtkWidget       *window = NULL;
  GtkWidget       *view = show_chat (f, &window);
  g_autofree char *words = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("The first message makes the conversation; without a server the text is kept");
  lf_fake_client_set_refuses (f->client, TRUE);
  write_text (view, "Hello");
  press (view, GDK_KEY_Return, 0);
  lf_wait_until (gtk_widget_get_sensitive (lf_app_test_find (view, LF_TYPE_COMPOSER, NULL)), 5000);
  words = lf_app_test_read_texts (view);
  text = read_text (view);
  g_assert_nonnull (strstr (words, "Not sent: the server cannot be reached."));
  g_assert_cmpstr (text, ==, "Hello");
  lf_fake_client_refuse_with (f->client, LF_ERROR_NOT_FOUND);
  press (view, GDK_KEY_Return, 0);
  lf_wait_until (gtk_widget_get_sensitive (lf_app_test_find (view, LF_TYPE_COMPOSER, NULL)), 5000);
  g_free (words);
  words = lf_app_test_read_texts (view);
  g_assert_nonnull (strstr (words, "Not sent: this person cannot be written to."));
  lf_fake_client_set_refuses (f->client, FALSE);
  press (view, GDK_KEY_Return, 0);
  lf_wait_until (lf_chat_view_get_conversation (LF_CHAT_VIEW (view)) != NULL, 5000);
  lf_wait_until (strstr (lf_fake_client_get_log (f->client), "send ada Hello") != NULL, 5000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lf_chat_view_get_conversation (LF_CHAT_VIEW (view)))), ==, 1);
  lf_app_test_close (window);
}

static GtkAdjustment *
get_adjustment (GtkWidget *view)
{
  GtkWidget *transcript = lf_app_test_find (view, LF_TYPE_TRANSCRIPT_VIEW, NULL);

  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (lf_app_test_find (transcript, GTK_TYPE_SCROLLED_WINDOW, NULL)));
}

static gboolean
is_at_end (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
         gtk_adjustment_get_upper (adjustment) - 1;
}

static void
test_scrolling (Fixture      *f,
                gconstpointer data)
{
  LfConversation *conversation = lf_fake_client_add_conversation (f->client, "ada");
  GtkWidget      *window = NULL;
  GtkWidget      *view = NULL;
  GtkAdjustment  *adjustment = NULL;
  double          upper, value;

  g_test_summary ("At the end it stays at the end; scrolled up it stays where it is, and goes on upwards");
  lf_conversation_set_has_more (conversation, TRUE);
  for (guint i = 0; i < 150; i++)
    lf_fake_client_receive (f->client, conversation, "A line of text that is long enough to wrap once or twice in a narrow window", LF_APP_TEST_NOW_US + i * LF_SECOND);
  view = show_chat (f, &window);
  adjustment = get_adjustment (view);
  lf_wait_until (gtk_adjustment_get_upper (adjustment) > 1000 && is_at_end (adjustment), LAYOUT_MS);
  lf_fake_client_receive (f->client, conversation, "one more", LF_APP_TEST_NOW_US + LF_HOUR);
  upper = gtk_adjustment_get_upper (adjustment);
  lf_wait_until (gtk_adjustment_get_upper (adjustment) > upper && is_at_end (adjustment), LAYOUT_MS);
  lf_spin_for_ms (100);

  gtk_adjustment_set_value (adjustment, 600);
  g_assert_false (lf_transcript_view_get_is_at_end (LF_TRANSCRIPT_VIEW (lf_app_test_find (view, LF_TYPE_TRANSCRIPT_VIEW, NULL))));
  upper = gtk_adjustment_get_upper (adjustment);
  lf_fake_client_receive (f->client, conversation, "while reading", LF_APP_TEST_NOW_US + 2 * LF_HOUR);
  lf_wait_until (gtk_adjustment_get_upper (adjustment) > upper, LAYOUT_MS);
  lf_spin_for_ms (100);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 600);

  upper = gtk_adjustment_get_upper (adjustment);
  gtk_adjustment_set_value (adjustment, 150);
  lf_wait_until (gtk_adjustment_get_upper (adjustment) > upper + 1000, LAYOUT_MS);
  value = gtk_adjustment_get_upper (adjustment) - upper + 150;
  lf_wait_until (gtk_adjustment_get_value (adjustment) == value, LAYOUT_MS);
  g_assert_null (strstr (lf_fake_client_get_log (f->client), "history"));
  gtk_adjustment_set_value (adjustment, 10);
  lf_wait_until (gtk_adjustment_get_value (adjustment) > 100, LAYOUT_MS);
  lf_spin_for_ms (100);
  gtk_adjustment_set_value (adjustment, 0);
  lf_wait_until (strstr (lf_fake_client_get_log (f->client), "history ada") != NULL, LAYOUT_MS);
  lf_app_test_close (window);
}

static void
test_long (Fixture      *f,
           gconstpointer data)
{
  LfConversation *conversation = lf_fake_client_add_conversation (f->client, "ada");
  GtkWidget      *window = NULL;
  GtkWidget      *view = NULL;
  GtkWidget      *list = NULL;
  guint           n_rows = 0;

  g_test_summary ("A conversation of thousands makes no more rows than one of a hundred");
  for (guint i = 0; i < 3000; i++)
    lf_fake_client_receive (f->client, conversation, "A line of text", LF_APP_TEST_NOW_US + i * LF_SECOND);
  g_test_timer_start ();
  view = show_chat (f, &window);
  g_test_message ("shown in %.0f ms", g_test_timer_elapsed () * 1000);
  list = lf_app_test_find (lf_app_test_find (view, LF_TYPE_TRANSCRIPT_VIEW, NULL), GTK_TYPE_LIST_BOX, NULL);
  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int) n_rows) != NULL)
    n_rows++;
  g_assert_cmpuint (n_rows, >, 10);
  g_assert_cmpuint (n_rows, <=, 120);
  lf_app_test_close (window);
}

static void
test_history_fails (Fixture      *f,
                    gconstpointer data)
{
  LfConversation  *conversation = lf_fake_client_add_conversation (f->client, "ada");
  GtkWidget       *window = NULL;
  GtkWidget       *view = NULL;
  g_autofree char *words = NULL;

  g_test_summary ("History that cannot be read is said, and can be tried again");
  lf_conversation_set_has_more (conversation, TRUE);
  lf_fake_client_set_refuses (f->client, TRUE);
  view = show_chat (f, &window);
  lf_wait_until ((words = lf_app_test_read_texts (view)) && (strstr (words, "could not be read") != NULL || (g_free (words), FALSE)), 5000);
  lf_fake_client_set_refuses (f->client, FALSE);
  lf_fake_client_clear_log (f->client);
  g_signal_emit_by_name (lf_app_test_find (view, GTK_TYPE_BUTTON, "flat"), "clicked");
  lf_wait_until (!lf_conversation_get_has_more (conversation), 5000);
  g_assert_cmpstr (lf_fake_client_get_log (f->client), ==, "history ada\n");
  lf_app_test_close (window);
}

static void
test_typing (Fixture      *f,
             gconstpointer data)
{
  LfConversation  *conversation = lf_fake_client_add_conversation (f->client, "ada");
  GtkWidget       *window = NULL;
  GtkWidget       *view = show_chat (f, &window);
  g_autofree char *words = NULL;
  g_autofree char *later = NULL;

  g_test_summary ("It is said that the other side types, until the message is there");
  lf_conversation_apply_typing (conversation);
  words = lf_app_test_read_texts (view);
  g_assert_nonnull (strstr (words, "Ada Lovelace is typing…\n"));
  lf_fake_client_receive (f->client, conversation, "there", LF_APP_TEST_NOW_US);
  later = lf_app_test_read_texts (view);
  g_assert_null (strstr (later, "typing"));
  lf_app_test_close (window);
}

static void
test_read (Fixture      *f,
           gconstpointer data)
{
  LfConversation *conversation = lf_fake_client_add_conversation (f->client, "ada");
  GtkWidget      *window = NULL;
  GtkWidget      *view = show_chat (f, &window);
  gboolean        is_active = FALSE;

  g_test_summary ("A message counts as read only while its conversation is before the user's eyes");
  lf_spin_for_ms (200);
  is_active = gtk_window_is_active (GTK_WINDOW (window));
  gtk_widget_hide (view);
  lf_fake_client_receive (f->client, conversation, "hidden", LF_APP_TEST_NOW_US);
  lf_spin_for_ms (50);
  g_assert_null (strstr (lf_fake_client_get_log (f->client), "read ada"));
  g_assert_cmpuint (lf_conversation_get_unread (conversation), ==, 1);
  gtk_widget_show (view);
  lf_spin_for_ms (50);
  g_assert_cmpint (lf_chat_view_is_in_front (LF_CHAT_VIEW (view)), ==, is_active);
  g_assert_cmpuint (lf_conversation_get_unread (conversation), ==, is_active ? 0 : 1);
  lf_app_test_close (window);
}

static void
test_list (Fixture      *f,
           gconstpointer data)
{
  GtkWidget       *list = g_object_new (LF_TYPE_CHAT_LIST, NULL);
  GtkWidget       *window = NULL;
  LfConversation  *conversation = NULL;
  g_autofree char *empty = NULL;
  g_autofree char *words = NULL;

  g_test_summary ("The list says who, what last, when and how many; empty it says what to do");
  lf_chat_list_set_client (LF_CHAT_LIST (list), f->client);
  window = lf_app_test_show (list, 340, 480);
  empty = lf_app_test_read_texts (list);
  g_assert_nonnull (strstr (empty, "No chats yet\n"));
  conversation = lf_fake_client_add_conversation (f->client, "ada");
  lf_fake_client_receive (f->client, conversation, "first", LF_APP_TEST_NOW_US - LF_DAY);
  lf_fake_client_receive (f->client, conversation, "The plan\nis <b>ready</b>", LF_APP_TEST_NOW_US - LF_MINUTE);
  lf_wait_until (lf_app_test_find (list, LF_TYPE_CHAT_ROW, NULL) != NULL, 5000);
  words = lf_chat_row_dup_words (LF_CHAT_ROW (lf_app_test_find (list, LF_TYPE_CHAT_ROW, NULL)));
  g_assert_cmpstr (words, ==, "Ada Lovelace, Unknown, 2 unread messages. The plan is <b>ready</b>, 10:01");
  lf_app_test_take_picture (window, "chat-list");
  g_assert_null (lf_app_test_find (list, G_TYPE_OBJECT, "lf-open"));
  lf_chat_list_set_open (LF_CHAT_LIST (list), "ada");
  g_assert_nonnull (lf_app_test_find (lf_app_test_find (list, G_TYPE_OBJECT, "lf-open"), LF_TYPE_CHAT_ROW, NULL));
  lf_app_test_take_picture (window, "chat-list-open");
  lf_chat_list_set_open (LF_CHAT_LIST (list), "somebody else");
  g_assert_null (lf_app_test_find (list, G_TYPE_OBJECT, "lf-open"));
  lf_conversation_set_draft (conversation, "I think");
  g_free (words);
  words = lf_chat_row_dup_words (LF_CHAT_ROW (lf_app_test_find (list, LF_TYPE_CHAT_ROW, NULL)));
  g_assert_nonnull (strstr (words, "Draft: I think"));
  lf_app_test_close (window);
}

int
main (int   argc,
      char *argv[])
{
  lf_app_test_init (&argc, &argv);
  g_test_add_func ("/chat/markup", test_markup);
  g_test_add_func ("/chat/snippet", test_snippet);
  g_test_add ("/chat/transcript/layout", Fixture, NULL, set_up, test_transcript_layout, tear_down);
  g_test_add ("/chat/transcript/window", Fixture, NULL, set_up, test_transcript_window, tear_down);
  g_test_add ("/chat/marks", Fixture, NULL, set_up, test_marks, tear_down);
  g_test_add ("/chat/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/chat/limit", Fixture, NULL, set_up, test_limit, tear_down);
  g_test_add ("/chat/drafts", Fixture, NULL, set_up, test_drafts, tear_down);
  g_test_add ("/chat/draft-of-session", Fixture, NULL, set_up, test_draft_of_session, tear_down);
  g_test_add ("/chat/first-message", Fixture, NULL, set_up, test_first_message, tear_down);
  g_test_add ("/chat/scrolling", Fixture, NULL, set_up, test_scrolling, tear_down);
  g_test_add ("/chat/long", Fixture, NULL, set_up, test_long, tear_down);
  g_test_add ("/chat/history-fails", Fixture, NULL, set_up, test_history_fails, tear_down);
  g_test_add ("/chat/typing", Fixture, NULL, set_up, test_typing, tear_down);
  g_test_add ("/chat/read", Fixture, NULL, set_up, test_read, tear_down);
  g_test_add ("/chat/list", Fixture, NULL, set_up, test_list, tear_down);
  return g_test_run ();
}

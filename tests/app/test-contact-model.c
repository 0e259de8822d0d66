/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>

#include "lf-contact-model.h"
#include "lf-fake-client.h"
#include "lf-test-util.h"

typedef struct
{
  LfClient       *client;
  LfRoster       *roster; /* borrowed from client */
  LfContactModel *model;
  guint           n_signals;
  guint           n_removed;
  guint           n_added;
} Fixture;

static void
on_items_changed (GListModel *model, guint position, guint n_removed, guint n_added, gpointer data)
{
  Fixture *f = data;

  f->n_signals++;
  f->n_removed += n_removed;
  f->n_added += n_added;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (LfClock) clock = lf_clock_new_manual (LF_FAKE_NOW_US);

  f->client = lf_client_new (clock);
  lf_fake_client_fill (f->client);
  f->roster = lf_client_get_roster (f->client);
  f->model = lf_contact_model_new (f->roster);
  g_signal_connect (f->model, "items-changed", G_CALLBACK (on_items_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->model);
  g_assert_finalize_object (f->client);
}

/* "[Favourites 1/2] Jonas Weber, Priya Nair [Engineering 2/5] …" */
static char *
read_lines (Fixture *f)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (f->model)); i++)
    {
      g_autoptr (LfListEntry) entry = g_list_model_get_item (G_LIST_MODEL (f->model), i);
      LfContact              *contact = lf_list_entry_get_contact (entry);

      if (contact != NULL)
        g_string_append_printf (text, "%s ", lf_contact_get_user (contact));
      else
        g_string_append_printf (text, "[%s %u/%u] ", lf_list_entry_get_title (entry),
                                lf_list_entry_get_n_free (entry), lf_list_entry_get_n_total (entry));
    }
  g_string_truncate (text, text->len > 0 ? text->len - 1 : 0);

  return g_string_free (text, FALSE);
}

#define assert_lines(f, expected)            \
  G_STMT_START                               \
  {                                          \
    g_autofree char *lines = read_lines (f); \
    g_assert_cmpstr (lines, ==, expected);   \
  }                                          \
  G_STMT_END

#define GROUPED "[Favourites 1/2] jonas priya [Engineering 2/5] ada bruno chloe david elif " \
                "[Sales 0/3] farah greta hiro [Other colleagues 0/2] ines jack"

static void
test_grouping (Fixture *f, gconstpointer data)
{
  g_test_summary ("Favourites, groups in their order, then everybody else; each with how many are free; by name");
  assert_lines (f, GROUPED);
}

static void
test_no_groups (void)
{
  g_autoptr (LfClock)        clock = lf_clock_new_manual (LF_FAKE_NOW_US);
  g_autoptr (LfRoster)       roster = lf_roster_new (clock);
  g_autoptr (LfContactModel) model = lf_contact_model_new (roster);
  g_autoptr (LfListEntry)    header = NULL;

  g_test_summary ("An empty roster has no lines; without groups there is one section");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);
  lf_roster_ensure (roster, "ada");
  lf_wait_until (g_list_model_get_n_items (G_LIST_MODEL (model)) == 2, 5000);
  header = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_assert_cmpstr (lf_list_entry_get_title (header), ==, "Colleagues");
}

static void
test_move (Fixture *f, gconstpointer data)
{
  g_test_summary ("What the user changes moves one line at once, the others keep theirs");
  lf_contact_set_is_favourite (lf_roster_lookup (f->roster, "elif"), TRUE);
  lf_contact_model_flush (f->model);
  assert_lines (f, "[Favourites 1/3] elif jonas priya [Engineering 2/4] ada bruno chloe david "
                   "[Sales 0/3] farah greta hiro [Other colleagues 0/2] ines jack");
  g_assert_cmpuint (f->n_removed, ==, 1);
  g_assert_cmpuint (f->n_added, ==, 1);

  lf_contact_set_group (lf_roster_lookup (f->roster, "jack"), "g2");
  lf_contact_model_flush (f->model);
  assert_lines (f, "[Favourites 1/3] elif jonas priya [Engineering 2/4] ada bruno chloe david "
                   "[Sales 0/4] farah greta hiro jack [Other colleagues 0/1] ines");
  g_assert_cmpuint (f->n_removed, ==, 2);
  g_assert_cmpuint (f->n_added, ==, 2);
}

static void
test_removed (Fixture *f, gconstpointer data)
{
  g_test_summary ("Who leaves the roster leaves the list; an empty section leaves with its last");
  lf_roster_remove (f->roster, "ines");
  lf_roster_remove (f->roster, "jack");
  lf_contact_model_flush (f->model);
  assert_lines (f, "[Favourites 1/2] jonas priya [Engineering 2/5] ada bruno chloe david elif [Sales 0/3] farah greta hiro");
  lf_roster_remove_all (f->roster);
  lf_contact_model_flush (f->model);
  assert_lines (f, "");
}

static void
test_status_touches_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (LfListEntry) header = g_list_model_get_item (G_LIST_MODEL (f->model), 3);

  g_test_summary ("10,000 changes of status signal no line of the list; the count of a header follows");
  for (int i = 0; i < 5000; i++)
    {
      lf_fake_client_set_phone (f->client, "david", LF_PHONE_OFF_HOOK);
      lf_fake_client_set_phone (f->client, "david", LF_PHONE_ON_HOOK);
    }
  lf_fake_client_set_phone (f->client, "david", LF_PHONE_OFF_HOOK);
  lf_wait_until (lf_list_entry_get_n_free (header) == 1, 5000);
  g_assert_cmpuint (f->n_signals, ==, 0);
}

static void
test_available_first (Fixture *f, gconstpointer data)
{
  g_test_summary ("Free ones first: a status moves a line, but not while the list is held");
  lf_contact_model_set_available_first (f->model, TRUE);
  assert_lines (f, "[Favourites 1/2] priya jonas [Engineering 2/5] bruno david chloe ada elif "
                   "[Sales 0/3] farah greta hiro [Other colleagues 0/2] ines jack");
  f->n_signals = 0;

  lf_contact_model_set_is_held (f->model, TRUE);
  lf_fake_client_set_phone (f->client, "jonas", LF_PHONE_ON_HOOK);
  lf_spin_for_ms (400);
  g_assert_cmpuint (f->n_signals, ==, 0);
  assert_lines (f, "[Favourites 2/2] priya jonas [Engineering 2/5] bruno david chloe ada elif "
                   "[Sales 0/3] farah greta hiro [Other colleagues 0/2] ines jack");

  lf_contact_model_set_is_held (f->model, FALSE);
  lf_wait_until (f->n_signals > 0, 5000);
  assert_lines (f, "[Favourites 2/2] jonas priya [Engineering 2/5] bruno david chloe ada elif "
                   "[Sales 0/3] farah greta hiro [Other colleagues 0/2] ines jack");
}

static void
test_query (Fixture *f, gconstpointer data)
{
  static const char *const people[] = { "Elias Brandt", "Ada Lovelace Two", NULL };
  g_autoptr (GListStore)   found = g_list_store_new (LF_TYPE_CONTACT);
  g_autoptr (LfContact)    stranger = lf_contact_new ("elias");

  g_test_summary ("A query finds words by their beginnings, without accents; the directory follows without doubles");
  lf_fake_client_add_people (f->client, people);
  lf_contact_model_set_query (f->model, "  el ");
  assert_lines (f, "[Contacts 0/1] elif");
  lf_contact_set_person (stranger, &(LfPersonFields){ .user = "elias", .name = "Elias Brandt" });
  g_list_store_append (found, lf_roster_lookup (f->roster, "elif"));
  g_list_store_append (found, stranger);
  lf_contact_model_set_directory (f->model, G_LIST_MODEL (found));
  assert_lines (f, "[Contacts 0/1] elif [Directory 0/1] elias");

  lf_contact_model_set_query (f->model, "soerensen");
  assert_lines (f, "[Contacts 0/1] greta");
  lf_contact_model_set_query (f->model, "chloe dub");
  assert_lines (f, "[Contacts 0/1] chloe");
  lf_contact_model_set_query (f->model, "nobody at all");
  assert_lines (f, "");
  lf_contact_model_set_query (f->model, "");
  assert_lines (f, GROUPED);
}

static void
test_keys (Fixture *f, gconstpointer data)
{
  g_test_summary ("Moving skips headers and stops at the ends");
  g_assert_cmpuint (lf_contact_model_move (f->model, G_MAXUINT, 1), ==, 1);
  g_assert_cmpuint (lf_contact_model_move (f->model, G_MAXUINT, -1), ==, 15);
  g_assert_cmpuint (lf_contact_model_move (f->model, 1, -1), ==, 1);
  g_assert_cmpuint (lf_contact_model_move (f->model, 2, 1), ==, 4);
  g_assert_cmpuint (lf_contact_model_move (f->model, 4, -1), ==, 2);
  g_assert_cmpuint (lf_contact_model_move (f->model, 1, 10), ==, 14);
  g_assert_cmpuint (lf_contact_model_move (f->model, 1, G_MAXINT), ==, 15);
  g_assert_cmpuint (lf_contact_model_move (f->model, 15, -G_MAXINT), ==, 1);
  lf_roster_remove_all (f->roster);
  lf_contact_model_flush (f->model);
  g_assert_cmpuint (lf_contact_model_move (f->model, 0, 1), ==, G_MAXUINT);
}

static void
test_long (Fixture *f, gconstpointer data)
{
  g_test_summary ("5,000 contacts arrive in one signal, and a filter over them is one signal");
  lf_fake_client_fill_many (f->client, 5000);
  lf_contact_model_flush (f->model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), ==, 5016);
  g_assert_cmpuint (f->n_signals, ==, 1);
  lf_contact_model_set_query (f->model, "person 0002");
  g_assert_cmpuint (f->n_signals, ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), ==, 11);
}

static void
test_filling (Fixture *f, gconstpointer data)
{
  guint n_lines = g_list_model_get_n_items (G_LIST_MODEL (f->model));

  g_test_summary ("People of a roster that comes in parts are listed together, and all of them once it is whole");
  lf_contact_model_set_is_filling (f->model, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *user = g_strdup_printf ("new%u", i);

      lf_roster_ensure (f->roster, user);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_cmpuint (f->n_signals, ==, 0);
  lf_contact_model_set_is_filling (f->model, FALSE);
  g_assert_cmpuint (f->n_signals, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), >=, n_lines + 3);

  lf_contact_model_set_is_filling (f->model, TRUE);
  lf_roster_ensure (f->roster, "new3");
  lf_wait_until (f->n_signals == 2, 5000); /* a slow server: what there is is shown meanwhile */
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/contact-model/grouping", test_grouping);
  ADD ("/contact-model/move", test_move);
  ADD ("/contact-model/removed", test_removed);
  ADD ("/contact-model/status-touches-nothing", test_status_touches_nothing);
  ADD ("/contact-model/available-first", test_available_first);
  ADD ("/contact-model/query", test_query);
  ADD ("/contact-model/keys", test_keys);
  ADD ("/contact-model/long", test_long);
  ADD ("/contact-model/filling", test_filling);
  g_test_add_func ("/contact-model/no-groups", test_no_groups);

  return g_test_run ();
}

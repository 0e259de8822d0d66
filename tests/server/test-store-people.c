/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-server-fixture.h"
#include "lf-store-presence.h"
#include "lf-store-roster.h"
#include "lf-store-text.h"

static void
test_fold (void)
{
  static const struct
  {
    const char *text;
    const char *folded;
  } rows[] = {
    { "Mara", "mara" },
    { "  Zoë \t KLEIN ", "zoe klein" },
    { "Zoe\xcc\x88", "zoe" },
    { "GRÖSSE Straße", "grosse strasse" },
    { "Łukasz", "łukasz" },
    { "", "" },
  };

  g_test_summary ("Texts are compared without case, accents and doubled spaces");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *folded = lf_text_fold (rows[i].text);

      g_assert_cmpstr (folded, ==, rows[i].folded);
    }
}

static void
test_cursor (void)
{
  static const char *const bad[] = { "", "x", "bm90aGluZw~~", "\xc3\xa4", "AAAA", "YQpiCmM~" };
  g_autofree char         *cursor = lf_cursor_make ("klein, mära", "u123", NULL);
  g_auto (GStrv)           parts = NULL;
  g_autoptr (GError)       error = NULL;

  g_test_summary ("A cursor comes back as it was made; anything else is refused");
  g_assert_true (lf_cursor_parse (cursor, 2, &parts, &error));
  g_assert_cmpstr (parts[0], ==, "klein, mära");
  g_assert_cmpstr (parts[1], ==, "u123");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) failure = NULL;
      g_auto (GStrv)     none = NULL;

      g_assert_false (lf_cursor_parse (bad[i], 2, &none, &failure));
      g_assert_error (failure, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
    }
}

static char *
search (LfDb *db, const char *viewer, const char *words)
{
  g_autoptr (GError)           error = NULL;
  g_autoptr (LfWirePeoplePage) page = lf_store_accounts_search (db, viewer, words, NULL, 50, &error);
  g_autoptr (GString)          found = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < page->items->len; i++)
    g_string_append_printf (found, "%s%s", i > 0 ? " " : "", ((LfWirePerson *) g_ptr_array_index (page->items, i))->login);
  return g_strdup (found->str);
}

static void
test_search (void)
{
  static const struct
  {
    const char *claim;
    const char *words;
    const char *logins;
  } rows[] = {
    { "a part of a name", "eber", "jonas" },
    { "several, by name", "ar", "arno karl" },
    { "without accents", "zoe", "zoe" },
    { "with other case", "WEBER", "jonas" },
    { "all words must match", "weber jonas", "jonas" },
    { "words of two people match neither", "weber zoe", "" },
    { "the login", "zoe", "zoe" },
    { "signs of the pattern are letters", "50%", "karl" },
    { "an underscore, too", "__", "" },
    { "a backslash, too", "\\\\", "" },
    { "oneself is not found", "mara", "" },
  };
  g_autoptr (LfDb) db = lf_test_db_new ();
  g_autofree char *mara = lf_test_db_add (db, "mara", "Mara Klein", NULL);
  g_autofree char *jonas = lf_test_db_add (db, "jonas", "Jonas Weber", NULL);
  g_autofree char *zoe = lf_test_db_add (db, "zoe", "Zoë Q", NULL);
  g_autofree char *karl = lf_test_db_add (db, "karl", "Karl 50% Off", NULL);
  g_autofree char *arno = lf_test_db_add (db, "arno", "Arno Y", NULL);
  g_autofree char *after_block = NULL;
  g_autofree char *after_closing = NULL;

  g_test_summary ("The directory finds people by parts of words, and only those who may be seen");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *found = search (db, mara, rows[i].words);

      g_test_message ("%s", rows[i].claim);
      g_assert_cmpstr (found, ==, rows[i].logins);
    }
  g_assert_true (lf_store_presence_set_blocked (db, jonas, mara, TRUE, NULL, NULL));
  after_block = search (db, mara, "jonas");
  g_assert_cmpstr (after_block, ==, "");
  g_assert_true (lf_store_accounts_set_blocked (db, zoe, TRUE, NULL));
  after_closing = search (db, mara, "zoe");
  g_assert_cmpstr (after_closing, ==, "");
}

static void
test_search_pages (void)
{
  g_autoptr (LfDb) db = lf_test_db_new ();
  g_autofree char *mara = lf_test_db_add (db, "mara", "Mara Klein", NULL);
  g_autofree char *cursor = NULL;
  guint            n_found = 0;

  g_test_summary ("Pages follow each other without gap, though names are the same");
  for (guint i = 0; i < 23; i++)
    {
      g_autofree char *login = g_strdup_printf ("twin%u", i);
      g_autofree char *id = lf_test_db_add (db, login, "Same Name", NULL);
    }
  do
    {
      g_autoptr (GError)           error = NULL;
      g_autoptr (LfWirePeoplePage) page = lf_store_accounts_search (db, mara, "same", cursor, 5, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->items->len, <=, 5);
      n_found += page->items->len;
      g_free (cursor);
      cursor = g_strdup (page->next);
    }
  while (cursor != NULL);
  g_assert_cmpuint (n_found, ==, 23);
}

static void
test_login_taken (void)
{
  g_autoptr (LfDb)      db = lf_test_db_new ();
  g_autofree char      *mara = lf_test_db_add (db, "Mara", "Mara Klein", NULL);
  g_autoptr (LfAccount) again = lf_account_new ();
  g_autoptr (GError)    error = NULL;

  g_test_summary ("Two logins that differ in case alone are one");
  again->person.login = g_strdup ("mARA");
  again->person.name = g_strdup ("Another");
  g_assert_false (lf_store_accounts_insert (db, again, LF_TEST_NOW_US, &error));
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT);
}

typedef struct
{
  LfDb *db;
  char *mara;
  char *jonas;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->db = lf_test_db_new ();
  fixture->mara = lf_test_db_add (fixture->db, "mara", "Mara Klein", NULL);
  fixture->jonas = lf_test_db_add (fixture->db, "jonas", "Jonas Weber", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_free (fixture->mara);
  g_free (fixture->jonas);
  lf_db_close (fixture->db);
}

/* LF_N_PROBLEMS: it went well */
static LfProblem
put_contact (Fixture *fixture, const char *user, const char *group, gint64 speed_dial, gint64 expected)
{
  LfWireContact      contact = { .user = (char *) user, .group = (char *) group, .speed_dial = speed_dial };
  g_autoptr (GError) error = NULL;
  gint64             revision = 0;
  gboolean           is_new = FALSE;

  return lf_store_roster_put (fixture->db, fixture->mara, &contact, expected, LF_TEST_NOW_US, &revision, &is_new, &error)
           ? LF_N_PROBLEMS
           : lf_server_error_to_problem (error);
}

static gint64
read_revision (Fixture *fixture)
{
  gint64                     revision = 0;
  g_autoptr (LfWireContacts) roster = lf_store_roster_read (fixture->db, fixture->mara, &revision, NULL);

  g_assert_nonnull (roster);
  return revision;
}

static void
test_roster (Fixture *fixture, gconstpointer unused)
{
  gint64           revision = read_revision (fixture);
  g_autofree char *priya = lf_test_db_add (fixture->db, "priya", "Priya Nair", NULL);

  g_test_summary ("Contacts are put under conditions: revision, group, speed dial, who may be seen");
  g_assert_cmpint (put_contact (fixture, fixture->jonas, NULL, 1, revision), ==, LF_N_PROBLEMS);
  g_assert_cmpint (read_revision (fixture), ==, revision + 1);
  g_assert_cmpint (put_contact (fixture, fixture->jonas, NULL, 2, revision), ==, LF_PROBLEM_PRECONDITION_FAILED);
  g_assert_cmpint (put_contact (fixture, priya, NULL, 1, -1), ==, LF_PROBLEM_CONFLICT);
  g_assert_cmpint (put_contact (fixture, priya, "none", 0, -1), ==, LF_PROBLEM_BAD_REQUEST);
  g_assert_cmpint (put_contact (fixture, "nobody", NULL, 0, -1), ==, LF_PROBLEM_NOT_FOUND);
  g_assert_cmpint (put_contact (fixture, fixture->mara, NULL, 0, -1), ==, LF_PROBLEM_BAD_REQUEST);
  g_assert_cmpint (put_contact (fixture, fixture->jonas, NULL, 1, -1), ==, LF_N_PROBLEMS);
}

static void
test_groups (Fixture *fixture, gconstpointer unused)
{
  LfWireGroup               group = { .id = (char *) "g1", .name = (char *) "Friends", .position = 3 };
  gint64                    revision = 0;
  gboolean                  is_new = FALSE;
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfWireContact) contact = NULL;

  g_test_summary ("Contacts of a group that goes stay, without a group");
  g_assert_true (lf_store_roster_put_group (fixture->db, fixture->mara, &group, -1, &revision, &is_new, &error));
  g_assert_true (is_new);
  g_assert_true (lf_store_roster_put_group (fixture->db, fixture->mara, &group, revision, &revision, &is_new, &error));
  g_assert_false (is_new);
  g_assert_cmpint (put_contact (fixture, fixture->jonas, "g1", 0, -1), ==, LF_N_PROBLEMS);
  g_assert_true (lf_store_roster_remove_group (fixture->db, fixture->mara, "g1", -1, &revision, &error));
  contact = lf_store_roster_get (fixture->db, fixture->mara, fixture->jonas, &error);
  g_assert_no_error (error);
  g_assert_null (contact->group);
  g_assert_false (lf_store_roster_remove_group (fixture->db, fixture->mara, "g1", -1, &revision, &error));
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
}

static void
test_block_hides (Fixture *fixture, gconstpointer unused)
{
  gint64                    revision;
  g_autoptr (LfWireContact) hidden = NULL;
  g_autoptr (LfWireContact) shown = NULL;
  g_autoptr (LfWirePerson)  person = NULL;
  g_autoptr (GError)        error = NULL;

  g_test_summary ("A block takes the person out of the other's roster entry, and its revision rises");
  put_contact (fixture, fixture->jonas, NULL, 0, -1);
  revision = read_revision (fixture);
  g_assert_true (lf_store_presence_set_blocked (fixture->db, fixture->jonas, fixture->mara, TRUE, NULL, NULL));
  g_assert_cmpint (read_revision (fixture), ==, revision + 1);
  hidden = lf_store_roster_get (fixture->db, fixture->mara, fixture->jonas, NULL);
  g_assert_null (hidden->person);
  person = lf_store_accounts_read_person (fixture->db, fixture->mara, fixture->jonas, &error);
  g_assert_null (person);
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_NOT_FOUND);
  g_assert_true (lf_store_accounts_check_visible (fixture->db, fixture->jonas, fixture->mara, NULL));
  g_assert_cmpint (put_contact (fixture, fixture->jonas, NULL, 0, -1), ==, LF_N_PROBLEMS);
  g_assert_true (lf_store_presence_set_blocked (fixture->db, fixture->jonas, fixture->mara, FALSE, NULL, NULL));
  shown = lf_store_roster_get (fixture->db, fixture->mara, fixture->jonas, NULL);
  g_assert_cmpstr (shown->person->name, ==, "Jonas Weber");
}

static void
test_patch (Fixture *fixture, gconstpointer unused)
{
  LfWireMePatch patch = { .title = (char *) "Head of Sales" };
  LfWireMePatch empty = { .title = (char *) "", .time_zone = (char *) "Europe/Berlin" };
  LfWireMe     *me;

  g_test_summary ("A patch changes what it names alone; an empty text takes away");
  g_assert_true (lf_store_accounts_patch (fixture->db, fixture->mara, &patch, NULL));
  me = lf_store_accounts_read_me (fixture->db, fixture->mara, LF_TEST_NOW_US, NULL);
  g_assert_cmpstr (me->person.title, ==, "Head of Sales");
  g_assert_cmpstr (me->person.name, ==, "Mara Klein");
  lf_codec_free (&lf_schema_me, me);
  g_assert_true (lf_store_accounts_patch (fixture->db, fixture->mara, &empty, NULL));
  me = lf_store_accounts_read_me (fixture->db, fixture->mara, LF_TEST_NOW_US, NULL);
  g_assert_null (me->person.title);
  g_assert_cmpstr (me->time_zone, ==, "Europe/Berlin");
  lf_codec_free (&lf_schema_me, me);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store-people/text/fold", test_fold);
  g_test_add_func ("/store-people/text/cursor", test_cursor);
  g_test_add_func ("/store-people/search/words", test_search);
  g_test_add_func ("/store-people/search/pages", test_search_pages);
  g_test_add_func ("/store-people/login-taken", test_login_taken);
  ADD ("/store-people/roster/conditions", test_roster);
  ADD ("/store-people/roster/groups", test_groups);
  ADD ("/store-people/roster/block-hides", test_block_hides);
  ADD ("/store-people/me/patch", test_patch);

  return g_test_run ();
}

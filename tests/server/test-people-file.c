/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lf-csv.h"
#include "lf-people-file.h"
#include "lf-server-fixture.h"

static void
test_csv_good (void)
{
  static const struct
  {
    const char *claim;
    const char *text;
    const char *joined; /* fields by "|", rows by "/" */
  } rows[] = {
    { "plain", "a,b\nc,d\n", "a|b/c|d" },
    { "CRLF, and no end of the last line", "a,b\r\nc,d", "a|b/c|d" },
    { "a mark of UTF-8 before it", "\xef\xbb\xbf"
                                   "a,b\n",
      "a|b" },
    { "quotes", "\"a\",\"b, c\"\n", "a|b, c" },
    { "doubled quotes", "\"say \"\"hi\"\"\",x\n", "say \"hi\"|x" },
    { "a line end in quotes", "\"a\nb\",c\n", "a\nb|c" },
    { "empty fields", ",,\n", "||" },
    { "an empty quoted field", "\"\",x\n", "|x" },
    { "empty lines between", "a\n\n\nb\n", "a/b" },
    { "nothing", "", "" },
  };

  g_test_summary ("What RFC 4180 allows is read");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)    error = NULL;
      g_autoptr (GPtrArray) records = lf_csv_parse (rows[i].text, strlen (rows[i].text), &error);
      g_autoptr (GString)   joined = g_string_new (NULL);

      g_test_message ("%s", rows[i].claim);
      g_assert_no_error (error);
      for (guint j = 0; j < records->len; j++)
        {
          const LfCsvRow  *row = g_ptr_array_index (records, j);
          g_autofree char *fields = g_strjoinv ("|", row->fields);

          g_string_append_printf (joined, "%s%s", j > 0 ? "/" : "", fields);
        }
      g_assert_cmpstr (joined->str, ==, rows[i].joined);
    }
}

static void
test_file_bad (void)
{
  static const struct
  {
    const char *claim;
    const char *text;
    const char *message; /* a part of it */
  } rows[] = {
    { "an empty file", "", "Line 1:" },
    { "no people", "login,name\n", "Line 1:" },
    { "no name column", "login,mail\nmara,m@x.example\n", "“login” and “name”" },
    { "an unknown column", "login,name,shoe size\nmara,Mara,38\n", "“shoe size”" },
    { "a column twice", "login,name,login\nmara,Mara,mara\n", "“login” is there twice" },
    { "a row that is too short", "login,name\nmara,Mara\njonas\n", "Line 3:" },
    { "a row that is too long", "login,name\nmara,Mara,x\n", "Line 2:" },
    { "a quote that is never closed", "login,name\nmara,\"Mara\njonas,Jonas\n", "Line 2:" },
    { "a quote inside a field", "login,name\nmara,Ma\"ra\n", "Line 2:" },
    { "text behind a quote", "login,name\nmara,\"Mara\" K\n", "Line 2:" },
    { "a record over two lines counts both", "login,name,title\nmara,Mara,\"a\"\njonas,,x\n", "Line 3: the name is missing" },
    { "no login", "login,name\n,Mara\n", "Line 2: the login is missing" },
    { "a login with a space", "login,name\nma ra,Mara\n", "Line 2:" },
    { "a name with a line end", "login,name\nmara,\"Ma\nra\"\n", "Line 2:" },
    { "a mail address without @", "login,name,mail\nmara,Mara,nowhere\n", "“nowhere”" },
    { "a phone with letters", "login,name,phone\nmara,Mara,call me\n", "“call me”" },
    { "an address that is no phone", "login,name,addresses\nmara,Mara,https://example.org\n", "“https://example.org”" },
    { "a time zone that is none", "login,name,time_zone\nmara,Mara,Europe/Atlantis\n", "“Europe/Atlantis”" },
    { "a short password", "login,name,password\nmara,Mara,short\n", "Line 2: a password" },
    { "not UTF-8", "login,name\nmara,M\xe4ra\n", "Line 2: the text is not UTF-8" },
  };

  g_test_summary ("Every bad file is refused with the line and the reason");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)       error = NULL;
      g_autoptr (LfAdminOrder) order = g_new0 (LfAdminOrder, 1);

      g_test_message ("%s", rows[i].claim);
      g_assert_false (lf_people_file_read (rows[i].text, strlen (rows[i].text), order, &error));
      g_assert_null (order->people);
      g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].message));
    }
}

static LfAdminOrder *
make_import (const char *text)
{
  LfAdminOrder      *order = g_new0 (LfAdminOrder, 1);
  g_autoptr (GError) error = NULL;

  order->command = LF_ADMIN_USER_IMPORT;
  lf_people_file_read (text, strlen (text), order, &error);
  g_assert_no_error (error);
  return order;
}

static void
test_import (void)
{
  g_autoptr (LfDb)           db = lf_test_db_new ();
  g_autoptr (GError)         error = NULL;
  g_autoptr (LfAdminOrder)   order = make_import ("\"Name\",LOGIN,phone,department,password\n"
                                                    "Mara Klein,mara,+49 30 / 1234;sip:2041@pbx.example,Sales,long enough\n"
                                                    "\"Weber, Jonas\",jonas,,,\n");
  g_autoptr (LfAdminOutcome) outcome = lf_admin_outcome_new (order, LF_TEST_NOW_US);
  g_autoptr (LfAccount)      mara = NULL;
  g_autoptr (LfAccount)      jonas = NULL;

  g_test_summary ("A good file makes accounts; columns stand in any order; an empty password is none");
  g_assert_true (lf_admin_execute (db, outcome, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->claims->len, ==, 2);
  mara = lf_store_accounts_get_by_login (db, "mara", &error);
  jonas = lf_store_accounts_get_by_login (db, "jonas", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mara->person.addresses[0], ==, "tel:+49301234");
  g_assert_cmpstr (mara->person.addresses[1], ==, "sip:2041@pbx.example");
  g_assert_cmpstr (mara->person.department, ==, "Sales");
  g_assert_cmpint (crypto_pwhash_str_verify (mara->password_hash, "long enough", 11), ==, 0);
  g_assert_cmpstr (jonas->person.name, ==, "Weber, Jonas");
  g_assert_null (jonas->password_hash);
}

static gboolean
run_import (LfDb *db, gpointer data, GError **error)
{
  return lf_admin_execute (db, data, error);
}

static gboolean
run_count (LfDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) accounts = lf_store_accounts_list (db, error);

  *(guint *) data = accounts->len;
  return TRUE;
}

static void
test_all_or_nothing (void)
{
  char                      *folder = lf_test_folder_new ();
  g_autoptr (GError)         error = NULL;
  g_autoptr (LfStore)        store = lf_store_new (folder, &error);
  g_autofree char           *mara = lf_test_store_add (store, "mara", "Mara Klein", NULL);
  g_autoptr (LfAdminOrder)   order = make_import ("login,name\njonas,Jonas\nMARA,Mara again\n");
  g_autoptr (LfAdminOutcome) outcome = lf_admin_outcome_new (order, LF_TEST_NOW_US);
  guint                      n_accounts = 0;

  g_test_summary ("One taken login, and nothing is imported; the line is named");
  g_assert_false (lf_store_run_sync (store, run_import, outcome, &error));
  g_assert_error (error, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT);
  g_assert_nonnull (strstr (error->message, "Line 3"));
  g_assert_true (lf_store_run_sync (store, run_count, &n_accounts, NULL));
  g_assert_cmpuint (n_accounts, ==, 1);

  lf_store_close (store);
  lf_test_folder_free (folder);
}

static void
test_update (void)
{
  g_autoptr (LfDb)           db = lf_test_db_new ();
  g_autoptr (GError)         error = NULL;
  g_autofree char           *mara = lf_test_db_add (db, "mara", "Mara Klein", "long enough");
  g_autoptr (LfAdminOrder)   order = make_import ("login,name,title\nMara,Mara Weber,Head of Sales\njonas,Jonas,\n");
  g_autoptr (LfAdminOutcome) outcome = lf_admin_outcome_new (order, LF_TEST_NOW_US);
  LfWireMePatch              patch = { .title = (char *) "Clerk", .time_zone = (char *) "Europe/Berlin" };
  g_autoptr (LfAccount)      account = NULL;

  g_test_summary ("With --update those who are there are changed where the file has a column, and keep the rest");
  g_assert_true (lf_store_accounts_patch (db, mara, &patch, NULL));
  order->is_update = TRUE;
  g_assert_true (lf_admin_execute (db, outcome, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->claims->len, ==, 1);
  account = lf_store_accounts_get_by_login (db, "mara", &error);
  g_assert_cmpstr (account->person.id, ==, mara);
  g_assert_cmpstr (account->person.name, ==, "Mara Weber");
  g_assert_cmpstr (account->person.title, ==, "Head of Sales");
  g_assert_cmpstr (account->time_zone, ==, "Europe/Berlin");
  g_assert_nonnull (account->password_hash);
}

static void
test_order_round_trip (void)
{
  g_autoptr (LfAdminOrder) order = make_import ("login,name,phone\nmara,Mara,2041\n");
  g_autoptr (GBytes)       text = lf_codec_encode_bytes (&lf_schema_admin_order, order);
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfAdminOrder) back = lf_codec_decode (&lf_schema_admin_order, g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                                   &lf_admin_limits, &error);
  const LfAdminPerson     *person;

  g_test_summary ("An order is the same at the other end of the socket");
  g_assert_no_error (error);
  g_assert_cmpint (back->command, ==, LF_ADMIN_USER_IMPORT);
  person = g_ptr_array_index (back->people, 0);
  g_assert_cmpstr (person->person.login, ==, "mara");
  g_assert_cmpstr (person->person.addresses[0], ==, "tel:2041");
  g_assert_cmpint (person->row, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);

  g_test_add_func ("/people-file/csv/good", test_csv_good);
  g_test_add_func ("/people-file/bad", test_file_bad);
  g_test_add_func ("/people-file/import", test_import);
  g_test_add_func ("/people-file/all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/people-file/update", test_update);
  g_test_add_func ("/people-file/order-round-trip", test_order_round_trip);

  return g_test_run ();
}

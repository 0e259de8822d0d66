/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-demo-people.h"

/* How many the visitor sees at the first picture, and in how many different states */
#define MIN_PRESENT 10
#define MIN_STATES  8

static void
test_logins_and_lines_are_unique (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_test_summary ("no two colleagues share an account, a name or a line, and none is the visitor");
  g_hash_table_add (seen, (char *) lf_demo_people_visitor ()->login);
  g_hash_table_add (seen, (char *) lf_demo_people_visitor ()->line);
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      const LfDemoPerson *person = lf_demo_people_get (i);

      g_assert_true (g_hash_table_add (seen, (char *) person->login));
      g_assert_true (g_hash_table_add (seen, (char *) person->name));
      g_assert_true (g_hash_table_add (seen, (char *) person->line));
    }
}

static void
test_words_fit_into_the_import_file (void)
{
  g_test_summary ("no field needs quoting where the CSV file has none, and all are UTF-8");
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      const LfDemoPerson *person = lf_demo_people_get (i);

      g_assert_null (strpbrk (person->login, ",\"\n &/?"));
      g_assert_null (strpbrk (person->name, ",\"\n"));
      g_assert_null (strpbrk (person->title, "\"\n"));
      g_assert_null (strpbrk (person->department, ",\"\n"));
      g_assert_true (g_utf8_validate (person->name, -1, NULL));
    }
}

static void
test_the_first_picture_is_varied (void)
{
  guint states = 0;
  guint n_present = 0;
  guint n_states = 0;
  guint n_favourites = 0;

  g_test_summary ("many colleagues are there when the visitor comes, in many different states");
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      const LfDemoPerson *person = lf_demo_people_get (i);

      n_present += lf_demo_person_signs_in (person);
      n_favourites += person->is_favourite;
      states |= 1u << person->start;
    }
  for (; states != 0; states >>= 1)
    n_states += states & 1;
  g_assert_cmpuint (n_present, >=, MIN_PRESENT);
  g_assert_cmpuint (n_states, >=, MIN_STATES);
  g_assert_cmpuint (n_favourites, >, 0);
  g_assert_cmpuint (lf_demo_people_count (), >=, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/people/unique", test_logins_and_lines_are_unique);
  g_test_add_func ("/demo/people/import-file", test_words_fit_into_the_import_file);
  g_test_add_func ("/demo/people/varied", test_the_first_picture_is_varied);
  return g_test_run ();
}

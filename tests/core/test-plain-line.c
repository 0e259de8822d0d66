/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

#include "lf-contact.h"
#include "lf-plain-line.h"

static const struct
{
  const char *claim;
  const char *text;
  const char *line;
} rows[] = {
  { "a name stays as it is", "Chloé Dubois", "Chloé Dubois" },
  { "one line, single spaces", "  Ada\n\tLovelace\r\n", "Ada Lovelace" },
  { "other ends of lines", "Ada\u2028Lovelace\u2029\xc2\x85", "Ada Lovelace" },
  { "no turning round", "Ada\u202eecalevoL\u202c \u2067x\u2069", "AdaecalevoL x" },
  { "nothing without width", "A\u200bd\ufeffa\u2060", "Ada" },
  { "a joined emoji stays whole", "\U0001F469\u200D\U0001F4BB", "\U0001F469\u200D\U0001F4BB" },
  { "direction marks of Hebrew stay", "\u05d0\u200f", "\u05d0\u200f" },
  { "few accents stay", "a\u0301\u0302", "a\u0301\u0302" },
  { "towers of accents do not", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301b", "a\u0301\u0301\u0301\u0301\u0301\u0301b" },
  { "nothing to be seen", "\u202e\u200b \n", "" },
};

static void
test_rows (void)
{
  g_test_summary ("What others call themselves is one line that leaves its neighbours alone");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = lf_plain_line_new (rows[i].text);

      g_test_message ("%s", rows[i].claim);
      g_assert_cmpstr (line, ==, rows[i].line);
    }
  g_assert_null (lf_plain_line_new (NULL));
}

static void
test_contact (void)
{
  g_autoptr (LfContact) contact = lf_contact_new ("u1");

  g_test_summary ("A contact is called by a plain line; one that cannot be seen gives way to the login");
  lf_contact_set_person (contact, &(LfPersonFields){ .user = "u1", .login = "eve", .name = "Eve\nOnline\u202e" });
  g_assert_cmpstr (lf_contact_get_name (contact), ==, "Eve Online");
  g_assert_false (lf_contact_set_person (contact, &(LfPersonFields){ .user = "u1", .login = "eve", .name = "Eve Online" }));
  lf_contact_set_person (contact, &(LfPersonFields){ .user = "u1", .login = "eve", .name = "\u200b \u2066" });
  g_assert_cmpstr (lf_contact_get_name (contact), ==, "eve");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plain-line/rows", test_rows);
  g_test_add_func ("/plain-line/contact", test_contact);
  return g_test_run ();
}

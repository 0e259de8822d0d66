/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "lf-error.h"
#include "lf-link.h"

static const struct
{
  const char *uri;
  LfLinkKind  kind;
  const char *target; /* NULL: refused */
  const char *why;
} links[] = {
  { "lampfield:chat?user=jonas", LF_LINK_CHAT, "jonas", "a login" },
  { "LAMPFIELD:chat?user=jonas", LF_LINK_CHAT, "jonas", "schemes have no case" },
  { "lampfield:chat?user=jonas@sample.invalid", LF_LINK_CHAT, "jonas@sample.invalid", "a mail address" },
  { "lampfield:chat?user=jonas%40sample.invalid", LF_LINK_CHAT, "jonas@sample.invalid", "the same, escaped" },
  { "lampfield:person?user=zo%C3%AB", LF_LINK_PERSON, "zoë", "UTF-8" },
  { "lampfield:call?user=jonas", LF_LINK_CALL_PERSON, "jonas", "whom to call" },
  { "lampfield:call?number=%2B49%2030%201234", LF_LINK_CALL_NUMBER, "tel:+49301234", "what to call" },
  { "tel:+49-30-1234", LF_LINK_CALL_NUMBER, "tel:+49301234", "as web pages have it" },
  { "tel:2041", LF_LINK_CALL_NUMBER, "tel:2041", "an extension" },
  { "TEL:(030)%201234", LF_LINK_CALL_NUMBER, "tel:0301234", "with a blank" },
  { "", 0, NULL, "nothing" },
  { "lampfield:", 0, NULL, "leads nowhere" },
  { "lampfield:chat", 0, NULL, "to nobody" },
  { "lampfield:chat?user=", 0, NULL, "to nobody" },
  { "lampfield:chat?", 0, NULL, "to nobody" },
  { "lampfield:CHAT?user=jonas", 0, NULL, "one spelling" },
  { "lampfield://chat?user=jonas", 0, NULL, "no authority" },
  { "lampfield:/chat?user=jonas", 0, NULL, "no path" },
  { "lampfield:chat?user=jonas&text=Hello", 0, NULL, "nothing is written for the user" },
  { "lampfield:chat?text=Hello&user=jonas", 0, NULL, "nor in front" },
  { "lampfield:chat?user=jonas&user=mara", 0, NULL, "one person" },
  { "lampfield:chat?user=jonas#x", 0, NULL, "no fragment" },
  { "lampfield:chat?user=a/b", 0, NULL, "unescaped" },
  { "lampfield:chat?user=a b", 0, NULL, "a blank that is not escaped" },
  { "lampfield:chat?user=%zz", 0, NULL, "a broken escape" },
  { "lampfield:chat?user=%00", 0, NULL, "an escaped end" },
  { "lampfield:chat?user=%ff%fe", 0, NULL, "no UTF-8" },
  { "lampfield:chat?user=a%0Ab", 0, NULL, "two lines" },
  { "lampfield:chat?user=%1B%5B2J", 0, NULL, "a control character" },
  { "lampfield:chat?user=%E2%80%AEjonas", 0, NULL, "a name that turns round" },
  { "lampfield:status?choice=away", 0, NULL, "a link sets no status" },
  { "lampfield:dnd?on=1", 0, NULL, "nor this" },
  { "lampfield:signout", 0, NULL, "nor does it end anything" },
  { "lampfield:call?user=jonas&now=1", 0, NULL, "nor is a question answered" },
  { "lampfield:call?number=jonas", 0, NULL, "no number" },
  { "lampfield:call?number=sip:a@b", 0, NULL, "an address of another kind" },
  { "lampfield:call?number=*21*0900123%23", 0, NULL, "a code that forwards all calls" },
  { "tel:*21*0900123%23", 0, NULL, "the same" },
  { "tel:%23%2321%23", 0, NULL, "another" },
  { "tel:", 0, NULL, "no number" },
  { "tel:+49301234;phone-context=evil", 0, NULL, "parameters" },
  { "tel:1234?body=x", 0, NULL, "a query" },
  { "tel:99999999999999999999999999999999999999999", 0, NULL, "too long a number" },
  { "sip:2041@pbx.example", 0, NULL, "another scheme" },
  { "file:///etc/passwd", 0, NULL, "a file" },
  { "javascript:alert(1)", 0, NULL, "a script" },
  { "https://example.org/lampfield:chat?user=jonas", 0, NULL, "a page" },
};

static void
test_links (void)
{
  g_autofree char *name = g_strnfill (101, 'a');
  g_autofree char *long_name = g_strconcat ("lampfield:chat?user=", name, NULL);
  g_autofree char *filler = g_strnfill (100000, 'a');
  g_autofree char *long_link = g_strconcat ("lampfield:chat?user=", filler, NULL);

  g_test_summary ("A link leads to a person or a question; whatever else it says, it is refused");
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LfLink) link = lf_link_parse (links[i].uri, &error);

      g_test_message ("%s: %s", links[i].uri, links[i].why);
      if (links[i].target == NULL)
        {
          g_assert_null (link);
          g_assert_error (error, LF_ERROR, LF_ERROR_BAD_REQUEST);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint (link->kind, ==, links[i].kind);
      g_assert_cmpstr (link->target, ==, links[i].target);
    }
  g_assert_null (lf_link_parse (long_name, NULL));
  g_assert_null (lf_link_parse (long_link, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/link/links", test_links);

  return g_test_run ();
}

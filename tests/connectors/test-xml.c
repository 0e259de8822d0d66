/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-calendar-xml.h"
#include "lf-error.h"

static void
on_start (const char *name, const char **attribute_names, const char **attribute_values, gpointer user_data, GError **error)
{
  g_string_append_printf (user_data, "<%s>", name);
}

static void
on_end (const char *name, const char *text, gpointer user_data, GError **error)
{
  g_string_append_printf (user_data, "%s</%s>", text, name);
  if (g_str_equal (name, "refuse"))
    g_set_error (error, LF_ERROR, LF_ERROR_RATE_LIMITED, "refused");
}

static void
test_documents (void)
{
  static const struct
  {
    const char *claim;
    const char *document;
    const char *seen; /* NULL: refused */
    int         code;
  } rows[] = {
    { "prefixes are dropped", "<?xml version=\"1.0\"?><D:a xmlns:D=\"DAV:\"><b>x</b></D:a>", "<a><b>x</b></a>" },
    { "the five entities", "<a>&lt;&amp;&gt;&quot;&apos;&#65;</a>", "<a><&>\"'A</a>" },
    { "CDATA is text", "<a><![CDATA[<b>&]]></a>", "<a><b>&</a>" },
    { "comments pass", "<!-- x --><a><!-- y -->z</a>", "<a>z</a>" },
    { "a document type", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>z</a>", NULL, LF_ERROR_BAD_FRAME },
    { "an entity of nobody's", "<a>&x;</a>", NULL, LF_ERROR_BAD_FRAME },
    { "cut off", "<a><b>", NULL, LF_ERROR_BAD_FRAME },
    { "not XML", "BEGIN:VCALENDAR", NULL, LF_ERROR_BAD_FRAME },
    { "nothing", "", NULL, LF_ERROR_BAD_FRAME },
    { "blanks", " \n", NULL, LF_ERROR_BAD_FRAME },
    { "not UTF-8", "<a>\xff</a>", NULL, LF_ERROR_BAD_FRAME },
    { "what the handler refuses", "<a><refuse/></a>", NULL, LF_ERROR_RATE_LIMITED },
  };
  const LfCalendarXmlHandler handler = { on_start, on_end };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes)  document = g_bytes_new_static (rows[i].document, strlen (rows[i].document));
      g_autoptr (GString) seen = g_string_new (NULL);
      g_autoptr (GError)  error = NULL;
      gboolean            is_good = lf_calendar_xml_read (document, &handler, seen, &error);

      g_test_message ("%s", rows[i].claim);
      g_assert_cmpint (is_good, ==, rows[i].seen != NULL);
      if (is_good)
        g_assert_cmpstr (seen->str, ==, rows[i].seen);
      else
        g_assert_error (error, LF_ERROR, rows[i].code);
    }
}

static void
test_bounds (void)
{
  const LfCalendarXmlHandler handler = { NULL, NULL };
  g_autoptr (GString)        deep = g_string_new (NULL);
  g_autoptr (GString)        large = g_string_new ("<a>");
  g_autoptr (GBytes)         deep_bytes = NULL;
  g_autoptr (GBytes)         large_bytes = NULL;
  g_autoptr (GError)         error = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append (deep, "<a>");
  deep_bytes = g_bytes_new_static (deep->str, deep->len);
  g_assert_false (lf_calendar_xml_read (deep_bytes, &handler, NULL, &error));
  g_assert_error (error, LF_ERROR, LF_ERROR_BAD_FRAME);
  g_clear_error (&error);

  g_string_set_size (large, 3 + LF_CALENDAR_XML_MAX_TEXT_BYTES + 1);
  memset (large->str + 3, 'x', LF_CALENDAR_XML_MAX_TEXT_BYTES + 1);
  g_string_append (large, "</a>");
  large_bytes = g_bytes_new_static (large->str, large->len);
  g_assert_false (lf_calendar_xml_read (large_bytes, &handler, NULL, &error));
  g_assert_error (error, LF_ERROR, LF_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/xml/documents", test_documents);
  g_test_add_func ("/calendar/xml/bounds", test_bounds);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-phone-parts.h"
#include "lf-phone-xml.h"
#include "lf-rlmi.h"

#define RELATED                "multipart/related;type=\"application/rlmi+xml\";start=\"<root@pbx.example>\";boundary=\"edge\""
#define LIST(attributes, rest) "<?xml version=\"1.0\"?><list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:office@pbx.example\" " attributes ">" rest "</list>"
#define RESOURCE(uri, rest)    "<resource uri=\"" uri "\">" rest "</resource>"
#define PART(type, id, body)   "--edge\r\nContent-Type: " type "\r\nContent-ID: <" id ">\r\n\r\n" body "\r\n"
#define ACTIVE(cid)            "<instance id=\"1\" state=\"active\" cid=\"" cid "\"/>"
#define OVER                   "<instance id=\"2\" state=\"terminated\" reason=\"noresource\"/>"
#define INSTANCE(state)        "<instance id=\"3\" state=\"" state "\"/>"
#define BODY_OF_TWO            PART ("text/plain", "a@x", "first") PART ("application/rlmi+xml;charset=UTF-8", "root@pbx.example", "second\r\nline") "--edge--\r\n"

static void
test_parts (void)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfPhoneParts) parts = lf_phone_parts_parse (RELATED, "\r\n" BODY_OF_TWO, strlen ("\r\n" BODY_OF_TWO), &error);
  const LfPhonePart       *root;
  const LfPhonePart       *other;

  g_test_summary ("A body is taken apart; its root is the part that it names, without the edges");
  g_assert_no_error (error);
  g_assert_cmpuint (parts->parts->len, ==, 2);
  root = lf_phone_parts_get_root (parts);
  g_assert_cmpstr (root->content_type, ==, "application/rlmi+xml");
  g_assert_cmpmem (g_bytes_get_data (root->body, NULL), g_bytes_get_size (root->body), "second\r\nline", strlen ("second\r\nline"));
  other = g_hash_table_lookup (parts->by_id, "a@x");
  g_assert_cmpmem (g_bytes_get_data (other->body, NULL), g_bytes_get_size (other->body), "first", strlen ("first"));
}

static void
test_root_without_a_name (void)
{
  static const char *const types[] = { "multipart/related; boundary=edge", "Multipart/Related;boundary=edge;start=\"<nobody@x>\"" };

  g_test_summary ("Without a root that is there the first part is it");
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (LfPhoneParts) parts = lf_phone_parts_parse (types[i], BODY_OF_TWO, strlen (BODY_OF_TWO), NULL);

      g_assert_nonnull (parts);
      g_assert_cmpstr (lf_phone_parts_get_root (parts)->content_id, ==, "a@x");
    }
}

static const struct
{
  const char *why, *type, *body;
} bad_bodies[] = {
  { "of one part alone", "application/dialog-info+xml", BODY_OF_TWO },
  { "of parts that are not related", "multipart/mixed;boundary=edge", BODY_OF_TWO },
  { "a type that only begins so", "multipart/related-not;boundary=edge", BODY_OF_TWO },
  { "no boundary", "multipart/related", BODY_OF_TWO },
  { "a boundary that is not there", "multipart/related;boundary=else", BODY_OF_TWO },
  { "a type of two lines", "multipart/related;boundary=edge\r\nX: y", BODY_OF_TWO },
  { "nothing", RELATED, "" },
  { "an end alone", RELATED, "--edge--\r\n" },
};

static void
test_bad_parts (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autofree char    *large = g_malloc0 (LF_PHONE_PARTS_MAX_BYTES + 1);

  g_test_summary ("What cannot be taken apart, or is too much, is refused");
  for (gsize i = 0; i < G_N_ELEMENTS (bad_bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad_bodies[i].why);
      g_assert_null (lf_phone_parts_parse (bad_bodies[i].type, bad_bodies[i].body, strlen (bad_bodies[i].body), &error));
      g_assert_error (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD);
    }
  for (guint i = 0; i <= LF_PHONE_PARTS_MAX; i++)
    g_string_append (many, "--edge\r\nA: b\r\n\r\nx\r\n");
  g_string_append (many, "--edge--\r\n");
  g_assert_null (lf_phone_parts_parse (RELATED, many->str, many->len, NULL));
  g_assert_null (lf_phone_parts_parse (RELATED, large, LF_PHONE_PARTS_MAX_BYTES + 1, NULL));
}

static const struct
{
  const char *why, *instances, *cid;
  gboolean    is_over;
} resources[] = {
  { "told of", ACTIVE ("a@x"), "a@x", FALSE },
  { "not told of yet", INSTANCE ("pending"), NULL, FALSE },
  { "without news", INSTANCE ("active"), NULL, FALSE },
  { "not there", OVER, NULL, TRUE },
  { "one telephone has gone, the other is there", OVER ACTIVE ("b@x"), "b@x", FALSE },
  { "two telephones: the first", ACTIVE ("a@x") ACTIVE ("b@x"), "a@x", FALSE },
  { "one is there, the other has gone", ACTIVE ("a@x") OVER, "a@x", FALSE },
  { "no telephone at all", "<name>201</name>", NULL, FALSE },
};

static void
test_rlmi (void)
{
  g_test_summary ("A list says who is on it, and which part tells of whom");
  for (gsize i = 0; i < G_N_ELEMENTS (resources); i++)
    {
      g_autoptr (GError)    error = NULL;
      g_autofree char      *text = g_strdup_printf (LIST ("version=\"7\" fullState=\"%s\"", "<name>Office</name>" RESOURCE ("sip:201@pbx.example", "%s")),
                                               i % 2 == 0 ? "true" : "false", resources[i].instances);
      g_autoptr (LfRlmi)    rlmi = lf_rlmi_parse (text, strlen (text), &error);
      const LfRlmiResource *resource;

      g_test_message ("%s", resources[i].why);
      g_assert_no_error (error);
      g_assert_cmpuint (rlmi->version, ==, 7);
      g_assert_true (rlmi->is_full == (i % 2 == 0));
      g_assert_cmpuint (rlmi->resources->len, ==, 1);
      resource = rlmi->resources->pdata[0];
      g_assert_cmpstr (resource->uri, ==, "sip:201@pbx.example");
      g_assert_cmpstr (resource->cid, ==, resources[i].cid);
      g_assert_true (resource->is_over == resources[i].is_over);
    }
}

static const struct
{
  const char *why, *text;
} bad_lists[] = {
  { "nothing", "" },
  { "no XML", "--edge" },
  { "another document", "<dialog-info version=\"1\" state=\"full\"/>" },
  { "no version", LIST ("fullState=\"true\"", "") },
  { "a version that is no number", LIST ("version=\"-1\" fullState=\"true\"", "") },
  { "neither full nor partial", LIST ("version=\"1\"", "") },
  { "nobody's resource", LIST ("version=\"1\" fullState=\"true\"", "<resource/>") },
  { "a document type", "<!DOCTYPE x>" LIST ("version=\"1\" fullState=\"true\"", "") },
  { "cut off", "<list version=\"1\" fullState=\"true\">" },
};

static void
test_bad_rlmi (void)
{
  g_autoptr (GString) many = g_string_new ("<list version=\"1\" fullState=\"true\">");

  g_test_summary ("What is no list, or too much of one, is refused");
  for (gsize i = 0; i < G_N_ELEMENTS (bad_lists); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad_lists[i].why);
      g_assert_null (lf_rlmi_parse (bad_lists[i].text, strlen (bad_lists[i].text), &error));
      g_assert_error (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD);
    }
  for (guint i = 0; i <= LF_RLMI_MAX_RESOURCES; i++)
    g_string_append (many, RESOURCE ("sip:201@pbx.example", ""));
  g_string_append (many, "</list>");
  g_assert_null (lf_rlmi_parse (many->str, many->len, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list-documents/parts", test_parts);
  g_test_add_func ("/list-documents/root-without-a-name", test_root_without_a_name);
  g_test_add_func ("/list-documents/bad-parts", test_bad_parts);
  g_test_add_func ("/list-documents/rlmi", test_rlmi);
  g_test_add_func ("/list-documents/bad-rlmi", test_bad_rlmi);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "lf-address.h"
#include "lf-error.h"

typedef struct
{
  const char *key;
  const char *value;
} Setting;

/* An office in Berlin: four digits inside, 0 for a line outside, which the telephone system also writes
 * before the numbers of callers. */
static const Setting berlin[] = {
  { "country-code", "49" },
  { "area-code", "30" },
  { "outside-prefix", "0" },
  { "main-number", "+4930555" },
  { "extension-digits", "4" },
  { "domains", "pbx.example.org; 192.0.2.7" },
  { "emergency", "110;112" },
  { "signalled-outside-prefix", "true" },
  { "allow", "extensions;+49*;+43*;sip:*@partner.example" },
  { "refuse", "+49900*;+49137*" },
  { NULL, NULL }
};

/* One in Ohio: 9 for a line outside. */
static const Setting ohio[] = {
  { "country-code", "1" },
  { "trunk-prefix", "1" },
  { "international-prefix", "011" },
  { "outside-prefix", "9" },
  { "national-digits", "10" },
  { "area-code", "614" },
  { "extension-digits", "4-6" },
  { "emergency", "911" },
  { "allow", "extensions;+1*" },
  { NULL, NULL }
};

/* The same country without a prefix for a line outside: extensions and numbers share the digits. */
static const Setting bare[] = {
  { "country-code", "49" },
  { "area-code", "30" },
  { "extension-digits", "2-6" },
  { NULL, NULL }
};

static const Setting none[] = { { NULL, NULL } };

static LfDialPlan *
make_plan (const Setting *settings)
{
  LfDialPlan        *plan = lf_dial_plan_new ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; settings[i].key != NULL; i++)
    {
      lf_dial_plan_set (plan, settings[i].key, settings[i].value, &error);
      g_assert_no_error (error);
    }
  lf_dial_plan_validate (plan, &error);
  g_assert_no_error (error);
  return plan;
}

typedef struct
{
  const char    *claim;
  const Setting *plan;
  const char    *address;
  const char    *normal;  /* NULL: has none */
  const char    *to_dial; /* NULL: not asked */
} Row;

static const Row written[] = {
  { "an extension", berlin, "2041", "2041", "2041" },
  { "as a URI", berlin, "tel:2041", "2041", "2041" },
  { "of the own telephone system", berlin, "sip:2041@PBX.example.org:5061;transport=tls", "2041", "2041" },
  { "in its domain (RFC 3966)", berlin, "tel:2041;phone-context=pbx.example.org", "2041", "2041" },
  { "behind a prefix (RFC 3966)", berlin, "tel:2041;phone-context=+4930555", "2041", "2041" },
  { "in another telephone system", berlin, "tel:2041;phone-context=example.net", NULL, NULL },
  { "an extension from outside", berlin, "+49 (30) 555-2041", "2041", "2041" },
  { "with the zero that is not dialled", berlin, "+49 (0)30 555 2041", "2041", "2041" },
  { "behind the main number (RFC 3966)", berlin, "tel:+49-30-555;ext=2041", "2041", "2041" },
  { "the main number", berlin, "+49 30 555 0", "+49305550", "00305550" },
  { "a number of the country", berlin, "089 / 123 45 67", "+49891234567", "00891234567" },
  { "a number of the town", berlin, "1234567", "+49301234567", "00301234567" },
  { "another country", berlin, "0043 1 5880111", "+4315880111", "0004315880111" },
  { "with an extension of its own", berlin, "tel:+43-1-5880111;ext=12", "+4315880111;ext=12", "0004315880111" },
  { "in digits of SIP", berlin, "sip:+4315880111@gw.example.net;user=phone", "+4315880111", "0004315880111" },
  { "a person elsewhere", berlin, "sip:Ada@Partner.Example", "sip:Ada@partner.example", "sip:Ada@partner.example" },
  { "a person here, by any of the domains", berlin, "sip:lobby@192.0.2.7", "sip:lobby@pbx.example.org", "sip:lobby@pbx.example.org" },
  { "an escaped user", berlin, "sip:%32041@pbx.example.org", "2041", "2041" },
  { "an extension elsewhere is none here", berlin, "sip:2041@example.net", "sip:2041@example.net", NULL },
  { "a small extension of Ohio", ohio, "1042", "1042", "1042" },
  { "with six digits, as a foreign number begins", ohio, "011833", "011833", "011833" },
  { "a number of Ohio", ohio, "(614) 555-0123", "+16145550123", "916145550123" },
  { "with the 1", ohio, "1-614-555-0123", "+16145550123", "916145550123" },
  { "of the town", ohio, "555-0123", "+16145550123", "916145550123" },
  { "another country from Ohio", ohio, "011 49 30 5552041", "+49305552041", "901149305552041" },
  { "of nobody's plan", none, "2041", "2041", "2041" },
  { "with + and no plan", none, "+49305552041", "+49305552041", "+49305552041" },

  /* what is none */
  { "emergency", berlin, "112", NULL, NULL },
  { "emergency with the prefix", berlin, "0112", NULL, NULL },
  { "emergency, separated", berlin, "1 1-2", NULL, NULL },
  { "emergency behind the country code", ohio, "+1911", NULL, NULL },
  { "usual emergency numbers where none are named", none, "911", NULL, NULL },
  { "a forwarding code", berlin, "*21*0900123456#", NULL, NULL },
  { "a code as a URI", berlin, "tel:*21%23", NULL, NULL },
  { "a code as a SIP user", berlin, "sip:*21@pbx.example.org", NULL, NULL },
  { "an escaped code", berlin, "sip:%2A21@pbx.example.org", NULL, NULL },
  { "a code elsewhere", berlin, "sip:*21@example.net", NULL, NULL },
  { "inside or in the town", bare, "234567", NULL, NULL },
  { "begins as a number outside, too short for one", berlin, "0123", NULL, NULL },
  { "a zero behind the country code", berlin, "+49 030 5552041", NULL, NULL },
  { "too short", berlin, "+4912", NULL, NULL },
  { "too long", berlin, "+4912345678901234", NULL, NULL },
  { "no country begins with 0", berlin, "+0123456789", NULL, NULL },
  { "numbers of the country without a country", none, "0305552041", NULL, NULL },
  { "letters", berlin, "0800 FLOWERS", NULL, NULL },
  { "nothing", berlin, "", NULL, NULL },
  { "signs alone", berlin, "tel:--()", NULL, NULL },
  { "other digits", berlin, "\xd9\xa2\xd9\xa0\xd9\xa4\xd9\xa1", NULL, NULL },
  { "another scheme", berlin, "mailto:ada@example.org?x", NULL, NULL },
  { "headers", berlin, "sip:2041@pbx.example.org?Replaces=x", NULL, NULL },
  { "a password", berlin, "sip:ada:secret@pbx.example.org", NULL, NULL },
  { "a line end", berlin, "2041\r\nRoute: x", NULL, NULL },
  { "an escaped line end", berlin, "sip:20%0d%0a41@pbx.example.org", NULL, NULL },
  { "an escaped end of the text", berlin, "sip:20%0041@pbx.example.org", NULL, NULL },
  { "a broken escape", berlin, "sip:20%4@pbx.example.org", NULL, NULL },
  { "no user", berlin, "sip:@pbx.example.org", NULL, NULL },
  { "no host", berlin, "sip:ada@", NULL, NULL },
  { "a host that is none", berlin, "sip:ada@ex ample", NULL, NULL },
  { "a port that is none", berlin, "sip:ada@example.org:x", NULL, NULL },
  { "signs of a shell", berlin, "sip:$(reboot)@example.org", NULL, NULL },
};

static const Row signalled[] = {
  { "a colleague", berlin, "sip:2041@pbx.example.org", "2041", NULL },
  { "a caller from the country", berlin, "00891234567", "+49891234567", NULL },
  { "a caller from abroad", berlin, "0004315880111", "+4315880111", NULL },
  { "a caller of the town", berlin, "01234567", "+49301234567", NULL },
  { "without the prefix it is no number outside", berlin, "1234567", NULL, NULL },
  { "with + it always is", berlin, "+4315880111", "+4315880111", NULL },
  { "where no prefix is written", ohio, "6145550123", "+16145550123", NULL },
  { "withheld", berlin, "sip:anonymous@anonymous.invalid", "sip:anonymous@anonymous.invalid", NULL },
};

static void
check_row (const Row *row, LfAddressOrigin origin)
{
  g_autoptr (LfDialPlan) plan = make_plan (row->plan);
  g_autoptr (GError)     error = NULL;
  g_autofree char       *normal = lf_address_normalise (plan, row->address, origin, &error);
  g_autofree char       *to_dial = NULL;

  g_test_message ("%s: %s", row->claim, row->address);
  g_assert_cmpstr (normal, ==, row->normal);
  if (row->normal == NULL)
    g_assert_error (error, LF_ERROR, LF_ERROR_BAD_REQUEST);
  else
    g_assert_no_error (error);
  if (row->to_dial == NULL)
    return;
  to_dial = lf_address_to_dial (plan, normal);
  g_assert_cmpstr (to_dial, ==, row->to_dial);
}

static void
test_written (void)
{
  g_test_summary ("What people write is one telephone, or none");
  for (gsize i = 0; i < G_N_ELEMENTS (written); i++)
    check_row (&written[i], LF_ADDRESS_WRITTEN);
}

static void
test_signalled (void)
{
  g_test_summary ("What the telephone system says of a caller is one telephone, or none");
  for (gsize i = 0; i < G_N_ELEMENTS (signalled); i++)
    check_row (&signalled[i], LF_ADDRESS_SIGNALLED);
}

static void
test_allowed (void)
{
  static const struct
  {
    const Setting *plan;
    const char    *normal;
    gboolean       is_allowed;
  } rows[] = {
    { berlin, "2041", TRUE },
    { berlin, "+49891234567", TRUE },
    { berlin, "+4315880111;ext=12", TRUE },
    { berlin, "+4990012345", FALSE },
    { berlin, "+18005550123", FALSE },
    { berlin, "sip:ada@partner.example", TRUE },
    { berlin, "sip:ada@partner.example.net", FALSE },
    { berlin, "sip:2041@pbx.example.org", FALSE },
    { none, "2041", TRUE },
    { none, "+49305552041", FALSE },
    { none, "sip:ada@example.org", FALSE },
  };

  g_test_summary ("Only what the administrator allows may be called; without a plan, extensions alone");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LfDialPlan) plan = make_plan (rows[i].plan);

      g_test_message ("%s", rows[i].normal);
      g_assert_cmpint (lf_address_is_allowed (plan, rows[i].normal), ==, rows[i].is_allowed);
    }
}

/* What is dialled for a number outside must never be an extension or an emergency number, and the other way round. */
static void
test_dialled (void)
{
  static const Setting *const plans[] = { berlin, ohio, bare, none };
  static const char *const    digits[] = { "0", "1", "9", "11", "12", "2041", "30", "49", "00", "5", "911", "614" };

  g_test_summary ("What is dialled is what was meant, whatever is written");
  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++)
    for (guint n = 0; n < 12 * 12 * 12 * 2; n++)
      {
        g_autoptr (LfDialPlan) plan = make_plan (plans[i]);
        g_autofree char       *address = g_strconcat (n % 2 ? "+" : "", digits[n / 2 % 12], digits[n / 24 % 12], digits[n / 288 % 12], NULL);
        g_autofree char       *normal = lf_address_normalise (plan, address, LF_ADDRESS_WRITTEN, NULL);
        g_autofree char       *again = normal != NULL ? lf_address_normalise (plan, normal, LF_ADDRESS_WRITTEN, NULL) : NULL;
        g_autofree char       *to_dial = normal != NULL ? lf_address_to_dial (plan, normal) : NULL;
        gboolean               is_inside;

        g_assert_cmpstr (again, ==, normal);
        if (normal == NULL)
          continue;
        is_inside = *normal != '+';
        g_assert_false (g_strv_contains ((const char *const *) plan->emergency, to_dial));
        if (*plan->outside_prefix != '\0')
          g_assert_cmpint (g_str_has_prefix (to_dial, plan->outside_prefix), ==, !is_inside);
        else if (*to_dial != '+')
          g_assert_cmpint (g_str_has_prefix (to_dial, plan->trunk_prefix), ==, !is_inside);
      }
}

static void
test_settings (void)
{
  static const Setting bad[] = {
    { "country", "49" },
    { "country-code", "+49" },
    { "trunk-prefix", "zero" },
    { "main-number", "4930555" },
    { "main-number", "+49 30" },
    { "extension-digits", "4-3" },
    { "extension-digits", "0" },
    { "extension-digits", "12" },
    { "national-digits", "ten" },
    { "dial-e164", "yes" },
  };
  static const Setting alone[] = {
    { "area-code", "30" },
    { "national-digits", "10" },
    { "country-code", "049" },
    { "main-number", "+4930555123456" },
    { "emergency", "112;one" },
    { "allow", "49*" },
    { "allow", "*" },
    { "refuse", "+49*1" },
  };

  g_test_summary ("A setting that cannot be is refused, with its name");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (LfDialPlan) plan = lf_dial_plan_new ();
      g_autoptr (GError)     error = NULL;

      g_assert_false (lf_dial_plan_set (plan, bad[i].key, bad[i].value, &error));
      g_assert_nonnull (strstr (error->message, bad[i].key));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (alone); i++)
    {
      g_autoptr (LfDialPlan) plan = lf_dial_plan_new ();
      g_autoptr (GError)     error = NULL;

      lf_dial_plan_set (plan, alone[i].key, alone[i].value, &error);
      g_assert_no_error (error);
      g_test_message ("%s = %s", alone[i].key, alone[i].value);
      g_assert_false (lf_dial_plan_validate (plan, &error));
      g_assert_nonnull (strstr (error->message, alone[i].key));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/written", test_written);
  g_test_add_func ("/address/signalled", test_signalled);
  g_test_add_func ("/address/allowed", test_allowed);
  g_test_add_func ("/address/dialled", test_dialled);
  g_test_add_func ("/address/settings", test_settings);
  return g_test_run ();
}

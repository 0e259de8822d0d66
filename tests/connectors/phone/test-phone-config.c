/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "lf-phone-config.h"
#include "lf-settings-file.h"
#include "lf-test-util.h"

#define ARI    "[calls]\nmethod=ari\nari-user=lampfield\nari-context=internal\n"
#define SERVER "[server]\nurl=http://127.0.0.1:1\ntoken-file=token\n"

typedef struct
{
  char *folder;
} Fixture;

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("lampfield-phone-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  write_file (fixture, "token", "0123456789abcdef0123456789abcdef\n");
  write_file (fixture, "password", "secret\n");
  write_file (fixture, "odd", "sec:ret\n");
  write_file (fixture, "ca.pem", "-\n");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  lf_test_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static LfPhoneConfig *
load (Fixture *fixture, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (fixture->folder, "phone.conf", NULL);

  write_file (fixture, "phone.conf", text);
  return lf_phone_config_load (path, NULL, NULL, error);
}

static void
test_calls (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfPhoneConfig) none = load (fixture, SERVER "[pbx]\naddress=pbx.example\n", &error);
  g_autoptr (LfPhoneConfig) refer = load (fixture, SERVER "[pbx]\naddress=pbx.example\n[calls]\nmethod=refer\npickup-code=*8%s\ndnd-on-code=*78%s#\ndnd-off-code=*79%s\n", &error);
  g_autoptr (LfPhoneConfig) third = load (fixture, SERVER "[pbx]\naddress=pbx.example\n[calls]\nmethod=third-party\n", &error);

  g_autoptr (LfPhoneConfig) ari = load (fixture, SERVER "[pbx]\naddress=pbx.example\n" ARI "ari-url=http://127.0.0.1:8088/ari/\nari-password-file=password\n", &error);

  g_test_summary ("Calls are made when the configuration says so, and codes are dialled that it names");
  g_assert_no_error (error);
  g_assert_false (none->makes_calls);
  g_assert_true (refer->makes_calls);
  g_assert_false (refer->is_third_party);
  g_assert_cmpstr (refer->pickup_code, ==, "*8%s");
  g_assert_cmpstr (refer->dnd_on_code, ==, "*78%s#");
  g_assert_true (third->makes_calls);
  g_assert_true (third->is_third_party);
  g_assert_null (third->pickup_code);
  g_assert_null (third->ari_url);
  g_assert_true (ari->makes_calls);
  g_assert_cmpstr (ari->ari_url, ==, "http://127.0.0.1:8088/ari");
  g_assert_cmpstr (ari->ari_password, ==, "secret");
  g_assert_cmpstr (ari->ari_endpoint, ==, "PJSIP/%s");
}

static void
test_good (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfPhoneConfig) least = load (fixture, SERVER "[pbx]\naddress=pbx.example\n", &error);
  g_autoptr (LfPhoneConfig) most = NULL;

  g_test_summary ("The host of the PBX is all that must be said; everything else has a default");
  g_assert_no_error (error);
  g_assert_cmpstr (least->host, ==, "pbx.example");
  g_assert_cmpstr (least->domain, ==, "pbx.example");
  g_assert_cmpuint (least->port, ==, 5060);
  g_assert_cmpint (least->transport, ==, LF_PHONE_TCP);
  g_assert_cmpuint (least->packages, ==, 1u << LF_PACKAGE_DIALOG);
  g_assert_null (least->password);

  most = load (fixture, SERVER "[pbx]\naddress=[2001:db8::1]:5070\ntransport=tls\ndomain=pbx.example\nuser=blf\npassword-file=password\n"
                               "ca-file=ca.pem\ncertificate-file=ca.pem\nlocal-address=192.0.2.7:5062\npackages=dialog;presence\n"
                               "expires-seconds=600\nsubscriptions-per-second=20\nping-seconds=5\ngrace-seconds=10\n",
               &error);
  g_assert_no_error (error);
  g_assert_cmpstr (most->host, ==, "[2001:db8::1]");
  g_assert_cmpuint (most->port, ==, 5070);
  g_assert_cmpint (most->transport, ==, LF_PHONE_TLS);
  g_assert_cmpstr (most->password, ==, "secret");
  g_assert_cmpstr (most->local_host, ==, "192.0.2.7");
  g_assert_cmpuint (most->local_port, ==, 5062);
  g_assert_cmpuint (most->packages, ==, (1u << LF_PACKAGE_DIALOG) | (1u << LF_PACKAGE_PRESENCE));
  g_assert_cmpuint (most->grace_s, ==, 10);
}

static void
test_call_records (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (LfPhoneConfig) asterisk = load (fixture, SERVER "[pbx]\naddress=a\ncdr-file=Master.csv\ncdr-format=asterisk\ncdr-time-zone=UTC\n", &error);
  g_autoptr (LfPhoneConfig) local = load (fixture, SERVER "[pbx]\naddress=a\ncdr-file=/a\ncdr-format=asterisk\n", &error);
  g_autoptr (LfPhoneConfig) kamailio = load (fixture, SERVER "[pbx]\naddress=a\ncdr-file=/var/log/acc\ncdr-format=kamailio\n", &error);
  g_autofree char          *path = g_build_filename (fixture->folder, "Master.csv", NULL);

  g_test_summary ("Call records are read of the file and in the zone that are named; local time without a name");
  g_assert_no_error (error);
  g_assert_cmpstr (asterisk->cdr_file, ==, path);
  g_assert_cmpint (asterisk->cdr_format, ==, LF_CDR_ASTERISK);
  g_assert_cmpint (g_time_zone_get_offset (asterisk->cdr_zone, 0), ==, 0);
  g_assert_nonnull (local->cdr_zone);
  g_assert_cmpint (kamailio->cdr_format, ==, LF_CDR_KAMAILIO);
  g_assert_cmpstr (kamailio->cdr_file, ==, "/var/log/acc");
}

static const struct
{
  const char *why;
  const char *text;
  const char *words; /* of the message */
} bad[] = {
  { "no PBX", SERVER "[pbx]\n", "address" },
  { "a misspelt key", SERVER "[pbx]\naddress=a\nadress=b\n", "adress" },
  { "a misspelt group", SERVER "[pbx]\naddress=a\n[pbxs]\n", "[pbxs]" },
  { "a port that is none", SERVER "[pbx]\naddress=a:70000\n", "no host with a port" },
  { "a host that would break a SIP address", SERVER "[pbx]\naddress=a>b\n", "no host with a port" },
  { "an address with a bracket alone", SERVER "[pbx]\naddress=[::1\n", "no host with a port" },
  { "an IPv6 address without brackets", SERVER "[pbx]\naddress=2001:db8::1\n", "no host with a port" },
  { "a transport that there is not", SERVER "[pbx]\naddress=a\ntransport=sctp\n", "udp, tcp or tls" },
  { "TLS without an authority", SERVER "[pbx]\naddress=a\ntransport=tls\n", "ca-file" },
  { "an authority without TLS", SERVER "[pbx]\naddress=a\nca-file=ca.pem\n", "goes with transport=tls" },
  { "an authority that is not there", SERVER "[pbx]\naddress=a\ntransport=tls\nca-file=nothing.pem\n", "is not there" },
  { "a package that there is not", SERVER "[pbx]\naddress=a\npackages=dialog;reg\n", "reg" },
  { "a list that has no address", SERVER "[pbx]\naddress=a\nlists=sip:office@a;office@b\n", "no address of a list" },
  { "no package", SERVER "[pbx]\naddress=a\npackages=;\n", "must name" },
  { "too long a time", SERVER "[pbx]\naddress=a\nexpires-seconds=86401\n", "from 5 to 86400" },
  { "no number", SERVER "[pbx]\naddress=a\nping-seconds=often\n", "from 1 to 300" },
  { "a user that would break a SIP address", SERVER "[pbx]\naddress=a\nuser=a@b\n", "“user”" },
  { "a password that nua could not pass on", SERVER "[pbx]\naddress=a\npassword-file=odd\n", "colon" },
  { "a password that is not there", SERVER "[pbx]\naddress=a\npassword-file=nothing\n", "cannot be opened" },
  { "call records of nobody knows whom", SERVER "[pbx]\naddress=a\ncdr-file=/a\n", "“cdr-format”: asterisk or kamailio" },
  { "call records in a format that there is not", SERVER "[pbx]\naddress=a\ncdr-file=/a\ncdr-format=csv\n", "asterisk or kamailio" },
  { "a format without call records", SERVER "[pbx]\naddress=a\ncdr-format=asterisk\n", "cdr-file" },
  { "a zone that there is not", SERVER "[pbx]\naddress=a\ncdr-file=/a\ncdr-format=asterisk\ncdr-time-zone=Mars/Base\n", "Mars/Base" },
  { "a zone of seconds", SERVER "[pbx]\naddress=a\ncdr-file=/a\ncdr-format=kamailio\ncdr-time-zone=UTC\n", "cdr-format=asterisk" },
  { "a way to call that there is not", SERVER "[pbx]\naddress=a\n[calls]\nmethod=shout\n", "refer, third-party, ari or none" },
  { "Asterisk without its address", SERVER "[pbx]\naddress=a\n" ARI "ari-password-file=password\n", "ari-url" },
  { "a password in the clear on a network", SERVER "[pbx]\naddress=a\n" ARI "ari-url=http://pbx.example/ari\nari-password-file=password\n", "https" },
  { "an address of Asterisk with a query", SERVER "[pbx]\naddress=a\n" ARI "ari-url=https://pbx.example/ari?a=b\nari-password-file=password\n", "ari-url" },
  { "Asterisk without a password", SERVER "[pbx]\naddress=a\n" ARI "ari-url=https://pbx.example/ari\n", "ari-password-file" },
  { "an endpoint without its extension", SERVER "[pbx]\naddress=a\n" ARI "ari-url=https://pbx.example/ari\nari-password-file=password\nari-endpoint=PJSIP\n", "ari-endpoint" },
  { "an endpoint that would print", SERVER "[pbx]\naddress=a\n" ARI "ari-url=https://pbx.example/ari\nari-password-file=password\nari-endpoint=PJSIP/%s%n\n", "ari-endpoint" },
  { "a code without its extension", SERVER "[pbx]\naddress=a\n[calls]\npickup-code=*8\n", "pickup-code" },
  { "a code with two", SERVER "[pbx]\naddress=a\n[calls]\npickup-code=*8%s%s\n", "pickup-code" },
  { "a code that would print", SERVER "[pbx]\naddress=a\n[calls]\npickup-code=*8%n\n", "pickup-code" },
  { "half a switch", SERVER "[pbx]\naddress=a\n[calls]\ndnd-on-code=*78%s\n", "go together" },
  { "a misspelt key of calls", SERVER "[pbx]\naddress=a\n[calls]\nmethods=refer\n", "methods" },
  { "no server", "[pbx]\naddress=a\n", "[server]" },
};

static void
test_bad (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("What cannot be meant is refused with a message that says where");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError)        error = NULL;
      g_autoptr (LfPhoneConfig) config = load (fixture, bad[i].text, &error);

      g_test_message ("%s", bad[i].why);
      g_assert_null (config);
      g_assert_error (error, LF_SETTINGS_ERROR, LF_SETTINGS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, bad[i].words));
    }
}

static const struct
{
  const char *address;
  const char *uri; /* NULL: refused */
} uris[] = {
  { "201", "sip:201@pbx.example" },
  { "tel:201", "sip:201@pbx.example" },
  { "tel:+49-30-1234-201;ext=5", "sip:+49301234201@pbx.example" },
  { "+49 (30) 1234/201", "sip:+49301234201@pbx.example" },
  { "*8#", "sip:*8%23@pbx.example" },
  { "sip:reception@other.example;user=phone", "sip:reception@other.example;user=phone" },
  { "SIP:201@pbx.example", "SIP:201@pbx.example" },
  { "sip:201", NULL },
  { "sip:201@pbx.example>, <sip:evil@x", NULL },
  { "sip:201@pbx\r\nContact: x", NULL },
  { "201@evil", NULL },
  { "mailto:a", NULL },
  { "", NULL },
  { "- -", NULL },
};

static void
test_uris (void)
{
  LfPhoneConfig config = { .domain = (char *) "pbx.example" };

  g_test_summary ("A line's address becomes the SIP address that the PBX knows, and nothing else can get into it");
  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autofree char *uri = lf_phone_config_make_uri (&config, uris[i].address);

      g_test_message ("%s", uris[i].address);
      g_assert_cmpstr (uri, ==, uris[i].uri);
    }
}

static void
test_peers (void)
{
  static const struct
  {
    const char *uri;
    const char *peer;
  } rows[] = {
    { "sip:201@pbx.example", "201" },
    { "sip:201@PBX.example:5060;transport=tcp", "201" },
    { "sip:+4930555@192.0.2.1", "+4930555" },
    { "sip:ada@pbx.example", "sip:ada@pbx.example" },
    { "sip:201@pbx.example.evil", "sip:201@pbx.example.evil" },
    { "sip:201@elsewhere.example;x=y", "sip:201@elsewhere.example" },
    { "tel:+4930555", "tel:+4930555" },
    { "sip:anonymous@anonymous.invalid", NULL },
    { "sip:@pbx.example", NULL },
    { NULL, NULL },
  };
  LfPhoneConfig config = { .domain = (char *) "pbx.example", .host = (char *) "192.0.2.1" };

  g_test_summary ("The other end is a number where it is one of the PBX, else an address without parameters, or withheld");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *peer = lf_phone_config_make_peer (&config, rows[i].uri);

      g_test_message ("%s", rows[i].uri);
      g_assert_cmpstr (peer, ==, rows[i].peer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/phone/config/good", Fixture, NULL, set_up, test_good, tear_down);
  g_test_add ("/phone/config/calls", Fixture, NULL, set_up, test_calls, tear_down);
  g_test_add ("/phone/config/call-records", Fixture, NULL, set_up, test_call_records, tear_down);
  g_test_add ("/phone/config/bad", Fixture, NULL, set_up, test_bad, tear_down);
  g_test_add_func ("/phone/config/uris", test_uris);
  g_test_add_func ("/phone/config/peers", test_peers);

  return g_test_run ();
}

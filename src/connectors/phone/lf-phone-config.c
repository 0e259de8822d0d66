/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-phone-config.h"
#include "lf-settings-file.h"

/* A key file:
 *
 *   [server]
 *   url=https://lampfield.example.org
 *   token-file=/etc/lampfield/phone.token
 *
 *   [pbx]
 *   address=pbx.example.org:5060
 *   transport=tcp                    udp, tcp or tls
 *   domain=pbx.example.org           in the addresses of lines; else the host of “address”
 *   user=lampfield                   whom the connector is for the PBX
 *   password-file=/etc/lampfield/pbx.password
 *   ca-file=/etc/lampfield/pbx-ca.pem
 *   certificate-file=/etc/lampfield/phone.pem
 *   local-address=192.0.2.7          on which the PBX reaches the connector
 *   packages=dialog;presence
 *   lists=sip:office@pbx.example.org lists of lines (RFC 4662), if the PBX has some
 *   expires-seconds=1800
 *   subscriptions-per-second=100
 *   ping-seconds=10
 *   grace-seconds=30
 *   cdr-file=/var/log/asterisk/cdr-csv/Master.csv
 *   cdr-format=asterisk              asterisk or kamailio
 *   cdr-time-zone=local              of the times of asterisk: local, UTC, or a name: Europe/Berlin
 *
 *   [calls]
 *   method=refer                     refer, third-party, ari, or none
 *   ari-url=http://127.0.0.1:8088/ari
 *   ari-user=lampfield
 *   ari-password-file=/etc/lampfield/ari.password
 *   ari-context=from-internal
 *   ari-endpoint=PJSIP/%s
 *   pickup-code=*8%s                 %s: the extension that rings
 *   dnd-on-code=*78%s                %s: the extension whose telephone is not to ring
 *   dnd-off-code=*79%s
 */

#define DEFAULT_PORT      5060
#define DEFAULT_TLS_PORT  5061
#define DEFAULT_EXPIRES_S 1800
#define DEFAULT_PER_S     100
#define DEFAULT_PING_S    10
#define DEFAULT_GRACE_S   30

static const char *const pbx_keys[] = {
  "address", "transport", "domain", "user", "password-file", "ca-file", "certificate-file", "local-address", "packages", "lists",
  "expires-seconds", "subscriptions-per-second", "ping-seconds", "grace-seconds", "cdr-file", "cdr-format", "cdr-time-zone", NULL
};
static const char *const calls_keys[] = {
  "method", "pickup-code", "dnd-on-code", "dnd-off-code", "ari-url", "ari-user", "ari-password-file", "ari-context", "ari-endpoint", NULL
};
static const char *const cdr_format_names[] = { "asterisk", "kamailio", NULL };
static const char *const transport_names[] = { "udp", "tcp", "tls", NULL };

/* "host", "host:5060", "[2001:db8::1]:5060" */
static gboolean
split_address (const char *text, char **host, guint *port)
{
  const char *colon = strrchr (text, ':');
  const char *end = *text == '[' ? strchr (text, ']') : NULL;
  guint64     number = *port;

  if (*text == '[' && end == NULL)
    return FALSE;
  if (colon != NULL && (end != NULL ? colon == end + 1 : strchr (text, ':') == colon))
    {
      if (!g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
        return FALSE;
    }
  else if (colon != NULL && end == NULL)
    return FALSE;
  else
    colon = NULL;
  *host = g_strndup (text, colon != NULL ? (gsize) (colon - text) : strlen (text));
  *port = (guint) number;
  /* it goes into SIP addresses as it is */
  return **host != '\0' && strspn (*host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == strlen (*host);
}

static gboolean
load_transport (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char *text = lf_settings_file_dup_text (file, "pbx", "transport");
  guint            i = 0;

  self->transport = LF_PHONE_TCP;
  if (text == NULL)
    return TRUE;
  while (transport_names[i] != NULL && !g_str_equal (text, transport_names[i]))
    i++;
  if (transport_names[i] == NULL)
    return lf_settings_fail (error, "In [pbx] “transport” must be udp, tcp or tls.");
  self->transport = (LfPhoneTransport) i;
  return TRUE;
}

static gboolean
load_addresses (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char *address = lf_settings_file_dup_text (file, "pbx", "address");
  g_autofree char *local = lf_settings_file_dup_text (file, "pbx", "local-address");
  g_autofree char *domain = lf_settings_file_dup_text (file, "pbx", "domain");
  g_autofree char *unused = NULL;
  guint            no_port = 0;

  self->port = self->transport == LF_PHONE_TLS ? DEFAULT_TLS_PORT : DEFAULT_PORT;
  if (address == NULL)
    return lf_settings_fail (error, "[pbx] needs “address”: the host of the PBX, and its port if that is not %u.", self->port);
  if (!split_address (address, &self->host, &self->port) || self->port == 0)
    return lf_settings_fail (error, "In [pbx] “address” is no host with a port: “%s”.", address);
  if (local != NULL && !split_address (local, &self->local_host, &self->local_port))
    return lf_settings_fail (error, "In [pbx] “local-address” is no address with a port: “%s”.", local);
  if (domain != NULL && (!split_address (domain, &unused, &no_port) || no_port != 0))
    return lf_settings_fail (error, "In [pbx] “domain” is no name of a host: “%s”.", domain);
  self->domain = g_strdup (domain != NULL ? domain : self->host);
  if (self->local_host == NULL)
    self->local_host = g_strdup ("*");
  return TRUE;
}

static gboolean
load_password (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char *path = lf_settings_file_dup_path (file, "pbx", "password-file");

  if (path == NULL)
    return TRUE;
  self->password = lf_settings_read_secret (path, "password", error);
  if (self->password != NULL && strpbrk (self->password, "\":") != NULL)
    return lf_settings_fail (error, "The password of the PBX must have no quotation mark and no colon.");
  return self->password != NULL;
}

/* With TLS both are needed: the PBX sends its news by connections that it opens. */
static gboolean
load_certificate (LfSettingsFile *file, const char *key, LfPhoneTransport transport, char **out, GError **error)
{
  g_autofree char *path = lf_settings_file_dup_path (file, "pbx", key);

  if (path == NULL)
    return transport != LF_PHONE_TLS || lf_settings_fail (error, "[pbx] needs “%s” with transport=tls.", key);
  if (transport != LF_PHONE_TLS)
    return lf_settings_fail (error, "In [pbx] “%s” goes with transport=tls.", key);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return lf_settings_fail (error, "The file “%s” of “%s” in [pbx] is not there.", path, key);
  *out = g_steal_pointer (&path);
  return TRUE;
}

static gboolean
load_identity (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  self->user = lf_settings_file_dup_text (file, "pbx", "user");
  if (self->user == NULL)
    self->user = g_strdup ("lampfield");
  if (strspn (self->user, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+") != strlen (self->user))
    return lf_settings_fail (error, "In [pbx] “user” may have letters, digits, “.”, “-”, “_” and “+” alone.");
  return load_password (self, file, error) && load_certificate (file, "ca-file", self->transport, &self->ca_file, error) &&
         load_certificate (file, "certificate-file", self->transport, &self->certificate_file, error);
}

static gboolean
load_packages (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char *text = lf_settings_file_dup_text (file, "pbx", "packages");
  g_auto (GStrv)   names = g_strsplit (text != NULL ? text : "dialog", ";", -1);

  for (char **name = names; *name != NULL; name++)
    {
      if (*g_strstrip (*name) == '\0')
        continue;
      if (g_str_equal (*name, lf_event_package_get_name (LF_PACKAGE_DIALOG)))
        self->packages |= 1u << LF_PACKAGE_DIALOG;
      else if (g_str_equal (*name, lf_event_package_get_name (LF_PACKAGE_PRESENCE)))
        self->packages |= 1u << LF_PACKAGE_PRESENCE;
      else
        return lf_settings_fail (error, "In [pbx] “packages” may name dialog and presence, not “%s”.", *name);
    }
  return self->packages != 0 || lf_settings_fail (error, "In [pbx] “packages” must name dialog, presence, or both.");
}

/* A list may be given as a line is: what is dialled, or a SIP address. */
static gboolean
load_lists (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char         *text = lf_settings_file_dup_text (file, "pbx", "lists");
  g_auto (GStrv)           names = g_strsplit (text != NULL ? text : "", ";", -1);
  g_autoptr (GStrvBuilder) uris = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *uri = NULL;

      if (*g_strstrip (names[i]) == '\0')
        continue;
      if (i >= LF_PHONE_LISTS_MAX)
        return lf_settings_fail (error, "In [pbx] “lists” may name %d lists.", LF_PHONE_LISTS_MAX);
      uri = lf_phone_config_make_uri (self, names[i]);
      if (uri == NULL)
        return lf_settings_fail (error, "In [pbx] “lists” has what is no address of a list: “%s”.", names[i]);
      g_strv_builder_add (uris, uri);
    }
  self->lists = g_strv_builder_end (uris);
  return TRUE;
}

static gboolean
load_numbers (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  self->expires_s = DEFAULT_EXPIRES_S;
  self->per_s = DEFAULT_PER_S;
  self->ping_s = DEFAULT_PING_S;
  self->grace_s = DEFAULT_GRACE_S;
  return lf_settings_file_read_number (file, "pbx", "expires-seconds", 5, 86400, &self->expires_s, error) &&
         lf_settings_file_read_number (file, "pbx", "subscriptions-per-second", 1, 2000, &self->per_s, error) &&
         lf_settings_file_read_number (file, "pbx", "ping-seconds", 1, 300, &self->ping_s, error) &&
         lf_settings_file_read_number (file, "pbx", "grace-seconds", 1, 300, &self->grace_s, error);
}

static gboolean
load_cdr_zone (LfPhoneConfig *self, const char *name, GError **error)
{
  if (self->cdr_format != LF_CDR_ASTERISK)
    return name == NULL || lf_settings_fail (error, "In [pbx] “cdr-time-zone” goes with cdr-format=asterisk: the times of Kamailio are without a zone.");
  if (name == NULL || g_str_equal (name, "local"))
    self->cdr_zone = g_time_zone_new_local ();
  else
    self->cdr_zone = g_time_zone_new_identifier (name);
  return self->cdr_zone != NULL || lf_settings_fail (error, "In [pbx] “cdr-time-zone” must be local, UTC, or the name of a zone such as Europe/Berlin, not “%s”.", name);
}

static gboolean
load_cdr (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char *format = lf_settings_file_dup_text (file, "pbx", "cdr-format");
  g_autofree char *zone = lf_settings_file_dup_text (file, "pbx", "cdr-time-zone");
  guint            i = 0;

  self->cdr_file = lf_settings_file_dup_path (file, "pbx", "cdr-file");
  if (self->cdr_file == NULL)
    return (format == NULL && zone == NULL) || lf_settings_fail (error, "In [pbx] “cdr-format” and “cdr-time-zone” go with “cdr-file”: the file of call records.");
  while (cdr_format_names[i] != NULL && g_strcmp0 (format, cdr_format_names[i]) != 0)
    i++;
  if (cdr_format_names[i] == NULL)
    return lf_settings_fail (error, "In [pbx] “cdr-file” needs “cdr-format”: asterisk or kamailio.");
  self->cdr_format = (LfCdrFormat) i;
  return load_cdr_zone (self, zone, error);
}

/* What is dialled at the PBX, with one %s. */
static gboolean
load_code (LfSettingsFile *file, const char *key, char **out, GError **error)
{
  g_autofree char *code = lf_settings_file_dup_text (file, "calls", key);
  const char      *place = code != NULL ? strstr (code, "%s") : NULL;

  if (code == NULL)
    return TRUE;
  if (place == NULL || strspn (code, "0123456789*#") != (gsize) (place - code) || strspn (place + 2, "0123456789*#") != strlen (place + 2))
    return lf_settings_fail (error, "In [calls] “%s” must be digits, * and #, with %%s for the extension: *8%%s.", key);
  *out = g_steal_pointer (&code);
  return TRUE;
}

/* The password goes in the clear, so it stays on the machine, or goes by TLS. */
static gboolean
is_good_url (const char *text)
{
  g_autoptr (GUri) uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;
  const char      *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  return g_str_equal (g_uri_get_scheme (uri), "https") ||
         (g_str_equal (g_uri_get_scheme (uri), "http") &&
          (g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") || g_str_equal (host, "localhost")));
}

static gboolean
load_ari (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char *path = lf_settings_file_dup_path (file, "calls", "ari-password-file");
  const char      *place;

  self->ari_url = lf_settings_file_dup_text (file, "calls", "ari-url");
  self->ari_user = lf_settings_file_dup_text (file, "calls", "ari-user");
  self->ari_context = lf_settings_file_dup_text (file, "calls", "ari-context");
  self->ari_endpoint = lf_settings_file_dup_text (file, "calls", "ari-endpoint");
  if (self->ari_endpoint == NULL)
    self->ari_endpoint = g_strdup ("PJSIP/%s");
  if (!is_good_url (self->ari_url))
    return lf_settings_fail (error, "With method=ari [calls] needs “ari-url”, with https unless it is this machine: http://127.0.0.1:8088/ari.");
  if (self->ari_user == NULL || self->ari_context == NULL || path == NULL)
    return lf_settings_fail (error, "With method=ari [calls] needs “ari-user”, “ari-password-file” and “ari-context”.");
  place = strstr (self->ari_endpoint, "%s");
  if (place == NULL || strchr (place + 1, '%') != NULL)
    return lf_settings_fail (error, "In [calls] “ari-endpoint” must have one %%s for the extension: PJSIP/%%s.");
  if (g_str_has_suffix (self->ari_url, "/"))
    self->ari_url[strlen (self->ari_url) - 1] = '\0';
  self->ari_password = lf_settings_read_secret (path, "password", error);
  return self->ari_password != NULL;
}

static gboolean
load_calls (LfPhoneConfig *self, LfSettingsFile *file, GError **error)
{
  g_autofree char *method = lf_settings_file_dup_text (file, "calls", "method");
  gboolean         is_ari = g_strcmp0 (method, "ari") == 0;

  self->is_third_party = g_strcmp0 (method, "third-party") == 0;
  self->makes_calls = self->is_third_party || is_ari || g_strcmp0 (method, "refer") == 0;
  if (method != NULL && !self->makes_calls && !g_str_equal (method, "none"))
    return lf_settings_fail (error, "In [calls] “method” must be refer, third-party, ari or none.");
  if (is_ari && !load_ari (self, file, error))
    return FALSE;
  if (!load_code (file, "pickup-code", &self->pickup_code, error) || !load_code (file, "dnd-on-code", &self->dnd_on_code, error) ||
      !load_code (file, "dnd-off-code", &self->dnd_off_code, error))
    return FALSE;
  return (self->dnd_on_code == NULL) == (self->dnd_off_code == NULL) ||
         lf_settings_fail (error, "In [calls] “dnd-on-code” and “dnd-off-code” go together.");
}

static gboolean
check_groups (LfSettingsFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file->keys, NULL);

  for (char **group = groups; *group != NULL; group++)
    if (!g_str_equal (*group, "server") && !g_str_equal (*group, "pbx") && !g_str_equal (*group, "calls"))
      return lf_settings_fail (error, "There is no group [%s]; there are [server], [pbx] and [calls].", *group);
  return lf_settings_file_check_keys (file, "pbx", pbx_keys, error) && lf_settings_file_check_keys (file, "calls", calls_keys, error);
}

/**
 * lf_phone_config_load:
 * @path: a key file
 * @server: (nullable): address of the server instead of the file's
 * @token_path: (nullable): the token file instead of the file's
 * @error: set to %LF_SETTINGS_ERROR_INVALID, or as reading the file does
 *
 * Reads and checks the whole configuration. Relative paths in it are taken from its own folder.
 *
 * Returns: (transfer full) (nullable): the configuration
 */
LfPhoneConfig *
lf_phone_config_load (const char *path, const char *server, const char *token_path, GError **error)
{
  g_autoptr (LfPhoneConfig)  self = g_new0 (LfPhoneConfig, 1);
  g_autoptr (LfSettingsFile) file = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  file = lf_settings_file_load (path, error);
  if (file == NULL || !check_groups (file, error) ||
      !lf_settings_file_read_server (file, server, token_path, &self->server, &self->token, error) ||
      !load_transport (self, file, error) || !load_addresses (self, file, error) || !load_identity (self, file, error) ||
      !load_packages (self, file, error) || !load_lists (self, file, error) || !load_numbers (self, file, error) ||
      !load_cdr (self, file, error) || !load_calls (self, file, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lf_phone_config_free:
 * @self: (transfer full) (nullable): a configuration
 *
 * Frees it.
 */
void
lf_phone_config_free (LfPhoneConfig *self)
{
  if (self == NULL)
    return;

  g_free (self->server);
  g_free (self->token);
  g_free (self->host);
  g_free (self->domain);
  g_free (self->local_host);
  g_free (self->user);
  g_free (self->password);
  g_free (self->ca_file);
  g_free (self->certificate_file);
  g_strfreev (self->lists);
  g_free (self->cdr_file);
  g_clear_pointer (&self->cdr_zone, g_time_zone_unref);
  g_free (self->ari_url);
  g_free (self->ari_user);
  g_free (self->ari_password);
  g_free (self->ari_context);
  g_free (self->ari_endpoint);
  g_free (self->pickup_code);
  g_free (self->dnd_on_code);
  g_free (self->dnd_off_code);
  g_free (self);
}

/**
 * lf_phone_config_make_uri:
 * @self: a configuration
 * @address: what is dialled to reach a line: "201", "tel:+49301201", "sip:201@pbx.example.org"
 *
 * Makes the SIP address under which the PBX knows a line. A SIP address stays as it is, a number gets the
 * domain of the PBX; blanks and the like between its digits are left out.
 *
 * Source: RFC 3261 section 19.1, RFC 3966.
 *
 * Returns: (transfer full) (nullable): a SIP URI, %NULL when @address is none of these
 */
char *
lf_phone_config_make_uri (const LfPhoneConfig *self, const char *address)
{
  g_autoptr (GString) user = g_string_new (NULL);
  gboolean            is_sip = g_ascii_strncasecmp (address, "sip:", 4) == 0;

  if (is_sip)
    {
      const char *rest = address + 4;

      if (strchr (rest, '@') == NULL || strpbrk (rest, "<>\" \t\r\n") != NULL)
        return NULL;
      return g_strdup (address);
    }
  if (g_ascii_strncasecmp (address, "tel:", 4) == 0)
    address += 4;
  for (const char *at = address; *at != '\0' && *at != ';'; at++)
    {
      if (g_ascii_isalnum (*at) || strchr ("+*._", *at) != NULL)
        g_string_append_c (user, *at);
      else if (*at == '#')
        g_string_append (user, "%23");
      else if (strchr ("-() /", *at) == NULL)
        return NULL;
    }
  return user->len > 0 ? g_strdup_printf ("sip:%s@%s", user->str, self->domain) : NULL;
}

/* "pbx.example" or "pbx.example:5060" */
static gboolean
is_host (const char *text, const char *host)
{
  gsize length = strlen (host);

  return g_ascii_strncasecmp (text, host, length) == 0 && (text[length] == '\0' || text[length] == ':');
}

/**
 * lf_phone_config_is_own_host:
 * @self: a configuration
 * @host: of a SIP address, with or without a port
 *
 * Returns: %TRUE if it is the PBX
 */
gboolean
lf_phone_config_is_own_host (const LfPhoneConfig *self, const char *host)
{
  return is_host (host, self->domain) || is_host (host, self->host);
}

/**
 * lf_phone_config_make_peer:
 * @self: a configuration
 * @uri: (nullable): the other end of a call, as the PBX writes it
 *
 * Makes of it what the server is told: the number alone where it is one of the PBX itself, for the server does
 * not know its domain; without parameters in any case.
 *
 * Returns: (transfer full) (nullable): a number or a SIP URI, at most %LF_ADDRESS_MAX_CHARS characters; %NULL
 *   without one
 */
char *
lf_phone_config_make_peer (const LfPhoneConfig *self, const char *uri)
{
  g_autofree char *plain = NULL;
  const char      *user;
  char            *host;

  if (uri == NULL)
    return NULL;
  plain = g_strndup (uri, strcspn (uri, ";?"));
  user = strchr (plain, ':') != NULL ? strchr (plain, ':') + 1 : plain;
  host = strchr (user, '@');
  if (host == NULL)
    return g_utf8_strlen (plain, -1) <= LF_ADDRESS_MAX_CHARS ? g_steal_pointer (&plain) : NULL;
  if (user == host || g_str_has_prefix (user, "anonymous@"))
    return NULL;
  host++;
  if (strspn (user, "+0123456789*#") == (gsize) (host - 1 - user) && lf_phone_config_is_own_host (self, host))
    return g_strndup (user, MIN ((gsize) (host - 1 - user), LF_ADDRESS_MAX_CHARS));
  return g_utf8_strlen (plain, -1) <= LF_ADDRESS_MAX_CHARS ? g_steal_pointer (&plain) : NULL;
}

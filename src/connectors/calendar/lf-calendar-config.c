/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-config.h"
#include "lf-calendar-guard.h"
#include "lf-calendar-secret.h"
#include "lf-codec.h"
#include "lf-ical-zone.h"
#include "lf-settings-file.h"

/* A key file:
 *
 *   [server]
 *   url=https://lampfield.example.org
 *   token-file=/etc/lampfield/calendar.token
 *
 *   [reading]
 *   refresh-seconds=300
 *
 *   [secrets]
 *   key-file=calendar.key         opens what is sealed in the other groups
 *
 *   [mara]                        any other group is a calendar; its name is the calendar's id
 *   user=mara                     on the server, and the person's login unless “user” says another
 *   file=/srv/calendars/mara.ics  or url=https://…, or caldav=https://…
 *   addresses=mara@example.org;m.klein@example.org
 *   zone=Europe/Berlin
 *   allow-private=false
 *   login=mara                    at that address
 *   password=sealed:…
 *
 *   [exchange]                    a service that knows the calendars of many people
 *   ews=https://mail.example.org/EWS/Exchange.asmx
 *   domain=example.org            or users=mara;ben, or users=*
 *   login=EXAMPLE\\lampfield
 *   password=sealed:…
 *   auth=ntlm
 */

#define DEFAULT_REFRESH_S 300
#define MIN_REFRESH_S     30
#define MAX_REFRESH_S     3600

static const char *const reading_keys[] = { "refresh-seconds", NULL };
static const char *const secrets_keys[] = { "key-file", NULL };
static const char *const source_keys[] = { "user", "users", "domain", "file", "url", "caldav", "ews", "graph", "google", "addresses",
                                           "zone", "allow-private", "login", "password", "auth", "calendars", "tenant", "client-id",
                                           "client-secret", "token-url", "service-account-file", NULL };
/* In order of LfCalendarKind and LfCalendarAuth. */
static const char *const kind_keys[LF_N_CALENDAR_KINDS + 1] = { "file", "url", "caldav", "ews", "graph", "google", NULL };
static const char *const auth_names[] = { "any", "basic", "ntlm", "negotiate", "bearer", NULL };

/* What the groups are read with. */
typedef struct
{
  LfSettingsFile *file; /* borrowed */
  LfCalendarKey  *key;  /* owned, nullable: there is no key file */
} Reading;

static gboolean
load_reading (LfCalendarConfig *self,
              LfSettingsFile   *file,
              GError          **error)
{
  self->refresh_s = DEFAULT_REFRESH_S;
  return lf_settings_file_check_keys (file, "reading", reading_keys, error) &&
         lf_settings_file_read_number (file, "reading", "refresh-seconds", MIN_REFRESH_S, MAX_REFRESH_S, &self->refresh_s, error);
}

/* The name goes into addresses of the API, so it is an id there. */
static gboolean
check_name (const char *name,
            GError    **error)
{
  gsize length = strlen (name);

  for (const char *at = name; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && strchr ("._~-", *at) == NULL)
        length = 0;
    }
  if (length == 0 || length > LF_ID_MAX_CHARS || g_str_equal (name, ".") || g_str_equal (name, ".."))
    return lf_settings_fail (error, "“%s” is no name for a calendar: 1 to %d letters, digits, “.”, “_”, “~” or “-”.",
                             name, LF_ID_MAX_CHARS);
  return TRUE;
}

/* Checks an address, without what stands for a person in it. */
static gboolean
check_url (char      **url,
           const char *group,
           const char *key,
           GError    **error)
{
  g_autoptr (GUri)   uri = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree char   *plain = NULL;

  if (g_ascii_strncasecmp (*url, "webcal://", 9) == 0)
    {
      char *https = g_strconcat ("https://", *url + 9, NULL);

      g_free (*url);
      *url = https;
    }
  plain = g_strdelimit (g_strdup (*url), "{}", '_');
  uri = g_uri_parse (plain, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL)
    return lf_settings_fail (error, "In [%s] “%s” is no address of a calendar.", group, key);
  if (!lf_calendar_guard_check_uri (uri, &cause))
    return lf_settings_fail (error, "In [%s]: %s", group, cause->message);
  return TRUE;
}

/* Whose calendars it holds. */
static gboolean
load_people (LfCalendarSourceConfig *source,
             LfSettingsFile         *file,
             GError                **error)
{
  gboolean is_service = source->kind >= LF_CALENDAR_EWS;

  source->user = lf_settings_file_dup_text (file, source->name, "user");
  source->domain = lf_settings_file_dup_text (file, source->name, "domain");
  source->users = lf_settings_file_dup_list (file, source->name, "users");
  if ((source->user != NULL) + (source->domain != NULL) + (source->users != NULL) > 1)
    return lf_settings_fail (error, "[%s] has more than one of “user”, “users” and “domain”.", source->name);
  if (source->users != NULL && g_strv_length (source->users) > LF_CALENDAR_MAX_NAMES)
    return lf_settings_fail (error, "[%s] lists more than %d users; “users=*” or “domain” names them all.", source->name, LF_CALENDAR_MAX_NAMES);
  if (source->users == NULL && source->domain == NULL)
    {
      if (source->user == NULL)
        source->user = g_strdup (source->name);
    }
  else if (!is_service && (source->url == NULL || (strstr (source->url, "{login}") == NULL && strstr (source->url, "{mail}") == NULL)))
    return lf_settings_fail (error, "[%s] is for many people, so its address must hold {login} or {mail}.", source->name);
  return TRUE;
}

/* Opens a sealed value. %NULL without an error: there is none. */
static char *
dup_secret (const Reading *reading,
            const char    *group,
            const char    *key,
            GError       **error)
{
  g_autofree char *sealed = lf_settings_file_dup_text (reading->file, group, key);

  if (sealed == NULL)
    return NULL;
  if (reading->key == NULL)
    {
      lf_settings_fail (error, "[%s] has a password, so [secrets] must name a “key-file”.", group);
      return NULL;
    }
  return lf_calendar_secret_open (reading->key, group, sealed, error);
}

/* The key of a service account is a file of its own, sealed as a whole. */
static char *
read_service_account (const Reading *reading,
                      const char    *group,
                      GError       **error)
{
  g_autofree char   *path = lf_settings_file_dup_path (reading->file, group, "service-account-file");
  g_autofree char   *sealed = NULL;
  g_autoptr (GError) cause = NULL;

  if (path == NULL || reading->key == NULL)
    {
      lf_settings_fail (error, "[%s] needs a sealed “service-account-file”, and [secrets] a “key-file”.", group);
      return NULL;
    }
  if (!g_file_get_contents (path, &sealed, NULL, &cause))
    {
      lf_settings_fail (error, "In [%s]: %s", group, cause->message);
      return NULL;
    }
  return lf_calendar_secret_open (reading->key, group, g_strstrip (sealed), error);
}

/* How to get in there. */
static gboolean
load_credentials (LfCalendarSourceConfig *source,
                  const Reading          *reading,
                  GError                **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char   *auth = lf_settings_file_dup_text (reading->file, source->name, "auth");
  gboolean           is_known = auth == NULL;

  for (guint i = 0; auth != NULL && auth_names[i] != NULL; i++)
    {
      if (!g_str_equal (auth, auth_names[i]))
        continue;
      source->auth = (LfCalendarAuth) i;
      is_known = TRUE;
    }
  if (!is_known)
    return lf_settings_fail (error, "In [%s] “auth” must be any, basic, ntlm, negotiate or bearer.", source->name);
  source->login = lf_settings_file_dup_text (reading->file, source->name, "login");
  source->tenant = lf_settings_file_dup_text (reading->file, source->name, "tenant");
  source->client_id = lf_settings_file_dup_text (reading->file, source->name, "client-id");
  source->token_url = lf_settings_file_dup_text (reading->file, source->name, "token-url");
  if (source->token_url != NULL && !check_url (&source->token_url, source->name, "token-url", error))
    return FALSE;
  if (source->kind == LF_CALENDAR_GOOGLE)
    source->secret = read_service_account (reading, source->name, &cause);
  else
    source->secret = dup_secret (reading, source->name, source->kind == LF_CALENDAR_GRAPH ? "client-secret" : "password", &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  if (source->kind == LF_CALENDAR_GRAPH && (source->secret == NULL || source->client_id == NULL || (source->tenant == NULL && source->token_url == NULL)))
    return lf_settings_fail (error, "[%s] needs “tenant”, “client-id” and “client-secret”.", source->name);
  if (source->kind == LF_CALENDAR_EWS && source->secret == NULL && source->auth != LF_CALENDAR_AUTH_NEGOTIATE)
    return lf_settings_fail (error, "[%s] needs “login” and “password”.", source->name);
  return TRUE;
}

/* Where it is: one of the keys that tell the kind. */
static gboolean
load_place (LfCalendarSourceConfig *source,
            LfSettingsFile         *file,
            GError                **error)
{
  guint n_places = 0;

  for (guint i = 0; i < LF_N_CALENDAR_KINDS; i++)
    {
      g_autofree char *place = lf_settings_file_dup_text (file, source->name, kind_keys[i]);

      if (place == NULL)
        continue;
      n_places++;
      source->kind = (LfCalendarKind) i;
      if (i != LF_CALENDAR_FILE)
        {
          g_free (source->url);
          source->url = g_steal_pointer (&place);
        }
    }
  if (n_places != 1)
    return lf_settings_fail (error, "[%s] needs either “file” or “url”, or one of “caldav”, “ews”, “graph” and “google”.", source->name);
  if (source->kind == LF_CALENDAR_FILE)
    source->path = lf_settings_file_dup_path (file, source->name, "file");
  return source->url == NULL || check_url (&source->url, source->name, kind_keys[source->kind], error);
}

static gboolean
check_source (LfCalendarSourceConfig *source,
              GError                **error)
{
  const char *group = source->name;

  if (source->zone != NULL && !lf_ical_zone_is_known (source->zone))
    return lf_settings_fail (error, "In [%s] “%s” is no time zone of this machine; one is called “Europe/Berlin”.", group, source->zone);
  if (source->addresses != NULL && g_strv_length (source->addresses) > LF_CALENDAR_MAX_ADDRESSES)
    return lf_settings_fail (error, "[%s] has more than %d addresses.", group, LF_CALENDAR_MAX_ADDRESSES);
  if (source->calendars != NULL && g_strv_length (source->calendars) > LF_CALENDAR_MAX_NAMES)
    return lf_settings_fail (error, "[%s] names more than %d calendars.", group, LF_CALENDAR_MAX_NAMES);
  for (char **address = source->addresses; address != NULL && *address != NULL; address++)
    {
      if (strchr (*address, '@') == NULL || strlen (*address) > LF_STRV_MAX_CHARS)
        return lf_settings_fail (error, "In [%s] “%s” is no mail address.", group, *address);
    }
  return TRUE;
}

static gboolean
load_source (LfCalendarConfig *self,
             const Reading    *reading,
             const char       *group,
             GError          **error)
{
  g_autoptr (LfCalendarSourceConfig) source = g_new0 (LfCalendarSourceConfig, 1);
  g_autoptr (GError)                 cause = NULL;

  if (!lf_settings_file_check_keys (reading->file, group, source_keys, error) || !check_name (group, error))
    return FALSE;
  source->name = g_strdup (group);
  source->zone = lf_settings_file_dup_text (reading->file, group, "zone");
  source->addresses = lf_settings_file_dup_list (reading->file, group, "addresses");
  source->calendars = lf_settings_file_dup_list (reading->file, group, "calendars");
  if (g_key_file_has_key (reading->file->keys, group, "allow-private", NULL))
    {
      source->may_be_private = g_key_file_get_boolean (reading->file->keys, group, "allow-private", &cause);
      if (cause != NULL)
        return lf_settings_fail (error, "In [%s] “allow-private” must be true or false.", group);
    }
  if (!load_place (source, reading->file, error) || !load_people (source, reading->file, error) ||
      !load_credentials (source, reading, error) || !check_source (source, error))
    return FALSE;
  if (self->sources->len >= LF_CALENDAR_MAX_SOURCES)
    return lf_settings_fail (error, "There are more than %d calendars.", LF_CALENDAR_MAX_SOURCES);
  g_ptr_array_add (self->sources, g_steal_pointer (&source));
  return TRUE;
}

/* The key that opens what is sealed; %NULL without an error: the configuration names none. */
static LfCalendarKey *
load_key (LfSettingsFile *file,
          GError        **error)
{
  g_autofree char *path = NULL;

  if (!lf_settings_file_check_keys (file, "secrets", secrets_keys, error))
    return NULL;
  path = lf_settings_file_dup_path (file, "secrets", "key-file");
  return path == NULL ? NULL : lf_calendar_key_load (path, error);
}

static gboolean
load_groups (LfCalendarConfig *self,
             LfSettingsFile   *file,
             GError          **error)
{
  static const char *const  others[] = { "server", "reading", "secrets", NULL };
  g_auto (GStrv)            groups = g_key_file_get_groups (file->keys, NULL);
  g_autoptr (GError)        cause = NULL;
  g_autoptr (LfCalendarKey) key = load_key (file, &cause);
  const Reading             reading = { file, key };

  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  for (char **group = groups; *group != NULL; group++)
    {
      if (!g_strv_contains (others, *group) && !load_source (self, &reading, *group, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * lf_calendar_config_load:
 * @path: a key file
 * @server: (nullable): address of the server instead of the file's
 * @token_path: (nullable): the token file instead of the file's
 * @error: set to %LF_SETTINGS_ERROR_INVALID, or as reading the file does
 *
 * Reads and checks the whole configuration. Relative paths in it are taken from its own folder.
 *
 * Returns: (transfer full) (nullable): the configuration
 */
LfCalendarConfig *
lf_calendar_config_load (const char *path,
                         const char *server,
                         const char *token_path,
                         GError    **error)
{
  g_autoptr (LfCalendarConfig) self = NULL;
  g_autoptr (LfSettingsFile)   file = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  file = lf_settings_file_load (path, error);
  if (file == NULL)
    return NULL;

  self = g_new0 (LfCalendarConfig, 1);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_calendar_source_config_free);
  if (!lf_settings_file_read_server (file, server, token_path, &self->server, &self->token, error) ||
      !load_reading (self, file, error) || !load_groups (self, file, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * lf_calendar_config_free:
 * @self: (transfer full): a configuration
 */
void
lf_calendar_config_free (LfCalendarConfig *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->server);
  g_free (self->token);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

/**
 * lf_calendar_config_seal:
 * @path: a key file whose [secrets] names a “key-file”; the rest of it need not be in order yet
 * @group: the group that the secret is for
 * @secret: a password
 * @error: set to %LF_SETTINGS_ERROR_INVALID, or as reading the file does
 *
 * Seals a secret for a group. The key file is made if it is not there.
 *
 * Returns: (transfer full) (nullable): what to write into the configuration
 */
char *
lf_calendar_config_seal (const char *path,
                         const char *group,
                         const char *secret,
                         GError    **error)
{
  g_autoptr (LfSettingsFile) file = NULL;
  g_autoptr (LfCalendarKey)  key = NULL;
  g_autofree char           *key_path = NULL;

  g_return_val_if_fail (path != NULL && group != NULL && secret != NULL, NULL);

  file = lf_settings_file_load (path, error);
  if (file == NULL || !check_name (group, error) || !lf_settings_file_check_keys (file, "secrets", secrets_keys, error))
    return NULL;
  key_path = lf_settings_file_dup_path (file, "secrets", "key-file");
  if (key_path == NULL)
    {
      lf_settings_fail (error, "[secrets] must name a “key-file”; it is made if it is not there.");
      return NULL;
    }
  if (*secret == '\0' || strlen (secret) > LF_CALENDAR_SECRET_MAX_BYTES)
    {
      lf_settings_fail (error, "A secret has 1 to %d bytes.", LF_CALENDAR_SECRET_MAX_BYTES);
      return NULL;
    }
  if (!g_file_test (key_path, G_FILE_TEST_EXISTS) && !lf_calendar_key_create (key_path, error))
    return NULL;
  key = lf_calendar_key_load (key_path, error);
  return key == NULL ? NULL : lf_calendar_secret_seal (key, group, secret);
}

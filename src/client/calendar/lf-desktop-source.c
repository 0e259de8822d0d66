/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-desktop-source.h"

/* Backends of calendars that people write in; all others are copies of somebody else's. */
static const char *const own_backends[] = { "local", "caldav", "google", "ews", "microsoft365" };

static char *
dup_identity (ESource *account)
{
  if (account == NULL || !e_source_has_extension (account, E_SOURCE_EXTENSION_COLLECTION))
    return NULL;

  return e_source_collection_dup_identity (e_source_get_extension (account, E_SOURCE_EXTENSION_COLLECTION));
}

/**
 * lf_desktop_source_is_foreign:
 * @text: a source as a key file
 *
 * Looks for Exchange's folders of others: their extensions belong to evolution-ews, which is not linked, so they are
 * known by their keys.
 *
 * Returns: %TRUE if the folder is another's or everybody's, or if @text is no key file
 */
gboolean
lf_desktop_source_is_foreign (const char *text)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_auto (GStrv)       groups = NULL;

  g_return_val_if_fail (text != NULL, TRUE);

  if (!g_key_file_load_from_data (keys, text, (gsize) -1, G_KEY_FILE_NONE, NULL))
    return TRUE; /* what cannot be read is not told of by itself */
  groups = g_key_file_get_groups (keys, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_suffix (groups[i], " Folder") && (g_key_file_get_boolean (keys, groups[i], "Foreign", NULL) ||
                                                    g_key_file_get_boolean (keys, groups[i], "Public", NULL)))
      return TRUE;

  return FALSE;
}

/* Google and Nextcloud name the owner of a shared calendar in its path. */
static gboolean
is_path_of_other (ESource *source, ESource *account)
{
  g_autofree char *path = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *identity = dup_identity (account);
  g_autofree char *user = NULL;
  g_auto (GStrv)   parts = NULL;

  if (!e_source_has_extension (source, E_SOURCE_EXTENSION_WEBDAV_BACKEND))
    return FALSE;
  path = e_source_webdav_dup_resource_path (e_source_get_extension (source, E_SOURCE_EXTENSION_WEBDAV_BACKEND));
  if (path == NULL)
    return FALSE;
  if (e_source_has_extension (source, E_SOURCE_EXTENSION_AUTHENTICATION))
    user = e_source_authentication_dup_user (e_source_get_extension (source, E_SOURCE_EXTENSION_AUTHENTICATION));

  plain = g_uri_unescape_string (path, NULL);
  if (plain == NULL || strstr (plain, "_shared_by_") != NULL)
    return TRUE;
  parts = g_strsplit (plain, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (strchr (parts[i], '@') != NULL && (identity == NULL || g_ascii_strcasecmp (parts[i], identity) != 0) &&
        (user == NULL || g_ascii_strcasecmp (parts[i], user) != 0))
      return TRUE;

  return FALSE;
}

/**
 * lf_desktop_source_is_own:
 * @source: of a calendar
 * @account: (nullable): the source that it belongs to
 *
 * Tells whether a calendar is the user's own, as far as its description says: not a subscription, a list of
 * birthdays or another's. Whether it can be written in shows when it is opened.
 *
 * Returns: %TRUE if it may count without being asked for
 */
gboolean
lf_desktop_source_is_own (ESource *source, ESource *account)
{
  g_autofree char *text = NULL;
  const char      *backend;

  g_return_val_if_fail (E_IS_SOURCE (source), FALSE);

  if (!e_source_has_extension (source, E_SOURCE_EXTENSION_CALENDAR))
    return FALSE;
  text = e_source_to_string (source, NULL);
  backend = e_source_backend_get_backend_name (e_source_get_extension (source, E_SOURCE_EXTENSION_CALENDAR));
  for (guint i = 0; i < G_N_ELEMENTS (own_backends); i++)
    if (g_strcmp0 (backend, own_backends[i]) == 0)
      return !lf_desktop_source_is_foreign (text) && !is_path_of_other (source, account);

  return FALSE;
}

/**
 * lf_desktop_source_dup_machine:
 *
 * Returns: (transfer full): a name of this computer, see machine-id(5); it is only ever hashed
 */
char *
lf_desktop_source_dup_machine (void)
{
  char *text = NULL;

  if (!g_file_get_contents ("/etc/machine-id", &text, NULL, NULL) || *g_strstrip (text) == '\0')
    {
      g_free (text);
      text = g_strdup (g_get_host_name ());
    }
  return text;
}

/**
 * lf_desktop_source_make_id:
 * @machine: tells this computer from others: the desktop's own calendar has the same @uid on all
 * @uid: the desktop's id of a calendar
 *
 * Makes the name under which the server knows a calendar. It tells neither @machine nor @uid.
 *
 * Returns: (transfer full): letters, digits and "-", %LF_DESKTOP_SOURCE_ID_CHARS long
 */
char *
lf_desktop_source_make_id (const char *machine, const char *uid)
{
  g_autofree char *digest = NULL;

  g_return_val_if_fail (machine != NULL && uid != NULL, NULL);

  digest = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) machine, strlen (machine), uid, -1);
  return g_strdup_printf ("desktop-%.16s", digest);
}

static void
add_address (GHashTable *addresses, char *address)
{
  if (address != NULL && strchr (address, '@') != NULL)
    g_hash_table_add (addresses, address);
  else
    g_free (address);
}

/**
 * lf_desktop_source_list_own_addresses:
 * @registry: what the desktop knows
 *
 * Returns: (transfer full) (array zero-terminated=1): the mail addresses under which the user may be invited
 */
GStrv
lf_desktop_source_list_own_addresses (ESourceRegistry *registry)
{
  g_autoptr (GHashTable) addresses = NULL;
  g_autolist (ESource) identities = NULL;
  g_autolist (ESource) accounts = NULL;
  GPtrArray     *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       key;

  g_return_val_if_fail (E_IS_SOURCE_REGISTRY (registry), NULL);

  addresses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, NULL);
  identities = e_source_registry_list_enabled (registry, E_SOURCE_EXTENSION_MAIL_IDENTITY);
  accounts = e_source_registry_list_enabled (registry, E_SOURCE_EXTENSION_COLLECTION);
  for (GList *l = identities; l != NULL; l = l->next)
    {
      ESourceMailIdentity   *identity = e_source_get_extension (l->data, E_SOURCE_EXTENSION_MAIL_IDENTITY);
      g_autoptr (GHashTable) aliases = e_source_mail_identity_get_aliases_as_hash_table (identity);

      add_address (addresses, e_source_mail_identity_dup_address (identity));
      if (aliases == NULL)
        continue;
      g_hash_table_iter_init (&iter, aliases);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        add_address (addresses, g_strdup (key));
    }
  for (GList *l = accounts; l != NULL; l = l->next)
    add_address (addresses, dup_identity (l->data));

  g_hash_table_iter_init (&iter, addresses);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (list, key);
  g_ptr_array_add (list, NULL);
  return (GStrv) g_ptr_array_free (list, FALSE);
}

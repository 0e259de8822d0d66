/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "lf-calendar-secret.h"
#include "lf-settings-file.h"

/* Passwords in the configuration are sealed with a key that lies in a file of its own, so that a copy of
 * the configuration (a backup, a repository, a screen) gives nothing away:
 *
 *   sealed:BASE64 (nonce of 24 bytes, then cipher text and tag)     XChaCha20-Poly1305
 *
 * The name of the group is authenticated with it: a password moved to the group of another address,
 * to be sent there, does not open. */

G_STATIC_ASSERT (LF_CALENDAR_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES

/**
 * lf_calendar_key_create:
 * @path: a file that is not there
 * @error: set to %LF_SETTINGS_ERROR_INVALID
 *
 * Makes a new key, readable by the account alone that runs the program.
 *
 * Returns: %TRUE if the file is there now
 */
gboolean
lf_calendar_key_create (const char *path, GError **error)
{
  guint8   bytes[LF_CALENDAR_KEY_BYTES];
  char     text[sodium_base64_ENCODED_LEN (LF_CALENDAR_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL) + 1] = { 0 };
  int      fd;
  gboolean is_written;

  g_return_val_if_fail (path != NULL, FALSE);

  if (sodium_init () < 0)
    return lf_settings_fail (error, "There is no source of random numbers.");
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return lf_settings_fail (error, "The key file “%s” cannot be made: %s.", path, g_strerror (errno));
  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
  sodium_memzero (bytes, sizeof bytes);
  text[strlen (text)] = '\n';
  is_written = write (fd, text, strnlen (text, sizeof text)) == (gssize) strnlen (text, sizeof text) && fsync (fd) == 0;
  sodium_memzero (text, sizeof text);
  close (fd);
  if (is_written)
    return TRUE;
  unlink (path);
  return lf_settings_fail (error, "The key file “%s” cannot be written.", path);
}

/**
 * lf_calendar_key_load:
 * @path: a key file
 * @error: set to %LF_SETTINGS_ERROR_INVALID, also if others can read it
 *
 * Returns: (transfer full) (nullable): the key
 */
LfCalendarKey *
lf_calendar_key_load (const char *path, GError **error)
{
  g_autofree char          *text = NULL;
  g_autoptr (LfCalendarKey) key = g_new0 (LfCalendarKey, 1);
  gsize                     length = 0;

  g_return_val_if_fail (path != NULL, NULL);

  text = lf_settings_read_secret (path, "key", error);
  if (text == NULL)
    return NULL;
  if (sodium_init () >= 0 &&
      sodium_base642bin (key->bytes, sizeof key->bytes, text, strlen (text), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
      length == sizeof key->bytes)
    {
      sodium_memzero (text, strlen (text));
      return g_steal_pointer (&key);
    }
  lf_settings_fail (error, "“%s” is no key file; lampfield-calendar --seal makes one.", path);
  return NULL;
}

/**
 * lf_calendar_key_free:
 * @self: (transfer full): a key
 *
 * Wipes and frees it.
 */
void
lf_calendar_key_free (LfCalendarKey *self)
{
  g_return_if_fail (self != NULL);

  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/**
 * lf_calendar_secret_seal:
 * @key: a key
 * @group: the group of the configuration it is for
 * @secret: a password, at most %LF_CALENDAR_SECRET_MAX_BYTES
 *
 * Returns: (transfer full): what may stand in a configuration
 */
char *
lf_calendar_secret_seal (const LfCalendarKey *key, const char *group, const char *secret)
{
  gsize              length;
  gsize              size;
  gsize              text_size;
  g_autofree guint8 *bytes = NULL;
  g_autofree char   *text = NULL;

  g_return_val_if_fail (key != NULL && group != NULL && secret != NULL, NULL);

  length = strlen (secret);
  size = NONCE_BYTES + length + TAG_BYTES;
  bytes = g_malloc (size);
  randombytes_buf (bytes, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (bytes + NONCE_BYTES, NULL, (const guint8 *) secret, length,
                                              (const guint8 *) group, strlen (group), NULL, bytes, key->bytes);
  text_size = sodium_base64_encoded_len (size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text = g_malloc (text_size);
  sodium_bin2base64 (text, text_size, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return g_strconcat (LF_CALENDAR_SEALED_PREFIX, text, NULL);
}

/**
 * lf_calendar_secret_open:
 * @key: a key
 * @group: the group of the configuration it stands in
 * @sealed: what stands there
 * @error: set to %LF_SETTINGS_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the password
 */
char *
lf_calendar_secret_open (const LfCalendarKey *key, const char *group, const char *sealed, GError **error)
{
  g_autofree guint8 *bytes = NULL;
  g_autofree char   *secret = NULL;
  const char        *text;
  gsize              max_bytes;
  gsize              size = 0;

  g_return_val_if_fail (key != NULL && group != NULL && sealed != NULL, NULL);

  if (!g_str_has_prefix (sealed, LF_CALENDAR_SEALED_PREFIX))
    {
      lf_settings_fail (error, "In [%s] a password stands in the open; lampfield-calendar --seal %s seals it.", group, group);
      return NULL;
    }
  text = sealed + strlen (LF_CALENDAR_SEALED_PREFIX);
  max_bytes = MIN (strlen (text), 2 * LF_CALENDAR_SECRET_MAX_BYTES);
  bytes = g_malloc (max_bytes + 1);
  secret = g_malloc0 (max_bytes + 1);
  if (sodium_base642bin (bytes, max_bytes, text, strlen (text), "\r\n", &size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
      size > NONCE_BYTES + TAG_BYTES &&
      crypto_aead_xchacha20poly1305_ietf_decrypt ((guint8 *) secret, NULL, NULL, bytes + NONCE_BYTES, size - NONCE_BYTES,
                                                  (const guint8 *) group, strlen (group), bytes, key->bytes) == 0 &&
      strlen (secret) == size - NONCE_BYTES - TAG_BYTES && g_utf8_validate (secret, -1, NULL))
    return g_steal_pointer (&secret);
  lf_settings_fail (error, "In [%s] the password does not open: it was sealed with another key or for another group.", group);
  return NULL;
}

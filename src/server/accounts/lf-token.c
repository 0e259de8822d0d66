/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-accounts"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lf-token.h"

/* A token is a prefix and 256 random bits in base64url. What is stored is its BLAKE2b hash.
 *
 * A refresh token that was used gives, for a minute, the same successor again; yet no token is
 * stored. So the successor is BLAKE2b of a stored random salt, keyed with the used token: it can be
 * made only by who has both, and each alone is worth nothing. */
#define TOKEN_BYTES 32

static const char *const prefixes[] = { "lfa_", "lfr_", "lfc_", "lfadmin_" };

static char *
encode (const char *prefix, const guint8 bits[TOKEN_BYTES])
{
  char text[sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

  sodium_bin2base64 (text, sizeof text, bits, TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return g_strconcat (prefix, text, NULL);
}

/**
 * lf_token_make:
 * @kind: what it is for
 *
 * Returns: (transfer full): a new token
 */
char *
lf_token_make (LfTokenKind kind)
{
  guint8 bits[TOKEN_BYTES];

  randombytes_buf (bits, sizeof bits);
  return encode (prefixes[kind], bits);
}

/**
 * lf_token_make_salt:
 *
 * Returns: (transfer full): a salt for lf_token_derive()
 */
char *
lf_token_make_salt (void)
{
  guint8 bits[TOKEN_BYTES];

  randombytes_buf (bits, sizeof bits);
  return encode ("", bits);
}

/**
 * lf_token_derive:
 * @token: a refresh token
 * @salt: stored beside its hash when it was used
 *
 * Returns: (transfer full): its successor, the same for the same arguments
 */
char *
lf_token_derive (const char *token, const char *salt)
{
  guint8 key[crypto_generichash_KEYBYTES];
  guint8 bits[TOKEN_BYTES];

  g_return_val_if_fail (token != NULL && salt != NULL, NULL);

  crypto_generichash (key, sizeof key, (const guint8 *) token, strlen (token), NULL, 0);
  crypto_generichash (bits, sizeof bits, (const guint8 *) salt, strlen (salt), key, sizeof key);
  sodium_memzero (key, sizeof key);

  return encode (prefixes[LF_TOKEN_REFRESH], bits);
}

/**
 * lf_token_hash:
 * @token: any text a peer gave
 *
 * Returns: (transfer full): 64 hexadecimal digits
 */
char *
lf_token_hash (const char *token)
{
  static const char *const domain = "lampfield.token.v1";
  guint8                   bits[TOKEN_BYTES];
  char                     text[2 * TOKEN_BYTES + 1];

  g_return_val_if_fail (token != NULL, NULL);

  /* The key is no secret: it keeps the stored hash apart from the key of lf_token_derive(). */
  crypto_generichash (bits, sizeof bits, (const guint8 *) token, strlen (token), (const guint8 *) domain, strlen (domain));
  sodium_bin2hex (text, sizeof text, bits, sizeof bits);

  return g_strdup (text);
}

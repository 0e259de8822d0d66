/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "lf-error-words.h"

/* What failed and what to do, where that does not depend on what was tried. */
static const char *
name_error (LfError code)
{
  switch (code)
    {
    case LF_ERROR_BAD_CREDENTIALS:
      return _("User name or password is wrong.");
    case LF_ERROR_UNAUTHORIZED:
      return _("Your session has ended. Please sign in again.");
    case LF_ERROR_INSECURE:
      return _("This address would send your password in clear text. Use one that begins with https://.");
    case LF_ERROR_UNAVAILABLE:
      return _("The server does not answer. Check the address and your network, then try again.");
    case LF_ERROR_RATE_LIMITED:
      return _("Too many attempts. Wait a minute, then try again.");
    case LF_ERROR_VERSION:
      return _("The server speaks another version. Ask your administrator which Lampfield to install.");
    case LF_ERROR_KEYRING:
      return _("Your keyring does not answer, so you will have to sign in again next time.");
    case LF_ERROR_STORAGE:
      return _("This computer’s disk takes nothing. What you write is lost if you quit before it is sent.");
    case LF_ERROR_FORBIDDEN:
      return _("The server does not allow that.");
    case LF_ERROR_NOT_FOUND:
      return _("That is no longer there.");
    case LF_ERROR_CONFLICT:
      return _("That was changed elsewhere in the meantime.");
    case LF_ERROR_TOO_LARGE:
      return _("That is too long.");
    case LF_ERROR_BAD_REQUEST:
    case LF_ERROR_BAD_FRAME:
    default:
      return NULL;
    }
}

/**
 * lf_error_words_for_sign_in:
 * @error: why signing in failed
 *
 * Says it plainly, with what to do.
 *
 * Returns: (transfer full): translated text, one or two sentences
 */
char *
lf_error_words_for_sign_in (const GError *error)
{
  const char *words = NULL;

  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == LF_ERROR)
    words = name_error (error->code);
  else if (error->domain == G_TLS_ERROR)
    words = _("The server’s certificate is not trusted, so nothing was sent.");
  if (words != NULL && !g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
    return g_strdup (words);

  /* Translators: the argument is technical. */
  return g_strdup_printf (_("No Lampfield server was found at this address (%s)."), error->message);
}

/**
 * lf_error_words_for_notice:
 * @error: something that failed in the background
 *
 * Says it in a line.
 *
 * Returns: (transfer full): translated text
 */
char *
lf_error_words_for_notice (const GError *error)
{
  const char *words = NULL;

  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == LF_ERROR)
    words = name_error (error->code);

  return g_strdup (words != NULL ? words : error->message);
}

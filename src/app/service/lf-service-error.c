/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "lf-error-words.h"
#include "lf-error.h"
#include "lf-service-error.h"

#define PREFIX "org.lampfield.Lampfield1.Error."

static const GDBusErrorEntry entries[] = {
  { LF_SERVICE_ERROR_NOT_SIGNED_IN, PREFIX "NotSignedIn" },
  { LF_SERVICE_ERROR_NOT_FOUND, PREFIX "NotFound" },
  { LF_SERVICE_ERROR_AMBIGUOUS, PREFIX "Ambiguous" },
  { LF_SERVICE_ERROR_BAD_ARGUMENT, PREFIX "BadArgument" },
  { LF_SERVICE_ERROR_NO_NUMBER, PREFIX "NoNumber" },
  { LF_SERVICE_ERROR_REFUSED, PREFIX "Refused" },
  { LF_SERVICE_ERROR_UNAVAILABLE, PREFIX "Unavailable" },
  { LF_SERVICE_ERROR_BUSY, PREFIX "Busy" },
};

/**
 * lf_service_error_quark:
 *
 * The domain; both ends of the bus know its names once this was called.
 *
 * Returns: the quark of %LF_SERVICE_ERROR
 */
GQuark
lf_service_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("lf-service-error-quark", &quark, entries, G_N_ELEMENTS (entries));

  return (GQuark) quark;
}

/**
 * lf_service_error_new_from_client:
 * @error: of the client library
 *
 * Says it to another program, which knows nothing of the client's own codes.
 *
 * Returns: (transfer full): an error of %LF_SERVICE_ERROR
 */
GError *
lf_service_error_new_from_client (const GError *error)
{
  LfServiceError   code;
  g_autofree char *words = NULL;

  g_return_val_if_fail (error != NULL, NULL);

  if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAUTHORIZED) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = LF_SERVICE_ERROR_NOT_SIGNED_IN;
  else if (error->domain != LF_ERROR || error->code == LF_ERROR_UNAVAILABLE || error->code == LF_ERROR_RATE_LIMITED)
    code = LF_SERVICE_ERROR_UNAVAILABLE;
  else
    code = LF_SERVICE_ERROR_REFUSED;
  words = code == LF_SERVICE_ERROR_NOT_SIGNED_IN ? g_strdup (_("Your session has ended. Please sign in again.")) : lf_error_words_for_notice (error);

  return g_error_new_literal (LF_SERVICE_ERROR, code, words);
}

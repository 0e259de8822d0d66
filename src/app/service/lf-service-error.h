/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_SERVICE_ERROR (lf_service_error_quark ())

/**
 * LfServiceError:
 * @LF_SERVICE_ERROR_NOT_SIGNED_IN: there is no user; sign in at the window
 * @LF_SERVICE_ERROR_NOT_FOUND: nobody is called that
 * @LF_SERVICE_ERROR_AMBIGUOUS: several people are; say it more closely
 * @LF_SERVICE_ERROR_BAD_ARGUMENT: what was asked cannot be meant; mend it
 * @LF_SERVICE_ERROR_NO_NUMBER: no number is known of that person
 * @LF_SERVICE_ERROR_REFUSED: the server does not want it
 * @LF_SERVICE_ERROR_UNAVAILABLE: the server does not answer; try again later
 * @LF_SERVICE_ERROR_BUSY: too much was asked at once; wait for answers
 *
 * Why the service did not do what another program asked. On the bus: LF_SERVICE_ERROR_PREFIX and a name.
 */
typedef enum
{
  LF_SERVICE_ERROR_NOT_SIGNED_IN,
  LF_SERVICE_ERROR_NOT_FOUND,
  LF_SERVICE_ERROR_AMBIGUOUS,
  LF_SERVICE_ERROR_BAD_ARGUMENT,
  LF_SERVICE_ERROR_NO_NUMBER,
  LF_SERVICE_ERROR_REFUSED,
  LF_SERVICE_ERROR_UNAVAILABLE,
  LF_SERVICE_ERROR_BUSY,
} LfServiceError;

GQuark lf_service_error_quark (void);
/* What went wrong in the client, for another program. */
GError *lf_service_error_new_from_client (const GError *error);

G_END_DECLS

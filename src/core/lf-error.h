/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_ERROR (lf_error_quark ())

/**
 * LfError:
 * @LF_ERROR_BAD_FRAME: bytes from a peer are not what the contract says; drop the peer
 * @LF_ERROR_BAD_REQUEST: the server refused what was asked as malformed; mend the input
 * @LF_ERROR_UNAUTHORIZED: the session has ended; sign in again
 * @LF_ERROR_BAD_CREDENTIALS: user or password is wrong; ask again
 * @LF_ERROR_FORBIDDEN: this token may not do that; do not repeat
 * @LF_ERROR_NOT_FOUND: no such thing, or not visible to this user
 * @LF_ERROR_CONFLICT: another body, owner or revision is already there; read again
 * @LF_ERROR_TOO_LARGE: over a limit of the contract; make it smaller
 * @LF_ERROR_RATE_LIMITED: wait, then repeat
 * @LF_ERROR_UNAVAILABLE: the server is gone, busy or draining; repeat later
 * @LF_ERROR_INSECURE: the address would send secrets in clear text; use https
 * @LF_ERROR_VERSION: the other end speaks another version of the protocol; upgrade
 * @LF_ERROR_KEYRING: no keyring answers; secrets last for this run only
 * @LF_ERROR_STORAGE: the disk of this computer does not keep it; what waits lasts for this run only
 *
 * What a caller can do about a failure, at both ends.
 */
typedef enum
{
  LF_ERROR_BAD_FRAME,
  LF_ERROR_BAD_REQUEST,
  LF_ERROR_UNAUTHORIZED,
  LF_ERROR_BAD_CREDENTIALS,
  LF_ERROR_FORBIDDEN,
  LF_ERROR_NOT_FOUND,
  LF_ERROR_CONFLICT,
  LF_ERROR_TOO_LARGE,
  LF_ERROR_RATE_LIMITED,
  LF_ERROR_UNAVAILABLE,
  LF_ERROR_INSECURE,
  LF_ERROR_VERSION,
  LF_ERROR_KEYRING,
  LF_ERROR_STORAGE,
} LfError;

GQuark lf_error_quark (void);

G_END_DECLS

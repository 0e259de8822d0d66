/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-store"

#include "config.h"

#include "lf-server-error.h"

G_DEFINE_QUARK (lf_server_error, lf_server_error)

/**
 * lf_server_error_to_problem:
 * @error: a failure met while a request was answered
 *
 * Tells what to answer. Errors of another domain are faults of the server itself: their messages
 * are for the log, not for the peer.
 *
 * Returns: the problem, %LF_PROBLEM_INTERNAL for an error of another domain
 */
LfProblem
lf_server_error_to_problem (const GError *error)
{
  g_return_val_if_fail (error != NULL, LF_PROBLEM_INTERNAL);

  if (error->domain != LF_SERVER_ERROR || error->code < 0 || error->code >= LF_N_PROBLEMS)
    return LF_PROBLEM_INTERNAL;

  return (LfProblem) error->code;
}

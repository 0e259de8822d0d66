/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-problem.h"

typedef struct
{
  const char *code;
  guint       status;
  LfError     error;
  const char *title;
} Row;

/* in the order of LfProblem */
static const Row rows[LF_N_PROBLEMS] = {
  { "bad_request", 400, LF_ERROR_BAD_REQUEST, "The request is not as the contract says" },
  { "bad_json", 400, LF_ERROR_BAD_REQUEST, "The body is not acceptable JSON" },
  { "bad_headers", 400, LF_ERROR_BAD_REQUEST, "The headers contradict each other" },
  { "unauthorized", 401, LF_ERROR_UNAUTHORIZED, "Sign in first" },
  { "token_expired", 401, LF_ERROR_UNAUTHORIZED, "The access token has expired" },
  { "bad_credentials", 401, LF_ERROR_BAD_CREDENTIALS, "User or password is wrong" },
  { "forbidden", 403, LF_ERROR_FORBIDDEN, "This token may not do that" },
  { "origin_refused", 403, LF_ERROR_FORBIDDEN, "Requests from web pages are refused" },
  { "number_refused", 403, LF_ERROR_FORBIDDEN, "Calls to this number are not allowed" },
  { "not_found", 404, LF_ERROR_NOT_FOUND, "There is no such thing here" },
  { "method_not_allowed", 405, LF_ERROR_BAD_REQUEST, "This path does not take that method" },
  { "request_timeout", 408, LF_ERROR_UNAVAILABLE, "The request took too long to arrive" },
  { "conflict", 409, LF_ERROR_CONFLICT, "Something else is already there" },
  { "line_owned", 409, LF_ERROR_CONFLICT, "Another connector reports this line" },
  { "no_phone", 409, LF_ERROR_NOT_FOUND, "No telephone of yours can be made to call now" },
  { "precondition_failed", 412, LF_ERROR_CONFLICT, "It has changed since it was read" },
  { "too_large", 413, LF_ERROR_TOO_LARGE, "The body is too large" },
  { "not_json", 415, LF_ERROR_BAD_REQUEST, "The body must be application/json" },
  { "upgrade_required", 426, LF_ERROR_VERSION, "This path speaks WebSocket, subprotocol lampfield.v1" },
  { "rate_limited", 429, LF_ERROR_RATE_LIMITED, "Too many requests; wait a little" },
  { "internal", 500, LF_ERROR_UNAVAILABLE, "The server failed; its log says why" },
  { "unavailable", 503, LF_ERROR_UNAVAILABLE, "The server is busy or restarting" },
  { "storage_full", 507, LF_ERROR_UNAVAILABLE, "The server has no room left on its disk" },
};

/**
 * lf_problem_to_code:
 * @problem: a problem
 *
 * Returns: its `code` on the wire
 */
const char *
lf_problem_to_code (LfProblem problem)
{
  g_return_val_if_fail ((guint) problem < LF_N_PROBLEMS, rows[LF_PROBLEM_INTERNAL].code);

  return rows[problem].code;
}

/**
 * lf_problem_to_status:
 * @problem: a problem
 *
 * Returns: the HTTP status that carries it
 */
guint
lf_problem_to_status (LfProblem problem)
{
  g_return_val_if_fail ((guint) problem < LF_N_PROBLEMS, 500);

  return rows[problem].status;
}

/**
 * lf_problem_to_title:
 * @problem: a problem
 *
 * Returns: what it means, for people; English, without a full stop
 */
const char *
lf_problem_to_title (LfProblem problem)
{
  g_return_val_if_fail ((guint) problem < LF_N_PROBLEMS, rows[LF_PROBLEM_INTERNAL].title);

  return rows[problem].title;
}

/**
 * lf_problem_to_error:
 * @problem: a problem
 *
 * Returns: what a client can do about it
 */
LfError
lf_problem_to_error (LfProblem problem)
{
  g_return_val_if_fail ((guint) problem < LF_N_PROBLEMS, LF_ERROR_UNAVAILABLE);

  return rows[problem].error;
}

/**
 * lf_problem_from_code:
 * @code: (nullable): a `code` from the wire
 * @problem: (out): which
 *
 * Returns: %FALSE for a code that is not in the list
 */
gboolean
lf_problem_from_code (const char *code, LfProblem *problem)
{
  for (guint i = 0; code != NULL && i < LF_N_PROBLEMS; i++)
    if (g_str_equal (rows[i].code, code))
      {
        *problem = (LfProblem) i;
        return TRUE;
      }
  return FALSE;
}

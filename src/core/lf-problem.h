/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-error.h"

G_BEGIN_DECLS

/**
 * LfProblem:
 *
 * The closed list of `code`s in problem+json answers (RFC 9457) and error frames. lf-problem.c
 * holds the one table of name, HTTP status, title and the #LfError a client makes of it.
 */
typedef enum
{
  LF_PROBLEM_BAD_REQUEST,         /* 400 */
  LF_PROBLEM_BAD_JSON,            /* 400 */
  LF_PROBLEM_BAD_HEADERS,         /* 400, and the connection is closed */
  LF_PROBLEM_UNAUTHORIZED,        /* 401: no token, or one unknown, altered or revoked */
  LF_PROBLEM_TOKEN_EXPIRED,       /* 401: refresh and repeat */
  LF_PROBLEM_BAD_CREDENTIALS,     /* 401: login alone */
  LF_PROBLEM_FORBIDDEN,           /* 403: this token may not */
  LF_PROBLEM_ORIGIN_REFUSED,      /* 403 */
  LF_PROBLEM_NUMBER_REFUSED,      /* 403: the administrator does not allow calls to that number */
  LF_PROBLEM_NOT_FOUND,           /* 404 */
  LF_PROBLEM_METHOD_NOT_ALLOWED,  /* 405 */
  LF_PROBLEM_REQUEST_TIMEOUT,     /* 408 */
  LF_PROBLEM_CONFLICT,            /* 409 */
  LF_PROBLEM_LINE_OWNED,          /* 409: another connector token owns the line */
  LF_PROBLEM_NO_PHONE,            /* 409: no telephone of the user's that can be made to call */
  LF_PROBLEM_PRECONDITION_FAILED, /* 412: If-Match */
  LF_PROBLEM_TOO_LARGE,           /* 413 */
  LF_PROBLEM_NOT_JSON,            /* 415 */
  LF_PROBLEM_UPGRADE_REQUIRED,    /* 426: /stream without a WebSocket upgrade, or no known subprotocol */
  LF_PROBLEM_RATE_LIMITED,        /* 429, Retry-After */
  LF_PROBLEM_INTERNAL,            /* 500 */
  LF_PROBLEM_UNAVAILABLE,         /* 503, Retry-After */
  LF_PROBLEM_STORAGE_FULL,        /* 507, Retry-After */
} LfProblem;

#define LF_N_PROBLEMS 23

const char *lf_problem_to_code (LfProblem problem);
guint       lf_problem_to_status (LfProblem problem);
const char *lf_problem_to_title (LfProblem problem);
LfError     lf_problem_to_error (LfProblem problem);
gboolean    lf_problem_from_code (const char *code, LfProblem *problem);

/* Close codes of the stream, design.md section 5 */
typedef enum
{
  LF_CLOSE_NORMAL = 1000,
  LF_CLOSE_BAD_FRAME = 1008,
  LF_CLOSE_TOO_LARGE = 1009,
  LF_CLOSE_SIGNED_OUT = 4001,
  LF_CLOSE_TOKEN_EXPIRED = 4002,
  LF_CLOSE_REPLACED = 4003,
  LF_CLOSE_VERSION = 4004,
  LF_CLOSE_RATE = 4006,
  LF_CLOSE_SLOW = 4008,
  LF_CLOSE_RESTART = 4009,
} LfCloseCode;

#define LF_SUBPROTOCOL "lampfield.v1"
#define LF_API_PATH    "/api/v1"

G_END_DECLS

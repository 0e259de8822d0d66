/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-problem.h"

G_BEGIN_DECLS

#define LF_SERVER_ERROR (lf_server_error_quark ())

/* The domain of every failure that a request can meet inside the server. Its codes are those of
 * #LfProblem, so that a handler answers with the code and the message as they are. */
GQuark lf_server_error_quark (void);
/* The problem to answer with; LF_PROBLEM_INTERNAL for an error of another domain. */
LfProblem lf_server_error_to_problem (const GError *error);

G_END_DECLS

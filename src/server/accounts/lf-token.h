/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfTokenKind:
 * @LF_TOKEN_ACCESS: a session's, for 15 minutes
 * @LF_TOKEN_REFRESH: a session's, for 30 days, once
 * @LF_TOKEN_CONNECTOR: a connector's, until it is removed
 * @LF_TOKEN_ADMIN: an administrator's, until it is removed
 *
 * What a bearer token is for; its prefix tells people, and scanners of leaked secrets.
 */
typedef enum
{
  LF_TOKEN_ACCESS,
  LF_TOKEN_REFRESH,
  LF_TOKEN_CONNECTOR,
  LF_TOKEN_ADMIN,
} LfTokenKind;

char *lf_token_make (LfTokenKind kind);
char *lf_token_make_salt (void);
char *lf_token_derive (const char *token, const char *salt);
char *lf_token_hash (const char *token);

G_END_DECLS

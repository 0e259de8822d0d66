/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-admin-order.h"

G_BEGIN_DECLS

#define LF_PEOPLE_FILE_MAX_BYTES (16 * 1024 * 1024)
#define LF_PASSWORD_MIN_CHARS    8

/* Reads a CSV file of accounts into people and columns of @order. Passwords are hashed, some 50 ms each.
 * BAD_REQUEST names the line. */
gboolean lf_people_file_read (const char *text, gsize length, LfAdminOrder *order, GError **error);
gboolean lf_people_check_password (const char *password, GError **error);

G_END_DECLS

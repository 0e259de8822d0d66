/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-server-error.h"

G_BEGIN_DECLS

#define LF_CSV_MAX_COLUMNS 64

/* A record. @line: where it begins in the file, from 1: a quoted field may hold line ends. */
typedef struct
{
  guint line;
  GStrv fields;
} LfCsvRow;

/* Returns: (transfer full) (element-type LfCsvRow) (nullable): it frees its rows. BAD_REQUEST names the line. */
GPtrArray *lf_csv_parse (const char *text, gsize length, GError **error);

G_END_DECLS

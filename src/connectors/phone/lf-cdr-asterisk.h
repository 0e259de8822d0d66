/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-cdr.h"

G_BEGIN_DECLS

const char *lf_cdr_asterisk_parse (const char *line, GTimeZone *zone, LfCdr *cdr);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-json.h"

G_BEGIN_DECLS

/* Answers in JSON whose shape no schema can tell: members that are named by people's addresses. */

const LfJsonItem *lf_json_read_root (LfJsonDocument *json, GBytes *document, const LfJsonLimits *limits);
const LfJsonItem *lf_json_read_member (LfJsonDocument *json, GBytes *document, const LfJsonLimits *limits, const char *name, LfJsonType type);
char             *lf_json_item_dup_text (const LfJsonItem *item, const char *name);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

const char *lf_call_words_get_state (const LfWireCall *call);
char       *lf_call_words_format_refusal (const GError *error, const char *address);
const char *lf_call_words_get_kind (LfCallKind kind);
const char *lf_call_words_get_kind_icon (LfCallKind kind);

G_END_DECLS

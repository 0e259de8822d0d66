/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

char *lf_error_words_for_sign_in (const GError *error);
char *lf_error_words_for_notice (const GError *error);

G_END_DECLS

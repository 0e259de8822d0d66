/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-error.h"

G_DEFINE_QUARK (lf_error, lf_error)

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "lf-rest.h"

G_BEGIN_DECLS

/* For LfChannel, which upgrades on the same session. */
SoupSession *lf_rest_get_soup    (LfRest *self);
SoupMessage *lf_rest_new_message (LfRest *self, const char *method, const char *path);

G_END_DECLS

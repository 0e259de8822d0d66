/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "lf-metered-input.h"
#include "lf-rest.h"

G_BEGIN_DECLS

#define LF_UPGRADE_MAX_MESSAGE_BYTES (64 * 1024)

void                     lf_upgrade_async (LfRest *rest, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
SoupWebsocketConnection *lf_upgrade_finish (LfRest *rest, GAsyncResult *result, LfMeteredInput **input, guint *retry_after_s, GError **error);

G_END_DECLS

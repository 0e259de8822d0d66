/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-application.h"

G_BEGIN_DECLS

#define LF_TYPE_LINK_OPENER (lf_link_opener_get_type ())

/**
 * LfLinkOpener:
 *
 * Follows links that the user clicked in other programs: to a chat, to a page, or to a question whether to call. What a
 * link cannot do is said in the window.
 */
G_DECLARE_FINAL_TYPE (LfLinkOpener, lf_link_opener, LF, LINK_OPENER, GObject)

LfLinkOpener *lf_link_opener_new (LfApplication *application);
/* At startup and shutdown of the application. */
void lf_link_opener_set_client (LfLinkOpener *self, LfClient *client);
void lf_link_opener_open (LfLinkOpener *self, const char *uri);

G_END_DECLS

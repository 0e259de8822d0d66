/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_SIGN_IN_PAGE (lf_sign_in_page_get_type ())

/**
 * LfSignInPage:
 *
 * Asks for server, user and password. What was typed last is kept in the settings, the password
 * never. The window shows it while the client is signed out.
 */
G_DECLARE_FINAL_TYPE (LfSignInPage, lf_sign_in_page, LF, SIGN_IN_PAGE, GtkWidget)

void lf_sign_in_page_set_client (LfSignInPage *self, LfClient *client, GSettings *settings);
/* Shows why there is no session, or nothing when @error is NULL. */
void lf_sign_in_page_show_error (LfSignInPage *self, const GError *error);

G_END_DECLS

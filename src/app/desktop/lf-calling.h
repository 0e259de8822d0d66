/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-window.h"

G_BEGIN_DECLS

/* Calls by the desktop's handler of tel: or sip:; what goes wrong is said in the window. */
void lf_calling_call_contact (LfWindow *window, LfContact *contact);
void lf_calling_call_address (LfWindow *window, const char *uri);

G_END_DECLS

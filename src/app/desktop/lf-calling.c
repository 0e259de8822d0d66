/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-calling.h"

void
lf_calling_call_contact (LfWindow *window, LfContact *contact)
{
}

void
lf_calling_call_address (LfWindow *window, const char *uri)
{
}

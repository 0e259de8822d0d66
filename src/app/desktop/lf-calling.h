/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-window.h"

G_BEGIN_DECLS

/* Calls by the user's own telephone, or by the desktop's handler of tel: or sip:, as the user wants it and as it can
 * be; what goes wrong is said in the window. */
void lf_calling_call_contact (LfWindow *window, LfContact *contact);
void lf_calling_call_address (LfWindow *window, const char *uri);
void lf_calling_pick_up (LfWindow *window, LfContact *contact);

/* What the two are made of, for any window. */
void       lf_calling_launch_async (GtkWindow *window, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   lf_calling_launch_finish (GAsyncResult *result, GError **error);
GtkWidget *lf_calling_explain (GtkWindow *window, const char *address, const GError *error);

G_END_DECLS

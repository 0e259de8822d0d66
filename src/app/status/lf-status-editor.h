/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-clear-after.h"

G_BEGIN_DECLS

#define LF_TYPE_STATUS_EDITOR (lf_status_editor_get_type ())

/**
 * LfStatusEditor:
 *
 * A custom status on one page: emoji, text, whether it also means away, when it ends. Signals:
 * "done" when it shall be set, "cancelled".
 */
G_DECLARE_FINAL_TYPE (LfStatusEditor, lf_status_editor, LF, STATUS_EDITOR, GtkWidget)

void        lf_status_editor_reset (LfStatusEditor *self, gint64 now_us);
const char *lf_status_editor_get_text (LfStatusEditor *self);
const char *lf_status_editor_get_emoji (LfStatusEditor *self); /* nullable */
gboolean    lf_status_editor_get_is_away (LfStatusEditor *self);
gint64      lf_status_editor_get_expiry (LfStatusEditor *self, gint64 now_us);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * LfRowText:
 *
 * The two lines of a contact's row, or the one of a compact row, without a widget: each is laid out
 * when it is drawn, never to be measured, and cut at its end. Fonts are those of a #PangoContext that
 * many rows share, so that a row makes none; what is laid out is thrown away with lf_row_text_forget()
 * when that changes.
 */
typedef struct _LfRowText LfRowText;

LfRowText  *lf_row_text_new (void);
void        lf_row_text_free (LfRowText *self);
gboolean    lf_row_text_set_head (LfRowText *self, const char *text, gsize tail);
gboolean    lf_row_text_set_body (LfRowText *self, const char *text, gsize tail);
const char *lf_row_text_get_head (LfRowText *self); /* transfer none, nullable */
const char *lf_row_text_get_body (LfRowText *self); /* transfer none, nullable */
void        lf_row_text_forget (LfRowText *self);
void        lf_row_text_measure (LfRowText *self, PangoContext *context, int *min_width, int *height);
void        lf_row_text_snapshot (LfRowText *self, GtkSnapshot *snapshot, PangoContext *context, const GdkRGBA *color, const GdkRectangle *area, gboolean is_rtl);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfRowText, lf_row_text_free)

G_END_DECLS

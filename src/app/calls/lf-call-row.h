/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_CALL_ROW (lf_call_row_get_type ())

/**
 * LfCallRow:
 *
 * A row of the lists of calls: who it was, how the person is now, what kind of call and when, and a button that
 * calls back.
 */
G_DECLARE_FINAL_TYPE (LfCallRow, lf_call_row, LF, CALL_ROW, AdwBin)

GtkWidget *lf_call_row_new (void);
void       lf_call_row_bind (LfCallRow *self, LfClient *client, LfCallEntry *entry);
void       lf_call_row_unbind (LfCallRow *self);
void       lf_call_row_update (LfCallRow *self);
char      *lf_call_row_dup_words (LfCallRow *self); /* transfer full */

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-window.h"

G_BEGIN_DECLS

#define LF_TYPE_FIND_DIALOG (lf_find_dialog_get_type ())

/**
 * LfFindDialog:
 *
 * Finds anybody in the directory, to chat with or to add to the contacts.
 */
G_DECLARE_FINAL_TYPE (LfFindDialog, lf_find_dialog, LF, FIND_DIALOG, AdwWindow)

LfFindDialog *lf_find_dialog_new (LfWindow *window, const char *words);
LfFindDialog *lf_find_dialog_new_for_lamps (LfWindow *window);

G_END_DECLS

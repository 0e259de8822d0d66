/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define LF_TYPE_COMPOSER (lf_composer_get_type ())

/**
 * LfComposer:
 *
 * Where a message is written: several lines, Enter sends, Shift+Enter breaks the line. Says so when
 * the text is too long. Signals: "send" (const char *text): not blank, not too long; the receiver
 * clears the composer once the text is on its way. "typing": the user has typed. "changed": the
 * text is another one.
 */
G_DECLARE_FINAL_TYPE (LfComposer, lf_composer, LF, COMPOSER, AdwBin)

GtkWidget *lf_composer_new (void);
char      *lf_composer_dup_text (LfComposer *self);
void       lf_composer_set_text (LfComposer *self, const char *text);
void       lf_composer_set_name (LfComposer *self, const char *name);
void       lf_composer_take_focus (LfComposer *self);

G_END_DECLS

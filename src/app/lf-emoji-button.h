/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a picked emoji is given to. */
typedef void (*LfEmojiPicked) (gpointer object, const char *emoji);

void lf_emoji_button_init (GtkMenuButton *button, LfEmojiPicked picked, gpointer object);

G_END_DECLS

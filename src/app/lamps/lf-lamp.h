/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_LAMP (lf_lamp_get_type ())

/**
 * LfLamp:
 *
 * A speed dial: the whole tile is the lamp, in the colour of the state, with its shape, the name, and the state in
 * words with its age. It listens to its contact alone, and to the roster's tick while it is on the screen. Its accessible
 * name says all of it, "Jonas Weber, On the phone, 4 min"; so does, in a grid view, that of the item it is in.
 *
 * Properties: "contact" (nullable), "is-compact"; "words" (nullable, read only): its accessible name.
 */
G_DECLARE_FINAL_TYPE (LfLamp, lf_lamp, LF, LAMP, GtkWidget)

GtkWidget *lf_lamp_new (LfRoster *roster);
LfContact *lf_lamp_get_contact (LfLamp *self); /* transfer none, nullable */
void       lf_lamp_set_contact (LfLamp *self, LfContact *contact);
/* A call that nobody has answered rings there now. */
gboolean lf_lamp_is_ringing (LfContact *contact, gint64 now_us);

G_END_DECLS

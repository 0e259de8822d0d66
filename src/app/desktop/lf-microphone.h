/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define LF_TYPE_MICROPHONE (lf_microphone_get_type ())

/**
 * LfMicrophone:
 *
 * Whether a program of this computer has been recording from a microphone: told after two seconds on
 * end, and taken back after five without. Which program it is nobody learns. Without a sound server
 * nothing is claimed. Property "is-in-use" (boolean).
 */
G_DECLARE_FINAL_TYPE (LfMicrophone, lf_microphone, LF, MICROPHONE, GObject)

gboolean      lf_microphone_is_supported (void);
LfMicrophone *lf_microphone_new (void);
void          lf_microphone_set_is_watching (LfMicrophone *self, gboolean is_watching);
gboolean      lf_microphone_get_is_in_use (LfMicrophone *self);

G_END_DECLS

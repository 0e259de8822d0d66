/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-busy-strip.h"

G_BEGIN_DECLS

#define LF_TYPE_FREE_TIME_PERSON (lf_free_time_person_get_type ())

/**
 * LfFreeTimePerson:
 *
 * One of those who shall meet: name, the day as a strip, and a button that takes them out. Signal
 * "left": that button was pressed.
 */
G_DECLARE_FINAL_TYPE (LfFreeTimePerson, lf_free_time_person, LF, FREE_TIME_PERSON, GtkListBoxRow)

GtkWidget   *lf_free_time_person_new (LfContact *contact, const char *name);
LfContact   *lf_free_time_person_get_contact (LfFreeTimePerson *self); /* transfer none */
const char  *lf_free_time_person_get_name (LfFreeTimePerson *self);    /* transfer none */
LfBusyStrip *lf_free_time_person_get_strip (LfFreeTimePerson *self);   /* transfer none */

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

#define LF_TYPE_CALL_ENTRY (lf_call_entry_get_type ())

/**
 * LfCallEntry:
 *
 * All calls with one person, or one number, as a row of the lists: the latest of them, and how many there are.
 * It never changes: a list that changes has other entries.
 */
G_DECLARE_FINAL_TYPE (LfCallEntry, lf_call_entry, LF, CALL_ENTRY, GObject)

LfCallEntry            *lf_call_entry_new (const LfWireCallRecord *latest, LfContact *contact);
void                    lf_call_entry_count (LfCallEntry *self);       /* one more: before anybody sees it */
LfContact              *lf_call_entry_get_contact (LfCallEntry *self); /* transfer none, nullable: a number alone */
const LfWireCallRecord *lf_call_entry_get_latest (LfCallEntry *self);
const char             *lf_call_entry_get_name (LfCallEntry *self); /* nullable: withheld */
guint                   lf_call_entry_get_n_calls (LfCallEntry *self);

G_END_DECLS

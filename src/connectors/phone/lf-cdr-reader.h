/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-call-reporter.h"
#include "lf-phone-config.h"

G_BEGIN_DECLS

#define LF_TYPE_CDR_READER (lf_cdr_reader_get_type ())

#define LF_CDR_READER_MAX 500 /* calls that the server has not taken: while more wait the file is not read */

/**
 * LfCdrReader:
 *
 * Has the server told of the calls that the PBX writes down. How far that is is kept in the folder for the program's
 * state: after a restart no call is missing. Signal "health" (gboolean): whether the file can be read.
 */
G_DECLARE_FINAL_TYPE (LfCdrReader, lf_cdr_reader, LF, CDR_READER, GObject)

LfCdrReader *lf_cdr_reader_new (const LfPhoneConfig *config, LfCallReporter *reporter, LfClock *clock);
void         lf_cdr_reader_set_lines (LfCdrReader *self, GHashTable *lines);
void         lf_cdr_reader_stop (LfCdrReader *self);

G_END_DECLS

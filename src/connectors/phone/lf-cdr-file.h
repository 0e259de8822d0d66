/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-cdr-place.h"

G_BEGIN_DECLS

#define LF_TYPE_CDR_FILE (lf_cdr_file_get_type ())

#define LF_CDR_LINE_MAX_BYTES 8192

/**
 * LfCdrFile:
 *
 * A file to which somebody else adds lines, now and then renames it and begins another, or empties it. Each line is
 * told once it is complete. It is read when the folder tells of a change, a piece in each turn of the main loop.
 */
G_DECLARE_FINAL_TYPE (LfCdrFile, lf_cdr_file, LF, CDR_FILE, GObject)

/**
 * LfCdrFileFuncs:
 * @line: a line without its end, UTF-8, not empty; @at is where it begins
 * @read: all that is before @at was told
 * @emptied: what was in the file @inode is gone, and it is read from its begin
 * @state: the file can be read (@error is %NULL) or not; told at first, and when that changes
 *
 * What is told of a file. @line and @read come before lf_cdr_file_stop() alone.
 */
typedef struct
{
  void (*line) (gpointer user_data, const char *line, const LfCdrPosition *at);
  void (*read) (gpointer user_data, const LfCdrPosition *at);
  void (*emptied) (gpointer user_data, guint64 inode);
  void (*state) (gpointer user_data, const GError *error);
} LfCdrFileFuncs;

LfCdrFile *lf_cdr_file_new (const char *path, const LfCdrPosition *from, const LfCdrFileFuncs *funcs, gpointer user_data);
void       lf_cdr_file_start (LfCdrFile *self);
void       lf_cdr_file_hold (LfCdrFile *self, gboolean is_held);
void       lf_cdr_file_stop (LfCdrFile *self);

G_END_DECLS

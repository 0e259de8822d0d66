/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-histogram.h"

G_BEGIN_DECLS

#define LF_EXPOSITION_MEDIA_TYPE "text/plain; version=0.0.4; charset=utf-8"

/**
 * LfExposition:
 * @text: owned: what was written so far
 * @name: borrowed: of the family that is open
 *
 * Writes the text format of Prometheus, version 0.0.4: a family (its help and its type), then its
 * samples, family by family. Names, help and labels are the program's own words, without quotes,
 * backslashes and line feeds: nothing that a peer sent is ever a label.
 */
typedef struct
{
  GString    *text;
  const char *name;
} LfExposition;

/* @type: "counter", "gauge" or "histogram". */
void lf_exposition_open (LfExposition *self, const char *name, const char *type, const char *help);
/* @labels: "code=\"4008\"", or NULL. */
void lf_exposition_count (LfExposition *self, const char *labels, guint64 value);
void lf_exposition_seconds (LfExposition *self, const char *labels, double seconds);
/* @unit: what one of the histogram's values is in the exposition: 1, or 1e-6 for microseconds. */
void lf_exposition_histogram (LfExposition *self, const char *labels, const LfHistogram *histogram, double unit);

/* A family of one sample without labels. */
void lf_exposition_one (LfExposition *self, const char *name, const char *type, const char *help, guint64 value);

G_END_DECLS

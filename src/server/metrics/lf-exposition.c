/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-metrics"

#include "config.h"

#include "lf-exposition.h"

/* Prometheus, "Exposition formats", text-based format 0.0.4:
 *
 *   # HELP name words
 *   # TYPE name counter
 *   name{label="value",…} number
 *
 * A histogram has name_bucket with the label le, cumulative and with "+Inf" last, name_sum and name_count. */

static void
append_number (GString *text, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.9g", number));
}

static void
append_name (LfExposition *self, const char *suffix, const char *labels)
{
  g_string_append (self->text, self->name);
  g_string_append (self->text, suffix);
  if (labels != NULL)
    g_string_append_printf (self->text, "{%s}", labels);
  g_string_append_c (self->text, ' ');
}

/**
 * lf_exposition_open:
 * @self: an exposition
 * @name: of a family that was not written yet; borrowed until the next one is opened
 * @type: "counter", "gauge" or "histogram"
 * @help: one sentence
 *
 * Begins a family.
 */
void
lf_exposition_open (LfExposition *self, const char *name, const char *type, const char *help)
{
  self->name = name;
  g_string_append_printf (self->text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/**
 * lf_exposition_count:
 * @self: an exposition with an open family
 * @labels: (nullable): as they stand between the braces
 * @value: a whole number
 *
 * Writes a sample.
 */
void
lf_exposition_count (LfExposition *self, const char *labels, guint64 value)
{
  append_name (self, "", labels);
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT "\n", value);
}

/**
 * lf_exposition_seconds:
 * @self: an exposition with an open family
 * @labels: (nullable): as they stand between the braces
 * @seconds: the value
 *
 * Writes a sample that is a time.
 */
void
lf_exposition_seconds (LfExposition *self, const char *labels, double seconds)
{
  append_name (self, "", labels);
  append_number (self->text, seconds);
  g_string_append_c (self->text, '\n');
}

/**
 * lf_exposition_histogram:
 * @self: an exposition with an open family of type histogram
 * @labels: (nullable): as they stand between the braces
 * @histogram: what was counted
 * @unit: what a value of 1 is in the exposition
 *
 * Writes the buckets, the sum and the count.
 */
void
lf_exposition_histogram (LfExposition *self, const char *labels, const LfHistogram *histogram, double unit)
{
  const char *separator = labels != NULL ? "," : "";
  guint64     count = 0;

  for (guint i = 0; i < LF_HISTOGRAM_N_BUCKETS; i++)
    {
      count += histogram->counts[i];
      g_string_append_printf (self->text, "%s_bucket{%s%sle=\"", self->name, labels != NULL ? labels : "", separator);
      if (histogram->bounds[i] == G_MAXINT64)
        g_string_append (self->text, "+Inf");
      else
        append_number (self->text, (double) histogram->bounds[i] * unit);
      g_string_append_printf (self->text, "\"} %" G_GUINT64_FORMAT "\n", count);
    }
  append_name (self, "_sum", labels);
  append_number (self->text, (double) histogram->sum * unit);
  g_string_append_c (self->text, '\n');
  append_name (self, "_count", labels);
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT "\n", count);
}

/**
 * lf_exposition_one:
 * @self: an exposition
 * @name: of the family
 * @type: "counter" or "gauge"
 * @help: one sentence
 * @value: its only sample
 *
 * Writes a family of one sample.
 */
void
lf_exposition_one (LfExposition *self, const char *name, const char *type, const char *help, guint64 value)
{
  lf_exposition_open (self, name, type, help);
  lf_exposition_count (self, NULL, value);
}

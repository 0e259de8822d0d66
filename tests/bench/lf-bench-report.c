/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "lf-bench-report.h"

struct _LfBenchReport
{
  GString *lines; /* owned */
};

LfBenchReport *
lf_bench_report_new (void)
{
  LfBenchReport *self = g_new0 (LfBenchReport, 1);

  self->lines = g_string_new (NULL);
  return self;
}

void
lf_bench_report_free (LfBenchReport *self)
{
  const char *path = g_getenv ("LF_BENCH_FIGURES");
  FILE       *file = path != NULL ? fopen (path, "a") : NULL;

  if (path != NULL && file == NULL)
    g_error ("“%s” cannot be written", path);
  fprintf (file != NULL ? file : stdout, "%s%s", file != NULL ? "" : "\n", self->lines->str);
  if (file != NULL)
    fclose (file);
  g_string_free (self->lines, TRUE);
  g_free (self);
}

/* Two digits behind the point where they say something. */
static void
append_number (GString *line, double value)
{
  g_string_append_printf (line, " %.*f", fabs (value) >= 1000 || value == floor (value) ? 0 : 2, value);
}

G_GNUC_PRINTF (2, 0)
static void
append_line (LfBenchReport *self, const char *format, va_list arguments, double value, double target, const char *word)
{
  g_string_append_vprintf (self->lines, format, arguments);
  append_number (self->lines, value);
  if (word == NULL)
    g_string_append (self->lines, " - -\n");
  else
    {
      append_number (self->lines, target);
      g_string_append_printf (self->lines, " %s\n", word);
    }
}

void
lf_bench_report_at_most (LfBenchReport *self, double value, double target, const char *name, ...)
{
  va_list arguments;

  va_start (arguments, name);
  append_line (self, name, arguments, value, target, value <= target ? "ok" : "short");
  va_end (arguments);
}

void
lf_bench_report_at_least (LfBenchReport *self, double value, double target, const char *name, ...)
{
  va_list arguments;

  va_start (arguments, name);
  append_line (self, name, arguments, value, target, value >= target ? "ok" : "short");
  va_end (arguments);
}

void
lf_bench_report_plain (LfBenchReport *self, double value, const char *name, ...)
{
  va_list arguments;

  va_start (arguments, name);
  append_line (self, name, arguments, value, 0, NULL);
  va_end (arguments);
}

void
lf_bench_report_missing (LfBenchReport *self, double target, const char *why, const char *name, ...)
{
  va_list arguments;

  va_start (arguments, name);
  g_string_append_vprintf (self->lines, name, arguments);
  va_end (arguments);
  g_string_append (self->lines, " -");
  append_number (self->lines, target);
  g_string_append (self->lines, " short\n");
  printf ("Not measured: %s\n", why);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

double
lf_bench_quantile (GArray *values, double share)
{
  if (values->len == 0)
    return NAN;
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, MIN ((guint) (share * values->len), values->len - 1));
}

double
lf_bench_median (GArray *values)
{
  return lf_bench_quantile (values, 0.5);
}

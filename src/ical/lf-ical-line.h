/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_ICAL_LINE_MAX_PARAMS 24

/**
 * LfIcalLine:
 * @name: name of the property, upper case
 * @value: what stands after the colon
 * @n_params: how many parameters there are
 * @params: name in upper case and value without quotes, of each
 *
 * One unfolded content line, cut up in place: all strings are borrowed from its text.
 *
 * Source: RFC 5545 section 3.1.
 */
typedef struct
{
  const char *name;
  char       *value;
  guint       n_params;
  struct
  {
    const char *name;
    const char *value;
  } params[LF_ICAL_LINE_MAX_PARAMS];
} LfIcalLine;

gboolean    lf_ical_line_parse (char *text, LfIcalLine *line);
const char *lf_ical_line_get_param (const LfIcalLine *self, const char *name);
gboolean    lf_ical_line_value_is (const LfIcalLine *self, const char *word);

G_END_DECLS
